"""The mail with a one-time code, and the link that does the same. Both languages, the reader's first; no code in the
subject, which phones show to everybody.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from email.utils import format_datetime

from mailguard.i18n import Language, both, text
from mailguard.i18n.times import moment
from mailguard.mime.addresses import Mailbox
from mailguard.mime.own_mail import mailbox, pages, text_mail, unstructured


@dataclass(frozen=True, slots=True, repr=False)
class CodeMail:
    """What one is made of. ``link`` is "" where the office has no address for its pages; ``zone`` is the office's, in
    which times are told. Never shown by ``repr``.
    """

    to: str
    sender: Mailbox
    office: str
    hostname: str
    language: Language
    code: str
    link: str
    minutes: int
    now: datetime
    zone: tzinfo


def code_mail(mail: CodeMail) -> bytes:
    """The mail in wire form. Raises ``ValueError`` for an address that no field can hold."""
    languages = both(mail.language)
    # Two subjects in one line would be cut on a phone; the reader's language is enough there.
    subject = text(mail.language, "sign_in.mail.subject", office=_office(mail, mail.language))
    fields = [
        ("Date", format_datetime(mail.now)),
        ("From", mailbox(mail.sender)),
        ("To", mailbox(Mailbox(mail.to, ""))),
        ("Subject", unstructured(subject)),
        ("Message-ID", f"<{secrets.token_hex(16)}@{mail.hostname}>"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
    ]
    return text_mail(fields, pages(_page(mail, language) for language in languages))


def _page(mail: CodeMail, language: Language) -> str:
    grouped = f"{mail.code[:4]} {mail.code[4:]}"
    until = moment(mail.now + timedelta(minutes=mail.minutes), mail.zone, language)
    lines = [
        text(language, "sign_in.mail.intro", office=_office(mail, language), at=moment(mail.now, mail.zone, language)),
        "",
        f"    {grouped}",
        "",
        text(language, "sign_in.mail.type_it", minutes=mail.minutes, until=until),
    ]
    if mail.link:
        lines += ["", text(language, "sign_in.mail.or_open"), mail.link]
    lines += ["", text(language, "sign_in.mail.not_you"), text(language, "sign_in.mail.tell_nobody")]
    return "\n".join(lines)


def _office(mail: CodeMail, language: Language) -> str:
    return mail.office or text(language, "sign_in.mail.unnamed")
