"""A reply in a word that a text for people hangs on: what went wrong, seen from the sender's desk.

The status codes are those of RFC 3463 and its registry (5.1.10: RFC 7505; 5.6.7: RFC 6531), with what Exchange and
Google make of them. Without a status only few bare codes say anything.
"""

from __future__ import annotations

from enum import StrEnum

from mailguard.model.delivery import Reply


class Diagnosis(StrEnum):
    """What happened. The words are texts ``dsn.<value>.happened`` and ``dsn.<value>.what_to_do``."""

    UNKNOWN_USER = "unknown_user"
    UNKNOWN_DOMAIN = "unknown_domain"
    MAILBOX_FULL = "mailbox_full"
    MAILBOX_DISABLED = "mailbox_disabled"
    TOO_LARGE = "too_large"
    REFUSED = "refused"
    NOT_ASCII = "not_ascii"
    NOT_REACHABLE = "not_reachable"
    EXPIRED = "expired"
    TRY_LATER = "try_later"
    HOLD_EXPIRED = "hold_expired"
    HOLD_REFUSED = "hold_refused"
    OTHER = "other"


_BY_STATUS = {
    "1.0": Diagnosis.UNKNOWN_USER,
    "1.1": Diagnosis.UNKNOWN_USER,
    "1.3": Diagnosis.UNKNOWN_USER,
    "1.6": Diagnosis.MAILBOX_DISABLED,
    "1.2": Diagnosis.UNKNOWN_DOMAIN,
    "1.10": Diagnosis.UNKNOWN_USER,
    "2.1": Diagnosis.MAILBOX_DISABLED,
    "2.2": Diagnosis.MAILBOX_FULL,
    "2.3": Diagnosis.TOO_LARGE,
    "3.4": Diagnosis.TOO_LARGE,
    "4.4": Diagnosis.UNKNOWN_DOMAIN,
    "6.7": Diagnosis.NOT_ASCII,
    "7.97": Diagnosis.HOLD_REFUSED,
    "7.98": Diagnosis.HOLD_EXPIRED,
    "6.9": Diagnosis.NOT_ASCII,
}
_BY_CODE = {552: Diagnosis.TOO_LARGE, 551: Diagnosis.UNKNOWN_USER, 553: Diagnosis.UNKNOWN_USER}


def diagnose(reply: Reply, *, expired: bool = False) -> Diagnosis:
    """What a reply means for its recipient. ``expired``: given up for its age, ``reply`` being the last one."""
    kind, _, subject = reply.enhanced.partition(".")
    if subject in _BY_STATUS and not (subject == "4.4" and kind == "4"):
        return _BY_STATUS[subject]
    if subject.startswith("7.") and kind == "5":
        return Diagnosis.REFUSED
    if subject.startswith("4.") and (reply.code == 0 or not expired):
        return Diagnosis.NOT_REACHABLE
    if expired:
        return Diagnosis.EXPIRED
    if not subject and reply.code in _BY_CODE:
        return _BY_CODE[reply.code]
    return Diagnosis.OTHER if reply.is_permanent or kind == "5" else Diagnosis.TRY_LATER
