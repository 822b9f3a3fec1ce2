"""``mailguard doctor``: looks at everything the relay stands on, and says what to do about what is not well."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def doctor(
    config: Annotated[Path | None, typer.Option("--config", help="Configuration file.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Machine-readable output.")] = False,
) -> None:
    """Check configuration, files, database, certificate, ports and next hop. Exit status 1 if something fails."""
    import asyncio

    from mailguard.cli.examination import Grade, examine
    from mailguard.logs import configure_for_commands

    configure_for_commands()
    found = asyncio.run(examine(config))
    if json:
        import dataclasses
        from json import dumps

        typer.echo(dumps([dataclasses.asdict(one) for one in found], ensure_ascii=False, indent=2))
    else:
        for one in found:
            typer.echo(f"{one.grade.value:<5} {one.part}: {one.finding}")
            if one.remedy:
                typer.echo(f"      -> {one.remedy}")
    if any(one.grade is Grade.FAIL for one in found):
        raise typer.Exit(1)
