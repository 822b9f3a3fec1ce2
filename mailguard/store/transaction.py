"""What a work sees of a transaction: reads at once, writes gathered and carried out together.

A work is a plain function of a ``Transaction``. It may run more than once (a batch that fails is run again one work at
a time), so it must have no effect but through the transaction. Writes given to ``insert``, ``update`` and ``collect``
are carried out in one statement for all works of a batch; any read first carries out what has been gathered, so a work
always sees its own and earlier writes.

Gathered statements are compiled from SQLAlchemy Core once and then given to the driver as they are: its own execution
costs more than the database on rows this small.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Dialect, Executable, Insert, Select, Update

from mailguard.errors import StaleState

T = TypeVar("T")
Row = Mapping[str, Any]


class _Gathered:
    """A Core statement and, once used, its text in the driver's own words. Rows are mappings of plain values."""

    _has_literals = False
    """Whether values in the statement are part of its text; otherwise every value is a parameter."""

    def __init__(self, statement: Insert | Update | Select[Any]) -> None:
        self._statement = statement
        self._texts: dict[str, str] = {}

    def text(self, dialect: Dialect) -> str:
        """The statement for the driver, with named parameters."""
        found = self._texts.get(dialect.name)
        if found is None:
            # Named parameters are the one style that both drivers take with mappings.
            style = "named" if dialect.name == "sqlite" else "pyformat"
            named: type[Any] = type(dialect)
            compiled = self._statement.compile(
                dialect=named(paramstyle=style), compile_kwargs={"literal_binds": self._has_literals}
            )
            found = str(compiled)
            self._texts[dialect.name] = found
        return found


class GatheredInsert(_Gathered):
    """An insert of rows that name every column they fill."""


class GuardedUpdate(_Gathered):
    """An update that must hit exactly one row for each set of parameters, or the work is stale."""


class PreparedSelect(_Gathered):
    """A select without parameters that is on the way of every mail."""

    _has_literals = True


class Transaction:
    """One open transaction. ``now`` is the time all its works agree on, aware UTC.

    ``record_key``: under which the head of the audit record is sealed; None where nobody has it.
    """

    def __init__(self, connection: Connection, now: datetime, record_key: bytes | None = None) -> None:
        self.now = now
        self.record_key = record_key
        self._connection = connection
        self._writes: dict[_Gathered, list[Row]] = {}
        self._collected: dict[Callable[[Transaction, list[Any]], None], list[Any]] = {}

    @property
    def is_postgresql(self) -> bool:
        """Whether the database is PostgreSQL; otherwise it is SQLite."""
        return self._connection.dialect.name == "postgresql"

    def insert(self, statement: GatheredInsert, row: Row) -> None:
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

    def first(self, statement: PreparedSelect) -> tuple[Any, ...] | None:
        """The first row of a select, after everything gathered so far; None where there is none."""
        self.flush()
        cursor = self._connection.connection.cursor()
        try:
            cursor.execute(statement.text(self._connection.dialect))
            row = cursor.fetchone()
        finally:
            cursor.close()
        return None if row is None else tuple(row)

    def flush(self) -> None:
        """Carry out gathered inserts and updates. Raises ``StaleState`` if one of the updates hit no row."""
        if not self._writes:
            return
        writes, self._writes = self._writes, {}
        dialect = self._connection.dialect
        cursor = self._connection.connection.cursor()
        try:
            for statement, rows in writes.items():
                cursor.executemany(statement.text(dialect), rows)
                if isinstance(statement, GuardedUpdate) and cursor.rowcount != len(rows):
                    missed = len(rows) - cursor.rowcount
                    raise StaleState(f"{missed} of {len(rows)} rows were not in the expected state")
        finally:
            cursor.close()

    def finish(self) -> None:
        """Carry out everything gathered; nothing may be added afterwards."""
        while self._collected:
            collected, self._collected = self._collected, {}
            for carry_out, items in collected.items():
                carry_out(self, items)
        self.flush()


Work = Callable[[Transaction], T]
