"""When a mail is tried again, and when it is given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mailguard.config import DeliverySettings, NextHopSettings
from mailguard.delivery.retry import JITTER_SHARE, Next, RetrySchedule
from mailguard.model.delivery import Outcome
from mailguard.model.queue import State

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=5)


def schedule(**values: Any) -> RetrySchedule:
    return RetrySchedule(DeliverySettings(next_hop=NextHopSettings(host="127.0.0.1"), **values))


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 30), (5, 60), (6, 60), (500, 60)])
def test_wait_after_attempts_grows_and_then_repeats(attempts: int, minutes: float) -> None:
    """A server that is down is asked less and less often, but never forgotten."""
    assert timedelta(minutes=minutes) == schedule().wait_after(attempts)


def test_wait_after_jitter_only_lengthens() -> None:
    """Mails that failed together spread out, none comes early."""
    assert timedelta(minutes=1 + JITTER_SHARE) == schedule().wait_after(1, jitter=1.0)


def after(outcome: Outcome, *, attempts: int = 1, doubts: int = 0, now: datetime = NOW, **values: Any) -> Next:
    return schedule(**values).after(outcome, attempts=attempts, doubts=doubts, now=now, expires_at=LATER)


def test_after_final_outcomes_nothing_follows() -> None:
    """Delivered and refused mails are done."""
    assert Next(State.DELIVERED, None, 1) == after(Outcome.DELIVERED, doubts=1)
    assert Next(State.BOUNCED, None, 0) == after(Outcome.BOUNCED)


def test_after_deferred_is_tried_again() -> None:
    """A temporary refusal is never the end."""
    assert Next(State.DEFERRED, NOW + timedelta(minutes=5), 0) == after(Outcome.DEFERRED, attempts=2)


def test_after_deferred_shortly_before_the_end_tries_once_more_at_the_end() -> None:
    """The whole time is used."""
    assert Next(State.DEFERRED, LATER, 0) == after(Outcome.DEFERRED, attempts=9, now=LATER - timedelta(minutes=10))


def test_after_deferred_when_time_is_up_bounces() -> None:
    """The sender learns that it did not work."""
    assert Next(State.BOUNCED, None, 0, expired=True) == after(Outcome.DEFERRED, attempts=99, now=LATER)


def test_after_deferred_without_end_never_bounces() -> None:
    """Where no end is set there is none."""
    found = schedule().after(Outcome.DEFERRED, attempts=1, doubts=0, now=LATER, expires_at=None)

    assert State.DEFERRED is found.state


def test_after_unknown_is_tried_again_until_a_person_must_decide() -> None:
    """A lost reply costs at most a few visible copies."""
    assert Next(State.DEFERRED, NOW + timedelta(minutes=1), 1) == after(Outcome.UNKNOWN)
    assert Next(State.DEFERRED, NOW + timedelta(minutes=5), 2) == after(Outcome.UNKNOWN, attempts=2, doubts=1)
    assert Next(State.DEFERRED, None, 3) == after(Outcome.UNKNOWN, attempts=3, doubts=2)


def test_after_unknown_with_ask_waits_for_a_person_at_once() -> None:
    """An office that wants no copies gets none."""
    assert Next(State.DEFERRED, None, 1) == after(Outcome.UNKNOWN, on_doubt="ask")


def test_after_unknown_when_time_is_up_is_never_called_failed() -> None:
    """Nobody is told "it failed" about a mail that may have arrived."""
    assert Next(State.DEFERRED, None, 1) == after(Outcome.UNKNOWN, now=LATER)


@pytest.mark.parametrize(
    ("hours", "age", "told", "wanted"),
    [(4, 3.9, False, False), (4, 4, False, True), (4, 9, True, False), (0, 999, False, False)],
)
def test_wants_delay_notice_once_after_the_set_time(hours: float, age: float, told: bool, wanted: bool) -> None:
    """A sender is told once that it takes long, if the office wants that."""
    found = schedule(delay_notice_hours=hours).wants_delay_notice(NOW - timedelta(hours=age), NOW, told=told)

    assert wanted is found
