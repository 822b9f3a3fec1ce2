"""Looking into mail in processes that may be killed: whatever happens to one, the others and the relay go on."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import psutil
import pytest
import uvloop

from mailguard.errors import KilledFor, LookingUnavailable, PoolClosed, WorkerKilled
from mailguard.workers.pool import LARGE_BYTES, Pool
from tests.system.waiting import eventually, until

WORK = "tests.fakes.looking:work"
LOAD = "tests.fakes.looking:load"
MEBIBYTE = 1024 * 1024
MEMORY_BYTES = 192 * MEBIBYTE
PATIENCE = 20.0
BRIEF = 0.2
CHECKOUT = Path(__file__).resolve().parents[3]

MakePool = Callable[..., Pool]


@pytest.fixture
async def make_pool() -> AsyncIterator[MakePool]:
    """Makes pools of the fake work, not yet started; each is closed in the end, and must have left nothing."""
    made: list[Pool] = []

    def make(
        argument: bytes = b"first", workers: int = 2, requests_per_worker: int = 1000, stuck_seconds: float = 5.0
    ) -> Pool:
        pool = Pool(
            WORK,
            load=LOAD,
            argument=argument,
            workers=workers,
            memory_bytes=MEMORY_BYTES,
            requests_per_worker=requests_per_worker,
            stuck_seconds=stuck_seconds,
        )
        made.append(pool)
        return pool

    yield make
    for pool in made:
        await pool.close()

    assert processes() == []


@pytest.fixture
async def pool(make_pool: MakePool) -> Pool:
    """A pool of two workers that takes requests."""
    pool = make_pool()
    await pool.start()
    return pool


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A named pipe: ``wait`` goes on until it was written to."""
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def processes() -> list[psutil.Process]:
    """What the test's process has started, and what that has."""
    return [process for one in helpers() for process in (one, *one.children(recursive=True))]


def helpers() -> list[psutil.Process]:
    """The children of the test's process, without the one that ``multiprocessing`` in other tests leaves behind."""
    return [one for one in psutil.Process().children() if not is_tracker(one)]


def is_tracker(process: psutil.Process) -> bool:
    """Whether it is the resource tracker of ``multiprocessing``, which lives as long as the process that began it."""
    try:
        return any("resource_tracker" in word for word in process.cmdline())
    except psutil.Error:
        return False


def helper() -> psutil.Process:
    """The one helper."""
    (found,) = helpers()
    return found


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be buried does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def begun(pool: Pool, request: bytes, seconds: float = PATIENCE) -> asyncio.Task[bytes]:
    """The request under way."""
    return asyncio.get_running_loop().create_task(pool.run(request, seconds))


async def is_waiting(pid_of: asyncio.Task[bytes], count: int) -> None:
    """So many workers are there, and the request is not answered."""
    await eventually(lambda: len(helper().children()) == count, f"{count} workers")
    assert not pid_of.done()


def let_go(pipe: Path, octets: bytes = b"now") -> None:
    """Lets whoever waits at the pipe go on; blocks until somebody does."""
    pipe.write_bytes(octets)


# ---- answers ----


@pytest.mark.parametrize(
    "length", [0, 1, 5_000, 70_000, MEBIBYTE, 25 * MEBIBYTE], ids=["none", "one", "mail", "joined", "large", "largest"]
)
async def test_request_comes_back_as_answered(pool: Pool, length: int) -> None:
    """What a worker says of a mail is what the relay hears, whatever its size."""
    sent = os.urandom(length)

    assert sent == await pool.run(b"echo " + sent, PATIENCE)


@pytest.mark.parametrize("workers", [1, 2])
async def test_requests_many_at_once_begin_in_order(make_pool: MakePool, workers: int) -> None:
    """Two hundred mails at the same time need no more workers than allowed, and each gets its own answer.

    With one worker the answers show the order; with two, one of them may be slow for a moment.
    """
    pool = make_pool(workers=workers)
    await pool.start()
    answered: list[int] = []

    async def ask(number: int) -> None:
        answered.append(int(await pool.run(b"echo %d" % number, PATIENCE)))

    async with asyncio.TaskGroup() as group:
        for number in range(200):
            group.create_task(ask(number))

    assert list(range(200)) == (answered if workers == 1 else sorted(answered))
    assert workers == len(helper().children())


async def test_worker_has_the_same_loaded_state_for_many_requests(pool: Pool) -> None:
    """A worker is not made for one mail, and has what its helper loaded."""
    pids = {await pool.run(b"pid", PATIENCE) for _ in range(20)}

    assert len(pids) == 1
    assert b"first" == await pool.run(b"loaded", PATIENCE)


def test_pool_works_on_both_event_loops() -> None:
    """The relay's loop is uvloop where there is one; commands run on Python's own."""

    async def look() -> bytes:
        pool = Pool(WORK, load=LOAD, memory_bytes=MEMORY_BYTES)
        await pool.start()
        try:
            with pytest.raises(WorkerKilled):
                await pool.run(b"spin", BRIEF)
            large = await pool.run(b"length " + bytes(4 * MEBIBYTE), PATIENCE)
            return large + b" %d" % len(await pool.run(b"make 4000000", PATIENCE))
        finally:
            await pool.close()

    with asyncio.Runner() as plain, asyncio.Runner(loop_factory=uvloop.new_event_loop) as quick:
        assert b"4194304 4000000" == plain.run(look())
        assert b"4194304 4000000" == quick.run(look())


# ---- limits ----


@pytest.mark.parametrize("word", [b"spin", b"sleep"])
async def test_time_over_kills_that_worker_alone(pool: Pool, pipe: Path, word: bytes) -> None:
    """A mail that takes too long is given up; the one beside it is finished, and the next is looked into."""
    beside = begun(pool, b"wait " + os.fsencode(pipe))

    with pytest.raises(WorkerKilled) as caught:
        await pool.run(word, BRIEF)
    await asyncio.to_thread(let_go, pipe, b"unhurt")

    assert caught.value.why is KilledFor.TIME
    assert b"unhurt" == await beside
    assert b"x" == await pool.run(b"echo x", PATIENCE)


async def test_worker_that_started_a_program_takes_it_along(pool: Pool, tmp_path: Path) -> None:
    """A program that unpacks for a worker does not outlive it."""
    file = tmp_path / "pid"
    running = begun(pool, b"start_and_wait " + os.fsencode(file), seconds=PATIENCE)
    await eventually(lambda: file.exists() and file.read_text(), "the program to run")
    pid = int(file.read_text())
    assert is_alive(pid)

    running.cancel()

    await eventually(lambda: not is_alive(pid), "the program to be gone")


@pytest.mark.parametrize("word", [b"grow", b"at_once"])
async def test_memory_over_ends_the_request(pool: Pool, word: bytes) -> None:
    """A bomb that unpacks without end is stopped, and the machine keeps its memory."""
    with pytest.raises(WorkerKilled) as caught:
        await pool.run(word, PATIENCE)

    assert caught.value.why is KilledFor.MEMORY
    assert b"x" == await pool.run(b"echo x", PATIENCE)


@pytest.mark.parametrize(
    ("word", "most"),
    [(b"swallow", b"caught"), (b"in_c", b"%d" % (MEMORY_BYTES // (16 * MEBIBYTE)))],
    ids=["caught by the reader", "taken by a C library"],
)
async def test_memory_over_and_survived_stays_within_the_bound(pool: Pool, word: bytes, most: bytes) -> None:
    """A library that goes on after "no memory" has had no more than it may."""
    answer = await pool.run(word, PATIENCE)

    assert answer == most if word == b"swallow" else 0 < int(answer) <= int(most)


async def test_worker_that_keeps_memory_is_replaced(pool: Pool) -> None:
    """What a library forgets to give back does not pile up over the days."""
    first = await pool.run(b"keep 1000", PATIENCE)
    second = await pool.run(b"keep %d" % (MEMORY_BYTES // 2), PATIENCE)
    third = await pool.run(b"pid", PATIENCE)

    assert first == second
    assert third != first


async def test_worker_is_replaced_after_so_many_requests(make_pool: MakePool) -> None:
    """No worker grows old."""
    pool = make_pool(requests_per_worker=3)
    await pool.start()

    pids = [await pool.run(b"pid", PATIENCE) for _ in range(7)]

    assert [1, 1, 1, 2, 2, 2, 3] == [len(set(pids[: place + 1])) for place in range(7)]
    assert pids[0] == pids[2]


async def test_worker_has_nothing_open_and_no_secrets(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who reads hostile files holds the wire to the relay and nothing else: no database, no password."""
    monkeypatch.setenv("MAILGUARD_DELIVERY__NEXT_HOP__PASSWORD", "secret")
    await pool.replace(b"second")

    opened = (await pool.run(b"descriptors", PATIENCE)).split()
    password = await pool.run(b"environment MAILGUARD_DELIVERY__NEXT_HOP__PASSWORD", PATIENCE)

    # The three standard ones, the wire, the measure of its memory, and the folder it is looking at.
    assert 6 == len(opened)
    assert b"" == password


# ---- deaths ----


@pytest.mark.parametrize("word", [b"abort", b"recurse_in_c", b"babble", b"leave", b"recurse", b"raise x"])
async def test_crash_is_an_error_and_the_next_mail_is_looked_into(pool: Pool, word: bytes) -> None:
    """A library that brings its process down costs one mail its looking, and nobody else anything."""
    with pytest.raises(WorkerKilled) as caught:
        await pool.run(word, PATIENCE)

    assert caught.value.why is KilledFor.CRASHED
    assert b"x" == await pool.run(b"echo x", PATIENCE)


async def test_fault_of_the_work_tells_its_class_and_no_word_of_the_mail(pool: Pool) -> None:
    """The log learns what to look for, and nothing that was in the mail."""
    with pytest.raises(WorkerKilled) as caught:
        await pool.run("raise 山田太郎".encode(), PATIENCE)

    assert "crashed ValueError" == str(caught.value)


async def test_worker_killed_from_outside_fails_its_request_alone(pool: Pool, pipe: Path) -> None:
    """Whoever or whatever kills a worker: its mail is told, and the pool goes on."""
    request = begun(pool, b"wait " + os.fsencode(pipe))
    await is_waiting(request, 1)

    helper().children()[0].kill()

    with pytest.raises(WorkerKilled) as caught:
        await request
    assert caught.value.why is KilledFor.CRASHED
    assert b"x" == await pool.run(b"echo x", PATIENCE)


async def test_worker_killed_at_rest_is_not_asked(pool: Pool) -> None:
    """A worker that died between two mails costs none of them, even where nobody has noticed yet."""
    first = psutil.Process(int(await pool.run(b"pid", PATIENCE)))
    first.kill()
    # On the loop's own thread, so that it cannot see the death before the request.
    until(lambda: not is_alive(first.pid), "the worker to be gone")

    assert b"x" == await pool.run(b"echo x", PATIENCE)


async def test_helper_killed_is_started_again_and_finishes_what_ran(pool: Pool, pipe: Path) -> None:
    """The death of the process that workers come from costs no mail its looking: it is done again."""
    running = begun(pool, b"wait " + os.fsencode(pipe))
    await is_waiting(running, 1)

    helper().kill()
    after = await pool.run(b"loaded", PATIENCE)
    await asyncio.to_thread(let_go, pipe, b"again")

    assert b"again" == await running
    assert b"first" == after


async def test_request_that_helpers_die_of_is_given_up(pool: Pool) -> None:
    """A mail that brings down the whole house three times is held, and the house stands again for the others."""
    with pytest.raises(WorkerKilled) as caught:
        await pool.run(b"patricide", PATIENCE)

    assert caught.value.why is KilledFor.CRASHED
    assert b"x" == await pool.run(b"echo x", PATIENCE)


async def test_helper_that_hangs_is_killed_and_started_again(make_pool: MakePool) -> None:
    """A helper that is there and does nothing holds nobody up for long."""
    pool = make_pool(stuck_seconds=BRIEF)
    await pool.start()
    helper().suspend()

    assert b"first" == await pool.run(b"loaded", PATIENCE)


async def test_start_with_something_broken_says_so(make_pool: MakePool) -> None:
    """A dictionary that cannot be loaded stops the start, with its place and without what is in it."""
    pool = make_pool(argument=b"broken")

    with pytest.raises(LookingUnavailable) as caught:
        await pool.start()

    assert str(caught.value).startswith("ValueError looking.py:")
    assert processes() == []


# ---- lanes ----


async def test_large_mails_leave_room_for_small_ones(pool: Pool, tmp_path: Path) -> None:
    """A row of huge mails under way and waiting does not delay the short letter."""
    pipes = [tmp_path / str(number) for number in range(3)]
    for pipe in pipes:
        os.mkfifo(pipe)
    large = [begun(pool, b"wait " + os.fsencode(pipe) + b" " * LARGE_BYTES) for pipe in pipes]
    await is_waiting(large[0], 1)

    small = await pool.run(b"echo small", PATIENCE)
    still = [not request.done() for request in large]
    for pipe in pipes:
        await asyncio.to_thread(let_go, pipe)

    assert b"small" == small
    assert [True] * 3 == still
    assert [b"now"] * 3 == await asyncio.gather(*large)


async def test_cancelled_request_ends_its_worker_and_leaves_its_place(make_pool: MakePool, pipe: Path) -> None:
    """A mail nobody waits for takes no worker's time."""
    pool = make_pool(workers=1)
    await pool.start()
    running = begun(pool, b"spin")
    waiting = begun(pool, b"wait " + os.fsencode(pipe))
    await is_waiting(running, 1)

    waiting.cancel()
    running.cancel()

    assert b"x" == await pool.run(b"echo x", PATIENCE)


# ---- generations ----


async def test_replace_serves_the_new_state_and_finishes_what_runs(pool: Pool, pipe: Path) -> None:
    """New kinds of the office hold from the next mail on; the mail under way is finished with those it began with."""
    running = begun(pool, b"wait " + os.fsencode(pipe))
    await is_waiting(running, 1)

    await pool.replace(b"second")
    new = await pool.run(b"loaded", PATIENCE)
    await asyncio.to_thread(let_go, pipe, b"finished")

    assert b"second" == new
    assert b"finished" == await running
    await eventually(lambda: len(helpers()) == 1, "the old helper to be gone")


async def test_replace_that_fails_keeps_the_old_state(pool: Pool) -> None:
    """Broken kinds change nothing, also after the helper had to be started again."""
    with pytest.raises(LookingUnavailable):
        await pool.replace(b"broken")
    kept = await pool.run(b"loaded", PATIENCE)
    helper().kill()

    assert b"first" == kept
    assert b"first" == await pool.run(b"loaded", PATIENCE)


async def test_replaced_state_is_the_one_after_a_restart(pool: Pool) -> None:
    """A helper that had to be started again knows what was loaded last."""
    await pool.replace(b"second")
    await eventually(lambda: len(helpers()) == 1, "the old helper to be gone")
    helper().kill()

    assert b"second" == await pool.run(b"loaded", PATIENCE)


# ---- ends ----


async def test_close_fails_what_runs_and_waits_and_leaves_no_process(make_pool: MakePool) -> None:
    """A relay that stops waits for nobody's bomb, and leaves the machine as it was."""
    pool = make_pool()
    await pool.start()
    requests = [begun(pool, b"spin") for _ in range(5)]
    await is_waiting(requests[0], 2)

    await pool.close()
    await pool.close()

    assert processes() == []
    assert [PoolClosed] * 5 == [type(one) for one in await asyncio.gather(*requests, return_exceptions=True)]
    with pytest.raises(PoolClosed):
        await pool.run(b"echo x", PATIENCE)


RELAY = """
import asyncio
from mailguard.workers.pool import Pool

async def serve():
    pool = Pool({work!r}, load={load!r})
    await pool.start()
    await asyncio.gather(pool.run(b"spin", 600), pool.run(b"sleep", 600))

asyncio.run(serve())
"""


@pytest.fixture
def relay() -> Iterator[subprocess.Popen[bytes]]:
    """A process that has a pool with two busy workers."""
    program = RELAY.format(work=WORK, load=LOAD)
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    process = subprocess.Popen([sys.executable, "-c", program], cwd=CHECKOUT, env=environment)
    yield process
    process.kill()
    process.wait()


def test_relay_killed_leaves_no_process(relay: subprocess.Popen[bytes]) -> None:
    """After kill -9 of the relay nothing goes on reading mail behind its back."""
    parent = psutil.Process(relay.pid)
    until(lambda: len(parent.children(recursive=True)) == 3, "a helper and two workers")
    started = parent.children(recursive=True)

    relay.send_signal(signal.SIGKILL)
    relay.wait()

    until(lambda: not any(is_alive(one.pid) for one in started), "all of them to be gone")


# ---- sharing ----


@pytest.mark.parametrize(
    ("argument", "request_", "loaded_most_mebibytes"),
    [(b"ballast", b"collect", 24), (b"dictionary", "tokens 共済組合の資格喪失証明書".encode(), 24)],
    ids=["a hundred thousand objects", "the dictionary of words"],
)
async def test_loaded_memory_is_shared(
    make_pool: MakePool, argument: bytes, request_: bytes, loaded_most_mebibytes: int
) -> None:
    """A further worker costs the machine little: what was loaded is there once."""
    pool = make_pool(argument=argument)
    await pool.start()
    await pool.run(request_, PATIENCE)

    worker = psutil.Process(int(await pool.run(b"pid", PATIENCE)))
    own = worker.memory_full_info().uss
    whole = helper().memory_full_info().rss

    assert own < loaded_most_mebibytes * MEBIBYTE
    assert whole > 2 * own
