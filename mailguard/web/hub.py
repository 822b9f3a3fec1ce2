"""Tells open pages that something changed, and nothing else: they ask again for what they show.

Every change of a mail is in the audit record (invariant 4), so the number of its newest entry says whether anything
happened, on whichever node. It is looked at every two seconds while a page is open somewhere, and never otherwise.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

from mailguard.errors import MailguardError

LOOK_SECONDS = 2.0
HEARTBEAT_SECONDS = 15.0
LISTENERS_MAX = 500
"""Pages beyond that are told nothing; they look by themselves each half minute."""

_CHANGED = b"event: queue\ndata: changed\n\n"
_HEARTBEAT = b": here\n\n"

log = structlog.get_logger()


class Hub:
    """``newest``: a number that grows with every change. ``close`` ends all streams at once."""

    def __init__(self, newest: Callable[[], Awaitable[int]]) -> None:
        self._newest = newest
        self._listeners: set[asyncio.Event] = set()
        self._watch: asyncio.Task[None] | None = None
        self._is_closed = False

    @property
    def is_full(self) -> bool:
        """Whether nobody else can be told."""
        return self._is_closed or len(self._listeners) >= LISTENERS_MAX

    async def stream(self, seconds: float) -> AsyncIterator[bytes]:
        """Events for one page, in the form of text/event-stream, for at most ``seconds`` or until ``close``."""
        changed = asyncio.Event()
        self._listeners.add(changed)
        if self._watch is None:
            self._watch = asyncio.create_task(self._run(), name="web-events")
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        try:
            yield _HEARTBEAT
            while not self._is_closed and loop.time() < end:
                try:
                    async with asyncio.timeout(HEARTBEAT_SECONDS):
                        await changed.wait()
                except TimeoutError:
                    yield _HEARTBEAT
                    continue
                changed.clear()
                if not self._is_closed:
                    yield _CHANGED
        finally:
            self._listeners.discard(changed)
            if not self._listeners and self._watch is not None:
                self._watch.cancel()
                self._watch = None

    def close(self) -> None:
        """End all streams; afterwards none begins. Safe to call twice."""
        self._is_closed = True
        self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener.set()

    async def _run(self) -> None:
        known: int | None = None
        while True:
            try:
                newest = await self._newest()
            except MailguardError as error:
                log.warning("changes_not_seen", cause=str(error))
            else:
                if known is not None and newest != known:
                    self._tell()
                known = newest
            await asyncio.sleep(LOOK_SECONDS)
