"""What another server said about a recipient, in one plain sentence for staff. Pure.

By the status codes of RFC 3463 and its registry, as ``delivery.diagnosis`` reads them, and beyond that by what staff
would do differently: wait, ask us, or ask the other side. Servers that refuse for spam, or let everybody wait at first
(RFC 6647), say so in their text alone.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import assert_never

from mailguard.delivery.diagnosis import Diagnosis, diagnose
from mailguard.i18n import Language, text
from mailguard.model.delivery import DeliveryAttempt, Outcome, Reply


class Said(StrEnum):
    """What was said. The sentences are texts ``queue.said.<value>``."""

    TAKEN = "taken"
    IN_DOUBT = "in_doubt"
    UNDER_WAY = "under_way"
    NO_SUCH_MAILBOX = "no_such_mailbox"
    NO_SUCH_DOMAIN = "no_such_domain"
    MAILBOX_FULL = "mailbox_full"
    MAILBOX_DISABLED = "mailbox_disabled"
    TOO_LARGE = "too_large"
    SPAM = "spam"
    POLICY = "policy"
    GREYLISTED = "greylisted"
    TOO_MANY = "too_many"
    TRY_LATER = "try_later"
    UNREACHABLE = "unreachable"
    NOT_ENCRYPTED = "not_encrypted"
    NOT_SIGNED_IN = "not_signed_in"
    NOT_ASCII = "not_ascii"
    REFUSED = "refused"


_BY_STATUS = {
    # RFC 3463 §3.4, §3.6: the system is full, does not take mail now, or too many recipients at a time.
    "3.1": Said.TRY_LATER,
    "3.2": Said.TRY_LATER,
    "5.3": Said.TOO_MANY,
    # RFC 3463 §3.8 and the registry of it: signing in, encryption, mailboxes put out of use; 7.28 is Google's.
    "7.4": Said.NOT_ENCRYPTED,
    "7.5": Said.NOT_ENCRYPTED,
    "7.8": Said.NOT_SIGNED_IN,
    "7.9": Said.NOT_SIGNED_IN,
    "7.10": Said.NOT_ENCRYPTED,
    "7.11": Said.NOT_ENCRYPTED,
    "7.13": Said.MAILBOX_DISABLED,
    "7.28": Said.TOO_MANY,
}
_BY_CODE = {530: Said.NOT_SIGNED_IN, 534: Said.NOT_SIGNED_IN, 535: Said.NOT_SIGNED_IN, 538: Said.NOT_ENCRYPTED}
_BY_DIAGNOSIS = {
    Diagnosis.UNKNOWN_USER: Said.NO_SUCH_MAILBOX,
    Diagnosis.UNKNOWN_DOMAIN: Said.NO_SUCH_DOMAIN,
    Diagnosis.MAILBOX_FULL: Said.MAILBOX_FULL,
    Diagnosis.MAILBOX_DISABLED: Said.MAILBOX_DISABLED,
    Diagnosis.TOO_LARGE: Said.TOO_LARGE,
    Diagnosis.REFUSED: Said.POLICY,
    Diagnosis.NOT_ASCII: Said.NOT_ASCII,
    Diagnosis.NOT_REACHABLE: Said.UNREACHABLE,
    Diagnosis.TRY_LATER: Said.TRY_LATER,
}
_GREYLIST = re.compile(r"gr[ae]y[- ]?list", re.IGNORECASE)
_SPAM = re.compile(
    r"\bspam\b|\bjunk\b|black[- ]?list|block[- ]?list|\bdnsbl\b|\brbl\b|spamhaus|reputation", re.IGNORECASE
)
_RATE = re.compile(r"rate limit|too many (?:messages|connections|recipients)|throttl", re.IGNORECASE)
_TEXT_MAX = 1000
"""Characters of a reply that are looked at; the words that count stand in front."""


def said(reply: Reply) -> Said:
    """What a reply says."""
    if reply.is_positive:
        return Said.TAKEN
    if reply.code == 0 and not reply.enhanced:
        return Said.UNREACHABLE
    status = reply.enhanced.partition(".")[2]
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if not status and reply.code in _BY_CODE:
        return _BY_CODE[reply.code]
    found = _BY_DIAGNOSIS.get(diagnose(reply), Said.REFUSED)
    # Only what says nothing more exact is told apart by its text.
    is_vague = found in (Said.POLICY, Said.TRY_LATER, Said.REFUSED) or status.startswith(("2.0", "7."))
    return _by_text(reply, found) if is_vague else found


def said_in(attempt: DeliveryAttempt, *, is_under_way: bool = False) -> Said:
    """What came of an attempt. Where no reply was read, the other server may or may not have taken the mail.

    ``is_under_way``: it may still be read.
    """
    match attempt.outcome:
        case Outcome.UNKNOWN:
            return Said.UNDER_WAY if is_under_way else Said.IN_DOUBT
        case Outcome.DELIVERED:
            return Said.TAKEN
        case Outcome.DEFERRED | Outcome.BOUNCED:
            return Said.UNREACHABLE if attempt.reply is None else said(attempt.reply)
        case _:
            assert_never(attempt.outcome)


def said_in_words(language: Language, what: Said) -> str:
    """The sentence."""
    return text(language, f"queue.said.{what.value}")


def _by_text(reply: Reply, otherwise: Said) -> Said:
    words = reply.text[:_TEXT_MAX]
    if not reply.is_permanent and _GREYLIST.search(words):
        return Said.GREYLISTED
    if _SPAM.search(words):
        return Said.SPAM
    return Said.TOO_MANY if _RATE.search(words) else otherwise
