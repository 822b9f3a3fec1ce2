"""Pictures that stand in a mail's page, as addresses that hold them (RFC 2392, RFC 2557, RFC 2397).

Guarantees: only PNG, JPEG, GIF, WebP and BMP by their first octets, whatever a mail calls them; never raises; what is
put into one page stays under ``EMBEDDED_MAX`` characters however often it is asked for.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from urllib.parse import unquote, unquote_to_bytes

from mailguard.mime.message import Message, Part, fields_of

EMBEDDED_MAX = 96 * 1024 * 1024
"""Characters of pictures in one page: more than the largest mail that servers take brings along once."""

_BMP_HEADS = (12, 40, 52, 56, 64, 108, 124)
"""Sizes of the header that follows a BMP file's first 14 octets, by which text that begins with BM is told apart."""


class Pictures:
    """The pictures of one mail, by the addresses under which its pages may ask for them."""

    def __init__(self, message: Message, parts: Iterable[Part]) -> None:
        self._message = message
        self._by_address: dict[str, Part] = {}
        self._addresses: dict[int, str] = {}
        self._left = EMBEDDED_MAX
        self._shown: set[int] = set()
        self._parts = tuple(parts)
        for part in self._parts:
            for address in _addresses_of(message, part):
                self._by_address.setdefault(address, part)

    def embedded(self, address: str) -> str | None:
        """A ``data:`` address for what a page asks for; None where it is not in the mail or no picture we know."""
        if address[:5].lower() == "data:":
            return self._spent(_checked_data(address))
        wanted = address[4:] if address[:4].lower() == "cid:" else address
        part = self._by_address.get(unquote(wanted).strip().lower())
        return None if part is None else self._embedded(part)

    def rest(self) -> tuple[list[str], list[Part]]:
        """Those no page has shown: as ``data:`` addresses, and those that can only be kept as files."""
        shown: list[str] = []
        files: list[Part] = []
        for part in self._parts:
            if part.start not in self._shown:
                address = self._embedded(part)
                if address is None:
                    files.append(part)
                else:
                    shown.append(address)
        return shown, files

    def _embedded(self, part: Part) -> str | None:
        if part.start not in self._addresses:
            self._addresses[part.start] = data_address(self._message.decoded(part)) or ""
        address = self._spent(self._addresses[part.start] or None)
        if address is not None:
            self._shown.add(part.start)
        return address

    def _spent(self, address: str | None) -> str | None:
        if address is None or len(address) > self._left:
            return None
        self._left -= len(address)
        return address


def data_address(octets: bytes) -> str | None:
    """A picture as an address that holds it; None for anything else."""
    kind = _picture_type(octets)
    return f"data:{kind};base64,{base64.b64encode(octets).decode('ascii')}" if kind else None


def _picture_type(octets: bytes) -> str:
    if octets.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if octets.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if octets.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if octets.startswith(b"RIFF") and octets[8:12] == b"WEBP":
        return "image/webp"
    if octets.startswith(b"BM") and int.from_bytes(octets[14:18], "little") in _BMP_HEADS:
        return "image/bmp"
    return ""


def _checked_data(address: str) -> str | None:
    """The same picture written anew; None where the address holds something else."""
    head, _, body = address.partition(",")
    octets = unquote_to_bytes(body)
    if head.lower().rstrip().endswith(";base64"):
        try:
            octets = base64.b64decode(b"".join(octets.split()))
        except (binascii.Error, ValueError):
            return None
    return data_address(octets)


def _addresses_of(message: Message, part: Part) -> list[str]:
    fields = fields_of(message.octets[part.begin : part.start])
    found: list[str] = []
    for field in fields:
        if field.name.lower() == "content-id":
            found.append(field.text.strip().removeprefix("<").removesuffix(">"))
        elif field.name.lower() == "content-location":
            # Folding may have put blanks into a long one (RFC 2557 §4.4).
            found.append("".join(field.text.split()).strip('<>"'))
    # Some programs ask by the file's name.
    return [unquote(one).strip().lower() for one in (*found, part.name) if one]
