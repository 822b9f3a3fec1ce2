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
from mailguard.policy.law import Circumstance, Dated, Law, LawClock, LawRule, LegalForm
from mailguard.policy.reading import Reader

LAW_KEYS = ("kind",)
FILE_KEYS = ("clocks", "rules")
DATED_KEYS = ("id", "text", "source", "source_checked", "valid_from", "valid_until", "verified")
CLOCK_KEYS = (*DATED_KEYS, "days", "moves")
RULE_KEYS = (*DATED_KEYS, "kinds", "more_than", "offices", "when", "decides", "clocks")
LANGUAGES = ("ja", "en")
DAYS_MAX = 3650
D = TypeVar("D", bound=Dated)


def read_law(reader: Reader) -> Law:
    """The records of one file."""
    values = reader.known((), reader.values, FILE_KEYS)
    clocks = [_clock(reader, place, one) for place, one in reader.entries(("clocks",), values.get("clocks"))]
    rules = [_rule(reader, place, one) for place, one in reader.entries(("rules",), values.get("rules"))]
    return Law(tuple(one for one in rules if one), tuple(one for one in clocks if one))


def read_legal_form(reader: Reader) -> LegalForm | None:
    """What ``office.yaml`` says the office is; None where it does not."""
    values = reader.known(("law",), reader.values.get("law"), LAW_KEYS)
    kind = values.get("kind")
    return None if kind is None else LegalForm(reader.choice(("law", "kind"), kind, list(LegalForm), "public_body"))


def merged(shipped: Law, own: Law, office: LegalForm | None) -> Law:
    """Both together."""
    return Law(_newest(shipped.rules, own.rules), _newest(shipped.clocks, own.clocks), office)


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
    return None if dated is None else LawClock(**dated, days=tuple(map(int, days)), moves=moves)


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
    when = values.get("when")
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
        asks=asks,
        clocks=reader.texts((*place, "clocks"), values.get("clocks")),
    )


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
