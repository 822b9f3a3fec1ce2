"""``python -m tests.bench.web_pages``: what pages take while the relay works, with 100,000 mails in its tables.

A relay of its own, as a process, gets the mails of ``web_lists`` straight into its tables. Fifty people who are signed
in then turn pages, each every few seconds: most their own list, what was sent, one mail and now and then a search,
every tenth the office's list. Four measurements: one reader who asks page by page, so that nothing waits for anything
(what the relay itself takes, by the clock and of the processor); all readers; mail alone (smtp-source, smtp-sink
behind); readers and mail at once. A page is timed by the reader, over loopback, from the connection to its last octet.
On SQLite; with ``--postgres`` on the server that ``MAILGUARD_TEST_POSTGRES`` names, whose own processor time is not
counted. Exit status 1 where the relay itself takes 50 ms or more for a list or the page of one mail (median).
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import insert

from mailguard.accounts.factors import Factor
from mailguard.accounts.sessions import Sessions
from mailguard.clock import SystemClock
from mailguard.config import SignInSettings
from mailguard.model.people import Role
from mailguard.spool import Spool
from mailguard.spool.box_queries import Period, newest_mails
from mailguard.spool.keys import load_master_key
from mailguard.store import Store
from mailguard.store.engine import sqlite_url
from mailguard.store.people_tables import person, person_role
from mailguard.store.schema import upgrade
from mailguard.store.times import to_micros
from tests.bench.measure import cpu_seconds
from tests.bench.subjects import RECIPIENT, SENDER
from tests.bench.web_lists import BOUND_MS, COLLEAGUES, OWNER, Fill, databases
from tests.system import smtp_tools
from tests.system.relay import Relay, relay_settings
from tests.system.smtp_tools import Load, SmtpSink, send

LIMIT_SECONDS = 300.0
OFFICERS_OF = 10
"""One of so many readers looks at the office's mail."""
EVER = Period("", "~", 0)
PAYLOAD, CONNECTIONS = 10 * 1024, 10
IN_TURN = 60
"""Pages of a kind that are asked for one after the other; processor time is counted in hundredths of a second."""
ONE_MAIL, SEARCH = "one mail", "search, not found"


@dataclass(frozen=True)
class Reader:
    """Somebody who is signed in, and the pages they turn: name and path."""

    token: str
    pages: Sequence[tuple[str, str]]


@dataclass
class Turned:
    """Pages that were turned: milliseconds by name. ``cpu_seconds``: of the relay meanwhile."""

    taken: dict[str, list[float]] = field(default_factory=dict)
    cpu_seconds: float = 0.0

    @property
    def pages(self) -> int:
        """How many."""
        return sum(map(len, self.taken.values()))


class Office:
    """A relay with a long record. ``close`` leaves nothing behind."""

    def __init__(self, mails: int, readers: int, database: str | None) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="mailguard-pages-"))
        self.sink = SmtpSink()
        domain = SENDER.rpartition("@")[2]
        source = {"name": "bench", "networks": ["127.0.0.0/8"], "owner": SENDER, "allowed_senders": [f"@{domain}"]}
        settings = relay_settings(
            self.directory,
            self.sink.port,
            office={"domains": [domain]},
            sources=[source],
            # What is written is older than this, and cleaning it up is not what is measured.
            storage={"retention_days": 400, **({} if database is None else {"database": database})},
        )
        settings |= {"delivery": {"next_hop": settings["delivery"]["next_hop"]}, "service": {}}
        self.relay = Relay(settings, self.directory)
        try:
            self.readers = self._filled(database or sqlite_url(self.relay.data), mails, readers)
            self.relay.start()
        except BaseException:
            self.close()
            raise

    def _filled(self, url: str, mails: int, readers: int) -> list[Reader]:
        clock = SystemClock()
        self.relay.data.mkdir(mode=0o700)
        upgrade(url)
        store = Store(url, clock)
        try:
            key = load_master_key(self.relay.data / "master.key", {})
            spool = Spool(store, key, clock, self.relay.data / "content", reserve_bytes=0)
            Fill(url, spool, mails, clock.now()).run()
            return asyncio.run(_signed_in(store, readers, clock))
        finally:
            store.close()

    def load(self, mails: int) -> tuple[float, float]:
        """Hand mails in: accepted per second, and the relay's CPU seconds until the last was delivered."""
        before, cpu = self.sink.count(), cpu_seconds(self.relay.pid)
        accepted = send(
            Load(mails, PAYLOAD, CONNECTIONS, True, SENDER, RECIPIENT), self.relay.port(), seconds=LIMIT_SECONDS
        )
        self.sink.wait_for(before + mails, seconds=LIMIT_SECONDS)
        return mails / accepted, cpu_seconds(self.relay.pid) - cpu

    def close(self) -> None:
        """End everything; calling it twice is safe."""
        self.relay.close()
        self.sink.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


async def _signed_in(store: Store, readers: int, clock: SystemClock) -> list[Reader]:
    """Readers with sessions; every tenth is the officer."""
    store.start()
    try:
        officer = f"officer@{OWNER.rpartition('@')[2]}"
        await store.write(lambda transaction: _appoint(transaction, officer, clock.now()))
        sessions = Sessions(store, clock, SignInSettings())
        found = []
        for number in range(readers):
            is_officer = number % OFFICERS_OF == OFFICERS_OF - 1
            address = officer if is_officer else (OWNER, *COLLEAGUES)[number % (1 + len(COLLEAGUES))]
            factors = (Factor.PASSWORD, Factor.TOTP) if is_officer else (Factor.MAILBOX,)
            token = await sessions.open(address, factors, "127.0.0.1", "bench")
            newest = store.read_now(partial(newest_mails, owners=[address], period=EVER, most=20))
            found.append(Reader(token, _pages(is_officer, [one for one, _ in newest])))
        return found
    finally:
        await store.stop()


def _appoint(transaction: Any, address: str, at: datetime) -> None:
    now = to_micros(at)
    row = {"address": address, "name": "", "department": "", "manager": "", "language": "ja", "created_at": now}
    transaction.execute(insert(person), {**row, "changed_at": now, "disabled_at": None})
    role = {"address": address, "role": Role.SECURITY_OFFICER.value, "department": "", "granted_at": now}
    transaction.execute(insert(person_role), role)


def _pages(is_officer: bool, newest: list[str]) -> list[tuple[str, str]]:
    if is_officer:
        return [("office list", "/office/mails"), ("office list: sent", "/office/mails?box=sent")]
    lists = [("own list", "/mails"), ("own list: sent", "/mails?box=sent")] * len(newest)
    return [*lists, *((ONE_MAIL, f"/mails/{one}") for one in newest), (SEARCH, f"/mails?q={quote('見当たらない')}")]


def page_by_page(office: Office) -> dict[str, tuple[float, float]]:
    """Median milliseconds of a page, and processor milliseconds the relay takes for one, by name: without a queue."""
    found: dict[str, tuple[float, float]] = {}
    port = office.relay.port("web")
    for reader in (office.readers[0], office.readers[OFFICERS_OF - 1]):
        by_name: dict[str, list[str]] = {}
        for name, path in reader.pages:
            by_name.setdefault(name, []).append(path)
        for name, paths in by_name.items():
            taken, cpu = [], cpu_seconds(office.relay.pid)
            for number in range(IN_TURN):
                began = time.perf_counter()
                asyncio.run(_get(port, paths[number % len(paths)], reader.token))
                taken.append((time.perf_counter() - began) * 1000)
            found[name] = (statistics.median(taken), (cpu_seconds(office.relay.pid) - cpu) / IN_TURN * 1000)
    return found


async def turn_pages(office: Office, seconds: float, pause: float, over: asyncio.Event | None = None) -> Turned:
    """All readers turn pages at a time, until ``seconds`` have passed or ``over`` is set."""
    turned, until, cpu = Turned(), time.monotonic() + seconds, cpu_seconds(office.relay.pid)
    port = office.relay.port("web")
    over = over or asyncio.Event()

    async def read(reader: Reader, chance: random.Random) -> None:
        await asyncio.sleep(chance.uniform(0, pause))
        while time.monotonic() < until and not over.is_set():
            name, path = chance.choice(reader.pages)
            began = time.perf_counter()
            await _get(port, path, reader.token)
            turned.taken.setdefault(name, []).append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(chance.uniform(0.5, 1.5) * pause)

    await asyncio.gather(*(read(one, random.Random(number)) for number, one in enumerate(office.readers)))
    turned.cpu_seconds = cpu_seconds(office.relay.pid) - cpu
    return turned


async def _get(port: int, path: str, token: str) -> None:
    # A connection for each page: after such a pause the last one is closed, for browsers too.
    incoming, outgoing = await asyncio.open_connection("127.0.0.1", port)
    asked = (f"GET {path} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: mailguard={token}", "Connection: close", "", "")
    outgoing.write("\r\n".join(asked).encode("ascii"))
    answer = await incoming.read()
    outgoing.close()
    status = answer[:12].rpartition(b" ")[2]
    assert status == b"200", f"{path}: {status!r}"


async def _both(office: Office, mails: int, pause: float) -> tuple[Turned, float]:
    over = asyncio.Event()
    turning = asyncio.create_task(turn_pages(office, LIMIT_SECONDS, pause, over))
    try:
        rate, _ = await asyncio.to_thread(office.load, mails)
    finally:
        over.set()
    return await turning, rate


def _table(itself: dict[str, tuple[float, float]], alone: Turned, beside: Turned) -> list[str]:
    lines = [f"  {'':<22}{'the relay itself':>16}{'pages alone':>24}{'beside the load':>24}"]
    lines.append(f"  {'':<22}{'median':>8}{'CPU':>8}" + f"{'count':>8}{'median':>8}{'95 %':>8}" * 2)
    for name in sorted({*itself, *alone.taken, *beside.taken}):
        cells = "".join(f"{one:>8.1f}" for one in itself[name])
        for turned in (alone, beside):
            taken = sorted(turned.taken.get(name, []))
            if taken:
                last = taken[min(len(taken) - 1, round(len(taken) * 0.95))]
                cells += f"{len(taken):>8}{statistics.median(taken):>8.1f}{last:>8.1f}"
            else:
                cells += f"{0:>8}{'':>16}"
        lines.append(f"  {name:<22}{cells}")
    return lines


def measured(arguments: argparse.Namespace, database: str | None) -> float:
    """Measure and print; the most that the relay itself takes for a list or for one mail's page."""
    office = Office(arguments.mails, arguments.readers, database)
    try:
        warm = asyncio.run(turn_pages(office, 3 * arguments.pause, arguments.pause))
        itself = page_by_page(office)
        alone = asyncio.run(turn_pages(office, arguments.seconds, arguments.pause))
        office.load(100)
        rate, cpu = office.load(arguments.load)
        beside, rate_beside = asyncio.run(_both(office, arguments.load, arguments.pause))
    finally:
        office.close()
    print("\n".join(_table(itself, alone, beside)))
    print(f"  the relay's CPU a page, alone: {alone.cpu_seconds / alone.pages * 1000:.1f} ms")
    print(
        f"  accepted/s without readers {rate:.0f}, with them {rate_beside:.0f} (ratio {rate_beside / rate:.2f});",
        end="",
    )
    print(f" CPU a mail {cpu / arguments.load * 1000:.1f} ms; {warm.pages} pages to warm up")
    return max(median for name, (median, _) in itself.items() if name != SEARCH)


def main(words: list[str] | None = None) -> int:
    """Measure and print; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.web_pages", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--mails", type=int, default=100_000)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long pages are turned alone")
    parser.add_argument("--pause", type=float, default=5.0, help="seconds a reader looks at a page")
    parser.add_argument("--load", type=int, default=3000, help="mails of 10 KB that are handed in, twice")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    arguments = parser.parse_args(words)
    if reason := smtp_tools.missing():
        print(reason, file=sys.stderr)
        return 2
    with databases() as found:
        name = "PostgreSQL" if arguments.postgres else "SQLite"
        if name not in found:
            print("MAILGUARD_TEST_POSTGRES names no server", file=sys.stderr)
            return 2
        print(
            f"{name}, {arguments.mails:,} mails, {arguments.readers} readers, a page every {arguments.pause} s each: ms"
        )
        worst = measured(arguments, found[name] if arguments.postgres else None)
    return 1 if worst >= BOUND_MS else 0


if __name__ == "__main__":
    sys.exit(main())
