"""What wrong recipients were asked and answered, one by one; answers by telephone are written down here.

Who was asked and what counts is for everybody who works on the incident; the words of answers may name people, and are
shown after the look was put on record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from mailguard.incidents.answers import OFFERED, Answer, Said, Wrong
from mailguard.incidents.opening import NOTE_MAX
from mailguard.incidents.permission import IncidentAct
from mailguard.incidents.request_queries import fates_of
from mailguard.incidents.scope import ScopeRecipient, scope_of
from mailguard.model.incident import Entry, IncidentId
from mailguard.model.queue import QueueId, State
from mailguard.store.times import from_micros
from mailguard.web.forms import Mistake
from mailguard.web.incident_look import may_look, record_look
from mailguard.web.incident_view import IncidentView, incident_view
from mailguard.web.visit import SignedIn, SignedInVisit

router = APIRouter()

_PAGE = "/incidents/{incident_id}/deletion"
LOOK = "answers"
ASKED = "asked"
"""What an officer notes who asked by telephone and has no answer yet."""
_URGENCY = (
    Answer.UNCLEAR, Answer.FORWARDED, Answer.NOT_DELETED, Answer.RETURNED, Answer.AUTOMATIC, None,
    Answer.DELETED_OPENED, Answer.DELETED_UNOPENED,
)  # fmt: skip
"""Among many those come first about whom there is something to do; None: nobody has answered."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer as the page shows it. ``text``: its words, "" where there are none or they may not be seen."""

    said: Said
    text: str
    sender: str
    note: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who has the mail, or may have. ``letter``: where the newest letter stands, None where none was sent."""

    recipient: ScopeRecipient
    letter: tuple[State, datetime] | None
    heard: tuple[Heard, ...]


@router.get(_PAGE)
async def shown(visit: SignedIn, incident_id: IncidentId, look: str = "") -> Response:
    """Everybody who got it, and what they answered."""
    view = await incident_view(visit, incident_id, IncidentAct.SEE)
    sees = IncidentAct.SEE_NAMES in view.acts and bool(look) and may_look(visit, view, LOOK, look)
    return await _page(visit, view, sees=sees)


@router.post(f"{_PAGE}/open")
async def opened(visit: SignedIn, incident_id: IncidentId) -> Response:
    """Puts on record that somebody reads the answers, and leads to them."""
    view = await incident_view(visit, incident_id, IncidentAct.SEE_NAMES)
    word = await record_look(visit, view, LOOK)
    return visit.go(f"{view.path}/deletion?look={word}")


@router.post(f"{_PAGE}/answer")
async def answered(visit: SignedIn, incident_id: IncidentId) -> Response:
    """Writes down what somebody said by telephone, or that they were asked so."""
    view = await incident_view(visit, incident_id, IncidentAct.WORK)
    form = await visit.form()
    who, answer, note = form.text("who"), form.text("answer"), form.text("note")
    people = {tick_of(one): one for one in scope_of(view.facts, view.entries).recipients if one.has_it}
    mistakes = []
    if who not in people:
        mistakes.append(Mistake("who", "incidents.deletion.mistake.who"))
    if answer not in (*OFFERED, ASKED):
        mistakes.append(Mistake("answer", "incidents.deletion.mistake.answer"))
    if not note or len(note) > NOTE_MAX:
        mistakes.append(Mistake("note", "incidents.deletion.mistake.note"))
    if mistakes:
        return await _page(visit, view, mistakes=mistakes, typed={"who": who, "answer": answer, "note": note})
    deletions, wrong = visit.parts.deletions, people[who].wrong
    if answer == ASKED:
        await visit.write(deletions.asked_by_hand(incident_id, visit.actor, wrong, note))
    else:
        await visit.write(deletions.answered_by_hand(incident_id, visit.actor, wrong, Answer(answer), note))
    return visit.go(f"{view.path}/deletion", "success", "incidents.deletion.written")


async def _page(
    visit: SignedInVisit,
    view: IncidentView,
    *,
    sees: bool = False,
    mistakes: list[Mistake] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    scope = scope_of(view.facts, view.entries)
    leaked = scope.leaked_to
    letters = await visit.read(lambda reader: _letters(reader, leaked))
    entries = {one.number: one for one in view.entries}
    people = [
        Asked(one, letters.get(one.wrong), tuple(_heard(one, entries, sees=sees)))
        for one in sorted(leaked, key=lambda one: _URGENCY.index(one.replies.counted))
    ]
    wrong = [one.wrong for one in leaked]
    waited = scope.answers.waited(wrong, view.incident.known_at)
    return visit.page(
        "incident_deletion.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        view=view,
        people=people,
        counts=[(one, scope.answers.count(wrong, one)) for one in (*OFFERED, Answer.UNCLEAR)],
        missing=sum(bool(one.replies.asked) and one.replies.counted is None for one in leaked),
        unasked=sum(not one.replies.asked and one.replies.counted is None for one in leaked),
        is_all_unread=scope.all_unread,
        hours=None if waited is None else waited.total_seconds() / 3600,
        sees=sees,
        may_see=IncidentAct.SEE_NAMES in view.acts,
        may_write=IncidentAct.WORK in view.acts and view.incident.is_open,
        has_words=any(one.replies.said for one in leaked),
        offered=OFFERED,
        asked_word=ASKED,
        tick_of=tick_of,
        typed={"who": "", "answer": "", "note": "", **(typed or {})},
    )


def tick_of(one: ScopeRecipient) -> str:
    """What a form calls a recipient."""
    return f"{one.queue_id}-{one.position}"


def _letters(reader: Connection, leaked: tuple[ScopeRecipient, ...]) -> dict[Wrong, tuple[State, datetime]]:
    """Where the newest letter to each stands."""
    newest: dict[Wrong, QueueId] = {}
    for one in leaked:
        sent = [asked.sent_as for asked in one.replies.asked if asked.sent_as]
        if sent:
            newest[one.wrong] = sent[-1]
    fates = {
        row.queue_id: (State(row.state), from_micros(row.changed_at))
        for row in fates_of(reader, list(newest.values()))
    }  # fmt: skip
    return {wrong: fates[sent_as] for wrong, sent_as in newest.items() if sent_as in fates}


def _heard(one: ScopeRecipient, entries: Mapping[int, Entry], *, sees: bool) -> list[Heard]:
    found = []
    for said in one.replies.said:
        entry = entries[said.number]
        words = str(entry.sealed.get("text", "")) if sees else ""
        sender = str(entry.sealed.get("from", "")) if sees else ""
        found.append(Heard(said, words, sender, entry.note if sees else ""))
    return found
