"""The words of a notice that something about an incident is due. What to do and until when; nothing of any mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from mailguard.i18n import text
from mailguard.mime.own_mail import one_line
from mailguard.model.incident import IncidentKind
from mailguard.model.people import Role
from mailguard.notify.wording import Body, Reader, Words, clock, contact
from mailguard.policy.law_words import spoken_day

LINES_MAX = 20
_LINE_MAX = 300


@dataclass(frozen=True, slots=True)
class DueLine:
    """Something that is due. ``day``, ``first``, ``extended``: as ``incidents.deadlines.Until`` has them."""

    role: Role
    text: Mapping[str, str]
    at: datetime
    day: date | None
    first: date | None
    extended: date | None
    is_over: bool


@dataclass(frozen=True, slots=True)
class DueTold:
    """What is told of an incident to one person. ``link`` "": its pages are not for them."""

    incident_id: str
    kind: IncidentKind
    is_drill: bool
    lines: tuple[DueLine, ...]
    link: str


def due_words(told: DueTold, reader: Reader) -> Words:
    """The notice."""

    def say(key: str, **values: object) -> str:
        return text(reader.language, f"incident.due.notice.{key}", **values)

    over = [one for one in told.lines if one.is_over]
    mark = "over" if over else "soon"
    drill = ".drill" if told.is_drill else ""
    kind = text(reader.language, f"incidents.kind.{told.kind}")
    lines = sorted(told.lines, key=lambda one: (not one.is_over, one.at))
    items = [_said(one, reader) for one in lines[:LINES_MAX]]
    if len(lines) > LINES_MAX:
        items.append(say("more", count=len(lines) - LINES_MAX))
    body = Body(
        intro=say(f"intro.{mark}{drill}", kind=kind, incident_id=told.incident_id),
        facts=(),
        heading=say("heading"),
        items=tuple(items),
        closing=(say("next") if told.link else say("next.elsewhere"),),
        link=told.link,
        link_words=text(reader.language, "notice.open.list"),
        link_note="",
        contact=contact(reader, ""),
    )
    subject = say(f"subject.{mark}{drill}", kind=kind, incident_id=told.incident_id)
    return Words(subject, body.as_text(), body.as_html(reader.language))


def _said(one: DueLine, reader: Reader) -> str:
    what = one_line(one.text.get(reader.language) or one.text.get("ja", ""), _LINE_MAX)
    role = text(reader.language, f"people.role.{one.role}")
    until = clock(one.at, reader) if one.day is None else spoken_day(one.day, reader.language)
    key = f"incident.due.notice.line.{'over' if one.is_over else 'soon'}"
    if one.first is None:
        line = text(reader.language, key, until=until, role=role, what=what)
    else:
        # About so many days: whoever reads only the later day is late by the earlier one.
        first = spoken_day(one.first, reader.language)
        line = text(reader.language, f"{key}.range", first=first, until=until, role=role, what=what)
    if one.extended is None:
        return line
    return line + text(reader.language, "incident.due.extended", day=spoken_day(one.extended, reader.language))
