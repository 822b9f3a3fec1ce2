"""What the page shows, read from the relay's own record and from the world's memory. Looking changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mailguard import audit, hold
from mailguard.demo.world import Arrival
from mailguard.hold import ListedMail
from mailguard.model.audit import AuditAction
from mailguard.model.queue import QueueId, Recipient, State
from mailguard.model.verdict import Obligation
from mailguard.spool import Spool
from mailguard.spool.rows import RecordedJudgement

SHOWN = 30
"""Mails of each kind on the page."""

_NOT_SENT = (State.CANCELLED, State.BOUNCED, State.DEFERRED)
_LEADS_THERE = frozenset(
    {
        AuditAction.CANCELLED, AuditAction.BOUNCED, AuditAction.DEFERRED,
        AuditAction.ADMIN_CANCELLED, AuditAction.ADMIN_BOUNCED,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HeldMail:
    """A mail that waits. ``until``: the shown deadline, None without one; ``others``: recipients not held.

    ``is_sent_then``: whether the deadline sends it. ``reasons``: why it waits, by language. ``shows_others``: whether
    its outsiders would see each other.
    """

    queue_id: QueueId
    subject: str | None
    sender: str
    recipients: tuple[str, ...]
    until: datetime | None
    others: int
    is_sent_then: bool
    reasons: tuple[dict[str, str], ...]
    shows_others: bool


@dataclass(frozen=True, slots=True)
class NotSent:
    """Recipients of one mail that did not get it, or not yet. ``next_try`` is for deferred ones."""

    queue_id: QueueId
    subject: str | None
    recipients: tuple[str, ...]
    state: State
    at: datetime
    reply: str
    next_try: datetime | None


@dataclass(frozen=True, slots=True)
class Overview:
    """All of it, as of ``now``. Held mail: the next deadline first; the others: the newest first."""

    now: datetime
    held: list[HeldMail]
    arrived: list[Arrival]
    not_sent: list[NotSent]


def overview(spool: Spool, connection: Connection, arrivals: Iterable[Arrival]) -> Overview:
    """What there is to see now."""
    held = [
        _held(mail, spool.judgement(connection, mail.submission.queue_id))
        for mail in hold.list_held(spool, connection, limit=SHOWN)
    ]
    gone: dict[QueueId, None] = {}
    for _, _, event in audit.all_events(connection):
        if event.queue_id is not None and event.action in _LEADS_THERE:
            gone.pop(event.queue_id, None)
            gone[event.queue_id] = None
    not_sent = [
        entry for queue_id in list(gone)[-SHOWN:] for entry in _not_sent(hold.show(spool, connection, queue_id))
    ]
    now = spool.clock.now()
    return Overview(
        now,
        sorted(held, key=lambda mail: (mail.until is None, mail.until or now, mail.queue_id)),
        list(arrivals)[-SHOWN:][::-1],
        sorted(not_sent, key=lambda entry: entry.at, reverse=True),
    )


def _held(mail: ListedMail, judgement: RecordedJudgement | None) -> HeldMail:
    waiting = [entry for entry in mail.recipients if entry.state is State.HELD]
    deadlines = [entry.shown_until for entry in waiting if entry.shown_until is not None]
    verdicts = [entry.verdict for entry in waiting if entry.verdict is not None]
    return HeldMail(
        mail.submission.queue_id,
        mail.subject,
        mail.submission.envelope.reverse_path,
        tuple(entry.path.address for entry in waiting),
        min(deadlines, default=None),
        len(mail.recipients) - len(waiting),
        all(verdict.is_released_by_timer for verdict in verdicts),
        () if judgement is None else tuple(one.texts for one in judgement.explanations),
        any(Obligation.HIDE_RECIPIENTS in verdict.obligations for verdict in verdicts),
    )


def _not_sent(mail: ListedMail) -> list[NotSent]:
    groups: dict[tuple[State, str], list[Recipient]] = {}
    for entry in mail.recipients:
        if entry.state in _NOT_SENT:
            groups.setdefault((entry.state, _last_reply(mail, entry)), []).append(entry)
    return [
        NotSent(
            mail.submission.queue_id,
            mail.subject,
            tuple(entry.path.address for entry in entries),
            state,
            max(entry.changed_at for entry in entries),
            reply,
            min((entry.due_at for entry in entries if entry.due_at is not None), default=None)
            if state is State.DEFERRED
            else None,
        )
        for (state, reply), entries in groups.items()
    ]


def _last_reply(mail: ListedMail, entry: Recipient) -> str:
    attempts = mail.attempts.get(entry.key.position)
    if not attempts or attempts[-1].reply is None:
        return ""
    reply = attempts[-1].reply
    return " ".join(part for part in (str(reply.code or ""), reply.enhanced, reply.text) if part)
