"""Looking into mails and files from a command as the relay does it: in a process apart, which is killed in time.

What a hostile file does to that process is a result for the command, and the next one is looked into by a fresh one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from mailguard.cli.findings import on_terminal
from mailguard.config import LookingSettings, OfficeSettings, ProtectionSettings, Settings
from mailguard.errors import WorkerKilled
from mailguard.judging.looking import (
    FILE_WORK,
    LOAD,
    OBSTACLES,
    WORK,
    ToVerify,
    answer_of,
    argument_of,
    file_answer_of,
    file_request_of,
    request_of,
    situation_without,
    verify_answer_of,
    verify_request_of,
)
from mailguard.judging.protecting import contact_words, own_words
from mailguard.model.contents import Obstacle, Unreadable
from mailguard.model.finding import Inspection
from mailguard.parcels.packing import Packer, Protected, ToPack
from mailguard.policy.facts import Occasion, Situation
from mailguard.policy.rules import RuleSet
from mailguard.workers.locking import Locking
from mailguard.workers.pool import Pool

Read = TypeVar("Read")


class LookingApart:
    """A context, for a thread without an event loop of its own. One process for all, started anew when it was killed.

    Entering raises ``LookingUnavailable``.
    """

    def __init__(self, work: str, rules: RuleSet, key: bytes, settings: Settings | None) -> None:
        """``work``: what it can do, ``WORK`` or ``FILE_WORK``. Bounds are those of the settings or their defaults."""
        bounds = LookingSettings() if settings is None else settings.looking
        self._seconds = bounds.seconds
        self._runner = asyncio.Runner()
        argument = argument_of(rules, key, bounds.seconds)
        self._pool = Pool(work, load=LOAD, argument=argument, workers=1, memory_bytes=bounds.memory_mb * 1024 * 1024)

    def __enter__(self) -> Self:
        try:
            self._runner.run(self._pool.start())
        except BaseException:
            self._runner.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._runner.run(self._pool.close())
        finally:
            self._runner.close()

    def _answer(self, request: bytes, read: Callable[[bytes], Read]) -> Read | Obstacle:
        try:
            return read(self._runner.run(self._pool.run(request, self._seconds)))
        except WorkerKilled as error:
            return OBSTACLES[error.why]
        except ValueError:
            # No answer at all, but what a process said that was taken over.
            return Obstacle.DAMAGED


class MailsApart(LookingApart):
    """Looks into mails."""

    def __init__(self, rules: RuleSet, key: bytes, settings: Settings | None) -> None:
        super().__init__(WORK, rules, key, settings)

    def look(self, octets: bytes, occasion: Occasion, rules: RuleSet) -> tuple[Situation, bool]:
        """The mail as read, and whether there was an answer; without one the mail is unreadable as a whole.

        ``rules``: those that were given at first, or with another directory.
        """
        request = request_of(octets, occasion, frozenset(), rules.directory)
        found = self._answer(request, lambda answer: answer_of(answer, octets, occasion, rules))
        if isinstance(found, Situation):
            return found, True
        return situation_without(found, octets, occasion, rules), False


class ProtectingApart(MailsApart):
    """Looks into mails and protects them as the relay would."""

    def __init__(self, rules: RuleSet, key: bytes, settings: Settings | None) -> None:
        super().__init__(rules, key, settings)
        self._locking = Locking(LookingSettings() if settings is None else settings.looking)
        protection = ProtectionSettings() if settings is None else settings.protection
        office = OfficeSettings() if settings is None else settings.office
        self._own = (office, protection)
        self._packer = Packer(protection, office, self._locking.lock)

    def __enter__(self) -> Self:
        super().__enter__()
        try:
            self._runner.run(self._locking.start())
        except BaseException:
            super().__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._runner.run(self._locking.close())
        finally:
            super().__exit__(kind, error, trace)

    def protect(
        self, mail: ToPack, situation: Situation, occasion: Occasion, rules: RuleSet
    ) -> list[Protected[Written]]:
        """The protected mails. Raises ``NotPossible``, ``WorkerKilled``."""
        office, protection = self._own
        own, contact = own_words(situation, rules, office), contact_words(office, protection)

        async def verify(finished: bytes, more: tuple[str, ...]) -> frozenset[tuple[str, str]]:
            asked = ToVerify(mail.octets, finished, occasion, frozenset(), own, contact, more)
            return verify_answer_of(await self._pool.run(verify_request_of(asked, rules.directory), self._seconds))

        return self._runner.run(self._packer.pack(mail, verify, Written))


class Written:
    """A content that is kept in memory."""

    def __init__(self) -> None:
        self.octets = bytearray()

    def write(self, chunk: bytes) -> None:
        """The next octets."""
        self.octets += chunk

    def abandon(self) -> None:
        """It is not wanted after all."""
        self.octets.clear()


class FilesApart(LookingApart):
    """Looks into files."""

    def __init__(self, rules: RuleSet, key: bytes, settings: Settings | None) -> None:
        super().__init__(FILE_WORK, rules, key, settings)

    def look(self, path: Path) -> Inspection:
        """What is in one file; one without an answer is unreadable as a whole. Raises ``OSError``."""
        found = self._answer(file_request_of(path), file_answer_of)
        if isinstance(found, Inspection):
            return found
        return Inspection(unreadable=(Unreadable(f"attachment:{on_terminal(Path(path.name))}", found),))
