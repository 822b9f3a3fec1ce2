"""Words that are attacks, in everything a mail, a server, an administrator or a form can say: they stay words.

Pages are walked by their own links, and every form on the way is sent with the attack in all its fields, so that a new
page is walked as well.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from email.header import Header
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx2
import pytest

from mailguard import hold
from mailguard.accounts.factors import Factor
from mailguard.accounts.people_administration import Particulars, grant_role, put_person
from mailguard.model.people import Role
from mailguard.spool import Spool
from tests.conformance.hold_parts import OFFICE, SATO, SENDER, A, B, C, Node
from tests.conformance.web_office import WebOffice
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop, Stage, say

ATTACK = "a\"'><mgxss onload=1>{{7*7}}\u202egnp.exe\u2066</title></textarea>&lt;mgxss&gt;"
NAME = "a\"'><mgxss onload=1>"
"""Where signs that are not seen are refused."""
OFFICER, ADMIN = "abe@office.example.jp", "noda@office.example.jp"
VALID = {"email": "ito@office.example.jp", "tel": "090-1234-5678", "date": "2026-12-01", "number": "1"}
_LEFT_OUT = ("/sign-out", "/static/", "/events", "/my-sign-in/sessions", "/healthz", "/readyz", "/metrics")
_PAGES_MAX, _FORMS_MAX = 160, 120
_ATTRIBUTES = {"value", "href", "action", "formaction", "hx-get", "content", "data-search"}
"""Where a text is not shown: what is to be changed stands in its field as it is."""


class Page(HTMLParser):
    """What a browser makes of a page: elements nobody meant, signs that turn lines around, links, and forms."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.links: list[str] = []
        self.forms: list[tuple[str, dict[str, tuple[str, str]]]] = []
        self._inside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "mgxss" or any(name.startswith("on") for name in given):
            self.wrong.append(f"an element <{tag}> {given}")
        self.wrong += [f"{tag} {name}={value}" for name, value in given.items() if _hides(name, value)]
        if tag in ("textarea", "option", "title"):
            self._inside.append(tag)
        if tag == "a" and given.get("href", "").startswith("/"):
            self.links.append(given["href"])
        if tag == "form" and given.get("method") == "post":
            self.forms.append((given.get("action", ""), {}))
        if tag in ("input", "textarea", "select", "button") and given.get("name") and self.forms:
            kind = given.get("type", "text") if tag == "input" else tag
            self.forms[-1][1].setdefault(given["name"], (kind, given.get("value", "")))
        if tag == "option" and self.forms and self.forms[-1][1]:
            name, (kind, chosen) = next(reversed(self.forms[-1][1].items()))
            if kind == "select" and not chosen:
                self.forms[-1][1][name] = (kind, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            self._inside.remove(tag)

    def handle_data(self, data: str) -> None:
        if "textarea" not in self._inside and ("\u202e" in data or "\u2066" in data):
            self.wrong.append(f"text {data.strip()[:90]!r}")
        if "49gnp" in data:
            self.wrong.append("a template in a text was carried out")


def _hides(name: str, value: str) -> bool:
    return name not in _ATTRIBUTES and ("\u202e" in value or "\u2066" in value)


def hostile_mail(*to: str) -> bytes:
    """A mail whose every word is the attack."""
    words = Header(ATTACK, "utf-8", maxlinelen=70).encode(linesep="\r\n")
    fields = [f"From: {words} <{SENDER}>", *(f"To: {words} <{one}>" for one in to[:1]), f"Subject: {words}",
              "Message-ID: <a\"'><mgxss>@office.example.jp>", "MIME-Version: 1.0",
              'Content-Type: multipart/mixed; boundary="b"', "", "--b", "Content-Type: text/plain; charset=utf-8", "",
              ATTACK, "--b", f'Content-Type: text/plain; name="{words}"',
              f'Content-Disposition: attachment; filename="{words}.txt"', "", "x", "--b--", ""]  # fmt: skip
    return "\r\n".join(fields).encode()


class Walk:
    """One person's way over the pages. ``wrong``: what stood there that should not."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client = client
        self.wrong: list[str] = []
        self.seen: set[str] = set()
        self.sent: set[str] = set()

    async def walk(self, *starts: str) -> None:
        """Every page that can be reached, one of each kind, and every form on it."""
        todo, wanted = list(starts), set(starts)
        while todo and len(self.seen) < _PAGES_MAX:
            path = todo.pop(0).partition("#")[0]
            if (kind_of(path) in self.seen and path not in wanted) or path.startswith(_LEFT_OUT):
                continue
            wanted.discard(path)
            self.seen.add(kind_of(path))
            page = self.look(path, await self.client.get(path))
            if page is None:
                continue
            todo += page.links
            for action, fields in page.forms:
                await self.send(urlsplit(action).path or path, fields)

    async def send(self, action: str, fields: dict[str, tuple[str, str]]) -> None:
        """A form with the attack in every field whatsoever, and then in those that take words."""
        if kind_of(action) in self.sent or action.startswith(_LEFT_OUT) or len(self.sent) > _FORMS_MAX:
            return
        self.sent.add(kind_of(action))
        for attack in (None, ATTACK, NAME):
            data = {name: filled(kind, value, attack) for name, (kind, value) in fields.items()}
            answer = await self.client.post(action, data=data)
            if answer.status_code == 303:
                answer = await self.client.get(answer.headers["location"])
            self.look(f"POST {action}", answer)

    def look(self, path: str, answer: httpx2.Response) -> Page | None:
        """The page, once it was looked at; None for what is none."""
        if answer.status_code >= 500:
            self.wrong.append(f"{path}: {answer.status_code}")
        if not answer.headers.get("content-type", "").startswith("text/html"):
            return None
        page = Page(answer.text)
        self.wrong += [f"{path}: {one}" for one in page.wrong]
        return page


def kind_of(path: str) -> str:
    """Pages of one kind look alike: ids and values are not told apart."""
    bare, _, query = path.partition("?")
    names = sorted(one.partition("=")[0] for one in query.split("&"))
    return re.sub(r"/[0-9A-Z]{16}|/[0-9a-f]{8,}|/[\w-]{20,}|/\d[\d-]*", "/x", bare) + "?" + "&".join(names)


def filled(kind: str, value: str, attack: str | None) -> str:
    """What is typed into a field; None: the attack in every one, also where nothing is typed."""
    if attack is None:
        return ATTACK
    return value if kind in ("hidden", "select", "button", "checkbox", "radio") else VALID.get(kind, attack)


@pytest.fixture
async def hop() -> AsyncIterator[ScriptedNextHop]:
    """A next hop that speaks in attacks."""
    async with ScriptedNextHop() as hop:
        hop.on(Stage.TAKEN, say(f"250 2.0.0 {ATTACK}"))
        hop.on(Stage.RCPT, say(f"451 4.7.1 {ATTACK}"), matching=B)
        hop.on(Stage.RCPT, say(f"550 5.1.1 {ATTACK}"), matching=C)
        yield hop


@pytest.fixture
async def node(spool: Spool, clock: StandingClock, tmp_path: Path, hop: ScriptedNextHop) -> AsyncIterator[Node]:
    """The workers beside the pages."""
    node = Node(spool.store, clock, tmp_path / "content", hop.port)
    yield node
    await node.stop()


@pytest.mark.slow
async def test_words_that_are_attacks_stay_words_on_every_page(web_office: WebOffice, node: Node) -> None:
    """Subject, names, file names, text, what another server said, names of people and departments, notes and reasons
    of every form, and what is searched for: nothing becomes a part of a page, and nothing turns a line around.
    """
    store = node.store
    for address, role in ((SENDER, None), (OFFICER, Role.SECURITY_OFFICER), (ADMIN, Role.ADMINISTRATOR)):
        await store.write(put_person(OFFICE, address, Particulars(NAME, NAME, ""), SATO))
        if role is not None:
            await store.write(grant_role(OFFICE, address, role, "", SATO))
    held = await node.held(A, B, C, wire=hostile_mail(A))
    sent = await node.held(A, B, C, wire=hostile_mail(A, B, C))
    await store.write(hold.release(node.spool, sent, SATO, ATTACK))
    await node.look()
    wrong: list[str] = []
    for address in (SENDER, OFFICER, ADMIN):
        client = await web_office.signed_in(address, (Factor.MAILBOX, Factor.TOTP), **{"user-agent": "Firefox <mgxss>"})
        walk = Walk(client)
        found = quote(ATTACK)
        await walk.walk(
            f"/mails/{held}", f"/mails/{sent}", "/mails", "/approvals", "/incidents", "/office", "/rules",
            "/my-sign-in", "/my-tokens", "/deputies", f"/mails?search={found}", f"/office/mails?search={found}",
            f"/office/people?search={found}", f"/office/audit?search={found}", f"/mails/{held}/mend",
            f"/mails/{held}/content?view=header", "/rules/history", "/rules/exceptions", f"/incidents/from/{sent}",
            f"/office/correspondents?search={found}", f"/sign-in?next={found}", f"/{found}",
        )  # fmt: skip
        wrong += walk.wrong

    assert [] == sorted(set(wrong))
