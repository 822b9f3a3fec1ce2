"""``mailguard hold``: look at what is held, send it, take it back, hold it longer."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from mailguard.cli.options import After, Config, Json, Limit, QueueIdArgument, QueueIds, Reason, Recipients

app = typer.Typer(help="Held mail: list, show, release, cancel, extend.", no_args_is_help=True)


@app.command("list")
def list_(config: Config = None, json: Json = False, limit: Limit = 50, after: After = "") -> None:
    """Mails that are held, oldest first."""
    from mailguard import hold
    from mailguard.cli.mail_view import print_list
    from mailguard.cli.office import opened

    with opened(config) as office:
        mails = office.store.read_now(
            lambda connection: hold.list_held(office.spool, connection, after=after.upper(), limit=limit)
        )
        print_list(mails, office.spool.clock.now(), "Nothing is held.", limit, json=json)


@app.command()
def show(queue_id: QueueIdArgument, config: Config = None, json: Json = False) -> None:
    """One mail with everything that happened to it, held or not."""
    from mailguard.cli.mail_view import show_mail

    show_mail(config, queue_id, json=json)


@app.command()
def release(
    queue_ids: QueueIds,
    config: Config = None,
    json: Json = False,
    reason: Reason = "",
    recipients: Recipients = None,
    visibility: Annotated[
        str | None,
        typer.Option(
            help="How outsiders see each other: hidden (Bcc), individual (a mail for each), as-they-are. "
            "Default: as the rules demand."
        ),
    ] = None,
) -> None:
    """Send held mail now."""
    from mailguard import hold
    from mailguard.cli.mail_actions import act
    from mailguard.cli.office import parse_positions
    from mailguard.hold import Recipients as Visibility

    positions = parse_positions(recipients)
    wanted = None if visibility is None else Visibility(_visibility(visibility, list(Visibility)))
    act(config, queue_ids, json, "released", lambda office, queue_id: hold.release(
        office.spool, queue_id, office.actor, reason, positions, wanted))  # fmt: skip


@app.command()
def cancel(
    queue_ids: QueueIds, config: Config = None, json: Json = False, reason: Reason = "", recipients: Recipients = None
) -> None:
    """Take held mail back; it will not be sent."""
    from mailguard import hold
    from mailguard.cli.mail_actions import act
    from mailguard.cli.office import parse_positions

    positions = parse_positions(recipients)
    act(config, queue_ids, json, "cancelled", lambda office, queue_id: hold.cancel(
        office.spool, queue_id, office.actor, reason, positions))  # fmt: skip


@app.command()
def extend(
    queue_ids: QueueIds,
    minutes: Annotated[float | None, typer.Option(help="How much longer. Without it the timer stops.")] = None,
    config: Config = None,
    json: Json = False,
    reason: Reason = "",
    recipients: Recipients = None,
) -> None:
    """Hold mail longer, or until somebody decides."""
    from mailguard import hold
    from mailguard.cli.mail_actions import act
    from mailguard.cli.office import parse_positions

    positions = parse_positions(recipients)
    by = None if minutes is None else _length(minutes)
    act(config, queue_ids, json, "held longer", lambda office, queue_id: hold.extend(
        office.spool, queue_id, office.actor, reason, by,
        timedelta(seconds=office.settings.hold.grace_seconds), positions))  # fmt: skip


def _visibility(word: str, known: list[str]) -> str:
    if word not in known:
        typer.echo(f"--visibility must be {', '.join(known)} (it is '{word}')", err=True)
        raise typer.Exit(2)
    return word


def _length(minutes: float) -> timedelta:
    try:
        return timedelta(minutes=minutes)
    except (OverflowError, ValueError) as error:
        typer.echo(f"not a number of minutes to hold mail longer: {minutes}", err=True)
        raise typer.Exit(2) from error
