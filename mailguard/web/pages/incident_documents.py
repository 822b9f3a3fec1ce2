"""The documents of an incident: drafts from the record, edited, signed, sent or taken out as files.

All of it is for whoever may see names. Opening a document goes on record; its page is shown by the word that gives.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.responses import Response

from mailguard.errors import NotAllowed, StaleState
from mailguard.i18n import Language, text
from mailguard.incidents.deletion import UNANSWERABLE
from mailguard.incidents.documents import (
    SECTION_MAX,
    Deed,
    Version,
    document_events,
    done_outside,
    release,
    save,
)
from mailguard.incidents.drafting import drafted
from mailguard.incidents.known import Known, known_of
from mailguard.incidents.letters import addressed, asking
from mailguard.incidents.opening import NOTE_MAX
from mailguard.incidents.permission import IncidentAct
from mailguard.incidents.person_notices import send_notices
from mailguard.incidents.scope import ScopeRecipient
from mailguard.model.documents import LETTERS, REPORTS, Addressee, Document, DocumentKind, Fill
from mailguard.model.incident import IncidentId
from mailguard.web.document_form import differences, document_in, people_lines
from mailguard.web.forms import Form, Mistake
from mailguard.web.incident_look import may_look, record_look
from mailguard.web.incident_view import IncidentView, incident_view
from mailguard.web.visit import NotHere, SignedIn, SignedInVisit

router = APIRouter()

_LIST = "/incidents/{incident_id}/documents"
_ONE = f"{_LIST}/{{name}}"
LOOK = "documents"
JAPAN = ZoneInfo("Asia/Tokyo")
FILES = ("docx", "pdf", "txt")
PRINTED = "letters"
"""The letters to those without a mail address, as one file for the printer."""
OUTSIDE = frozenset(DocumentKind) - {DocumentKind.DELETION_REQUEST}
"""Kinds people do something with outside: file, publish, hand over, tell. Requests have a page of their own."""


@router.get(_LIST)
async def listed(visit: SignedIn, incident_id: IncidentId) -> Response:
    """Every document and how it stands; none of their words."""
    view = await incident_view(visit, incident_id, IncidentAct.SEE_NAMES)
    heads = await visit.read(lambda reader: visit.parts.documents.heads(reader, incident_id))
    known = known_now(visit, view)
    drafts = {kind: drafted(kind, known, visit.parts.policy.rules.templates, _office(visit)) for kind in DocumentKind}
    return visit.page(
        "incident_documents.html",
        view=view,
        # Where no mail went wrong nobody can delete one.
        kinds=[one for one in DocumentKind if view.facts or one is not DocumentKind.DELETION_REQUEST],
        heads=heads,
        drafts=drafts,
        events=document_events(view.entries).of,
        fill=Fill,
        reports=REPORTS,
    )


@router.post(f"{_ONE}/open")
async def opened(visit: SignedIn, incident_id: IncidentId, name: str) -> Response:
    """Puts on record that somebody looks at a document, and leads to it."""
    view = await incident_view(visit, incident_id, IncidentAct.SEE_NAMES)
    kind = _kind(name)
    return visit.go(await _path_of(visit, view, kind))


@router.get(_ONE)
async def shown(visit: SignedIn, incident_id: IncidentId, name: str, look: str = "", version: int = 0) -> Response:
    """A document as a form: the newest version, an older one, or the draft where nobody saved one yet."""
    view = await incident_view(visit, incident_id, IncidentAct.SEE_NAMES)
    kind = _kind(name)
    if not may_look(visit, view, LOOK, look, document=kind.value):
        return visit.page("incident_document_closed.html", view=view, kind=kind)
    return await _page(visit, view, kind, look, number=version)


@router.post(_ONE)
async def written(visit: SignedIn, incident_id: IncidentId, name: str) -> Response:
    """Keeps what was written, and gives it away as a file where that was asked; or writes the draft anew."""
    view = await incident_view(visit, incident_id, IncidentAct.SEE_NAMES)
    if IncidentAct.WORK not in view.acts:
        raise NotAllowed("may not write")
    kind, form = _kind(name), await visit.form()
    act = form.text("act")
    language: Language = "en" if form.text("language") == "en" else "ja"
    draft = drafted(kind, known_now(visit, view), visit.parts.policy.rules.templates, language)
    if act == "redraft":
        return await _shown_again(visit, view, kind, unsaved=draft)
    versions = await _versions(visit, incident_id, kind)
    base = versions[-1].body if versions and versions[-1].body.language == language else draft
    body = document_in(form, base)
    if any(len(one.text) > SECTION_MAX for one in body.sections):
        mistake = Mistake("", "incidents.documents.mistake.long", {"max": SECTION_MAX})
        return await _shown_again(visit, view, kind, unsaved=body, mistakes=[mistake])
    version = await visit.write(
        save(visit.parts.incidents, visit.parts.documents, incident_id, visit.actor, body)
    )  # fmt: skip
    if act in (*FILES, PRINTED):
        await record_look(visit, view, LOOK, document=kind.value, version=version.number, file=act)
        return await _file(visit, view, version, act)
    if (other := _unseen(visit, form.text("seen"), versions, version)) is not None:
        # Both are kept; but whoever saved this one has not read what the other changed.
        return visit.go(
            await _path_of(visit, view, kind), "warning", "incidents.documents.saved.over",
            number=version.number, other=other,
        )  # fmt: skip
    place = "#release" if version.body.count(Fill.BLANK) == 0 else ""
    return visit.go(
        f"{await _path_of(visit, view, kind)}{place}", "success", "incidents.documents.saved", number=version.number
    )  # fmt: skip


@router.post(f"{_ONE}/release")
async def released(visit: SignedIn, incident_id: IncidentId, name: str) -> Response:
    """Signs the newest version; a letter is sent to those who are chosen."""
    view = await incident_view(visit, incident_id, IncidentAct.SEE_NAMES)
    if IncidentAct.DECIDE not in view.acts:
        raise NotAllowed("may not release")
    kind, form = _kind(name), await visit.form()
    number = int(form.text("version")) if form.text("version").isdigit() else 0
    chosen = form.texts("to")
    if mistakes := _release_mistakes(kind, form, chosen):
        return await _shown_again(visit, view, kind, mistakes=mistakes)
    if kind not in LETTERS:
        await visit.write(release(visit.parts.incidents, visit.parts.documents, incident_id, visit.actor, kind, number))
        return visit.go(await _path_of(visit, view, kind), "success", "incidents.documents.released")
    seen = int(form.text("sent")) if form.text("sent").isdigit() else 0
    try:
        count = await _sent(visit, view, kind, number, chosen, seen)
    except StaleState:
        view = await incident_view(visit, incident_id, IncidentAct.SEE_NAMES)
        if _times_sent(view, kind) == seen:
            raise
        mistake = Mistake("to", "incidents.documents.mistake.sent_meanwhile")
        return await _shown_again(visit, view, kind, mistakes=[mistake])
    visit.parts.hint()
    path = f"{view.path}/deletion" if kind is DocumentKind.DELETION_REQUEST else await _path_of(visit, view, kind)
    key = "incidents.documents.drilled" if view.incident.is_drill else "incidents.documents.sent"
    return visit.go(path, "success", key, count=count)


async def _sent(
    visit: SignedInVisit, view: IncidentView, kind: DocumentKind, number: int, chosen: list[str], seen: int
) -> int:
    """Sends letters to those chosen; how many. Raises ``StaleState`` where they were sent, or written anew, since."""
    parts, incident_id = visit.parts, view.incident.incident_id
    if kind is DocumentKind.DELETION_REQUEST:
        people = {_tick(one): one for one in known_now(visit, view).scope.recipients if one.has_it}
        names = {people[one].wrong: people[one].name for one in chosen if one in people}
        work = parts.deletions.ask(incident_id, visit.actor, number, list(names), names, seen)
    else:
        places = {int(one) for one in chosen if one.isdigit()}
        hostname = parts.settings.office.hostname
        work = send_notices(
            parts.incidents, parts.documents, parts.deletions, hostname, incident_id, visit.actor, number, places, seen
        )
    # Some dozens of mails take longer than what others wait for.
    return await parts.store.write(work, is_brief=False)


@router.post(f"{_ONE}/outside")
async def outside(visit: SignedIn, incident_id: IncidentId, name: str) -> Response:
    """Notes that people filed, published or handed over what a document is for."""
    view = await incident_view(visit, incident_id, IncidentAct.SEE_NAMES)
    if IncidentAct.WORK not in view.acts:
        raise NotAllowed("may not write")
    kind, form = _kind(name), await visit.form()
    if kind not in OUTSIDE:
        raise NotHere
    today, note = visit.parts.clock.now().astimezone(JAPAN).date(), form.text("note")
    on = _day(form.text("on"))
    mistakes = []
    if on is None or on > today:
        mistakes.append(Mistake("on", "incidents.documents.mistake.on"))
    if not note or len(note) > NOTE_MAX:
        mistakes.append(Mistake("note", "incidents.documents.mistake.note"))
    if mistakes or on is None:
        return await _shown_again(visit, view, kind, mistakes=mistakes)
    await visit.write(done_outside(visit.parts.incidents, incident_id, visit.actor, kind, on, note, today))
    return visit.go(await _path_of(visit, view, kind), "success", "incidents.documents.noted")


async def _path_of(visit: SignedInVisit, view: IncidentView, kind: DocumentKind) -> str:
    """Where a document is shown to somebody whose look at it goes on record now."""
    word = await record_look(visit, view, LOOK, document=kind.value)
    return f"{view.path}/documents/{kind.value}?look={word}"


def known_now(visit: SignedInVisit, view: IncidentView) -> Known:
    """What the record knows of the incident."""
    settings = visit.parts.settings
    contact = settings.incidents.contact or settings.protection.contact
    return known_of(
        view.incident, view.facts, view.entries, visit.parts.policy.rules, settings.office.name, contact,
        visit.parts.clock.now(),
    )  # fmt: skip


async def _shown_again(
    visit: SignedInVisit,
    view: IncidentView,
    kind: DocumentKind,
    *,
    unsaved: Document | None = None,
    mistakes: list[Mistake] | None = None,
) -> Response:
    """A form as the answer to a form: the document stands in it, so this is a look of its own."""
    word = await record_look(visit, view, LOOK, document=kind.value)
    return await _page(visit, view, kind, word, unsaved=unsaved, mistakes=mistakes)


async def _page(
    visit: SignedInVisit,
    view: IncidentView,
    kind: DocumentKind,
    look: str,
    *,
    number: int = 0,
    unsaved: Document | None = None,
    mistakes: list[Mistake] | None = None,
) -> Response:
    versions = await _versions(visit, view.incident.incident_id, kind)
    newest = versions[-1] if versions else None
    chosen = next((one for one in versions if one.number == number), newest)
    known = known_now(visit, view)
    language = _office(visit) if chosen is None or unsaved is not None else _language(chosen.body)
    draft = drafted(kind, known, visit.parts.policy.rules.templates, language)
    body = unsaved or (draft if chosen is None else chosen.body)
    is_newest = unsaved is None and newest is not None and chosen is newest
    sent = await visit.read(
        lambda reader: visit.parts.documents.sent(reader, view.incident.incident_id, kind) if kind in LETTERS else []
    )
    sent_to = {one.body.people[0].address for one in sent if one.body.people}
    return visit.page(
        "incident_document.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        view=view,
        kind=kind,
        body=body,
        shown=None if unsaved is not None else chosen,
        newest=newest,
        versions=versions,
        is_newest=is_newest,
        differences=differences(draft, body) if unsaved is None and chosen is not None else [],
        fill=Fill,
        reports=REPORTS,
        letters=LETTERS,
        outside_kinds=OUTSIDE,
        happened=document_events(view.entries).of.get(kind, ()),
        times_sent=_times_sent(view, kind),
        people=people_lines(body.people),
        sent_to=sent_to,
        wrong=[one for one in known.scope.recipients if one.has_it],
        tick_of=_tick,
        is_due=_is_due(known),
        preview=_preview(visit, body, known) if kind in LETTERS else None,
        may_write=IncidentAct.WORK in view.acts,
        may_release=IncidentAct.DECIDE in view.acts,
        today=visit.parts.clock.now().astimezone(JAPAN).date().isoformat(),
        look=look,
        deed=Deed,
    )


def _unseen(visit: SignedInVisit, seen: str, before: list[Version], saved: Version) -> int | None:
    """The newest version that somebody else saved since the page was opened; None where there is none."""
    if not seen.isdigit():
        return None
    others = [one.number for one in before if one.actor.name != visit.actor.name and one.number != saved.number]
    return next((one for one in reversed(others) if one > int(seen)), None)


def _times_sent(view: IncidentView, kind: DocumentKind) -> int:
    return len(document_events(view.entries).those(kind, Deed.SENT))


def _is_due(known: Known) -> dict[str, bool]:
    """Whom a request is for now: those nobody asked, and once all were asked those who have not answered."""
    leaked = known.scope.leaked_to
    unasked = [one for one in leaked if not one.replies.asked]
    due = unasked or [one for one in leaked if not one.replies.is_answered]
    return {_tick(one): one in due for one in known.scope.recipients}


def _preview(visit: SignedInVisit, body: Document, known: Known) -> Document:
    """The letter as its first reader gets it, without the link that would answer for them."""
    if body.kind is DocumentKind.PERSON_NOTICE:
        return addressed(body, body.people[0] if body.people else Addressee("", ""))
    leaked = known.scope.leaked_to
    letter = addressed(body, Addressee(leaked[0].name, leaked[0].address) if leaked else Addressee("", ""))
    url = visit.parts.settings.web.public_url.rstrip("/")
    return asking(letter, f"{url}/answer/{UNANSWERABLE}" if url else "")


async def _file(visit: SignedInVisit, view: IncidentView, version: Version, ending: str) -> Response:
    # Loaded by whoever takes a document out, not by every relay that starts.
    from mailguard.incidents.paper import MEDIA, Format, as_file, as_letters

    name = f"{view.incident.incident_id}-{version.body.kind.value.replace('_', '-')}-v{version.number}"
    office = visit.parts.settings.office.name
    printed = [addressed(_marked(version), one) for one in version.body.people if not one.address]
    if ending == PRINTED and printed:
        wanted, ending = Format.PDF, "pdf"
        octets = await asyncio.to_thread(as_letters, printed, name, office)
    else:
        wanted = Format.PDF if ending == PRINTED else Format(ending)
        ending = wanted.value
        octets = await asyncio.to_thread(as_file, _marked(version), wanted, name, office)
    response = Response(octets, media_type=MEDIA[wanted])
    response.headers["content-disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


def _marked(version: Version) -> Document:
    """As it is taken out: what nobody has released says so."""
    body = version.body
    if version.released_at is not None:
        return body
    language: Language = "en" if body.language == "en" else "ja"
    return replace(body, title=text(language, "incidents.documents.unreleased", title=body.title))


async def _versions(visit: SignedInVisit, incident_id: IncidentId, kind: DocumentKind) -> list[Version]:
    return await visit.read(lambda reader: visit.parts.documents.versions(reader, incident_id, kind.value))


def _release_mistakes(kind: DocumentKind, form: Form, chosen: list[str]) -> list[Mistake]:
    mistakes = []
    if kind in LETTERS and not chosen:
        mistakes.append(Mistake("to", "incidents.documents.mistake.nobody"))
    if not form.has("confirmed"):
        mistakes.append(Mistake("confirmed", "incidents.documents.mistake.confirmed"))
    return mistakes


def _kind(name: str) -> DocumentKind:
    try:
        return DocumentKind(name)
    except ValueError:
        raise NotHere from None


def _tick(one: ScopeRecipient) -> str:
    return f"{one.queue_id}-{one.position}"


def _office(visit: SignedInVisit) -> Language:
    return visit.parts.settings.office.language


def _language(body: Document) -> Language:
    return "en" if body.language == "en" else "ja"


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
