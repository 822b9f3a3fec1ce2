"""What a channel is given to tell a password, and what it gives back to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from mailguard.i18n import Language
from mailguard.mime.addresses import Mailbox
from mailguard.model.protection import Channel, Mode
from mailguard.model.short_message import ShortMessage

__all__ = ["PasswordMail", "ShortMessage", "Telling"]


@dataclass(frozen=True, slots=True, repr=False)
class Telling:
    """One password to tell. Never shown by ``repr``.

    ``sender``: who wrote the mail, never the null reverse-path. ``recipients`` are those this telling is for and nobody
    else: no other address is named. ``subject`` and ``file_name`` are those of the mail as it left and of the parcel
    outside; they tell nothing. ``sent_at`` is when that mail went, ``now`` when this is written; both aware,
    and people read them in the office's ``zone``.
    ``queue_id`` and ``message_id`` (with angle brackets, or empty) are that mail's. ``contact``: whom people may call,
    ``phone``: where a short message goes; both may be empty. ``failed``: another way was tried, and nobody knows
    that it arrived.
    """

    password: str
    language: Language
    office: str
    contact: str
    sender: Mailbox
    recipients: tuple[Mailbox, ...]
    sent_at: datetime
    now: datetime
    zone: tzinfo
    subject: str
    file_name: str
    mode: Mode
    queue_id: str
    message_id: str
    hostname: str
    phone: str = ""
    failed: Channel | None = None


@dataclass(frozen=True, slots=True, repr=False)
class PasswordMail:
    """A mail with a password: its only recipient, its reverse-path, its content in wire form. SMTPUTF8 where one of
    the addresses is not ASCII. Never shown by ``repr``.
    """

    to: str
    sender: str
    octets: bytes
