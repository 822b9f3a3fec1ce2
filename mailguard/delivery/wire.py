"""What may be put on the wire as a mail's content, checked while it is sent.

Only CRLF ends a line, no NUL, and no line that is just a dot: whatever else a content holds would let the next hop see
its end where we do not (SMTP smuggling). The content came in through the same rule and was kept under an
authentication tag; this is the second lock, and it costs about 1 ms per megabyte.
"""

from __future__ import annotations

from mailguard.errors import MailguardError
from mailguard.mime.line_ends import is_canonical

_END = b"\r\n.\r\n"


class NotCanonical(MailguardError):
    """The content must not be sent as it is: a stray CR, LF or NUL, or a line that would end it early."""

    enhanced = "4.6.0"
    public = "The mail holds line ends that other servers could misread, so it was not sent"


class WireCheck:
    """Looks at one content in chunks, each before it is sent. ``feed`` and ``finish`` raise ``NotCanonical``."""

    __slots__ = ("_cut", "_tail")

    def __init__(self) -> None:
        self._cut = b""
        self._tail = b"\r\n"

    def feed(self, chunk: bytes) -> None:
        """The next chunk; nothing of it may be sent if this raises."""
        if not chunk:
            return
        lines = self._cut + chunk if self._cut else chunk
        self._cut = b""
        if lines.endswith(b"\r"):
            # Its LF may come with the next chunk.
            lines, self._cut = lines[:-1], b"\r"
        if not is_canonical(lines):
            raise NotCanonical("bare CR or LF, or NUL")
        # Looking for one octet is ten times faster than for five, and most of an attachment holds no dot at all.
        if (b"." in chunk and _END in chunk) or _END in self._tail + chunk[:4]:
            raise NotCanonical("a line that is only a dot")
        self._tail = (self._tail + chunk)[-4:] if len(chunk) < 4 else chunk[-4:]

    def finish(self) -> None:
        """The content is over: its last line must be ended."""
        if self._cut or not self._tail.endswith(b"\r\n"):
            raise NotCanonical("no line end at the end")


def check(content: bytes) -> None:
    """Raises ``NotCanonical`` where ``content`` must not be sent."""
    looking = WireCheck()
    looking.feed(content)
    looking.finish()
