"""The first lines of an incident's page. English."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "incidents.glance.title": "Where it stands",
    "incidents.glance.happened": "What happened",
    "incidents.glance.leaked": "{count} wrong {count:address has|addresses have} it.",
    "incidents.glance.leaked.sealed": (
        "{count} wrong {count:address has|addresses have} it. {sealed} of them cannot open it without the password."
    ),
    "incidents.glance.nobody": "No wrong address has it.",
    "incidents.glance.about": "Personal data of {persons} is in it ({kinds}).",
    "incidents.glance.persons": "{count} {count:person|people}",
    "incidents.glance.persons.least": "at least {count} {count:person|people}",
    "incidents.glance.persons.unknown": "an unknown number of people",
    "incidents.glance.more": "{count} more {count:kind|kinds}",
    "incidents.glance.nothing": "No personal data was found in it.",
    "incidents.glance.unreadable": "Nobody could look into a part of it.",
    "incidents.glance.reporting": "Report to the authority",
    "incidents.glance.decide": "Decide whether to report it",
    "incidents.glance.by": "Decided {at} by {who}",
}
