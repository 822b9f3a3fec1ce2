"""What something costs, told in seconds of one ordinary machine, so that a slow or busy one says the same."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

STEPS = 400_000
STEPS_A_SECOND = 40_000_000
"""What an ordinary office machine of these years does of :func:`_steps` in a second."""
TRIES = 3
DEAR_SECONDS = 2.0


def effort(work: Callable[[], T]) -> tuple[T, float]:
    """What ``work`` returns, and what it cost: processor seconds, as an ordinary machine would have needed.

    The same loop is measured before and after, and the slower of both says how this machine runs just now. Waiting
    costs nothing here. What seems dear is done again, and the least counts: a machine that was taken away for a moment
    says nothing about the work.
    """
    result, least = _once(work)
    for _ in range(TRIES - 1):
        if least < DEAR_SECONDS:
            break
        result, cost = _once(work)
        least = min(least, cost)
    return result, least


def _once(work: Callable[[], T]) -> tuple[T, float]:
    before = _steps()
    began = time.process_time()
    result = work()
    took = time.process_time() - began
    return result, took * STEPS / STEPS_A_SECOND / max(before, _steps())


def _steps() -> float:
    began = time.process_time()
    for _ in range(STEPS):
        pass
    return max(time.process_time() - began, 1e-6)
