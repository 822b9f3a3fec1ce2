"""``mailguard incident`` as a person types it, beside a running relay."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from mailguard.i18n.times import JAPAN
from tests.fakes.next_hop import ScriptedNextHop
from tests.system.office_day import PARTNER, SUBJECT_LINE, ask, post, run, states, wire
from tests.system.relay import MakeRelay, Relay
from tests.system.waiting import eventually


@pytest.fixture
async def hop() -> AsyncIterator[ScriptedNextHop]:
    async with ScriptedNextHop() as hop:
        yield hop


@pytest.fixture
async def relay(make_relay: MakeRelay, hop: ScriptedNextHop) -> AsyncIterator[Relay]:
    """A running relay that holds mail to outsiders for an hour."""
    relay = make_relay(hop.port, hold={"minutes": 60, "grace_seconds": 3})
    await relay.started()
    yield relay
    assert await relay.stopped() == 0


async def test_mail_is_reported_and_looked_at(relay: Relay) -> None:
    """Who runs the system reports a mail for somebody on the telephone: it is stopped, listed and shown."""
    queue_id = await post(relay, PARTNER, content=wire(SUBJECT_LINE))
    await eventually(lambda: "held" in states(relay, queue_id), "the mail to be held")
    opened = await ask(relay, "incident", "open", queue_id, "--note", "called at ten")
    again = await ask(relay, "incident", "open", queue_id)
    (listed,) = await ask(relay, "incident", "list")
    shown = await ask(relay, "incident", "show", opened["incident"])
    written = (await run(relay, "incident", "show", opened["incident"])).stdout
    here = datetime.fromisoformat(shown["opened_at"]).astimezone(JAPAN).isoformat(" ", "minutes")

    assert (True, False) == (opened["is_new"], again["is_new"])
    assert {"stopped": [0], "gone": []} == {name: opened["mails"][queue_id][name] for name in ("stopped", "gone")}
    assert ["cancelled"] == states(relay, queue_id)
    assert (opened["incident"], [queue_id]) == (listed["incident"], listed["mails"])
    assert "called at ten" == shown["entries"][0]["note"]
    assert f"opened_at: {here}" in written
    assert f"  1  {here}  " in written
    assert "UTC" not in written
    assert SUBJECT_LINE not in json.dumps(shown, ensure_ascii=False)


async def test_unknown_number_and_kind_are_said(relay: Relay) -> None:
    """A mistyped number or kind changes nothing."""
    missing = await run(relay, "incident", "show", "2026-9999")
    wrong = await run(relay, "incident", "open", "--kind", "storm")

    assert (1, 2) == (missing.returncode, wrong.returncode)
    assert "There is no such incident" in missing.stderr


async def test_procedure_is_written_for_paper(relay: Relay) -> None:
    """What to do and whom to call, in both languages, while the relay runs and while nothing of it does."""
    text = await run(relay, "incident", "procedure")
    page = await run(relay, "incident", "procedure", "--language", "en", "--html")
    wrong = await run(relay, "incident", "procedure", "--language", "fr")

    assert (0, 0, 2) == (text.returncode, page.returncode, wrong.returncode)
    assert "電源は落とさない" in text.stdout
    assert page.stdout.startswith("<!DOCTYPE html>")
    assert "Personal Information Protection Commission" in page.stdout


async def test_evidence_is_taken_out_and_checked(relay: Relay, tmp_path: Path) -> None:
    """The file is checked without configuration, a changed one is refused, and nothing is written over."""
    queue_id = await post(relay, PARTNER, content=wire(SUBJECT_LINE))
    await eventually(lambda: "held" in states(relay, queue_id), "the mail to be held")
    number = (await ask(relay, "incident", "open", queue_id))["incident"]
    place = tmp_path / "evidence.zip"
    taken = await ask(relay, "incident", "export", number, "--purpose", "a lawyer asked", "-o", str(place))
    again = await run(relay, "incident", "export", number, "--purpose", "x", "-o", str(place))
    compared = await ask(relay, "incident", "compare", number)
    good = typed("incident", "verify-bundle", str(place), "--manifest-sha256", taken["manifest_sha256"])
    place.write_bytes(place.read_bytes().replace(b"PK\x03\x04", b"PK\x03\x05", 1))
    bad = typed("incident", "verify-bundle", str(place))
    page = await run(relay, "incident", "report")
    sheet = await run(relay, "incident", "report", "--format", "csv", "--language", "en")

    assert (1, 0, 1) == (again.returncode, good.returncode, bad.returncode), (again, good, bad)
    assert {"same"} == {one["is"] for one in compared}
    assert taken["manifest_sha256"] in good.stdout
    assert "<svg" in page.stdout
    assert "Near misses" in sheet.stdout


def typed(*words: str) -> subprocess.CompletedProcess[str]:
    """A command without any configuration."""
    return subprocess.run(
        [sys.executable, "-m", "mailguard", *words], capture_output=True, text=True, check=False, timeout=120
    )
