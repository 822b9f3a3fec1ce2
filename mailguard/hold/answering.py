"""The answers to what a dangerous release asks: whether they are enough, and a release that is made only then.

Whoever releases a mail answers, whatever way they come: page, link, list, program. What is asked, and about which
mail, is looked at again within the transaction of the release.

Organisations are asked for by their number and typed in any order: beside a field nothing may stand that tells which
one is meant there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from mailguard import audit
from mailguard.errors import NotAllowed, StaleState
from mailguard.hold.called import knowing
from mailguard.hold.danger import ChooseAddress, GroupOf, TypeOrganisation, answered, questions
from mailguard.model.address import comparable
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.model.queue import QueueId, Recipient, State
from mailguard.model.summary import Summary
from mailguard.spool import Spool
from mailguard.spool.box_queries import Reader
from mailguard.store import Transaction, Work

T = TypeVar("T")


@dataclass(frozen=True)
class Acquainted:
    """What is known for asking. ``facts``: those on record with the judgement; ``names``: shown beside addresses."""

    facts: Mapping[str, object]
    names: Mapping[str, str]
    is_outside: Callable[[str], bool]
    group_of: GroupOf


@dataclass(frozen=True)
class Asked:
    """What is asked. ``typed``: how many of ``organisations`` must be named, any of them."""

    choices: tuple[ChooseAddress, ...] = ()
    typed: int = 0
    organisations: tuple[TypeOrganisation, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is asked."""
        return bool(self.choices or self.typed)

    @property
    def is_about_people(self) -> bool:
        """Whether it is persons that are asked for, and no organisation."""
        return bool(self.organisations) and all(one.is_person for one in self.organisations)


@dataclass(frozen=True)
class Answers:
    """What somebody answered. ``chosen``: an address by position; ``typed``: organisations in any order."""

    chosen: Mapping[int, str] = field(default_factory=dict)
    typed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unanswered:
    """What is wrong with answers. ``open``: nothing was chosen; ``other``: the other address is right, so the mail is
    to be mended. By number, which of those typed are ``empty``, name one who was ``repeated``, or (``typed``) nobody
    this mail goes to.
    """

    open: tuple[ChooseAddress, ...] = ()
    other: tuple[ChooseAddress, ...] = ()
    typed: tuple[int, ...] = ()
    empty: tuple[int, ...] = ()
    repeated: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is."""
        return bool(self.open or self.other or self.typed or self.empty or self.repeated)


class NotAnswered(NotAllowed):
    """A dangerous mail is released by an answer, and there was none that will do."""

    public = "Say whom this mail is meant for; open it to answer"

    def __init__(self, unanswered: Unanswered) -> None:
        super().__init__("not answered")
        self.unanswered = unanswered


def acquainted(
    facts: Mapping[str, object], summary: Summary | None, is_outside: Callable[[str], bool], group_of: GroupOf
) -> Acquainted:
    """What is known of a mail, from its judgement and its summary (None: that is gone)."""
    shown = () if summary is None else summary.recipients
    return Acquainted(facts, {comparable(one.address): one.name for one in shown}, is_outside, group_of)


def asked_of(recipients: Sequence[Recipient], known: Acquainted) -> Asked:
    """What is asked before these recipients are released."""
    asked = _questions(recipients, known)
    organisations: dict[str, TypeOrganisation] = {}
    for recipient in recipients:
        for one in _questions([recipient], known):
            if isinstance(one, TypeOrganisation):
                organisations[one.group] = _joined(organisations.get(one.group), one)
    choices = tuple(one for one in asked if isinstance(one, ChooseAddress))
    return Asked(choices, len(asked) - len(choices), tuple(organisations.values()))


def with_names(
    reader: Reader, asked: Asked, answers: Answers, recipients: Sequence[Recipient], group_of: GroupOf
) -> Asked:
    """What is asked of these recipients, where the answers count by what is known of their names (``hold.called``)."""
    return replace(asked, organisations=knowing(reader, asked.organisations, answers.typed, recipients, group_of))


def unanswered(asked: Asked, answers: Answers) -> Unanswered:
    """What is wrong with the answers; nothing where they will do."""
    given = {one.position: answers.chosen.get(one.position, "").strip() for one in asked.choices}
    wrong = [one for one in asked.choices if not answered(one, given[one.position])]
    other = tuple(one for one in wrong if comparable(given[one.position]) == one.known)
    left, amiss = list(asked.organisations), []
    everything = (*answers.typed, *([""] * asked.typed))
    for number, typed in enumerate(everything):
        named = next((one for one in left if answered(one, typed)), None)
        if named is None:
            amiss.append(number)
        else:
            left.remove(named)
    missing = max(0, asked.typed - (len(asked.organisations) - len(left)))
    amiss = amiss[:missing]
    empty = tuple(number for number in amiss if not everything[number].strip())
    again = tuple(number for number in amiss if any(answered(one, everything[number]) for one in asked.organisations))
    unknown = tuple(number for number in amiss if number not in empty and number not in again)
    return Unanswered(tuple(one for one in wrong if one not in other), other, unknown, empty, again)


def when_answered(
    work: Work[T],
    spool: Spool,
    queue_id: QueueId,
    judgement: int,
    seen: Sequence[Recipient],
    answers: Answers,
    actor: Actor,
    is_outside: Callable[[str], bool],
    group_of: GroupOf,
) -> Work[T]:
    """``work``, which releases ``seen``, where the answers will do. ``judgement``: the number of the one they saw.

    Raises ``StaleState`` where the mail was judged anew since, or somebody else is to decide now; ``NotAnswered``.
    Recipients that are not held any more are asked nothing about.
    """

    def checked(transaction: Transaction) -> T:
        recorded = spool.judgement(transaction, queue_id)
        if (0 if recorded is None else recorded.number) != judgement:
            raise StaleState("judged anew since it was looked at")
        before = {one.key.position: one.verdict for one in seen}
        mail = spool.mail(transaction, queue_id)
        held = [one for one in mail.recipients if one.key.position in before and one.state is State.HELD]
        if any(one.verdict != before[one.key.position] for one in held):
            raise StaleState("another verdict since it was looked at")
        summary = spool.summaries(transaction, [queue_id]).get(queue_id)
        facts: Mapping[str, object] = {} if recorded is None else recorded.facts
        asked = asked_of(held, acquainted(facts, summary, is_outside, group_of))
        asked = with_names(transaction, asked, answers, held, group_of)
        amiss = unanswered(asked, answers)
        if amiss:
            raise NotAnswered(amiss)
        if asked:
            audit.append(transaction, _answered(transaction, queue_id, judgement, actor, held, asked))
        return work(transaction)

    return checked


def _answered(
    transaction: Transaction, queue_id: QueueId, judgement: int, actor: Actor, held: Sequence[Recipient], asked: Asked
) -> AuditEvent:
    """That somebody answered, and how much was asked: never what."""
    details: dict[str, object] = {
        "positions": [one.key.position for one in held],
        "judgement": judgement,
        "choices": len(asked.choices),
        "typed": asked.typed,
    }
    return AuditEvent(transaction.now, actor, AuditAction.ANSWERED, queue_id, details)


def _questions(recipients: Sequence[Recipient], known: Acquainted) -> tuple[TypeOrganisation | ChooseAddress, ...]:
    return questions(recipients, known.facts, known.names, known.is_outside, known.group_of)


def _joined(before: TypeOrganisation | None, one: TypeOrganisation) -> TypeOrganisation:
    if before is None:
        return one
    return replace(one, positions=(*before.positions, *one.positions), accepted=before.accepted | one.accepted)
