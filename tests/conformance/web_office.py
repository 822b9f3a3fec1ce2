"""An office with its pages, as ``app.Service`` puts them together, without workers: what tests of pages ask.

``client`` is somebody's browser: it keeps cookies and says where its requests come from, as browsers do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
from argon2 import PasswordHasher

from mailguard.accounts import Accounts
from mailguard.accounts.factors import Factor
from mailguard.accounts.links import MailLinks
from mailguard.accounts.web_sign_in import SIGN_IN, open_web_sign_in
from mailguard.config import (
    DeliverySettings,
    NextHopSettings,
    OfficeSettings,
    PolicySettings,
    Settings,
    SignInSettings,
    SourceSettings,
    WebSettings,
)
from mailguard.delivery.routes import Routes
from mailguard.hold.mend_record import HoldRules
from mailguard.hold.notices import Notices
from mailguard.hold.returning import Returning
from mailguard.i18n.times import JAPAN
from mailguard.incidents import INCIDENTS, IncidentRecords, Openings, Responder
from mailguard.incidents.answer_notices import AnswerNotices
from mailguard.incidents.counting import Counter
from mailguard.incidents.deletion import Deletions
from mailguard.incidents.documents import DOCUMENTS, DocumentRecords
from mailguard.incidents.planning import Planner
from mailguard.incidents.running import LawClocks
from mailguard.judging.active import ActivePolicy
from mailguard.judging.drafts import Drafts
from mailguard.judging.dry_run import DryRuns
from mailguard.model.protection import Channel
from mailguard.parcels.passwords import Passwords
from mailguard.parcels.records import PASSWORDS, Records
from mailguard.policy.rules import RuleSet
from mailguard.spool import Spool
from mailguard.store import Store, Transaction
from mailguard.web import Health, Reading, WebApp, WebParts, create_app
from mailguard.workers.acquaintances import Acquaintances
from mailguard.workers.device_follower import DeviceFollower
from mailguard.workers.inspector import deadline
from mailguard.workers.judge import MailJudge
from mailguard.workers.looking import Signatures
from mailguard.workers.mail_domains import MailDomains
from mailguard.workers.mender import Mender
from mailguard.workers.node import Node
from tests.conformance.hold_parts import LookingHere
from tests.fakes.clock import StandingClock

HOST = "mail.office.example.jp"
URL = f"https://{HOST}"
SATO = "sato@office.example.jp"
PHONE = "203.0.113.7"
"""Where browsers ask from."""


def web_settings(**sections: Any) -> Settings:
    """Settings of an office whose pages are reached by HTTPS; ``sections`` take the place of those here."""
    given: dict[str, Any] = {
        "office": OfficeSettings(
            name="見本互助会", domains=["office.example.jp"], hostname=HOST, postmaster="help@office.example.jp"
        ),
        "delivery": DeliverySettings(next_hop=NextHopSettings(host="127.0.0.1", port=25, tls="off")),
        "web": WebSettings(public_url=URL),
        "sign_in": SignInSettings(),
    }
    return Settings(**{**given, **sections})


async def _ready(_rules: RuleSet) -> bool:
    return True


class WebOffice:
    """The pages on a store and spool. ``mailed``: what was mailed to whom, in order; ``hints``: how often
    pages said that there is something to do. ``taken_up``: what could send without signing in after each change.
    ``hasher``: for tests of many passwords, whose hashes are not to cost what real ones do."""

    def __init__(
        self,
        store: Store,
        spool: Spool,
        clock: StandingClock,
        settings: Settings | None = None,
        *,
        hasher: PasswordHasher | None = None,
    ) -> None:
        self.settings = settings or web_settings()
        self.clock = clock
        self.mailed: list[tuple[str, bytes]] = []
        self.health = Health({"database": "ok"}, {})
        office = self.settings.office
        accounts = Accounts(store, self.settings.auth, self.settings.limits, office, clock, hasher=hasher)
        self.policy = ActivePolicy(self.settings, clock, store)
        self.dry_runs = DryRuns(spool, LookingHere(), clock)
        grace = timedelta(seconds=self.settings.hold.grace_seconds)
        hold_rules = HoldRules(
            lambda verdict, now: deadline(verdict, now, self.policy.rules.hours),
            grace,
            int(self.settings.hold.minutes * 60),
        )
        judge = MailJudge(
            spool,
            self.policy,
            MailDomains(PolicySettings(check_domains=False), clock),
            Acquaintances(clock),
            LookingHere(),
            Signatures(clock),
        ).judge
        records = Records(spool.secret_box(PASSWORDS))
        notices = self.settings.notices
        passwords = Passwords(
            spool, records, self.settings.protection, office, grace, lambda: JAPAN,
            lambda address: self.policy.rules.directory.is_outside(address),
        )  # fmt: skip
        incidents = IncidentRecords(spool.secret_box(INCIDENTS))
        documents = DocumentRecords(spool.secret_box(DOCUMENTS))
        clocks = LawClocks(spool, records, lambda: self.policy.rules, Channel(self.settings.protection.channel))
        zone = ZoneInfo("Asia/Tokyo")
        written = Notices(spool, office, notices, URL, lambda: zone, MailLinks(store).make)
        self.hints = 0
        self.taken_up: list[Sequence[SourceSettings]] = []
        self.parts = WebParts(
            settings=self.settings,
            clock=clock,
            store=store,
            spool=spool,
            policy=self.policy,
            drafts=Drafts(self.policy, self.dry_runs),
            reload_policy=self._reload_policy,
            accounts=accounts,
            sign_in=open_web_sign_in(
                self.settings, store, clock, spool.secret_box(SIGN_IN), accounts, self._post, lambda: zone
            ),
            mender=Mender(spool, self.policy, judge, hold_rules),
            hold_rules=hold_rules,
            returning=Returning(spool, office, notices, self.settings.limits.message_bytes, lambda: JAPAN),
            passwords=passwords,
            records=records,
            incidents=incidents,
            openings=Openings(spool, Responder(spool, passwords, records), incidents, written, lambda: zone),
            documents=documents,
            deletions=Deletions(spool, incidents, documents, self.settings, AnswerNotices(incidents, written)),
            counter=Counter(spool, incidents, LookingHere(), clock),
            planner=Planner(incidents, clocks, lambda: self.policy.rules),
            hint=self._hint,
            refresh_devices=DeviceFollower(store, self.settings.sources, self._take_up, 60).refresh,
            node=Node(self.settings, Routes(self.settings.delivery, HOST), clock, lambda: 2).state,
            check=self._check,
            readings=self._readings,
        )
        self.app: WebApp = create_app(self.parts)

    def client(self, **headers: str) -> httpx2.AsyncClient:
        """A browser that nobody signed in with. ``headers`` come with every request."""
        transport = httpx2.ASGITransport(self.app.asgi, client=(PHONE, 40000))
        sent = {"sec-fetch-site": "same-origin", "accept-language": "ja", "user-agent": "Example Browser", **headers}
        return httpx2.AsyncClient(transport=transport, base_url=URL, headers=sent)

    async def signed_in(
        self, address: str = SATO, factors: Iterable[Factor] = (Factor.MAILBOX,), **headers: str
    ) -> httpx2.AsyncClient:
        """A browser somebody signed in with."""
        client = self.client(**headers)
        token = await self.parts.sign_in.sessions.open(address, factors, PHONE, "Example Browser")
        client.cookies.set("__Host-mailguard", token, domain=HOST)
        return client

    def close(self) -> None:
        """End the threads of the parts."""
        self.app.hub.close()
        self.parts.accounts.close()

    async def _reload_policy(self) -> None:
        await self.policy.reload(_ready)

    def _hint(self) -> None:
        self.hints += 1

    def _take_up(self, sources: Sequence[SourceSettings]) -> None:
        self.taken_up.append(sources)

    def _post(self, _transaction: Transaction, address: str, wire: bytes) -> None:
        self.mailed.append((address, wire))

    async def _check(self) -> Health:
        return self.health

    async def _readings(self) -> list[Reading]:
        return [Reading("recipients", "Recipients.", 3.0, False)]
