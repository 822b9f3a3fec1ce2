"""New files and folders that only the service may read."""

from __future__ import annotations

import os
import pwd
from pathlib import Path


def write_private(path: Path, text: str, *, mode: int = 0o600) -> None:
    """A new file with this text, synced. Never replaces one: raises ``FileExistsError``."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def make_private_folder(path: Path) -> None:
    """The folder, made with mode 0700; one that is there keeps what is in it and becomes 0700 too."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)


def hand_over(paths: list[Path], user: str) -> None:
    """Files, and folders with all that is in them, belong to a system user from now on. Only root can do it."""
    entry = pwd.getpwnam(user)
    for path in paths:
        inside = [] if path.is_symlink() or not path.is_dir() else path.rglob("*")
        for one in [path, *inside]:
            os.chown(one, entry.pw_uid, entry.pw_gid, follow_symlinks=False)
