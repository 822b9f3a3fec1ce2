"""What the mails we write ourselves have in common: fields nothing can be smuggled into, words, wire form.

Names, subjects and file names come from others. Whatever they hold, a field stays one field: ``one_line`` takes out
what could end a line, hide or reorder, and what is not plain ASCII becomes encoded words (RFC 2047).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from email.header import Header

from mailguard.mime.addresses import Mailbox
from mailguard.mime.message import stuffed

SUBJECT_MAX = 120
"""Characters of a subject that are repeated."""

_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]+")
_BREAKS_FIELD = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
"""What no field can hold. Other odd characters are left in an address: mail was accepted for it, so it must get out."""
_PLAIN_WORDS = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")
_NEEDS_QUOTES = re.compile(r'[ ()<>\[\]:;@\\,"]')
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,500}>")
_BETWEEN_LANGUAGES = "\n\n----------------------------------------\n\n"
_NAME_MAX = 200


def one_line(value: str, most: int) -> str:
    """On one line, without anything that could hide or reorder, at most so many characters."""
    cleaned = _UNFIT.sub(" ", value).strip()
    return cleaned if len(cleaned) <= most else cleaned[: most - 1] + "…"


def pages(texts: Iterable[str]) -> str:
    """The same in several languages, one below the other."""
    return _BETWEEN_LANGUAGES.join(texts) + "\n"


def mailbox(whose: Mailbox) -> str:
    """A mailbox as the value of an address field. The address is written as it is: one that breaks RFC 5322
    (``a..b@docomo.ne.jp``) is a mailbox all the same.

    Raises ``ValueError`` for an address that is empty or holds a control character.
    """
    address = whose.address
    if not address or _BREAKS_FIELD.search(address):
        raise ValueError("a mail cannot be addressed: its address is empty or holds a control character")
    name = one_line(whose.name, _NAME_MAX)
    address = _quoted(address)
    if not name:
        return f"<{address}>"
    # As encoded words even where quoting would do: there is nothing to escape then.
    shown = name if _PLAIN_WORDS.fullmatch(name) else _encoded(name)
    return f"{shown}\r\n <{address}>"


def unstructured(value: str) -> str:
    """Words as the value of a field such as Subject."""
    words = " ".join(_UNFIT.sub(" ", value).split())
    is_plain = words.isascii() and len(words) < 60 and "=?" not in words
    return words if is_plain else _encoded(words)


def message_id_or_none(value: str) -> str | None:
    """A Message-ID with its angle brackets, None where it is not one that can be repeated in a field."""
    return value if _MESSAGE_ID.fullmatch(value) else None


def text_mail(fields: Iterable[tuple[str, str]], words: str) -> bytes:
    """A mail of plain text in wire form. ``fields``: names with finished values, folded by CRLF and a blank."""
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    # Only an internationalised address is not ASCII here; its mail goes out with SMTPUTF8 (RFC 6532).
    return stuffed(
        head.encode("utf-8")
        + b"MIME-Version: 1.0\r\n"
        + b'Content-Type: text/plain; charset="utf-8"\r\n'
        + b"Content-Transfer-Encoding: base64\r\n\r\n"
        + _base64(words).encode("ascii")
    )


def alternative_mail(fields: Iterable[tuple[str, str]], words: str, page: str, boundary: str) -> bytes:
    """A mail of plain text and the same as HTML, in wire form (RFC 2046 §5.1.4). ``boundary``: one word of ASCII."""
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    parts = "".join(
        f"--{boundary}\r\n"
        f'Content-Type: text/{kind}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
        f"{_base64(content)}"
        for kind, content in (("plain", words), ("html", page))
    )
    return stuffed(
        (
            f"{head}MIME-Version: 1.0\r\n"
            f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'
            f"{parts}--{boundary}--\r\n"
        ).encode()
    )


def enclosing_mail(
    fields: Iterable[tuple[str, str]], words: str, boundary: str, content_type: str, file_name: str
) -> tuple[bytes, bytes]:
    """What stands before and after another mail, as an attachment of that type, in wire form (RFC 2046 §5.2.1).

    ``boundary`` and ``file_name``: a word of ASCII, the boundary one that stands nowhere in the other mail.
    """
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    before = (
        f"{head}MIME-Version: 1.0\r\n"
        f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n'
        "Content-Transfer-Encoding: 8bit\r\n\r\n"
        f"--{boundary}\r\n"
        'Content-Type: text/plain; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
        f"{_base64(words)}"
        f"--{boundary}\r\n"
        f"Content-Type: {content_type}\r\n"
        "Content-Transfer-Encoding: 8bit\r\n"
        f'Content-Disposition: attachment; filename="{file_name}"\r\n\r\n'
    )
    return stuffed(before.encode()), f"\r\n--{boundary}--\r\n".encode("ascii")


def _base64(words: str) -> str:
    octets = base64.encodebytes(words.replace("\n", "\r\n").encode("utf-8"))
    return octets.decode("ascii").replace("\n", "\r\n")


def _quoted(address: str) -> str:
    """With quotes around a local part that needs them (RFC 5322 §3.4.1): ``Mailbox`` has it without."""
    local, at, domain = address.rpartition("@")
    if not _NEEDS_QUOTES.search(local) or (len(local) > 1 and local.startswith('"') and local.endswith('"')):
        return address
    escaped = local.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"{at}{domain}'


def _encoded(words: str) -> str:
    return Header(words, "utf-8", maxlinelen=72, header_name="Subject").encode(linesep="\r\n")
