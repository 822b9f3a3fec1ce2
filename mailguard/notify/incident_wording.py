"""The words of a notice that something went wrong, for officers. No names of recipients, nothing of a mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailguard.i18n import text
from mailguard.mime.own_mail import one_line
from mailguard.model.incident import IncidentKind
from mailguard.notify.wording import Body, Reader, Words, clock, contact

_NAME_MAX = 100


@dataclass(frozen=True, slots=True)
class IncidentTold:
    """An incident as a notice tells of it. ``by`` "": nobody opened it, we did. ``stopped``, ``gone`` and ``returned``:
    recipients; ``link`` "": there is none.
    """

    incident_id: str
    kind: IncidentKind
    by: str
    opened_at: datetime
    is_drill: bool
    stopped: int
    gone: int
    returned: int
    is_about_mail: bool
    link: str


def incident_words(told: IncidentTold, reader: Reader) -> Words:
    """The notice."""

    def say(key: str, **values: object) -> str:
        return text(reader.language, f"incidents.notice.{key}", **values)

    kind = text(reader.language, f"incidents.kind.{told.kind}")
    drill = ".drill" if told.is_drill else ""
    facts = [say("opened_at", at=clock(told.opened_at, reader))]
    if told.is_about_mail and not told.is_drill:
        facts += [say("stopped", count=told.stopped), say("gone", count=told.gone)]
        facts += [say("returned", count=told.returned)] if told.returned else []
    body = Body(
        intro=say(f"intro{drill}", by=one_line(told.by, _NAME_MAX), kind=kind)
        if told.by
        else say("intro.auto", kind=kind),
        facts=tuple(facts),
        heading="",
        items=(),
        closing=(say("next"),),
        link=told.link,
        link_words=text(reader.language, "notice.open.list"),
        link_note="" if told.link else text(reader.language, "notice.no_link.list"),
        contact=contact(reader, ""),
    )
    subject = say(f"subject{drill}", kind=kind, incident_id=told.incident_id)
    return Words(subject, body.as_text(), body.as_html(reader.language))


@dataclass(frozen=True, slots=True)
class AnswerTold:
    """An answer to a request to delete as a notice tells of it. ``answer``: its word; ``has_words``: there is more to
    read. ``answered`` of ``asked``: recipients by now. ``link`` "": there is none.
    """

    incident_id: str
    answer: str
    has_words: bool
    answered: int
    asked: int
    link: str


def answer_words(told: AnswerTold, reader: Reader) -> Words:
    """The notice. Who answered, and what they wrote, stands behind the sign-in."""

    def say(key: str, **values: object) -> str:
        return text(reader.language, f"incidents.notice.answer.{key}", **values)

    answer = text(reader.language, f"incidents.deletion.answer.{told.answer}")
    is_whole = told.answered == told.asked
    facts = [say("said", answer=answer), say("count", answered=told.answered, asked=told.asked)]
    if told.has_words:
        facts.append(say("words"))
    body = Body(
        intro=say("intro.all" if is_whole else "intro"),
        facts=tuple(facts),
        heading="",
        items=(),
        closing=(say("next.all" if is_whole else "next"),),
        link=told.link,
        link_words=text(reader.language, "notice.open.list"),
        link_note="" if told.link else text(reader.language, "notice.no_link.list"),
        contact=contact(reader, ""),
    )
    subject = say("subject.all" if is_whole else "subject", incident_id=told.incident_id)
    return Words(subject, body.as_text(), body.as_html(reader.language))
