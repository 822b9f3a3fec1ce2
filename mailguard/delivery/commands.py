"""MAIL and RCPT for one mail and one server's offer: what is passed on, and what cannot be said to this server at all.

Addresses leave as they came. RFC 3461 (DSN), 6152 (8BITMIME), 1870 (SIZE), 6531 (SMTPUTF8).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mailguard.delivery.connection import Offer
from mailguard.delivery.transaction import MailTransaction
from mailguard.model.address import comparable_domain
from mailguard.model.delivery import Reply
from mailguard.model.envelope import Body, ForwardPath, Notify

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PATH = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^\s<>"]+)(?:@[^\s<>"]+)?')
_WORD = re.compile(r"[^\s<>\x00-\x1f\x7f-\x9f]+")
_NOTIFY_ORDER = (Notify.NEVER, Notify.SUCCESS, Notify.FAILURE, Notify.DELAY)

NEEDS_SMTPUTF8 = Reply(0, "5.6.7", "the next hop does not take addresses or headers outside ASCII")
TOO_LARGE = Reply(0, "5.3.4", "the mail is larger than the next hop takes")
NOT_SENDABLE = Reply(0, "5.1.3", "the address cannot be written in SMTP")


@dataclass(frozen=True, slots=True)
class Commands:
    """The lines with their CRLF; ``rcpt`` by position. ``refused``: positions that cannot be said, for good."""

    mail: bytes
    rcpt: dict[int, bytes]
    refused: dict[int, Reply]


def commands(mail: MailTransaction, positions: Iterable[int], offer: Offer, *, utf8_headers: bool) -> Commands:
    """The commands for some of the mail's recipients. ``utf8_headers``: its header block needs SMTPUTF8.

    What is permanent here (RFC 6531 §3.5, RFC 1870 §6.1) is so because the same server will not change its mind.
    """
    if offer.size_max is not None and mail.size + len(mail.prefix) > offer.size_max:
        return Commands(b"", {}, dict.fromkeys(positions, TOO_LARGE))
    reverse_path = _written(mail.reverse_path, offer)
    if isinstance(reverse_path, Reply) or (utf8_headers and not offer.smtputf8):
        reason = reverse_path if isinstance(reverse_path, Reply) else NEEDS_SMTPUTF8
        return Commands(b"", {}, dict.fromkeys(positions, reason))
    rcpt: dict[int, bytes] = {}
    refused: dict[int, Reply] = {}
    for position in positions:
        path = mail.recipients[position]
        address = _written(path.address, offer)
        if isinstance(address, Reply):
            refused[position] = address
        elif offer.dsn and (path.notify or path.orcpt is not None):
            rcpt[position] = f"RCPT TO:<{address}>{_dsn_of(path, offer)}\r\n".encode()
        else:
            rcpt[position] = f"RCPT TO:<{address}>\r\n".encode()
    return Commands(_mail_line(mail, reverse_path, offer), rcpt, refused)


def _mail_line(mail: MailTransaction, reverse_path: str, offer: Offer) -> bytes:
    line = f"MAIL FROM:<{reverse_path}>"
    if offer.size:
        # RFC 1870 §5: about right is right; the wire form counts stuffed dots too.
        line += f" SIZE={mail.size + len(mail.prefix)}"
    if offer.eight_bit_mime and (mail.eight_bit or mail.body is Body.EIGHT_BIT_MIME):
        # Where it is not offered, eight-bit content is sent all the same: RFC 6152 §3 would have us rewrite or bounce
        # it, we never rewrite, and in practice every server passes the octets on.
        line += " BODY=8BITMIME"
    if offer.smtputf8 and (mail.smtputf8 or not reverse_path.isascii() or _any_utf8(mail)):
        line += " SMTPUTF8"
    if offer.dsn:
        if mail.ret is not None:
            line += f" RET={mail.ret.value}"
        if mail.envid is not None and _WORD.fullmatch(mail.envid):
            line += f" ENVID={mail.envid}"
    return f"{line}\r\n".encode()


def _any_utf8(mail: MailTransaction) -> bool:
    return any(not path.address.isascii() for path in mail.recipients)


def _written(address: str, offer: Offer) -> str | Reply:
    """An address as this server can be told it, or why it cannot be."""
    if address and (_CONTROLS.search(address) or not _PATH.fullmatch(address)):
        # The second lock: submission has one grammar for all addresses, and nothing that fails it gets here.
        return NOT_SENDABLE
    if address.isascii() or offer.smtputf8:
        return address
    local, _, domain = address.rpartition("@")
    encoded = comparable_domain(domain)
    # Only the domain has another way to be written (RFC 5891); a local part means something to its owner alone.
    return f"{local}@{encoded}" if local.isascii() and encoded.isascii() else NEEDS_SMTPUTF8


def _dsn_of(path: ForwardPath, offer: Offer) -> str:
    words = ""
    if path.notify:
        words += " NOTIFY=" + ",".join(word.value for word in _NOTIFY_ORDER if word in path.notify)
    if path.orcpt is not None and _WORD.fullmatch(path.orcpt):
        written = path.orcpt
        if not written.isascii() and not offer.smtputf8:
            # RFC 6533 §3: the 7-bit form of the same address.
            written = "".join(c if c.isascii() else f"\\x{{{ord(c):X}}}" for c in written)
        words += f" ORCPT={written}"
    return words
