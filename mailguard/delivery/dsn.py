"""The reports we write to senders about their mail (RFC 3461, RFC 3464): failed, delayed, relayed.

A report goes out from the null reverse-path and never to one (RFC 5321 §4.5.5). It names only the recipients it is
about, and carries a few of the original's header fields, never the body and never a Bcc field: whoever reads the report
learns nothing that the recipients of the mail did not see. The words for people come first in the office's language,
then in the other one. The result is in wire form, ready for the spool.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.utils import format_datetime
from enum import StrEnum

from mailguard.delivery.diagnosis import diagnose
from mailguard.i18n import Language, both, text
from mailguard.i18n.times import moment
from mailguard.mime.head import Head, head_of
from mailguard.mime.message import stuffed
from mailguard.mime.own_mail import SUBJECT_MAX, one_line, pages
from mailguard.model.address import domain_of, is_within
from mailguard.model.delivery import Reply
from mailguard.model.envelope import ForwardPath, Notify

NAMED_MAX = 50
"""Recipients explained to people; more are only counted there. Programs get them all."""

_KEPT_FIELDS = frozenset({b"date", b"from", b"to", b"cc", b"subject", b"message-id"})
"""What tells the sender which mail it was, and was there for every recipient to see."""
_FIELD_MAX = 8192
_DIAGNOSTIC_MAX = 600
_MESSAGE_ID = re.compile(rb"<[!-;=?-~]{1,500}>")
_XTEXT_CHARACTER = re.compile(r"\+([0-9A-F]{2})")


class ReportKind(StrEnum):
    """What a report says; the value is RFC 3464's Action (§2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    RELAYED = "relayed"


@dataclass(frozen=True, slots=True)
class Reported:
    """One recipient of a report. ``reply`` is the last one; ``expired``: given up for its age."""

    path: ForwardPath
    reply: Reply
    next_hop: str
    expired: bool = False


@dataclass(frozen=True, slots=True)
class ReportedMail:
    """The mail a report is about. ``head``: the start of its content in wire form, at least the header block."""

    queue_id: str
    accepted_at: datetime
    reverse_path: str
    envid: str | None
    head: bytes


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who reports. ``postmaster`` is named where it is not empty; ``language`` comes first; times are in ``zone``.

    ``own``: the office's domains, as they are compared; a report to anywhere else shows no subject. Empty: unknown.
    """

    hostname: str
    office: str
    postmaster: str
    language: Language
    zone: tzinfo
    own: frozenset[str] = frozenset()


def wants_report(path: ForwardPath, kind: ReportKind) -> bool:
    """Whether the sender asked for this report, or did not ask it away (RFC 3461 §4.1, §5.2)."""
    match kind:
        case ReportKind.FAILED:
            return not path.notify or Notify.FAILURE in path.notify
        case ReportKind.DELAYED:
            return not path.notify or Notify.DELAY in path.notify
        case ReportKind.RELAYED:
            return Notify.SUCCESS in path.notify


def build_report(
    kind: ReportKind,
    mail: ReportedMail,
    recipients: Iterable[Reported],
    reporter: Reporter,
    *,
    now: datetime,
    message_id: str,
    retry_until: datetime | None = None,
) -> bytes | None:
    """The report in wire form; None where nobody is to get one. ``message_id`` is the part before the ``@``.

    The envelope it goes out with: null reverse-path, ``mail.reverse_path`` as only recipient, NOTIFY=NEVER; SMTPUTF8
    where that address needs it.
    """
    told = [entry for entry in recipients if wants_report(entry.path, kind)]
    if not mail.reverse_path or not told:
        return None
    if reporter.own and not is_within(domain_of(mail.reverse_path), reporter.own):
        # Where the mail was protected, its subject may tell what its recipients did not see.
        mail = replace(mail, head=_without_subject(mail.head))
    # refold_source: what is handed over as text is written as it is. The stdlib would turn a long address or status
    # into encoded words, which no program that reads reports expects.
    base = policy.SMTPUTF8 if not mail.reverse_path.isascii() else policy.SMTP
    message = EmailMessage(policy=base.clone(refold_source="none"))
    _address_it(message, kind, mail, reporter, now, message_id)
    message["Content-Type"] = 'multipart/report; report-type="delivery-status"'
    words = _words(kind, mail, told, reporter, retry_until)
    status = _status(kind, mail, told, reporter, now, retry_until)
    message.set_payload([words, status, _headers(head_of(mail.head))])
    return stuffed(message.as_bytes())


def _address_it(
    message: EmailMessage, kind: ReportKind, mail: ReportedMail, reporter: Reporter, now: datetime, message_id: str
) -> None:
    first, second = both(reporter.language)
    message["Date"] = format_datetime(now)
    sender = Address(text(first, "dsn.from"), "MAILER-DAEMON", reporter.hostname)
    message["From"] = sender
    # As it is: an address that breaks RFC 5322 (``a..b@docomo.ne.jp``) would come out of the stdlib's parser changed.
    message.set_raw("To", f"<{mail.reverse_path}>")
    message["Subject"] = f"{text(first, f'dsn.{kind}.subject')} / {text(second, f'dsn.{kind}.subject')}"
    message.set_raw("Message-ID", f"<{message_id}@{reporter.hostname}>")
    if (original := _MESSAGE_ID.fullmatch(Head(head_of(mail.head)).first("Message-ID") or b"")) is not None:
        message.set_raw("References", original[0].decode("ascii"))
    message["Auto-Submitted"] = "auto-replied"
    message["MIME-Version"] = "1.0"


# -- for people


def _words(
    kind: ReportKind, mail: ReportedMail, told: list[Reported], reporter: Reporter, retry_until: datetime | None
) -> EmailMessage:
    part = EmailMessage(policy=policy.SMTP)
    words = pages(_page(language, kind, mail, told, reporter, retry_until) for language in both(reporter.language))
    part.set_content(words, cte="base64")
    del part["MIME-Version"]
    return part


def _page(
    language: Language,
    kind: ReportKind,
    mail: ReportedMail,
    told: list[Reported],
    reporter: Reporter,
    retry_until: datetime | None,
) -> str:
    subject = one_line(Head(head_of(mail.head)).first_text("Subject") or "", SUBJECT_MAX)
    lines = [
        text(language, f"dsn.{kind}.intro"),
        "",
        f"{text(language, 'dsn.mail.sent_at')}: {moment(mail.accepted_at, reporter.zone, language)}",
        f"{text(language, 'dsn.mail.subject')}: {subject or text(language, 'dsn.mail.no_subject')}",
        f"{text(language, 'dsn.mail.queue_id')}: {mail.queue_id}",
        "",
    ]
    if kind is ReportKind.DELAYED and retry_until is not None:
        lines[1:1] = [text(language, "dsn.delayed.until", until=moment(retry_until, reporter.zone, language))]
    for entry in told[:NAMED_MAX]:
        lines += _recipient_lines(language, kind, entry)
    if len(told) > NAMED_MAX:
        lines += [text(language, "dsn.more", count=len(told) - NAMED_MAX), ""]
    if reporter.postmaster:
        lines.append(text(language, "dsn.contact", postmaster=reporter.postmaster))
    office = reporter.office or text(language, "dsn.office.unnamed")
    lines.append(text(language, "dsn.signature", office=office))
    return "\n".join(lines)


def _recipient_lines(language: Language, kind: ReportKind, entry: Reported) -> list[str]:
    lines = [f"{text(language, 'dsn.recipient.address')}: {one_line(entry.path.address, 320)}"]
    if kind is not ReportKind.RELAYED:
        diagnosis = diagnose(entry.reply, expired=entry.expired)
        lines.append(f"  {text(language, 'dsn.recipient.happened')}: {text(language, f'dsn.{diagnosis}.happened')}")
        if kind is ReportKind.FAILED:
            lines.append(
                f"  {text(language, 'dsn.recipient.what_to_do')}: {text(language, f'dsn.{diagnosis}.what_to_do')}"
            )
        said = "dsn.recipient.server_said" if entry.reply.code else "dsn.recipient.our_words"
        lines.append(f"  {text(language, said)}: {_said(entry.reply)}")
    return [*lines, ""]


def _said(reply: Reply) -> str:
    code = str(reply.code) if reply.code else ""
    return one_line(" ".join(word for word in (code, reply.enhanced, reply.text) if word), _DIAGNOSTIC_MAX)


# -- for programs


def _status(
    kind: ReportKind,
    mail: ReportedMail,
    told: list[Reported],
    reporter: Reporter,
    now: datetime,
    retry_until: datetime | None,
) -> Message:
    about_mail: Message = Message()
    about_mail["Reporting-MTA"] = f"dns; {reporter.hostname}"
    if mail.envid is not None:
        about_mail["Original-Envelope-Id"] = _ascii(_from_xtext(mail.envid))
    about_mail["Arrival-Date"] = format_datetime(mail.accepted_at)
    blocks: list[Message | str] = [about_mail]
    for entry in told:
        block: Message = Message()
        if entry.path.orcpt is not None:
            kind_of_address, _, address = entry.path.orcpt.partition(";")
            block["Original-Recipient"] = _ascii(f"{kind_of_address};{_from_xtext(address)}")
        block["Final-Recipient"] = _final_recipient(entry.path.address)
        block["Action"] = kind.value
        block["Status"] = _status_code(kind, entry)
        if entry.reply.code:
            block["Remote-MTA"] = f"dns; {_host(entry.next_hop)}"
            block["Diagnostic-Code"] = f"smtp; {_ascii(_said(entry.reply))}"
        block["Last-Attempt-Date"] = format_datetime(now)
        if kind is ReportKind.DELAYED and retry_until is not None:
            block["Will-Retry-Until"] = format_datetime(retry_until)
        blocks.append(block)
    part: Message = Message()
    part["Content-Type"] = "message/delivery-status"
    part.set_payload(blocks)
    return part


def _status_code(kind: ReportKind, entry: Reported) -> str:
    """RFC 3463. The class must fit the action: a failure that was temporary to the last is 5.4.7, time is up."""
    match kind:
        case ReportKind.RELAYED:
            return "2.1.9"
        case ReportKind.DELAYED:
            return entry.reply.enhanced if entry.reply.enhanced.startswith("4.") else "4.0.0"
        case ReportKind.FAILED:
            if entry.expired:
                return "5.4.7"
            return entry.reply.enhanced if entry.reply.enhanced.startswith("5.") else "5.0.0"


def _final_recipient(address: str) -> str:
    if address.isascii():
        return f"rfc822; {_ascii(address)}"
    # RFC 6533 §3: a delivery-status part is ASCII, so the address is written in its 7-bit form.
    return "utf-8; " + "".join(c if c.isascii() else f"\\x{{{ord(c):X}}}" for c in one_line(address, 320))


def _host(next_hop: str) -> str:
    return _ascii(next_hop.rpartition(":")[0].strip("[]"))


def _from_xtext(value: str) -> str:
    return _XTEXT_CHARACTER.sub(lambda found: chr(int(found[1], 16)), value)


def _ascii(value: str) -> str:
    return one_line(value, _DIAGNOSTIC_MAX).encode("ascii", "replace").decode("ascii")


# -- the original's header


def _headers(head: bytes) -> Message:
    """A part with the kept fields, as they stood. Fields of absurd length are left out."""
    fields = [field for field in _fields(head) if _name(field) in _KEPT_FIELDS and len(field) <= _FIELD_MAX]
    octets = b"".join(fields)
    part: Message = Message()
    if octets.isascii() and max(map(len, octets.split(b"\r\n"))) <= 998:
        part["Content-Type"] = "text/rfc822-headers"
        part.set_payload(octets.decode("ascii"))
        return part
    # Eight-bit or overlong lines as they stood would not survive every server on the way back.
    part["Content-Type"] = 'text/rfc822-headers; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(base64.encodebytes(octets).decode("ascii"))
    return part


def _without_subject(head: bytes) -> bytes:
    return b"".join(field for field in _fields(head_of(head)) if _name(field) != b"subject") + b"\r\n"


def _fields(head: bytes) -> list[bytes]:
    fields: list[bytes] = []
    for line in head.split(b"\r\n"):
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1] += line + b"\r\n"
        elif line:
            fields.append(line + b"\r\n")
    return fields


def _name(field: bytes) -> bytes:
    return field.partition(b":")[0].strip().lower()
