"""What the tests of holding and delivering are made of: a node with all its workers, and mails handed to it.

A node is put together as ``app.Service`` does it, without listeners and web. Nothing runs by itself: a test calls
``look`` for each look of the timekeeper, and moves the clock. Two nodes on one database are two of these.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mailguard import audit
from mailguard.config import (
    DeliverySettings,
    HoldSettings,
    NextHopSettings,
    OfficeSettings,
    PolicySettings,
    Settings,
)
from mailguard.delivery.retry import RetrySchedule
from mailguard.delivery.routes import Routes
from mailguard.hold import HoldEnds
from mailguard.hold.mend_record import HoldRules
from mailguard.i18n.times import JAPAN
from mailguard.judging.active import ActivePolicy
from mailguard.judging.reading import Looking, looked_at, people_at
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.model.envelope import Body, Envelope, ForwardPath, Ret, Session
from mailguard.model.finding import People
from mailguard.model.knowledge import Lesson
from mailguard.model.queue import QueueId, Recipient, State, Submission
from mailguard.model.verdict import Judgement, Verdict
from mailguard.policy.facts import Occasion, Situation
from mailguard.policy.rules import RuleSet
from mailguard.spool import Mail, MasterKey, Spool
from mailguard.spool.reports import reporter_of
from mailguard.store import Store
from mailguard.workers.acquaintances import Acquaintances
from mailguard.workers.conveyor import MAILS_MAX, Conveyor
from mailguard.workers.deliverer import Deliverer
from mailguard.workers.inspector import Inspector, deadline
from mailguard.workers.judge import Looks, MailJudge
from mailguard.workers.learner import Learner
from mailguard.workers.looking import Signatures
from mailguard.workers.mail_domains import MailDomains
from mailguard.workers.mender import Mender
from mailguard.workers.reports import Reports
from mailguard.workers.rescuer import Rescuer
from mailguard.workers.timekeeper import Timekeeper
from mailguard.workers.transformer import Transformer
from tests.fakes.clock import START, StandingClock
from tests.system.waiting import eventually

SATO = Actor(ActorKind.PERSON, "sato")
SENDER = "tanoue@office.example.jp"
INSIDE = "soumu@office.example.jp"
A, B, C = "ando@customer.example.com", "baba@customer.example.com", "chiba@customer.example.com"
WIRE = (
    b"From: tanoue@office.example.jp\r\nTo: ando@customer.example.com\r\n"
    b"Subject: =?iso-2022-jp?B?GyRCOCtAUT1xGyhC?=\r\n\r\nhello\r\n"
)
OFFICE = OfficeSettings(
    name="Example Office", domains=["office.example.jp"], hostname="relay.example.jp", postmaster="pm@office.example.jp"
)
HOLD_SECONDS, GRACE_SECONDS, LEASE_SECONDS = 300.0, 3.0, 900.0
HOLD = HoldSettings(minutes=HOLD_SECONDS / 60, grace_seconds=GRACE_SECONDS)
GRACE = timedelta(seconds=GRACE_SECONDS)
REPORTER = reporter_of(OFFICE, JAPAN)
NOWHERE = 9  # a port where nobody listens: for tests in which nothing is to be delivered
KEY = MasterKey(bytes(range(32)))


Judge = Callable[[Submission], tuple[Verdict, ...]]
"""A judge of a test's own."""


def looking_by(judge: Judge) -> Callable[[Mail], Awaitable[tuple[Judgement, Lesson | None]]]:
    """A judge of mails that only asks for their submission."""

    async def look(mail: Mail) -> tuple[Judgement, Lesson | None]:
        return Judgement(judge(mail.submission), ()), None

    return look


class LookingHere:
    """Looks in this process: these tests are about what becomes of a mail, not about where it is read."""

    async def look(self, octets: bytes, occasion: Occasion, rules: RuleSet, learned: frozenset[bytes]) -> Situation:
        return looked_at(octets, occasion, rules, Looking(learned=learned))

    async def people(self, octets: bytes, occasion: Occasion, learned: frozenset[bytes]) -> People:
        """Whose data is in it."""
        return people_at(octets, occasion, RuleSet("none", "", ()), Looking(learned=learned))


class Node:
    """One node of the relay. Everything it does is asked for by the test."""

    def __init__(
        self,
        store: Store,
        clock: StandingClock,
        folder: Path,
        port: int = NOWHERE,
        *,
        name: str = "node-1",
        judge: Judge | None = None,
        policy: PolicySettings | None = None,
        looking: Looks | None = None,
        **delivery: Any,
    ) -> None:
        next_hop = NextHopSettings(
            host="127.0.0.1", port=port, tls="off", command_seconds=10, **delivery.pop("next_hop", {})
        )
        settings = DeliverySettings(next_hop=next_hop, lease_seconds=LEASE_SECONDS, **delivery)
        self.store = store
        self.clock = clock
        self.spool = Spool(
            store, KEY, clock, folder, node=name, expire=timedelta(hours=settings.expire_hours), reserve_bytes=0
        )
        self.routes = Routes(settings, OFFICE.hostname)
        schedule = RetrySchedule(settings)
        self.reports = Reports(self.spool, schedule, OFFICE, lambda: JAPAN)
        acquaintances = Acquaintances(clock)
        self.deliverer = Deliverer(
            self.spool, self.routes, settings, self.reports, Learner(self.spool, acquaintances), OFFICE.hostname
        )
        lease = timedelta(seconds=LEASE_SECONDS)
        self.policy = ActivePolicy(
            Settings(office=OFFICE, hold=HOLD, delivery=settings, policy=policy or PolicySettings(check_domains=False)),
            clock,
        )
        judges = MailJudge(
            self.spool,
            self.policy,
            MailDomains(PolicySettings(check_domains=False), clock),
            acquaintances,
            looking or LookingHere(),
            Signatures(clock),
        ).judge
        self.judge = judges if judge is None else looking_by(judge)
        self.inspector = Inspector(self.spool, self.judge, lambda: self.policy.rules.hours, GRACE, lease)
        self.hold_rules = HoldRules(
            lambda verdict, now: deadline(verdict, now, self.policy.rules.hours), GRACE, int(HOLD_SECONDS)
        )
        self.mender = Mender(self.spool, self.policy, self.judge, self.hold_rules)
        transformer = Transformer(self.spool, self.policy, lease)
        self.conveyor = Conveyor(self.spool, self.inspector, transformer, self.deliverer)
        self.rescuer = Rescuer(self.spool, schedule)
        self._is_hinted = False
        self.reports.hint = self._hint
        self.ends = HoldEnds(
            self.spool, lambda verdict, now: deadline(verdict, now, self.policy.rules.hours), GRACE, lambda: REPORTER
        )
        self.timekeeper = Timekeeper(self.spool, self.conveyor, self.rescuer, self.ends, clock, lease, 1.0)

    async def look(self) -> int:
        """One look of the timekeeper, and everything it led to is done, reports among it; how many mails it took up."""
        taken = await self.timekeeper.look()
        await self.idle()
        while self._is_hinted:
            self._is_hinted = False
            await self.timekeeper.look()
            await self.idle()
        return taken

    def _hint(self) -> None:
        self._is_hinted = True

    async def idle(self) -> None:
        """Returns when no mail is under way."""
        await eventually(lambda: self.conveyor.free == MAILS_MAX, "the node to have nothing under way")

    async def stop(self) -> None:
        """As a node that is stopped now: what is under way is dropped where it stands."""
        await self.conveyor.close(0)
        await self.routes.close()

    # -- mails

    async def accept(
        self,
        *recipients: str | ForwardPath,
        sender: str = SENDER,
        wire: bytes = WIRE,
        automatic: bool = False,
        ret: Ret | None = None,
        smtputf8: bool = False,
    ) -> QueueId:
        """A mail that was answered 250 and that nobody has looked at yet."""
        paths = tuple([ForwardPath(entry) if isinstance(entry, str) else entry for entry in recipients or (A,)])
        writer = self.spool.open_content()
        writer.write(wire)
        session = Session("192.0.2.7", "pc.example.jp", "trusted", SENDER, self.clock.now(), source="pc")
        body = Body.EIGHT_BIT_MIME if smtputf8 else None
        envelope = Envelope(sender, paths, ret=ret, body=body, smtputf8=smtputf8)
        return await self.spool.accept(envelope, session, writer, automatic=automatic)

    async def held(self, *recipients: str | ForwardPath, **values: Any) -> QueueId:
        """A mail that was looked into and is held."""
        queue_id = await self.accept(*recipients, **values)
        await self.look()
        assert State.HELD in await self.states(queue_id)
        return queue_id

    async def mail(self, queue_id: QueueId) -> Mail:
        """The mail as it is now."""
        return await self.store.read(lambda connection: self.spool.mail(connection, queue_id))

    async def recipient(self, queue_id: QueueId, position: int = 0) -> Recipient:
        """One recipient as it is now."""
        return (await self.mail(queue_id)).recipients[position]

    async def states(self, queue_id: QueueId) -> list[State]:
        """The states of the mail's recipients, in order."""
        return [entry.state for entry in (await self.mail(queue_id)).recipients]

    async def outcomes(self, queue_id: QueueId, position: int = 0) -> list[str]:
        """How one recipient's attempts ended, oldest first."""
        attempts = await self.store.read(lambda connection: self.spool.attempts(connection, queue_id))
        return [attempt.outcome.value for attempt in attempts.get(position, [])]

    async def record(self, queue_id: QueueId, *actions: AuditAction) -> list[AuditEvent]:
        """What is on record about the mail, oldest first; only these actions where some are given."""
        events = await self.store.read(lambda connection: audit.events_of(connection, queue_id))
        return [event for event in events if not actions or event.action in actions]

    async def everything(self) -> list[AuditEvent]:
        """The whole record."""
        return [event for _, _, event in await self.store.read(lambda connection: list(audit.all_events(connection)))]

    async def accepted_ids(self) -> list[QueueId]:
        """The queue ids of all mails ever accepted, our own among them, oldest first."""
        return [str(event.queue_id) for event in await self.everything() if event.action is AuditAction.ACCEPTED]


def after(seconds: float, *, start: datetime = START) -> datetime:
    """The moment so many seconds after the clock's start."""
    return start + timedelta(seconds=seconds)


MakeNode = Callable[..., Node]
"""``make_node(port, **values)``: a node towards a next hop, which the fixture stops."""


def move_to(clock: StandingClock, moment: datetime) -> None:
    """Let time pass until ``moment``."""
    clock.advance((moment - clock.now()).total_seconds())


@asynccontextmanager
async def second_store(url: str, clock: StandingClock) -> AsyncIterator[Store]:
    """Another process's view of the same database."""
    store = Store(url, clock, use_database_time=False)
    store.start()
    try:
        yield store
    finally:
        await store.stop()
