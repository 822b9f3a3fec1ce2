"""Letters to people outside as they are sent: to one person each, who sees nobody else. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime

from mailguard.i18n import Language, text
from mailguard.incidents.answers import OFFERED
from mailguard.incidents.document_text import body_text
from mailguard.mime.addresses import Mailbox
from mailguard.mime.own_mail import mailbox, one_line, text_mail, unstructured
from mailguard.model.documents import Addressee, Document, Section

CLOSING = "closing"
"""The section before which a request says how to answer; the end where there is none."""
DATA = "data"
"""The section of a notice that says which data of this person it is about."""
_NAME_MAX = 100
_MARK = re.compile(r"^【[^】]*】")
"""What a subject begins with."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Who writes. ``reply_to`` "": answers go to the author. ``reverse_path``: where mail goes that came back."""

    author: Mailbox
    reply_to: str
    reverse_path: str
    hostname: str


def addressed(document: Document, person: Addressee) -> Document:
    """The document as this person gets it: with a salutation, and of their data what is theirs."""
    name = one_line(person.name, _NAME_MAX)
    language = _language(document)
    salutation = text(language, "draft.to.named", name=name) if name else text(language, "draft.to.unnamed")
    sections = [
        replace(one, text=person.data, is_pending=False) if one.id == DATA and person.data.strip() else one
        for one in document.sections
    ]
    return replace(document, sections=(Section("salutation", "", salutation), *sections), people=(person,))


def asking(document: Document, link: str, *, by_mail: bool = True, is_reminder: bool = False) -> Document:
    """A request with the ways to answer it. ``link`` "": there is no page."""
    language = _language(document)

    def say(key: str, **values: object) -> str:
        return text(language, f"draft.{key}", **values)

    options = [f"{number}. {say(f'option.{one.value}')}" for number, one in enumerate(OFFERED, 1)]
    if link:
        ways = [say("answer.both"), "", say("answer.by_link"), link, "", say("answer.by_mail"), *options]
    else:
        ways = [say("answer.only_mail"), "", *options]
    answer = Section("answer", say("answer.heading"), "\n".join(ways))
    place = next((at for at, one in enumerate(document.sections) if one.id == CLOSING), len(document.sections))
    sections = [*document.sections[:place], answer, *document.sections[place:]]
    if not is_reminder:
        return replace(document, sections=tuple(sections))
    at = 1 if sections[0].id == "salutation" else 0
    sections.insert(at, Section("reminder", "", say("reminder")))
    # One mark at the head of a subject is enough.
    subject = _MARK.sub("", document.title)
    return replace(document, sections=tuple(sections), title=say("reminder.subject", subject=subject))


def written(document: Document, to: Mailbox, desk: Desk, name: str, now: datetime) -> bytes:
    """The mail in wire form. ``name``: one word of ASCII that is this mail's alone.

    It is no automatic mail (RFC 3834): a person released it, and absence notices are worth knowing. Raises
    ``ValueError`` for an address no mail can be written to.
    """
    fields = [
        ("Date", format_datetime(now)),
        ("From", mailbox(desk.author)),
        ("To", mailbox(to)),
        *([("Reply-To", mailbox(Mailbox(desk.reply_to, desk.author.name)))] if desk.reply_to else []),
        ("Subject", unstructured(document.title)),
        ("Message-ID", message_id(name, desk.hostname)),
    ]
    return text_mail(fields, body_text(document) + "\n")


def message_id(name: str, hostname: str) -> str:
    """What such a mail is called."""
    return f"<letter.{name}@{hostname}>"


def name_in(message_id_: str) -> str:
    """The name of ours in a Message-ID; "" for anybody else's."""
    word = message_id_.strip("<>").partition("@")[0]
    return word.removeprefix("letter.") if word.startswith("letter.") else ""


def _language(document: Document) -> Language:
    return "en" if document.language == "en" else "ja"
