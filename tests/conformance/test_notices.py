"""Who is told of mail that waits, when, and how often: on SQLite and on PostgreSQL."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from mailguard import hold
from mailguard.accounts.links import MailLinks
from mailguard.config.settings import NoticeSettings
from mailguard.errors import StaleState
from mailguard.hold.approving import disapprove
from mailguard.hold.notices import Notices
from mailguard.i18n.times import JAPAN, soon
from mailguard.model.approval import Approval, ApproverKind
from mailguard.model.audit import Actor, ActorKind, AuditAction
from mailguard.model.people import Person, Viewer
from mailguard.model.queue import QueueId, State
from mailguard.model.verdict import Action, AtEnd, Needs, Verdict
from mailguard.spool.reports import is_own
from mailguard.store import Store, Transaction
from mailguard.store.people_tables import delegate, person
from mailguard.workers.notifier import Notifier
from tests.conformance.hold_parts import (
    GRACE,
    NOWHERE,
    OFFICE,
    SATO,
    SENDER,
    A,
    B,
    MakeNode,
    Node,
    move_to,
    second_store,
)
from tests.fakes.clock import StandingClock

HOUR = 3600
DAY = timedelta(days=1)
WAIT = 20.0
URL = "https://mail.office.example.jp"
MANAGER = "kacho@office.example.jp"
OWNER = Actor(ActorKind.PERSON, SENDER)
LINK = re.compile(rf"{URL}/m/\S+")


def verdict(needs: Needs = Needs.SENDER, at_end: AtEnd = AtEnd.DISCARD, seconds: int | None = 24 * HOUR) -> Verdict:
    """A hold of this kind."""
    return Verdict(Action.HOLD, ("rule",), "test", seconds, needs, at_end)


@dataclass
class Office:
    """A node, and who writes its notices. ``mails`` are those written so far."""

    node: Node
    clock: StandingClock
    notifier: Notifier
    notices: Notices
    announced: list[str]

    async def later(self, seconds: float) -> int:
        """Let time pass, and look; how many mails were written."""
        self.clock.advance(seconds)
        return await self.notifier.look()

    async def told(self) -> list[EmailMessage]:
        """Every notice there is, oldest first."""
        found = []
        for queue_id in await self.node.accepted_ids():
            mail = await self.node.mail(queue_id)
            if is_own(mail.submission):
                content = mail.submission.content_id
                octets = b"".join([frame async for frame in self.node.spool.stream_content(content)])
                found.append(message_from_bytes(octets, policy=default))
        return found

    async def subjects(self) -> list[str]:
        """Their subjects."""
        return [str(one["Subject"]) for one in await self.told()]

    async def add_people(self) -> None:
        """Somebody who manages the sender."""

        def work(transaction: Transaction) -> None:
            for address, manager in ((SENDER, MANAGER), (MANAGER, "")):
                transaction.execute(insert(person), [_person(address, manager)])

        await self.node.store.write(work)


def _person(address: str, manager: str = "", language: str = "") -> dict[str, Any]:
    return {
        "address": address,
        "name": "",
        "department": "soumu",
        "manager": manager,
        "language": language,
        "created_at": 0,
        "changed_at": 0,
        "disabled_at": None,
    }


def office_of(node: Node, store: Store, clock: StandingClock, **settings: Any) -> Office:
    """An office whose notices are looked for by the test."""
    announced: list[str] = []
    notices = Notices(
        node.spool,
        OFFICE,
        NoticeSettings(wait_seconds=WAIT, **settings),
        URL,
        lambda: ZoneInfo("Asia/Tokyo"),
        MailLinks(store).make,
    )
    notifier = Notifier(store, notices, clock, 1.0, announced.append)
    return Office(node, clock, notifier, notices, announced)


def offices(make_node: MakeNode, store: Store, clock: StandingClock, one: Verdict, **settings: Any) -> Office:
    """An office whose mails all get this verdict."""
    node = make_node(NOWHERE, judge=lambda submission: (one,) * len(submission.envelope.forward_paths))
    return office_of(node, store, clock, **settings)


def body(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


async def test_notice_of_a_dangerous_hold_is_one_mail_to_its_owner(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """I hear once that my mail waits for me, until when, and where to decide."""
    office = offices(make_node, store, clock, verdict())
    await office.node.held(A, B)

    assert 0 == await office.later(WAIT - 1)
    assert 1 == await office.later(1)
    assert 0 == await office.later(60)
    (told,) = await office.told()
    assert SENDER in str(told["To"])
    assert "【送信前の確認】11月3日(火) 18:00までに確認してください:見積書" == told["Subject"]
    assert "auto-generated" == told["Auto-Submitted"]
    assert LINK.search(body(told))
    assert LINK.search(body(told, "html"))
    assert ["hold"] == office.announced


async def test_notice_goes_out_from_nobody_and_asks_for_no_report(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """A notice that cannot be delivered causes no mail, and no notice about itself."""
    office = offices(make_node, store, clock, verdict())
    await office.node.held()
    await office.later(WAIT)
    notice = (await office.node.accepted_ids())[-1]
    mail = await office.node.mail(notice)

    assert "" == mail.submission.envelope.reverse_path
    assert mail.submission.automatic
    await office.node.look()
    assert [State.HELD] != await office.node.states(notice)
    assert 0 == await office.later(10 * HOUR - WAIT)
    assert 1 == len(await office.told())


@pytest.mark.parametrize("act", ["cancel", "release"])
async def test_notice_of_a_mail_decided_at_once_is_not_written(
    make_node: MakeNode, store: Store, clock: StandingClock, act: str
) -> None:
    """Whoever decides on the page at once gets no mail about it."""
    office = offices(make_node, store, clock, verdict())
    queue_id = await office.node.held()
    await store.write(getattr(hold, act)(office.node.spool, queue_id, OWNER, ""))

    assert 0 == await office.later(WAIT + 60)
    assert [] == await office.told()


async def test_routine_hold_is_told_to_nobody(make_node: MakeNode, store: Store, clock: StandingClock) -> None:
    """A pause that ends by itself is no news, neither while it lasts nor after."""
    office = offices(make_node, store, clock, verdict(Needs.TIMER, AtEnd.SEND, 300), receipts=True)
    queue_id = await office.node.held()
    written = await office.later(WAIT)
    clock.advance(300)
    await office.node.look()

    assert State.HELD not in await office.node.states(queue_id)
    assert 0 == written + await office.later(WAIT)


@pytest.mark.parametrize("values", [{"automatic": True}, {"sender": ""}], ids=["automatic", "null-sender"])
async def test_mail_of_programs_is_told_to_nobody(
    make_node: MakeNode, store: Store, clock: StandingClock, values: dict[str, Any]
) -> None:
    """Programs' mail leads to no mail."""
    office = offices(make_node, store, clock, verdict())
    await office.node.held(**values)

    assert 0 == await office.later(WAIT)


async def test_reminders_come_at_half_time_and_before_the_end(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """I am reminded twice of a mail I have not decided about, in the thread of the first notice."""
    office = offices(make_node, store, clock, verdict())
    queue_id = await office.node.held()
    shown = (await office.node.recipient(queue_id)).shown_until
    assert shown is not None
    await office.later(WAIT)
    assert 0 == await office.later(12 * HOUR - WAIT - 1)
    assert 1 == await office.later(1)
    move_to(clock, shown - timedelta(hours=1, seconds=1))
    assert 0 == await office.later(0)
    assert 1 == await office.later(1)
    assert 0 == await office.later(HOUR - 1)

    first, half, last = await office.told()
    assert ["【送信前の確認】", "【再度のお知らせ】", "【まもなく期限】"] == [
        str(one["Subject"])[: str(one["Subject"]).index("】") + 1] for one in (first, half, last)
    ]
    assert first["Message-ID"] == half["References"] == last["References"]
    assert 3 == len({LINK.findall(body(one))[0] for one in (first, half, last)})


async def test_short_hold_has_no_reminder(make_node: MakeNode, store: Store, clock: StandingClock) -> None:
    """Five minutes are not filled with mails."""
    office = offices(make_node, store, clock, verdict(seconds=300))
    await office.node.held()

    assert [1, 0, 0] == [await office.later(WAIT), await office.later(150), await office.later(100)]


async def test_release_by_somebody_else_is_told_to_the_owner(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """When the administrator sends or stops my mail, I hear of it, even where it would have gone by itself."""
    office = offices(make_node, store, clock, verdict(Needs.TIMER, AtEnd.SEND, 300))
    sent, stopped = await office.node.held(), await office.node.held()
    await store.write(hold.release(office.node.spool, sent, SATO, "checked"))
    await store.write(hold.cancel(office.node.spool, stopped, SATO, "wrong"))

    assert 2 == await office.later(WAIT)
    assert {
        "【送信しました】保留していたメール:見積書",
        "【取り消しました】保留していたメールは送られません:見積書",
    } == set(await office.subjects())
    assert not any(URL in body(one) for one in await office.told())


async def test_time_chosen_by_somebody_else_is_told_to_the_owner(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """When somebody else decides at what time my mail goes, I hear when, who, and where I can still stop it."""
    office = offices(make_node, store, clock, verdict(Needs.TIMER, AtEnd.SEND, 300))
    theirs, own = await office.node.held(), await office.node.held()
    at = clock.now() + timedelta(hours=2)
    for queue_id, actor in ((theirs, SATO), (own, OWNER)):
        await store.write(hold.release_at(office.node.spool, queue_id, actor, "", at, GRACE))

    assert 1 == await office.later(WAIT)
    (told,) = await office.told()
    until = soon(at, JAPAN, "ja")
    assert f"【{until} に送信します】保留していたメール:見積書" == str(told["Subject"])
    assert f"{until} に送信することにしました" in body(told)
    assert LINK.search(body(told))
    clock.advance(3 * HOUR)
    await office.node.look()
    assert 0 == await office.later(WAIT)


async def test_receipt_is_written_only_where_the_office_wants_them(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """An office that wants receipts has one for what a person was asked about."""
    subjects = []
    for receipts in (False, True):
        office = offices(make_node, store, clock, verdict(), receipts=receipts)
        queue_id = await office.node.held()
        await office.later(WAIT)
        await store.write(hold.release(office.node.spool, queue_id, OWNER, ""))
        await office.later(WAIT)
        subjects.append([one for one in await office.subjects() if one.startswith("【送信しました】")])

    assert [0, 1] == [len(one) for one in subjects]


async def test_expired_mail_is_told_where_no_report_says_so(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """Somebody else's name in the sender's field: the owner still hears that the mail was not sent."""
    office = offices(make_node, store, clock, verdict(seconds=300))
    await office.node.held()
    other = await office.node.held(sender="kikaku@office.example.jp")
    await office.later(WAIT)
    clock.advance(400)
    await office.node.look()
    await office.later(WAIT)

    results = [one for one in await office.told() if str(one["Subject"]).startswith("【送っていません】")]
    assert [other] == [re.findall(r"受付番号 (\w+)", body(one))[0] for one in results]


async def test_refused_mail_that_expired_is_told_as_not_approved(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """Nobody mended what my manager said no to: the last notice says that it was not approved, not that time was up."""
    asked = replace(verdict(Needs.APPROVER, seconds=300), approval=Approval((ApproverKind.MANAGER,)))
    office = offices(make_node, store, clock, asked)
    await office.add_people()
    queue_id = await office.node.held(sender="kikaku@office.example.jp")
    manager = Viewer(Person(MANAGER), frozenset({MANAGER}), has_second_factor=True)
    said = disapprove(office.node.spool, queue_id, manager, 1, "no", lambda one, now: now + DAY, timedelta(seconds=3))
    await store.write(said)
    clock.advance(25 * HOUR)
    await office.node.look()
    await office.later(WAIT)
    last = (await office.told())[-1]

    assert str(last["Subject"]).startswith("【送っていません】承認されませんでした")
    assert "承認されなかったので" in body(last)


async def test_approval_is_asked_of_those_who_may_give_it(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """My manager is asked, and comes to the mail by signing in: no link decides. I hear that it waits."""
    asked = replace(verdict(Needs.APPROVER), approval=Approval((ApproverKind.MANAGER,)))
    office = offices(make_node, store, clock, asked)
    await office.add_people()
    queue_id = await office.node.held()

    assert 2 == await office.later(WAIT)
    told = {str(one["To"]).strip("<>"): one for one in await office.told()}
    assert {MANAGER, SENDER} == set(told)
    assert str(told[MANAGER]["Subject"]).startswith("【確認のお願い】")
    assert f"{URL}/mails/{queue_id}\n" in body(told[MANAGER])
    assert not LINK.search(body(told[MANAGER]))
    assert str(told[SENDER]["Subject"]).startswith("【承認待ち】")
    assert ["approval"] == office.announced


async def test_approval_nobody_can_give_comes_to_the_postmaster(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """A mail never waits for nobody."""
    office = offices(make_node, store, clock, verdict(Needs.ADMINISTRATOR, seconds=None))
    await office.node.held()
    await office.later(WAIT)

    told = {str(one["To"]).strip("<>"): one for one in await office.told()}
    assert {OFFICE.postmaster, SENDER} == set(told)
    assert "登録されていない" in body(told[OFFICE.postmaster])


async def test_escalated_hold_is_told_anew(make_node: MakeNode, store: Store, clock: StandingClock) -> None:
    """When my time is over and the next person is asked, both of us hear of it."""
    office = offices(make_node, store, clock, verdict(at_end=AtEnd.ESCALATE, seconds=300))
    await office.add_people()
    await office.node.held()
    await office.later(WAIT)
    clock.advance(300)
    await office.node.look()
    await office.later(WAIT)

    starts = [re.findall("【.*?】", one)[0] for one in await office.subjects()]
    assert {"【送信前の確認】", "【承認待ち】", "【確認のお願い】"} == set(starts)


async def test_shared_mailbox_is_told_to_those_who_look_after_it(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """Each delegate is told, in the language of each."""
    office = offices(make_node, store, clock, verdict())
    people = {"ito@office.example.jp": "en", "ueda@office.example.jp": "ja"}

    def work(transaction: Transaction) -> None:
        for address, language in people.items():
            transaction.execute(insert(person), [_person(address, language=language)])
            transaction.execute(insert(delegate), [{"mailbox": SENDER, "person": address}])

    await store.write(work)
    await office.node.held()
    await office.later(WAIT)

    told = {str(one["To"]).strip("<>"): str(one["Subject"]) for one in await office.told()}
    assert set(people) == set(told)
    assert told["ito@office.example.jp"].startswith("[Check before sending] Please decide by Tue 3 Nov, 18:00")


async def test_many_notices_within_an_hour_become_one_list(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """A storm of held mails is a few mails and one list; the next list comes an hour later."""
    office = offices(make_node, store, clock, verdict(), digest_after=3)
    ids = [await office.node.held() for _ in range(8)]
    assert 3 == await office.later(WAIT)
    told = "".join([body(one) for one in await office.told()])
    waits = next(one for one in ids if one not in told)
    await store.write(hold.cancel(office.node.spool, waits, OWNER, ""))
    assert 1 == await office.later(300)
    late = await office.node.held()
    assert 0 == await office.later(WAIT)
    assert 0 == await office.later(1800)
    assert 1 == await office.later(1800)

    *_, first, second = await office.told()
    assert "【確認待ち】4通のメールがまだ送られていません(最初の期限 11月3日(火) 18:00)" == first["Subject"]
    assert URL in body(first)
    assert not LINK.search(body(first))
    assert "【確認待ち】1通" == str(second["Subject"])[:8]
    assert late not in body(first)


async def test_two_nodes_look_at_the_same_mail_and_one_writes(
    make_node: MakeNode, store: Store, clock: StandingClock, url: str
) -> None:
    """Two relays on one database write one notice."""
    office = offices(make_node, store, clock, verdict())
    queue_id = await office.node.held()
    clock.advance(WAIT)
    async with second_store(url, clock) as other:
        first = await store.write(lambda transaction: office.notices.attend(transaction, queue_id))
        second = await other.write(lambda transaction: office.notices.attend(transaction, queue_id))

    assert [1, 0] == [first.mails, second.mails]


async def test_notice_is_on_record_with_the_mail_that_said_it(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """What was told is found later, without an address or a subject in the record."""
    office = offices(make_node, store, clock, verdict())
    queue_id = await office.node.held()
    await office.later(WAIT)
    notice = (await office.node.accepted_ids())[-1]

    (event,) = await office.node.record(queue_id, AuditAction.NOTICE_SENT)
    assert {"kind": "hold", "mail": notice} == event.details


async def test_work_that_fails_after_writing_leaves_nothing(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """A notice is there with its record or not at all."""
    office = offices(make_node, store, clock, verdict())
    queue_id = await office.node.held()
    clock.advance(WAIT)

    def fails(transaction: Transaction) -> None:
        office.notices.attend(transaction, queue_id)
        raise StaleState("as a crash would")

    with pytest.raises(StaleState):
        await store.write(fails)
    assert [] == await office.told()
    assert 1 == await office.later(0)


async def test_mail_that_cannot_be_looked_at_keeps_no_other_waiting(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """One mail with a fault does not silence the rest."""
    office = offices(make_node, store, clock, verdict())
    broken, sound = await office.node.held(), await office.node.held()
    attend = office.notices.attend

    class Faulty(Notices):
        def attend(self, transaction: Transaction, queue_id: QueueId) -> Any:
            if queue_id == broken:
                raise RuntimeError("a fault")
            return attend(transaction, queue_id)

    office.notices.__class__ = Faulty
    assert 1 == await office.later(WAIT)
    (told,) = await office.told()
    assert sound in body(told)
