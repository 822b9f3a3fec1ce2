"""Reminders of an incident from the running relay, as they arrive at its next hop, and what a crash leaves of them."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import pytest

from tests.fakes.next_hop import ScriptedNextHop
from tests.system.office_day import ask, run
from tests.system.relay import OWN_DOMAIN, MakeRelay, Relay
from tests.system.test_notices import CRASH_STATUS, notices, settings
from tests.system.waiting import eventually

OFFICER = f"ciso@{OWN_DOMAIN}"


def reminders(hop: ScriptedNextHop) -> list[str]:
    """The subjects of those that arrived."""
    return [str(one["Subject"]) for one in notices(hop) if "期限" in str(one["Subject"])]


def half_time_has_come(relay: Relay) -> None:
    """People are to be told now of everything that is due; the relay must not run."""
    with closing(sqlite3.connect(relay.database_file)) as database, database:
        moved = database.execute("UPDATE incident_due SET remind_at = 1 WHERE remind_at IS NOT NULL")
        assert moved.rowcount > 0


@pytest.mark.parametrize("point", ["before_reminder_commit", "after_reminder_commit"])
async def test_crash_while_an_officer_is_reminded_tells_once(make_relay: MakeRelay, point: str) -> None:
    """However the relay dies, I hear that a step of the incident is due, and not twice."""
    async with ScriptedNextHop() as hop:
        relay = make_relay(hop.port, **settings())
        await relay.started()
        await run(relay, "person", "put", OFFICER)
        await run(relay, "person", "grant", OFFICER, "security_officer")
        incident_id = (await ask(relay, "incident", "open", "--kind", "loss", "--note", "on the train"))["incident"]
        assert await relay.stopped() == 0
        half_time_has_come(relay)
        relay.launch(MG_CRASH_AT=point)
        assert await asyncio.to_thread(relay.wait) == CRASH_STATUS
        before = relay.look("SELECT count(*) FROM incident_due WHERE remind_at = 1")
        await relay.started()
        await eventually(lambda: reminders(hop), "the reminder")
        await eventually(lambda: not relay.unfinished(), "every mail to be sent")
        entries = (await ask(relay, "incident", "show", incident_id))["entries"]
        assert await relay.stopped() == 0

    assert (point == "before_reminder_commit") == (before[0][0] > 0)
    # A command opened it, so it is told to nobody else: no mail goes to a name without a mailbox.
    assert 1 == len(reminders(hop))
    assert {(OFFICER,)} == {one.addresses for one in hop.mails}
    assert 1 == sum(one["kind"] == "reminded" for one in entries)
