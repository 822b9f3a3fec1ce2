"""Works for looking workers that do what hostile mail could make them do. A request is a word, and what follows it."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

_loaded: dict[str, Any] = {}


def load(argument: bytes) -> None:
    """What a generation knows is its argument; ``broken``: it cannot be loaded."""
    if argument == b"broken":
        raise ValueError("山田太郎")
    if argument == b"dictionary":
        sudachipy = importlib.import_module("sudachipy")
        _loaded["tokenizer"] = sudachipy.Dictionary(dict="core").create()
        _loaded["tokenizer"].tokenize("共済組合")
    if argument == b"ballast":
        _loaded["ballast"] = [bytes(1000) + str(number).encode() for number in range(100_000)]
    _loaded["argument"] = argument


def work(request: bytes) -> bytes:
    """Does what the first word says."""
    word, _, rest = request.partition(b" ")
    done: bytes = _WORKS[word](rest)
    return done


def _wait(path: bytes) -> bytes:
    """Until somebody has written to the named pipe and closed it."""
    return Path(os.fsdecode(path.strip())).read_bytes()


def _spin(_: bytes) -> bytes:
    while True:
        pass


def _sleep(_: bytes) -> bytes:
    signal.pause()
    return b""


def _grow(_: bytes) -> bytes:
    held = []
    while True:
        held.append(bytes(bytearray(1024 * 1024)))


def _swallow(_: bytes) -> bytes:
    """As ``_grow``, and catches everything, as readers of files may."""
    try:
        _grow(b"")
    except MemoryError:
        return b"caught"
    return b""


def _at_once(_: bytes) -> bytes:
    return bytes(4 * 1024**3)[:1]


def _in_c(_: bytes) -> bytes:
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    taken = 0
    while libc.malloc(16 * 1024 * 1024):
        taken += 1
    return str(taken).encode()


def _keep(rest: bytes) -> bytes:
    _loaded.setdefault("kept", []).append(b"x" * int(rest))
    return str(os.getpid()).encode()


def _descriptors(_: bytes) -> bytes:
    return " ".join(sorted(entry.name for entry in Path("/proc/self/fd").iterdir())).encode()


def _recurse(_: bytes) -> bytes:
    return _recurse(b"")


def _recurse_in_c(_: bytes) -> bytes:
    sys.setrecursionlimit(10**9)
    nested: list[Any] = []
    for _ignored in range(10**6):
        nested = [nested]
    return repr(nested).encode()


def _abort(_: bytes) -> bytes:
    os.abort()


def _patricide(_: bytes) -> bytes:
    """Ends the helper itself."""
    os.kill(os.getppid(), signal.SIGKILL)
    signal.pause()
    return b""


def _leave(_: bytes) -> bytes:
    sys.exit(0)


def _raise(rest: bytes) -> bytes:
    raise ValueError(rest.decode())


def _start_and_wait(rest: bytes) -> bytes:
    """Starts a program that goes on for long, and writes down who it is."""
    child = subprocess.Popen(["/bin/sleep", "600"])
    Path(os.fsdecode(rest)).write_text(str(child.pid))
    child.wait()
    return b""


def _babble(_: bytes) -> bytes:
    """Writes to its own end of the wire, as one that was taken over would."""
    for entry in list(Path("/proc/self/fd").iterdir()):
        if int(entry.name) > 2:
            with contextlib.suppress(OSError):
                os.write(int(entry.name), b"\xff" * 64)
    signal.pause()
    return b""


def _tokens(rest: bytes) -> bytes:
    return " ".join(one.surface() for one in _loaded["tokenizer"].tokenize(rest.decode())).encode()


def _collect(_: bytes) -> bytes:
    """A whole collection, which touches everything that is not frozen."""
    gc.collect()
    return str(os.getpid()).encode()


_WORKS = {
    b"echo": lambda rest: rest,
    b"pid": lambda _: str(os.getpid()).encode(),
    b"loaded": lambda _: _loaded["argument"],
    b"length": lambda rest: str(len(rest)).encode(),
    b"make": lambda rest: b"y" * int(rest),
    b"environment": lambda rest: os.environ.get(rest.decode(), "").encode(),
    b"wait": _wait,
    b"spin": _spin,
    b"sleep": _sleep,
    b"grow": _grow,
    b"swallow": _swallow,
    b"at_once": _at_once,
    b"in_c": _in_c,
    b"keep": _keep,
    b"descriptors": _descriptors,
    b"recurse": _recurse,
    b"recurse_in_c": _recurse_in_c,
    b"abort": _abort,
    b"patricide": _patricide,
    b"leave": _leave,
    b"raise": _raise,
    b"start_and_wait": _start_and_wait,
    b"babble": _babble,
    b"tokens": _tokens,
    b"collect": _collect,
}
