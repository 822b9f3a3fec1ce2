"""What wrong recipients answered counts only as far as it can be relied upon (law, section 8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mailguard.incidents.answers import Answer, Means, answers_of
from mailguard.model.audit import Actor, ActorKind
from mailguard.model.incident import Entry, EntryKind

MAIL = "0000000000000001"
NOON = datetime(2026, 11, 23, 3, tzinfo=UTC)
OFFICER = Actor(ActorKind.PERSON, "ciso@office.example.jp")
WORKER = Actor(ActorKind.WORKER, "incidents")


def said(number: int, answer: Answer, means: Means = Means.LINK, position: int = 0) -> Entry:
    """An answer, an hour after the one before."""
    actor = OFFICER if means is Means.HAND else WORKER
    details = {"position": position, "answer": answer.value, "means": means.value}
    return Entry(number, NOON + timedelta(hours=number), actor, EntryKind.REPLIED, MAIL, details)


@pytest.mark.parametrize(
    ("heard", "is_unread"),
    [
        ([], False),
        ([(Answer.DELETED_UNOPENED, Means.LINK)], True),
        ([(Answer.UNCLEAR, Means.MAIL)], False),
        ([(Answer.AUTOMATIC, Means.MAIL)], False),
        ([(Answer.RETURNED, Means.MAIL)], False),
        ([(Answer.NOT_DELETED, Means.LINK), (Answer.DELETED_UNOPENED, Means.LINK)], True),
        ([(Answer.DELETED_OPENED, Means.LINK), (Answer.DELETED_UNOPENED, Means.MAIL)], False),
        ([(Answer.FORWARDED, Means.MAIL), (Answer.DELETED_UNOPENED, Means.HAND)], True),
        ([(Answer.DELETED_UNOPENED, Means.HAND), (Answer.DELETED_OPENED, Means.LINK)], False),
        ([(Answer.DELETED_UNOPENED, Means.LINK), (Answer.UNCLEAR, Means.MAIL)], False),
        ([(Answer.UNCLEAR, Means.MAIL), (Answer.DELETED_UNOPENED, Means.HAND)], True),
        ([(Answer.DELETED_UNOPENED, Means.LINK), (Answer.AUTOMATIC, Means.MAIL)], True),
    ],
)
def test_answer_confirms_unread_only_where_it_can_be_relied_upon(
    heard: list[tuple[Answer, Means]], is_unread: bool
) -> None:
    """Silence, words nobody has read, and a later "unread" after "opened" confirm nothing; a person may settle it."""
    found = answers_of([said(number, *one) for number, one in enumerate(heard, 1)])

    assert is_unread is found.all_unread([(MAIL, 0)])


def test_hours_count_to_the_last_answer_and_are_open_while_one_is_missing() -> None:
    """Of two recipients one answered after an hour and the other after four."""
    entries = [said(1, Answer.DELETED_UNOPENED), said(4, Answer.DELETED_OPENED, position=1)]
    both = [(MAIL, 0), (MAIL, 1)]

    assert timedelta(hours=4) == answers_of(entries).waited(both, NOON)
    assert answers_of(entries[:1]).waited(both, NOON) is None
    assert not answers_of(entries).all_unread(both)
    assert not answers_of(entries).all_unread([])
