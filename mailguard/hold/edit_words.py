"""What an edit did to a mail, read from its record, for a page to say in words. Pure.

The record has counts and positions only: no address, subject or file name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class EditKind(StrEnum):
    """One kind of change. The sentences are texts ``queue.edit.<value>``."""

    CORRECTED = "corrected"
    REMOVED = "removed"
    TO_BCC = "to_bcc"
    OUTSIDERS_TO_BCC = "outsiders_to_bcc"
    HIDDEN = "hidden"
    INDIVIDUAL = "individual"
    AS_THEY_ARE = "as-they-are"
    FILES = "files"
    SUBJECT = "subject"
    PROTECTED = "protected"
    CHANNEL = "channel"
    IN_CLEAR = "in_clear"


@dataclass(frozen=True, slots=True)
class EditDone:
    """One change. ``count``: of how many recipients or files; 0 where it is of the mail as a whole."""

    kind: EditKind
    count: int = 0


def edits_in(details: Mapping[str, object]) -> tuple[EditDone, ...]:
    """What an entry of ``AuditAction.CHANGED`` says was done, in the order of the kinds."""
    found: dict[EditKind, int] = {}
    for kind in (EditKind.CORRECTED, EditKind.REMOVED, EditKind.TO_BCC, EditKind.FILES):
        if number := _count(details.get(kind.value)):
            found[kind] = number
    for kind in (EditKind.OUTSIDERS_TO_BCC, EditKind.SUBJECT):
        if details.get(kind.value):
            found[kind] = 0
    for kind in (EditKind.HIDDEN, EditKind.INDIVIDUAL, EditKind.AS_THEY_ARE):
        if details.get("recipients") == kind.value:
            found[kind] = 0
    protection = details.get("protection")
    if protection is not None:
        found[EditKind.IN_CLEAR if protection == "none" else EditKind.PROTECTED] = 0
    if details.get("channel"):
        found[EditKind.CHANNEL] = 0
    return tuple(EditDone(kind, found[kind]) for kind in EditKind if kind in found)


def _count(value: object) -> int:
    if isinstance(value, list | tuple):
        return len(value)
    return value if type(value) is int else 0
