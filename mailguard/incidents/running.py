"""Which clocks of the law run for an incident: those of every rule that may apply, until an officer has decided.

What the record shows and what people answered decides (``triage``). Outside mail nobody knows at first what was in it,
so every rule for such an accident may apply; whoever answers the questions, or decides, changes that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mailguard.incidents.deciding import deadlines_of
from mailguard.incidents.drills import made_up
from mailguard.incidents.facts import mail_fact
from mailguard.incidents.queries import Reader
from mailguard.model.incident import Entry, Incident
from mailguard.model.protection import Channel
from mailguard.parcels.records import Records
from mailguard.policy.law import LawClock
from mailguard.policy.rules import RuleSet
from mailguard.spool import Spool


class LawClocks:
    """Answers which run. ``usual``: how passwords travel where nothing else is said."""

    def __init__(self, spool: Spool, parcels: Records, rules: Callable[[], RuleSet], usual: Channel) -> None:
        self._spool = spool
        self._parcels = parcels
        self._rules = rules
        self._usual = usual

    def running(self, reader: Reader, incident: Incident, entries: Sequence[Entry]) -> tuple[LawClock, ...]:
        """The clocks that run for it."""
        rules = self._rules()
        directory = rules.directory
        facts = [
            mail_fact(
                self._spool, self._parcels, reader, one, self._usual, directory.is_outside, directory.people_group
            )
            for one in incident.queue_ids
        ]
        facts += made_up(incident, entries, "ja")
        return tuple(one.clock for one in deadlines_of(incident, facts, entries, rules.law))
