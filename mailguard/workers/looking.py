"""Looks into mails in processes that may be killed, with the rules and dictionaries that are in force.

A mail whose process was killed has no answer: ``look`` raises, and the inspector holds the mail. The office's kinds and
addresses are loaded with the processes; new ones are taken up before rules that rest on them.
"""

from __future__ import annotations

import structlog

from mailguard.clock import Clock
from mailguard.config import LookingSettings
from mailguard.errors import MailguardError
from mailguard.judging.looking import (
    LOAD,
    WORK,
    ToVerify,
    answer_of,
    argument_of,
    people_answer_of,
    people_request_of,
    request_of,
    verify_answer_of,
    verify_request_of,
)
from mailguard.model.finding import People
from mailguard.policy.facts import Occasion, Situation
from mailguard.policy.rules import RuleSet
from mailguard.workers.pool import Pool

KEPT_SECONDS = 600.0
"""How long what a sender signs with is kept in memory; what is learned meanwhile counts later."""
SENDERS_MAX = 20_000

log = structlog.get_logger()


class Looking:
    """One per node. Start it before anybody judges; close it after them."""

    def __init__(self, settings: LookingSettings, rules: RuleSet, key: bytes) -> None:
        """``key``: for hashes of values found."""
        self._settings = settings
        self._key = key
        self._argument = self._of(rules)
        self._pool = Pool(
            WORK,
            load=LOAD,
            argument=self._argument,
            workers=settings.workers,
            memory_bytes=settings.memory_mb * 1024 * 1024,
        )

    async def start(self) -> None:
        """Load the dictionaries. Raises ``LookingUnavailable``."""
        await self._pool.start()

    async def look(self, octets: bytes, occasion: Occasion, rules: RuleSet, learned: frozenset[bytes]) -> Situation:
        """The mail as read. ``octets`` have CRLF lines and no dot-stuffing.

        Raises ``WorkerKilled``, ``LookingUnavailable``, ``PoolClosed``.
        """
        answer = await self._pool.run(request_of(octets, occasion, learned), self._settings.seconds)
        return answer_of(answer, octets, occasion, rules)

    async def verify(self, asked: ToVerify) -> frozenset[tuple[str, str]]:
        """Kinds and places that a protected mail still shows. Raises as ``look``."""
        return verify_answer_of(await self._pool.run(verify_request_of(asked), self._settings.seconds))

    async def people(self, octets: bytes, occasion: Occasion, learned: frozenset[bytes]) -> People:
        """Whose data is in a mail, by name. ``octets`` as for ``look``; raises as ``look``, and ``ValueError``."""
        return people_answer_of(
            await self._pool.run(people_request_of(octets, occasion, learned), self._settings.seconds)
        )

    async def take_up(self, rules: RuleSet) -> bool:
        """Load what these rules need; whether that worked. Where it did not, the old state stays."""
        argument = self._of(rules)
        if argument == self._argument:
            return True
        try:
            await self._pool.replace(argument)
        except MailguardError as error:
            log.error("looking_refused", error=type(error).__name__)
            return False
        self._argument = argument
        return True

    @property
    def is_down(self) -> bool:
        """Whether mails wait because no process can be started."""
        return self._pool.is_down

    async def close(self) -> None:
        """End all processes. Twice is safe."""
        await self._pool.close()

    def _of(self, rules: RuleSet) -> bytes:
        return argument_of(rules, self._key, self._settings.seconds)


class Signatures:
    """What senders sign with, as far as it was asked lately."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[str, tuple[float, frozenset[bytes]]] = {}

    def of(self, sender: str) -> frozenset[bytes] | None:
        """The keyed hashes, None where the database must be asked."""
        found = self._known.get(sender)
        return found[1] if found is not None and found[0] >= self._clock.monotonic() else None

    def note(self, sender: str, parts: frozenset[bytes]) -> None:
        """Keep what the database said."""
        self._known.pop(sender, None)
        if len(self._known) >= SENDERS_MAX:
            self._known.pop(next(iter(self._known)))
        self._known[sender] = (self._clock.monotonic() + KEPT_SECONDS, parts)
