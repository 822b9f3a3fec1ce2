"""Whom commands name for each role: as the pages do, and by the office's file alone where there is no database."""

from __future__ import annotations

from sqlalchemy import Connection

from mailguard.clock import SystemClock
from mailguard.config import Settings
from mailguard.errors import MailguardError
from mailguard.incidents.calling import CALLED, Roster, roster_of
from mailguard.model.people import Role
from mailguard.policy.incident_plan import Contacts
from mailguard.store.opening import existing_store

ROLES = (*CALLED, Role.STAFF)


def rosters(settings: Settings, contacts: Contacts) -> dict[Role, Roster]:
    """Who is called for each role. What cannot be asked is left out: this is for days on which things do not work."""
    clock = SystemClock()

    def read(reader: Connection) -> dict[Role, Roster]:
        return {role: roster_of(reader, contacts, role, clock.now()) for role in ROLES}

    try:
        store = existing_store(settings.storage, clock)
        if store is not None:
            try:
                return store.read_now(read)
            finally:
                store.close()
    except MailguardError:
        pass
    return {role: Roster(role, contacts.of(role)) for role in ROLES}
