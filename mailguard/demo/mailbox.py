"""What somebody sees of a mail in their mail program: its text, the code for signing in, and links into the pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

LINES_MAX = 60
_CODE = re.compile(r"^ {4}(\d{4} \d{4})$", re.MULTILINE)
_LINK = re.compile(r"^https?://\S+$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Letter:
    """Of one mail. ``code``: the one-time code it tells, "" for none; ``links``: each once, in their order."""

    lines: tuple[str, ...]
    code: str
    links: tuple[str, ...]


def letter_of(content: bytes) -> Letter:
    """The mail as it is read; nothing where it has no text."""
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    try:
        body = mail.get_body(("plain",))
        text = "" if body is None else str(body.get_content()).replace("\r\n", "\n")
    except (LookupError, UnicodeError, AttributeError):
        # A mail that somebody made by hand, in a way the standard library does not read.
        return Letter((), "", ())
    code = _CODE.search(text)
    links = tuple(dict.fromkeys(_LINK.findall(text)))
    return Letter(tuple(text.splitlines()[:LINES_MAX]), code[1] if code else "", links)
