"""Drills: the whole work on an incident that did not happen, from a made-up situation or beside a real mail's facts.

Nothing leaves and nothing is stopped (``opening``). What a made-up situation shows stands in no table: it is made anew
from the situation's name, with invented people at reserved domains.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from mailguard.i18n import Language, text
from mailguard.incidents.facts import Fate, Guard, MailFact, RecipientFact
from mailguard.incidents.opening import Opening
from mailguard.model.envelope import Envelope, ForwardPath, Session
from mailguard.model.finding import Kind
from mailguard.model.incident import Cause, Entry, EntryKind, Incident, IncidentKind
from mailguard.model.queue import Submission
from mailguard.model.summary import Badge, Field, Found, Summary, SummaryFile, SummaryRecipient
from mailguard.policy.law import Exposure

SITUATION = "situation"
"""Where the entry that opens a drill says which situation it is."""
_SENT_BEFORE = timedelta(hours=2)
_SENDER = "tantou@office.example.jp"


@dataclass(frozen=True)
class Situation:
    """A made-up accident. Its words are the texts ``incidents.drill.<name>.…``. ``recipients``: how many have it."""

    name: str
    cause: Cause
    recipients: int
    address: str
    """With ``{number}``."""
    field: Field
    counts: Mapping[str, int]
    persons: int
    file: str = ""
    stopped: int = 0
    """Of the recipients, those who did not get it."""


SITUATIONS = (
    Situation(
        "crowd", Cause.VISIBLE_RECIPIENTS, 54, "parent{number}@family{number}.example.net", Field.CC,
        {Kind.EMAIL_ADDRESS.value: 54}, 54,
    ),
    Situation(
        "workbook", Cause.WRONG_ATTACHMENT, 6, "info@kindergarten{number}.example.com", Field.TO,
        {Kind.PERSON_NAME.value: 1939, Kind.BIRTH_DATE.value: 1939}, 1939, "list.xlsx", 1,
    ),
    Situation(
        "health", Cause.WRONG_RECIPIENT, 1, "soumu@firm{number}.example.com", Field.TO,
        {Kind.PERSON_NAME.value: 1, Kind.SPECIAL_CARE.value: 3}, 1,
    ),
)  # fmt: skip
"""After accidents that were published: many parents in Cc, a workbook sent to others, one person's health."""


def situation_of(name: str) -> Situation | None:
    """The situation of that name."""
    return next((one for one in SITUATIONS if one.name == name), None)


def opening_of(situation: Situation, language: Language) -> Opening:
    """How a drill about a made-up situation is opened."""
    note = text(language, f"incidents.drill.{situation.name}.note")
    return Opening(IncidentKind.MISDIRECTED, situation.cause, note, is_drill=True, why={SITUATION: situation.name})


def made_up(incident: Incident, entries: Iterable[Entry], language: Language) -> tuple[MailFact, ...]:
    """What a drill about a made-up situation shows of its mail; nothing for every other incident."""
    if not incident.is_drill:
        return ()
    opened = next((one for one in entries if one.kind is EntryKind.OPENED), None)
    situation = None if opened is None else situation_of(str(opened.details.get(SITUATION, "")))
    return () if situation is None else (_fact(situation, incident, language),)


def _fact(situation: Situation, incident: Incident, language: Language) -> MailFact:
    sent_at = incident.opened_at - _SENT_BEFORE
    addresses = [situation.address.format(number=number) for number in range(1, situation.recipients + 1)]
    reached = situation.recipients - situation.stopped
    recipients = tuple(
        RecipientFact(
            position, address, "", True, Fate.RECEIVED if position < reached else Fate.RETURNED, Guard.CLEAR,
            sent_at if position < reached else None,
        )
        for position, address in enumerate(addresses)
    )  # fmt: skip
    found = tuple(Found(kind, count) for kind, count in situation.counts.items())
    file = SummaryFile((1,), situation.file, "application/octet-stream", 1, found=found)
    summary = Summary(
        text(language, f"incidents.drill.{situation.name}.subject"),
        "",
        _SENDER,
        tuple(SummaryRecipient(one, "", situation.field, badges=frozenset({Badge.OUTSIDE})) for one in addresses),
        files=(file,) if situation.file else (),
        found_in_body=() if situation.file else found,
        persons=situation.persons,
    )
    session = Session("192.0.2.1", "", "drill", _SENDER, sent_at)
    envelope = Envelope(_SENDER, tuple(ForwardPath(one) for one in addresses))
    exposure = Exposure(
        situation.counts, situation.persons, reached, visible=0 if situation.recipients == 1 else situation.recipients
    )
    # No mail has this name: nothing finds it, and no link leads to it.
    return MailFact(Submission("", sent_at, envelope, session, "", 0), summary, recipients, exposure)
