"""Everything rules may ask about a mail, worked out once: pure, from the mail, the directory and what was learned.

``situation_of`` reads the mail; its ``question`` is what has to be looked up; ``facts_of`` brings both together. The
order of recipients changes nothing but the order of the answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from mailguard.mime.addresses import BCC_FIELDS
from mailguard.mime.heading import heading_of
from mailguard.mime.message import Message
from mailguard.model.address import comparable, domain_of
from mailguard.model.extract import Extract, MailKind
from mailguard.model.finding import Inspection
from mailguard.model.knowledge import Knowledge, Lesson, Question
from mailguard.model.summary import Summary
from mailguard.policy import suspicion
from mailguard.policy.directory import PRIVATE, Directory, Relation
from mailguard.policy.greeting import Greeting, greeting_of
from mailguard.policy.lookalike import Resemblance
from mailguard.policy.people import People, people_of
from mailguard.policy.slips import (
    gives_password_beside_file,
    names_other_firm,
    remarks_internally,
    speaks_of_missing_file,
)

HUGE_LIST = 50
"""Addresses in To and Cc from which a list is called huge."""

_MESSAGE_ID = re.compile(rb"<[^<>\s]{1,250}>")
_THREADS_MAX = 30
_LISTED = 5
"""Addresses that are written out in facts and reasons; the others are counted."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What surrounds a mail: envelope, who sent it, when, and whether its client or class makes it automatic.

    ``source`` is the configured name of a device or system, or None; ``at`` is aware.
    """

    reverse_path: str
    forward_paths: tuple[str, ...]
    at: datetime
    source: str | None = None
    is_automatic: bool = False
    size: int = 0


@dataclass(frozen=True)
class Situation:
    """One mail as read, before anything is looked up. ``inspection``: the personal data in it.

    ``heading``: what its header alone tells, for people.
    """

    occasion: Occasion
    extract: Extract
    heading: Summary
    people: People
    greeting: Greeting
    threads: tuple[bytes, ...]
    message_key: bytes | None
    is_reply: bool
    has_bcc_field: bool
    question: Question
    inspection: Inspection = field(default_factory=Inspection)


@dataclass(frozen=True, slots=True)
class RecipientFacts:
    """What is known of an envelope recipient. ``resembles``: a known domain and how; ``elsewhere``: a known address."""

    address: str
    relation: Relation
    is_outside: bool
    is_visible: bool
    is_first_time: bool
    is_first_time_domain: bool
    resembles: tuple[str, Resemblance] | None
    elsewhere: str | None
    is_senders_own: bool
    shows_other_address: bool
    is_new_in_thread: bool
    cannot_receive: bool | None


@dataclass(frozen=True)
class Facts:
    """All of it. ``recipients`` follow the envelope; the same address twice has the same facts."""

    situation: Situation
    recipients: tuple[RecipientFacts, ...]
    knows_each_other: bool
    is_unproven_reply: bool
    greets_somebody_else: bool
    was_internal_thread: bool
    is_missing_file: bool
    gives_password: bool
    remarks_internally: bool
    names_other_firm: bool


def situation_of(message: Message, extract: Extract, occasion: Occasion, directory: Directory) -> Situation:
    """The mail as read. Never raises for what a mail may hold."""
    people = people_of(message, occasion.reverse_path, list(occasion.forward_paths), directory, extract.attendees)
    greeting = greeting_of(extract.own_text)
    threads = _threads(message)
    author = people.author if "@" in people.author else people.sender
    question = Question(
        sender=people.sender or author,
        outsiders=people.named,
        visible=frozenset(people.visible_outsiders),
        threads=threads,
        greeting=greeting.key,
        stated=directory.stated_domains,
    )
    own_id = _message_ids(message, "Message-ID")
    return Situation(
        occasion=occasion,
        extract=extract,
        heading=heading_of(message, occasion.forward_paths),
        people=people,
        greeting=greeting,
        threads=threads,
        message_key=own_id[-1] if own_id else None,
        is_reply=bool(threads) and not extract.is_forward,
        has_bcc_field=next(message.all(*BCC_FIELDS), None) is not None,
        question=question,
    )


def facts_of(
    situation: Situation,
    knowledge: Knowledge,
    directory: Directory,
    cannot_receive: Mapping[str, bool | None] | None = None,
) -> Facts:
    """The facts. ``cannot_receive``: by domain; absent or None means that nobody could say."""
    people, extract = situation.people, situation.extract
    circles = (*knowledge.circles, *extract.quoted_circles) if situation.is_reply else ()
    known = frozenset[str]().union(*circles)
    shown_names = tuple(name for name in people.visible.values() if name)
    unreachable = cannot_receive or {}
    by_address: dict[str, RecipientFacts] = {}
    for path in situation.occasion.forward_paths:
        address = comparable(path)
        if address not in by_address:
            by_address[address] = _recipient(
                address, situation, knowledge, directory, known, unreachable.get(domain_of(address))
            )
    outsiders = [one for one in people.visible if directory.is_outside(one)]
    insiders = [one for one in people.visible if not directory.is_outside(one)]
    is_mistyped = any(one.resembles for one in by_address.values())
    return Facts(
        situation=situation,
        recipients=tuple(by_address[comparable(path)] for path in situation.occasion.forward_paths),
        knows_each_other=_know_each_other(people, circles, directory, knowledge),
        is_unproven_reply=situation.is_reply and not circles,
        greets_somebody_else=not is_mistyped and suspicion.greets_somebody_else(situation.greeting, people, knowledge),
        was_internal_thread=bool(known) and not any(directory.is_outside(one) for one in known),
        is_missing_file=extract.kind is MailKind.PERSONAL and speaks_of_missing_file(extract),
        gives_password=gives_password_beside_file(extract),
        remarks_internally=bool(insiders)
        and bool(outsiders)
        and remarks_internally(extract)
        and not suspicion.greets_outsider(extract, situation.greeting, people, knowledge, directory.names),
        names_other_firm=names_other_firm(extract, situation.greeting, shown_names, directory.names),
    )


def lesson_of(facts: Facts, *, list_was_meant: bool) -> Lesson:
    """What the mail teaches once it is delivered."""
    situation = facts.situation
    people = situation.people
    everybody = dict.fromkeys((people.sender, people.author, *people.visible))
    everybody.pop("", None)
    is_list = list_was_meant and len(people.visible_outsiders) > 1
    return Lesson(
        sender=situation.question.sender,
        boxes=people.named,
        people=tuple(everybody),
        visible=people.visible_outsiders if is_list else (),
        thread=situation.message_key,
        greeting=situation.greeting.key if len(people.outsiders) == 1 else "",
        closing=situation.inspection.closing,
    )


def thread_key(message_id: bytes) -> bytes:
    """How a Message-ID is remembered: enough to recognise it, not to read it."""
    return sha256(message_id).digest()[:16]


def some(addresses: tuple[str, ...] | list[str]) -> list[str]:
    """The first few, in an order that does not depend on the header's."""
    return sorted(addresses)[:_LISTED]


def _message_ids(message: Message, *names: str) -> tuple[bytes, ...]:
    found = [one for field in message.all(*names) for one in _MESSAGE_ID.findall(field.value)]
    return tuple(thread_key(one) for one in dict.fromkeys(found))[-_THREADS_MAX:]


def _threads(message: Message) -> tuple[bytes, ...]:
    return _message_ids(message, "References", "In-Reply-To")


def _know_each_other(
    people: People, circles: tuple[frozenset[str], ...], directory: Directory, knowledge: Knowledge
) -> bool:
    """Whether the visible outsiders have all seen each other: on one earlier mail, not on two that never met."""
    visible = people.visible_outsiders
    if len(visible) < 2 or knowledge.is_known_list:
        return True
    for circle in circles:
        newcomers = [one for one in visible if one not in circle]
        # One firm newly put on a thread of people who see each other is no accident of Cc.
        groups = {directory.people_group(one) for one in newcomers}
        if not newcomers or (len(visible) - len(newcomers) >= 2 and len(groups) <= 1):
            return True
    return False


def _recipient(
    address: str,
    situation: Situation,
    knowledge: Knowledge,
    directory: Directory,
    known: frozenset[str],
    cannot_receive: bool | None,
) -> RecipientFacts:
    people = situation.people
    relation = directory.relation(address)
    is_outside = directory.is_outside(address)
    by_office = knowledge.by_office.get(address, 0)
    domain = domain_of(address)
    is_known_domain = bool(knowledge.by_domain.get(domain, 0)) or domain in directory.stated_domains
    shown = people.visible.get(address, "")
    resembling = suspicion.resembles(domain, knowledge, directory) if is_outside else None
    elsewhere = suspicion.known_elsewhere(address, people, knowledge) if is_outside and not by_office else None
    if resembling is not None and elsewhere is not None and domain_of(elsewhere) == resembling[0]:
        # One slip, one reason: the mistyped domain explains the same name elsewhere.
        elsewhere = None
    if situation.is_reply and relation not in PRIVATE and address in situation.extract.quoted_text.lower():
        # The mail that is answered shows this very address: it was not completed from memory.
        elsewhere = None
    return RecipientFacts(
        address=address,
        relation=relation,
        is_outside=is_outside,
        is_visible=address in people.visible,
        is_first_time=is_outside and not knowledge.by_sender.get(address, 0),
        is_first_time_domain=is_outside and not is_known_domain,
        resembles=resembling,
        elsewhere=elsewhere,
        is_senders_own=is_outside
        and suspicion.is_senders_own(address, shown, people, situation.greeting, relation in PRIVATE),
        shows_other_address=suspicion.shows_other_address(address, shown),
        is_new_in_thread=is_outside and bool(known) and situation.is_reply and address not in known,
        cannot_receive=cannot_receive if is_outside else None,
    )
