"""The question whether the password that the sender got was told to whom the mail went."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from mailguard.incidents import IncidentRecords
from mailguard.incidents.facts import ASKED, REACHED
from mailguard.incidents.keys import KeyTold, key_words
from mailguard.incidents.permission import IncidentAct
from mailguard.model.people import Viewer
from mailguard.model.queue import QueueId
from mailguard.web.forms import Form
from mailguard.web.incident_view import IncidentView

FIELD = "told"


@dataclass(frozen=True, slots=True)
class KeyAsked:
    """``said``: what counts, the worst where mails differ; None while somebody has not answered. ``mails``: those this
    person may answer for; ``needs_reason``: as an officer, with the reason.
    """

    said: KeyTold | None
    mails: tuple[QueueId, ...]
    needs_reason: bool


_WORST = (KeyTold.YES, KeyTold.UNKNOWN, KeyTold.NO)


def key_asked(view: IncidentView, viewer: Viewer) -> KeyAsked | None:
    """The question as it stands for somebody: officers answer for every mail, senders for their own of which no officer
    has spoken. None where no password lies with a sender, or nothing is theirs to say.
    """
    is_officer = IncidentAct.WORK in view.acts
    asked = [fact for fact in view.facts if any(one.fate in REACHED and one.guard in ASKED for one in fact.recipients)]
    words = key_words(view.entries)
    mine = [
        fact.queue_id
        for fact in asked
        if is_officer
        or (
            viewer.owns(fact.submission.session.owner)
            and (fact.queue_id not in words or not words[fact.queue_id].is_officers)
        )
    ]
    if not mine:
        return None
    told = {words[one].told for one in mine if one in words}
    said = None if any(one not in words for one in mine) else next(one for one in _WORST if one in told)
    return KeyAsked(said, tuple(mine), is_officer)


def key_said(records: IncidentRecords, reader: Connection, queue_id: QueueId) -> KeyTold | None:
    """What counts of a mail's password by the newest incident it is part of; None where nobody said. Drills aside."""
    found = [one for one in records.of_mail(reader, queue_id) if not one.is_drill]
    words = key_words(records.entries(reader, found[0].incident_id)) if found else {}
    return words[queue_id].told if queue_id in words else None


def key_told_in(form: Form) -> KeyTold | None:
    """The answer in a form; None where nothing was chosen."""
    typed = form.text(FIELD)
    return KeyTold(typed) if typed in set(KeyTold) else None
