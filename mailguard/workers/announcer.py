"""Tells chat channels that something waits, or that sending is in trouble: a number, never whose.

What comes together is one message, at most one a minute and channel. What a channel does not take is tried again,
later each time, with what came in between. It is kept in memory only: the mails are the promise, a channel is a help,
and nothing of it is ever in the way of mail.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog

from mailguard.clock import Clock
from mailguard.config.settings import WebhookSettings
from mailguard.delivery.webhook import NotTaken
from mailguard.i18n import Language, text
from mailguard.notify.chat import message

EVERY_SECONDS = 60.0
_AGAIN_MAX_SECONDS = 3600.0
_LOOK_SECONDS = 1.0
_TROUBLE_LOOKS = 2
"""Looks in a row that must see trouble, or none, before a channel hears of it."""

Post = Callable[[str, bytes], Awaitable[None]]
"""Hands a document to an address. Raises ``NotTaken``."""
IsWell = Callable[[], Awaitable[bool]]

log = structlog.get_logger()


@dataclass
class _Channel:
    """What a channel is to be told. ``not_before``: by the passed time. ``trouble``: None, nothing new."""

    settings: WebhookSettings
    number: int
    counts: dict[str, int] = field(default_factory=dict)
    trouble: bool | None = None
    not_before: float = 0.0
    failures: int = 0


class Announcer:
    """One per node."""

    def __init__(
        self,
        webhooks: Sequence[WebhookSettings],
        public_url: str,
        language: Language,
        clock: Clock,
        post: Post,
        is_well: IsWell,
    ) -> None:
        self._channels = [_Channel(one, number) for number, one in enumerate(webhooks, 1)]
        self._url = public_url
        self._language: Language = language
        self._clock = clock
        self._post = post
        self._is_well = is_well
        self._told_trouble = False
        self._differing = 0
        self._next_look = 0.0

    def announce(self, kind: str) -> None:
        """Something new of a kind waits: "hold" or "approval"."""
        for channel in self._channels:
            if kind in channel.settings.kinds:
                channel.counts[kind] = channel.counts.get(kind, 0) + 1

    async def run(self) -> None:
        """Tell for ever. Whatever goes wrong is logged."""
        while self._channels:
            try:
                await self.watch()
                await self.tell()
            except Exception as error:
                log.error("channels_not_told", error=type(error).__name__)
            await asyncio.sleep(_LOOK_SECONDS)

    async def watch(self) -> None:
        """Look once a minute whether mail can be taken and leaves; a change that lasts is told."""
        if self._clock.monotonic() < self._next_look:
            return
        self._next_look = self._clock.monotonic() + EVERY_SECONDS
        in_trouble = not await self._is_well()
        self._differing = self._differing + 1 if in_trouble != self._told_trouble else 0
        if self._differing < _TROUBLE_LOOKS:
            return
        self._told_trouble, self._differing = in_trouble, 0
        for channel in self._channels:
            if "trouble" in channel.settings.kinds:
                # Where it is over before anybody heard of it, there is nothing to tell.
                channel.trouble = None if channel.trouble is not None else in_trouble

    async def tell(self) -> None:
        """Tell each channel what is new, where its time has come."""
        now = self._clock.monotonic()
        ready = [one for one in self._channels if (one.counts or one.trouble is not None) and one.not_before <= now]
        await asyncio.gather(*(self._tell(one) for one in ready))

    async def _tell(self, channel: _Channel) -> None:
        counts, trouble = channel.counts, channel.trouble
        lines = [text(self._language, f"notice.chat.{kind}", count=count) for kind, count in sorted(counts.items())]
        if trouble is not None:
            lines.insert(0, text(self._language, "notice.chat.trouble" if trouble else "notice.chat.well"))
        document = message(channel.settings.shape, tuple(lines), self._url, self._language)
        channel.counts, channel.trouble = {}, None
        try:
            await self._post(channel.settings.url, document)
        except NotTaken as error:
            channel.failures += 1
            seconds = min(_AGAIN_MAX_SECONDS, EVERY_SECONDS * 2 ** min(channel.failures, 6))
            for kind, count in counts.items():
                channel.counts[kind] = channel.counts.get(kind, 0) + count
            if trouble is not None:
                channel.trouble = trouble if channel.trouble is None else None
            log.warning("channel_not_told", channel=channel.number, cause=str(error), again_seconds=seconds)
        else:
            channel.failures, seconds = 0, EVERY_SECONDS
            log.info("channel_told", channel=channel.number)
        channel.not_before = self._clock.monotonic() + seconds
