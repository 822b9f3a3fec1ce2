"""``mailguard audit``: a record that was touched is found, whoever touched it and wherever (O8, P-28)."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.system.office_day import COLLEAGUE, PARTNER, ask, post, run, states
from tests.system.recorder import Recorder
from tests.system.relay import MakeRelay, Relay, relay_settings
from tests.system.waiting import eventually


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a relay with a record of some days, made by commands alone; tests work on copies."""
    directory = tmp_path_factory.mktemp("recorded")
    relay = Relay(relay_settings(directory, 9), directory)
    for name in ("ando", "baba", "chiba", "doi"):
        relay.add_account(f"{name}@gojokai.example.jp", "a long enough password")
    return relay.data


@pytest.fixture
def relay(make_relay: MakeRelay, recorded: Path) -> Relay:
    """A relay, not running, with a copy of that record."""
    relay: Relay = make_relay(9)
    shutil.copytree(recorded, relay.data, dirs_exist_ok=True)
    return relay


def tamper(relay: Relay, *statements: str) -> None:
    """What somebody with the file in his hands may do."""
    with closing(sqlite3.connect(relay.database_file)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


async def test_verify_of_an_untouched_record_names_its_head(relay: Relay) -> None:
    """The record is whole: how many events, and the hash to note down; with that hash it is checked again."""
    text = await run(relay, "audit", "verify")
    found = await ask(relay, "audit", "verify")
    again = await ask(relay, "audit", "verify", "--head", found["head"])

    assert (0, f"4 events, whole; head {found['head']}\n") == (text.returncode, text.stdout)
    nothing: dict[str, object] = {"broken": None, "breaks": [], "anchors": 0, "anchored_at": None, "kept_since": None}
    assert ({"events": 4, "head": found["head"], **nothing}, found) == (found, again)
    assert 64 == len(found["head"])


SWAP = [
    "UPDATE audit_event SET seq = 100 WHERE seq = 2",
    "UPDATE audit_event SET seq = 2 WHERE seq = 3",
    "UPDATE audit_event SET seq = 3 WHERE seq = 100",
]
INSERT = (
    "INSERT INTO audit_event (seq, at, actor_kind, actor, action, queue_id, details, hash)"
    " SELECT 5, at, actor_kind, actor, action, queue_id, details, hash FROM audit_event WHERE seq = 4"
)
TAMPERED = {
    "actor changed": (["UPDATE audit_event SET actor = 'somebody else' WHERE seq = 2"], 2, "event 2 was changed"),
    "details changed": (["UPDATE audit_event SET details = '{}' WHERE seq = 3"], 3, "event 3 was changed"),
    "time changed": (["UPDATE audit_event SET at = at + 1 WHERE seq = 1"], 1, "event 1 was changed"),
    "removed": (["DELETE FROM audit_event WHERE seq = 2"], 2, "event 2 is missing"),
    "first removed": (["DELETE FROM audit_event WHERE seq = 1"], 1, "event 1 is missing"),
    "swapped": (SWAP, 2, "event 2 was changed"),
    "put in": ([INSERT], 5, "event 5 was changed"),
}


@pytest.mark.parametrize(("statements", "event", "what"), TAMPERED.values(), ids=TAMPERED)
async def test_verify_names_what_was_tampered_with(relay: Relay, statements: list[str], event: int, what: str) -> None:
    """Whoever changes the file is found out, with the first event that does not fit."""
    tamper(relay, *statements)
    found = await ask(relay, "audit", "verify", status=1)

    where = {"after": None, "before": None}
    assert ({"event": event, "what": what, **where}, event - 1) == (found["broken"], found["events"])


async def test_verify_finds_a_cut_tail(relay: Relay) -> None:
    """The last events removed leave a whole chain; the seal of the newest one shows that they are gone."""
    head = (await ask(relay, "audit", "verify"))["head"]
    tamper(relay, "DELETE FROM audit_event WHERE seq > 2")
    sealed = await run(relay, "audit", "verify")
    tamper(relay, "DELETE FROM audit_head")
    text = await run(relay, "audit", "verify", "--head", head)

    assert (1, 1, "") == (sealed.returncode, text.returncode, text.stdout)
    assert "broken: events 3 to 4 are missing, between the beginning and now (2 events fit)" in sealed.stderr
    assert "broken: the given head is not in the record" in text.stderr


@pytest.mark.parametrize("head", ["xyz", "zz" * 32], ids=["short", "no digits"])
async def test_verify_with_a_head_that_is_none_is_wrong_usage(relay: Relay, head: str) -> None:
    """A mistyped hash is not taken for a broken record."""
    done = await run(relay, "audit", "verify", "--head", head)

    assert (2, True) == (done.returncode, "64 hexadecimal digits" in done.stderr)


async def test_export_is_a_line_an_event_in_each_form(relay: Relay) -> None:
    """Other programs read the record as ECS-shaped JSON lines, spreadsheets as CSV, a SIEM as CEF; the last hash is the
    head that verify names."""
    lines = [json.loads(line) for line in (await run(relay, "audit", "export")).stdout.splitlines()]
    table = list(csv.reader((await run(relay, "audit", "export", "--format", "csv")).stdout.splitlines()))
    cef = (await run(relay, "audit", "export", "--format", "cef")).stdout.splitlines()
    nothing = await run(relay, "audit", "export", "--until", "2020-01-01")
    head = (await ask(relay, "audit", "verify"))["head"]

    assert ([1, 2, 3, 4], head) == ([line["event"]["sequence"] for line in lines], lines[-1]["event"]["hash"])
    assert ("account.changed", ["iam"]) == (lines[0]["event"]["action"], lines[0]["event"]["category"])
    assert (["\ufeffnumber", "1", "2", "3", "4"], head) == ([row[0] for row in table], table[-1][-1])
    assert ["account.changed"] * 4 == [line.split("|")[4] for line in cef]
    assert (0, "") == (nothing.returncode, nothing.stdout)


async def test_nothing_goes_that_is_kept_or_not_anchored(relay: Relay, make_relay: MakeRelay, recorded: Path) -> None:
    """With no time set all events are kept; an event that no anchor follows yet stays in any case."""
    refused = await run(relay, "audit", "prune")
    forgetful = make_relay(9, audit={"retention_days": 0.000001})
    shutil.copytree(recorded, forgetful.data, dirs_exist_ok=True)
    pruned = await ask(forgetful, "audit", "prune")
    checked = await ask(forgetful, "audit", "verify")

    assert (1, "audit.retention_days is 0: all events are kept\n") == (refused.returncode, refused.stderr)
    assert ({"removed": 0, "kept_since": None}, 4) == (pruned, checked["events"])


async def test_record_of_a_running_relay_is_whole_and_tells_the_story(make_relay: MakeRelay) -> None:
    """Beside a running relay the record can be checked and exported, and holds each mail from 250 to its end."""
    async with Recorder() as recorder:
        relay = make_relay(recorder.port, hold={"minutes": 60})
        await relay.started()
        inside, outside = await post(relay, COLLEAGUE), await post(relay, PARTNER)
        await eventually(lambda: states(relay, inside) == ["delivered"], "the colleague's mail to be delivered")
        await eventually(lambda: states(relay, outside) == ["held"], "the partner's mail to be held")
        await ask(relay, "hold", "cancel", outside, "--reason", "wrong file")
        checked = await ask(relay, "audit", "verify")
        assert await relay.stopped() == 0
    lines = [json.loads(line) for line in (await run(relay, "audit", "export")).stdout.splitlines()]

    def story(queue_id: str | None) -> list[str]:
        return [line["event"]["action"] for line in lines if line["mailguard"].get("queue_id") == queue_id]

    assert (None, 1) == (checked["broken"], checked["anchors"])
    assert ["service.started", "policy.loaded", "audit.anchored", "service.stopped"] == story(None)
    assert ["mail.accepted", "mail.judged", "hold.cancelled"] == story(outside)
    assert ["mail.accepted", "mail.judged", "mail.queued", "delivery.begun", "delivery.delivered"] == story(inside)
