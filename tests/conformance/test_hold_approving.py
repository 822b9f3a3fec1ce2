"""Approvals, on SQLite and on PostgreSQL: who said what about which judgement, and what follows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailguard import hold
from mailguard.accounts import people_administration as administration
from mailguard.accounts.people_administration import Particulars
from mailguard.errors import NotAllowed, StaleState
from mailguard.hold.approving import (
    WAIT_AFTER_NO_SECONDS,
    Approved,
    NotApproved,
    Opinion,
    Said,
    Waiting,
    approvals_of,
    said_until_the_end,
    waiting_for,
    why_not_approved,
)
from mailguard.i18n import CATALOGUES
from mailguard.model.approval import USUAL, Approval, ApproverKind
from mailguard.model.audit import AuditAction
from mailguard.model.people import Grant, Person, Role, Viewer
from mailguard.model.queue import QueueId, State
from mailguard.model.verdict import Action, AtEnd, Judgement, Needs, Verdict
from mailguard.store import Store
from mailguard.workers.inspector import deadline
from mailguard.workers.sweeper import Sweeper
from tests.conformance.hold_parts import GRACE, OFFICE, SATO, SENDER, A, B, MakeNode, Node, after, second_store
from tests.fakes.clock import START, StandingClock
from tests.fakes.next_hop import ScriptedNextHop

MANAGER, OFFICER, DEPUTY, OTHER = (f"{name}@office.example.jp" for name in ("mori", "abe", "ueda", "ono"))
HELD, CANCELLED, DELIVERED, EXPIRED, CLEARED = (
    State.HELD, State.CANCELLED, State.DELIVERED, State.EXPIRED, State.CLEARED,
)  # fmt: skip
HOUR = 3600
FOUR_EYES = Approval((ApproverKind.NAMED,), (MANAGER, OFFICER, OTHER), count=2)
NAMED = Approval((ApproverKind.NAMED,), (MANAGER,))


def wanting(
    approval: Approval = USUAL, at_end: AtEnd = AtEnd.DISCARD, seconds: int | None = HOUR
) -> Callable[..., Any]:
    """A judge that has everybody wait for an approver."""
    verdict = Verdict(Action.HOLD, ("rule",), "test", seconds, Needs.APPROVER, at_end, approval=approval)
    return lambda submission: (verdict,) * len(submission.envelope.forward_paths)


async def staff(store: Store) -> None:
    """A small office: the sender's manager, a security officer, and others."""
    for address, manager in ((SENDER, MANAGER), (MANAGER, ""), (OFFICER, ""), (DEPUTY, ""), (OTHER, "")):
        particulars = Particulars("", "営業", manager)
        await store.write(administration.put_person(OFFICE, address, particulars, SATO))
    await store.write(administration.grant_role(OFFICE, OFFICER, Role.SECURITY_OFFICER, "", SATO))


def viewer(address: str, *, factor: bool = True) -> Viewer:
    grants = (Grant(Role.SECURITY_OFFICER),) if address == OFFICER else ()
    return Viewer(Person(address, grants=grants), frozenset({address}), has_second_factor=factor)


async def yes(node: Node, queue_id: QueueId, who: str, judgement: int = 1) -> Approved:
    return await node.store.write(hold.approve(node.spool, queue_id, viewer(who), judgement))


async def no(node: Node, queue_id: QueueId, who: str, note: str = "添付が違います", judgement: int = 1) -> hold.Outcome:
    def ends(verdict: Verdict, now: datetime) -> datetime:
        return deadline(verdict, now, node.policy.rules.hours)

    return await node.store.write(hold.disapprove(node.spool, queue_id, viewer(who), judgement, note, ends, GRACE))


async def said(node: Node, queue_id: QueueId) -> list[Opinion]:
    return list(await node.store.read(lambda reader: approvals_of(node.spool, reader, queue_id)))


async def waiting(node: Node, queue_id: QueueId) -> Waiting | None:
    mail = await node.mail(queue_id)
    return await node.store.read(lambda reader: waiting_for(node.spool, reader, mail, node.clock.now()))


async def reason(node: Node, queue_id: QueueId) -> NotApproved | None:
    mail = await node.mail(queue_id)
    ended = await node.store.read(lambda reader: said_until_the_end(node.spool, reader, mail))
    return why_not_approved(await waiting(node, queue_id), ended, mail.recipients)


async def test_mail_is_sent_once_its_manager_approved(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, clock: StandingClock
) -> None:
    """My manager says yes: it leaves at once, and the record names who said it and by what."""
    await staff(store)
    node = make_node(hop.port, judge=wanting())
    queue_id = await node.held(A, B)
    clock.advance(60)
    result = await yes(node, queue_id, MANAGER)
    await node.look()

    assert (0, (0, 1)) == (result.missing, result.outcome.moved)
    assert ([DELIVERED] * 2, 1) == (await node.states(queue_id), len(hop.mails))
    assert [Opinion(MANAGER, Said.YES, after(60))] == await said(node, queue_id)
    approved, released = await node.record(queue_id, AuditAction.APPROVED, AuditAction.RELEASED)
    assert {"positions": [0, 1], "judgement": 1, "as": "manager", "missing": 0} == approved.details
    assert (MANAGER, MANAGER) == (approved.actor.name, released.actor.name)


async def test_four_eyes_are_two_people(make_node: MakeNode, hop: ScriptedNextHop, store: Store) -> None:
    """One person counts once, however often they click; with the second one it leaves."""
    await staff(store)
    node = make_node(hop.port, judge=wanting(FOUR_EYES))
    queue_id = await node.held(A)
    first = await yes(node, queue_id, MANAGER)
    again = await yes(node, queue_id, MANAGER)
    await node.look()
    before = await node.states(queue_id)
    second = await yes(node, queue_id, OFFICER)

    assert [(1, ()), (1, ()), (0, (0,))] == [(one.missing, one.outcome.moved) for one in (first, again, second)]
    assert ([HELD], [CLEARED]) == (before, await node.states(queue_id))
    assert {MANAGER, OFFICER} == {one.person for one in await said(node, queue_id)}
    assert 2 == len(await node.record(queue_id, AuditAction.APPROVED))


async def test_two_who_approve_at_the_same_moment_release_it_once(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, url: str, clock: StandingClock, tmp_path: Path
) -> None:
    """Two processes, two clicks: neither is lost, and nobody waits for a third."""
    await staff(store)
    node = make_node(hop.port, judge=wanting(FOUR_EYES))
    async with second_store(url, clock) as elsewhere:
        other = Node(elsewhere, clock, tmp_path / "content", hop.port, name="node-2")
        for _ in range(8):
            queue_id = await node.held(A)
            clicks = {MANAGER: node, OFFICER: other}
            results = await asyncio.gather(
                *(yes(one, queue_id, who) for who, one in clicks.items()), return_exceptions=True
            )
            for (who, one), result in zip(clicks.items(), results, strict=True):
                # Whoever was second hears it, and clicks again.
                if isinstance(result, StaleState):
                    await yes(one, queue_id, who)
                else:
                    assert isinstance(result, Approved), result
            assert [CLEARED] == await node.states(queue_id)
            assert 1 == len(await node.record(queue_id, AuditAction.RELEASED))
        await other.stop()


async def test_deputy_approves_in_somebodys_place(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, clock: StandingClock
) -> None:
    """My manager is away: the deputy's word counts today, and the record says for whom."""
    await staff(store)
    now = clock.now()
    await store.write(administration.put_deputy(OFFICE, MANAGER, DEPUTY, now, now + timedelta(days=3), SATO))
    node = make_node(hop.port, judge=wanting())
    queue_id = await node.held(A)
    await yes(node, queue_id, DEPUTY)

    assert [(DEPUTY, MANAGER)] == [(one.person, one.instead_of) for one in await said(node, queue_id)]
    (event,) = await node.record(queue_id, AuditAction.APPROVED)
    assert MANAGER == event.details["instead_of"]


@pytest.mark.parametrize("who", [SENDER, OTHER, DEPUTY], ids=["the sender", "a colleague", "nobody's deputy"])
async def test_whoever_may_not_approve_is_refused(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, who: str
) -> None:
    """Nobody approves their own mail, nor one that is not theirs to approve; and nobody says no in their place."""
    await staff(store)
    node = make_node(hop.port, judge=wanting())
    queue_id = await node.held(A)

    with pytest.raises(NotAllowed):
        await yes(node, queue_id, who)
    with pytest.raises(NotAllowed):
        await no(node, queue_id, who)
    assert ([HELD], []) == (await node.states(queue_id), await said(node, queue_id))


async def test_own_mail_is_approved_where_the_rule_says_so(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store
) -> None:
    """Our office lets an approver confirm a mail of their own."""
    await staff(store)
    node = make_node(hop.port, judge=wanting(Approval((ApproverKind.NAMED,), (SENDER,), own=True)))
    queue_id = await node.held(A)

    assert (0,) == (await yes(node, queue_id, SENDER)).outcome.moved


async def test_edit_asks_anew(make_node: MakeNode, hop: ScriptedNextHop, store: Store) -> None:
    """What was approved is not what would leave: the yes of before counts nothing, and an old page is told so."""
    await staff(store)
    node = make_node(hop.port, judge=wanting(FOUR_EYES))
    queue_id = await node.held(A)
    await yes(node, queue_id, MANAGER)
    verdict = (await node.recipient(queue_id)).verdict
    assert verdict is not None
    await store.write(lambda transaction: node.spool.insert_judgement(
        transaction, queue_id, Judgement((verdict,), ()), None, 2))  # fmt: skip

    with pytest.raises(StaleState):
        await yes(node, queue_id, OFFICER)
    assert [] == await said(node, queue_id)
    assert 1 == (await yes(node, queue_id, OFFICER, 2)).missing
    assert (0,) == (await yes(node, queue_id, MANAGER, 2)).outcome.moved


async def test_refused_mail_waits_for_its_sender_and_is_discarded(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, clock: StandingClock
) -> None:
    """A no with its reason: the wait starts again, nobody overrules it, and left alone it is never sent."""
    await staff(store)
    node = make_node(hop.port, judge=wanting(USUAL, AtEnd.SEND))
    queue_id = await node.held(A)
    clock.advance(1800)
    outcome = await no(node, queue_id, MANAGER)
    found = await waiting(node, queue_id)
    entry = await node.recipient(queue_id)
    with pytest.raises(NotAllowed):
        await yes(node, queue_id, OFFICER)
    clock.advance(HOUR + 4)
    await node.look()

    assert ((0,), after(1800 + HOUR)) == (outcome.moved, entry.shown_until)
    assert found is not None
    assert (found.refusal, 1) == (Opinion(MANAGER, Said.NO, after(1800), "", "添付が違います"), found.missing)
    assert [EXPIRED] == await node.states(queue_id)
    assert all(mail.addresses == (SENDER,) for mail in hop.mails)
    (event,) = await node.record(queue_id, AuditAction.NOT_APPROVED)
    assert {"positions": [0], "judgement": 1, "as": "manager"} == event.details


async def test_refused_mail_without_a_wait_gets_two_office_days(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store
) -> None:
    """Where the rule names no end, a refused mail does not wait for ever."""
    await staff(store)
    node = make_node(hop.port, judge=wanting(seconds=None))
    queue_id = await node.held(A)
    await no(node, queue_id, MANAGER)
    entry = await node.recipient(queue_id)

    assert entry.verdict is not None
    assert entry.shown_until is not None
    assert (WAIT_AFTER_NO_SECONDS, True) == (entry.verdict.hold_seconds, entry.verdict.office_hours)
    assert entry.shown_until > START + timedelta(days=1)


async def test_no_needs_a_reason(make_node: MakeNode, hop: ScriptedNextHop, store: Store) -> None:
    """Whoever is refused wants to know what to change."""
    await staff(store)
    node = make_node(hop.port, judge=wanting())
    queue_id = await node.held(A)

    with pytest.raises(NotAllowed):
        await no(node, queue_id, MANAGER, " \n")


async def test_whoever_said_no_may_say_yes(make_node: MakeNode, hop: ScriptedNextHop, store: Store) -> None:
    """I pressed the wrong button: my own no I can take back, and both are on record."""
    await staff(store)
    node = make_node(hop.port, judge=wanting())
    queue_id = await node.held(A)
    await no(node, queue_id, MANAGER)
    result = await yes(node, queue_id, MANAGER)

    assert (0,) == result.outcome.moved
    assert [(Said.YES, None)] == [(one.said, one.note) for one in await said(node, queue_id)]
    assert [1, 1] == [len(await node.record(queue_id, one)) for one in (AuditAction.APPROVED, AuditAction.NOT_APPROVED)]


async def test_second_person_may_still_say_no(make_node: MakeNode, hop: ScriptedNextHop, store: Store) -> None:
    """Of four eyes two are enough to stop a mail."""
    await staff(store)
    node = make_node(hop.port, judge=wanting(FOUR_EYES))
    queue_id = await node.held(A)
    await yes(node, queue_id, MANAGER)
    await no(node, queue_id, OFFICER)

    with pytest.raises(NotAllowed):
        await yes(node, queue_id, OTHER)
    assert [HELD] == await node.states(queue_id)


async def test_word_about_a_cancelled_mail_changes_nothing(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store
) -> None:
    """The sender took it back first."""
    await staff(store)
    node = make_node(hop.port, judge=wanting())
    queue_id = await node.held(A)
    await node.store.write(hold.cancel(node.spool, queue_id, SATO, ""))

    assert {0: CANCELLED} == (await yes(node, queue_id, MANAGER)).outcome.left
    assert {0: CANCELLED} == (await no(node, queue_id, MANAGER)).left
    assert (None, []) == (await waiting(node, queue_id), await said(node, queue_id))


async def test_reason_for_a_no_is_sealed_and_ends_with_its_mail(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, clock: StandingClock
) -> None:
    """What somebody wrote about a mail is kept no longer than the mail."""
    await staff(store)
    node = make_node(hop.port, judge=wanting())
    queue_id = await node.held(A)
    await no(node, queue_id, MANAGER)
    await node.store.write(hold.cancel(node.spool, queue_id, SATO, ""))
    before = [one.note for one in await said(node, queue_id)]
    clock.advance(60)
    await Sweeper(node.spool, timedelta(0)).destroy_expired()

    assert (["添付が違います"], [None]) == (before, [one.note for one in await said(node, queue_id)])
    assert "添付が違います" not in str(await node.everything())


REASONS = [
    pytest.param(Approval((ApproverKind.NAMED,), ()), NotApproved.NO_APPROVER, id="nobody named"),
    pytest.param(Approval((ApproverKind.NAMED,), (SENDER,)), NotApproved.NO_APPROVER, id="only the sender"),
    pytest.param(Approval((ApproverKind.NAMED,), (MANAGER,), 2), NotApproved.NO_APPROVER, id="too few"),
    pytest.param(USUAL, None, id="somebody may"),
]


@pytest.mark.parametrize(("approval", "expected"), REASONS)
async def test_mail_that_nobody_can_approve_says_why(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, approval: Approval, expected: NotApproved | None
) -> None:
    """I do not wait for somebody who is not there without being told."""
    await staff(store)
    node = make_node(hop.port, judge=wanting(approval))
    queue_id = await node.held(A)

    assert expected is await reason(node, queue_id)


async def test_refused_mail_left_to_its_end_was_not_approved_and_its_report_says_so(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, clock: StandingClock
) -> None:
    """Somebody said no and I left it: the report says that it was not approved, not that nobody decided."""
    await staff(store)
    node = make_node(hop.port, judge=wanting())
    queue_id = await node.held(A)
    await no(node, queue_id, MANAGER)
    clock.advance(HOUR + 4)
    await node.look()
    (report,) = hop.mails

    assert ([EXPIRED], NotApproved.REFUSED) == (await node.states(queue_id), await reason(node, queue_id))
    assert (True, False) == (b"5.7.97" in report.content, b"5.7.98" in report.content)


async def test_five_reasons_why_a_mail_was_not_approved_are_five_texts(
    make_node: MakeNode, hop: ScriptedNextHop, store: Store, clock: StandingClock
) -> None:
    """Refused, nobody set, no superior set, an approver disabled, time over: each says something else, in my words."""
    await staff(store)
    node = make_node(hop.port, judge=wanting(Approval((ApproverKind.MANAGER,))))
    queue_id = await node.held(A)
    found = []
    await no(node, queue_id, MANAGER)
    found.append(await reason(node, queue_id))
    queue_id = await node.held(A)
    await store.write(administration.disable(OFFICE, MANAGER, SATO))
    found.append(await reason(node, queue_id))
    await store.write(administration.put_person(OFFICE, SENDER, Particulars("", "営業", ""), SATO))
    found.append(await reason(node, queue_id))
    clock.advance(HOUR + 4)
    await node.look()
    found.append(await reason(node, queue_id))
    node = make_node(hop.port, judge=wanting(Approval((ApproverKind.NAMED,), ())))
    found.append(await reason(node, await node.held(A)))

    assert [
        NotApproved.REFUSED,
        NotApproved.APPROVER_DISABLED,
        NotApproved.NO_MANAGER,
        NotApproved.TIME_OVER,
        NotApproved.NO_APPROVER,
    ] == found
    for texts in CATALOGUES.values():
        assert len(NotApproved) == len({texts[f"hold.not_approved.{one.value}"] for one in NotApproved})
