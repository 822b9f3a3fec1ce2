"""The question whether the password that the sender got was told to whom the mail went."""

from __future__ import annotations

from dataclasses import dataclass

from mailguard.incidents.facts import REACHED, Guard
from mailguard.incidents.keys import KeyTold, keys_told
from mailguard.web.forms import Form
from mailguard.web.incident_view import IncidentView

FIELD = "told"


@dataclass(frozen=True, slots=True)
class KeyAsked:
    """``said``: the last answer, the worst where mails differ; None while nobody has given one."""

    said: KeyTold | None


_WORST = (KeyTold.YES, KeyTold.UNKNOWN, KeyTold.NO)


def key_asked(view: IncidentView) -> KeyAsked | None:
    """The question as it stands; None where no password lies with the sender of a mail that somebody got."""
    asked = {
        fact.queue_id
        for fact in view.facts
        for one in fact.recipients
        if one.fate in REACHED and one.guard is Guard.WITH_SENDER
    }
    if not asked:
        return None
    told = keys_told(view.entries)
    if asked - told.keys():
        return KeyAsked(None)
    return KeyAsked(next(one for one in _WORST if one in {told[queue_id] for queue_id in asked}))


def key_told_in(form: Form) -> KeyTold | None:
    """The answer in a form; None where nothing was chosen."""
    typed = form.text(FIELD)
    return KeyTold(typed) if typed in set(KeyTold) else None
