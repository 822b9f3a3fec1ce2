"""The ``Received:`` line this relay puts above a mail (RFC 5321 §4.4), made only of values the spool has kept.

The same submission always gives the same octets, so that a retry sends what the first attempt sent. There is no
``for`` clause: with one recipient it would tell the others of a Bcc, with several it is not allowed to be complete.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

from mailguard.model.envelope import Envelope, Session

_UNSAFE = re.compile(r"[^A-Za-z0-9.:_\[\]-]+")
_NAME_MAX = 255
"""Octets of a domain name (RFC 1035 §2.3.4); keeps every line below the 998 octets of RFC 5322 §2.1.1."""


def received_line(session: Session, envelope: Envelope, hostname: str, queue_id: str, accepted_at: datetime) -> bytes:
    """The whole field with its final CRLF, folded, ASCII only, each line under 600 octets. The date is in UTC."""
    security = f" ({_clean(session.tls)})" if session.tls else ""
    id_and_date = f"\tid {_clean(queue_id)}; {_date(accepted_at.replace(microsecond=0))}\r\n"
    if not session.client_address:
        # Our own mail came from nobody.
        return f"Received: by {_clean(hostname)}\r\n{id_and_date}".encode("ascii")
    return (
        f"Received: from {_clean(session.client_name)} ({_address(session.client_address)})\r\n"
        f"\tby {_clean(hostname)} with {transmission_type(session, envelope)}{security}\r\n"
        f"{id_and_date}"
    ).encode("ascii")


def transmission_type(session: Session, envelope: Envelope) -> str:
    """The word after ``with``: RFC 3848 for ESMTP with its S and A, RFC 6531 §4.3 for the UTF8SMTP family."""
    if envelope.smtputf8:
        kind = "UTF8SMTP"
    elif session.esmtp:
        kind = "ESMTP"
    else:
        return "SMTP"
    return f"{kind}{'S' if session.tls else ''}{'A' if session.account is not None else ''}"


@lru_cache(maxsize=64)
def _date(second: datetime) -> str:
    """RFC 5322 §3.3; many mails are accepted in the same second."""
    return format_datetime(second.astimezone(UTC))


def _address(client_address: str) -> str:
    cleaned = _clean(client_address)
    return f"[IPv6:{cleaned}]" if ":" in cleaned else f"[{cleaned}]"


def _clean(name: str) -> str:
    """What a client or a setting calls itself, without anything that could end the line or open a comment."""
    return _UNSAFE.sub("?", name)[:_NAME_MAX].replace("?", "-") or "unknown"
