"""Statements on what people said about mails that need an approver. Times in microseconds."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, insert, select, update

from mailguard.store import GatheredInsert, GuardedUpdate, Transaction
from mailguard.store.people_tables import approval
from mailguard.store.tables import judgement

Reader = Connection | Transaction

INSERT_OPINION = GatheredInsert(insert(approval))
"""What somebody says for the first time."""

CHANGE_OPINION = GuardedUpdate(
    update(approval)
    .where(
        approval.c.queue_id == bindparam("in_queue_id"),
        approval.c.judgement == bindparam("in_judgement"),
        approval.c.person == bindparam("in_person"),
        approval.c.said == bindparam("from_said"),
    )
    .values(
        said=bindparam("to_said"),
        at=bindparam("to_at"),
        instead_of=bindparam("to_instead_of"),
        note=bindparam("to_note"),
    )
)
"""What somebody says who said the other before (primary key)."""

_OPINIONS = (
    select(approval)
    .where(approval.c.queue_id == bindparam("queue_id"), approval.c.judgement == bindparam("judgement"))
    .order_by(approval.c.at, approval.c.person)
)
_LATER = judgement.alias()
_REFUSED = select(approval.c.queue_id).where(
    approval.c.queue_id.in_(bindparam("queue_ids", expanding=True)),
    approval.c.said == "no",
    ~exists().where(_LATER.c.queue_id == approval.c.queue_id, _LATER.c.number > approval.c.judgement),
)
_FORGET_NOTES = (
    update(approval)
    .where(approval.c.queue_id.in_(bindparam("queue_ids", expanding=True)), approval.c.note.is_not(None))
    .values(note=None)
)


def opinions(reader: Reader, queue_id: str, judgement: int) -> list[Row[Any]]:
    """What was said about one judgement of a mail, oldest first (primary key)."""
    return list(reader.execute(_OPINIONS, {"queue_id": queue_id, "judgement": judgement}))


def is_refused(reader: Reader, queue_id: str, judgement: int) -> bool:
    """Whether somebody said no (``approving.Said.NO``) to one judgement of a mail (primary key)."""
    return any(row.said == "no" for row in opinions(reader, queue_id, judgement))


def refused_among(reader: Reader, queue_ids: Collection[str]) -> frozenset[str]:
    """Those of these mails to whose newest judgement somebody said no (primary keys)."""
    if not queue_ids:
        return frozenset()
    return frozenset(row.queue_id for row in reader.execute(_REFUSED, {"queue_ids": list(queue_ids)}))


def forget_notes(transaction: Transaction, queue_ids: Collection[str]) -> None:
    """Forget why people said no (primary key)."""
    transaction.execute(_FORGET_NOTES, {"queue_ids": list(queue_ids)})
