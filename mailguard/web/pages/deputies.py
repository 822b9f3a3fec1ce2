"""Who stands in for somebody, and when. Everybody names their own; who manages people, also those of others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.responses import Response

from mailguard.accounts.people import Deputy, deputies_of, person_of
from mailguard.accounts.people_administration import own_mailbox, put_deputy, remove_deputy
from mailguard.errors import PersonProblem
from mailguard.model.people import Right
from mailguard.web.forms import Mistake
from mailguard.web.visit import NotHere, SignedIn, SignedInVisit

router = APIRouter()


@dataclass(frozen=True)
class _Typed:
    """What was typed: shown again where something is wrong with it."""

    deputy: str = ""
    begins: str = ""
    ends: str = ""


@router.get("/deputies")
async def deputies(visit: SignedIn, person: str = "") -> Response:
    """One's deputies now and later, and a form for another one."""
    return await _page(visit, _whose(visit, person), _Typed(begins=_today(visit)))


@router.post("/deputies")
async def put(visit: SignedIn) -> Response:
    """Names a deputy for some days, the last one included."""
    form = await visit.form()
    whose = _whose(visit, form.text("person"))
    typed = _Typed(form.text("deputy"), form.text("begins"), form.text("ends"))
    zone = visit.parts.policy.rules.hours.zone
    begins, ends = _day(typed.begins, zone), _day(typed.ends, zone)
    mistakes = [
        Mistake(field, "approval.page.deputies.no_day")
        for field, found in (("begins", begins), ("ends", ends))
        if found is None
    ]
    if not typed.deputy:
        mistakes.insert(0, Mistake("deputy", "approval.page.deputies.nobody"))
    if mistakes or begins is None or ends is None:
        return await _page(visit, whose, typed, mistakes)
    until = (ends.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=zone)
    try:
        work = put_deputy(
            visit.parts.settings.office, whose, typed.deputy, begins.astimezone(UTC), until.astimezone(UTC), visit.actor
        )
        await visit.write(work)
    except PersonProblem as error:
        field = "ends" if "deputy_" in error.key and "own" not in error.key else "deputy"
        return await _page(visit, whose, typed, [Mistake(field, error.key, dict(error.values))])
    return visit.go(_path(visit, whose), "success", "approval.page.deputies.put")


@router.post("/deputies/remove")
async def remove(visit: SignedIn) -> Response:
    """Ends the time of a deputy, or that it will begin."""
    form = await visit.form()
    whose = _whose(visit, form.text("person"))
    try:
        begins = datetime.fromisoformat(form.text("from"))
        work = remove_deputy(visit.parts.settings.office, whose, form.text("deputy"), begins, visit.actor)
        if begins.tzinfo is None:
            raise NotHere
    except (ValueError, PersonProblem):
        raise NotHere from None
    is_removed = await visit.write(work)
    key = "removed" if is_removed else "gone"
    return visit.go(_path(visit, whose), "success" if is_removed else "warning", f"approval.page.deputies.{key}")


async def _page(visit: SignedInVisit, whose: str, typed: _Typed, mistakes: list[Mistake] | None = None) -> Response:
    now, address = visit.parts.clock.now(), whose
    found: list[Deputy] = await visit.read(lambda reader: deputies_of(reader, address, now))
    person = await visit.read(lambda reader: person_of(reader, address))
    return visit.page(
        "deputies.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        person=person,
        is_mine=whose == visit.viewer.address,
        listed=found,
        typed=typed,
        moment=now,
        last_moment=timedelta(seconds=1),
    )


def _whose(visit: SignedInVisit, person: str) -> str:
    """Whose deputies are meant; "" for one's own. Raises ``NotHere`` for others' without the right."""
    if not person:
        return visit.viewer.address
    try:
        address = own_mailbox(visit.parts.settings.office, person)
    except PersonProblem:
        raise NotHere from None
    if address != visit.viewer.address and not visit.viewer.has(Right.MANAGE_PEOPLE):
        raise NotHere
    return address


def _path(visit: SignedInVisit, whose: str) -> str:
    return "/deputies" if whose == visit.viewer.address else f"/deputies?{urlencode({'person': whose})}"


def _today(visit: SignedInVisit) -> str:
    return visit.parts.clock.now().astimezone(visit.parts.policy.rules.hours.zone).date().isoformat()


def _day(typed: str, zone: ZoneInfo) -> datetime | None:
    """The begin of a day in the office's time; None for what is none, or lies beyond all calendars in use."""
    try:
        day = datetime.strptime(typed, "%Y-%m-%d").date()  # noqa: DTZ007  a day, no moment
    except ValueError:
        return None
    return datetime.combine(day, time(), zone) if 2000 <= day.year <= 2200 else None
