"""Accepting and keeping mail: whole or not at all, sealed, and moved only by the table."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from mailguard import audit
from mailguard.errors import ContentDamaged, StaleState, StorageUnavailable, UnknownMail
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.model.envelope import Body, Envelope, ForwardPath, Notify, Ret, Session
from mailguard.model.queue import FINAL, TRANSITIONS, Mover, Recipient, State
from mailguard.model.verdict import Action, Reason, Verdict
from mailguard.spool import MasterKey, Move, Spool, advance, lease
from mailguard.spool.content import content_path
from mailguard.spool.moves import ForbiddenMove
from mailguard.store import Store, Transaction
from tests.fakes.clock import START, StandingClock

ACTOR = Actor(ActorKind.WORKER, "test")
VERDICT = Verdict(Action.DELIVER, (Reason.INTERNAL,), "test")
ENVELOPE = Envelope(
    "tanoue@office.example.jp",
    (ForwardPath("a..b@docomo.example.jp", frozenset({Notify.SUCCESS}), "rfc822;a"), ForwardPath("ü@bücher.example")),
    Ret.HDRS, "id+2B", Body.EIGHT_BIT_MIME, smtputf8=True,
)  # fmt: skip
SESSION = Session(
    "192.0.2.7",
    "pc",
    "submission",
    "tanoue@office.example.jp",
    START,
    account="tanoue@office.example.jp",
    tls="TLSv1.3",
)
MARKER = b"MARKER-4711-0815"
SMALL = b"Subject: x\r\n\r\n" + MARKER + b"\r\n"
LARGE = b"Subject: x\r\n\r\n" + (MARKER + b"\r\n") * 150_000  # 2.7 MB: a file of three frames


async def accept(spool: Spool, wire: bytes = SMALL, envelope: Envelope = ENVELOPE) -> str:
    """Take a mail in pieces, as it would come."""
    writer = spool.open_content()
    for start in range(0, len(wire), 200_000):
        writer.write(wire[start : start + 200_000])
    return await spool.accept(envelope, SESSION, writer)


async def content_of(spool: Spool, queue_id: str) -> bytes:
    return b"".join([frame async for frame in spool.stream_content(queue_id)])


def event(queue_id: str) -> AuditEvent:
    return AuditEvent(START, ACTOR, AuditAction.ADVANCED, queue_id)


async def recipients(spool: Spool, queue_id: str) -> tuple[Recipient, ...]:
    return (await spool.store.read(lambda reader: spool.mail(reader, queue_id))).recipients


@pytest.mark.parametrize("wire", [SMALL, LARGE, b"", b"\r\n"], ids=["small", "file", "empty", "empty line"])
async def test_accept_keeps_octets_and_envelope_as_they_came(spool: Spool, wire: bytes) -> None:
    """What was answered 250 is there, octet by octet, with everything the sender asked for."""
    queue_id = await accept(spool, wire)
    mail = await spool.store.read(lambda reader: spool.mail(reader, queue_id))
    events = await spool.store.read(lambda connection: audit.events_of(connection, queue_id))

    assert wire == await content_of(spool, queue_id)
    assert (ENVELOPE, SESSION, len(wire)) == (mail.submission.envelope, mail.submission.session, mail.submission.size)
    assert [State.ACCEPTED] * 2 == [entry.state for entry in mail.recipients]
    assert [AuditAction.ACCEPTED] == [one.action for one in events]


@pytest.mark.parametrize("wire", [SMALL, LARGE], ids=["small", "file"])
async def test_content_at_rest_is_unreadable(spool: Spool, tmp_path: Path, wire: bytes) -> None:
    """Whoever copies the data folder without the master key reads nothing of a mail."""
    queue_id = await accept(spool, wire)
    readable = [path for path in tmp_path.rglob("*") if path.is_file() and MARKER in path.read_bytes()]
    other = Spool(spool.store, MasterKey(bytes(32)), spool.clock, spool.folder)

    assert readable == []
    with pytest.raises(ContentDamaged):
        await content_of(other, queue_id)


async def test_content_altered_on_disk_is_never_given_out(spool: Spool) -> None:
    """A damaged or manipulated file is an error, not another mail."""
    queue_id, second = await accept(spool, LARGE), await accept(spool, LARGE)
    file, other = content_path(spool.folder, queue_id), content_path(spool.folder, second)
    whole = file.read_bytes()
    frame = 4 + int.from_bytes(whole[:4], "big")
    damaged = {
        "a bit": whole[:100] + bytes([whole[100] ^ 1]) + whole[101:],
        "cut": whole[:-10],
        "last frame gone": whole[: frame * 2],
        "frames swapped": whole[frame : 2 * frame] + whole[:frame] + whole[2 * frame :],
        "another mail's": other.read_bytes(),
        "nothing": b"",
    }
    for octets in damaged.values():
        file.write_bytes(octets)
        with pytest.raises(ContentDamaged):
            assert not await content_of(spool, queue_id)
    file.write_bytes(whole)

    assert LARGE == await content_of(spool, queue_id)


async def test_accept_that_cannot_be_written_keeps_nothing(spool: Spool) -> None:
    """A disk that does not take the content means no row, and nothing left in the way."""
    writer = spool.open_content()
    writer.write(LARGE)
    (spool.folder / "tmp" / writer.content_id).unlink()
    with pytest.raises(StorageUnavailable):
        await spool.accept(ENVELOPE, SESSION, writer)

    with pytest.raises(UnknownMail):
        await spool.store.read(lambda reader: spool.mail(reader, writer.content_id))
    assert list((spool.folder / "tmp").iterdir()) == []


async def test_room_is_size_and_half_above_the_reserve(spool: Spool, store: Store, clock: StandingClock) -> None:
    """A nearly full disk is noticed before a mail is taken."""
    floor = Spool(store, MasterKey(bytes(32)), clock, spool.folder, reserve_bytes=2**60)

    assert spool.has_room(1000)
    assert not spool.has_room(2**60)
    assert not floor.has_room(0)


# -- moves


@pytest.mark.parametrize("mover", list(Mover))
async def test_only_moves_of_the_table_are_made(spool: Spool, mover: Mover) -> None:
    """No code can take a mail where the diagram does not lead, or in another's name."""
    queue_id = await accept(spool)
    (first, _) = await recipients(spool, queue_id)
    wrong = []
    for source in State:
        for target in State:
            is_allowed = mover in TRANSITIONS.get((source, target), frozenset())

            def work(transaction: Transaction, source: State = source, target: State = target) -> None:
                move = Move(replace(first, state=source), ((target, mover),), {"verdict": VERDICT})
                advance(transaction, [move], event(queue_id))

            try:
                await spool.store.write(work)
                is_made = True
            except ForbiddenMove:
                is_made = False
            except StaleState:
                is_made = True  # the table allows it; the row was elsewhere
            if is_made != is_allowed:
                wrong.append((source, target))

    assert wrong == []


async def test_move_seen_from_an_old_revision_is_stale_and_leaves_no_record(spool: Spool) -> None:
    """Of two that act on the same mail the second hears so, and nothing of it is kept, not even a record."""
    queue_id = await accept(spool)
    (first, _) = await recipients(spool, queue_id)
    hold = Move(first, ((State.HELD, Mover.INSPECTOR),), {"verdict": VERDICT})
    await spool.store.write(lambda tx: advance(tx, [hold], event(queue_id)))
    with pytest.raises(StaleState):
        await spool.store.write(lambda tx: advance(tx, [hold], event(queue_id)))
    with pytest.raises(StaleState):
        await spool.store.write(lambda tx: lease(tx, first, due_at=START))
    events = await spool.store.read(lambda connection: audit.events_of(connection, queue_id))

    assert [AuditAction.ACCEPTED, AuditAction.ADVANCED] == [one.action for one in events]


async def test_nothing_moves_towards_the_wire_without_a_verdict(spool: Spool) -> None:
    """Even a mistake in code cannot send what was not judged: the database refuses (invariant 2)."""
    queue_id = await accept(spool)
    (first, _) = await recipients(spool, queue_id)
    move = Move(first, ((State.CLEARED, Mover.INSPECTOR),), {})

    with pytest.raises(Exception, match="verdict"):
        await spool.store.write(lambda tx: advance(tx, [move], event(queue_id)))
    assert State.ACCEPTED == (await recipients(spool, queue_id))[0].state


@pytest.mark.parametrize("seed", range(3))
async def test_any_walk_of_moves_ends_where_the_table_says(spool: Spool, seed: int) -> None:
    """Thousands of moves drawn by lot, right and wrong ones: the database always is where the model is (P-33)."""
    chance = random.Random(seed)
    queue_ids = [await accept(spool) for _ in range(5)]
    model = {(queue_id, position): State.ACCEPTED for queue_id in queue_ids for position in range(2)}
    made = 0
    for _ in range(400):
        (queue_id, position), target, mover = (
            chance.choice(list(model)),
            chance.choice(list(State)),
            chance.choice(list(Mover)),
        )
        entry = (await recipients(spool, queue_id))[position]
        move = Move(
            entry, ((target, mover),), {"verdict": VERDICT, "due_at": START + timedelta(seconds=chance.random())}
        )
        try:
            await spool.store.write(lambda tx, move=move, of=queue_id: advance(tx, [move], event(of)))  # type: ignore[misc]
        except ForbiddenMove:
            continue
        assert mover in TRANSITIONS[model[queue_id, position], target]
        model[queue_id, position] = target
        made += 1
    found = {
        (queue_id, entry.key.position): entry for queue_id in queue_ids for entry in await recipients(spool, queue_id)
    }
    checked = await spool.store.read(audit.verify)

    assert model == {key: entry.state for key, entry in found.items()}
    assert all(entry.due_at is None for entry in found.values() if entry.state in FINAL)
    assert (len(queue_ids) + made, None) == (checked.events, checked.broken)


# -- looking


async def test_pages_go_on_after_the_last_id_and_repeat_nothing(spool: Spool) -> None:
    """A long list is read page by page without leaving out or repeating a mail."""
    queue_ids = [await accept(spool) for _ in range(7)]
    for queue_id in queue_ids:
        moves = [
            Move(entry, ((State.HELD, Mover.INSPECTOR),), {"verdict": VERDICT})
            for entry in await recipients(spool, queue_id)
        ]
        await spool.store.write(lambda tx, moves=moves, of=queue_id: advance(tx, moves, event(of)))  # type: ignore[misc]
    seen: list[str] = []
    while page := await spool.store.read(partial(spool.held, after=seen[-1] if seen else "", limit=3)):
        seen += [mail.submission.queue_id for mail in page]

    assert sorted(queue_ids) == seen


async def test_sent_since_counts_an_account_s_mails_and_recipients(spool: Spool, clock: StandingClock) -> None:
    """The hour of an account counts what was taken from it, and only within the hour."""
    await accept(spool)
    clock.advance(3000)
    await accept(spool)
    hour_ago = clock.now() - timedelta(hours=1)

    assert (2, 4) == await spool.sent_since("tanoue@office.example.jp", hour_ago)
    clock.advance(1000)
    assert (1, 2) == await spool.sent_since("tanoue@office.example.jp", clock.now() - timedelta(hours=1))
    assert (0, 0) == await spool.sent_since("somebody@office.example.jp", hour_ago)


async def test_unknown_mail_is_said(spool: Spool) -> None:
    """A mistyped queue id is named as unknown."""
    with pytest.raises(UnknownMail):
        await spool.store.read(lambda reader: spool.mail(reader, "0000000000000000"))
    assert [] == await spool.store.read(lambda reader: spool.held(reader))
    assert 0 == await spool.store.read(lambda c: c.execute(text("SELECT count(*) FROM submission")).scalar_one())
