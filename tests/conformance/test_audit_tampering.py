"""Nobody touches the record behind mailguard's back without being found out: not one row, not one line, not its end.

Whoever tampers here may do everything with the database, the whole chain computed anew included; the key is not there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from mailguard import audit
from mailguard.audit.anchors import NotAnAnchor
from mailguard.audit.chain import GENESIS, canonical, link
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.store import Store, Transaction
from mailguard.workers.anchorer import Anchorer
from tests.fakes.clock import StandingClock

KEY = bytes(range(32))
SEALS = audit.Seals(KEY)
DAYS, EVENTS_A_DAY = 3, 3
ANCHOR_COLUMNS = {
    "at": "at + 1",
    "seq": "seq - 1",
    "events": "events + 1",
    "hash": "(SELECT hash FROM audit_event WHERE seq = 1)",
    "mac": "(SELECT hash FROM audit_event WHERE seq = 1)",
}

Damage = Callable[[Transaction], None]


@pytest.fixture
async def file(store: Store, clock: StandingClock, tmp_path: Path) -> audit.AnchorFile:
    """The file of anchors of a record of three days, each closed by an anchor but the last."""
    store.record_key = KEY
    for day in range(DAYS):
        if day:
            clock.advance(timedelta(days=1).total_seconds())
            assert await store.write(lambda transaction: audit.set_anchor(transaction, SEALS)) is not None
        for number in range(EVENTS_A_DAY):
            await store.write(noting(f"{day}-{number}"))
    file = audit.AnchorFile(tmp_path / audit.FILE_NAME)
    file.bring_up(await store.read(audit.anchors_of))
    return file


def noting(name: str) -> Callable[[Transaction], None]:
    """A work that records an event."""

    def work(transaction: Transaction) -> None:
        actor = Actor(ActorKind.PERSON, "sato@example.jp")
        audit.append(transaction, AuditEvent(transaction.now, actor, AuditAction.CANCELLED, name, {"positions": [0]}))

    return work


class Undo(Exception):
    """Takes a damage back, with what the check said about it."""

    def __init__(self, checked: audit.Checked) -> None:
        super().__init__()
        self.checked = checked


async def found(store: Store, file: audit.AnchorFile, damage: Damage) -> audit.Checked:
    """What a check says of a damaged database; the damage is undone."""

    def work(transaction: Transaction) -> None:
        damage(transaction)
        raise Undo(audit.verify(transaction._connection, None, SEALS, file))

    with pytest.raises(Undo) as undone:
        await store.write(work)
    return undone.value.checked


def running(*statements: str) -> Damage:
    """Statements by hand."""

    def damage(transaction: Transaction) -> None:
        for statement in statements:
            transaction.execute(text(statement))

    return damage


def chain_made_anew(transaction: Transaction) -> None:
    """What somebody who knows how the chain is made does after a change: number the events and hash them anew."""
    rows = transaction.execute(text("SELECT * FROM audit_event ORDER BY seq")).mappings().all()
    transaction.execute(text("DELETE FROM audit_event"))
    digest, made = GENESIS, list[Mapping[str, Any]]()
    for seq, row in enumerate(map(dict, rows), 1):
        names = ("at", "actor_kind", "actor", "action", "queue_id", "details")
        digest = link(digest, canonical(seq, *(row[name] for name in names)))
        made.append({**row, "seq": seq, "hash": digest})
    columns = ", ".join(made[0])
    values = ", ".join(f":{name}" for name in made[0])
    transaction.execute(text(f"INSERT INTO audit_event ({columns}) VALUES ({values})"), made)


def damages(last: int) -> Iterator[tuple[str, Damage, bool]]:
    """Each kind of tampering with each event: its name, what it does, and whether the chain alone must show it."""
    copy = "at, actor_kind, actor, action, queue_id, details, hash"
    for seq in range(1, last + 1):
        gap = f"UPDATE audit_event SET seq = seq + 1000 WHERE seq >= {seq}"
        closed = f"UPDATE audit_event SET seq = seq - 999 WHERE seq >= {1000 + seq}"
        kinds = {
            "delete": [f"DELETE FROM audit_event WHERE seq = {seq}"],
            "edit": [f"UPDATE audit_event SET actor = 'suzuki@example.jp' WHERE seq = {seq}"],
            "insert": [
                gap, closed,
                f"INSERT INTO audit_event (seq, {copy}) SELECT {seq}, {copy} FROM audit_event WHERE seq = {seq + 1}",
            ],
            "truncate": [f"DELETE FROM audit_event WHERE seq >= {seq}"],
        }  # fmt: skip
        if seq < last:
            kinds["reorder"] = [
                f"UPDATE audit_event SET seq = -1 WHERE seq = {seq}",
                f"UPDATE audit_event SET seq = {seq} WHERE seq = {seq + 1}",
                f"UPDATE audit_event SET seq = {seq + 1} WHERE seq = -1",
            ]
        for kind, statements in kinds.items():
            yield f"{kind} {seq}", running(*statements), True
            if not (kind == "truncate" and seq == 1):
                yield f"{kind} {seq}, chain made anew", made_anew(statements), False
    yield "everything", running("DELETE FROM audit_event"), True
    yield "everything with what vouches for it", running(*emptied()), True


def made_anew(statements: list[str]) -> Damage:
    """The same with a chain that fits again."""

    def damage(transaction: Transaction) -> None:
        running(*statements)(transaction)
        chain_made_anew(transaction)

    return damage


def emptied() -> list[str]:
    """The whole record gone, as if there had never been one."""
    return [f"DELETE FROM {table}" for table in ("audit_event", "audit_anchor", "audit_head")]


async def test_every_tampering_with_every_event_is_found(store: Store, file: audit.AnchorFile) -> None:
    """Delete, edit, insert, swap or cut any entry, even with the whole chain computed anew: the check says so, names
    the first entry that does not fit, and between which days it lies."""
    before = await store.read(lambda connection: audit.verify(connection, None, SEALS, file))
    missed = []
    for name, damage, is_exact in damages(before.events):
        checked = await found(store, file, damage)
        seq = int(name.split()[1].rstrip(",")) if name[-1].isdigit() else 0
        # One entry put where another was: of two that are equal, the second does not fit.
        exact = {seq, seq + 1} if name.startswith("insert") else {seq}
        if checked.broken is None or (is_exact and seq and checked.broken.seq not in exact):
            missed.append((name, checked.broken))
    after = await store.read(lambda connection: audit.verify(connection, None, SEALS, file))

    assert missed == []
    assert (before.broken, after, before.anchors) == (None, before, DAYS - 1)


async def test_break_is_placed_between_the_days_around_it(store: Store, file: audit.AnchorFile) -> None:
    """Whoever looks into it knows from which day to which to look, in backups and in copies of the record."""
    anchors = await store.read(audit.anchors_of)
    checked = await found(store, file, running(f"DELETE FROM audit_event WHERE seq = {anchors[0].seq + 1}"))
    rewritten = await found(store, file, made_anew(["UPDATE audit_event SET actor = 'x' WHERE seq = 2"]))

    assert checked.broken == audit.Break(
        anchors[0].seq + 1, f"event {anchors[0].seq + 1} is missing", anchors[0].at, anchors[1].at
    )
    assert rewritten.broken == audit.Break(1, f"events 1 to {anchors[0].seq} were written anew", None, anchors[0].at)


async def test_every_tampering_with_anchors_is_found(store: Store, file: audit.AnchorFile) -> None:
    """What vouches for the record cannot be changed, taken away or made up either."""
    statements = {
        "no head": "DELETE FROM audit_head",
        "older head": "UPDATE audit_head SET seq = seq - 1",
        "all": "DELETE FROM audit_anchor",
    }
    for number in range(1, DAYS):
        statements[f"delete {number}"] = f"DELETE FROM audit_anchor WHERE number = {number}"
        statements[f"removed {number}"] = (
            f"UPDATE audit_anchor SET removed_at = at + 1, removed_mac = mac WHERE number = {number}"
        )
        for column, value in ANCHOR_COLUMNS.items():
            statements[f"{column} {number}"] = f"UPDATE audit_anchor SET {column} = {value} WHERE number = {number}"
    missed = [name for name, one in statements.items() if not (await found(store, file, running(one))).breaks]
    pruned = await found(
        store, file, running("DELETE FROM audit_event WHERE seq <= 3", statements["removed 1"])
    )  # fmt: skip

    assert missed == []
    assert pruned.broken is not None
    assert pruned.broken.what == "event 1 is missing"


async def test_every_tampering_with_the_file_of_anchors_is_found(store: Store, file: audit.AnchorFile) -> None:
    """The file beside the database is checked line by line, against its own seals and against the database."""
    lines = file.path.read_bytes().splitlines(keepends=True)
    hostile = {
        "gone": None,
        "empty": b"",
        "swapped": b"".join(reversed(lines)),
        "twice": b"".join([*lines, lines[-1]]),
        "nonsense": b"".join([*lines, b"{}\n"]),
        "half a line": b"".join(lines)[:-5],
    }
    for number, line in enumerate(lines):
        others = lines[:number], lines[number + 1 :]
        hostile[f"without {number}"] = b"".join([*others[0], *others[1]])
        hostile[f"edited {number}"] = b"".join([*others[0], line.replace(b'"seq": ', b'"seq": 1'), *others[1]])
    missed = []
    for name, octets in hostile.items():
        file.path.unlink(missing_ok=True)
        if octets is not None:
            file.path.write_bytes(octets)
        if not (await store.read(lambda connection: audit.verify(connection, None, SEALS, file))).breaks:
            missed.append(name)

    assert missed == []


async def test_database_put_back_is_found_by_the_file(store: Store, file: audit.AnchorFile) -> None:
    """An older copy of the whole database fits in itself; the file knows what came after."""

    def put_back(transaction: Transaction) -> None:
        first = audit.anchors_of(transaction)[0]
        digest = transaction.execute(text(f"SELECT hash FROM audit_event WHERE seq = {first.seq}")).scalar_one()
        for statement in (
            f"DELETE FROM audit_event WHERE seq > {first.seq}",
            "DELETE FROM audit_anchor",
        ):
            transaction.execute(text(statement))
        # The seal of that day, as the copy has it.
        sealed = text("UPDATE audit_head SET seq = :seq, mac = :mac")
        transaction.execute(sealed, {"seq": first.seq, "mac": SEALS.head(first.seq, bytes(digest))})

    checked = await found(store, file, put_back)

    assert checked.broken is not None
    assert "that the database has not" in checked.broken.what


async def test_another_key_vouches_for_nothing(store: Store, file: audit.AnchorFile) -> None:
    """Whoever makes seals with a key of their own is not believed."""
    foreign = audit.Seals(bytes(32))
    checked = await store.read(lambda connection: audit.verify(connection, None, foreign, file))

    assert (0, 3) == (checked.anchors, len(checked.breaks))


async def test_record_that_grows_meanwhile_is_whole(store: Store, file: audit.AnchorFile) -> None:
    """A check beside the running service takes what is added while it looks for no tampering."""
    checks = [store.read(lambda connection: audit.verify(connection, None, SEALS, file)) for _ in range(4)]
    writing = asyncio.gather(*(store.write(noting(f"late-{number}")) for number in range(50)))
    checked = await asyncio.gather(*checks)
    await writing

    assert [()] * 4 == [one.breaks for one in checked]


async def test_cut_end_shows_after_more_was_recorded(store: Store, file: audit.AnchorFile) -> None:
    """Whoever cuts the end hides nothing by waiting until the service has gone on writing."""
    cut = "DELETE FROM audit_event WHERE seq = (SELECT max(seq) FROM audit_event)"
    await store.write(running(cut))
    for name in "abc":
        await store.write(noting(name))
    checked = await store.read(lambda connection: audit.verify(connection, None, SEALS, file))

    assert checked.broken is not None
    assert "does not fit" in checked.broken.what


async def test_anchor_is_set_once_a_day_and_the_file_follows(
    store: Store, file: audit.AnchorFile, clock: StandingClock
) -> None:
    """Each day has one anchor, in the database and in the file; what a crash left out comes with the next look, and a
    file that somebody changed is left as it is, for whoever looks into it."""
    anchorer = Anchorer(store, SEALS, file.path.parent)
    same_day = await anchorer.look()
    clock.advance(timedelta(days=1).total_seconds())
    file.path.write_bytes(file.path.read_bytes()[:-7])
    next_day = await anchorer.look()
    whole = await store.read(lambda connection: audit.verify(connection, None, SEALS, file))
    file.path.unlink()
    await Anchorer(store, SEALS, file.path.parent).look()
    again = await store.read(lambda connection: audit.verify(connection, None, SEALS, file))
    file.path.write_bytes(b"{}\n")
    clock.advance(timedelta(days=1).total_seconds())
    with pytest.raises(NotAnAnchor):
        await anchorer.look()

    assert next_day is not None
    assert (None, DAYS, (), ()) == (same_day, next_day.number, whole.breaks, again.breaks)
    assert b"{}\n" == file.path.read_bytes()
