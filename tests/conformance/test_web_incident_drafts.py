"""What drafts say of when a mail left and of whom it concerns, reckoned by hand beside it. On both databases."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from mailguard import hold
from tests.conformance.hold_parts import SATO, SENDER, A, MakeNode, Node
from tests.conformance.mail_pages import words_of
from tests.conformance.test_web_incident_documents import Desk, fields_of, letters, link_in, ticks_of, web_office
from tests.conformance.test_web_incidents import CISO, TWO, name_people, reported
from tests.conformance.web_office import WebOffice
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop, Stage, say

__all__ = ["web_office"]


@pytest.fixture
async def node(web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop) -> Node:
    """A node beside the pages, and people with roles."""
    await name_people(web_office)
    made: Node = make_node(hop.port)
    return made


async def drafts(office: WebOffice, incident_id: str, *kinds: str) -> list[dict[str, str]]:
    """What stands in the fields of these documents."""
    async with await office.signed_in(CISO, TWO) as client:
        desk = Desk(client, incident_id)
        return [fields_of(await desk.open(kind)) for kind in kinds]


async def test_report_counts_from_when_a_held_mail_left(
    web_office: WebOffice, node: Node, clock: StandingClock
) -> None:
    """Held since Monday, sent on Wednesday, noticed ten minutes later: that is ten minutes, and not two days."""
    queue_id = await node.held(A)
    clock.advance(timedelta(days=2, hours=1).total_seconds())
    await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    await node.look()
    clock.advance(600)
    incident_id = await reported(web_office, queue_id)
    report, letter = await drafts(web_office, incident_id, "prompt_report", "deletion_request")
    async with await web_office.signed_in(CISO, TWO) as client:
        desk = Desk(client, incident_id)
        await desk.send("deletion_request", act="save")
        await desk.release("deletion_request", ticks_of(await desk.open("deletion_request")))
    ((_, mail),) = await letters(web_office, node, incident_id)
    async with web_office.client() as anybody:
        page = words_of(await anybody.get(link_in(mail)))

    words = report["section-item-1"]
    assert "2026年11月4日(水) 19時00分" in words
    assert "送信から10分後" in words
    assert "2026年11月4日(水) 19時00分" in "".join(letter.values())
    assert "2026年11月4日(水) 19:00" in page


async def test_notice_goes_to_everybody_whose_address_was_seen(
    web_office: WebOffice, node: Node, clock: StandingClock, hop: ScriptedNextHop
) -> None:
    """Four stood in Cc, two got the mail and two were stopped in time: the addresses of all four were seen."""
    everybody = [A, "ito@home.example.org", "ueda@school.example.net", "endo@clinic.example.com"]
    for address in everybody[2:]:
        hop.on(Stage.RCPT, say("451 4.7.1 Greylisted"), matching=address)
    wire = f"From: {SENDER}\r\nTo: {SENDER}\r\nCc: {', '.join(everybody)}\r\nSubject: x\r\n\r\nHi.\r\n".encode()
    queue_id = await node.held(*everybody, wire=wire)
    wish = hold.Wish(recipients=hold.Recipients.AS_THEY_ARE)
    await node.store.write(hold.release(node.spool, queue_id, SATO, "", wish=wish))
    await node.look()
    incident_id = await reported(web_office, queue_id)
    report, notice = await drafts(web_office, incident_id, "prompt_report", "person_notice")

    assert "4人" in report["section-item-3"]
    assert "送信先4件のメールアドレス" in report["section-item-1"]
    assert sorted(everybody) == sorted(re.findall(r"[^\s,]+@[^\s,]+", notice["people"]))
