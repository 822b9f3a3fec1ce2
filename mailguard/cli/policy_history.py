"""What was changed of the rules on the screen, shown and taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mailguard.cli.office import administrator, opened_store
from mailguard.cli.policy_office import files_of
from mailguard.config import Settings, load
from mailguard.judging import policy_changes
from mailguard.judging.policy_changes import PolicyChange, RevertChange
from mailguard.policy.changes import Changes
from mailguard.policy.differences import differences
from mailguard.policy.rules import RuleSet
from mailguard.store import Store


def shown(config: Path | None, limit: int) -> list[dict[str, Any]]:
    """The newest changes, each with what it changed against the one before."""
    settings = load(config)
    files = files_of(settings)
    with opened_store(config) as store:
        found = store.read_now(lambda connection: policy_changes.history(connection, limit=limit))
        return [_as_values(one, _before(store, one), files, settings) for one in found]


def reverted(config: Path | None, number: int, note: str) -> int:
    """The number of the new change that makes an older one count again, 0 for the files alone.

    Raises ``UnknownChange``, and ``StaleState`` where somebody changes the rules at the same moment.
    """
    with opened_store(config) as store:
        expected = store.read_now(policy_changes.newest_number)
        return store.write_now(RevertChange(number, administrator(), note, expected))


def as_text(changes: list[dict[str, Any]]) -> str:
    """For a terminal."""
    lines = []
    for one in changes:
        back = "" if one["reverts_to"] is None else f"  (back to {one['reverts_to']})"
        lines.append(f"{one['number']}  {one['at']}  {one['author']}  {one['note']}{back}")
        lines += [
            f"    {each['title']}: {each['what']}: {each['before']} -> {each['after']}" for each in one["differences"]
        ]
    return "\n".join(lines) or "nothing was changed on the screen"


def _before(store: Store, one: PolicyChange) -> Changes:
    return store.read_now(lambda connection: policy_changes.change(connection, one.number - 1)).changes


def _as_values(one: PolicyChange, before: Changes, files: RuleSet, settings: Settings) -> dict[str, Any]:
    language = settings.office.language
    return {
        "number": one.number,
        "at": one.at.astimezone(files.hours.zone).isoformat(timespec="seconds"),
        "author": one.author,
        "note": one.note,
        "reverts_to": one.reverts_to,
        "rules": one.changes.concerned(before),
        "differences": [
            {"rule": each.rule, "title": each.title, "what": each.what, "before": each.before, "after": each.after}
            for each in differences(files, before, one.changes, language)
        ],
    }
