"""Other mails with the same fault: found by what is remembered of every mail. On SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import create_engine, insert, text

from mailguard import hold
from mailguard.errors import NotAllowed, UnknownMail
from mailguard.incidents import Opening
from mailguard.incidents.look_back import GENERAL_LEAST, GENERAL_SHARE, Likeness, LookBack, Why, look_back
from mailguard.model.incident import EntryKind
from mailguard.model.queue import State
from mailguard.store import Store
from mailguard.store.incident_tables import mail_trace
from mailguard.workers.sweeper import Sweeper
from tests.conformance.hold_parts import NOWHERE, A, B, C, MakeNode
from tests.conformance.test_incidents import OWNER, Desk, desk_of
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop

CROWD = tuple(f"parent{number}@example{number}.com" for number in range(6))
OTHER_CROWD = tuple(f"family{number}@example{number}.com" for number in range(7))


def wire(to: tuple[str, ...], subject: str = "subject", file: bytes = b"") -> bytes:
    """A mail with its recipients in To, and a file where one is given."""
    head = f"From: tanoue@office.example.jp\r\nTo: {', '.join(to)}\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
    if not file:
        return f"{head}\r\nhello\r\n".encode()
    return (
        (
            f"{head}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
            "--b\r\nContent-Type: application/octet-stream\r\n"
            f"Content-Disposition: attachment; filename={subject}.bin\r\n\r\n"
        ).encode()
        + file
        + b"\r\n--b--\r\n"
    )


async def looked(desk: Desk, incident_id: str, owners: frozenset[str] | None = None) -> LookBack:
    """What looking back from an incident finds."""
    incident = await desk.incident(incident_id)
    spool = desk.node.spool
    return await desk.node.store.read(lambda reader: look_back(spool, reader, incident, owners))


def why(found: LookBack) -> dict[str, set[Likeness]]:
    """By mail, what is the same."""
    return {one.queue_id: {each.likeness for each in one.why} for one in found.candidates}


async def sent(desk: Desk, *to: str, **values: str | bytes) -> str:
    """A mail that was released and went out."""
    queue_id = await desk.node.held(*to, wire=wire(to, **values))  # type: ignore[arg-type]
    await desk.node.store.write(hold.release(desk.node.spool, queue_id, OWNER, ""))
    await desk.node.look()
    return queue_id


async def test_mails_with_the_same_fault_are_found_with_why(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, clock: StandingClock
) -> None:
    """Same recipient, same file under another name, same people, another crowd: found; what nobody got is not."""
    desk = desk_of(make_node(hop.port), store, clock)
    same_file = await sent(desk, "x@other.example.net", subject="renamed", file=b"the same octets")
    same_people = await sent(desk, *reversed(CROWD))
    other_people = await sent(desk, *OTHER_CROWD)
    same_domain = await sent(desk, C)
    same_address = await sent(desk, A, "somebody@else.example.net")
    unlike = await sent(desk, "nobody@else.example.net")
    taken_back = await desk.node.held(A, wire=wire((A,)))
    await store.write(hold.cancel(desk.node.spool, taken_back, OWNER, ""))
    one = await sent(desk, A, subject="first", file=b"the same octets")
    many = await sent(desk, *CROWD)

    found = why(await looked(desk, await desk.report(one)))
    crowd = why(await looked(desk, await desk.report(many)))

    assert {
        same_file: {Likeness.FILE},
        same_domain: {Likeness.DOMAIN},
        same_address: {Likeness.ADDRESS, Likeness.DOMAIN},
    } == found
    assert unlike not in crowd
    assert {Likeness.LIST, Likeness.ADDRESS, Likeness.DOMAIN, Likeness.CROWD, Likeness.RULE} == crowd[same_people]
    assert {Likeness.DOMAIN, Likeness.CROWD, Likeness.RULE} == crowd[other_people]
    assert [same_people, other_people] == list(crowd)[:2]


async def test_what_fits_half_the_office_makes_no_mail_alike(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, clock: StandingClock
) -> None:
    """We write to that firm every day: those mails are not listed for its domain alone, and the page says so; the one
    with the same file is.
    """
    desk = desk_of(make_node(hop.port), store, clock)
    for number in range(GENERAL_LEAST + 1):
        await desk.node.held(f"person{number}@one.example.com", wire=wire((f"person{number}@one.example.com",)))
    same_file = await sent(desk, "other@one.example.com", file=b"list")
    rule = await sent(desk, *CROWD)
    mistake = await sent(desk, "wrong@one.example.com", file=b"list")
    found = await looked(desk, await desk.report(mistake))
    incident = await desk.incident(await desk.report(rule))
    spool = desk.node.spool
    loud = await store.read(lambda reader: look_back(spool, reader, incident))
    rules = [one.id for one in desk.node.policy.rules.rules]
    quiet = await store.read(lambda reader: look_back(spool, reader, incident, None, rules))

    assert {same_file: {Likeness.FILE, Likeness.DOMAIN}} == why(found)
    assert (Why(Likeness.DOMAIN, "one.example.com"),) == found.general
    assert (True, False) == (Likeness.RULE in loud.likenesses, Likeness.RULE in quiet.likenesses)


async def test_what_is_rare_in_a_large_office_makes_mails_alike(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, clock: StandingClock, url: str
) -> None:
    """Of the hundreds of mails we sent, two dozen went to that firm: they are listed."""
    desk = desk_of(make_node(hop.port), store, clock)
    rows = [{"kind": "a", "digest": b"x", "queue_id": f"{number:016}"} for number in range(GENERAL_SHARE * 30)]
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(insert(mail_trace), rows)
    engine.dispose()
    for number in range(GENERAL_LEAST + 1):
        await desk.node.held(f"person{number}@one.example.com", wire=wire((f"person{number}@one.example.com",)))
    found = await looked(desk, await desk.report(await sent(desk, "wrong@one.example.com")))

    assert (GENERAL_LEAST + 1, (), 31) == (len(found.candidates), found.general, found.general_from)


async def test_look_back_works_when_contents_are_gone(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, clock: StandingClock
) -> None:
    """Noticed a year later, long after the contents were destroyed: traces still say which mails were alike."""
    desk = desk_of(make_node(hop.port), store, clock)
    before, mistake = await sent(desk, B, file=b"list"), await sent(desk, A, file=b"list")
    clock.advance(timedelta(days=360).total_seconds())
    await Sweeper(desk.node.spool, timedelta(days=30)).destroy_expired()
    found = await looked(desk, await desk.report(mistake))

    assert {before: {Likeness.FILE, Likeness.DOMAIN}} == why(found)
    assert (None, False) == (found.since, found.is_more)


async def test_table_of_traces_tells_nothing_by_itself(make_node: MakeNode, store: Store, url: str) -> None:
    """Who steals the table learns no address, domain, rule or subject."""
    node = make_node(NOWHERE)
    await node.held(*CROWD, wire=wire(CROWD, subject="secret", file=b"secret file"))
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT kind, digest FROM mail_trace")).all()
    engine.dispose()
    whole = b" ".join(bytes(digest) for _, digest in rows)

    assert {"a", "d", "l", "c", "f", "r"} <= {kind for kind, _ in rows}
    assert {16} == {len(digest) for _, digest in rows}
    assert not any(word in whole for word in (b"parent", b"example", b"secret", b"outsiders"))


async def test_mails_that_are_added_are_stopped_and_kept(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, clock: StandingClock
) -> None:
    """What is still held is stopped the moment it is added; evidence of each is kept; adding twice adds once."""
    desk = desk_of(make_node(hop.port), store, clock)
    incident_id = await desk.report(await sent(desk, A))
    waiting = await desk.node.held(A, wire=wire((A,)))
    candidates = (await looked(desk, incident_id)).candidates
    responses = await store.write(desk.openings.add(incident_id, [waiting, waiting], OWNER, "the same list"))
    again = await store.write(desk.openings.add(incident_id, [waiting], OWNER))
    incident = await desk.incident(incident_id)

    assert [waiting] == [one.queue_id for one in candidates]
    assert ((0,), {}) == (responses[waiting].stopped, again)
    assert [State.CANCELLED] == await desk.node.states(waiting)
    assert waiting == incident.queue_ids[1]
    assert [waiting] == (await desk.entries(incident_id, EntryKind.MAILS_ADDED))[0].details["mails"]
    assert waiting in [one.queue_id for one in await desk.entries(incident_id, EntryKind.FROZEN)]
    with pytest.raises(UnknownMail):
        await store.write(desk.openings.add(incident_id, ["0" * 16], OWNER))
    await desk.close(incident_id)
    with pytest.raises(NotAllowed):
        await store.write(desk.openings.add(incident_id, [await desk.node.held(A)], OWNER))


async def test_drill_adds_mails_and_stops_none(make_node: MakeNode, store: Store, clock: StandingClock) -> None:
    """Looking back is part of a drill; the real mails go their way."""
    desk = desk_of(make_node(NOWHERE), store, clock)
    first, second = await desk.node.held(A), await desk.node.held(A)
    incident_id = await desk.report(first, Opening(is_drill=True))
    await store.write(desk.openings.add(incident_id, [second], OWNER))

    assert [State.HELD] * 2 == [*await desk.node.states(first), *await desk.node.states(second)]
    assert (first, second) == (await desk.incident(incident_id)).queue_ids


async def test_drill_keeps_no_mail_longer(make_node: MakeNode, store: Store, clock: StandingClock) -> None:
    """Personal data is not kept for the sake of a training: the content goes in its time."""
    desk = desk_of(make_node(NOWHERE), store, clock)
    queue_id = await desk.node.held(A)
    await store.write(hold.cancel(desk.node.spool, queue_id, OWNER, ""))
    await desk.report(queue_id, Opening(is_drill=True))
    clock.advance(timedelta(days=40).total_seconds())

    assert 1 == await Sweeper(desk.node.spool, timedelta(days=30)).destroy_expired()


async def test_edit_leaves_traces_of_what_is_sent(make_node: MakeNode, store: Store, clock: StandingClock) -> None:
    """Whoever was taken off before it left is not found as its recipient."""
    node = make_node(NOWHERE)
    desk = desk_of(node, store, clock)
    mended = await node.held(A, B)
    await node.mender.mend(mended, hold.mending.Mend(remove=frozenset({1})), OWNER)
    only_b = await desk.report(await node.held(B, wire=wire((B,))))
    only_a = await desk.report(await node.held(A, wire=wire((A,))))

    assert {mended: {Likeness.DOMAIN}} == why(await looked(desk, only_b))
    assert Likeness.ADDRESS in why(await looked(desk, only_a))[mended]
