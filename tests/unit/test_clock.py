"""The machine's clock as timers see it: setting it sends nothing early (P-26)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mailguard.clock import SystemClock

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Machine:
    """A machine's two clocks: ``passes`` moves both, ``set`` the one on the wall."""

    def __init__(self) -> None:
        self.wall = START
        self.passed = 1000.0

    def passes(self, span: timedelta) -> None:
        self.passed += span.total_seconds()
        self.wall += span

    def set(self, by: timedelta) -> None:
        self.wall += by


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def clock(machine: Machine) -> SystemClock:
    return SystemClock(lambda: machine.wall, lambda: machine.passed)


def test_clock_that_is_left_alone_fires_by_the_wall(machine: Machine, clock: SystemClock) -> None:
    """As long as nobody touches the clock, timers go by it, to the microsecond and for months."""
    for span in (timedelta(microseconds=1), HOUR, 90 * DAY):
        machine.passes(span)
        assert (machine.wall, timedelta(0)) == (clock.due_now(), clock.jump())


@pytest.mark.parametrize("by", [2 * MINUTE, HOUR, DAY, 3650 * DAY], ids=str)
def test_clock_set_forward_fires_nothing_early(machine: Machine, clock: SystemClock, by: timedelta) -> None:
    """A timer of five minutes fires five minutes later, however far the clock is set forward, and it is noticed."""
    machine.set(by)
    machine.passes(4 * MINUTE)
    early = clock.due_now()
    machine.passes(MINUTE)

    assert (START + 4 * MINUTE, START + 5 * MINUTE, by) == (early, clock.due_now(), clock.jump())


@pytest.mark.parametrize("by", [2 * MINUTE, HOUR, DAY], ids=str)
def test_clock_set_back_fires_when_the_wall_comes_there_again(
    machine: Machine, clock: SystemClock, by: timedelta
) -> None:
    """A clock that goes back holds a timer until it shows that time again, and no longer."""
    machine.set(-by)
    machine.passes(5 * MINUTE)
    early = clock.due_now()
    machine.passes(by)

    assert (START + 5 * MINUTE - by, START + 5 * MINUTE) == (early, clock.due_now())


@pytest.mark.parametrize("by", [timedelta(seconds=59), timedelta(seconds=-59)], ids=["forward", "back"])
def test_clock_corrected_a_little_is_believed(machine: Machine, clock: SystemClock, by: timedelta) -> None:
    """A time server that corrects the clock by seconds is no jump: timers go by the corrected clock."""
    machine.set(by)

    assert (machine.wall, timedelta(0)) == (clock.due_now(), clock.jump())


@pytest.mark.parametrize("by", [HOUR, -HOUR], ids=["forward", "back"])
def test_clock_put_right_again_is_believed(machine: Machine, clock: SystemClock, by: timedelta) -> None:
    """Set wrong and put right: timers go on as if nothing had been."""
    machine.set(by)
    machine.passes(10 * MINUTE)
    clock.due_now()
    machine.set(-by)

    assert (START + 10 * MINUTE, timedelta(0)) == (clock.due_now(), clock.jump())


def test_clock_set_forty_times_fires_nothing_early(machine: Machine, clock: SystemClock) -> None:
    """Whatever is done to the clock, no timer is ever ahead of the time that really passed."""
    for number in range(40):
        machine.set(DAY if number % 3 else -HOUR)
        machine.passes(7 * MINUTE)

        assert clock.due_now() <= START + (number + 1) * 7 * MINUTE


def test_clock_of_this_machine_goes() -> None:
    """The real clocks: aware UTC, not jumped, and never backwards."""
    real = SystemClock()
    first, before = real.due_now(), real.monotonic()

    assert first.tzinfo is UTC
    assert (timedelta(0), True, True) == (real.jump(), real.due_now() >= first, real.monotonic() >= before)
