"""The way of an answer by mail: from the office's server into the relay, and to whoever asked. On both databases."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv4Network

from mailguard.config import LimitSettings, ListenerSettings, SourceSettings, TlsSettings
from mailguard.incidents.answers import Answer
from mailguard.incidents.deletion import answer_address
from mailguard.model.queue import State
from mailguard.spool import Spool
from mailguard.store import Store
from mailguard.submission import SubmissionServer
from mailguard.workers.answer_desk import AnswerDesk
from tests.conformance.hold_parts import OFFICE, SENDER, MakeNode, Node
from tests.conformance.test_web_incident_documents import (
    ANSWERS_AT,
    PARENTS,
    answers,
    asked,
    letters,
    node,
    web_office,
)
from tests.conformance.test_web_incidents import CISO
from tests.conformance.web_office import WebOffice
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop, Stage, say

__all__ = ["MakeNode", "Spool", "Store", "node", "web_office"]


@asynccontextmanager
async def listening(office: WebOffice, node: Node) -> AsyncIterator[tuple[SubmissionServer, AnswerDesk]]:
    """The relay's door for the office's mail server, which may send as nobody but its own copier."""
    desk = AnswerDesk(node.spool, office.parts.deletions, ANSWERS_AT, "pm@office.example.jp")
    server = SubmissionServer(
        office=OFFICE,
        listeners=[ListenerSettings(name="server", host="127.0.0.1", port=0, tls="none", auth="none")],
        sources=[
            SourceSettings(
                name="mail server", networks=[IPv4Network("127.0.0.0/8")], owner=SENDER, allowed_senders=[SENDER]
            )
        ],
        tls=TlsSettings(),
        limits=LimitSettings(),
        acceptor=node.spool,
        authenticator=office.parts.accounts,
        clock=node.clock,
        answers=desk,
    )
    await server.start()
    try:
        yield server, desk
    finally:
        await server.stop(0.1)


def handed_over(port: int, sender: str, *recipients: str, content: bytes = b"Subject: Re\r\n\r\n1\r\n") -> list[int]:
    """What the relay says to each recipient, and to the mail where any was taken."""
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
        client.ehlo("mail.office.example.jp")
        said = [client.mail(sender)[0], *(client.rcpt(one)[0] for one in recipients)]
        if 250 in said[1:]:
            said.append(client.data(content)[0])
        return said


async def test_server_hands_over_answers_of_anybody_and_nothing_else(
    web_office: WebOffice, node: Node, clock: StandingClock
) -> None:
    """Whoever was asked is heard although they are strangers; the same stranger reaches nobody else through us."""
    incident_id = await asked(web_office, node, clock)
    (_, mail), *_ = await letters(web_office, node, incident_id)
    address = mail["Reply-To"].addresses[0].addr_spec
    unknown = answer_address(ANSWERS_AT, "a" * 32)
    async with listening(web_office, node) as (server, desk):
        _, port = server.addresses["server"]
        before = await node.accepted_ids()
        said = await asyncio.to_thread(handed_over, port, PARENTS[0], address, unknown, "x@elsewhere.example.com")
        new = [one for one in await node.accepted_ids() if one not in before]
        stored = await node.mail(new[0])
        await desk.judging(node.judge)(stored)
    (path,) = stored.submission.envelope.forward_paths

    assert [250, 250, 550, 550, 250] == said
    assert (CISO, f"rfc822;{address}") == (path.address, path.orcpt)
    said_to_us = [one.answer for one in (await answers(web_office, incident_id)).of.values() if one.is_answered]
    assert [Answer.DELETED_UNOPENED] == said_to_us


async def test_request_that_comes_back_is_heard_of(
    web_office: WebOffice, node: Node, clock: StandingClock, hop: ScriptedNextHop
) -> None:
    """A letter nobody got is no silence: the report comes back to its answer address, and confirms nothing."""
    incident_id = await asked(web_office, node, clock)
    hop.on(Stage.RCPT, say("550 5.1.1 User unknown"), matching=PARENTS[0])
    await node.look()
    (sent_as, _), *_ = await letters(web_office, node, incident_id)
    back = (await node.mail(sent_as)).submission.envelope.reverse_path
    (report,) = [one for one in hop.mails if back in [to.address for to in one.recipients]]
    async with listening(web_office, node) as (server, desk):
        _, port = server.addresses["server"]
        before = await node.accepted_ids()
        await asyncio.to_thread(handed_over, port, "", back, content=report.content)
        (new,) = [one for one in await node.accepted_ids() if one not in before]
        await desk.judging(node.judge)(await node.mail(new))
    found = await answers(web_office, incident_id)

    assert [State.BOUNCED] == await node.states(sent_as)
    assert [[Answer.RETURNED]] == [[one.answer for one in each.said] for each in found.of.values() if each.said]
    assert not any(one.is_answered for one in found.of.values())
