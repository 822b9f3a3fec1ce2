"""How lists and the page of one mail find what they show: by indexes, so that they do not grow with the record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, event

from mailguard.hold.boxes import Box, Scope, Span, counts_of, list_box
from mailguard.hold.decision import decision_of
from mailguard.hold.search import Searched, search
from mailguard.spool import Spool, box_queries
from mailguard.store import Store
from tests.bench.web_lists import OWNER, Fill
from tests.fakes.clock import StandingClock

MAILS = 3000
OWN, EVERYBODY = Scope(frozenset({OWNER, "info@office.example.jp"})), Scope(None)
LARGE = "recipient|submission|judgement|summary|delivery_attempt|audit_event"
WHOLE = re.compile(rf"^SCAN ({LARGE})\b|Seq Scan on ({LARGE})\b")
"""A table that is read from one end to the other."""
PERIOD = re.compile(r"(recipient|submission) USING PRIMARY KEY \(queue_id[<>]")
"""All mail of a period (SQLite): only for the newest of everybody's, of which it reads as many as it shows."""


class Watched:
    """The statements of looks, and what the database says of how it answers them."""

    def __init__(self, reader: Connection) -> None:
        self._reader = reader
        self._asked: list[tuple[str, Any]] = []
        self.is_sqlite = reader.dialect.name == "sqlite"
        if not self.is_sqlite:
            # So few rows are read as a whole because that is cheaper; the question is whether it must be.
            for way in ("seqscan", "hashjoin", "mergejoin"):
                reader.exec_driver_sql(f"SET LOCAL enable_{way} = off")

    def plan_of(self, look: Callable[[Connection], object]) -> list[str]:
        """One line a step."""
        self._asked.clear()
        event.listen(self._reader, "before_cursor_execute", self._keep)
        look(self._reader)
        event.remove(self._reader, "before_cursor_execute", self._keep)
        how = "EXPLAIN QUERY PLAN" if self.is_sqlite else "EXPLAIN"
        return [
            str(line[-1])
            for statement, values in tuple(self._asked)
            for line in self._reader.exec_driver_sql(f"{how} {statement}", values)
        ]

    def _keep(self, _connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        self._asked.append((statement, values))


def read_as_a_whole(plan: list[str]) -> Iterator[str]:
    """The steps of a plan that read more the more there is on record."""
    for line, following in zip(plan, [*plan[1:], ""], strict=True):
        is_key_without_value = "_pkey" in line and "Cond" not in following
        if WHOLE.search(line) or is_key_without_value:
            yield line


async def test_lists_of_many_mails_read_by_indexes(url: str, store: Store, spool: Spool, clock: StandingClock) -> None:
    """My list comes as fast after years as on the first day."""
    now = clock.now()
    owned = Fill(url, spool, MAILS, now).run()
    rare = Searched("zzzz", None, Span(now - timedelta(days=3)))
    own: list[Callable[[Connection], object]] = [
        lambda reader: counts_of(reader, OWN, now=now),
        lambda reader: list_box(spool, reader, OWN, Box.DECISION, now=now),
        lambda reader: list_box(spool, reader, OWN, Box.SENT, now=now),
        lambda reader: search(spool, reader, OWN, Searched("zzzz"), now=now),
        lambda reader: decision_of(spool, reader, owned[0], {}, lambda _: True),
        # For the number in the menu of every page.
        lambda reader: box_queries.waiting_for_approver(reader, 50),
    ]
    everybody: list[Callable[[Connection], object]] = [
        lambda reader: list_box(spool, reader, EVERYBODY, Box.SENT, now=now),
        lambda reader: search(spool, reader, EVERYBODY, rare, now=now),
    ]

    def plans(reader: Connection) -> tuple[list[str], list[str]]:
        watched = Watched(reader)
        return (
            [line for look in own for line in watched.plan_of(look)],
            [line for look in everybody for line in watched.plan_of(look)],
        )

    own_plan, office_plan = await store.read(plans)

    assert [] == list(read_as_a_whole(own_plan + office_plan))
    assert [] == [line for line in own_plan if PERIOD.search(line)]
    assert [] == [line for line in office_plan if PERIOD.search(line) and "submission" not in line]
