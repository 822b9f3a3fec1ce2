"""What a server costs: CPU time and memory of its process and everything below it.

CPU is user and system time of all living processes plus what their ended children left to them, so that Postfix's
short-lived daemons count as well. Memory is looked at five times a second: the sum of resident sets, which counts pages
shared between processes once for each of them, and the private part of it, which does not.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

LOOK_SECONDS = 0.2
_PAGE = os.sysconf("SC_PAGE_SIZE")


def family(pid: int) -> list[psutil.Process]:
    """The process and all below it, as of now."""
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def cpu_seconds(pid: int) -> float:
    """User and system time of the family so far, ended children included."""
    total = 0.0
    for process in family(pid):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


@dataclass(slots=True)
class Memory:
    """Resident octets of a family: the most that was seen, and its private part at its own peak."""

    resident: int = 0
    private: int = 0

    def look(self, pid: int) -> None:
        """Takes one sample."""
        resident = shared = 0
        for process in family(pid):
            try:
                fields = Path(f"/proc/{process.pid}/statm").read_text().split()
            except OSError:
                continue
            resident += int(fields[1]) * _PAGE
            shared += int(fields[2]) * _PAGE
        self.resident = max(self.resident, resident)
        self.private = max(self.private, resident - shared)


@contextmanager
def watched_memory(pid: int, *, every: float = LOOK_SECONDS) -> Iterator[Memory]:
    """Samples the family's memory while the block runs, at its beginning and at its end too."""
    memory = Memory()
    memory.look(pid)
    over = threading.Event()

    def watch() -> None:
        while not over.wait(every):
            memory.look(pid)

    watcher = threading.Thread(target=watch, name="memory", daemon=True)
    watcher.start()
    try:
        yield memory
    finally:
        over.set()
        watcher.join()
        memory.look(pid)


def file_system_of(path: Path) -> str:
    """The type of the file system a path lies on ("ext4"). On tmpfs a sync costs nothing: nothing to measure there."""
    best, kind = "", "unknown"
    real = str(path.resolve())
    for line in Path("/proc/mounts").read_text().splitlines():
        _, place, found, *_ = line.split()
        if (real == place or real.startswith(place.rstrip("/") + "/")) and len(place) >= len(best):
            best, kind = place, found
    return kind
