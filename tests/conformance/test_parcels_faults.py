"""Two at the same parcel, a gateway that hangs, work that never ends: each password is told once, no outcome is lost.

On SQLite and on PostgreSQL.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from email import message_from_bytes
from email.policy import default

import pytest

from mailguard import hold
from mailguard.config import ProtectionSettings
from mailguard.config.settings import SmsSettings
from mailguard.delivery.sms_gateway import SmsResult
from mailguard.errors import (
    KilledFor,
    LookingUnavailable,
    MailguardError,
    PoolClosed,
    StaleState,
    StorageUnavailable,
    WorkerKilled,
)
from mailguard.hold.timeline import StepKind, timeline
from mailguard.judging.looking import ToVerify
from mailguard.model.audit import AuditAction
from mailguard.model.delivery import Outcome
from mailguard.model.protection import Channel, Mode, PasswordState
from mailguard.model.queue import QueueId, State
from mailguard.model.short_message import ShortMessage
from mailguard.model.verdict import Reason
from mailguard.parcels.passwords import LOST_AFTER
from mailguard.store import Store, Transaction, Work
from mailguard.workers.teller import Teller
from mailguard.workers.timekeeper import LOOKS_MAX
from tests.conformance.hold_parts import LEASE_SECONDS, SATO, SENDER, A, B, C, second_store
from tests.conformance.parcel_parts import WINDOW_MINUTES, MakeProtecting, ProtectingNode, ReadingHere, wire
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop, Stage, say

MAIL, TO_SENDER, SMS = Channel.SEPARATE_MAIL, Channel.TO_SENDER, Channel.SMS
PHONE = "09012345678"
GATEWAY = ProtectionSettings(window_minutes=WINDOW_MINUTES, sms=SmsSettings(url="https://sms.example.com/send"))
ROUNDS = 10
LATER = say("451 4.7.1 Greylisted")


@pytest.fixture
async def other(url: str, clock: StandingClock) -> AsyncIterator[Store]:
    """Another node's view of the same database."""
    async with second_store(url, clock) as store:
        yield store


def for_whom(hop: ScriptedNextHop, address: str) -> list[bytes]:
    """What the next hop took for somebody."""
    return [one.content for one in hop.mails if address in one.addresses]


def words_of(octets: bytes) -> str:
    """The text a person reads in it."""
    body = message_from_bytes(octets, policy=default).get_body(("plain",))
    return "" if body is None else str(body.get_content())


async def packed(node: ProtectingNode, hop: ScriptedNextHop, *recipients: str) -> QueueId:
    """A protected mail whose parcel nobody has taken yet."""
    await node.look()  # what waits from before is no part of this
    hop.on(Stage.MAIL, LATER, times=1)
    queue_id = await node.sent(*recipients)
    assert {"packed"} == set(await node.whereabouts(queue_id))
    return queue_id


def taken(node: ProtectingNode, queue_id: QueueId, *positions: int) -> Work[bool]:
    """The next hop took the parcel for these."""

    def work(transaction: Transaction) -> bool:
        mail = node.spool.mail(transaction, queue_id)
        return node.passwords.delivered(transaction, mail.submission, [mail.recipients[at] for at in positions])

    return work


@pytest.mark.parametrize(("wanted", "step"), [(Mode.PDF, StepKind.PROTECTED_OTHERWISE), (Mode.ZIP, StepKind.PROTECTED)])
async def test_form_that_was_wanted_and_cannot_be_is_said(
    make_protecting: MakeProtecting, hop: ScriptedNextHop, wanted: Mode, step: StepKind
) -> None:
    """I wanted a PDF, but what was protected is the text: it left as an archive, and the mail's page says so."""
    node = make_protecting(hop.port, mode=wanted)
    queue_id = await node.sent(A)
    (made,) = await node.record(queue_id, AuditAction.PARCEL_MADE)
    shown = [one.kind for one in timeline(await node.record(queue_id), {})]

    assert "zip" == made.details["mode"]
    assert ("pdf" if wanted is Mode.PDF else None) == made.details.get("wished_mode")
    assert step in shown


async def test_two_nodes_tell_the_sender_of_one_parcel_once(
    make_protecting: MakeProtecting, other: Store, hop: ScriptedNextHop
) -> None:
    """One parcel reaches two of my readers at the same moment, by two nodes: I get one mail with its password."""
    node = make_protecting(hop.port, TO_SENDER)
    for _ in range(ROUNDS):
        queue_id = await packed(node, hop, A, B)
        wrote = await asyncio.gather(node.store.write(taken(node, queue_id, 0)), other.write(taken(node, queue_id, 1)))
        told = {one.telling.told_by for one in await node.members(queue_id)}

        assert [False, True] == sorted(wrote)
        assert ["told", "told"] == await node.whereabouts(queue_id)
        assert 1 == len(told - {None})


async def test_two_attempts_for_one_recipient_tell_once(
    make_protecting: MakeProtecting, other: Store, hop: ScriptedNextHop
) -> None:
    """Two nodes both believe that they delivered it: one password mail, whatever their order."""
    node = make_protecting(hop.port, MAIL)
    for _ in range(ROUNDS):
        queue_id = await packed(node, hop, A)
        wrote = await asyncio.gather(node.store.write(taken(node, queue_id, 0)), other.write(taken(node, queue_id, 0)))

        assert [False, True] == sorted(wrote)
        assert ["waiting"] == await node.whereabouts(queue_id)


async def test_two_nodes_begin_each_short_message_once(
    make_protecting: MakeProtecting, other: Store, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """Both nodes see that messages are due: each goes to one of them, and no telephone rings twice."""
    node = make_protecting(hop.port, SMS, protection=GATEWAY, phone=PHONE)
    for number in range(6):
        await node.sent(A, B, message_id=f"<{number}@office.example.jp>")
    clock.advance(WINDOW_MINUTES * 60 + 1)
    begun: list[tuple[QueueId, int]] = []
    for _ in range(6):
        got = await asyncio.gather(
            *(store.write(node.passwords.due_messages) for store in (node.store, other)), return_exceptions=True
        )
        for one in got:
            if not isinstance(one, BaseException):
                begun += [(telling.queue_id, telling.position) for telling, _ in one]

    assert 12 == len(begun)
    assert 12 == len(set(begun))


async def test_stop_reroute_and_delivery_at_one_time_lose_no_outcome(
    make_protecting: MakeProtecting, other: Store, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """Somebody stops or changes the way of a password while its parcel is being taken: the mail counts as delivered
    once, and the password goes one way or no way.
    """
    node = make_protecting(hop.port, MAIL)
    acts: list[Callable[[QueueId], Work[object]]] = [
        lambda queue_id: node.passwords.stop(queue_id, SATO, ""),
        lambda queue_id: node.passwords.reroute(queue_id, SATO, TO_SENDER, ""),
        lambda queue_id: node.passwords.reroute(queue_id, SATO, MAIL, ""),
    ]
    for number in range(ROUNDS):
        queue_id = await packed(node, hop, A, B)
        copies = len(for_whom(hop, A))
        clock.advance(120)
        mixed = [acts[(number + step) % 3] for step in range(3)]
        await asyncio.gather(node.look(), *(_allowed(other.write(act(queue_id))) for act in mixed))
        clock.advance(WINDOW_MINUTES * 60 + 5)
        await node.look()
        members = await node.members(queue_id)

        assert [State.DELIVERED] * 2 == await node.states(queue_id)
        assert [Outcome.DEFERRED.value, Outcome.DELIVERED.value] == await node.outcomes(queue_id)
        assert {one.telling.state.value for one in members} <= {"told", "stopped"}
        went = len(for_whom(hop, A)) - copies - 1
        is_mailed = members[0].telling.state == "told" and members[0].telling.channel is MAIL
        assert int(is_mailed) == went


async def _allowed(act: Awaitable[object]) -> None:
    """A person may be told to look again; nothing was changed then."""
    try:
        await act
    except StaleState:
        return


async def test_sender_is_not_to_tell_whom_the_parcel_never_reached(
    make_protecting: MakeProtecting, hop: ScriptedNextHop
) -> None:
    """One of my readers is refused, one was stopped: the mail to me names the third alone."""
    hop.on(Stage.RCPT, say("550 5.1.1 Unknown user"), matching=B)
    hop.on(Stage.RCPT, LATER, times=1, matching=A)
    hop.on(Stage.RCPT, LATER, times=1, matching=C)
    node = make_protecting(hop.port, TO_SENDER)
    queue_id = await node.sent(A, B, C)
    await node.store.write(node.passwords.stop(queue_id, SATO, "", [2]))
    node.clock.advance(120)
    await node.look()
    await node.look()
    told = [words_of(one) for one in for_whom(hop, SENDER) if "Content-Type: multipart/report" not in one.decode()]
    told = [one for one in told if A in one]

    assert 1 == len(told)
    assert B not in told[0]
    assert C not in told[0]


@pytest.mark.parametrize("channel", [TO_SENDER, MAIL])
@pytest.mark.parametrize("sender", [A, "bounces@mailer.example.net"])
async def test_password_is_never_told_to_a_sender_outside(
    make_protecting: MakeProtecting, hop: ScriptedNextHop, channel: Channel, sender: str
) -> None:
    """A program sends with an address outside of the office: who answers for it gets the password, nobody else."""
    node = make_protecting(hop.port, channel)
    queue_id = await node.sent(A, sender=sender)
    (member,) = await node.members(queue_id)
    assert member.telling.told_by is not None
    envelope = (await node.mail(member.telling.told_by)).submission.envelope

    if channel is TO_SENDER:
        assert (SENDER,) == tuple(one.address for one in envelope.forward_paths)
    else:
        assert (SENDER, (A,)) == (envelope.reverse_path, tuple(one.address for one in envelope.forward_paths))
    assert (1 if sender == A else 0) == len(for_whom(hop, sender))


# -- short messages


async def test_slow_gateway_is_not_taken_for_a_lost_one(
    make_protecting: MakeProtecting, other: Store, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """The gateway takes a minute for each message, and there are many: each is sent, and none is told to me as well."""
    node = make_protecting(hop.port, SMS, protection=GATEWAY, phone=PHONE)
    for number in range(10):
        await node.sent(A, message_id=f"<{number}@office.example.jp>")
    clock.advance(WINDOW_MINUTES * 60 + 1)
    sent: list[str] = []

    async def slow(message: ShortMessage) -> SmsResult:
        sent.append(message.password)
        clock.advance(60)
        await other.write(_look_for_lost(node))
        return SmsResult.ACCEPTED

    teller = Teller(node.store, node.passwords, slow, 1.0)
    while await teller.look():
        pass
    await node.look()

    assert 10 == len(sent) == len(set(sent))
    assert [] == for_whom(hop, SENDER)


def _look_for_lost(node: ProtectingNode) -> Work[None]:
    """As the second node does; what it would begin stays for the first."""

    def work(transaction: Transaction) -> None:
        due = node.passwords.due_messages(transaction, 100)
        for telling, _ in due:
            node.records.change(transaction, telling, state=PasswordState.WAITING, due_at=transaction.now)

    return work


async def test_message_nobody_knows_of_is_told_to_the_sender_once(
    make_protecting: MakeProtecting, other: Store, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """The relay ended while it sent: no second message goes out; after five minutes I am asked to telephone, once."""
    node = make_protecting(hop.port, SMS, protection=GATEWAY, phone=PHONE)
    queue_id = await node.sent(A)
    clock.advance(WINDOW_MINUTES * 60 + 1)
    begun = await node.store.write(node.passwords.due_messages)
    soon = await node.store.write(node.passwords.due_messages)
    clock.advance(LOST_AFTER.total_seconds() + 1)
    stores = (node.store, other)
    late = await asyncio.gather(
        *(_begun(store.write(lambda one: node.passwords.due_messages(one))) for store in stores for _ in range(3))
    )
    await node.look()

    assert (1, [], [0] * 6) == (len(begun), soon, late)
    assert 1 == len(for_whom(hop, SENDER))
    assert ["told"] == await node.whereabouts(queue_id)


async def _begun(work: Awaitable[Sequence[object]]) -> int:
    try:
        return len(await work)
    except StaleState:
        return 0


async def test_destroyed_password_of_a_lost_message_is_not_due_for_ever(
    make_protecting: MakeProtecting, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """Destroyed while its message was under way: there is nothing to tell, and nobody looks at it again."""
    node = make_protecting(hop.port, SMS, protection=GATEWAY, phone=PHONE)
    queue_id = await node.sent(A)
    (parcel,) = await node.parcels(queue_id)
    clock.advance(WINDOW_MINUTES * 60 + 1)
    await node.store.write(node.passwords.due_messages)
    await node.store.write(node.passwords.destroy(parcel.parcel.parcel_id, SATO, ""))
    clock.advance(LOST_AFTER.total_seconds() + 1)
    await node.store.write(node.passwords.due_messages)
    await node.look()
    (member,) = await node.members(queue_id)

    assert ("destroyed", None) == (member.telling.state.value, member.telling.due_at)
    assert [] == for_whom(hop, SENDER)


async def test_one_short_message_that_goes_wrong_keeps_no_other_from_its_answer(
    make_protecting: MakeProtecting, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """Sending one fails in a way nobody foresaw: the others are sent and recorded."""
    node = make_protecting(hop.port, SMS, protection=GATEWAY, phone=PHONE)
    queue_ids = [await node.sent(A, message_id=f"<{number}@office.example.jp>") for number in range(3)]
    clock.advance(WINDOW_MINUTES * 60 + 1)
    calls: list[str] = []

    async def fails_first(message: ShortMessage) -> SmsResult:
        calls.append(message.phone)
        if len(calls) == 1:
            raise RuntimeError
        return SmsResult.ACCEPTED

    with pytest.raises(RuntimeError):
        await Teller(node.store, node.passwords, fails_first, 1.0).look()
    now = sorted([(await node.whereabouts(queue_id))[0] for queue_id in queue_ids])

    assert ["sending", "told", "told"] == now


# -- variants


class Verifying(ReadingHere):
    """A last look that ends as a test wants: with an error, with what is still readable, or when it is let."""

    def __init__(self, *ends: MailguardError | frozenset[tuple[str, str]]) -> None:
        self.ends = list(ends)
        self.begun = asyncio.Event()
        self.may_end = asyncio.Event()
        self.may_end.set()

    async def verify(self, asked: ToVerify) -> frozenset[tuple[str, str]]:
        """The next of the ends; nothing is readable when there are none left."""
        self.begun.set()
        await self.may_end.wait()
        end = self.ends.pop(0) if self.ends else frozenset()
        if isinstance(end, MailguardError):
            raise end
        return end


READABLE = frozenset({("phone", "body")})


@pytest.mark.parametrize(
    ("ends", "reason"),
    [
        ([WorkerKilled(KilledFor.CRASHED)], Reason.NOT_PREPARED),
        ([WorkerKilled(KilledFor.TIME)], Reason.NOT_PREPARED),
        ([READABLE, WorkerKilled(KilledFor.MEMORY)], Reason.NOT_PREPARED),
        ([READABLE, READABLE], Reason.STILL_READABLE),
    ],
)
async def test_last_look_that_fails_holds_the_mail(
    make_protecting: MakeProtecting,
    hop: ScriptedNextHop,
    ends: list[MailguardError | frozenset[tuple[str, str]]],
    reason: Reason,
) -> None:
    """Nobody could say that nothing is readable any more: nobody gets anything, and a person decides."""
    node = make_protecting(hop.port, MAIL, looks=Verifying(*ends))
    queue_id = await node.sent(A, B)
    entry = await node.recipient(queue_id)

    assert ([State.HELD] * 2, []) == (await node.states(queue_id), hop.mails)
    assert entry.verdict is not None
    assert reason == entry.verdict.reasons[0]
    assert [] == await node.parcels(queue_id)
    assert State.DELIVERED == await _released(node, queue_id)


@pytest.mark.parametrize("error", [PoolClosed(), LookingUnavailable(), StorageUnavailable()])
async def test_what_is_over_in_a_while_is_tried_again(
    make_protecting: MakeProtecting, hop: ScriptedNextHop, clock: StandingClock, error: MailguardError
) -> None:
    """The relay is ending, no process can be started, the disk is full: the mail waits, and leaves protected later."""
    node = make_protecting(hop.port, MAIL, looks=Verifying(error))
    queue_id = await node.sent(A)
    before = (await node.states(queue_id), len(hop.mails))
    clock.advance(LEASE_SECONDS + 1)
    await node.look()

    assert ([State.CLEARED], 0) == before
    assert ([State.DELIVERED], 1) == (await node.states(queue_id), len(hop.mails))
    assert ["waiting"] == await node.whereabouts(queue_id)


async def test_recipient_released_while_another_is_prepared_does_not_wait_for_a_lease(
    make_protecting: MakeProtecting, hop: ScriptedNextHop
) -> None:
    """I send the mail on to one reader, and a moment later to the other: both get it now."""
    looks = Verifying(READABLE, READABLE)
    node = make_protecting(hop.port, MAIL, looks=looks)
    queue_id = await node.sent(A, B)
    looks.begun.clear()
    looks.may_end.clear()
    await node.store.write(hold.release(node.spool, queue_id, SATO, "", [0]))
    await node.timekeeper.look()
    await looks.begun.wait()
    await node.store.write(hold.release(node.spool, queue_id, SATO, "", [1]))
    await node.timekeeper.look()
    looks.may_end.set()
    await node.idle()

    assert [State.DELIVERED] * 2 == await node.states(queue_id)
    assert (1, 1) == (len(for_whom(hop, A)), len(for_whom(hop, B)))


async def test_making_that_ends_a_node_again_and_again_holds_for_a_person(
    make_protecting: MakeProtecting, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """A mail over which the relay dies whenever it is protected does not kill it for ever: a person decides."""
    node = make_protecting(hop.port, MAIL)
    queue_id = await node.accept(A, wire=wire(A))
    mail = await node.mail(queue_id)
    judgement, lesson = await node.inspector.judge(mail)
    await node.store.write(node.inspector.record(mail, judgement, lesson, at_once=False))
    tries = []
    for _ in range(LOOKS_MAX):
        # Leased for making, and then nothing: what a crash leaves behind.
        got = await node.store.write(lambda transaction: node.timekeeper.take_up(transaction, queue_id, clock.now()))
        tries.append(got.to_deliver is not None)
        clock.advance(LEASE_SECONDS + 1)
    await node.look()
    entry = await node.recipient(queue_id)
    released = await _released(node, queue_id)

    assert LOOKS_MAX - 1 <= sum(tries) <= LOOKS_MAX
    assert (State.HELD, None) == (entry.state, entry.due_at)
    assert entry.verdict is not None
    assert Reason.NOT_PREPARED == entry.verdict.reasons[0]
    assert State.DELIVERED == released


async def _released(node: ProtectingNode, queue_id: QueueId) -> State:
    """Where it stands when a person has sent it on: it is tried anew."""
    await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    await node.look()
    return (await node.recipient(queue_id)).state
