"""Steps of an incident, their times and who is told of them: once, and never too late. On both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from mailguard.accounts import people_administration as administration
from mailguard.accounts.people_administration import Particulars
from mailguard.errors import NotAllowed, StaleState
from mailguard.incidents import Change, Opening, change, correct_known_at, due_queries
from mailguard.incidents.duties import Duty, next_duty
from mailguard.incidents.next_due import next_dues
from mailguard.incidents.planning import Planner
from mailguard.incidents.records import Step
from mailguard.incidents.reminding import Reminders
from mailguard.incidents.running import LawClocks
from mailguard.incidents.steps import StepState, set_step
from mailguard.model.audit import AuditAction
from mailguard.model.incident import Cause, EntryKind, IncidentId, IncidentKind, Phase
from mailguard.model.people import Role
from mailguard.model.protection import Channel
from mailguard.policy.incident_plan import Contact, Contacts, IncidentPlan, IncidentStep
from mailguard.policy.rules import RuleSet
from mailguard.store import Store, Transaction
from mailguard.store.times import from_micros
from mailguard.workers.reminder import IncidentReminder
from tests.conformance.hold_parts import NOWHERE, OFFICE, A, MakeNode, second_store
from tests.conformance.test_incidents import (
    ADMIN,
    HEAD,
    OFFICER,
    OWNER,
    Desk,
    desk_of,
    name_officers,
)
from tests.fakes.clock import StandingClock

DEPUTY = "jicho@office.example.jp"


@dataclass
class Plans:
    """A desk whose times are kept, and who tells of them. ``rules``: the office's, as they are now."""

    desk: Desk
    store: Store
    clock: StandingClock
    planner: Planner
    reminders: Reminders
    rules: Callable[[], RuleSet]
    changed: list[RuleSet]

    def worker(self, store: Store | None = None) -> IncidentReminder:
        """The worker of a node."""
        return IncidentReminder(
            store or self.store, self.planner, self.reminders, self.clock, 1.0, lambda: self.rules().version
        )

    async def lost(self, *, is_drill: bool = False, kind: IncidentKind = IncidentKind.LOSS) -> IncidentId:
        """Somebody lost a memory stick; the incident's number."""
        opening = Opening(kind, note="電車に忘れた", is_drill=is_drill)
        return (await self.store.write(self.desk.openings.open(OWNER, opening))).incident_id

    async def duties(self, incident_id: IncidentId) -> dict[str, Duty]:
        """What is to be done, by step."""
        incident, entries = await self.desk.incident(incident_id), await self.desk.entries(incident_id)
        found = await self.store.read(lambda reader: self.planner.duties(reader, incident, entries))
        return {one.step.id: one for one in found}

    async def kept(self, incident_id: IncidentId) -> dict[str, str]:
        """What is kept as due: until when, as people here say it."""
        rows = await self.store.read(lambda reader: due_queries.dues_of(reader, [incident_id]))
        return {row.what: f"{from_micros(row.due_at) + timedelta(hours=9):%m-%d %H:%M}" for row in rows}

    async def done(self, incident_id: IncidentId, step_id: str, state: StepState | None, note: str = "") -> None:
        """An officer says where a step stands."""
        step = (await self.duties(incident_id))[step_id].step
        await self.store.write(set_step(self.desk.records, incident_id, ADMIN, step, state, note))

    async def learned(self, incident_id: IncidentId) -> None:
        """What follows from it is on the timeline."""
        incident = await self.desk.incident(incident_id)
        step = Step(EntryKind.LESSON, None, {"lesson": "none"}, "一度だけの事情")
        await self.store.write(lambda transaction: self.desk.records.change(transaction, incident, ADMIN, [step]))

    async def mails(self) -> list[tuple[str, str]]:
        """To whom and with which subject something was told of times."""
        return sorted((to, subject) for to, subject, _ in await self.desk.notices() if "期限" in subject)


@pytest.fixture
async def plans(make_node: MakeNode, store: Store, clock: StandingClock) -> Plans:
    """Officers on record, and the plan that comes along."""
    await name_officers(store)
    desk = desk_of(make_node(NOWHERE), store, clock)
    changed = [desk.node.policy.rules]
    rules: Callable[[], RuleSet] = lambda: changed[-1]  # noqa: E731
    planner = Planner(desk.records, LawClocks(desk.node.spool, desk.parcels, rules, Channel.TO_SENDER), rules)
    notices = desk.openings._notices
    return Plans(desk, store, clock, planner, Reminders(desk.records, planner, notices, rules), rules, changed)


async def test_opening_plans_steps_and_clocks_of_the_law(plans: Plans) -> None:
    """The moment an incident is there, everything to do has its time; what an office was told already is done."""
    incident_id = await plans.lost()
    duties, kept = await plans.duties(incident_id), await plans.kept(incident_id)

    assert StepState.DONE is duties["report-at-once"].record.state
    assert {one.what for one in duties.values() if one.is_open} == set(kept)
    clocks = {name: one.clock.id for name, one in duties.items() if one.clock is not None}
    assert {"prompt-report": "appi.prompt", "full-report": "appi.final"} == clocks
    assert "check-stopped" not in duties
    first = next_duty(list(duties.values()))
    assert first is not None
    assert "search-lost" == first.step.id


async def test_list_names_the_earlier_reading_of_a_time_of_the_law(plans: Plans) -> None:
    """Three to five days are never "in five days"; and a last day on a holiday stands beside what some read it as."""
    incident_id = await plans.lost()
    knew = plans.clock.now() - timedelta(days=28)
    await plans.store.write(correct_known_at(plans.desk.records, incident_id, OWNER, knew, "電話の記録"))
    for name, duty in (await plans.duties(incident_id)).items():
        if duty.is_open and name not in ("prompt-report", "full-report"):
            await plans.done(incident_id, name, StepState.DONE, "済んだ")
    found = []
    for name in ("prompt-report", "full-report"):
        dues = await plans.store.read(
            lambda reader: next_dues(reader, [incident_id], plans.rules(), plans.clock.now())
        )  # fmt: skip
        found.append(dues[incident_id].until)
        await plans.done(incident_id, name, StepState.DONE, "出した")

    # Known on 5 October: day 3 and 5 are the 7th and 9th; day 30 is the 3rd of November, a holiday.
    assert (date(2026, 10, 7), date(2026, 10, 9), None) == (found[0].first, found[0].day, found[0].extended)
    assert (None, date(2026, 11, 3), date(2026, 11, 4)) == (found[1].first, found[1].day, found[1].extended)


async def test_step_is_done_found_unnecessary_and_opened_again(plans: Plans) -> None:
    """Each is a step of the timeline with who and when, and on record; a time that is done with is no longer kept."""
    incident_id = await plans.lost()
    before = await plans.kept(incident_id)
    await plans.done(incident_id, "search-lost", StepState.DONE, "駅に届いていた")
    await plans.done(incident_id, "stop-cards", StepState.NOT_NEEDED, "カードはない")
    await plans.done(incident_id, "prompt-report", None, "様式を開いた")
    middle, duties = await plans.kept(incident_id), await plans.duties(incident_id)
    await plans.done(incident_id, "search-lost", StepState.OPEN)
    again = await plans.kept(incident_id)
    entries = await plans.desk.entries(incident_id, EntryKind.STEP)
    events = [one for one in await plans.desk.node.everything() if one.action is AuditAction.INCIDENT_CHANGED]

    assert {"step:search-lost", "step:stop-cards"} == set(before) - set(middle)
    assert before["step:search-lost"] == again["step:search-lost"]
    record = duties["search-lost"].record
    assert (StepState.DONE, ADMIN, ["駅に届いていた"]) == (record.state, record.by, [one.note for one in record.notes])
    assert StepState.OPEN is duties["prompt-report"].record.state
    assert ["done", "not_needed", None, "open"] == [one.details["state"] for one in entries]
    assert [one.number for one in entries] == [one.details["entry"] for one in events]
    with pytest.raises(NotAllowed):
        await plans.done(incident_id, "publish", StepState.NOT_NEEDED)


async def test_correction_reckons_anew_and_the_entry_says_so(plans: Plans) -> None:
    """Known two days earlier, and a break-in instead of a loss: other times and another clock, in the same moment."""
    incident_id = await plans.lost()
    before = await plans.kept(incident_id)
    known = plans.clock.now() - timedelta(days=2)
    await plans.store.write(correct_known_at(plans.desk.records, incident_id, OWNER, known, "昨日聞いた"))
    earlier = await plans.kept(incident_id)
    await plans.store.write(
        change(plans.desk.records, incident_id, OWNER, Change(kind=IncidentKind.UNAUTHORISED_ACCESS))
    )
    duties, kept = await plans.duties(incident_id), await plans.kept(incident_id)
    corrected, changed = await plans.desk.entries(incident_id, EntryKind.KNOWN_AT, EntryKind.CHANGED)

    assert earlier["step:prompt-report"] < before["step:prompt-report"]
    assert before["step:search-lost"] == earlier["step:search-lost"]
    moved = {one[0]: one[1:] for one in corrected.details["dues"]}  # type: ignore[attr-defined]
    assert "step:prompt-report" in moved
    assert "step:search-lost" not in moved
    clock = duties["full-report"].clock
    assert clock is not None
    assert ("appi.final60", True) == (clock.id, "isolate-device" in duties)
    gone = {one[0] for one in changed.details["dues"] if one[2] is None}  # type: ignore[attr-defined]
    assert "step:search-lost" in gone
    assert "step:search-lost" not in kept


async def test_closed_incident_has_no_times_until_it_is_opened_again(plans: Plans) -> None:
    """Nobody is told anything of what is closed."""
    incident_id = await plans.lost()
    await plans.learned(incident_id)
    before = await plans.kept(incident_id)
    await plans.store.write(change(plans.desk.records, incident_id, OWNER, Change(phase=Phase.CLOSED), "済んだ"))
    closed = await plans.kept(incident_id)
    plans.clock.advance(timedelta(days=40).total_seconds())
    told = await plans.worker().look()
    await plans.store.write(change(plans.desk.records, incident_id, OWNER, Change(phase=Phase.REPORT), "また"))

    assert "step:lesson" not in before
    assert ({}, 0) == (closed, told)
    assert before == await plans.kept(incident_id)
    step = (await plans.duties(incident_id))["publish"].step
    await plans.store.write(change(plans.desk.records, incident_id, OWNER, Change(phase=Phase.CLOSED), "済んだ"))
    with pytest.raises(NotAllowed):
        await plans.store.write(set_step(plans.desk.records, incident_id, ADMIN, step, StepState.DONE))


async def test_closing_with_another_cause_names_no_new_times(plans: Plans) -> None:
    """What is closed has no times: its entry says nothing of any that were reckoned anew."""
    incident_id = await plans.lost()
    await plans.learned(incident_id)
    done = Change(cause=Cause.SETTING, phase=Phase.CLOSED)
    await plans.store.write(change(plans.desk.records, incident_id, OWNER, done, "済んだ"))

    (closed,) = await plans.desk.entries(incident_id, EntryKind.CHANGED)
    assert {"cause", "phase"} == set(closed.details)


async def test_people_are_told_before_the_end_and_others_after_it(plans: Plans) -> None:
    """The department's officer at half time; when it is over the deputy and the security officer too; then silence."""
    await plans.store.write(administration.put_person(OFFICE, DEPUTY, Particulars("次長", "総務", ""), ADMIN))
    people = {Role.DEPARTMENT_OFFICER: (Contact(HEAD, telephone="1", deputy=Contact(DEPUTY, telephone="2")),)}
    only = tuple(one for one in plans.rules().plan.steps if one.id == "stop-cards")
    plans.changed.append(replace(plans.rules(), version="short", plan=IncidentPlan(only, Contacts(people))))
    plans.changed[-1] = replace(plans.changed[-1], law=replace(plans.rules().law, rules=()))
    incident_id = await plans.lost()
    worker = plans.worker()
    at_once = await worker.look()
    plans.clock.advance(2 * 3600)
    half = await worker.look(), await worker.look(), await plans.mails()
    plans.clock.advance(2 * 3600)
    over = await worker.look(), await worker.look(), await plans.mails()
    plans.clock.advance(timedelta(days=10).total_seconds())
    soon, late = await plans.desk.entries(incident_id, EntryKind.REMINDED)

    assert (0, 1, 0) == (at_once, *half[:2])
    assert [HEAD] == [to for to, _ in half[2]]
    assert (3, 0, 0) == (*over[:2], await worker.look())
    told = [to for to, subject in over[2] if "期限切れ" in subject]
    assert sorted([HEAD, DEPUTY, OFFICER]) == told
    assert (["step:stop-cards"], [], [HEAD]) == tuple(soon.details[name] for name in ("soon", "over", "people"))
    assert ["step:stop-cards"] == late.details["over"]
    letters = [body for _, subject, body in await plans.desk.notices() if "期限" in subject]
    assert all("電車" not in body for body in letters)
    # The deputy has no right to look, so there is no link that would lead nowhere.
    assert 3 == sum(f"/incidents/{incident_id}/steps" in body for body in letters)


async def test_node_that_ends_in_the_middle_tells_once(plans: Plans, url: str) -> None:
    """A kill before the commit leaves nothing said; two nodes at once say it once."""
    incident_id = await plans.lost()
    worker = plans.worker()
    await worker.look()
    plans.clock.advance(2 * 3600)
    remind = plans.reminders.remind

    def killed(transaction: Transaction) -> int:
        remind(transaction, incident_id)
        transaction.flush()
        raise RuntimeError("the node ends here")

    with pytest.raises(RuntimeError):
        await plans.store.write(killed)
    nothing = await plans.mails()
    async with second_store(url, plans.clock) as other:
        results = await asyncio.gather(
            plans.store.write(lambda transaction: remind(transaction, incident_id)),
            other.write(lambda transaction: remind(transaction, incident_id)),
            return_exceptions=True,
        )
    first = await plans.mails()

    assert [] == nothing
    assert all(isinstance(one, int | StaleState) for one in results), results
    assert len(first) == len(set(first)) > 0
    assert 1 == len(await plans.desk.entries(incident_id, EntryKind.REMINDED))
    assert 0 == await worker.look()


async def test_drill_is_told_to_those_who_take_part_alone(plans: Plans) -> None:
    """A training says so in its subject, and calls nobody who was not there at its beginning."""
    people = {Role.ADMINISTRATOR: (Contact("kanri@contractor.example.com", telephone="1"),)}
    plan = replace(plans.rules().plan, contacts=Contacts(people))
    plans.changed.append(replace(plans.rules(), version="contractor", plan=plan))
    await plans.lost(is_drill=True)
    plans.clock.advance(timedelta(days=3).total_seconds())
    await plans.worker().look()
    told = await plans.mails()

    assert told
    assert {OFFICER, HEAD, OWNER.name} >= {to for to, _ in told}
    assert all(subject.startswith("【訓練】") for _, subject in told)


async def test_what_an_insider_did_is_told_to_security_officers_alone(plans: Plans) -> None:
    """Neither the department nor whoever runs the system hears of it."""
    await plans.lost(kind=IncidentKind.INSIDER)
    plans.clock.advance(timedelta(days=3).total_seconds())
    await plans.worker().look()

    assert {OFFICER} == {to for to, _ in await plans.mails()}


async def test_changed_plan_is_taken_up_and_on_the_timeline(plans: Plans) -> None:
    """The office gives itself another step and a day off; open incidents follow, once."""
    incident_id = await plans.lost()
    worker = plans.worker()
    await worker.look()
    before = await plans.kept(incident_id)
    rules = plans.rules()
    own = replace(next(one for one in rules.plan.steps if one.id == "tell-persons"), id="call-bank")
    closed = frozenset(date(2026, 11, 5) + timedelta(days=number) for number in range(5))
    hours = replace(rules.hours, closed=closed)
    steps: tuple[IncidentStep, ...] = (*rules.plan.steps, own)
    plans.changed.append(replace(rules, version="other", plan=replace(rules.plan, steps=steps), hours=hours))
    await worker.look()
    await worker.look()
    after, entries = await plans.kept(incident_id), await plans.desk.entries(incident_id, EntryKind.CHANGED)

    assert {"step:call-bank"} == set(after) - set(before)
    assert before["step:lesson"] != after["step:lesson"]
    assert before["step:prompt-report"] == after["step:prompt-report"]
    assert 1 == len(entries)


async def test_mail_nobody_got_runs_no_clock_of_the_law(plans: Plans) -> None:
    """Everything was stopped in time: there are steps, and nothing to report."""
    incident_id = await plans.desk.report(await plans.desk.node.held(A))
    duties = await plans.duties(incident_id)

    assert duties["prompt-report"].until is None
    assert "step:prompt-report" not in await plans.kept(incident_id)
    assert "step:check-stopped" in await plans.kept(incident_id)
