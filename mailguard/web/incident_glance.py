"""The first lines of an incident's page: what happened, and whether an officer decided to report it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mailguard.i18n import Language, text
from mailguard.incidents.deciding import Decision, decision_of
from mailguard.incidents.scope import Scope, scope_of
from mailguard.model.incident import EntryKind
from mailguard.web.incident_view import IncidentView

_KINDS = 3
_NOTE = 200
"""Characters of what somebody wrote that are shown at once."""


@dataclass(frozen=True, slots=True)
class Glance:
    """``happened``: sentences; ``note``: what whoever reported it wrote, "" where a mail says more. ``decision``: the
    last one, None where nobody has decided.
    """

    happened: tuple[str, ...]
    note: str
    decision: Decision | None


def glance_at(view: IncidentView, language: Language, kind_name: Callable[[str], str]) -> Glance:
    """What stands at the top. ``kind_name``: what a kind of data is called."""
    decision = decision_of(view.entries)
    if view.facts:
        return Glance(tuple(_sentences(scope_of(view.facts, view.entries), language, kind_name)), "", decision)
    opened = next((one.note for one in view.entries if one.kind is EntryKind.OPENED), "")
    note = opened if len(opened) <= _NOTE else f"{opened[:_NOTE]}…"
    return Glance((text(language, f"incidents.kind.{view.incident.kind}"),), note, decision)


def _sentences(scope: Scope, language: Language, kind_name: Callable[[str], str]) -> list[str]:
    leaked = len(scope.leaked_to)
    sealed = leaked - len(scope.readable)
    key = "leaked.sealed" if sealed else "leaked" if leaked else "nobody"
    said = [text(language, f"incidents.glance.{key}", count=leaked, sealed=sealed)]
    if scope.kinds:
        names = [kind_name(one.kind) for one in scope.kinds[:_KINDS]]
        if (more := len(scope.kinds) - _KINDS) > 0:
            names.append(text(language, "incidents.glance.more", count=more))
        kinds = text(language, "incidents.names.separator").join(names)
        said.append(text(language, "incidents.glance.about", persons=_persons(scope, language), kinds=kinds))
    elif not scope.is_unreadable:
        said.append(text(language, "incidents.glance.nothing"))
    if scope.is_unreadable:
        said.append(text(language, "incidents.glance.unreadable"))
    return said


def _persons(scope: Scope, language: Language) -> str:
    if not scope.persons:
        return text(language, "incidents.glance.persons.unknown")
    key = "persons.least" if scope.is_at_least else "persons"
    return text(language, f"incidents.glance.{key}", count=f"{scope.persons:,}")
