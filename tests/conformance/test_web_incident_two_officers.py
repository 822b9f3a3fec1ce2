"""Two officers at one incident at the same time: what one saved is never taken back by what the other had open.

On both databases.
"""

from __future__ import annotations

import re
from html import unescape

import httpx2
import pytest

from mailguard.i18n import CATALOGUES
from mailguard.model.incident import Cause, EntryKind, IncidentKind, Phase
from tests.conformance.hold_parts import MakeNode, Node
from tests.conformance.mail_pages import words_of
from tests.conformance.test_web_incident_triage import entries
from tests.conformance.test_web_incidents import CISO, HEAD, TWO, half_sent, name_people, reported
from tests.conformance.web_office import WebOffice
from tests.fakes.next_hop import ScriptedNextHop

JA = CATALOGUES["ja"]


@pytest.fixture
async def node(web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop) -> Node:
    """A node beside the pages, and people with roles."""
    await name_people(web_office)
    made: Node = make_node(hop.port)
    return made


def filled(page: httpx2.Response, action: str) -> dict[str, str]:
    """Everything the form with this end of its address would send as it stands, as a browser reads it."""
    forms = re.findall(r'<form method="post" action="([^"]*)"(.*?)</form>', page.text, re.DOTALL)
    form = next(body for address, body in forms if address.endswith(action))
    found = dict(re.findall(r'<input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea id="[^"]+" name="([^"]+)"[^>]*>([^<]*)</textarea>', form))
    for name, body in re.findall(r'<select id="[^"]+" name="([^"]+)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else ""
    return {name: unescape(value) for name, value in found.items()}


async def test_answer_of_one_officer_is_kept_where_another_saves_a_page_opened_before(
    web_office: WebOffice, node: Node, hop: ScriptedNextHop
) -> None:
    """One says that an illness is in it; the other, whose page is older, answers another question: both count."""
    incident_id = await reported(web_office, await half_sent(node, hop))
    path = f"/incidents/{incident_id}/triage"
    async with await web_office.signed_in(HEAD, TWO) as first, await web_office.signed_in(CISO, TWO) as second:
        pages = [filled(await one.get(path), "/triage") for one in (first, second)]
        assert 303 == (await first.post(path, data={**pages[0], "special_care": "yes"})).status_code
        assert 303 == (await second.post(path, data={**pages[1], "entrusted": "no"})).status_code
        law = words_of(await second.get(path))
        taken_back = filled(await second.get(path), "/triage")
        assert 303 == (await second.post(path, data={**taken_back, "special_care": ""})).status_code

    answered = [one.details["answers"] for one in await entries(web_office, incident_id, EntryKind.ANSWERED)]
    assert [{"special_care": "yes"}, {"entrusted": "no"}, {"special_care": ""}] == answered
    assert JA["law.outcome.likely"] in law


async def test_cause_one_officer_chose_is_kept_where_another_moves_the_phase(
    web_office: WebOffice, node: Node, hop: ScriptedNextHop
) -> None:
    """What it is and where it stands are one form: only what somebody chose in it changes."""
    incident_id = await reported(web_office, await half_sent(node, hop))
    path = f"/incidents/{incident_id}"
    async with await web_office.signed_in(HEAD, TWO) as first, await web_office.signed_in(CISO, TWO) as second:
        pages = [filled(await one.get(path), "/change") for one in (first, second)]
        chosen = {"cause": "wrong_recipient", "severity": "大"}
        assert 303 == (await first.post(f"{path}/change", data={**pages[0], **chosen})).status_code
        assert 303 == (await second.post(f"{path}/change", data={**pages[1], "phase": "report"})).status_code
    parts = web_office.parts
    found = await parts.store.read(lambda reader: parts.incidents.incident(reader, incident_id))

    expected = (IncidentKind.MISDIRECTED, Cause.WRONG_RECIPIENT, Phase.REPORT, "大")
    assert expected == (found.kind, found.cause, found.phase, found.severity)


async def test_what_was_chosen_is_kept_where_a_form_is_shown_again(
    web_office: WebOffice, node: Node, hop: ScriptedNextHop
) -> None:
    """Whoever chooses the cause and closes it without a word is asked for it, and need not choose the cause again."""
    incident_id = await reported(web_office, await half_sent(node, hop))
    path = f"/incidents/{incident_id}"
    async with await web_office.signed_in(CISO, TWO) as client:
        wanted = {
            "kind": "loss",
            "cause": "wrong_attachment",
            "phase": "closed",
            "severity": "中",
            "change_note": "すべて済んだ",
        }
        refused = await client.post(f"{path}/change", data={**filled(await client.get(path), "/change"), **wanted})
        again = filled(refused, "/change")

    assert 422 == refused.status_code
    assert wanted == {name: again[name] for name in wanted}


async def test_marks_of_another_officer_are_not_taken_back_unseen(
    web_office: WebOffice, node: Node, hop: ScriptedNextHop
) -> None:
    """Who was meant to get it is said as a whole: whoever has not seen what another said looks again first."""
    queue_id = await half_sent(node, hop)
    incident_id = await reported(web_office, queue_id)
    path = f"/incidents/{incident_id}/scope"
    async with await web_office.signed_in(HEAD, TWO) as first, await web_office.signed_in(CISO, TWO) as second:
        (seen,) = {filled(await one.get(path), "/wrong")["marked"] for one in (first, second)}
        done = await first.post(f"{path}/wrong", data={"meant": f"{queue_id}:0", "marked": seen})
        late = await second.post(f"{path}/wrong", data={"meant": f"{queue_id}:1", "marked": seen, "note": "電話で確認"})
        now = filled(late, "/wrong")["marked"]
        again = await second.post(f"{path}/wrong", data={"meant": f"{queue_id}:1", "marked": now})
        # Back in the browser, and saved once more: what they take back is their own.
        back = await second.post(f"{path}/wrong", data={"meant": f"{queue_id}:0", "marked": now})

    assert [303, 422, 303, 303] == [one.status_code for one in (done, late, again, back)]
    assert JA["incidents.scope.mistake.marked"] in words_of(late)
    assert "電話で確認" in late.text
    marked = await entries(web_office, incident_id, EntryKind.CORRECTED)
    assert [[[queue_id, 1]], [[queue_id, 0]], [[queue_id, 1]]] == [one.details["wrong"] for one in marked]


async def test_version_saved_over_one_that_was_not_seen_says_so(
    web_office: WebOffice, node: Node, hop: ScriptedNextHop
) -> None:
    """Two write at one report: both versions are kept, and whoever comes second reads that theirs lacks the other's."""
    incident_id = await reported(web_office, await half_sent(node, hop))
    path = f"/incidents/{incident_id}/documents/prompt_report"
    async with await web_office.signed_in(HEAD, TWO) as first, await web_office.signed_in(CISO, TWO) as second:
        pages = []
        for one in (first, second):
            opened = await one.post(f"{path}/open")
            pages.append(filled(await one.get(opened.headers["location"]), "/prompt_report"))
        told = []
        # Whoever goes back in the browser and saves once more has lost nothing of anybody: the last two.
        for one, page, title in (
            (first, pages[0], "速報 A"), (second, pages[1], "速報 B"),
            (first, {**pages[0], "seen": "2"}, "速報 C"), (first, {**pages[0], "seen": "2"}, "速報 D"),
        ):  # fmt: skip
            saved = await one.post(path, data={**page, "act": "save", "title": title})
            told.append(await one.get(saved.headers["location"]))

    words = JA["incidents.documents.saved.over"].format(number=2, other=1)
    assert [False, True, False, False] == ["ほかの方が" in words_of(one) for one in told]
    assert words in words_of(told[1])
