"""``incident/steps.yaml`` and ``incident/contacts.yaml`` as an ``IncidentPlan``, with a complaint for every fault.

Steps of the same id: the office's counts. What the office leaves out is taken from what comes along, so that a step is
never lost by a copy that is old; what it does not want it switches off by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from mailguard.config.places import Place
from mailguard.config.suggestion import did_you_mean
from mailguard.model.address import comparable
from mailguard.model.incident import Cause, EntryKind, IncidentKind, Phase
from mailguard.model.people import Role
from mailguard.policy.incident_plan import (
    NO_CONTACTS,
    Call,
    Contact,
    Contacts,
    Due,
    IncidentPlan,
    IncidentStep,
    OutsideContact,
    Since,
)
from mailguard.policy.law import Law
from mailguard.policy.lengths import Length, Unit, length_of
from mailguard.policy.reading import Reader

STEPS_KEYS = ("source_checked", "verified", "off", "steps")
STEP_KEYS = (
    "id", "phase", "role", "due", "since", "clocks", "kinds", "causes", "done_by", "text", "done_when", "note",
    "source",
)  # fmt: skip
CONTACTS_KEYS = ("roles", "outside", "tree")
CONTACT_KEYS = ("address", "name", "telephone", "mobile", "department", "deputy")
DEPUTY_KEYS = ("address", "name", "telephone", "mobile")
OUTSIDE_KEYS = ("id", "name", "telephone", "url", "reference", "note")
CALL_KEYS = ("who", "calls")
LANGUAGES = ("ja", "en")
DUE_MAX_DAYS = 400
DUE_UNITS = {
    Unit.MINUTE: 24 * 60, Unit.HOUR: 24, Unit.DAY: 1, Unit.OFFICE_HOUR: 24, Unit.OFFICE_DAY: 1,
}  # fmt: skip
"""What a time may be counted in, and how many of it make a day."""
_WHOLE = (Unit.DAY, Unit.OFFICE_DAY)
_ID = re.compile(r"[a-z][a-z0-9-]{1,60}")
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True)
class StepsRead:
    """One file of steps. ``places``: of each step; ``off_places``: of each id that is switched off."""

    steps: tuple[IncidentStep, ...] = ()
    off: tuple[str, ...] = ()
    places: Mapping[str, Place] | None = None


def read_steps(reader: Reader) -> StepsRead:
    """The steps of one file."""
    values = reader.known((), reader.values, STEPS_KEYS)
    checked = _day(reader, ("source_checked",), values.get("source_checked"))
    verified = reader.flag(("verified",), values.get("verified"), False)
    steps: dict[str, IncidentStep] = {}
    places: dict[str, Place] = {}
    for place, value in reader.entries(("steps",), values.get("steps")):
        step = _step(reader, place, value, checked, verified)
        if step.id in steps:
            reader.complain((*place, "id"), f"is there twice: '{step.id}'")
        steps[step.id], places[step.id] = step, place
    return StepsRead(tuple(steps.values()), reader.texts(("off",), values.get("off")), places)


def merged_plan(shipped: StepsRead, own: StepsRead, contacts: Contacts) -> IncidentPlan:
    """Both together: an office's step stands where the one it replaces stood, its own come last in their phase."""
    mine = {one.id: one for one in own.steps}
    steps = [mine.pop(one.id, one) for one in shipped.steps] + list(mine.values())
    return IncidentPlan(tuple(steps), contacts, frozenset(own.off))


def check_plan(reader: Reader, read: StepsRead, plan: IncidentPlan, law: Law) -> None:
    """What only the whole shows: names that nothing has."""
    known, clocks = [one.id for one in plan.steps], [one.id for one in law.clocks]
    for number, one in enumerate(read.off):
        if one not in known:
            place: Place = ("off", number) if isinstance(reader.values.get("off"), list) else ("off",)
            reader.complain(place, f"names no step: '{one}'{did_you_mean(one, known)}")
    for step in read.steps:
        for name in step.clocks:
            if name not in clocks:
                place = (*(read.places or {})[step.id], "clocks")
                reader.complain(place, f"names no clock of law.yaml: '{name}'{did_you_mean(name, clocks)}")


def read_contacts(reader: Reader, along: Contacts = NO_CONTACTS) -> Contacts:
    """Whom the office calls. ``along``: those that come along, whom its tree may name as well."""
    values = reader.known((), reader.values, CONTACTS_KEYS)
    named = reader.known(("roles",), values.get("roles"), list(Role))
    roles = {
        Role(name): tuple(_contact(reader, at, one) for at, one in reader.entries(("roles", name), people))
        for name, people in named.items()
    }
    outside = tuple(_outside(reader, at, one) for at, one in reader.entries(("outside",), values.get("outside")))
    ids = [one.id for one in outside]
    for number, one in enumerate(ids):
        if one in ids[:number]:
            reader.complain(("outside", number, "id"), f"is there twice: '{one}'")
    targets = list(dict.fromkeys([*Role, *ids, *(one.id for one in along.outside)]))
    tree = []
    for at, value in reader.entries(("tree",), values.get("tree")):
        call = reader.known(at, value, CALL_KEYS)
        caller = _one_of(reader, (*at, "who"), call.get("who"), Role, Role.STAFF)
        called = tuple(
            reader.choice(there, one or "", targets, targets[0])
            for there, one in reader.entries((*at, "calls"), call.get("calls"))
        )
        tree.append(Call(caller, called))
    return Contacts(roles, outside, tuple(tree))


def merged_contacts(shipped: Contacts, own: Contacts | None) -> Contacts:
    """What the office names counts, part by part; the rest is what comes along."""
    if own is None:
        return shipped
    mine = {one.id: one for one in own.outside}
    outside = [mine.pop(one.id, one) for one in shipped.outside] + list(mine.values())
    return Contacts({**shipped.roles, **own.roles}, tuple(outside), own.tree or shipped.tree)


def contacts_advice(reader: Reader, contacts: Contacts) -> list[str]:
    """What is unwise in whom the office names, with file and line; nothing of it stops the service."""
    found = []
    for role, people in contacts.roles.items():
        for number, one in enumerate(people):
            at = reader.at(("roles", role.value, number))
            if one.deputy is not None and comparable(one.deputy.address) == comparable(one.address):
                found.append(f"{at}: the deputy of {role.value}, entry {number + 1}, is the same person")
            elif one.deputy is None and len(people) == 1 and role is not Role.STAFF:
                found.append(f"{at}: {role.value} has one person and no deputy")
            if not one.telephone and not one.mobile:
                found.append(
                    f"{at}: {role.value}, entry {number + 1}, has no telephone: mail may be what does not work"
                )
    return found


def _step(reader: Reader, place: Place, value: object, checked: date | None, verified: bool) -> IncidentStep:
    values = reader.known(place, value, STEP_KEYS)
    step_id = reader.text((*place, "id"), values.get("id"), required=True)
    if step_id and not _ID.fullmatch(step_id):
        reader.complain(
            (*place, "id"), f"must be small letters, digits and hyphens, such as call-bank (it is '{step_id}')"
        )
    phases = [one for one in Phase if one is not Phase.CLOSED]
    clocks = reader.texts((*place, "clocks"), values.get("clocks"))
    due = _due(reader, place, values)
    if due is not None and clocks:
        reader.complain((*place, "due"), "cannot stand beside clocks: the law's time counts")
    note = values.get("note")
    return IncidentStep(
        id=step_id,
        phase=_required(reader, (*place, "phase"), values.get("phase"), phases),
        role=_required(reader, (*place, "role"), values.get("role"), list(Role)),
        text=_texts(reader, (*place, "text"), values.get("text")),
        done_when=_texts(reader, (*place, "done_when"), values.get("done_when")),
        due=due,
        clocks=clocks,
        kinds=_some_of(reader, (*place, "kinds"), values.get("kinds"), IncidentKind),
        causes=_some_of(reader, (*place, "causes"), values.get("causes"), Cause),
        done_by=_some_of(reader, (*place, "done_by"), values.get("done_by"), EntryKind),
        note=None if note is None else _texts(reader, (*place, "note"), note),
        source=reader.text((*place, "source"), values.get("source")),
        source_checked=checked,
        verified=verified,
    )


def _due(reader: Reader, place: Place, values: Mapping[str, Any]) -> Due | None:
    written = values.get("due")
    since = _one_of(reader, (*place, "since"), values.get("since"), Since, Since.KNOWN)
    if written is None:
        return None
    at, text = (*place, "due"), reader.text((*place, "due"), written)
    length = length_of(text)
    if length is None or length.unit not in DUE_UNITS:
        reader.complain(at, f"must be a time such as 30 minutes, 2 hours, 3 days or 5 office days (it is '{text}')")
    elif length.unit in _WHOLE and (length.amount < 1 or length.amount != int(length.amount)):
        reader.complain(at, f"must be whole days, at least 1 (it is '{text}')")
    elif not 0 < length.amount <= DUE_MAX_DAYS * DUE_UNITS[length.unit]:
        reader.complain(at, f"must be more than nothing and at most {DUE_MAX_DAYS} days (it is '{text}')")
    else:
        return Due(length, since)
    return Due(Length(1, Unit.DAY), since)


def _contact(reader: Reader, place: Place, value: object) -> Contact:
    values = reader.known(place, value, CONTACT_KEYS)
    deputy = values.get("deputy")
    stands_in = None
    if deputy is not None:
        stands_in = _person(reader, (*place, "deputy"), reader.known((*place, "deputy"), deputy, DEPUTY_KEYS), None)
    return _person(reader, place, values, stands_in)


def _person(reader: Reader, place: Place, values: Mapping[str, Any], deputy: Contact | None) -> Contact:
    texts = {name: reader.text((*place, name), values.get(name)) for name in CONTACT_KEYS if name != "deputy"}
    if "@" not in texts["address"]:
        reader.complain((*place, "address"), f"must be an address (it is '{texts['address']}')")
    return Contact(**texts, deputy=deputy)


def _outside(reader: Reader, place: Place, value: object) -> OutsideContact:
    values = reader.known(place, value, OUTSIDE_KEYS)
    contact_id = reader.text((*place, "id"), values.get("id"), required=True)
    if contact_id and (not _ID.fullmatch(contact_id) or contact_id in list(Role)):
        reader.complain(
            (*place, "id"), f"must be small letters, digits and hyphens, and no role (it is '{contact_id}')"
        )
    url = reader.text((*place, "url"), values.get("url"))
    if url and not url.startswith(("https://", "http://")):
        reader.complain((*place, "url"), f"must begin with https:// (it is '{url}')")
    note = values.get("note")
    return OutsideContact(
        contact_id,
        _texts(reader, (*place, "name"), values.get("name")),
        reader.text((*place, "telephone"), values.get("telephone")),
        url,
        reader.text((*place, "reference"), values.get("reference")),
        None if note is None else _texts(reader, (*place, "note"), note),
    )


def _texts(reader: Reader, place: Place, value: object) -> dict[str, str]:
    texts = reader.known(place, value, LANGUAGES)
    return {name: reader.text((*place, name), texts.get(name), required=True) for name in LANGUAGES}


def _required(reader: Reader, place: Place, value: object, choices: Sequence[E]) -> E:
    found = reader.choice(place, "" if value is None else value, [str(one) for one in choices], str(choices[0]))
    return next(one for one in choices if one == found)


def _one_of(reader: Reader, place: Place, value: object, kind: type[E], default: E) -> E:
    return kind(reader.choice(place, value, [str(one) for one in kind], str(default)))


def _some_of(reader: Reader, place: Place, values: object, kind: type[E]) -> frozenset[E]:
    choices = [str(one) for one in kind]
    return frozenset(
        kind(reader.choice(at, one or "", choices, choices[0])) for at, one in reader.entries(place, values)
    )


def _day(reader: Reader, place: Place, value: object) -> date | None:
    text = reader.text(place, value)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        reader.complain(place, f"must be a day such as 2027-03-31 (it is '{text}')")
        return None
