"""From "this was a mistake" to a case: what is stopped, what is said, what is kept. On SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from mailguard import audit, hold
from mailguard.accounts import people_administration as administration
from mailguard.accounts.links import MailLinks
from mailguard.accounts.people_administration import Particulars
from mailguard.config import ProtectionSettings
from mailguard.config.settings import NoticeSettings
from mailguard.errors import NotAllowed, StaleState, UnknownMail
from mailguard.hold.notices import Notices
from mailguard.i18n.times import JAPAN
from mailguard.incidents import (
    INCIDENTS,
    Change,
    IncidentRecords,
    Opening,
    Openings,
    Responder,
    add_note,
    change,
    correct_known_at,
)
from mailguard.incidents.facts import Fate, Guard, MailFact, mail_fact
from mailguard.incidents.lessons import LessonKind, learned
from mailguard.model.audit import Actor, ActorKind, AuditAction
from mailguard.model.incident import Cause, Entry, EntryKind, Incident, IncidentKind, Phase
from mailguard.model.people import Role
from mailguard.model.protection import Channel
from mailguard.model.queue import QueueId, State
from mailguard.parcels.passwords import Passwords
from mailguard.parcels.records import PASSWORDS, Records
from mailguard.store import Store
from mailguard.workers.follower import IncidentFollower
from mailguard.workers.sweeper import Sweeper
from tests.conformance.hold_parts import GRACE, NOWHERE, OFFICE, SENDER, A, B, C, MakeNode, Node, second_store
from tests.conformance.parcel_parts import MakeProtecting
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop, Stage, cut, say, wait

OWNER = Actor(ActorKind.PERSON, SENDER)
OFFICER, HEAD, ELSEWHERE = "ciso@office.example.jp", "kacho@office.example.jp", "eigyo@office.example.jp"
ADMIN = Actor(ActorKind.PERSON, "admin")
TOKYO = ZoneInfo("Asia/Tokyo")


@dataclass
class Desk:
    """Incidents on a node, as ``app.Service`` puts them together."""

    node: Node
    openings: Openings
    records: IncidentRecords
    follower: IncidentFollower
    parcels: Records

    async def report(self, queue_id: QueueId, opening: Opening | None = None) -> str:
        """The sender says that it was a mistake; the incident's number."""
        opened = await self.node.store.write(self.openings.open_for_mail(queue_id, OWNER, opening))
        return opened.incident_id

    async def close(self, incident_id: str) -> None:
        """It ends with a lesson."""
        await self.node.store.write(learned(self.records, incident_id, OWNER, LessonKind.TRAINING, "held"))
        await self.node.store.write(change(self.records, incident_id, OWNER, Change(phase=Phase.CLOSED), "done"))

    async def incident(self, incident_id: str) -> Incident:
        """The incident as it is now."""
        return await self.node.store.read(lambda reader: self.records.incident(reader, incident_id))

    async def entries(self, incident_id: str, *kinds: EntryKind) -> list[Entry]:
        """Its timeline; only these kinds where some are given."""
        found = await self.node.store.read(lambda reader: self.records.entries(reader, incident_id))
        return [one for one in found if not kinds or one.kind in kinds]

    async def fact(self, queue_id: QueueId) -> MailFact:
        """What the record says of a mail."""
        directory = self.node.policy.rules.directory
        return await self.node.store.read(
            lambda reader: mail_fact(
                self.node.spool, self.parcels, reader, queue_id, Channel.TO_SENDER,
                directory.is_outside, directory.people_group,
            )
        )  # fmt: skip

    async def fates(self, queue_id: QueueId) -> list[Fate]:
        """Whether each recipient got it."""
        return [one.fate for one in (await self.fact(queue_id)).recipients]

    async def notices(self) -> list[tuple[str, str, str]]:
        """To whom, subject and text of every mail of our own about incidents."""
        found = []
        for queue_id in await self.node.accepted_ids():
            mail = await self.node.mail(queue_id)
            frames = [frame async for frame in self.node.spool.stream_content(mail.submission.content_id)]
            letter = message_from_bytes(b"".join(frames), policy=policy.default)
            body = letter.get_body(("plain",))
            if "Auto-Submitted" in letter and "notice." in str(letter["Message-ID"]) and body is not None:
                found.append((str(letter["To"]), str(letter["Subject"]), body.get_content()))
        return found


def desk_of(node: Node, store: Store, clock: StandingClock) -> Desk:
    """A desk on a node."""
    notices = Notices(
        node.spool, OFFICE, NoticeSettings(), "https://mail.office.example.jp", lambda: TOKYO, MailLinks(store).make
    )
    parcels = Records(node.spool.secret_box(PASSWORDS))
    is_outside = node.policy.rules.directory.is_outside
    passwords = Passwords(node.spool, parcels, ProtectionSettings(), OFFICE, GRACE, lambda: JAPAN, is_outside)
    records = IncidentRecords(node.spool.secret_box(INCIDENTS))
    openings = Openings(node.spool, Responder(node.spool, passwords, parcels), records, notices, lambda: TOKYO)
    return Desk(node, openings, records, IncidentFollower(store, openings, clock, 1.0), parcels)


async def name_officers(store: Store) -> None:
    """A security officer, the officer of the sender's department, and one of another."""
    for address, department in ((SENDER, "総務"), (OFFICER, ""), (HEAD, "総務"), (ELSEWHERE, "営業")):
        await store.write(administration.put_person(OFFICE, address, Particulars("", department, ""), ADMIN))
    await store.write(administration.grant_role(OFFICE, OFFICER, Role.SECURITY_OFFICER, "", ADMIN))
    await store.write(administration.grant_role(OFFICE, HEAD, Role.DEPARTMENT_OFFICER, "総務", ADMIN))
    await store.write(administration.grant_role(OFFICE, ELSEWHERE, Role.DEPARTMENT_OFFICER, "営業", ADMIN))


async def test_report_of_a_held_mail_stops_everybody(make_node: MakeNode, store: Store, clock: StandingClock) -> None:
    """Nobody gets a mail that was reported while held, the sender reads that nobody did, and no undo sends it."""
    desk = desk_of(make_node(NOWHERE), store, clock)
    queue_id = await desk.node.held(A, B)
    incident_id = await desk.report(queue_id)
    await desk.node.look()

    undone = await store.write(
        hold.restore(desk.node.spool, queue_id, OWNER, lambda verdict, now: now + timedelta(hours=1), timedelta(0))
    )

    assert () == tuple(undone.moved)
    assert [State.CANCELLED] * 2 == await desk.node.states(queue_id)
    assert [Fate.STOPPED] * 2 == await desk.fates(queue_id)
    (step,) = await desk.entries(incident_id, EntryKind.STOPPED)
    assert ([0, 1], [], []) == tuple(step.details[name] for name in ("stopped", "sending", "gone"))


async def test_report_stops_what_waits_and_names_what_has_gone(
    make_node: MakeNode, store: Store, clock: StandingClock, hop: ScriptedNextHop
) -> None:
    """One recipient has it, another is waiting for its next try: that one never gets it."""
    desk = desk_of(make_node(hop.port), store, clock)
    hop.on(Stage.RCPT, say("451 4.7.1 Greylisted"), matching=B)
    queue_id = await desk.node.held(A, B)
    await store.write(hold.release(desk.node.spool, queue_id, OWNER, ""))
    await desk.node.look()
    incident_id = await desk.report(queue_id)
    clock.advance(48 * 3600)
    await desk.node.look()

    assert [State.DELIVERED, State.CANCELLED] == await desk.node.states(queue_id)
    assert [Fate.RECEIVED, Fate.STOPPED] == await desk.fates(queue_id)
    assert [[A]] == [[one.address for one in mail.recipients] for mail in hop.mails if A in mail.addresses]
    (step,) = await desk.entries(incident_id, EntryKind.STOPPED)
    assert ([1], [0]) == (step.details["stopped"], step.details["gone"])


@pytest.mark.parametrize("is_hidden", [False, True])
async def test_addresses_of_those_who_were_stopped_are_seen_by_those_who_got_it(
    make_node: MakeNode, store: Store, clock: StandingClock, hop: ScriptedNextHop, *, is_hidden: bool
) -> None:
    """Four stood in Cc and two got it: those two see four addresses, unless they were sent without them."""
    everybody = [A, "ito@home.example.org", "ueda@school.example.net", "endo@clinic.example.com"]
    desk = desk_of(make_node(hop.port), store, clock)
    for address in everybody[2:]:
        hop.on(Stage.RCPT, say("451 4.7.1 Greylisted"), matching=address)
    wire = f"From: {SENDER}\r\nTo: {SENDER}\r\nCc: {', '.join(everybody)}\r\nSubject: x\r\n\r\nHi.\r\n".encode()
    queue_id = await desk.node.held(*everybody, wire=wire)
    wish = hold.Wish(recipients=hold.Recipients.HIDDEN if is_hidden else hold.Recipients.AS_THEY_ARE)
    await store.write(hold.release(desk.node.spool, queue_id, OWNER, "", wish=wish))
    await desk.node.look()
    await desk.report(queue_id)
    fact = await desk.fact(queue_id)

    assert [Fate.RECEIVED] * 2 + [Fate.STOPPED] * 2 == await desk.fates(queue_id)
    assert (0 if is_hidden else 4) == fact.exposure.visible
    assert (set() if is_hidden else set(everybody)) == fact.shown


async def test_recipient_being_sent_is_never_called_stopped(
    make_node: MakeNode, store: Store, clock: StandingClock, hop: ScriptedNextHop
) -> None:
    """While the next hop has the mail and has not answered, nobody is told that it was stopped."""
    desk = desk_of(make_node(hop.port), store, clock)
    answer = asyncio.Event()
    hop.on(Stage.TAKEN, wait(answer))
    queue_id = await desk.node.held(A)
    await store.write(hold.release(desk.node.spool, queue_id, OWNER, ""))
    await desk.node.timekeeper.look()
    await hop.until(lambda: len(hop.mails) == 1)
    incident_id = await desk.report(queue_id)
    fates = await desk.fates(queue_id)
    answer.set()
    await desk.node.idle()
    clock.advance(10)
    await desk.follower.look()

    (step,) = await desk.entries(incident_id, EntryKind.STOPPED)
    assert ([], [0], [Fate.PERHAPS]) == (step.details["stopped"], step.details["sending"], fates)
    assert [Fate.RECEIVED] == await desk.fates(queue_id)


async def test_recipient_whose_attempt_ends_without_success_is_stopped_before_the_next(
    make_node: MakeNode, store: Store, clock: StandingClock, hop: ScriptedNextHop
) -> None:
    """What was being sent and was not taken is stopped by itself; the officer reads it on the timeline."""
    desk = desk_of(make_node(hop.port), store, clock)
    go_on = asyncio.Event()
    hop.on(Stage.MAIL, wait(go_on))
    hop.on(Stage.RCPT, say("451 4.7.1 Greylisted"))
    queue_id = await desk.node.held(A)
    await store.write(hold.release(desk.node.spool, queue_id, OWNER, ""))
    await desk.node.timekeeper.look()
    await hop.until(lambda: any("MAIL" in one.line.upper() for one in hop.said))
    incident_id = await desk.report(queue_id)
    go_on.set()
    await desk.node.idle()
    before = await desk.node.states(queue_id)
    clock.advance(10)
    followed = [await desk.follower.look(), await desk.follower.look()]
    clock.advance(48 * 3600)
    await desk.node.look()

    assert ([State.DEFERRED], [1, 0]) == (before, followed)
    assert ([State.CANCELLED], [Fate.STOPPED]) == (await desk.node.states(queue_id), await desk.fates(queue_id))
    assert [[], [0]] == [one.details["stopped"] for one in await desk.entries(incident_id, EntryKind.STOPPED)]


async def test_attempt_without_an_answer_counts_as_perhaps_received(
    make_node: MakeNode, store: Store, clock: StandingClock, hop: ScriptedNextHop
) -> None:
    """The line broke after the last octet: the mail may be there, whatever is cancelled afterwards."""
    desk = desk_of(make_node(hop.port), store, clock)
    hop.on(Stage.DOT, cut())
    queue_id = await desk.node.held(A)
    await store.write(hold.release(desk.node.spool, queue_id, OWNER, ""))
    await desk.node.look()
    incident_id = await desk.report(queue_id)

    (step,) = await desk.entries(incident_id, EntryKind.STOPPED)
    assert ([State.CANCELLED], [Fate.PERHAPS]) == (await desk.node.states(queue_id), await desk.fates(queue_id))
    assert ([], [0]) == (step.details["stopped"], step.details["sending"])


async def test_report_of_a_mail_nobody_looked_at_yet_stops_it(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """In the second after it was sent, before it was looked into, it is already too late for it to leave."""
    desk = desk_of(make_node(NOWHERE), store, clock)
    queue_id = await desk.node.accept(A)
    await desk.report(queue_id)
    await desk.node.look()

    assert ([State.CANCELLED], [Fate.STOPPED]) == (await desk.node.states(queue_id), await desk.fates(queue_id))


async def test_second_report_finds_the_same_incident(make_node: MakeNode, store: Store, clock: StandingClock) -> None:
    """Two clicks, or the sender and the officer, make one incident; what was closed is begun anew."""
    desk = desk_of(make_node(NOWHERE), store, clock)
    queue_id = await desk.node.held(A)
    first, second = await desk.report(queue_id), await desk.report(queue_id)
    await desk.close(first)
    third = await desk.report(queue_id)

    assert (first, first, second) == ("2026-0001", second, "2026-0001")
    assert "2026-0002" == third
    assert 1 == len(await desk.entries(first, EntryKind.REPORTED_AGAIN))


async def test_mails_reported_beside_one_that_has_an_incident_are_stopped_too(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """An officer names two mails, of which one is being worked on already: the other is stopped and kept as well,
    in whatever order they stand."""
    desk = desk_of(make_node(NOWHERE), store, clock)
    first, second, third = [await desk.node.held(A), await desk.node.held(B), await desk.node.held(C)]
    incident_id = await desk.report(first)

    again = await store.write(desk.openings.open(OWNER, Opening(note="both"), [first, second]))
    turned = await store.write(desk.openings.open(OWNER, Opening(), [third, first]))

    assert (incident_id, incident_id) == (again.incident_id, turned.incident_id)
    assert (first, second, third) == (await desk.incident(incident_id)).queue_ids
    assert [[State.CANCELLED]] * 2 == [await desk.node.states(one) for one in (second, third)]
    assert {first, second} == set(again.responses)
    assert [first, second, third] == [one.queue_id for one in await desk.entries(incident_id, EntryKind.FROZEN)]


async def test_second_report_that_knew_earlier_moves_the_time_of_knowing(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """The clocks of the law run from when anybody of the office knew: who comes second may have known first."""
    desk = desk_of(make_node(NOWHERE), store, clock)
    queue_id = await desk.node.held(A)
    clock.advance(30 * 3600)
    incident_id = await desk.report(queue_id)
    knew = clock.now() - timedelta(hours=26)
    await desk.report(queue_id, Opening(note="by telephone", known_at=knew))
    await desk.report(queue_id, Opening(known_at=clock.now()))

    assert knew == (await desk.incident(incident_id)).known_at
    (moved,) = await desk.entries(incident_id, EntryKind.KNOWN_AT)
    assert ("by telephone", knew.isoformat()) == (moved.note, moved.details["known_at"][1])  # type: ignore[index]


async def test_reports_on_two_nodes_at_once_make_one_incident(
    make_node: MakeNode, store: Store, clock: StandingClock, url: str
) -> None:
    """The same mail is reported on two nodes at the same moment."""
    desk = desk_of(make_node(NOWHERE), store, clock)
    queue_id = await desk.node.held(A)
    async with second_store(url, clock) as other:
        results = await asyncio.gather(
            store.write(desk.openings.open_for_mail(queue_id, OWNER)),
            other.write(desk.openings.open_for_mail(queue_id, OWNER)),
            return_exceptions=True,
        )
    opened = [one for one in results if not isinstance(one, BaseException)]
    stale = [one for one in results if isinstance(one, StaleState)]

    assert 2 == len(opened) + len(stale)
    assert {"2026-0001"} == {one.incident_id for one in opened}
    assert 1 == len(await store.read(lambda reader: desk.records.page(reader)))


async def test_report_that_fails_in_the_middle_leaves_nothing(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """Either all of it is done or nothing: a mail is never stopped without its incident, nor the other way."""
    desk = desk_of(make_node(NOWHERE), store, clock)
    queue_id = await desk.node.held(A)
    work = desk.openings.open_for_mail(queue_id, OWNER)

    def killed(transaction: object) -> None:
        work(transaction)  # type: ignore[arg-type]
        raise RuntimeError("the node ends here")

    with pytest.raises(RuntimeError):
        await store.write(killed)

    assert [State.HELD] == await desk.node.states(queue_id)
    assert [] == await store.read(lambda reader: desk.records.page(reader))
    assert "2026-0001" == await desk.report(queue_id)


async def test_password_that_waits_is_stopped_and_destroyed(
    make_protecting: MakeProtecting, store: Store, clock: StandingClock, hop: ScriptedNextHop
) -> None:
    """The parcel has gone, its password has not: nobody can open it any more."""
    node = make_protecting(hop.port, Channel.SEPARATE_MAIL)
    desk = desk_of(node, store, clock)
    queue_id = await node.sent(A, B)
    incident_id = await desk.report(queue_id)
    clock.advance(3600)
    await node.look()
    (step,) = await desk.entries(incident_id, EntryKind.STOPPED)
    (parcel,) = await node.parcels(queue_id)

    assert ["stopped", "stopped"] == await node.whereabouts(queue_id)
    assert [Guard.SEALED] * 2 == [one.guard for one in (await desk.fact(queue_id)).recipients]
    assert (0, 2) == ((await desk.fact(queue_id)).exposure.clear, (await desk.fact(queue_id)).exposure.protected)
    assert ([0, 1], [], True) == tuple(
        step.details[name] for name in ("passwords_stopped", "passwords_told", "is_destroyed")
    )
    assert not parcel.parcel.has_password
    assert 2 == len([one for mail in hop.mails for one in mail.addresses if one in (A, B)])


async def test_password_that_has_gone_is_named(
    make_protecting: MakeProtecting, store: Store, clock: StandingClock, hop: ScriptedNextHop
) -> None:
    """The mail with the password has arrived: nobody is told that the parcel protects."""
    node = make_protecting(hop.port, Channel.SEPARATE_MAIL)
    desk = desk_of(node, store, clock)
    queue_id = await node.sent(A)
    clock.advance(3600)
    await node.look()
    incident_id = await desk.report(queue_id)
    (step,) = await desk.entries(incident_id, EntryKind.STOPPED)
    fact = await desk.fact(queue_id)

    assert ([], [0], False) == tuple(
        step.details[name] for name in ("passwords_stopped", "passwords_told", "is_destroyed")
    )
    assert ([Guard.READABLE], 1) == ([one.guard for one in fact.recipients], fact.exposure.clear)


async def test_evidence_is_kept_while_the_incident_is_open(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """The mail of an incident outlives its time; once the work is done it ends like any other."""
    desk = desk_of(make_node(NOWHERE), store, clock)
    queue_id, other = await desk.node.held(A), await desk.node.held(B)
    incident_id = await desk.report(queue_id)
    await store.write(hold.cancel(desk.node.spool, other, OWNER, ""))
    sweeper = Sweeper(desk.node.spool, timedelta(days=30))
    clock.advance(timedelta(days=40).total_seconds())
    while_open = await sweeper.destroy_expired()
    (frozen,) = await desk.entries(incident_id, EntryKind.FROZEN)
    (content,) = cast("list[list[object]]", frozen.details["contents"])
    accepted = await desk.node.record(queue_id, AuditAction.ACCEPTED)
    await desk.close(incident_id)
    afterwards = await sweeper.destroy_expired()

    assert (1, 1) == (while_open, afterwards)
    assert [queue_id, accepted[0].details["sha256"]] == content[:2]
    assert frozen.details["last_event"] is not None


async def test_officers_hear_at_once_and_nothing_of_the_mail_is_told(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """Security officers and the department's officer get a notice in the same moment; others do not."""
    await name_officers(store)
    desk = desk_of(make_node(NOWHERE), store, clock)
    queue_id = await desk.node.held(A)
    incident_id = await desk.report(queue_id)
    told = await desk.notices()

    assert [OFFICER, HEAD] == sorted(to for to, _, _ in told) or {OFFICER, HEAD} == {to for to, _, _ in told}
    assert all(incident_id in subject for _, subject, _ in told)
    assert all(f"https://mail.office.example.jp/incidents/{incident_id}" in body for _, _, body in told)
    assert not any(A in body or "hello" in body or "見本" in body for _, _, body in told)
    assert "総務" == (await desk.incident(incident_id)).department


async def test_accident_outside_mail_is_opened_by_hand(make_node: MakeNode, store: Store, clock: StandingClock) -> None:
    """A lost memory stick is an incident as well; it needs words, and its note is sealed."""
    await name_officers(store)
    desk = desk_of(make_node(NOWHERE), store, clock)
    opening = Opening(IncidentKind.LOSS, note="電車に忘れた")
    opened = await store.write(desk.openings.open(OWNER, opening))
    (first, *_) = await desk.entries(opened.incident_id)

    assert (True, "電車に忘れた") == (opened.is_new, first.note)
    assert 2 == len(await desk.notices())
    with pytest.raises(NotAllowed):
        await store.write(desk.openings.open(OWNER, Opening(IncidentKind.LOSS)))
    with pytest.raises(UnknownMail):
        await store.write(desk.openings.open_for_mail("NOSUCHMAIL", OWNER))


async def test_drill_stops_nothing_and_is_no_real_incident(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """A training leaves the mail as it is, and a real report beside it is a real incident."""
    desk = desk_of(make_node(NOWHERE), store, clock)
    queue_id = await desk.node.held(A)
    drill = await desk.report(queue_id, Opening(is_drill=True))
    states = await desk.node.states(queue_id)
    real = await desk.report(queue_id)

    assert [State.HELD] == states
    assert drill != real
    assert [State.CANCELLED] == await desk.node.states(queue_id)


async def test_every_change_is_a_step_and_on_record(make_node: MakeNode, store: Store, clock: StandingClock) -> None:
    """Notes, what it is, where it stands and since when it was known: who, when, from what to what."""
    desk = desk_of(make_node(NOWHERE), store, clock)
    incident_id = await desk.report(await desk.node.held(A))
    known_at = clock.now() - timedelta(hours=30)
    await store.write(add_note(desk.records, incident_id, OWNER, "電話した"))
    changed = Change(cause=Cause.WRONG_RECIPIENT, phase=Phase.REPORT)
    await store.write(change(desk.records, incident_id, OWNER, changed))
    await store.write(change(desk.records, incident_id, OWNER, changed))
    await store.write(correct_known_at(desk.records, incident_id, OWNER, known_at, "昨日電話があった"))
    incident = await desk.incident(incident_id)
    steps = await desk.entries(incident_id, EntryKind.NOTED, EntryKind.CHANGED, EntryKind.KNOWN_AT)
    recorded = [
        event
        for event in await desk.node.everything()
        if event.action in (AuditAction.INCIDENT_NOTED, AuditAction.INCIDENT_CHANGED)
    ]

    assert (Cause.WRONG_RECIPIENT, Phase.REPORT, known_at) == (incident.cause, incident.phase, incident.known_at)
    assert ["電話した", "", "昨日電話があった"] == [one.note for one in steps]
    assert {"phase": ["first_response", "report"], "cause": ["unknown", "wrong_recipient"]} == steps[1].details
    assert [one.number for one in steps] == [event.details["entry"] for event in recorded]
    assert not any("電話" in str(event.details) for event in recorded)


@pytest.mark.parametrize("minutes", [1, 60 * 24])
async def test_time_of_knowing_that_is_to_come_is_refused(
    make_node: MakeNode, store: Store, clock: StandingClock, minutes: int
) -> None:
    """Nobody knew tomorrow; and a correction says why."""
    desk = desk_of(make_node(NOWHERE), store, clock)
    incident_id = await desk.report(await desk.node.held(A))

    later = clock.now() + timedelta(minutes=minutes)
    with pytest.raises(NotAllowed):
        await store.write(correct_known_at(desk.records, incident_id, OWNER, later, "x"))
    with pytest.raises(NotAllowed):
        correct_known_at(desk.records, incident_id, OWNER, clock.now(), " ")


async def test_closing_needs_a_note(make_node: MakeNode, store: Store, clock: StandingClock) -> None:
    """Nobody closes a case without saying why, and nobody opens it again so."""
    desk = desk_of(make_node(NOWHERE), store, clock)
    incident_id = await desk.report(await desk.node.held(A))

    with pytest.raises(NotAllowed):
        await store.write(change(desk.records, incident_id, OWNER, Change(phase=Phase.CLOSED)))
    with pytest.raises(NotAllowed, match="lesson"):
        await store.write(change(desk.records, incident_id, OWNER, Change(phase=Phase.CLOSED), "done"))
    await desk.close(incident_id)
    with pytest.raises(NotAllowed):
        await store.write(change(desk.records, incident_id, OWNER, Change(phase=Phase.RECOVERY)))


async def test_record_with_incidents_verifies(make_node: MakeNode, store: Store, clock: StandingClock) -> None:
    """What an incident writes is chained like everything else."""
    desk = desk_of(make_node(NOWHERE), store, clock)
    await desk.report(await desk.node.held(A, B, C))
    checked = await store.read(audit.verify)

    assert checked.broken is None
