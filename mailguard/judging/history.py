"""A history of its own for mails that are only tried out: the office's tables in memory, the same statements.

What is tried is learned in order, as if each mail had been delivered, and is gone at the end. The office's own history
can be put below it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import Connection

from mailguard.correspondents import learn_now, recall, signature_of
from mailguard.model.knowledge import Knowledge, Lesson, Question
from mailguard.store import Transaction
from mailguard.store.memory import memory_connection

T = TypeVar("T")


class TrialHistory:
    """One history in memory. Close it; not for several threads."""

    def __init__(self) -> None:
        self._connection = memory_connection()

    def recall(self, question: Question) -> Knowledge:
        """What is known by now."""
        return recall(self._connection, question)

    def signature_of(self, sender: str) -> frozenset[bytes]:
        """What a sender signs with."""
        return signature_of(self._connection, sender)

    def learn(self, lessons: Iterable[Lesson], at: datetime | None = None) -> None:
        """Take lessons as delivered."""
        transaction = Transaction(self._connection, at or datetime.fromtimestamp(0, UTC))
        learn_now(transaction, list(lessons))
        transaction.finish()

    def read(self, reading: Callable[[Connection], T]) -> T:
        """What a reading finds in it."""
        return reading(self._connection)

    def close(self) -> None:
        """Forget everything."""
        self._connection.close()
