"""A mistake is reported at every point of a password's life, on one node while another works on the mail or dies over
it: afterwards no password leaves but one that the answer named. On SQLite and on PostgreSQL.

A node that dies is stopped where it stands, and its leases end in their time: what an end at each crash point between
two commits leaves behind (tests/system/test_protect_faults.py has real ones).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from functools import partial
from pathlib import Path

import pytest

from mailguard import hold
from mailguard.delivery.sms_gateway import SmsResult
from mailguard.incidents.facts import REACHED, Guard
from mailguard.judging.looking import ToVerify
from mailguard.model.incident import EntryKind
from mailguard.model.protection import Channel
from mailguard.model.queue import QueueId
from mailguard.model.short_message import ShortMessage
from mailguard.store import Store
from mailguard.workers.teller import Teller
from tests.conformance.hold_parts import LEASE_SECONDS, SATO, SENDER, A, second_store
from tests.conformance.parcel_parts import WINDOW_MINUTES, ProtectingNode, ReadingHere, wire
from tests.conformance.test_incidents import Desk, desk_of
from tests.conformance.test_parcels_faults import GATEWAY, LATER, PHONE
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop, Stage, cut, say, wait

MAIL, TO_SENDER, SMS = Channel.SEPARATE_MAIL, Channel.TO_SENDER, Channel.SMS
WINDOW_OVER = WINDOW_MINUTES * 60 + 5
NOT_HERE = say("550 5.7.1 Not here")
SOON_AND_LATE = (10, 130, LEASE_SECONDS + 1, 70, 2 * 24 * 3600)
"""Seconds until each further look: a second try, the end of a dead node's lease, the window, days."""


class Verifying(ReadingHere):
    """A last look at a parcel that takes as long as a test wants."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def verify(self, asked: ToVerify) -> frozenset[tuple[str, str]]:
        """Nothing is readable."""
        self.begun.set()
        await self.go_on.wait()
        return frozenset()


@dataclass
class Life:
    """A mail and its password, on the node that works on it and on the one where the mistake is reported."""

    first: ProtectingNode
    second: ProtectingNode
    desk: Desk
    hop: ScriptedNextHop
    looks: Verifying
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    """What hangs goes on, and answers ``result`` where it is a gateway."""
    result: SmsResult = SmsResult.ACCEPTED
    queue_id: QueueId = ""
    messages: list[str] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    telling: asyncio.Task[int] | None = None

    async def send(self, message: ShortMessage) -> SmsResult:
        """As the office's gateway does."""
        self.messages.append(message.password)
        self.begun.set()
        await self.go_on.wait()
        return self.result

    async def tell(self, node: ProtectingNode) -> int:
        """One look of a node's teller."""
        return await Teller(node.store, node.passwords, self.send, 1.0).look()

    async def accept(self) -> None:
        """A mail nobody has looked at."""
        self.queue_id = await self.first.accept(A, wire=wire(A))

    async def passwords(self) -> list[str]:
        """Of every parcel there is."""
        listed = [one.parcel.parcel_id for one in await self.first.parcels(self.queue_id)]
        found = [await self.first.store.read(partial(self.first.records.password, parcel_id=one)) for one in listed]
        return [one for one in found if one is not None]

    async def carrier(self) -> QueueId:
        """The mail with the password."""
        (member,) = await self.first.members(self.queue_id)
        assert member.telling.told_by is not None
        return member.telling.told_by

    async def under_way(self, stage: Stage) -> None:
        """What is due on the first node comes as far as a stage of the next hop, and hangs there."""
        mails, said = len(self.hop.mails), len(self.hop.said)
        self.go_on.clear()
        self.hop.on(stage, wait(self.go_on), times=1)
        await self.first.timekeeper.look()
        if stage is Stage.TAKEN:
            await self.hop.until(lambda: len(self.hop.mails) > mails)
        else:
            await self.hop.until(lambda: any("MAIL" in one.line.upper() for one in self.hop.said[said:]))

    async def days_pass(self, *nodes: ProtectingNode) -> None:
        """Everything that would still be done is done, by those nodes that live."""
        for seconds in SOON_AND_LATE:
            self.first.clock.advance(seconds)
            for node in nodes:
                await self.desk.follower.look()
                await node.look()
                while await self.tell(node):
                    pass


Point = Callable[[Life], Awaitable[None]]


async def accepted(life: Life) -> None:
    """Nobody has looked at the mail."""
    await life.accept()


async def parcel_being_made(life: Life) -> None:
    """The parcel is written and not yet on record."""
    await life.accept()
    life.looks.go_on.clear()
    await life.first.timekeeper.look()
    await life.looks.begun.wait()


async def parcel_made(life: Life) -> None:
    """It waits for its next try."""
    life.hop.on(Stage.MAIL, LATER, times=1)
    await life.accept()
    await life.first.look()


async def parcel_begun(life: Life) -> None:
    """It is being sent; the next hop has nothing of it."""
    await life.accept()
    await life.under_way(Stage.MAIL)


async def parcel_sent(life: Life) -> None:
    """The next hop has it and has not answered."""
    await life.accept()
    await life.under_way(Stage.TAKEN)


async def parcel_taken(life: Life) -> None:
    """The outcome is on record, and nobody has looked again."""
    await life.accept()
    await life.first.timekeeper.look()
    await life.first.idle()


async def window_released(life: Life) -> None:
    """A person let the password go, and nobody has looked again."""
    await parcel_taken(life)
    await life.second.store.write(hold.release(life.first.spool, await life.carrier(), SATO, ""))


async def carrier_waits(life: Life) -> None:
    """The mail with the password waits for its next try."""
    await window_released(life)
    life.hop.on(Stage.MAIL, LATER, times=1)
    await life.first.look()


async def carrier_begun(life: Life) -> None:
    """It is being sent; the next hop has nothing of it."""
    await window_released(life)
    await life.under_way(Stage.MAIL)


async def carrier_sent(life: Life) -> None:
    """The next hop has it and has not answered."""
    await window_released(life)
    await life.under_way(Stage.TAKEN)


async def message_begun(life: Life) -> None:
    """The gateway was asked and has not answered."""
    await parcel_taken(life)
    life.first.clock.advance(WINDOW_OVER)
    life.go_on.clear()
    life.telling = asyncio.create_task(life.tell(life.first))
    await life.begun.wait()


async def told(life: Life) -> None:
    """It has gone."""
    await parcel_taken(life)
    life.first.clock.advance(WINDOW_OVER)
    await life.first.look()
    await life.tell(life.first)


EARLY = (accepted, parcel_being_made, parcel_made, parcel_begun, parcel_sent)
"""Nobody was told the password yet, whatever its way."""
LATE = {
    MAIL: (parcel_taken, window_released, carrier_waits, carrier_begun, carrier_sent, told),
    SMS: (parcel_taken, message_begun, told),
    TO_SENDER: (parcel_taken, told),
}
HANGS = (parcel_being_made, parcel_begun, parcel_sent, carrier_begun, carrier_sent, message_begun)
NAMED = {MAIL: (carrier_begun, carrier_sent, told), SMS: (message_begun, told), TO_SENDER: (parcel_taken, told)}
"""Where the answer says that the password has gone, or may have."""
WELL, DIES, REFUSED, NO_ANSWER = "ends well", "the node dies", "is refused", "stays without an answer"
ENDS = {parcel_begun: (REFUSED,), carrier_begun: (REFUSED, NO_ANSWER), message_begun: (REFUSED, NO_ANSWER)}
"""How what hangs can end besides well and with its node."""


def cases() -> list[tuple[Channel, Point, str]]:
    """Every point of every way; where something hangs, with each end it can have."""
    early = {MAIL: EARLY, SMS: (), TO_SENDER: (parcel_sent,)}
    return [
        (channel, point, end)
        for channel, points in LATE.items()
        for point in (*early[channel], *points)
        for end in (WELL, *((DIES,) if point in HANGS else ()), *ENDS.get(point, ()))
    ]


@pytest.fixture
async def life(
    url: str, store: Store, clock: StandingClock, hop: ScriptedNextHop, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Life]:
    """Two nodes on one database, each with its own view of it; the way of the password is the test's."""
    channel, looks = request.getfixturevalue("channel"), Verifying()
    async with second_store(url, clock) as other:
        first, second = (
            ProtectingNode(
                one, clock, tmp_path / "content", hop.port, channel, protection=GATEWAY, phone=PHONE, looks=looks
            )
            for one in (store, other)
        )
        made = Life(first, second, desk_of(second, other, clock), hop, looks)
        made.go_on.set()
        yield made
        for node in (first, second):
            await node.stop()


async def ends(life: Life, point: Point, end: str) -> Sequence[ProtectingNode]:
    """What hangs ends so; the nodes that live on."""
    if end == DIES:
        await life.first.stop()
        if life.telling is not None:
            life.telling.cancel()
    elif end != WELL and point is message_begun:
        life.result = SmsResult.UNKNOWN if end == NO_ANSWER else SmsResult.REFUSED
    elif end != WELL:
        # Of a parcel, "refused" is for now: it would be tried again.
        answer = cut() if end == NO_ANSWER else LATER if point is parcel_begun else NOT_HERE
        life.hop.on(Stage.DOT if end == NO_ANSWER else Stage.RCPT, answer, times=1)
    life.looks.go_on.set()
    life.go_on.set()
    if end == DIES:
        return (life.second,)
    await life.first.idle()
    if life.telling is not None:
        await life.telling
    return (life.first, life.second)


def tells(octets: bytes, password: str) -> bool:
    """Whether a password stands in any part of a mail."""
    parts = [one for one in message_from_bytes(octets).walk() if not one.is_multipart()]
    return any(password.encode() in (one.get_payload(decode=True) or b"") for one in parts)


@pytest.mark.parametrize(("channel", "point", "end"), cases())
async def test_no_password_leaves_after_the_mistake_was_reported(
    life: Life, channel: Channel, point: Point, end: str
) -> None:
    """I report a mistake while another node works on the mail, or dies over it: what the answer does not name as gone
    never goes, and nobody is asked to tell the password in another way.
    """
    await point(life)
    passwords = await life.passwords()
    incident_id = await life.desk.report(life.queue_id)
    mails, messages = len(life.hop.mails), len(life.messages)
    nodes = await ends(life, point, end)
    await life.days_pass(*nodes)
    (answered, *_) = await life.desk.entries(incident_id, EntryKind.STOPPED)
    went = [one for one in life.hop.mails[mails:] if any(tells(one.content, word) for word in passwords)]
    is_named = point in NAMED[channel]
    goes_on: dict[Point, list[str]] = {carrier_begun: [A], parcel_taken: [SENDER]}
    was_under_way = goes_on.get(point, []) if is_named and end == WELL else []
    (fact,) = (await life.desk.fact(life.queue_id)).recipients

    where = "with_sender" if channel is TO_SENDER else "passwords_told"
    assert [0] * is_named == answered.details[where]
    assert [0] * (bool(passwords) and not is_named) == answered.details["passwords_stopped"]
    assert (bool(passwords) and not is_named) == answered.details["is_destroyed"]
    assert ([[one] for one in was_under_way], messages) == ([list(one.addresses) for one in went], len(life.messages))
    assert {"stopped", "told", "destroyed"} >= set(await life.first.whereabouts(life.queue_id))
    if not passwords:
        assert ([], []) == (life.hop.mails, await life.first.members(life.queue_id))
    if fact.fate in REACHED and channel is TO_SENDER and passwords:
        assert (Guard.WITH_SENDER if is_named else Guard.SEALED) is fact.guard
    if fact.fate in REACHED and channel is not TO_SENDER:
        # Who may have it counts as having it; of whom it is certain that they have not, that they have not.
        may_have = is_named and not (point is carrier_begun and end in (DIES, REFUSED))
        assert (Guard.READABLE if may_have else Guard.SEALED) is fact.guard
