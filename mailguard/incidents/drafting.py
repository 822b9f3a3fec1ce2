"""Drafts of an incident's documents, from what the record knows. Pure.

What only people know is a marked blank, and never guessed. What a first report may leave open is said to be open, and
counted apart. Nobody is named but the office and the mail's own sender, to those who have that mail.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mailguard.i18n import CATALOGUES, Language, text
from mailguard.incidents.answers import OFFERED, Answer
from mailguard.incidents.deadlines import JAPAN
from mailguard.incidents.documents import Deed
from mailguard.incidents.facts import ASKED, Fate, Guard
from mailguard.incidents.known import Known
from mailguard.incidents.lessons import LessonKind
from mailguard.incidents.scope import KindCount
from mailguard.mime.own_mail import one_line
from mailguard.model.address import comparable
from mailguard.model.documents import BLANK, Addressee, Document, DocumentKind, Section
from mailguard.model.finding import Kind
from mailguard.model.incident import Cause
from mailguard.model.protection import PasswordState
from mailguard.policy.law_words import words_of
from mailguard.policy.templates import Template, Templates, filled, places_in

_SUBJECT_MAX = 80
_CAUSES = (Cause.VISIBLE_RECIPIENTS, Cause.WRONG_RECIPIENT, Cause.WRONG_ATTACHMENT)
_UNTOLD = (PasswordState.STOPPED, PasswordState.DESTROYED)
_HOURS_FROM, _DAYS_FROM = timedelta(minutes=90), timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Fact:
    """What stands in a place. ``is_pending``: it says that nothing is known or decided yet."""

    text: str
    is_pending: bool = False


def drafted(kind: DocumentKind, known: Known, templates: Templates, language: Language) -> Document:
    """A document as the record would write it now."""
    facts = _Facts(known, language, kind)
    template = templates[kind]
    title = filled(template.title[language], facts.texts(template.title[language]))
    people = _people(known) if kind is DocumentKind.PERSON_NOTICE else ()
    return Document(kind, language, one_line(title, 200), _sections(template, facts, language), people)


def spoken(moment: datetime, language: Language) -> str:
    """A moment in Japan, as letters say it."""
    here = moment.astimezone(JAPAN)
    days = text(language, "draft.weekdays")
    weekday = (days.split(",") if "," in days else days)[here.weekday()]
    width = 1 if language == "ja" else 2
    return text(
        language, "draft.moment", year=here.year, month=f"{here.month:0{width}}", day=f"{here.day:0{width}}",
        weekday=weekday, hour=f"{here.hour:0{width}}", minute=f"{here.minute:02}",
    )  # fmt: skip


def spoken_date(day: date, language: Language) -> str:
    """A day, as letters say it."""
    width = 1 if language == "ja" else 2
    return text(language, "draft.date", year=day.year, month=f"{day.month:0{width}}", day=f"{day.day:0{width}}")


def _sections(template: Template, facts: _Facts, language: Language) -> tuple[Section, ...]:
    found = []
    for one in template.sections:
        words = one.text[language]
        heading = filled(one.heading.get(language, ""), facts.texts(one.heading.get(language, "")))
        found.append(Section(one.id, heading, filled(words, facts.texts(words)), facts.is_pending(words)))
    return tuple(found)


def _people(known: Known) -> tuple[Addressee, ...]:
    """Whose addresses others saw, where that is what went wrong: each of them is told.

    Those who were stopped in time as well: whoever got the mail saw them. Whose data a file held the record has no
    address of, and who got it by mistake is not whom it is about.
    """
    if not _is_about_visibility(known):
        return ()
    shown = {address for one in known.facts if one.queue_id in known.scope.mails for address in one.shown}
    if not shown:
        # Of a made-up mail nothing is known but who got it.
        return tuple(Addressee(one.name, one.address) for one in known.scope.leaked_to)
    names = {comparable(one.address): Addressee(one.name, one.address) for one in known.scope.recipients}
    return tuple(one for address, one in names.items() if address in shown)


def _is_about_visibility(known: Known) -> bool:
    """Whether recipients seeing each other is what went wrong: somebody said so, or nothing else may have leaked."""
    cause, scope = known.incident.cause, known.scope
    if cause is Cause.VISIBLE_RECIPIENTS:
        return scope.visible > 0
    has_more = scope.is_unreadable or any(one.kind != Kind.EMAIL_ADDRESS for one in scope.kinds)
    return cause in (Cause.UNKNOWN, Cause.OTHER) and scope.visible > 0 and not has_more


class _Facts:
    """What may stand in the places of templates, each made when it is asked for."""

    def __init__(self, known: Known, language: Language, kind: DocumentKind) -> None:
        self._known = known
        self._language = language
        # Only a first report may say that something is not known yet; only the full one must say how it came to it.
        self._may_be_open = kind is DocumentKind.PROMPT_REPORT
        self._is_full = kind is DocumentKind.FINAL_REPORT
        # Whoever it was about need not know what servers said.
        self._is_for_all = kind in (DocumentKind.PERSON_NOTICE, DocumentKind.PUBLICATION)
        self._made: dict[str, Fact] = {}

    def texts(self, words: str) -> dict[str, str]:
        """What the places of a text become."""
        return {one: self.of(one).text for one in places_in(words)}

    def is_pending(self, words: str) -> bool:
        """Whether something in a text is still open."""
        return any(self.of(one).is_pending for one in places_in(words))

    def of(self, place: str) -> Fact:
        """What one place becomes."""
        if place not in self._made:
            self._made[place] = _MAKING[place](self)
        return self._made[place]

    def _say(self, key: str, **values: object) -> str:
        return text(self._language, f"draft.{key}", **{"blank": BLANK[self._language], **values})

    def _joined(self, words: list[str]) -> str:
        return self._say("separator").join(words)

    def _sentences(self, *sentences: str) -> str:
        return ("" if self._language == "ja" else " ").join(one for one in sentences if one)

    # -- plain facts

    def office(self) -> Fact:
        return Fact(self._known.office or BLANK[self._language])

    def department(self) -> Fact:
        return Fact(self._known.incident.department)

    def incident(self) -> Fact:
        return Fact(self._known.incident.incident_id)

    def today(self) -> Fact:
        return Fact(spoken_date(self._known.now.astimezone(JAPAN).date(), self._language))

    def known_at(self) -> Fact:
        return Fact(spoken(self._known.incident.known_at, self._language))

    def sent_at(self) -> Fact:
        left_at = self._known.left_at
        return Fact(BLANK[self._language] if left_at is None else spoken(left_at, self._language))

    def sender(self) -> Fact:
        first = self._known.first
        summary = None if first is None else first.summary
        if summary is not None and summary.from_address:
            return Fact(summary.from_address)
        return Fact(BLANK[self._language] if first is None else first.submission.envelope.reverse_path)

    def subject_line(self) -> Fact:
        subject = one_line(self._known.subject, _SUBJECT_MAX)
        return Fact(self._say("subject_line", subject=subject) if subject else "")

    def contact(self) -> Fact:
        # It stands below the office's name, with which many offices begin it.
        office = self._known.office
        contact = self._known.contact.removeprefix(office).strip() if office else self._known.contact
        return Fact(contact or BLANK[self._language])

    def blank(self) -> Fact:
        return Fact(BLANK[self._language])

    def accident(self) -> Fact:
        return Fact(text(self._language, f"incidents.kind.{self._known.incident.kind.value}"))

    def mistake(self) -> Fact:
        return Fact(self._say(f"mistake.{self._fault()}"))

    # -- the items of a report

    def summary(self) -> Fact:
        known = self._known
        first = known.first
        if first is None:
            # What whoever reported it wrote is not yet words for an authority, but it is what is known.
            known_at = self._say("summary.known", known_at=self.known_at().text)
            return Fact(f"{known_at}\n{known.opening_note or BLANK[self._language]}", bool(known.opening_note))
        # A mail that was stopped in time was sent to nobody.
        wrong = [one for one in known.scope.wrong if one.queue_id in known.scope.mails]
        sent = self._say(
            f"summary.{self._fault()}", sent_at=self.sent_at().text, who=self._who(), count=len(wrong),
            visible=known.scope.visible,
        )  # fmt: skip
        fates = [
            self._say(f"fate.{fate.value}", count=count)
            for fate in Fate
            if (count := sum(one.fate is fate for one in wrong))
        ]
        told = self._say("summary.fates", fates=self._joined(fates)) if fates and not self._is_for_all else ""
        more = self._say("summary.more", count=len(known.scope.mails)) if len(known.scope.mails) > 1 else ""
        heard = self._when_known(known.left_at or first.submission.accepted_at)
        return Fact("\n".join(one for one in (sent, heard, told, more) if one))

    def data(self) -> Fact:
        kinds = self._kinds()
        lines = [self._say("data", kinds=self._joined(kinds))] if kinds else []
        if self._known.scope.is_unreadable:
            lines.append(self._say("data.unreadable"))
        return Fact("\n".join(lines) or BLANK[self._language])

    def own_data(self) -> Fact:
        kinds = [one for one in self._known.scope.kinds if one.kind != Kind.EMAIL_ADDRESS]
        if self._known.scope.visible and not kinds:
            return Fact(self._say("own.addresses"))
        if not self._told():
            return Fact(BLANK[self._language])
        return Fact(self._say("own.kinds", kinds=self._joined([self._kind(one.kind) for one in self._told()])))

    def persons(self) -> Fact:
        scope = self._known.scope
        if not scope.persons:
            return self._open("persons.unknown")
        if scope.is_at_least:
            return Fact(self._say("persons.least", count=scope.persons), True)
        return Fact(self._say("persons", count=scope.persons))

    def cause(self) -> Fact:
        cause = self._known.incident.cause
        background = "\n" + self._say("cause.background") if self._is_full else ""
        match cause:
            case Cause.UNKNOWN | Cause.OTHER if _is_about_visibility(self._known):
                return Fact(self._say("cause.visible", visible=self._known.scope.visible) + background)
            case Cause.OTHER:
                return Fact(BLANK[self._language])
            case Cause.UNKNOWN:
                return self._open("cause.unknown")
            case _:
                return Fact(self._say(f"cause.{cause.value}") + background)

    def harm(self) -> Fact:
        known = self._known
        leaked = known.scope.leaked_to
        if not known.facts:
            return Fact(BLANK[self._language])
        if not leaked:
            return Fact(self._say("harm.nobody"))
        if not any(one.replies.asked or one.replies.is_answered for one in leaked):
            asked = self._say("harm.not_asked", count=len(leaked))
        elif known.scope.all_unread:
            asked = self._sentences(
                self._say("harm.asked", count=len(leaked), asked=len(known.asked)), self._say("harm.all_unread")
            )
        else:
            kinds = (*OFFERED, Answer.UNCLEAR, None)
            counts = {one: sum(it.replies.counted is one for it in leaked) for one in kinds}
            answers = [
                self._say(f"answer.{'missing' if one is None else one.value}", count=count)
                for one, count in counts.items()
                if count
            ]
            asked = self._sentences(
                self._say("harm.asked", count=len(leaked), asked=len(known.asked)),
                self._say("harm.answers", answers=self._joined(answers)),
            )
        return Fact(f"{asked}\n{self._say('harm.none_known')}")

    def notified(self) -> Fact:
        events = self._known.events
        lines = []
        if sent := events.those(DocumentKind.PERSON_NOTICE, Deed.SENT):
            on = spoken_date(sent[-1].at.astimezone(JAPAN).date(), self._language)
            lines.append(self._say("notified.mail", count=sum(one.count for one in sent), on=on))
        lines += self._outside(DocumentKind.PERSON_NOTICE, "notified.outside")
        not_yet = self._say("notified.not_yet.public" if self._is_for_all else "notified.not_yet")
        return Fact("\n".join(lines) or not_yet)

    def published(self) -> Fact:
        return Fact("\n".join(self._outside(DocumentKind.PUBLICATION, "published")) or self._say("published.not_yet"))

    def prevention(self) -> Fact:
        lines = [
            self._say(f"prevention.{one.kind.value}", note=one.note)
            for one in self._known.lessons
            if one.kind is not LessonKind.NONE
        ]
        if lines:
            return Fact("\n".join(lines))
        return self._open("prevention.open")

    def other(self) -> Fact:
        known = self._known
        scope, is_open = known.scope, False
        lines = []
        if known.facts:
            counts = {one.value: sum(it.guard is one for it in scope.leaked_to) for one in Guard}
            counts["stopped"] = sum(one.fate is Fate.STOPPED for one in scope.wrong)
            lines = [self._say(f"other.{name}", count=count) for name, count in counts.items() if count]
            lines += self._destroyed()
            is_open = any(counts[one.value] for one in ASKED)
        police = known.police
        if police is None:
            return Fact("\n".join([*lines, self._say("other.no_police")]), is_open)
        note = police.notes[-1].note if police.notes and police.notes[-1].note else self._day(police.at)
        return Fact("\n".join([*lines, self._say("other.police", note=note)]), is_open)

    # -- what the office reads

    def scope(self) -> Fact:
        scope = self._known.scope
        sealed = len(scope.leaked_to) - len(scope.readable)
        # Who may have found a stick nobody knows.
        whom = [self._say("scope.leaked", count=len(scope.leaked_to), sealed=sealed)] if self._known.facts else []
        data = self._say("scope.data", data=self.data().text)
        persons = self._say("scope.persons", persons=self.persons().text)
        return Fact("\n".join((*whom, data, persons)))

    def stopped(self) -> Fact:
        if not self._known.facts:
            return Fact("")
        count = sum(one.fate is Fate.STOPPED for one in self._known.scope.recipients)
        stopped = self._say("stopped", count=count) if count else self._say("stopped.none")
        lines = [stopped]
        if returned := len(self._known.scope.returned):
            lines.append(self._say("returned", count=returned))
        if back := len(self._known.scope.said_to_be_back):
            lines.append(self._say("said_to_be_back", count=back))
        untold = [key for one in self._known.scope.protections for key in one.keys if key.state in _UNTOLD]
        if untold:
            lines.append(self._say("stopped.passwords", count=len(untold)))
        return Fact("\n".join([*lines, *self._destroyed()]))

    def law(self) -> Fact:
        consequence = self._known.consequence
        today = self._known.now.astimezone(JAPAN).date()
        words = words_of(consequence, self._language, today, self._known.scope.labels)
        decision = self._known.decision
        decided = [] if decision is None else [self._say("law.report" if decision.is_reported else "law.no_report")]
        return Fact("\n".join((*decided, words.outcome, *words.because, *words.deadlines, words.help)))

    def questions(self) -> Fact:
        return Fact(self._say("questions"))

    # -- parts of them

    def _destroyed(self) -> list[str]:
        """When the passwords were destroyed; nothing where somebody may still have one, or may have been told it."""
        scope = self._known.scope
        times = [one.destroyed_at for one in scope.protections]
        if not times or None in times or len(scope.readable) == len(scope.leaked_to):
            return []
        return [self._say("other.destroyed", at=spoken(max(one for one in times if one), self._language))]

    def _open(self, key: str) -> Fact:
        return Fact(self._say(key), True) if self._may_be_open else Fact(BLANK[self._language])

    def _fault(self) -> str:
        cause = self._known.incident.cause
        if cause in _CAUSES:
            return cause.value
        return Cause.VISIBLE_RECIPIENTS.value if _is_about_visibility(self._known) else "other"

    def _who(self) -> str:
        department, office = self._known.incident.department, self.office().text
        if not department:
            return self._say("who", office=office)
        return self._say("who.department", office=office, department=department)

    def _when_known(self, sent_at: datetime) -> str:
        known = self._known
        after = known.incident.known_at - sent_at
        if after < timedelta(0):
            return self._say("summary.known", known_at=self.known_at().text)
        key = "summary.known.sender" if known.is_by_sender else "summary.known.after"
        return self._say(key, known_at=self.known_at().text, after=self._length(after))

    def _length(self, length: timedelta) -> str:
        if length < _HOURS_FROM:
            return self._say("minutes", count=max(1, round(length / timedelta(minutes=1))))
        if length < _DAYS_FROM:
            return self._say("hours", count=round(length / timedelta(hours=1)))
        return self._say("days", count=round(length / timedelta(days=1)))

    def _kinds(self) -> list[str]:
        return [self._say("data.kind", kind=self._kind(one.kind), count=one.count) for one in self._told()]

    def _told(self) -> list[KindCount]:
        """The kinds that leaked. That recipients saw each other is none of it where an officer chose another cause."""
        scope, cause = self._known.scope, self._known.incident.cause
        is_aside = cause in _CAUSES and cause is not Cause.VISIBLE_RECIPIENTS
        return [
            one
            for one in scope.kinds
            if not (is_aside and one.kind == Kind.EMAIL_ADDRESS and one.count == scope.visible)
        ]

    def _kind(self, kind: str) -> str:
        return CATALOGUES[self._language].get(f"kind.{kind}") or self._known.scope.labels.get(kind, kind)

    def _outside(self, kind: DocumentKind, key: str) -> list[str]:
        return [
            self._say(key, on=spoken_date(one.on, self._language), note=one.note)
            for one in self._known.events.those(kind, Deed.OUTSIDE)
            if one.on is not None
        ]

    def _day(self, moment: datetime | None) -> str:
        return "" if moment is None else spoken_date(moment.astimezone(JAPAN).date(), self._language)


_MAKING: Mapping[str, Callable[[_Facts], Fact]] = {
    "office": _Facts.office,
    "department": _Facts.department,
    "incident": _Facts.incident,
    "today": _Facts.today,
    "known_at": _Facts.known_at,
    "sent_at": _Facts.sent_at,
    "sender": _Facts.sender,
    "subject_line": _Facts.subject_line,
    "mistake": _Facts.mistake,
    "accident": _Facts.accident,
    "contact": _Facts.contact,
    "summary": _Facts.summary,
    "data": _Facts.data,
    "own_data": _Facts.own_data,
    "persons": _Facts.persons,
    "cause": _Facts.cause,
    "harm": _Facts.harm,
    "notified": _Facts.notified,
    "published": _Facts.published,
    "prevention": _Facts.prevention,
    "other": _Facts.other,
    "scope": _Facts.scope,
    "stopped": _Facts.stopped,
    "law": _Facts.law,
    "questions": _Facts.questions,
    "blank": _Facts.blank,
}
"""One line for each of ``policy.templates.PLACES``."""
FILLED = tuple(_MAKING)
"""The places that are filled."""
