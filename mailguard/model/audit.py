"""Who did what: the values of the audit record."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ActorKind(StrEnum):
    """What kind of actor acted."""

    PERSON = "person"
    WORKER = "worker"
    CLIENT = "client"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted. ``name`` is a worker's name, a person's address or system user name, or a client's account."""

    kind: ActorKind
    name: str


class AuditAction(StrEnum):
    """Everything that is ever recorded, in one list. Values are stable: exports and filters rely on them."""

    ACCEPTED = "mail.accepted"
    JUDGED = "mail.judged"
    ADVANCED = "mail.advanced"
    RELEASED = "hold.released"
    RELEASED_BY_TIMER = "hold.released_by_timer"
    EXTENDED = "hold.extended"
    CANCELLED = "hold.cancelled"
    CHANGED = "hold.changed"
    EXPIRED = "hold.expired"
    ESCALATED = "hold.escalated"
    QUEUED = "mail.queued"
    NOT_PREPARED = "mail.not_prepared"
    ATTEMPT_BEGUN = "delivery.begun"
    DELIVERED = "delivery.delivered"
    DEFERRED = "delivery.deferred"
    BOUNCED = "delivery.bounced"
    IN_DOUBT = "delivery.in_doubt"
    RESCUED = "mail.rescued"
    RETRIED = "queue.retried"
    ADMIN_BOUNCED = "queue.bounced"
    ADMIN_CANCELLED = "queue.cancelled"
    CONTENT_DESTROYED = "content.destroyed"
    ACCOUNT_CHANGED = "account.changed"
    POLICY_LOADED = "policy.loaded"
    POLICY_REFUSED = "policy.refused"
    CORRESPONDENTS_IMPORTED = "correspondents.imported"
    CORRESPONDENT_FORGOTTEN = "correspondents.forgotten"
    STARTED = "service.started"
    STOPPED = "service.stopped"


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One entry: what is to be recorded. ``queue_id`` is None where no mail is meant.

    ``details`` holds JSON scalars and lists of them: states, counts, codes, positions. Never a subject, a body, a
    file name, a password or a found value.
    """

    at: datetime
    actor: Actor
    action: AuditAction
    queue_id: str | None = None
    details: dict[str, object] = field(default_factory=dict)
