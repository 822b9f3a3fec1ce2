"""Incidents: what went wrong, where the work on it stands, and what was done, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mailguard.model.audit import Actor
from mailguard.model.queue import QueueId

IncidentId = str
"""Year and number within it, as people say it: "2026-0007"."""


class IncidentKind(StrEnum):
    """What happened. The manual's causes (P16); ``MISDIRECTED`` is the one a mail opens."""

    MISDIRECTED = "misdirected"
    LOSS = "loss"
    MALWARE = "malware"
    UNAUTHORISED_ACCESS = "unauthorised_access"
    INSIDER = "insider"
    OTHER = "other"


class Cause(StrEnum):
    """How a mail came to go wrong; ``UNKNOWN`` until somebody says."""

    UNKNOWN = "unknown"
    WRONG_RECIPIENT = "wrong_recipient"
    WRONG_ATTACHMENT = "wrong_attachment"
    VISIBLE_RECIPIENTS = "visible_recipients"
    """To or Cc instead of Bcc."""
    SETTING = "setting"
    OTHER = "other"


class Phase(StrEnum):
    """The steps of the manual (P16-17). A checklist and no lock: any may follow any, and a closed one be reopened."""

    FIRST_RESPONSE = "first_response"
    REPORT = "report"
    INVESTIGATION = "investigation"
    RECOVERY = "recovery"
    PREVENTION = "prevention"
    CLOSED = "closed"


class EntryKind(StrEnum):
    """What an entry of the timeline is about."""

    OPENED = "opened"
    STOPPED = "stopped"
    """What was done about one mail at once: ``details`` as ``response`` writes them."""
    REPORTED_AGAIN = "reported_again"
    FROZEN = "frozen"
    """What the record and the contents of one mail were, as hashes."""
    TOLD = "told"
    NOTED = "noted"
    KEY_TOLD = "key_told"
    """Somebody said whether the password the sender got had been told to whom a mail went."""
    CHANGED = "changed"
    KNOWN_AT = "known_at"
    MAILS_ADDED = "mails_added"
    """More mails with the same fault became part of it."""
    STEP = "step"
    """A step of the plan was done, found unnecessary or opened again."""
    COUNTED = "counted"
    """The mails were looked into once more, to say whose data is in them."""
    ANSWERED = "answered"
    """A question of the triage was answered."""
    DECIDED = "decided"
    """An officer decided whether it must be reported, and signed."""
    CORRECTED = "corrected"
    """A computed figure or fact was corrected."""
    DOCUMENT = "document"
    """A document was drafted, edited, released or sent."""
    ASKED = "asked"
    """A wrong recipient was asked to delete the mail."""
    REPLIED = "replied"
    """What a wrong recipient answered, or what came back instead."""
    LESSON = "lesson"
    """What follows from it, so that it does not happen again."""
    EXPORTED = "exported"
    """The evidence was taken out as a bundle."""
    REMINDED = "reminded"
    """Officers were told that a time is about to end, or is over."""


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident. Times are aware UTC.

    ``department``: "" where it is not known. ``known_at``: when anybody of the office first knew, from which the clocks
    of the law run. ``queue_ids``: the mails it is about, in the order they were added; none for one outside mail.
    ``revision`` grows with every change, and a change names the one it saw. ``severity`` "" until somebody says.
    """

    incident_id: IncidentId
    kind: IncidentKind
    cause: Cause
    phase: Phase
    severity: str
    department: str
    opened_by: str
    opened_at: datetime
    known_at: datetime
    is_drill: bool
    revision: int
    queue_ids: tuple[QueueId, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether there is still work on it; its mails are kept for as long."""
        return self.phase is not Phase.CLOSED


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of the work. ``number``: from 1. ``details``: JSON values without names, words or found values.

    ``note``: what a person wrote, "" for none. ``sealed``: JSON values that may name people. Both are sealed where they
    are kept. What an incident is by now follows from its entries: of two about the same thing the later one counts.
    """

    number: int
    at: datetime
    actor: Actor
    kind: EntryKind
    queue_id: QueueId | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    note: str = ""
    sealed: Mapping[str, object] = field(default_factory=dict)
