"""Receives one mail's content: chunks as they come, straight into the content store, checked on the way.

Only CRLF.CRLF ends a content (RFC 5321 §4.1.1.4). A stray CR, LF or NUL, or a limit, is remembered as the refusal, the
content is given up at once, and the rest is read and dropped to the true end: whoever answered earlier would take what
follows for commands (SMTP smuggling). What is written is the wire form: CRLF lines, dot-stuffed, without ``.CRLF``.
Memory: the header block while it is being looked for, and at most four octets of the rest.
"""

from __future__ import annotations

from mailguard.config import LimitSettings
from mailguard.errors import MailguardError
from mailguard.mime.head import Head
from mailguard.mime.line_ends import is_canonical
from mailguard.submission import replies
from mailguard.submission.contracts import Content
from mailguard.submission.gate import BytesInFlight

_END = b"\r\n.\r\n"
_EMPTY_END = b".\r\n"
_BEGINNINGS_OF_END = (b"\r\n.\r", b"\r\n.", b"\r\n", b"\r")
_LAST_OCTETS = frozenset(b"\r\n.")
_DROPPED_FACTOR = 2
"""A mail this many times larger than allowed is cut instead of read to its end."""


class ContentReceiver:
    """One DATA. ``feed`` until it returns what came after the end; then ``refusal`` says whether the content is good.

    ``received`` counts all octets, also those of a refused content.
    ``fault`` is an unexpected error of the writer. ``head`` is complete once the end has come.
    """

    __slots__ = (
        "_begun",
        "_counted",
        "_flight",
        "_head",
        "_head_complete",
        "_held",
        "_limits",
        "_line",
        "fault",
        "received",
        "refusal",
        "writer",
    )

    def __init__(self, writer: Content, limits: LimitSettings, flight: BytesInFlight) -> None:
        self.writer = writer
        self.received = 0
        self.refusal: bytes | None = None
        self.fault: Exception | None = None
        self._limits = limits
        self._flight = flight
        self._counted = 0
        self._begun = False
        self._held = b""
        self._head: bytes | bytearray = b""
        self._head_complete = False
        self._line = 0

    @property
    def is_beyond_reading(self) -> bool:
        """Whether so much was received that reading to the end would serve nobody."""
        return self.received > _DROPPED_FACTOR * self._limits.message_bytes

    def feed(self, data: bytes) -> bytes | None:
        """Take octets. Returns those after the end of the content, or None while it goes on."""
        if self._held:
            data = self._held + data
            self._held = b""
        if not self._begun:
            # DATA's own CRLF counts as the one before the dot: an empty content is just ``.CRLF``.
            if data.startswith(_EMPTY_END):
                return data[3:]
            if _EMPTY_END.startswith(data):
                self._held = data
                return None
            self._begun = True
        end = data.find(_END)
        if end >= 0:
            self._take(data[: end + 2])
            return data[end + 5 :]
        if data[-1] in _LAST_OCTETS:
            for beginning in _BEGINNINGS_OF_END:
                if data.endswith(beginning):
                    self._held = beginning
                    data = data[: -len(beginning)]
                    break
        if data:
            self._take(data)
        return None

    def head(self) -> Head:
        """The header block; all of the content where no empty line ends it."""
        return Head(bytes(self._head))

    def refuse(self, reply: bytes) -> None:
        """Give the content up; only its end is still looked for."""
        self.refusal = reply
        self.abandon()

    def abandon(self) -> None:
        """Forget the content and what it counted for."""
        self.settle()
        self._head = b""
        self.writer.abandon()

    def settle(self) -> None:
        """The content is no longer in flight: accepted or forgotten. May be called twice."""
        self._flight.leave(self._counted)
        self._counted = 0

    def _take(self, chunk: bytes) -> None:
        self.received += len(chunk)
        if self.refusal is not None:
            return
        problem = self._problem(chunk)
        if problem is None:
            try:
                self.writer.write(chunk)
            except MailguardError as error:
                problem = replies.of_error(error)
            except Exception as error:
                # The end must still be found, so the connection can only report it (``fault``) and go on reading.
                self.fault = error
                problem = replies.LOCAL_ERROR
        if problem is not None:
            self.refuse(problem)

    def _problem(self, chunk: bytes) -> bytes | None:
        if not is_canonical(chunk):
            return replies.STRAY_LINE_END
        if self.received > self._limits.message_bytes:
            return replies.TOO_LARGE
        if self._line_is_too_long(chunk):
            return replies.CONTENT_LINE_TOO_LONG
        if not self._head_complete:
            self._look_for_head(chunk)
            if len(self._head) > self._limits.header_bytes:
                return replies.HEADER_TOO_LARGE
        self._counted += len(chunk)
        return None if self._flight.enter(len(chunk)) else replies.NO_ROOM

    def _line_is_too_long(self, chunk: bytes) -> bool:
        """Look only once every ``line_bytes`` octets for a line end, which is all the limit needs."""
        limit = self._limits.line_bytes
        start = -self._line
        while start + limit < len(chunk):
            found = chunk.rfind(b"\n", max(start, 0), max(start + limit, 0))
            if found < 0:
                return True
            start = found + 1
        last = chunk.rfind(b"\n")
        self._line = self._line + len(chunk) if last < 0 else len(chunk) - last - 1
        return False

    def _look_for_head(self, chunk: bytes) -> None:
        if not self._head:
            # Nearly every mail: the whole header is in the first chunk, and nothing else is copied.
            end = 0 if chunk.startswith(b"\r\n") else chunk.find(b"\r\n\r\n") + 2
            if end != 1:
                self._head = chunk[:end]
                self._head_complete = True
                return
            self._head = bytearray(chunk)
            return
        assert isinstance(self._head, bytearray)
        # A chunk may begin with the line end that was held back: the empty line can lie across the border.
        looked = max(len(self._head) - 3, 0)
        self._head += chunk
        end = self._head.find(b"\r\n\r\n", looked)
        if end >= 0:
            del self._head[end + 2 :]
            self._head_complete = True
