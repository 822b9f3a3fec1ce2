"""Kept connections: reused, replaced, bounded, given up; and pauses for a next hop in trouble."""

from __future__ import annotations

import asyncio

from mailguard.model.delivery import Outcome
from mailguard.model.envelope import Body, ForwardPath, Notify, Ret
from tests.fakes.next_hop import Act, Features, ScriptedNextHop, Stage, cut, say_and_cut, wait
from tests.unit.delivery.mails import A, B, LastLook, make_mail, sending_to

DELIVERED, DEFERRED = Outcome.DELIVERED, Outcome.DEFERRED


async def test_connection_is_kept_for_the_next_mail_up_to_its_limit() -> None:
    """Many mails share a connection, and no connection is used for ever."""
    async with ScriptedNextHop() as hop, sending_to(hop, mails_per_connection=3) as sender:
        for _ in range(7):
            await sender.deliver(make_mail(A), LastLook())

        assert [0, 0, 0, 1, 1, 1, 2] == [mail.session for mail in hop.mails]
        await hop.until(lambda: len(hop.lines("QUIT")) == 2)


async def test_connection_idle_for_long_is_closed_with_quit() -> None:
    """The next hop is not kept waiting."""
    async with ScriptedNextHop() as hop, sending_to(hop, idle_seconds=0.1) as sender:
        await sender.deliver(make_mail(A), LastLook())
        await hop.until(lambda: hop.open_sessions == 0)

        assert ["QUIT"] == hop.lines("QUIT")
        assert 0 == sender.connections


async def test_kept_connection_that_died_is_replaced_before_anything_counts() -> None:
    """A server that restarted meanwhile costs no retry."""
    async with ScriptedNextHop() as hop, sending_to(hop) as sender:
        await sender.deliver(make_mail(A), LastLook())
        await hop.cut_all()
        look = LastLook()

        result = (await sender.deliver(make_mail(B), look))[0]

        assert DELIVERED is result.outcome
        assert [(0,)] == look.asked
        assert [(A,), (B,)] == [mail.addresses for mail in hop.mails]
        assert not sender.is_down


async def test_kept_connection_that_says_421_at_mail_is_replaced() -> None:
    """ "Idle for too long" is no answer to a mail."""
    async with ScriptedNextHop() as hop, sending_to(hop) as sender:
        hop.on(Stage.MAIL, say_and_cut("421 4.4.2 Idle for too long"), nth=2, session=0)
        await sender.deliver(make_mail(A), LastLook())

        assert DELIVERED is (await sender.deliver(make_mail(B), LastLook()))[0].outcome
        assert 2 == hop.sessions


async def test_kept_connection_that_dies_later_in_the_mail_counts() -> None:
    """Only a connection that never answered is replaced in silence."""
    async with ScriptedNextHop(Features(pipelining=False)) as hop, sending_to(hop) as sender:
        hop.on(Stage.RCPT, cut(), session=0, matching=B)
        await sender.deliver(make_mail(A), LastLook())

        assert DEFERRED is (await sender.deliver(make_mail(B), LastLook()))[0].outcome
        assert 1 == hop.sessions


async def test_connections_never_exceed_the_limit_and_all_mails_go() -> None:
    """A burst does not open a connection for each mail."""
    async with ScriptedNextHop() as hop, sending_to(hop, connections=4) as sender:
        results = await asyncio.gather(*(sender.deliver(make_mail(A), LastLook()) for _ in range(60)))

        assert {DELIVERED} == {result[0].outcome for result in results}
        assert 60 == len(hop.mails)
        assert 4 == hop.most_open_sessions


async def test_mail_that_finds_every_connection_busy_is_deferred_in_time() -> None:
    """Waiting for a free connection has an end."""
    free = asyncio.Event()
    async with ScriptedNextHop() as hop, sending_to(hop, connections=1, command_seconds=0.3) as sender:
        hop.on(Stage.TAKEN, wait(free), times=1)
        first = asyncio.create_task(sender.deliver(make_mail(A), LastLook()))
        await hop.until(lambda: len(hop.mails) == 1)

        second = (await sender.deliver(make_mail(B), LastLook()))[0]
        free.set()

        assert (DEFERRED, "4.4.5") == (second.outcome, second.reply.enhanced)
        assert DELIVERED is (await first)[0].outcome
        assert DELIVERED is (await sender.deliver(make_mail(B), LastLook()))[0].outcome


async def test_next_hop_away_is_left_in_peace_and_found_again() -> None:
    """While it is away mails fail at once without a flood of tries; when it is back they go."""
    async with ScriptedNextHop() as hop, sending_to(hop) as sender:
        await hop.stop()
        first = await asyncio.gather(*(sender.deliver(make_mail(A), LastLook()) for _ in range(50)))
        assert {DEFERRED} == {result[0].outcome for result in first}
        assert {"4.4.1"} == {result[0].reply.enhanced for result in first}
        assert sender.is_down

        await hop.start()
        async with asyncio.timeout(20):
            while (await sender.deliver(make_mail(A), LastLook()))[0].outcome is not DELIVERED:
                await asyncio.sleep(0.05)  # the pause itself is what is waited for

        assert not sender.is_down
        assert 1 == hop.sessions


async def test_next_hop_that_refuses_connections_gets_fewer() -> None:
    """A server that says "too many connections" is believed."""
    async with ScriptedNextHop() as hop, sending_to(hop, connections=8) as sender:
        hop.on(Stage.GREETING, say_and_cut("421 4.7.0 Too many connections"))
        await asyncio.gather(*(sender.deliver(make_mail(A), LastLook()) for _ in range(40)))

        assert hop.sessions <= 8


async def test_close_says_goodbye_and_refuses_new_mail() -> None:
    """A stopping relay leaves properly."""
    async with ScriptedNextHop() as hop, sending_to(hop) as sender:
        await sender.deliver(make_mail(A), LastLook())
        await sender.close()
        await sender.close()

        assert ["QUIT"] == hop.lines("QUIT")
        assert DEFERRED is (await sender.deliver(make_mail(A), LastLook()))[0].outcome


async def test_helo_is_enough_for_an_old_server() -> None:
    """A machine from another century still gets its mail."""
    async with ScriptedNextHop(Features(esmtp=False)) as hop, sending_to(hop) as sender:
        result = (await sender.deliver(make_mail(A, body=Body.EIGHT_BIT_MIME), LastLook()))[0]

        assert DELIVERED is result.outcome
        assert ["HELO relay.example.jp"] == hop.lines("HELO")
        assert () == hop.mails[0].parameters


async def test_dsn_and_size_are_passed_on_where_offered() -> None:
    """What the sender asked for reaches the next hop, and the result says whose affair reports are now."""
    path = ForwardPath(A, frozenset({Notify.SUCCESS, Notify.FAILURE}), "rfc822;a+2Bb@example.com")
    mail = make_mail(path, B, ret=Ret.HDRS, envid="QQ1")
    async with ScriptedNextHop(Features(dsn=True, size=10_000_000)) as hop, sending_to(hop) as sender:
        results = await sender.deliver(mail, LastLook())

        taken = hop.mails[0]
        assert {"RET=HDRS", "ENVID=QQ1"} <= set(taken.parameters)
        assert any(word.startswith("SIZE=") for word in taken.parameters)
        assert ("NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;a+2Bb@example.com") == taken.recipients[0].parameters
        assert () == taken.recipients[1].parameters
        assert [True, True] == [result.dsn_passed_on for result in results]
    async with ScriptedNextHop() as hop, sending_to(hop) as sender:
        results = await sender.deliver(mail, LastLook())

        assert [False, False] == [result.dsn_passed_on for result in results]


async def test_mail_that_cannot_be_said_there_bounces_with_the_reason() -> None:
    """Too large, or letters the server cannot read: the sender learns it at once, the others get their mail."""
    async with ScriptedNextHop(Features(size=100)) as hop, sending_to(hop) as sender:
        results = await sender.deliver(make_mail(A, B), LastLook())
        assert [(Outcome.BOUNCED, "5.3.4")] * 2 == [(result.outcome, result.reply.enhanced) for result in results]
        assert [] == hop.lines("MAIL")
    async with ScriptedNextHop() as hop, sending_to(hop) as sender:
        results = await sender.deliver(make_mail(A, "田中@customer.example.com", smtputf8=True), LastLook())
        assert [DELIVERED, Outcome.BOUNCED] == [result.outcome for result in results]
        assert "5.6.7" == results[1].reply.enhanced


async def test_smtputf8_headers_need_a_server_that_takes_them() -> None:
    """A subject in raw UTF-8 goes only where it can be read; eight-bit text below ASCII headers goes anywhere."""
    raw_subject = "Subject: 請求書\r\n\r\nx\r\n".encode()
    raw_body = "Subject: x\r\n\r\n請求書\r\n".encode()
    async with ScriptedNextHop() as hop, sending_to(hop) as sender:
        flags = {"smtputf8": True, "eight_bit": True}
        refused = await sender.deliver(make_mail(A, content=raw_subject, **flags), LastLook())
        taken = await sender.deliver(make_mail(A, content=raw_body, **flags), LastLook())
        assert (Outcome.BOUNCED, "5.6.7") == (refused[0].outcome, refused[0].reply.enhanced)
        assert DELIVERED is taken[0].outcome
    async with ScriptedNextHop(Features(smtputf8=True)) as hop, sending_to(hop) as sender:
        await sender.deliver(make_mail(A, content=raw_subject, **flags), LastLook())
        assert "SMTPUTF8" in hop.mails[0].parameters


async def test_greylisted_mail_goes_at_the_second_try() -> None:
    """A server that wants to see us again sees us again."""
    async with ScriptedNextHop() as hop, sending_to(hop) as sender:
        hop.on(Stage.RCPT, Act(octets=b"450 4.7.1 Greylisted, come back\r\n"), times=1)

        outcomes = [(await sender.deliver(make_mail(A), LastLook()))[0].outcome for _ in range(2)]

        assert [DEFERRED, DELIVERED] == outcomes
        assert 1 == len(hop.mails)
