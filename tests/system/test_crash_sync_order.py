"""The order of system calls during one mail: everything is on disk before the client reads 250 (P-21b)."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.system.accounting import finished
from tests.system.load import INTERNAL, Dialogue, Ledger, submit_one
from tests.system.recorder import Recorder
from tests.system.relay import MakeRelay
from tests.system.waiting import eventually

CALLS = "fsync,fdatasync,rename,renameat,renameat2,link,linkat,write,pwrite64,send,sendto,sendmsg,writev"


@pytest.fixture
def strace(tmp_path: Path) -> list[str]:
    """A command prefix that records the calls into ``tmp_path/calls``; skips where tracing is not possible."""
    if not shutil.which("strace"):
        pytest.skip("strace is not installed (apt-get install strace)")
    probe = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False)
    if probe.returncode != 0:
        pytest.skip("this machine lets nobody trace a process")
    return ["strace", "-D", "-f", "-y", "-s", "200", "-e", f"trace={CALLS}", "-o", str(tmp_path / "calls")]


def positions(lines: list[str], pattern: str) -> list[int]:
    """Where calls of this form ended: a call that strace split is counted where it was resumed."""
    found = []
    for number, line in enumerate(lines):
        if not re.search(pattern, line):
            continue
        if "<unfinished" not in line:
            found.append(number)
            continue
        thread, call = line.split()[0], re.search(r"\b(\w+)\(", line)
        assert call is not None
        resumed = (
            later
            for later in range(number + 1, len(lines))
            if lines[later].split()[0] == thread and f"<... {call.group(1)} resumed>" in lines[later]
        )
        found.append(next(resumed, len(lines)))
    return found


@pytest.mark.parametrize("kind", ["small", "file"])
async def test_reply_after_data_comes_after_every_sync(
    make_relay: MakeRelay, strace: list[str], tmp_path: Path, kind: str
) -> None:
    """The 250 is written only when content, its folder and the database are on disk, in this order."""
    ledger = Ledger()
    async with Recorder() as recorder:
        relay = make_relay(recorder.port, storage={"inline_bytes": 8192})
        await relay.started(prefix=strace)
        dialogue = await Dialogue.open(relay.port())
        payload = b"text" if kind == "small" else b"x" * 70 + b"\r\n" + (b"y" * 76 + b"\r\n") * 2000
        await submit_one(dialogue, ledger, "traced@office.example.jp", (f"inside@{INTERNAL}",), payload)
        dialogue.close()
        await finished(relay)
        await relay.stopped()
    queue_id = ledger.owed[0].queue_id
    calls = tmp_path / "calls"
    await eventually(lambda: "+++ exited" in calls.read_text(errors="replace").splitlines()[-1], "strace to end")
    lines = calls.read_text(errors="replace").splitlines()

    (reply,) = positions(lines, rf'"250 [^"]*{queue_id}')
    written = [at for at in positions(lines, r"p?write(64)?\(\d+<[^>]*\.db-wal>") if at < reply]
    synced = [at for at in positions(lines, r"f(data)?sync\(\d+<[^>]*\.db-wal>") if at < reply]
    assert written
    assert synced
    assert max(written) < max(synced)
    if kind == "file":
        content_synced = positions(lines, rf"f(data)?sync\(\d+<[^>]*/tmp/{queue_id}>")[0]
        renamed = positions(lines, rf"rename\w*\(.*/tmp/{queue_id}")[0]
        folder_synced = positions(lines, rf"f(data)?sync\(\d+<[^>]*/{queue_id[-2:]}>")[0]
        assert content_synced < renamed < folder_synced < max(synced)
