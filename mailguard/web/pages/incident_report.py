"""The report of near misses and accidents: a year or a month, on the screen, on paper, and as a spreadsheet."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from mailguard import audit
from mailguard.errors import NotAllowed
from mailguard.incidents.report import Period, is_known_period, report
from mailguard.model.audit import AuditAction, AuditEvent
from mailguard.model.people import Right
from mailguard.store import Transaction
from mailguard.web.downloads import csv_file
from mailguard.web.report_view import ReportView, report_lines, report_view
from mailguard.web.visit import NotHere, SignedInVisit, having

router = APIRouter()

PAGE = "/incidents/report"

Handling = Annotated[SignedInVisit, Depends(having(Right.HANDLE_CASE))]


@router.get(PAGE)
async def shown(visit: Handling, year: str = "", month: str = "") -> Response:
    """The report as a page that prints cleanly."""
    period = _period(visit, year, month)
    this_year = visit.parts.clock.now().astimezone(visit.parts.policy.rules.hours.zone).year
    return visit.page(
        "incident_report.html",
        shown=await _view(visit, period),
        years=list(range(this_year, this_year - 5, -1)),
        may_see_names=_may_see_names(visit),
    )


@router.post(f"{PAGE}/names")
async def named(visit: Handling) -> Response:
    """The same with the numbers of each sender, as a page or for spreadsheets. Who asked goes on record first."""
    form = await visit.form()
    period = _period(visit, form.text("year"), form.text("month"))
    if not _may_see_names(visit):
        raise NotAllowed("may not see names")
    details: dict[str, object] = {"what": "report", "year": period.year, "month": period.month}

    def look(transaction: Transaction) -> None:
        event = AuditEvent(transaction.now, visit.actor, AuditAction.INCIDENT_SEEN, None, details)
        audit.append(transaction, event)

    await visit.write(look)
    view = await _view(visit, period, names=True)
    if form.text("as") == "csv":
        return csv_file(report_lines(view, visit.language), f"incidents-{_word(period)}-names.csv")
    return visit.page("incident_report.html", shown=view, years=[period.year], may_see_names=True)


@router.get(f"{PAGE}.csv")
async def written(visit: Handling, year: str = "", month: str = "") -> Response:
    """The same numbers for spreadsheets."""
    period = _period(visit, year, month)
    lines = report_lines(await _view(visit, period), visit.language)
    return csv_file(lines, f"incidents-{_word(period)}.csv")


def _may_see_names(visit: SignedInVisit) -> bool:
    return visit.viewer.has(Right.HANDLE_CASE) and visit.viewer.has(Right.READ_CONTENT)


def _word(period: Period) -> str:
    return f"{period.year}{f'-{period.month:02}' if period.month else ''}"


async def _view(visit: SignedInVisit, period: Period, *, names: bool = False) -> ReportView:
    rules = visit.parts.policy.rules
    found = await visit.read(
        lambda reader: report(reader, period, rules.hours.zone, rules.quiet, names=names)
    )  # fmt: skip
    return report_view(found, visit.parts.policy.in_force.files, visit.language)


def _period(visit: SignedInVisit, year: str, month: str) -> Period:
    """What was asked for; this year otherwise. Who has a department's rights alone finds nothing here."""
    if not visit.viewer.has(Right.HANDLE_CASE):
        raise NotHere
    now = visit.parts.clock.now().astimezone(visit.parts.policy.rules.hours.zone)
    asked_year = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else now.year
    asked_month = int(month) if month.isascii() and month.isdigit() and len(month) < 3 else None
    period = Period(asked_year, asked_month or None)
    if not is_known_period(period.year, period.month):
        raise NotHere
    return period
