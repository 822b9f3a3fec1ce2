"""The condition words of rules: a closed list. What is not here cannot be asked.

Each word has a type of value a rule may compare with, and a getter. Words about a recipient are asked for each
recipient; words about the mail give every recipient the same answer. ``policies/README.md`` describes each; a test
compares.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from mailguard.model.contents import Obstacle, Sign
from mailguard.model.extract import MailKind, Seal
from mailguard.model.finding import Inspection, Kind
from mailguard.policy.directory import PRIVATE, Relation
from mailguard.policy.facts import HUGE_LIST, Facts, RecipientFacts
from mailguard.policy.personal_data import ATTRIBUTES, CONTACTS, has_encrypted, must_protect, total


class Shape(StrEnum):
    """What a rule compares a word with."""

    FLAG = "flag"
    NUMBER = "number"
    CHOICE = "choice"
    CHOICES = "choices"
    TEXT = "text"
    ADDRESS = "address"


Getter = Callable[[Facts, RecipientFacts], object]


@dataclass(frozen=True, slots=True)
class Word:
    """One condition word.

    ``choices`` for CHOICE and CHOICES; of the latter several may hold at once, and one of them is enough.
    ``of_recipient``: whether the answer differs between recipients.
    """

    name: str
    shape: Shape
    get: Getter
    of_recipient: bool = False
    choices: tuple[str, ...] = ()


def _mail(name: str, shape: Shape, get: Callable[[Facts], object], choices: tuple[str, ...] = ()) -> Word:
    return Word(name, shape, lambda facts, _recipient: get(facts), choices=choices)


def _one(name: str, shape: Shape, get: Callable[[RecipientFacts], object], choices: tuple[str, ...] = ()) -> Word:
    return Word(name, shape, lambda _facts, recipient: get(recipient), of_recipient=True, choices=choices)


_AUTOMATIC = frozenset({MailKind.DSN, MailKind.MDN, MailKind.AUTOMATIC, MailKind.INVITATION_ANSWER})

WORDS: dict[str, Word] = {
    word.name: word
    for word in (
        # Numbers of people.
        _mail("visible_outsiders", Shape.NUMBER, lambda facts: len(facts.situation.people.visible_outsiders)),
        _mail("visible_groups", Shape.NUMBER, lambda facts: len(facts.situation.people.groups)),
        _mail("visible_private", Shape.NUMBER, lambda facts: len(facts.situation.people.private)),
        _mail("outsiders", Shape.NUMBER, lambda facts: len(facts.situation.people.outsiders)),
        _mail("visible_addresses", Shape.NUMBER, lambda facts: len(facts.situation.people.visible)),
        _mail("recipients", Shape.NUMBER, lambda facts: len(facts.situation.people.envelope)),
        _mail("attachments", Shape.NUMBER, lambda facts: len(facts.situation.extract.attachments)),
        _mail("megabytes", Shape.NUMBER, lambda facts: facts.situation.occasion.size / 1_000_000),
        # What kind of mail it is.
        _mail("kind", Shape.CHOICE, lambda facts: facts.situation.extract.kind.value, tuple(MailKind)),
        _mail("seal", Shape.CHOICE, lambda facts: facts.situation.extract.seal.value, tuple(Seal)),
        _mail("automatic", Shape.FLAG, lambda facts: is_automatic(facts)),
        _mail("null_sender", Shape.FLAG, lambda facts: not facts.situation.occasion.reverse_path),
        _mail("from_system", Shape.FLAG, lambda facts: facts.situation.occasion.source is not None),
        _mail("reply", Shape.FLAG, lambda facts: facts.situation.is_reply),
        _mail("forward", Shape.FLAG, lambda facts: facts.situation.extract.is_forward),
        # What the people on it have to do with each other.
        _mail("know_each_other", Shape.FLAG, lambda facts: facts.knows_each_other),
        _mail("unproven_reply", Shape.FLAG, lambda facts: facts.is_unproven_reply),
        _mail("internal_thread", Shape.FLAG, lambda facts: facts.was_internal_thread),
        _mail("internal_remark", Shape.FLAG, lambda facts: facts.remarks_internally),
        _mail("greets_somebody_else", Shape.FLAG, lambda facts: facts.greets_somebody_else),
        # Slips.
        _mail("missing_attachment", Shape.FLAG, lambda facts: facts.is_missing_file),
        _mail("empty_subject", Shape.FLAG, lambda facts: is_subject_empty(facts)),
        _mail("password_beside_file", Shape.FLAG, lambda facts: facts.gives_password),
        _mail("protected_file", Shape.FLAG, lambda facts: has_protected(facts)),
        _mail("file_names_other_firm", Shape.FLAG, lambda facts: facts.names_other_firm),
        _mail("huge_list", Shape.FLAG, lambda facts: len(facts.situation.people.visible) >= HUGE_LIST),
        # Personal data in it, and what could not be looked into.
        _mail("must_protect", Shape.FLAG, lambda facts: must_protect(_inspection(facts))),
        _mail("finds", Shape.CHOICES, lambda facts: tuple(_inspection(facts).counts), tuple(Kind)),
        _mail("persons", Shape.NUMBER, lambda facts: _inspection(facts).persons),
        _mail("persons_with_contact", Shape.NUMBER, lambda facts: _inspection(facts).persons_with_contact),
        _mail("listed_persons", Shape.NUMBER, lambda facts: _inspection(facts).listed_persons),
        _mail("contacts", Shape.NUMBER, lambda facts: total(_inspection(facts), CONTACTS)),
        _mail("attribute_kinds", Shape.NUMBER, lambda facts: sum(k in _inspection(facts).counts for k in ATTRIBUTES)),
        _mail("other_organisations_in_list", Shape.NUMBER, lambda facts: _others(facts)[0]),
        _mail("other_persons_in_list", Shape.NUMBER, lambda facts: _others(facts)[1]),
        _mail(
            "unreadable",
            Shape.CHOICES,
            lambda facts: tuple(one.why.value for one in _inspection(facts).unreadable),
            tuple(Obstacle),
        ),
        _mail(
            "contents_show",
            Shape.CHOICES,
            lambda facts: tuple(one.value for one in _inspection(facts).signs),
            tuple(Sign),
        ),
        # Words in it.
        _mail("subject", Shape.TEXT, lambda facts: (facts.situation.extract.subject,)),
        _mail("body", Shape.TEXT, lambda facts: (facts.situation.extract.own_text,)),
        _mail("file_name", Shape.TEXT, lambda facts: tuple(one.name for one in facts.situation.extract.attachments)),
        # One recipient.
        _one("outside", Shape.FLAG, lambda one: one.is_outside),
        _one("relation", Shape.CHOICE, lambda one: one.relation.value, tuple(Relation)),
        _one("private", Shape.FLAG, lambda one: one.relation in PRIVATE),
        _one("address", Shape.ADDRESS, lambda one: one.address),
        _one("visible", Shape.FLAG, lambda one: one.is_visible),
        _one("first_time", Shape.FLAG, lambda one: one.is_first_time),
        _one("first_time_domain", Shape.FLAG, lambda one: one.is_first_time_domain),
        _one("looks_like_known_domain", Shape.FLAG, lambda one: one.resembles is not None),
        _one("known_elsewhere", Shape.FLAG, lambda one: one.elsewhere is not None),
        _one("senders_own_private", Shape.FLAG, lambda one: one.is_senders_own),
        _one("shows_other_address", Shape.FLAG, lambda one: one.shows_other_address),
        _one("new_in_thread", Shape.FLAG, lambda one: one.is_new_in_thread),
        _one("cannot_receive", Shape.FLAG, lambda one: one.cannot_receive is True),
    )
}


def is_automatic(facts: Facts) -> bool:
    """Whether a program wrote it: nobody would take it back, and nobody can be asked."""
    situation = facts.situation
    return (
        situation.occasion.is_automatic or not situation.occasion.reverse_path or situation.extract.kind in _AUTOMATIC
    )


def is_subject_empty(facts: Facts) -> bool:
    """Whether a person's mail has no subject."""
    return not facts.situation.extract.subject and facts.situation.extract.kind is MailKind.PERSONAL


def has_protected(facts: Facts) -> bool:
    """Whether a file asks for a password that the mail does not give."""
    is_there = any(one.is_protected for one in facts.situation.extract.attachments) or has_encrypted(_inspection(facts))
    return is_there and not facts.gives_password


def _others(facts: Facts) -> tuple[int, int]:
    """Organisations and people that stand in a list beside the one the mail is for, where it is for one alone."""
    lists = _inspection(facts).lists if len(facts.situation.people.groups) <= 1 else ()
    return (
        max((one.other_organisations for one in lists), default=0),
        max((one.other_persons for one in lists), default=0),
    )


def _inspection(facts: Facts) -> Inspection:
    return facts.situation.inspection
