"""Files that are no mail yet, looked into as if they were attached to one."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from mailguard.extract.dispatch import read_file
from mailguard.extract.walk import Limits, OverLimit, Walk
from mailguard.inspection.circumstances import Circumstances
from mailguard.inspection.detection import Detection
from mailguard.inspection.inspecting import inspect
from mailguard.model.contents import Obstacle
from mailguard.model.finding import Inspection

FILE_MAX = 200 * 1024 * 1024
"""Octets above which a file is not read: no mail carries it."""


class Why(StrEnum):
    """Why something in a folder is not looked into. ``CLOSED``: this user may not read it, or the disk fails."""

    LINK = "link"
    CLOSED = "closed"
    NO_FILE = "no_file"


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A name below a folder that is not looked into."""

    path: Path
    why: Why


def files_below(paths: list[Path]) -> Iterator[Path | PassedOver]:
    """All regular files of these paths, in the order of their names, and what else there is.

    A link in a folder is not followed; what is named itself is taken as it is.
    """
    for path in paths:
        if not _is_folder(path):
            yield path
            continue
        waiting: list[_Name] = [(path, True, None)]
        while waiting:
            one, is_folder, why = waiting.pop()
            if is_folder:
                waiting += _names_in(one)
            else:
                yield one if why is None else PassedOver(one, why)


_Name = tuple[Path, bool, Why | None]
"""A path, whether it is a folder, and why it is not looked into."""


def _names_in(folder: Path) -> list[_Name]:
    """The last one first."""
    try:
        return [_sorted_out(one) for one in sorted(folder.iterdir(), reverse=True)]
    except OSError:
        return [(folder, False, Why.CLOSED)]


def _sorted_out(path: Path) -> _Name:
    try:
        mode = path.lstat().st_mode
    except OSError:
        return path, False, Why.CLOSED
    if stat.S_ISLNK(mode):
        return path, False, Why.LINK
    return path, stat.S_ISDIR(mode), None if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else Why.NO_FILE


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def looked_into(path: Path, detection: Detection, limits: Limits | None = None) -> Inspection:
    """What is in one file. Raises ``OSError`` where it cannot be opened, or is no file."""
    where = f"attachment:{path.name}"
    walk = Walk(read_file, limits)
    octets = read_regular(path, FILE_MAX)
    if octets is None:
        walk.cannot(where, Obstacle.TOO_LARGE)
    else:
        try:
            walk.file(path.name, octets, where, 1)
        except OverLimit as over:
            walk.cannot(where, over.obstacle)
        except RecursionError:
            walk.cannot(where, Obstacle.TOO_DEEP)
        except MemoryError:
            walk.cannot(where, Obstacle.TOO_LARGE)
    return inspect(walk.contents(), Circumstances(), detection)


def read_regular(path: Path, most: int) -> bytes | None:
    """What a file holds, None where that is more than ``most`` octets.

    Raises ``OSError`` where it cannot be opened, and for what is no regular file: a device or a pipe may have no end.
    """
    # Opening alone may wait or act where it is no file; what took a file's place meanwhile is opened and not read.
    _assure_regular(path.stat().st_mode)
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC), "rb") as file:
        status = os.fstat(file.fileno())
        _assure_regular(status.st_mode)
        if status.st_size > most:
            return None
        octets = file.read(status.st_size + 1)
        if len(octets) > status.st_size:
            # It grows, or is one of those files of the system that say they are empty.
            octets += file.read(most + 1 - len(octets))
        return octets if len(octets) <= most else None


def _assure_regular(mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "is no file and no folder")
