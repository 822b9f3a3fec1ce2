"""How often a PDF's form XObjects draw one another, worked out before PDFium does it one by one.

PDFium follows a form that draws itself twice through dozens of levels, two to the power of them, in time and memory
(ISO 32000-1 §8.10 allows forms in forms and forbids only the circle). A form's own resources say what it draws; where
they cannot be found, any form with that name counts. Encrypted contents cannot be looked into here.
"""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(?<!\d)(\d{1,9})\s{1,9}\d{1,5}\s{1,9}obj\b")
_DRAW = re.compile(rb"/([^\s/<>\[\]()%{}]{1,127})\s{1,9}Do\b")
_REFERENCE = re.compile(rb"/([^\s/<>\[\]()%{}]{1,127})\s{0,9}(\d{1,9})\s{1,9}\d{1,5}\s{1,9}R\b")
_KIND_FORM = re.compile(rb"/Subtype\s{0,9}/(Form\b|[A-Za-z]{0,4}#)")
_HEAD_AT_MOST = 65_536
_CONTENT_AT_MOST = 4_000_000
_OBJECTS_AT_MOST = 500_000
_ENDLESS = 100_000
_LEVELS_AT_MOST = 25


def draws_without_end(octets: bytes) -> bool:
    """Whether forms draw each other in a circle, or more than 100,000 times in all."""
    if b"/Subtype" not in octets or (b"Form" not in octets and b"#" not in octets):
        return False
    objects, streams = _objects(octets)
    forms = {number for number in streams if _KIND_FORM.search(objects[number])}
    if not forms:
        return False
    everywhere: dict[bytes, set[int]] = {}
    for body in objects.values():
        for name, number in _REFERENCE.findall(body):
            if int(number) in forms:
                everywhere.setdefault(name, set()).add(int(number))
    drawn: dict[int, list[int]] = {}
    for number in forms:
        names = _DRAW.findall(_content(octets, streams[number], objects[number]))
        own = _own_names(objects[number], objects) if names else None
        drawn[number] = [
            target for name in names for target in (everywhere.get(name, ()) if own is None else own.get(name, ()))
            if target in forms
        ]  # fmt: skip
    return _total(drawn) > _ENDLESS


def _objects(octets: bytes) -> tuple[dict[int, bytes], dict[int, int]]:
    """The dictionary of each object, and where the streams of those that have one begin."""
    objects: dict[int, bytes] = {}
    streams: dict[int, int] = {}
    packed: list[tuple[bytes, bytes]] = []
    for found in _OBJECT.finditer(octets):
        if len(objects) > _OBJECTS_AT_MOST:
            break
        number = int(found[1])
        end = octets.find(b"endobj", found.end(), found.end() + _HEAD_AT_MOST)
        body = octets[found.end() : end if end >= 0 else found.end() + _HEAD_AT_MOST]
        place = re.search(rb"stream\r?\n", body)
        if place:
            streams[number] = found.end() + place.end()
            body = body[: place.start()]
            if b"/ObjStm" in body:
                packed.append((body, _content(octets, streams[number], body)))
        objects[number] = body
    for body, content in packed:
        first = re.search(rb"/First\s{0,9}(\d{1,9})", body)
        if first:
            numbers = [int(part) for part in re.findall(rb"\d{1,9}", content[: int(first[1])])]
            starts = [int(first[1]) + place for place in numbers[1::2]]
            for number, start, end in zip(numbers[::2], starts, [*starts[1:], len(content)], strict=False):
                objects.setdefault(number, content[start : min(end, start + _HEAD_AT_MOST)])
    return objects, streams


def _content(octets: bytes, start: int, body: bytes) -> bytes:
    if b"Flate" not in body and b"/Fl" not in body and b"#" not in body:
        end = octets.find(b"endstream", start, start + _CONTENT_AT_MOST)
        return octets[start : end if end >= 0 else start + _CONTENT_AT_MOST]
    try:
        content = zlib.decompressobj().decompress(memoryview(octets)[start:], _CONTENT_AT_MOST)
        if content[:1] == b"\x78":
            content = zlib.decompressobj().decompress(content, _CONTENT_AT_MOST)
    except zlib.error:
        return b""
    return content


def _own_names(body: bytes, objects: dict[int, bytes]) -> dict[bytes, list[int]] | None:
    """What the names of its XObjects stand for, None where that is not to be found."""
    resources = _value(body, b"Resources", objects)
    names = _value(resources, b"XObject", objects) if resources is not None else None
    if names is None:
        return None
    own: dict[bytes, list[int]] = {}
    for name, number in _REFERENCE.findall(names):
        own.setdefault(name, []).append(int(number))
    return own


def _value(body: bytes, key: bytes, objects: dict[int, bytes]) -> bytes | None:
    """The dictionary under a key, direct or by reference."""
    found = re.search(rb"/" + key + rb"\s{0,9}(?:(\d{1,9})\s{1,9}\d{1,5}\s{1,9}R|<<)", body)
    if found is None:
        return None
    if found[1]:
        return objects.get(int(found[1]))
    depth = 1
    for mark in re.finditer(rb"<<|>>", body[found.end() :]):
        depth += 1 if mark[0] == b"<<" else -1
        if depth == 0:
            return body[found.end() : found.end() + mark.start()]
    return body[found.end() :]


def _total(drawn: dict[int, list[int]]) -> int:
    """How many drawings the costliest form sets off, level by level; past the bound it is not counted on."""
    costs = dict.fromkeys(drawn, 1)
    for _ in range(_LEVELS_AT_MOST):
        before = costs
        costs = {number: 1 + sum(before[target] for target in targets) for number, targets in drawn.items()}
        if costs == before:
            break
        if max(costs.values()) > _ENDLESS:
            break
    return max(costs.values(), default=0)
