"""Plain text whose lines flow: soft breaks taken out (RFC 3676 §4)."""

from __future__ import annotations

import re

_QUOTED = re.compile(r">*")
_SIGNATURE = "-- "


def unflowed(text: str, *, delete_space: bool) -> str:
    """The text with its paragraphs as lines. Quotation marks stay in front; the line above a signature stays alone."""
    lines: list[str] = []
    pieces: list[str] = []
    depth = 0

    def close() -> None:
        if pieces:
            # A paragraph that ends in the middle, by a change of depth or the end of the text, is a fault of the
            # program; what it has is shown.
            lines.append(">" * depth + (" " if depth else "") + "".join(pieces))
            pieces.clear()

    for line in text.replace("\r\n", "\n").split("\n"):
        marks = _QUOTED.match(line)
        here = marks.end() if marks else 0
        words = line[here:].removeprefix(" ")
        if here != depth or words == _SIGNATURE:
            close()
        depth = here
        if words.endswith(" ") and words != _SIGNATURE:
            pieces.append(words[:-1] if delete_space else words)
        else:
            pieces.append(words)
            close()
    close()
    return "\n".join(lines)
