"""What a delivery attempt is given and what it gives back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from mailguard.model.delivery import Outcome, Reply
from mailguard.model.envelope import Body, ForwardPath, Ret

BeforeDot = Callable[[tuple[int, ...]], Awaitable[bool]]
"""The last look: awaited with the positions the server accepted, between the content and the final dot.

It commits these attempts as unknown. Where it returns False or raises, no dot is sent.
"""

Content = bytes | Callable[[], AsyncIterator[bytes]]
"""A mail in wire form: CRLF lines, dot-stuffed, no final dot. A callable gives it anew, chunk by chunk, each time:
a retry on a fresh connection, or recipients that did not fit, read it again."""


@dataclass(frozen=True, slots=True)
class MailTransaction:
    """One mail for one next hop.

    ``prefix`` is what stands above the content (our ``Received:`` line, with CRLF). ``size`` is the content's octets
    in wire form. ``eight_bit``: whether the content may hold octets above 127. ``envid`` and each ``orcpt`` are still
    in xtext.
    """

    queue_id: str
    reverse_path: str
    recipients: tuple[ForwardPath, ...]
    prefix: bytes
    content: Content
    size: int
    ret: Ret | None = None
    envid: str | None = None
    body: Body | None = None
    smtputf8: bool = False
    eight_bit: bool = False


@dataclass(frozen=True, slots=True)
class RecipientResult:
    """How the attempt ended for one recipient.

    The outcome decides, not the class of ``reply.code``: a next hop that refuses our sign-in with 535 says nothing
    about the mail, which is deferred. ``tls`` is the protocol version or None for a clear connection (or none at
    all). ``doubt``: the dot was sent and no reply to it was read (outcome ``UNKNOWN``). ``dsn_passed_on``: the next hop
    offers DSN and was given what the sender asked for, so a SUCCESS report is its affair (RFC 3461 §6.2).
    """

    outcome: Outcome
    reply: Reply
    next_hop: str
    tls: str | None
    doubt: bool
    dsn_passed_on: bool
