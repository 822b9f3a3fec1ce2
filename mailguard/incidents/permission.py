"""Who may do what with one incident: the one place that answers. Pure, from values.

Officers see and work on those of their department, security officers on all of them; what an insider did is for
security officers alone. Whoever opened it, and whose mail it is, sees in short what was done and what to do.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from mailguard.model.incident import Incident, IncidentKind
from mailguard.model.people import Right, Viewer


class IncidentAct(StrEnum):
    """Something a person may do with an incident."""

    SEE_SHORT = "see_short"
    SEE = "see"
    WORK = "work"
    """Write notes, say what it is, correct since when it was known."""
    SEE_NAMES = "see_names"
    """See whose data it is about, and the documents that say so. Every look goes on record."""
    CLOSE = "close"
    """Close it, and open it again."""
    DECIDE = "decide"
    """Decide whether it must be reported, correct what was computed, release documents."""


def allowed(viewer: Viewer, incident: Incident, owners: Collection[str]) -> frozenset[IncidentAct]:
    """What somebody signed in may do. ``owners``: whose mails it is about, in comparable form."""
    acts: set[IncidentAct] = set()
    is_restricted = incident.kind is IncidentKind.INSIDER
    is_owner = any(viewer.owns(one) for one in owners) and not is_restricted
    if is_owner or viewer.address == incident.opened_by:
        acts.add(IncidentAct.SEE_SHORT)
    department = None if is_restricted else incident.department
    if viewer.has(Right.HANDLE_CASE, department):
        acts |= {IncidentAct.SEE_SHORT, IncidentAct.SEE, IncidentAct.WORK}
        if viewer.has(Right.READ_CONTENT, department):
            acts.add(IncidentAct.SEE_NAMES)
    if viewer.has(Right.CLOSE_CASE, department):
        acts |= {IncidentAct.CLOSE, IncidentAct.DECIDE}
    return frozenset(acts)
