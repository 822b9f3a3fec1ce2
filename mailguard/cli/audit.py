"""``mailguard audit``: is the record whole, the record for other programs, and an end to old events."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from mailguard.cli.options import Config, Json

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mailguard.audit import Break, Checked, Entry
    from mailguard.cli.office import Office

app = typer.Typer(help="The record of who did what: verify, export, prune.", no_args_is_help=True)


class Form(StrEnum):
    """How events are written."""

    ECS = "ecs"
    CSV = "csv"
    CEF = "cef"


@app.command()
def verify(
    config: Config = None,
    json: Json = False,
    head: Annotated[str, typer.Option(help="A hash noted earlier; the record must still hold it.")] = "",
) -> None:
    """Whether nothing in the record was changed, removed or put in between. Exit status 1 if something was."""
    from mailguard.cli.office import opened, print_json

    try:
        noted = bytes.fromhex(head) if head else None
    except ValueError as error:
        typer.echo(f"--head is a hash of 64 hexadecimal digits, not {head}", err=True)
        raise typer.Exit(2) from error
    with opened(config) as office:
        checked = checked_record(office, noted)
    if json:
        print_json(_as_json(checked))
    elif checked.broken is None:
        typer.echo(_whole(checked))
    for one in [] if json else checked.breaks:
        typer.echo(f"broken: {one.what}{_between(one)} ({checked.events} events fit)", err=True)
    if checked.broken is not None:
        raise typer.Exit(1)


def checked_record(office: Office, head: bytes | None = None) -> Checked:
    """The whole record checked, against everything that vouches for it."""
    from mailguard import audit

    file = audit.AnchorFile(office.settings.storage.directory / audit.FILE_NAME)
    return office.store.read_now(lambda reader: audit.verify(reader, head, office.spool.seals, file))


@app.command()
def export(
    config: Config = None,
    form: Annotated[Form, typer.Option("--format", help="ecs: JSON lines; csv: for spreadsheets; cef.")] = Form.ECS,
    since: Annotated[str, typer.Option(help="From this day or time on: 2026-11-01, 2026-11-01T09:00.")] = "",
    until: Annotated[str, typer.Option(help="Before this time, or to the end of this day.")] = "",
) -> None:
    """Every event as a line, oldest first."""
    from mailguard import audit
    from mailguard.audit.formats import COLUMNS
    from mailguard.cli.office import opened
    from mailguard.mime.spreadsheet import BYTE_ORDER_MARK, line_of

    begin, end = _moment(since, "--since"), _moment(until, "--until", is_end=True)
    with opened(config) as office:
        origin = audit.origin_of(office.settings.office)
        lines: dict[Form, Callable[[Entry], str]] = {
            Form.ECS: lambda entry: audit.ecs_line(entry, origin) + "\n",
            Form.CEF: lambda entry: audit.cef_line(entry, origin) + "\n",
            Form.CSV: audit.csv_line,
        }
        if form is Form.CSV:
            sys.stdout.write(BYTE_ORDER_MARK + line_of(COLUMNS))

        def write_all(connection: Connection) -> None:
            for entry in audit.between(connection, begin, end):
                sys.stdout.write(lines[form](entry))

        office.store.read_now(write_all)


@app.command()
def prune(config: Config = None, json: Json = False) -> None:
    """Remove the events that are older than audit.retention_days, up to an anchor. The service does it every hour."""
    from mailguard.audit import pruning_of
    from mailguard.cli.office import opened, print_json

    with opened(config) as office:
        pruning = pruning_of(office.settings.audit, office.spool.seals)
        if pruning is None:
            typer.echo("audit.retention_days is 0: all events are kept", err=True)
            raise typer.Exit(1)
        anchor = office.store.write_now(lambda transaction: pruning.mark(transaction, office.actor))
        removed = 0
        while some := office.store.write_now(pruning.remove_batch):
            removed += some
    kept_since = None if anchor is None else anchor.at.isoformat()
    if json:
        print_json({"removed": removed, "kept_since": kept_since})
    elif anchor is None:
        typer.echo(f"{removed} events removed; nothing else is old enough")
    else:
        typer.echo(f"{removed} events removed; the record is kept since {_shown(anchor.at)}")


def _as_json(checked: Checked) -> dict[str, object]:
    breaks = [
        {
            "event": one.seq,
            "what": one.what,
            "after": None if one.after is None else one.after.isoformat(),
            "before": None if one.before is None else one.before.isoformat(),
        }
        for one in checked.breaks
    ]
    return {
        "events": checked.events,
        "head": checked.head,
        "broken": breaks[0] if breaks else None,
        "breaks": breaks,
        "anchors": checked.anchors,
        "anchored_at": None if checked.anchored_at is None else checked.anchored_at.isoformat(),
        "kept_since": None if checked.kept_since is None else checked.kept_since.isoformat(),
    }


def _whole(checked: Checked) -> str:
    said = f"{checked.events} events, whole; head {checked.head}"
    if checked.kept_since is not None:
        said += f"\nkept since {_shown(checked.kept_since)}; older ones were removed because their time was over"
    if checked.anchored_at is not None:
        said += f"\n{checked.anchors} anchors fit, the last of {_shown(checked.anchored_at)}"
    return said


def _between(one: Break) -> str:
    after = "the beginning" if one.after is None else f"the anchor of {_shown(one.after)}"
    before = "now" if one.before is None else f"that of {_shown(one.before)}"
    return f", between {after} and {before}" if one.seq else ""


def _shown(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")


def _moment(typed: str, option: str, *, is_end: bool = False) -> datetime | None:
    """What was typed, in the time of this machine where no zone is named; the end of a day where that is meant."""
    if not typed:
        return None
    try:
        found = datetime.fromisoformat(typed)
        moment = found if found.tzinfo is not None else found.astimezone()
        return moment + timedelta(days=1) if is_end and len(typed) == len("2026-11-01") else moment
    except (ValueError, OverflowError) as error:
        typer.echo(f"{option} is a day or a time such as 2026-11-01 or 2026-11-01T09:00, not {typed}", err=True)
        raise typer.Exit(2) from error
