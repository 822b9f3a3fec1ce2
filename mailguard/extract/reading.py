"""One mail's words and files as values."""

from __future__ import annotations

from hashlib import sha256

from mailguard.extract.classes import attendees_of, kind_of, seal_of
from mailguard.extract.history import divided, looks_forwarded
from mailguard.extract.html import text_of_html
from mailguard.extract.protected import asks_for_password
from mailguard.mime.flowed import unflowed
from mailguard.mime.message import Message, Part
from mailguard.model.extract import Attachment, Extract, PartPath

SMIME_SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature")
"""Types of a detached signature (RFC 8551 §3.5.3, and the old name of the same)."""

TEXT_MAX = 128 * 1024
"""Encoded octets of a body that are read for the sender's words; what people write is far shorter."""


def read(message: Message) -> Extract:
    """The words and files of a mail. Never raises for what a mail may hold."""
    texts, pages, files = _sorted_out(message)
    body = "\n".join(_plain_text(message, part) for part in texts)
    is_html_only = bool(pages) and not body.strip()
    if is_html_only:
        body = "\n".join(text_of_html(message.text(part, TEXT_MAX)) for part in pages)
    own, quoted, circles = divided(body)
    types = {part.content_type for part in message.root.walk()}
    subject = " ".join(message.text_of("Subject").split())
    return Extract(
        kind=kind_of(message),
        seal=seal_of(message),
        subject=subject,
        own_text=own,
        quoted_text=quoted,
        quoted_circles=circles,
        attachments=tuple(_attachment(message, part, path) for part, path in files),
        is_html_only=is_html_only and not texts,
        is_forward=looks_forwarded(subject, quoted),
        has_forwarded_message="message/rfc822" in types and message.root.content_type != "multipart/report",
        has_tnef="application/ms-tnef" in types or any(part.name.lower() == "winmail.dat" for part, _ in files),
        has_inline_pictures=any(name.startswith("image/") for name in types),
        is_smime_signed=not types.isdisjoint(SMIME_SIGNATURES),
        attendees=attendees_of(message),
    )


def _plain_text(message: Message, part: Part) -> str:
    text = message.text(part, TEXT_MAX)
    if part.parameters.get("format", "").lower() != "flowed":
        return text
    return unflowed(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")


def _sorted_out(message: Message) -> tuple[list[Part], list[Part], list[tuple[Part, PartPath]]]:
    """Plain bodies, HTML bodies, and files; what lies inside a forwarded message belongs to that file."""
    texts: list[Part] = []
    pages: list[Part] = []
    files: list[tuple[Part, PartPath]] = []

    def visit(part: Part, path: PartPath, *, is_in_page: bool) -> None:
        if part.content_type == "message/rfc822":
            files.append((part, path))
        elif part.children:
            for number, child in enumerate(part.children):
                visit(child, (*path, number), is_in_page=is_in_page or part.content_type == "multipart/related")
        elif part.content_type.startswith("multipart/"):
            # Nothing divides it; some programs show it as it is.
            texts.append(part)
        elif part.content_type == "text/plain" and not part.is_attachment:
            texts.append(part)
        elif part.content_type == "text/html" and not part.is_attachment:
            pages.append(part)
        elif not _is_furniture(part, is_in_page=is_in_page):
            files.append((part, path))

    visit(message.root, (), is_in_page=False)
    return texts, pages, files


def _is_furniture(part: Part, *, is_in_page: bool) -> bool:
    """Parts no person calls an attachment: signatures, calendar data in the body, pictures of the page, reports.

    A named picture beside the text is a file: telephones send their photographs so, with the disposition "inline".
    """
    name = part.content_type
    return (
        name in (*SMIME_SIGNATURES, "application/pgp-signature")
        or name in ("message/delivery-status", "message/disposition-notification", "text/rfc822-headers")
        or (name == "text/calendar" and part.disposition != "attachment")
        or (name.startswith("image/") and part.disposition != "attachment" and (is_in_page or not part.name))
        or name.startswith("multipart/")
    )


def _attachment(message: Message, part: Part, path: PartPath) -> Attachment:
    digest = sha256()
    for chunk in message.chunks(part):
        digest.update(chunk)
    is_protected = asks_for_password(message, part)
    return Attachment(part.name, part.content_type, part.end - part.start, is_protected, path, digest.digest())
