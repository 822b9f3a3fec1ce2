"""``winmail.dat``: what Outlook sends instead of MIME (MS-OXTNEF). Read here, without a library."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailguard.extract.file_names import UNNAMED
from mailguard.extract.mapi import ATTACH_DATA, BINARY, BODY, OBJECT, STRING8, SUBJECT, charset_of, text_of
from mailguard.extract.outlook import Properties, add_file, add_texts, file_name
from mailguard.extract.walk import Damaged, File, Walk
from mailguard.model.contents import Obstacle

SIGNATURE = b"\x78\x9f\x3e\x22"
_SUBJECT, _BODY, _RENDER, _TITLE, _DATA = 0x8004, 0x800C, 0x9002, 0x8010, 0x800F
_PROPERTIES, _ATTACHMENT, _CODEPAGE, _TRANSPORT_NAME = 0x9003, 0x9005, 0x9007, 0x9001
_SIZES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16, 0: 0, 1: 0}
_VARIABLE = (0x0D, 0x1E, 0x1F, 0x102)
_IID_OCTETS = 16
"""An object begins with the id of its interface; the rest is another TNEF stream where it is a message."""


@dataclass
class _Attachment:
    title: bytes = b""
    data: bytes = b""
    properties: Properties = field(default_factory=dict)


def read(file: File, walk: Walk) -> None:
    """Subject, body and files. Raises ``Damaged`` for what is no TNEF."""
    octets = file.octets
    if not octets.startswith(SIGNATURE):
        raise Damaged
    codepage = 0
    texts: Properties = {}
    attachments: list[_Attachment] = []
    for name, data in _attributes(octets, file.where, walk):
        if name == _CODEPAGE and len(data) >= 4:
            codepage = int.from_bytes(data[:4], "little")
        elif name == _SUBJECT:
            texts.setdefault((SUBJECT, STRING8), data)
        elif name == _BODY:
            texts.setdefault((BODY, STRING8), data)
        elif name == _PROPERTIES:
            texts.update(properties_of(data))
        elif name == _RENDER or (name in (_TITLE, _DATA, _ATTACHMENT) and not attachments):
            attachments.append(_Attachment())
        if attachments:
            last = attachments[-1]
            if name in (_TITLE, _TRANSPORT_NAME):
                last.title = last.title or data
            elif name == _DATA:
                last.data = data
            elif name == _ATTACHMENT:
                last.properties.update(properties_of(data))
    add_texts(texts, file.where, walk, file.depth, codepage)
    for one in attachments:
        _add_attachment(one, charset_of(codepage), file, walk)


def _add_attachment(one: _Attachment, charset: str, file: File, walk: Walk) -> None:
    name = file_name(one.properties, charset) or text_of(STRING8, one.title, charset).strip()
    data = one.data or one.properties.get((ATTACH_DATA, BINARY), b"")
    if (ATTACH_DATA, OBJECT) in one.properties:
        # A message within, or an object of another program.
        data = one.properties[ATTACH_DATA, OBJECT]
        data = data[_IID_OCTETS:] if data[_IID_OCTETS:].startswith(SIGNATURE) else data
    add_file(name or UNNAMED, data, file, walk)


def _attributes(octets: bytes, where: str, walk: Walk) -> Iterator[tuple[int, bytes]]:
    position = 6
    while position + 9 <= len(octets):
        name, _, length = struct.unpack_from("<HHI", octets, position + 1)
        start = position + 9
        if start + length > len(octets):
            walk.cannot(where, Obstacle.DAMAGED)
            yield name, octets[start:]
            return
        walk.check_time()
        yield name, octets[start : start + length]
        position = start + length + 2


def properties_of(data: bytes) -> Properties:
    """A list of MAPI properties (MS-OXTNEF §2.1.3.3); what a fault leaves."""
    found: Properties = {}
    try:
        count = struct.unpack_from("<I", data)[0]
        position = 4
        for _ in range(min(count, 10_000)):
            kind, name = struct.unpack_from("<HH", data, position)
            position += 4
            if name >= 0x8000:
                position = _after_name(data, position)
            is_list = bool(kind & 0x1000)
            kind &= 0x0FFF
            values = 1
            if is_list or kind in _VARIABLE:
                values = struct.unpack_from("<I", data, position)[0]
                position += 4
            for _ in range(min(values, 10_000)):
                length = _SIZES.get(kind, 0)
                if kind in _VARIABLE:
                    length = struct.unpack_from("<I", data, position)[0]
                    position += 4
                elif kind not in _SIZES:
                    return found
                if position > len(data):
                    return found
                found.setdefault((name, kind), data[position : position + length])
                position += length + -length % 4
    except struct.error:
        pass
    return found


def _after_name(data: bytes, position: int) -> int:
    """Behind the name of a named property: an id or a text."""
    position += 16
    is_text, length = struct.unpack_from("<II", data, position)
    return position + 8 + (length + -length % 4 if is_text else 0)
