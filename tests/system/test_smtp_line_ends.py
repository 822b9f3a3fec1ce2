"""SMTP smuggling (P-35): only CRLF.CRLF ends a mail, whatever other servers would take for an end."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

import pytest

from tests.system.smtp_office import SENDER, smtp_office

BEFORE, AFTER = [b"\r\n", b"\n", b"\r", b"\0", b"\r\r\n"], [b"\r\n", b"\n", b"\r", b"\0", b"\r\r\n"]
PAIRS = [before + b"." + after for before, after in itertools.product(BEFORE, AFTER)]
# CRLF.CRLF is the true end, also behind a stray CR: what follows it then are commands of the client's own.
ENDS = [end for end in PAIRS if b"\r\n.\r\n" not in end]
ENDS += [b"\r\n.\r\x0b\n", b"\n..\n", b"\r\n.\0\r\n", b"\xe2\x80\xa8.\r", b"a\rb\nc"]
HIDDEN = (
    f"MAIL FROM:<{SENDER}>\r\nRCPT TO:<victim@customer.example.com>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n"
).encode()


@pytest.mark.parametrize("end", ENDS, ids=repr)
async def test_content_with_odd_line_ends_is_refused_as_one_mail(tmp_path: Path, end: bytes) -> None:
    """A mail that other servers would read as two is refused whole, after its true end, and nothing of it is kept."""
    async with smtp_office(tmp_path) as office:
        client = await office.connect()
        await client.envelope()
        await client.send(b"Subject: first\r\n\r\ntext" + end + HIDDEN + b".\r\n")
        reply = await client.reply()
        after = await client.say("NOOP")
        taken = await office.mails()

    assert reply.startswith(b"550 5.6.0")
    assert after.startswith(b"250")
    assert taken == []


@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize("end", [b"\n.\n", b"\r\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\r"], ids=repr)
async def test_content_cut_anywhere_on_its_way_is_read_the_same(tmp_path: Path, end: bytes, size: int) -> None:
    """However the network cuts the octets, the mail ends in the same place."""
    async with smtp_office(tmp_path) as office:
        client = await office.connect()
        await client.envelope()
        octets = b"Subject: first\r\n\r\ntext" + end + b"MAIL FROM:<x@y.example>\r\n.\r\n"
        for start in range(0, len(octets), size):
            await client.send(octets[start : start + size])
            await asyncio.sleep(0)
        reply = await client.reply()
        after = await client.say("NOOP")
        taken = await office.mails()

    assert reply.startswith(b"550 5.6.0")
    assert after.startswith(b"250")
    assert taken == []


@pytest.mark.parametrize("size", [1, 3, 7, 4096])
async def test_content_with_dots_arrives_as_it_was_sent(tmp_path: Path, size: int) -> None:
    """Lines that begin with dots are ordinary text, and the mail behind them is another mail."""
    content = b"Subject: dots\r\n\r\n..\r\n...\r\n..text\r\n\r\n.. \r\n"
    async with smtp_office(tmp_path) as office:
        client = await office.connect()
        await client.envelope()
        for start in range(0, len(content), size):
            await client.send(content[start : start + size])
            await asyncio.sleep(0)
        await client.send(b".\r\n")
        first = await client.reply()
        second = await client.mail(b"Subject: second\r\n\r\n")
        taken = await office.mails()

    assert first.startswith(b"250 2.0.0 Ok: queued as ")
    assert second.startswith(b"250")
    assert [content, b"Subject: second\r\n\r\n"] == [octets for _, octets in taken]


@pytest.mark.parametrize("line", [b"NOOP\n", b"MAIL FROM:<a@b.example>\n", b"\n", b"RSET\r\r\n", b"NO\rOP\n"], ids=repr)
async def test_command_with_odd_line_end_is_no_command(tmp_path: Path, line: bytes) -> None:
    """A command ends in CRLF or it is refused; what a bare LF ends is never carried out."""
    async with smtp_office(tmp_path) as office:
        client = await office.connect()
        await client.send(line)
        reply = await client.reply()

    assert reply.startswith(b"50")
