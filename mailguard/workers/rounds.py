"""What every part that looks again and again has in common."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from mailguard.errors import MailguardError

EXPECTED: tuple[type[Exception], ...] = (MailguardError, OSError)

log = structlog.get_logger()


async def rounds(
    look: Callable[[], Awaitable[object]],
    pause_seconds: float,
    failed: str,
    expected: tuple[type[Exception], ...] = EXPECTED,
) -> None:
    """Look for ever, with a pause behind each look. What is expected to go wrong is logged as the event ``failed``, and
    the next look comes all the same; anything else is raised (``kept_running``).
    """
    while True:
        try:
            await look()
        except expected as error:
            log.error(failed, error=type(error).__name__, cause=str(error))
        await asyncio.sleep(pause_seconds)


async def kept_running(name: str, run: Callable[[], Awaitable[None]], again_seconds: float) -> None:
    """Run a part, and run it again whenever something that nobody foresaw ended it: mail that is not released, or
    content that is not destroyed until somebody restarts the relay, is worse than an error that comes back. Returns
    when the part does.
    """
    while True:
        try:
            return await run()
        except Exception:
            log.exception("part_failed", part=name)
        await asyncio.sleep(again_seconds)
