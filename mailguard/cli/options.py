"""Options and arguments that several commands share, so that they read the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[Path | None, typer.Option("--config", help="Configuration file.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
QueueIdArgument = Annotated[str, typer.Argument(metavar="QUEUE-ID", help="Queue id.")]
QueueIds = Annotated[list[str], typer.Argument(metavar="QUEUE-ID...", help="Queue ids, as the list shows them.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it goes on record.")]
Recipients = Annotated[str | None, typer.Option("--recipients", help="Only these, by number: 1,3. Default: all.")]
Limit = Annotated[int, typer.Option(help="At most so many mails.", min=1)]
After = Annotated[str, typer.Option(help="Go on after this queue id.")]
