"""The pages of steps, of whom to call and of the procedure: what officers see and do, and what others do not."""

from __future__ import annotations

from datetime import timedelta

import httpx2
import pytest

from mailguard.accounts import people_administration as administration
from mailguard.accounts.people_administration import Particulars
from mailguard.i18n import CATALOGUES
from mailguard.incidents import Opening
from mailguard.model.audit import Actor, ActorKind
from mailguard.model.incident import IncidentKind
from mailguard.model.people import Role
from tests.conformance.hold_parts import OFFICE, SATO, SENDER
from tests.conformance.mail_pages import words_of
from tests.conformance.test_web_incidents import CISO, HEAD, OTHER_HEAD, TWO
from tests.conformance.web_office import WebOffice
from tests.fakes.clock import StandingClock

JA = CATALOGUES["ja"]
DONE, OVERDUE = JA["incident.steps.state.done"], JA["incident.steps.state.overdue"]


@pytest.fixture
async def lost(web_office: WebOffice) -> str:
    """Somebody of 総務 lost a memory stick; the incident's number."""
    store = web_office.parts.store
    for address, department in ((SENDER, "総務"), (CISO, ""), (HEAD, "総務"), (OTHER_HEAD, "営業")):
        name = "安全 花子" if address == CISO else ""
        await store.write(administration.put_person(OFFICE, address, Particulars(name, department, ""), SATO))
    for address, role, department in (
        (CISO, Role.SECURITY_OFFICER, ""),
        (HEAD, Role.DEPARTMENT_OFFICER, "総務"),
        (OTHER_HEAD, Role.DEPARTMENT_OFFICER, "営業"),
    ):
        await store.write(administration.grant_role(OFFICE, address, role, department, SATO))
    opening = Opening(IncidentKind.LOSS, note="電車に忘れた")
    opened = await store.write(web_office.parts.openings.open(Actor(ActorKind.PERSON, SENDER), opening))
    return opened.incident_id


async def act(client: httpx2.AsyncClient, path: str, step: str, what: str, note: str = "") -> httpx2.Response:
    """Press a button of a step, and follow to where it leads."""
    answer = await client.post(f"{path}/steps", data={"step": step, "act": what, "note": note})
    return await client.get(answer.headers["location"]) if answer.status_code == 303 else answer


async def test_officer_sees_what_is_next_and_works_through_it(
    web_office: WebOffice, lost: str, clock: StandingClock
) -> None:
    """What to do first stands on top, on the list and on the officer's first page; what is overdue is marked."""
    path = f"/incidents/{lost}"
    search = "最後に見た場所と時刻を確かめて探し"
    async with await web_office.signed_in(CISO, TWO) as client:
        pages = [words_of(await client.get(one)) for one in (path, "/incidents", "/office", f"{path}/steps")]
    clock.advance(timedelta(hours=3).total_seconds())
    async with await web_office.signed_in(CISO, TWO) as client:
        late = words_of(await client.get(f"{path}/steps"))
        after = words_of(await act(client, path, "search-lost", "done", "駅に届いていた"))
        refused = await act(client, path, "stop-cards", "not_needed", " ")
        unnecessary = words_of(await act(client, path, "stop-cards", "not_needed", "カードはない"))
        again = words_of(await act(client, path, "search-lost", "open"))
        timeline = words_of(await client.get(path))
        unknown = await act(client, path, "no-such-step", "done")

    assert all(search in one for one in pages)
    assert "安全 花子" in pages[-1]
    assert (OVERDUE in pages[-1], OVERDUE in late) == (False, True)
    assert DONE in after
    assert "駅に届いていた" in after
    assert (422, True) == (refused.status_code, JA["incident.steps.mistake.not_needed"] in refused.text)
    assert "カードはない" in unnecessary
    assert OVERDUE in again
    assert JA["incident.due.step.done"].format(step=search)[:15] in timeline
    assert 404 == unknown.status_code


async def test_others_see_no_steps(web_office: WebOffice, lost: str) -> None:
    """Whoever reported it sees the short page alone; another department's officer sees nothing, nowhere."""
    async with await web_office.signed_in(SENDER) as client:
        by_sender = (
            await client.get(f"/incidents/{lost}/steps"),
            await act(client, f"/incidents/{lost}", "publish", "done"),
        )
    async with await web_office.signed_in(OTHER_HEAD, TWO) as client:
        by_other = (
            await client.get(f"/incidents/{lost}/steps"),
            await act(client, f"/incidents/{lost}", "publish", "done"),
        )
        office = await client.get("/office")

    assert [404] * 4 == [one.status_code for one in (*by_sender, *by_other)]
    assert lost not in office.text


async def test_everybody_finds_whom_to_call_and_what_to_do(web_office: WebOffice, lost: str) -> None:
    """The telephone list falls back on people on record; the procedure holds every step and every clock of the law."""
    async with await web_office.signed_in(SENDER) as client:
        contacts = words_of(await client.get("/incidents/contacts"))
        procedure = words_of(await client.get("/incidents/procedure"))
        english = await client.get("/incidents/procedure", headers={"accept-language": "en"})
    plan, law = web_office.policy.rules.plan, web_office.policy.rules.law

    assert "安全 花子" in contacts
    assert JA["incident.contacts.on_record"] in contacts
    assert JA["incident.contacts.nobody"] in contacts
    assert all(one.name["ja"] in contacts for one in plan.contacts.outside)
    assert all(one.text["ja"] in procedure for one in plan.in_use)
    assert all(one.text["ja"] in procedure for one in law.clocks)
    assert 200 == english.status_code
