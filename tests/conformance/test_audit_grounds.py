"""Near misses and overrides can be counted from the record alone: each says what the danger was, and by which rule."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from mailguard import audit, hold
from mailguard.accounts import Accounts
from mailguard.accounts.mail_sign_in import RECORDED_A_MINUTE, MailSignIn
from mailguard.audit.meaning import is_near_miss, is_override, meaning_of
from mailguard.config import AuthSettings, LimitSettings
from mailguard.errors import SignInRefused
from mailguard.hold import Recipients, Wish
from mailguard.hold.answering import Answers, when_answered
from mailguard.hold.mending import Mend
from mailguard.model.audit import AuditAction, AuditEvent
from mailguard.store import Store
from tests.conformance.hold_parts import NOWHERE, OFFICE, SATO, A, MakeNode, Node
from tests.conformance.test_mending import FIRMS, mail
from tests.fakes.clock import StandingClock

ALL = list(range(len(FIRMS)))


@pytest.fixture
def node(make_node: MakeNode) -> Node:
    """A node with the shipped rules; nothing is delivered."""
    return make_node(NOWHERE)


async def the_one(node: Node, queue_id: str, action: AuditAction) -> AuditEvent:
    """The only event of that kind."""
    (found,) = await node.record(queue_id, action)
    return found


async def test_danger_that_was_cancelled_is_a_near_miss(node: Node) -> None:
    """Five firms that would have seen each other: that it was stopped for a danger, shown, and taken back."""
    queue_id = await node.held(*FIRMS, wire=mail(*FIRMS))
    judged = await the_one(node, queue_id, AuditAction.JUDGED)
    await node.store.write(hold.cancel(node.spool, queue_id, SATO, ""))
    cancelled = await the_one(node, queue_id, AuditAction.CANCELLED)

    assert (ALL, ALL) == (judged.details["danger"], cancelled.details["danger"])
    assert judged.details["rules"] == cancelled.details["rules"] != []
    assert (True, 5) == (is_near_miss(cancelled), meaning_of(cancelled).severity)


async def test_routine_hold_that_was_cancelled_is_none(node: Node) -> None:
    """A mail that only waited and was taken back is no near miss, and released by hand no override."""
    one, other = await node.held(A), await node.held(A)
    await node.store.write(hold.cancel(node.spool, one, SATO, ""))
    await node.store.write(hold.release(node.spool, other, SATO, ""))
    cancelled = await the_one(node, one, AuditAction.CANCELLED)
    released = await the_one(node, other, AuditAction.RELEASED)

    assert (False, False) == (is_near_miss(cancelled), is_override(released))
    assert ["pause-before-outside"] == cancelled.details["rules"] == released.details["rules"]
    assert not await node.record(one, AuditAction.ANSWERED)


async def test_danger_that_was_mended_is_a_near_miss(node: Node) -> None:
    """Taken off the mail, or hidden from each other: the edit says whose danger it ended."""
    queue_id = await node.held(*FIRMS, A, wire=mail(*FIRMS, A))
    await node.mender.mend(queue_id, Mend(frozenset({5})), SATO)
    taken_off = await the_one(node, queue_id, AuditAction.CANCELLED)
    unchanged = await the_one(node, queue_id, AuditAction.CHANGED)
    await node.mender.mend(queue_id, Mend(outsiders_to_bcc=True), SATO)
    _, hidden = await node.record(queue_id, AuditAction.CHANGED)
    *_, judged = await node.record(queue_id, AuditAction.JUDGED)

    assert ([5], False, ALL) == (taken_off.details["danger"], is_near_miss(unchanged), hidden.details["danger"])
    assert (True, taken_off.details["rules"]) == (is_near_miss(hidden), hidden.details["rules"])
    assert "danger" not in judged.details


async def test_danger_that_was_answered_and_sent_is_an_override(node: Node) -> None:
    """Somebody said whom it is meant for and sent it: that they answered, what held it, and how it leaves."""
    queue_id = await node.held(*FIRMS, wire=mail(*FIRMS))
    seen = (await node.mail(queue_id)).recipients
    typed = tuple(one.partition("@")[2].partition(".")[0] for one in FIRMS)
    wish = Wish(recipients=Recipients.AS_THEY_ARE)
    directory = node.policy.rules.directory
    work = when_answered(
        hold.release(node.spool, queue_id, SATO, "", None, wish), node.spool, queue_id, 1, seen,
        Answers(typed=typed[:3]), SATO, directory.is_outside, lambda address: address.partition("@")[2],
    )  # fmt: skip
    await node.store.write(work)
    answered = await the_one(node, queue_id, AuditAction.ANSWERED)
    released = await the_one(node, queue_id, AuditAction.RELEASED)

    assert (ALL, SATO, 3) == (answered.details["positions"], answered.actor, answered.details["typed"])
    assert (True, ALL, True) == (is_override(released), released.details["danger"], released.details["waived"])
    assert not [name for name in typed if name in str(answered.details)]


async def test_hidden_recipients_are_on_record_as_such(node: Node) -> None:
    """A release that leaves with its recipients hidden is told from one that leaves as it was."""
    queue_id = await node.held(*FIRMS, wire=mail(*FIRMS))
    await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    released = await the_one(node, queue_id, AuditAction.RELEASED)

    assert (["hide_recipients"], None) == (released.details["obligations"], released.details.get("waived"))


async def test_refused_sign_in_of_a_mail_program_is_on_record(store: Store, clock: StandingClock) -> None:
    """A wrong password is on record with mailbox and address, and what was typed into the wrong field is not; guessing
    by the thousand does not fill the record, which says how much it left out."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    limits = LimitSettings(auth_failures_per_minute=1000, auth_failures_per_minute_per_address=1000)
    accounts = Accounts(store, AuthSettings(), limits, OFFICE, clock, hasher=hasher)
    sign_in = MailSignIn(store, accounts, OFFICE, clock)

    async def refused(name: str) -> None:
        with pytest.raises(SignInRefused):
            await sign_in.authenticate(name, "a wrong password", "192.0.2.9")

    await refused("Sato@office.example.jp")
    await refused("MyPassword-1234")
    for _ in range(RECORDED_A_MINUTE):
        await refused("")
    clock.advance(61)
    await refused("sato@office.example.jp")
    accounts.close()
    events = [event for _, _, event in await store.read(lambda reader: list(audit.all_events(reader)))]

    assert RECORDED_A_MINUTE + 1 == len(events)
    assert {"address": "sato@office.example.jp", "client": "192.0.2.9", "factors": "mail program"} == events[0].details
    assert ("", 2) == (events[1].details["address"], events[-1].details["left_out_before"])
