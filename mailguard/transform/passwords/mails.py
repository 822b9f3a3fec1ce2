"""What the mails that carry a password have in common: their fields, and how they name the mail they belong to."""

from __future__ import annotations

import secrets
from email.utils import format_datetime

from mailguard.i18n import Language, text
from mailguard.i18n.times import moment
from mailguard.mime.addresses import Mailbox
from mailguard.mime.own_mail import (
    SUBJECT_MAX,
    mailbox,
    message_id_or_none,
    one_line,
    text_mail,
    unstructured,
)
from mailguard.transform.passwords.telling import Telling

_WORDS_MAX = 300


def written(telling: Telling, *, author: Mailbox, to: Mailbox, words: str) -> bytes:
    """The mail in wire form. It belongs to the parcel's thread, and no absence notice answers it (RFC 3834 §5)."""
    subject = text(telling.language, "password.subject", subject=subject_of(telling, telling.language))
    fields = [
        ("Date", format_datetime(telling.now.astimezone(telling.zone))),
        ("From", mailbox(author)),
        ("To", mailbox(to)),
        ("Subject", unstructured(subject)),
        ("Message-ID", f"<password.{secrets.token_hex(12)}@{telling.hostname}>"),
    ]
    thread = message_id_or_none(telling.message_id)
    if thread is not None:
        fields.append(("References", thread))
    fields.append(("Auto-Submitted", "auto-generated"))
    return text_mail(fields, words)


def which_mail(telling: Telling, language: Language) -> list[str]:
    """Lines that say which mail it is about."""
    return [
        f"{text(language, 'dsn.mail.sent_at')}: {moment(telling.sent_at, telling.zone, language)}",
        f"{text(language, 'dsn.mail.subject')}: {subject_of(telling, language)}",
        f"{text(language, 'password.file')}: {one_line(telling.file_name, _WORDS_MAX)}",
    ]


def subject_of(telling: Telling, language: Language) -> str:
    """The subject as it left, short and on one line."""
    return one_line(telling.subject, SUBJECT_MAX) or text(language, "dsn.mail.no_subject")


def office_of(telling: Telling, language: Language) -> str:
    """The office's name, or a word for it."""
    return one_line(telling.office, _WORDS_MAX) or text(language, "dsn.office.unnamed")


def contact_of(telling: Telling) -> str:
    """Whom to call, on one line; empty where nobody is named."""
    return one_line(telling.contact, _WORDS_MAX)


def name_of(person: Mailbox) -> str:
    """A person as shown to people: name and address."""
    name, address = one_line(person.name, _WORDS_MAX), one_line(person.address, _WORDS_MAX)
    return f"{name} <{address}>" if name else address
