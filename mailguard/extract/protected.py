"""Whether a file asks for a password before it shows anything."""

from __future__ import annotations

import re

from mailguard.mime.message import Message, Part

_LOOK_MAX = 4 * 1024 * 1024
"""Encoded octets that are looked at from the start of a file."""

_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_PDF_ENCRYPT = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_SEVEN_ZIP_AES = b"\x06\xf1\x07\x01"
"""The coder id of AES-256 with SHA-256 in a 7z archive's header (7zFormat.txt, methods)."""


def asks_for_password(message: Message, part: Part) -> bool:
    """By the file's octets, whatever its name or type says. What opens for everybody does not ask."""
    if part.children:
        return False
    octets = message.decoded(part, _LOOK_MAX)
    if octets.startswith(b"PK\x03\x04"):
        # Bit 0 of the general purpose flag: encrypted (APPNOTE 4.4.4).
        return _any_encrypted(octets, b"PK\x03\x04", 6) or _any_encrypted(_end_of(message, part), b"PK\x01\x02", 8)
    if octets.startswith(b"%PDF-"):
        is_encrypted = _PDF_ENCRYPT.search(octets) is not None or _ends_encrypted(message, part)
        return is_encrypted and not _opens_for_all(part.name, message.decoded(part))
    if octets.startswith(b"\xd0\xcf\x11\xe0"):
        return _ENCRYPTED_PACKAGE in octets and not _opens_for_all(part.name, message.decoded(part))
    if octets.startswith(b"7z\xbc\xaf\x27\x1c"):
        return _SEVEN_ZIP_AES in octets or _SEVEN_ZIP_AES in _end_of(message, part)
    if octets.startswith(b"Rar!\x1a\x07\x01\x00"):
        # RAR 5: header type 4 is the archive encryption header.
        return octets[8:40].find(b"\x04") in (4, 5, 6)
    return False


def _any_encrypted(octets: bytes, mark: bytes, flags: int) -> bool:
    """Whether an entry's header, local (APPNOTE 4.3.7) or in the directory (4.3.12), has the flag for encryption."""
    position = 0
    while (position := octets.find(mark, position)) >= 0:
        if octets[position + flags : position + flags + 1] and octets[position + flags] & 1:
            return True
        position += 30
    return False


def _ends_encrypted(message: Message, part: Part) -> bool:
    return _PDF_ENCRYPT.search(_end_of(message, part)) is not None


def _end_of(message: Message, part: Part) -> bytes:
    """The last octets of a large file; its base64 is cut at a line, which decodes by itself."""
    if part.end - part.start <= _LOOK_MAX:
        return b""
    start = message.octets.find(b"\n", part.end - 256 * 1024) + 1
    if start <= 0 or start >= part.end:
        return b""
    last = Part(
        part.content_type, {}, "", "", part.encoding, start, start, part.end, part.depth, ()
    )  # fmt: skip
    return message.decoded(last)


def _opens_for_all(name: str, octets: bytes) -> bool:
    # Loaded when such a file comes: whoever reads headers alone, as the relay does, needs no ciphers of documents.
    from mailguard.extract.unlocking import opens_for_all

    return opens_for_all(name, octets)
