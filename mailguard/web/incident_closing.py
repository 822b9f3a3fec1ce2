"""What is still to be done about an incident that somebody is about to close."""

from __future__ import annotations

from dataclasses import dataclass

from mailguard.i18n import text
from mailguard.incidents.scope import scope_of
from mailguard.web.incident_view import IncidentView
from mailguard.web.visit import SignedInVisit

UNANSWERED = "answers"
"""What wrong recipients who have not answered are called on record, beside the names of duties."""


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """``what``: as it goes on record; ``words``: for people."""

    what: str
    words: str


async def left_open(visit: SignedInVisit, view: IncidentView) -> list[LeftOpen]:
    """Everything that nobody did or called unnecessary, in the order of the plan."""
    duties = await visit.read(lambda reader: visit.parts.planner.duties(reader, view.incident, view.entries))
    language = visit.language
    found = [LeftOpen(one.what, one.step.text.get(language, one.step.id)) for one in duties if one.is_open]
    missing = sum(not one.replies.is_answered for one in scope_of(view.facts, view.entries).leaked_to)
    if missing:
        found.append(LeftOpen(UNANSWERED, text(language, "incidents.closing.answers", count=missing)))
    return found
