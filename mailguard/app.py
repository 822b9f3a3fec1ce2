"""The composition root: the only place that knows every part, and in which order they start and stop.

Start: lock on the data directory, schema, keys, store, leases of the last run ended, workers, web, and the listeners
last, so that no mail comes before everything behind it stands. Stop: the listeners first, then what is under way, then
the store. What does not finish in time is on disk and goes on at the next start.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
import ssl
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

import structlog

from mailguard import __version__, audit
from mailguard.accounts import Accounts
from mailguard.accounts.links import MailLinks
from mailguard.accounts.web_sign_in import SIGN_IN, open_web_sign_in
from mailguard.clock import Clock, SystemClock
from mailguard.config import Settings, TlsSettings
from mailguard.correspondents import AGREED
from mailguard.delivery.retry import RetrySchedule
from mailguard.delivery.routes import Routes
from mailguard.delivery.sms_gateway import send
from mailguard.delivery.syslog import SyslogLink
from mailguard.delivery.webhook import post
from mailguard.errors import ConfigurationError, MailguardError
from mailguard.hold import HoldEnds
from mailguard.hold.mend_record import HoldRules
from mailguard.hold.notices import Notices
from mailguard.hold.returning import Returning
from mailguard.incidents import INCIDENTS, IncidentRecords, Openings, Responder
from mailguard.incidents.planning import Planner
from mailguard.incidents.reminding import Reminders
from mailguard.incidents.running import LawClocks
from mailguard.judging.active import ActivePolicy
from mailguard.judging.drafts import Drafts
from mailguard.judging.dry_run import DryRuns
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.model.protection import Channel
from mailguard.notify.troubles import Trouble, troubles_of
from mailguard.parcels.packing import Packer
from mailguard.parcels.passwords import Passwords
from mailguard.parcels.records import PASSWORDS, Records
from mailguard.spool import open_spool, queries
from mailguard.spool.own_mail import submit_own
from mailguard.spool.reports import reporter_of
from mailguard.store import Store, Transaction, open_store
from mailguard.submission import SubmissionServer
from mailguard.submission.tls import Certificates
from mailguard.web import Health, Reading, WebParts, WebServer, create_app
from mailguard.workers.acquaintances import Acquaintances
from mailguard.workers.anchorer import Anchorer
from mailguard.workers.announcer import Announcer
from mailguard.workers.conveyor import Conveyor
from mailguard.workers.deliverer import Deliverer
from mailguard.workers.device_follower import DeviceFollower
from mailguard.workers.follower import IncidentFollower
from mailguard.workers.forwarder import Forwarder
from mailguard.workers.inspector import Inspector, deadline
from mailguard.workers.judge import MailJudge
from mailguard.workers.learner import Learner
from mailguard.workers.locking import Locking
from mailguard.workers.looking import Looking, Signatures
from mailguard.workers.mail_domains import MailDomains
from mailguard.workers.mender import Mender
from mailguard.workers.node import Node
from mailguard.workers.notifier import Notifier
from mailguard.workers.protector import Protector
from mailguard.workers.reminder import IncidentReminder
from mailguard.workers.reports import Reports
from mailguard.workers.rescuer import Rescuer
from mailguard.workers.sweeper import Sweeper
from mailguard.workers.systemd import notify
from mailguard.workers.teller import Teller
from mailguard.workers.timekeeper import Timekeeper
from mailguard.workers.transformer import Transformer
from mailguard.workers.watcher import Standstill, Watcher

log = structlog.get_logger()

_SERVICE = Actor(ActorKind.WORKER, "service")


class Service:
    """The running relay."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self._lock = _lock(settings.storage.directory)
        self.store = open_store(settings.storage, self.clock)
        self.spool = open_spool(settings, self.store, self.clock)
        delivery = settings.delivery
        self.policy = ActivePolicy(settings, self.clock, self.store)
        lease = timedelta(seconds=delivery.lease_seconds)
        schedule = RetrySchedule(delivery)
        self.routes = Routes(delivery, settings.office.hostname)
        self.reports = Reports(self.spool, schedule, settings.office)
        acquaintances = Acquaintances(self.clock)
        learner = Learner(self.spool, acquaintances)
        grace = timedelta(seconds=settings.hold.grace_seconds)
        records = self.records = Records(self.spool.secret_box(PASSWORDS))
        self.passwords = Passwords(self.spool, records, settings.protection, settings.office, grace)
        self.deliverer = Deliverer(
            self.spool, self.routes, delivery, self.reports, learner, settings.office.hostname, self.passwords
        )
        self.domains = MailDomains(settings.policy, self.clock)
        self.looking = Looking(settings.looking, self.policy.rules, self.spool.finding_key)
        self.dry_runs = DryRuns(self.spool, self.looking, self.clock)
        judge = MailJudge(
            self.spool, self.policy, self.domains, acquaintances, self.looking, Signatures(self.clock)
        )  # fmt: skip
        inspector = Inspector(
            self.spool, judge.judge, lambda: self.policy.rules.hours, grace, lease, self.passwords
        )  # fmt: skip
        self.mender = Mender(self.spool, self.policy, judge.judge, self._hold_rules(grace))
        self.locking = Locking(settings.looking)
        protector = self._protector(records)
        transformer = Transformer(self.spool, self.policy, lease, protector)
        self.conveyor = Conveyor(self.spool, inspector, transformer, self.deliverer)
        self.rescuer = Rescuer(self.spool, schedule, self.passwords)
        self.timekeeper = Timekeeper(
            self.spool,
            self.conveyor,
            self.rescuer,
            self._hold_ends(grace),
            self.clock,
            lease,
            settings.service.poll_seconds,
        )
        self.sweeper = Sweeper(self.spool, timedelta(days=settings.storage.retention_days), self.passwords)
        self.teller = _teller(settings, self.store, self.passwords)
        if self.teller is not None:
            self.teller.hint = self.timekeeper.hint
        self.spool.handover = self.conveyor
        self.reports.hint = self.timekeeper.hint
        self._make_what_people_use()
        self._tasks: list[asyncio.Task[None]] = []

    def _make_what_people_use(self) -> None:
        """Notices, incidents, sign-in, submission and pages: what stands on the way of mail made before it."""
        settings = self.settings
        self.announcer = self._announcer()
        self.notices = self._notices()
        self.notifier = self._notifier()
        self.incidents = IncidentRecords(self.spool.secret_box(INCIDENTS))
        self.openings = self._openings()
        self.follower = IncidentFollower(self.store, self.openings, self.clock, settings.service.poll_seconds)
        self.planner = self._planner()
        self.reminder = self._reminder()
        self.accounts = Accounts(self.store, settings.auth, settings.limits, settings.office, self.clock)
        self.sign_in = open_web_sign_in(
            settings,
            self.store,
            self.clock,
            self.spool.secret_box(SIGN_IN),
            self.accounts,
            self._post,
            lambda: self.policy.rules.hours.zone,
        )
        self.sweeper.forget_ended = self.sign_in.forget_ended
        self.sweeper.pruning = audit.pruning_of(settings.audit, self.spool.seals)
        self.anchorer = Anchorer(self.store, self.spool.seals, settings.storage.directory)
        self.forwarder = _forwarder(settings, self.store, self.spool.node)
        self.submission = self._submission_server()
        self.devices = DeviceFollower(
            self.store, settings.sources, self.submission.take_up_sources, settings.service.poll_seconds
        )
        self.node = Node(settings, self.routes, self.clock, lambda: self.submission.counters.connections_now)
        self.standstill = Standstill(self.clock)
        self.watcher = self._watcher()
        self.web = self._web_server()

    def _announcer(self) -> Announcer:
        settings = self.settings
        webhooks, url = settings.notices.webhooks, settings.web.public_url
        return Announcer(webhooks, url, settings.office.language, self.clock, post, self._is_well)

    def _notices(self) -> Notices:
        settings = self.settings
        return Notices(
            self.spool,
            settings.office,
            settings.notices,
            settings.web.public_url,
            lambda: self.policy.rules.hours.zone,
            MailLinks(self.store).make,
        )

    def _notifier(self) -> Notifier:
        poll = self.settings.service.poll_seconds
        notifier = Notifier(self.store, self.notices, self.clock, poll, self.announcer.announce)
        notifier.hint = self.timekeeper.hint
        return notifier

    def _watcher(self) -> Watcher:
        async def see() -> list[Trouble]:
            health = await self.check()
            return list(troubles_of(health.parts, health.degraded, self.node.state(), self.clock.now()))

        after = timedelta(minutes=self.settings.notices.trouble_minutes)
        watcher = Watcher(self.store, self.notices, self.clock, see, after, self.settings.office.postmaster)
        watcher.hint = self.timekeeper.hint
        return watcher

    def _openings(self) -> Openings:
        responder = Responder(self.spool, self.passwords, self.records)
        return Openings(self.spool, responder, self.incidents, self.notices, lambda: self.policy.rules.hours.zone)

    def _planner(self) -> Planner:
        usual = Channel(self.settings.protection.channel)
        clocks = LawClocks(self.spool, self.records, lambda: self.policy.rules, usual)
        return Planner(self.incidents, clocks, lambda: self.policy.rules)

    def _reminder(self) -> IncidentReminder:
        reminders = Reminders(self.incidents, self.planner, self.notices, lambda: self.policy.rules)
        reminder = IncidentReminder(
            self.store, self.planner, reminders, self.clock, self.settings.service.poll_seconds,
            lambda: self.policy.rules.version,
        )  # fmt: skip
        reminder.hint = self.timekeeper.hint
        return reminder

    def _hold_ends(self, grace: timedelta) -> HoldEnds:
        rules = self._hold_rules(grace)
        return HoldEnds(self.spool, rules.deadline, grace, reporter_of(self.settings.office))

    async def _is_well(self) -> bool:
        """Whether mail is taken and leaves; a domain nobody could ask the DNS about is no trouble of that kind, nor is
        a record that waits to be forwarded.
        """
        health = await self.check()
        return health.is_ready and not health.degraded.keys() - {"dns", "syslog"}

    def _submission_server(self) -> SubmissionServer:
        settings = self.settings
        return SubmissionServer(
            office=settings.office,
            listeners=settings.listeners,
            sources=settings.sources,
            tls=settings.tls,
            limits=settings.limits,
            acceptor=self.spool,
            authenticator=self.accounts,
            clock=self.clock,
        )

    def _web_server(self) -> WebServer:
        settings = self.settings
        app = create_app(
            WebParts(
                settings=settings,
                clock=self.clock,
                store=self.store,
                spool=self.spool,
                policy=self.policy,
                drafts=Drafts(self.policy, self.dry_runs),
                reload_policy=self._reload_policy,
                accounts=self.accounts,
                sign_in=self.sign_in,
                mender=self.mender,
                hold_rules=self._hold_rules(timedelta(seconds=settings.hold.grace_seconds)),
                returning=Returning(self.spool, settings.office, settings.notices, settings.limits.message_bytes),
                passwords=self.passwords,
                records=self.records,
                incidents=self.incidents,
                openings=self.openings,
                planner=self.planner,
                hint=self.timekeeper.hint,
                refresh_devices=self.devices.refresh,
                node=self.node.state,
                check=self.check,
                readings=self.readings,
            )
        )
        tls = _newest_certificate(settings.tls) if settings.web.tls else None
        return WebServer(app.asgi, settings.web.host, settings.web.port, tls, app.hub.close)

    def _post(self, transaction: Transaction, address: str, wire: bytes) -> None:
        """Add a mail of our own to a transaction."""
        submit_own(self.spool, transaction, self.settings.office, address, wire)

    def _hold_rules(self, grace: timedelta) -> HoldRules:
        return HoldRules(
            lambda verdict, now: deadline(verdict, now, self.policy.rules.hours),
            grace,
            round(self.settings.hold.minutes * 60),
        )

    def _protector(self, records: Records) -> Protector:
        protection, office = self.settings.protection, self.settings.office
        packer = Packer(protection, office, self.locking.lock, str(self.spool.folder / "tmp"))
        agreed = self.spool.secret_box(AGREED)
        return Protector(self.spool, self.policy, self.looking, packer, records, agreed, protection, office)

    async def start(self) -> None:
        """Start every part; afterwards the listeners take mail."""
        self.store.start()
        await self.looking.start()
        await self.locking.start()
        reclaimed = await self.store.write(self.rescuer.reclaim, is_brief=False)
        await asyncio.to_thread(self.sweeper.collect_unfinished)
        await self.store.write(_Recorder(AuditAction.STARTED))
        await self._record_policy(AuditAction.POLICY_LOADED)
        self._tasks = [
            asyncio.create_task(self.timekeeper.run(), name="timekeeper"),
            asyncio.create_task(self.sweeper.run(), name="sweeper"),
            asyncio.create_task(
                self.policy.follow(self._reload_policy, self.settings.service.poll_seconds), name="policy"
            ),
            asyncio.create_task(self.notifier.run(), name="notifier"),
            asyncio.create_task(self.follower.run(), name="incidents"),
            asyncio.create_task(self.reminder.run(), name="reminder"),
            asyncio.create_task(self.announcer.run(), name="announcer"),
            asyncio.create_task(self.watcher.run(), name="watcher"),
            asyncio.create_task(self.devices.run(), name="devices"),
            asyncio.create_task(self.anchorer.run(), name="anchorer"),
        ]
        if self.forwarder is not None:
            self._tasks.append(asyncio.create_task(self.forwarder.run(), name="forwarder"))
        if self.teller is not None:
            self._tasks.append(asyncio.create_task(self.teller.run(), name="teller"))
        await self.devices.refresh()
        await self.web.start()
        await self.submission.start()
        for name, (host, port) in [*self.submission.addresses.items(), ("web", self.web.address)]:
            log.info("listening", listener=name, host=host, port=port)
        log.info("started", version=__version__, reclaimed=reclaimed)

    async def stop(self) -> int:
        """Stop every part within the drain limit; how many mails were still under way.

        Those go on at the next start.
        """
        drain = self.settings.service.drain_seconds
        began = self.clock.monotonic()
        cut = await self.submission.stop(drain)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        left = await self.conveyor.close(max(0.0, drain - (self.clock.monotonic() - began)))
        await self.dry_runs.close()
        await self.looking.close()
        await self.locking.close()
        await self.routes.close()
        await self.web.stop()
        await self.sign_in.close()
        self.accounts.close()
        with contextlib.suppress(MailguardError):
            await self.store.write(_Recorder(AuditAction.STOPPED))
        await self.store.stop()
        self._lock.close()
        log.info("stopped", under_way=left, sessions_cut=cut or 0)
        return left

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT; SIGHUP takes up new certificates and rules."""
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, ended.set)
        loop.add_signal_handler(signal.SIGHUP, self._reload)
        try:
            await self.start()
        except BaseException:
            # What was begun is ended, and on record with its end.
            await self.stop()
            raise
        notify("READY=1")
        await ended.wait()
        notify("STOPPING=1")
        await self.stop()

    async def check(self) -> Health:
        """Whether mail can be taken (database writes, disk has room), and whether it leaves."""
        parts = {"database": "ok", "disk": "ok"}
        is_standing = False
        try:
            await asyncio.wait_for(self.store.write(_touch), 5)
            is_standing = await asyncio.wait_for(self.standstill.look(self.store), 5)
        except (MailguardError, TimeoutError):
            parts["database"] = "does not take writes"
        if not self.spool.has_room(self.settings.limits.message_bytes):
            parts["disk"] = "not enough room"
        degraded = {hop.name: "does not take mail" for hop in self.routes.next_hops if hop.is_down}
        if is_standing:
            degraded["queue"] = "work that is due is not done"
        if self.clock.jump():
            degraded["clock"] = "was set; timers wait"
        if self.looking.is_down:
            degraded["looking"] = "no process to look into mail; mail waits"
        if self.domains.is_down:
            degraded["dns"] = "does not answer; domains of new addresses are not checked"
        if self.forwarder is not None and self.forwarder.is_down:
            degraded["syslog"] = "does not take the record; it waits"
        return Health(parts, degraded)

    async def readings(self) -> Iterable[Reading]:
        """The numbers for metrics."""
        states = await self.store.read(queries.counts_by_state)
        counters = self.submission.counters
        delivery = self.deliverer.counters
        return [
            *[
                Reading("recipients", "Recipients that somebody will look at again.", count, False, (("state", state),))
                for state, count in sorted(states.items())
            ],
            *[
                Reading(f"submission_{name}", meaning, getattr(counters, name), name not in _GAUGES)
                for name, meaning in _COUNTER_MEANINGS.items()
            ],
            *[
                Reading("delivery_results", "Recipients by result.", getattr(delivery, name), True, (("result", name),))
                for name in ("delivered", "deferred", "bounced", "in_doubt")
            ],
        ]

    def _reload(self) -> None:
        self.submission.reload()
        self._tasks.append(asyncio.create_task(self._reload_policy()))

    async def _reload_policy(self) -> None:
        is_loaded = await self.policy.reload(self.looking.take_up)
        await self._record_policy(AuditAction.POLICY_LOADED if is_loaded else AuditAction.POLICY_REFUSED)

    async def _record_policy(self, action: AuditAction) -> None:
        """Put on record which rules are in force."""
        rules = self.policy.rules
        details: dict[str, object] = {"set": rules.name, "policy": rules.version, "rules": len(rules.rules)}
        with contextlib.suppress(MailguardError):
            await self.store.write(_Recorder(action, details))


def _newest_certificate(settings: TlsSettings) -> Callable[[], ssl.SSLContext]:
    """The relay's own certificate for pages, as its files are now. Raises ``ConfigurationError``."""
    certificates = Certificates(settings)
    certificates.load()

    def newest() -> ssl.SSLContext:
        certificates.reload_if_changed()
        return certificates.context

    return newest


def _teller(settings: Settings, store: Store, passwords: Passwords) -> Teller | None:
    """Who sends short messages; None where the office has no gateway."""
    sms = settings.protection.sms
    if sms is None:
        return None
    token = None if sms.token is None else sms.token.get_secret_value()
    return Teller(store, passwords, lambda message: send(message, sms, token), settings.service.poll_seconds)


def _forwarder(settings: Settings, store: Store, node: str) -> Forwarder | None:
    """Who forwards the record; None where the office has nobody to get it."""
    syslog = settings.audit.syslog
    if syslog is None:
        return None
    origin = audit.origin_of(settings.office)
    return Forwarder(store, SyslogLink(syslog), origin, node, settings.service.poll_seconds)


class _Recorder:
    """The work that records a start, a stop, or which rules are in force."""

    def __init__(self, action: AuditAction, details: dict[str, object] | None = None) -> None:
        self._action = action
        self._details = details or {"version": __version__}

    def __call__(self, transaction: Transaction) -> None:
        audit.append(transaction, AuditEvent(transaction.now, _SERVICE, self._action, None, self._details))


_GAUGES = {"connections_now", "bytes_in_flight"}
_COUNTER_MEANINGS = {
    "connections_now": "Open connections of mail programs.",
    "connections_total": "Connections of mail programs.",
    "connections_refused": "Connections refused for a limit.",
    "accepted": "Mails answered 250.",
    "recipients_accepted": "Recipients of mails answered 250.",
    "refused_temporary": "Replies 4yz.",
    "refused_permanent": "Replies 5yz.",
    "bytes_received": "Octets of content received.",
    "bytes_in_flight": "Octets of content being received.",
    "sign_ins": "Successful sign-ins.",
    "sign_ins_refused": "Refused sign-ins.",
    "handshakes_failed": "TLS handshakes that failed.",
    "cut_slow": "Connections cut because they were too slow.",
    "unexpected_errors": "Errors nobody foresaw.",
}


def _touch(transaction: Transaction) -> None:
    """A work that only opens and commits a transaction."""
    transaction.flush()


class _Lock:
    """The data directory belongs to one process; the lock ends with it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _lock(directory: Path) -> _Lock:
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise ConfigurationError([f"{directory}: another mailguard serves this data directory"]) from error
    return _Lock(descriptor)
