"""The record: chained, without gaps, and every change to it found at its place (P-28)."""

from __future__ import annotations

import asyncio
import multiprocessing
import random

import pytest
from sqlalchemy import text

from mailguard import audit
from mailguard.clock import SystemClock
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.store import Store, Transaction, Work
from tests.fakes.clock import START

EVENTS = 30


def note(number: int) -> Work[None]:
    """A work that records one event."""

    def work(transaction: Transaction) -> None:
        actor = Actor(ActorKind.PERSON, f"sato\n{number}")
        details: dict[str, object] = {"reason": f"宛先違い {number}", "positions": [number]}
        audit.append(transaction, AuditEvent(START, actor, AuditAction.CANCELLED, f"{number:016}", details))

    return work


async def fill(store: Store) -> None:
    for number in range(EVENTS):
        await store.write(note(number))


async def test_record_gives_back_what_was_written(store: Store) -> None:
    """Who did what, when and why stands there as it was said, and the chain holds."""
    await fill(store)
    events = await store.read(lambda connection: [one for _, _, one in audit.all_events(connection)])
    checked = await store.read(audit.verify)

    assert [f"宛先違い {number}" for number in range(EVENTS)] == [one.details["reason"] for one in events]
    assert (EVENTS, None) == (checked.events, checked.broken)


def damages(chance: random.Random) -> tuple[str, int, list[str]]:
    """One change somebody could make: what, the first event that does not fit, and the statements."""
    seq = chance.randrange(2, EVENTS)
    kind = chance.choice(["actor", "at", "details", "action", "queue_id", "hash", "delete", "insert", "swap"])
    match kind:
        case "delete":
            return kind, seq, [f"DELETE FROM audit_event WHERE seq = {seq}"]
        case "insert":
            columns = "at, actor_kind, actor, action, queue_id, details, hash"
            copy = f"SELECT {EVENTS + 1}, {columns} FROM audit_event WHERE seq = {seq}"
            return kind, EVENTS + 1, [f"INSERT INTO audit_event (seq, {columns}) {copy}"]
        case "swap":
            return (
                kind,
                seq,
                [
                    f"UPDATE audit_event SET seq = -1 WHERE seq = {seq}",
                    f"UPDATE audit_event SET seq = {seq} WHERE seq = {seq + 1}",
                    f"UPDATE audit_event SET seq = {seq + 1} WHERE seq = -1",
                ],
            )
        case "at":
            return kind, seq, [f"UPDATE audit_event SET at = at + 1 WHERE seq = {seq}"]
        case "hash":
            return (
                kind,
                seq,
                [f"UPDATE audit_event SET hash = (SELECT hash FROM audit_event WHERE seq = 1) WHERE seq = {seq}"],
            )
        case column:
            return column, seq, [f"UPDATE audit_event SET {column} = 'x' WHERE seq = {seq}"]


async def test_every_change_is_found_at_its_place(store: Store) -> None:
    """Whoever edits, deletes, adds or swaps entries of the record is found out, with the number of the entry."""
    await fill(store)
    chance = random.Random(20261126)
    missed = []
    for _ in range(60):
        kind, seq, statements = damages(chance)

        def damage(transaction: Transaction, statements: list[str] = statements) -> audit.Checked:
            for statement in statements:
                transaction.execute(text(statement))
            raise Undo(audit.verify(transaction._connection))

        with pytest.raises(Undo) as undone:
            await store.write(damage)
        broken = undone.value.checked.broken
        if broken is None or broken.seq != seq:
            missed.append((kind, seq, broken))
    checked = await store.read(audit.verify)

    assert missed == []
    assert checked.broken is None


class Undo(Exception):
    """Takes a damage back, with what the check said about it."""

    def __init__(self, checked: audit.Checked) -> None:
        super().__init__()
        self.checked = checked


async def test_cut_tail_is_found_against_a_head_kept_elsewhere(store: Store) -> None:
    """Removing the newest entries leaves a whole chain; only the hash somebody noted tells."""
    await fill(store)
    head = bytes.fromhex((await store.read(audit.verify)).head)
    await store.write(lambda tx: tx.execute(text(f"DELETE FROM audit_event WHERE seq > {EVENTS - 3}")))
    alone = await store.read(audit.verify)
    against = await store.read(lambda connection: audit.verify(connection, head))

    assert alone.broken is None
    assert against.broken is not None


def write_many(url: str, times: int) -> None:
    """A process of its own that records events."""
    store = Store(url, SystemClock())
    for number in range(times):
        store.write_now(note(number))
    store.close()


async def test_writers_side_by_side_never_fork_the_chain(store: Store, url: str) -> None:
    """Commands beside the service, and several nodes, write one record without gap or fork."""
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=write_many, args=(url, 40)) for _ in range(3)]
    for process in processes:
        process.start()
    await asyncio.gather(*(store.write(note(number)) for number in range(100)))
    for process in processes:
        await asyncio.to_thread(process.join, 60)
    checked = await store.read(audit.verify)

    assert [0, 0, 0] == [process.exitcode for process in processes]
    assert (220, None) == (checked.events, checked.broken)
