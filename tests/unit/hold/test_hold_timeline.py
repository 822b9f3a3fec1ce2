"""The steps of a mail, as its page tells them."""

from __future__ import annotations

from datetime import timedelta

from mailguard.hold.edit_words import EditDone, EditKind
from mailguard.hold.timeline import StepKind, timeline
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from tests.fakes.clock import START

NOTIFIER = Actor(ActorKind.WORKER, "notifier")
SATO = Actor(ActorKind.PERSON, "sato")


def event(action: AuditAction, seconds: float, actor: Actor = NOTIFIER, **details: object) -> AuditEvent:
    return AuditEvent(START + timedelta(seconds=seconds), actor, action, "Q", details)


def test_notice_to_several_people_is_one_step_and_a_reminder_another() -> None:
    """Three people were told at once: I read it once. What was told a day later is told again."""
    times = (0, 0, 2, 86_400)
    found = timeline([event(AuditAction.NOTICE_SENT, one) for one in times], {})

    assert [START, START + timedelta(days=1)] == [one.at for one in found]


def test_stopped_clock_is_another_step_than_a_longer_wait() -> None:
    """I stopped the clock: the page says so, and not that the time was changed."""
    both = [
        AuditEvent(START, SATO, AuditAction.EXTENDED, "Q", {"positions": [0], "seconds": seconds})
        for seconds in (600, None)
    ]

    assert [StepKind.EXTENDED, StepKind.STOPPED] == [one.kind for one in timeline(both, {})]


def test_change_says_what_was_changed() -> None:
    """I read what somebody did to the mail, in counts, and never whom or what."""
    details = {"removed": [1, 2], "subject": True, "recipients": "individual", "protection": "auto", "channel": "sms"}
    (step,) = timeline([event(AuditAction.CHANGED, 0, SATO, **details)], {})

    assert StepKind.CHANGED is step.kind
    assert (
        EditDone(EditKind.REMOVED, 2),
        EditDone(EditKind.INDIVIDUAL),
        EditDone(EditKind.SUBJECT),
        EditDone(EditKind.PROTECTED),
        EditDone(EditKind.CHANNEL),
    ) == step.edits
