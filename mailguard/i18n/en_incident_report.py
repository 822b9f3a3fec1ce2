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
    "incidents.report.table.of": "Table: {title}",
    "incidents.report.table": "Table",
    "incidents.report.row": "Row",
    "incidents.report.by.month": "Month",
    "incidents.report.by.person": "Sender",
    "incidents.report.names.what": "The report names nobody. Whoever has senders shown goes on record.",
    "incidents.report.names.show": "Show the numbers of each sender",
    "incidents.report.names.csv": "Save with the numbers of each sender",
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
    "incidents.open.known_at": "When did anybody of the office first know?",
    "incidents.open.known_at.hint": "Left empty: now. The times for reports are counted from then.",
    "incidents.open.mails": "Mails it is about",
    "incidents.open.mails.hint": (
        "Their numbers, or the addresses of their pages: what was not sent yet is stopped at once."
    ),
    "incidents.field.severity": "Severity",
    "incidents.page.severity.hint": "In the words your office uses, such as: severe, medium, minor",
    "incidents.mistake.severity": "A severity may have {max} characters.",
    "incidents.drill.banner": "This is a drill. Nothing is stopped, and nothing leaves the office.",
    "incidents.drill.title": "Begin a drill",
    "incidents.drill.what": (
        "The work on an incident, on the same pages. Officers get a notice that says drill. "
        "Nothing is stopped, and nothing leaves the office."
    ),
    "incidents.drill.situation": "Which situation?",
    "incidents.drill.crowd": "54 parents in Cc see each other's addresses",
    "incidents.drill.crowd.note": "54 parents were put into Cc instead of Bcc. Two hours later one of them called.",
    "incidents.drill.crowd.subject": "About the sports day",
    "incidents.drill.workbook": "A list of 1,939 children went to six kindergartens",
    "incidents.drill.workbook.note": (
        "A sheet meant for one kindergarten held names and birth dates of all 1,939 children. One address returned it."
    ),
    "incidents.drill.workbook.subject": "Please check your children",
    "incidents.drill.health": "One person's health check went to somebody else at work",
    "incidents.drill.health.note": (
        "The result was meant for the person and went to the employer's contact. The person asked about it a day later."
    ),
    "incidents.drill.health.subject": "Result of the health check",
    "incidents.drill.real": "Use the record of a real mail",
    "incidents.drill.real.hint": "Its number, or the address of its page. Nothing is done to that mail.",
    "incidents.drill.real.note": "A drill with the record of a real mail",
    "incidents.drill.mail": "Number of the mail",
    "incidents.drill.begin": "Begin the drill",
    "incidents.drill.begun": "The drill has begun. Work on it as on a real incident.",
    "incidents.drill.mistake.none": "Choose a situation, or write the number of a mail.",
}
