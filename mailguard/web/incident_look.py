"""Looking at names: a page with names of an incident is opened by a form, which puts the look on record first.

A page that is only fetched changes nothing, and so records nothing. The form leads to the page with a word that counts
for some minutes, for this person, this incident and this kind of page; without it the page asks for the form again.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime, timedelta

from mailguard import audit
from mailguard.errors import ContentDamaged
from mailguard.model.audit import AuditAction, AuditEvent
from mailguard.store import Transaction
from mailguard.web.incident_view import IncidentView
from mailguard.web.visit import SignedInVisit

LOOK_FOR = timedelta(minutes=15)
_BOX = "looking at names of an incident"


async def record_look(
    visit: SignedInVisit, view: IncidentView, what: str, *, document: str = "", **more: object
) -> str:
    """Put on record that somebody looks at ``what``, a kind of page; the word for it. ``more``: no names.

    ``document``: which one, where the word is to be for that one alone.
    """
    if document:
        more["document"] = document

    def work(transaction: Transaction) -> None:
        details = {"incident": view.incident.incident_id, "what": what, **more}
        audit.append(transaction, AuditEvent(transaction.now, visit.actor, AuditAction.INCIDENT_SEEN, None, details))

    await visit.write(work)
    until = (visit.parts.clock.now() + LOOK_FOR).isoformat()
    sealed = visit.parts.spool.secret_box(_BOX).seal(json.dumps(until).encode(), _name(visit, view, what, document))
    return base64.urlsafe_b64encode(sealed).decode()


def may_look(visit: SignedInVisit, view: IncidentView, what: str, word: str, *, document: str = "") -> bool:
    """Whether this person's look is on record and not too long ago."""
    try:
        sealed = base64.urlsafe_b64decode(word)
        until = json.loads(visit.parts.spool.secret_box(_BOX).open(sealed, _name(visit, view, what, document)))
    except (ContentDamaged, ValueError, binascii.Error):
        return False
    return datetime.fromisoformat(until) > visit.parts.clock.now()


def _name(visit: SignedInVisit, view: IncidentView, what: str, document: str) -> str:
    return f"{view.incident.incident_id} {what} {document} {visit.viewer.address}"
