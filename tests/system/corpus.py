"""The outgoing mails of an invented office, each with the envelope it was sent in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "corpus" / "mails"


@dataclass(frozen=True, slots=True)
class CorpusMail:
    """One mail of the corpus. ``content`` is its octets as submitted: CRLF line ends, not dot-stuffed."""

    name: str
    content: bytes
    reverse_path: str
    recipients: tuple[str, ...]


def corpus() -> list[CorpusMail]:
    """All mails in file order."""
    lines = (FOLDER / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    mails = []
    for label in map(json.loads, lines):
        content = (FOLDER / label["file"]).read_bytes()
        mails.append(CorpusMail(label["file"], content, label["envelope_from"], tuple(label["envelope_rcpt"])))
    return mails
