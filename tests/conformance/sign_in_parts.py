"""An office whose people sign in on the pages: real store, real spool, a clock in the test's hand."""

from __future__ import annotations

import email
import re
from email import policy as email_policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from sqlalchemy import insert

from mailguard import audit
from mailguard.accounts import Accounts, administration
from mailguard.accounts.factors import Proved
from mailguard.accounts.gate import Admitted, SecondStep
from mailguard.accounts.passwords import Passwords
from mailguard.accounts.web_sign_in import SIGN_IN, open_web_sign_in
from mailguard.config import Settings
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.spool import MasterKey, Spool
from mailguard.spool.own_mail import submit_own
from mailguard.store import Store, Transaction
from mailguard.store.people_tables import person
from mailguard.store.times import to_micros
from tests.fakes.clock import StandingClock

CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
ADMIN = Actor(ActorKind.PERSON, "admin@example.jp")
TANAKA, SATO = "tanaka@example.jp", "sato@example.jp"
HERE, ELSEWHERE = "192.0.2.10", "198.51.100.7"
PASSWORD = "correct horse battery"
PUBLIC_URL = "https://mail.example.jp"
TOKYO = ZoneInfo("Asia/Tokyo")
MINUTE, HOUR = 60.0, 3600.0


class SignInOffice:
    """The parts of the sign-in, and what a person sees of them. ``changes`` go over the settings."""

    def __init__(self, store: Store, clock: StandingClock, folder: Path, **changes: Any) -> None:
        values: dict[str, Any] = {
            "office": {
                "name": "Example Law",
                "domains": ["example.jp"],
                "hostname": "relay.example.jp",
                "postmaster": "pm@example.jp",
            },
            "delivery": {"next_hop": {"host": "127.0.0.1", "port": 9, "tls": "off"}},
            "web": {"public_url": PUBLIC_URL},
        }
        self.settings = Settings.model_validate(values | changes)
        self.store = store
        self.clock = clock
        self.spool = Spool(store, MasterKey(bytes(range(32))), clock, folder, reserve_bytes=0)
        self.accounts = Accounts(
            store, self.settings.auth, self.settings.limits, self.settings.office, clock, hasher=CHEAP
        )
        self.sign_in = open_web_sign_in(
            self.settings, store, clock, self.spool.secret_box(SIGN_IN), self.accounts, self._post, lambda: TOKYO
        )

    def _post(self, transaction: Transaction, address: str, wire: bytes) -> None:
        submit_own(self.spool, transaction, self.settings.office, address, wire)

    async def close(self) -> None:
        """As the relay ends."""
        await self.sign_in.close()
        self.accounts.close()

    # -- people

    async def add_account(self, address: str, password: str = PASSWORD, owner: str = "") -> None:
        """A local account."""
        await self.store.write(administration.add(address, owner, Passwords(CHEAP).hashed_now(password), ADMIN))

    async def disable_person(self, address: str) -> None:
        """A person on the office's list who may not sign in."""
        now = to_micros(self.clock.now())
        row = {"address": address, "name": "", "department": "", "manager": "", "language": "", "created_at": now,
               "changed_at": now, "disabled_at": now}  # fmt: skip
        await self.store.write(lambda transaction: transaction.execute(insert(person), row))

    async def session(self, proved: Proved) -> str:
        """The token of a session, for somebody who needs no second step."""
        admitted = await self.sign_in.gate.admit(proved, HERE, "Firefox")
        assert isinstance(admitted, Admitted)
        return admitted.token

    async def second_step(self, proved: Proved) -> str:
        """The ceremony of the second step, for somebody who needs one."""
        step = await self.sign_in.gate.admit(proved, HERE, "Firefox")
        assert isinstance(step, SecondStep)
        return step.ceremony

    # -- what was written and recorded

    async def mails(self) -> list[EmailMessage]:
        """Every mail of our own so far, oldest first."""
        await self.sign_in.close()
        ids = [event.queue_id for event in await self.events(AuditAction.ACCEPTED)]
        return [await self._mail(str(queue_id)) for queue_id in ids]

    async def _mail(self, queue_id: str) -> EmailMessage:
        octets = await self.store.read(lambda connection: b"".join(self.spool.read_content(connection, queue_id)))
        return email.message_from_bytes(octets, policy=email_policy.default)

    async def last_code(self) -> str:
        """The code in the newest mail, as it is printed there."""
        found = re.search(r"^ {4}(\d{4} \d{4})\r?$", text_of((await self.mails())[-1]), re.MULTILINE)
        assert found is not None
        return found[1]

    async def last_link(self) -> str:
        """The word in the link of the newest mail."""
        found = re.search(rf"{PUBLIC_URL}/sign-in/link/(\S+)", text_of((await self.mails())[-1]))
        assert found is not None
        return found[1]

    async def events(self, *actions: AuditAction) -> list[AuditEvent]:
        """What is on record, oldest first."""
        everything = await self.store.read(lambda connection: list(audit.all_events(connection)))
        return [event for _, _, event in everything if event.action in actions]


def text_of(mail: EmailMessage) -> str:
    """The words of a mail of plain text."""
    content: str = mail.get_content()
    return content
