"""``mailguard hold`` as a person types it, beside a running relay and without one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.fakes.next_hop import ScriptedNextHop
from tests.system.office_day import (
    COLLEAGUE,
    JAPANESE_SUBJECT,
    PARTNER,
    SENDER,
    SUBJECT_LINE,
    ask,
    post,
    run,
    states,
    wire,
)
from tests.system.relay import MakeRelay, Relay
from tests.system.waiting import eventually

UNKNOWN_ID = "01ZZZZZZZZZZZZZZ"
BABA, CHIBA = "baba@customer.example.com", "chiba@partner.example.net"
HOLDING = {"minutes": 60, "grace_seconds": 3}
SECONDS = timedelta(seconds=1)


@pytest.fixture
async def hop() -> AsyncIterator[ScriptedNextHop]:
    async with ScriptedNextHop() as hop:
        yield hop


@pytest.fixture
async def relay(make_relay: MakeRelay, hop: ScriptedNextHop) -> AsyncIterator[Relay]:
    """A running relay that holds mail to outsiders for an hour."""
    relay = make_relay(hop.port, hold=HOLDING)
    await relay.started()
    yield relay
    assert await relay.stopped() == 0


async def held(relay: Relay, *recipients: str, content: bytes = wire(SUBJECT_LINE)) -> str:
    """A mail that is held."""
    queue_id = await post(relay, *recipients, content=content)
    await eventually(lambda: "held" in states(relay, queue_id), "the mail to be held")
    return queue_id


async def test_only_mail_to_outsiders_is_held(relay: Relay, hop: ScriptedNextHop) -> None:
    """Colleagues, bounces and automatic replies leave at once; what a person writes to an outsider waits."""
    outside = await held(relay, PARTNER, COLLEAGUE)
    inside = await post(relay, COLLEAGUE)
    bounce = await post(relay, PARTNER, sender="")
    absent = await post(relay, PARTNER, content=wire("Subject: Out of office", "Auto-Submitted: auto-replied"))
    await hop.until(lambda: len(hop.mails) == 4)
    await eventually(lambda: not relay.unfinished(), "everything else to have left")

    assert ["held", "delivered"] == states(relay, outside)
    assert [["delivered"]] * 3 == [states(relay, queue_id) for queue_id in (inside, bounce, absent)]
    assert [outside] == [mail["queue_id"] for mail in await ask(relay, "hold", "list")]


async def test_list_and_show_tell_what_a_person_needs(relay: Relay) -> None:
    """The list shows id, time left, sender, recipient and the subject in Japanese letters; show tells the rest."""
    queue_id = await held(relay, PARTNER, BABA)
    nameless = await held(relay, PARTNER, content=wire(f"From: {SENDER}"))
    text = (await run(relay, "hold", "list")).stdout.splitlines()
    (mail, other) = await ask(relay, "hold", "list")
    shown = await ask(relay, "hold", "show", queue_id.lower())
    told = (await run(relay, "hold", "show", queue_id)).stdout

    assert [queue_id, nameless] == [line.split()[0] for line in text]
    for words in (JAPANESE_SUBJECT, SENDER, f"{PARTNER} +1"):
        assert words in text[0]
    assert "59:" in text[0] or "60:00" in text[0]
    assert (JAPANESE_SUBJECT, "", SENDER) == (mail["subject"], other["subject"], mail["from"])
    first = mail["recipients"][0]
    assert (1, PARTNER, "held", "hold", ["pause-before-outside"]) == tuple(
        first[key] for key in ("number", "address", "state", "action", "reasons")
    )
    shown_until, due_at = (datetime.fromisoformat(first[key]) for key in ("shown_until", "due_at"))
    assert 3 * SECONDS == due_at - shown_until
    assert 59 * 60 * SECONDS < shown_until - datetime.now(UTC) <= 3600 * SECONDS
    assert ["mail.accepted", "mail.judged"] == [event["action"] for event in shown["events"]]
    for words in (queue_id, JAPANESE_SUBJECT, PARTNER, BABA, "mail.judged", "held (pause-before-outside"):
        assert words in told


async def test_release_cancel_and_what_comes_too_late(
    relay: Relay, hop: ScriptedNextHop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I release one, take back one of two recipients; whoever comes too late is told, with exit status 1."""
    monkeypatch.setenv("SUDO_USER", "sato")
    mine, shared = await held(relay, PARTNER), await held(relay, BABA, CHIBA)
    released = await ask(relay, "hold", "release", mine, "--reason", "確認済み")
    await hop.until(lambda: hop.mails)
    await eventually(lambda: states(relay, mine) == ["delivered"], "the released mail to be recorded as delivered")
    again = await ask(relay, "hold", "release", mine, status=1)
    too_late = await run(relay, "hold", "cancel", mine)
    part = await run(relay, "hold", "cancel", shared, "--recipients", "2", "--reason", "wrong person")
    events = (await ask(relay, "hold", "show", mine))["events"]

    assert [{"queue_id": mine, "recipients": [1], "left": {}}] == released
    assert [{"queue_id": mine, "recipients": [], "left": {"1": "delivered"}}] == again
    assert (1, "", f"{mine}: recipient 1 is delivered and stays so\n") == (
        too_late.returncode,
        too_late.stdout,
        too_late.stderr,
    )
    assert (0, f"{shared}: cancelled (1 recipients)\n") == (part.returncode, part.stdout)
    assert ["held", "cancelled"] == states(relay, shared)
    acts = [event for event in events if event["action"].startswith("hold.")]
    details = {"positions": [0], "reason": "確認済み", "rules": ["pause-before-outside"]}
    assert [("sato", "person", "hold.released", details)] == [
        (act["actor"], act["actor_kind"], act["action"], act["details"]) for act in acts
    ]
    assert [(PARTNER,)] == [mail.addresses for mail in hop.mails]


async def test_extend_moves_the_deadline_or_stops_the_timer(relay: Relay) -> None:
    """Ten minutes longer, or until somebody decides: the list shows which."""
    queue_id = await held(relay)
    before = (await ask(relay, "hold", "show", queue_id))["recipients"][0]
    await ask(relay, "hold", "extend", queue_id, "--minutes", "10", "--reason", "ask first")
    longer = (await ask(relay, "hold", "show", queue_id))["recipients"][0]
    stopped = await run(relay, "hold", "extend", queue_id)
    line = (await run(relay, "hold", "list")).stdout

    shown = [datetime.fromisoformat(entry["shown_until"]) for entry in (before, longer)]
    assert 600 * SECONDS == shown[1] - shown[0]
    assert (f"{queue_id}: held longer (1 recipients)\n", True) == (stopped.stdout, "no timer" in line)


WRONG = {
    "no id": (("release",), 2),
    "no id to show": (("show",), 2),
    "a recipient that is no number": (("release", "{id}", "--recipients", "one"), 2),
    "recipient 0": (("release", "{id}", "--recipients", "0"), 2),
    "no recipient": (("release", "{id}", "--recipients", ""), 2),
    "a page of nothing": (("list", "--limit", "0"), 2),
    "minutes that are no number": (("extend", "{id}", "--minutes", "soon"), 2),
    "no longer": (("extend", "{id}", "--minutes", "0"), 1),
    "shorter": (("extend", "{id}", "--minutes", "-5"), 1),
    "not a number of minutes": (("extend", "{id}", "--minutes", "nan"), 2),
    "for ever in minutes": (("extend", "{id}", "--minutes", "inf"), 2),
    "longer than there is time": (("extend", "{id}", "--minutes", "1e300"), 2),
    "a recipient that is not there": (("release", "{id}", "--recipients", "7"), 1),
    "a huge recipient number": (("release", "{id}", "--recipients", "99999999999999999999"), 1),
    "an unknown id": (("cancel", UNKNOWN_ID), 1),
    "a long id": (("show", "x" * 5000), 1),
    "an id in other octets": (("show", "\udcb8\udced"), 1),
    "a reason in other octets": (("release", UNKNOWN_ID, "--reason", "\udcb8\udced"), 1),
}


async def test_wrong_words_do_nothing_and_say_so(relay: Relay) -> None:
    """Whatever I mistype: a sentence on standard error, the right exit status, and the mail is untouched."""
    queue_id = await held(relay)
    typed = [[word.format(id=queue_id) for word in words] for words, _ in WRONG.values()]
    done = await asyncio.gather(*(run(relay, "hold", *words) for words in typed))
    found = {
        name: (end.returncode, bool(end.stderr.strip()), end.stdout) for name, end in zip(WRONG, done, strict=True)
    }

    assert {name: (status, True, "") for name, (_, status) in WRONG.items()} == found
    assert ["held"] == states(relay, queue_id)


async def test_some_right_and_some_wrong_does_what_is_right(relay: Relay) -> None:
    """Three ids, one mistyped, one gone already: the good one is taken back, each is named, the exit status is 1."""
    good, gone = await held(relay), await held(relay)
    await run(relay, "hold", "cancel", gone)
    results = await ask(relay, "hold", "cancel", UNKNOWN_ID, good, gone, status=1)

    assert [
        {"queue_id": UNKNOWN_ID, "error": "There is no such mail"},
        {"queue_id": good, "recipients": [1], "left": {}},
        {"queue_id": gone, "recipients": [], "left": {"1": "cancelled"}},
    ] == results


async def test_reason_in_another_encoding_is_kept_readable(relay: Relay) -> None:
    """A reason typed on an old terminal does not stop the act, and the record can still be read and checked."""
    queue_id = await held(relay)
    octets = "誤送信".encode("euc-jp").decode("utf-8", "surrogateescape")
    done = await run(relay, "hold", "cancel", queue_id, "--reason", f"error {octets}")
    shown = await ask(relay, "hold", "show", queue_id)
    checked = await run(relay, "audit", "verify")

    assert (0, ["cancelled"], 0) == (done.returncode, states(relay, queue_id), checked.returncode)
    assert "error" in shown["events"][-1]["details"]["reason"]


async def test_list_goes_on_after_a_page(relay: Relay) -> None:
    """With more held mail than a page shows, I am told how to go on, and see each mail once."""
    expected = [await held(relay) for _ in range(5)]
    seen: list[str] = []
    after: list[str] = []
    hints = []
    while len(seen) < len(expected):
        done = await run(relay, "hold", "list", "--limit", "2", *after)
        page = [line.split()[0] for line in done.stdout.splitlines()]
        seen += page
        after = ["--after", page[-1].lower()]
        hints.append(f"--after {page[-1]}" in done.stderr)
    end = await run(relay, "hold", "list", *after)

    assert (expected, [True, True, False]) == (seen, hints)
    assert "Nothing is held.\n" == end.stdout


async def test_commands_work_while_the_service_is_stopped(make_relay: MakeRelay, hop: ScriptedNextHop) -> None:
    """With the service down I can still look, take back and release; what I released leaves at the next start."""
    relay = make_relay(hop.port, hold=HOLDING)
    await relay.started()
    kept, back, sent = await held(relay), await held(relay), await held(relay)
    assert await relay.stopped() == 0
    listed = [mail["queue_id"] for mail in await ask(relay, "hold", "list")]
    await ask(relay, "hold", "cancel", back, "--reason", "too early")
    await ask(relay, "hold", "release", sent)
    await relay.started()
    await eventually(lambda: states(relay, sent) == ["delivered"], "the released mail to be delivered")
    checked = await run(relay, "audit", "verify")

    assert [kept, back, sent] == listed
    assert [["held"], ["cancelled"], ["delivered"]] == [states(relay, queue_id) for queue_id in (kept, back, sent)]
    assert (1, 0) == (len(hop.mails), checked.returncode)


async def test_timer_releases_after_the_shown_time_and_the_grace(make_relay: MakeRelay, hop: ScriptedNextHop) -> None:
    """By the real clock: past the shown deadline my cancel still wins; the other mail leaves when the grace is over."""
    grace = 25.0
    relay = make_relay(hop.port, hold={"minutes": 0.02, "grace_seconds": grace})
    await relay.started()
    mine, other = await held(relay, PARTNER), await held(relay, BABA)
    shown = datetime.fromisoformat((await ask(relay, "hold", "show", mine))["recipients"][0]["shown_until"])
    await eventually(lambda: datetime.now(UTC) > shown, "the shown deadline to be over")
    cancelled = await run(relay, "hold", "cancel", mine)
    await hop.until(lambda: hop.mails)
    left_at = datetime.now(UTC)
    await eventually(lambda: states(relay, other) == ["delivered"], "the other mail to be recorded as delivered")
    events = (await ask(relay, "hold", "show", other))["events"]
    times = {event["action"]: datetime.fromisoformat(event["at"]) for event in events}

    assert (0, ["cancelled"], [(BABA,)]) == (
        cancelled.returncode,
        states(relay, mine),
        [mail.addresses for mail in hop.mails],
    )
    waited = times["hold.released_by_timer"] - times["mail.judged"]
    assert (1 + grace) * SECONDS <= waited < (1 + grace + 20) * SECONDS
    assert left_at - times["mail.judged"] >= (1 + grace) * SECONDS
