"""People who are mentioned several times, counted once: in one mail, and over several. Pure.

Two of one name are one person, unless numbers or birth dates tell them apart. One who is known by a number alone is
whoever else has it. The worse reading counts: a list with 300 numbers and one name twice is not one person less.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mailguard.model.finding import PEOPLE_MAX, People, WhoseData


def distinct(mentions: Iterable[WhoseData]) -> list[WhoseData]:
    """Each person once, with everything that was said of them, in the order in which they were first mentioned."""
    found: list[WhoseData] = []
    by_name: dict[str, list[int]] = {}
    by_mark: dict[tuple[str, bytes], list[int]] = {}
    for one in mentions:
        name = _key(one.name)
        same = _same(one, name, found, by_name, by_mark)
        if same is None:
            same = len(found)
            found.append(one)
            if name:
                by_name.setdefault(name, []).append(same)
        else:
            before = found[same]
            if name and not before.name:
                by_name.setdefault(name, []).append(same)
            found[same] = replace(
                before,
                name=before.name or one.name,
                kinds=tuple(sorted({*before.kinds, *one.kinds})),
                marks=before.marks | one.marks,
            )
        for mark in one.marks:
            by_mark.setdefault(mark, []).append(same)
    return found


def together(mails: Iterable[People]) -> People:
    """The people of several mails, counted once. Of what was too much to tell apart, the counts are added up."""
    mails = list(mails)
    persons = distinct(person for one in mails for person in one.persons)
    counts: dict[str, int] = {}
    values: dict[str, frozenset[bytes]] = {}
    for one in mails:
        for kind, hashes in one.values.items():
            values[kind] = values.get(kind, frozenset()) | hashes
            counts[kind] = counts.get(kind, 0) + one.counts.get(kind, 0) - len(hashes)
    return People(
        persons=tuple(persons),
        count=len(persons) + sum(one.count - len(one.persons) for one in mails),
        counts={kind: rest + len(values[kind]) for kind, rest in counts.items()},
        values=values,
        is_unreadable=any(one.is_unreadable for one in mails),
    )


def bounded(mentions: Iterable[WhoseData], values: dict[str, set[bytes]], *, is_unreadable: bool) -> People:
    """The people of one mail, as a process that looks into it may say."""
    persons = distinct(mentions)
    return People(
        persons=tuple(persons[:PEOPLE_MAX]),
        count=len(persons),
        counts={kind: len(hashes) for kind, hashes in values.items()},
        values={kind: frozenset(sorted(hashes)[:PEOPLE_MAX]) for kind, hashes in values.items()},
        is_unreadable=is_unreadable,
    )


def _same(
    one: WhoseData,
    name: str,
    found: list[WhoseData],
    by_name: dict[str, list[int]],
    by_mark: dict[tuple[str, bytes], list[int]],
) -> int | None:
    for mark in sorted(one.marks):
        for number in by_mark.get(mark, ()):
            other = _key(found[number].name)
            # A family shares a member number: other names under it are other people.
            if not name or not other or name == other:
                return number
    for number in by_name.get(name, ()) if name else ():
        if not _differ(found[number].marks, one.marks):
            return number
    return None


def _differ(these: frozenset[tuple[str, bytes]], those: frozenset[tuple[str, bytes]]) -> bool:
    """Whether a number or date of one kind is another."""
    shared = {kind for kind, _ in these} & {kind for kind, _ in those}
    return any(not {it for it in these if it[0] == kind} & {it for it in those if it[0] == kind} for kind in shared)


def _key(name: str) -> str:
    return "".join(name.split()).casefold()
