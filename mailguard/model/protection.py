"""How a mail is protected and how its password travels: values of policy, transform and parcels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Mode(StrEnum):
    """What a parcel is. A later one could be a page to download from."""

    ZIP = "zip"
    """One archive for everything (AE-2, AES-256)."""
    PDF = "pdf"
    """A PDF file with a password of its own (ISO 32000-2, revision 6, AES-256)."""
    OFFICE = "office"
    """An Office file with a password of its own (MS-OFFCRYPTO agile, AES-256)."""


class Channel(StrEnum):
    """How a password reaches the recipient."""

    TO_SENDER = "to_sender"
    """The sender gets it and tells it, by telephone for instance."""
    SEPARATE_MAIL = "separate_mail"
    """A mail of its own, after a window in which it can be stopped."""
    SMS = "sms"
    """A short message through the office's gateway, after the same window."""
    AGREED = "agreed"
    """Nothing is sent: both sides know it from earlier."""


@dataclass(frozen=True, slots=True)
class Protection:
    """What is wanted for a recipient; None and empty: nothing said, the next one to ask decides.

    ``everything``: all attachments, not only those with findings. ``subject``: the neutral one, by language, for mails
    whose own holds findings. ``phone``: where a short message goes, as digits with a leading plus or zero.
    """

    mode: Mode | None = None
    channel: Channel | None = None
    everything: bool | None = None
    subject: tuple[tuple[str, str], ...] = ()
    phone: str = ""

    def over(self, other: Protection) -> Protection:
        """This wish, and where it says nothing the other one."""
        return Protection(
            self.mode or other.mode,
            self.channel or other.channel,
            other.everything if self.everything is None else self.everything,
            self.subject or other.subject,
            self.phone or other.phone,
        )


NO_WISH = Protection()
"""Nothing said."""


class PasswordState(StrEnum):
    """Where the password for one recipient is."""

    PACKED = "packed"
    """The parcel has not been taken by the next hop for this recipient; nobody was told."""
    WAITING = "waiting"
    """The parcel is there, the window runs."""
    SENDING = "sending"
    """A short message was begun; whether the gateway took it is not known yet."""
    TOLD = "told"
    """It went its way: to the sender, as a mail, as a short message; or it was agreed earlier."""
    STOPPED = "stopped"
    """It will not be told: somebody stopped it, or the parcel came back."""
    DESTROYED = "destroyed"
    """There is none any more."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing inside a parcel: its name there, octets, SHA-256, and the kinds found in it with their counts."""

    name: str
    size: int
    sha256: str
    findings: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a parcel is and holds, for its evidence sheet. ``method`` names cipher, key length, key derivation with its
    parameters and the library's version; ``outer_name`` is the file's name in the mail, ``size`` and ``sha256`` the
    finished parcel's; ``is_names_hidden``: the names are not readable without the password.
    """

    mode: Mode
    method: dict[str, str]
    outer_name: str
    size: int
    sha256: str
    items: tuple[Item, ...]
    is_names_hidden: bool = False


class Trait(StrEnum):
    """Something known of a recipient or of everybody at a domain. Values are kept in the database."""

    REFUSES_ZIP = "refuses_zip"
    OPENS_PDF = "opens_pdf"
    PREFERS = "prefers"
    PHONE = "phone"


class TraitSource(StrEnum):
    """Who said so. What a person said is never changed by a reply."""

    REPLY = "reply"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of a recipient; None: nothing.

    ``agreed``: whether a password was agreed with it, and ``agreed_at`` since when.
    """

    refuses_zip: bool | None = None
    opens_pdf: bool | None = None
    prefers: Channel | None = None
    phone: str = ""
    agreed: bool = False
    agreed_at: datetime | None = None
