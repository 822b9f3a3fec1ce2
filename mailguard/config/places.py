"""Where in the settings something is: the path from the top, and how it is said to people."""

from __future__ import annotations

from dataclasses import dataclass

Place = tuple[str | int, ...]
"""Names of sections and keys; a number is an entry of a list, from 0."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong (``fatal``) or unwise, in a sentence that goes on after the place's name."""

    place: Place
    sentence: str
    fatal: bool = True


def spoken(place: Place) -> str:
    """A place in words: ``delivery.next_hop.port``, ``listeners, entry 2, tls``."""
    words = ""
    for part in place:
        if isinstance(part, int):
            words += f", entry {part + 1}, "
        else:
            words += f".{part}" if words and not words.endswith(", ") else part
    return words.removesuffix(", ")


def variable(place: Place) -> str:
    """The environment variable of a place."""
    return "MAILGUARD_" + "__".join(str(part) for part in place).upper()
