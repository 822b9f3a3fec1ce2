"""The rules in force, which may change while the service runs: all of a new set, or the old one stays.

They are those of the files with what was changed on the screen over them (``policy_changes``). Who changes them on this
node calls ``reload``; a change made elsewhere is taken up by ``follow``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

import structlog

from mailguard.clock import Clock
from mailguard.config import Settings
from mailguard.errors import ConfigurationError, MailguardError
from mailguard.judging import policy_changes
from mailguard.judging.opening import open_rules
from mailguard.judging.policy_changes import PolicyChange
from mailguard.policy.changes import NO_CHANGES, Changes, Misfit, apply
from mailguard.policy.rules import RuleSet
from mailguard.store import Store

log = structlog.get_logger()

Prepare = Callable[[RuleSet], Awaitable[bool]]
"""Gets ready what a new set needs before it counts, and says whether it could."""


@dataclass(frozen=True)
class InForce:
    """One state of the rules: the files alone, the change over them (number 0: none), and what comes of both.

    ``misfits``: what of the change has no effect any more.
    """

    files: RuleSet
    rules: RuleSet
    number: int = 0
    changes: Changes = NO_CHANGES
    misfits: tuple[Misfit, ...] = ()


class ActivePolicy:
    """Holds the current set. A mail is judged by one set from beginning to end: take ``rules`` once."""

    def __init__(self, settings: Settings, clock: Clock, store: Store | None = None) -> None:
        """Loads the set; without a store the files alone count.

        Raises ``ConfigurationError``, ``StorageUnavailable``.
        """
        self._settings = settings
        self._clock = clock
        self._store = store
        self._lock = asyncio.Lock()
        try:
            change = None if store is None else store.read_now(policy_changes.newest)
        except ValueError as error:
            raise ConfigurationError(["the changes of the rules in the database are of another release"]) from error
        self.in_force = self._load(change)

    @property
    def rules(self) -> RuleSet:
        """The set in force."""
        return self.in_force.rules

    async def reload(self, prepare: Prepare) -> bool:
        """Take up files and changes as they are now; whether that worked. Where it did not the old set stays."""
        async with self._lock:
            try:
                change = None if self._store is None else await self._store.read(policy_changes.newest)
                fresh = self._load(change)
            except (MailguardError, RecursionError, ValueError, OSError) as fault:
                error = fault if isinstance(fault, ConfigurationError) else ConfigurationError([type(fault).__name__])
                first = error.complaints[0].partition(": ")[0]
                log.error("policy_refused", complaints=len(error.complaints), first=first)
                return False
            rules = fresh.rules
            if rules.version != self.rules.version and not await prepare(rules):
                return False
            if rules.version != self.rules.version:
                log.info(
                    "policy_loaded", policy=rules.name, version=rules.version, rules=len(rules.rules),
                    change=fresh.number,
                )  # fmt: skip
            self.in_force = fresh
            return True

    async def follow(self, reload: Callable[[], Awaitable[object]], seconds: float) -> None:
        """Call ``reload`` whenever a change was made elsewhere. Runs until it is cancelled.

        A change that cannot be taken up is tried again only once there is another one.
        """
        tried = self.in_force.number
        while True:
            await asyncio.sleep(seconds)
            try:
                newest = await self._newest()
                if newest not in (self.in_force.number, tried):
                    tried = newest
                    await reload()
            except MailguardError as error:
                log.warning("policy_not_followed", error=type(error).__name__)

    async def _newest(self) -> int:
        return 0 if self._store is None else await self._store.read(policy_changes.newest_number)

    def _load(self, change: PolicyChange | None) -> InForce:
        loaded = open_rules(
            self._settings.office, self._settings.policy, self._settings.hold, _today(self._clock)
        )  # fmt: skip
        for sentence in loaded.advice:
            log.warning("policy_advice", advice=sentence)
        return with_change(loaded.rules, change)


def with_change(files: RuleSet, change: PolicyChange | None) -> InForce:
    """Rules of files with a change over them; what does not fit is in the log."""
    if change is None:
        return InForce(files, files)
    changed = apply(files, change.changes)
    for one in changed.misfits:
        log.warning("policy_change_unfit", rule=one.rule, why=one.why.value)
    return InForce(files, changed.rules, change.number, change.changes, changed.misfits)


def _today(clock: Clock) -> date:
    return clock.now().astimezone().date()
