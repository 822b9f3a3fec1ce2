"""Old events go when their time is over, and what stays can still be checked to its first entry."""

from __future__ import annotations

from datetime import timedelta

from mailguard import audit
from mailguard.audit.forwarding import SYSLOG, claim, taken
from mailguard.audit.pruning import Pruning
from mailguard.model.audit import AuditAction
from mailguard.spool import Spool
from mailguard.store import Store
from mailguard.workers.sweeper import Sweeper
from tests.conformance.hold_parts import NOWHERE, A, B, MakeNode
from tests.conformance.test_audit_tampering import DAYS, EVENTS_A_DAY, KEY, SEALS, file, found, running
from tests.conformance.test_incidents import desk_of
from tests.fakes.clock import StandingClock

__all__ = ["file"]
DAY = timedelta(days=1)


async def pruned(store: Store, pruning: Pruning) -> tuple[int | None, int]:
    """Up to which event the record was removed just now (None: it was not), and how many events went."""
    anchor = await store.write(pruning.mark)
    removed = 0
    while some := await store.write(pruning.remove_batch):
        removed += some
    return None if anchor is None else anchor.seq, removed


async def checked(store: Store, file: audit.AnchorFile) -> audit.Checked:
    """What a check says."""
    return await store.read(lambda reader: audit.verify(reader, None, SEALS, file))


async def test_old_events_are_removed_up_to_an_anchor(
    store: Store, file: audit.AnchorFile, clock: StandingClock
) -> None:
    """A day's events go as a whole; the check accepts it, says since when the record is kept, and finds the next
    tampering as before. That events were removed, and who did it, is on record."""
    anchors = await store.read(audit.anchors_of)
    early = await pruned(store, Pruning(SEALS, DAY * 5))
    clock.advance((DAY * 0.5).total_seconds())
    done = await pruned(store, Pruning(SEALS, DAY))
    again = await pruned(store, Pruning(SEALS, DAY))
    after = await checked(store, file)
    events = await store.read(lambda reader: list(audit.entries_after(reader, 0)))
    first = events[0].seq
    further = await found(store, file, running(f"DELETE FROM audit_event WHERE seq = {first}"))
    undone = await found(store, file, running("UPDATE audit_anchor SET removed_at = NULL, removed_mac = NULL"))
    head = await store.read(lambda reader: audit.verify(reader, anchors[0].hash, SEALS, file))

    assert ((None, 0), (EVENTS_A_DAY, EVENTS_A_DAY), (None, 0)) == (early, done, again)
    assert ((), anchors[0].at, EVENTS_A_DAY + 1) == (after.breaks, after.kept_since, first)
    assert AuditAction.PRUNED in [one.event.action for one in events]
    assert [f"event {first} is missing", "event 1 is missing"] == [
        one.broken and one.broken.what for one in (further, undone)
    ]
    assert head.broken is None


async def test_what_the_siem_has_not_taken_is_not_removed(
    store: Store, file: audit.AnchorFile, clock: StandingClock
) -> None:
    """A server that was away for long loses nothing to retention."""
    clock.advance((DAY * 10).total_seconds())
    forgetful = Pruning(SEALS, DAY, SYSLOG)
    never = await pruned(store, forgetful)
    await store.write(lambda transaction: claim(transaction, SYSLOG, "node-1", DAY))
    await store.write(lambda transaction: taken(transaction, SYSLOG, "node-1", EVENTS_A_DAY + 1, DAY))
    partly = await pruned(store, forgetful)

    assert ((None, 0), (EVENTS_A_DAY, EVENTS_A_DAY)) == (never, partly)
    assert () == (await checked(store, file)).breaks


async def test_a_touched_record_is_not_removed(store: Store, file: audit.AnchorFile, clock: StandingClock) -> None:
    """What somebody tampered with stays for whoever looks into it."""
    clock.advance((DAY * 10).total_seconds())
    await store.write(running("UPDATE audit_anchor SET events = events + 1 WHERE number = 1"))

    assert (None, 0) == await pruned(store, Pruning(SEALS, DAY))


async def test_crash_between_marking_and_removing_leaves_a_whole_record(
    store: Store, file: audit.AnchorFile, clock: StandingClock, spool: Spool
) -> None:
    """Events that are over and still there count no more, and the sweeper removes them with the next."""
    store.record_key = KEY
    clock.advance((DAY * 10).total_seconds())
    assert (await store.write(Pruning(SEALS, DAY).mark)) is not None
    between = await checked(store, file)
    sweeper = Sweeper(spool, DAY)
    kept = await sweeper.prune()
    sweeper.pruning = Pruning(SEALS, DAY)
    removed = await sweeper.prune()

    assert ((), 0, DAYS - 1) == (between.breaks, kept, between.anchors)
    assert removed > EVENTS_A_DAY
    assert () == (await checked(store, file)).breaks


async def test_record_of_an_open_incident_stays(make_node: MakeNode, store: Store, clock: StandingClock) -> None:
    """While somebody works on an incident everything from its mail's first event on is kept; afterwards it ends."""
    desk = desk_of(make_node(NOWHERE), store, clock)
    seals, forgetful = desk.node.spool.seals, Pruning(desk.node.spool.seals, DAY)
    await desk.node.held(A)
    before = await store.write(lambda transaction: audit.set_anchor(transaction, seals))
    queue_id = await desk.node.held(B)
    incident_id = await desk.report(queue_id)
    clock.advance(DAY.total_seconds())
    after = await store.write(lambda transaction: audit.set_anchor(transaction, seals))
    clock.advance((DAY * 10).total_seconds())
    while_open = await pruned(store, forgetful)
    first = await store.read(audit.ends)
    await desk.close(incident_id)
    afterwards = await pruned(store, forgetful)
    whole = await store.read(lambda reader: audit.verify(reader, None, seals))

    assert before is not None
    assert after is not None
    assert first is not None
    assert ((before.seq, before.seq), before.seq + 1) == (while_open, first.first_seq)
    assert (after.seq, after.seq - before.seq) == afterwards
    assert () == whole.breaks
