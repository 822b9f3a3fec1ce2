"""``mailguard hold``: look at what is held, send it, take it back, hold it longer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from mailguard.cli.options import After, Config, Json, Limit, QueueIdArgument, QueueIds, Reason, Recipients

if TYPE_CHECKING:
    from mailguard.cli.office import Office
    from mailguard.hold import Outcome, Wish
    from mailguard.hold import Recipients as Visibility
    from mailguard.store import Work

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
    protection: Annotated[
        str | None,
        typer.Option(help="auto, zip, pdf, office, or none (where the rules let somebody send it in clear)."),
    ] = None,
    channel: Annotated[
        str | None, typer.Option(help="How the password travels: to_sender, separate_mail, sms, agreed.")
    ] = None,
    phone: Annotated[str, typer.Option(help="Where a short message with the password goes.")] = "",
) -> None:
    """Send held mail now."""
    from mailguard import hold
    from mailguard.cli.mail_actions import act
    from mailguard.cli.office import parse_positions
    from mailguard.hold import Recipients as Visibility

    positions = parse_positions(recipients)
    seen = None if visibility is None else Visibility(_one_of("--visibility", visibility, list(Visibility)))
    wish = _wish(seen, protection, channel, phone)

    def make(office: Office, queue_id: str) -> Work[Outcome]:
        _assure_channel(office, wish, queue_id, positions)
        return hold.release(office.spool, queue_id, office.actor, reason, positions, wish)

    act(config, queue_ids, json, "released", make)


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


def _assure_channel(office: Office, wish: Wish, queue_id: str, positions: set[int] | None) -> None:
    """Raises ``NotAllowed`` for a way that cannot be: nobody is to believe that it was taken."""
    from mailguard.correspondents import traits_of
    from mailguard.errors import NotAllowed
    from mailguard.model.address import comparable
    from mailguard.model.protection import Channel
    from mailguard.model.queue import State

    channel, phone = wish.protection.channel, wish.protection.phone
    if channel is Channel.SMS and office.settings.protection.sms is None:
        raise NotAllowed("no gateway", public="This office has no gateway for short messages (protection.sms)")
    if channel not in (Channel.SMS, Channel.AGREED):
        return
    mail = office.store.read_now(lambda reader: office.spool.mail(reader, queue_id))
    wanted = [
        comparable(entry.path.address)
        for entry in mail.recipients
        if (positions is None or entry.key.position in positions) and entry.state is State.HELD
    ]
    known = office.store.read_now(lambda reader: traits_of(reader, wanted))
    for address in wanted:
        traits = known.get(address)
        if channel is Channel.AGREED and not (traits and traits.agreed):
            raise NotAllowed("nothing agreed", public="No password was agreed with one of the recipients")
        if channel is Channel.SMS and not (phone or (traits and traits.phone)):
            raise NotAllowed("no telephone", public="There is no telephone number of one of the recipients (--phone)")


def _wish(seen: Visibility | None, protection: str | None, channel: str | None, phone: str) -> Wish:
    from mailguard.correspondents import phone_number
    from mailguard.hold import Wish
    from mailguard.model.protection import Channel, Mode, Protection

    known = ["auto", "none", *Mode]
    wanted = "" if protection is None else _one_of("--protection", protection, known)
    way = None if channel is None else Channel(_one_of("--channel", channel, list(Channel)))
    mode = Mode(wanted) if wanted in list(Mode) else None
    return Wish(
        seen,
        Protection(mode, way, phone=phone_number(phone) if phone else ""),
        protects=bool(wanted) and wanted != "none",
        in_clear=wanted == "none",
    )


def _one_of(option: str, word: str, known: list[str]) -> str:
    if word not in known:
        typer.echo(f"{option} must be {', '.join(known)} (it is '{word}')", err=True)
        raise typer.Exit(2)
    return word


def _length(minutes: float) -> timedelta:
    try:
        return timedelta(minutes=minutes)
    except (OverflowError, ValueError) as error:
        typer.echo(f"not a number of minutes to hold mail longer: {minutes}", err=True)
        raise typer.Exit(2) from error
