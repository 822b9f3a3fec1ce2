"""``office.yaml`` and ``providers.yaml`` as a ``Directory`` and ``OfficeHours``."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mailguard.config.places import Place
from mailguard.model.address import comparable
from mailguard.policy.directory import Directory, Exemption, domains
from mailguard.policy.office_hours import DAYS, OfficeHours
from mailguard.policy.reading import Reader

OFFICE_KEYS = ("names", "group", "partners", "lists", "departments", "hours", "exceptions", "domains", "law")
HOURS_KEYS = ("days", "from", "to", "closed", "japanese_holidays", "zone")
EXCEPTION_KEYS = ("name", "rule", "senders", "recipients", "until", "why")
PROVIDERS_KEYS = ("freemail", "carriers")
_DOMAIN = re.compile(r"(?:@|\*\.)?[^\s@*/]+\.[^\s@*/]+")
_DAY = re.compile(r"(?:(\d{4})-)?(\d{1,2})-(\d{1,2})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})")


def read_office(reader: Reader, directory: Directory) -> tuple[Directory, OfficeHours]:
    """Whom the office knows, added to ``directory``, and when it is there."""
    values = reader.known((), reader.values, OFFICE_KEYS)
    lists = {}
    for name, members in reader.named(("lists",), values.get("lists")).items():
        behind = reader.texts(("lists", name), members)
        lists[comparable(name)] = tuple(comparable(one) for one in behind)
        if not all("@" in one for one in (name, *behind)):
            reader.complain(("lists", name), "must be an address and a list of addresses")
    named = reader.named(("departments",), values.get("departments"))
    departments = {name: reader.patterns(("departments", name), members) for name, members in named.items()}
    exceptions = [
        _exception(reader, place, value) for place, value in reader.entries(("exceptions",), values.get("exceptions"))
    ]
    return (
        replace(
            directory,
            own=directory.own | _domains(reader, ("domains",), values.get("domains")),
            group=_domains(reader, ("group",), values.get("group")),
            partners=directory.partners | _domains(reader, ("partners",), values.get("partners")),
            lists=lists,
            departments=departments,
            exemptions=tuple(one for one in exceptions if one is not None),
            names=(*directory.names, *reader.texts(("names",), values.get("names"))),
        ),
        _hours(reader, values.get("hours")),
    )


def read_providers(reader: Reader, directory: Directory) -> Directory:
    """Where each address is a person of its own."""
    values = reader.known((), reader.values, PROVIDERS_KEYS)
    return replace(
        directory,
        freemail=directory.freemail | _domains(reader, ("freemail",), values.get("freemail")),
        carriers=directory.carriers | _domains(reader, ("carriers",), values.get("carriers")),
    )


def _domains(reader: Reader, place: Place, values: object) -> frozenset[str]:
    found = []
    for at, value in reader.entries(place, values):
        text = reader.text(at, value)
        if text and not _DOMAIN.fullmatch(text):
            reader.complain(at, f"is no domain such as example.jp (it is '{text}')")
        elif text:
            found.append(text)
    return domains(found)


def _exception(reader: Reader, place: Place, value: object) -> Exemption | None:
    values = reader.known(place, value, EXCEPTION_KEYS)
    name = reader.text((*place, "name"), values.get("name"), required=True)
    rule = reader.text((*place, "rule"), values.get("rule"), required=True)
    until = reader.text((*place, "until"), values.get("until"))
    senders = reader.patterns((*place, "senders"), values.get("senders"))
    recipients = reader.patterns((*place, "recipients"), values.get("recipients"))
    if not senders and not recipients:
        reader.complain(place, "needs senders or recipients: an exception for everybody is no exception")
    day = _day(until)
    if day is None:
        reader.complain(
            (*place, "until"),
            "must be the last day it holds, such as 2027-03-31: an exception without an end is forgotten",
        )
        return None
    return Exemption(name, rule, day, senders, recipients)


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    if found is None or found[1] is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _hours(reader: Reader, value: object) -> OfficeHours:
    hours = OfficeHours()
    values = reader.known(("hours",), value, HOURS_KEYS)
    days = frozenset(
        DAYS.index(reader.choice(at, day or "", DAYS, "mon"))
        for at, day in reader.entries(("hours", "days"), values.get("days"))
    )
    begins = _time(reader, ("hours", "from"), values.get("from"), hours.begins)
    ends = _time(reader, ("hours", "to"), values.get("to"), hours.ends)
    if begins >= ends:
        reader.complain(("hours", "to"), "must be later than 'from'")
        begins, ends = hours.begins, hours.ends
    closed, yearly = _closed(reader, values.get("closed"), hours)
    try:
        zone = ZoneInfo(reader.text(("hours", "zone"), values.get("zone")) or "Asia/Tokyo")
    except (ZoneInfoNotFoundError, ValueError):
        reader.complain(("hours", "zone"), "is no time zone such as Asia/Tokyo")
        zone = hours.zone
    holidays = reader.flag(("hours", "japanese_holidays"), values.get("japanese_holidays"), True)
    return OfficeHours(days or hours.days, begins, ends, closed, yearly, holidays, zone)


def _closed(reader: Reader, value: object, hours: OfficeHours) -> tuple[frozenset[date], frozenset[tuple[int, int]]]:
    if value is None:
        return hours.closed, hours.closed_yearly
    single, yearly = set(), set()
    for at, entry in reader.entries(("hours", "closed"), value):
        text = reader.text(at, entry)
        found = _DAY.fullmatch(text)
        day = _day(text if found is None or found[1] else f"2024-{text}")
        if found is None or day is None:
            reader.complain(at, f"must be a day such as 2027-05-01, or 12-29 for every year (it is '{text}')")
        elif found[1]:
            single.add(day)
        else:
            yearly.add((day.month, day.day))
    return frozenset(single), frozenset(yearly)


def _time(reader: Reader, place: Place, value: object, default: time) -> time:
    if value is None:
        return default
    found = _TIME.fullmatch(reader.text(place, value))
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        reader.complain(place, "must be a time such as 08:30")
        return default
    return time(int(found[1]), int(found[2]))
