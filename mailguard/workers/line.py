"""The relay's end of the wire to one looking worker: one request at a time, without a copy more than needed.

Works on any event loop that has ``add_reader``. A worker is not trusted: an answer that nobody asked for, one that is
too long, or one of an unknown kind ends it.
"""

from __future__ import annotations

import asyncio
import math
import socket
from collections.abc import Callable

from mailguard.workers.looker import ANSWER_HEAD, DONE, DONE_AND_ENDS, FAULT, JOINED_BYTES, REQUEST_HEAD

ANSWER_MAX_BYTES = 64 * 1024 * 1024
_CHUNK_BYTES = 256 * 1024
_SECONDS_MAX = 2**31

Answered = Callable[["Line", int, bytes], None]
"""Called once for each request: the line, the status, the octets."""
Lost = Callable[["Line"], None]
"""Called once, when the worker hung up or cannot be trusted any more."""


class Line:
    """Belongs to the event loop's thread."""

    def __init__(self, number: int, pid: int, channel: socket.socket, answered: Answered, lost: Lost) -> None:
        self.number = number
        self.pid = pid
        self._channel = channel
        self._answered = answered
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._is_asking = False
        self._unsent = memoryview(b"")
        self._writes = False
        self._head = b""
        self._status = DONE
        self._answer: bytearray | None = None
        self._taken = 0
        self._is_open = True
        channel.setblocking(False)
        self._loop.add_reader(channel.fileno(), self._read)

    def ask(self, request: bytes, seconds: float) -> bool:
        """Send a request; ``seconds`` is the processor time it may take. Only while no other is under way.

        False where the worker is gone and has heard nothing; ``lost`` is called later.
        """
        assert not self._is_asking
        head = REQUEST_HEAD.pack(len(request), min(_SECONDS_MAX, math.ceil(seconds)))
        if len(request) <= JOINED_BYTES:
            first, rest = head + request, b""
        else:
            first, rest = head, request
        try:
            # With nothing under way the socket takes a head at once, or is no more.
            sent = self._channel.send(first)
        except OSError:
            return False
        self._unsent = memoryview(rest or first[sent:])
        self._is_asking = True
        if self._unsent:
            self._write()
        return True

    def hang_up(self) -> None:
        """Close this end; a worker at rest ends by that. Nothing is called any more. Twice is safe."""
        if not self._is_open:
            return
        self._is_open = False
        self._loop.remove_reader(self._channel.fileno())
        if self._writes:
            self._loop.remove_writer(self._channel.fileno())
        self._unsent = memoryview(b"")
        self._channel.close()

    def _write(self) -> None:
        try:
            sent = self._channel.send(self._unsent)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            # The worker is gone: the reader sees that, after what it may still have said.
            sent = len(self._unsent)
        self._unsent = self._unsent[sent:]
        if bool(self._unsent) != self._writes:
            self._writes = not self._writes
            if self._writes:
                self._loop.add_writer(self._channel.fileno(), self._write)
            else:
                self._loop.remove_writer(self._channel.fileno())

    def _read(self) -> None:
        try:
            if self._answer is None:
                self._take_head(self._channel.recv(_CHUNK_BYTES))
            else:
                count = self._channel.recv_into(memoryview(self._answer)[self._taken :])
                self._taken += count
                if not count:
                    self._give_up()
                elif self._taken == len(self._answer):
                    self._finish(bytes(self._answer))
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._give_up()

    def _take_head(self, octets: bytes) -> None:
        if not octets or not self._is_asking:
            self._give_up()
            return
        self._head += octets
        if len(self._head) < ANSWER_HEAD.size:
            return
        self._status, length = ANSWER_HEAD.unpack_from(self._head)
        body = self._head[ANSWER_HEAD.size :]
        self._head = b""
        if self._status not in (DONE, DONE_AND_ENDS, FAULT) or len(body) > length or length > ANSWER_MAX_BYTES:
            self._give_up()
        elif len(body) == length:
            self._finish(body)
        else:
            self._answer = bytearray(length)
            self._taken = len(body)
            self._answer[: self._taken] = body

    def _finish(self, answer: bytes) -> None:
        self._answer = None
        if self._unsent:
            # An answer to half a request is none.
            self._give_up()
            return
        self._is_asking = False
        self._answered(self, self._status, answer)

    def _give_up(self) -> None:
        self.hang_up()
        self._lost(self)
