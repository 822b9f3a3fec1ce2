"""Which clocks of the law run for an incident: those of every rule that may apply, until an officer has decided.

For mails that is what the record shows of them. Outside mail nobody knows what was in it, so the clocks of all rules
for such an accident run: an officer who knows better decides, and they stop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from mailguard.incidents.deadlines import JAPAN
from mailguard.incidents.drills import made_up
from mailguard.incidents.facts import mail_fact, together
from mailguard.incidents.queries import Reader
from mailguard.model.incident import Entry, EntryKind, Incident, IncidentKind
from mailguard.model.protection import Channel
from mailguard.parcels.records import Records
from mailguard.policy.law import Circumstance, Law, LawClock, consequence_of
from mailguard.policy.rules import RuleSet
from mailguard.spool import Spool

ON_PURPOSE = frozenset({IncidentKind.MALWARE, IncidentKind.UNAUTHORISED_ACCESS, IncidentKind.INSIDER})
"""Somebody meant it: the law's rules for an improper purpose apply."""


class LawClocks:
    """Answers which run. ``usual``: how passwords travel where nothing else is said."""

    def __init__(self, spool: Spool, parcels: Records, rules: Callable[[], RuleSet], usual: Channel) -> None:
        self._spool = spool
        self._parcels = parcels
        self._rules = rules
        self._usual = usual

    def running(self, reader: Reader, incident: Incident, entries: Sequence[Entry]) -> tuple[LawClock, ...]:
        """The clocks that run for it."""
        law = self._rules().law
        if is_decided_against(entries):
            return ()
        invented = made_up(incident, entries, "ja")
        if not incident.queue_ids and not invented:
            return clocks_outside_mail(law, incident)
        directory = self._rules().directory
        facts = [
            mail_fact(
                self._spool, self._parcels, reader, one, self._usual, directory.is_outside, directory.people_group
            )
            for one in incident.queue_ids
        ]
        exposure = together([*facts, *invented])
        if incident.kind in ON_PURPOSE:
            exposure = replace(exposure, circumstances=frozenset({Circumstance.IMPROPER_PURPOSE}))
        known_on = incident.known_at.astimezone(JAPAN).date()
        return tuple(one.clock for one in consequence_of(exposure, law, known_on).deadlines)


def clocks_outside_mail(law: Law, incident: Incident) -> tuple[LawClock, ...]:
    """The clocks of every rule that such an accident may fall under."""
    known_on = incident.known_at.astimezone(JAPAN).date()
    when = Circumstance.IMPROPER_PURPOSE if incident.kind in ON_PURPOSE else None
    rules = [one for one in law.rules if one.when is when and one.holds(known_on) and one.is_for(law.office)]
    wanted = {name for one in rules for name in one.clocks}
    return tuple(one for one in law.clocks if one.id in wanted and one.holds(known_on))


def is_decided_against(entries: Sequence[Entry]) -> bool:
    """Whether an officer has decided, with their last word, that nothing must be reported."""
    decided = [one for one in entries if one.kind is EntryKind.DECIDED]
    return bool(decided) and decided[-1].details.get("report") is False
