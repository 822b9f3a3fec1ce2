"""What was read out of a mail: its own words, the history it quotes, its attachments. Values of ``extract``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MailKind(StrEnum):
    """What class of mail it is (RFC 3464, 8098, 3834, 5546, 2919). ``PERSONAL``: a person wrote it."""

    PERSONAL = "personal"
    DSN = "dsn"
    MDN = "mdn"
    AUTOMATIC = "automatic"
    INVITATION = "invitation"
    INVITATION_ANSWER = "invitation_answer"
    MAILING_LIST = "mailing_list"


class Seal(StrEnum):
    """Whether the content is under a signature or encryption that a change would break (RFC 8551, RFC 9580)."""

    NONE = "none"
    SIGNED = "signed"
    OPAQUE = "opaque"
    ENCRYPTED = "encrypted"


PartPath = tuple[int, ...]
"""Which part of a mail: the number among its siblings, from 0, on every level below the whole; () is the whole."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file: its name (NFC, may be ""), content type, octets in the mail, whether it asks for a password.

    ``digest``: SHA-256 of its octets; empty where nobody made one.
    """

    name: str
    content_type: str
    size: int
    is_protected: bool
    path: PartPath = ()
    digest: bytes = b""


@dataclass(frozen=True, slots=True)
class Extract:
    """The words and files of one mail.

    ``own_text`` is what the sender wrote this time, without quoted history and signature; ``quoted_text`` the history;
    ``quoted_circles`` the comparable addresses that each header block in it shows together; ``subject`` is decoded.
    ``attendees``: comparable addresses that the invitation in it shows to everybody.
    ``is_forward``: the history stands there for somebody new.
    """

    kind: MailKind
    seal: Seal
    subject: str
    own_text: str
    quoted_text: str
    quoted_circles: tuple[frozenset[str], ...]
    attachments: tuple[Attachment, ...]
    is_html_only: bool = False
    is_forward: bool = False
    has_forwarded_message: bool = False
    has_tnef: bool = False
    has_inline_pictures: bool = False
    is_smime_signed: bool = False
    attendees: frozenset[str] = frozenset()
