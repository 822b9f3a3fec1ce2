"""Every part of the relay, made of the settings. Nothing runs yet but what the database's schema needs."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from mailguard import audit
from mailguard.accounts import Accounts
from mailguard.accounts.links import MailLinks
from mailguard.accounts.mail_sign_in import MailSignIn
from mailguard.accounts.web_sign_in import SIGN_IN, open_web_sign_in
from mailguard.app.condition import Condition
from mailguard.app.data_lock import DataLock
from mailguard.app.recording import RulesOnRecord
from mailguard.clock import Clock, SystemClock
from mailguard.config import Settings, TlsSettings
from mailguard.correspondents import AGREED
from mailguard.delivery.retry import RetrySchedule
from mailguard.delivery.routes import Routes
from mailguard.delivery.sms_gateway import send
from mailguard.delivery.syslog import SyslogLink
from mailguard.delivery.webhook import post
from mailguard.hold import HoldEnds
from mailguard.hold.mend_record import HoldRules
from mailguard.hold.notices import Notices
from mailguard.hold.returning import Returning
from mailguard.incidents import INCIDENTS, IncidentRecords, Openings, Responder
from mailguard.incidents.answer_notices import AnswerNotices
from mailguard.incidents.counting import Counter
from mailguard.incidents.deletion import Deletions
from mailguard.incidents.documents import DOCUMENTS, DocumentRecords
from mailguard.incidents.planning import Planner
from mailguard.incidents.reminding import Reminders
from mailguard.incidents.running import LawClocks
from mailguard.incidents.triggers import Triggers
from mailguard.judging.active import ActivePolicy
from mailguard.judging.drafts import Drafts
from mailguard.judging.dry_run import DryRuns
from mailguard.model.protection import Channel
from mailguard.notify.troubles import Trouble, troubles_of
from mailguard.parcels.packing import Packer
from mailguard.parcels.passwords import Passwords
from mailguard.parcels.records import PASSWORDS, Records
from mailguard.spool import open_spool
from mailguard.spool.own_mail import submit_own
from mailguard.spool.reports import reporter_of
from mailguard.store import Store, Transaction, open_store
from mailguard.submission import SubmissionServer
from mailguard.submission.tls import Certificates
from mailguard.web import WebParts, WebServer, create_app
from mailguard.workers.acquaintances import Acquaintances
from mailguard.workers.anchorer import Anchorer
from mailguard.workers.announcer import Announcer
from mailguard.workers.answer_desk import AnswerDesk
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
from mailguard.workers.teller import Teller
from mailguard.workers.timekeeper import Timekeeper
from mailguard.workers.transformer import Transformer
from mailguard.workers.watcher import Watcher


class Assembly:
    """The parts, and who knows whom. Making it locks the data directory and brings the database to this release.

    Raises ``ConfigurationError``, ``SchemaMismatch``, ``StorageUnavailable``, ``AddressUnavailable``.
    """

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self.lock = DataLock(settings.storage.directory)
        self.store = open_store(settings.storage, self.clock)
        self.spool = open_spool(settings, self.store, self.clock)
        delivery = settings.delivery
        self.policy = ActivePolicy(settings, self.clock, self.store)
        lease = timedelta(seconds=delivery.lease_seconds)
        schedule = RetrySchedule(delivery)
        self.routes = Routes(delivery, settings.office.hostname)
        self.reports = Reports(self.spool, schedule, settings.office, self._zone)
        acquaintances = Acquaintances(self.clock)
        learner = Learner(self.spool, acquaintances)
        grace = timedelta(seconds=settings.hold.grace_seconds)
        records = self.records = Records(self.spool.secret_box(PASSWORDS))
        self.passwords = self._passwords(records, grace)
        self.deliverer = Deliverer(
            self.spool, self.routes, delivery, self.reports, learner, settings.office.hostname, self.passwords
        )
        self.domains = MailDomains(settings.policy, self.clock)
        self.looking = Looking(settings.looking, self.policy.rules, self.spool.finding_key)
        self.rules = RulesOnRecord(self.store, self.policy, self.looking)
        self.dry_runs = DryRuns(self.spool, self.looking, self.clock)
        judge = MailJudge(
            self.spool, self.policy, self.domains, acquaintances, self.looking, Signatures(self.clock)
        )  # fmt: skip
        self.incidents = IncidentRecords(self.spool.secret_box(INCIDENTS))
        self.documents = DocumentRecords(self.spool.secret_box(DOCUMENTS))
        self.notices = self._notices()
        self.deletions = self._deletions()
        self.answer_desk = AnswerDesk(
            self.spool, self.deletions, settings.incidents.answer_address, settings.office.postmaster
        )  # fmt: skip
        judging = self.answer_desk.judging(judge.judge)
        inspector = self.inspector = Inspector(
            self.spool, judging, lambda: self.policy.rules.hours, grace, lease, self.passwords
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

    def _make_what_people_use(self) -> None:
        """Notices, incidents, sign-in, submission and pages: what stands on the way of mail made before it."""
        settings = self.settings
        self.announcer = self._announcer()
        self.notifier = self._notifier()
        self.openings = self._openings()
        self.deliverer.triggers = self.inspector.triggers = Triggers(
            self.spool, self.openings, self.incidents, lambda: self.policy.rules
        )
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
            self._zone,
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
        self.condition = self._condition()
        self.watcher = self._watcher()
        self.web = self._web_server()

    def _zone(self) -> ZoneInfo:
        """The office's, by the rules in force."""
        return self.policy.rules.hours.zone

    def _passwords(self, records: Records, grace: timedelta) -> Passwords:
        return Passwords(
            self.spool, records, self.settings.protection, self.settings.office, grace, self._zone,
            lambda address: self.policy.rules.directory.is_outside(address),
        )  # fmt: skip

    def _announcer(self) -> Announcer:
        settings = self.settings
        webhooks, url = settings.notices.webhooks, settings.web.public_url
        return Announcer(webhooks, url, settings.office.language, self.clock, post, self._is_well)

    def _deletions(self) -> Deletions:
        told = AnswerNotices(self.incidents, self.notices)
        return Deletions(self.spool, self.incidents, self.documents, self.settings, told)

    def _notices(self) -> Notices:
        settings = self.settings
        return Notices(
            self.spool,
            settings.office,
            settings.notices,
            settings.web.public_url,
            self._zone,
            MailLinks(self.store).make,
        )

    def _notifier(self) -> Notifier:
        poll = self.settings.service.poll_seconds
        notifier = Notifier(self.store, self.notices, self.clock, poll, self.announcer.announce)
        notifier.hint = self.timekeeper.hint
        return notifier

    def _watcher(self) -> Watcher:
        async def see() -> list[Trouble]:
            health = await self.condition.check()
            return list(troubles_of(health.parts, health.degraded, self.node.state(), self.clock.now()))

        after = timedelta(minutes=self.settings.notices.trouble_minutes)
        watcher = Watcher(self.store, self.notices, self.clock, see, after, self.settings.office.postmaster)
        watcher.hint = self.timekeeper.hint
        return watcher

    def _openings(self) -> Openings:
        responder = Responder(self.spool, self.passwords, self.records)
        return Openings(self.spool, responder, self.incidents, self.notices, self._zone)

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
        return HoldEnds(self.spool, rules.deadline, grace, lambda: reporter_of(self.settings.office, self._zone()))

    async def _is_well(self) -> bool:
        # Asked first when everything stands.
        return await self.condition.is_well()

    def _condition(self) -> Condition:
        return Condition(
            clock=self.clock,
            store=self.store,
            spool=self.spool,
            message_bytes=self.settings.limits.message_bytes,
            routes=self.routes,
            deliverer=self.deliverer,
            submission=self.submission,
            looking=self.looking,
            domains=self.domains,
            forwarder=self.forwarder,
        )

    def _submission_server(self) -> SubmissionServer:
        settings = self.settings
        return SubmissionServer(
            office=settings.office,
            listeners=settings.listeners,
            sources=settings.sources,
            tls=settings.tls,
            limits=settings.limits,
            acceptor=self.spool,
            authenticator=MailSignIn(self.store, self.accounts, settings.office, self.clock),
            clock=self.clock,
            answers=self.answer_desk if settings.incidents.answer_address else None,
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
                reload_policy=self.rules.reload,
                accounts=self.accounts,
                sign_in=self.sign_in,
                mender=self.mender,
                hold_rules=self._hold_rules(timedelta(seconds=settings.hold.grace_seconds)),
                returning=Returning(
                    self.spool, settings.office, settings.notices, settings.limits.message_bytes, self._zone
                ),
                passwords=self.passwords,
                records=self.records,
                incidents=self.incidents,
                openings=self.openings,
                documents=self.documents,
                deletions=self.deletions,
                planner=self.planner,
                counter=Counter(self.spool, self.incidents, self.looking, self.clock),
                hint=self.timekeeper.hint,
                refresh_devices=self.devices.refresh,
                node=self.node.state,
                check=self.condition.check,
                readings=self.condition.readings,
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
