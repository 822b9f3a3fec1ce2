"""Mails on pages: an office with its pages beside a node with its workers on one store."""

from __future__ import annotations

import html
import re

import httpx2

from mailguard.model.queue import QueueId
from tests.conformance.hold_parts import MakeNode, Node
from tests.conformance.web_office import WebOffice

TANOUE = "tanoue@office.example.jp"


class MailPages:
    """Both, and a browser for each person."""

    def __init__(self, office: WebOffice, node: Node) -> None:
        self.office = office
        self.node = node

    async def owner(self) -> httpx2.AsyncClient:
        """The browser of who sends the mails of these tests."""
        return await self.office.signed_in(TANOUE)

    async def post(
        self, client: httpx2.AsyncClient, path: str, *, of: QueueId = "", **fields: str | list[str]
    ) -> httpx2.Response:
        """Send a form of a mail's page, with what the page itself holds, and follow to where it leads."""
        judgement = {"judgement": str(await self.judgement(of))} if of else {}
        answer = await client.post(path, data={**judgement, **fields})
        return await client.get(answer.headers["location"]) if answer.status_code == 303 else answer

    async def judgement(self, queue_id: QueueId) -> int:
        """The number of the mail's newest judgement."""
        spool = self.office.parts.spool
        recorded = await self.node.store.read(lambda reader: spool.judgement(reader, queue_id))
        return 0 if recorded is None else recorded.number


def words_of(page: httpx2.Response) -> str:
    """What stands on a page, as people read it."""
    text = re.sub(r"<[^>]*>", " ", page.text)
    return " ".join(html.unescape(text).split())


def make_pages(office: WebOffice, make_node: MakeNode, port: int) -> MailPages:
    """Both on one store."""
    return MailPages(office, make_node(port))
