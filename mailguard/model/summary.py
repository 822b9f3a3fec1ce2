"""What lists and decision pages show of a mail without opening its content. Made when it is judged, kept sealed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from mailguard.model.contents import Obstacle
from mailguard.model.extract import PartPath


class Field(StrEnum):
    """Where the header shows a recipient. ``ENVELOPE_ONLY``: nowhere, as most programs send a Bcc."""

    TO = "to"
    CC = "cc"
    BCC = "bcc"
    ENVELOPE_ONLY = "envelope_only"


class Badge(StrEnum):
    """What people are told of a recipient in a word."""

    OUTSIDE = "outside"
    INSIDE = "inside"
    FIRST_TIME = "first_time"
    SIMILAR = "similar"
    FREEMAIL = "freemail"
    LIST = "list"
    ENVELOPE_ONLY = "envelope_only"
    HEADER_DIFFERS = "header_differs"


@dataclass(frozen=True, slots=True)
class SummaryRecipient:
    """One forward-path, known by its address: an edit takes some away. ``name``: as the header shows it, or "".

    ``header_differs``: what the header shows for it is another address. ``badges``: what was known when it was judged.
    ``suggested``: the address that may have been meant instead, or "".
    """

    address: str
    name: str
    field: Field
    header_differs: bool = False
    badges: frozenset[Badge] = frozenset()
    suggested: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One kind in one place, all that counts of it together. ``masked``: no more than three samples, masked."""

    kind: str
    count: int
    masked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SummaryFile:
    """One file of the mail. ``name`` may be ""; ``unreadable``: why nobody could look into it, None where somebody did.

    ``is_protected``: it asks for a password by itself. ``digest``: SHA-256 of its octets; empty where nobody made one.
    """

    path: PartPath
    name: str
    content_type: str
    size: int
    is_protected: bool = False
    found: tuple[Found, ...] = ()
    unreadable: Obstacle | None = None
    digest: bytes = b""


@dataclass(frozen=True, slots=True)
class Summary:
    """One mail as its judgement saw it.

    ``recipients`` are those it was judged for, in the order of the envelope. ``not_sent_to``: addresses that the header
    shows and the envelope does not have. ``excerpt``: the first words the sender wrote this time, in lines, without
    control characters; "" where nobody could read them. ``found_elsewhere``: in something that is none of ``files``.
    ``unreadable``: why the text could not be read, None where it could. ``message_id`` and ``references`` are as
    written, with angle brackets. ``labels``: what the office calls those of its own kinds that were found.
    """

    subject: str
    from_name: str
    from_address: str
    recipients: tuple[SummaryRecipient, ...]
    not_sent_to: tuple[str, ...] = ()
    files: tuple[SummaryFile, ...] = ()
    found_in_subject: tuple[Found, ...] = ()
    found_in_body: tuple[Found, ...] = ()
    found_elsewhere: tuple[Found, ...] = ()
    unreadable: Obstacle | None = None
    excerpt: str = ""
    persons: int = 0
    message_id: str = ""
    references: tuple[str, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds that were found anywhere in it."""
        places = (self.found_in_subject, self.found_in_body, self.found_elsewhere, *(one.found for one in self.files))
        return frozenset(one.kind for place in places for one in place)
