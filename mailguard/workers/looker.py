"""What a looking worker does in its own process: confines itself, and answers requests until nobody asks any more.

Standard library alone, because it is there before anything is loaded. Guarantees: memory of its own beyond the bound is
refused by the kernel (``RLIMIT_DATA``: private writable memory, which is all that Python and C allocate; ``RLIMIT_AS``
for the rest), processor time beyond a request's time ends it, nothing of a mail is written anywhere, and it does not
outlive its parent. Passed time is the relay's affair: it kills from outside.

Frames, both over one stream socket: a request is ``REQUEST_HEAD`` (octets, whole seconds of processor time) and the
octets; an answer is ``ANSWER_HEAD`` (status, octets) and the octets.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import math
import os
import resource
import signal
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass

REQUEST_HEAD = struct.Struct("!QI")
ANSWER_HEAD = struct.Struct("!BQ")
DONE, DONE_AND_ENDS, FAULT = range(3)
"""Statuses of an answer: goes on; ends after this one; the work raised (the octets are the error's class name)."""
EXIT_MEMORY = 3
"""Exit status where memory was over."""
OPEN_FILES = 64
NICENESS = 5
"""The dialogue with mail programs comes before looking."""
OOM_SCORE = 500
"""Where the machine has no memory left the kernel ends a worker rather than the relay."""
CIRCLES_MIN, CIRCLES_MAX = 200_000, 2_000_000
"""New objects after which circles of them are searched for: between two requests, and in the middle of one. To search
in the middle costs a large sheet a tenth of its time."""
JOINED_BYTES = 64 * 1024
"""Up to here one copy costs less than a second system call."""
_PAGE_BYTES = resource.getpagesize()
_PR_SET_PDEATHSIG = 1

Work = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one worker may take.

    ``memory_bytes``: so much more than it was forked with, ever. ``kept_bytes``: a worker that still holds so much more
    after a request ends, and a fresh one takes its place.
    """

    memory_bytes: int
    kept_bytes: int


def die_with_parent(parent: int) -> None:
    """Have the kernel end this process with SIGKILL when the thread that started it is gone (prctl(2)).

    Ends at once where ``parent`` is gone already. Where the call is not to be had, the closed socket has to do.
    """
    libc = _libc()
    if libc is not None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def confine(bounds: Bounds) -> None:
    """Set the limits that hold for the worker's whole life."""
    os.umask(0o077)
    # 1 and not 0: with 0 the kernel still pipes the memory to a program named in core_pattern; 1 stops that as well
    # (fs/coredump.c), and is less than any core file.
    _limit(resource.RLIMIT_CORE, 1)
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    _limit(resource.RLIMIT_FSIZE, bounds.memory_bytes)
    size, _, data = _memory_bytes()
    _limit(resource.RLIMIT_DATA, data + bounds.memory_bytes)
    # Room for files that are mapped and for threads' reserved address space, which cost no memory.
    _limit(resource.RLIMIT_AS, size + 2 * bounds.memory_bytes + 256 * 1024 * 1024)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123  before any import
        file.write(str(OOM_SCORE))


def serve(channel: socket.socket, work: Work, bounds: Bounds) -> None:
    """Answer requests until the other end hangs up or the worker has to make room. Raises ``MemoryError``."""
    statm = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
    begun_with = _own_bytes(statm)
    while (head := _received(channel, REQUEST_HEAD.size)) is not None:
        length, seconds = REQUEST_HEAD.unpack(head)
        request = _received(channel, length)
        if request is None:
            return
        _limit_cpu(seconds)
        status, answer = _answered(work, request)
        del request
        if status == DONE and _own_bytes(statm) - begun_with > bounds.kept_bytes:
            gc.collect()
            _give_back()
            if _own_bytes(statm) - begun_with > bounds.kept_bytes:
                status = DONE_AND_ENDS
        # One that is to end is hung up on by the relay: leaving first, its end could be seen before its answer.
        _send(channel, status, answer)
        if gc.get_count()[0] > CIRCLES_MIN:
            gc.collect()


def _answered(work: Work, request: bytes) -> tuple[int, bytes]:
    """The answer, or a fault with the class of the error: its words may hold what it choked on."""
    try:
        return DONE, work(request)
    except MemoryError:
        raise
    except BaseException as error:
        return FAULT, type(error).__name__.encode()


def _received(channel: socket.socket, length: int) -> bytes | None:
    """Exactly so many octets, without a copy in the ordinary case; None where the other end hung up."""
    if not length:
        return b""
    octets = channel.recv(length, socket.MSG_WAITALL)
    if len(octets) == length:
        return octets
    parts = [octets]
    missing = length - len(octets)
    while missing and octets:
        octets = channel.recv(missing, socket.MSG_WAITALL)
        parts.append(octets)
        missing -= len(octets)
    return None if missing else b"".join(parts)


def _send(channel: socket.socket, status: int, answer: bytes) -> None:
    head = ANSWER_HEAD.pack(status, len(answer))
    if len(answer) <= JOINED_BYTES:
        channel.sendall(head + answer)
    else:
        channel.sendall(head)
        channel.sendall(answer)


def _limit(name: int, most: int) -> None:
    """Lower a limit for good; one that is lower already stays."""
    _, hard = resource.getrlimit(name)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(name, (most, most))


def _limit_cpu(seconds: int) -> None:
    """SIGXCPU, which ends the process, after so much more processor time and two seconds (the relay comes first)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = math.ceil(used.ru_utime + used.ru_stime) + seconds + 2
    resource.setrlimit(resource.RLIMIT_CPU, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _memory_bytes() -> tuple[int, int, int]:
    """Address space, own resident memory, and private writable memory with the stack (proc(5), statm)."""
    with open("/proc/self/statm", "rb") as file:  # noqa: PTH123  before any import
        size, resident, shared, _, _, data, _ = (int(field) * _PAGE_BYTES for field in file.read().split())
    return size, resident - shared, data


def _own_bytes(statm: int) -> int:
    """Resident memory that is no file's, read from the open ``statm``: microseconds, on the way of every mail."""
    fields = os.pread(statm, 256, 0).split()
    return (int(fields[1]) - int(fields[2])) * _PAGE_BYTES


def _give_back() -> None:
    """Memory that is free goes back to the system, where the C library can (malloc_trim(3))."""
    libc = _libc()
    if libc is not None and hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)


def _libc() -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(None)
    except OSError:
        return None
