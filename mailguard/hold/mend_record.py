"""Puts an edit on record: content, judgement, recipients and what is said about it, in one transaction.

An edit never shortens the way out. Every hold starts anew, by the verdict about the mail as it is now; a time that was
to come later stays, a timer that a person stopped stays stopped, and an approval that was given does not count for it.
What the rules would let go at once is held as a routine mail is, so that it can still be taken back. What they block is
held, and nobody can send it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from mailguard import audit
from mailguard.errors import StaleState
from mailguard.hold.actions import EXPOSURE, Recipients, Wish, as_wished, recorded_wish
from mailguard.hold.ends import Deadline
from mailguard.hold.grounds import dangers_in, grounds, is_in_danger
from mailguard.hold.mending import Mend, Mended
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.model.knowledge import Lesson
from mailguard.model.queue import Mover, QueueId, Recipient, RecipientKey, State
from mailguard.model.verdict import Action, AtEnd, Judgement, Needs, Obligation, Verdict
from mailguard.spool import Mail, Move, SealedContent, Spool, advance, lease
from mailguard.spool.moves import Step
from mailguard.store import Transaction, Work

_CANCEL: tuple[Step, ...] = ((State.CANCELLED, Mover.PERSON),)
_JUDGE = Actor(ActorKind.WORKER, "inspector")
_NEEDS = list(Needs)


@dataclass(frozen=True)
class HoldRules:
    """How long holds last. ``routine_seconds``: of a mail that needs nothing; ``grace``: more than people are shown."""

    deadline: Deadline
    grace: timedelta
    routine_seconds: int


@dataclass(frozen=True)
class MendOutcome:
    """What an edit did. ``number``: of the judgement it led to; ``added``: positions of the addresses put in."""

    queue_id: QueueId
    number: int
    removed: tuple[int, ...]
    added: tuple[int, ...]
    held: tuple[int, ...]
    blocked: tuple[int, ...]


def record_mend(
    spool: Spool,
    seen: Mail,
    mend: Mend,
    mended: Mended,
    judgement: Judgement,
    lesson: Lesson | None,
    content: SealedContent | None,
    actor: Actor,
    rules: HoldRules,
) -> Work[MendOutcome]:
    """The work that makes an edit count. ``seen``: the mail as it was when it was edited and judged; ``judgement``: a
    verdict for each forward-path as it will be then; ``content``: what the mail holds now, None where that stays.

    Raises ``StaleState`` where anything has happened to the mail since; nothing is changed then.
    """
    verdicts = judgement.verdicts

    def work(transaction: Transaction) -> MendOutcome:
        fresh = spool.mail(transaction, seen.submission.queue_id)
        _assure_same(seen, fresh)
        queue_id = fresh.submission.queue_id
        if content is not None:
            spool.insert_edit(transaction, content, fresh.submission)
        before = spool.judgement(transaction, queue_id)
        number = 1 if before is None else before.number + 1
        spool.insert_judgement(transaction, queue_id, judgement, lesson, number)
        staying = []
        going = []
        for entry in fresh.recipients:
            position = entry.key.position
            if position in mended.withdrawn:
                going.append(Move(entry, _CANCEL, {"shown_until": None}))
            elif entry.state is State.HELD:
                verdict = held_verdict(verdicts[position], entry.verdict, mend.wish, rules.routine_seconds)
                staying.append(lease(transaction, entry, **hold_anew(verdict, entry, transaction.now, rules)))
            elif entry.state is State.CANCELLED:
                # Whoever undoes this cancellation at the same moment would bring back a verdict about another mail.
                lease(transaction, entry)
        coming = _added(transaction, spool, fresh, mended, verdicts, mend.wish, rules)
        facts = {} if before is None else before.facts
        ended = _ended_dangers(fresh, facts, staying, judgement.facts)
        events = _events(
            transaction, fresh, mend, mended, judgement, number, content, actor, [*staying, *coming], ended
        )
        _put_on_record(transaction, mended, actor, going, facts, events)
        return MendOutcome(
            queue_id,
            number,
            tuple(sorted(mended.withdrawn)),
            tuple(entry.key.position for entry in coming),
            tuple(entry.key.position for entry in (*staying, *coming)),
            tuple(entry.key.position for entry in (*staying, *coming) if is_blocked(entry)),
        )

    return work


def is_blocked(entry: Recipient) -> bool:
    """Whether nobody can send a held mail as it is now."""
    return entry.verdict is not None and entry.verdict.action is Action.BLOCK


def held_verdict(verdict: Verdict, before: Verdict | None, wish: Wish, routine_seconds: int) -> Verdict:
    """The verdict of a recipient that is held after an edit: with what a person wished for it, and with a hold.

    ``before``: its verdict until now; None for a recipient that was not there.
    """
    verdict = _with_wishes(verdict, before, wish)
    if verdict.action is Action.DELIVER:
        return replace(
            verdict,
            action=Action.HOLD,
            needs=Needs.TIMER,
            at_end=AtEnd.SEND,
            hold_seconds=routine_seconds,
            office_hours=False,
        )
    is_passed_up = (
        before is not None
        and verdict.action is before.action is Action.HOLD
        and _NEEDS.index(before.needs) > _NEEDS.index(verdict.needs)
        and before.reasons[:1] == verdict.reasons[:1]
    )
    if before is not None and is_passed_up:
        # Nobody decided in time, and for the same reason the same person would be asked again.
        return replace(verdict, needs=before.needs, hold_seconds=before.hold_seconds, at_end=before.at_end)
    return verdict


def _with_wishes(verdict: Verdict, before: Verdict | None, wish: Wish) -> Verdict:
    """What was wished earlier stays unless it is taken back; what the rules want stays in any case."""
    earlier = frozenset[Obligation]() if before is None else before.wished
    if wish.recipients is not None:
        earlier -= EXPOSURE
    if wish.in_clear:
        earlier -= {Obligation.PROTECT}
    if before is not None and Obligation.PROTECT in earlier:
        verdict = replace(verdict, protection=before.protection.over(verdict.protection))
    if earlier & EXPOSURE:
        verdict = replace(verdict, obligations=verdict.obligations - EXPOSURE)
    verdict = replace(verdict, obligations=verdict.obligations | earlier, wished=earlier)
    shown = None if wish.recipients is Recipients.AS_THEY_ARE else wish.recipients
    return as_wished(verdict, replace(wish, recipients=shown, in_clear=False))


def hold_anew(verdict: Verdict, before: Recipient, now: datetime, rules: HoldRules) -> dict[str, Any]:
    """New values of a recipient that was held and is held on."""
    return {"verdict": verdict, "lease_owner": None, **_times(verdict, before, now, rules)}


def _times(verdict: Verdict, before: Recipient | None, now: datetime, rules: HoldRules) -> dict[str, Any]:
    nobody_looks: dict[str, Any] = {"shown_until": None, "due_at": None}
    if verdict.action is not Action.HOLD or verdict.hold_seconds is None:
        return nobody_looks
    shown = rules.deadline(verdict, now)
    was_timed = before is not None and before.verdict is not None and before.verdict.is_released_by_timer
    if before is not None and was_timed and verdict.is_released_by_timer:
        if before.due_at is None:
            return nobody_looks
        shown = max(shown, before.shown_until or shown)
    return {"shown_until": shown, "due_at": shown + rules.grace}


def _assure_same(seen: Mail, fresh: Mail) -> None:
    """Raises ``StaleState`` where content or a recipient is not what was judged."""
    if seen.submission.content_id != fresh.submission.content_id or seen.recipients != fresh.recipients:
        raise StaleState("the mail has changed since it was edited")


def _added(
    transaction: Transaction,
    spool: Spool,
    mail: Mail,
    mended: Mended,
    verdicts: Sequence[Verdict],
    wish: Wish,
    rules: HoldRules,
) -> list[Recipient]:
    now = transaction.now
    made = []
    for position, path in enumerate(mended.added, len(mail.recipients)):
        verdict = held_verdict(verdicts[position], None, wish, rules.routine_seconds)
        times = _times(verdict, None, now, rules)
        recipient = Recipient(
            key=RecipientKey(mail.submission.queue_id, position),
            path=path,
            state=State.HELD,
            revision=0,
            verdict=verdict,
            due_at=times["due_at"],
            lease_owner=None,
            shown_until=times["shown_until"],
            variant_id=None,
            looks=0,
            attempts=0,
            doubts=0,
            expires_at=None,
            delay_told=False,
            changed_at=now,
        )
        spool.insert_recipient(transaction, recipient)
        made.append(recipient)
    return made


def _ended_dangers(
    before: Mail, facts_before: Mapping[str, object], staying: Sequence[Recipient], facts: Mapping[str, object]
) -> dict[str, object]:
    """What goes on record of those who stay and are in no danger any more."""
    safe = {one.key.position for one in staying if not is_in_danger(one, one.verdict, facts)}
    mended = [
        one for one in before.recipients if one.key.position in safe and is_in_danger(one, one.verdict, facts_before)
    ]
    return grounds(mended, facts_before) if mended else {}


def _events(
    transaction: Transaction,
    mail: Mail,
    mend: Mend,
    mended: Mended,
    judgement: Judgement,
    number: int,
    content: SealedContent | None,
    actor: Actor,
    held: list[Recipient],
    ended: dict[str, object],
) -> list[AuditEvent]:
    """Who changed what, in counts and positions: never an address, a subject or a file's name."""
    now, queue_id = transaction.now, mail.submission.queue_id
    changed: dict[str, object] = {
        "positions": [entry.key.position for entry in held],
        "judgement": number,
        "removed": list(mended.removed),
        "corrected": list(mended.corrected),
        "added": [entry.key.position for entry in held if entry.revision == 0],
        "to_bcc": list(mended.to_bcc),
        "outsiders_to_bcc": mend.outsiders_to_bcc,
        "files": mended.files,
        "subject": mended.has_subject,
        **recorded_wish(mend.wish),
        **ended,
    }
    if mend.reason:
        changed["reason"] = mend.reason
    if content is not None:
        changed |= {"size": content.size, "sha256": content.sha256.hex()}
    changed = {name: value for name, value in changed.items() if value not in ([], False, 0)}
    judged: dict[str, object] = {"policy": judgement.policy}
    for entry in held:
        assert entry.verdict is not None, "what is held after an edit was judged"
        positions = judged.setdefault(entry.verdict.action.value, [])
        assert isinstance(positions, list)
        positions.append(entry.key.position)
    judged["rules"] = sorted({reason for entry in held for reason in (entry.verdict.reasons if entry.verdict else ())})
    judged |= {"danger": dangers} if (dangers := dangers_in(held, judgement.facts)) else {}
    return [
        AuditEvent(now, actor, AuditAction.CHANGED, queue_id, changed),
        AuditEvent(now, _JUDGE, AuditAction.JUDGED, queue_id, judged),
    ]


def _put_on_record(
    transaction: Transaction,
    mended: Mended,
    actor: Actor,
    going: list[Move],
    facts: Mapping[str, object],
    events: list[AuditEvent],
) -> None:
    """The events, with the cancellation of those who were taken off."""
    if not going:
        for event in events:
            audit.append(transaction, event)
        return
    taken_off = [one.recipient for one in going]
    details: dict[str, object] = {
        "positions": sorted(mended.withdrawn), "reason": "edited", **grounds(taken_off, facts)
    }  # fmt: skip
    cancelled = AuditEvent(transaction.now, actor, AuditAction.CANCELLED, events[0].queue_id, details)
    advance(transaction, going, cancelled, *events)
