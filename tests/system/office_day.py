"""What an office does in a day, for tests of operation: mails are posted, commands are typed."""

from __future__ import annotations

import asyncio
import json
import smtplib
import subprocess
from collections.abc import Sequence
from typing import Any

from tests.system.load import QUEUE_ID
from tests.system.relay import OWN_DOMAIN, Relay

SENDER, COLLEAGUE = f"tanoue@{OWN_DOMAIN}", f"soumu@{OWN_DOMAIN}"
PARTNER = "ando@customer.example.com"
JAPANESE_SUBJECT = "見積書の件"
SUBJECT_LINE = "Subject: =?ISO-2022-JP?B?GyRCOCtAUT1xJE43bxsoQg==?="
STEP_SECONDS = 20.0


def wire(*fields: str, body: str = "text") -> bytes:
    """A mail with these header fields."""
    return "\r\n".join([*fields, "", body, ""]).encode()


def post_now(
    port: int, recipients: Sequence[str], sender: str = SENDER, content: bytes = wire(SUBJECT_LINE), name: str = "pc"
) -> str:
    """Hand in one mail as a mail program does; its queue id from the 250."""
    with smtplib.SMTP("127.0.0.1", port, local_hostname=f"{name}.example.jp", timeout=STEP_SECONDS) as smtp:
        smtp.ehlo()
        for code, reply in (smtp.mail(sender), *(smtp.rcpt(address) for address in recipients), smtp.data(content)):
            assert code == 250, (code, reply)
    found = QUEUE_ID.search(reply)
    assert found is not None, reply
    return found.group().decode()


async def post(relay: Relay, *recipients: str, sender: str = SENDER, content: bytes = wire(SUBJECT_LINE)) -> str:
    """As ``post_now``, to a running relay."""
    return await asyncio.to_thread(post_now, relay.port(), recipients or (PARTNER,), sender, content)


async def run(relay: Relay, *words: str) -> subprocess.CompletedProcess[str]:
    """``mailguard WORDS`` beside the relay, while the test's own servers go on."""
    done = await asyncio.to_thread(relay.command, *words)
    assert "Traceback" not in done.stderr, done.stderr
    return done


async def ask(relay: Relay, *words: str, status: int = 0) -> Any:
    """The JSON that ``mailguard WORDS --json`` prints, with this exit status."""
    done = await run(relay, *words, "--json")
    assert done.returncode == status, (words, done.returncode, done.stderr, done.stdout)
    return json.loads(done.stdout)


def states(relay: Relay, queue_id: str) -> list[str]:
    """The states of a mail's recipients, in order, as the database says."""
    return [row.state for row in relay.rows() if row.queue_id == queue_id]
