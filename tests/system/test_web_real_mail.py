"""Mails as real programs write them, held, mended and released in a browser, and taken by a real Postfix."""

from __future__ import annotations

import asyncio
import base64
import email
import re
from collections.abc import AsyncIterator
from email import policy
from email.header import Header
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from mailguard.mime.message import Message
from tests.system.browser import DESKTOP, closed, follow, new_page
from tests.system.office_day import post, states
from tests.system.postfix import PostfixNextHop
from tests.system.relay import OWN_DOMAIN, Relay, relay_settings
from tests.system.test_relay_corpus import without_relays_line
from tests.system.test_web_mending import SATO, browser
from tests.system.test_web_shell import context_of
from tests.system.waiting import eventually

__all__ = ["browser"]

COLLEAGUE = f"soumu@{OWN_DOMAIN}"
OUTSIDERS = {
    "eigyo@kita.example.net": "北野 一郎",
    "info@minami.example.net": "南 次郎",
    "k.higashi@higashi.example.org": "東 三枝",
    "nishi@nishi.example.com": "西 四郎",
    "naka@naka.example.net": "中 五月",
}
ASKED = ("kita.example.net", "minami.example.net", "higashi.example.org", "nishi.example.com", "naka.example.net")
PIXEL = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8ffff3f0005fe02fe"
        "dccc59e70000000049454e44ae426082"
    )
)
MENDED = {"to", "cc"}


def named(charset: str, *addresses: str) -> str:
    """Addresses with their names, folded as programs do it."""
    return ",\r\n ".join(f"{Header(OUTSIDERS[one], charset).encode()} <{one}>" for one in addresses)


def thunderbird() -> bytes:
    """Text in ISO-2022-JP that flows (RFC 3676), with a page beside it."""
    first, second, third, fourth, fifth = OUTSIDERS
    plain = (
        "各位\r\n\r\nいつもお世話になっております。会場の変更をお知らせ \r\nいたします。\r\n\r\n-- \r\n佐藤 花子\r\n"
    )
    page = "<html><head></head><body><p>各位</p><p>会場の変更を<b>お知らせ</b>いたします。</p></body></html>\r\n"
    head = [
        "Message-ID: <5f0c2f6b-1d1e-4a55-9d7a-0c4d8e2b7a10@gojokai.example.jp>",
        "Date: Mon, 2 Nov 2026 09:12:44 +0900", "MIME-Version: 1.0", "User-Agent: Mozilla Thunderbird",
        "Content-Language: ja", f"To: {named('iso-2022-jp', first, second)},\r\n {COLLEAGUE}",
        f"Cc: {named('iso-2022-jp', third, fourth, fifth)}",
        f"From: {Header('佐藤 花子', 'iso-2022-jp').encode()} <{SATO}>",
        f"Subject: {Header('会場変更のお知らせ', 'iso-2022-jp').encode()}",
        'Content-Type: multipart/alternative;\r\n boundary="------------u0Xq2Jm4Tz8bRc1VnYpLk7Wd"', "",
        "This is a multi-part message in MIME format.", "--------------u0Xq2Jm4Tz8bRc1VnYpLk7Wd",
        "Content-Type: text/plain; charset=ISO-2022-JP; format=flowed; delsp=yes",
        "Content-Transfer-Encoding: 7bit", "",
        plain + "--------------u0Xq2Jm4Tz8bRc1VnYpLk7Wd", "Content-Type: text/html; charset=ISO-2022-JP",
        "Content-Transfer-Encoding: 7bit", "", page, "--------------u0Xq2Jm4Tz8bRc1VnYpLk7Wd--", "",
    ]  # fmt: skip
    return "\r\n".join(head).encode("iso-2022-jp")


def outlook() -> bytes:
    """A page in UTF-8 with a picture in it, its text beside it, and the fields Outlook adds."""
    first, second, third, fourth, fifth = OUTSIDERS
    plain = (
        base64.encodebytes("各位\r\n\r\n会場の変更をお知らせいたします。\r\n".encode()).replace(b"\n", b"\r\n").decode()
    )
    page = (
        '<html xmlns:v=3D"urn:schemas-microsoft-com:vml"><head><meta http-equiv=3D"Content-Type" =\r\n'
        'content=3D"text/html; charset=3Dutf-8"></head><body lang=3DJA><p class=3DMsoNormal>=E5=90=84=E4=BD=8D</p>=\r\n'
        '<p><img id=3D"_x0000_i1025" src=3D"cid:image001.png@01DD4BC0.5A3F2E10"></p></body></html>\r\n'
    )
    outer, inner = "----=_NextPart_000_0011_01DD4BC0.5A4A6B00", "----=_NextPart_001_0012_01DD4BC0.5A4A6B00"
    head = [
        f"From: {Header('佐藤 花子', 'utf-8').encode()} <{SATO}>",
        f"To: {named('utf-8', first, second)}", f"Cc: <{COLLEAGUE}>,\r\n\t{named('utf-8', third, fourth, fifth)}",
        f"Subject: {Header('会場変更のお知らせ', 'utf-8').encode()}", "Date: Mon, 2 Nov 2026 09:20:01 +0900",
        "Message-ID: <001101dd4bc0$5a3f2e10$0ebd8a30$@gojokai.example.jp>", "MIME-Version: 1.0",
        f'Content-Type: multipart/related;\r\n\tboundary="{outer}"', "X-Mailer: Microsoft Outlook 16.0",
        "Thread-Index: AdxLwFo/LhAovYowRk6Zq1m8yQ2Hxg==", "Content-Language: ja", "",
        "This is a multipart message in MIME format.", "", f"--{outer}",
        f'Content-Type: multipart/alternative;\r\n\tboundary="{inner}"', "", "", f"--{inner}",
        'Content-Type: text/plain;\r\n\tcharset="utf-8"', "Content-Transfer-Encoding: base64", "", plain, f"--{inner}",
        'Content-Type: text/html;\r\n\tcharset="utf-8"', "Content-Transfer-Encoding: quoted-printable", "", page,
        f"--{inner}--", "", f"--{outer}", 'Content-Type: image/png;\r\n\tname="image001.png"',
        "Content-Transfer-Encoding: base64", "Content-ID: <image001.png@01DD4BC0.5A3F2E10>", "", PIXEL.decode(), "",
        f"--{outer}--", "",
    ]  # fmt: skip
    return "\r\n".join(head).encode()


@pytest.fixture
async def relay(tmp_path: Path, postfix_next_hop: PostfixNextHop) -> AsyncIterator[Relay]:
    """A running relay with the rules that come along, before a real Postfix."""
    settings = relay_settings(
        tmp_path,
        postfix_next_hop.port,
        hold={"minutes": 60, "grace_seconds": 3},
        policy={"folder": None, "set": "standard"},
    )
    settings["sources"][0]["owner"] = SATO
    relay = Relay(settings, tmp_path)
    try:
        await relay.started()
        yield relay
    finally:
        await asyncio.to_thread(relay.close)


async def sign_in(page: Page, pages: str, postfix: PostfixNextHop) -> None:
    """With the code that Postfix put into the own mailbox."""
    await page.goto(f"{pages}/mails")
    await page.locator("#address").fill(SATO)
    await page.locator("form[action='/sign-in/code'] button").click()
    await eventually(lambda: any(one.recipient == SATO for one in postfix.arrived()), "the code in the mailbox")
    mail = email.message_from_bytes(postfix.arrived()[0].content, policy=policy.default)
    body = mail.get_body(("plain",))
    assert body is not None
    code = re.search(r"\b\d{4} \d{4}\b", body.get_content())
    assert code is not None
    await page.locator("#code").fill(code[0])
    await page.locator("form[action='/sign-in/code/check'] button").click()
    await page.wait_for_url("**/mails")


async def mend_and_release(page: Page, pages: str, queue_id: str) -> None:
    """Opens the mail, has outsiders moved to Bcc, says whom it is for where that is asked, and sends it."""
    await page.goto(f"{pages}/mails/{queue_id}")
    await follow(page.locator("form:has(input[value='to_bcc']) button"))
    await page.wait_for_url("**/changed/2")
    await page.goto(f"{pages}/mails/{queue_id}")
    for field, name in zip(await page.locator("input[name=organisation]").all(), ASKED, strict=False):
        await field.fill(name)
    await follow(page.locator("button[formaction$='/send']:not([name])").first)


def is_held(relay: Relay, queue_id: str) -> bool:
    """Whether somebody's copy waits."""
    return "held" in states(relay, queue_id)


def unmended(content: bytes) -> tuple[list[bytes], bytes]:
    """The fields that an edit of recipients leaves alone, octet for octet, and everything below the header."""
    head, _, body = content.partition(b"\r\n\r\n")
    fields = re.split(rb"\r\n(?![ \t])", head)
    return [one for one in fields if one.partition(b":")[0].decode().lower() not in MENDED], body


def words_in(content: bytes) -> str:
    """The header as a person reads it, and the octets as they are."""
    return " ".join(one.text for one in Message(content).fields) + content.decode("latin-1")


@pytest.mark.slow
async def test_mail_of_a_real_program_is_mended_released_and_taken_by_postfix(
    browser: Browser, relay: Relay, postfix_next_hop: PostfixNextHop
) -> None:
    """Thunderbird's and Outlook's mail to five firms: no firm learns of another, and nothing else is touched."""
    pages = f"http://127.0.0.1:{relay.port('web')}"
    context = await context_of(browser, {"viewport": DESKTOP})
    page = await new_page(context)
    await sign_in(page, pages, postfix_next_hop)
    for content in (thunderbird(), outlook()):
        postfix_next_hop.forget()
        queue_id = await post(relay, *OUTSIDERS, COLLEAGUE, sender=SATO, content=content)
        await eventually(partial(is_held, relay, queue_id), "the mail to be held")
        await mend_and_release(page, pages, queue_id)
        await eventually(lambda: len(postfix_next_hop.arrived()) == len(OUTSIDERS) + 1, "six copies at Postfix")
        copies = {one.recipient: without_relays_line(one) for one in postfix_next_hop.arrived()}

        assert {*OUTSIDERS, COLLEAGUE} == set(copies)
        assert {address: unmended(content) for address in copies} == {
            address: unmended(copy) for address, copy in copies.items()
        }
        shown = {
            (address, word)
            for address, copy in copies.items()
            if address in OUTSIDERS
            for other, name in OUTSIDERS.items()
            for word in (other, other.partition("@")[2], name, name.split()[0])
            if other != address and word in words_in(copy)
        }
        assert set() == shown
        assert all(COLLEAGUE in words_in(copy) for copy in copies.values())
        # What is for a colleague is not held: it had gone as it was written.
        assert content == copies[COLLEAGUE]
    await closed(context)
