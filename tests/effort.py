"""What something costs, told in seconds of one ordinary machine, so that a slow or busy one says the same."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

STEPS = 400_000
STEPS_A_SECOND = 40_000_000
"""What an ordinary office machine of these years does of :func:`_steps` in a second."""


def effort(work: Callable[[], T]) -> tuple[T, float]:
    """What ``work`` returns, and what it cost: processor seconds, as an ordinary machine would have needed.

    The same loop is measured before and after, and the slower of both says how this machine runs just now. Waiting
    costs nothing here.
    """
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
