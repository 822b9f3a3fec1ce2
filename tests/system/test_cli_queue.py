"""``mailguard queue`` as an administrator types it: mail on its way, towards a next hop that puts it off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.fakes.next_hop import ScriptedNextHop, Stage, cut, say, wait
from tests.system.office_day import COLLEAGUE, JAPANESE_SUBJECT, PARTNER, SENDER, ask, post, run, states
from tests.system.relay import MakeRelay, Relay
from tests.system.waiting import eventually

UNKNOWN_ID = "01ZZZZZZZZZZZZZZ"
BABA = "baba@customer.example.com"
GREYLISTED = say("451 4.7.1 Greylisted")
SELDOM = {"retry_minutes": [60], "lease_seconds": 900}


@pytest.fixture
async def hop() -> AsyncIterator[ScriptedNextHop]:
    """A next hop that puts off all mail to customers, and takes what is for colleagues."""
    async with ScriptedNextHop() as hop:
        hop.on(Stage.RCPT, GREYLISTED, matching="@customer.")
        yield hop


@pytest.fixture
async def relay(make_relay: MakeRelay, hop: ScriptedNextHop) -> AsyncIterator[Relay]:
    """A running relay that holds nothing and tries again after an hour."""
    relay = make_relay(hop.port, delivery=SELDOM)
    await relay.started()
    yield relay
    assert await relay.stopped() == 0


async def reach(relay: Relay, queue_id: str, *expected: str) -> None:
    await eventually(lambda: states(relay, queue_id) == list(expected), f"the mail to be {expected}")


async def deferred(relay: Relay, *recipients: str, sender: str = SENDER) -> str:
    """A mail that waits for its next try."""
    queue_id = await post(relay, *recipients, sender=sender)
    await reach(relay, queue_id, *["deferred"] * max(1, len(recipients)))
    return queue_id


async def test_list_and_show_tell_why_mail_waits(relay: Relay) -> None:
    """What waits, for whom, since when, and what the next hop said; delivered mail is not in the list."""
    waiting = await deferred(relay, PARTNER, BABA)
    gone = await post(relay, COLLEAGUE)
    await reach(relay, gone, "delivered")
    text = (await run(relay, "queue", "list")).stdout
    listed = await ask(relay, "queue", "list")
    shown = await ask(relay, "queue", "show", waiting)
    told = (await run(relay, "queue", "show", waiting)).stdout

    assert [waiting] == [mail["queue_id"] for mail in listed]
    assert [waiting, "deferred"] == text.split()[:2]
    assert (JAPANESE_SUBJECT, 1) == (listed[0]["subject"], len(text.splitlines()))
    (attempt,) = shown["recipients"][1]["deliveries"]
    assert (1, "deferred", 451, "4.7.1", "Greylisted", None) == tuple(
        attempt[key] for key in ("number", "outcome", "code", "enhanced", "reply", "tls")
    )
    assert ("deferred", 1, 0) == tuple(shown["recipients"][0][key] for key in ("state", "attempts", "doubts"))
    for words in ("deferred: 451 4.7.1 Greylisted", "delivery.deferred", BABA):
        assert words in told


async def test_list_is_empty_when_nothing_waits(relay: Relay) -> None:
    """No mail on its way: one sentence, or an empty list for programs."""
    text = await run(relay, "queue", "list")

    assert ("Nothing waits.\n", []) == (text.stdout, await ask(relay, "queue", "list"))


async def test_list_goes_on_after_a_page(relay: Relay) -> None:
    """Page by page each waiting mail is shown once."""
    expected = [await deferred(relay) for _ in range(3)]
    first = await ask(relay, "queue", "list", "--limit", "2")
    second = await ask(relay, "queue", "list", "--limit", "2", "--after", first[-1]["queue_id"])

    assert expected == [mail["queue_id"] for mail in first + second]


async def test_retry_bounce_and_cancel_do_what_they_say(
    relay: Relay, hop: ScriptedNextHop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One is tried again and leaves, one is given up and its sender told, one is taken back without a word."""
    monkeypatch.setenv("SUDO_USER", "sato")
    again, bounced, back = await deferred(relay), await deferred(relay, BABA), await deferred(relay)
    hop.ordinary(Stage.RCPT)
    done = [
        await run(relay, "queue", word, queue_id, "--reason", f"because {word}")
        for word, queue_id in (("retry", again), ("bounce", bounced), ("cancel", back))
    ]
    await reach(relay, again, "delivered")
    await hop.until(lambda: len(hop.mails) == 2)
    events = [(await ask(relay, "queue", "show", queue_id))["events"] for queue_id in (again, bounced, back)]
    acts = [event for listed in events for event in listed if event["action"].startswith("queue.")]
    checked = await run(relay, "audit", "verify")

    assert [
        (0, f"{again}: is tried again (1 recipients)\n"),
        (0, f"{bounced}: given up (1 recipients)\n"),
        (0, f"{back}: cancelled (1 recipients)\n"),
    ] == [(end.returncode, end.stdout) for end in done]
    assert [["delivered"], ["bounced"], ["cancelled"]] == [states(relay, one) for one in (again, bounced, back)]
    assert [
        ("sato", "queue.retried", "because retry"),
        ("sato", "queue.bounced", "because bounce"),
        ("sato", "queue.cancelled", "because cancel"),
    ] == [(act["actor"], act["action"], act["details"]["reason"]) for act in acts]
    by_sender = {mail.reverse_path: mail for mail in hop.mails}
    assert ((PARTNER,), (SENDER,)) == (by_sender[SENDER].addresses, by_sender[""].addresses)
    assert BABA.encode() in by_sender[""].content
    assert 0 == checked.returncode


async def test_what_cannot_be_done_says_so(make_relay: MakeRelay, hop: ScriptedNextHop) -> None:
    """Held, delivered or unknown mail: nothing happens, the state is named, the exit status is 1; wrong usage is 2."""
    relay = make_relay(hop.port, delivery=SELDOM, hold={"minutes": 60})
    await relay.started()
    held, gone = await post(relay, PARTNER), await post(relay, COLLEAGUE)
    await reach(relay, held, "held")
    await reach(relay, gone, "delivered")
    words = ("retry", "bounce", "cancel")
    ends = await asyncio.gather(*(run(relay, "queue", word, held, gone, UNKNOWN_ID) for word in words))
    usage = await run(relay, "queue", "retry")

    expected = (
        f"{held}: recipient 1 is held and stays so\n{gone}: recipient 1 is delivered and stays so\n"
        f"{UNKNOWN_ID}: There is no such mail\n"
    )
    assert [(1, "", expected)] * 3 == [(end.returncode, end.stdout, end.stderr) for end in ends]
    assert (2, ["held"], ["delivered"]) == (usage.returncode, states(relay, held), states(relay, gone))


async def test_mail_being_sent_is_left_alone(make_relay: MakeRelay) -> None:
    """While the next hop reads a mail, cancel comes too late and says so; the mail arrives once."""
    answer = asyncio.Event()
    async with ScriptedNextHop() as hop:
        hop.on(Stage.DOT, wait(answer))
        relay = make_relay(hop.port, delivery=SELDOM)
        await relay.started()
        queue_id = await post(relay)
        await hop.until(lambda: hop.reached(Stage.DOT))
        cancelled = await run(relay, "queue", "cancel", queue_id)
        bounced = await run(relay, "queue", "bounce", queue_id)
        answer.set()
        await reach(relay, queue_id, "delivered")

    said = f"{queue_id}: recipient 1 is sending and stays so\n"
    assert [(1, said)] * 2 == [(end.returncode, end.stderr) for end in (cancelled, bounced)]
    assert 1 == len(hop.mails)


async def test_mail_in_doubt_waits_for_a_word_and_says_why(make_relay: MakeRelay) -> None:
    """With ``on_doubt: ask`` a lost reply leaves the mail waiting; the list names it, and retry sends it once more."""
    async with ScriptedNextHop() as hop:
        hop.on(Stage.TAKEN, cut(), times=1)
        relay = make_relay(hop.port, delivery=SELDOM | {"on_doubt": "ask"})
        await relay.started()
        queue_id = await post(relay)
        await reach(relay, queue_id, "deferred")
        (mail,) = await ask(relay, "queue", "list")
        shown = await ask(relay, "queue", "show", queue_id)
        done = await run(relay, "queue", "retry", queue_id, "--reason", "not there")
        await reach(relay, queue_id, "delivered")

    entry = mail["recipients"][0]
    assert ("deferred", 1, None, 0) == (entry["state"], entry["doubts"], entry["due_at"], done.returncode)
    assert "unknown" == shown["recipients"][0]["deliveries"][0]["outcome"]
    assert 2 == len(hop.mails)


async def test_commands_work_while_the_service_is_stopped(relay: Relay, hop: ScriptedNextHop) -> None:
    """With the service down, what I retry leaves at the next start, what I take back does not."""
    again, back = await deferred(relay), await deferred(relay)
    assert await relay.stopped() == 0
    hop.ordinary(Stage.RCPT)
    ends = [await run(relay, "queue", "retry", again), await run(relay, "queue", "cancel", back)]
    await relay.started()
    await reach(relay, again, "delivered")

    assert ([0, 0], ["cancelled"], 1) == ([end.returncode for end in ends], states(relay, back), len(hop.mails))
