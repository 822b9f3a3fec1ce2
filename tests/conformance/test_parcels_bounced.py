"""A protected mail that came back: nobody gets its password any more. On SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest

from mailguard.delivery.bounce import Bounce
from mailguard.model.audit import AuditAction
from mailguard.model.protection import Channel, PasswordState
from mailguard.model.queue import State
from mailguard.parcels.passwords import Stopped
from tests.conformance.hold_parts import SATO, SENDER, A, B, C
from tests.conformance.parcel_parts import MESSAGE_ID, WINDOW_MINUTES, MakeProtecting, bounce_of
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop, Stage, say

MAIL, TO_SENDER = Channel.SEPARATE_MAIL, Channel.TO_SENDER
DAY = 24 * 3600


def for_whom(hop: ScriptedNextHop, address: str) -> int:
    """How many mails the next hop took for somebody."""
    return sum(address in one.addresses for one in hop.mails)


async def test_bounce_in_time_stops_the_mail_with_the_password(
    make_protecting: MakeProtecting, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """The parcel went to a wrong address and came back: its password never leaves, and the report still arrives."""
    node = make_protecting(hop.port, MAIL)
    queue_id = await node.sent(A, B)
    before = await node.whereabouts(queue_id)
    report = await node.reported(bounce_of(MESSAGE_ID, A))
    clock.advance((WINDOW_MINUTES + 1) * 60)
    await node.look()

    assert (["waiting", "waiting"], ["stopped", "told"]) == (before, await node.whereabouts(queue_id))
    assert (1, 2) == (for_whom(hop, A), for_whom(hop, B))
    assert ([State.DELIVERED], 1) == (await node.states(report), for_whom(hop, SENDER))
    (event,) = await node.record(queue_id, AuditAction.PARCEL_BOUNCED_LATER)
    assert [0] == event.details["positions"]


async def test_bounce_keeps_the_password_for_another_try(make_protecting: MakeProtecting, hop: ScriptedNextHop) -> None:
    """What came back can be sent again by hand: its password is stopped, not destroyed."""
    node = make_protecting(hop.port, MAIL)
    queue_id = await node.sent()
    await node.reported(bounce_of(MESSAGE_ID, A))
    (parcel,) = await node.parcels(queue_id)

    assert parcel.parcel.has_password


@pytest.mark.parametrize(
    ("report", "sender"),
    [
        (bounce_of("<another@office.example.jp>", A), ""),
        (bounce_of(MESSAGE_ID, A, action="delayed"), ""),
        (bounce_of(MESSAGE_ID, A, action="relayed"), ""),
        (bounce_of(MESSAGE_ID, C), ""),
        (bounce_of(MESSAGE_ID, A), SENDER),
        (bounce_of(MESSAGE_ID, A).replace(b"multipart/report", b"multipart/mixed"), ""),
    ],
)
async def test_what_is_no_bounce_of_it_stops_nothing(
    make_protecting: MakeProtecting, hop: ScriptedNextHop, report: bytes, sender: str
) -> None:
    """Another mail's report, one of a delay, of somebody else, or a person's mail: the password goes its way."""
    node = make_protecting(hop.port, MAIL)
    queue_id = await node.sent(A, B)
    await node.reported(report, sender)

    assert ["waiting", "waiting"] == await node.whereabouts(queue_id)


async def test_only_recipient_is_meant_by_whatever_name(make_protecting: MakeProtecting, hop: ScriptedNextHop) -> None:
    """A server behind the recipient's calls it otherwise; the mail went to one person, so that one is meant."""
    node = make_protecting(hop.port, MAIL)
    queue_id = await node.sent(A)
    await node.reported(bounce_of(MESSAGE_ID.upper(), "ando@inner.example.net"))

    assert ["stopped"] == await node.whereabouts(queue_id)


@pytest.mark.parametrize("channel", [MAIL, TO_SENDER])
async def test_bounce_after_the_password_went_says_too_late(
    make_protecting: MakeProtecting, hop: ScriptedNextHop, clock: StandingClock, channel: Channel
) -> None:
    """A password that has gone cannot be stopped; who asks is told so, and it is on record that the mail came back."""
    node = make_protecting(hop.port, channel)
    queue_id = await node.sent()
    clock.advance((WINDOW_MINUTES + 1) * 60)
    await node.look()
    bounce = Bounce((MESSAGE_ID,), "", (A.upper(),))
    stopped = await node.store.write(lambda transaction: node.passwords.bounced_report(transaction, bounce, SATO))
    (event,) = await node.record(queue_id, AuditAction.PARCEL_BOUNCED_LATER)

    assert {queue_id: Stopped((), (0,), is_destroyed=False)} == stopped
    assert (SATO, ["told"]) == (event.actor, await node.whereabouts(queue_id))


async def test_password_whose_mail_waits_for_another_try_has_not_gone(
    make_protecting: MakeProtecting, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """The mail with the password was put off, then the parcel comes back: the password never leaves after all."""
    node = make_protecting(hop.port, MAIL)
    queue_id = await node.sent()
    hop.on(Stage.RCPT, say("451 4.7.1 Greylisted"), matching=A)
    clock.advance((WINDOW_MINUTES + 1) * 60)
    await node.look()
    (before,) = await node.members(queue_id)
    hop.ordinary(Stage.RCPT)
    await node.reported(bounce_of(MESSAGE_ID, A))
    assert before.telling.told_by is not None
    clock.advance(DAY)
    await node.look()

    assert (PasswordState.WAITING, True) == (before.telling.state, before.leaves_at is not None)
    assert (["stopped"], [State.CANCELLED]) == (
        await node.whereabouts(queue_id),
        await node.states(before.telling.told_by),
    )
    assert 1 == for_whom(hop, A)


async def test_password_whose_mail_was_put_off_is_told_when_somebody_wants_it_now(
    make_protecting: MakeProtecting, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """The reader waits on the telephone while the mail with the password waits for another try: it is tried now."""
    node = make_protecting(hop.port, MAIL)
    queue_id = await node.sent()
    hop.on(Stage.RCPT, say("451 4.7.1 Greylisted"), times=1, matching=A)
    clock.advance((WINDOW_MINUTES + 1) * 60)
    await node.look()
    released = await node.store.write(node.passwords.release(queue_id, SATO))
    await node.look()

    assert ([0], ["told"], 2) == (released, await node.whereabouts(queue_id), for_whom(hop, A))


async def test_password_that_nobody_took_in_days_is_told_by_the_sender(
    make_protecting: MakeProtecting, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """The recipient's server put the password off until its time was over: I hear so, and tell it myself."""
    node = make_protecting(hop.port, MAIL)
    queue_id = await node.sent()
    hop.on(Stage.RCPT, say("451 4.7.1 Greylisted"), matching=A)
    clock.advance((WINDOW_MINUTES + 1) * 60)
    await node.look()
    clock.advance(6 * DAY)
    await node.look()
    (member,) = await node.members(queue_id)

    assert (TO_SENDER, PasswordState.TOLD) == (member.telling.channel, member.telling.state)
    assert (1, 1) == (for_whom(hop, A), for_whom(hop, SENDER))


async def test_same_message_handed_in_twice_is_stopped_for_whom_it_came_back(
    make_protecting: MakeProtecting, hop: ScriptedNextHop
) -> None:
    """Some programs hand in one mail for each recipient, with one Message-ID: only the one that came back is meant."""
    node = make_protecting(hop.port, MAIL)
    first, second = await node.sent(A), await node.sent(B)
    await node.reported(bounce_of(MESSAGE_ID, B))

    assert (["waiting"], ["stopped"]) == (await node.whereabouts(first), await node.whereabouts(second))


async def test_mail_without_message_id_is_nobodys(make_protecting: MakeProtecting, hop: ScriptedNextHop) -> None:
    """A report that names no mail, and a mail that has no name, are not taken for each other."""
    node = make_protecting(hop.port, MAIL)
    queue_id = await node.sent(message_id="")
    await node.reported(bounce_of("", A))

    assert ["waiting"] == await node.whereabouts(queue_id)


async def test_same_report_twice_is_harmless(make_protecting: MakeProtecting, hop: ScriptedNextHop) -> None:
    """Servers and people hand a report in again; nothing changes then."""
    node = make_protecting(hop.port, MAIL)
    queue_id = await node.sent()
    bounce = Bounce((MESSAGE_ID,), "", (A,))
    once = await node.store.write(lambda transaction: node.passwords.bounced_report(transaction, bounce))
    twice = await node.store.write(lambda transaction: node.passwords.bounced_report(transaction, bounce))

    assert ((0,), ()) == (once[queue_id].positions, twice[queue_id].positions)
    assert ["stopped"] == await node.whereabouts(queue_id)
