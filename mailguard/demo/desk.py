"""What the desk shows: the world's memory, told by the people of the office. Looking changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailguard.demo.people import Colleague
from mailguard.demo.world import Arrival, Happening


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody's place. ``mailbox``: the newest first; ``digits``: what their telephone shows now, "" for no app."""

    person: Colleague
    mailbox: tuple[Arrival, ...]
    digits: str


@dataclass(frozen=True, slots=True)
class Desk:
    """All of it, as of ``now``. ``pages``: the address of the office's pages; ``happenings``: the oldest first."""

    now: datetime
    pages: str
    seats: tuple[Seat, ...]
    happenings: tuple[Happening, ...]
