"""Who hears of an incident at once, and in which words. Nothing of the mail is in them; whoever reads signs in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mailguard.accounts.people import holders_of, persons_of
from mailguard.incidents.queries import Reader
from mailguard.incidents.response import Response
from mailguard.model.incident import Incident, IncidentKind
from mailguard.model.people import Person, Role
from mailguard.notify.incident_wording import IncidentTold, incident_words
from mailguard.notify.wording import Reader as NoticeReader
from mailguard.notify.wording import Words


def officers_for(reader: Reader, incident: Incident) -> frozenset[str]:
    """The addresses of everybody who is to work on it; empty where no officer is named."""
    return frozenset(one.address for one in officers(reader, incident))


def officers(reader: Reader, incident: Incident) -> list[Person]:
    """Security officers and then those of the department, disabled ones left out.

    What an insider did is for security officers alone.
    """
    office_wide = holders_of(reader, Role.SECURITY_OFFICER)
    is_for_department = incident.department and incident.kind is not IncidentKind.INSIDER
    of_department = holders_of(reader, Role.DEPARTMENT_OFFICER, [incident.department]) if is_for_department else []
    wanted = list(dict.fromkeys([*office_wide, *of_department]))
    people = persons_of(reader, wanted)
    return [people[one] for one in wanted if not people[one].is_disabled]


def told_words(
    incident: Incident, by: Person, responses: Sequence[Response], link: str
) -> Callable[[NoticeReader], Words]:
    """The words of the notice, for whoever reads it."""
    told = IncidentTold(
        incident.incident_id,
        incident.kind,
        by.name or by.address,
        incident.opened_at,
        incident.is_drill,
        sum(len(one.stopped) for one in responses),
        sum(len({*one.gone, *one.sending}) for one in responses),
        sum(len(one.returned) for one in responses),
        bool(incident.queue_ids),
        link,
    )
    return lambda reader: incident_words(told, reader)
