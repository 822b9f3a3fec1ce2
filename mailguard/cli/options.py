"""Options and arguments that several commands share, so that they read the same everywhere.

What a person types goes on record and into the database, so it must be text: octets of a terminal that does not speak
UTF-8 are replaced, not refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def readable(typed: str) -> str:
    """What was typed, as text: octets that are no UTF-8 become replacement characters."""
    return typed.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _all_readable(typed: list[str]) -> list[str]:
    return [readable(word) for word in typed]


Config = Annotated[Path | None, typer.Option("--config", help="Configuration file.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
QueueIdArgument = Annotated[str, typer.Argument(metavar="QUEUE-ID", help="Queue id.", callback=readable)]
QueueIds = Annotated[
    list[str],
    typer.Argument(metavar="QUEUE-ID...", help="Queue ids, as the list shows them.", callback=_all_readable),
]
Reason = Annotated[str, typer.Option("--reason", help="Why; it goes on record.", callback=readable)]
Recipients = Annotated[str | None, typer.Option("--recipients", help="Only these, by number: 1,3. Default: all.")]
Limit = Annotated[int, typer.Option(help="At most so many mails.", min=1)]
After = Annotated[str, typer.Option(help="Go on after this queue id.", callback=readable)]
