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
    ANSWERED = "hold.answered"
    """Somebody answered what is asked before a dangerous mail is released."""
    RELEASED_BY_TIMER = "hold.released_by_timer"
    EXTENDED = "hold.extended"
    CANCELLED = "hold.cancelled"
    CHANGED = "hold.changed"
    RESTORED = "hold.restored"
    SCHEDULED = "hold.scheduled"
    APPROVED = "hold.approved"
    NOT_APPROVED = "hold.not_approved"
    RETURNED = "hold.returned"
    MISTAKE_REPORTED = "mail.mistake_reported"
    CONTENT_READ = "content.read"
    INCIDENT_OPENED = "incident.opened"
    INCIDENT_NOTED = "incident.noted"
    INCIDENT_CHANGED = "incident.changed"
    INCIDENT_SEEN = "incident.seen"
    """Somebody looked at whose data it is about, or at a document that says so."""
    INCIDENT_EXPORTED = "incident.exported"
    NOTICE_SENT = "notice.sent"
    EXPIRED = "hold.expired"
    ESCALATED = "hold.escalated"
    QUEUED = "mail.queued"
    NOT_PREPARED = "mail.not_prepared"
    ATTEMPT_BEGUN = "delivery.begun"
    DELIVERED = "delivery.delivered"
    DEFERRED = "delivery.deferred"
    BOUNCED = "delivery.bounced"
    BOUNCED_LATER = "delivery.bounced_later"
    IN_DOUBT = "delivery.in_doubt"
    RESCUED = "mail.rescued"
    RETRIED = "queue.retried"
    ADMIN_BOUNCED = "queue.bounced"
    ADMIN_CANCELLED = "queue.cancelled"
    CONTENT_DESTROYED = "content.destroyed"
    PARCEL_MADE = "parcel.made"
    PASSWORD_WAITING = "password.waiting"
    PASSWORD_BEGUN = "password.begun"
    PASSWORD_TOLD = "password.told"
    PASSWORD_NOT_TAKEN = "password.not_taken"
    PASSWORD_REROUTED = "password.rerouted"
    PASSWORD_STOPPED = "password.stopped"
    PASSWORD_SHOWN = "password.shown"
    PASSWORD_DESTROYED = "password.destroyed"
    PARCEL_BOUNCED_LATER = "parcel.bounced_later"
    ACCOUNT_CHANGED = "account.changed"
    PERSON_CHANGED = "person.changed"
    DEVICE_CHANGED = "device.changed"
    SIGNED_IN = "sign_in.succeeded"
    SIGN_IN_FAILED = "sign_in.failed"
    SIGNED_OUT = "sign_in.ended"
    SIGN_IN_METHOD_CHANGED = "sign_in.method_changed"
    TOKEN_CHANGED = "api_token.changed"
    LINK_REVOKED = "link.revoked"
    POLICY_CHANGED = "policy.changed"
    POLICY_LOADED = "policy.loaded"
    POLICY_REFUSED = "policy.refused"
    CORRESPONDENTS_IMPORTED = "correspondents.imported"
    CORRESPONDENT_TAUGHT = "correspondents.taught"
    CORRESPONDENT_NOTED = "correspondents.noted"
    PASSWORD_AGREED = "correspondents.password_agreed"
    PASSWORD_WITHDRAWN = "correspondents.password_withdrawn"
    CORRESPONDENT_FORGOTTEN = "correspondents.forgotten"
    ANCHORED = "audit.anchored"
    """Where the record stood was noted and sealed."""
    PRUNED = "audit.pruned"
    """Events whose time is over were removed, up to an anchor."""
    TROUBLE_TOLD = "system.trouble"
    """Administrators were told of a trouble of the system."""
    TROUBLE_OVER = "system.well"
    """And that it is over."""
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

    def numbers(self, detail: str = "positions") -> tuple[int, ...]:
        """The numbers that a detail lists, in its order; none where it is missing or something else."""
        found = self.details.get(detail)
        return tuple(one for one in found if isinstance(one, int)) if isinstance(found, list | tuple) else ()
