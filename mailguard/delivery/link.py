"""The line to one next hop: commands out, replies in, each reply owed for something that was said.

This is aiosmtplib's protocol with its reading replaced: many commands may be under way (RFC 2920), replies are bounded
(``replies``), a reply nobody asked for ends the line instead of being dropped, and so do octets between the 220 to
STARTTLS and the handshake (RFC 3207 §4.2: they would be somebody else's). A reply costs a few microseconds: there are
three waits for each mail.

The touches on aiosmtplib's inside, each named by a test: ``_paused``, ``_drain_helper``, ``_over_ssl``, ``_loop``.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections import deque
from collections.abc import Callable
from typing import cast

from aiosmtplib import SMTPReadTimeoutError, SMTPResponse, SMTPResponseException, SMTPServerDisconnected
from aiosmtplib.protocol import SMTPProtocol

from mailguard.crash_points import crash_point
from mailguard.delivery.replies import Malformed, RawReply, ReplyReader

QUIT_SECONDS = 5.0
"""How long a farewell may take before the line is cut."""

_CONTROLS = re.compile(rb"[\x00-\x1f\x7f]")
_GONE = "the next hop closed the connection"
_SERVICE_CLOSING = 421


class Link(SMTPProtocol):
    """One connection's line. Dead once ``fault`` says why; then every wait returns what had come until then."""

    def __init__(self, loop: asyncio.AbstractEventLoop, lost: Callable[[SMTPProtocol], None] | None = None) -> None:
        super().__init__(loop, lost)
        self.fault: str | None = None
        self.is_timed_out = False
        self.is_given_up = False
        self.gone = asyncio.Event()
        self._reader = ReplyReader()
        self._ready: deque[RawReply] = deque()
        self._owed = 1  # the greeting
        self._wanted = 0
        self._seen = 0
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_leaving = False
        self._after_dot = False

    def time(self) -> float:
        """The loop's clock."""
        return self._loop.time()

    # -- out

    def say(self, octets: bytes, replies: int) -> None:
        """Write commands, to which so many replies are owed. On a dead line nothing happens."""
        if self.fault is not None:
            return
        self._owed += replies
        cast("asyncio.WriteTransport", self.transport).write(octets)

    def say_dot(self, octets: bytes) -> None:
        """Write the end of a content; from here on only a reply says whether the mail was taken."""
        self._after_dot = True
        self.say(octets, 1)

    async def drain(self, seconds: float) -> None:
        """Wait until most of what was written is on its way; cuts the line after ``seconds``."""
        if not self._paused or self.fault is not None:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._drain_helper()
        except TimeoutError:
            self.break_off(f"the next hop took nothing for {seconds:g} s")
        except OSError:
            self._end(_GONE)

    def quit(self) -> None:
        """Say goodbye, and be gone as soon as the other side has answered, at the latest after a few seconds."""
        transport = self.transport
        if self.fault is not None or transport is None:
            return
        self.say(b"QUIT\r\n", 1)
        self._is_leaving = True
        self._loop.call_later(QUIT_SECONDS, cast("asyncio.WriteTransport", transport).abort)

    def give_up(self, reason: str) -> None:
        """Cut the line for a reason of our own, which says nothing about the next hop (``is_given_up``)."""
        self.is_given_up = self.fault is None
        self.break_off(reason)

    def break_off(self, reason: str) -> None:
        """Cut the line at once."""
        self._end(reason)
        if self.transport is not None:
            cast("asyncio.WriteTransport", self.transport).abort()

    # -- in

    async def replies(self, count: int, seconds: float) -> list[RawReply]:
        """The next ``count`` replies, waiting at most ``seconds`` for each; fewer only where the line has ended."""
        ready = self._ready
        if len(ready) < count and self.fault is None:
            self._wanted = count
            self._seen = len(ready)
            self._waiter = waiter = self._loop.create_future()
            self._timer = self._loop.call_later(seconds, self._look, seconds)
            try:
                await waiter
            finally:
                self._waiter = None
                self._timer.cancel()
        if count == 1:
            return [ready.popleft()] if ready else []
        return [ready.popleft() for _ in range(min(count, len(ready)))]

    def data_received(self, data: bytes) -> None:
        if self.fault is not None:
            return
        if self._after_dot:
            self._after_dot = False
            crash_point("after_dot")
        ready = self._ready
        before = len(ready)
        try:
            self._reader.feed(data, ready)
        except Malformed as error:
            self.break_off(str(error))
            return
        self._owed -= len(ready) - before
        if self._owed < 0:
            self.break_off("the next hop spoke out of turn")
        elif ready and ready[-1][0] == _SERVICE_CLOSING:
            # RFC 5321 §3.8: after a 421 the connection is over, whatever else was owed.
            self.break_off(_GONE)
        elif self._is_leaving:
            cast("asyncio.WriteTransport", self.transport).close()
        elif self._waiter is not None and len(ready) >= self._wanted and not self._waiter.done():
            self._waiter.set_result(None)

    def eof_received(self) -> bool:
        self._end(_GONE)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(_GONE)
        super().connection_lost(exc)
        self.gone.set()

    def _look(self, seconds: float) -> None:
        """The timer: every reply that came starts a new wait."""
        if len(self._ready) > self._seen:
            self._seen = len(self._ready)
            self._timer = self._loop.call_later(seconds, self._look, seconds)
            return
        self.is_timed_out = True
        self.break_off(f"the next hop did not answer within {seconds:g} s")

    def _end(self, reason: str) -> None:
        if self.fault is None:
            self.fault = reason
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # -- as aiosmtplib's client calls it

    async def execute_command(self, *args: bytes, timeout: float | None = None) -> SMTPResponse:
        for argument in args:
            if _CONTROLS.search(argument):
                raise ValueError("a control character in a command")
        self.say(b" ".join(args) + b"\r\n", 1)
        return await self.read_response(timeout)

    async def read_response(self, timeout: float | None = None) -> SMTPResponse:
        assert timeout is not None, "every wait has an end"
        got = await self.replies(1, timeout)
        if got:
            return SMTPResponse(got[0][0], got[0][1].decode("utf-8", "replace"))
        assert self.fault is not None
        raise (SMTPReadTimeoutError if self.is_timed_out else SMTPServerDisconnected)(self.fault)

    async def start_tls(
        self, tls_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> SMTPResponse:
        response = await self.execute_command(b"STARTTLS", timeout=timeout)
        if response.code != 220:
            raise SMTPResponseException(response.code, response.message)
        if self.fault is None and not (self._reader.is_between_replies and not self._ready):
            self.break_off("octets came between the reply to STARTTLS and the handshake")
        if self.fault is not None:
            raise SMTPServerDisconnected(self.fault)
        self.transport = await self._loop.start_tls(
            cast("asyncio.WriteTransport", self.transport),
            self,
            tls_context,
            server_hostname=server_hostname,
            ssl_handshake_timeout=timeout,
        )
        if self.transport is None:
            # asyncio: the line was cut just as the handshake ended.
            raise SMTPServerDisconnected(_GONE)
        self._over_ssl = True
        return response
