"""Rows of the spool's tables and the values they stand for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Row

from mailguard.model.approval import USUAL, Approval, ApproverKind
from mailguard.model.delivery import DeliveryAttempt, Outcome, Reply
from mailguard.model.envelope import Body, Envelope, ForwardPath, Notify, Ret, Session
from mailguard.model.knowledge import Lesson
from mailguard.model.protection import NO_WISH, Channel, Mode, Protection
from mailguard.model.queue import Original, Recipient, RecipientKey, State, Submission
from mailguard.model.verdict import Action, AtEnd, Explanation, Judgement, Needs, Obligation, Verdict
from mailguard.spool.content import SealedContent
from mailguard.store.times import from_micros, from_micros_or_none, to_micros, to_micros_or_none


@dataclass(frozen=True, slots=True)
class Tail:
    """The rest of a variant: another content from an octet of its wire form on; ``size`` octets."""

    content_id: str
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class RecordedJudgement:
    """A judgement as it is on record. ``observed``: what an observing set would have done, by position, or None."""

    number: int
    policy: str
    explanations: tuple[Explanation, ...]
    facts: dict[str, object]
    observed: tuple[Verdict, ...] | None
    lesson: Lesson | None


@lru_cache(maxsize=1024)
def verdict_text(verdict: Verdict) -> str:
    """A verdict as the JSON kept in its column."""
    return json.dumps(
        {
            "action": verdict.action.value,
            "reasons": verdict.reasons,
            "policy": verdict.policy,
            "hold_seconds": verdict.hold_seconds,
            "needs": verdict.needs.value,
            "at_end": verdict.at_end.value,
            "office_hours": verdict.office_hours,
            "obligations": sorted(one.value for one in verdict.obligations),
            "waiver": None if verdict.waiver is None else verdict.waiver.value,
            "is_waived": verdict.is_waived,
            **_protection_values(verdict.protection),
            **_approval_values(verdict.approval),
            **({"wished": sorted(one.value for one in verdict.wished)} if verdict.wished else {}),
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _protection_values(wish: Protection) -> dict[str, Any]:
    """What a verdict says about protection; nothing where it says nothing, as for nearly every mail."""
    if wish == NO_WISH:
        return {}
    return {
        "protection": {
            "mode": None if wish.mode is None else wish.mode.value,
            "channel": None if wish.channel is None else wish.channel.value,
            "everything": wish.everything,
            "subject": wish.subject,
            "phone": wish.phone,
        }
    }


def _protection_of(values: dict[str, Any] | None) -> Protection:
    if values is None:
        return NO_WISH
    return Protection(
        None if values["mode"] is None else Mode(values["mode"]),
        None if values["channel"] is None else Channel(values["channel"]),
        values["everything"],
        tuple((language, words) for language, words in values["subject"]),
        values["phone"],
    )


def _approval_values(wanted: Approval) -> dict[str, Any]:
    """What a verdict says about approval; nothing where it is the usual one."""
    if wanted == USUAL:
        return {}
    return {"approval": {"by": wanted.by, "persons": wanted.persons, "count": wanted.count, "own": wanted.own}}


def _approval_of(values: dict[str, Any] | None) -> Approval:
    if values is None:
        return USUAL
    by = tuple(ApproverKind(word) for word in values["by"])
    return Approval(by, tuple(values["persons"]), values["count"], values["own"])


@lru_cache(maxsize=1024)
def verdict_of(stored: str) -> Verdict:
    """The verdict of its column's JSON."""
    values = json.loads(stored)
    return Verdict(
        Action(values["action"]),
        tuple(values["reasons"]),
        values["policy"],
        values["hold_seconds"],
        Needs(values["needs"]),
        AtEnd(values["at_end"]),
        values["office_hours"],
        frozenset(Obligation(word) for word in values["obligations"]),
        None if values["waiver"] is None else Needs(values["waiver"]),
        values["is_waived"],
        _protection_of(values.get("protection")),
        _approval_of(values.get("approval")),
        frozenset(Obligation(word) for word in values.get("wished", ())),
    )


def content_row(
    sealed: SealedContent, created_at: int, tail: Tail | None = None, owner_id: str | None = None
) -> dict[str, Any]:
    """The row of a content; with a tail it is a variant whose rest is another content's. ``owner_id``: the content of
    the mail it was made for, where that is not its tail.
    """
    return {
        "content_id": sealed.content_id,
        "created_at": created_at,
        "size": sealed.size if tail is None else sealed.size + tail.size,
        "sha256": sealed.sha256,
        "eight_bit": sealed.eight_bit,
        "key_id": sealed.key_id,
        "wrapped_key": sealed.wrapped_key,
        "body": sealed.body,
        "destroyed_at": None,
        "tail_id": None if tail is None else tail.content_id,
        "tail_from": None if tail is None else tail.start,
        "owner_id": owner_id,
    }


def submission_row(mail: Submission) -> dict[str, Any]:
    """The row of a submission."""
    envelope, session = mail.envelope, mail.session
    return {
        "queue_id": mail.queue_id,
        "accepted_at": to_micros(mail.accepted_at),
        "reverse_path": envelope.reverse_path,
        "ret": None if envelope.ret is None else envelope.ret.value,
        "envid": envelope.envid,
        "body": None if envelope.body is None else envelope.body.value,
        "smtputf8": envelope.smtputf8,
        "client_address": session.client_address,
        "client_name": session.client_name,
        "listener": session.listener,
        "owner": session.owner,
        "connected_at": to_micros(session.connected_at),
        "account": session.account,
        "source": session.source,
        "tls": session.tls,
        "esmtp": session.esmtp,
        "content_id": mail.content_id,
        "size": mail.size,
        "recipients": len(envelope.forward_paths),
        "automatic": mail.automatic,
        "edited_id": None,
        "edited_size": None,
    }


def recipient_row(entry: Recipient) -> dict[str, Any]:
    """The row of a recipient."""
    return {
        "queue_id": entry.key.queue_id,
        "position": entry.key.position,
        "address": entry.path.address,
        "notify": ",".join(sorted(word.value for word in entry.path.notify)) if entry.path.notify else "",
        "orcpt": entry.path.orcpt,
        "state": entry.state.value,
        "revision": entry.revision,
        "verdict": None if entry.verdict is None else verdict_text(entry.verdict),
        "due_at": to_micros_or_none(entry.due_at),
        "lease_owner": entry.lease_owner,
        "shown_until": to_micros_or_none(entry.shown_until),
        "variant_id": entry.variant_id,
        "looks": entry.looks,
        "attempts": entry.attempts,
        "doubts": entry.doubts,
        "expires_at": to_micros_or_none(entry.expires_at),
        "delay_told": entry.delay_told,
        "changed_at": to_micros(entry.changed_at),
    }


def update_parameters(before: Recipient, after: Recipient) -> dict[str, Any]:
    """The parameters of ``UPDATE_RECIPIENT`` that turn one value into the next."""
    return {
        "in_queue_id": before.key.queue_id,
        "in_position": before.key.position,
        "from_state": before.state.value,
        "from_revision": before.revision,
        "to_revision": after.revision,
        "to_state": after.state.value,
        "to_verdict": None if after.verdict is None else verdict_text(after.verdict),
        "to_due_at": to_micros_or_none(after.due_at),
        "to_lease_owner": after.lease_owner,
        "to_shown_until": to_micros_or_none(after.shown_until),
        "to_variant_id": after.variant_id,
        "to_looks": after.looks,
        "to_attempts": after.attempts,
        "to_doubts": after.doubts,
        "to_expires_at": to_micros_or_none(after.expires_at),
        "to_delay_told": after.delay_told,
        "to_changed_at": to_micros(after.changed_at),
    }


def edit_parameters(before: Submission, edited: SealedContent) -> dict[str, Any]:
    """The parameters of ``EDIT_SUBMISSION`` that make ``edited`` the content that counts."""
    return {
        "in_queue_id": before.queue_id,
        "from_content_id": before.content_id,
        "to_content_id": edited.content_id,
        "to_size": edited.size,
    }


def attempt_row(key: RecipientKey, attempt: DeliveryAttempt) -> dict[str, Any]:
    """The row of an attempt."""
    return {
        "queue_id": key.queue_id,
        "position": key.position,
        "number": attempt.number,
        "started_at": to_micros(attempt.started_at),
        "ended_at": to_micros_or_none(attempt.ended_at),
        "next_hop": attempt.next_hop,
        "tls": attempt.tls,
        "outcome": attempt.outcome.value,
        "code": None if attempt.reply is None else attempt.reply.code,
        "enhanced": None if attempt.reply is None else attempt.reply.enhanced,
        "reply": None if attempt.reply is None else attempt.reply.text,
    }


def end_parameters(key: RecipientKey, attempt: DeliveryAttempt) -> dict[str, Any]:
    """The parameters of ``END_ATTEMPT``."""
    return {
        "in_queue_id": key.queue_id,
        "in_position": key.position,
        "in_number": attempt.number,
        "from_outcome": Outcome.UNKNOWN.value,
        "to_ended_at": to_micros_or_none(attempt.ended_at),
        "to_outcome": attempt.outcome.value,
        "to_tls": attempt.tls,
        "to_code": None if attempt.reply is None else attempt.reply.code,
        "to_enhanced": None if attempt.reply is None else attempt.reply.enhanced,
        "to_reply": None if attempt.reply is None else attempt.reply.text,
    }


def submission_of(row: Row[Any], recipients: Sequence[Recipient]) -> Submission:
    """The submission of its row and its recipients, in order of position."""
    is_edited = row.edited_id is not None
    return Submission(
        queue_id=row.queue_id,
        accepted_at=from_micros(row.accepted_at),
        envelope=Envelope(
            reverse_path=row.reverse_path,
            forward_paths=tuple([entry.path for entry in recipients]),
            ret=None if row.ret is None else Ret(row.ret),
            envid=row.envid,
            body=None if row.body is None else Body(row.body),
            smtputf8=row.smtputf8,
        ),
        session=Session(
            client_address=row.client_address,
            client_name=row.client_name,
            listener=row.listener,
            owner=row.owner,
            connected_at=from_micros(row.connected_at),
            account=row.account,
            source=row.source,
            tls=row.tls,
            esmtp=row.esmtp,
        ),
        content_id=row.edited_id if is_edited else row.content_id,
        size=row.edited_size if is_edited else row.size,
        automatic=row.automatic,
        original=Original(row.content_id, row.size, row.recipients) if is_edited else None,
        withdrawn=frozenset([entry.key.position for entry in recipients if entry.state is State.CANCELLED]),
    )


def recipient_of(row: Row[Any]) -> Recipient:
    """The recipient of its row."""
    return Recipient(
        key=RecipientKey(row.queue_id, row.position),
        path=ForwardPath(row.address, frozenset(Notify(word) for word in row.notify.split(",") if word), row.orcpt),
        state=State(row.state),
        revision=row.revision,
        verdict=None if row.verdict is None else verdict_of(row.verdict),
        due_at=from_micros_or_none(row.due_at),
        lease_owner=row.lease_owner,
        shown_until=from_micros_or_none(row.shown_until),
        variant_id=row.variant_id,
        looks=row.looks,
        attempts=row.attempts,
        doubts=row.doubts,
        expires_at=from_micros_or_none(row.expires_at),
        delay_told=row.delay_told,
        changed_at=from_micros(row.changed_at),
    )


def attempt_of(row: Row[Any]) -> DeliveryAttempt:
    """The attempt of its row."""
    return DeliveryAttempt(
        number=row.number,
        started_at=from_micros(row.started_at),
        ended_at=from_micros_or_none(row.ended_at),
        next_hop=row.next_hop,
        outcome=Outcome(row.outcome),
        reply=None if row.code is None else Reply(row.code, row.enhanced or "", row.reply or ""),
        tls=row.tls,
    )


def judgement_row(queue_id: str, number: int, judgement: Judgement, lesson: Lesson | None, at: int) -> dict[str, Any]:
    """The row of a judgement; ``number`` counts from 1."""
    return {
        "queue_id": queue_id,
        "number": number,
        "at": at,
        "policy": judgement.policy,
        "explanations": _json(
            [{"reason": one.reason, "positions": one.positions, "texts": one.texts} for one in judgement.explanations]
        ),
        "facts": _json(judgement.facts),
        "observed": None
        if judgement.observed is None
        else _json([verdict_text(verdict) for verdict in judgement.observed]),
        "lesson": None if lesson is None else lesson_text(lesson),
    }


def judgement_of(row: Row[Any]) -> RecordedJudgement:
    """The judgement of its row."""
    return RecordedJudgement(
        number=row.number,
        policy=row.policy,
        explanations=tuple(
            Explanation(one["reason"], tuple(one["positions"]), one["texts"]) for one in json.loads(row.explanations)
        ),
        facts=json.loads(row.facts),
        observed=None if row.observed is None else tuple(verdict_of(one) for one in json.loads(row.observed)),
        lesson=None if row.lesson is None else lesson_of(row.lesson),
    )


def lesson_text(lesson: Lesson) -> str:
    """A lesson as the JSON kept in its column."""
    return _json(
        {
            "sender": lesson.sender,
            "boxes": lesson.boxes,
            "people": lesson.people,
            "visible": lesson.visible,
            "thread": None if lesson.thread is None else lesson.thread.hex(),
            "greeting": lesson.greeting,
            "closing": [key.hex() for key in lesson.closing],
        }
    )


def lesson_of(stored: str) -> Lesson:
    """The lesson of its column's JSON."""
    values = json.loads(stored)
    thread = values["thread"]
    return Lesson(
        sender=values["sender"],
        boxes=values["boxes"],
        people=tuple(values["people"]),
        visible=tuple(values["visible"]),
        thread=None if thread is None else bytes.fromhex(thread),
        greeting=values["greeting"],
        closing=tuple(bytes.fromhex(key) for key in values["closing"]),
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
