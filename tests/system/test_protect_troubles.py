"""Protected mail while something around it fails: disk, database, gateway, the looking processes; and who gets what."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from tests.conformance.parcel_parts import bounce_of
from tests.fakes.next_hop import Features, ScriptedNextHop, Stage, wait
from tests.fakes.sms_gateway import Behaviour, SmsGateway
from tests.system.accounting import finished
from tests.system.full_disk import fill
from tests.system.office_day import post, run, states
from tests.system.opened import readable
from tests.system.protect_account import account_of, check, opens_with
from tests.system.protected import (
    BODY,
    HOLDING,
    SENDER,
    A,
    B,
    mail,
    parcels_on_record,
    passwords_in,
    released,
    settings,
    until_states,
)
from tests.system.relay import MakeRelay, Relay
from tests.system.test_protect_faults import (
    AT_ONCE,
    PHONE,
    carriers_arrive,
    carriers_of,
    passwords_are,
    protecting,
    with_file,
)
from tests.system.waiting import eventually, free_port

MEBIBYTE = 2**20
C = "chiba@third.example.org"
LOCKED_SECONDS = 6.0
"""Longer than anybody waits for another process's lock."""


@pytest.fixture
async def hop() -> AsyncIterator[ScriptedNextHop]:
    """A next hop that takes everything."""
    async with ScriptedNextHop(Features(pipelining=True)) as hop:
        yield hop


async def _noted(relay: Relay, address: str) -> None:
    done = await run(relay, "correspondents", "note", address, "--phone", PHONE)
    assert done.returncode == 0, done.stderr


# -- disk and database


async def test_full_disk_while_a_parcel_is_made_only_delays_it(
    make_relay: MakeRelay, hop: ScriptedNextHop, small_disk: Path
) -> None:
    """The disk fills up before the parcel is written: nothing leaves, nobody is asked, it goes when there is room."""
    storage = {"directory": str(small_disk / "data"), "reserve_bytes": 0, "inline_bytes": 65536}
    protection = {"channel": "separate_mail", "window_minutes": 0, "attachments": "all"}
    relay = make_relay(hop.port, **settings(storage=storage, protection=protection, limits={"message_bytes": 2**24}))
    await relay.started()
    large = ("写真.bin", random.Random(2).randbytes(5 * MEBIBYTE))
    queue_id = await post(relay, A, sender=SENDER, content=mail([A], BODY, large))
    await eventually(lambda: states(relay, queue_id) == ["held"], "the mail to be held")
    ballast = fill(small_disk)
    with ballast.open("r+b") as file:
        file.truncate(ballast.stat().st_size - 2 * MEBIBYTE)
    await released(relay, queue_id)
    await eventually(lambda: "mail_left_for_later" in relay.log(), "the parcel to find no room")
    between = (states(relay, queue_id), len(hop.mails))
    ballast.unlink()
    await until_states(relay, queue_id, "delivered")
    await finished(relay)
    await carriers_arrive(relay, queue_id)

    assert (["cleared"], 0) == between
    check(relay, hop, queue_id, (A,), told=(A,))
    assert [] == [one for one in (small_disk / "data" / "content" / "tmp").iterdir() if one.is_file()]
    assert await relay.stopped() == 0


async def _keep_to_oneself(database_file: Path, seconds: float) -> None:
    """Another program that writes for so long."""
    with closing(sqlite3.connect(database_file, isolation_level=None, timeout=10)) as other:
        other.execute("BEGIN IMMEDIATE")
        await asyncio.sleep(seconds)
        other.execute("ROLLBACK")


async def test_database_that_is_locked_while_a_parcel_is_made_only_delays_it(
    make_relay: MakeRelay, hop: ScriptedNextHop
) -> None:
    """A backup keeps the database when the parcel is to go on record: it is made anew, and nobody got the first."""
    relay = make_relay(hop.port, **settings(protection={"channel": "separate_mail", "window_minutes": 0}))
    await relay.started()
    queue_id = await post(relay, A, B, sender=SENDER, content=with_file([A, B]))
    await eventually(lambda: set(states(relay, queue_id)) == {"held"}, "the mail to be held")
    sends = asyncio.create_task(released(relay, queue_id))
    await eventually(lambda: set(states(relay, queue_id)) == {"cleared"}, "the parcel to be made")
    await _keep_to_oneself(relay.database_file, LOCKED_SECONDS)
    await sends
    await until_states(relay, queue_id, "delivered", "delivered")
    await finished(relay)
    await carriers_arrive(relay, queue_id)

    check(relay, hop, queue_id, (A, B), told=(A, B))
    assert await relay.stopped() == 0


async def test_database_that_is_locked_while_a_parcel_is_taken_doubles_nothing(
    make_relay: MakeRelay, hop: ScriptedNextHop
) -> None:
    """It cannot be recorded for a while that the parcel arrived: it is not sent again, and its password goes once."""
    answer = asyncio.Event()
    hop.on(Stage.TAKEN, wait(answer), times=1)
    relay = protecting(make_relay, hop, "separate_mail")
    await relay.started()
    queue_id = await post(relay, A, B, sender=SENDER, content=with_file([A, B]))
    await hop.until(lambda: hop.reached(Stage.TAKEN))
    asyncio.get_running_loop().call_later(0.2, answer.set)
    await _keep_to_oneself(relay.database_file, LOCKED_SECONDS)
    await until_states(relay, queue_id, "delivered", "delivered")
    await finished(relay)
    await carriers_arrive(relay, queue_id)

    check(relay, hop, queue_id, (A, B), told=(A, B))
    assert await relay.stopped() == 0


# -- the gateway


@pytest.mark.parametrize("how", ["down", "hangs", "cuts", "refuses"])
async def test_gateway_that_fails_makes_one_mail_to_the_sender(
    make_relay: MakeRelay, hop: ScriptedNextHop, how: str
) -> None:
    """No gateway, no answer, a cut line, a refusal: nobody is asked twice, and I get one mail that says so."""
    async with SmsGateway(status=503 if how == "refuses" else 202) as gateway:
        gateway.behaviour = {"hangs": Behaviour.HANG, "cuts": Behaviour.CUT}.get(how, Behaviour.ANSWER)
        url = f"http://127.0.0.1:{free_port()}/" if how == "down" else gateway.url
        relay = protecting(make_relay, hop, "sms", protection={"sms": {"url": url, "seconds": 1}})
        await relay.started()
        await _noted(relay, A)
        queue_id = await post(relay, A, sender=SENDER, content=mail([A]))
        await until_states(relay, queue_id, "delivered")
        await eventually(lambda: bool(carriers_of(relay, queue_id)), "the mail to the sender")
        await carriers_arrive(relay, queue_id)
        await finished(relay)
        assert await relay.stopped() == 0

    assert (0 if how == "down" else 1) == len(gateway.taken)
    check(relay, hop, queue_id, (A,), told=(SENDER,))


async def test_answer_of_the_gateway_is_kept_while_the_database_is_locked(
    make_relay: MakeRelay, hop: ScriptedNextHop
) -> None:
    """The message went, and the record could not be written for a while: I am not told it as well."""
    answer = asyncio.Event()
    async with SmsGateway(may_answer=answer) as gateway:
        relay = protecting(make_relay, hop, "sms", protection={"sms": {"url": gateway.url}})
        await relay.started()
        await _noted(relay, A)
        queue_id = await post(relay, A, sender=SENDER, content=mail([A]))
        await eventually(lambda: bool(gateway.taken), "the message")
        asyncio.get_running_loop().call_later(0.2, answer.set)
        await _keep_to_oneself(relay.database_file, LOCKED_SECONDS)
        await eventually(lambda: passwords_are(relay, queue_id) == ["told"], "the record")
        assert await relay.stopped() == 0

    assert (1, []) == (len(gateway.taken), carriers_of(relay, queue_id))
    check(relay, hop, queue_id, (A,), told=())


# -- processes that look


async def test_looking_that_is_killed_holds_the_mail_and_sends_nothing(
    make_relay: MakeRelay, hop: ScriptedNextHop
) -> None:
    """Whoever looks is killed while the mail is made ready: it is held, and leaves protected when I send it again."""
    relay = make_relay(hop.port, **settings(protection={"channel": "separate_mail", "window_minutes": 0}))
    await relay.started()
    queue_id = await post(relay, A, sender=SENDER, content=mail([A]))
    await eventually(lambda: states(relay, queue_id) == ["held"], "the mail to be held")
    ends = asyncio.create_task(asyncio.to_thread(_kill_workers, relay, queue_id))
    await released(relay, queue_id)
    await ends
    between = (states(relay, queue_id), len(hop.mails))
    await released(relay, queue_id)
    await until_states(relay, queue_id, "delivered")
    await finished(relay)
    await carriers_arrive(relay, queue_id)

    assert (["held"], 0) == between
    check(relay, hop, queue_id, (A,), told=(A,))
    assert await relay.stopped() == 0


def _kill_workers(relay: Relay, queue_id: str) -> None:
    """Kill every process that looks, until the mail is held because of it."""
    for _ in range(3000):
        with contextlib.suppress(psutil.Error):
            for helper in psutil.Process(relay.pid).children():
                for worker in helper.children():
                    worker.kill()
        ((verdict,),) = relay.look("SELECT verdict FROM recipient WHERE queue_id = ?", queue_id)
        if "not_prepared" in verdict:
            return
    raise AssertionError("it was never held")


async def test_relay_that_is_stopped_while_parcels_are_made_goes_on_at_the_next_start(
    make_relay: MakeRelay, hop: ScriptedNextHop
) -> None:
    """An administrator stops the service in the middle: no mail needs a person, and each leaves protected, once."""
    relay = protecting(make_relay, hop, "separate_mail", service={"drain_seconds": 0})
    await relay.started()
    queue_ids = [
        await post(relay, A, sender=SENDER, content=with_file([A], subject=f"照会 {number}")) for number in range(6)
    ]
    relay.signal(signal.SIGTERM)
    status = await asyncio.to_thread(relay.wait)
    await relay.started()
    for queue_id in queue_ids:
        await until_states(relay, queue_id, "delivered")
        await carriers_arrive(relay, queue_id)

    assert 0 == status
    for queue_id in queue_ids:
        # Cut in the middle of a transaction it may be in doubt, as after a crash.
        check(relay, hop, queue_id, (A,), told=(A,), parcel_copies=2, password_copies=2)
    assert await relay.stopped() == 0


# -- who gets what


async def test_report_in_time_stops_the_password_of_that_recipient_alone(
    make_relay: MakeRelay, hop: ScriptedNextHop
) -> None:
    """A server says later that the mail came back for one reader: she gets no password, the other one does."""
    relay = protecting(make_relay, hop, "separate_mail", 10)
    await relay.started()
    queue_id = await post(relay, A, B, sender=SENDER, content=with_file([A, B]))
    await until_states(relay, queue_id, "delivered", "delivered")
    sent = account_of(hop).parcels[queue_id, A][0]
    found = re.search(rb"^Message-ID: (<[^>]+>)", sent, re.MULTILINE | re.IGNORECASE)
    assert found is not None
    report = await post(relay, SENDER, sender="", content=bounce_of(found[1].decode(), A))
    await until_states(relay, report, "delivered")
    waiting = [one for one in carriers_of(relay, queue_id) if states(relay, one) == ["held"]]
    (carrier,) = waiting
    done = await run(relay, "hold", "release", carrier)
    await until_states(relay, carrier, "delivered")

    assert 0 == done.returncode
    assert ["stopped", "told"] == passwords_are(relay, queue_id)
    assert [(carrier, B)] == list(account_of(hop).passwords)
    assert [] == account_of(hop).leaks
    assert await relay.stopped() == 0


async def test_password_for_each_opens_the_own_parcel_only(make_relay: MakeRelay, hop: ScriptedNextHop) -> None:
    """With a password for each, nobody can open what another one got, and nobody hears another one's password."""
    relay = protecting(make_relay, hop, "separate_mail", protection={"passwords": "each"})
    await relay.started()
    queue_id = await post(relay, A, B, sender=SENDER, content=with_file([A, B]))
    await until_states(relay, queue_id, "delivered", "delivered")
    await carriers_arrive(relay, queue_id)
    found = account_of(hop)
    own = {
        address: word
        for listed, word in parcels_on_record(relay, queue_id)
        for member in listed.members
        for address in [(A, B)[member.telling.position]]
    }
    heard = {address: passwords_in(copies[0]) for (_, address), copies in found.passwords.items()}

    assert {A: [own[A]], B: [own[B]]} == heard
    assert own[A] != own[B]
    for address in (A, B):
        assert opens_with(found.parcels[queue_id, address][0], own[address])
    with pytest.raises(Exception, match="returned non-zero exit status"):
        opens_with(found.parcels[queue_id, A][0], own[B])
    assert [] == found.leaks
    assert await relay.stopped() == 0


@pytest.mark.parametrize("rules", ["protect", "protect-hidden"])
@pytest.mark.parametrize("channel", ["separate_mail", "to_sender"])
async def test_nobody_sees_whom_they_may_not(
    make_relay: MakeRelay, hop: ScriptedNextHop, rules: str, channel: str
) -> None:
    """Header, notice, letter inside and password mail: a Bcc is in none of them; hidden readers see nobody else."""
    protection = {"channel": channel, "window_minutes": 0}
    relay = make_relay(hop.port, policy=AT_ONCE | {"set": rules}, hold=HOLDING, protection=protection)
    await relay.started()
    queue_id = await post(relay, A, B, C, sender=SENDER, content=mail([A, B]))
    await until_states(relay, queue_id, *["delivered"] * 3)
    await finished(relay)
    await carriers_arrive(relay, queue_id)
    found = account_of(hop)
    words = {
        (A, B, C)[member.telling.position]: word
        for listed, word in parcels_on_record(relay, queue_id)
        for member in listed.members
    }
    seen = {}
    for address in (A, B, C):
        copy = found.parcels[queue_id, address][0]
        inside = opens_with(copy, words[address])
        texts = [readable(copy), *(octets.decode("utf-8", "replace") for octets in inside.values())]
        texts += [readable(copies[0]) for (_, whom), copies in found.passwords.items() if whom == address]
        seen[address] = {one for one in (A, B, C) if one != address and any(one in text for text in texts)}

    assert [] == found.leaks
    if rules == "protect-hidden":
        assert {A: set(), B: set(), C: set()} == seen
    else:
        assert {A: {B}, B: {A}, C: {A, B}} == seen
    assert await relay.stopped() == 0
