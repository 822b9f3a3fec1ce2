"""A node that protects, for tests of parcels: those are real ones, and mails are read in this process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from mailguard.config import DeliverySettings, NextHopSettings, ProtectionSettings
from mailguard.correspondents import AGREED
from mailguard.delivery.retry import RetrySchedule
from mailguard.i18n.times import JAPAN
from mailguard.judging.looking import ToVerify
from mailguard.model.protection import Channel, Mode, Protection
from mailguard.model.queue import QueueId, Submission
from mailguard.model.verdict import Action, Obligation, Verdict
from mailguard.parcels.listing import ListedParcel, Member, parcels_of_mail
from mailguard.parcels.packing import Packer
from mailguard.parcels.passwords import Passwords
from mailguard.parcels.records import PASSWORDS, Records
from mailguard.store import Store
from mailguard.workers.acquaintances import Acquaintances
from mailguard.workers.conveyor import Conveyor
from mailguard.workers.deliverer import Deliverer
from mailguard.workers.inspector import Inspector
from mailguard.workers.learner import Learner
from mailguard.workers.protector import LooksAgain, Protector
from mailguard.workers.rescuer import Rescuer
from mailguard.workers.timekeeper import Timekeeper
from mailguard.workers.transformer import Transformer
from tests.conformance.hold_parts import GRACE, LEASE_SECONDS, OFFICE, SENDER, A, LookingHere, Node
from tests.fakes.clock import StandingClock

WINDOW_MINUTES = 10
MESSAGE_ID = "<20261126.7@office.example.jp>"
BODY = "次の方です。\r\n\r\n氏名：長谷川 美咲\r\n電話：090-4127-0538\r\n"


def wire(*to: str, message_id: str = MESSAGE_ID) -> bytes:
    """A mail with personal data in its words."""
    fields = [f"From: {SENDER}", f"To: {', '.join(to or (A,))}", "Subject: x", "MIME-Version: 1.0"]
    fields += ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
    fields += [f"Message-ID: {message_id}"] if message_id else []
    return "\r\n".join([*fields, "", BODY]).encode()


def bounce_of(message_id: str, *failed: str, action: str = "failed") -> bytes:
    """A report of another server, in wire form."""
    blocks = "".join(f"Final-Recipient: rfc822; {one}\r\nAction: {action}\r\nStatus: 5.1.1\r\n\r\n" for one in failed)
    return (
        "From: MAILER-DAEMON@customer.example.com\r\nTo: tanoue@office.example.jp\r\nSubject: Undelivered\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="r"\r\n\r\n'
        "--r\r\nContent-Type: text/plain\r\n\r\nunknown user\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx.customer.example.com\r\n\r\n{blocks}--r\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: {message_id}\r\n\r\n--r--\r\n"
    ).encode()


class ReadingHere(LookingHere):
    """LooksAgain in this process, and finds nothing left in what leaves."""

    async def verify(self, asked: ToVerify) -> frozenset[tuple[str, str]]:
        """Nothing is readable."""
        return frozenset()


class ProtectingNode(Node):
    """A node whose rules protect every mail of a person. ``channels``: how each recipient gets its password."""

    def __init__(
        self,
        store: Store,
        clock: StandingClock,
        folder: Path,
        port: int,
        *channels: Channel,
        protection: ProtectionSettings | None = None,
        phone: str = "",
        mode: Mode | None = None,
        looks: LooksAgain | None = None,
    ) -> None:
        super().__init__(store, clock, folder, port, judge=_protects(channels, phone, mode))
        wanted = protection or ProtectionSettings(window_minutes=WINDOW_MINUTES)
        delivery = DeliverySettings(
            next_hop=NextHopSettings(host="127.0.0.1", port=port, tls="off"), lease_seconds=LEASE_SECONDS
        )
        self.records = Records(self.spool.secret_box(PASSWORDS))
        self.passwords = Passwords(
            self.spool, self.records, wanted, OFFICE, GRACE, lambda: JAPAN,
            lambda address: self.policy.rules.directory.is_outside(address),
        )  # fmt: skip
        learner = Learner(self.spool, Acquaintances(clock))
        self.deliverer = Deliverer(
            self.spool, self.routes, delivery, self.reports, learner, OFFICE.hostname, self.passwords
        )
        lease = timedelta(seconds=LEASE_SECONDS)
        self.inspector = Inspector(
            self.spool, self.inspector._judge, lambda: self.policy.rules.hours, GRACE, lease, self.passwords
        )
        packer = Packer(wanted, OFFICE, _nothing_is_locked)
        agreed = self.spool.secret_box(AGREED)
        reading = looks or ReadingHere()
        protector = Protector(self.spool, self.policy, reading, packer, self.records, agreed, wanted, OFFICE)
        transformer = Transformer(self.spool, self.policy, lease, protector)
        self.conveyor = Conveyor(self.spool, self.inspector, transformer, self.deliverer)
        self.rescuer = Rescuer(self.spool, RetrySchedule(delivery), self.passwords)
        self.timekeeper = Timekeeper(self.spool, self.conveyor, self.rescuer, self.ends, clock, lease, 1.0)

    async def sent(self, *recipients: str, message_id: str = MESSAGE_ID, sender: str = SENDER) -> QueueId:
        """A protected mail that the next hop took, whose passwords wait or have gone."""
        octets = wire(*recipients, message_id=message_id)
        queue_id = await self.accept(*recipients or (A,), wire=octets, sender=sender)
        await self.look()
        return queue_id

    async def reported(self, report: bytes, sender: str = "") -> QueueId:
        """A report of another server, handed in to this node and looked at."""
        queue_id = await self.accept(SENDER, sender=sender, wire=report)
        await self.look()
        return queue_id

    async def parcels(self, queue_id: QueueId) -> list[ListedParcel]:
        """The parcels of a mail as people see them."""
        return await self.store.read(lambda reader: parcels_of_mail(self.spool, self.records, reader, queue_id))

    async def members(self, queue_id: QueueId) -> list[Member]:
        """The recipients of a mail's parcels, by position."""
        found = [member for one in await self.parcels(queue_id) for member in one.members]
        return sorted(found, key=lambda one: one.telling.position)

    async def whereabouts(self, queue_id: QueueId) -> list[str]:
        """Where the password of each recipient is."""
        return [one.telling.state.value for one in await self.members(queue_id)]


MakeProtecting = Callable[..., ProtectingNode]
"""``make_protecting(port, *channels)``: a node towards a next hop, which the fixture stops."""


def _protects(
    channels: tuple[Channel, ...], phone: str, mode: Mode | None
) -> Callable[[Submission], tuple[Verdict, ...]]:
    def judge(submission: Submission) -> tuple[Verdict, ...]:
        count = len(submission.envelope.forward_paths)
        if not submission.envelope.reverse_path or submission.envelope.forward_paths[0].address == SENDER:
            return (Verdict(Action.DELIVER, (), "test"),) * count
        return tuple(_verdict(channels[at % len(channels)] if channels else None, phone, mode) for at in range(count))

    return judge


def _verdict(channel: Channel | None, phone: str, mode: Mode | None) -> Verdict:
    values: dict[str, Any] = {"obligations": frozenset({Obligation.PROTECT})}
    wish = Protection(mode=mode, channel=channel, phone=phone)
    return Verdict(Action.DELIVER, ("rule",), "test", protection=wish, **values)


async def _nothing_is_locked(mode: Mode, octets: bytes, password: str) -> bytes:
    raise AssertionError("these mails become archives")
