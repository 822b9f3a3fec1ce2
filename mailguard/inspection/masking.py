"""A value so that somebody who knows it recognises it, and nobody else can read it."""

from __future__ import annotations

from hashlib import blake2b

from mailguard.model.finding import Kind

_STAR = "*"
_SHOWN_MAX = 24


def masked(kind: str, value: str) -> str:
    """At most the first character, and the last of a number; of an address the first three characters."""
    value = " ".join(value.split())
    if not value:
        return ""
    if kind == Kind.EMAIL_ADDRESS and "@" in value:
        local, _, domain = value.partition("@")
        return f"{local[:1]}{_STAR * 3}@{domain[:1]}{_STAR * 3}"
    if kind == Kind.POSTAL_ADDRESS:
        shown = min(3, len(value) // 2)
        return value[:shown] + _STAR * min(_SHOWN_MAX, len(value) - shown)
    if kind in (Kind.CREDENTIAL, Kind.SALARY) or len(value) == 1:
        return _STAR * min(8, len(value))
    keeps_last = len(value) >= 7 and value[-1].isdigit()
    hidden = _STAR * min(_SHOWN_MAX, len(value) - 1 - keeps_last)
    return value[:1] + hidden + (value[-1] if keeps_last else "")


def keyed(key: bytes, kind: str, value: str) -> bytes:
    """The keyed hash of a value (BLAKE2b, RFC 7693, 16 octets): equal for equal values under one key."""
    return blake2b(
        f"{kind}\0{value.casefold()}".encode("utf-8", "surrogatepass"), key=key[:64], digest_size=16
    ).digest()
