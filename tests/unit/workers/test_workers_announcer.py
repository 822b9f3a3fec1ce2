"""Telling chat channels: how often, how much, and what becomes of what they do not take."""

from __future__ import annotations

import json
from typing import Any

from structlog.testing import capture_logs

from mailguard.config.settings import WebhookSettings
from mailguard.delivery.webhook import NotTaken
from mailguard.workers.announcer import Announcer
from tests.fakes.clock import StandingClock

SECRET = "https://chat.example.com/hooks/secret"


class Channel:
    """A channel that takes what it is told while it is open. ``texts``: what it was told."""

    def __init__(self, *kinds: str) -> None:
        self.clock = StandingClock()
        self.texts: list[str] = []
        self.tries = 0
        self.is_open = True
        self.is_well = True
        settings = WebhookSettings.model_validate({"url": SECRET, "kinds": list(kinds)})
        self.announcer = Announcer([settings], "", "ja", self.clock, self._post, self._well)

    async def _post(self, url: str, document: bytes) -> None:
        assert url == SECRET
        self.tries += 1
        if not self.is_open:
            raise NotTaken("answer 500")
        found: dict[str, Any] = json.loads(document)
        self.texts.append(found["text"])

    async def _well(self) -> bool:
        return self.is_well

    async def later(self, seconds: float) -> None:
        """Let time pass, and one look."""
        self.clock.advance(seconds)
        await self.announcer.watch()
        await self.announcer.tell()


async def test_what_comes_together_is_one_message_a_minute() -> None:
    """Ten mails at once are one line, and the next line comes a minute later."""
    channel = Channel("hold", "approval")
    for _ in range(3):
        channel.announcer.announce("hold")
    await channel.later(0)
    channel.announcer.announce("hold")
    channel.announcer.announce("approval")
    await channel.later(59)
    before = list(channel.texts)
    await channel.later(1)

    assert ["確認待ちのメールが新しく 3 通あります。"] == before
    assert ["承認を待っているメールが新しく 1 通あります。\n確認待ちのメールが新しく 1 通あります。"] == channel.texts[
        1:
    ]


async def test_channel_hears_only_what_it_was_set_for() -> None:
    """A channel for approvals is not told of holds."""
    channel = Channel("approval")
    channel.announcer.announce("hold")
    await channel.later(0)

    assert 0 == channel.tries


async def test_channel_that_is_away_is_tried_later_and_told_everything() -> None:
    """Nothing is lost while it is away, it is not pestered, and its secret is not logged."""
    channel = Channel("hold")
    channel.is_open = False
    with capture_logs() as lines:
        channel.announcer.announce("hold")
        for _ in range(60):
            await channel.later(10)
        channel.announcer.announce("hold")
        channel.is_open = True
        for _ in range(60):
            await channel.later(10)

    assert 4 == channel.tries
    assert ["確認待ちのメールが新しく 2 通あります。"] == channel.texts
    assert "secret" not in str(lines)


async def test_trouble_that_lasts_is_told_once_and_so_is_its_end() -> None:
    """A next hop that is away for a moment is no news; one that stays away is."""
    channel = Channel("trouble")
    for is_well in (True, False, True, True, False, False, False, True, True, True):
        channel.is_well = is_well
        await channel.later(60)

    assert ["メールの送信に問題が起きています", "メールの送信の問題はなくなりました"] == [
        text.split("。")[0] for text in channel.texts
    ]
