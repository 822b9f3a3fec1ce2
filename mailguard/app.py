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
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import structlog

from mailguard import __version__, audit
from mailguard.accounts import Accounts
from mailguard.clock import Clock, SystemClock
from mailguard.config import Settings
from mailguard.delivery.retry import RetrySchedule
from mailguard.delivery.routes import Routes
from mailguard.errors import ConfigurationError, MailguardError
from mailguard.hold import HoldEnds
from mailguard.judging.active import ActivePolicy
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.spool import open_spool, queries
from mailguard.spool.reports import reporter_of
from mailguard.store import Transaction, open_store
from mailguard.submission import SubmissionServer
from mailguard.web import Health, Reading, WebServer, create_app
from mailguard.workers.acquaintances import Acquaintances
from mailguard.workers.conveyor import Conveyor
from mailguard.workers.deliverer import Deliverer
from mailguard.workers.inspector import Inspector, deadline
from mailguard.workers.judge import MailJudge
from mailguard.workers.learner import Learner
from mailguard.workers.mail_domains import MailDomains
from mailguard.workers.reports import Reports
from mailguard.workers.rescuer import Rescuer
from mailguard.workers.sweeper import Sweeper
from mailguard.workers.systemd import notify
from mailguard.workers.timekeeper import Timekeeper
from mailguard.workers.transformer import Transformer

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
        self.policy = ActivePolicy(settings, self.clock)
        lease = timedelta(seconds=delivery.lease_seconds)
        schedule = RetrySchedule(delivery)
        self.routes = Routes(delivery, settings.office.hostname)
        self.reports = Reports(self.spool, schedule, settings.office)
        acquaintances = Acquaintances(self.clock)
        learner = Learner(self.spool, acquaintances)
        self.deliverer = Deliverer(self.spool, self.routes, delivery, self.reports, learner, settings.office.hostname)
        grace = timedelta(seconds=settings.hold.grace_seconds)
        self.domains = MailDomains(settings.policy, self.clock)
        judge = MailJudge(self.spool, self.policy, self.domains, acquaintances)
        inspector = Inspector(self.spool, judge.judge, lambda: self.policy.rules.hours, grace, lease)
        transformer = Transformer(self.spool, self.policy, lease)
        self.conveyor = Conveyor(self.spool, inspector, transformer, self.deliverer)
        self.rescuer = Rescuer(self.spool, schedule)
        self.timekeeper = Timekeeper(
            self.spool,
            self.conveyor,
            self.rescuer,
            HoldEnds(
                self.spool,
                lambda verdict, now: deadline(verdict, now, self.policy.rules.hours),
                grace,
                reporter_of(settings.office),
            ),
            self.clock,
            lease,
            settings.service.poll_seconds,
        )
        self.sweeper = Sweeper(self.spool, timedelta(days=settings.storage.retention_days))
        self.spool.handover = self.conveyor
        self.reports.hint = self.timekeeper.hint
        self.accounts = Accounts(self.store, settings.auth, settings.limits, settings.office, self.clock)
        self.submission = SubmissionServer(
            office=settings.office,
            listeners=settings.listeners,
            sources=settings.sources,
            tls=settings.tls,
            limits=settings.limits,
            acceptor=self.spool,
            authenticator=self.accounts,
            clock=self.clock,
        )
        self.web = WebServer(create_app(self.check, self.readings), settings.web.host, settings.web.port)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start every part; afterwards the listeners take mail."""
        self.store.start()
        reclaimed = await self.store.write(self.rescuer.reclaim, is_brief=False)
        await asyncio.to_thread(self.sweeper.collect_unfinished)
        await self.store.write(_Recorder(AuditAction.STARTED))
        await self._record_policy(AuditAction.POLICY_LOADED)
        self._tasks = [
            asyncio.create_task(self.timekeeper.run(), name="timekeeper"),
            asyncio.create_task(self.sweeper.run(), name="sweeper"),
        ]
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
        await self.routes.close()
        await self.web.stop()
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
        try:
            await asyncio.wait_for(self.store.write(_touch), 5)
        except (MailguardError, TimeoutError):
            parts["database"] = "does not take writes"
        if not self.spool.has_room(self.settings.limits.message_bytes):
            parts["disk"] = "not enough room"
        degraded = {hop.name: "does not take mail" for hop in self.routes.next_hops if hop.is_down}
        if self.clock.jump():
            degraded["clock"] = "was set; timers wait"
        if self.domains.is_down:
            degraded["dns"] = "does not answer; domains of new addresses are not checked"
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
        action = AuditAction.POLICY_LOADED if self.policy.reload() else AuditAction.POLICY_REFUSED
        self._tasks.append(asyncio.create_task(self._record_policy(action)))

    async def _record_policy(self, action: AuditAction) -> None:
        """Put on record which rules are in force."""
        rules = self.policy.rules
        details: dict[str, object] = {"set": rules.name, "policy": rules.version, "rules": len(rules.rules)}
        with contextlib.suppress(MailguardError):
            await self.store.write(_Recorder(action, details))


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
