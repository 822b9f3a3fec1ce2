"""A document of an incident as plain words: for a mail, and for a file."""

from __future__ import annotations

from mailguard.model.documents import Document


def as_text(document: Document) -> str:
    """Title, and each section below its heading."""
    return "\n\n".join([plain(document.title), body_text(document)]) + "\n"


def body_text(document: Document) -> str:
    """The sections alone, as they stand in a mail. What has no words is left out."""
    mark = "■ " if document.language == "ja" else ""
    found = []
    for one in document.sections:
        words = plain(one.text).strip()
        if words:
            found.append(f"{mark}{plain(one.heading)}\n{words}" if one.heading else words)
    return "\n\n".join(found)


def plain(words: str) -> str:
    """Without control characters, which nobody sees and XML cannot hold."""
    return "".join(one for one in words.replace("\r\n", "\n") if one in "\n\t" or _is_seen(one))


def _is_seen(letter: str) -> bool:
    code = ord(letter)
    return code >= 0x20 and not 0x7F <= code <= 0x9F and not 0xD800 <= code <= 0xDFFF and code not in (0xFFFE, 0xFFFF)
