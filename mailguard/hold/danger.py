"""What somebody must answer before a dangerous release. Pure.

A tick is given without reading; a content answer is not. Where an address resembles a known one, they choose which of
the two they mean; else they type the organisation, or for a private address the person, the mail is meant for. A
routine hold, which ends by its time, asks nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from mailguard.model.address import comparable, domain_of, local_part
from mailguard.model.queue import Recipient
from mailguard.model.verdict import Action, Needs, Obligation
from mailguard.policy.organisations import organisation_of

TYPED_MAX = 3
"""Organisations that are asked for. More would be a chore, and chores are done without reading."""

_RISKS = frozenset({Obligation.HIDE_RECIPIENTS, Obligation.SEND_INDIVIDUALLY, Obligation.PROTECT})
"""What rules about exposure and personal data want done."""
_FORMS = re.compile(
    r"(?:株式|有限|合同|合資|合名)会社|(?:一般|公益)?(?:社団|財団)法人|(?:医療|学校|社会福祉|税理士|npo)法人|\((?:株|有|同)\)"
)
_TITLE = re.compile(r"(?:様|さま|さん|殿|先生|御中|氏)$")
_BETWEEN = re.compile(r"[\s,;/|()\[\]<>「」『』【】・、。@\"']+")
_PART_LEAST = 2


@dataclass(frozen=True, slots=True)
class TypeOrganisation:
    """Type whom the mail at ``positions`` is meant for. ``group``: a registrable domain, or the address of a private
    person (``is_person``). The page does not show the answer beside the field.
    """

    positions: tuple[int, ...]
    group: str
    is_person: bool
    accepted: frozenset[str]


@dataclass(frozen=True, slots=True)
class ChooseAddress:
    """Choose which address is right: the one the mail has, or a known one it resembles."""

    position: int
    typed: str
    known: str

    @property
    def options(self) -> tuple[str, str]:
        """Both, in an order that says nothing."""
        first, second = sorted((self.typed, self.known))
        return first, second


Question = TypeOrganisation | ChooseAddress
GroupOf = Callable[[str], str]
"""The organisation of an address, or the address itself for a private one (``Directory.people_group``)."""


def group_by_domain(address: str) -> str:
    """The registrable domain, for every address."""
    return organisation_of(domain_of(address))


def is_dangerous(recipient: Recipient, facts: Mapping[str, object]) -> bool:
    """Whether releasing it asks for an answer. ``facts``: those on record with the judgement."""
    verdict = recipient.verdict
    if verdict is None:
        return True
    if verdict.action is not Action.HOLD:
        return False
    address = comparable(recipient.path.address)
    return (
        verdict.needs is not Needs.TIMER
        or bool(verdict.obligations & _RISKS)
        or address in _mapping(facts, "resembles")
        or address in _mapping(facts, "known_elsewhere")
    )


def questions(
    recipients: Sequence[Recipient],
    facts: Mapping[str, object],
    names: Mapping[str, str],
    is_outside: Callable[[str], bool],
    group_of: GroupOf = group_by_domain,
) -> tuple[Question, ...]:
    """What must be answered before these recipients are released, choices first; nothing where it is routine.

    ``names``: names shown beside comparable addresses, where there are some.
    """
    choices: list[ChooseAddress] = []
    groups: dict[str, list[Recipient]] = {}
    for recipient in recipients:
        address = comparable(recipient.path.address)
        if not is_outside(address) or not is_dangerous(recipient, facts):
            continue
        known = _resembled(address, facts)
        if known is not None:
            choices.append(ChooseAddress(recipient.key.position, address, known))
        else:
            groups.setdefault(group_of(address), []).append(recipient)
    typed = [_typed(group, members, names) for group, members in list(groups.items())[:TYPED_MAX]]
    return (*choices, *typed)


def answered(question: Question, answer: str) -> bool:
    """Whether the answer says that the mail is right as it is. Another choice means that the address must be mended."""
    match question:
        case ChooseAddress():
            return comparable(answer.strip()) == question.typed
        case TypeOrganisation():
            return plain(answer) in question.accepted
        case _:
            assert_never(question)


def _resembled(address: str, facts: Mapping[str, object]) -> str | None:
    """The known address that this one may have been mistaken for."""
    elsewhere = _mapping(facts, "known_elsewhere").get(address)
    if isinstance(elsewhere, str) and elsewhere != address:
        return elsewhere
    found = _mapping(facts, "resembles").get(address)
    if isinstance(found, list | tuple) and found:
        known = f"{local_part(address)}@{found[0]}"
        # A domain of mixed scripts resembles itself: there is nothing to choose.
        return known if known != address else None
    return None


def _typed(group: str, members: Sequence[Recipient], names: Mapping[str, str]) -> TypeOrganisation:
    is_person = "@" in group
    accepted = {group, local_part(group)} if is_person else set(domain_words(group))
    for member in members:
        address = comparable(member.path.address)
        if not is_person:
            accepted.add(domain_of(address))
        accepted |= parts_of(names.get(address, ""))
    positions = tuple(member.key.position for member in members)
    return TypeOrganisation(positions, group, is_person, frozenset({plain(one) for one in accepted} - {""}))


def domain_words(group: str) -> frozenset[str]:
    """What a registrable domain is called: itself, and its first label."""
    return frozenset({group, group.partition(".")[0]})


def parts_of(name: str) -> set[str]:
    """A shown name as a whole and by its words; an address shown as a name is none."""
    if "@" in name:
        return set()
    text = unicodedata.normalize("NFKC", name)
    words = [_TITLE.sub("", word) for word in _BETWEEN.split(text)]
    return {word for word in (*words, text) if len(plain(word)) >= _PART_LEAST}


def plain(text: str) -> str:
    """For comparing: without width, case, blanks, titles, the legal form of a firm."""
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    return "".join(_TITLE.sub("", _FORMS.sub("", folded)).split())


def _mapping(facts: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = facts.get(name)
    return found if isinstance(found, Mapping) else {}
