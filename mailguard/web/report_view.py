"""The report of near misses and accidents as pages, files and spreadsheets have it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailguard.i18n import Language, text
from mailguard.incidents.report import Report
from mailguard.mime.spreadsheet import BYTE_ORDER_MARK, line_of
from mailguard.policy.rules import RuleSet
from mailguard.policy.sentences import title_of
from mailguard.web.charts import Chart, chart_of

_RULES_SHOWN = 12


@dataclass(frozen=True)
class ReportView:
    """A report with words and drawings for one language."""

    report: Report
    titles: Mapping[str, str]
    by_month: Chart
    by_department: Chart
    by_cause: Chart
    by_kind: Chart
    by_rule: Chart
    unhelpful: list[str]
    """The titles of rules that never helped."""


def report_view(found: Report, rules: RuleSet, language: Language) -> ReportView:
    """The report as it is shown."""
    titles = {rule.id: title_of(rule, language) for rule in rules.rules}
    return ReportView(
        found,
        titles,
        chart_of([(_month(one.month, language), (one.near_misses, one.accidents)) for one in found.months]),
        chart_of([(_department(name, language), counts) for name, counts in found.departments.items()]),
        chart_of([(text(language, f"incidents.cause.{name}"), (one,)) for name, one in found.causes.items()], 1),
        chart_of([(text(language, f"incidents.kind.{name}"), (one,)) for name, one in found.kinds.items()], 1),
        chart_of([(titles.get(one.rule, one.rule), (one.shown,)) for one in found.rules[:_RULES_SHOWN]]),
        [titles.get(one.rule, one.rule) for one in found.rules if one.never_helped],
    )


def report_lines(view: ReportView, language: Language) -> Iterator[str]:
    """Lines of CSV for spreadsheets: a table after another, each line beginning with what its table is."""

    def say(key: str) -> str:
        return text(language, f"incidents.report.{key}")

    found = view.report
    near, over, hit = say("near"), say("override"), say("accident")
    yield BYTE_ORDER_MARK + line_of((say("table"), say("row"), near, over, hit))
    for month in found.months:
        counts = (month.near_misses, month.overrides, month.accidents)
        yield line_of((say("by.month"), f"{found.period.year:04}-{month.month:02}", *map(str, counts)))
    for name, (near_misses, accidents) in found.departments.items():
        yield line_of((say("by.department"), _department(name, language), str(near_misses), "", str(accidents)))
    for owner, (near_misses, overrides) in found.people.items():
        yield line_of((say("by.person"), owner, str(near_misses), str(overrides), ""))
    for name, number in found.causes.items():
        yield line_of((say("by.cause"), text(language, f"incidents.cause.{name}"), "", "", str(number)))
    for name, number in found.kinds.items():
        yield line_of((say("by.kind"), text(language, f"incidents.kind.{name}"), "", "", str(number)))
    yield line_of((
        say("table"), say("row"), say("rule.shown"), say("rule.mended"), say("rule.cancelled"), say("rule.as_is"),
        say("rule.expired"), say("rule.seconds"),
    ))  # fmt: skip
    for rule in found.rules:
        seconds = "" if rule.seconds is None else str(round(rule.seconds))
        numbers = (rule.shown, rule.mended, rule.cancelled, rule.as_is, rule.expired)
        title = view.titles.get(rule.rule, rule.rule)
        yield line_of((say("by.rule"), title, *map(str, numbers), seconds))
    yield line_of((
        say("table"), say("row"), say("drill.department"), say("drill.note"), say("drill.draft"), say("drill.steps")
    ))  # fmt: skip
    for drill in found.drills:
        minutes = ("" if one is None else str(one) for one in (drill.to_note, drill.to_draft))
        department = _department(drill.department, language)
        yield line_of((say("drills"), drill.incident_id, department, *minutes, str(drill.steps)))


def _month(number: int, language: Language) -> str:
    return text(language, "incidents.report.month", number=number)


def _department(name: str, language: Language) -> str:
    return name or text(language, "incidents.list.department.none")
