"""Who is who: people with their departments, managers and roles, who looks after shared mailboxes, and sign-ins.

What somebody may give, take or lock is asked of ``accounts.people`` before each act; a refusal stands on the page.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.responses import Response

from mailguard.accounts import people_administration as administration
from mailguard.accounts.people import (
    delegates_of,
    deputies_of,
    mailboxes_of,
    may_delegate,
    may_give,
    may_lock,
    people,
    person_of,
)
from mailguard.accounts.people_administration import Particulars, own_mailbox
from mailguard.accounts.people_transfer import LineProblem, export, read, take_over
from mailguard.errors import PersonProblem
from mailguard.model.address import comparable
from mailguard.model.people import OFFICE_WIDE, Right, Role
from mailguard.web.downloads import csv_file
from mailguard.web.forms import Form, Mistake, asked
from mailguard.web.visit import NotHere, SignedInVisit, having

router = APIRouter()

PAGE = "/office/people"
ROWS = 50
PROBLEMS_SHOWN = 50
ROLES = (Role.SECURITY_OFFICER, Role.DEPARTMENT_OFFICER, Role.ADMINISTRATOR)
"""Those that are given; staff is everybody."""

Managing = Annotated[SignedInVisit, Depends(having(Right.MANAGE_PEOPLE))]


@router.get(PAGE)
async def listed(visit: Managing, search: str = "", after: str = "") -> Response:
    """Everybody on record, some at a time, or those who were looked for."""
    return await _list(visit, asked(search), asked(after))


@router.post(f"{PAGE}/add")
async def added(visit: Managing) -> Response:
    """A new person; their page."""
    form = await visit.form()
    office = visit.parts.settings.office
    try:
        await visit.write(administration.put_person(office, form.text("address"), _particulars(form), visit.actor))
    except PersonProblem as error:
        return await _list(visit, mistakes=[_mistake(error, error.field)], typed=form)
    return _to(visit, form.text("address"), "people.page.added")


@router.get(f"{PAGE}/of")
async def one(visit: Managing, address: str = "") -> Response:
    """One person, with everything that can be changed."""
    return await _person(visit, address)


@router.post(f"{PAGE}/change")
async def changed(visit: Managing) -> Response:
    """Other particulars of a person."""
    form = await visit.form()
    address = _address(visit, form)
    try:
        work = administration.put_person(visit.parts.settings.office, address, _particulars(form), visit.actor)
        await visit.write(work)
    except PersonProblem as error:
        return await _person(visit, address, [_mistake(error, error.field)], form)
    return _to(visit, address, "people.page.changed")


@router.post(f"{PAGE}/roles")
async def roles(visit: Managing) -> Response:
    """A role given or taken."""
    form = await visit.form()
    address, office = _address(visit, form), visit.parts.settings.office
    try:
        role = Role(form.text("role"))
    except ValueError as error:
        raise NotHere from error
    if not may_give(visit.viewer, role, address):
        return await _person(visit, address, [_not_yours(address)])
    department = "" if role in OFFICE_WIDE else form.text("role_department")
    change = administration.revoke_role if form.has("revoke") else administration.grant_role
    try:
        await visit.write(change(office, address, role, department, visit.actor))
    except PersonProblem as error:
        return await _person(visit, address, [_mistake(error, "role_department")])
    return _to(visit, address, "people.page.role.taken" if form.has("revoke") else "people.page.role.given")


@router.post(f"{PAGE}/state")
async def state(visit: Managing) -> Response:
    """A person disabled, or enabled again."""
    form = await visit.form()
    address, office = _address(visit, form), visit.parts.settings.office
    person = await visit.read(lambda reader: person_of(reader, address))
    if not may_lock(visit.viewer, person):
        return await _person(visit, address, [_not_yours(address)])
    change = administration.disable if form.has("disable") else administration.enable
    try:
        await visit.write(change(office, address, visit.actor))
    except PersonProblem as error:
        return await _person(visit, address, [_mistake(error, "")])
    return _to(visit, address, "people.page.disabled" if form.has("disable") else "people.page.enabled")


@router.post(f"{PAGE}/delegates")
async def delegates(visit: Managing) -> Response:
    """Somebody looks after this mailbox, or does so no more."""
    form = await visit.form()
    address, office = _address(visit, form), visit.parts.settings.office
    who = form.text("delegate")
    if not may_delegate(visit.viewer, comparable(who)):
        mistake = Mistake("delegate", "people.problem.not_yours_to_delegate", {"address": address})
        return await _person(visit, address, [mistake])
    change = administration.remove_delegate if form.has("remove") else administration.add_delegate
    try:
        await visit.write(change(office, address, who, visit.actor))
    except PersonProblem as error:
        return await _person(visit, address, [_mistake(error, "delegate")])
    key = "people.page.delegate.removed" if form.has("remove") else "people.page.delegate.added"
    return _to(visit, address, key)


@router.post(f"{PAGE}/sessions")
async def sessions(visit: Managing) -> Response:
    """Signs a person out, from one browser or everywhere."""
    form = await visit.form()
    address, ways = _address(visit, form), visit.parts.sign_in
    if form.has("session"):
        await ways.sessions.revoke(form.text("session"), visit.actor, address)
    else:
        await ways.sessions.end_all(address, visit.actor, visit.token)
    return _to(visit, address, "people.page.sessions.ended")


@router.post(f"{PAGE}/second-factor")
async def second_factor(visit: Managing) -> Response:
    """Takes app and passkeys away from somebody who lost them, once it is said that it is really they who ask."""
    form = await visit.form()
    address, ways = _address(visit, form), visit.parts.sign_in
    person = await visit.read(lambda reader: person_of(reader, address))
    if not may_lock(visit.viewer, person):
        return await _person(visit, address, [_not_yours(address)])
    if not form.has("confirmed"):
        return await _person(visit, address, [Mistake("confirmed", "people.page.factor.unconfirmed")])
    await ways.totp.remove(address, visit.actor)
    for passkey in await ways.passkeys.of_person(address):
        await ways.passkeys.remove(address, passkey.passkey_id, visit.actor)
    await ways.sessions.end_all(address, visit.actor)
    return _to(visit, address, "people.page.factor.removed")


@router.get(f"{PAGE}.csv")
async def written(visit: Managing) -> Response:
    """Everybody on record as a file for spreadsheets."""
    return csv_file(await visit.read(lambda reader: list(export(reader, visit.language))), "people.csv")


@router.post(f"{PAGE}/import")
async def imported(visit: Managing) -> Response:
    """People from such a file: all of it, or with mistakes in any line nothing."""
    octets = await visit.upload("file")
    if not octets:
        return await _list(visit, mistakes=[Mistake("file", "people.page.file.missing")])
    found = read(visit.parts.settings.office, octets)
    if found.problems:
        mistakes = [_line(visit, one) for one in found.problems[:PROBLEMS_SHOWN]]
        return await _list(visit, mistakes=[Mistake("file", "people.page.file.nothing_changed"), *mistakes])
    try:
        count = await visit.write(take_over(found.lines, visit.actor, visit.viewer))
    except PersonProblem as error:
        return await _list(visit, mistakes=[_mistake(error, "file")])
    return visit.go(PAGE, "success", "people.page.file.taken", read=len(found.lines), changed=count)


async def _list(
    visit: SignedInVisit,
    search: str = "",
    after: str = "",
    mistakes: list[Mistake] | None = None,
    typed: Form | None = None,
) -> Response:
    rows = await visit.read(lambda reader: people(reader, search, after, ROWS + 1))
    more = urlencode({"search": search, "after": rows[ROWS - 1].address}) if len(rows) > ROWS else ""
    return visit.page(
        "people.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        people=rows[:ROWS],
        search=search,
        more=more,
        is_first=not after,
        typed=typed or Form([]),
    )


async def _person(
    visit: SignedInVisit, whose: str, mistakes: list[Mistake] | None = None, typed: Form | None = None
) -> Response:
    """``typed``: the particulars that were filled in and not taken."""
    address, ways, now = _own(visit, whose), visit.parts.sign_in, visit.parts.clock.now()
    person = await visit.read(lambda reader: person_of(reader, address))
    stored = Particulars(person.name, person.department, person.manager)
    return visit.page(
        "person.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        person=person,
        particulars=stored if typed is None else _particulars(typed),
        deputies=await visit.read(lambda reader: deputies_of(reader, address, now)),
        looked_after=await visit.read(lambda reader: mailboxes_of(reader, address)),
        delegates=await visit.read(lambda reader: delegates_of(reader, address)),
        sessions=await ways.sessions.of_person(address),
        has_app=await ways.totp.is_on(address),
        passkeys=len(await ways.passkeys.of_person(address)),
        may_lock=may_lock(visit.viewer, person),
        gives=[role for role in ROLES if may_give(visit.viewer, role, address)],
    )


def _own(visit: SignedInVisit, typed: str) -> str:
    """The mailbox that is asked for. Raises ``NotHere`` for what is none of the office's."""
    try:
        return own_mailbox(visit.parts.settings.office, typed)
    except PersonProblem as error:
        raise NotHere from error


def _address(visit: SignedInVisit, form: Form) -> str:
    return _own(visit, form.text("address"))


def _particulars(form: Form) -> Particulars:
    return Particulars(form.text("name"), form.text("department"), form.text("manager"), form.text("language"))


def _to(visit: SignedInVisit, address: str, key: str) -> Response:
    return visit.go(f"{PAGE}/of?{urlencode({'address': comparable(address)})}", "success", key)


def _mistake(error: PersonProblem, field: str) -> Mistake:
    return Mistake(field, error.key, dict(error.values))


def _not_yours(address: str) -> Mistake:
    return Mistake("", "people.problem.not_yours_to_give", {"address": address})


def _line(visit: SignedInVisit, problem: LineProblem) -> Mistake:
    return Mistake("file", "people.page.file.line", {"words": problem.words(visit.language)})
