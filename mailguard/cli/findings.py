"""Findings on a terminal: what was found where and on what grounds, what does not count, what could not be read."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mailguard.judging.wording import kind_name, sentence, why_suppressed, why_unreadable

if TYPE_CHECKING:
    from mailguard.model.finding import Finding, Inspection

SHOWN = 3
"""Grounds of a finding that are written out."""


def console() -> Console:
    """Standard output; as wide as the terminal, or 120 columns where there is none."""
    output = Console(highlight=False)
    if not output.is_terminal:
        output = Console(highlight=False, width=120)
    return output


def as_shown(path: Path) -> str:
    """A path as text; octets of its name that are no UTF-8 as ``\\xff``."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def on_terminal(path: Path) -> str:
    """A path as text that does nothing to the terminal it is written to."""
    return "".join(one if one.isprintable() else "\ufffd" for one in as_shown(path))


def print_json_line(value: dict[str, Any]) -> None:
    """A value as one line on standard output, for programs: whatever is in it, the line is UTF-8."""
    line = json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
    sys.stdout.write(f"{line}\n")


def show_inspection(output: Console, inspection: Inspection, *, everything: bool) -> None:
    """One mail's or file's findings. ``everything``: also what does not count."""
    counting = [one for one in inspection.findings if one.suppressed is None]
    others = [one for one in inspection.findings if one.suppressed is not None]
    if counting:
        output.print(_table(counting, inspection.labels))
    if others and everything:
        output.print("  does not count:")
        for one in others:
            why = f"{why_suppressed(one.suppressed)}" if one.suppressed is not None else ""
            output.print(f"    {kind_name(one.kind, inspection.labels)} × {one.count} in {escape(one.where)}: {why}")
    for unread in inspection.unreadable:
        output.print(f"  [yellow]not looked into[/]: {escape(unread.where)}: {why_unreadable(unread)}")
    if inspection.signs:
        output.print(f"  signs: {', '.join(sorted(sign.value for sign in inspection.signs))}")
    for found in inspection.lists:
        output.print(
            f"  {escape(found.where)} {escape(found.section)}: beside the one it is for stand "
            f"{found.other_organisations} other organisations and {found.other_persons} other people"
        )
    if counting:
        output.print(f"  people: {inspection.persons}")


def show_mail(output: Console, value: dict[str, Any], inspection: Inspection, *, everything: bool) -> None:
    """What ``inspect`` says of a mail."""
    verdict = value["verdict"]
    colour = {"deliver": "green", "hold": "yellow", "block": "red"}[verdict["action"]]
    observed = " (observed only)" if verdict["observed"] else ""
    protect = "  [bold red]must not leave in clear[/]" if value["must_protect"] else ""
    output.print(f"[bold]{escape(value['file'])}[/]: [{colour}]{verdict['action']}[/]{observed}{protect}")
    flags = f", flags: {', '.join(value['other_flags'])}" if value["other_flags"] else ""
    output.print(
        f"  outside {len(value['external_recipients'])}, visible outsiders {value['visible_external_count']}{flags}"
    )
    show_inspection(output, inspection, everything=everything)
    for reason in verdict["reasons"]:
        output.print(f"  - {reason['rule']}: {escape(reason.get('en', ''))}")


def _table(findings: list[Finding], labels: Mapping[str, str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2))
    for name in ("what", "how many", "where", "like", "sure", "because"):
        table.add_column(name, justify="right" if name == "how many" else "left", overflow="fold")
    for one in findings:
        places = ", ".join(one.at[:1])
        table.add_row(
            kind_name(one.kind, labels),
            str(one.count),
            escape(f"{one.where} ({places})" if places else one.where),
            escape(one.masked[0] if one.masked else ""),
            f"{one.confidence:.0%}",
            escape("; ".join(sentence(ground) for ground in one.evidence[:SHOWN])),
        )
    return table
