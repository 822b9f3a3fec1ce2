"""What a work sees of a transaction: reads at once, writes gathered and carried out together.

A work is a plain function of a ``Transaction``. It may run more than once (a batch that fails is run again one work at
a time), so it must have no effect but through the transaction. Writes given to ``insert``, ``update`` and ``collect``
are carried out in one statement for all works of a batch; any read first carries out what has been gathered, so a work
always sees its own and earlier writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Executable, Insert, Update

from mailguard.errors import StaleState

T = TypeVar("T")
Row = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class GuardedUpdate:
    """An update that must hit exactly one row for each set of parameters, or the work is stale."""

    statement: Update


class Transaction:
    """One open transaction. ``now`` is the time all its works agree on, aware UTC."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self.now = now
        self._connection = connection
        self._writes: dict[Insert | GuardedUpdate, list[Row]] = {}
        self._collected: dict[Callable[[Transaction, list[Any]], None], list[Any]] = {}

    @property
    def is_postgresql(self) -> bool:
        """Whether the database is PostgreSQL; otherwise it is SQLite."""
        return self._connection.dialect.name == "postgresql"

    def insert(self, statement: Insert, row: Row) -> None:
        """Gather one row for ``statement``; statements run in the order of their first use."""
        self._writes.setdefault(statement, []).append(row)

    def update(self, statement: GuardedUpdate, parameters: Row) -> None:
        """Gather one guarded change. Raises ``StaleState``, at the latest before the commit, if it hits no row."""
        self._writes.setdefault(statement, []).append(parameters)

    def collect(self, carry_out: Callable[[Transaction, list[T]], None], item: T) -> None:
        """Gather ``item`` for ``carry_out``, which is called once, before the commit, with all items in order."""
        self._collected.setdefault(carry_out, []).append(item)

    def execute(self, statement: Executable, parameters: Row | list[Row] | None = None) -> CursorResult[Any]:
        """Run a statement now, after everything gathered so far."""
        self.flush()
        return self._connection.execute(statement, parameters)

    def flush(self) -> None:
        """Carry out gathered inserts and updates. Raises ``StaleState`` if one of the updates hit no row."""
        while self._writes:
            writes, self._writes = self._writes, {}
            for statement, rows in writes.items():
                if isinstance(statement, GuardedUpdate):
                    hit = self._connection.execute(statement.statement, rows).rowcount
                    if hit != len(rows):
                        raise StaleState(f"{len(rows) - hit} of {len(rows)} rows were not in the expected state")
                else:
                    self._connection.execute(statement, rows)

    def finish(self) -> None:
        """Carry out everything gathered; nothing may be added afterwards."""
        self.flush()
        while self._collected:
            collected, self._collected = self._collected, {}
            for carry_out, items in collected.items():
                carry_out(self, items)
            self.flush()


Work = Callable[[Transaction], T]
