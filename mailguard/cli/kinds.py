"""Trying out an office's own kinds, and making its member list."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from mailguard.config.suggestion import did_you_mean
from mailguard.errors import ConfigurationError
from mailguard.extract.dispatch import read_file
from mailguard.extract.walk import Walk
from mailguard.inspection.office_kinds import tried
from mailguard.judging.wording import sentence, why_unreadable
from mailguard.mime.japanese import likely_text
from mailguard.model.office_kinds import OfficeDictionary, OfficeKind, OfficeKinds
from mailguard.policy.member_file import csv_rows, hashed_rows, written_hashes


def tried_in(office: OfficeKinds, name: str, files: list[Path]) -> list[dict[str, Any]]:
    """What the kind or dictionary of that id finds in files, a place each, as JSON values.

    Raises ``ConfigurationError`` where there is none of that id.
    """
    known: dict[str, OfficeKind | OfficeDictionary] = {one.id: one for one in office.kinds}
    known.update((one.id, one) for one in office.dictionaries)
    if name not in known:
        there = ", ".join(known) or "none"
        near = did_you_mean(name, list(known))
        raise ConfigurationError([f"kinds.yaml has no kind or dictionary '{name}'{near}; there are: {there}"])
    return [
        {
            "file": str(path),
            "line": one.line,
            "masked": one.masked,
            "confidence": one.confidence,
            "counts": one.is_finding,
            "evidence": [sentence(ground) for ground in one.evidence],
        }
        for path in files
        for text in texts_in(path)
        for one in tried(known[name], text)
    ]


def texts_in(path: Path) -> list[str]:
    """The texts of a file as an attachment would be read: sheets of workbooks, parts of a mail, plain text as it is."""
    walk = Walk(read_file)
    walk.file(path.name, path.read_bytes(), path.name, 1)
    contents = walk.contents()
    if contents.unreadable:
        raise ConfigurationError([f"{path}: {why_unreadable(contents.unreadable[0])}"])
    return [piece.text for piece in contents.pieces if piece.section != "file name"]


def write_members(table: Path, to: Path, key: bytes) -> str:
    """Write the list and say so. Raises ``ConfigurationError`` where the table or the key is not there."""
    if not key:
        raise ConfigurationError(["there is no master key yet: set up and start mailguard once, then make the list"])
    made = hashed_rows(csv_rows(likely_text(table.read_bytes())), key)
    beside = to.with_name(f".{to.name}.{os.getpid()}")
    beside.write_text(written_hashes(made), "utf-8")
    beside.replace(to)
    return (
        f"{to}: {len(made.hashes)} hashes. Delete the CSV when you no longer need it, and name the list in kinds.yaml."
    )
