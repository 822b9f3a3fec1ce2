"""Who sees what on the pages of an incident, and that each look at names, answers or drafts is on record, once.

On both databases.
"""

from __future__ import annotations

import httpx2

from mailguard.model.audit import AuditAction
from mailguard.web.incident_tabs import TABS
from tests.conformance.hold_parts import SENDER, MakeNode, Node
from tests.conformance.test_web_incident_triage import sent_list
from tests.conformance.test_web_incidents import (
    ADMINISTRATOR,
    CISO,
    COLLEAGUE,
    HEAD,
    OTHER_HEAD,
    TWO,
    name_people,
    reported,
)
from tests.conformance.web_office import WebOffice
from tests.fakes.next_hop import ScriptedNextHop

PERSON, IN_THE_MAIL = "山田", "霞が関"
DRAFT = 'name="title"'
"""The form in which the words of a document stand."""
PAGES = [tab.path for tab in TABS] + ["/documents/prompt_report", "/documents/person_notice"]
LOOKS = [
    ("scope/names", {}, PERSON),
    ("deletion/open", {}, ""),
    ("documents/prompt_report/open", {}, DRAFT),
    ("documents/prompt_report", {"act": "redraft"}, DRAFT),
    ("documents/prompt_report", {"act": "txt"}, ""),
    ("documents/prompt_report", {"act": "save"}, DRAFT),
    ("documents/prompt_report", {"act": "save", "section-persons": "x" * 20_001}, ""),
    ("documents/prompt_report/outside", {"note": ""}, DRAFT),
    ("documents/prompt_report/outside", {"note": "filed", "on": "2026-11-01"}, DRAFT),
]
"""What shows names, answers or a draft: the form, what it sends, what stands on the page then."""
DECIDES = [("documents/person_notice/release", {"version": "1"}, DRAFT)]
"""The same, of those who decide."""


async def looks(node: Node) -> list[str]:
    """Who looked, so far."""
    return [one.actor.name for one in await node.everything() if one.action is AuditAction.INCIDENT_SEEN]


async def gone_to(client: httpx2.AsyncClient, answer: httpx2.Response) -> httpx2.Response:
    """The page a form leads to, or what it answered itself."""
    if answer.status_code != 303:
        return answer
    return await client.get(answer.headers["location"].partition("#")[0])


async def test_each_look_at_personal_data_is_on_record_and_nobody_else_has_one(
    web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop
) -> None:
    """Only the officers of the case see names and drafts, each time on record under their name; opening a page by its
    address shows none; whoever reported it sees the short page alone, and nobody else that there is a case.
    """
    await name_people(web_office)
    node: Node = make_node(hop.port)
    path = f"/incidents/{await reported(web_office, await sent_list(node, hop))}"
    async with await web_office.signed_in(CISO, TWO) as client:
        assert 303 == (await client.post(f"{path}/scope/count")).status_code
    for address in (CISO, HEAD, OTHER_HEAD, ADMINISTRATOR, COLLEAGUE, SENDER):
        is_officer = address in (CISO, HEAD)
        async with await web_office.signed_in(address, TWO) as client:
            pages = [await client.get(path + page) for page in PAGES]
            statuses = {page: one.status_code for page, one in zip(PAGES, pages, strict=True)}
            wanted = {page: 200 if is_officer or (address == SENDER and page == "") else 404 for page in PAGES}
            assert (address, wanted) == (address, statuses)
            assert not [one for one in pages if any(word in one.text for word in (PERSON, IN_THE_MAIL, DRAFT))]
            for form, data, word in LOOKS + DECIDES:
                before = await looks(node)
                answer = await client.post(f"{path}/{form}", data=data)
                shown = await gone_to(client, answer)
                new = (await looks(node))[len(before) :]
                may = is_officer and (address == CISO or (form, data, word) not in DECIDES)

                assert (address, form, data, [address] * may) == (address, form, data, new)
                assert shown.status_code in ((200, 422) if may else (403, 404))
                assert (word in shown.text) == (may or not word), (address, form)
                assert may or PERSON not in shown.text
                if may and answer.status_code == 303 and "prompt_report" in form:
                    word_of_one = answer.headers["location"].replace("prompt_report", "person_notice")
                    assert DRAFT not in (await client.get(word_of_one.partition("#")[0])).text
