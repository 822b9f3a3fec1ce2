"""A file system that is full: a small one is mounted by the fixture ``small_disk``, and filled here."""

from __future__ import annotations

from pathlib import Path


def fill(place: Path) -> Path:
    """A file that takes the last octet of the file system it lies on."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 65536)
        except OSError:
            pass
    return ballast
