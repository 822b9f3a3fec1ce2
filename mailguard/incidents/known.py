"""What the record knows of an incident, gathered for what is written about it. Pure: from facts and the timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailguard.incidents.deciding import Decision, decision_of
from mailguard.incidents.documents import DocumentEvents, document_events
from mailguard.incidents.facts import MailFact
from mailguard.incidents.lessons import Lesson, lessons_of
from mailguard.incidents.scope import Scope, ScopeRecipient, scope_of
from mailguard.incidents.steps import StepRecord, StepState, steps_of
from mailguard.incidents.triage import triage_of
from mailguard.model.address import comparable
from mailguard.model.finding import Kind
from mailguard.model.incident import Entry, EntryKind, Incident
from mailguard.policy.law import Consequence
from mailguard.policy.rules import RuleSet

POLICE_STEP = "tell-police"


@dataclass(frozen=True)
class Known:
    """One incident. ``contact``: whom people may call, "" where nobody is named. ``police`` None: nobody told it.

    ``is_by_sender``: whoever sent the mail reported it. ``opening_note``: what whoever reported it wrote. ``decision``
    None: no officer has decided yet whether it is reported.
    """

    incident: Incident
    office: str
    contact: str
    now: datetime
    facts: tuple[MailFact, ...]
    scope: Scope
    events: DocumentEvents
    lessons: tuple[Lesson, ...]
    police: StepRecord | None
    is_by_sender: bool
    opening_note: str
    consequence: Consequence
    decision: Decision | None

    @property
    def first(self) -> MailFact | None:
        """The mail that was sent first, of those that count."""
        counting = (one for one in self.facts if one.queue_id in self.scope.mails)
        return min(counting, key=lambda one: one.submission.accepted_at, default=None)

    @property
    def left_at(self) -> datetime | None:
        """When that mail reached the first of those who were not to get it; when it was handed in where nobody has it.

        It may have been held for days before.
        """
        first = self.first
        if first is None:
            return None
        took = [one.at for one in self.scope.leaked_to if one.queue_id == first.queue_id and one.at is not None]
        return min(took, default=first.submission.accepted_at)

    @property
    def subject(self) -> str:
        """The first mail's subject; "" where it may tell something of people: it is not to be repeated then."""
        summary = None if self.first is None else self.first.summary
        if summary is None or summary.unreadable is not None or summary.kinds - {Kind.EMAIL_ADDRESS}:
            return ""
        return summary.subject

    @property
    def asked(self) -> tuple[ScopeRecipient, ...]:
        """Of those it leaked to, whoever was asked to delete it."""
        return tuple(one for one in self.scope.leaked_to if one.replies.asked)


def known_of(
    incident: Incident,
    facts: Sequence[MailFact],
    entries: Sequence[Entry],
    rules: RuleSet,
    office: str,
    contact: str,
    now: datetime,
) -> Known:
    """Everything at once."""
    opened = next((one for one in entries if one.kind is EntryKind.OPENED), None)
    owners = {comparable(fact.submission.session.owner) for fact in facts}
    police = steps_of(entries, rules.plan.steps).get(POLICE_STEP)
    return Known(
        incident=incident,
        office=office,
        contact=contact,
        now=now,
        facts=tuple(facts),
        scope=scope_of(facts, entries),
        events=document_events(entries),
        lessons=lessons_of(entries),
        police=police if police is not None and police.state is StepState.DONE else None,
        is_by_sender=opened is not None and comparable(opened.actor.name) in owners,
        opening_note="" if opened is None else opened.note,
        consequence=triage_of(incident, facts, entries, rules.law).consequence,
        decision=decision_of(entries),
    )
