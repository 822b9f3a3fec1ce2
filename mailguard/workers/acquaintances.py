"""Whom the office writes to every day, kept in memory: most mail then asks the database nothing.

Only what cannot turn out otherwise is answered from here: everybody on the mail is well known to its sender, so nobody
on it is new, and no domain of it can be a slip. What is kept is thrown away after some minutes, so that a person who is
forgotten by command is forgotten here as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailguard.clock import Clock
from mailguard.model.address import domain_of
from mailguard.model.knowledge import Knowledge, Question
from mailguard.policy.suspicion import ESTABLISHED

KEPT = 20_000
KEPT_SECONDS = 600
"""How long a forgotten person may still be known to a running node."""

PEOPLE_MAX = 3
"""On longer lists it matters who has stood together, which only the database knows."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What was answered about one sender and address, and until when it counts."""

    until: float
    by_sender: int
    by_office: int
    by_domain: int
    names: frozenset[str]


class Acquaintances:
    """One per node."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[tuple[str, str], _Known] = {}

    def answer(self, question: Question) -> Knowledge | None:
        """The answer where everybody is well known; None where the database must be asked."""
        people = question.outsiders
        if question.threads or len(people) > PEOPLE_MAX or question.greeting:
            return None
        now = self._clock.monotonic()
        found: dict[str, _Known] = {}
        for address in people:
            known = self._known.get((question.sender, address))
            if known is None or known.until < now:
                return None
            found[address] = known
        return Knowledge(
            by_sender={address: one.by_sender for address, one in found.items()},
            by_office={address: one.by_office for address, one in found.items()},
            by_domain={domain_of(address): one.by_domain for address, one in found.items()},
            names={address: one.names for address, one in found.items()},
        )

    def note(self, question: Question, answer: Knowledge) -> None:
        """Keep what the database said about people who are well known."""
        until = self._clock.monotonic() + KEPT_SECONDS
        for address in list(question.outsiders)[:PEOPLE_MAX]:
            by_domain = answer.by_domain.get(domain_of(address), 0)
            if answer.by_sender.get(address, 0) < ESTABLISHED or by_domain < ESTABLISHED:
                continue
            key = (question.sender, address)
            self._known.pop(key, None)
            if len(self._known) >= KEPT:
                self._known.pop(next(iter(self._known)))
            names = answer.names.get(address, frozenset())
            self._known[key] = _Known(until, answer.by_sender[address], answer.by_office[address], by_domain, names)

    def is_well_known(self, sender: str, address: str, name: str) -> bool:
        """Whether another mail of this sender to this address, under this name, teaches nothing new."""
        known = self._known.get((sender, address))
        return known is not None and known.until >= self._clock.monotonic() and (not name or name in known.names)
