"""A notice as the octets of a mail: from the office, to one person, threaded, never answered by a program.

The envelope it goes out with has the null reverse-path, so that no report about it comes back (RFC 5321 §4.5.5);
``Auto-Submitted`` keeps absence notices quiet (RFC 3834 §5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from mailguard.mime.addresses import Mailbox
from mailguard.mime.own_mail import alternative_mail, mailbox, unstructured
from mailguard.notify.wording import Words


@dataclass(frozen=True, slots=True)
class Post:
    """Who writes to whom. ``name``: the mail's own, one word of ASCII; ``thread``: that of the first notice about the
    same mail, "" where this is it."""

    author: Mailbox
    to: str
    hostname: str
    name: str
    thread: str = ""


def written(words: Words, post: Post, now: datetime) -> bytes:
    """The mail in wire form. Raises ``ValueError`` for an address no mail can be written to."""
    fields = [
        ("Date", format_datetime(now)),
        ("From", mailbox(post.author)),
        ("To", mailbox(Mailbox(post.to, ""))),
        ("Subject", unstructured(words.subject)),
        ("Message-ID", _message_id(post.name, post.hostname)),
    ]
    if post.thread:
        first = _message_id(post.thread, post.hostname)
        fields += [("In-Reply-To", first), ("References", first)]
    fields.append(("Auto-Submitted", "auto-generated"))
    return alternative_mail(fields, words.text, words.page, f"notice-{post.name}")


def _message_id(name: str, hostname: str) -> str:
    return f"<notice.{name}@{hostname}>"
