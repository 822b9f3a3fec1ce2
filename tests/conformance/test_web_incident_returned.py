"""A mail that came back was neither stopped nor received: everybody reads so, in every place. On both databases."""

from __future__ import annotations

import pytest

from mailguard import hold
from mailguard.i18n import CATALOGUES
from mailguard.incidents.triggers import Triggers
from mailguard.model.queue import State
from tests.conformance.hold_parts import SATO, SENDER, A, B, MakeNode, Node
from tests.conformance.mail_pages import words_of
from tests.conformance.parcel_parts import bounce_of
from tests.conformance.test_web_incident_documents import Desk, fields_of
from tests.conformance.test_web_incidents import CISO, TWO, name_people, reported
from tests.conformance.web_office import WebOffice
from tests.fakes.next_hop import ScriptedNextHop, Stage, say

JA = CATALOGUES["ja"]
MESSAGE_ID = "<one@office.example.jp>"
LETTER = (
    f"From: {SENDER}\r\nTo: {A}\r\nSubject: x\r\nMessage-ID: {MESSAGE_ID}\r\nMIME-Version: 1.0\r\n\r\ntext\r\n"
).encode()


@pytest.fixture
async def node(web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop) -> Node:
    """A node beside the pages, people with roles, and a server that knows nobody called ``B``."""
    await name_people(web_office)
    hop.on(Stage.RCPT, say("550 5.1.1 No such user"), matching=B)
    made: Node = make_node(hop.port)
    return made


async def test_mail_that_came_back_is_neither_stopped_nor_gone_and_every_page_says_so(
    web_office: WebOffice, node: Node
) -> None:
    """Of two wrong addresses one does not exist: I read that it came back, and officers read the same everywhere."""
    queue_id = await node.held(A, B)
    await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    await node.look()
    number = await reported(web_office, queue_id)
    path = f"/incidents/{number}"
    async with await web_office.signed_in(SENDER) as client:
        result, mail = words_of(await client.get(path)), words_of(await client.get(f"/mails/{queue_id}"))
    async with await web_office.signed_in(CISO, TWO) as client:
        overview, scope = words_of(await client.get(path)), words_of(await client.get(f"{path}/scope"))
        desk = Desk(client, number)
        internal = "\n".join(fields_of(await desk.open("internal_report")).values())
        prompt = "\n".join(fields_of(await desk.open("prompt_report")).values())

    assert [State.DELIVERED, State.BOUNCED] == await node.states(queue_id)
    assert JA["incidents.result.gone.returned"].format(count=1) in result
    assert JA["incidents.result.stopped.none"] in result
    assert JA["queue.page.mistake.returned"].format(count=1) in mail
    assert JA["incidents.entry.returned"].format(count=1) in overview.partition(JA["incidents.page.timeline"])[2]
    assert JA["incidents.scope.returned.count"].format(count=1) in scope
    assert JA["draft.returned"].format(count=1) in internal
    assert JA["draft.fate.returned"].format(count=1) in prompt


async def test_mail_that_came_back_from_everybody_reached_nobody(web_office: WebOffice, node: Node) -> None:
    """The one wrong address does not exist: nobody has it, and nobody is to be telephoned."""
    queue_id = await node.held(B)
    await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    await node.look()
    number = await web_office.parts.store.write(web_office.parts.openings.open_for_mail(queue_id, SATO))
    async with await web_office.signed_in(CISO, TWO) as client:
        page = words_of(await client.get(f"/incidents/from/{queue_id}"))
        overview = words_of(await client.get(f"/incidents/{number.incident_id}"))

    assert JA["incidents.result.gone.none"] in page
    assert JA["incidents.result.gone.returned"].format(count=1) in page
    assert JA["incidents.result.now.call"] not in page
    assert JA["incidents.entry.stopped.nothing"].format(gone=0, sending=0) in overview


async def test_mail_said_to_have_come_back_counts_as_there_and_the_officer_reads_both(
    web_office: WebOffice, node: Node
) -> None:
    """The server took it, and an hour later another one reports that nobody is there: perhaps so, says the page."""
    parts = web_office.parts
    node.inspector.triggers = Triggers(node.spool, parts.openings, parts.incidents, lambda: node.policy.rules)
    queue_id = await node.held(A, wire=LETTER)
    await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    await node.look()
    await node.accept(SENDER, sender="", wire=bounce_of(MESSAGE_ID, A))
    await node.look()
    number = await reported(web_office, queue_id)
    async with await web_office.signed_in(SENDER) as client:
        mail = words_of(await client.get(f"/mails/{queue_id}"))
    async with await web_office.signed_in(CISO, TWO) as client:
        scope = words_of(await client.get(f"/incidents/{number}/scope"))
        internal = "\n".join(fields_of(await Desk(client, number).open("internal_report")).values())

    assert JA["queue.step.returned_later"] in mail
    assert JA["incidents.scope.back"].partition("}")[2] in scope
    assert JA["incidents.fate.received"] in scope
    assert JA["draft.said_to_be_back"].format(count=1) in internal
