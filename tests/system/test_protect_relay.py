"""Mail that must not leave in clear, through the running relay: what arrives, what opens it, who gets a password."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from tests.fakes.next_hop import Features, ScriptedNextHop, Stage, cut, say
from tests.system.corpus import FOLDER, corpus
from tests.system.office_day import ask, post, run, states
from tests.system.opened import opened, parcels, readable, refuses, squeezed
from tests.system.postfix import PostfixNextHop
from tests.system.protected import (
    BODY,
    COLLEAGUE,
    HIDDEN,
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
from tests.system.test_relay_corpus import submit
from tests.system.waiting import eventually

LABELS = {one["file"]: one for one in map(json.loads, (FOLDER / "expected.jsonl").read_text("utf-8").splitlines())}
MUST = [one for one in corpus() if LABELS[one.name]["must_protect"]]
NEVER_REWRITTEN = {"26-mynumber-pension-tax.eml"}
"""Signed: held, whatever anybody says."""


@pytest.fixture
async def hop() -> AsyncIterator[ScriptedNextHop]:
    """A next hop that takes everything, and can be told otherwise."""
    async with ScriptedNextHop(Features(pipelining=True)) as hop:
        yield hop


@pytest.fixture
async def relay(make_relay: MakeRelay, hop: ScriptedNextHop) -> AsyncIterator[Relay]:
    """A relay whose passwords go by separate mail, at once."""
    relay = make_relay(hop.port, **settings(protection={"channel": "separate_mail", "window_minutes": 0}))
    await relay.started()
    yield relay
    assert await relay.stopped() == 0


def for_whom(hop: ScriptedNextHop, address: str) -> list[bytes]:
    """What the next hop took for somebody, in order."""
    return [one.content for one in hop.mails if address in one.addresses]


@pytest.mark.slow
async def test_corpus_that_must_be_protected_leaves_protected(
    make_relay: MakeRelay, postfix_next_hop: PostfixNextHop
) -> None:
    """Of every mail with personal data, outsiders get nothing readable, and everything with the password."""
    relay = make_relay(postfix_next_hop.port, **settings(protection={"contact": "総務課 026-555-0100"}))
    await relay.started()
    for one in MUST:
        await asyncio.to_thread(submit, relay, one)
    ids = {row.queue_id: None for row in relay.rows()}
    assert len(ids) == len(MUST)
    names = dict(zip(ids, (one.name for one in MUST), strict=True))
    for queue_id, name in names.items():
        await released(relay, queue_id)
        if name not in NEVER_REWRITTEN:
            await eventually(lambda: set(states(relay, queue_id)) == {"delivered"}, name, seconds=120)  # noqa: B023
    leaks, unopened = [], []
    for queue_id, name in names.items():
        label = LABELS[name]
        outside = set(label["external_recipients"])
        copies = [
            one.content
            for one in postfix_next_hop.arrived()
            if one.recipient in outside and queue_id.encode() in one.content[:600]
        ]
        if name in NEVER_REWRITTEN:
            assert copies == []
            continue
        assert len(copies) == len(outside), name
        listed = parcels_on_record(relay, queue_id)
        words = {one.manifest.sha256: word for one, word in listed}
        for copy in copies:
            shown = readable(copy)
            leaks += [(name, number) for number, one in enumerate(label["must_not_leak"]) if squeezed(one) in shown]
            unopened += [name for one in parcels(copy) if not opens(one, words.values())]
            assert parcels(copy), name

    assert [] == leaks
    assert [] == unopened
    assert await relay.stopped() == 0


def opens(parcel: tuple[str, bytes], words: object) -> bool:
    """Whether one of the passwords opens it for every program, and a wrong one for none."""
    name, octets = parcel
    assert refuses(octets, "wrong-password")
    for word in words:  # type: ignore[attr-defined]
        if not refuses(octets, word):
            return bool(opened(name, octets, word))
    return False


async def test_protected_mail_keeps_files_byte_for_byte(relay: Relay, hop: ScriptedNextHop) -> None:
    """With the password my reader has exactly my files, under their Japanese names, and my words."""
    files = {
        "名簿（確定）.csv": "氏名,電話\n長谷川 美咲,090-4127-0538\n".encode("cp932"),
        "写真①.bin": bytes(range(256)) * 9,
    }
    queue_id = await post(relay, A, sender=SENDER, content=mail([A], BODY, *files.items()))
    await released(relay, queue_id)
    await until_states(relay, queue_id, "delivered")
    ((listed, password),) = parcels_on_record(relay, queue_id)
    ((name, parcel),) = parcels(for_whom(hop, A)[0])
    assert password is not None
    inside = opened(name, parcel, password)

    assert listed.manifest.outer_name == name
    assert files["名簿（確定）.csv"] == inside["名簿（確定）.csv"]
    assert squeezed(BODY) in squeezed(inside["本文.txt"].decode("utf-8-sig"))
    assert not [one for one in HIDDEN if one in readable(for_whom(hop, A)[0])]


async def test_colleague_gets_the_original(relay: Relay, hop: ScriptedNextHop) -> None:
    """Who is inside reads the mail as it was written."""
    content = mail([A, COLLEAGUE])
    queue_id = await post(relay, A, COLLEAGUE, sender=SENDER, content=content)
    await released(relay, queue_id)
    await until_states(relay, queue_id, "delivered", "delivered")

    assert for_whom(hop, COLLEAGUE)[0].endswith(content)
    assert not [one for one in HIDDEN if one in readable(for_whom(hop, A)[0])]


async def test_password_goes_only_to_whom_the_parcel_reached(relay: Relay, hop: ScriptedNextHop) -> None:
    """One of my two readers is refused: the other one alone gets a password."""
    hop.on(Stage.RCPT, say("550 5.1.1 Unknown user"), nth=2)
    queue_id = await post(relay, A, B, sender=SENDER, content=mail([A, B]))
    await released(relay, queue_id)
    await until_states(relay, queue_id, "delivered", "bounced")
    await eventually(lambda: len(for_whom(hop, A)) == 2, "the password")
    ((_, password),) = parcels_on_record(relay, queue_id)

    assert [password] == passwords_in(for_whom(hop, A)[1])
    assert [] == for_whom(hop, B)


async def test_password_follows_a_greylisted_parcel_once(relay: Relay, hop: ScriptedNextHop) -> None:
    """A server that says "later" at first gets one parcel and one password, in this order."""
    hop.on(Stage.MAIL, say("451 4.7.1 Greylisted"), times=2)
    queue_id = await post(relay, A, sender=SENDER, content=mail([A]))
    await released(relay, queue_id)
    await until_states(relay, queue_id, "delivered")
    await eventually(lambda: len(for_whom(hop, A)) == 2, "the password")
    first, second = for_whom(hop, A)

    assert parcels(first)
    assert not passwords_in(first)
    assert [parcels_on_record(relay, queue_id)[0][1]] == passwords_in(second)


async def test_password_waits_while_the_parcel_is_in_doubt(relay: Relay, hop: ScriptedNextHop) -> None:
    """A line that is cut after the dot makes a second parcel of the same octets, and still one password."""
    hop.on(Stage.TAKEN, cut(), times=1)
    queue_id = await post(relay, A, sender=SENDER, content=mail([A]))
    await released(relay, queue_id)
    await until_states(relay, queue_id, "delivered")
    await eventually(lambda: any(passwords_in(one) for one in for_whom(hop, A)), "the password")
    told = [one for one in for_whom(hop, A) if passwords_in(one)]
    sent = [one for one in for_whom(hop, A) if parcels(one)]

    assert 1 == len(told)
    assert 2 == len(sent)
    assert sent[0] == sent[1]


async def test_mail_that_needs_nothing_leaves_byte_for_byte(relay: Relay, hop: ScriptedNextHop) -> None:
    """Ordinary mail is not touched."""
    content = mail([A], "資料をお送りします。")
    queue_id = await post(relay, A, sender=SENDER, content=content)
    await until_states(relay, queue_id, "delivered")

    assert for_whom(hop, A)[0].endswith(content)


async def test_window_can_be_stopped_and_the_parcel_is_useless_then(
    make_relay: MakeRelay, hop: ScriptedNextHop
) -> None:
    """While the window runs I cancel the mail with the password; it never leaves, and I see until when I could."""
    relay = make_relay(hop.port, **settings(protection={"channel": "separate_mail", "window_minutes": 10}))
    await relay.started()
    queue_id = await post(relay, A, sender=SENDER, content=mail([A]))
    await released(relay, queue_id)
    await until_states(relay, queue_id, "delivered")
    ((listed, _),) = parcels_on_record(relay, queue_id)
    carrier = listed.members[0].telling.told_by
    assert carrier is not None
    shown = await ask(relay, "hold", "show", carrier)
    done = await run(relay, "hold", "cancel", carrier)
    ((after, _),) = parcels_on_record(relay, queue_id)

    assert 0 == done.returncode
    assert "password_window" in str(shown["recipients"][0]["reasons"])
    assert listed.members[0].leaves_at is not None
    assert "stopped" == after.members[0].telling.state
    assert 1 == len(for_whom(hop, A))
    assert await relay.stopped() == 0


async def test_sender_tells_by_default_and_hears_the_password_once(make_relay: MakeRelay, hop: ScriptedNextHop) -> None:
    """Without any setting I get one mail with the password to tell, when the parcel has arrived."""
    relay = make_relay(hop.port, **settings())
    await relay.started()
    queue_id = await post(relay, A, B, sender=SENDER, content=mail([A, B]))
    await released(relay, queue_id)
    await until_states(relay, queue_id, "delivered", "delivered")
    await eventually(lambda: bool(for_whom(hop, SENDER)), "the mail to the sender")
    ((_, password),) = parcels_on_record(relay, queue_id)

    assert [password] == list(dict.fromkeys(word for one in for_whom(hop, SENDER) for word in passwords_in(one)))
    assert 1 == len(for_whom(hop, SENDER))
    assert not [one for to in (A, B) for one in for_whom(hop, to) if passwords_in(one)]
    assert await relay.stopped() == 0


async def test_recipient_that_refuses_archives_stops_the_mail_for_all_outside(
    relay: Relay, hop: ScriptedNextHop
) -> None:
    """A server that blocks encrypted archives is remembered: the next goes to nobody outside, and says why."""
    blocked = "552 5.7.0 Our policy rejects password-protected archives"
    hop.on(Stage.DOT, say(blocked), times=1)
    first = await post(relay, A, sender=SENDER, content=mail([A]))
    await released(relay, first)
    await until_states(relay, first, "bounced")
    second = await post(relay, A, B, sender=SENDER, content=mail([A, B], BODY + "二通目"))
    await released(relay, second)
    await eventually(
        lambda: "no_method" in str(relay.look("SELECT verdict FROM recipient WHERE queue_id = ?", second)),
        "both to be held again",
    )

    assert ["held", "held"] == states(relay, second)
    assert [] == for_whom(hop, B)


async def test_nothing_of_the_original_is_in_log_or_database(relay: Relay, hop: ScriptedNextHop) -> None:
    """Neither the password nor a value stands in a log line, an audit entry or the database."""
    queue_id = await post(relay, A, sender=SENDER, content=mail([A], BODY, ("長谷川美咲の届.txt", BODY.encode())))
    await released(relay, queue_id)
    await until_states(relay, queue_id, "delivered")
    await eventually(lambda: len(for_whom(hop, A)) == 2, "the password")
    ((_, password),) = parcels_on_record(relay, queue_id)
    assert password is not None
    octets = (
        relay.database_file.read_bytes() + relay.database_file.with_name(relay.database_file.name + "-wal").read_bytes()
    )
    audit = (await run(relay, "audit", "export")).stdout

    for word in (password, "長谷川", "美咲", "090-4127-0538"):
        assert word not in relay.log()
        assert word not in audit
        assert word.encode() not in octets
