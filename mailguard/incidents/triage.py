"""Whether an incident must be reported: the questions of the law in order, what the record answers, what people said.

An answer of a person goes before the record's, and both stand there with where they come from. Where nobody answers it
is "unknown", which is never read for the better. Help for deciding: an officer decides (``deciding``). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from mailguard.incidents.deadlines import JAPAN
from mailguard.incidents.facts import Fate, Guard, MailFact
from mailguard.incidents.scope import Band, Basis, Scope, scope_of
from mailguard.model.finding import Kind
from mailguard.model.incident import Entry, EntryKind, Incident, IncidentKind
from mailguard.policy.law import (
    UNCOUNTED,
    Bond,
    Circumstance,
    Consequence,
    Exposure,
    Law,
    LawNote,
    LegalForm,
    Matter,
    Outcome,
    Safeguard,
    Truth,
    consequence_of,
)

UNKNOWN = "unknown"
ON_PURPOSE = frozenset({IncidentKind.MALWARE, IncidentKind.UNAUTHORISED_ACCESS, IncidentKind.INSIDER})
"""Somebody meant it: the law's rules for an improper purpose apply."""


class Question(StrEnum):
    """What is asked, in this order (law, section 7). Since when it was known is a time, and asked elsewhere."""

    LEFT = "left"
    TO_WHOM = "to_whom"
    MY_NUMBER = "my_number"
    OFFICE = "office"
    DELEGATED = "delegated"
    ENTRUSTED = "entrusted"
    SPECIAL_CARE = "special_care"
    FINANCIAL = "financial"
    IMPROPER_PURPOSE = "improper_purpose"
    PERSONS = "persons"
    PROTECTED = "protected"
    DELETED_UNREAD = "deleted_unread"


YES_NO = (Truth.YES.value, Truth.NO.value, UNKNOWN)
CHOICES: Mapping[Question, tuple[str, ...]] = {
    Question.LEFT: ("left", "not_left", UNKNOWN),
    Question.TO_WHOM: ("named", "each_other", "many", UNKNOWN),
    Question.MY_NUMBER: YES_NO,
    Question.OFFICE: (*(one.value for one in LegalForm), UNKNOWN),
    Question.DELEGATED: YES_NO,
    Question.ENTRUSTED: ("to_us", "by_us", "no", UNKNOWN),
    Question.SPECIAL_CARE: YES_NO,
    Question.FINANCIAL: YES_NO,
    Question.IMPROPER_PURPOSE: YES_NO,
    Question.PERSONS: (*(one.value for one in Band if one is not Band.UNKNOWN), UNKNOWN),
    Question.PROTECTED: ("listed", "kept", "told", "clear", UNKNOWN),
    Question.DELETED_UNREAD: YES_NO,
}
"""What may be answered. ``PROTECTED``: by a listed cipher and the key not told; by another or nobody knows which, and
not told; the key was told; not protected."""
FROM_RECORD = frozenset({Question.LEFT, Question.DELETED_UNREAD})
"""Of a mail only the record answers these: nobody says by hand that it did not leave or that all have deleted it."""
_MATTERS = {
    Question.MY_NUMBER: Matter.MY_NUMBER,
    Question.SPECIAL_CARE: Matter.SPECIAL_CARE,
    Question.FINANCIAL: Matter.FINANCIAL,
}
_MAY_OPEN = (Guard.READABLE, Guard.TOLD, Guard.DOUBTFUL, Guard.DOUBTFUL_UNTOLD)
"""Protected, and the password is there, or may be."""
_KINDS = {
    Question.MY_NUMBER: (Kind.MY_NUMBER,),
    Question.SPECIAL_CARE: (Kind.SPECIAL_CARE,),
    Question.FINANCIAL: (Kind.CREDIT_CARD, Kind.BANK_ACCOUNT, Kind.CREDENTIAL),
}
_BANDS = {
    Band.NOBODY: (0, 0),
    Band.ONE: (1, 1),
    Band.TO_100: (2, 100),
    Band.TO_1000: (101, 1000),
    Band.OVER_1000: (1001, UNCOUNTED),
    Band.UNKNOWN: (1, UNCOUNTED),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the record says: a choice, the words for why (``triage.known.…``), and their figures."""

    choice: str
    why: str
    figures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it stands. ``known``: what the record says, None for nothing. ``said``: what a person said, "" for
    nothing; ``by`` and ``at``: who and when. ``is_fixed``: only the record answers it.
    """

    question: Question
    known: Known | None = None
    said: str = ""
    by: str = ""
    at: datetime | None = None
    is_fixed: bool = False

    @property
    def choice(self) -> str:
        """The answer that counts; "unknown" where nobody has given one."""
        return self.said or (self.known.choice if self.known is not None else UNKNOWN)

    @property
    def is_open(self) -> bool:
        """Whether somebody should answer it: nobody knows yet."""
        return not self.is_fixed and not self.said and self.choice == UNKNOWN


@dataclass(frozen=True)
class Triage:
    """The questions with their answers, and what follows from them by the rules of the day of knowing.

    ``notes``: what is to be done besides. ``law``: with the kind of office that was answered.
    """

    asked: tuple[Asked, ...]
    consequence: Consequence
    notes: tuple[LawNote, ...]
    law: Law

    @property
    def open(self) -> tuple[Asked, ...]:
        """Those somebody should answer."""
        return tuple(one for one in self.asked if one.is_open)

    def of(self, question: Question) -> Asked:
        """One of them."""
        return next(one for one in self.asked if one.question is question)


def triage_of(incident: Incident, facts: Sequence[MailFact], entries: Iterable[Entry], law: Law) -> Triage:
    """How an incident stands by law. ``facts``: of all its mails, none for one outside mail."""
    entries = list(entries)
    scope = scope_of(facts, entries)
    known_on = known_day(incident)
    asked = tuple(_asked(incident, facts, scope, entries, law, known_on))
    choices = {one.question: one for one in asked}
    form = choices[Question.OFFICE].choice
    law = replace(law, office=None if form == UNKNOWN else LegalForm(form))
    exposure = _exposure(bool(facts), scope, choices)
    consequence = consequence_of(exposure, law, known_on)
    return Triage(asked, consequence, tuple(_notes(choices, consequence, law, known_on)), law)


def known_day(incident: Incident) -> date:
    """Day 1 of the law's clocks."""
    return incident.known_at.astimezone(JAPAN).date()


# -- what is answered


def _asked(
    incident: Incident, facts: Sequence[MailFact], scope: Scope, entries: Iterable[Entry], law: Law, day: date
) -> Iterable[Asked]:
    said: dict[str, tuple[str, Entry]] = {}
    for entry in entries:
        answers = entry.details.get("answers") if entry.kind is EntryKind.ANSWERED else None
        if isinstance(answers, dict):
            said |= {str(name): (str(choice), entry) for name, choice in answers.items()}
    for question in Question:
        known = _known(question, incident, facts, scope, law, day)
        is_fixed = bool(facts) and question in FROM_RECORD
        choice, by = said.get(question.value, ("", None))
        if is_fixed or by is None or choice not in CHOICES[question]:
            yield Asked(question, known, is_fixed=is_fixed)
        else:
            yield Asked(question, known, choice, by.actor.name, by.at)


def _known(
    question: Question, incident: Incident, facts: Sequence[MailFact], scope: Scope, law: Law, day: date
) -> Known | None:
    """What the record, or the settings of the office, say to a question."""
    match question:
        case Question.OFFICE:
            return None if law.office is None else Known(law.office.value, "office")
        case Question.DELEGATED:
            return Known("yes", "authority") if law.authority else None
        case Question.IMPROPER_PURPOSE:
            return Known("yes" if incident.kind in ON_PURPOSE else "no", "kind")
        case Question.MY_NUMBER | Question.SPECIAL_CARE | Question.FINANCIAL:
            return _known_kind(question, scope) if facts or _is_corrected(question, scope) else None
        case Question.PERSONS:
            return _known_persons(scope)
        case Question.ENTRUSTED:
            return None
    if not facts:
        return None
    leaked = scope.leaked_to
    match question:
        case Question.LEFT:
            return _known_left(scope)
        case Question.TO_WHOM:
            figures = {"count": len(leaked), "visible": scope.visible}
            return Known("each_other", "each_other", figures) if scope.visible else Known("named", "named", figures)
        case Question.PROTECTED:
            return _known_protected(facts, scope, law, day)
        case Question.DELETED_UNREAD:
            unread = sum(one.replies.is_unread for one in leaked)
            figures = {"count": len(leaked), "unread": unread}
            return Known("yes" if scope.all_unread else "no", "unread", figures)


def _known_left(scope: Scope) -> Known:
    if leaked := scope.leaked_to:
        perhaps = sum(one.fate is Fate.PERHAPS for one in leaked)
        return Known("left", "perhaps" if perhaps else "left", {"count": len(leaked), "perhaps": perhaps})
    is_open = any(one.is_wrong and one.fate is Fate.OPEN for one in scope.recipients)
    return Known("not_left", "waiting" if is_open else "not_left")


def _known_kind(question: Question, scope: Scope) -> Known:
    found = {one.kind: one.count for one in scope.kinds if one.kind in _KINDS[question]}
    count = sum(found.values())
    if question is Question.FINANCIAL and count and Kind.CREDIT_CARD not in found:
        # Whether an account or a password alone may cost its people money is for a person to say.
        return Known(UNKNOWN, "account", {"count": count})
    if count:
        return Known("yes", "found", {"count": count})
    return Known(UNKNOWN, "unreadable") if scope.is_unreadable else Known("no", "not_found")


def _is_corrected(question: Question, scope: Scope) -> bool:
    return any(one.kind in _KINDS[question] for one in (*scope.kinds, *scope.ruled_out))


def _known_persons(scope: Scope) -> Known | None:
    if scope.persons is None:
        return None
    if scope.is_at_least and scope.band is not Band.OVER_1000:
        return Known(UNKNOWN, "at_least", {"count": scope.persons})
    return Known(scope.band.value, "counted", {"count": scope.persons})


def _known_protected(facts: Sequence[MailFact], scope: Scope, law: Law, day: date) -> Known | None:
    leaked = scope.leaked_to
    if not leaked:
        return None
    clear = sum(one.guard is Guard.CLEAR for one in leaked)
    readable = sum(one.guard in _MAY_OPEN for one in leaked)
    with_sender = sum(one.guard is Guard.WITH_SENDER for one in leaked)
    figures = {"count": len(leaked), "clear": clear, "readable": readable, "with_sender": with_sender}
    if clear:
        return Known("clear", "clear", figures)
    if readable:
        return Known("told", "told", figures)
    if with_sender:
        return Known(UNKNOWN, "with_sender", figures)
    ciphers = [
        part.method.get("cipher", "")
        for fact in facts
        for part in fact.protections
        if any(one.has_it and one.wrong == (fact.queue_id, key.position) for one in leaked for key in part.keys)
    ]
    is_listed = bool(ciphers) and all(law.is_listed(one, day) for one in ciphers)
    return Known("listed" if is_listed else "kept", "sealed", figures)


# -- what it means


def _exposure(is_mail: bool, scope: Scope, choices: Mapping[Question, Asked]) -> Exposure:
    counts = {one.kind: one.count for one in scope.kinds}
    least, most, visible = _persons(scope, choices[Question.PERSONS], counts)
    if choices[Question.PERSONS].said or scope.persons_source.basis is Basis.CORRECTED:
        # Somebody counted: addresses are no second count.
        counts.pop(Kind.EMAIL_ADDRESS.value, None)
    clear, protected = _readers(is_mail, scope, choices)
    to_whom, purpose = choices[Question.TO_WHOM].choice, choices[Question.IMPROPER_PURPOSE].choice
    happened = {Circumstance.UNSPECIFIED_MANY: to_whom == "many", Circumstance.IMPROPER_PURPOSE: purpose == "yes"}
    unsure = {Circumstance.UNSPECIFIED_MANY: to_whom == UNKNOWN, Circumstance.IMPROPER_PURPOSE: purpose == UNKNOWN}
    matters = _matters(choices)
    asked = (*_MATTERS, Question.PERSONS)
    return Exposure(
        counts=counts,
        persons=least,
        clear=clear,
        protected=protected,
        is_unreadable=scope.is_unreadable and not all(choices[one].said for one in asked),
        visible=visible,
        circumstances=frozenset(one for one, is_so in happened.items() if is_so),
        persons_most=most,
        matters=matters,
        unsure=frozenset(one for one, is_so in unsure.items() if is_so),
        safe=frozenset(_safe(is_mail, scope, choices)),
    )


def _matters(choices: Mapping[Question, Asked]) -> dict[Matter, Truth]:
    """What people said, and what nobody knows. What was found in the mails speaks for itself."""
    found = {}
    for question, matter in _MATTERS.items():
        one = choices[question]
        is_open = one.choice == UNKNOWN and (one.known is None or one.known.why != "account")
        if one.said or is_open:
            found[matter] = Truth(one.choice)
    return found


def _persons(scope: Scope, asked: Asked, counts: Mapping[str, int]) -> tuple[int, int, int]:
    """How many people at least and at most, and how many of whom there is nothing but an address that others saw."""
    is_corrected = scope.persons_source.basis is Basis.CORRECTED
    if not asked.said and not is_corrected:
        most = UNCOUNTED if scope.is_at_least or scope.persons is None else 0
        return scope.persons_in_it, most, scope.visible
    if asked.said or scope.persons is None:
        least, most = _BANDS[Band(asked.choice)]
    else:
        least = most = scope.persons
    is_addresses = scope.visible > 0 and not counts.keys() - {Kind.EMAIL_ADDRESS.value}
    return (0, most, least) if is_addresses else (least, most, 0)


def _readers(is_mail: bool, scope: Scope, choices: Mapping[Question, Asked]) -> tuple[int, int]:
    """How many wrong ones have it in clear, and how many without its key."""
    protected = choices[Question.PROTECTED]
    if not is_mail:
        count = 0 if choices[Question.LEFT].choice == "not_left" else 1
        return (0, count) if protected.choice in ("listed", "kept") else (count, 0)
    leaked, sealed = len(scope.leaked_to), sum(one.guard is Guard.SEALED for one in scope.leaked_to)
    match protected.said:
        case "listed" | "kept":
            return 0, leaked
        case "told" | "clear" | "unknown":
            return leaked, 0
    return leaked - sealed, sealed


def _safe(is_mail: bool, scope: Scope, choices: Mapping[Question, Asked]) -> Iterable[Safeguard]:
    protected, deleted = choices[Question.PROTECTED], choices[Question.DELETED_UNREAD]
    # An officer must have said so, since only people know what was told by telephone; and the record must not say else.
    is_said = protected.said == "listed"
    if is_said and (not is_mail or (protected.known is not None and protected.known.choice == "listed")):
        yield Safeguard.ENCRYPTED
    if deleted.choice == "yes":
        yield Safeguard.DELETED_UNREAD


def _notes(
    choices: Mapping[Question, Asked], consequence: Consequence, law: Law, day: date
) -> Iterable[LawNote]:  # fmt: skip
    entrusted = choices[Question.ENTRUSTED].choice
    bonds = {
        Bond.ENTRUSTED_TO_US: entrusted == "to_us",
        Bond.ENTRUSTED_BY_US: entrusted == "by_us",
        Bond.DELEGATED: choices[Question.DELEGATED].choice == "yes",
        Bond.PERSONS: consequence.outcome is not Outcome.UNLIKELY,
    }
    return (one for one in law.notes if bonds[one.bond] and one.holds(day))
