"""PowerPoint 97 to 2003: the text of slides, notes and comments out of the stream's records.

Follows [MS-PPT] §2.3.1 (record header), §2.9.42 (TextCharsAtom), §2.9.43 (TextBytesAtom), §2.4.16 (SlidePersistAtom),
§2.6.6 (SlideShowSlideInfoAtom: hidden slides), §2.3.2 (CurrentUserAtom: a token says that the file is encrypted).
"""

from __future__ import annotations

from struct import unpack_from

from mailguard.extract.walk import Walk
from mailguard.model.contents import Piece, Sign

_CHARS, _BYTES, _STRING = 0x0FA0, 0x0FA8, 0x0FBA
_SLIDE_INFO, _CRYPT_SESSION, _COMMENT = 0x03F9, 0x2F14, 0x2EE0
_ENCRYPTED_TOKEN = b"\xdf\xc4\xd1\xf3"
_NOTES, _MASTER = 0x03F0, 0x03F8
_HIDDEN = 0x0004


def read_slides(octets: bytes, user: bytes, where: str, walk: Walk) -> str | None:
    """All text to the walk, and in one string; None where the presentation is encrypted."""
    if user[12:16] == _ENCRYPTED_TOKEN:
        return None
    sections: dict[str, list[str]] = {"": [], "notes": [], "comment": [], "names": []}
    containers: list[tuple[int, int]] = []
    at = 0
    while at + 8 <= len(octets):
        head, kind, size = unpack_from("<HHI", octets, at)
        at += 8
        while containers and at > containers[-1][0]:
            containers.pop()
        if kind == _CRYPT_SESSION:
            return None
        if head & 0x0F == 0x0F:
            containers.append((at + size, kind))
            del containers[:-64]
            continue
        body = octets[at : at + size]
        at += size
        kinds = {container for _, container in containers}
        if kind in (_CHARS, _STRING):
            text = body[: len(body) - len(body) % 2].decode("utf-16-le", "replace")
        elif kind == _BYTES:
            text = body.decode("latin-1")
        else:
            if kind == _SLIDE_INFO and len(body) >= 12 and unpack_from("<H", body, 10)[0] & _HIDDEN:
                walk.raise_sign(Sign.HIDDEN_TEXT)
            continue
        if _MASTER in kinds:
            continue
        section = "names" if kind == _STRING else "notes" if _NOTES in kinds else ""
        if any(container >= _COMMENT for container in kinds) and kind == _STRING:
            section = "comment"
        sections[section].append(text.replace("\r", "\n").replace("\x0b", "\n").replace("\0", ""))
    for section, lines in sections.items():
        walk.add(Piece(where, "\n".join(dict.fromkeys(lines)), section=section))
    return "\n".join(line for lines in sections.values() for line in lines)
