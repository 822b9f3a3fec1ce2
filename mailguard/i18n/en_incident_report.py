"""The report of near misses and accidents, and drills. English."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "incidents.report.title": "Near misses and accidents",
    "incidents.report.open": "Report of the year",
    "incidents.report.of.year": "{year}",
    "incidents.report.of.month": "{year}-{month}",
    "incidents.report.year": "Year",
    "incidents.report.whole_year": "Whole year",
    "incidents.report.show": "Show",
    "incidents.report.csv": "Save for spreadsheets",
    "incidents.report.near": "Near misses",
    "incidents.report.override": "Checked and sent as it was",
    "incidents.report.accident": "Accidents",
    "incidents.report.what": (
        "A near miss is a mail that was stopped for a danger and then taken back, mended, or not sent in time. "
        "Nobody is named. Drills are no accidents."
    ),
    "incidents.report.since": "There is too much on record; only what was later than this was counted:",
    "incidents.report.drawing": "Bars: {title}. The table below says the same.",
    "incidents.report.nothing": "None in this period.",
    "incidents.report.month": "Month {number}",
    "incidents.report.table": "Table",
    "incidents.report.row": "Row",
    "incidents.report.by.month": "Month",
    "incidents.report.by.department": "Department",
    "incidents.report.by.cause": "Cause of accidents",
    "incidents.report.by.kind": "Kind of accidents",
    "incidents.report.by.rule": "Rules that stopped mail",
    "incidents.report.rule": "Rule",
    "incidents.report.rule.shown": "Stopped",
    "incidents.report.rule.mended": "Mended",
    "incidents.report.rule.cancelled": "Taken back",
    "incidents.report.rule.as_is": "Sent as it was",
    "incidents.report.rule.expired": "Ran out of time",
    "incidents.report.rule.time": "Until decided",
    "incidents.report.rule.seconds": "Seconds until decided (median)",
    "incidents.report.rule.what": (
        "A mail counts once for each rule that stopped it. The time until decided is the median: half took no longer."
    ),
    "incidents.report.unhelpful": (
        "No mail that these rules stopped was taken back or mended. Think about whether they are right:"
    ),
    "incidents.report.seconds": "{number} s",
    "incidents.report.minutes": "{number} min",
    "incidents.report.hours": "{number} h",
    "incidents.report.drills": "Drills",
    "incidents.report.drills.none": "No drills in this period.",
    "incidents.report.drill.department": "Department",
    "incidents.report.drill.note": "Until the first note",
    "incidents.report.drill.draft": "Until a draft",
    "incidents.report.drill.steps": "Steps done",
    "incidents.report.drill.what": "Minutes from the beginning of the drill.",
}
