"""What actions mean to programs and people outside: their kind, how they ended, how grave they are, their words."""

from __future__ import annotations

from dataclasses import dataclass

from mailguard.i18n import CATALOGUES
from mailguard.model.audit import AuditAction, AuditEvent

_EMAIL = ("email", "info")
_KINDS = {
    "mail": _EMAIL,
    "hold": _EMAIL,
    "content": _EMAIL,
    "incident": _EMAIL,
    "notice": _EMAIL,
    "delivery": _EMAIL,
    "queue": _EMAIL,
    "parcel": _EMAIL,
    "password": _EMAIL,
    "link": _EMAIL,
    "account": ("iam", "change"),
    "person": ("iam", "change"),
    "device": ("iam", "change"),
    "api_token": ("iam", "change"),
    "sign_in": ("authentication", "info"),
    "policy": ("configuration", "change"),
    "correspondents": ("configuration", "change"),
    "audit": ("configuration", "info"),
    "service": ("process", "info"),
    "system": ("host", "info"),
}
"""Category and type in the Elastic Common Schema (8.11, event.category and event.type), by the action's first word."""
_TYPES = {
    AuditAction.CONTENT_READ: "access",
    AuditAction.INCIDENT_SEEN: "access",
    AuditAction.PASSWORD_SHOWN: "access",
    AuditAction.CONTENT_DESTROYED: "deletion",
    AuditAction.PASSWORD_DESTROYED: "deletion",
    AuditAction.PRUNED: "deletion",
    AuditAction.SIGNED_IN: "start",
    AuditAction.SIGN_IN_FAILED: "start",
    AuditAction.SIGNED_OUT: "end",
    AuditAction.SIGN_IN_METHOD_CHANGED: "change",
    AuditAction.CHANGED: "change",
    AuditAction.CANCELLED: "denied",
    AuditAction.NOT_APPROVED: "denied",
    AuditAction.RELEASED: "allowed",
    AuditAction.APPROVED: "allowed",
    AuditAction.STARTED: "start",
    AuditAction.STOPPED: "end",
}
_FAILED = frozenset(
    {
        AuditAction.SIGN_IN_FAILED,
        AuditAction.POLICY_REFUSED,
        AuditAction.BOUNCED,
        AuditAction.BOUNCED_LATER,
        AuditAction.DEFERRED,
        AuditAction.NOT_PREPARED,
        AuditAction.PASSWORD_NOT_TAKEN,
        AuditAction.PARCEL_BOUNCED_LATER,
        AuditAction.TROUBLE_TOLD,
    }
)
_UNKNOWN = frozenset({AuditAction.ATTEMPT_BEGUN, AuditAction.PASSWORD_BEGUN, AuditAction.IN_DOUBT})
_GRAVE = {
    AuditAction.MISTAKE_REPORTED: 8,
    AuditAction.INCIDENT_OPENED: 8,
    AuditAction.PARCEL_BOUNCED_LATER: 6,
    AuditAction.TROUBLE_TOLD: 6,
    AuditAction.PRUNED: 6,
    AuditAction.POLICY_CHANGED: 5,
    AuditAction.POLICY_REFUSED: 5,
    AuditAction.SIGN_IN_FAILED: 5,
    AuditAction.SIGN_IN_METHOD_CHANGED: 5,
    AuditAction.PERSON_CHANGED: 5,
    AuditAction.CONTENT_READ: 4,
    AuditAction.INCIDENT_SEEN: 4,
    AuditAction.PASSWORD_SHOWN: 4,
    AuditAction.BOUNCED: 3,
    AuditAction.BOUNCED_LATER: 3,
}
_OVERRIDES = frozenset({AuditAction.RELEASED, AuditAction.SCHEDULED})
_NEAR_MISSES = frozenset({AuditAction.CANCELLED, AuditAction.CHANGED, AuditAction.EXPIRED})
_USUAL, _NEAR_MISS, _OVERRIDE, _BLOCK = 1, 5, 6, 6


@dataclass(frozen=True, slots=True)
class Meaning:
    """``category`` and ``type`` of the Elastic Common Schema; ``outcome``: success, failure or unknown; ``severity``
    from 0 to 10, as CEF counts.
    """

    category: str
    type: str
    outcome: str
    severity: int


def meaning_of(event: AuditEvent) -> Meaning:
    """What an event means."""
    action = event.action
    category, kind = _KINDS.get(action.value.partition(".")[0], _EMAIL)
    is_block = action is AuditAction.JUDGED and bool(event.details.get("block"))
    outcome = "failure" if action in _FAILED else "unknown" if action in _UNKNOWN else "success"
    return Meaning(category, "denied" if is_block else _TYPES.get(action, kind), outcome, _severity(event, is_block))


def is_near_miss(event: AuditEvent) -> bool:
    """Whether a mail that was held for a danger was cancelled, mended or left to end by it."""
    return event.action in _NEAR_MISSES and bool(event.details.get("danger"))


def is_override(event: AuditEvent) -> bool:
    """Whether somebody sent a mail that was held for a danger."""
    return event.action in _OVERRIDES and bool(event.details.get("danger"))


def words_key(action: AuditAction) -> str:
    """The key of an action's words for people."""
    of_mail = f"evidence.sheet.action.{action.value}"
    return of_mail if of_mail in CATALOGUES["ja"] else f"audit.page.action.{action.value}"


def _severity(event: AuditEvent, is_block: bool) -> int:
    if is_block:
        return _BLOCK
    if is_override(event):
        return _OVERRIDE
    if is_near_miss(event):
        return _NEAR_MISS
    return _GRAVE.get(event.action, _USUAL)
