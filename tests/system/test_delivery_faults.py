"""Whatever the next hop does, each recipient ends where its own reply says (P-43). Real sockets, scripted server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvloop

from mailguard.delivery.exchange import LEASE_LOST
from mailguard.errors import ContentDamaged
from mailguard.model.delivery import Outcome
from tests.fakes.next_hop import Act, Features, ScriptedNextHop, Stage, cut, hang, raw, say, say_and_cut
from tests.unit.delivery.mails import CONTENT, PREFIX, SENDER, A, B, C, LastLook, make_mail, sending_to

DELIVERED, DEFERRED, BOUNCED, UNKNOWN = Outcome.DELIVERED, Outcome.DEFERRED, Outcome.BOUNCED, Outcome.UNKNOWN
LARGE = b"Subject: large\r\n\r\n" + (b"x" * 76 + b"\r\n") * 20_000
SHORT = {"command_seconds": 0.4, "data_seconds": 0.4}


@dataclass(frozen=True)
class Fault:
    """What happens at a stage, and how A, B and C end. ``codes`` are the reply codes, 0 where there was none."""

    stage: Stage
    act: Act
    outcomes: tuple[Outcome, Outcome, Outcome]
    codes: tuple[int, int, int]
    nth: int | None = None
    after: int = 0
    taken: int = 0
    settings: dict[str, float] = field(default_factory=dict)
    pipelining_only: bool = False


def all_three(outcome: Outcome) -> tuple[Outcome, Outcome, Outcome]:
    return (outcome, outcome, outcome)


FAULTS = {
    "none": Fault(Stage.QUIT, say("221 Bye"), all_three(DELIVERED), (250, 250, 250), taken=1),
    "connect_cut": Fault(Stage.CONNECT, cut(), all_three(DEFERRED), (0, 0, 0)),
    "connect_reset": Fault(Stage.CONNECT, cut(reset=True), all_three(DEFERRED), (0, 0, 0)),
    "greeting_554": Fault(Stage.GREETING, say("554 5.7.1 Go away"), all_three(DEFERRED), (554, 554, 554)),
    "greeting_421": Fault(Stage.GREETING, say_and_cut("421 4.3.2 Busy"), all_three(DEFERRED), (421, 421, 421)),
    "greeting_silent": Fault(Stage.GREETING, hang(), all_three(DEFERRED), (0, 0, 0), settings=SHORT),
    "ehlo_421": Fault(Stage.EHLO, say_and_cut("421 4.3.2 Busy"), all_three(DEFERRED), (421, 421, 421)),
    "ehlo_451": Fault(Stage.EHLO, say("451 4.3.0 Later"), all_three(DEFERRED), (451, 451, 451)),
    "ehlo_cut": Fault(Stage.EHLO, cut(), all_three(DEFERRED), (0, 0, 0)),
    "ehlo_silent": Fault(Stage.EHLO, hang(), all_three(DEFERRED), (0, 0, 0), settings=SHORT),
    "mail_451": Fault(Stage.MAIL, say("451 4.7.1 Greylisted"), all_three(DEFERRED), (451, 451, 451)),
    "mail_550": Fault(Stage.MAIL, say("550 5.7.1 Not you"), all_three(BOUNCED), (550, 550, 550)),
    "mail_530": Fault(Stage.MAIL, say("530 5.7.0 Sign in first"), all_three(DEFERRED), (530, 530, 530)),
    "mail_421": Fault(Stage.MAIL, say_and_cut("421 4.3.2 Closing"), all_three(DEFERRED), (421, 421, 421)),
    "mail_cut": Fault(Stage.MAIL, cut(), all_three(DEFERRED), (0, 0, 0)),
    "mail_silent": Fault(Stage.MAIL, hang(), all_three(DEFERRED), (0, 0, 0), settings=SHORT),
    "second_rcpt_550": Fault(
        Stage.RCPT, say("550 5.1.1 Unknown"), (DELIVERED, BOUNCED, DELIVERED), (250, 550, 250), nth=2, taken=1
    ),
    "second_rcpt_450": Fault(
        Stage.RCPT, say("450 4.2.1 Busy"), (DELIVERED, DEFERRED, DELIVERED), (250, 450, 250), nth=2, taken=1
    ),
    "second_rcpt_452_storage": Fault(
        Stage.RCPT, say("452 4.3.1 Full"), (DELIVERED, DEFERRED, DELIVERED), (250, 452, 250), nth=2, taken=1
    ),
    "second_rcpt_421": Fault(Stage.RCPT, say_and_cut("421 4.3.2 Closing"), all_three(DEFERRED), (0, 421, 0), nth=2),
    "second_rcpt_cut": Fault(Stage.RCPT, cut(), all_three(DEFERRED), (0, 0, 0), nth=2),
    "second_rcpt_silent": Fault(Stage.RCPT, hang(), all_three(DEFERRED), (0, 0, 0), nth=2, settings=SHORT),
    "all_rcpt_550": Fault(Stage.RCPT, say("550 5.1.1 Unknown"), all_three(BOUNCED), (550, 550, 550)),
    "all_rcpt_450": Fault(Stage.RCPT, say("450 4.2.1 Busy"), all_three(DEFERRED), (450, 450, 450)),
    "data_451": Fault(Stage.DATA, say("451 4.3.0 Later"), all_three(DEFERRED), (451, 451, 451)),
    "data_554": Fault(Stage.DATA, say("554 5.7.1 No"), all_three(BOUNCED), (554, 554, 554)),
    "data_421": Fault(Stage.DATA, say_and_cut("421 4.3.2 Closing"), all_three(DEFERRED), (421, 421, 421)),
    "data_250": Fault(Stage.DATA, say("250 What?"), all_three(DEFERRED), (250, 250, 250)),
    "data_cut": Fault(Stage.DATA, cut(), all_three(DEFERRED), (0, 0, 0)),
    "data_silent": Fault(Stage.DATA, hang(), all_three(DEFERRED), (0, 0, 0), settings=SHORT),
    "dot_451": Fault(Stage.DOT, say("451 4.3.0 Later"), all_three(DEFERRED), (451, 451, 451)),
    "dot_550": Fault(Stage.DOT, say("550 5.7.1 Spam"), all_three(BOUNCED), (550, 550, 550)),
    "dot_552": Fault(Stage.DOT, say("552 5.3.4 Too large"), all_three(BOUNCED), (552, 552, 552)),
    "dot_421": Fault(Stage.DOT, say_and_cut("421 4.3.2 Closing"), all_three(DEFERRED), (421, 421, 421)),
    "dot_354": Fault(Stage.DOT, say("354 Go on"), all_three(UNKNOWN), (354, 354, 354), taken=1),
    "dot_garbage": Fault(Stage.DOT, raw(b"what?\r\n"), all_three(UNKNOWN), (0, 0, 0), taken=0),
    "dot_cut": Fault(Stage.DOT, cut(), all_three(UNKNOWN), (0, 0, 0)),
    "dot_reset": Fault(Stage.DOT, cut(reset=True), all_three(UNKNOWN), (0, 0, 0)),
    "dot_silent": Fault(Stage.DOT, hang(), all_three(UNKNOWN), (0, 0, 0), settings=SHORT),
    "taken_cut": Fault(Stage.TAKEN, cut(), all_three(UNKNOWN), (0, 0, 0), taken=1),
    "taken_half_a_reply": Fault(Stage.TAKEN, Act(octets=b"250 2.0", cut=True), all_three(UNKNOWN), (0, 0, 0), taken=1),
    "taken_silent": Fault(Stage.TAKEN, hang(), all_three(UNKNOWN), (0, 0, 0), taken=1, settings=SHORT),
}


async def meet(fault: Fault, pipelining: bool) -> None:
    async with ScriptedNextHop(Features(pipelining=pipelining)) as hop:
        hop.on(fault.stage, fault.act, nth=fault.nth, after=fault.after)
        async with sending_to(hop, **fault.settings) as sender:
            look = LastLook()

            results = await sender.deliver(make_mail(A, B, C), look)

            assert fault.outcomes == tuple(result.outcome for result in results)
            assert fault.codes == tuple(result.reply.code for result in results)
            assert [outcome is UNKNOWN for outcome in fault.outcomes] == [result.doubt for result in results]
            assert all(result.next_hop == f"127.0.0.1:{hop.port}" for result in results)
            assert fault.taken == len(hop.mails)
            assert ("did not answer" in results[1].reply.text) == fault.act.hang
            # In doubt or delivered means: a dot was sent, and nothing is sent without the last look.
            reached = {DELIVERED, UNKNOWN} & set(fault.outcomes) or fault.stage is Stage.DOT
            assert (1 if reached else 0) == len(look.asked)


LOOPS: dict[str, Callable[[Coroutine[Any, Any, None]], None]] = {"asyncio": asyncio.run, "uvloop": uvloop.run}


@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelining", "one_by_one"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
async def test_deliver_fault_at_each_stage_ends_each_recipient_right(fault: Fault, pipelining: bool) -> None:
    """A mail is never lost and never called delivered by mistake, whatever the next hop does."""
    await meet(fault, pipelining)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_deliver_fault_on_the_fast_loop_ends_the_same(fault: Fault) -> None:
    """The event loop in service behaves as the one in tests."""
    uvloop.run(meet(fault, pipelining=True))


async def test_deliver_mail_arrives_octet_for_octet() -> None:
    """What arrives is what was given, below our line; dots at line starts survive."""
    async with ScriptedNextHop() as hop, sending_to(hop) as sender:
        await sender.deliver(make_mail(A, B), LastLook())

        assert [SENDER] == [mail.reverse_path for mail in hop.mails]
        assert (A, B) == hop.mails[0].addresses
        assert PREFIX + CONTENT == hop.mails[0].raw
        assert PREFIX + CONTENT.replace(b"\r\n..", b"\r\n.") == hop.mails[0].content


async def test_deliver_empty_content_is_delivered() -> None:
    """A mail without a single line is a mail."""
    async with ScriptedNextHop() as hop, sending_to(hop) as sender:
        results = await sender.deliver(make_mail(A, content=b""), LastLook())

        assert [DELIVERED] == [result.outcome for result in results]
        assert PREFIX == hop.mails[0].raw


@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelining", "one_by_one"])
async def test_last_look_comes_between_content_and_dot(pipelining: bool) -> None:
    """The attempt is on record before the next hop can take the mail, and the content is on its way by then."""
    async with ScriptedNextHop(Features(pipelining=pipelining)) as hop, sending_to(hop) as sender:
        hop.on(Stage.RCPT, say("550 5.1.1 Unknown"), nth=1)
        hop.on(Stage.CONTENT, Act(), after=len(PREFIX + CONTENT))

        async def everything_but_the_dot() -> None:
            await hop.until(lambda: hop.reached(Stage.CONTENT))
            assert hop.reached(Stage.DOT) == 0

        look = LastLook(first=everything_but_the_dot)
        results = await sender.deliver(make_mail(A, B, C), look)

        assert [(1, 2)] == look.asked
        assert [BOUNCED, DELIVERED, DELIVERED] == [result.outcome for result in results]


async def test_last_look_says_no_sends_no_dot() -> None:
    """A node whose lease is gone never sends the mail a second time."""
    async with ScriptedNextHop() as hop, sending_to(hop) as sender:
        hop.on(Stage.RCPT, say("550 5.1.1 Unknown"), nth=1)

        results = await sender.deliver(make_mail(A, B), LastLook(answer=False))
        await hop.until(lambda: hop.open_sessions == 0)

        assert [BOUNCED, DEFERRED] == [result.outcome for result in results]
        assert LEASE_LOST == results[1].reply
        assert [] == hop.mails
        assert [PREFIX + CONTENT] == [one.raw for one in hop.unfinished]
        assert not sender.is_down


async def test_last_look_raises_sends_no_dot() -> None:
    """A database that fails at the wrong moment costs a retry, nothing else."""

    async def fail() -> None:
        raise RuntimeError("no database")

    async with ScriptedNextHop() as hop, sending_to(hop) as sender:
        results = await sender.deliver(make_mail(A), LastLook(first=fail))
        await hop.until(lambda: hop.open_sessions == 0)

        assert (DEFERRED, LEASE_LOST) == (results[0].outcome, results[0].reply)
        assert 0 == hop.reached(Stage.DOT)


async def test_line_cut_during_the_last_look_is_no_doubt() -> None:
    """Without a dot there is nothing to doubt."""
    async with ScriptedNextHop() as hop, sending_to(hop) as sender:
        hop.on(Stage.CONTENT, cut(), after=len(PREFIX + CONTENT))

        async def until_it_is_cut() -> None:
            await hop.until(lambda: hop.open_sessions == 0)
            await seen_here_too()

        results = await sender.deliver(make_mail(A), LastLook(first=until_it_is_cut))

        assert DEFERRED is results[0].outcome
        assert 0 == hop.reached(Stage.DOT)


async def test_delivery_cancelled_sends_no_dot_and_leaves_no_connection() -> None:
    """Stopping the relay in the middle of a mail sends nothing half."""
    async with ScriptedNextHop() as hop, sending_to(hop) as sender:
        waiting = asyncio.Event()

        async def stay() -> None:
            waiting.set()
            await asyncio.Event().wait()

        task = asyncio.create_task(sender.deliver(make_mail(A), LastLook(first=stay)))
        await waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await hop.until(lambda: hop.open_sessions == 0)

        assert 0 == hop.reached(Stage.DOT)
        assert 0 == sender.connections
        assert DELIVERED is (await sender.deliver(make_mail(A), LastLook()))[0].outcome


async def seen_here_too() -> None:
    """A few times around the loop, so that what the server did has reached the sender's socket as well."""
    for _ in range(10):
        await asyncio.sleep(0)


async def pieces_of(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS.keys())
@pytest.mark.parametrize("whole", [True, False], ids=["in_memory", "streamed"])
def test_deliver_large_mail_arrives_whole(loop: Callable[[Coroutine[Any, Any, None]], None], whole: bool) -> None:
    """Size makes no difference to what arrives."""

    async def send() -> None:
        content = LARGE if whole else lambda: pieces_of(LARGE, 100_001)
        async with ScriptedNextHop() as hop, sending_to(hop) as sender:
            results = await sender.deliver(make_mail(A, content=content, size=len(LARGE)), LastLook())

            assert DELIVERED is results[0].outcome
            assert PREFIX + LARGE == hop.mails[0].raw

    loop(send())


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS.keys())
@pytest.mark.parametrize("reset", [True, False], ids=["reset", "closed"])
def test_line_cut_in_a_large_content_defers(loop: Callable[[Coroutine[Any, Any, None]], None], reset: bool) -> None:
    """A cut in the middle of the content is a plain retry."""

    async def send() -> None:
        async with ScriptedNextHop() as hop, sending_to(hop) as sender:
            hop.on(Stage.CONTENT, cut(reset=reset), after=300_000)

            async def cut_in_the_middle() -> AsyncIterator[bytes]:
                yield LARGE[:400_000]
                await hop.until(lambda: hop.open_sessions == 0)
                await seen_here_too()
                yield LARGE[400_000:]

            look = LastLook()
            results = await sender.deliver(make_mail(A, content=cut_in_the_middle, size=len(LARGE)), look)

            assert DEFERRED is results[0].outcome
            assert [] == hop.mails
            assert [] == look.asked

    loop(send())


async def test_next_hop_that_reads_nothing_defers_in_time() -> None:
    """A stalled content does not hold a connection for ever."""
    async with ScriptedNextHop() as hop, sending_to(hop, command_seconds=0.5) as sender:
        hop.on(Stage.CONTENT, hang(), after=1)
        # More than the kernel keeps for both sides of a loopback connection.
        huge = (b"x" * 998 + b"\r\n") * 20_000

        results = await sender.deliver(
            make_mail(A, content=lambda: pieces_of(huge, 1_000_000), size=len(huge)), LastLook()
        )

        assert DEFERRED is results[0].outcome
        assert "took nothing" in results[0].reply.text
        assert [] == hop.mails


async def test_content_that_cannot_be_read_defers_and_sends_no_dot() -> None:
    """A damaged file on our disk never becomes half a mail at the customer's."""

    async def damaged() -> AsyncIterator[bytes]:
        yield b"Subject: x\r\n\r\nfirst\r\n"
        raise ContentDamaged("frame 1 fails its authentication tag")

    async with ScriptedNextHop() as hop, sending_to(hop) as sender:
        results = await sender.deliver(make_mail(A, content=damaged, size=100), LastLook())
        await hop.until(lambda: hop.open_sessions == 0)

        assert DEFERRED is results[0].outcome
        assert 0 == hop.reached(Stage.DOT)
        assert not sender.is_down


@pytest.mark.parametrize("content", [b"a\n.\r\nMAIL\r\n", b"a\rb\nc\r\n", b"a\r\n.\r\nb\r\n", b"a\0b\r\n", b"no end"])
@pytest.mark.parametrize("whole", [True, False], ids=["in_memory", "streamed"])
async def test_content_others_could_misread_is_never_sent(content: bytes, whole: bool) -> None:
    """Nothing leaves the office that ends at another place than it seems to (P-35)."""
    async with ScriptedNextHop() as hop, sending_to(hop) as sender:
        given = content if whole else lambda: pieces_of(content, 3)
        results = await sender.deliver(make_mail(A, content=given, size=len(content)), LastLook())
        await hop.until(lambda: hop.open_sessions == 0)

        assert DEFERRED is results[0].outcome
        assert "4.6.0" == results[0].reply.enhanced
        assert 0 == hop.reached(Stage.DOT)
        arrived = bytes(hop.clear)
        assert arrived.count(b"\r") == arrived.count(b"\n") == arrived.count(b"\r\n")
        assert b"\0" not in arrived
        assert b"\r\n.\r\n" not in arrived


# -- several recipients


@pytest.mark.parametrize("reply", ["452 4.5.3 Too many", "452 Too many recipients", "552 5.5.3 Too many"])
@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelining", "one_by_one"])
async def test_too_many_recipients_go_in_another_mail_at_once(reply: str, pipelining: bool) -> None:
    """Nobody waits because a server takes only two recipients at a time."""
    async with ScriptedNextHop(Features(pipelining=pipelining)) as hop, sending_to(hop) as sender:
        hop.on(Stage.RCPT, say(reply), nth=3)
        hop.on(Stage.RCPT, say(reply), nth=4)
        hop.on(Stage.RCPT, say(reply), nth=5)
        look = LastLook()
        addresses = [f"r{number}@customer.example.com" for number in range(5)]

        results = await sender.deliver(make_mail(*addresses), look)

        assert [DELIVERED] * 5 == [result.outcome for result in results]
        assert [tuple(addresses[:2]), tuple(addresses[2:4]), tuple(addresses[4:])] == [
            mail.addresses for mail in hop.mails
        ]
        assert [(0, 1), (2, 3), (4,)] == look.asked
        assert 1 == hop.sessions


async def test_too_many_recipients_wait_when_the_first_part_failed() -> None:
    """A server that fails is not asked once for each recipient."""
    async with ScriptedNextHop() as hop, sending_to(hop) as sender:
        hop.on(Stage.RCPT, say("452 4.5.3 Too many"), nth=2)
        hop.on(Stage.DOT, say("451 4.3.0 Later"))

        results = await sender.deliver(make_mail(A, B), LastLook())

        assert [(DEFERRED, 451), (DEFERRED, 452)] == [(result.outcome, result.reply.code) for result in results]
        assert 1 == hop.reached(Stage.DATA)


async def test_nobody_accepted_but_data_answered_sends_nothing() -> None:
    """A server that waits for a content nobody may get does not get one."""
    async with ScriptedNextHop() as hop, sending_to(hop) as sender:
        hop.on(Stage.RCPT, say("550 5.1.1 Unknown"))
        hop.on(Stage.DATA, say("354 Go on"))
        look = LastLook()

        results = await sender.deliver(make_mail(A), look)
        await hop.until(lambda: hop.open_sessions == 0)

        assert BOUNCED is results[0].outcome
        assert [] == look.asked
        assert [b""] == [one.raw for one in hop.unfinished]


@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelining", "one_by_one"])
async def test_connection_after_a_refused_mail_carries_the_next_one(pipelining: bool) -> None:
    """One wrong address does not cost a connection, and nothing of the refused mail clings to the next."""
    async with ScriptedNextHop(Features(pipelining=pipelining)) as hop, sending_to(hop) as sender:
        hop.on(Stage.RCPT, say("550 5.1.1 Unknown"), matching=A)
        hop.on(Stage.DATA, say("451 4.3.0 Later"), nth=2 if pipelining else 1)

        outcomes = [(await sender.deliver(make_mail(address), LastLook()))[0].outcome for address in (A, B, C)]

        assert [BOUNCED, DEFERRED, DELIVERED] == outcomes
        assert [(C,)] == [mail.addresses for mail in hop.mails]
        assert 1 == hop.sessions
        assert 2 == hop.reached(Stage.RSET)
