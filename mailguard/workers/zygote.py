"""The clean process that looking workers are forked from: ``python -m mailguard.workers.zygote``.

The relay runs threads and an event loop and must not fork; this process has neither. It loads what looking needs once,
and each worker it forks shares that memory for as long as nobody writes to it. ``generation.py`` starts it and is the
only one to talk to it.

Words of the control socket (one packet each): a ``WORD`` with a worker's number and a figure. The relay says ``FORK``
and ``KILL``; this process says ``READY``, ``FAILED`` (an error's class and line of code follow), ``FORKED`` (with the
worker's pid, and its socket as a passed descriptor) and ``ENDED`` (with the exit status, negative for a signal). The
end of the relay is the end of the socket: all workers are killed with what they started, and this process ends.

The load argument is what standard input holds. Nothing is ever written to standard output or standard error.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import select
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn

from mailguard.workers.looker import CIRCLES_MAX, EXIT_MEMORY, NICENESS, Bounds, Work, confine, die_with_parent, serve

WORD = struct.Struct("!BIi")
FORK, KILL, READY, FAILED, FORKED, ENDED = range(1, 7)
PACKET_BYTES = 4096
_REASON_MAX = 200


class Zygote:
    """One control socket, one work, any number of workers."""

    def __init__(self, control: socket.socket, work: Work, bounds: Bounds, wake: int) -> None:
        self._control = control
        self._work = work
        self._bounds = bounds
        self._wake = wake
        self._numbers: dict[int, int] = {}
        self._pids: dict[int, int] = {}

    def run(self) -> None:
        """Do what the relay says until it hangs up."""
        poller = select.poll()
        poller.register(self._control, select.POLLIN)
        poller.register(self._wake, select.POLLIN)
        try:
            while True:
                for descriptor, _ in poller.poll():
                    if descriptor == self._wake:
                        os.read(self._wake, PACKET_BYTES)
                        self._reap()
                        continue
                    packet = self._control.recv(PACKET_BYTES)
                    if not packet:
                        return
                    word, number, _ = WORD.unpack(packet)
                    if word == FORK:
                        self._fork(number)
                    elif number in self._pids:
                        _kill(self._pids[number])
        except OSError:
            return
        finally:
            self._end_all()

    def _fork(self, number: int) -> None:
        ours, theirs = socket.socketpair()
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError:
            ours.close()
            theirs.close()
            self._say(ENDED, number, 1)
            return
        if pid == 0:
            self._be_worker(theirs, parent)
        theirs.close()
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)
        self._numbers[pid] = number
        self._pids[number] = pid
        socket.send_fds(self._control, [WORD.pack(FORKED, number, pid)], [ours.fileno()])
        ours.close()

    def _be_worker(self, channel: socket.socket, parent: int) -> NoReturn:
        """Never returns: what the parent holds is neither closed nor finished a second time."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            # A group of its own: whatever it starts is killed with it.
            with contextlib.suppress(OSError):
                os.setpgid(0, 0)
            die_with_parent(parent)
            kept = channel.fileno()
            os.closerange(3, kept)
            os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))
            confine(self._bounds)
            gc.set_threshold(CIRCLES_MAX, 10, 10)
            gc.enable()
            serve(channel, self._work, self._bounds)
            status = 0
        except MemoryError:
            status = EXIT_MEMORY
        finally:
            os._exit(status)

    def _reap(self) -> None:
        """Tell of every worker that has ended, and end what it started."""
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) is not None:
                pid = ended.si_pid
                # As long as it is not waited for, nobody else can be given its number.
                _kill(pid)
                os.waitpid(pid, 0)
                number = self._numbers.pop(pid, None)
                if number is not None:
                    del self._pids[number]
                    status = ended.si_status
                    self._say(ENDED, number, status if ended.si_code == os.CLD_EXITED else -status)

    def _end_all(self) -> None:
        for pid in self._numbers:
            _kill(pid)
        with contextlib.suppress(ChildProcessError):
            while True:
                os.waitpid(-1, 0)

    def _say(self, word: int, number: int, figure: int) -> None:
        self._control.sendall(WORD.pack(word, number, figure))


def _kill(pid: int) -> None:
    """End a worker that has not been waited for, with its whole group."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(OSError):
            kill(pid, signal.SIGKILL)


def found(path: str) -> Callable[..., Any]:
    """The function of ``module:function``. Raises ``ImportError`` or ``AttributeError``."""
    module, _, name = path.partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


def _loaded(load: str, work: str) -> Work:
    with os.fdopen(0, "rb", closefd=False) as given:
        argument = given.read()
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.close(nothing)
    if load:
        found(load)(argument)
    return found(work)


def _reason(error: BaseException) -> bytes:
    """Class and place of an error: its words may repeat what the office's files hold."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" {os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""  # noqa: PTH119
    return f"{type(error).__name__}{place}".encode()[:_REASON_MAX]


def _noted(_number: int, _frame: FrameType | None) -> None:
    """A signal that has come is seen at the wake-up descriptor."""


def main() -> None:
    """Load, say so, and fork until the relay hangs up. Arguments as ``generation.py`` gives them."""
    descriptor, relay, load, work, memory_bytes, kept_bytes = sys.argv[1:]
    die_with_parent(int(relay))
    control = socket.socket(fileno=int(descriptor))
    control.set_inheritable(False)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.nice(NICENESS)
    # Not collected while loading, and then kept out of every later collection: both would write to shared pages.
    gc.disable()
    try:
        function = _loaded(load, work)
    except BaseException as error:
        with contextlib.suppress(OSError):
            control.sendall(WORD.pack(FAILED, 0, 0) + _reason(error))
        sys.exit(1)
    gc.collect()
    gc.freeze()
    wake, signalled = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(signalled, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, _noted)
    with contextlib.suppress(OSError):
        control.sendall(WORD.pack(READY, 0, 0))
    Zygote(control, function, Bounds(int(memory_bytes), int(kept_bytes)), wake).run()


if __name__ == "__main__":
    main()
