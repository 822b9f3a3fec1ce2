"""The rules in force, which may change while the service runs: all of a new set, or the old one stays."""

from __future__ import annotations

import structlog

from mailguard.clock import Clock
from mailguard.config import Settings
from mailguard.errors import ConfigurationError
from mailguard.judging.opening import open_rules
from mailguard.policy.rules import RuleSet

log = structlog.get_logger()


class ActivePolicy:
    """Holds the current set. A mail is judged by one set from beginning to end: take ``rules`` once."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Loads the set. Raises ``ConfigurationError``."""
        self._settings = settings
        self._clock = clock
        self.rules: RuleSet = self._load()

    def reload(self) -> bool:
        """Take up the files as they are now; whether that worked. Where it did not the old set stays in force."""
        try:
            fresh = self._load()
        except (ConfigurationError, RecursionError, ValueError, OSError) as fault:
            error = fault if isinstance(fault, ConfigurationError) else ConfigurationError([type(fault).__name__])
            log.error("policy_refused", complaints=len(error.complaints), first=error.complaints[0].partition(": ")[0])
            return False
        if fresh.version != self.rules.version:
            log.info("policy_loaded", policy=fresh.name, version=fresh.version, rules=len(fresh.rules))
            self.rules = fresh
        return True

    def _load(self) -> RuleSet:
        settings = self._settings
        today = self._clock.now().astimezone().date()
        loaded = open_rules(settings.office, settings.policy, settings.hold, today)
        for sentence in loaded.advice:
            log.warning("policy_advice", advice=sentence)
        return loaded.rules
