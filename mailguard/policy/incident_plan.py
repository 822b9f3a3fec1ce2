"""What an office does when something went wrong, and whom it calls: the steps and the telephone tree, as data. Pure.

They come from ``policies/incident/steps.yaml`` and ``contacts.yaml``; nothing here knows a single incident.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mailguard.model.incident import Cause, EntryKind, IncidentKind, Phase
from mailguard.model.people import Role
from mailguard.policy.law import LawClock
from mailguard.policy.lengths import Length


class Since(StrEnum):
    """From when the time of a step runs."""

    KNOWN = "known"
    OPENED = "opened"


@dataclass(frozen=True, slots=True)
class Due:
    """How long a step may take. Days are counted as the law does: the day itself is day 1, and the last one counts."""

    length: Length
    since: Since = Since.KNOWN


@dataclass(frozen=True, slots=True)
class IncidentStep:
    """One step. ``text`` and ``done_when``: by language; ``note`` the same, empty for none.

    ``due`` None: no time is set. ``clocks``: those of the law that run until it is done, in place of a time of its own.
    ``kinds`` and ``causes``: what it is for, empty for all. ``done_by``: entries of the timeline that say it was done.
    ``source``: where it comes from, with the day that was last looked up (None: it is the office's own).
    """

    id: str
    phase: Phase
    role: Role
    text: Mapping[str, str]
    done_when: Mapping[str, str]
    due: Due | None = None
    clocks: tuple[str, ...] = ()
    kinds: frozenset[IncidentKind] = frozenset()
    causes: frozenset[Cause] = frozenset()
    done_by: frozenset[EntryKind] = frozenset()
    note: Mapping[str, str] | None = None
    source: str = ""
    source_checked: date | None = None
    verified: bool = False

    def is_for(self, kind: IncidentKind, cause: Cause) -> bool:
        """Whether it belongs to such an incident."""
        return (not self.kinds or kind in self.kinds) and (not self.causes or cause in self.causes)


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody of the office who is called. ``deputy``: who is called in their place, None for nobody.

    ``address`` is as the office wrote it; ``department`` "" where it counts for all.
    """

    address: str
    name: str = ""
    telephone: str = ""
    mobile: str = ""
    department: str = ""
    deputy: Contact | None = None


@dataclass(frozen=True, slots=True)
class OutsideContact:
    """An authority or a firm that is called. ``name`` and ``note``: by language; what is not known yet is ""."""

    id: str
    name: Mapping[str, str]
    telephone: str = ""
    url: str = ""
    reference: str = ""
    note: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A line of the telephone tree: who calls whom. Roles, or ids of contacts outside."""

    caller: Role
    called: tuple[str, ...]


@dataclass(frozen=True)
class Contacts:
    """The telephone tree. A role that is not named is filled by whoever has it on record."""

    roles: Mapping[Role, tuple[Contact, ...]]
    outside: tuple[OutsideContact, ...] = ()
    tree: tuple[Call, ...] = ()

    def of(self, role: Role, department: str = "") -> tuple[Contact, ...]:
        """Whom the file names for a role, those of another department left out."""
        found = self.roles.get(role, ())
        return tuple(one for one in found if not department or one.department in ("", department))


NO_CONTACTS = Contacts({})


@dataclass(frozen=True)
class IncidentPlan:
    """Every step in the order of the files, and whom to call. ``off``: ids that the office switched off."""

    steps: tuple[IncidentStep, ...] = ()
    contacts: Contacts = NO_CONTACTS
    off: frozenset[str] = frozenset()

    @property
    def in_use(self) -> tuple[IncidentStep, ...]:
        """The steps that are not switched off."""
        return tuple(one for one in self.steps if one.id not in self.off)


def own_step_of(clock: LawClock) -> IncidentStep:
    """A step for a clock of the law that no step ends, so that no time of the law goes unseen."""
    return IncidentStep(
        id=f"clock:{clock.id}",
        phase=Phase.REPORT,
        role=Role.SECURITY_OFFICER,
        text=clock.text,
        done_when={},
        clocks=(clock.id,),
        source=clock.source,
        source_checked=clock.source_checked,
        verified=clock.verified,
    )
