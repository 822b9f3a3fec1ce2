"""The record of who did what, the newest first. It holds no mail; what somebody read of others' mail is in it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.responses import Response

from mailguard import audit
from mailguard.audit.browsing import Wanted, export
from mailguard.audit.meaning import words_key
from mailguard.model.address import comparable
from mailguard.model.audit import AuditAction
from mailguard.model.people import Right
from mailguard.web.downloads import csv_file
from mailguard.web.forms import Mistake, asked
from mailguard.web.pages.mail import titles
from mailguard.web.record_words import details_in_words, worker_of
from mailguard.web.visit import SignedInVisit, having

router = APIRouter()

PAGE = "/office/audit"

Seeing = Annotated[SignedInVisit, Depends(having(Right.SEE_AUDIT))]


@router.get(PAGE)
async def listed(
    visit: Seeing,
    mail: str = "",
    person: str = "",
    action: str = "",
    since: str = "",
    until: str = "",
    before: str = "",
) -> Response:
    """Some entries, filtered, and where to go on."""
    filters = _filters(mail=mail, person=person, action=action, since=since, until=until)
    wanted, mistakes = _wanted(visit, filters)
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None
    page = await visit.read(lambda reader: audit.newest(reader, wanted, number))
    zone = visit.parts.policy.rules.hours.zone
    return visit.page(
        "audit.html",
        status=422 if mistakes else 200,
        mistakes=mistakes,
        entries=page.entries,
        asked=filters,
        more="" if page.before is None else urlencode({**filters, "before": page.before}),
        file=urlencode(filters),
        is_stopped=page.is_stopped,
        is_first=number is None,
        actions=[(one, words_key(one)) for one in AuditAction],
        word_of=words_key,
        worker_of=lambda name: worker_of(name, visit.language),
        details_of=lambda event: details_in_words(event.details, visit.language, zone, titles(visit)),
    )


@router.get(f"{PAGE}.csv")
async def written(
    visit: Seeing, mail: str = "", person: str = "", action: str = "", since: str = "", until: str = ""
) -> Response:
    """The same entries as a file for spreadsheets."""
    wanted, _ = _wanted(visit, _filters(mail=mail, person=person, action=action, since=since, until=until))
    return csv_file(await visit.read(lambda reader: list(export(reader, wanted))), "audit.csv")


def _filters(**typed: str) -> dict[str, str]:
    """What was asked for by its fields; those that are empty are left out."""
    return {name: asked(value) for name, value in typed.items() if asked(value)}


def _wanted(visit: SignedInVisit, filters: dict[str, str]) -> tuple[Wanted, list[Mistake]]:
    """What was asked for; a day is one of the office's, from its first moment to its last."""
    mistakes: list[Mistake] = []
    moments: dict[str, datetime | None] = {"since": None, "until": None}
    for field in moments:
        typed = filters.get(field, "")
        if not typed:
            continue
        try:
            day = date.fromisoformat(typed)
            moment = datetime.combine(day, time(), visit.parts.policy.rules.hours.zone)
            moments[field] = moment + timedelta(days=1) if field == "until" else moment
        except (ValueError, OverflowError):
            mistakes.append(Mistake(field, "audit.page.no_day"))
    action = next((one for one in AuditAction if one.value == filters.get("action", "")), None)
    person = filters.get("person", "")
    return (
        Wanted(
            queue_id=filters.get("mail", ""),
            person=comparable(person) if "@" in person else person,
            actions=frozenset() if action is None else frozenset({action}),
            since=moments["since"],
            until=moments["until"],
        ),
        mistakes,
    )
