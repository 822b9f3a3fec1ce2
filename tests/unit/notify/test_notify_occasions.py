"""Who is told what, and when: the decision alone, without a mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.model.verdict import AtEnd, Needs
from mailguard.notify.occasions import (
    Concerned,
    Ending,
    Kind,
    Result,
    Told,
    Waiting,
    Wanted,
    ending,
    look_again_at,
    wanted,
)

NOW = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
OWNER, OTHER, BOSS = "tanoue@office.example.jp", "ito@office.example.jp", "kacho@office.example.jp"
MINE = Concerned(OWNER, (OWNER,))
ASKED = Concerned(OWNER, (OWNER,), (BOSS,))
HOUR = timedelta(hours=1)


def about(hours: float | None = 24, at_end: AtEnd = AtEnd.DISCARD, judged_at: datetime | None = None) -> Waiting:
    return Waiting((), NOW, Needs.SENDER, None if hours is None else NOW + hours * HOUR, at_end, judged_at)


def decided(result: Result, by: str) -> Ending:
    return Ending(result, NOW, by, ())


def event(action: AuditAction, by: str = OWNER) -> AuditEvent:
    return AuditEvent(NOW, Actor(ActorKind.PERSON, by), action, "id", {"positions": [0]})


@pytest.mark.parametrize(
    ("hours", "at_end", "moments"),
    [
        (24, AtEnd.DISCARD, [12, 23]),
        (24, AtEnd.ESCALATE, [12, 23]),
        (24, AtEnd.SEND, [12]),
        (2, AtEnd.DISCARD, [1, 1.5]),
        (0.5, AtEnd.DISCARD, [0.375]),
        (0.1, AtEnd.DISCARD, []),
        (None, AtEnd.DISCARD, []),
    ],
)
def test_reminders_are_few(hours: float | None, at_end: AtEnd, moments: list[float]) -> None:
    """At half time, and once before a mail is given up or passed on; none where there is no time for one."""
    found, now = [], NOW
    while (following := look_again_at(about(hours, at_end), now)) is not None:
        found.append((following - NOW) / HOUR)
        now = following

    assert moments == found


def test_whoever_was_told_is_not_told_again() -> None:
    """A second look says nothing new; what waits for a list counts as told."""
    for at in (NOW, None):
        assert [] == wanted(NOW, about(), None, [Told(Kind.HOLD, OWNER, at)], MINE, receipts=False)


def test_reminder_that_was_missed_is_not_made_up_for() -> None:
    """After a long stop there is one mail, not three."""
    late = NOW + 23.5 * HOUR
    told = [Told(Kind.HOLD, OWNER, NOW)]

    assert [Wanted(Kind.REMINDER, OWNER, is_last=True)] == wanted(late, about(), None, told, MINE, receipts=False)
    assert [] == wanted(late, about(), None, [Told(Kind.HOLD, OWNER, late)], MINE, receipts=False)


def test_an_edit_asks_approvers_anew_and_not_its_author() -> None:
    """Who approves looks at the mail as it is now."""
    edited = about(judged_at=NOW + HOUR)
    told = [Told(Kind.HOLD, OWNER, NOW), Told(Kind.APPROVAL, BOSS, NOW)]

    assert [Wanted(Kind.APPROVAL, BOSS)] == wanted(NOW + HOUR, edited, None, told, ASKED, receipts=False)


@pytest.mark.parametrize(
    ("result", "by", "receipts", "told"),
    [
        (Result.SENT, OWNER, False, False),
        (Result.SENT, OWNER, True, True),
        (Result.SENT, BOSS, False, True),
        (Result.CANCELLED, OTHER, False, True),
        (Result.CHANGED, OTHER, False, True),
        (Result.CHANGED, OWNER, True, False),
        (Result.SENT, "", False, False),
        (Result.SENT, "", True, True),
        (Result.EXPIRED, "", False, True),
    ],
)
def test_result_is_told_where_it_is_news(result: Result, by: str, receipts: bool, told: bool) -> None:
    """I hear of what others did, and of my own acts only where the office wants receipts."""
    found = wanted(NOW, None, decided(result, by), [Told(Kind.HOLD, OWNER, NOW - HOUR)], MINE, receipts=receipts)

    assert ([Wanted(Kind.RESULT, OWNER)] if told else []) == found


def test_no_from_an_approver_is_told_to_the_sender() -> None:
    """And nobody is asked any more."""
    end = ending([event(AuditAction.NOT_APPROVED, BOSS)])
    told = [Told(Kind.HOLD, OWNER, NOW)]

    assert [Wanted(Kind.DISAPPROVED, OWNER)] == wanted(NOW, about(), end, told, MINE, receipts=False)


def test_what_was_undone_is_no_result() -> None:
    """A cancellation that was taken back is not told."""
    assert ending([event(AuditAction.CANCELLED), event(AuditAction.RESTORED)]) is None
