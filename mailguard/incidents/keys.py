"""Whether the password the sender got was told to whom a mail went: only people know, so they are asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from mailguard.incidents.records import Step
from mailguard.model.incident import Entry, EntryKind
from mailguard.model.queue import QueueId


class KeyTold(StrEnum):
    """What somebody said."""

    NO = "no"
    """To nobody."""
    YES = "yes"
    """To one of them at least."""
    UNKNOWN = "unknown"


def key_steps(said: KeyTold | None, queue_ids: Iterable[QueueId]) -> list[Step]:
    """What goes on the timeline: a step for each mail; none where nobody said anything."""
    return [] if said is None else [Step(EntryKind.KEY_TOLD, one, {"told": said.value}) for one in queue_ids]


def keys_told(entries: Iterable[Entry]) -> Mapping[QueueId, KeyTold]:
    """The last word on each mail."""
    found: dict[QueueId, KeyTold] = {}
    for one in entries:
        if one.kind is EntryKind.KEY_TOLD and one.queue_id is not None:
            found[one.queue_id] = KeyTold(str(one.details["told"]))
    return found
