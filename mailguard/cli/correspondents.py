"""``mailguard correspondents``: what the office has learned about addresses."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mailguard.cli.options import Config

app = typer.Typer(
    help="Known addresses: take over an address book, write them out, forget a person.", no_args_is_help=True
)


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="CSV files or vCards (.vcf).")],
    config: Config = None,
) -> None:
    """Take people over as known: mail to them is then no first mail to the office."""
    from mailguard import audit
    from mailguard.cli.office import administrator, opened_store
    from mailguard.correspondents import entries_in, import_entries
    from mailguard.model.audit import AuditAction, AuditEvent
    from mailguard.store import Transaction

    entries = [entry for file in files for entry in entries_in(file.read_bytes())]

    def work(transaction: Transaction) -> int:
        new = import_entries(transaction, entries)
        event = AuditEvent(
            transaction.now,
            administrator(),
            AuditAction.CORRESPONDENTS_IMPORTED,
            None,
            {"found": len(entries), "new": new},
        )
        audit.append(transaction, event)
        return new

    with opened_store(config) as store:
        new = store.write_now(work)
    typer.echo(f"{len(entries)} people found, {new} of them new")


@app.command()
def export(config: Config = None) -> None:
    """Write all known addresses as CSV to standard output."""
    from mailguard.cli.office import opened_store
    from mailguard.correspondents import export as lines_of

    with opened_store(config) as store:
        store.read_now(lambda connection: sys.stdout.writelines(lines_of(connection)))


@app.command()
def forget(
    addresses: Annotated[list[str], typer.Argument(metavar="ADDRESS...", help="Addresses to forget.")],
    config: Config = None,
) -> None:
    """Forget people: names, lists and threads they stood on. The record of delivered mail stays."""
    from mailguard import audit, correspondents
    from mailguard.cli.office import administrator, opened_store
    from mailguard.model.audit import AuditAction, AuditEvent
    from mailguard.store import Transaction

    def work(transaction: Transaction) -> int:
        removed = sum(correspondents.forget(transaction, address) for address in addresses)
        event = AuditEvent(
            transaction.now, administrator(), AuditAction.CORRESPONDENT_FORGOTTEN, None, {"people": len(addresses)}
        )
        audit.append(transaction, event)
        return removed

    with opened_store(config) as store:
        removed = store.write_now(work)
    typer.echo("forgotten" if removed else "nothing was known about them")
