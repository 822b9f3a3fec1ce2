"""Carries out one action on several mails and says what became of each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from mailguard.cli.office import Office, opened, print_json
from mailguard.errors import MailguardError
from mailguard.hold import Outcome
from mailguard.store import Work


def act(
    config: Path | None, queue_ids: list[str], json: bool, done: str, make: Callable[[Office, str], Work[Outcome]]
) -> None:
    """Run the action on each mail; exit code 1 if nothing was moved for any of them, with the reason on stderr."""
    with opened(config) as office:
        results: list[dict[str, Any]] = []
        failed = False
        for queue_id in [text.upper() for text in queue_ids]:
            try:
                outcome = office.store.write_now(make(office, queue_id))
            except MailguardError as error:
                failed = True
                results.append({"queue_id": queue_id, "error": error.public})
                if not json:
                    typer.echo(f"{queue_id}: {error.public}", err=True)
                continue
            failed = failed or not outcome.moved
            results.append(_as_json(outcome))
            if not json:
                _say(outcome, done)
        if json:
            print_json(results)
        if failed:
            raise typer.Exit(1)


def _as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "queue_id": outcome.queue_id,
        "recipients": [position + 1 for position in outcome.moved],
        "left": {str(position + 1): state.value for position, state in outcome.left.items()},
    }


def _say(outcome: Outcome, done: str) -> None:
    if outcome.moved:
        typer.echo(f"{outcome.queue_id}: {done} ({len(outcome.moved)} recipients)")
    for position, state in outcome.left.items():
        typer.echo(f"{outcome.queue_id}: recipient {position + 1} is {state.value} and stays so", err=True)
