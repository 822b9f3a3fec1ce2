"""What wrong recipients answered when they were asked to delete a mail. Pure: from the timeline alone.

A missing answer confirms nothing, and neither does a reply nobody has read. Of what one recipient says the later
counts, but not for the better against an earlier one: who has said that it was opened or passed on cannot make it
unread again. Only a person of the office can, who asked back and says so by hand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from mailguard.model.incident import Entry, EntryKind
from mailguard.model.queue import QueueId

Wrong = tuple[QueueId, int]
"""A recipient of a mail that went wrong: the mail and the position in it."""


class Answer(StrEnum):
    """What became of the mail where it arrived, as its recipient says."""

    DELETED_UNOPENED = "deleted_unopened"
    DELETED_OPENED = "deleted_opened"
    NOT_DELETED = "not_deleted"
    FORWARDED = "forwarded"
    UNCLEAR = "unclear"
    """There is an answer in words of its own: somebody must read it."""
    AUTOMATIC = "automatic"
    """A program answered, such as an absence notice: nobody has said anything."""
    RETURNED = "returned"
    """The request came back: nobody has read it."""


class Means(StrEnum):
    """How an answer came."""

    LINK = "link"
    MAIL = "mail"
    HAND = "hand"
    """A person of the office heard it, mostly by telephone, and wrote it down."""


OFFERED = (Answer.DELETED_UNOPENED, Answer.DELETED_OPENED, Answer.NOT_DELETED, Answer.FORWARDED)
"""What a request offers to answer, in this order and numbered from 1."""
_UNSAID = frozenset({Answer.AUTOMATIC, Answer.RETURNED})
_READ = frozenset({Answer.DELETED_OPENED, Answer.FORWARDED})


@dataclass(frozen=True, slots=True)
class Said:
    """One answer. ``number``: its entry, in which the words are. ``by``: who wrote it down, "" where nobody had to."""

    number: int
    at: datetime
    answer: Answer
    means: Means
    by: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One time a recipient was asked. ``sent_as``: the mail that asked, None for another way or a drill."""

    at: datetime
    by: str
    sent_as: QueueId | None = None


@dataclass(frozen=True, slots=True)
class Replies:
    """One wrong recipient. ``was_read``: somebody there has said that it was opened or passed on. ``needs_reading``: a
    reply in words that nobody has settled by hand yet."""

    wrong: Wrong
    asked: tuple[Asked, ...] = ()
    said: tuple[Said, ...] = ()
    answer: Answer | None = None
    was_read: bool = False
    needs_reading: bool = False

    @property
    def is_answered(self) -> bool:
        """Whether somebody has said what became of it."""
        return self.answer is not None

    @property
    def is_contradicted(self) -> bool:
        """Whether "unread" was said after the opposite."""
        return self.answer is Answer.DELETED_UNOPENED and self.was_read

    @property
    def counted(self) -> Answer | None:
        """What it counts as in a sum, by the worse reading; None: nothing was answered."""
        if self.needs_reading:
            return Answer.UNCLEAR
        if not self.is_contradicted:
            return self.answer
        is_shown = any(one.answer is Answer.FORWARDED for one in self.said)
        return Answer.FORWARDED if is_shown else Answer.DELETED_OPENED

    @property
    def is_unread(self) -> bool:
        """Whether it is confirmed that it was deleted without having been read."""
        return self.answer is Answer.DELETED_UNOPENED and not self.is_contradicted and not self.needs_reading

    @property
    def is_deleted(self) -> bool:
        """Whether it is confirmed that it was deleted."""
        return self.counted in (Answer.DELETED_UNOPENED, Answer.DELETED_OPENED)

    @property
    def answered_at(self) -> datetime | None:
        """When the answer that counts came; None while there is none."""
        return next((one.at for one in reversed(self.said) if one.answer is self.answer), None)

    @property
    def means(self) -> Means | None:
        """How it came."""
        return next((one.means for one in reversed(self.said) if one.answer is self.answer), None)


@dataclass(frozen=True)
class Answers:
    """Everybody who was asked or answered, by recipient."""

    of: Mapping[Wrong, Replies]

    def for_wrong(self, wrong: Wrong) -> Replies:
        """One recipient, also one that nobody has asked yet."""
        return self.of.get(wrong) or Replies(wrong)

    def all_unread(self, wrong: Collection[Wrong]) -> bool:
        """Whether every one of these, and at least one, is confirmed to have deleted it unread (law, §8)."""
        return bool(wrong) and all(self.for_wrong(one).is_unread for one in wrong)

    def count(self, wrong: Collection[Wrong], answer: Answer | None) -> int:
        """How many of these count as an answer; None: nothing was answered."""
        return sum(self.for_wrong(one).counted is answer for one in wrong)

    def waited(self, wrong: Collection[Wrong], since: datetime) -> timedelta | None:
        """From ``since`` to the last answer of these; None while one is missing."""
        moments = [self.for_wrong(one).answered_at for one in wrong]
        known = [one for one in moments if one is not None]
        return max(known) - since if known and len(known) == len(moments) else None


def answers_of(entries: Iterable[Entry]) -> Answers:
    """What was asked and answered, by recipient.

    An entry ASKED names everybody of one mail: ``details["asked"]`` is a list of position and the mail that asked. The
    made-up mail of a drill has no queue id, and counts by "".
    """
    found: dict[Wrong, Replies] = {}
    for one in entries:
        if one.kind is EntryKind.ASKED:
            for position, sent_as in _asked(one):
                wrong = (one.queue_id or "", position)
                before = found.get(wrong) or Replies(wrong)
                asked = Asked(one.at, one.actor.name, sent_as)
                found[wrong] = replace(before, asked=(*before.asked, asked))
        elif one.kind is EntryKind.REPLIED:
            wrong = (one.queue_id or "", int(str(one.details["position"])))
            found[wrong] = _heard(found.get(wrong) or Replies(wrong), one)
    return Answers(found)


def _asked(one: Entry) -> list[tuple[int, QueueId | None]]:
    listed = one.details.get("asked")
    return [(int(position), sent_as) for position, sent_as in listed] if isinstance(listed, list) else []


def _heard(before: Replies, one: Entry) -> Replies:
    means, answer = Means(str(one.details["means"])), Answer(str(one.details["answer"]))
    said = (*before.said, Said(one.number, one.at, answer, means, one.actor.name if means is Means.HAND else ""))
    after = replace(before, said=said)
    if answer in _UNSAID:
        return after
    if answer is Answer.UNCLEAR:
        return replace(after, needs_reading=True)
    if means is Means.HAND:
        return replace(after, answer=answer, was_read=answer in _READ, needs_reading=False)
    return replace(after, answer=answer, was_read=before.was_read or answer in _READ)
