"""Passwords that every program reads in the same way."""

from __future__ import annotations

from mailguard.transform.containers.errors import CannotLock, WhyNot

PASSWORD_MAX = 99
"""7-Zip takes no more for an AES ZIP (kPasswordSizeMax); a PDF takes 127 octets (ISO 32000-2 §7.6.4.3.3), Office 255
characters (MS-OFFCRYPTO §2.3.4.11)."""


def password_octets(password: str) -> bytes:
    """The octets of a password for all containers.

    Raises ``CannotLock`` unless it is 1 to 99 characters of printable ASCII: beyond that programs on Windows, Mac and
    phones take different octets for the same characters, and the recipient would stand before a closed door.
    """
    if not (0 < len(password) <= PASSWORD_MAX and password.isascii() and password.isprintable()):
        raise CannotLock(WhyNot.PASSWORD)
    return password.encode("ascii")


def wrong_passwords(password: str) -> tuple[str, str]:
    """What must not open a container that opens with this: nothing, and all but the last character."""
    return "", password[:-1]
