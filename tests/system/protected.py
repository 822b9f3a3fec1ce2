"""What tests of protection share: a relay that protects, mails with personal data, and how their passwords stand."""

from __future__ import annotations

import asyncio
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path
from typing import Any

from mailguard.clock import SystemClock
from mailguard.config import load
from mailguard.parcels.listing import ListedParcel, parcels_of_mail
from mailguard.parcels.records import PASSWORDS, Records
from mailguard.spool import open_spool
from mailguard.store import open_store
from tests.system.office_day import run, states
from tests.system.relay import OWN_DOMAIN, Relay
from tests.system.waiting import eventually

SENDER, COLLEAGUE = f"tanoue@{OWN_DOMAIN}", f"soumu@{OWN_DOMAIN}"
A, B = "ando@customer.example.com", "baba@partner.example.net"
PHONE_VALUE = "090-4127-0538"
BODY = f"次の方です。\n\n氏名：長谷川 美咲\n電話：{PHONE_VALUE}\n"
HIDDEN = ("長谷川美咲", "090-4127-0538", "09041270538")
STANDARD = {"folder": None, "set": "standard"}
HOLDING = {"minutes": 0, "grace_seconds": 0}
_PASSWORD = re.compile(r"^[A-Za-z0-9]{4}(?:-[A-Za-z0-9]{4}){4,6}$", re.MULTILINE)


def mail(to: list[str], body: str = BODY, *files: tuple[str, bytes], subject: str = "ご照会の件") -> bytes:
    """A mail as a clerk's program writes it."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = f"田上 弘 <{SENDER}>", ", ".join(to), subject
    message["Message-ID"] = f"<{abs(hash((tuple(to), body, subject)))}@{OWN_DOMAIN}>"
    message["X-Internal-Note"] = "長谷川 美咲"
    message.set_content(body, cte="base64")
    for name, octets in files:
        message.add_attachment(octets, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


async def released(relay: Relay, queue_id: str, *words: str) -> None:
    """Wait until the mail is held, and send it on as the rules demand."""
    await eventually(lambda: "held" in states(relay, queue_id), "the mail to be held", seconds=120)
    done = await run(relay, "hold", "release", queue_id, *words)
    assert done.returncode == 0, done.stderr


async def until_states(relay: Relay, queue_id: str, *wanted: str) -> None:
    """Wait until its recipients stand so."""
    await eventually(lambda: states(relay, queue_id) == list(wanted), f"{wanted}", seconds=120)


def parcels_on_record(relay: Relay, queue_id: str) -> list[tuple[ListedParcel, str | None]]:
    """The parcels of a mail with their passwords, as an officer may see them."""
    settings = load(relay.config_file)
    clock = SystemClock()
    store = open_store(settings.storage, clock)
    try:
        spool = open_spool(settings, store, clock)
        records = Records(spool.secret_box(PASSWORDS))
        return store.read_now(
            lambda reader: [
                (one, records.password(reader, one.parcel.parcel_id))
                for one in parcels_of_mail(spool, records, reader, queue_id)
            ]
        )
    finally:
        store.close()


def passwords_in(octets: bytes) -> list[str]:
    """The passwords that stand on lines of their own in a mail, each once."""
    message = message_from_bytes(octets, policy=default)
    body = message.get_body(("plain",))
    found = [] if body is None else _PASSWORD.findall(body.get_content().replace("\r\n", "\n"))
    return list(dict.fromkeys(found))


def settings(**more: Any) -> dict[str, Any]:
    """Sections for a relay that protects."""
    return {"hold": HOLDING, "policy": STANDARD} | more


async def data_folder(relay: Relay) -> list[Path]:
    """Every file of the relay's data."""
    return await asyncio.to_thread(lambda: [one for one in relay.database_file.parent.rglob("*") if one.is_file()])
