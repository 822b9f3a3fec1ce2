"""One connection's octets: lines in, replies out, and everything that can go wrong around them.

Commands that need no waiting are answered straight from ``data_received``, without a task or an await, all that came in
one piece with one write (RFC 2920). What waits (AUTH, TLS, the end of a content) runs in one task while octets that
arrive are kept, up to a limit, and then no longer read. An error nobody expected is 451 with fixed words, closes the
transaction and goes to the log by its kind and place only: its text may hold an address.
Time limits are kept by the server's sweep, which calls ``look``: a timer for each command would cost more than the
command.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Coroutine
from enum import Enum
from typing import Any

import structlog

from mailguard.errors import MailguardError
from mailguard.submission import replies
from mailguard.submission.content import ContentReceiver
from mailguard.submission.handshake import encrypted
from mailguard.submission.senders import plain_address
from mailguard.submission.shared import Listener
from mailguard.submission.stock import StockSmtp

log = structlog.get_logger()

LINE_MAX = 12_288
"""Octets of a line within AUTH (RFC 4954 §4), the longest any command needs."""
SKIP_MAX = 1024 * 1024
"""Octets of one overlong line that are read before the connection is cut."""
KEPT_MAX = 64 * 1024
"""Octets that may wait while a task runs; beyond it reading pauses."""
TLS_HANDSHAKE = 0x16
"""How a client begins that speaks TLS where it should greet first (RFC 8446 §5.1)."""
_FOUR, _FIVE = ord("4"), ord("5")


class Mode(Enum):
    """What arriving octets are taken for."""

    COMMANDS = 1
    CONTENT = 2
    WAITING = 3
    """A task runs; octets are kept for later."""
    DIALOGUE = 4
    """AUTH waits for a line."""
    CLOSED = 5
    """The last reply is said; octets are dropped."""


_COMMANDS, _CONTENT, _WAITING, _DIALOGUE, _CLOSED = Mode


class Wire(StockSmtp):
    """The mechanics of one connection. What the commands mean is in ``conversation``."""

    def __init__(self, listener: Listener) -> None:
        super().__init__(listener.shared.loop)
        self._listener = listener
        self._shared = listener.shared
        self._mode = _COMMANDS
        self._kept = b""
        self._out: list[bytes] = []
        self._heard_at = self._shared.now
        self._errors = 0
        self._skipped = 0
        self._tls: str | None = None
        self._receiver: ContentReceiver | None = None
        self._content_began_at = 0.0
        self._window: tuple[float, int] = (0.0, 0)
        self._task: asyncio.Task[None] | None = None
        self._task_may_be_cancelled = False
        self._line: asyncio.Future[bytes] | None = None
        self._is_dropping = False
        self._is_paused = False
        self._is_choked = False
        self._half_closed = False
        self._is_in = False
        self.client_address = "unknown"

    # What the commands mean: given by the subclass.

    def _command(self, line: bytes) -> bytes | None:
        """The reply to one command; None when a task or the content will bring it."""
        raise NotImplementedError

    def _content_ended(self, receiver: ContentReceiver) -> bytes | None:
        """The reply to a content; None when a task will bring it."""
        raise NotImplementedError

    def _reset(self) -> None:
        """Forget the mail transaction, if there is one."""
        raise NotImplementedError

    def _forget_session(self) -> None:
        """Forget what was said before TLS (RFC 3207 §4.2)."""
        raise NotImplementedError

    # Connection.

    def connection_made(self, transport: Any) -> None:
        """Greet, or refuse; with implicit TLS only after the handshake."""
        self.transport = transport
        peer = transport.get_extra_info("peername")
        if isinstance(peer, tuple) and peer:
            self.client_address = plain_address(str(peer[0]))
        shared = self._shared
        refusal = replies.CLOSING_STOP if shared.draining else shared.gate.enter(self.client_address)
        self._is_in = refusal is None
        shared.connections.add(self)
        self._heard_at = shared.clock.monotonic()
        implicit = self._listener.settings.tls == "implicit"
        if refusal is not None:
            if implicit:
                # Nothing can be said before the handshake, and a handshake is what there is no room for.
                self._mode = _CLOSED
                transport.abort()
                return
            self._close(refusal)
        elif implicit:
            transport.pause_reading()
            self._wait_for(self._encrypt(self._listener.greeting), may_be_cancelled=True)
        else:
            transport.write(self._listener.greeting)

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side is gone. A mail being accepted is kept: the client cannot know and will send it again."""
        self._mode = _CLOSED
        self._shared.connections.discard(self)
        if self._shared.draining and not self._shared.connections:
            self._shared.all_gone.set()
        if self._is_in:
            self._is_in = False
            self._shared.gate.leave(self.client_address)
        if self._task is not None and self._task_may_be_cancelled:
            self._task.cancel()
        if self._task is None or self._task_may_be_cancelled:
            self._reset()
        if self._line is not None and not self._line.done():
            self._line.cancel()
        self._kept = b""

    def eof_received(self) -> bool:
        """The client will say no more. The connection stays open only for a reply that is being made."""
        self._half_closed = True
        return self._mode is _WAITING and self._tls is None

    def pause_writing(self) -> None:
        """The client does not read its replies: take no more commands."""
        self._is_choked = True
        self._pause_reading()

    def resume_writing(self) -> None:
        """The replies were read."""
        self._is_choked = False
        if self._mode is not _WAITING or len(self._kept) <= KEPT_MAX:
            self._resume_reading()

    # Octets in.

    def data_received(self, data: bytes) -> None:
        """Take octets for what the mode says they are."""
        try:
            mode = self._mode
            if mode is _COMMANDS:
                if self._kept:
                    data = self._kept + data
                    self._kept = b""
                self._run(data)
            elif mode is _CONTENT:
                self._heard_at = self._shared.now
                self._feed(data)
            elif mode is not _CLOSED and not self._is_dropping:
                self._kept += data
                if mode is _DIALOGUE:
                    self._offer_line()
                elif len(self._kept) > KEPT_MAX:
                    self._pause_reading()
        except Exception as error:
            self._report(error)
            self._close(replies.CLOSING_FAULT)

    def _run(self, data: bytes) -> None:
        """Answer every complete command in ``data`` with one write; keep what is left over."""
        position = 0
        if self._skipped:
            position = self._skip(data)
        find = data.find
        while self._mode is _COMMANDS:
            end = find(b"\n", position)
            if end < 0:
                break
            line = data[position : end - 1]
            has_line_end = end > position and data[end - 1] == 13
            position = end + 1
            self._heard_at = self._shared.now
            self._answer(line, has_line_end=has_line_end)
        rest = data[position:] if position else data
        if self._mode is _CONTENT:
            self._flush()
            if rest:
                self._feed(rest)
            return
        if rest and self._mode is not _CLOSED and not self._is_dropping:
            if len(rest) > LINE_MAX and self._mode is _COMMANDS:
                self._skipped = len(rest)
            else:
                self._kept = rest
            if self._mode is _COMMANDS and rest[0] == TLS_HANDSHAKE:
                self._close(replies.CLOSING_NOT_SMTP)
        self._flush()

    def _answer(self, line: bytes, *, has_line_end: bool) -> None:
        try:
            if has_line_end and len(line) <= LINE_MAX:
                reply = self._command(line)
            else:
                reply = replies.LINE_TOO_LONG if has_line_end else replies.BAD_LINE_END
        except MailguardError as error:
            reply = replies.of_error(error)
        except Exception as error:
            self._report(error)
            self._reset()
            reply = replies.LOCAL_ERROR
        if reply is not None:
            self._say(reply)

    def _skip(self, data: bytes) -> int:
        """Drop the rest of an overlong line; the position behind it."""
        end = data.find(b"\n")
        if end >= 0:
            self._skipped = 0
            self._say(replies.LINE_TOO_LONG)
            return end + 1
        self._skipped += len(data)
        if self._skipped > SKIP_MAX:
            self._close(replies.LINE_TOO_LONG)
        return len(data)

    def _feed(self, data: bytes) -> None:
        receiver = self._receiver
        assert receiver is not None
        try:
            rest = receiver.feed(data)
        except Exception as error:
            # What of this piece was seen is unknown, so the end cannot be looked for: only closing is safe.
            self._report(error)
            self._close(replies.CLOSING_FAULT)
            return
        if receiver.fault is not None:
            self._report(receiver.fault)
            receiver.fault = None
        if rest is None:
            if receiver.is_beyond_reading:
                self._close(replies.CLOSING_TOO_LARGE)
            return
        self._receiver = None
        self._mode = _COMMANDS
        self._heard_at = self._shared.now
        try:
            reply = self._content_ended(receiver)
        except Exception as error:
            self._report(error)
            receiver.abandon()
            self._reset()
            reply = replies.LOCAL_ERROR
        if reply is None:
            self._kept = rest
            return
        self._say(reply)
        self._go_on(rest)

    def _begin_content(self, receiver: ContentReceiver) -> None:
        self._receiver = receiver
        self._mode = _CONTENT
        now = self._shared.clock.monotonic()
        self._content_began_at = now
        self._window = (now, 0)

    # Replies out.

    def _say(self, reply: bytes) -> None:
        """Queue a reply for the next write; errors are counted, slowed down and at last the end."""
        self._out.append(reply)
        if reply[0] < _FOUR:
            return
        counters = self._shared.counters
        if reply[0] == _FOUR:
            counters.refused_temporary += 1
            return
        counters.refused_permanent += 1
        self._errors += 1
        limit = self._shared.limits.errors
        if self._errors >= limit:
            self._close(replies.CLOSING_ERRORS)
        elif self._errors > limit // 2 and self._mode is _COMMANDS:
            self._mode = _WAITING
            self._task = None
            delayed, self._out = self._out, []
            self.loop.call_later(self._shared.pacing.error_delay, self._say_delayed, delayed)

    def _say_delayed(self, delayed: list[bytes]) -> None:
        if self._mode is _CLOSED:
            return
        self._out = delayed
        self._mode = _COMMANDS
        self._go_on(self._take_kept())

    def _write_reply(self, reply: bytes) -> None:
        self._out.append(reply)
        self._flush()

    def _flush(self) -> None:
        out = self._out
        if out:
            self._out = []
            self.transport.write(out[0] if len(out) == 1 else b"".join(out))

    def _go_on(self, data: bytes) -> None:
        """Commands that came in the meantime, then everything that is to be said."""
        if self._mode is _CLOSED:
            return
        if self._shared.draining:
            self._close(replies.CLOSING_STOP)
        elif self._mode is _COMMANDS and data:
            self._run(data)
        else:
            self._kept = data
            self._flush()
        if self._half_closed and self._mode is _COMMANDS:
            self._mode = _CLOSED
            self.transport.close()

    def _take_kept(self) -> bytes:
        kept, self._kept = self._kept, b""
        if self._is_paused and not self._is_choked:
            self._resume_reading()
        return kept

    def _close(self, reply: bytes) -> None:
        """Say a last word and go; what still arrives is dropped, so that the word is not lost to a reset."""
        if self._mode is _CLOSED:
            return
        self._abandon_content()
        self._out.append(reply)
        self._mode = _CLOSED
        self._kept = b""
        self._heard_at = self._shared.clock.monotonic()
        self._flush()
        if reply[0] != _FOUR and reply[0] != _FIVE:
            self.transport.close()
            return
        self._reset()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.transport.close()
        self._resume_reading()

    def _abandon_content(self) -> None:
        receiver, self._receiver = self._receiver, None
        if receiver is not None:
            receiver.abandon()

    # What waits.

    def _wait_for(self, work: Coroutine[Any, Any, bytes | None], *, may_be_cancelled: bool) -> asyncio.Task[None]:
        """Run ``work`` while octets are kept; its result is the reply, and then commands go on."""
        self._mode = _WAITING
        self._task_may_be_cancelled = may_be_cancelled
        self._task = task = self.loop.create_task(self._finish(work))
        return task

    async def _finish(self, work: Coroutine[Any, Any, bytes | None]) -> None:
        try:
            reply = await work
        except MailguardError as error:
            reply = replies.of_error(error)
        except Exception as error:
            self._report(error)
            self._reset()
            reply = replies.LOCAL_ERROR
        self._task = None
        if self._mode is _CLOSED:
            return
        if self._mode is not _CONTENT:
            self._mode = _COMMANDS
        self._heard_at = self._shared.clock.monotonic()
        try:
            if reply is not None:
                self._say(reply)
            kept = self._take_kept()
            if self._mode is _CONTENT:
                self._flush()
                if kept:
                    self._feed(kept)
            elif self._mode is _WAITING:
                self._kept = kept
            else:
                self._go_on(kept)
        except Exception as error:
            self._report(error)
            self._close(replies.CLOSING_FAULT)

    async def _encrypt(self, greeting: bytes | None) -> bytes | None:
        """Handshake; then nothing that was said before is left (RFC 3207 §4.2)."""
        self.transport.pause_reading()
        seconds = self._shared.pacing.handshake
        try:
            context = self._shared.certificates.context
            upgraded = await encrypted(self.loop, self.transport, self, context, self._take_heard, seconds)
        except (OSError, TimeoutError, MailguardError) as error:
            # ssl.SSLError is an OSError; so is the line being cut in the middle of the handshake.
            self._shared.counters.handshakes_failed += 1
            log.info("submission.handshake_failed", listener=self._listener.settings.name, error=type(error).__name__)
            self._task = None
            self.transport.abort()
            self.connection_lost(None)
            return None
        if upgraded is None:
            # asyncio: the line was cut just as the handshake ended.
            self._task = None
            self.connection_lost(None)
            return None
        self.transport = upgraded
        found = upgraded.get_extra_info("ssl_object")
        self._tls = found.version() if isinstance(found, ssl.SSLObject) else "TLS"
        self._forget_session()
        return greeting

    def _take_heard(self) -> bytes:
        """What came in clear: the beginning of the handshake with implicit TLS; behind STARTTLS it was dropped."""
        heard, self._kept = self._kept, b""
        self._is_dropping = False
        return heard

    async def _next_line(self) -> bytes:
        """The next line of an AUTH dialogue, without its line end."""
        self._mode = _DIALOGUE
        self._line = self.loop.create_future()
        self._offer_line()
        line = await self._line
        self._line = None
        return line

    def _offer_line(self) -> None:
        waiting = self._line
        if waiting is None or waiting.done():
            return
        end = self._kept.find(b"\n")
        if end < 0 and len(self._kept) <= LINE_MAX:
            return
        if end < 0 or end > LINE_MAX:
            self._close(replies.LINE_TOO_LONG)
            return
        self._mode = _WAITING
        self._heard_at = self._shared.now
        line, self._kept = self._kept[:end], self._kept[end + 1 :]
        if line.endswith(b"\r"):
            waiting.set_result(line[:-1])
        else:
            waiting.set_exception(replies.Refused(500, "5.5.2", "Lines must end in CR LF"))

    def _pause_reading(self) -> None:
        if not self._is_paused:
            self._is_paused = True
            self.transport.pause_reading()

    def _resume_reading(self) -> None:
        if self._is_paused:
            self._is_paused = False
            self.transport.resume_reading()

    # Time and trouble.

    def look(self, now: float) -> None:
        """End what takes too long. Called by the server's sweep."""
        limits, mode = self._shared.limits, self._mode
        if mode is _CLOSED:
            if now - self._heard_at > self._shared.pacing.linger:
                self.transport.abort()
        elif mode is _WAITING:
            return
        elif now - self._heard_at > limits.idle_seconds:
            self._close(replies.CLOSING_IDLE)
        elif mode is _CONTENT and self._is_too_slow(now):
            self._shared.counters.cut_slow += 1
            self._close(replies.CLOSING_SLOW)

    def _is_too_slow(self, now: float) -> bool:
        limits = self._shared.limits
        if now - self._content_began_at > limits.data_seconds:
            return True
        began, seen = self._window
        length = now - began
        if length < self._shared.pacing.progress_window:
            return False
        assert self._receiver is not None
        received = self._receiver.received
        self._window = (now, received)
        return received - seen < limits.data_min_bytes_per_second * length

    def drain(self) -> None:
        """The service stops: close now, unless a mail is being received or accepted; then after its reply."""
        if self._mode in (_COMMANDS, _DIALOGUE):
            self._close(replies.CLOSING_STOP)

    def cut(self) -> None:
        """End the connection without another word."""
        self._mode = _CLOSED
        self._abandon_content()
        self.transport.abort()

    def _report(self, error: Exception) -> None:
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_name}:{place.tb_lineno}" if place is not None else ""
        self._shared.counters.unexpected_errors += 1
        log.error(
            "submission.unexpected_error",
            listener=self._listener.settings.name,
            error=type(error).__name__,
            where=where,
        )
