"""Incidents that nobody has to open: by a rule, and by a mail that comes back. On SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from mailguard import hold
from mailguard.config import PolicySettings
from mailguard.hold.timeline import StepKind, timeline
from mailguard.incidents.facts import Fate, mail_fact
from mailguard.incidents.triggers import Triggers
from mailguard.model.audit import AuditAction
from mailguard.model.incident import EntryKind, Incident
from mailguard.model.protection import Channel
from mailguard.model.queue import QueueId, State
from mailguard.parcels.records import PASSWORDS, Records
from mailguard.policy.shipped import shipped_folder
from mailguard.store import Store, Transaction
from tests.conformance.hold_parts import A, MakeNode, Node
from tests.conformance.parcel_parts import bounce_of
from tests.conformance.test_incident_look_back import CROWD, wire
from tests.conformance.test_incidents import OFFICER, OWNER, Desk, desk_of, name_officers
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop, Stage, say
from tests.system.waiting import eventually

MESSAGE_ID = "<one@office.example.jp>"
VISIBLE = hold.Wish(recipients=hold.Recipients.AS_THEY_ARE)
RULES = """\
include: [standard]
rules:
  - id: never-to-rival
    when: {address: ["@rival.example.net"]}
    action: ACTION
    incident: open
    reason: {ja: 送れません, en: not allowed}
    examples:
      hits: [{to: [a@rival.example.net]}]
      misses: [{to: [a@one.example.com]}]
"""


async def desk_on(node: Node, store: Store, clock: StandingClock) -> Desk:
    """A desk with officers on a node whose workers open incidents, as ``app`` puts it together."""
    await name_officers(store)
    desk = desk_of(node, store, clock)
    triggers = Triggers(node.spool, desk.openings, desk.records, lambda: node.policy.rules)
    node.inspector.triggers = node.deliverer.triggers = triggers
    return desk


def folder_with(folder: Path, action: str) -> PolicySettings:
    """The rules that come along, and one that opens an incident."""
    folder.mkdir()
    for file in shipped_folder().glob("*.yaml"):
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "own.yaml").write_text(RULES.replace("ACTION", action))
    return PolicySettings(folder=folder, set="own", check_domains=False)


async def opened(desk: Desk) -> list[Incident]:
    """All incidents."""
    return await desk.node.store.read(lambda reader: desk.records.page(reader))


async def named_and_sent(desk: Desk) -> QueueId:
    """A mail to a crowd, by whose Message-ID reports name it, is with the next server."""
    letter = wire(CROWD).replace(b"MIME-Version", f"Message-ID: {MESSAGE_ID}\r\nMIME-Version".encode())
    queue_id = await desk.node.held(*CROWD, wire=letter)
    await desk.node.store.write(hold.release(desk.node.spool, queue_id, OWNER, "they know each other", wish=VISIBLE))
    await desk.node.look()
    return queue_id


@pytest.mark.parametrize("action", ["block", "hold\n    needs: sender"])
async def test_rule_opens_an_incident_and_the_mail_is_stopped(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, clock: StandingClock, tmp_path: Path, action: str
) -> None:
    """In the commit of the verdict: nobody gets the mail, the officers hear why, and it says which rule did it."""
    node = make_node(hop.port, policy=folder_with(tmp_path / "rules", action))
    desk = await desk_on(node, store, clock)
    harmless = await node.accept("a@one.example.com")
    queue_id = await node.accept("boss@rival.example.net", A)
    await node.look()
    clock.advance(3600)
    await node.look()
    (incident,) = await opened(desk)
    (entry,) = await desk.entries(incident.incident_id, EntryKind.OPENED)
    told = [text for to, _, text in await desk.notices() if OFFICER in to]

    assert (queue_id,) == incident.queue_ids
    assert ({"by": "rule", "rules": ["never-to-rival"]}.items()) <= entry.details.items()
    assert State.DELIVERED not in await node.states(queue_id)
    assert [State.DELIVERED] == await node.states(harmless)
    assert "mailguardが事故として登録しました" in told[0]
    assert (await node.record(queue_id, AuditAction.JUDGED))[0].at == incident.opened_at


async def test_dangerous_mail_that_comes_back_opens_an_incident(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, clock: StandingClock
) -> None:
    """It was held for a danger, checked and sent, and one address does not exist: the others are stopped."""
    desk = await desk_on(make_node(hop.port), store, clock)
    hop.on(Stage.RCPT, say("550 5.1.1 No such user"), matching=CROWD[0])
    hop.on(Stage.RCPT, say("451 4.7.1 Greylisted"), matching=CROWD[1])
    queue_id = await desk.node.held(*CROWD, wire=wire(CROWD))
    await store.write(hold.release(desk.node.spool, queue_id, OWNER, "they know each other", wish=VISIBLE))
    await desk.node.look()
    (incident,) = await opened(desk)
    (entry,) = await desk.entries(incident.incident_id, EntryKind.OPENED)
    # Each has a connection of its own, which may end after the one that was refused.
    clock.advance(10)
    await desk.follower.look()

    assert ("bounce", [0]) == (entry.details["by"], entry.details["positions"])
    assert [State.BOUNCED, State.CANCELLED] == (await desk.node.states(queue_id))[:2]


async def test_mail_whose_danger_was_done_away_opens_none(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, clock: StandingClock
) -> None:
    """Many would have seen each other, and left hidden from each other: an old address among them is a bounce like any
    other, and whoever waits for a full mailbox still gets it.
    """
    desk = await desk_on(make_node(hop.port), store, clock)
    hop.on(Stage.RCPT, say("550 5.1.1 No such user"), matching=CROWD[0])
    hop.on(Stage.RCPT, say("452 4.2.2 Mailbox full"), matching=CROWD[1])
    queue_id = await desk.node.held(*CROWD, wire=wire(CROWD))
    await store.write(hold.release(desk.node.spool, queue_id, OWNER, ""))
    await desk.node.look()
    clock.advance(10)
    await desk.follower.look()

    assert [] == await opened(desk)
    assert [State.BOUNCED, State.DEFERRED] == (await desk.node.states(queue_id))[:2]


async def test_fault_in_opening_leaves_what_the_other_server_said(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, clock: StandingClock
) -> None:
    """Something is wrong with the mail's rows: no incident can be opened, but who got it and who did not is on record,
    the sender has the report, and nobody gets it twice.
    """
    desk = await desk_on(make_node(hop.port), store, clock)
    first, second = asyncio.Event(), asyncio.Event()
    hop.on(Stage.RCPT, replace(say("550 5.1.1 No such user"), event=first), matching=CROWD[0])
    hop.on(Stage.RCPT, replace(say("451 4.7.1 Greylisted"), event=second), matching=CROWD[1])
    queue_id = await desk.node.held(*CROWD, wire=wire(CROWD))
    # One after the other, so that each part has a connection of its own.
    looks = []
    for part in ([0], range(1, len(CROWD))):
        await store.write(hold.release(desk.node.spool, queue_id, OWNER, "they know each other", part, VISIBLE))
        looks.append(asyncio.create_task(desk.node.look()))
        await hop.until(lambda: hop.reached(Stage.RCPT) == len(looks))
    right = await store.read(lambda reader: reader.execute(_VERDICT, {"queue_id": queue_id}).scalar_one())
    await store.write(lambda transaction: _write_verdict(transaction, queue_id, "{"))
    first.set()
    await eventually(lambda: desk.node.deliverer.counters.bounced == 1, "what the first server said to be on record")
    await store.write(lambda transaction: _write_verdict(transaction, queue_id, right))
    second.set()
    await asyncio.gather(*looks)
    states = await desk.node.states(queue_id)

    assert [State.BOUNCED, State.DEFERRED] == states[:2]
    assert {State.DELIVERED} == set(states[2:])
    assert [] == await opened(desk)
    assert any(b"multipart/report" in mail.content for mail in hop.mails)


_VERDICT = text("SELECT verdict FROM recipient WHERE queue_id = :queue_id AND position = 1")


def _write_verdict(transaction: Transaction, queue_id: str, verdict: str) -> None:
    transaction.execute(
        text("UPDATE recipient SET verdict = :verdict WHERE queue_id = :queue_id AND position = 1"),
        {"verdict": verdict, "queue_id": queue_id},
    )


async def test_ordinary_mail_that_comes_back_opens_none(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, clock: StandingClock
) -> None:
    """A mistyped address in a mail nobody had to think about is a bounce like any other."""
    desk = await desk_on(make_node(hop.port), store, clock)
    hop.on(Stage.RCPT, say("550 5.1.1 No such user"))
    queue_id = await desk.node.held(A)
    await store.write(hold.release(desk.node.spool, queue_id, OWNER, ""))
    await desk.node.look()

    assert [State.BOUNCED] == await desk.node.states(queue_id)
    assert [] == await opened(desk)


async def test_report_of_another_server_opens_an_incident_once(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, clock: StandingClock
) -> None:
    """The next hop took it and sends a report an hour later, twice; a report about somebody else opens none."""
    desk = await desk_on(make_node(hop.port), store, clock)
    await named_and_sent(desk)
    clock.advance(3600)
    found = []
    for address in ("stranger@example.org", CROWD[2], CROWD[3]):
        await desk.node.accept("tanoue@office.example.jp", sender="", wire=bounce_of(MESSAGE_ID, address))
        await desk.node.look()
        found.append(len(await opened(desk)))
    (entry,) = await desk.entries("2026-0001", EntryKind.OPENED)

    assert [0, 1, 1] == found
    assert ("bounce", [2]) == (entry.details["by"], entry.details["positions"])


async def test_report_of_another_server_is_on_record_and_proves_nothing(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, clock: StandingClock
) -> None:
    """Whoever got a mail by mistake could write such a report: they count as having it, and the officer sees both."""
    desk = await desk_on(make_node(hop.port), store, clock)
    queue_id = await named_and_sent(desk)
    for address in (CROWD[2], CROWD[2], CROWD[3]):
        clock.advance(60)
        await desk.node.accept("tanoue@office.example.jp", sender="", wire=bounce_of(MESSAGE_ID, address))
        await desk.node.look()
    record = await desk.node.record(queue_id)
    said = [event.details["positions"] for event in record if event.action is AuditAction.BOUNCED_LATER]
    records = Records(desk.node.spool.secret_box(PASSWORDS))
    fact = await store.read(
        lambda reader: mail_fact(
            desk.node.spool, records, reader, queue_id, Channel.TO_SENDER, lambda _: True, lambda one: one
        )
    )
    back = {one.position: one.fate for one in fact.recipients if one.back_at is not None}

    assert [[2], [3]] == said
    assert {2: Fate.RECEIVED, 3: Fate.RECEIVED} == back
    assert 2 == [one.kind for one in timeline(record, {})].count(StepKind.RETURNED_LATER)
