"""Adding up over a whole mail: findings per kind and place, and how many people they are about."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from mailguard.inspection.circumstances import Circumstances
from mailguard.inspection.hits import PERSON, SURNAME, Hit
from mailguard.inspection.masking import keyed, masked
from mailguard.model.contents import Form
from mailguard.model.finding import KEYS_MAX, Finding, Inspection, Kind, Suppression

if TYPE_CHECKING:
    from mailguard.inspection.inspecting import Seen

_KINDS = frozenset(kind.value for kind in Kind)
_NAMES = ("file name", "sheet name")
"""Sections that hold names which places are called by."""

SAMPLES = 3
"""Masked values and places a finding names."""

CONTACT = frozenset({Kind.POSTAL_ADDRESS, Kind.PHONE_NUMBER, Kind.BIRTH_DATE})
"""Kinds that beside a name make it must-protect."""

ONE_EACH = (
    Kind.MY_NUMBER, Kind.BASIC_PENSION_NUMBER, Kind.DRIVER_LICENSE, Kind.PASSPORT, Kind.RESIDENCE_CARD,
    Kind.MEMBER_NUMBER, Kind.STAFF_NUMBER, Kind.CREDIT_CARD, Kind.BANK_ACCOUNT, Kind.BIRTH_DATE,
    Kind.EMAIL_ADDRESS,
)  # fmt: skip
"""Kinds of which a person usually has one: without names, as many people as values."""


def added_up(seen: Sequence[Seen], about: Circumstances) -> Inspection:
    """The inspection of a mail from its pieces."""
    findings = tuple(_findings(seen, about))
    counting = [hit for one in seen for hit in one.hits if hit.suppressed is None]
    named = {hit.value for hit in counting if hit.kind == PERSON}
    with_contact = {
        hit.value
        for hit in counting
        if hit.kind == PERSON and any(one.kind in CONTACT and one.suppressed is None for one in hit.belongings)
    }
    values: dict[str, set[str]] = {}
    for hit in counting:
        if hit.kind != SURNAME:
            values.setdefault(hit.kind, set()).add(hit.value)
    return Inspection(
        findings=findings,
        persons=_persons(counting, named, values),
        named_persons=len(named),
        persons_with_contact=len(with_contact),
        listed_persons=max((_listed(one) for one in seen), default=0),
        closing=tuple(dict.fromkeys(key for one in seen for key in one.closing))[:50],
        counts={kind: len(held) for kind, held in values.items()},
        masked_names=dict(_masked_name(one) for one in seen if one.piece.section in _NAMES and one.hits),
    )


def _masked_name(seen: Seen) -> tuple[str, str]:
    """A name as it is, and with all that was found in it masked, whether it counts or not."""
    plain, masked_name, position = seen.text.plain, "", 0
    for hit in sorted(seen.hits, key=lambda hit: hit.start):
        if hit.start >= position:
            masked_name += plain[position : hit.start] + masked(hit.kind, plain[hit.start : hit.end])
            position = hit.end
    return seen.piece.text, masked_name + plain[position:]


def _findings(seen: Sequence[Seen], about: Circumstances) -> Iterable[Finding]:
    groups: dict[tuple[str, str, Suppression | None], list[tuple[Seen, Hit]]] = {}
    for one in seen:
        for hit in one.hits:
            if hit.kind != SURNAME:
                groups.setdefault((one.piece.where, hit.kind, hit.suppressed), []).append((one, hit))
    for (where, kind, suppressed), members in groups.items():
        distinct: dict[str, tuple[Seen, Hit]] = {}
        for one, hit in members:
            distinct.setdefault(hit.value.casefold(), (one, hit))
        surest = max((hit for _, hit in members), key=lambda hit: hit.confidence)
        first = list(distinct.values())[:SAMPLES]
        yield Finding(
            kind=kind,
            where=where,
            count=len(distinct),
            masked=tuple(masked(kind, one.text.plain[hit.start : hit.end]) for one, hit in first),
            confidence=round(surest.confidence, 3),
            rule=surest.rule,
            evidence=surest.evidence,
            at=tuple(place_of(one, hit) for one, hit in first),
            keys=tuple(keyed(about.key, kind, value) for value in islice(distinct, KEYS_MAX)),
            suppressed=suppressed,
        )


def place_of(seen: Seen, hit: Hit) -> str:
    """Where inside of its piece a value stands: a cell of a sheet, or section and line."""
    piece = seen.piece
    if piece.form is Form.TABLE:
        line_start = seen.starts[hit.line]
        column = piece.first_column + seen.text.plain.count("\t", line_start, hit.start)
        cell = f"{_letters(column)}{piece.first_row + hit.line}"
        return f"{piece.section}!{cell}" if piece.section else cell
    line = bisect_right(seen.starts, hit.start)
    return f"{piece.section}, line {line}" if piece.section else f"line {line}"


def _letters(column: int) -> str:
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _persons(counting: Sequence[Hit], named: set[str], values: dict[str, set[str]]) -> int:
    """Distinct people: by full name, by a surname that none of the names has, else by values one has only one of."""
    surnames = {
        hit.person.value
        for hit in counting
        if hit.person is not None
        and hit.person.kind == SURNAME
        and hit.person.suppressed is None
        and hit.kind != Kind.CREDENTIAL
        and not any(name.startswith(hit.person.value) for name in named)
    }
    people = len(named) + len(surnames)
    if people:
        return people
    most = max((len(values.get(kind, ())) for kind in ONE_EACH), default=0)
    return most or int(any(kind in _KINDS and kind != Kind.CREDENTIAL for kind in values))


def _listed(seen: Seen) -> int:
    """Names in the longest list of a piece: rows of one table, or lines that follow each other closely."""
    names = [hit for hit in seen.hits if hit.kind == PERSON and hit.suppressed is None]
    if not names:
        return 0
    best, run, last = 0, set[str](), -9
    for hit in names:
        if hit.line - last > 4:
            run = set()
        run.add(hit.value)
        last = hit.line
        best = max(best, len(run))
    return best
