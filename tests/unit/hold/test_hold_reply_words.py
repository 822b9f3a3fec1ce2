"""What staff read when another server said something."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailguard.hold.reply_words import Said, said, said_in, said_in_words
from mailguard.hold.timeline import StepKind, timeline
from mailguard.i18n import CATALOGUES, Language
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.model.delivery import DeliveryAttempt, Outcome, Reply
from tests.fakes.clock import START

REPLIES = [
    (250, "2.0.0", "OK", Said.TAKEN),
    (550, "5.1.1", "user unknown", Said.NO_SUCH_MAILBOX),
    (550, "5.1.10", "null MX", Said.NO_SUCH_MAILBOX),
    (550, "5.1.2", "bad destination", Said.NO_SUCH_DOMAIN),
    (552, "5.2.2", "over quota", Said.MAILBOX_FULL),
    (452, "4.2.2", "over quota", Said.MAILBOX_FULL),
    (550, "5.2.1", "mailbox disabled", Said.MAILBOX_DISABLED),
    (552, "5.3.4", "message too big", Said.TOO_LARGE),
    (552, "", "message too big", Said.TOO_LARGE),
    (550, "5.7.1", "message looks like SPAM", Said.SPAM),
    (554, "", "5.7.1 rejected, see spamhaus", Said.SPAM),
    (550, "5.7.26", "not authenticated", Said.POLICY),
    (550, "5.7.1", "relaying denied", Said.POLICY),
    (451, "4.7.1", "Greylisted, please try again", Said.GREYLISTED),
    (450, "4.2.0", "grey-listing in action", Said.GREYLISTED),
    (421, "4.7.28", "unusual rate", Said.TOO_MANY),
    (452, "4.5.3", "too many recipients", Said.TOO_MANY),
    (421, "4.3.2", "shutting down", Said.TRY_LATER),
    (451, "", "try again later", Said.TRY_LATER),
    (0, "4.4.1", "connection refused", Said.UNREACHABLE),
    (0, "", "no answer", Said.UNREACHABLE),
    (530, "5.7.10", "TLS needed", Said.NOT_ENCRYPTED),
    (535, "5.7.8", "bad credentials", Said.NOT_SIGNED_IN),
    (550, "5.6.7", "no SMTPUTF8", Said.NOT_ASCII),
    (554, "", "transaction failed", Said.REFUSED),
]


@pytest.mark.parametrize(("code", "enhanced", "words", "expected"), REPLIES)
def test_reply_is_told_by_its_status(code: int, enhanced: str, words: str, expected: Said) -> None:
    """I read what went wrong in words I can act on."""
    assert expected is said(Reply(code, enhanced, words))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_word_has_its_sentence(language: Language) -> None:
    """Nothing another server says leaves the page without words, and acceptance is never called arrival."""
    sentences = [said_in_words(language, one) for one in Said]

    assert len(set(sentences)) == len(Said)
    assert not [one for one in sentences if "届きました" in one or "arrived" in one]
    assert [] == [kind for kind in StepKind if f"queue.step.{kind.value}" not in CATALOGUES[language]]


def test_timeline_gathers_recipients_that_heard_the_same() -> None:
    """Sixty recipients that were accepted in one go are one line, and a doubt is told as one."""
    worker = Actor(ActorKind.WORKER, "deliverer")
    ok = DeliveryAttempt(1, START, START, "mx:25", Outcome.DELIVERED, Reply(250, "2.0.0", "OK"))
    doubt = DeliveryAttempt(1, START, None, "mx:25", Outcome.UNKNOWN, None)
    again = DeliveryAttempt(2, START + timedelta(seconds=9), None, "mx:25", Outcome.UNKNOWN, None)
    events = [AuditEvent(START + timedelta(seconds=5), worker, AuditAction.IN_DOUBT, "X", {"positions": [2]})]
    steps = timeline(events, {0: [ok], 1: [ok], 2: [doubt, again]})

    assert [((0, 1), Said.TAKEN), ((2,), Said.IN_DOUBT), ((2,), Said.UNDER_WAY)] == [
        (one.positions, one.said) for one in steps
    ]


def test_attempt_without_a_reply_is_not_called_accepted() -> None:
    """Where nobody answered, the page says so."""
    attempt = DeliveryAttempt(1, START, START, "mx:25", Outcome.DEFERRED, None)

    assert Said.UNREACHABLE is said_in(attempt)
