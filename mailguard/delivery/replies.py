"""Octets from the next hop to replies (RFC 5321 §4.2), inside bounds that no server needs and a hostile one meets.

Tolerant where harmless: a line may end in a bare LF, and the last line's code is the reply's, as other senders do.
Strict where a misread reply would lose or double a mail: what does not begin with a code is an error, and the
connection is of no use any more.
"""

from __future__ import annotations

import re
from collections import deque
from functools import lru_cache

from mailguard.model.delivery import Reply

LINE_MAX = 4096
"""Octets of a reply line; RFC 5321 §4.5.3.1.5 says 512."""
LINES_MAX = 100
"""Lines of a reply; the longest EHLO replies have about twenty."""
TEXT_MAX = 1000
"""Characters of a reply that are kept for people."""

RawReply = tuple[int, bytes]
"""Code, and the text of all lines joined by LF."""

_CODES = {str(code).encode(): code for code in range(200, 600)}
_FIRST_DIGITS = frozenset(b"2345")
_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:[ \t]+|$)")
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


class Malformed(Exception):
    """What came is no reply, or too long for one. The text says which, without quoting it."""


class ReplyReader:
    """Cuts a stream of octets into replies."""

    __slots__ = ("_lines", "_rest")

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []

    @property
    def is_between_replies(self) -> bool:
        """Whether everything that came was complete replies."""
        return not self._rest and not self._lines

    def feed(self, octets: bytes, replies: deque[RawReply]) -> None:
        """Append what is complete to ``replies``. Raises ``Malformed``; what was complete before stays appended."""
        if self._rest:
            octets = self._rest + octets
            self._rest = b""
        start = 0
        while (end := octets.find(b"\n", start)) >= 0:
            if end - start > LINE_MAX:
                raise Malformed("a reply line is too long")
            line = octets[start:end]
            start = end + 1
            if line.endswith(b"\r"):
                line = line[:-1]
            code = _CODES.get(line[:3])
            mark = line[3:4]
            if code is None or mark not in (b" ", b"-", b""):
                raise Malformed("what came is not an SMTP reply")
            if mark == b"-":
                self._lines.append(line[4:])
                if len(self._lines) >= LINES_MAX:
                    raise Malformed("a reply has too many lines")
            elif self._lines:
                replies.append((code, b"\n".join([*self._lines, line[4:]])))
                self._lines = []
            else:
                replies.append((code, line[4:]))
        if start < len(octets):
            self._rest = octets[start:]
            if len(self._rest) > LINE_MAX:
                raise Malformed("a reply line is too long")
            if self._rest[0] not in _FIRST_DIGITS:
                raise Malformed("what came is not an SMTP reply")


@lru_cache(maxsize=512)
def reply_of(raw: RawReply) -> Reply:
    """The reply for records and people: its enhanced code apart, one line, without control characters, bounded."""
    code, octets = raw
    enhanced = ""
    words: list[str] = []
    for line in octets.decode("utf-8", "replace").split("\n"):
        found = _ENHANCED.match(line)
        # RFC 3463 §2: the first digit says the same as the code's; where it does not, it is no status.
        if found and int(found[1][0]) == code // 100:
            enhanced = enhanced or found[1]
            line = line[found.end() :]
        words.append(_UNFIT.sub(" ", line).strip())
    text = " ".join(word for word in words if word)
    return Reply(code, enhanced, text[:TEXT_MAX])


def no_reply(text: str, enhanced: str = "4.4.2") -> Reply:
    """Our own words where there was no reply. RFC 3463 §3.5: 4.4.1 no answer, 4.4.2 bad connection."""
    return Reply(0, enhanced, text)
