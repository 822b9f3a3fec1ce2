"""What becomes of holds nobody attended to, and of what rules want done first: on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from mailguard import hold
from mailguard.config import PolicySettings
from mailguard.errors import ContentDestroyed, NotAllowed
from mailguard.hold import Recipients, Wish
from mailguard.model.audit import AuditAction
from mailguard.model.queue import State
from mailguard.model.verdict import Action, AtEnd, Needs, Obligation, Verdict
from mailguard.spool.moves import ForbiddenMove
from mailguard.workers.claims import queue_changes
from mailguard.workers.sweeper import Sweeper
from tests.conformance.hold_parts import INSIDE, SATO, SENDER, A, B, C, MakeNode, after
from tests.fakes.clock import START, StandingClock
from tests.fakes.next_hop import ScriptedNextHop, Stage, say

HELD, DELIVERED, EXPIRED = State.HELD, State.DELIVERED, State.EXPIRED
HOUR = 3600
PEOPLE = [f"oya{number}@gmail.com" for number in range(4)]


def to_all(*more: str, body: str = "hello") -> bytes:
    """A mail with everybody in To."""
    return f"From: {SENDER}\r\nTo: {', '.join((*PEOPLE, *more))}\r\nSubject: x\r\n\r\n{body}\r\n".encode()


def holds(needs: Needs, at_end: AtEnd, seconds: int | None = HOUR, *, office: bool = False) -> Callable[..., Any]:
    """A judge that holds everybody in this way."""
    verdict = Verdict(Action.HOLD, ("rule",), "test", seconds, needs, at_end, office)
    return lambda submission: (verdict,) * len(submission.envelope.forward_paths)


async def test_unattended_hold_is_sent_where_the_rule_says_so(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """Nobody confirmed in time, and the rule says send: it leaves, not before the time people were shown."""
    node = make_node(hop.port, judge=holds(Needs.SENDER, AtEnd.SEND))
    queue_id = await node.held(A)
    clock.advance(HOUR + 2)
    await node.look()
    before = await node.states(queue_id)
    clock.advance(2)
    await node.look()

    assert ([HELD], [DELIVERED]) == (before, await node.states(queue_id))


async def test_unattended_hold_is_discarded_and_the_sender_is_told(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """Nobody decided, and the rule says discard: it is never sent, and I get a report that says so."""
    node = make_node(hop.port, judge=holds(Needs.APPROVER, AtEnd.DISCARD))
    queue_id = await node.held(A, B)
    clock.advance(HOUR + 4)
    await node.look()
    (report,) = hop.mails

    assert [EXPIRED, EXPIRED] == await node.states(queue_id)
    assert ("", (SENDER,)) == (report.reverse_path, report.addresses)
    for words in (b"Action: failed", A.encode(), B.encode(), b"5.7.98"):
        assert words in report.content
    held = {"positions": [0, 1], "danger": [0, 1], "rules": ["rule"]}
    assert [held] == [one.details for one in await node.record(queue_id, AuditAction.EXPIRED)]


async def test_unattended_hold_is_passed_up_until_the_administrator(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """Nobody decided: it goes to who is next, with the same time again; at the administrator it stays."""
    node = make_node(hop.port, judge=holds(Needs.SENDER, AtEnd.ESCALATE))
    queue_id = await node.held(A)
    seen = []
    for _ in range(4):
        entry = await node.recipient(queue_id)
        assert entry.verdict is not None
        seen.append((entry.verdict.needs, entry.shown_until))
        clock.advance(HOUR + 4)
        await node.look()

    assert [
        (Needs.SENDER, after(HOUR)),
        (Needs.APPROVER, after(2 * HOUR + 4)),
        (Needs.ADMINISTRATOR, None),
        (Needs.ADMINISTRATOR, None),
    ] == seen
    assert ([HELD], []) == (await node.states(queue_id), hop.mails)
    assert 2 == len(await node.record(queue_id, AuditAction.ESCALATED))


async def test_office_hours_do_not_run_at_night(make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """START is a Monday, 18:00 in Japan, before a holiday: two office hours end on Wednesday at half past ten."""
    node = make_node(hop.port, judge=holds(Needs.SENDER, AtEnd.DISCARD, 2 * HOUR, office=True))
    entry = await node.recipient(await node.held(A))

    assert "2026-11-04T01:30:00+00:00" == (entry.shown_until or START).isoformat()


async def test_person_wins_against_the_end_of_a_discarding_hold(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """I confirm in the last second: it is sent, not discarded."""
    node = make_node(hop.port, judge=holds(Needs.SENDER, AtEnd.DISCARD))
    queue_id = await node.held(A)
    clock.advance(HOUR + 2)
    await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    clock.advance(10)
    await node.look()

    assert [DELIVERED] == await node.states(queue_id)


# -- what must be done first


async def test_exposed_recipients_leave_hidden_and_once(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """Released, each outsider's copy names itself alone; a colleague's copy is what came in; retries send the same."""
    hop.on(Stage.RCPT, say("451 4.2.0 Greylisted"), matching=PEOPLE[0], times=1)
    node = make_node(hop.port)
    queue_id = await node.held(*PEOPLE, INSIDE, wire=to_all(INSIDE))
    await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    for _ in range(3):
        await node.look()
        clock.advance(120)
    by_recipient = {one.addresses: one.content for one in hop.mails}

    assert [DELIVERED] * 5 == await node.states(queue_id)
    assert {(one,) for one in (*PEOPLE, INSIDE)} == set(by_recipient)
    assert by_recipient[(INSIDE,)].endswith(to_all(INSIDE))
    for one in PEOPLE:
        content = by_recipient[(one,)]
        others = [other for other in PEOPLE if other != one]
        assert (True, []) == (one.encode() in content, [other for other in others if other.encode() in content])
        assert content.endswith(b"\r\n\r\nhello\r\n")


async def test_original_is_refused_to_whom_the_verdict_wants_a_variant(
    make_node: MakeNode, hop: ScriptedNextHop
) -> None:
    """Not even by a mistake in code is the mail as it came queued for somebody who must get it changed."""
    node = make_node(hop.port)
    mail = await node.mail(await node.held(*PEOPLE, wire=to_all()))
    verdict = mail.recipients[0].verdict
    assert verdict is not None

    assert frozenset({Obligation.HIDE_RECIPIENTS}) == verdict.obligations
    with pytest.raises(ForbiddenMove):
        queue_changes(mail.submission, verdict, START, node.spool.expire)


async def test_crash_before_the_variants_sends_nothing_and_goes_on_later(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """The node stops between release and variants: nobody gets the original, and the next node makes the variants."""
    node = make_node(hop.port)
    queue_id = await node.held(*PEOPLE, wire=to_all())
    await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    # Leased for preparing, and then nothing: what a crash leaves behind.
    await node.store.write(lambda transaction: node.timekeeper.take_up(transaction, queue_id, clock.now()))
    left = await node.states(queue_id)
    clock.advance(3600)
    await make_node(hop.port, name="node-2").look()

    assert [State.CLEARED] * 4 == left
    assert [DELIVERED] * 4 == await node.states(queue_id)
    assert sorted((one,) for one in PEOPLE) == sorted(one.addresses for one in hop.mails)


async def test_release_as_it_is_needs_a_rule_that_allows_it(make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """Where the rule lets nobody waive, a release as it is changes nothing and says why; a hidden one goes."""
    verdict = Verdict(
        Action.HOLD, ("rule",), "test", None, Needs.SENDER, AtEnd.DISCARD,
        obligations=frozenset({Obligation.HIDE_RECIPIENTS}),
    )  # fmt: skip
    node = make_node(hop.port, judge=lambda submission: (verdict,) * len(submission.envelope.forward_paths))
    queue_id = await node.held(*PEOPLE, wire=to_all())

    with pytest.raises(NotAllowed):
        await node.store.write(hold.release(node.spool, queue_id, SATO, "", None, Wish(Recipients.AS_THEY_ARE)))
    assert [HELD] * 4 == await node.states(queue_id)
    await node.store.write(hold.release(node.spool, queue_id, SATO, "", None, Wish(Recipients.INDIVIDUAL)))
    await node.look()
    assert [DELIVERED] * 4 == await node.states(queue_id)


SIGNED = (
    f"From: {SENDER}\r\nTo: {', '.join(PEOPLE)}\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/signed; boundary=b; protocol="application/pgp-signature"\r\n\r\n'
    "--b\r\n\r\nhello\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--b--\r\n"
).encode()


async def test_signed_mail_is_never_rewritten_whoever_releases_it(make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """Released hidden, a signed mail waits again instead of being changed; released as it is, it leaves as it came."""
    node = make_node(hop.port)
    queue_id = await node.held(*PEOPLE, wire=SIGNED)
    await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    await node.look()
    hidden = await node.states(queue_id)
    await node.store.write(hold.release(node.spool, queue_id, SATO, "", None, Wish(Recipients.AS_THEY_ARE)))
    await node.look()

    assert ([HELD] * 4, [DELIVERED] * 4) == (hidden, await node.states(queue_id))
    assert all(mail.content.endswith(SIGNED) for mail in hop.mails)


WRITTEN = [
    pytest.param(f"<a href='mailto:{PEOPLE[1].replace('@', '%40')}'>x</a>", id="per cent"),
    pytest.param(f"<p>{PEOPLE[1].replace('@', '&#64;')}</p>", id="entity"),
]


@pytest.mark.parametrize("page", WRITTEN)
async def test_address_written_as_a_browser_reads_it_is_seen(
    make_node: MakeNode, hop: ScriptedNextHop, page: str
) -> None:
    """An address that only a browser would show in the page is shown all the same: nothing leaves that hides it."""
    node = make_node(hop.port)
    wire = to_all(body=page).replace(b"Subject: x", b"Subject: x\r\nContent-Type: text/html")
    queue_id = await node.held(*PEOPLE, wire=wire)
    await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    await node.look()

    assert ([HELD] * 4, []) == (await node.states(queue_id), hop.mails)


async def test_mail_to_protect_never_leaves_in_clear(make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """As long as nothing can protect it, a mail that must be protected goes back to a person, whoever releases it."""
    verdict = Verdict(Action.DELIVER, ("rule",), "test", obligations=frozenset({Obligation.PROTECT}))
    node = make_node(hop.port, judge=lambda submission: (verdict,) * len(submission.envelope.forward_paths))
    queue_id = await node.accept(A)
    await node.look()
    first = await node.states(queue_id)
    await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    await node.look()

    assert ([HELD], [HELD], []) == (first, await node.states(queue_id), hop.mails)


async def test_variants_are_destroyed_with_their_mail(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """After retention neither the mail nor any copy made of it can be read."""
    node = make_node(hop.port)
    queue_id = await node.held(*PEOPLE, wire=to_all())
    await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    await node.look()
    variants = {entry.variant_id for entry in (await node.mail(queue_id)).recipients}
    clock.advance(40 * 86400)
    destroyed = await Sweeper(node.spool, timedelta(days=30)).destroy_expired()

    assert (4, 5) == (len(variants), destroyed)
    for variant in variants:
        with pytest.raises(ContentDestroyed):
            await node.spool.head(str(variant))


# -- learning


async def test_delivered_mail_makes_people_known(make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """Whom my mail reached is known; whom it did not reach, and our own reports, teach nothing."""
    hop.on(Stage.RCPT, say("550 5.1.1 Unknown user"), matching=B)
    node = make_node(hop.port)
    queue_id = await node.held(A, B, C, wire=f"From: {SENDER}\r\nTo: {A}\r\nSubject: x\r\n\r\nx\r\n".encode())
    await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    await node.look()
    rows = await node.store.read(
        lambda connection: {row[0] for row in connection.exec_driver_sql("SELECT address FROM correspondent")}
    )

    assert {A, C} == rows


async def test_hidden_recipients_have_not_seen_each_other(make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """I answer my own mail that left hidden, with everybody in To: it is stopped, because nobody saw the others."""
    wire = to_all(INSIDE).replace(b"Subject: x", b"Subject: x\r\nMessage-ID: <first@office.example.jp>")
    again = to_all(INSIDE).replace(b"Subject: x", b"Subject: Re: x\r\nIn-Reply-To: <first@office.example.jp>")
    node = make_node(hop.port)
    queue_id = await node.held(*PEOPLE, INSIDE, wire=wire)
    await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    await node.look()
    answer = await node.recipient(await node.held(*PEOPLE, INSIDE, wire=again))
    assert answer.verdict is not None

    assert [DELIVERED] * 5 == await node.states(queue_id)
    assert "outsiders-see-each-other" in answer.verdict.reasons


async def test_observing_office_holds_nothing_and_records_everything(make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """With the observing set mail leaves at once; on record stands what the standard rules would have done."""
    node = make_node(hop.port, policy=PolicySettings(set="observe", check_domains=False))
    queue_id = await node.accept(*PEOPLE, wire=to_all())
    await node.look()
    judgement = await node.store.read(lambda connection: node.spool.judgement(connection, queue_id))
    assert judgement is not None
    assert judgement.observed is not None

    assert [DELIVERED] * 4 == await node.states(queue_id)
    assert {(Action.HOLD, Needs.SENDER)} == {(one.action, one.needs) for one in judgement.observed}
    assert "outsiders-see-each-other" in {one.reason for one in judgement.explanations}
    assert hop.mails[0].content.endswith(to_all())
