"""Scope and triage on the pages: figures with their sources, names behind a record, answers, clocks and the decision.

On both databases.
"""

from __future__ import annotations

import httpx2
import pytest

from mailguard import hold
from mailguard.i18n import CATALOGUES
from mailguard.incidents.deciding import decision_of
from mailguard.incidents.triage import UNKNOWN
from mailguard.model.audit import AuditAction
from mailguard.model.incident import Entry, EntryKind
from tests.conformance.hold_parts import SATO, SENDER, A, B, C, MakeNode, Node
from tests.conformance.mail_pages import words_of
from tests.conformance.test_web_incidents import ADMINISTRATOR, CISO, HEAD, TWO, half_sent, name_people, reported
from tests.conformance.web_office import WebOffice
from tests.fakes.next_hop import ScriptedNextHop

JA = CATALOGUES["ja"]


@pytest.fixture
async def node(web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop) -> Node:
    """A node beside the pages, and people with roles."""
    await name_people(web_office)
    made: Node = make_node(hop.port)
    return made


LIST = (
    "From: tanoue@office.example.jp\r\nTo: ando@customer.example.com\r\nSubject: list\r\n"
    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    "氏名,会員番号,生年月日,住所\r\n"
    "山田 太郎,12-345678,1990年1月1日,東京都千代田区霞が関1-1-1\r\n"
    "山田 太郎,12-345679,1985年2月1日,東京都千代田区霞が関1-1-2\r\n"
    "鈴木 花子,12-345680,1970年2月1日,東京都千代田区霞が関1-1-3\r\n"
).encode()


async def sent_list(node: Node, hop: ScriptedNextHop) -> str:
    """A list of people that two outsiders got."""
    queue_id = await node.held(A, B, wire=LIST)
    await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    await node.look()
    return queue_id


async def entries(office: WebOffice, incident_id: str, kind: EntryKind) -> list[Entry]:
    """Entries of a kind."""
    parts = office.parts
    found = await parts.store.read(lambda reader: parts.incidents.entries(reader, incident_id))
    return [one for one in found if one.kind is kind]


async def test_people_are_counted_once_and_named_only_behind_a_record(
    web_office: WebOffice,
    node: Node,
    hop: ScriptedNextHop,
) -> None:
    """Two of one name are two people; their names are masked until somebody who may see them has that put on record."""
    incident_id = await reported(web_office, await sent_list(node, hop))
    path = f"/incidents/{incident_id}/scope"
    async with await web_office.signed_in(HEAD, TWO) as client:
        before = words_of(await client.get(path))
        counted = await client.post(f"{path}/count")
        masked = await client.get(path)
        shown = await client.post(f"{path}/names")
        named = await client.get(shown.headers["location"].partition("#")[0])
    async with await web_office.signed_in(CISO, TWO) as client:
        others_word = await client.get(shown.headers["location"].partition("#")[0])

    assert JA["incidents.scope.count"] in before
    assert JA["incidents.scope.source.record"] in before
    assert 303 == counted.status_code
    assert JA["incidents.scope.persons.count"].format(count=3) in words_of(masked)
    assert JA["incidents.scope.source.looked"] in words_of(masked)
    assert "山***" in masked.text
    assert "太郎" not in masked.text + others_word.text
    assert 2 == named.text.count("山田")
    looks = [one for one in await node.everything() if one.action is AuditAction.INCIDENT_SEEN]
    assert [(HEAD, "people")] == [(one.actor.name, one.details["what"]) for one in looks]


async def test_correction_stands_with_its_reason_and_only_who_decides_corrects(
    web_office: WebOffice,
    node: Node,
    hop: ScriptedNextHop,
) -> None:
    """A figure that is wrong is corrected with a reason, and can be given back to the record."""
    incident_id = await reported(web_office, await half_sent(node, hop))
    path = f"/incidents/{incident_id}/scope"
    async with await web_office.signed_in(HEAD, TWO) as client:
        refused = await client.post(f"{path}/correct", data={"what": "persons", "value": "7", "reason": "x"})
    async with await web_office.signed_in(CISO, TWO) as client:
        missing = await client.post(f"{path}/correct", data={"what": "persons", "value": "7"})
        words = await client.post(f"{path}/correct", data={"what": "persons", "value": "many", "reason": "x"})
        odd = await client.post(f"{path}/correct", data={"what": "phone", "value": "7", "reason": "x"})
        done = await client.post(f"{path}/correct", data={"what": "persons", "value": "1001", "reason": "名簿で確認"})
        page = words_of(await client.get(path))
        law = words_of(await client.get(f"/incidents/{incident_id}/triage"))
        undone = await client.post(f"{path}/correct", data={"what": "persons", "undo": "1", "reason": "数え直した"})
        after = words_of(await client.get(path))

    assert (403, 422, 422, 403, 303, 303) == tuple(
        one.status_code for one in (refused, missing, words, odd, done, undone)
    )
    assert "1,001名" in page
    assert "名簿で確認" in page
    assert JA["law.outcome.likely"] in law
    assert "1,001名" not in after


async def test_recipients_who_were_meant_to_get_it_are_no_leak(
    web_office: WebOffice,
    node: Node,
    hop: ScriptedNextHop,
) -> None:
    """An officer ticks that the one who got it was the right one: nothing leaked."""
    queue_id = await half_sent(node, hop)
    incident_id = await reported(web_office, queue_id)
    parts = web_office.parts
    async with await web_office.signed_in(HEAD, TWO) as client:
        done = await client.post(f"/incidents/{incident_id}/scope/wrong", data={"meant": f"{queue_id}:0"})
        law = words_of(await client.get(f"/incidents/{incident_id}/triage"))
        page = await client.get(f"/incidents/{incident_id}/scope")
    found = await parts.store.read(lambda reader: parts.incidents.entries(reader, incident_id))

    assert 303 == done.status_code
    assert [[queue_id, 1]] == next(one for one in found if one.kind is EntryKind.CORRECTED).details["wrong"]
    assert JA["law.because.nobody"] in law
    assert 1 == page.text.count("checked>")


async def test_one_wrong_recipient_among_many_is_marked_with_one_tick(
    web_office: WebOffice, node: Node, hop: ScriptedNextHop
) -> None:
    """Of a mail to many who were meant to get it one was wrong: the officer ticks that one, and not all the others."""
    queue_id = await node.held(A, B, C)
    await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    await node.look()
    incident_id = await reported(web_office, queue_id)
    path = f"/incidents/{incident_id}/scope"
    async with await web_office.signed_in(HEAD, TWO) as client:
        plain = (await client.get(path)).text
        turned = (await client.get(f"{path}?pick=wrong")).text
        nobody = await client.post(f"{path}/wrong", data={"pick": "wrong"})
        done = await client.post(f"{path}/wrong", data={"pick": "wrong", "wrong": f"{queue_id}:1"})
        after = (await client.get(f"{path}?pick=wrong")).text

    assert f'href="{path}?pick=wrong' in plain
    assert (0, 3) == (turned.count('name="meant"'), turned.count('name="wrong"'))
    assert 0 == turned.count(" checked>")
    assert [422, 303] == [nobody.status_code, done.status_code]
    assert JA["incidents.scope.mistake.wrong"] in words_of(nobody)
    assert f'value="{queue_id}:1" checked>' in after
    (marked,) = await entries(web_office, incident_id, EntryKind.CORRECTED)
    assert [[queue_id, 1]] == marked.details["wrong"]


async def test_answers_move_the_clocks_and_an_officer_decides_and_signs(
    web_office: WebOffice,
    node: Node,
    hop: ScriptedNextHop,
) -> None:
    """An illness is in it after all: the times run and the page says so; the security officer decides."""
    incident_id = await reported(web_office, await half_sent(node, hop))
    path = f"/incidents/{incident_id}/triage"
    async with await web_office.signed_in(HEAD, TWO) as client:
        before = words_of(await client.get(path))
        answered = await client.post(path, data={"special_care": "yes", "delegated": UNKNOWN, "left": "not_left"})
        after = words_of(await client.get(path))
        odd = await client.post(path, data={"special_care": "perhaps"})
        refused = await client.post(f"{path}/decide", data={"report": "no", "why": "x", "seen": "1"})
        steps = words_of(await client.get(f"/incidents/{incident_id}/steps"))
    async with await web_office.signed_in(CISO, TWO) as client:
        why = await client.post(f"{path}/decide", data={"report": "no", "seen": "1"})
        stale = await client.post(f"{path}/decide", data={"report": "yes", "seen": "1"})
        revision = (
            await node.store.read(lambda reader: web_office.parts.incidents.incident(reader, incident_id))
        ).revision
        decided = await client.post(
            f"{path}/decide", data={"report": "yes", "why": "健診の結果", "seen": str(revision)}
        )
        page = words_of(await client.get(path))
    answers, said = (
        await entries(web_office, incident_id, EntryKind.ANSWERED),
        await entries(web_office, incident_id, EntryKind.DECIDED),
    )

    assert JA["law.outcome.unlikely"] in before
    assert JA["law.help"] in before
    assert JA["law.outcome.likely"] in after
    assert JA["incidents.triage.moved"].format(count=2) in after
    assert (303, 403, 403, 422, 422, 303) == tuple(
        one.status_code for one in (answered, odd, refused, why, stale, decided)
    )
    assert [{"delegated": UNKNOWN, "special_care": "yes"}] == [one.details["answers"] for one in answers]
    assert ["appi.r7.1"] == said[0].details["rules"]
    assert (CISO, "健診の結果") == (said[0].actor.name, said[0].note)
    decision = decision_of(said)
    assert decision is not None
    assert decision.kept[0].source in page
    assert JA["incidents.triage.decision.yes"] in page
    assert "報告" in steps


async def test_accident_outside_mail_is_asked_about(web_office: WebOffice, node: Node) -> None:
    """A lost memory stick has no record: every question is open, and its figures are typed in."""
    async with await web_office.signed_in(SENDER) as client:
        opened = await client.post("/incidents/open", data={"kind": "loss", "note": "電車に忘れた"})
    path = opened.headers["location"]
    async with await web_office.signed_in(CISO, TWO) as client:
        pages: list[httpx2.Response] = [await client.get(f"{path}/{one}") for one in ("scope", "triage")]
        nothing = await client.post(f"{path}/scope/count")
        kind = await client.post(
            f"{path}/scope/correct", data={"what": "kind:my_number", "value": "2", "reason": "台帳で確認"}
        )
        after = words_of(await client.get(f"{path}/triage"))

    assert [200, 200] == [one.status_code for one in pages]
    assert JA["incidents.triage.ask.left"] in words_of(pages[1])
    assert (303, 303) == (nothing.status_code, kind.status_code)
    assert JA["law.outcome.likely"] in after
    assert JA["incidents.triage.known.my_number.found"].format(count=2) in after


@pytest.mark.parametrize("path", ["scope", "triage"])
async def test_pages_are_not_there_for_who_runs_the_system(
    web_office: WebOffice,
    node: Node,
    hop: ScriptedNextHop,
    path: str,
) -> None:
    """Nobody without the case learns what it is about."""
    incident_id = await reported(web_office, await half_sent(node, hop))
    async with await web_office.signed_in(ADMINISTRATOR, TWO) as client:
        asked = [
            await client.get(f"/incidents/{incident_id}/{path}"),
            await client.post(f"/incidents/{incident_id}/{path}"),
            await client.post(f"/incidents/{incident_id}/scope/names"),
        ]

    assert {404, 405} >= {one.status_code for one in asked}
