"""Who and what the office is, for programs that may know: people, devices, correspondents, rules. Only reading."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, StringConstraints

from mailguard.accounts.devices import Device as KeptDevice
from mailguard.accounts.devices import devices_of
from mailguard.accounts.people import people as people_of
from mailguard.config.settings import SourceSettings
from mailguard.correspondents import list_traits
from mailguard.model.people import Right, Role
from mailguard.model.protection import Trait, TraitSource
from mailguard.policy.sentences import sentences_of
from mailguard.web.api.access import ApiVisit, Bearer, office_wide
from mailguard.web.api.problems import ApiProblem
from mailguard.web.visit import holds

router = APIRouter(tags=["office"])

PAGE_MAX = 200

Typed = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=320)]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]


class Granted(BaseModel):
    """A role; ``department`` "" where it counts for the whole office."""

    role: Role
    department: str


class Person(BaseModel):
    """Somebody on record."""

    address: str
    name: str
    department: str
    manager: str
    roles: list[Granted]
    is_disabled: bool


class People(BaseModel):
    """A page of people. ``after``: what to ask with for the next page, null at the end."""

    people: list[Person]
    after: str | None


class Device(BaseModel):
    """A device or system that sends without signing in. ``is_in_settings``: the settings file names it; others are on
    record, where the pages change them. ``is_disabled``: it may not send now.
    """

    name: str
    networks: list[str]
    owner: str
    allowed_senders: list[str]
    is_in_settings: bool
    is_disabled: bool


class Devices(BaseModel):
    """All of them."""

    devices: list[Device]


class Noted(BaseModel):
    """Something known of an address or an "@domain"."""

    address: str
    trait: Trait
    value: str
    source: TraitSource
    changed_at: datetime


class Correspondents(BaseModel):
    """What is known of a page of correspondents. ``after``: what to ask with for the next page, null at the end."""

    known: list[Noted]
    after: str | None


class Rule(BaseModel):
    """A rule in words."""

    rule: str
    title: str
    state: str
    is_locked: bool
    words: str


class Policy(BaseModel):
    """The rules in force. ``change``: the number of what was changed over the files, 0 for nothing."""

    name: str
    version: str
    change: int
    observes: bool
    rules: list[Rule]


@router.get("/people", response_model=People)
async def people(
    visit: Annotated[ApiVisit, Depends(office_wide(Right.MANAGE_PEOPLE))],
    search: Typed = "",
    after: Typed = "",
    limit: Limit = 50,
) -> People:
    """People on record by address; ``search`` in address, name and department."""
    found = await visit.read(lambda reader: people_of(reader, search, after, limit))
    shown = [
        Person(
            address=one.address,
            name=one.name,
            department=one.department,
            manager=one.manager,
            roles=[Granted(role=grant.role, department=grant.department) for grant in one.grants],
            is_disabled=one.is_disabled,
        )
        for one in found
    ]
    return People(people=shown, after=found[-1].address if len(found) == limit else None)


@router.get("/devices", response_model=Devices)
async def devices(visit: Annotated[ApiVisit, Depends(office_wide(Right.MANAGE_DEVICES))]) -> Devices:
    """Devices and systems that the settings name, and those on record; networks and names are taken by one only."""
    fixed = [_device(one, is_in_settings=True) for one in visit.parts.settings.sources]
    kept = [_device(one, is_in_settings=False, is_disabled=one.is_disabled) for one in await visit.read(devices_of)]
    return Devices(devices=[*fixed, *kept])


def _device(one: SourceSettings | KeptDevice, *, is_in_settings: bool, is_disabled: bool = False) -> Device:
    return Device(
        name=one.name,
        networks=[str(network) for network in one.networks],
        owner=one.owner,
        allowed_senders=list(one.allowed_senders),
        is_in_settings=is_in_settings,
        is_disabled=is_disabled,
    )


@router.get("/correspondents", response_model=Correspondents)
async def correspondents(
    visit: Annotated[ApiVisit, Depends(office_wide(Right.MANAGE_CORRESPONDENTS))],
    after: Typed = "",
    limit: Limit = 50,
) -> Correspondents:
    """What is known of recipients outside, by address."""
    found = await visit.read(lambda reader: list_traits(reader, after, limit))
    known = [
        Noted(
            address=one.address, trait=one.trait, value=one.value, source=one.source, changed_at=one.changed_at
        )
        for one in found
    ]  # fmt: skip
    addresses = {one.address for one in found}
    return Correspondents(known=known, after=found[-1].address if len(addresses) == limit else None)


@router.get("/policy", response_model=Policy)
async def policy(visit: Bearer, language: Literal["ja", "en"] = "ja") -> Policy:
    """The rules in force as sentences, those that are off among them."""
    if not holds(visit.viewer, Right.SEE_POLICY):
        raise ApiProblem(403, "right_missing", right=Right.SEE_POLICY.value)
    now = visit.parts.policy.in_force
    rules = [
        Rule(rule=one.rule, title=one.title, state=one.state.value, is_locked=one.is_locked, words=one.plain)
        for one in sentences_of(now.files, now.changes, language)
    ]
    return Policy(
        name=now.rules.name,
        version=now.rules.version,
        change=now.number,
        observes=now.rules.observes,
        rules=rules,
    )
