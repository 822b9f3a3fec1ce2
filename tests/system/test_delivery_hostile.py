"""A next hop that means ill, or is broken beyond recognition (P-02): bounded memory, bounded time, nothing in clear."""

from __future__ import annotations

import tracemalloc

import pytest

from mailguard.model.delivery import Outcome
from tests.fakes.next_hop import Act, Features, ScriptedNextHop, Stage, flood, raw
from tests.unit.delivery.mails import A, B, LastLook, make_mail, sending_to

MEGABYTE_LINE = raw(b"250 " + b"x" * 1_000_000 + b"\r\n")
ACTS: dict[str, Act] = {
    "megabyte_line": MEGABYTE_LINE,
    "endless_line": flood(b"x" * 65_536),
    "endless_reply_line": flood(b"250-" + b"x" * 60_000),
    "endless_reply": flood(b"250-again\r\n" * 1000),
    "endless_replies": flood(b"250 Ok\r\n" * 1000),
    "garbage": raw(b"\x00\xff\xfe\r\n"),
    "http": raw(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "tls_alert": raw(b"\x15\x03\x01\x00\x02\x02\x46"),
    "no_code": raw(b"Ok\r\n"),
    "code_out_of_range": raw(b"999 Ok\r\n"),
    "two_replies": raw(b"250 Ok\r\n250 Ok\r\n250 Ok\r\n250 Ok\r\n250 Ok\r\n250 Ok\r\n250 Ok\r\n"),
    "empty_line": raw(b"\r\n"),
    "non_ascii_digits": raw("２５０ Ok\r\n".encode()),
}
STAGES = [Stage.GREETING, Stage.EHLO, Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.DOT]


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
@pytest.mark.parametrize("stage", STAGES)
async def test_hostile_reply_at_each_stage_is_never_success(stage: Stage, act: Act) -> None:
    """No nonsense is ever read as "delivered" or as a bounce, none takes memory or time."""
    async with ScriptedNextHop() as hop:
        hop.on(stage, act)
        async with sending_to(hop, command_seconds=5, data_seconds=5) as sender:
            results = await sender.deliver(make_mail(A, B), LastLook())

            # Before the dot nothing has happened; after it nobody knows. A flood of 250s that includes the one to the
            # dot cannot be told from the true reply: only its excess ends the connection.
            allowed = {Outcome.DEFERRED} if stage is not Stage.DOT else {Outcome.UNKNOWN, Outcome.DELIVERED}
            assert {result.outcome for result in results} <= allowed
            if stage is Stage.DOT and b"250 Ok" not in (act.octets or b""):
                assert {Outcome.UNKNOWN} == {result.outcome for result in results}
            assert all(len(result.reply.text) < 1100 for result in results)
            assert stage is Stage.DOT or 0 == len(hop.mails)
            assert 0 == sender.connections


@pytest.mark.parametrize("stage", [Stage.GREETING, Stage.MAIL, Stage.DOT])
async def test_endless_reply_takes_no_memory(stage: Stage) -> None:
    """A server cannot fill the relay's memory by talking."""
    async with ScriptedNextHop() as hop:
        hop.on(stage, flood(b"250-" + b"x" * 4000 + b"\r\n"))
        async with sending_to(hop) as sender:
            tracemalloc.start()
            await sender.deliver(make_mail(A), LastLook())
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()

    # The scripted server runs in the same process and has its own buffers; an unbounded reader took hundreds.
    assert peak < 8 * 1024 * 1024


async def test_reply_out_of_turn_on_a_kept_connection_is_not_the_next_mails() -> None:
    """A reply sent too early cannot make the next mail look delivered."""
    async with ScriptedNextHop(Features(pipelining=False)) as hop, sending_to(hop) as sender:
        hop.on(Stage.TAKEN, raw(b"250 2.0.0 Ok\r\n250 2.0.0 and in advance\r\n250 Ok\r\n354 Ok\r\n250 Ok\r\n"), times=1)

        first = await sender.deliver(make_mail(A), LastLook())
        second = await sender.deliver(make_mail(B), LastLook())

        assert Outcome.DELIVERED is first[0].outcome
        assert Outcome.DELIVERED is second[0].outcome
        assert [(A,), (B,)] == [mail.addresses for mail in hop.mails]
        assert 2 == hop.sessions
