"""Mails in wire form and as they are, a frame at a time (RFC 5321 §4.5.2): a mail program reads the one, hashes that
were noted are of the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_LINE_END = b"\r\n"


def without_stuffing(frames: Iterable[bytes]) -> Iterator[bytes]:
    """Octets of a wire form without the dots that stuff it."""
    return _replaced(frames, b"\r\n..", b"\r\n.")


def with_stuffing(frames: Iterable[bytes]) -> Iterator[bytes]:
    """The wire form of octets with CRLF lines."""
    return _replaced(frames, b"\r\n.", b"\r\n..")


def _replaced(frames: Iterable[bytes], old: bytes, new: bytes) -> Iterator[bytes]:
    """``old`` begins with the only CR in it: what may be its beginning waits for the next frame."""
    # The start of a mail is the start of a line.
    held, skipped = _LINE_END, len(_LINE_END)
    for frame in frames:
        block = held + frame
        keep = next((size for size in range(len(old) - 1, 0, -1) if block.endswith(old[:size])), 0)
        held = block[len(block) - keep :]
        done = block[: len(block) - keep].replace(old, new)
        yield done[skipped:]
        skipped = max(0, skipped - len(done))
    yield held[skipped:]
