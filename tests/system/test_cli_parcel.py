"""``mailguard parcel`` as a person types it: beside a running relay, and on its data when it is stopped."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.conformance.parcel_parts import bounce_of
from tests.fakes.next_hop import ScriptedNextHop
from tests.system.office_day import ask, post, run, states
from tests.system.protected import SENDER, A, B, mail, passwords_in, settings, until_states
from tests.system.relay import MakeRelay, Relay
from tests.system.waiting import eventually

UNKNOWN_ID = "01ZZZZZZZZZZZZZZ"


@pytest.fixture
async def hop() -> AsyncIterator[ScriptedNextHop]:
    """A next hop that takes everything."""
    async with ScriptedNextHop() as hop:
        yield hop


@pytest.fixture
async def relay(make_relay: MakeRelay, hop: ScriptedNextHop) -> AsyncIterator[Relay]:
    """A relay whose passwords go by separate mail, after an hour."""
    relay = make_relay(hop.port, **settings(protection={"channel": "separate_mail", "window_minutes": 60}))
    await relay.started()
    yield relay
    assert await relay.stopped() == 0


async def sent(relay: Relay, *recipients: str) -> str:
    """A protected mail that the next hop took; its passwords wait."""
    queue_id = await post(relay, *recipients or (A,), content=mail(list(recipients or (A,))))
    await eventually(lambda: "held" in states(relay, queue_id), "the mail to be held", seconds=120)
    done = await run(relay, "hold", "release", queue_id)
    assert done.returncode == 0, done.stderr
    await until_states(relay, queue_id, *["delivered"] * max(1, len(recipients)))
    return queue_id


async def parcel_of(relay: Relay, queue_id: str) -> str:
    (parcel,) = await ask(relay, "parcel", "show", queue_id)
    return str(parcel["parcel_id"])


async def told(relay: Relay, queue_id: str) -> list[str]:
    """Where the password of each recipient is."""
    return [one["state"] for parcel in await ask(relay, "parcel", "show", queue_id) for one in parcel["recipients"]]


def for_whom(hop: ScriptedNextHop, address: str) -> list[bytes]:
    return [one.content for one in hop.mails if address in one.addresses]


async def test_list_and_show_say_what_is_inside_and_where_the_passwords_are(relay: Relay) -> None:
    """Newest first; what is in it, how it is protected, until when each password waits, which mail carries it."""
    first, second = await sent(relay, A), await sent(relay, B, A)
    listed = await ask(relay, "parcel", "list")
    newest = await ask(relay, "parcel", "list", "--limit", "1")
    older = await ask(relay, "parcel", "list", "--before", newest[0]["parcel_id"])
    text = (await run(relay, "parcel", "list")).stdout.splitlines()
    (shown,) = await ask(relay, "parcel", "show", second)
    same = await ask(relay, "parcel", "show", shown["parcel_id"].lower())
    words = (await run(relay, "parcel", "show", second)).stdout
    carriers = [one["told_by"] for one in shown["recipients"]]

    assert ([second, first], [second], [first]) == tuple(
        [one["queue_id"] for one in page] for page in (listed, newest, older)
    )
    assert re.search(rf"^{shown['parcel_id']}  {second}  zip  {B}.*: waits until [0-9:]+", text[0])
    assert [shown] == same
    assert (["waiting", "waiting"], True) == ([one["state"] for one in shown["recipients"]], shown["has_password"])
    assert all(one["shown_until"] for one in shown["recipients"])
    assert {"person_name", "phone_number"} <= {one["kind"] for item in shown["items"] for one in item["findings"]}
    assert "AES-256" in json.dumps(shown["method"])
    for word in (*carriers, shown["file"], "waits until", "phone number 1", A, B):
        assert word in words
    held = await ask(relay, "hold", "show", carriers[0])
    assert [B] == [one["address"] for one in held["recipients"]]


async def test_password_is_shown_spelled_and_on_record(relay: Relay, hop: ScriptedNextHop) -> None:
    """Whoever must tell it sees it, hears how to read it out, and is told that this is on record."""
    queue_id = await sent(relay)
    parcel_id = await parcel_of(relay, queue_id)
    done = await run(relay, "parcel", "password", parcel_id)
    spelled = await run(relay, "parcel", "password", parcel_id, "--spell")
    await run(relay, "parcel", "release", queue_id)
    await eventually(lambda: len(for_whom(hop, A)) == 2, "the mail with the password")
    events = [one["action"] for one in (await ask(relay, "queue", "show", queue_id))["events"]]

    assert passwords_in(for_whom(hop, A)[1]) == [done.stdout.strip()]
    assert "on record" in done.stderr
    assert done.stdout.strip() in spelled.stdout
    assert "ハイフン" in spelled.stdout
    assert 2 == events.count("password.shown")


async def test_release_tells_now_and_only_once(relay: Relay, hop: ScriptedNextHop) -> None:
    """The recipient is on the telephone: the password leaves now, for that one alone."""
    queue_id = await sent(relay, A, B)
    done = await run(relay, "parcel", "release", queue_id, "--recipients", "2")
    await eventually(lambda: len(for_whom(hop, B)) == 2, "the mail with the password")
    again = await run(relay, "parcel", "release", queue_id, "--recipients", "2")

    assert (0, 1) == (done.returncode, again.returncode)
    assert "No password waits" in again.stderr
    assert ["waiting", "told"] == await told(relay, queue_id)
    assert 1 == len(for_whom(hop, A))


async def test_mail_with_the_password_is_cancelled_like_any_held_mail(relay: Relay) -> None:
    """``hold cancel`` on it stops the password, and the parcel shows it."""
    queue_id = await sent(relay)
    (shown,) = await ask(relay, "parcel", "show", queue_id)
    await run(relay, "hold", "cancel", shown["recipients"][0]["told_by"])

    assert ["stopped"] == await told(relay, queue_id)


async def test_stop_makes_the_parcel_useless_and_says_so(relay: Relay, hop: ScriptedNextHop) -> None:
    """A wrong address: nobody gets the password any more, and the password is gone here as well."""
    queue_id = await sent(relay)
    parcel_id = await parcel_of(relay, queue_id)
    done = await run(relay, "parcel", "stop", queue_id, "--reason", "wrong address")
    again = await run(relay, "parcel", "stop", queue_id)
    shown = await run(relay, "parcel", "password", parcel_id)

    assert (0, 1, 1) == (done.returncode, again.returncode, shown.returncode)
    assert "useless" in done.stdout
    assert "nothing was left to stop" in again.stderr
    assert ("", True) == (shown.stdout, "destroyed" in shown.stderr)
    assert ["stopped"] == await told(relay, queue_id)
    assert 1 == len(for_whom(hop, A))


async def test_stop_says_for_whom_it_was_too_late(relay: Relay, hop: ScriptedNextHop) -> None:
    """One password has gone, the other is stopped; the first is named."""
    queue_id = await sent(relay, A, B)
    await run(relay, "parcel", "release", queue_id, "--recipients", "1")
    await eventually(lambda: len(for_whom(hop, A)) == 2, "the mail with the password")
    done = await run(relay, "parcel", "stop", queue_id)
    stopped = await ask(relay, "parcel", "stop", queue_id, status=1)

    assert (0, "stopped for recipient 2", "too late for recipient 1") == (
        done.returncode, *(re.findall(r"stopped for recipient 2|too late for recipient 1", done.stdout + done.stderr)),
    )  # fmt: skip
    assert {"queue_id": queue_id, "stopped": [], "too_late": [1], "is_destroyed": False} == stopped


async def test_reroute_takes_another_way(relay: Relay, hop: ScriptedNextHop) -> None:
    """Instead of the second mail, the sender tells it."""
    queue_id = await sent(relay)
    done = await run(relay, "parcel", "reroute", queue_id, "--channel", "to_sender")
    await eventually(lambda: for_whom(hop, SENDER), "the mail to the sender")
    refused = [
        (await run(relay, "parcel", "reroute", queue_id, "--channel", *words)).returncode
        for words in (["pigeon"], ["agreed"], ["sms", "--phone", "090-1234-5678"], ["separate_mail"])
    ]

    assert (0, [2, 2, 1, 1]) == (done.returncode, refused)
    assert 1 == len(passwords_in(for_whom(hop, SENDER)[0]))
    assert 1 == len(for_whom(hop, A))


async def test_destroy_leaves_nobody_the_password(relay: Relay) -> None:
    """For good, also where it was told; safe to call twice."""
    queue_id = await sent(relay)
    parcel_id = await parcel_of(relay, queue_id)
    done = [await run(relay, "parcel", "destroy", parcel_id, "--reason", "over") for _ in range(2)]
    (shown,) = await ask(relay, "parcel", "show", parcel_id)

    assert [0, 0] == [one.returncode for one in done]
    assert (False, ["stopped"]) == (shown["has_password"], [one["state"] for one in shown["recipients"]])
    assert "had been destroyed before" in done[1].stdout


async def test_report_of_a_bounce_stops_the_password_from_a_file_and_by_smtp(
    relay: Relay, hop: ScriptedNextHop, tmp_path: Path
) -> None:
    """The parcel came back: the report, saved or handed in to the relay, stops the password in time."""
    by_file, by_smtp = await sent(relay, A), await sent(relay, B)
    report = tmp_path / "report.eml"
    ids = {
        one: re.search(rb"(?mi)^Message-ID: (<[^>]+>)", for_whom(hop, who)[0]).group(1).decode()  # type: ignore[union-attr]
        for one, who in ((by_file, A), (by_smtp, B))
    }
    report.write_bytes(bounce_of(ids[by_file], A).replace(b"\r\n", b"\n"))
    done = await run(relay, "parcel", "bounced", str(report))
    again = await run(relay, "parcel", "bounced", str(report))
    await post(relay, SENDER, sender="", content=bounce_of(ids[by_smtp], B))
    await eventually(lambda: for_whom(hop, SENDER), "the report to arrive")

    assert (0, 0) == (done.returncode, again.returncode)
    assert f"{by_file}: stopped for recipient 1" in done.stdout
    assert (["stopped"], ["stopped"]) == (await told(relay, by_file), await told(relay, by_smtp))


async def test_what_is_no_report_of_ours_is_refused_in_words(relay: Relay, tmp_path: Path) -> None:
    """Another mail, or a report about somebody else's: exit status 1 and a sentence."""
    file = tmp_path / "mail.eml"
    said = []
    for octets in (mail([A]), bounce_of("<unknown@customer.example.com>", A)):
        file.write_bytes(octets)
        done = await run(relay, "parcel", "bounced", str(file))
        said.append((done.returncode, done.stderr.strip()))

    assert [
        (1, "This is no report that a mail could not be delivered."),
        (1, "No protected mail of this office is meant."),
    ] == said


async def test_evidence_is_written_checked_and_refuses_a_changed_record(
    make_relay: MakeRelay, hop: ScriptedNextHop, tmp_path: Path
) -> None:
    """An officer gets the sheet, also from a stopped relay's data; what was changed behind our back is seen."""
    relay = make_relay(hop.port, **settings(protection={"channel": "to_sender"}))
    await relay.started()
    parcel_id = await parcel_of(relay, await sent(relay))
    assert await relay.stopped() == 0
    pdf, written = tmp_path / "sheet.pdf", tmp_path / "sheet.json"
    plain = await run(relay, "parcel", "evidence", parcel_id)
    files = await run(relay, "parcel", "evidence", parcel_id, "--json", str(written), "--pdf", str(pdf), "--check")
    printed = await run(relay, "parcel", "evidence", parcel_id, "--json", "-", "--pdf", str(pdf))
    password = (await run(relay, "parcel", "password", parcel_id)).stdout.strip()
    with closing(sqlite3.connect(relay.database_file)) as database, database:
        changed = 'UPDATE audit_event SET details = replace(details, \'"mode":"zip"\', \'"mode":"pdf"\')'
        database.execute(f"{changed} WHERE action = 'parcel.made'")
    broken = await run(relay, "parcel", "evidence", parcel_id, "--check")
    with closing(sqlite3.connect(relay.database_file)) as database, database:
        database.execute("DELETE FROM audit_event WHERE action = 'parcel.made'")
    missing = await run(relay, "parcel", "evidence", parcel_id)
    sheet, checked = json.loads(plain.stdout), json.loads(written.read_text("utf-8"))

    assert (0, 0, 0, 1, 1) == tuple(one.returncode for one in (plain, files, printed, broken, missing))
    assert ("", parcel_id) == (files.stdout, json.loads(printed.stdout)["parcel_id"])
    assert (None, True) == (sheet["chain"]["is_unbroken"], checked["chain"]["is_unbroken"])
    assert (True, SENDER) == (sheet["chain"]["is_manifest_as_recorded"], sheet["recipients"][0]["told_to"])
    assert pdf.read_bytes().startswith(b"%PDF")
    assert password not in plain.stdout + written.read_text("utf-8")
    assert ("not whole" in broken.stderr, "says nothing" in missing.stderr) == (True, True)
    assert json.loads(broken.stdout)["chain"]["is_unbroken"] is False


@pytest.mark.parametrize(
    "words",
    [
        ("show", UNKNOWN_ID), ("password", UNKNOWN_ID), ("release", UNKNOWN_ID), ("stop", UNKNOWN_ID),
        ("destroy", UNKNOWN_ID), ("evidence", UNKNOWN_ID), ("reroute", UNKNOWN_ID, "--channel", "to_sender"),
    ],
)  # fmt: skip
async def test_unknown_parcel_is_said_so(make_relay: MakeRelay, words: tuple[str, ...]) -> None:
    """A mistyped number: exit status 1 and a plain sentence."""
    relay = make_relay(9)
    done = await asyncio.to_thread(relay.command, "parcel", *words)

    assert (1, True) == (done.returncode, done.stderr.startswith("There is no such parcel"))
