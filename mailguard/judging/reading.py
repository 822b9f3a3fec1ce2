"""From octets to a situation: read, extract, find personal data.

Everything that reading and finding needs is loaded with this module. In the relay that is the affair of the process
that looks into mail; only commands and trials that look by themselves import it too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from mailguard.extract.contents import contents_of
from mailguard.extract.reading import read
from mailguard.extract.walk import Limits
from mailguard.inspection.circumstances import Circumstances
from mailguard.inspection.detection import Detection, shipped
from mailguard.inspection.inspecting import inspect, passwords_in, seen_in
from mailguard.inspection.people import mentions_in, values_in
from mailguard.judging.whose import bounded
from mailguard.mime.message import Message
from mailguard.model.contents import Contents, Obstacle
from mailguard.model.finding import People
from mailguard.model.office_kinds import OfficeKinds
from mailguard.policy.facts import Occasion, Situation, situation_of
from mailguard.policy.rules import RuleSet


@dataclass(frozen=True)
class Looking:
    """How a mail is looked into. ``key``: for hashes of values; ``learned``: of what the sender's signature holds."""

    limits: Limits | None = None
    detection: Detection | None = None
    key: bytes = b""
    learned: frozenset[bytes] = frozenset()


def looked_at(octets: bytes, occasion: Occasion, rules: RuleSet, looking: Looking | None = None) -> Situation:
    """The mail as read, with what personal data is in it. ``octets`` have CRLF lines and no dot-stuffing."""
    looking = looking or Looking()
    message = Message(octets)
    situation = situation_of(message, read(message), occasion, rules.directory)
    contents = opened_contents(message, looking.limits)
    about = circumstances_of(situation, rules, looking)
    return replace(
        situation, inspection=inspect(contents, about, looking.detection or detection_of(rules, looking.key))
    )


def people_at(octets: bytes, occasion: Occasion, rules: RuleSet, looking: Looking) -> People:
    """Whose data is in a mail, by name. ``octets`` as for ``looked_at``."""
    message = Message(octets)
    situation = situation_of(message, read(message), occasion, rules.directory)
    contents = opened_contents(message, looking.limits)
    about = circumstances_of(situation, rules, looking)
    seen = seen_in(contents, about, looking.detection or detection_of(rules, looking.key))
    return bounded(mentions_in(seen, about), values_in(seen, about), is_unreadable=bool(contents.unreadable))


def opened_contents(message: Message, limits: Limits | None) -> Contents:
    """Everything somebody could read of a mail, with what the passwords that stand in it open."""
    contents = contents_of(message, limits)
    if any(one.why is Obstacle.ENCRYPTED for one in contents.unreadable) and (passwords := passwords_in(contents)):
        return contents_of(message, limits, passwords)
    return contents


def detection_of(rules: RuleSet, key: bytes = b"") -> Detection:
    """What the office looks with, with its own kinds. ``key``: the one its member list was made with."""
    return shipped() if rules.kinds == OfficeKinds() else _made(rules.kinds, key)


@lru_cache(maxsize=4)
def _made(kinds: OfficeKinds, key: bytes) -> Detection:
    return Detection(kinds, key)


def circumstances_of(situation: Situation, rules: RuleSet, looking: Looking) -> Circumstances:
    """Who writes to whom, for telling their own data from that of others."""
    people = situation.people
    return Circumstances(
        sender=people.author or people.sender,
        sender_name=people.author_name,
        recipients=tuple({**dict.fromkeys(people.envelope, ""), **people.visible, **people.bcc}.items()),
        own_domains=rules.directory.own,
        own_names=rules.directory.names,
        greeted_organisations=situation.greeting.organisations,
        greeted_persons=situation.greeting.persons,
        learned=looking.learned,
        key=looking.key,
    )
