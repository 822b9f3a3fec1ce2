"""How hard a next hop is pressed."""

from __future__ import annotations

from mailguard.delivery.pace import PAUSE_FIRST_SECONDS, PAUSE_MAX_SECONDS, Pace


def test_failed_halves_connections_and_doubles_the_pause() -> None:
    """A server in trouble is left in peace, more and more."""
    pace, now, seen = Pace(20), 100.0, []
    for _ in range(12):
        pace.failed(now, now)
        began = now
        while pace.is_pausing(now):
            now += PAUSE_FIRST_SECONDS
        seen.append((pace.allowed, now - began))

    assert [10, 5, 2, 1, 1] == [allowed for allowed, _ in seen[:5]]
    assert [PAUSE_FIRST_SECONDS * factor for factor in (1, 2, 4, 8)] == [pause for _, pause in seen[:4]]
    assert PAUSE_MAX_SECONDS == seen[-1][1]


def test_failed_side_by_side_counts_once() -> None:
    """Twenty connections cut in the same moment are one failure."""
    pace = Pace(20)
    for _ in range(20):
        pace.failed(99.0, 100.0)

    assert (1, 10) == (pace.failures, pace.allowed)


def test_succeeded_ends_the_pause_and_recovers_step_by_step() -> None:
    """A server that is back is not flooded at once."""
    pace = Pace(20)
    for second in range(6):
        pace.failed(second, second)
    seen = []
    for _ in range(6):
        pace.succeeded()
        seen.append(pace.allowed)

    assert [2, 4, 8, 16, 20, 20] == seen
    assert not pace.is_pausing(6.0)
    assert 0 == pace.failures
