"""An incident before somebody who is signed in: what its pages show, and what they may do with it.

One they may not see is answered as one that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mailguard.accounts.people import persons_of
from mailguard.errors import UnknownIncident
from mailguard.i18n import CATALOGUES, Language, text
from mailguard.incidents.deciding import deadlines_of
from mailguard.incidents.drills import made_up
from mailguard.incidents.facts import MailFact, mail_fact
from mailguard.incidents.next_due import NextDue, next_dues
from mailguard.incidents.permission import IncidentAct, allowed
from mailguard.incidents.telling import officers
from mailguard.incidents.triage import triage_of
from mailguard.model.address import comparable
from mailguard.model.audit import ActorKind
from mailguard.model.incident import Entry, EntryKind, Incident, IncidentId
from mailguard.model.people import Person, Viewer
from mailguard.model.protection import Channel
from mailguard.model.queue import QueueId
from mailguard.policy.incident_plan import IncidentPlan
from mailguard.policy.law_words import ConsequenceWords, spoken_day, words_of
from mailguard.web import showing
from mailguard.web.incident_letter_words import letter_words
from mailguard.web.incident_tabs import Tab, tabs_of
from mailguard.web.parts import WebParts
from mailguard.web.visit import NotHere, SignedInVisit

JAPAN = ZoneInfo("Asia/Tokyo")
"""Where the days of the law are counted, whatever the office's zone is."""
_COUNTED = frozenset({"dues", "left_open"})
"""Details of a change that are lists of other things than before and after."""
_NUMBER = re.compile(r"[0-9]{4}-[0-9]{4,9}")


@dataclass(frozen=True)
class IncidentView:
    """An incident with what is known of it. ``people``: who acted and who is told, by address.

    ``next_due``: what must be done first, None where nothing that is open has a time.
    """

    incident: Incident
    acts: frozenset[IncidentAct]
    facts: tuple[MailFact, ...]
    entries: tuple[Entry, ...]
    officers: tuple[Person, ...]
    people: Mapping[str, Person]
    next_due: NextDue | None = None

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/incidents/{self.incident.incident_id}"

    @property
    def tabs(self) -> list[Tab]:
        """Its pages, as far as this person sees them."""
        return tabs_of(self.acts)

    def name_of(self, address: str) -> str:
        """What somebody is called."""
        known = self.people.get(comparable(address))
        return known.name if known is not None and known.name else address


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """A step as the timeline shows it. ``lines``: sentences besides the first; ``who``: "" for ourselves."""

    at: datetime
    who: str
    said: str
    lines: tuple[str, ...]
    note: str


async def incident_view(visit: SignedInVisit, incident_id: IncidentId, act: IncidentAct) -> IncidentView:
    """The incident as it stands now. Raises ``NotHere`` where there is none with which they may do that."""
    if not _NUMBER.fullmatch(incident_id):
        raise NotHere
    return await visit.read(lambda reader: read_incident(visit.parts, reader, visit.viewer, incident_id, act))


def read_incident(
    parts: WebParts, reader: Connection, viewer: Viewer, incident_id: IncidentId, act: IncidentAct
) -> IncidentView:
    """As ``incident_view``."""
    try:
        incident = parts.incidents.incident(reader, incident_id)
    except UnknownIncident:
        raise NotHere from None
    acts = acts_of(parts, reader, viewer, incident)
    if act not in acts:
        raise NotHere
    facts = tuple(_fact(parts, reader, queue_id) for queue_id in incident.queue_ids)
    entries = tuple(parts.incidents.entries(reader, incident_id))
    facts += made_up(incident, entries, parts.settings.office.language)
    told = officers(reader, incident)
    actors = {one.actor.name for one in entries if one.actor.kind is ActorKind.PERSON}
    people = persons_of(reader, actors | {incident.opened_by})
    due = next_dues(reader, [incident_id], parts.policy.rules, parts.clock.now()).get(incident_id)
    return IncidentView(incident, acts, facts, entries, tuple(told), people, due)


def acts_of(parts: WebParts, reader: Connection, viewer: Viewer, incident: Incident) -> frozenset[IncidentAct]:
    """What somebody may do with an incident."""
    owners = {
        comparable(parts.spool.mail(reader, queue_id).submission.session.owner) for queue_id in incident.queue_ids
    }
    return allowed(viewer, incident, owners)


def consequence_words(parts: WebParts, view: IncidentView, language: Language) -> tuple[ConsequenceWords, str]:
    """What it may mean by law, and from which day that is counted."""
    law = parts.policy.rules.law
    today = parts.clock.now().astimezone(JAPAN).date()
    consequence = triage_of(view.incident, view.facts, view.entries, law).consequence
    deadlines = deadlines_of(view.incident, view.facts, view.entries, law)
    words = words_of(replace(consequence, deadlines=deadlines), language, today)
    return words, spoken_day(consequence.known_on, language)


def timeline(view: IncidentView, language: Language, zone: ZoneInfo, plan: IncidentPlan) -> list[ShownEntry]:
    """What was done, the newest first. ``plan``: the office's steps."""
    return [
        ShownEntry(
            one.at,
            view.name_of(one.actor.name) if one.actor.kind is ActorKind.PERSON else "",
            _said(one, language, plan),
            tuple(_lines(one, language, zone)),
            one.note,
        )
        for one in reversed(view.entries)
    ]


def evidence(view: IncidentView, language: Language) -> list[tuple[str, str]]:
    """The hashes that were noted, each with what it is of."""
    found: list[tuple[str, str]] = []
    for one in view.entries:
        if one.kind is not EntryKind.FROZEN:
            continue
        found += [
            (text(language, "incidents.page.evidence.content"), str(content[1]))
            for content in _list(one.details.get("contents"))
            if isinstance(content, list)
        ]
        if last := _list(one.details.get("last_event")):
            found.append((text(language, "incidents.page.evidence.record", seq=last[0]), str(last[1])))
    return found


def _fact(parts: WebParts, reader: Connection, queue_id: QueueId) -> MailFact:
    directory = parts.policy.rules.directory
    usual = Channel(parts.settings.protection.channel)
    return mail_fact(
        parts.spool, parts.records, reader, queue_id, usual, directory.is_outside, directory.people_group
    )  # fmt: skip


def _said(one: Entry, language: Language, plan: IncidentPlan) -> str:
    key = f"incidents.entry.{one.kind}"
    if (words := letter_words(one, language)) is not None:
        return words
    if one.kind is EntryKind.OPENED and "by" in one.details:
        return text(language, f"{key}.{one.details['by']}")
    if one.kind is EntryKind.KEY_TOLD:
        return text(language, f"{key}.{one.details['told']}")
    if one.kind is EntryKind.DECIDED:
        return text(language, f"{key}.{'yes' if one.details.get('report') else 'no'}")
    if one.kind is EntryKind.STEP:
        step = next((it for it in plan.steps if it.id == one.details.get("step")), None)
        name = text(language, "incident.due.step.gone") if step is None else step.text.get(language, step.id)
        return text(language, f"incident.due.step.{one.details.get('state') or 'note'}", step=name)
    if one.kind is EntryKind.REMINDED:
        counts = {name: _count(one, name) for name in ("soon", "over", "people")}
        return text(language, "incident.due.told" if counts["people"] else "incident.due.told.nobody", **counts)
    if one.kind is EntryKind.STOPPED:
        counts = {name: _count(one, name) for name in ("stopped", "gone", "sending")}
        return text(language, key if counts["stopped"] else f"{key}.nothing", **counts)
    if one.kind is EntryKind.TOLD:
        return (
            text(language, key, count=_count(one, "people"))
            if _count(one, "people")
            else text(language, f"{key}.nobody")
        )
    return text(language, key)


def _lines(one: Entry, language: Language, zone: ZoneInfo) -> list[str]:
    if one.kind is EntryKind.STOPPED:
        names = {"stopped": "passwords_stopped", "told": "passwords_told", "with_sender": "with_sender"}
        counts = {name: _count(one, field) for name, field in names.items()}
        returned = _count(one, "returned")
        return [text(language, "incidents.entry.returned", count=returned)] * bool(returned) + [
            text(language, f"incidents.entry.passwords.{name}", count=count) for name, count in counts.items() if count
        ]
    if one.kind not in (EntryKind.CHANGED, EntryKind.KNOWN_AT):
        return []
    moved = [text(language, "incident.due.moved", count=_count(one, "dues"))] if _count(one, "dues") else []
    if left := _count(one, "left_open"):
        moved.append(text(language, "incidents.closing.left", count=left))
    return [
        text(
            language, "incidents.entry.change", field=text(language, f"incidents.field.{name}"),
            before=_value(name, values[0], language, zone), after=_value(name, values[1], language, zone),
        )
        for name, values in ((name, _list(given)) for name, given in one.details.items() if name not in _COUNTED)
        if len(values) == 2
    ] + moved  # fmt: skip


def _value(name: str, value: object, language: Language, zone: ZoneInfo) -> str:
    if name == "known_at":
        return str(showing.when(datetime.fromisoformat(str(value)), zone, language).striptags())
    return CATALOGUES[language].get(f"incidents.{name}.{value}", str(value))


def _count(one: Entry, name: str) -> int:
    return len(_list(one.details.get(name)))


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()
