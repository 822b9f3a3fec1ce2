"""Notices of the running relay, as they arrive at its next hop."""

from __future__ import annotations

import asyncio
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from tests.fakes.next_hop import ScriptedNextHop, Stage, say
from tests.system.office_day import post, run, states, wire
from tests.system.relay import OWN_DOMAIN, MakeRelay, Relay
from tests.system.waiting import eventually

OWNER = f"system@{OWN_DOMAIN}"
"""Who answers for what the tests' programs send (``relay_settings``)."""
SENDER = f"tanoue@{OWN_DOMAIN}"
STANDARD = {"folder": None, "set": "standard"}
PARENTS = [f"oya{number:02}@{('gmail.com', 'docomo.ne.jp', 'icloud.com')[number % 3]}" for number in range(30)]
DANGEROUS = wire(f"From: {SENDER}", f"To: {', '.join(PARENTS[:15])},", f" {', '.join(PARENTS[15:])}", "Subject: plan")
ROUTINE = wire(f"From: {SENDER}", "To: ando@customer.example.com", "Subject: plan")
CRASH_STATUS = 77


def settings(**notices: Any) -> dict[str, Any]:
    """Mail to outsiders waits, and what people are to be told is told soon."""
    return {
        "policy": STANDARD,
        "hold": {"minutes": 60, "grace_seconds": 0},
        "notices": {"wait_seconds": 0.5, **notices},
        "web": {"host": "127.0.0.1", "port": 0, "public_url": "https://mail.gojokai.example.jp"},
    }


def notices(hop: ScriptedNextHop) -> list[EmailMessage]:
    """The notices that arrived."""
    found = [message_from_bytes(one.content, policy=default) for one in hop.mails]
    return [one for one in found if one["Auto-Submitted"] == "auto-generated"]


async def dangerous(relay: Relay) -> str:
    """A mail that a person must decide about, held."""
    queue_id = await post(relay, *PARENTS, sender=SENDER, content=DANGEROUS)
    await eventually(lambda: "held" in states(relay, queue_id), "the mail to be held")
    return queue_id


async def told(relay: Relay) -> None:
    """Returns when nobody is to be told anything any more."""
    # What is due later is a reminder.
    query = "SELECT count(*) FROM notice WHERE due_at <= unixepoch() * 1000000"
    await eventually(lambda: relay.look(query) == [(0,)] and not relay.unfinished(), "notices to be written")


async def test_dangerous_mail_leads_to_one_notice_and_a_routine_one_to_none(make_relay: MakeRelay) -> None:
    """One mail where I am needed; nothing where I am not."""
    async with ScriptedNextHop() as hop:
        relay = make_relay(hop.port, **settings())
        await relay.started()
        routine = await post(relay, "ando@customer.example.com", sender=SENDER, content=ROUTINE)
        queue_id = await dangerous(relay)
        await eventually(lambda: notices(hop), "the notice")
        await told(relay)
        (notice,) = notices(hop)
        (mail,) = hop.mails
        part = notice.get_body(("plain",))
        assert await relay.stopped() == 0

    assert part is not None
    assert queue_id in part.get_content()
    assert routine not in part.get_content()
    assert "https://mail.gojokai.example.jp/m/" in part.get_content()
    assert ("", (OWNER,)) == (mail.reverse_path, mail.addresses)
    assert "/m/" not in relay.log()


async def test_dangerous_mail_that_is_cancelled_at_once_leads_to_none(make_relay: MakeRelay) -> None:
    """Whoever decides at once has no mail about it but that somebody else did so."""
    async with ScriptedNextHop() as hop:
        relay = make_relay(hop.port, **settings())
        # However slow the machine: the cancel comes within the wait.
        await relay.started(MAILGUARD_NOTICES__WAIT_SECONDS="3600")
        queue_id = await dangerous(relay)
        await run(relay, "hold", "cancel", queue_id)
        assert await relay.stopped() == 0
        await relay.started()
        await told(relay)
        subjects = [str(one["Subject"]) for one in notices(hop)]
        assert await relay.stopped() == 0

    assert ["【取り消しました】"] == [one[:9] for one in subjects]


@pytest.mark.parametrize("point", ["before_notice_commit", "after_notice_commit"])
async def test_crash_while_a_notice_is_written_tells_once(make_relay: MakeRelay, point: str) -> None:
    """However the relay dies, I hear of my mail, and not twice."""
    async with ScriptedNextHop() as hop:
        relay = make_relay(hop.port, **settings())
        await relay.started(MG_CRASH_AT=point)
        await post(relay, *PARENTS, sender=SENDER, content=DANGEROUS)
        assert await asyncio.to_thread(relay.wait) == CRASH_STATUS
        await relay.started()
        await eventually(lambda: notices(hop), "the notice")
        await told(relay)
        assert await relay.stopped() == 0

    assert 1 == len(notices(hop))


async def test_notice_that_bounces_leads_to_nothing(make_relay: MakeRelay) -> None:
    """A mailbox that is gone makes no storm: nothing is written about what we wrote."""
    async with ScriptedNextHop() as hop:
        hop.on(Stage.RCPT, say("550 5.1.1 no such mailbox"))
        relay = make_relay(hop.port, **settings())
        await relay.started()
        await dangerous(relay)
        query = "SELECT count(*) FROM notice WHERE written_at IS NOT NULL"
        await eventually(lambda: relay.look(query) == [(1,)], "the notice to be written")
        await told(relay)
        rows = [row.state for row in relay.rows() if row.state != "held"]
        assert await relay.stopped() == 0

    assert ["bounced"] == rows
