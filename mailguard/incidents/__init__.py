"""Incidents: from "this was a mistake" to the work on it. Opening, first response, facts, timeline."""

from mailguard.incidents.keys import KeyTold
from mailguard.incidents.opening import Opened, Opening, Openings
from mailguard.incidents.records import INCIDENTS, IncidentRecords
from mailguard.incidents.response import Responder, Response
from mailguard.incidents.working import Change, add_note, change, correct_known_at, say_key

__all__ = [
    "INCIDENTS",
    "Change",
    "IncidentRecords",
    "KeyTold",
    "Opened",
    "Opening",
    "Openings",
    "Responder",
    "Response",
    "add_note",
    "change",
    "correct_known_at",
    "say_key",
]
