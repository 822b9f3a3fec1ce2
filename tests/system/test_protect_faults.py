"""``kill -9`` on the way of a protected mail: nothing leaves in clear, nothing is lost, no password is told twice."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

import pytest

from tests.fakes.next_hop import Features, ScriptedNextHop
from tests.fakes.sms_gateway import SmsGateway
from tests.system.accounting import finished
from tests.system.office_day import post, post_now, run, states
from tests.system.protect_account import account_of, check
from tests.system.protected import BODY, COLLEAGUE, HOLDING, SENDER, A, B, mail, parcels_on_record, until_states
from tests.system.relay import RULES, MakeRelay, Relay
from tests.system.test_crash_kill import CRASH_STATUS, MANY_DOUBTS
from tests.system.waiting import eventually

PHONE = "09012345678"
AT_ONCE = {"check_domains": False, "folder": str(RULES), "set": "protect"}
SMALL_ROWS = {"inline_bytes": 8192}
"""So that parcels are files, sealed before the commit that names them."""

PREPARING = ("after_parcel_filled", "after_parcel_sealed", "after_parcel_inserted", "before_queued_commit")
TAKING = ("after_queued_commit", "after_dot", "before_delivered_commit", "after_password_written")
TAKEN_BEFORE_COMMIT = 3
"""How many of these are after the next hop's 250 and before our commit."""


@pytest.fixture
async def hop() -> AsyncIterator[ScriptedNextHop]:
    """A next hop that takes everything."""
    async with ScriptedNextHop(Features(pipelining=True)) as hop:
        yield hop


@pytest.fixture
async def gateway() -> AsyncIterator[SmsGateway]:
    """The office's gateway for short messages."""
    async with SmsGateway() as gateway:
        yield gateway


def protecting(make_relay: MakeRelay, hop: ScriptedNextHop, channel: str, window: float = 0, **more: Any) -> Relay:
    """A relay, not yet started, that sends personal data protected at once."""
    protection = {"channel": channel, "window_minutes": window, **more.pop("protection", {})}
    return make_relay(
        hop.port, protection=protection, policy=AT_ONCE, hold=HOLDING, storage=SMALL_ROWS, delivery=MANY_DOUBTS, **more
    )


def with_file(to: list[str], subject: str = "ご照会の件") -> bytes:
    """A mail whose parcel outgrows a row."""
    return mail(to, BODY, ("名簿.csv", "氏名,電話\n長谷川 美咲,090-4127-0538\n".encode("cp932")),
                ("写真.bin", random.Random(1).randbytes(60_000)), subject=subject)  # fmt: skip


async def dies(relay: Relay) -> None:
    """Waits for the end at a named crash point."""
    assert CRASH_STATUS == await asyncio.to_thread(relay.wait)


async def posted_and_died(relay: Relay, point: str, *to: str) -> str:
    """Hand in a mail to a relay that ends itself at ``point``; its queue id."""
    await relay.started(MG_CRASH_AT=point)
    queue_id = await post(relay, *to, sender=SENDER, content=with_file(list(to)))
    await dies(relay)
    return queue_id


async def dies_again_at(relay: Relay, *points: str) -> None:
    """Start and die at each, one after the other."""
    for point in points:
        relay.launch(MG_CRASH_AT=point)
        await dies(relay)


async def ends_well(relay: Relay, queue_id: str, *wanted: str) -> None:
    """A start without any fault, until nothing is left to do."""
    await relay.started()
    await until_states(relay, queue_id, *wanted)
    await finished(relay)


def passwords_are(relay: Relay, queue_id: str) -> list[str]:
    """Where they are, by recipient."""
    members = [one for listed, _ in parcels_on_record(relay, queue_id) for one in listed.members]
    return [one.telling.state.value for one in sorted(members, key=lambda one: one.telling.position)]


def carriers_of(relay: Relay, queue_id: str) -> list[str]:
    """The mails of our own that carry the password, each once."""
    members = [one for listed, _ in parcels_on_record(relay, queue_id) for one in listed.members]
    return sorted({one.telling.told_by for one in members if one.telling.told_by is not None})


async def carriers_arrive(relay: Relay, queue_id: str) -> None:
    """Until the mails with the password have left."""
    await eventually(
        lambda: all(states(relay, one) == ["delivered"] for one in carriers_of(relay, queue_id)), "the passwords"
    )


def five_minutes_pass(relay: Relay) -> None:
    """For short messages of which nothing was heard; the relay does not run."""
    with closing(sqlite3.connect(relay.database_file, isolation_level=None)) as database:
        database.execute("UPDATE parcel_recipient SET due_at = due_at - 301000000 WHERE state = 'sending'")


async def test_crash_while_a_parcel_is_made_lets_nothing_out(make_relay: MakeRelay, hop: ScriptedNextHop) -> None:
    """However far the parcel had come: nobody got anything yet, in the end everybody gets one, and one password."""
    relay = protecting(make_relay, hop, "separate_mail")
    queue_id = await posted_and_died(relay, PREPARING[0], A, B)
    await dies_again_at(relay, *PREPARING[1:])
    before = (len(hop.mails), len(hop.unfinished), passwords_are(relay, queue_id))
    await ends_well(relay, queue_id, "delivered", "delivered")
    await carriers_arrive(relay, queue_id)

    assert (0, 0, []) == before
    assert ["told", "told"] == passwords_are(relay, queue_id)
    check(relay, hop, queue_id, (A, B), told=(A, B))
    assert await relay.stopped() == 0


@pytest.mark.parametrize("channel", ["to_sender", "separate_mail", "sms"])
async def test_crash_while_a_parcel_is_taken_tells_its_password_once(
    make_relay: MakeRelay, hop: ScriptedNextHop, gateway: SmsGateway, channel: str
) -> None:
    """Whoever dies between the 250 and the record sends the same parcel again; its password goes once, and after."""
    relay = protecting(make_relay, hop, channel, protection={"sms": {"url": gateway.url}})
    await _noted(relay, A)
    queue_id = await posted_and_died(relay, TAKING[0], A)
    await dies_again_at(relay, *TAKING[1:])
    before = (len(account_of(hop).passwords), len(gateway.taken), passwords_are(relay, queue_id))
    await ends_well(relay, queue_id, "delivered")
    await eventually(lambda: passwords_are(relay, queue_id) == ["told"], "the password to be told")
    await carriers_arrive(relay, queue_id)

    assert (0, 0, ["packed"]) == before
    assert (1 if channel == "sms" else 0) == len(gateway.taken)
    told = {"to_sender": (SENDER,), "separate_mail": (A,), "sms": ()}[channel]
    check(relay, hop, queue_id, (A,), told=told, parcel_copies=1 + TAKEN_BEFORE_COMMIT)
    assert await relay.stopped() == 0


async def _noted(relay: Relay, address: str) -> None:
    """A telephone for short messages. The first start makes the database."""
    await relay.started()
    done = await run(relay, "correspondents", "note", address, "--phone", PHONE)
    assert done.returncode == 0, done.stderr
    assert await relay.stopped() == 0


@pytest.mark.parametrize("channel", ["to_sender", "separate_mail"])
async def test_crash_while_the_password_mail_leaves_writes_no_second_one(
    make_relay: MakeRelay, hop: ScriptedNextHop, channel: str
) -> None:
    """A password goes to its reader once at most; where nobody knows whether it arrived, its sender tells it."""
    relay = protecting(make_relay, hop, channel)
    queue_id = await posted_and_died(relay, "after_delivered_commit", A)
    await dies_again_at(relay, "before_queued_commit", "after_dot", "before_delivered_commit")
    await ends_well(relay, queue_id, "delivered")
    await carriers_arrive(relay, queue_id)
    ((_, password),) = parcels_on_record(relay, queue_id)
    found = account_of(hop)
    to_reader = [copies for (_, address), copies in found.passwords.items() if address == A]

    assert ["told"] == passwords_are(relay, queue_id)
    assert ([], []) == (found.leaks, found.differing)
    assert sum(map(len, to_reader)) <= (0 if channel == "to_sender" else 1)
    assert found.told(password, SENDER)
    assert await relay.stopped() == 0


async def test_crash_around_the_window_keeps_it_and_its_end(make_relay: MakeRelay, hop: ScriptedNextHop) -> None:
    """A password that waits still waits after a crash; released into a crash it goes once, or its sender tells it."""
    relay = protecting(make_relay, hop, "separate_mail", 10)
    queue_id = await posted_and_died(relay, "after_delivered_commit", A, B)
    first, second = carriers_of(relay, queue_id)
    await relay.started(MG_CRASH_AT="before_queued_commit")
    waiting = passwords_are(relay, queue_id)
    done = await run(relay, "hold", "release", first)
    await dies(relay)
    await dies_again_at(relay, "after_dot")
    await ends_well(relay, queue_id, "delivered", "delivered")
    await until_states(relay, first, "bounced")
    cancelled = await run(relay, "hold", "cancel", second)
    relay.kill()
    await ends_well(relay, queue_id, "delivered", "delivered")
    found = account_of(hop)

    assert (0, 0) == (done.returncode, cancelled.returncode)
    assert ["waiting", "waiting"] == waiting
    assert ["stopped", "told"] == sorted(passwords_are(relay, queue_id))
    to_readers = [copies for (_, address), copies in found.passwords.items() if address != SENDER]
    assert ([], []) == (found.leaks, found.differing)
    assert sum(map(len, to_readers)) <= 1
    assert SENDER in {address for _, address in found.passwords}
    assert ["cancelled"] == states(relay, second)
    assert await relay.stopped() == 0


@pytest.mark.parametrize("point", ["after_short_message_begun", "before_short_message_recorded"])
async def test_crash_around_a_short_message_sends_no_second_one(
    make_relay: MakeRelay, hop: ScriptedNextHop, gateway: SmsGateway, point: str
) -> None:
    """A message is handed to the gateway at most once; where nobody knows whether it was, I am told, once."""
    relay = protecting(make_relay, hop, "sms", protection={"sms": {"url": gateway.url}})
    await _noted(relay, A)
    queue_id = await posted_and_died(relay, point, A)
    messages = len(gateway.taken)
    await ends_well(relay, queue_id, "delivered")
    between = passwords_are(relay, queue_id)
    relay.kill()
    five_minutes_pass(relay)
    await ends_well(relay, queue_id, "delivered")
    await eventually(lambda: bool(account_of(hop).passwords), "the mail to the sender")
    await finished(relay)

    assert (0 if point == "after_short_message_begun" else 1) == messages == len(gateway.taken)
    assert ["sending"] == between
    assert ["told"] == passwords_are(relay, queue_id)
    check(relay, hop, queue_id, (A,), told=(SENDER,))
    assert await relay.stopped() == 0


# -- at any moment

SECONDS = 45.0


async def _posts(relay: Relay, number: int, until: float, taken: dict[str, tuple[str, ...]]) -> None:
    """A program that hands in protected mails until the time is over, and remembers every 250."""
    loop = asyncio.get_running_loop()
    to = ((A,), (A, B), (B, COLLEAGUE))[number % 3]
    for mail_number in range(10_000):
        if loop.time() > until:
            return
        port = relay.open_port()
        content = with_file(list(to), subject=f"照会 {number}-{mail_number}")
        if port is not None:
            try:
                taken[await asyncio.to_thread(post_now, port, to, SENDER, content)] = to
            except (OSError, AssertionError, UnboundLocalError):
                pass  # it died in the middle; what was not answered is not owed
            except Exception as error:
                # smtplib's own errors are not of one family
                assert type(error).__module__ == "smtplib", error  # noqa: PT017
        await asyncio.sleep(0.3)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("channel", ["to_sender", "separate_mail"])
async def test_kill_at_random_moments_leaks_nothing_and_tells_each_password_once(
    make_relay: MakeRelay, hop: ScriptedNextHop, channel: str
) -> None:
    """However often the relay dies: each mail with a 250 arrives protected, with one password."""
    seed = int(os.environ.get("MAILGUARD_CRASH_SEED", random.SystemRandom().randrange(10**6)))
    chance = random.Random(seed)
    relay = protecting(make_relay, hop, channel)
    taken: dict[str, tuple[str, ...]] = {}
    await relay.started()
    until = asyncio.get_running_loop().time() + SECONDS
    clients = [asyncio.create_task(_posts(relay, number, until, taken)) for number in range(3)]
    kills = 0
    while asyncio.get_running_loop().time() < until:
        # Not a wait for something: the moment of death is what is drawn by lot.
        await asyncio.sleep(chance.uniform(0.1, 3.0))
        relay.kill()
        kills += 1
        await relay.started()
    await asyncio.gather(*clients)
    await finished(relay)
    for queue_id in taken:
        await carriers_arrive(relay, queue_id)
    found = account_of(hop)
    wrong = [queue_id for queue_id in taken if set(states(relay, queue_id)) != {"delivered"}]
    twice, untold, unopened = [], [], []
    for queue_id, to in taken.items():
        for listed, word in parcels_on_record(relay, queue_id):
            for member in listed.members:
                address = to[member.telling.position]
                mails = found.told(word, SENDER if channel == "to_sender" else address)
                twice += mails[1:]
                # Where nobody knows whether it arrived, the sender tells it.
                untold += [queue_id] if not (mails or found.told(word, SENDER)) else []
                unopened += [queue_id] if not found.parcels[queue_id, address] else []
    most = max((len(copies) for copies in (*found.parcels.values(), *found.passwords.values())), default=0)
    print(f"\n{kills} kills (MAILGUARD_CRASH_SEED={seed}): {len(taken)} mails, at most {most} copies of one")
    assert await relay.stopped() == 0

    assert len(taken) > kills / 2
    assert ([], []) == (found.leaks, found.differing)
    assert ([], [], [], []) == (wrong, twice, untold, unopened)
    assert [] == [copies for (_, address), copies in found.passwords.items() if address != SENDER and len(copies) > 1]
    assert most <= 1 + kills
