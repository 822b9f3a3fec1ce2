"""The pages of one incident, in the order in which officers need them."""

from __future__ import annotations

from dataclasses import dataclass

from mailguard.incidents.permission import IncidentAct


@dataclass(frozen=True, slots=True)
class Tab:
    """One page. ``path``: what follows ``/incidents/<id>``; ``act``: what whoever sees it may do."""

    path: str
    key: str
    act: IncidentAct = IncidentAct.SEE


TABS = (
    Tab("", "incidents.tab.overview"),
    Tab("/steps", "incidents.tab.steps"),
    Tab("/scope", "incidents.tab.scope"),
    Tab("/triage", "incidents.tab.triage"),
    Tab("/deletion", "incidents.tab.deletion"),
    Tab("/documents", "incidents.tab.documents", IncidentAct.SEE_NAMES),
    Tab("/look-back", "incidents.tab.look_back", IncidentAct.WORK),
    Tab("/prevention", "incidents.tab.prevention", IncidentAct.WORK),
    Tab("/evidence", "incidents.tab.evidence"),
)
"""One line for each page; its texts are ``incidents.tab.…``."""


def tabs_of(acts: frozenset[IncidentAct]) -> list[Tab]:
    """Those that somebody who may do this sees."""
    return [one for one in TABS if one.act in acts]
