"""One helper process and the workers forked from it, as the relay sees them.

A generation has loaded one state of the office's files and keeps it; a new state is a new generation. What ends without
an answer is told with its reason, and whatever happens here never touches the relay: a helper that hangs is killed, and
the kernel takes its workers with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from mailguard.errors import KilledFor, LookingUnavailable, MailguardError, WorkerKilled
from mailguard.workers.line import Line
from mailguard.workers.looker import DONE, EXIT_MEMORY, FAULT, Bounds
from mailguard.workers.zygote import ENDED, FAILED, FORK, FORKED, KILL, PACKET_BYTES, READY, WORD

_MODULE = "mailguard.workers.zygote"
_SECRETS = "MAILGUARD_"
"""Settings from the environment, passwords among them, are nothing for a process that reads hostile files."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a generation does. ``work`` and ``load``: ``module:function``; ``load`` "" where nothing is to be loaded.

    ``requests``: so many, and a worker is replaced. ``stuck_seconds``: a helper that has not done after so long what
    takes milliseconds is killed.
    """

    work: str
    load: str
    bounds: Bounds
    requests: int
    stuck_seconds: float


@dataclass(eq=False, slots=True)
class Task:
    """A request that waits or runs, and where its answer goes. ``losses``: helpers that died before its answer."""

    request: bytes
    seconds: float
    answer: asyncio.Future[bytes] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    is_large: bool = False
    losses: int = 0

    def fail(self, error: MailguardError) -> None:
        """No answer will come. Nothing happens where one has."""
        if not self.answer.done():
            self.answer.set_exception(error)


@dataclass(eq=False, slots=True)
class _Worker:
    """A forked worker. ``task`` None: at rest, or on its way out."""

    line: Line
    task: Task | None = None
    deadline: asyncio.TimerHandle | None = None
    watch: asyncio.TimerHandle | None = None
    requests: int = 0
    killed_for: KilledFor | None = None


class Generation:
    """Starts with its making; ``ready`` says how that went. Belongs to the event loop's thread.

    ``freed`` is called with each task that ended, whichever way; ``lost`` once when the helper is gone unasked, before
    that, with the tasks it leaves undone: it was the helper that died, and none of their workers by itself.
    """

    def __init__(
        self, plan: Plan, argument: bytes, freed: Callable[[Task], None], lost: Callable[[Generation, list[Task]], None]
    ) -> None:
        self._plan = plan
        self._freed = freed
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[None] = self._loop.create_future()
        self.gone: asyncio.Future[None] = self._loop.create_future()
        self._workers: dict[int, _Worker] = {}
        self._idle: list[_Worker] = []
        self._forking: dict[int, tuple[Task, asyncio.TimerHandle]] = {}
        self._count = 0
        self._is_retiring = False
        self._has_hung_up = False
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = _started(plan, argument, theirs)
        self._control.setblocking(False)
        self._loop.add_reader(self._control.fileno(), self._listen)

    async def started(self, seconds: float) -> None:
        """Returns when all is loaded. Raises ``LookingUnavailable``; the helper is gone then."""
        try:
            async with asyncio.timeout(seconds):
                await asyncio.shield(self.ready)
        except TimeoutError:
            await self.end(None)
            raise LookingUnavailable("loading took too long") from None
        except BaseException:
            await self.end(None)
            raise

    def begin(self, task: Task) -> None:
        """Give a task to a worker at rest, or to a new one."""
        while self._idle:
            # A worker that died at rest may not have been seen to yet.
            if self._ask(self._idle.pop(), task):
                return
        self._count += 1
        self._forking[self._count] = (task, self._loop.call_later(self._plan.stuck_seconds, self._process.kill))
        self._say(FORK, self._count)

    def abandon(self, task: Task) -> None:
        """Nobody waits for this task any more; a worker that is at it is ended."""
        for worker in self._workers.values():
            if worker.task is task:
                self._kill(worker, KilledFor.TIME)

    def retire(self) -> None:
        """Finish what is under way, take nothing new, and end."""
        self._is_retiring = True
        for worker in self._idle:
            self._leave(worker)
        self._idle.clear()
        self._hang_up_if_empty()

    async def end(self, error: MailguardError | None) -> None:
        """End all at once; running tasks fail with ``error``. Returns when no process is left; twice is safe."""
        self._is_retiring = True
        for task in [worker.task for worker in self._workers.values()] + [task for task, _ in self._forking.values()]:
            if task is not None and error is not None:
                task.fail(error)
        if not self.ready.done():
            # Still loading, it does not listen; and it has no workers yet.
            self._process.kill()
        self._hang_up()
        await asyncio.shield(self.gone)

    # ---- workers ----

    def _ask(self, worker: _Worker, task: Task) -> bool:
        """Whether the worker was there to hear it."""
        if not worker.line.ask(task.request, task.seconds):
            self._kill(worker, KilledFor.CRASHED)
            return False
        worker.task = task
        worker.requests += 1
        worker.deadline = self._loop.call_later(task.seconds, self._kill, worker, KilledFor.TIME)
        return True

    def _answered(self, line: Line, status: int, answer: bytes) -> None:
        worker = self._workers[line.number]
        task = self._at_rest(worker)
        if worker.killed_for is None and (
            status != DONE or worker.requests >= self._plan.requests or self._is_retiring
        ):
            self._leave(worker)
        elif worker.killed_for is None:
            self._idle.append(worker)
        if task is not None:
            if status == FAULT:
                cause = answer[:80].decode("ascii", "replace")
                log.warning("looking_failed", error=cause)
                task.fail(WorkerKilled(KilledFor.CRASHED, cause))
            elif not task.answer.done():
                task.answer.set_result(answer)
            self._freed(task)
        self._hang_up_if_empty()

    def _at_rest(self, worker: _Worker) -> Task | None:
        if worker.deadline is not None:
            worker.deadline.cancel()
            worker.deadline = None
        task, worker.task = worker.task, None
        return task

    def _leave(self, worker: _Worker) -> None:
        """The worker ends by itself; it is seen to that it does."""
        worker.line.hang_up()
        self._watch(worker)

    def _line_lost(self, line: Line) -> None:
        """The worker is gone, or talks nonsense: why, its exit status will tell."""
        worker = self._workers[line.number]
        if worker in self._idle:
            self._idle.remove(worker)
        self._watch(worker)
        self._say(KILL, line.number)

    def _kill(self, worker: _Worker, why: KilledFor) -> None:
        if worker.killed_for is None:
            worker.killed_for = why
            self._watch(worker)
            self._say(KILL, worker.line.number)

    def _watch(self, worker: _Worker) -> None:
        """The helper is to say soon that this worker has ended, or is no help any more."""
        if worker.watch is None:
            worker.watch = self._loop.call_later(self._plan.stuck_seconds, self._process.kill)

    def _ended(self, number: int, status: int) -> None:
        if (unborn := self._forking.pop(number, None)) is not None:
            task, timer = unborn
            timer.cancel()
            self._fail(task, KilledFor.CRASHED, status)
        elif (worker := self._workers.pop(number, None)) is not None:
            worker.line.hang_up()
            if worker in self._idle:
                self._idle.remove(worker)
            if worker.watch is not None:
                worker.watch.cancel()
            lost = self._at_rest(worker)
            if lost is not None:
                self._fail(lost, worker.killed_for or _why(status), status)
        self._hang_up_if_empty()

    def _fail(self, task: Task, why: KilledFor, status: int) -> None:
        if not task.answer.done():
            log.warning("looking_worker_killed", why=why.value, status=status, octets=len(task.request))
        task.fail(WorkerKilled(why))
        self._freed(task)

    # ---- the helper ----

    def _listen(self) -> None:
        try:
            packet, descriptors, _, _ = socket.recv_fds(self._control, PACKET_BYTES, 1)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            packet, descriptors = b"", []
        if not packet:
            self._vanished()
            return
        word, number, figure = WORD.unpack_from(packet)
        if word == READY:
            self._settle(None)
        elif word == FAILED:
            self._settle(LookingUnavailable(packet[WORD.size :].decode("utf-8", "replace")))
        elif word == FORKED:
            self._forked(number, figure, socket.socket(fileno=descriptors[0]))
        elif word == ENDED:
            self._ended(number, figure)

    def _settle(self, error: LookingUnavailable | None) -> None:
        if self.ready.done():
            return
        if error is None:
            self.ready.set_result(None)
        else:
            self.ready.set_exception(error)

    def _forked(self, number: int, pid: int, channel: socket.socket) -> None:
        task, timer = self._forking.pop(number)
        timer.cancel()
        worker = _Worker(Line(number, pid, channel, self._answered, self._line_lost))
        self._workers[number] = worker
        if not task.answer.done():
            if not self._ask(worker, task):
                # It did not live to be asked, and another one would not either: its end is the task's.
                worker.task = task
            return
        if self._is_retiring:
            self._leave(worker)
        else:
            self._idle.append(worker)
        self._freed(task)

    def _vanished(self) -> None:
        """The helper has ended, and so have its workers, whether it was asked to or not."""
        self._loop.remove_reader(self._control.fileno())
        self._control.close()
        is_unasked = not self._has_hung_up
        self._has_hung_up = True
        self._settle(LookingUnavailable("ended while loading"))
        self.ready.exception()
        undone = []
        if is_unasked:
            running = [worker for worker in self._workers.values() if worker.killed_for is None]
            undone = [task for worker in running if (task := self._at_rest(worker)) is not None]
            undone += [task for task, _ in self._forking.values()]
            for _, timer in self._forking.values():
                timer.cancel()
            self._forking.clear()
        self._idle.clear()
        if is_unasked:
            self._lost(self, undone)
        for number in [*self._forking, *self._workers]:
            self._ended(number, 0)
        reaper = self._loop.create_task(self._reap())
        reaper.add_done_callback(lambda _: self.gone.set_result(None))

    async def _reap(self) -> None:
        """Its end of the socket is closed; what is left of the process takes no time."""
        self._process.kill()
        await asyncio.to_thread(self._process.wait)

    def _hang_up_if_empty(self) -> None:
        if self._is_retiring and not self._workers and not self._forking:
            self._hang_up()

    def _hang_up(self) -> None:
        """The helper kills what is left of its workers, and ends. What it still says is heard."""
        if self._has_hung_up:
            return
        self._has_hung_up = True
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)
        self._loop.call_later(self._plan.stuck_seconds, self._process.kill)

    def _say(self, word: int, number: int) -> None:
        if self._has_hung_up:
            return
        try:
            self._control.send(WORD.pack(word, number, 0))
        except OSError:
            # Gone, which the reader sees; or it does not listen, and the watch on what was asked ends it.
            return


def _why(status: int) -> KilledFor:
    if status == EXIT_MEMORY:
        return KilledFor.MEMORY
    return KilledFor.TIME if status == -signal.SIGXCPU else KilledFor.CRASHED


def _started(plan: Plan, argument: bytes, control: socket.socket) -> subprocess.Popen[bytes]:
    """The helper, alive. It must be started by a thread that lives as long as the pool: that one's end is its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_SECRETS)}
    # The same code as the relay's, wherever that was started.
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    figures = [control.fileno(), os.getpid()]
    bounds = [plan.bounds.memory_bytes, plan.bounds.kept_bytes]
    with os.fdopen(os.memfd_create("load", os.MFD_CLOEXEC), "w+b") as given:
        given.write(argument)
        given.seek(0)
        return subprocess.Popen(  # noqa: S603  our own module, with our own words
            [sys.executable, "-P", "-m", _MODULE, *map(str, figures), plan.load, plan.work, *map(str, bounds)],
            stdin=given,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[control.fileno()],
            start_new_session=True,
            env=environment,
        )
