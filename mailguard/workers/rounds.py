"""What parts that look again and again, or do several things at once, have in common."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

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


async def all_ended(works: Iterable[Awaitable[object]], failed: str, **about: object) -> None:
    """Do these beside each other, and raise the first error when all have ended: none cuts another in the middle, as a
    task group would. Other errors are logged as the event ``failed`` with ``about``.
    """
    ended = await asyncio.gather(*works, return_exceptions=True)
    errors = [one for one in ended if isinstance(one, BaseException)]
    for error in errors[1:]:
        log.error(failed, error=type(error).__name__, **about)
    if errors:
        raise errors[0]


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
