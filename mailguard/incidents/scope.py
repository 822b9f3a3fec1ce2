"""What an incident is about: whose data, which kinds, who has it, and since when. Pure: from record and timeline.

Each figure says where it comes from: from the record of the mails, from looking into them once more, or from an officer
who corrected it with a reason. Until an officer says otherwise, nobody outside was meant to get it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailguard.incidents.answers import Answers, Replies, Wrong, answers_of
from mailguard.incidents.facts import ASKED, REACHED, Fate, Guard, MailFact, ProtectionFact
from mailguard.incidents.keys import KeyTold, keys_told
from mailguard.model.finding import Kind
from mailguard.model.incident import Entry, EntryKind
from mailguard.model.queue import QueueId

PERSONS = "persons"
WRONG = "wrong"
KIND_MARK = "kind:"
"""What an entry CORRECTED is about, in its ``details["what"]``; of a kind of data, with its id."""


class Basis(StrEnum):
    """Where a figure comes from."""

    RECORD = "record"
    """As it was noted when the mail was judged."""
    LOOKED = "looked"
    """The mails were looked into once more for this incident, and people counted once."""
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from; ``by``, ``at`` and ``reason`` of whoever corrected it or had it looked at."""

    basis: Basis = Basis.RECORD
    by: str = ""
    at: datetime | None = None
    reason: str = ""


RECORD = Source()


class Band(StrEnum):
    """How many people, as the law asks."""

    UNKNOWN = "unknown"
    NOBODY = "nobody"
    ONE = "one"
    TO_100 = "to_100"
    TO_1000 = "to_1000"
    OVER_1000 = "over_1000"


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whose data is in it, and which kinds of it. Only for whoever may see names."""

    name: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KindCount:
    """How often a kind of data is in it: distinct values. 0 only where an officer said that it is not in it."""

    kind: str
    count: int
    source: Source = RECORD


@dataclass(frozen=True, slots=True)
class ScopeRecipient:
    """One recipient. ``is_wrong``: was not meant to get it. ``replies``: what they answered when asked to delete it.

    ``at``: when the next hop took it, None otherwise; ``back_at``: when a report said that it came back all the same.
    """

    queue_id: QueueId
    position: int
    address: str
    name: str
    is_outside: bool
    fate: Fate
    guard: Guard
    at: datetime | None
    is_wrong: bool
    replies: Replies
    back_at: datetime | None = None

    @property
    def wrong(self) -> Wrong:
        """What names it."""
        return self.queue_id, self.position

    @property
    def has_it(self) -> bool:
        """Whether it got the mail, or may have."""
        return self.fate in REACHED

    @property
    def is_leak(self) -> bool:
        """Whether somebody got it, or may have, who was not to."""
        return self.is_wrong and self.has_it


@dataclass(frozen=True)
class Scope:
    """What an incident is about.

    ``persons``: how many people, None where nobody knows; ``is_at_least``: there may be more, because something could
    not be looked into. ``people``: their names, as far as somebody had the mails looked into; ``are_more``: there are
    more than are named. ``visible``: addresses outsiders saw of each other. ``first`` and ``last``: when wrong
    recipients got it. ``labels``: what the office calls its own kinds. ``wrong_source``: who said which were wrong.
    """

    persons: int | None
    is_at_least: bool
    persons_source: Source
    people: tuple[Named, ...]
    are_more: bool
    kinds: tuple[KindCount, ...]
    ruled_out: tuple[KindCount, ...]
    recipients: tuple[ScopeRecipient, ...]
    wrong_source: Source
    visible: int
    first: datetime | None
    last: datetime | None
    protections: tuple[ProtectionFact, ...]
    is_unreadable: bool
    labels: Mapping[str, str]
    answers: Answers
    looked_at: datetime | None = None
    unlooked: tuple[QueueId, ...] = ()
    """Mails that were not part of that look."""
    persons_in_it: int = 0
    """As counted in the mails, without those of whom there is nothing but an address that others saw."""
    mails: tuple[QueueId, ...] = ()
    """Those that count: which got away or may still; where nothing did, all of them."""

    @property
    def band(self) -> Band:
        """How many people, as the law asks."""
        return band_of(self.persons)

    @property
    def wrong(self) -> tuple[ScopeRecipient, ...]:
        """Those who were not to get it, whether they did or not."""
        return tuple(one for one in self.recipients if one.is_wrong)

    @property
    def leaked_to(self) -> tuple[ScopeRecipient, ...]:
        """Those of them who got it, or may have."""
        return tuple(one for one in self.recipients if one.is_leak)

    @property
    def readable(self) -> tuple[ScopeRecipient, ...]:
        """Those of them who can read it, or of whom nobody knows."""
        return tuple(one for one in self.leaked_to if one.guard is not Guard.SEALED)

    @property
    def stopped(self) -> tuple[ScopeRecipient, ...]:
        """Those it was kept from."""
        return tuple(one for one in self.recipients if one.is_wrong and one.fate in (Fate.STOPPED, Fate.RETURNED))

    @property
    def said_to_be_back(self) -> tuple[ScopeRecipient, ...]:
        """Those who count as having it although a report said that it came back."""
        return tuple(one for one in self.leaked_to if one.back_at is not None)

    @property
    def returned(self) -> tuple[ScopeRecipient, ...]:
        """Those from whom it came back: it was sent, and they did not get it."""
        return tuple(one for one in self.recipients if one.is_wrong and one.fate is Fate.RETURNED)

    @property
    def all_unread(self) -> bool:
        """Whether every one who got it has confirmed that it was deleted unread."""
        return self.answers.all_unread([one.wrong for one in self.leaked_to])


def band_of(persons: int | None) -> Band:
    """How many people, as the law asks; None: nobody knows."""
    if persons is None:
        return Band.UNKNOWN
    bounds = ((0, Band.NOBODY), (1, Band.ONE), (100, Band.TO_100), (1000, Band.TO_1000))
    return next((band for most, band in bounds if persons <= most), Band.OVER_1000)


def scope_of(facts: Sequence[MailFact], entries: Iterable[Entry]) -> Scope:
    """What an incident is about by now. ``facts``: of all its mails, none for one outside mail."""
    entries = list(entries)
    corrected = _corrections(entries)
    answers = answers_of(entries)
    recipients, wrong_source = _recipients(facts, corrected.get(WRONG), answers, keys_told(entries))
    facts = _got_away(facts, recipients)
    look = _look(facts, entries)
    leaked = [one.at for one in recipients if one.is_leak and one.at is not None]
    # Whose addresses were shown are people too; they may be the same as those in the text.
    visible = _visible(facts)
    inside = _persons_inside(facts, look)
    persons, is_at_least, persons_source = _persons(facts, look, corrected.get(PERSONS), max(inside, visible))
    kinds = _kinds(facts, look, corrected, visible)
    covered = _texts(look.details.get("mails")) if look is not None else ()
    return Scope(
        persons=persons,
        is_at_least=is_at_least,
        persons_source=persons_source,
        people=() if look is None else _people(look),
        are_more=look is not None and bool(look.details.get("more")),
        kinds=tuple(one for one in kinds if one.count),
        ruled_out=tuple(one for one in kinds if not one.count),
        recipients=recipients,
        wrong_source=wrong_source,
        visible=visible,
        first=min(leaked, default=None),
        last=max(leaked, default=None),
        protections=tuple(part for one in facts for part in one.protections),
        is_unreadable=_is_unreadable(facts, look),
        labels={kind: label for one in facts if one.summary for kind, label in one.summary.labels.items()},
        answers=answers,
        looked_at=None if look is None else look.at,
        unlooked=tuple(one.queue_id for one in facts if one.queue_id not in covered),
        persons_in_it=inside,
        mails=tuple(one.queue_id for one in facts),
    )


def _got_away(facts: Sequence[MailFact], recipients: Iterable[ScopeRecipient]) -> Sequence[MailFact]:
    """The mails that wrong recipients have, may have, or may still get; where there is none, all of them."""
    gone = {one.queue_id for one in recipients if one.is_wrong and one.fate in (*REACHED, Fate.OPEN)}
    return [one for one in facts if one.queue_id in gone] or facts


def _visible(facts: Iterable[MailFact]) -> int:
    """How many addresses outsiders saw of each other: one that stood in two mails is one."""
    facts = list(facts)
    shown = {address for one in facts for address in one.shown}
    return len(shown) + sum(one.exposure.visible for one in facts if not one.shown)


def _look(facts: Sequence[MailFact], entries: Iterable[Entry]) -> Entry | None:
    """The last look into the mails that counted no others: people of two mails are one figure."""
    counting = {one.queue_id for one in facts}
    looks = [one for one in entries if one.kind is EntryKind.COUNTED]
    return next((one for one in reversed(looks) if counting.issuperset(_texts(one.details.get("mails")))), None)


def _corrections(entries: Iterable[Entry]) -> dict[str, Entry]:
    """The last word of officers on each thing; one that was taken back is none."""
    last = {str(one.details.get("what")): one for one in entries if one.kind is EntryKind.CORRECTED}
    return {what: one for what, one in last.items() if not one.details.get("is_undone")}


def _source(entry: Entry) -> Source:
    basis = Basis.LOOKED if entry.kind is EntryKind.COUNTED else Basis.CORRECTED
    return Source(basis, entry.actor.name, entry.at, entry.note)


def _recipients(
    facts: Sequence[MailFact], corrected: Entry | None, answers: Answers, told: Mapping[QueueId, KeyTold]
) -> tuple[tuple[ScopeRecipient, ...], Source]:
    marked = set() if corrected is None else _pairs(corrected.details.get("wrong"))
    spoken_of = () if corrected is None else _texts(corrected.details.get("mails"))
    found = tuple(
        ScopeRecipient(
            fact.queue_id, one.position, one.address, one.name, one.is_outside, one.fate,
            _guard(one.guard, told.get(fact.queue_id)), one.at,
            (fact.queue_id, one.position) in marked if fact.queue_id in spoken_of else one.is_outside,
            answers.for_wrong((fact.queue_id, one.position)), one.back_at,
        )
        for fact in facts
        for one in fact.recipients
    )  # fmt: skip
    return found, RECORD if corrected is None else _source(corrected)


def _guard(guard: Guard, told: KeyTold | None) -> Guard:
    """Whether somebody can read it, with what was said of the password the sender has."""
    if guard not in ASKED or told in (None, KeyTold.UNKNOWN):
        return guard
    if told is KeyTold.YES:
        return Guard.TOLD
    return Guard.SEALED if guard is Guard.WITH_SENDER else Guard.DOUBTFUL_UNTOLD


def _persons(
    facts: Sequence[MailFact], look: Entry | None, corrected: Entry | None, count: int
) -> tuple[int | None, bool, Source]:
    if corrected is not None:
        value = corrected.sealed.get("value")
        return (int(str(value)) if value is not None else None), False, _source(corrected)
    source = RECORD if look is None else _source(look)
    is_open = _is_unreadable(facts, look)
    if not facts or (is_open and not count):
        return None, False, source
    return count, is_open, source


def _persons_inside(facts: Sequence[MailFact], look: Entry | None) -> int:
    """How many people the mails say something of; those of mails that were not looked into together are added up."""
    known = [one.summary.persons for one in _beyond(facts, look) if one.summary is not None]
    return sum(known) + (0 if look is None else _number(look.details.get("persons")))


def _kinds(
    facts: Sequence[MailFact], look: Entry | None, corrected: Mapping[str, Entry], visible: int
) -> list[KindCount]:
    counts: dict[str, int] = {}
    source = RECORD
    if look is not None:
        source = _source(look)
        found = look.details.get("kinds")
        counts |= {str(kind): _number(count) for kind, count in found.items()} if isinstance(found, dict) else {}
    for one in _beyond(facts, look):
        for kind, count in one.exposure.counts.items():
            counts[kind] = counts.get(kind, 0) + count
    if visible:
        counts[Kind.EMAIL_ADDRESS] = max(visible, counts.get(Kind.EMAIL_ADDRESS, 0))
    # In the same order whoever counted, names first; the office's own last.
    counts = {kind: counts[kind] for kind in [*(one.value for one in Kind if one.value in counts), *counts]}
    kinds = {str(kind): KindCount(str(kind), count, source) for kind, count in counts.items() if count}
    for what, entry in corrected.items():
        if what.startswith(KIND_MARK):
            kind = what.removeprefix(KIND_MARK)
            kinds[kind] = KindCount(kind, _number(entry.sealed.get("value")), _source(entry))
    return list(kinds.values())


def _beyond(facts: Sequence[MailFact], look: Entry | None) -> list[MailFact]:
    """The mails of which only the record is known."""
    covered = () if look is None else _texts(look.details.get("mails"))
    return [one for one in facts if one.queue_id not in covered]


def _is_unreadable(facts: Sequence[MailFact], look: Entry | None) -> bool:
    is_open = look is not None and bool(look.details.get("unreadable"))
    return is_open or any(one.exposure.is_unreadable for one in _beyond(facts, look))


def _people(look: Entry) -> tuple[Named, ...]:
    listed = look.sealed.get("people")
    found = []
    for one in listed if isinstance(listed, list) else ():
        name, kinds = one
        found.append(Named(str(name), tuple(_texts(kinds))))
    return tuple(found)


def _pairs(value: object) -> set[Wrong]:
    return {(str(one[0]), int(one[1])) for one in value} if isinstance(value, list) else set()


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
