"""Mails and recipients per account and hour: a hijacked account is stopped, a busy one is not.

The spool's count is the truth (it also knows other nodes and the time before a restart); between two questions to it
what was accepted here is added. Mails that are being sent are counted as if they had been, so that many connections
at one time cannot pass the limit together. Known limit: between two questions the count only grows, so a limit
that seems reached is asked about again before anybody is refused.
"""

from __future__ import annotations

from datetime import timedelta

from mailguard.clock import Clock
from mailguard.config import LimitSettings
from mailguard.submission.contracts import Acceptor

WINDOW = timedelta(hours=1)
ASK_AGAIN_SECONDS = 60.0
"""How long the spool's count is believed while there is room."""
ASK_AT_LIMIT_SECONDS = 5.0
"""How long it is believed when the limit seems reached."""


class _Account:
    __slots__ = ("asked_at", "mails", "mails_here", "mails_open", "recipients", "recipients_here", "recipients_open")

    def __init__(self) -> None:
        self.asked_at = float("-inf")
        self.mails = self.mails_here = self.mails_open = 0
        self.recipients = self.recipients_here = self.recipients_open = 0


class HourlyUsage:
    """What each account has sent within the last hour, as far as its limits need it."""

    def __init__(self, limits: LimitSettings, acceptor: Acceptor, clock: Clock) -> None:
        self._limits = limits
        self._acceptor = acceptor
        self._clock = clock
        self._accounts: dict[str, _Account] = {}

    def begin_mail(self, account: str) -> bool | None:
        """Count a mail as begun; False when it is one too many, None when the spool has to be asked first (``ask``)."""
        usage = self._accounts.get(account)
        if usage is None:
            return None
        room = usage.mails + usage.mails_here + usage.mails_open < self._limits.mails_per_hour
        if not self._is_fresh(usage, room=room):
            return None
        if room:
            usage.mails_open += 1
        return room

    def add_recipient(self, account: str) -> bool | None:
        """Count one recipient of a mail that was begun; the answer as for ``begin_mail``."""
        usage = self._accounts[account]
        sent = usage.recipients + usage.recipients_here + usage.recipients_open
        room = sent < self._limits.recipients_per_hour
        # While there is room the count taken at MAIL is good enough: no question between two recipients.
        if not room and not self._is_fresh(usage, room=False):
            return None
        if room:
            usage.recipients_open += 1
        return room

    def end_mail(self, account: str, recipients: int, *, accepted: bool) -> None:
        """A mail that was begun, with so many recipients counted, was accepted or came to nothing."""
        usage = self._accounts[account]
        usage.mails_open -= 1
        usage.recipients_open -= recipients
        if accepted:
            usage.mails_here += 1
            usage.recipients_here += recipients

    async def ask(self, account: str) -> None:
        """Take the spool's count anew. Raises what the spool raises; the old count then stays."""
        usage = self._accounts.setdefault(account, _Account())
        mails_before, recipients_before = usage.mails_here, usage.recipients_here
        mails, recipients = await self._acceptor.sent_since(account, self._clock.now() - WINDOW)
        usage.mails, usage.recipients = mails, recipients
        # What was accepted while the question ran may be in its answer or not: counting it twice is the safe side.
        usage.mails_here -= mails_before
        usage.recipients_here -= recipients_before
        usage.asked_at = self._clock.monotonic()

    def forget_idle(self) -> None:
        """Drop accounts that have sent nothing for an hour."""
        oldest = self._clock.monotonic() - WINDOW.total_seconds()
        for account in [name for name, usage in self._accounts.items() if not usage.mails_open]:
            if self._accounts[account].asked_at < oldest:
                del self._accounts[account]

    def _is_fresh(self, usage: _Account, *, room: bool) -> bool:
        believed = ASK_AGAIN_SECONDS if room else ASK_AT_LIMIT_SECONDS
        return self._clock.monotonic() - usage.asked_at <= believed
