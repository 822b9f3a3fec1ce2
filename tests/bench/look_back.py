"""``python -m tests.bench.look_back``: what looking back from an incident costs with 100,000 mails.

The mails are those of ``web_lists``, with the traces that judging leaves: two recipients each out of 500 firms, one of
ten with a file, one of a hundred to a crowd. Three incidents: of an ordinary mail, of a crowd whose list went out again
and again, and of a mail to the address that a tenth of all mail goes to. The longest of some looks counts. On SQLite,
and on PostgreSQL where ``MAILGUARD_TEST_POSTGRES`` names a server. Exit status 1 where a look takes 2 s.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from mailguard.clock import SystemClock
from mailguard.incidents.look_back import look_back
from mailguard.model.incident import Cause, Incident, IncidentKind, Phase
from mailguard.model.summary import Badge, Field, Summary, SummaryFile, SummaryRecipient
from mailguard.model.verdict import Judgement
from mailguard.spool import MasterKey, Spool
from mailguard.spool.traces import traces_of
from mailguard.store import Store
from mailguard.store.engine import writer_engine
from mailguard.store.incident_tables import mail_trace
from tests.bench.web_lists import ASKED, BATCH, SENT, Fill, databases

LOOKS = 5
BOUND_SECONDS = 2.0
PARTNER = "desk@partner.example.com"
CROWD = tuple(SummaryRecipient(f"parent{one}@family{one}.example.net", "", Field.TO) for one in range(54))
LIST_OF, FILE_OF, PARTNER_OF = 100, 10, 10


class Traced(Fill):
    """Mails with the traces they leave. ``ids``: theirs, in order."""

    def __init__(self, url: str, spool: Spool, mails: int, now: datetime) -> None:
        super().__init__(url, spool, mails, now)
        self._url = url
        self._key = spool.trace_key
        self._traces: list[dict[str, Any]] = []
        self.ids: list[str] = []

    def _mail(self, tables: dict[Any, list[dict[str, Any]]], number: int, at: datetime, owner: str) -> str:
        queue_id = super()._mail(tables, number, at, owner)
        self.ids.append(queue_id)
        firm = SummaryRecipient(f"person{number % 4999}@firm{number % 500}.example.com", "", Field.TO)
        people = [firm, replace(firm, address=f"other{number % 311}@firm{number % 499}.example.com")]
        people[0] = replace(people[0], badges=frozenset({Badge.OUTSIDE}))
        if number % PARTNER_OF == 1:
            people.append(replace(firm, address=PARTNER))
        is_crowd = number % LIST_OF == 2
        file = SummaryFile((1,), "x", "application/pdf", 9, digest=bytes([number % 250]) * 32)
        summary = Summary(
            "x", "", owner, CROWD if is_crowd else tuple(people), files=(file,) if number % FILE_OF == 0 else ()
        )
        judgement = Judgement((ASKED if is_crowd else SENT,), (), summary=summary)
        self._traces += [
            {"kind": kind.value, "digest": digest, "queue_id": queue_id}
            for kind, digest in traces_of(judgement, self._key)
        ]
        return queue_id

    def _write(self, tables: dict[Any, list[dict[str, Any]]]) -> None:
        super()._write(tables)
        traces, self._traces = self._traces, []
        engine = writer_engine(self._url)
        with engine.begin() as connection:
            for start in range(0, len(traces), BATCH):
                connection.execute(insert(mail_trace), traces[start : start + BATCH])
        engine.dispose()


def incident_of(queue_id: str, now: datetime) -> Incident:
    """An incident about one mail, as the search reads it."""
    return Incident(
        "2026-0001", IncidentKind.MISDIRECTED, Cause.UNKNOWN, Phase.FIRST_RESPONSE, "", "", "", now, now, False, 1,
        (queue_id,),
    )  # fmt: skip


def measured(url: str, mails: int) -> dict[str, tuple[float, int]]:
    """The longest look in seconds and how many candidates, by what the incident was."""
    clock = SystemClock()
    store = Store(url, clock)
    try:
        with tempfile.TemporaryDirectory(prefix="mailguard-look-back-") as folder:
            spool = Spool(store, MasterKey(bytes(range(32))), clock, Path(folder), reserve_bytes=0)
            fill = Traced(url, spool, mails, clock.now())
            fill.run()
            middle = mails // 2 // LIST_OF * LIST_OF
            chosen = {"ordinary mail": middle + 3, "crowd": middle + 2, "busy partner, with a file": middle + 1}
            return {name: _longest(store, spool, fill.ids[number], clock) for name, number in chosen.items()}
    finally:
        asyncio.run(store.stop())


def _longest(store: Store, spool: Spool, queue_id: str, clock: SystemClock) -> tuple[float, int]:
    incident = incident_of(queue_id, clock.now())
    taken, found = 0.0, 0
    for _ in range(LOOKS):
        began = time.perf_counter()
        found = len(store.read_now(lambda reader: look_back(spool, reader, incident)).candidates)
        taken = max(taken, time.perf_counter() - began)
    return taken, found


def main(words: list[str] | None = None) -> int:
    """Measure and print; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.look_back", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--mails", type=int, default=100_000)
    arguments = parser.parse_args(words)
    worst = 0.0
    with databases() as found:
        for name, url in found.items():
            print(f"\n{name}, {arguments.mails:,} mails: longest of {LOOKS} looks")
            for what, (taken, candidates) in measured(url, arguments.mails).items():
                print(f"  {what:<28}{taken * 1000:>8.1f} ms {candidates:>5} candidates")
                worst = max(worst, taken)
    return 1 if worst > BOUND_SECONDS else 0


if __name__ == "__main__":
    sys.exit(main())
