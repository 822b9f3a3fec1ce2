"""Whose data it is: each value of a piece gets the person beside it, in the same row, on the line, or above it."""

from __future__ import annotations

from bisect import bisect_right

from mailguard.inspection.hits import PERSON, Hit
from mailguard.inspection.letters import Layout

LINES_ABOVE = 12
"""Lines above a value in which the name it belongs to is looked for; forms are about as long."""

LINES_BELOW = 3


def link_rows(hits: list[Hit]) -> None:
    """In a sheet: the name of the row, else the nearest one above, as forms are filled in."""
    of_row: dict[tuple[int, int], Hit] = {}
    for hit in hits:
        if hit.is_name and hit.row is not None:
            held = of_row.get(hit.row)
            if held is None or (held.kind != PERSON and hit.kind == PERSON):
                of_row[hit.row] = hit
    last: Hit | None = None
    for hit in hits:
        if hit.is_name:
            last = hit if hit.kind == PERSON or last is None else last
            continue
        person = of_row.get(hit.row) if hit.row is not None else None
        _give(hit, person or (last if not of_row or hit.row is None or _is_form(hit, last) else None))


def link_lines(hits: list[Hit], layout: Layout) -> None:
    """In running text: the row's name, the line's, the one above in the same letter, the one right below."""
    names: dict[int, list[Hit]] = {}
    for hit in hits:
        if hit.is_name:
            names.setdefault(hit.line, []).append(hit)
    for hit in hits:
        if not hit.is_name:
            _give(hit, _nearest(hit, names, layout))


def _nearest(hit: Hit, names: dict[int, list[Hit]], layout: Layout) -> Hit | None:
    here = names.get(hit.line)
    if here:
        before = bisect_right(here, hit.start, key=lambda one: one.end)
        return here[before - 1] if before else here[0]
    letter = layout.letter_at(hit.start)
    for line in range(hit.line - 1, max(letter.first, hit.line - LINES_ABOVE) - 1, -1):
        if line in names:
            return _full_first(names[line])
    for line in range(hit.line + 1, min(letter.last, hit.line + LINES_BELOW + 1)):
        if line in names:
            return names[line][0]
    return None


def _full_first(names: list[Hit]) -> Hit:
    return next((one for one in reversed(names) if one.kind == PERSON), names[-1])


def _is_form(hit: Hit, last: Hit | None) -> bool:
    """Whether a value without a name in its row stands close below one that has: a form, not a list."""
    return last is not None and 0 <= hit.line - last.line <= LINES_ABOVE


def _give(hit: Hit, person: Hit | None) -> None:
    hit.person = person
    if person is not None:
        person.belongings.append(hit)
