"""Whether the password the sender got was told to whom a mail went: only people know, so they are asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class KeyWord:
    """What counts of one mail. ``is_officers``: an officer said so, which senders do not change."""

    told: KeyTold
    is_officers: bool


def key_words(entries: Iterable[Entry]) -> Mapping[QueueId, KeyWord]:
    """The last word on each mail: of an officer, if one has spoken."""
    found: dict[QueueId, KeyWord] = {}
    for one in entries:
        if one.kind is not EntryKind.KEY_TOLD or one.queue_id is None:
            continue
        word = KeyWord(KeyTold(str(one.details["told"])), bool(one.details.get("officer")))
        before = found.get(one.queue_id)
        if word.is_officers or before is None or not before.is_officers:
            found[one.queue_id] = word
    return found


def keys_told(entries: Iterable[Entry]) -> Mapping[QueueId, KeyTold]:
    """What counts of each mail of which somebody said something."""
    return {queue_id: word.told for queue_id, word in key_words(entries).items()}
