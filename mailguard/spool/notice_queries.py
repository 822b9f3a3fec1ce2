"""Every statement about notices: which mails are to be looked at for them, and what was said to whom.

A row whose address is empty says no more than that: look whether somebody is to be told of this mail. Rows with an
address are what was said, or waits for a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, null, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from mailguard.store import GatheredInsert, GuardedUpdate, Transaction
from mailguard.store.people_tables import notice

Reader = Connection | Transaction

INSERT_NOTICE = GatheredInsert(insert(notice))

LOOK = {"kind": "", "address": "", "round": 0}
"""What a row holds, beside its mail, that says no more than that this is to be looked at."""

LOOKED_AT = GuardedUpdate(
    update(notice)
    .where(
        notice.c.queue_id == bindparam("in_queue_id"),
        notice.c.kind == bindparam("in_kind"),
        notice.c.address == bindparam("in_address"),
        notice.c.round == bindparam("in_round"),
        notice.c.due_at == bindparam("from_due_at"),
    )
    .values(due_at=bindparam("to_due_at"))
)
"""When to look next, where nobody was first (primary key)."""

END_WAITING = GuardedUpdate(
    update(notice)
    .where(
        notice.c.queue_id == bindparam("in_queue_id"),
        notice.c.kind == bindparam("in_kind"),
        notice.c.address == bindparam("in_address"),
        notice.c.round == bindparam("in_round"),
        notice.c.due_at.is_not(None),
    )
    .values(due_at=null(), written_at=bindparam("to_written_at"), told_by=bindparam("to_told_by"))
)
"""What became of a notice that waited for a list (primary key)."""


def look_at(transaction: Transaction, queue_ids: Iterable[str], at: int) -> None:
    """Have mails looked at from ``at`` on; one that is to be looked at earlier stays so (primary key)."""
    # The same words to both databases, but for SQLAlchemy not one construct.
    statement: Any = (postgresql if transaction.is_postgresql else sqlite).insert(notice)
    rows: list[Mapping[str, Any]] = [
        {"queue_id": one, **LOOK, "due_at": at, "written_at": None, "told_by": None}
        # In order, so that two who write at the same time never wait for each other.
        for one in sorted(queue_ids)
    ]
    is_later = or_(notice.c.due_at.is_(None), notice.c.due_at > statement.excluded.due_at)
    transaction.execute(
        statement.on_conflict_do_update(
            index_elements=[notice.c.queue_id, notice.c.kind, notice.c.address, notice.c.round],
            set_={"due_at": statement.excluded.due_at},
            where=is_later,
        ),
        rows,
    )


_DUE = (
    select(notice.c.queue_id, notice.c.due_at)
    .where(notice.c.due_at <= bindparam("now"), notice.c.address == "")
    .order_by(notice.c.due_at)
    .limit(bindparam("limit"))
)


def due(reader: Reader, now: int, limit: int) -> list[Row[Any]]:
    """Mails to be looked at, the longest due first (notice_by_due)."""
    return list(reader.execute(_DUE, {"now": now, "limit": limit}))


_DUE_OF = select(notice.c.due_at).where(
    notice.c.queue_id == bindparam("queue_id"), notice.c.kind == "", notice.c.address == "", notice.c.round == 0
)


def due_of(reader: Reader, queue_id: str) -> int | None:
    """Since when a mail is to be looked at; None: it is not (primary key)."""
    row = reader.execute(_DUE_OF, {"queue_id": queue_id}).first()
    return None if row is None else row.due_at


_OF_MAIL = (
    select(notice)
    .where(notice.c.queue_id == bindparam("queue_id"), notice.c.address != "")
    .order_by(notice.c.written_at, notice.c.round)
)


def of_mail(reader: Reader, queue_id: str) -> list[Row[Any]]:
    """What was said of a mail, oldest first, and what waits for a list (primary key)."""
    return list(reader.execute(_OF_MAIL, {"queue_id": queue_id}))


_WRITTEN_SINCE = select(func.count(notice.c.told_by.distinct())).where(
    notice.c.address == bindparam("address"), notice.c.written_at > bindparam("since")
)


def mails_since(reader: Reader, address: str, since: int) -> int:
    """How many mails an address got from us since then, lists among them (notice_by_address)."""
    return int(reader.execute(_WRITTEN_SINCE, {"address": address, "since": since}).scalar_one())


_LAST_OF_KIND = select(func.max(notice.c.written_at)).where(
    notice.c.address == bindparam("address"), notice.c.kind == bindparam("kind")
)


def last_written(reader: Reader, address: str, kind: str) -> int | None:
    """When an address was last told something of a kind; None: never (notice_by_address)."""
    found: int | None = reader.execute(_LAST_OF_KIND, {"address": address, "kind": kind}).scalar_one()
    return found


_WAITING_ADDRESSES = (
    select(notice.c.address)
    .where(notice.c.due_at <= bindparam("now"), notice.c.address != "")
    .group_by(notice.c.address)
    .order_by(func.min(notice.c.due_at))
    .limit(bindparam("limit"))
)


def waiting_addresses(reader: Reader, now: int, limit: int) -> list[str]:
    """Who has a list due, the longest due first (notice_by_due)."""
    return [row.address for row in reader.execute(_WAITING_ADDRESSES, {"now": now, "limit": limit})]


_WAITING_OF = (
    select(notice)
    .where(notice.c.address == bindparam("address"), notice.c.due_at.is_not(None))
    .order_by(notice.c.due_at, notice.c.queue_id, notice.c.kind)
)


def waiting_of(reader: Reader, address: str) -> list[Row[Any]]:
    """Everything that waits for an address's list (notice_by_address)."""
    return list(reader.execute(_WAITING_OF, {"address": address}))
