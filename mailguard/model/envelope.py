"""What the client said around the mail: envelope (RFC 5321, RFC 3461, RFC 6531) and the session it came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Ret(StrEnum):
    """How much of the mail a DSN may return (RFC 3461 §4.3). mailguard never returns more than headers."""

    FULL = "FULL"
    HDRS = "HDRS"


class Notify(StrEnum):
    """When a recipient's sender wants a DSN (RFC 3461 §4.1)."""

    NEVER = "NEVER"
    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    DELAY = "DELAY"


class Body(StrEnum):
    """The client's BODY parameter (RFC 6152 §3)."""

    SEVEN_BIT = "7BIT"
    EIGHT_BIT_MIME = "8BITMIME"


@dataclass(frozen=True, slots=True)
class ForwardPath:
    """One recipient as the client named it.

    ``notify`` is empty where the client said nothing, which means FAILURE and DELAY (RFC 3461 §4.1).
    ``orcpt`` is the ORCPT value still in xtext, type included (``rfc822;a@example.com``), or None.
    """

    address: str
    notify: frozenset[Notify] = frozenset()
    orcpt: str | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """One mail transaction. ``reverse_path`` is empty for the null reverse-path; ``envid`` is still in xtext."""

    reverse_path: str
    forward_paths: tuple[ForwardPath, ...]
    ret: Ret | None = None
    envid: str | None = None
    body: Body | None = None
    smtputf8: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """Who connected, and how, as far as the ``Received:`` line and the record need it.

    ``account`` is the signed-in address and None for a trusted network; ``source`` is the configured name of that
    network and None otherwise; ``owner`` is the mailbox of the person who answers for the mail in both cases.
    ``client_address`` is empty for mail that mailguard wrote itself.
    ``tls`` is the protocol version ("TLSv1.3") or None for a clear connection. ``connected_at`` is aware UTC.
    """

    client_address: str
    client_name: str
    listener: str
    owner: str
    connected_at: datetime
    account: str | None = None
    source: str | None = None
    tls: str | None = None
    esmtp: bool = True
