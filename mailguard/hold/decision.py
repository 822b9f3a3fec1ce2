"""Everything the page of one mail shows, from the record alone: no content is opened for it.

Passwords are another room's (``parcels.listing``); whoever shows the page puts both together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from mailguard import audit
from mailguard.errors import ContentDamaged
from mailguard.hold.boxes import Box
from mailguard.hold.danger import is_dangerous
from mailguard.hold.fixes import Fix, fixes_for
from mailguard.hold.headline import Headline, headline_of
from mailguard.hold.timeline import Step, StepKind, timeline
from mailguard.hold.zero import at_zero
from mailguard.model.address import comparable, domain_of
from mailguard.model.delivery import DeliveryAttempt
from mailguard.model.protection import NO_WISH, Protection
from mailguard.model.queue import QueueId, Recipient, State, Submission
from mailguard.model.summary import Badge, Field, Summary, SummaryRecipient
from mailguard.model.verdict import Explanation, Needs, Obligation
from mailguard.notify.occasions import Waiting
from mailguard.policy.rules import Rule
from mailguard.spool import Mail, Spool
from mailguard.spool.box_queries import Reader

_ORDER = (Box.DECISION, Box.WAITING, Box.LEAVING, Box.FAILED, Box.CANCELLED, Box.SENT)
_BOX = {
    State.DELIVERED: Box.SENT,
    State.BOUNCED: Box.FAILED,
    State.CANCELLED: Box.CANCELLED,
    State.EXPIRED: Box.CANCELLED,
    State.BLOCKED: Box.CANCELLED,
}
_WORD_SAID = frozenset({StepKind.APPROVED, StepKind.NOT_APPROVED, StepKind.CHANGED})
_STAYED = frozenset({State.ACCEPTED, State.HELD, State.CANCELLED, State.EXPIRED, State.BLOCKED})
"""Where nothing goes out without somebody, or a time, that still decides."""


@dataclass(frozen=True, slots=True)
class ShownReason:
    """Why the mail is treated as it is. ``title``: the rule's, by language, empty where it is in force no more or none;
    ``texts``: the sentence, by language; ``fixes``: what mends it.
    """

    reason: str
    title: Mapping[str, str]
    texts: Mapping[str, str]
    positions: tuple[int, ...]
    fixes: tuple[Fix, ...]


@dataclass(frozen=True, slots=True)
class ShownRecipient:
    """One recipient. ``suggested``: the address that may have been meant, or "". ``attempts``: deliveries begun,
    oldest first. ``needs``: who must decide about it, None where it is not held.
    """

    position: int
    address: str
    name: str
    field: Field
    badges: frozenset[Badge]
    suggested: str
    state: State
    needs: Needs | None
    obligations: frozenset[Obligation]
    is_dangerous: bool
    attempts: tuple[DeliveryAttempt, ...]


@dataclass(frozen=True, slots=True)
class DomainGroup:
    """Recipients at one domain, in the order of the envelope. ``is_outside``: any of them is."""

    domain: str
    is_outside: bool
    recipients: tuple[ShownRecipient, ...]


@dataclass(frozen=True, slots=True)
class PlannedProtection:
    """How it will be protected: for whom, with what wish (None in it: decided when it is done), which files."""

    positions: tuple[int, ...]
    wish: Protection
    is_waivable: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """One mail. ``summary`` None: its content is gone, or nobody has looked at it yet.

    ``waiting``: until when and for whom it is held and what happens then (``notify.wording.at_zero`` has the sentence);
    None where nothing is held. ``judgement``: the number of the newest, 0 where there is none. ``is_danger``: releasing
    what is held asks for an answer (``hold.danger``). ``facts``: those on record with the judgement.
    """

    submission: Submission
    box: Box
    headline: Headline
    states: Mapping[State, int]
    summary: Summary | None
    waiting: Waiting | None
    is_danger: bool
    judgement: int
    facts: Mapping[str, object]
    reasons: tuple[ShownReason, ...]
    groups: tuple[DomainGroup, ...]
    protection: PlannedProtection | None
    timeline: tuple[Step, ...]

    @property
    def queue_id(self) -> QueueId:
        """What the mail is called."""
        return self.submission.queue_id

    @property
    def recipients(self) -> tuple[ShownRecipient, ...]:
        """All recipients, by position."""
        return tuple(sorted((one for group in self.groups for one in group.recipients), key=lambda one: one.position))

    @property
    def is_reportable(self) -> bool:
        """Whether there is a mistake to report: something of it is on its way out or was, or it was reported before."""
        has_left = any(one.attempts or one.state not in _STAYED for one in self.recipients)
        return has_left or any(step.kind is StepKind.MISTAKE for step in self.timeline)


def decision_of(
    spool: Spool,
    reader: Reader,
    queue_id: QueueId,
    rules: Mapping[str, Rule],
    is_outside: Callable[[str], bool],
) -> Decision:
    """The mail as it stands now. Raises ``UnknownMail``.

    ``rules``: those in force, by id; ``is_outside``: the office's directory, for mail without a summary.
    """
    mail = spool.mail(reader, queue_id)
    events = audit.events_of(reader, queue_id)
    attempts = spool.attempts(reader, queue_id)
    recorded = spool.judgement(reader, queue_id)
    facts: Mapping[str, object] = {} if recorded is None else recorded.facts
    summary = _summary(spool, reader, queue_id)
    held = [one for one in mail.recipients if one.state is State.HELD]
    explanations = () if recorded is None else recorded.explanations
    shown = [
        _shown(one, _known(summary).get(comparable(one.path.address)), facts, attempts, is_outside)
        for one in mail.recipients
    ]
    box = box_of(mail.recipients)
    waiting = at_zero(mail.recipients, mail.submission.accepted_at)
    steps = timeline(events, attempts)
    return Decision(
        submission=mail.submission,
        box=box,
        headline=headline_of(box, waiting, held, facts, rules, is_refused=_is_refused(steps)),
        states=_states(mail.recipients),
        summary=summary,
        waiting=waiting,
        is_danger=any(is_dangerous(one, facts) for one in held),
        judgement=0 if recorded is None else recorded.number,
        facts=facts,
        reasons=tuple(_reason(one, held, summary, rules.get(one.reason)) for one in explanations),
        groups=_groups(shown),
        protection=_protection(mail),
        timeline=steps,
    )


def _is_refused(steps: Sequence[Step]) -> bool:
    """Whether the last word of an approver was no; a mail that was changed since waits for another."""
    words = [step.kind for step in steps if step.kind in _WORD_SAID]
    return words[-1:] == [StepKind.NOT_APPROVED]


def box_of(recipients: Iterable[Recipient]) -> Box:
    """Where lists have a mail: in the box of its most urgent recipient."""
    return min((_box(one) for one in recipients), key=_ORDER.index)


def _box(one: Recipient) -> Box:
    if one.state is not State.HELD:
        return _BOX.get(one.state, Box.LEAVING)
    is_timed = one.verdict is not None and one.verdict.needs is Needs.TIMER and one.due_at is not None
    return Box.WAITING if is_timed else Box.DECISION


def _summary(spool: Spool, reader: Reader, queue_id: QueueId) -> Summary | None:
    try:
        return spool.summaries(reader, [queue_id]).get(queue_id)
    except ContentDamaged:
        return None


def _known(summary: Summary | None) -> dict[str, SummaryRecipient]:
    return {} if summary is None else {comparable(one.address): one for one in summary.recipients}


def _states(recipients: Iterable[Recipient]) -> dict[State, int]:
    found: dict[State, int] = {}
    for one in recipients:
        found[one.state] = found.get(one.state, 0) + 1
    return found


def _reason(reason: Explanation, held: Sequence[Recipient], summary: Summary | None, rule: Rule | None) -> ShownReason:
    title = {} if rule is None else rule.title
    fixes = fixes_for(reason, held, summary, rule)
    return ShownReason(reason.reason, title, reason.texts, reason.positions, fixes)


def _shown(
    one: Recipient,
    known: SummaryRecipient | None,
    facts: Mapping[str, object],
    attempts: Mapping[int, list[DeliveryAttempt]],
    is_outside: Callable[[str], bool],
) -> ShownRecipient:
    badges = frozenset[Badge]() if known is None else known.badges
    if not badges & {Badge.OUTSIDE, Badge.INSIDE}:
        badges |= {Badge.OUTSIDE if is_outside(one.path.address) else Badge.INSIDE}
    is_held = one.state is State.HELD
    verdict = one.verdict
    return ShownRecipient(
        position=one.key.position,
        address=one.path.address,
        name="" if known is None else known.name,
        field=Field.ENVELOPE_ONLY if known is None else known.field,
        badges=badges,
        suggested="" if known is None else known.suggested,
        state=one.state,
        needs=(Needs.ADMINISTRATOR if verdict is None else verdict.needs) if is_held else None,
        obligations=frozenset() if verdict is None else verdict.obligations,
        is_dangerous=is_held and is_dangerous(one, facts),
        attempts=tuple(attempts.get(one.key.position, ())),
    )


def _groups(shown: Iterable[ShownRecipient]) -> tuple[DomainGroup, ...]:
    """By domain, outside ones first, else in the order of the envelope."""
    domains: dict[str, list[ShownRecipient]] = {}
    for one in shown:
        domains.setdefault(domain_of(one.address), []).append(one)
    groups = [
        DomainGroup(domain, any(Badge.OUTSIDE in one.badges for one in members), tuple(members))
        for domain, members in domains.items()
    ]
    return tuple(sorted(groups, key=lambda one: not one.is_outside))


def _protection(mail: Mail) -> PlannedProtection | None:
    """What is planned for those that have not left."""
    planned = [
        (one.key.position, one.verdict)
        for one in mail.recipients
        if one.state in (State.HELD, State.CLEARED)
        and one.verdict is not None
        and Obligation.PROTECT in one.verdict.obligations
    ]
    if not planned:
        return None
    wish = NO_WISH
    for _, verdict in planned:
        wish = wish.over(verdict.protection)
    waivable = all(verdict.waiver is not None for _, verdict in planned)
    return PlannedProtection(tuple(position for position, _ in planned), wish, waivable)
