"""``mailguard queue``: mail on its way to the next hop, and what an administrator may do about it."""

from __future__ import annotations

import typer

from mailguard.cli.options import After, Config, Json, Limit, QueueIdArgument, QueueIds, Reason, Recipients

app = typer.Typer(help="Mail on its way: list, show, retry, bounce, cancel.", no_args_is_help=True)


@app.command("list")
def list_(config: Config = None, json: Json = False, limit: Limit = 50, after: After = "") -> None:
    """Mails that are on their way or wait for the next try, oldest first."""
    from mailguard import hold
    from mailguard.cli.mail_view import print_list
    from mailguard.cli.office import opened

    with opened(config) as office:
        mails = office.store.read_now(
            lambda connection: hold.list_queue(office.spool, connection, after=after.upper(), limit=limit)
        )
        print_list(mails, office.spool.clock.now(), "Nothing waits.", limit, json=json)


@app.command()
def show(queue_id: QueueIdArgument, config: Config = None, json: Json = False) -> None:
    """One mail with every attempt and everything that happened to it."""
    from mailguard.cli.mail_view import show_mail

    show_mail(config, queue_id, json=json)


@app.command()
def retry(
    queue_ids: QueueIds, config: Config = None, json: Json = False, reason: Reason = "", recipients: Recipients = None
) -> None:
    """Try again now; also mail whose last outcome is in doubt, which may arrive a second time."""
    from mailguard import hold
    from mailguard.cli.mail_actions import act
    from mailguard.cli.office import parse_positions

    positions = parse_positions(recipients)
    act(config, queue_ids, json, "is tried again", lambda office, queue_id: hold.retry(
        office.spool, queue_id, office.actor, reason, positions))  # fmt: skip


@app.command()
def bounce(
    queue_ids: QueueIds, config: Config = None, json: Json = False, reason: Reason = "", recipients: Recipients = None
) -> None:
    """Give up mail that waits for another try; its sender gets a report."""
    from mailguard import hold
    from mailguard.cli.mail_actions import act
    from mailguard.cli.office import parse_positions
    from mailguard.spool.reports import reporter_of

    positions = parse_positions(recipients)
    act(config, queue_ids, json, "given up", lambda office, queue_id: hold.give_up(
        office.spool, queue_id, office.actor, reason, reporter_of(office.settings.office, office.zone()),
        positions))  # fmt: skip


@app.command()
def cancel(
    queue_ids: QueueIds, config: Config = None, json: Json = False, reason: Reason = "", recipients: Recipients = None
) -> None:
    """Take back mail that waits for a try; its sender gets no report."""
    from mailguard import hold
    from mailguard.cli.mail_actions import act
    from mailguard.cli.office import parse_positions

    positions = parse_positions(recipients)
    act(config, queue_ids, json, "cancelled", lambda office, queue_id: hold.take_back(
        office.spool, queue_id, office.actor, reason, positions))  # fmt: skip
