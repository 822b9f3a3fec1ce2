"""What a delivered mail teaches: the lesson of its judgement, cut down to whom it reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mailguard.model.address import comparable
from mailguard.model.knowledge import Lesson
from mailguard.model.queue import Recipient
from mailguard.spool import Mail, Spool
from mailguard.workers.acquaintances import Acquaintances


class Learner:
    """Finds the lesson of a mail, at hand or on record."""

    def __init__(self, spool: Spool, acquaintances: Acquaintances) -> None:
        self._spool = spool
        self._acquaintances = acquaintances

    async def lesson_of(self, mail: Mail, reached: Sequence[Recipient]) -> Lesson | None:
        """The lesson for these recipients; None where there is nothing to learn.

        People are remembered as a list that was meant so where they saw each other: the mail left as it came, and
        either no rule minded or a person released it so.
        """
        if not reached:
            return None
        lesson = mail.lesson if mail.is_judged_here else await self._recorded(mail)
        if lesson is None:
            return None
        addresses = {comparable(entry.path.address) for entry in reached}
        boxes = {
            address: name
            for address, name in lesson.boxes.items()
            if address in addresses and not self._acquaintances.is_well_known(lesson.sender, address, name)
        }
        if lesson.boxes and not _is_seen(mail, reached, lesson):
            # Hidden from each other, or sent to colleagues alone so far: nobody outside has seen who else is on it.
            return replace(lesson, boxes=boxes, people=(), visible=(), thread=None) if boxes else None
        waived = any(entry.verdict is not None and entry.verdict.is_waived for entry in reached)
        visible = lesson.visible or (_visible_of(lesson) if waived else ())
        if not boxes and lesson.thread is None and not lesson.closing:
            return None
        return replace(lesson, boxes=boxes, visible=visible)

    async def _recorded(self, mail: Mail) -> Lesson | None:
        queue_id = mail.submission.queue_id
        found = await self._spool.store.read(lambda connection: self._spool.judgement(connection, queue_id))
        return None if found is None else found.lesson


def _is_seen(mail: Mail, reached: Sequence[Recipient], lesson: Lesson) -> bool:
    """Whether an outsider got the mail as it came, with everybody on it."""
    return any(
        entry.variant_id == mail.submission.content_id and comparable(entry.path.address) in lesson.boxes
        for entry in reached
    )


def _visible_of(lesson: Lesson) -> tuple[str, ...]:
    """Outsiders that stand on the mail for everybody to see."""
    return tuple(address for address in lesson.boxes if address in lesson.people)
