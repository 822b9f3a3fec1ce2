"""Approving, refusing and deputies, on pages and both databases."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from mailguard.accounts import people_administration as administration
from mailguard.accounts.factors import Factor
from mailguard.accounts.people_administration import Particulars
from mailguard.i18n import text
from mailguard.model.approval import USUAL, Approval, ApproverKind
from mailguard.model.audit import AuditAction
from mailguard.model.people import Role
from mailguard.model.queue import QueueId, State
from mailguard.model.verdict import Action, AtEnd, Needs, Verdict
from tests.conformance.api_parts import program_of
from tests.conformance.hold_parts import NOWHERE, OFFICE, SATO, SENDER, A, B, MakeNode
from tests.conformance.mail_pages import MailPages, make_pages, words_of
from tests.conformance.web_office import WebOffice
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop

MANAGER, OFFICER, DEPUTY, OTHER = (f"{name}@office.example.jp" for name in ("mori", "abe", "ueda", "ono"))
FOUR_EYES = Approval((ApproverKind.NAMED,), (MANAGER, OTHER), count=2)
TWO = (Factor.MAILBOX, Factor.TOTP)
HOUR = 3600


@pytest.fixture
def pages(web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop) -> MailPages:
    """An office with its pages and its workers."""
    return make_pages(web_office, make_node, hop.port)


def needing(needs: Needs, approval: Approval = USUAL, at_end: AtEnd = AtEnd.DISCARD) -> Callable[..., Any]:
    """A judge that has everybody wait for a person."""
    verdict = Verdict(Action.HOLD, ("rule",), "test", HOUR, needs, at_end, approval=approval)
    return lambda submission: (verdict,) * len(submission.envelope.forward_paths)


async def staff(pages: MailPages) -> None:
    """A small office: the sender's manager, a security officer, and others."""
    store = pages.node.store
    for address, manager in ((SENDER, MANAGER), (MANAGER, ""), (OFFICER, ""), (DEPUTY, ""), (OTHER, "")):
        await store.write(administration.put_person(OFFICE, address, Particulars("", "営業", manager), SATO))
    await store.write(administration.grant_role(OFFICE, OFFICER, Role.SECURITY_OFFICER, "", SATO))


async def as_approver(pages: MailPages, address: str) -> httpx2.AsyncClient:
    """The browser of somebody who proved two things."""
    return await pages.office.signed_in(address, TWO)


async def approving(web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop, approval: Approval) -> MailPages:
    """An office where every mail waits for an approver."""
    pages = MailPages(web_office, make_node(hop.port, judge=needing(Needs.APPROVER, approval)))
    await staff(pages)
    return pages


async def test_manager_approves_from_the_list(web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """My manager finds my mail on the list, answers whom it is for, and it goes."""
    pages = await approving(web_office, make_node, hop, USUAL)
    queue_id = await pages.node.held(A)
    manager, other = await as_approver(pages, MANAGER), await as_approver(pages, OTHER)
    listed = await manager.get("/approvals")
    unlisted = await other.get("/approvals")
    hidden = await other.get(f"/mails/{queue_id}")
    owner = await (await pages.owner()).get(f"/mails/{queue_id}")
    unanswered = await pages.post(manager, f"/mails/{queue_id}/approval", said="yes", judgement="1")
    answer = await pages.post(
        manager, f"/mails/{queue_id}/approval", said="yes", judgement="1", organisation="customer"
    )
    await pages.node.look()

    assert f"/mails/{queue_id}" in listed.text
    assert "承認 1件" in words_of(listed)
    assert "ListedRow" not in listed.text
    assert f"/mails/{queue_id}" not in unlisted.text
    assert 404 == hidden.status_code
    assert "あと1名の承認" in words_of(owner)
    assert "mori@ office.example.jp (送信者の上司)" in words_of(owner)
    assert "abe@ office.example.jp (部門責任者または情報セキュリティ責任者)" in words_of(owner)
    assert "disabled" not in owner.text
    assert "承認する方の確認を待っているので、まだ送信できません" in words_of(owner)
    assert 422 == unanswered.status_code
    assert (200, "/approvals") == (answer.status_code, answer.url.path)
    assert "承認しました" in words_of(answer)
    assert [State.DELIVERED] == await pages.node.states(queue_id)
    assert f"/mails/{queue_id}" not in (await manager.get("/approvals")).text


async def test_refused_mail_says_so_on_the_senders_list(
    web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop
) -> None:
    """My list says which mail was not approved, beside the one that still waits; once it is changed it waits anew."""
    pages = await approving(web_office, make_node, hop, USUAL)
    refused, waiting = await pages.node.held(A, B), await pages.node.held(A)
    manager, owner = await as_approver(pages, MANAGER), await pages.owner()
    before = await owner.get("/mails")
    await pages.post(manager, f"/mails/{refused}/approval", said="no", judgement="1", note="日付がちがいます")
    after = await owner.get("/mails")
    rows = dict(re.findall(r'id="row-(\w+)">(.*?)</li>', after.text, re.DOTALL))
    await pages.post(owner, f"/mails/{refused}/mend", do="apply", of=refused, remove="1")
    changed = await owner.get("/mails")

    assert "承認されませんでした" in rows[refused]
    assert "承認されませんでした" not in rows[waiting]
    assert [False, False] == ["承認されませんでした" in words_of(one) for one in (before, changed)]


async def test_approving_and_sending_by_role_are_forms_of_their_own(
    web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop
) -> None:
    """As an officer I may say yes, or send by my role: a label leads to its own field, and what is wrong in one form is
    said in that one, while the other stays folded.
    """
    pages = await approving(web_office, make_node, hop, USUAL)
    queue_id = await pages.node.held(A)
    officer, path = await as_approver(pages, OFFICER), f"/mails/{queue_id}"
    shown = await officer.get(path)
    no_note = await pages.post(officer, f"{path}/approval", said="no", judgement="1")
    approved = await pages.post(officer, f"{path}/approval", said="yes", judgement="1", organisation="elsewhere")
    sent = await pages.post(officer, f"{path}/send", judgement="1", organisation="elsewhere")
    by_role = r"<details( open)?>\s*<summary>承認とは別に、自分の役割で送信する"

    assert [200, 422, 422, 422] == [one.status_code for one in (shown, no_note, approved, sent)]
    for page in (shown, no_note, approved, sent):
        ids = re.findall(r' id="([^"]+)"', page.text)
        assert [] == [one for one in set(ids) if ids.count(one) > 1]
    assert ["", "", "", " open"] == [re.findall(by_role, one.text)[0] for one in (shown, no_note, approved, sent)]
    assert ["approve-organisation-0"] == re.findall(r'href="#([a-z-]*organisation-0)"', approved.text)
    assert ["organisation-0"] == re.findall(r'href="#([a-z-]*organisation-0)"', sent.text)
    assert [1, 1] == [one.text.count('value="elsewhere"') for one in (approved, sent)]


async def test_waiting_approval_stands_in_the_menu_of_who_may_give_it(
    web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop
) -> None:
    """Wherever I am, I see that my word is waited for; on my own list nothing says that there is nothing to do."""
    pages = await approving(web_office, make_node, hop, USUAL)
    await pages.node.held(A)
    manager, other = await as_approver(pages, MANAGER), await as_approver(pages, OTHER)
    number = text("ja", "approval.page.navigation", count=1)
    mine = await manager.get("/mails")
    open_page = await manager.get("/approvals/number", headers={"hx-request": "true"})
    theirs = await other.get("/mails")
    elsewhere, listed = await manager.get("/deputies"), await manager.get("/approvals")
    mistaken = await manager.post("/deputies", data={"deputy": "", "begins": "", "ends": ""})

    assert [True] * 4 == [number in one.text for one in (mine, open_page, elsewhere, listed)]
    # A page that answers a form does not count: the number is fetched at once, not at the next round.
    assert [422, True] == [mistaken.status_code, 'hx-trigger="load, changed from:body' in mistaken.text]
    assert 'hx-trigger="load, changed from:body' not in mine.text
    assert "<html" not in open_page.text
    assert text("ja", "approval.page.list.count", count=1) in mine.text
    assert text("ja", "queue.page.empty.decision") not in mine.text
    assert text("ja", "queue.page.empty.decision") in theirs.text
    assert number not in theirs.text


async def test_approver_reads_a_mail_for_the_purpose_that_is_filled_in(
    web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop
) -> None:
    """Asked to approve, I read the mail with one press; why stands there already, I may change it, and it is on record.
    An officer who was not asked is offered no words.
    """
    pages = await approving(web_office, make_node, hop, Approval((ApproverKind.MANAGER,)))
    queue_id = await pages.node.held(A)
    path = f"/mails/{queue_id}/content"
    manager, officer = await as_approver(pages, MANAGER), await as_approver(pages, OFFICER)
    asked = await manager.get(path)
    unasked = await officer.get(path)
    read = await pages.post(manager, path, purpose="承認のため")
    await pages.post(manager, path, purpose="添付の確認")

    assert 'value="承認のため"' in asked.text
    assert 'value="承認のため"' not in unasked.text
    assert "hello" in read.text
    found = await pages.node.record(queue_id, AuditAction.CONTENT_READ)
    assert ["承認のため", "添付の確認"] == [one.details["purpose"] for one in found]


async def test_four_eyes_say_who_was_first(web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """Two people approve; the second sees who did, and only then the mail goes."""
    pages = await approving(web_office, make_node, hop, FOUR_EYES)
    queue_id = await pages.node.held(A)
    manager, other = await as_approver(pages, MANAGER), await as_approver(pages, OTHER)
    fields = {"said": "yes", "judgement": "1", "organisation": "customer"}
    first = await pages.post(manager, f"/mails/{queue_id}/approval", **fields)
    between = await pages.node.states(queue_id)
    second = await other.get(f"/mails/{queue_id}")
    owner = await (await pages.owner()).get(f"/mails/{queue_id}")
    await pages.post(other, f"/mails/{queue_id}/approval", **fields)

    assert "あなたは承認しました" in words_of(first)
    assert f"/mails/{queue_id}" not in (await manager.get("/approvals")).text
    assert [State.HELD] == between
    assert "承認しました" in words_of(second)
    assert "mori@" in words_of(second)
    assert "ono@ office.example.jp (指定された承認者)" in words_of(owner)
    assert "mori@ office.example.jp (指定された承認者)" not in words_of(owner)
    assert [State.CLEARED] == await pages.node.states(queue_id)


async def test_no_needs_a_reason_and_the_sender_reads_it(
    web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop
) -> None:
    """Who does not approve says why; the sender reads it with what can be done, and it stands on no other list."""
    pages = await approving(web_office, make_node, hop, USUAL)
    queue_id = await pages.node.held(A)
    manager = await as_approver(pages, MANAGER)
    bare = await pages.post(manager, f"/mails/{queue_id}/approval", said="no", judgement="1")
    await pages.post(manager, f"/mails/{queue_id}/approval", said="no", judgement="1", note="添付を<b>確かめて</b>")
    owner = await (await pages.owner()).get(f"/mails/{queue_id}")
    officer = await (await as_approver(pages, OFFICER)).get("/approvals")
    colleague = await as_approver(pages, OFFICER)
    seen = await colleague.get(f"/mails/{queue_id}")

    assert 422 == bare.status_code
    assert text("ja", "queue.headline.refused") in words_of(owner)
    assert text("ja", "queue.headline.approval") not in words_of(owner)
    assert text("ja", "queue.page.why_not.approver") not in words_of(owner)
    # A yes beside the no would be refused, so nobody else is asked for one.
    assert text("ja", "hold.not_approved.refused.others") in words_of(seen)
    assert f"/mails/{queue_id}/approval" not in seen.text
    assert 'href="#note"' in bare.text
    assert "承認されませんでした" in words_of(owner)
    assert "添付を&lt;b&gt;確かめて" in owner.text
    assert f"/mails/{queue_id}" not in officer.text


async def test_refused_mail_left_to_its_end_says_that_it_was_not_approved(
    web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop
) -> None:
    """Days later my mail's page still says that somebody said no, and why; and a program hears the same."""
    pages = await approving(web_office, make_node, hop, USUAL)
    queue_id = await pages.node.held(A)
    manager = await as_approver(pages, MANAGER)
    await pages.post(manager, f"/mails/{queue_id}/approval", said="no", judgement="1", note="添付が違います")
    pages.node.clock.advance(HOUR + 60)
    await pages.node.look()
    words = words_of(await (await pages.owner()).get(f"/mails/{queue_id}"))
    async with await program_of(web_office, SENDER) as program:
        told = (await program.get(f"/mails/{queue_id}")).json()

    assert "承認されなかったため、送らずに終わりました" in words
    assert "添付が違います" in words
    assert "refused" == told["not_approved"]


async def test_deputy_approves_while_named(
    web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """I name a deputy for some days: they find my mails to approve, with my name, and not after the last day."""
    pages = await approving(web_office, make_node, hop, Approval((ApproverKind.MANAGER,)))
    queue_id = await pages.node.held(A)
    manager, deputy = await as_approver(pages, MANAGER), await as_approver(pages, DEPUTY)
    before = await deputy.get("/approvals")
    today = clock.now().date().isoformat()
    named = await pages.post(manager, "/deputies", deputy=DEPUTY, begins=today, ends=today)
    during = await deputy.get("/approvals")
    clock.advance(2 * 24 * HOUR)
    after = await (await as_approver(pages, DEPUTY)).get("/approvals")

    assert queue_id not in before.text
    assert "代理を決めました" in words_of(named)
    assert DEPUTY.partition("@")[0] in words_of(named)
    assert queue_id in during.text
    assert "mori@office.example.jp の代理" in words_of(during)
    assert queue_id not in after.text


WRONG_DEPUTIES = [
    pytest.param({"deputy": ""}, "deputy", id="nobody"),
    pytest.param({"deputy": "x@elsewhere.example.org"}, "deputy", id="outside"),
    pytest.param({"deputy": MANAGER}, "deputy", id="themselves"),
    pytest.param({"begins": "tomorrow"}, "begins", id="no day"),
    pytest.param({"ends": "2020-01-01"}, "ends", id="over"),
    pytest.param({"ends": "2199-01-01"}, "ends", id="too long"),
]


@pytest.mark.parametrize(("fields", "field"), WRONG_DEPUTIES)
async def test_deputy_that_cannot_be_says_why(pages: MailPages, fields: dict[str, str], field: str) -> None:
    """What I typed stands there again, with what is wrong at its field."""
    client = await pages.office.signed_in(MANAGER)
    today = pages.office.clock.now().date().isoformat()
    answer = await pages.post(client, "/deputies", **{"deputy": DEPUTY, "begins": today, "ends": today, **fields})

    assert 422 == answer.status_code
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}-mistake"' in answer.text


async def test_deputies_of_others_are_for_who_manages_people(pages: MailPages) -> None:
    """I end what I named; others' deputies are there only for who manages people."""
    await staff(pages)
    mine, officer = await pages.office.signed_in(MANAGER), await as_approver(pages, OFFICER)
    stranger = await as_approver(pages, OTHER)
    today = pages.office.clock.now().date().isoformat()
    fields = {"person": MANAGER, "deputy": DEPUTY, "begins": today, "ends": today}
    refused = await stranger.post("/deputies", data=fields)
    await pages.post(officer, "/deputies", **fields)
    shown = await mine.get("/deputies")
    begin = shown.text.split('name="from" value="')[1].split('"')[0]
    removed = await pages.post(mine, "/deputies/remove", deputy=DEPUTY, **{"from": begin.replace("&#43;", "+")})
    odd = await mine.post("/deputies/remove", data={"deputy": DEPUTY, "from": "now"})

    assert (404, 404) == (refused.status_code, (await stranger.get(f"/deputies?person={MANAGER}")).status_code)
    assert "代理をやめました" in words_of(removed)
    assert "代理は決まっていません" in words_of(removed)
    assert 404 == odd.status_code


async def test_nobody_who_can_approve_is_told_to_the_sender(
    web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop
) -> None:
    """Where nobody can approve my mail I read which of the causes it is."""
    approvals = {
        "no_manager": Approval((ApproverKind.MANAGER,)),
        "no_approver": Approval((ApproverKind.NAMED,), ("gone@office.example.jp",)),
    }
    told = {}
    for name, approval in approvals.items():
        node = make_node(NOWHERE, judge=needing(Needs.APPROVER, replace(approval)))
        queue_id: QueueId = await node.held(A)
        client = await web_office.signed_in(SENDER)
        told[name] = words_of(await client.get(f"/mails/{queue_id}"))

    assert "上司が登録されていない" in told["no_manager"]
    assert "承認" in told["no_approver"]
