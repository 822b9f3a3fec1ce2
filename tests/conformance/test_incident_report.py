"""The report of near misses and accidents: counted from the record alone. On SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from mailguard import hold
from mailguard.i18n import CATALOGUES
from mailguard.incidents import Change, Opening, add_note, change
from mailguard.incidents.report import DrillRow, MonthRow, Period, Report, report
from mailguard.model.incident import Cause, IncidentKind
from mailguard.store import Store
from mailguard.web.report_view import report_lines, report_view
from tests.conformance.hold_parts import NOWHERE, SENDER, A, MakeNode
from tests.conformance.test_incident_look_back import CROWD, wire
from tests.conformance.test_incidents import OWNER, Desk, desk_of, name_officers
from tests.fakes.clock import START, StandingClock

RULE = "outsiders-see-each-other"
TOKYO = ZoneInfo("Asia/Tokyo")


async def reported(desk: Desk, period: Period) -> Report:
    """The report of a period."""
    quiet = desk.node.policy.rules.quiet
    return await desk.node.store.read(lambda reader: report(reader, period, TOKYO, quiet))


async def test_near_misses_overrides_and_accidents_are_counted_by_month_department_and_rule(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """Taken back, mended and sent as it was; what only waited a little is none of them; a drill is no accident."""
    await name_officers(store)
    desk = desk_of(make_node(NOWHERE), store, clock)
    spool = desk.node.spool
    taken_back, mended, sent = [await desk.node.held(*CROWD, wire=wire(CROWD)) for _ in range(3)]
    ordinary = await desk.node.held(A)
    clock.advance(120)
    await store.write(hold.cancel(spool, taken_back, OWNER, ""))
    await desk.node.mender.mend(mended, hold.mending.Mend(outsiders_to_bcc=True), OWNER)
    await store.write(hold.release(spool, sent, OWNER, ""))
    await store.write(hold.cancel(spool, ordinary, OWNER, ""))
    accident = await desk.report(sent)
    await store.write(change(desk.records, accident, OWNER, Change(cause=Cause.VISIBLE_RECIPIENTS)))
    await store.write(desk.openings.open(OWNER, Opening(IncidentKind.LOSS, note="a stick")))
    drill = (
        await store.write(desk.openings.open(OWNER, Opening(IncidentKind.LOSS, note="x", is_drill=True)))
    ).incident_id
    clock.advance(timedelta(minutes=7).total_seconds())
    await store.write(add_note(desk.records, drill, OWNER, "called"))
    now = START.astimezone(TOKYO)
    whole = await reported(desk, Period(now.year))
    month = await reported(desk, Period(now.year, now.month))
    other = await reported(desk, Period(now.year, now.month % 12 + 1))
    (rule,) = [one for one in whole.rules if one.rule == RULE]

    assert (2, 1, 2) == (whole.near_misses, whole.overrides, whole.accidents)
    assert (MonthRow(now.month, 2, 1, 2),) == month.months
    assert (0, 0, 0) == (other.near_misses, other.overrides, other.accidents)
    assert {"総務": (2, 2)} == dict(whole.departments)
    # Whose mails they were only for whoever asks for names.
    assert {} == whole.people
    quiet = desk.node.policy.rules.quiet
    named = await store.read(lambda reader: report(reader, Period(now.year), TOKYO, quiet, names=True))
    assert {SENDER: (2, 1)} == dict(named.people)
    lines = list(report_lines(report_view(named, desk.node.policy.rules, "ja"), "ja"))
    assert 1 == sum(f",{SENDER},2,1," in line for line in lines)
    assert {"visible_recipients": 1, "unknown": 1} == dict(whole.causes)
    assert {"misdirected": 1, "loss": 1} == dict(whole.kinds)
    assert (3, 1, 1, 1, 120.0) == (rule.shown, rule.mended, rule.cancelled, rule.as_is, rule.seconds)
    assert (DrillRow(drill, "総務", 7, None, 0, False),) == whole.drills


async def test_rule_that_never_helps_is_named(make_node: MakeNode, store: Store, clock: StandingClock) -> None:
    """Five times stopped and five times sent as it was: the report says so, by the rule's title."""
    desk = desk_of(make_node(NOWHERE), store, clock)
    for _ in range(5):
        await store.write(hold.release(desk.node.spool, await desk.node.held(*CROWD, wire=wire(CROWD)), OWNER, ""))
    found = await reported(desk, Period(START.astimezone(TOKYO).year))
    view = report_view(found, desk.node.policy.rules, "ja")
    lines = list(report_lines(view, "ja"))

    assert ["社外の方どうしにアドレスが見える"] == view.unhelpful
    assert any(CATALOGUES["ja"]["incidents.report.by.rule"] in line and ",5,0,0,5," in line for line in lines)
    assert not any("@" in line for line in lines)
