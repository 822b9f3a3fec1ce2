"""The words of a notice: subject, text and the same as a page, in the language of whoever reads it.

At most a dozen lines: what is held, why, until when and what happens then, where to decide, whom to ask. Nothing of the
mail but its subject, shortened or left out, and its recipients: no text, no file name, no value that was found.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mailguard.i18n import Language, text
from mailguard.i18n.times import moment, soon
from mailguard.mime.own_mail import one_line
from mailguard.model.verdict import AtEnd, Needs
from mailguard.notify.occasions import Ending, Kind, Result, Waiting

SUBJECT_SHOWN = 30
"""Characters of a mail's own subject that a notice shows."""
RECIPIENTS_NAMED = 3
REASONS_TOLD = 3
LISTED_MAX = 20
"""Mails that a list names."""
_ADDRESS_MAX = 100
_REASON_MAX = 300
_SEPARATOR: dict[Language, str] = {"ja": ":", "en": ": "}
_BLOCK = (
    "max-width:640px;color:#1a1a1c;background-color:#ffffff;font-size:16px;line-height:1.7;"
    "font-family:'Hiragino Sans','Yu Gothic UI',Meiryo,sans-serif;overflow-wrap:anywhere"
)
_BUTTON = (
    "display:inline-block;padding:12px 24px;background-color:#0017c1;color:#ffffff;text-decoration:none;"
    "border-radius:8px;font-weight:bold"
)
_PARAGRAPH = '<p style="margin:0 0 16px 0">'


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads it, and how the office is set up. ``postmaster`` may be empty."""

    language: Language
    zone: ZoneInfo
    now: datetime
    postmaster: str
    shows_subject: bool


@dataclass(frozen=True, slots=True)
class MailTold:
    """The mail as a notice tells of it. ``subject`` None: it cannot be read any more; ``link`` "": there is none.

    ``reasons``: what rules said, by language, the weightiest first.
    """

    queue_id: str
    owner: str
    subject: str | None
    sent_at: datetime
    recipients: tuple[str, ...]
    reasons: tuple[Mapping[str, str], ...]
    link: str


@dataclass(frozen=True, slots=True)
class Situation:
    """What is to be said of it. ``about`` where it waits, ``end`` where something became of it.

    ``by`` is the name of who did it, "" where the office's operators did. ``is_elsewhere``: others decide;
    ``has_deciders``: whether there are any. ``why_not``: why it is not going to be approved, one of
    ``hold.not_approved.*``; "" where that is not so.
    """

    kind: Kind
    about: Waiting | None = None
    end: Ending | None = None
    by: str = ""
    is_last: bool = False
    is_elsewhere: bool = False
    has_deciders: bool = True
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A mail on a list."""

    mail: MailTold
    situation: Situation


@dataclass(frozen=True, slots=True)
class Words:
    """A notice, finished. ``page`` is HTML without anything from outside."""

    subject: str
    text: str
    page: str


def clock(at: datetime, reader: Reader) -> str:
    """A time with its day: a notice may be read on another one. The year where that is another."""
    local, today = at.astimezone(reader.zone), reader.now.astimezone(reader.zone)
    return (soon if local.year == today.year else moment)(at, reader.zone, reader.language)


def at_zero(about: Waiting, reader: Reader) -> str:
    """What happens when nobody decides."""
    if about.deadline is None:
        return text(reader.language, "notice.zero.none")
    until = clock(about.deadline, reader)
    match about.at_end:
        case AtEnd.SEND | AtEnd.DISCARD:
            key = about.at_end.value
        case AtEnd.ESCALATE:
            key = f"escalate.{'approver' if about.needs is Needs.SENDER else 'administrator'}"
    return text(reader.language, f"notice.zero.{key}", until=until)


def words(mail: MailTold, situation: Situation, reader: Reader) -> Words:
    """The notice about one mail."""
    facts = [_fact(label, value, reader) for label, value in _facts(mail, situation, reader)]
    heading, reasons = ("", []) if situation.about is None else _reasons(mail, reader)
    zero = [] if situation.about is None else [at_zero(situation.about, reader)]
    body = Body(
        intro=_intro(mail, situation, reader),
        facts=tuple(facts),
        heading=heading,
        items=tuple(reasons),
        closing=tuple(zero),
        link=mail.link if _has_link(situation) else "",
        link_words=text(reader.language, "notice.open" if _is_of_mail(mail.link) else "notice.open.list"),
        link_note=_link_note(mail, situation, reader),
        contact=contact(reader, mail.queue_id),
    )
    return Words(_subject(mail, situation, reader), body.as_text(), body.as_html(reader.language))


def digest(listed: tuple[Listed, ...], link: str, reader: Reader) -> Words:
    """Several notices as one list, the next deadline first. ``link``: where to sign in; "": there is no address."""
    open_ones = [one for one in listed if one.situation.end is None]
    count, kind = (len(open_ones), "digest") if open_ones else (len(listed), "digest.results")
    deadlines = [one.situation.about.deadline for one in open_ones if one.situation.about is not None]
    first = min((one for one in deadlines if one is not None), default=None)
    key = f"notice.subject.{kind}" + (".until" if first is not None else "")
    until = "" if first is None else clock(first, reader)
    items = [_listed(one, reader) for one in sorted(listed, key=_next_first)]
    if len(items) > LISTED_MAX:
        more = text(reader.language, "notice.digest.more", count=len(items) - LISTED_MAX)
        items = [*items[:LISTED_MAX], more]
    body = Body(
        intro=text(reader.language, f"notice.intro.{kind}", count=count),
        facts=(),
        heading="",
        items=tuple(items),
        closing=(text(reader.language, "notice.digest.why"),),
        link=link,
        link_words=text(reader.language, "notice.open.list"),
        link_note="" if link else text(reader.language, "notice.no_link.list"),
        contact=contact(reader, ""),
    )
    subject = text(reader.language, key, count=count, **({"until": until} if until else {}))
    return Words(subject, body.as_text(), body.as_html(reader.language))


# -- the words


def _subject(mail: MailTold, situation: Situation, reader: Reader) -> str:
    key = _subject_key(situation)
    shown = _shown_subject(mail, reader)
    own = f"{_SEPARATOR[reader.language]}{shown}" if shown else ""
    if situation.end is not None and situation.end.until is not None:
        return text(reader.language, key, subject=own, until=clock(situation.end.until, reader))
    deadline = None if situation.about is None or situation.end is not None else situation.about.deadline
    if deadline is None:
        return text(reader.language, key, subject=own)
    return text(reader.language, f"{key}.until", subject=own, until=clock(deadline, reader))


def _subject_key(situation: Situation) -> str:
    match situation.kind:
        case Kind.HOLD:
            return "notice.subject.hold.elsewhere" if situation.is_elsewhere else "notice.subject.hold"
        case Kind.REMINDER:
            return "notice.subject.last" if situation.is_last else "notice.subject.reminder"
        case Kind.RESULT if situation.end is not None:
            return f"notice.subject.result.{_result(situation.end, situation)}"
        case _:
            return f"notice.subject.{situation.kind}"


def _intro(mail: MailTold, situation: Situation, reader: Reader) -> str:
    def say(key: str, **values: object) -> str:
        return text(reader.language, f"notice.intro.{key}", **values)

    by = situation.by
    name = text(reader.language, "notice.by.person", name=by) if by else text(reader.language, "notice.by.operator")
    if situation.end is not None and (result := _result(situation.end, situation)) == "expired.refused":
        return say(f"result.{result}")
    if situation.kind is Kind.DISAPPROVED or situation.why_not == "refused":
        return say("disapproved")
    if situation.why_not and situation.kind is not Kind.APPROVAL:
        return text(reader.language, f"hold.not_approved.{situation.why_not}")
    match situation.kind:
        case Kind.HOLD:
            return say("elsewhere" if situation.is_elsewhere else "hold")
        case Kind.REMINDER:
            return say("reminder.elsewhere" if situation.is_elsewhere else "reminder")
        case Kind.APPROVAL:
            return say("approval" if situation.has_deciders else "approval.nobody", owner=_person(mail.owner))
        case _:
            end = situation.end
            assert end is not None, "a result is of something"
            if end.result is Result.EXPIRED:
                return say("result.expired")
            if not end.by and end.result not in (Result.CHANGED, Result.SCHEDULED):
                return say(f"result.{end.result}.time")
            if end.until is not None:
                return say(f"result.{end.result}", by=name, until=clock(end.until, reader))
            return say(f"result.{end.result}", by=name)


def _result(end: Ending, situation: Situation) -> str:
    """What became of it: nobody decided in time is another thing than that somebody said no, and nobody mended it."""
    is_refused = end.result is Result.EXPIRED and situation.why_not == "refused"
    return "expired.refused" if is_refused else end.result.value


def _facts(mail: MailTold, situation: Situation, reader: Reader) -> list[tuple[str, str]]:
    facts = []
    if shown := _shown_subject(mail, reader):
        facts.append(("subject", shown))
    named = text(reader.language, "notice.recipients.separator").join(
        one_line(one, _ADDRESS_MAX) for one in mail.recipients[:RECIPIENTS_NAMED]
    )
    key = "notice.recipients.more" if len(mail.recipients) > RECIPIENTS_NAMED else "notice.recipients"
    facts.append(("recipients", text(reader.language, key, count=len(mail.recipients), named=named)))
    if situation.about is None:
        facts.append(("sent_at", clock(mail.sent_at, reader)))
    return facts


def _fact(label: str, value: str, reader: Reader) -> str:
    return f"{text(reader.language, f'notice.label.{label}')}: {value}"


def _shown_subject(mail: MailTold, reader: Reader) -> str:
    """Empty where the office leaves it out, or nobody can read it any more."""
    if not reader.shows_subject or mail.subject is None:
        return ""
    return one_line(mail.subject, SUBJECT_SHOWN) or text(reader.language, "notice.no_subject")


def _reasons(mail: MailTold, reader: Reader) -> tuple[str, list[str]]:
    """A heading and the weightiest; nothing where nothing was said."""
    said = dict.fromkeys(
        one_line(one.get(reader.language) or next(iter(one.values()), ""), _REASON_MAX) for one in mail.reasons
    )
    told = [text(reader.language, "notice.reason.mark") + one for one in said if one]
    if not told:
        return "", []
    if len(told) > REASONS_TOLD:
        return text(reader.language, "notice.reasons.more", count=len(told) - REASONS_TOLD), told[:REASONS_TOLD]
    return text(reader.language, "notice.reasons"), told


def _has_link(situation: Situation) -> bool:
    """Nothing is left to decide about a mail that waits for nobody, but to stop what is sent later."""
    return situation.end is None or situation.about is not None or situation.end.result is Result.SCHEDULED


def _link_note(mail: MailTold, situation: Situation, reader: Reader) -> str:
    if not _has_link(situation):
        return ""
    if not mail.link:
        return text(reader.language, "notice.no_link", queue_id=mail.queue_id)
    return text(reader.language, "notice.link") if _is_of_mail(mail.link) else ""


def _is_of_mail(link: str) -> bool:
    """Whether it opens one mail without signing in."""
    return "/m/" in link


def contact(reader: Reader, queue_id: str) -> str:
    """Whom to ask; ``queue_id`` "" where it is not about one mail."""
    key = ("notice.contact" if queue_id else "notice.contact.list") + ("" if reader.postmaster else ".unnamed")
    return text(reader.language, key, queue_id=queue_id, postmaster=reader.postmaster)


def _person(address: str) -> str:
    return one_line(address, _ADDRESS_MAX)


def _listed(one: Listed, reader: Reader) -> str:
    situation, shown = one.situation, _shown_subject(one.mail, reader)
    if situation.end is not None and situation.kind is not Kind.DISAPPROVED:
        state = text(reader.language, f"notice.digest.result.{_result(situation.end, situation)}")
    else:
        state = text(reader.language, f"notice.digest.state.{situation.kind}")
    about = situation.about
    if situation.end is not None:
        begin = state
    elif about is None or about.deadline is None:
        begin = text(reader.language, "notice.digest.line.untimed", state=state)
    else:
        begin = text(reader.language, "notice.digest.line", state=state, until=clock(about.deadline, reader))
    return f"{begin} {shown or one.mail.queue_id}".rstrip()


def _next_first(one: Listed) -> tuple[bool, float, str]:
    about = one.situation.about
    deadline = None if about is None or one.situation.end is not None else about.deadline
    return (deadline is None, 0.0 if deadline is None else deadline.timestamp(), one.mail.queue_id)


# -- how they look


@dataclass(frozen=True, slots=True)
class Body:
    """What text and page of a notice both say, finished words, in this order; what is empty is left out."""

    intro: str
    facts: tuple[str, ...]
    heading: str
    items: tuple[str, ...]
    closing: tuple[str, ...]
    link: str
    link_words: str
    link_note: str
    contact: str

    def as_text(self) -> str:
        """As plain text."""
        link = [f"{self.link_words}:", self.link] if self.link else []
        blocks = [
            [self.intro],
            [*self.facts],
            [*([self.heading] if self.heading else []), *self.items],
            [*self.closing],
            [*link, *([self.link_note] if self.link_note else [])],
            [self.contact],
        ]
        return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"

    def as_html(self, language: Language) -> str:
        """As a page, everything escaped."""
        parts = [f"{_PARAGRAPH}<b>{html.escape(self.intro)}</b></p>"]
        headed = ((self.heading,) if self.heading else ()) + self.items
        parts += [_paragraph(block) for block in (self.facts, headed, self.closing) if block]
        if self.link:
            href = html.escape(self.link)
            parts.append(f'{_PARAGRAPH}<a href="{href}" style="{_BUTTON}">{html.escape(self.link_words)}</a></p>')
        parts.append(_paragraph([line for line in (self.link_note, self.contact) if line]))
        body = "\n".join(parts)
        return (
            f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"></head>\n'
            f'<body><div style="{_BLOCK}">\n{body}\n</div></body></html>\n'
        )


def _paragraph(lines: Iterable[str]) -> str:
    return _PARAGRAPH + "<br>\n".join(html.escape(line) for line in lines) + "</p>"
