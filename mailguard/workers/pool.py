"""Looking into mail, in processes that may be killed: what hostile mail does to one of them never reaches the relay.

A request is octets, its answer is octets; what they mean is the work's affair, a function named when the pool is made.
Guarantees: at most ``workers`` requests run at a time, the others wait in order; large ones never take the last worker
that small ones could have (with two or more workers); a request that takes too long, too much memory or its worker's
life ends with ``WorkerKilled`` and touches no other; a helper that dies is started anew, with growing pauses, and what
it left undone is done again; nothing is left after ``close``, nor after the relay's sudden death.

The event loop's thread starts the processes, and its end is theirs.
"""

from __future__ import annotations

import asyncio
from collections import deque

import structlog

from mailguard.errors import KilledFor, LookingUnavailable, PoolClosed, WorkerKilled
from mailguard.workers.generation import Generation, Plan, Task
from mailguard.workers.looker import Bounds

LARGE_BYTES = 1024 * 1024
"""Requests from here on are large."""
LARGE_AT_ONCE = 2
LOAD_SECONDS = 60.0
"""Loading takes a second; a slow disk after a restart, more."""
REQUESTS_PER_WORKER = 2000
STUCK_SECONDS = 5.0
"""A helper forks and kills within milliseconds; one that has not after so long never will."""
KEPT_SHARE = 4
"""A worker that keeps a quarter of the memory it may take is replaced."""
LOSSES_MAX = 3
"""So many helpers died over a request, and it waits no longer: it may be what they die of."""
PAUSE_SECONDS = 0.1
PAUSE_MAX_SECONDS = 30.0

log = structlog.get_logger()


class Pool:
    """One per node; belongs to the event loop's thread. ``run`` may be called as often at once as one likes."""

    def __init__(
        self,
        work: str,
        *,
        load: str = "",
        argument: bytes = b"",
        workers: int = 2,
        memory_bytes: int = 1024 * 1024 * 1024,
        requests_per_worker: int = REQUESTS_PER_WORKER,
        stuck_seconds: float = STUCK_SECONDS,
    ) -> None:
        """``work`` (octets to octets) and ``load`` (given ``argument``, once for each start): ``module:function``.

        ``memory_bytes``: so much more than what was loaded a worker may take.
        """
        bounds = Bounds(memory_bytes, memory_bytes // KEPT_SHARE)
        self._plan = Plan(work, load, bounds, requests_per_worker, stuck_seconds)
        self._argument = argument
        self._workers = workers
        self._large_at_once = min(LARGE_AT_ONCE, max(1, workers - 1))
        self._small: deque[tuple[int, Task]] = deque()
        self._large: deque[tuple[int, Task]] = deque()
        self._arrivals = 0
        self._running = 0
        self._running_large = 0
        self._current: Generation | None = None
        self._living: set[Generation] = set()
        self._reviving: asyncio.Task[None] | None = None
        self._replacing = asyncio.Lock()
        self._pause_seconds = PAUSE_SECONDS
        self._is_closed = False

    async def start(self) -> None:
        """Load; afterwards requests are answered. Raises ``LookingUnavailable``; nothing is left behind then."""
        self._current = await self._started(self._argument)
        self._dispatch()

    async def run(self, request: bytes, seconds: float) -> bytes:
        """The answer. ``seconds`` count from when a worker begins, not from waiting.

        Raises ``WorkerKilled`` where there will be none, ``LookingUnavailable`` where no helper can be started,
        ``PoolClosed``. A cancelled request ends its worker.
        """
        if self._is_closed:
            raise PoolClosed
        task = Task(request, seconds, is_large=len(request) >= LARGE_BYTES)
        self._arrivals += 1
        (self._large if task.is_large else self._small).append((self._arrivals, task))
        self._dispatch()
        try:
            return await task.answer
        except asyncio.CancelledError:
            for generation in self._living:
                generation.abandon(task)
            raise

    async def replace(self, argument: bytes) -> None:
        """Load anew with this argument, and take the new state once it stands; running requests finish in the old one.

        Raises ``LookingUnavailable``, and the old state stays; ``PoolClosed``.
        """
        async with self._replacing:
            fresh = await self._started(argument)
            if self._reviving is not None:
                self._reviving.cancel()
                self._reviving = None
            old, self._current, self._argument = self._current, fresh, argument
            if old is not None:
                old.retire()
            log.info("looking_replaced")
            self._dispatch()

    async def close(self) -> None:
        """End everything now; what waits or runs fails with ``PoolClosed``. Twice is safe."""
        self._is_closed = True
        if self._reviving is not None:
            self._reviving.cancel()
            await asyncio.gather(self._reviving, return_exceptions=True)
        self._fail_waiting(PoolClosed())
        self._current = None
        await asyncio.gather(*[generation.end(PoolClosed()) for generation in list(self._living)])

    @property
    def is_down(self) -> bool:
        """Whether requests wait for a helper to be started again."""
        return self._current is None

    # ---- who runs ----

    def _dispatch(self) -> None:
        while self._current is not None and self._running < self._workers:
            task = self._next()
            if task is None:
                return
            self._running += 1
            self._running_large += task.is_large
            self._current.begin(task)

    def _next(self) -> Task | None:
        """Who waits longest of those that may run now."""
        for lane in (self._small, self._large):
            while lane and lane[0][1].answer.done():
                lane.popleft()
        lanes = [self._small]
        if self._running_large < self._large_at_once:
            lanes.append(self._large)
        waiting = [lane for lane in lanes if lane]
        return min(waiting, key=lambda lane: lane[0][0]).popleft()[1] if waiting else None

    def _freed(self, task: Task) -> None:
        self._running -= 1
        self._running_large -= task.is_large
        if task.answer.done() and not task.answer.cancelled() and task.answer.exception() is None:
            self._pause_seconds = PAUSE_SECONDS
        self._dispatch()

    def _fail_waiting(self, error: PoolClosed | LookingUnavailable) -> None:
        for lane in (self._small, self._large):
            while lane:
                lane.popleft()[1].fail(error)

    # ---- helpers ----

    async def _started(self, argument: bytes) -> Generation:
        if self._is_closed:
            raise PoolClosed
        generation = Generation(self._plan, argument, self._freed, self._lost)
        self._living.add(generation)
        generation.gone.add_done_callback(lambda _: self._living.discard(generation))
        try:
            await generation.started(LOAD_SECONDS)
        except LookingUnavailable:
            if self._is_closed:
                raise PoolClosed from None
            raise
        if self._is_closed:
            await generation.end(None)
            raise PoolClosed
        return generation

    def _lost(self, generation: Generation, undone: list[Task]) -> None:
        """A helper died. Its tasks wait on, first in line."""
        for task in reversed(undone):
            self._running -= 1
            self._running_large -= task.is_large
            task.losses += 1
            if task.losses < LOSSES_MAX:
                (self._large if task.is_large else self._small).appendleft((0, task))
            else:
                task.fail(WorkerKilled(KilledFor.CRASHED, "helper"))
        if generation is not self._current:
            self._dispatch()
            return
        self._current = None
        if not self._is_closed:
            log.error("looking_helper_ended", pause_seconds=self._pause_seconds)
            self._reviving = asyncio.get_running_loop().create_task(self._revive())

    async def _revive(self) -> None:
        while True:
            await asyncio.sleep(self._pause_seconds)
            self._pause_seconds = min(PAUSE_MAX_SECONDS, 2 * self._pause_seconds)
            try:
                generation = await self._started(self._argument)
            except LookingUnavailable as error:
                log.error("looking_helper_failed", error=str(error), pause_seconds=self._pause_seconds)
                # They have waited for this attempt; a person is better than the next pause.
                self._fail_waiting(error)
                continue
            self._reviving = None
            self._current = generation
            self._dispatch()
            return
