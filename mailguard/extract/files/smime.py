"""What lies inside of a CMS object: opaque signatures and compressed data (RFC 5652, RFC 3274, RFC 8551 §3).

A walk along the tags of DER or BER, no more than finding the content takes. No signature is checked here.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from enum import Enum, auto

from mailguard.extract.unpacking import Inflater, unpacked
from mailguard.extract.walk import Damaged, File, Walk
from mailguard.model.contents import Obstacle

_SIGNED = bytes.fromhex("2a864886f70d010702")
_DATA = bytes.fromhex("2a864886f70d010701")
_CLOSED = (
    bytes.fromhex("2a864886f70d010703"),  # enveloped
    bytes.fromhex("2a864886f70d010704"),  # signed and enveloped
    bytes.fromhex("2a864886f70d010706"),  # encrypted
    bytes.fromhex("2a864886f70d0109100117"),  # authenticated and enveloped (RFC 5083)
)
_COMPRESSED = bytes.fromhex("2a864886f70d0109100109")
_ARMOUR = re.compile(rb"-----BEGIN [^-]{1,40}-----([A-Za-z0-9+/=\s]+)")
_NESTED_MAX = 30
_SUFFIX = re.compile(r"\.(?:p7m|p7z|p7s|p7|pk7)$", re.IGNORECASE)


class Sealed(Enum):
    """``DETACHED``: a signature or certificates, without content. ``NO_SEAL``: no CMS object."""

    OPEN = auto()
    DETACHED = auto()
    ENCRYPTED = auto()
    NO_SEAL = auto()


@dataclass(frozen=True, slots=True)
class Seal:
    """What a CMS object is, with its content where that can be had."""

    state: Sealed
    content: bytes = b""


def unsealed(octets: bytes, walk: Walk | None) -> Seal:
    """The content. ``walk`` pays for compressed data; without one it is not unpacked. May raise ``OverLimit``."""
    if armour := _ARMOUR.search(octets[:1024] and octets):
        try:
            octets = base64.b64decode(armour[1])
        except (binascii.Error, ValueError):
            return Seal(Sealed.NO_SEAL)
    try:
        return _content_info(octets, walk)
    except (_NotDer, IndexError):
        return Seal(Sealed.NO_SEAL)


def read(file: File, walk: Walk) -> None:
    """A ``.p7m`` file: what is signed, as the mail it is or as a file."""
    from mailguard.extract.mail import read_entity, with_crlf

    seal = unsealed(file.octets, walk)
    match seal.state:
        case Sealed.ENCRYPTED:
            walk.cannot(file.where, Obstacle.ENCRYPTED)
        case Sealed.NO_SEAL:
            raise Damaged
        case Sealed.OPEN:
            walk.spend(len(seal.content))
            if re.match(rb"(?:[!-9;-~]{1,80}:[^\r\n]{0,2000}\r?\n)", seal.content) and file.depth < walk.limits.depth:
                read_entity(with_crlf(seal.content), walk, file.where, file.depth)
            else:
                name = _SUFFIX.sub("", file.name) or file.name
                walk.file(name, seal.content, f"{file.where}!{name}", file.depth + 1)
        case Sealed.DETACHED:
            pass


class _NotDer(Exception):
    """The octets do not follow X.690."""


@dataclass(frozen=True, slots=True)
class _Value:
    tag: int
    start: int
    end: int
    after: int


def _content_info(octets: bytes, walk: Walk | None) -> Seal:
    outer = _value(octets, 0, len(octets), 0)
    if outer.tag != 0x30:
        raise _NotDer
    kind = _value(octets, outer.start, outer.end, 1)
    if kind.tag != 0x06:
        raise _NotDer
    name = octets[kind.start : kind.end]
    if name in _CLOSED:
        return Seal(Sealed.ENCRYPTED)
    if name not in (_SIGNED, _COMPRESSED):
        raise _NotDer
    wrapped = _value(octets, kind.after, outer.end, 1)
    data = _value(octets, wrapped.start, wrapped.end, 2)
    # version, digest or compression algorithms, then the content.
    at = _value(octets, data.start, data.end, 3).after
    at = _value(octets, at, data.end, 3).after
    inner = _value(octets, at, data.end, 3)
    if inner.tag != 0x30:
        raise _NotDer
    inner_kind = _value(octets, inner.start, inner.end, 4)
    if inner_kind.after >= inner.end:
        return Seal(Sealed.DETACHED)
    explicit = _value(octets, inner_kind.after, inner.end, 4)
    if explicit.tag != 0xA0:
        return Seal(Sealed.DETACHED)
    value = _value(octets, explicit.start, explicit.end, 5)
    content = b"".join(_strings(octets, value, 6))
    if name == _COMPRESSED:
        content = unpacked(content, lambda: Inflater(15), walk)[0] if walk is not None else content
    inner_name = octets[inner_kind.start : inner_kind.end]
    if inner_name != _DATA and (inner_name in _CLOSED or inner_name in (_SIGNED, _COMPRESSED)):
        return Seal(Sealed.ENCRYPTED) if inner_name in _CLOSED else unsealed(_wrapped(inner_name, content), walk)
    return Seal(Sealed.OPEN, content) if content else Seal(Sealed.DETACHED)


def _wrapped(name: bytes, content: bytes) -> bytes:
    """Bare content of a type as a ContentInfo again; indefinite lengths keep it short."""
    return b"\x30\x80\x06" + bytes([len(name)]) + name + b"\xa0\x80" + content + b"\0\0\0\0"


def _strings(octets: bytes, value: _Value, depth: int) -> list[bytes]:
    """The octets of an OCTET STRING; BER may cut it into several (X.690 §8.7)."""
    if value.tag & 0x20 == 0:
        return [octets[value.start : value.end]]
    found: list[bytes] = []
    position = value.start
    while position < value.end:
        piece = _value(octets, position, value.end, depth)
        found += _strings(octets, piece, depth + 1)
        position = piece.after
    return found


def _value(octets: bytes, at: int, end: int, depth: int) -> _Value:
    """The value that begins at ``at``. Raises ``_NotDer``."""
    if at + 2 > end or depth > _NESTED_MAX:
        raise _NotDer
    tag = octets[at]
    if tag & 0x1F == 0x1F:
        raise _NotDer
    length = octets[at + 1]
    start = at + 2
    if length < 0x80:
        stop = start + length
        return _Value(tag, start, min(stop, end), min(stop, end))
    if length > 0x80:
        width = length & 0x7F
        if width > 8 or start + width > end:
            raise _NotDer
        stop = start + width + int.from_bytes(octets[start : start + width], "big")
        return _Value(tag, start + width, min(stop, end), min(stop, end))
    if tag & 0x20 == 0:
        raise _NotDer
    position = start
    while position + 2 <= end and octets[position : position + 2] != b"\0\0":
        position = _value(octets, position, end, depth + 1).after
    return _Value(tag, start, min(position, end), min(position + 2, end))
