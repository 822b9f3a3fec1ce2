"""Mails whose every word is an attack, before a real browser: nothing runs, nothing is asked for, nothing hides."""

from __future__ import annotations

import asyncio
import re
import smtplib
from collections.abc import AsyncIterator
from email.header import Header
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page

from tests.fakes.next_hop import ScriptedNextHop
from tests.system.browser import chromium, closed, new_page
from tests.system.relay import OWN_DOMAIN, Relay, relay_settings
from tests.system.test_web_shell import SATO, sign_in
from tests.system.waiting import eventually

SCRIPTS = (
    "<script>window.ran=1</script>",
    '"><img src=x onerror=window.ran=1>',
    "'-window.ran=1-'",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "javascript:window.ran=1",
    "</title><svg/onload=window.ran=1>",
    "\u202egnp.exe\u200b\u2066",
)
ATTACK = " ".join(SCRIPTS)
HTML = (
    '<html><body onload="window.ran=1"><script>window.ran=1</script><img src="http://127.0.0.1:@@/pixel.png">'
    '<a href="javascript:window.ran=1">x</a><iframe src="http://127.0.0.1:@@/frame"></iframe><form action="/sign-out" '
    'method="post"><button>Send</button></form><style>body{background:url(http://127.0.0.1:@@/css)}</style>'
    '<link rel="stylesheet" href="http://127.0.0.1:@@/x.css"><base href="http://127.0.0.1:@@/">'
    '<meta http-equiv="refresh" '
    'content="0;url=http://127.0.0.1:@@/"><svg onload="window.ran=1"></svg><math><mi xlink:href="javascript:1">x</mi>'
    "</math><p>words</p></body></html>"
)


def coded(text: str) -> str:
    """A text as a header field has it."""
    return Header(text, "utf-8", maxlinelen=70).encode(linesep="\r\n")


def hostile_mail(to: str, elsewhere: int) -> bytes:
    """A mail with the attacks in subject, names, addresses, file names, text, page and message id."""
    name = coded(ATTACK)
    return "\r\n".join(
        [
            f"From: {name} <{SATO}>",
            f"To: {name} <{to}>",
            'Cc: "<script>window.ran=1</script>"@customer.example.com',
            f"Subject: {name}",
            "Message-ID: <<script>window.ran=1</script>@x.example.com>",
            "MIME-Version: 1.0",
            'Content-Type: multipart/mixed; boundary="b"',
            "",
            "--b",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit",
            "",
            ATTACK,
            "--b",
            "Content-Type: text/html; charset=utf-8",
            "Content-Transfer-Encoding: 8bit",
            "",
            HTML.replace("@@", str(elsewhere)),
            "--b",
            "Content-Type: application/octet-stream",
            f'Content-Disposition: attachment; filename="{name}.pdf"',
            "",
            "x",
            "--b--",
            "",
        ]
    ).encode()


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[tuple[Relay, str, ScriptedNextHop]]:
    """A relay that holds mail, and where its pages are; its next hop answers in scripts."""
    async with ScriptedNextHop() as hop:
        source = {
            "name": "loopback",
            "networks": ["127.0.0.0/8"],
            "owner": SATO,
            "allowed_senders": [f"@{OWN_DOMAIN}", "<>"],
        }
        settings = relay_settings(
            tmp_path,
            hop.port,
            office={"postmaster": f"help@{OWN_DOMAIN}"},
            hold={"minutes": 30},
            policy={"set": "standard", "folder": None},
            sources=[source],
        )
        settings["policy"] = {"check_domains": False}
        relay = Relay(settings, tmp_path)
        await asyncio.to_thread(relay.start)
        yield relay, f"http://127.0.0.1:{relay.port('web')}", hop
        await asyncio.to_thread(relay.close)


def send(relay: Relay, to: str, elsewhere: int = 9) -> None:
    """Hands the mail in."""
    with smtplib.SMTP("127.0.0.1", relay.port(), timeout=120) as client:
        client.sendmail(SATO, [to], hostile_mail(to, elsewhere))


async def watched(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page, and what it does that it should not. What the policy of the page stopped is stopped."""
    page = await new_page(context)
    wrong: list[str] = []
    page.on("dialog", lambda dialog: wrong.append(f"dialog {dialog.message}"))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda one: None if _is_expected(one.text) else wrong.append(one.text))
    return page, wrong


def _is_expected(said: str) -> bool:
    return "status of 404" in said or ("Content Security Policy" in said and "blocked" in said)


async def test_attacks_in_a_mail_are_words_on_every_page(office: tuple[Relay, str, ScriptedNextHop]) -> None:
    """List, page of the mail, its edit, its content and its search: no script ran and no request left."""
    relay, pages, hop = office
    called: list[object] = []
    async with (
        await asyncio.start_server(lambda *one: called.append(one), "127.0.0.1", 0) as server,
        chromium() as browser,
    ):
        elsewhere = server.sockets[0].getsockname()[1]
        context = await browser.new_context(locale="ja-JP")
        page, wrong = await watched(context)
        await sign_in(page, pages, hop)
        await asyncio.to_thread(send, relay, "ando@customer.example.com", elsewhere)
        await eventually(lambda: any(row.state == "held" for row in relay.rows()), "the mail to be held")
        queue_id = next(row.queue_id for row in relay.rows() if row.state == "held")
        ran = []
        for path in (
            "/mails", "/mails?box=decision", "/mails?box=waiting", "/mails?search=script", f"/mails/{queue_id}",
            f"/mails/{queue_id}/mend", f"/mails/{queue_id}/content", f"/mails/{queue_id}/content?view=page",
            f"/mails/{queue_id}/content?view=header", f"/mails/{queue_id}/page", f"/mails/nothing{SCRIPTS[0]}",
            f"/mails?search={SCRIPTS[1]}", f"/sign-in?next={SCRIPTS[4]}",
        ):  # fmt: skip
            await page.goto(f"{pages}{path}")
            ran += [path for frame in page.frames if await frame.evaluate("window.ran")]
            # A field holds what is to be changed as it is; beside it stands the same with its signs made visible.
            shown = re.sub(r' value="[^"]*"', "", await page.content())
            if "\u202e" in shown or re.search(r"<script>window|<img[^>]+onerror|<svg[^>]+onload=", shown):
                ran.append(f"{path} shows it as it is")
        await closed(context)

    assert [] == ran
    assert [] == wrong
    assert [] == called


async def test_link_scanner_that_fetches_everything_changes_nothing(
    office: tuple[Relay, str, ScriptedNextHop],
) -> None:
    """Every link of every page, fetched with and without the cookie: the mail is as it was."""
    relay, pages, hop = office
    async with chromium() as browser:
        context = await browser.new_context(locale="ja-JP")
        page = await new_page(context)
        await sign_in(page, pages, hop)
        await asyncio.to_thread(send, relay, "ando@customer.example.com")
        await eventually(lambda: any(row.state == "held" for row in relay.rows()), "the mail to be held")
        before = relay.rows()
        stranger = await browser.new_context()
        seen: set[str] = set()
        todo = [f"{pages}/mails", *(f"{pages}/mails/{row.queue_id}" for row in before)]
        todo += re.findall(rf"{pages}/\S+", "\n".join(mail.content.decode("utf-8", "replace") for mail in hop.mails))
        while todo and len(seen) < 150:
            url = todo.pop(0).partition("#")[0]
            if url in seen or not url.startswith(pages):
                continue
            seen.add(url)
            for one in (context, stranger):
                for method in ("HEAD", "GET"):
                    answer = await one.request.fetch(url, method=method, max_redirects=0)
            if "text/html" in answer.headers.get("content-type", "") or answer.status in (200, 303):
                text = await (await context.request.get(url)).text()
                todo += [f"{pages}{path}" for path in re.findall(r'(?:href|action|formaction)="(/[^"]*)"', text)]
        after = relay.rows()
        await closed(context)

    assert len(seen) > 10
    assert before == after
