"""What other programs read of the record: nothing in an event ends a field, a line, or becomes a formula."""

from __future__ import annotations

import csv
import io
import json

import pytest

from mailguard.audit.formats import CEF_STRING_MAX, Origin, cef_line, csv_line, ecs
from mailguard.audit.meaning import _KINDS, words_key
from mailguard.audit.record import Entry
from mailguard.i18n import CATALOGUES
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from tests.fakes.clock import START

ORIGIN = Origin("例示互助会", "relay.example.jp")
SATO = Actor(ActorKind.PERSON, "sato@example.jp")


def entry(action: AuditAction, actor: Actor = SATO, queue_id: str | None = "QUEUEID", **details: object) -> Entry:
    """An event with its place."""
    return Entry(7, bytes(range(32)), AuditEvent(START, actor, action, queue_id, details))


@pytest.mark.parametrize("action", AuditAction)
def test_every_action_has_a_meaning_and_words(action: AuditAction) -> None:
    """Whoever adds an action says what it is to a SIEM, and how people call it."""
    assert action.value.partition(".")[0] in _KINDS
    assert all(words_key(action) in texts for texts in CATALOGUES.values())


def test_ecs_has_the_names_of_the_schema() -> None:
    """A SIEM that knows the Elastic Common Schema files the event without a mapping of its own."""
    found = ecs(entry(AuditAction.CANCELLED, danger=[0], rules=["exposure"], reason="まちがい"), ORIGIN)
    event, own = found["event"], found["mailguard"]
    assert isinstance(event, dict)

    assert "2026-11-02T09:00:00.000000Z" == found["@timestamp"]
    assert ("hold.cancelled", ["email"], "success", 7) == tuple(
        event[name] for name in ("action", "category", "outcome", "sequence")
    )
    assert bytes(range(32)).hex() == event["hash"]
    assert ({"name": "sato@example.jp"}, {"name": "例示互助会"}) == (found["user"], found["organization"])
    assert {"id": ["exposure"]} == found["rule"]
    assert isinstance(own, dict)
    assert ("QUEUEID", True, False) == (own["queue_id"], own["near_miss"], own["override"])
    assert json.dumps(found)


def test_ecs_of_a_refused_sign_in_is_an_authentication_that_failed() -> None:
    """The SIEM's own alarms about guessed passwords fire."""
    nobody = Actor(ActorKind.CLIENT, "")
    found = ecs(entry(AuditAction.SIGN_IN_FAILED, nobody, None, client="192.0.2.9", address=""), ORIGIN)
    event = found["event"]
    assert isinstance(event, dict)

    assert (["authentication"], ["start"], "failure") == (event["category"], event["type"], event["outcome"])
    assert ({"ip": "192.0.2.9"}, False) == (found["source"], "user" in found)


def test_csv_cells_are_no_formulas() -> None:
    """A name that a spreadsheet would compute is shown as it is."""
    for name in ("=1+1", "+81", "-1", "@SUM(A1)", "\t=1", "\r=1", 'a,b\n"c"'):
        line = csv_line(entry(AuditAction.CANCELLED, Actor(ActorKind.CLIENT, name)))
        (cells,) = csv.reader(io.StringIO(line, newline=""))

        assert name == cells[3].removeprefix("'")
        assert (cells[3][0] == "'") == (name[0] in "=+-@\t\r")


def test_cef_field_never_ends_early() -> None:
    """Names and reasons with every sign that means something in CEF stay one value."""
    hostile = "a|b=c\\d\r\ne f=g"
    line = cef_line(entry(AuditAction.CANCELLED, Actor(ActorKind.PERSON, hostile)), ORIGIN)

    assert " suser=a|b\\=c\\\\d\\r\\ne f\\=g " in line
    assert line.startswith("CEF:0|mailguard|mailguard|")
    assert (1, 7) == (len(line.splitlines()), line.partition(" rt=")[0].partition("rt=")[0].count("|"))


def test_cef_of_a_long_event_stays_within_the_format() -> None:
    """A mail to thousands still is an event a collector takes; its number leads to the whole of it."""
    line = cef_line(entry(AuditAction.DELIVERED, positions=list(range(5000))), ORIGIN)

    assert CEF_STRING_MAX + 500 > len(line)
    assert "externalId=7 " in line
