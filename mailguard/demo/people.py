"""Who works in the made-up office, one for each role, and whom it has written to before.

They are put on record by the same works as in a real office. The roles that see others' mail need a second factor, so
each of those people has an authenticator app; the desk plays their telephone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp

from mailguard.accounts.people_administration import Particulars, add_delegate, grant_role, put_person
from mailguard.accounts.totp import Totp
from mailguard.clock import Clock
from mailguard.config import OfficeSettings
from mailguard.correspondents.book import book_in
from mailguard.correspondents.transfer import import_entries
from mailguard.demo.samples import ACCOUNT, CHIEF, CLIENT, DOMAIN, PRINTER, SHARED
from mailguard.model.audit import Actor, ActorKind
from mailguard.model.people import OFFICE_WIDE, Role
from mailguard.store import Store

ACTOR = Actor(ActorKind.PERSON, "demo")
_STEP = timedelta(seconds=30)
_SALES = "営業部"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the office. ``key``: what texts about them begin with; ``role`` None: a clerk."""

    key: str
    address: str
    name: str
    department: str
    manager: str = ""
    role: Role | None = None


CLERK = Colleague("clerk", ACCOUNT, "佐藤 花子", _SALES, manager=CHIEF)
MANAGER = Colleague("manager", CHIEF, "中村 恵", _SALES, role=Role.DEPARTMENT_OFFICER)
OFFICER = Colleague("officer", f"watanabe@{DOMAIN}", "渡辺 修", "総務部", role=Role.SECURITY_OFFICER)
ADMINISTRATOR = Colleague("administrator", f"kobayashi@{DOMAIN}", "小林 陽", "情報システム課", role=Role.ADMINISTRATOR)
COLLEAGUES = (CLERK, MANAGER, OFFICER, ADMINISTRATOR)


class Telephone:
    """Somebody's authenticator app."""

    def __init__(self, secret: str) -> None:
        self._otp = pyotp.TOTP(secret)

    def code(self, now: datetime) -> str:
        """The digits it shows. Each counts once."""
        return self._otp.at(now)


async def move_in(store: Store, office: OfficeSettings) -> None:
    """Put everybody on record, with the shared mailbox they look after and the firms they know."""
    for one in COLLEAGUES:
        await store.write(
            put_person(office, one.address, Particulars(one.name, one.department, one.manager, "ja"), ACTOR)
        )
        if one.role is not None:
            of = "" if one.role in OFFICE_WIDE else one.department
            await store.write(grant_role(office, one.address, one.role, of, ACTOR))
    await store.write(add_delegate(office, SHARED, CLERK.address, ACTOR))
    book = "".join(f'{one.addr_spec},"{one.display_name}"\r\n' for one in (CLIENT, PRINTER))
    read = book_in(f"address,name\r\n{book}".encode())
    await store.write(lambda transaction: import_entries(transaction, read))


async def telephones(totp: Totp, clock: Clock) -> dict[str, Telephone]:
    """By address, for everybody with a role: an app that counts already."""
    found = {}
    for one in COLLEAGUES:
        if one.role is not None:
            found[one.address] = Telephone((await totp.begin(one.address)).secret)
            # With the digits before the present ones: those are for the first sign-in.
            await totp.confirm(one.address, found[one.address].code(clock.now() - _STEP), ACTOR)
    return found
