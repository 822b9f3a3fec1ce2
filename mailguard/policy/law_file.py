"""``law.yaml`` as ``Law``: what comes along, with what the office has added or ended.

Records of the same id: the one whose source was checked last counts, the office's where both were checked on a day.
What the office leaves out is taken from what comes along, so that nothing can be deleted, only ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from mailguard.config.places import Place
from mailguard.model.finding import Kind
from mailguard.policy.law import (
    Bond,
    Circumstance,
    Dated,
    Law,
    LawClock,
    LawException,
    LawNote,
    LawRule,
    LegalForm,
    Matter,
    Safeguard,
)
from mailguard.policy.reading import Reader

LAW_KEYS = ("kind", "authority")
FILE_KEYS = ("clocks", "rules", "exceptions", "notes")
DATED_KEYS = ("id", "text", "source", "source_checked", "valid_from", "valid_until", "verified")
CLOCK_KEYS = (*DATED_KEYS, "days", "moves", "replaces")
RULE_KEYS = (*DATED_KEYS, "kinds", "more_than", "offices", "when", "matter", "decides", "clocks")
EXCEPTION_KEYS = (*DATED_KEYS, "if", "lifts", "ciphers")
NOTE_KEYS = (*DATED_KEYS, "for")
AUTHORITY_MAX = 200
LANGUAGES = ("ja", "en")
DAYS_MAX = 3650
D = TypeVar("D", bound=Dated)


def read_law(reader: Reader) -> Law:
    """The records of one file."""
    values = reader.known((), reader.values, FILE_KEYS)
    clocks = [_clock(reader, place, one) for place, one in reader.entries(("clocks",), values.get("clocks"))]
    rules = [_rule(reader, place, one) for place, one in reader.entries(("rules",), values.get("rules"))]
    exceptions = [
        _exception(reader, place, one) for place, one in reader.entries(("exceptions",), values.get("exceptions"))
    ]
    notes = [_note(reader, place, one) for place, one in reader.entries(("notes",), values.get("notes"))]
    return Law(
        tuple(one for one in rules if one),
        tuple(one for one in clocks if one),
        exceptions=tuple(one for one in exceptions if one),
        notes=tuple(one for one in notes if one),
    )


def read_standing(reader: Reader) -> Law:
    """What ``office.yaml`` says of the office: what it is by law, and which ministry takes its reports."""
    values = reader.known(("law",), reader.values.get("law"), LAW_KEYS)
    kind, authority = values.get("kind"), reader.text(("law", "authority"), values.get("authority"))
    if len(authority) > AUTHORITY_MAX:
        reader.complain(("law", "authority"), f"may have {AUTHORITY_MAX} characters")
    form = None if kind is None else LegalForm(reader.choice(("law", "kind"), kind, list(LegalForm), "public_body"))
    return Law(office=form, authority=authority)


def merged(shipped: Law, own: Law, office: Law) -> Law:
    """Both together, for an office that says this of itself."""
    return Law(
        _newest(shipped.rules, own.rules),
        _newest(shipped.clocks, own.clocks),
        office.office,
        _newest(shipped.exceptions, own.exceptions),
        _newest(shipped.notes, own.notes),
        office.authority,
    )


def _newest(shipped: tuple[D, ...], own: tuple[D, ...]) -> tuple[D, ...]:
    found = {one.id: one for one in shipped}
    for one in own:
        known = found.get(one.id)
        if known is None or one.source_checked >= known.source_checked:
            found[one.id] = one
    return tuple(found.values())


def _dated(reader: Reader, place: Place, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """What every record has; None where a day is missing."""
    texts = reader.known((*place, "text"), values.get("text"), LANGUAGES)
    for name in LANGUAGES:
        reader.text((*place, "text", name), texts.get(name), required=True)
    days = {
        name: _day(reader, (*place, name), values.get(name), required=name != "valid_until")
        for name in ("source_checked", "valid_from", "valid_until")
    }
    found = {
        "id": reader.text((*place, "id"), values.get("id"), required=True),
        "text": texts,
        "source": reader.text((*place, "source"), values.get("source"), required=True),
        "verified": reader.flag((*place, "verified"), values.get("verified"), False),
    }
    if days["source_checked"] is None or days["valid_from"] is None:
        return None
    return found | days


def _clock(reader: Reader, place: Place, value: object) -> LawClock | None:
    values = reader.known(place, value, CLOCK_KEYS)
    dated = _dated(reader, place, values)
    days = [reader.number(at, one) or 0 for at, one in reader.entries((*place, "days"), values.get("days"))]
    if not days or not all(0 < one <= DAYS_MAX and one == int(one) for one in days):
        reader.complain((*place, "days"), "must be a list of days, such as [30]")
        return None
    moves = reader.flag((*place, "moves"), values.get("moves"), False)
    replaces = reader.texts((*place, "replaces"), values.get("replaces"))
    return None if dated is None else LawClock(**dated, days=tuple(map(int, days)), moves=moves, replaces=replaces)


def _rule(reader: Reader, place: Place, value: object) -> LawRule | None:
    values = reader.known(place, value, RULE_KEYS)
    dated = _dated(reader, place, values)
    known = (*Kind, *sorted(reader.own_kinds))
    kinds = frozenset(
        reader.choice(at, one or "", known, known[0])
        for at, one in reader.entries((*place, "kinds"), values.get("kinds"))
    )
    offices = frozenset(
        LegalForm(reader.choice(at, one or "", list(LegalForm), "private"))
        for at, one in reader.entries((*place, "offices"), values.get("offices"))
    )
    when, matter = values.get("when"), values.get("matter")
    more_than = 0 if values.get("more_than") is None else reader.number((*place, "more_than"), values["more_than"])
    asks = reader.choice((*place, "decides"), values.get("decides"), ["rule", "person"], "rule") == "person"
    if dated is None:
        return None
    return LawRule(
        **dated,
        kinds=kinds,
        more_than=int(more_than or 0),
        offices=offices,
        when=None
        if when is None
        else Circumstance(reader.choice((*place, "when"), when, list(Circumstance), "improper_purpose")),
        matter=None if matter is None else Matter(reader.choice((*place, "matter"), matter, list(Matter), "my_number")),
        asks=asks,
        clocks=reader.texts((*place, "clocks"), values.get("clocks")),
    )


def _exception(reader: Reader, place: Place, value: object) -> LawException | None:
    values = reader.known(place, value, EXCEPTION_KEYS)
    dated = _dated(reader, place, values)
    safeguard = reader.choice((*place, "if"), values.get("if") or "", list(Safeguard), "encrypted")
    lifts = reader.texts((*place, "lifts"), values.get("lifts"))
    ciphers = reader.texts((*place, "ciphers"), values.get("ciphers"))
    if dated is None:
        return None
    return LawException(**dated, safeguard=Safeguard(safeguard), lifts=lifts, ciphers=ciphers)


def _note(reader: Reader, place: Place, value: object) -> LawNote | None:
    values = reader.known(place, value, NOTE_KEYS)
    dated = _dated(reader, place, values)
    bond = Bond(reader.choice((*place, "for"), values.get("for") or "", list(Bond), "persons"))
    return None if dated is None else LawNote(**dated, bond=bond)


def _day(reader: Reader, place: Place, value: object, *, required: bool) -> date | None:
    if value is None and not required:
        return None
    text = reader.text(place, value, required=required)
    try:
        return date.fromisoformat(text)
    except ValueError:
        if text:
            reader.complain(place, f"must be a day such as 2027-03-31 (it is '{text}')")
        return None
