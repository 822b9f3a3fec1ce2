"""Pages of incidents: what the sender reads, what officers see and do, and who sees nothing. On both databases."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx2
import pytest

from mailguard import hold
from mailguard.accounts import people_administration as administration
from mailguard.accounts.factors import Factor
from mailguard.accounts.people_administration import Particulars
from mailguard.i18n import CATALOGUES
from mailguard.incidents.opening import ACTOR, Opening
from mailguard.model.people import Role
from mailguard.model.queue import State
from tests.conformance.hold_parts import OFFICE, SATO, SENDER, A, B, MakeNode, Node
from tests.conformance.mail_pages import words_of
from tests.conformance.web_office import WebOffice
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop, Stage, say

TWO = (Factor.MAILBOX, Factor.TOTP)
CISO, HEAD, OTHER_HEAD = "ciso@office.example.jp", "kacho@office.example.jp", "eigyo@office.example.jp"
ADMINISTRATOR, COLLEAGUE = "kanri@office.example.jp", "ito@office.example.jp"
JA = CATALOGUES["ja"]


async def name_people(office: WebOffice) -> None:
    """A sender, a security officer, the officers of two departments, and who runs the system."""
    store = office.parts.store
    people = ((SENDER, "総務"), (CISO, ""), (HEAD, "総務"), (OTHER_HEAD, "営業"), (ADMINISTRATOR, ""))
    for address, department in people:
        name = "安全 花子" if address == CISO else ""
        await store.write(administration.put_person(OFFICE, address, Particulars(name, department, ""), SATO))
    for address, role, department in (
        (CISO, Role.SECURITY_OFFICER, ""),
        (HEAD, Role.DEPARTMENT_OFFICER, "総務"),
        (OTHER_HEAD, Role.DEPARTMENT_OFFICER, "営業"),
        (ADMINISTRATOR, Role.ADMINISTRATOR, ""),
    ):
        await store.write(administration.grant_role(OFFICE, address, role, department, SATO))


@pytest.fixture
async def node(web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop) -> Node:
    """A node beside the pages, and people with roles."""
    await name_people(web_office)
    made: Node = make_node(hop.port)
    return made


async def half_sent(node: Node, hop: ScriptedNextHop) -> str:
    """A mail that one has got and another has not."""
    hop.on(Stage.RCPT, say("451 4.7.1 Greylisted"), matching=B)
    queue_id = await node.held(A, B)
    await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    await node.look()
    return queue_id


async def reported(office: WebOffice, queue_id: str) -> str:
    """A mail is sent, and its sender says on its page that it was a mistake; the incident's number."""
    await office.parts.store.write(hold.release(office.parts.spool, queue_id, SATO, ""))
    async with await office.signed_in(SENDER) as client:
        answer = await client.post(f"/mails/{queue_id}/mistake")
        assert (303, f"/incidents/from/{queue_id}") == (answer.status_code, answer.headers["location"])
    parts = office.parts
    return (await parts.store.read(lambda reader: parts.incidents.of_mail(reader, queue_id)))[0].incident_id


async def test_sender_reads_what_was_stopped_what_was_not_and_what_to_do(
    web_office: WebOffice, node: Node, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """Weeks after it was sent: one was stopped, one has it and can read it, and whom to speak to."""
    queue_id = await half_sent(node, hop)
    incident_id = await reported(web_office, queue_id)
    clock.advance(timedelta(days=14).total_seconds())
    async with await web_office.signed_in(SENDER) as client:
        words = words_of(await client.get(f"/incidents/from/{queue_id}"))
        short = await client.get(f"/incidents/{incident_id}")

    assert [State.DELIVERED, State.CANCELLED] == await node.states(queue_id)
    for key in ("stopped.some", "gone.some"):
        assert JA[f"incidents.result.{key}"].format(count=1) in words
    assert A in words.replace(" ", "")
    assert B not in words.replace(" ", "")
    assert "安全 花子" in words
    assert JA["incidents.result.now.call"] in words
    assert (200, False) == (short.status_code, JA["incidents.page.timeline"] in short.text)


async def test_officer_sees_facts_law_and_timeline_and_works_on_it(
    web_office: WebOffice, node: Node, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """Facts stand there without anybody having typed them; each step an officer takes is added."""
    queue_id = await half_sent(node, hop)
    incident_id = await reported(web_office, queue_id)
    path = f"/incidents/{incident_id}"
    async with await web_office.signed_in(CISO, TWO) as client:
        listed = words_of(await client.get("/incidents"))
        before = words_of(await client.get(path))
        answers = [
            await client.post(f"{path}/note", data={"note": "電話で削除をお願いした"}),
            await client.post(
                f"{path}/change", data={"kind": "misdirected", "cause": "wrong_recipient", "phase": "report"}
            ),
            await client.post(f"{path}/known-at", data={"known_at": "2026-01-05T09:30", "reason": "先方から電話"}),
            await client.post(f"{path}/prevention", data={"lesson": "training", "note": "宛先の見方を話した"}),
            await client.post(f"{path}/change", data={"phase": "closed", "change_note": "研修をした"}),
            await client.post(
                f"{path}/change", data={"phase": "closed", "change_note": "研修をした", "leaves_open": "1"}
            ),
        ]
        after = words_of(await client.get(path))

    assert incident_id in listed
    assert JA["incidents.fate.received"] in before
    assert JA["incidents.fate.stopped"] in before
    assert JA["law.help"] in before
    # Before it is closed, officers read what nobody has done, and say that they know.
    assert [303] * 4 + [422, 303] == [one.status_code for one in answers], [one.text for one in answers]
    left = re.search(r"まだ済んでいないこと (\d+)件", words_of(answers[4]))
    assert left is not None
    assert JA["incidents.closing.answers"].format(count=1) in words_of(answers[4])
    assert JA["incidents.closing.left"].format(count=left[1]) in after
    assert '<option value="closed" selected>' in answers[4].text
    for word in ("電話で削除をお願いした", JA["incidents.cause.wrong_recipient"], "先方から電話", "研修をした"):
        assert word in after


async def test_officer_reads_what_happened_what_is_next_and_what_was_decided_at_the_top(
    web_office: WebOffice, node: Node, hop: ScriptedNextHop
) -> None:
    """Three lines before everything else; a decision stays there and on the timeline, and the days stay as well."""
    path = f"/incidents/{await reported(web_office, await half_sent(node, hop))}"
    async with await web_office.signed_in(CISO, TWO) as client:
        before = await client.get(path)
        page = await client.get(f"{path}/triage")
        seen = re.search(r'name="seen" value="(\d+)"', page.text)
        assert seen is not None
        decided = await client.post(
            f"{path}/triage/decide", data={"report": "yes", "seen": seen[1], "why": "念のため報告する"}
        )
        after = await client.get(path)
    top = words_of(before).partition(JA["incidents.page.facts"])[0]
    top_after = words_of(after).partition(JA["incidents.page.facts"])[0]

    assert 303 == decided.status_code
    assert JA["incidents.glance.leaked"].format(count=1) in top
    assert JA["incident.steps.next"] in top
    assert JA["incidents.glance.decide"] in top
    assert f'href="{path}/triage"' in before.text
    assert JA["incidents.triage.decision.yes"] in top_after
    assert "安全 花子" in top_after
    assert "念のため報告する" in top_after
    assert JA["incidents.glance.decide"] not in top_after
    assert JA["incidents.entry.decided.yes"] in words_of(after).partition(JA["incidents.page.timeline"])[2]


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("note", {"note": " "}),
        ("change", {"phase": "closed"}),
        ("known-at", {"known_at": "2026-01-05T09:30"}),
        ("known-at", {"known_at": "2999-01-05T09:30", "reason": "x"}),
        ("known-at", {"known_at": "yesterday", "reason": "x"}),
        ("note", {"note": "x" * 10_001}),
    ],
)
async def test_form_that_lacks_something_is_shown_again(
    web_office: WebOffice, node: Node, path: str, form: dict[str, str]
) -> None:
    """What is missing is said beside the field, and nothing was changed."""
    incident_id = await reported(web_office, await node.held(A))
    parts = web_office.parts
    before = await parts.store.read(lambda reader: parts.incidents.incident(reader, incident_id))
    async with await web_office.signed_in(CISO, TWO) as client:
        answer = await client.post(f"/incidents/{incident_id}/{path}", data=form)
    after = await parts.store.read(lambda reader: parts.incidents.incident(reader, incident_id))

    assert (422, before) == (answer.status_code, after)
    assert 'id="mistakes"' in answer.text


async def seen(office: WebOffice, address: str, path: str, factors: tuple[Factor, ...] = TWO) -> int:
    """The status of a page for somebody."""
    async with await office.signed_in(address, factors) as client:
        return (await client.get(path)).status_code


async def test_incident_is_not_there_for_anybody_else(web_office: WebOffice, node: Node) -> None:
    """A colleague, another department's officer, and who only runs the system learn not even that there is one."""
    queue_id = await node.held(A)
    incident_id = await reported(web_office, queue_id)
    path, short = f"/incidents/{incident_id}", f"/incidents/from/{queue_id}"

    assert [200, 200] == [await seen(web_office, one, path) for one in (CISO, HEAD)]
    assert [404] * 3 == [await seen(web_office, one, path) for one in (OTHER_HEAD, ADMINISTRATOR, COLLEAGUE)]
    assert [404] * 3 == [await seen(web_office, one, short) for one in (OTHER_HEAD, ADMINISTRATOR, COLLEAGUE)]
    assert 404 == await seen(web_office, CISO, path, (Factor.MAILBOX,))
    assert [404, 404] == [await seen(web_office, CISO, f"/incidents/{one}") for one in ("2026-9999", "x")]
    async with await web_office.signed_in(SENDER, TWO) as client:
        refused = [
            (await client.post(f"{path}/{one}", data={"note": "x", "reason": "x"})).status_code
            for one in ("note", "change", "known-at")
        ]
    assert [404] * 3 == refused


async def test_department_officer_does_not_close(web_office: WebOffice, node: Node) -> None:
    """Only the security officer ends a case."""
    incident_id = await reported(web_office, await node.held(A))
    async with await web_office.signed_in(HEAD, TWO) as client:
        answer = await client.post(f"/incidents/{incident_id}/change", data={"phase": "closed", "change_note": "x"})
        page = await client.get(f"/incidents/{incident_id}")

    assert 403 == answer.status_code
    assert 'value="closed"' not in page.text


async def test_accident_outside_mail_is_reported_by_anybody(web_office: WebOffice, node: Node) -> None:
    """A lost memory stick: who reports it reads what to do, officers see it, and insiders' deeds only the security
    officer."""
    async with await web_office.signed_in(SENDER) as client:
        empty = await client.post("/incidents/open", data={"kind": "loss"})
        sent = await client.post("/incidents/open", data={"kind": "loss", "note": "<b>電車</b>に忘れた"})
        inside = await client.post("/incidents/open", data={"kind": "insider", "note": "名簿を持ち出した"})
        own = await client.get(sent.headers["location"])
        home = await client.get("/mails")
    async with await web_office.signed_in(HEAD, TWO) as client:
        page: httpx2.Response = await client.get(sent.headers["location"])
        hidden = await client.get(inside.headers["location"])
        listed = await client.get("/incidents")

    assert (422, 303, 200) == (empty.status_code, sent.status_code, own.status_code)
    assert JA["incidents.result.now"] in own.text
    # It is in the menu of every page; officers have it on their page of incidents.
    assert 'href="/incidents/open"' in home.text
    assert 1 == listed.text.count('href="/incidents/open"')
    assert "&lt;b&gt;電車" in page.text
    # Before anybody knows what was on it, every rule for such an accident may apply.
    assert JA["law.help"] in words_of(page)
    assert JA["incidents.kind.loss"] in words_of(page).partition(JA["incidents.page.law"])[0]
    assert 404 == hidden.status_code
    assert inside.headers["location"] not in listed.text
    assert sent.headers["location"] in listed.text


async def test_result_is_read_in_english_too(web_office: WebOffice, node: Node) -> None:
    """The same three parts, in the reader's language."""
    queue_id = await node.held(A)
    await reported(web_office, queue_id)
    async with await web_office.signed_in(SENDER) as client:
        words = words_of(await client.get(f"/incidents/from/{queue_id}", headers={"accept-language": "en"}))

    for key in ("stopped", "gone", "now", "gone.none"):
        assert CATALOGUES["en"][f"incidents.result.{key}"] in words


async def test_sender_of_a_closed_one_reads_that_it_is_done(
    web_office: WebOffice, node: Node, hop: ScriptedNextHop
) -> None:
    """Weeks later nobody is told to call people about what was settled; only where new things are to be told."""
    queue_id = await half_sent(node, hop)
    incident_id = await reported(web_office, queue_id)
    path = f"/incidents/{incident_id}"
    async with await web_office.signed_in(CISO, TWO) as client:
        await client.post(f"{path}/prevention", data={"lesson": "training", "note": "宛先の見方を話した"})
        done = {"phase": "closed", "change_note": "済んだ", "leaves_open": "1"}
        assert 303 == (await client.post(f"{path}/change", data=done)).status_code
    async with await web_office.signed_in(SENDER) as client:
        words = words_of(await client.get(f"/incidents/from/{queue_id}"))

    assert JA["incidents.result.closed"] in words
    assert JA["incidents.result.now.call"] not in words
    assert "安全 花子" in words


async def test_sender_of_a_mail_to_many_is_not_told_to_call_them_all(web_office: WebOffice, node: Node) -> None:
    """Nobody calls three hundred people by telephone: how they are reached is settled with the officers."""
    few, many = [[f"parent{number}@home.example.com" for number in range(count)] for count in (5, 6)]
    words = []
    for people in (few, many):
        queue_id = await node.held(*people)
        await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
        await node.look()
        await reported(web_office, queue_id)
        async with await web_office.signed_in(SENDER) as client:
            words.append(words_of(await client.get(f"/incidents/from/{queue_id}")))

    keys = ("incidents.result.now.call", "incidents.result.now.call.many")
    assert [[True, False], [False, True]] == [[JA[key] in one for key in keys] for one in words]


async def test_incident_that_opened_itself_names_no_person_and_no_unknown_number(
    web_office: WebOffice, node: Node, clock: StandingClock
) -> None:
    """Nobody reported it: we did, and no made-up address stands there; its times are written as all others are."""
    queue_id = await node.held(A)
    opened = await web_office.parts.store.write(
        web_office.parts.openings.open_for_mail(queue_id, ACTOR, Opening(why={"by": "bounce"}))
    )  # fmt: skip
    path = f"/incidents/{opened.incident_id}"
    async with await web_office.signed_in(CISO, TWO) as client:
        await client.post(f"{path}/known-at", data={"known_at": "2026-11-02T09:30", "reason": "先方から電話"})
        page = words_of(await client.get(path))
        steps = words_of(await client.get(f"{path}/steps"))
        listed = words_of(await client.get("/incidents"))

    assert f"{JA['incidents.page.opened_by']} {JA['incidents.worker']}" in page
    assert "incidents@" not in page + steps
    assert "2026年11月2日(月) 18:00 から 2026年11月2日(月) 9:30 へ" in page
    assert JA["incidents.list.persons"] not in listed
