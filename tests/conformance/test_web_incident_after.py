"""The pages about what comes after the first response: evidence, look-back, lessons, reports, drills."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailguard import audit, hold
from mailguard.accounts.factors import Factor
from mailguard.i18n import CATALOGUES
from mailguard.incidents.bundle_check import checked
from mailguard.incidents.drills import SITUATIONS
from mailguard.incidents.rule_proposals import written_rule
from mailguard.judging.examples import try_examples
from mailguard.model.audit import AuditAction, AuditEvent
from mailguard.model.documents import BLANK, DocumentKind
from mailguard.model.queue import State
from mailguard.policy.directory import Directory
from mailguard.policy.loading import load_policy
from mailguard.policy.shipped import shipped_folder
from mailguard.web.incident_tabs import TABS
from tests.conformance import test_web_incident_documents as letters
from tests.conformance.hold_parts import SATO, SENDER, A, B, MakeNode, Node
from tests.conformance.mail_pages import words_of
from tests.conformance.test_incidents import HEAD, OFFICER, name_officers
from tests.conformance.web_office import WebOffice
from tests.fakes.clock import START, StandingClock
from tests.fakes.next_hop import ScriptedNextHop

TWO = (Factor.MAILBOX, Factor.TOTP)
JA = CATALOGUES["ja"]


@pytest.fixture
async def node(web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop) -> Node:
    """A node beside the pages, and officers."""
    await name_officers(web_office.parts.store)
    made: Node = make_node(hop.port)
    return made


async def reported(office: WebOffice, queue_id: str) -> str:
    """A mail is sent, and its sender says on its page that it was a mistake; the incident's number."""
    parts = office.parts
    await parts.store.write(hold.release(parts.spool, queue_id, SATO, ""))
    async with await office.signed_in(SENDER) as client:
        await client.post(f"/mails/{queue_id}/mistake")
    return (await parts.store.read(lambda reader: parts.incidents.of_mail(reader, queue_id)))[0].incident_id


async def test_evidence_leaves_by_a_security_officer_with_a_purpose(
    web_office: WebOffice, node: Node, tmp_path: Path
) -> None:
    """A department's officer sees what is kept; only the security officer takes it out, and says what for."""
    incident_id = await reported(web_office, await node.held(A))
    path = f"/incidents/{incident_id}/evidence"
    async with await web_office.signed_in(HEAD, TWO) as client:
        page = await client.get(path)
        refused = await client.post(f"{path}/export", data={"purpose": "x"})
        compared = await client.post(f"{path}/check")
        same = words_of(await client.get(path))
    async with await web_office.signed_in(OFFICER, TWO) as client:
        empty = await client.post(f"{path}/export", data={"purpose": " "})
        file = await client.post(f"{path}/export", data={"purpose": "弁護士に相談"})
        after = await client.get(path)
    (tmp_path / "bundle.zip").write_bytes(file.content)
    report = checked(tmp_path / "bundle.zip")

    assert (200, 403, 303, 422, 200) == (
        page.status_code, refused.status_code, compared.status_code, empty.status_code, file.status_code,
    )  # fmt: skip
    assert 'name="purpose"' not in page.text
    assert JA["incidents.evidence.check.same"].format(count=2) in same
    assert ((), incident_id) == (report.faults, report.manifest["incident"])
    assert report.digest in after.text


async def test_officer_adds_mails_with_the_same_fault(web_office: WebOffice, node: Node) -> None:
    """The page shows why each is a candidate; a number from another page is read, too; nonsense is said."""
    first, second, third = await node.held(A), await node.held(A), await node.held(B)
    incident_id = await reported(web_office, first)
    path = f"/incidents/{incident_id}/look-back"
    async with await web_office.signed_in(HEAD, TWO) as client:
        page = await client.get(path)
        wrong = [
            (await client.post(path, data=form)).status_code
            for form in ({}, {"numbers": "x"}, {"numbers": "0" * 16}, {"mail": "nothing"})
        ]
        added = await client.post(path, data={"mail": second, "numbers": f"https://mail.example.jp/mails/{third}"})
        after = await client.get(path)
    parts = web_office.parts
    incident = await parts.store.read(lambda reader: parts.incidents.incident(reader, incident_id))

    assert second in page.text
    assert JA["incidents.look_back.why.address"] in page.text
    assert ([422] * 4, 303) == (wrong, added.status_code)
    assert (first, second, third) == incident.queue_ids
    assert [State.CANCELLED] * 2 == [*await node.states(second), *await node.states(third)]
    assert f'value="{second}"' not in after.text


async def test_incident_is_closed_with_a_lesson_alone(web_office: WebOffice, node: Node) -> None:
    """Closing without one is refused in words; a rule, a training, or a reason for none is enough."""
    incident_id = await reported(web_office, await node.held(A))
    path = f"/incidents/{incident_id}"
    closing = {"phase": "closed", "change_note": "done", "leaves_open": "1"}
    async with await web_office.signed_in(OFFICER, TWO) as client:
        refused = await client.post(f"{path}/change", data=closing)
        wrong = [
            (await client.post(f"{path}/prevention", data=form)).status_code
            for form in ({"note": "x"}, {"lesson": "none", "note": " "}, {"lesson": "luck", "note": "x"})
        ]
        noted = await client.post(f"{path}/prevention", data={"lesson": "none", "note": "訓練だったので"})
        page = words_of(await client.get(f"{path}/prevention"))
        closed = await client.post(f"{path}/change", data=closing)

    assert 422 == refused.status_code
    assert JA["incidents.prevention.mistake.closing"] in words_of(refused)
    assert ([422] * 3, 303, 303) == (wrong, noted.status_code, closed.status_code)
    assert "訓練だったので" in page


async def test_rule_is_proposed_from_the_mail_and_tried_out(web_office: WebOffice, node: Node) -> None:
    """Two firms that saw each other are fewer than the rule minds: it is proposed to mind two, and the trial begins."""
    to = ("ando@one.example.com", "baba@two.example.com")
    head = f"From: {SENDER}\r\nTo: {', '.join(to)}\r\nSubject: x\r\n\r\nhello\r\n"
    queue_id = await node.held(*to, wire=head.encode())
    await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    await node.look()
    incident_id = await reported(web_office, queue_id)
    path = f"/incidents/{incident_id}/prevention"
    async with await web_office.signed_in(HEAD, TWO) as client:
        read_only = await client.get(path)
        refused = await client.post(f"{path}/draft", data={"rule": "outsiders-see-each-other"})
    async with await web_office.signed_in(OFFICER, TWO) as client:
        page = await client.get(path)
        drafted = await client.post(f"{path}/draft", data={"rule": "outsiders-see-each-other"})
        trial = words_of(await client.get("/rules/trial"))
    draft = web_office.parts.drafts.of(OFFICER)
    await web_office.dry_runs.close()

    assert (404, 303, "/rules/trial") == (refused.status_code, drafted.status_code, drafted.headers["location"])
    assert "outsiders-see-each-other" not in read_only.text.partition("<select")[0]
    assert draft is not None
    assert {"any.0.visible_groups.least": "2", "any.1.visible_private.least": "3"}.items() >= dict(
        draft.rules["outsiders-see-each-other"].figures
    ).items()
    assert "社外の方どうしにアドレスが見える" in trial
    assert "incident-2026-0001" in page.text


async def test_proposed_rule_leaves_out_a_recipient_who_was_meant(web_office: WebOffice, node: Node) -> None:
    """Who was to get the mail is no wrong address; a rule that stops them would bother us for every mail to them."""
    right, wrong = "ando@one.example.com", "baba@two.example.com"
    queue_id = await node.held(right, wrong)
    await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    await node.look()
    path = f"/incidents/{await reported(web_office, queue_id)}"
    async with await web_office.signed_in(OFFICER, TWO) as client:
        before = await client.get(f"{path}/prevention")
        said = {"wrong": f"{queue_id}:1", "meant": f"{queue_id}:0", "note": "安藤様は正しい宛先"}
        corrected = await client.post(f"{path}/scope/wrong", data=said)
        after = await client.get(f"{path}/prevention")

    assert 303 == corrected.status_code, words_of(corrected)
    assert right in before.text.partition('<pre class="scrolls"')[2].partition("</pre>")[0]
    rule = after.text.partition('<pre class="scrolls"')[2].partition("</pre>")[0]
    # Officers read what it does in a sentence; the file is for the administrator.
    assert JA["incidents.prevention.own.sentence"] in words_of(after)
    assert (False, True) == (right in rule, wrong in rule)


async def test_rule_that_is_written_for_the_office_is_a_rule(tmp_path: Path) -> None:
    """What the page writes for the folder of rules is taken up as it is, and its own examples come out right."""
    written = written_rule("incident-2026-0001", [A], {"ja": "確かめてください。", "en": "Please check."})
    shutil.copytree(shipped_folder(), tmp_path / "policies")
    (tmp_path / "policies" / "own.yaml").write_text(f"include: [standard]\n{written}")
    loaded = load_policy(tmp_path / "policies", "own", Directory(), 5.0, START.date())
    tried = [one for one in try_examples(loaded.rules) if one.rule == "incident-2026-0001"]

    assert ["", ""] == [one.problem for one in tried]


async def record_of_looks(office: WebOffice) -> list[AuditEvent]:
    """Who looked at names in the report."""
    events = await office.parts.store.read(lambda reader: [one for _, _, one in audit.all_events(reader)])
    return [one for one in events if one.action is AuditAction.INCIDENT_SEEN and one.details.get("what") == "report"]


async def test_report_is_for_who_looks_after_the_whole_office(web_office: WebOffice, node: Node) -> None:
    """Charts have words, nobody is named, and a department's officer does not see the others'."""
    await reported(web_office, await node.held(A))
    async with await web_office.signed_in(HEAD, TWO) as client:
        refused = (await client.get("/incidents/report")).status_code
        listed = await client.get("/incidents")
    async with await web_office.signed_in(OFFICER, TWO) as client:
        pages = [
            await client.get(f"/incidents/report{query}")
            for query in ("", "?year=2026&month=1", "?year=x&month=y", "?year=2026&month=13", "?year=0000")
        ]
        file = await client.get("/incidents/report.csv", headers={"accept-language": "en"})
        seen_before = await record_of_looks(web_office)
        named = await client.post("/incidents/report/names", data={"year": "2026", "month": ""})
        saved = await client.post("/incidents/report/names", data={"year": "2026", "month": "", "as": "csv"})

    assert (404, False) == (refused, "/incidents/report" in listed.text)
    assert [200, 200, 200, 404, 404] == [one.status_code for one in pages]
    assert 'role="img" aria-label=' in pages[0].text
    # Senders are named only behind a record of who looked.
    assert SENDER not in pages[0].text + file.text
    assert (0, 2) == (len(seen_before), len(await record_of_looks(web_office)))
    assert (200, 200) == (named.status_code, saved.status_code)
    assert "-names.csv" in saved.headers["content-disposition"]
    assert CATALOGUES["en"]["incidents.report.accident"] in file.text


@pytest.mark.parametrize("situation", [one.name for one in SITUATIONS])
async def test_drill_shows_a_made_up_accident_and_says_on_every_page_that_it_is_one(
    web_office: WebOffice, node: Node, situation: str
) -> None:
    """The same pages with invented people; nothing in the tables of mail changes, and every page says drill."""
    async with await web_office.signed_in(OFFICER, TWO) as client:
        begun = await client.post("/incidents/drill", data={"situation": situation})
        path = begun.headers["location"]
        pages = [await client.get(f"{path}{tab.path}") for tab in TABS]
        noted = await client.post(f"{path}/note", data={"note": "電話した"})
        listed = await client.get("/incidents/report")
    whole = words_of(pages[0])

    assert (303, 303) == (begun.status_code, noted.status_code)
    assert [200] * len(TABS) == [one.status_code for one in pages]
    assert all(JA["incidents.drill.banner"] in words_of(one) for one in pages)
    assert JA[f"incidents.drill.{situation}.subject"] in whole
    assert JA["incidents.fate.received"] in whole
    assert [] == [
        one for one in await node.accepted_ids() if (await node.mail(one)).submission.session.listener == "drill"
    ]
    assert path.rpartition("/")[2] in listed.text


@pytest.mark.parametrize("situation", [one.name for one in SITUATIONS])
async def test_drill_is_played_through_to_the_last_answer_and_nothing_leaves(
    web_office: WebOffice, node: Node, situation: str
) -> None:
    """The letters are written and released as for the real thing and stay here; answers are written down; it can be
    played to its end.
    """
    async with await web_office.signed_in(OFFICER, TWO) as client:
        path = (await client.post("/incidents/drill", data={"situation": situation})).headers["location"]
        desk = letters.Desk(client, path.rpartition("/")[2])
        page = await desk.open("deletion_request")
        filled = {name: words.replace(BLANK["ja"], "総務課") for name, words in letters.fields_of(page).items()}
        saved = await desk.send("deletion_request", **filled, act="save")
        to = letters.ticks_of(await desk.open("deletion_request"))
        released = await desk.release("deletion_request", to)
        asked = words_of(await client.get(f"{path}/deletion"))
        answers = [
            await client.post(
                f"{path}/deletion/answer", data={"who": one, "answer": "deleted_unopened", "note": "電話で確認"}
            )
            for one in to
        ]
        after = words_of(await client.get(f"{path}/deletion"))
        nobody = await client.post(
            f"{path}/deletion/answer", data={"who": "-99", "answer": "deleted_unopened", "note": "x"}
        )
    parts = web_office.parts
    sent = await parts.store.read(
        lambda reader: parts.documents.sent(reader, path.rpartition("/")[2], DocumentKind.DELETION_REQUEST)
    )

    assert (200, 303, 303) == (page.status_code, saved.status_code, released.status_code), released.text
    assert len(to) == len(sent) > 0
    assert [None] * len(sent) == [one.queue_id for one in sent]
    assert all("/answer/…" in "".join(part.text for part in one.body.sections) for one in sent)
    assert JA["incidents.deletion.asked.drill"] in asked
    assert {303} == {one.status_code for one in answers}
    assert JA["incidents.deletion.all_unread"] in after
    assert 422 == nobody.status_code
    assert [] == await node.accepted_ids()


async def test_drill_beside_a_real_mail_leaves_it_alone(web_office: WebOffice, node: Node) -> None:
    """The mail waits as before; without a choice, and with a number that is none, the form is shown again."""
    queue_id = await node.held(A)
    async with await web_office.signed_in(HEAD, TWO) as client:
        wrong = [(await client.post("/incidents/drill", data=form)).status_code for form in ({}, {"mail": "0" * 16})]
        begun = await client.post("/incidents/drill", data={"situation": "", "mail": queue_id})
        page = words_of(await client.get(begun.headers["location"]))

    assert ([422, 422], 303) == (wrong, begun.status_code)
    assert [State.HELD] == await node.states(queue_id)
    assert JA["incidents.drill.banner"] in page


async def test_officer_names_mails_and_anybody_says_since_when(
    web_office: WebOffice, node: Node, clock: StandingClock
) -> None:
    """An officer pastes a mail's page and it is stopped; a clerk's own word for the time counts; a time to come not."""
    clock.advance(86400)
    known = clock.now().astimezone(ZoneInfo("Asia/Tokyo")) - timedelta(hours=5)
    queue_id, other = await node.held(A), await node.held(B)
    async with await web_office.signed_in(HEAD, TWO) as client:
        opened = await client.post(
            "/incidents/open", data={"kind": "misdirected", "mails": f"https://x/mails/{queue_id}", "severity": "x"}
        )
        unknown = await client.post("/incidents/open", data={"note": "x", "mails": "0" * 16})
        path = opened.headers["location"]
        await client.post(f"{path}/change", data={"severity": "重大"})
        long = await client.post(f"{path}/change", data={"severity": "x" * 101})
        page = words_of(await client.get(path))
    async with await web_office.signed_in(SENDER) as client:
        said = await client.post(
            "/incidents/open", data={"note": "落とした", "known_at": f"{known:%Y-%m-%dT%H:%M}", "mails": other}
        )
        ahead = await client.post("/incidents/open", data={"note": "x", "known_at": "2999-01-01T00:00"})
        form = await client.get("/incidents/open")
    parts = web_office.parts
    incident_id = said.headers["location"].rpartition("/")[2]
    incident = await parts.store.read(lambda reader: parts.incidents.incident(reader, incident_id))

    assert (303, 422, 422, 422) == (opened.status_code, unknown.status_code, long.status_code, ahead.status_code)
    assert ([State.CANCELLED], [State.HELD]) == (await node.states(queue_id), await node.states(other))
    assert "重大" in page
    assert (known.replace(second=0, microsecond=0), ()) == (incident.known_at, incident.queue_ids)
    assert 'name="mails"' not in form.text
