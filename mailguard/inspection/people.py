"""Whose data is in a mail, by name: for an incident, when somebody must be told. Pure; what it gives holds names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from mailguard.inspection.circumstances import Circumstances
from mailguard.inspection.hits import PERSON, SURNAME, Hit
from mailguard.inspection.masking import keyed
from mailguard.inspection.persons import ONE_EACH
from mailguard.model.finding import Kind, WhoseData

if TYPE_CHECKING:
    from mailguard.inspection.inspecting import Seen

TELLING = frozenset(
    {
        Kind.MY_NUMBER, Kind.BASIC_PENSION_NUMBER, Kind.DRIVER_LICENSE, Kind.PASSPORT, Kind.RESIDENCE_CARD,
        Kind.EMPLOYMENT_INSURANCE, Kind.RESIDENT_CODE, Kind.MEMBER_NUMBER, Kind.STAFF_NUMBER, Kind.BIRTH_DATE,
    }
)  # fmt: skip
"""Kinds by which two people of one name are told apart."""
_NAME_MAX = 100


def mentions_in(seen: Sequence[Seen], about: Circumstances) -> list[WhoseData]:
    """Everybody the mail names with data or without, each mention by itself; without names, each by a number.

    Empty where nothing counts.
    """
    counting = [(one, hit) for one in seen for hit in one.hits if hit.suppressed is None]
    named = list(_named(counting, about))
    if named:
        return named
    kinds = {hit.kind for _, hit in counting if hit.kind not in (PERSON, SURNAME, Kind.CREDENTIAL)}
    values: dict[str, set[str]] = {}
    for _, hit in counting:
        if hit.kind in ONE_EACH:
            values.setdefault(hit.kind, set()).add(hit.value)
    most = max(values, key=lambda kind: len(values[kind]), default="")
    if most:
        return [
            WhoseData("", tuple(sorted(kinds)), frozenset({(most, keyed(about.key, most, value))}))
            for value in sorted(values[most])
        ]
    return [WhoseData("", tuple(sorted(kinds)))] if kinds else []


def values_in(seen: Sequence[Seen], about: Circumstances) -> dict[str, set[bytes]]:
    """Keyed hashes of the distinct values that count, by kind."""
    found: dict[str, set[bytes]] = {}
    for one in seen:
        for hit in one.hits:
            if hit.suppressed is None and hit.kind != SURNAME:
                found.setdefault(str(hit.kind), set()).add(keyed(about.key, hit.kind, hit.value))
    return found


def _named(counting: Iterable[tuple[Seen, Hit]], about: Circumstances) -> Iterator[WhoseData]:
    """By full name; by a surname that none of the names has, where something is said of them."""
    full = {hit.value for _, hit in counting if hit.kind == PERSON}
    for one, hit in counting:
        belongings = [data for data in hit.belongings if data.suppressed is None]
        if hit.kind == SURNAME:
            says_something = any(data.kind != Kind.CREDENTIAL for data in belongings)
            if not says_something or any(name.startswith(hit.value) for name in full):
                continue
        elif hit.kind != PERSON:
            continue
        kinds = {PERSON, *(str(data.kind) for data in belongings)}
        marks = {
            (str(data.kind), keyed(about.key, data.kind, data.value)) for data in belongings if data.kind in TELLING
        }
        name = " ".join(one.text.plain[hit.start : hit.end].split())[:_NAME_MAX]
        yield WhoseData(name or hit.value[:_NAME_MAX], tuple(sorted(kinds)), frozenset(marks))
