"""Changes of the rules on record: who changed what when, the one that counts, and going back.

Each change is numbered, holds everything that differs from the files, and is committed with its audit event. Whoever
changes says which change they saw: where another one came in between, nothing is changed (``StaleState``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailguard import audit
from mailguard.errors import StaleState, UnknownChange
from mailguard.judging import change_queries as queries
from mailguard.judging.change_queries import Reader
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.policy.changes import NO_CHANGES, Changes, read, written
from mailguard.store import Transaction
from mailguard.store.times import from_micros, to_micros

PAGE = 50
NOTE_MAX = 500
_LAST = 2**31 - 1


@dataclass(frozen=True)
class PolicyChange:
    """One change. ``changes``: all that differs from the files from then on; ``reverts_to``: the change it restores."""

    number: int
    at: datetime
    author: str
    note: str
    changes: Changes
    reverts_to: int | None = None


def newest(reader: Reader) -> PolicyChange | None:
    """The change that counts, None where nothing was ever changed. Raises ``ValueError`` for what cannot be read."""
    row = queries.newest(reader)
    return None if row is None else _change_of(row)


def newest_number(reader: Reader) -> int:
    """The number of the change that counts, 0 where there is none: cheap, to see whether there is a new one."""
    return queries.newest_number(reader)


def change(reader: Reader, number: int) -> PolicyChange:
    """One change; number 0 is the state of the files alone. Raises ``UnknownChange``."""
    if number == 0:
        return PolicyChange(0, from_micros(0), "", "", NO_CHANGES)
    row = queries.one(reader, number)
    if row is None:
        raise UnknownChange(f"no change {number}")
    return _change_of(row)


def history(reader: Reader, before: int = _LAST, limit: int = PAGE) -> list[PolicyChange]:
    """Changes with smaller numbers than ``before``, the newest first."""
    return [_change_of(row) for row in queries.page(reader, before, limit)]


@dataclass(frozen=True)
class SaveChange:
    """The work that makes ``changes`` count; its result is their number. ``expected``: the newest one its author saw.

    Raises ``StaleState`` where there is another one by now.
    """

    changes: Changes
    author: Actor
    note: str
    expected: int

    def __call__(self, transaction: Transaction) -> int:
        return _save(transaction, self.changes, self.author, self.note, self.expected, None)


@dataclass(frozen=True)
class RevertChange:
    """The work that makes an older change count again, or with ``to`` 0 the files alone; a new change all the same.

    Raises ``StaleState`` as ``SaveChange``, and ``UnknownChange``.
    """

    to: int
    author: Actor
    note: str
    expected: int

    def __call__(self, transaction: Transaction) -> int:
        changes = change(transaction, self.to).changes
        return _save(transaction, changes, self.author, self.note, self.expected, self.to)


def _save(
    transaction: Transaction, changes: Changes, author: Actor, note: str, expected: int, reverts_to: int | None
) -> int:
    before = newest(transaction)
    number = 0 if before is None else before.number
    if number != expected:
        raise StaleState(f"change {number} is newer than {expected}")
    concerned = changes.concerned(NO_CHANGES if before is None else before.changes)
    at = to_micros(transaction.now)
    queries.add(transaction, number + 1, at, author.name, written(changes), note[:NOTE_MAX], reverts_to)
    details: dict[str, object] = {"number": number + 1, "rules": concerned}
    if reverts_to is not None:
        details["reverts_to"] = reverts_to
    audit.append(transaction, AuditEvent(transaction.now, author, AuditAction.POLICY_CHANGED, None, details))
    return number + 1


def _change_of(row: queries.ChangeRow) -> PolicyChange:
    return PolicyChange(
        row.number, from_micros(row.at), row.author, row.note, read(row.document), row.reverts_to
    )  # fmt: skip
