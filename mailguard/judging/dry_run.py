"""What changed rules would have done with the mail of the last days, before they count. Never changes anything.

Facts on record are too few for rules that ask other questions, so every mail is read anew, by the processes that read
live mail and one at a time; with many mails the newest are taken, and the report says so. As in a replay, each mail is
learned as if it had been delivered, from nothing known at the beginning. Whether a domain takes mail is not asked
again. One dry run at a time; its result is kept in memory for the page until the next one begins.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

import structlog

from mailguard.clock import Clock
from mailguard.errors import LookingUnavailable, MailguardError, PoolClosed
from mailguard.judging.history import TrialHistory
from mailguard.judging.outcome import EndKind, Outcome
from mailguard.judging.past_mail import accepted_since, past_mail
from mailguard.judging.replay import Replay, ReplayedMail, replayed
from mailguard.model.address import comparable
from mailguard.policy.facts import Occasion, Situation
from mailguard.policy.rules import RuleSet
from mailguard.spool import Spool

DAYS = 30
SAMPLE = 2000
BUDGET = 2.0
"""Stops a person and week that an office bears before it clicks without reading."""
EXAMPLES = 30

log = structlog.get_logger()


class Looks(Protocol):
    """Who looks into mail."""

    async def look(self, octets: bytes, occasion: Occasion, rules: RuleSet, learned: frozenset[bytes]) -> Situation:
        """The mail as read."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many mails: stopped for a person, paused for a time, with a part protected."""

    stops: int = 0
    pauses: int = 0
    protections: int = 0

    @classmethod
    def of(cls, outcomes: list[Outcome]) -> Tally:
        """Counted."""
        return cls(
            sum(one.is_stop for one in outcomes),
            sum(one.is_pause for one in outcomes),
            sum(one.is_protected for one in outcomes),
        )


@dataclass(frozen=True, slots=True)
class WeekEffect:
    """A week, by its Monday: its mails, and what becomes of them before and after the change."""

    week: date
    mails: int
    before: Tally
    after: Tally


@dataclass(frozen=True, slots=True)
class CountEffect:
    """A rule (by id), a person or a way to end: mails before and after the change."""

    name: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class ChangedMail:
    """A mail that would be treated differently. For those who may see it; the page asks for its subject."""

    queue_id: str
    at: datetime
    before: Outcome
    after: Outcome


@dataclass(frozen=True)
class DryRunReport:
    """What came out. ``left_out``: what the relay itself wrote, and mails whose content is gone or could not be read.
    ``found``: all mails of the time, of which the newest ``mails`` + ``left_out`` were looked at.

    ``ends``: for each way holds end (``EndKind``), how many mails have one. ``lengths``: mails of which only the length
    of the hold changes. ``rates``: stops a person and week before and after; ``over_budget``: persons and weeks above
    ``budget`` afterwards.
    """

    mails: int
    left_out: int
    found: int
    before: Tally
    after: Tally
    weeks: tuple[WeekEffect, ...]
    rules: tuple[CountEffect, ...]
    persons: tuple[CountEffect, ...]
    ends: tuple[CountEffect, ...]
    lengths: int
    examples: tuple[ChangedMail, ...]
    differing: int
    rates: tuple[float, float]
    over_budget: tuple[tuple[str, date, int], ...]
    budget: float

    @property
    def is_sample(self) -> bool:
        """Whether there were more mails than were looked at."""
        return self.mails + self.left_out < self.found

    @property
    def is_within_budget(self) -> bool:
        """Whether the mean of stops stays within the budget."""
        return self.rates[1] <= self.budget


class DryRunState(StrEnum):
    """How far it is."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass
class DryRun:
    """One dry run, while it goes on and afterwards. ``version``: that of the rules it tries; ``by``: who began it.

    ``report`` is there once it is DONE.
    """

    version: str
    by: str
    began_at: datetime
    state: DryRunState = DryRunState.RUNNING
    total: int = 0
    done: int = 0
    report: DryRunReport | None = None


@dataclass
class _Progress:
    found: int = 0
    left_out: int = 0
    mails: list[ReplayedMail] = field(default_factory=list)


class DryRuns:
    """The dry runs of a node: at most one at a time. Close it before the store."""

    def __init__(self, spool: Spool, looks: Looks, clock: Clock, *, days: int = DAYS, sample: int = SAMPLE) -> None:
        self._spool = spool
        self._looks = looks
        self._clock = clock
        self._days = days
        self._sample = sample
        self._task: asyncio.Task[None] | None = None
        self.newest: DryRun | None = None

    def start(self, before: RuleSet, after: RuleSet, by: str, budget: float = BUDGET) -> DryRun:
        """Begin one, and return it; while one runs that one is returned, whoever began it: compare its ``version``.

        Both sets must know the same office: they are those of the same files.
        """
        if self.newest is not None and self.newest.state is DryRunState.RUNNING:
            return self.newest
        run = self.newest = DryRun(after.version, by, self._clock.now())
        self._task = asyncio.get_running_loop().create_task(self._carry_out(run, before, after, budget))
        return run

    def cancel(self) -> None:
        """End the one that runs; nothing where none does."""
        if self._task is not None and self.newest is not None and self.newest.state is DryRunState.RUNNING:
            self.newest.state = DryRunState.CANCELLED
            self._task.cancel()

    async def wait(self) -> None:
        """Until none runs."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def close(self) -> None:
        """End the one that runs and wait for it. Twice is safe."""
        self.cancel()
        await self.wait()

    async def _carry_out(self, run: DryRun, before: RuleSet, after: RuleSet, budget: float) -> None:
        # What is learned stays in one thread, which is not the event loop's: judging takes milliseconds a mail.
        with ThreadPoolExecutor(1, thread_name_prefix="dry-run") as thread:
            loop = asyncio.get_running_loop()
            history = await loop.run_in_executor(thread, TrialHistory)
            try:
                progress = await self._judged(run, before, after, history, thread)
                run.report = await loop.run_in_executor(thread, _report, progress, budget)
                run.state = DryRunState.DONE
            except asyncio.CancelledError:
                run.state = DryRunState.CANCELLED
            except Exception as error:
                # Whatever it was, the page must be told that nothing more will come.
                run.state = DryRunState.FAILED
                log.warning("dry_run_failed", error=type(error).__name__)
            finally:
                await loop.run_in_executor(thread, history.close)
        log.info("dry_run_ended", state=run.state.value, mails=run.done)

    async def _judged(
        self, run: DryRun, before: RuleSet, after: RuleSet, history: TrialHistory, thread: ThreadPoolExecutor
    ) -> _Progress:
        loop = asyncio.get_running_loop()
        since = self._clock.now() - timedelta(days=self._days)
        found = await asyncio.to_thread(accepted_since, self._spool, since)
        progress = _Progress(found=len(found))
        taken = found[-self._sample :]
        run.total = len(taken)
        for queue_id in taken:
            mail = await asyncio.to_thread(past_mail, self._spool, queue_id)
            if mail is not None:
                sender = comparable(mail.occasion.reverse_path)
                learned = await loop.run_in_executor(thread, history.signature_of, sender)
                try:
                    situation = await self._looks.look(mail.octets, mail.occasion, before, learned)
                except (LookingUnavailable, PoolClosed):
                    raise
                except MailguardError:
                    progress.left_out += 1
                else:
                    one = await loop.run_in_executor(thread, replayed, mail, situation, before, after, history)
                    progress.mails.append(one)
            else:
                progress.left_out += 1
            run.done += 1
        return progress


def _report(progress: _Progress, budget: float) -> DryRunReport:
    mails = progress.mails
    first = Replay(["before"], mails, budget=budget)
    second = Replay(["after"], [replace(one, outcome=one.other or one.outcome) for one in mails], budget=budget)
    rules_before, rules_after = first.by_rule(), second.by_rule()
    stops_before = Counter(one.person for one in first.stops)
    stops_after = Counter(one.person for one in second.stops)
    differing = first.differing
    return DryRunReport(
        mails=len(mails),
        left_out=progress.left_out,
        found=progress.found,
        before=Tally.of([one.outcome for one in first.mails]),
        after=Tally.of([one.outcome for one in second.mails]),
        weeks=tuple(_week(week, first, second) for week in first.by_week()),
        rules=_effects(
            {rule: hit for rule, (hit, _) in rules_before.items()}, {r: h for r, (h, _) in rules_after.items()}
        ),
        persons=_effects(stops_before, stops_after),
        ends=tuple(_ends(first, second)),
        lengths=sum(map(_differs_in_length, differing)),
        examples=tuple(
            ChangedMail(one.name, one.at, one.outcome, one.other or one.outcome)
            for one in reversed(differing[-EXAMPLES:])
        ),
        differing=len(differing),
        rates=(first.stops_per_person_and_week(), second.stops_per_person_and_week()),
        over_budget=tuple(second.over_budget()),
        budget=budget,
    )


def _ends(first: Replay, second: Replay) -> Iterator[CountEffect]:
    """Those ways to end that occur, the mildest first."""
    for kind in EndKind:
        before, after = (sum(kind in one.outcome.kinds for one in replay.mails) for replay in (first, second))
        if before or after:
            yield CountEffect(kind.value, before, after)


def _differs_in_length(mail: ReplayedMail) -> bool:
    """Whether only how long it is held changes."""
    before, after = mail.outcome, mail.other or mail.outcome
    return before != after and replace(before, ends=()) == replace(after, ends=()) and before.kinds == after.kinds


def _week(week: date, first: Replay, second: Replay) -> WeekEffect:
    before, after = ([one.outcome for one in replay.mails if one.week == week] for replay in (first, second))
    return WeekEffect(week, len(before), Tally.of(before), Tally.of(after))


def _effects(before: dict[str, int], after: dict[str, int]) -> tuple[CountEffect, ...]:
    """What changes most comes first."""
    names = dict.fromkeys([*before, *after])
    found = [CountEffect(name, before.get(name, 0), after.get(name, 0)) for name in names]
    return tuple(sorted(found, key=lambda one: (-abs(one.after - one.before), -one.after, one.name)))
