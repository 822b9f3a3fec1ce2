"""``mailguard audit``: is the record whole, and the record for other programs."""

from __future__ import annotations

import json as json_module
from typing import Annotated

import typer

from mailguard.cli.options import Config, Json

app = typer.Typer(help="The record of who did what: verify, export.", no_args_is_help=True)


@app.command()
def verify(
    config: Config = None,
    json: Json = False,
    head: Annotated[str, typer.Option(help="A hash noted earlier; the record must still hold it.")] = "",
) -> None:
    """Whether nothing in the record was changed, removed or put in between. Exit status 1 if something was."""
    from mailguard import audit
    from mailguard.cli.office import opened_store, print_json

    try:
        noted = bytes.fromhex(head) if head else None
    except ValueError as error:
        typer.echo(f"--head is a hash of 64 hexadecimal digits, not {head}", err=True)
        raise typer.Exit(2) from error
    with opened_store(config) as store:
        checked = store.read_now(lambda connection: audit.verify(connection, noted))
    if json:
        broken = None if checked.broken is None else {"event": checked.broken.seq, "what": checked.broken.what}
        print_json({"events": checked.events, "head": checked.head, "broken": broken})
    elif checked.broken is None:
        typer.echo(f"{checked.events} events, whole; head {checked.head}")
    else:
        typer.echo(f"broken: {checked.broken.what} ({checked.events} events before it are whole)", err=True)
    if checked.broken is not None:
        raise typer.Exit(1)


@app.command()
def export(config: Config = None) -> None:
    """Every event as a line of JSON, oldest first."""
    from sqlalchemy import Connection

    from mailguard import audit
    from mailguard.cli.mail_view import event_json
    from mailguard.cli.office import opened_store

    def print_all(connection: Connection) -> None:
        for seq, digest, event in audit.all_events(connection):
            line = {"seq": seq, "queue_id": event.queue_id, **event_json(event), "hash": digest.hex()}
            typer.echo(json_module.dumps(line, ensure_ascii=False))

    with opened_store(config) as store:
        store.read_now(print_all)
