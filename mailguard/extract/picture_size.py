"""How large a picture is, by the first octets of its format: large enough for a list that somebody can read, or not.

Nothing is decompressed. Follows PNG (ISO 15948) §11.2.2, GIF 89a §18, JPEG (ITU T.81) §B.2.2, BMP ([MS-WMF] §2.2.2.3),
WebP (RFC 9649 §2.3-2.7).
"""

from __future__ import annotations

from struct import unpack_from

OCTETS_MIN = 10_000
"""A list of a handful of names, at a size that can be read, takes more in every format; icons and most logos less."""

_AREA_MIN, _SIDE_MIN, _LONG = 120_000, 200, 5
"""400 by 300 pixels show ten lines of forty letters; strips five times as wide as high are banners and logos."""

FEW_OCTETS, _PAGE_AREA, _PAGE_LONG = 5_000, 400_000, 2
"""Black letters on white pack well: in as few octets, only what has a page's area and a page's form is no logo."""

_SQUARE, _SQUARE_AREA_MIN = 1.25, 500 * 500
"""What is about as wide as high is a stamp, an emblem or a code, unless it is larger than those are drawn."""

UNKNOWN_MIN = 30_000
"""Octets from which a picture whose size does not stand in it counts as large."""


def may_show_a_list(octets: bytes) -> bool:
    """Whether people's data could stand in the picture and be read: a screenshot, a scan, a photograph of a paper."""
    if len(octets) < FEW_OCTETS:
        return False
    size = size_of(octets)
    if size is None:
        return len(octets) >= UNKNOWN_MIN
    short, long = min(size), max(size)
    if len(octets) < OCTETS_MIN:
        return short * long >= _PAGE_AREA and long <= _PAGE_LONG * short
    if short < _SIDE_MIN or short * long < _AREA_MIN or long > _LONG * short:
        return False
    return long > _SQUARE * short or short * long >= _SQUARE_AREA_MIN


def size_of(octets: bytes) -> tuple[int, int] | None:
    """Width and height in pixels; None where they are not known."""
    head = octets[:64]
    if head.startswith(b"\x89PNG\r\n\x1a\n") and len(head) >= 24:
        return _positive(unpack_from(">II", head, 16))
    if head[:4] == b"GIF8" and len(head) >= 10:
        return _positive(unpack_from("<HH", head, 6))
    if head[:2] == b"BM" and len(head) >= 26:
        width, height = unpack_from("<ii", head, 18)
        return _positive((width, abs(height)))
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP" and len(head) >= 30:
        return _of_webp(head)
    if head[:2] == b"\xff\xd8":
        return _of_jpeg(octets)
    return None


def _positive(size: tuple[int, ...]) -> tuple[int, int] | None:
    width, height = size
    return (width, height) if width > 0 and height > 0 else None


def _of_webp(head: bytes) -> tuple[int, int] | None:
    kind = head[12:16]
    if kind == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = unpack_from("<HH", head, 26)
    return _positive((width & 0x3FFF, height & 0x3FFF))


def _of_jpeg(octets: bytes) -> tuple[int, int] | None:
    """By the first start of a frame; the segments before it are passed over by their lengths."""
    at = 2
    while at + 9 <= len(octets):
        if octets[at] != 0xFF:
            return None
        kind = octets[at + 1]
        if kind == 0xFF:
            at += 1
            continue
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = unpack_from(">HH", octets, at + 5)
            return _positive((width, height))
        at += 2 + max(2, unpack_from(">H", octets, at + 2)[0])
    return None
