"""A small office for tests about people: who is who, and who did it."""

from __future__ import annotations

from mailguard import audit
from mailguard.accounts import people_administration as administration
from mailguard.accounts.people_administration import Particulars
from mailguard.config import OfficeSettings
from mailguard.model.audit import Actor, ActorKind
from mailguard.model.people import Role
from mailguard.store import Store

OFFICE = OfficeSettings(domains=["example.jp"], hostname="relay.example.jp")
ADMIN = Actor(ActorKind.PERSON, "sato@example.jp")
SATO, TANAKA, ABE, MORI = (f"{name}@example.jp" for name in ("sato", "tanaka", "abe", "mori"))
SOUMU = "soumu@example.jp"
GENERAL, SALES = "総務", "営業"


async def put(store: Store, address: str, department: str = "", manager: str = "", name: str = "") -> None:
    """A person on record."""
    particulars = Particulars(name, department, manager)
    await store.write(administration.put_person(OFFICE, address, particulars, ADMIN))


async def give(store: Store, address: str, role: Role, department: str = "") -> bool:
    """A role for a person."""
    return await store.write(administration.grant_role(OFFICE, address, role, department, ADMIN))


async def take(store: Store, address: str, role: Role, department: str = "") -> bool:
    """A role less for a person."""
    return await store.write(administration.revoke_role(OFFICE, address, role, department, ADMIN))


async def disable(store: Store, address: str) -> bool:
    """A person who can do nothing any more."""
    return await store.write(administration.disable(OFFICE, address, ADMIN))


async def look_after(store: Store, mailbox: str, address: str) -> bool:
    """A person who looks after a mailbox."""
    return await store.write(administration.add_delegate(OFFICE, mailbox, address, ADMIN))


async def recorded(store: Store) -> list[dict[str, object]]:
    """What the audit record says was changed, in order."""
    return await store.read(lambda connection: [event.details for _, _, event in audit.all_events(connection)])
