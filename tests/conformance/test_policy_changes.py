"""Changes of the rules: numbered, guarded, on record, in force at once on every node; tried out before they count."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailguard import audit
from mailguard.config import DeliverySettings, NextHopSettings, Settings
from mailguard.errors import LookingUnavailable, MailguardError, StaleState, UnknownChange
from mailguard.judging import policy_changes
from mailguard.judging.active import ActivePolicy
from mailguard.judging.dry_run import DryRun, DryRuns, DryRunState
from mailguard.judging.outcome import EndKind
from mailguard.judging.policy_changes import RevertChange, SaveChange
from mailguard.model.audit import AuditAction
from mailguard.model.queue import State
from mailguard.policy.changes import NO_CHANGES, Changes, RuleChange, RuleState, apply
from mailguard.policy.facts import Occasion, Situation
from mailguard.policy.rules import RuleSet
from mailguard.store import Store
from tests.conformance.hold_parts import HOLD, NOWHERE, OFFICE, SATO, LookingHere, Node, second_store
from tests.fakes.clock import StandingClock

RULE = "outsiders-see-each-other"
FEWER = Changes({RULE: RuleChange(figures={"any.0.visible_groups.least": "2"})})
OFF = Changes({RULE: RuleChange(RuleState.OFF)})
LETTER = (
    b"From: tanoue@office.example.jp\r\nTo: ando@one.example.com, baba@two.example.net\r\n"
    b"Subject: news\r\n\r\nhello\r\n"
)
PEOPLE = ("ando@one.example.com", "baba@two.example.net")


def change(changes: Changes, expected: int, note: str = "a note") -> SaveChange:
    return SaveChange(changes, SATO, note, expected)


async def test_change_is_numbered_and_keeps_its_author(store: Store, clock: StandingClock) -> None:
    """The history says who changed what when and why, the newest first, each with all that differed from then on."""
    first = await store.write(change(FEWER, 0, "fewer"))
    clock.advance(60)
    second = await store.write(change(OFF, first, "none"))
    found = await store.read(policy_changes.history)
    older = await store.read(lambda connection: policy_changes.history(connection, before=second))

    assert [(2, "none", OFF), (1, "fewer", FEWER)] == [(one.number, one.note, one.changes) for one in found]
    assert {SATO.name} == {one.author for one in found}
    assert timedelta(seconds=60) == found[0].at - found[1].at
    assert [1] == [one.number for one in older]
    assert 2 == await store.read(policy_changes.newest_number)


async def test_change_is_on_the_audit_record(store: Store) -> None:
    """Number and rules are recorded with the act; neither the note nor an address is."""
    await store.write(change(FEWER, 0, "because of sato@office.example.jp"))
    events = await store.read(lambda connection: [one for _, _, one in audit.all_events(connection)])

    assert [(AuditAction.POLICY_CHANGED, SATO, {"number": 1, "rules": [RULE]})] == [
        (one.action, one.actor, one.details) for one in events
    ]


async def test_change_over_one_not_seen_is_refused(store: Store) -> None:
    """Whoever did not see the newest change overwrites nothing."""
    await store.write(change(FEWER, 0))
    with pytest.raises(StaleState):
        await store.write(change(OFF, 0))
    newest = await store.read(policy_changes.newest)

    assert newest is not None
    assert FEWER == newest.changes


async def test_two_who_change_at_once_are_one_after_the_other(url: str, store: Store, clock: StandingClock) -> None:
    """Of two people on two nodes who save the same page one is told to look again, every time."""
    async with second_store(url, clock) as other:
        for number in range(10):
            both = [store.write(change(FEWER, number, "one")), other.write(change(OFF, number, "two"))]
            results = await asyncio.gather(*both, return_exceptions=True)

            assert 1 == results.count(number + 1), results
            assert 1 == sum(isinstance(one, MailguardError) for one in results), results
    events = await store.read(audit.verify)

    assert (10, None) == (events.events, events.broken)


async def test_revert_makes_an_older_state_count_again(store: Store) -> None:
    """Going back is a change like others: it has a number, says where it goes back to, and can be undone."""
    await store.write(change(FEWER, 0))
    await store.write(change(OFF, 1))
    await store.write(RevertChange(1, SATO, "back", 2))
    await store.write(RevertChange(0, SATO, "files", 3))
    found = await store.read(policy_changes.history)

    assert [(4, 0, NO_CHANGES), (3, 1, FEWER), (2, None, OFF), (1, None, FEWER)] == [
        (one.number, one.reverts_to, one.changes) for one in found
    ]


async def test_revert_to_nothing_known_is_refused(store: Store) -> None:
    """A number that is not there changes nothing."""
    with pytest.raises(UnknownChange):
        await store.write(RevertChange(7, SATO, "back", 0))

    assert [] == await store.read(policy_changes.history)


# -- in force


def active(store: Store, clock: StandingClock) -> ActivePolicy:
    delivery = DeliverySettings(next_hop=NextHopSettings(host="127.0.0.1", port=NOWHERE, tls="off"))
    return ActivePolicy(Settings(office=OFFICE, hold=HOLD, delivery=delivery), clock, store)


async def ready(_rules: RuleSet) -> bool:
    return True


async def test_change_counts_without_a_restart(store: Store, clock: StandingClock) -> None:
    """After saving, the next mail is judged by the new figure; a node that starts later has it as well."""
    policy = active(store, clock)
    before = policy.rules
    await store.write(change(FEWER, 0))
    is_taken = await policy.reload(ready)
    later = active(store, clock)

    assert is_taken
    assert (1, FEWER, before) == (policy.in_force.number, policy.in_force.changes, policy.in_force.files)
    assert apply(before, FEWER).rules == policy.rules == later.rules
    assert before.version != policy.rules.version


async def test_change_that_cannot_be_prepared_leaves_the_old_rules(store: Store, clock: StandingClock) -> None:
    """All of the new rules count, or none of them."""
    policy = active(store, clock)
    before = policy.rules
    await store.write(change(FEWER, 0))

    async def not_ready(_rules: RuleSet) -> bool:
        return False

    assert not await policy.reload(not_ready)
    assert (before, 0) == (policy.rules, policy.in_force.number)


async def test_change_for_a_rule_that_is_gone_is_told(store: Store, clock: StandingClock) -> None:
    """Files that moved on do not stop the relay: what has no effect is there to be shown."""
    await store.write(change(Changes({"gone": RuleChange(RuleState.OFF)}), 0))
    policy = active(store, clock)

    assert ["gone"] == [one.rule for one in policy.in_force.misfits]
    assert policy.in_force.files.rules == policy.rules.rules


async def test_change_made_on_another_node_is_followed(url: str, store: Store, clock: StandingClock) -> None:
    """Who changes the rules on one node changes them on all."""
    policy = active(store, clock)
    reloaded = asyncio.Event()

    async def reload() -> None:
        await policy.reload(ready)
        reloaded.set()

    following = asyncio.create_task(policy.follow(reload, 0.01))
    try:
        async with second_store(url, clock) as other:
            await other.write(change(OFF, 0))
        await asyncio.wait_for(reloaded.wait(), 30)
    finally:
        following.cancel()

    assert RULE not in [rule.id for rule in policy.rules.rules]


# -- tried out before it counts


@pytest.fixture
async def node(store: Store, clock: StandingClock, tmp_path: Path) -> AsyncIterator[Node]:
    """A node whose next hop is not there."""
    node = Node(store, clock, tmp_path / "content")
    yield node
    await node.stop()


class WaitingLooks(LookingHere):
    """Looks only once it may."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.may = asyncio.Event()

    async def look(self, octets: bytes, occasion: Occasion, rules: RuleSet, learned: frozenset[bytes]) -> Situation:
        self.began.set()
        await self.may.wait()
        return await super().look(octets, occasion, rules, learned)


class LooksGone(LookingHere):
    """No process can be started."""

    async def look(self, octets: bytes, occasion: Occasion, rules: RuleSet, learned: frozenset[bytes]) -> Situation:
        raise LookingUnavailable


async def tried(runs: DryRuns, before: RuleSet, changes: Changes) -> DryRun:
    run = runs.start(before, apply(before, changes).rules, SATO.name)
    await runs.wait()
    return run


async def test_dry_run_says_what_would_have_been_stopped(node: Node, clock: StandingClock) -> None:
    """Before a figure is saved, the office sees which mails it would have stopped, for whom, and that nothing moved."""
    shown = [await node.held(*PEOPLE, wire=LETTER) for _ in range(3)]
    plain = await node.held()
    before = await node.everything()
    states = [await node.states(one) for one in (*shown, plain)]
    runs = DryRuns(node.spool, LookingHere(), clock)
    run = await tried(runs, node.policy.rules, FEWER)
    report = run.report

    assert report is not None
    assert (DryRunState.DONE, 4, 4) == (run.state, run.total, run.done)
    assert (4, 4, 0, False) == (report.mails, report.found, report.left_out, report.is_sample)
    assert (0, 4) == (report.before.stops, report.before.pauses)
    # Once the first was learned as delivered, its people know each other.
    assert report.after.stops >= 1
    assert report.differing == report.after.stops == len(report.examples)
    assert {one.queue_id for one in report.examples} <= set(shown)
    assert [(RULE, 0)] == [(one.name, one.before) for one in report.rules if one.name == RULE]
    assert ["tanoue@office.example.jp"] == [one.name for one in report.persons]
    assert report.rates[1] > report.rates[0]
    assert before == await node.everything()
    assert states == [await node.states(one) for one in (*shown, plain)]
    assert 0 == await node.store.read(policy_changes.newest_number)


def ending(**figures: str) -> Changes:
    """The rule stops the letter, and its holds end so."""
    return Changes({RULE: RuleChange(figures={"any.0.visible_groups.least": "2", **figures})})


@pytest.mark.parametrize(
    ("wait", "at_end", "ends", "lengths"),
    [
        pytest.param("2 hours", "discard", {EndKind.SEND: (1, 0), EndKind.DISCARD: (0, 1)}, 0, id="cancelled"),
        pytest.param("2 hours", "escalate", {EndKind.SEND: (1, 0), EndKind.ESCALATE: (0, 1)}, 0, id="passed-up"),
        pytest.param("never", "send", {EndKind.SEND: (1, 0), EndKind.WAIT: (0, 1)}, 0, id="never-ends"),
        pytest.param("3 hours", "send", {EndKind.SEND: (1, 1)}, 1, id="longer"),
        pytest.param("2 office hours", "send", {EndKind.SEND: (1, 1)}, 1, id="office-hours"),
    ],
)
async def test_dry_run_of_a_changed_end_says_what_happens_at_the_deadline(
    node: Node, clock: StandingClock, wait: str, at_end: str, ends: dict[EndKind, tuple[int, int]], lengths: int
) -> None:
    """A mail that would be sent, cancelled or go on waiting instead is shown as one that is treated differently."""
    queue_id = await node.held(*PEOPLE, wire=LETTER)
    before = apply(node.policy.rules, ending(wait="2 hours", at_end="send")).rules
    after = apply(node.policy.rules, ending(wait=wait, at_end=at_end)).rules
    runs = DryRuns(node.spool, LookingHere(), clock)
    runs.start(before, after, SATO.name)
    await runs.wait()
    report = None if runs.newest is None else runs.newest.report

    assert report is not None
    assert (1, [queue_id]) == (report.differing, [one.queue_id for one in report.examples])
    assert ends == {EndKind(one.name): (one.before, one.after) for one in report.ends}
    assert lengths == report.lengths


async def test_dry_run_of_many_mails_takes_the_newest_and_says_so(node: Node, clock: StandingClock) -> None:
    """A sample is called one."""
    ids = []
    for _ in range(4):
        ids.append(await node.held(*PEOPLE, wire=LETTER))
        clock.advance(1)
    run = await tried(DryRuns(node.spool, LookingHere(), clock, sample=1), node.policy.rules, FEWER)

    assert run.report is not None
    assert (1, 4, True) == (run.report.mails, run.report.found, run.report.is_sample)
    assert [ids[-1]] == [one.queue_id for one in run.report.examples]


async def test_dry_run_leaves_out_what_is_older(node: Node, clock: StandingClock) -> None:
    """It looks at the last thirty days."""
    await node.held(*PEOPLE, wire=LETTER)
    clock.advance(31 * 86400)
    run = await tried(DryRuns(node.spool, LookingHere(), clock), node.policy.rules, FEWER)

    assert run.report is not None
    assert (0, 0.0) == (run.report.found, run.report.rates[1])


async def test_dry_run_goes_one_at_a_time_and_can_be_ended(node: Node, clock: StandingClock) -> None:
    """A second one waits for nobody: it is shown the first, which can be ended, and then it can begin."""
    await node.held(*PEOPLE, wire=LETTER)
    looks = WaitingLooks()
    runs = DryRuns(node.spool, looks, clock)
    rules = node.policy.rules
    first = runs.start(rules, apply(rules, FEWER).rules, "sato")
    await looks.began.wait()
    second = runs.start(rules, apply(rules, OFF).rules, "kato")
    runs.cancel()
    await runs.wait()
    looks.may.set()
    third = await tried(runs, rules, OFF)

    assert second is first
    assert (DryRunState.CANCELLED, None) == (first.state, first.report)
    assert DryRunState.DONE is third.state
    assert runs.newest is third


async def test_dry_run_without_anybody_to_look_says_that_it_failed(node: Node, clock: StandingClock) -> None:
    """Where no mail can be read, no figures are shown that would look like good news."""
    await node.held(*PEOPLE, wire=LETTER)
    run = await tried(DryRuns(node.spool, LooksGone(), clock), node.policy.rules, FEWER)

    assert (DryRunState.FAILED, None) == (run.state, run.report)


async def test_dry_run_leaves_the_queue_as_it_is(node: Node, clock: StandingClock) -> None:
    """A mail that waits goes on waiting."""
    queue_id = await node.held(*PEOPLE, wire=LETTER)
    await tried(DryRuns(node.spool, LookingHere(), clock), node.policy.rules, OFF)

    assert {State.HELD} == set(await node.states(queue_id))
