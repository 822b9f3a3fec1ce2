"""Floods, slow clients, hijacked accounts, full disks: limits end what is too much, and everybody else is served."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mailguard.config import LimitSettings
from mailguard.errors import StorageUnavailable
from mailguard.submission import Pacing
from tests.system.smtp_office import ACCOUNT, RECIPIENT, SENDER, SmtpOffice, smtp_office

KIB = 1024
OTHERS_SECONDS = 10.0
"""An ordinary client is served in this time, whatever the others do."""


async def served_in_time(office: SmtpOffice) -> bool:
    """Whether an ordinary client gets its mail through quickly."""
    began = time.monotonic()
    client = await office.connect()
    reply = await client.mail()
    return reply.startswith(b"250") and time.monotonic() - began < OTHERS_SECONDS


# -- too large, too long, too many


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"Subject: x\r\n\r\n" + (b"y" * 74 + b"\r\n") * 900, b"552 5.3.4", id="mail"),
        pytest.param(b"Subject: x\r\n\r\n" + b"y" * 20_000 + b"\r\n", b"552 5.3.4", id="line"),
        pytest.param(b"X-Header: y\r\n" * 1000 + b"\r\n", b"552 5.3.4", id="headers"),
        pytest.param(b"Received: from a by b\r\n" * 31 + b"\r\n", b"554 5.4.6", id="hops"),
    ],
)
async def test_content_beyond_a_limit_is_refused_for_good_and_the_connection_goes_on(
    tmp_path: Path, content: bytes, code: bytes
) -> None:
    """What is too large here is too large at the second try too; the next mail is welcome."""
    limits = LimitSettings(message_bytes=64 * KIB, header_bytes=8 * KIB)
    async with smtp_office(tmp_path, limits=limits) as office:
        client = await office.connect()
        refused = await client.mail(content)
        taken = await client.mail()
        mails = await office.mails()

    assert refused.startswith(code)
    assert taken.startswith(b"250")
    assert len(mails) == 1


async def test_mail_announced_too_large_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    """A mail program that says the size first need not send it in vain (RFC 1870)."""
    async with smtp_office(tmp_path, limits=LimitSettings(message_bytes=64 * KIB)) as office:
        client = await office.connect()
        reply = await client.say(f"MAIL FROM:<{SENDER}> SIZE=70000")

    assert reply.startswith(b"552 5.3.4")


async def test_mail_without_end_is_cut(tmp_path: Path) -> None:
    """Who sends on and on is not read to the end of days."""
    async with smtp_office(tmp_path, limits=LimitSettings(message_bytes=64 * KIB)) as office:
        client = await office.connect()
        await client.envelope()
        for _ in range(100):
            await client.send((b"y" * 74 + b"\r\n") * 200)
        reply = await client.reply()
        closed = await client.is_closed()
        in_time = await served_in_time(office)

    assert reply.startswith(b"552 5.3.4")
    assert closed
    assert in_time


async def test_two_thousand_recipients_are_taken_up_to_the_limit(tmp_path: Path) -> None:
    """A huge list is not bounced: the mail goes to as many as fit, the rest is sent again (RFC 5321 §4.5.3.1.10)."""
    async with smtp_office(tmp_path) as office:
        client = await office.connect()
        await client.say(f"MAIL FROM:<{SENDER}>")
        await client.send(b"".join(b"RCPT TO:<r%d@customer.example.com>\r\n" % number for number in range(2000)))
        replies = [(await client.reply())[:9] for _ in range(2000)]
        await client.say("DATA")
        await client.send(b"Subject: x\r\n\r\n.\r\n")
        taken = await client.reply()
        ((submission, _),) = await office.mails()

    assert replies[:1000] == [b"250 2.1.5"] * 1000
    assert set(replies[1000:]) == {b"452 4.5.3"}
    assert taken.startswith(b"250")
    assert len(submission.envelope.forward_paths) == 1000


async def test_errors_beyond_the_limit_end_the_connection(tmp_path: Path) -> None:
    """A program that only makes mistakes is let go."""
    async with smtp_office(tmp_path, limits=LimitSettings(errors=4), pacing=Pacing(error_delay=0.01)) as office:
        client = await office.connect()
        await client.send(b"FOO\r\n" * 10)
        replies = [(await client.reply())[:3] for _ in range(5)]
        closed = await client.is_closed()

    assert replies == [b"500", b"500", b"500", b"500", b"421"]
    assert closed


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"GET / HTTP/1.1\r\nHost: relay.example.jp\r\n\r\nMAIL FROM:<x@y.example>\r\n", id="http"),
        pytest.param(b"POST /x HTTP/1.1\r\n\r\nEHLO x\r\n", id="post"),
        pytest.param(bytes(range(128, 256)) * 400 + b"\r\n" + b"\xff\r\n" * 30, id="octets"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00" + b"\0" * 400, id="tls hello"),
        pytest.param(b"A" * 2_000_000, id="a line without end"),
        pytest.param(b"NOOP\r\n" * 300, id="noop for ever"),
        pytest.param(b"RSET\r\nVRFY x\r\n" * 200, id="rset for ever"),
    ],
)
async def test_garbage_ends_its_connection_alone(tmp_path: Path, octets: bytes) -> None:
    """Browsers, scanners and broken programs are shown out; others do not notice."""
    async with smtp_office(tmp_path, pacing=Pacing(error_delay=0.01, linger=0.2)) as office:
        client = await office.connect()
        await client.send(octets)
        closed = await client.is_closed()
        in_time = await served_in_time(office)

    assert closed
    assert in_time


# -- slow and many


async def test_three_hundred_slow_connections_leave_room_for_an_ordinary_client(tmp_path: Path) -> None:
    """Clients that dribble or sleep do not keep an ordinary one waiting."""
    async with smtp_office(tmp_path, limits=LimitSettings(connections_per_address=400)) as office:
        slow = [await office.connect() for _ in range(300)]
        for number, client in enumerate(slow):
            if number % 3 == 0:
                await client.envelope()
                await client.send(b"Subject: sl")
            elif number % 3 == 1:
                await client.send(b"MAIL FRO")
        results = [await served_in_time(office) for _ in range(3)]

    assert all(results)


async def test_idle_client_is_let_go(tmp_path: Path) -> None:
    """A connection nobody uses is closed with a word."""
    async with smtp_office(tmp_path, limits=LimitSettings(idle_seconds=1), pacing=Pacing(sweep=0.05)) as office:
        client = await office.connect()
        reply = await client.reply()

    assert reply.startswith(b"421 4.4.2")


async def test_dribbling_content_is_cut_although_it_never_pauses(tmp_path: Path) -> None:
    """A mail that comes an octet at a time is ended by its pace, not by its pauses."""
    limits = LimitSettings(data_min_bytes_per_second=1000)
    async with smtp_office(tmp_path, limits=limits, pacing=Pacing(sweep=0.05, progress_window=0.4)) as office:
        client = await office.connect()
        await client.envelope()
        dribble = asyncio.create_task(_dribble(client))
        reply = await client.reply()
        dribble.cancel()
        cut = office.server.counters.cut_slow

    assert reply.startswith(b"421 4.4.2")
    assert cut == 1


async def test_content_that_takes_too_long_in_all_is_cut(tmp_path: Path) -> None:
    """Nobody keeps a connection busy with one mail for ever, however steadily."""
    limits = LimitSettings(data_seconds=1, data_min_bytes_per_second=0)
    async with smtp_office(tmp_path, limits=limits, pacing=Pacing(sweep=0.05)) as office:
        client = await office.connect()
        await client.envelope()
        dribble = asyncio.create_task(_dribble(client))
        reply = await client.reply()
        dribble.cancel()

    assert reply.startswith(b"421 4.4.2")


async def _dribble(client: Any) -> None:
    while True:
        await client.send(b"x\r\n")
        await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    "limits", [LimitSettings(connections=5), LimitSettings(connections_per_address=5)], ids=["in all", "per address"]
)
async def test_connections_beyond_the_limit_are_told_to_come_back(tmp_path: Path, limits: LimitSettings) -> None:
    """One more than allowed hears why; when one goes, the next is welcome."""
    async with smtp_office(tmp_path, limits=limits) as office:
        clients = [await office.connect() for _ in range(5)]
        sixth = await office.connect(greeted=False)
        refused = await sixth.reply()
        assert (await clients[0].say("QUIT")).startswith(b"221")
        assert await clients[0].is_closed()
        seventh = await office.connect()
        taken = await seventh.mail()

    assert refused.startswith(b"421 4.7.0")
    assert taken.startswith(b"250")


async def test_octets_in_flight_are_bounded_and_nothing_is_lost(tmp_path: Path) -> None:
    """Many large mails at once do not fill the memory: some are told to come back, those with a 250 are there."""
    limits = LimitSettings(bytes_in_flight=1024 * KIB, connections_per_address=100)
    block = (b"y" * 74 + b"\r\n") * 500
    async with smtp_office(tmp_path, limits=limits, pacing=Pacing(room_wait=0.2)) as office:
        clients = [await office.connect() for _ in range(60)]

        async def send(client: Any) -> bytes:
            await client.envelope()
            await client.send(b"Subject: x\r\n\r\n" + block)
            await asyncio.sleep(0.3)  # all of them are in the middle of their mail now
            await client.send(block + b".\r\n")
            reply: bytes = await client.reply()
            return reply

        replies = await asyncio.gather(*(send(client) for client in clients))
        mails = await office.mails()
        left = office.server.counters.bytes_in_flight

    assert {reply[:3] for reply in replies} == {b"250", b"452"}
    assert sum(reply.startswith(b"250") for reply in replies) == len(mails)
    assert left == 0


# -- accounts


async def test_account_beyond_its_mails_an_hour_is_told_to_come_back(tmp_path: Path) -> None:
    """An account that suddenly sends a flood (a stolen password) is stopped, also over several connections."""
    async with smtp_office(tmp_path, limits=LimitSettings(mails_per_hour=3)) as office:
        clients = [await office.signed_in("clear") for _ in range(2)]
        taken = [(await clients[number % 2].mail(sender=ACCOUNT))[:3] for number in range(3)]
        refused = [await client.say(f"MAIL FROM:<{ACCOUNT}>") for client in clients]
        device = await office.connect()
        other = await device.mail()

    assert taken == [b"250"] * 3
    assert [reply[:9] for reply in refused] == [b"450 4.7.1"] * 2
    assert other.startswith(b"250")


async def test_account_beyond_its_recipients_an_hour_is_told_to_come_back(tmp_path: Path) -> None:
    """The same for one mail to very many."""
    async with smtp_office(tmp_path, limits=LimitSettings(recipients_per_hour=3)) as office:
        client = await office.signed_in("clear")
        await client.say(f"MAIL FROM:<{ACCOUNT}>")
        replies = [(await client.say(f"RCPT TO:<r{number}@customer.example.com>"))[:9] for number in range(5)]

    assert replies == [b"250 2.1.5"] * 3 + [b"452 4.7.1"] * 2


# -- when mail cannot be kept


async def test_disk_at_its_floor_refuses_for_now(tmp_path: Path) -> None:
    """With no room on the disk mail is refused before it is sent, and for now only."""
    async with smtp_office(tmp_path, reserve_bytes=2**60) as office:
        client = await office.connect()
        reply = await client.say(f"MAIL FROM:<{SENDER}> SIZE=1000")

    assert reply.startswith(b"452 4.3.1")


async def test_database_locked_refuses_for_now_and_keeps_nothing(tmp_path: Path) -> None:
    """While another program keeps the database to itself the client is told to come back, and nothing is half kept."""
    async with smtp_office(tmp_path) as office:
        client = await office.connect()
        with closing(sqlite3.connect(tmp_path / "mailguard.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            refused = await client.mail()
            other.execute("ROLLBACK")
        taken = await client.mail()
        mails = await office.mails()

    assert refused.startswith(b"452 4.3.1")
    assert taken.startswith(b"250")
    assert len(mails) == 1


class Broken:
    """An acceptor that does something else at one place; the rest is the real one's."""

    def __init__(self, real: Any, place: str, instead: Callable[..., Any]) -> None:
        self._real = real
        self._place = place
        self._instead = instead

    def __getattr__(self, name: str) -> Any:
        return self._instead if name == self._place else getattr(self._real, name)


class BrokenContent:
    """A content that takes nothing."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def write(self, _chunk: bytes) -> None:
        """Fails."""
        raise self._error

    def abandon(self) -> None:
        """Nothing is there."""


def raising(error: Exception) -> Callable[..., Any]:
    """A function that fails."""

    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


@pytest.mark.parametrize("error", [ZeroDivisionError("secret"), OSError("secret"), StorageUnavailable("secret")])
@pytest.mark.parametrize("place", ["accept", "open_content", "has_room", "sent_since", "write"])
async def test_unexpected_error_is_temporary_and_reveals_nothing(tmp_path: Path, place: str, error: Exception) -> None:
    """A fault of ours never makes a mail program give up on a good mail (P-05)."""
    async with smtp_office(tmp_path) as office:
        shared = office.server._shared
        assert shared is not None
        real = shared.acceptor
        client = await office.signed_in("clear")
        broken = Broken(real, place, raising(error))
        if place == "write":
            broken = Broken(real, "open_content", lambda: BrokenContent(error))
        shared.acceptor = shared.usage._acceptor = broken
        await client.send(f"MAIL FROM:<{ACCOUNT}>\r\nRCPT TO:<{RECIPIENT}>\r\nDATA\r\n".encode())
        replies = [await client.reply() for _ in range(3)]
        if replies[-1].startswith(b"354"):
            await client.send(b"Subject: x\r\n\r\n" + b"text\r\n" * 100 + b".\r\n")
            replies.append(await client.reply())
        shared.acceptor = shared.usage._acceptor = real
        await client.say("RSET")
        again = await client.mail(sender=ACCOUNT)

    first_refusal = next(reply for reply in replies if reply[:1] in b"45")
    assert first_refusal[:3] in (b"451", b"452")
    assert not any(b"secret" in reply for reply in replies)
    assert again.startswith(b"250")


async def test_stop_lets_a_running_mail_end_and_turns_others_away(tmp_path: Path) -> None:
    """At a restart a mail that is under way gets its 250, and idle connections a word (P-30)."""
    async with smtp_office(tmp_path) as office:
        busy, idle = await office.connect(), await office.connect()
        await busy.envelope()
        await busy.send(b"Subject: half")
        stopping = asyncio.create_task(office.server.stop(10.0))
        farewell = await idle.reply()
        await busy.send(b" and whole\r\n\r\ntext\r\n.\r\n")
        taken = await busy.reply()
        after = await busy.reply()
        cut = await stopping
        mails = await office.mails()

    assert farewell.startswith(b"421 4.3.2")
    assert taken.startswith(b"250")
    assert after.startswith(b"421 4.3.2")
    assert cut == 0
    assert len(mails) == 1
