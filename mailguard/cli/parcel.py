"""``mailguard parcel``: what left protected, and where its passwords are; tell, stop, destroy them; evidence."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailguard.cli.options import Config, Json, Limit, Reason, Recipients, readable

if TYPE_CHECKING:
    from mailguard.parcels.evidence import Evidence

app = typer.Typer(
    help="Protected mail: list, show, password, release, reroute, stop, destroy, bounced, evidence.",
    no_args_is_help=True,
)

ParcelId = Annotated[
    str, typer.Argument(metavar="PARCEL-ID", help="Parcel id, as the list shows it.", callback=readable)
]
Name = Annotated[
    str, typer.Argument(metavar="QUEUE-ID|PARCEL-ID", help="A mail, or one parcel of it.", callback=readable)
]
Before = Annotated[str, typer.Option(help="Go on before this parcel id.", callback=readable)]


@app.command("list")
def list_(config: Config = None, json: Json = False, limit: Limit = 50, before: Before = "") -> None:
    """Parcels, newest first: whose they are, and where each password is."""
    from mailguard.cli.parcel_office import opened_parcels
    from mailguard.cli.parcel_view import print_list
    from mailguard.parcels.listing import newest

    with opened_parcels(config) as parcels:
        office = parcels.office
        listed = office.store.read_now(
            lambda reader: newest(office.spool, parcels.records, reader, before.upper(), limit)
        )
        print_list(listed, office.spool.clock.now(), limit, json=json)


@app.command()
def show(name: Name, config: Config = None, json: Json = False) -> None:
    """What is in the parcels of a mail, how they are protected, and how each password travels."""
    from mailguard.cli.office import print_json
    from mailguard.cli.parcel_office import found, opened_parcels
    from mailguard.cli.parcel_view import as_json, as_text

    with opened_parcels(config) as parcels:
        listed = parcels.office.store.read_now(lambda reader: found(parcels, reader, name.upper()))
        if json:
            print_json([as_json(one) for one in listed])
            return
        now = parcels.office.spool.clock.now()
        typer.echo("\n\n".join(as_text(one, now) for one in listed))


@app.command()
def password(
    parcel_id: ParcelId,
    config: Config = None,
    spell: Annotated[
        bool, typer.Option("--spell", help="Also what to say on the telephone, letter by letter.")
    ] = False,
) -> None:
    """Show the password of a parcel. Who saw it goes on record."""
    from mailguard.cli.parcel_office import opened_parcels, the_one

    with opened_parcels(config) as parcels:
        office = parcels.office
        name = office.store.read_now(lambda reader: the_one(parcels, reader, parcel_id.upper()))
        word = office.store.write_now(parcels.passwords.show(name, office.actor))
        if word is None:
            typer.echo("The password was destroyed; nobody can get it from here any more.", err=True)
            raise typer.Exit(1)
        typer.echo(word)
        if spell:
            typer.echo("\n" + "\n".join(_spelled(word, office.settings.office.name, office.settings.office.language)))
        typer.echo(f"It is on record that {office.actor.name} has seen the password of parcel {name}.", err=True)


@app.command()
def release(name: Name, config: Config = None, reason: Reason = "", recipients: Recipients = None) -> None:
    """Tell passwords now that wait for the end of their window."""
    from mailguard import hold
    from mailguard.cli.office import parse_positions
    from mailguard.cli.parcel_office import meant, opened_parcels, waiting_mails
    from mailguard.store import Transaction

    positions = parse_positions(recipients)
    with opened_parcels(config) as parcels:
        office = parcels.office

        def work(transaction: Transaction) -> list[int]:
            wanted = meant(parcels, transaction, name.upper(), positions)
            released = parcels.passwords.release(wanted.queue_id, office.actor, wanted.positions)(transaction)
            for position, mail in waiting_mails(parcels, transaction, wanted).items():
                outcome = hold.release(office.spool, mail, office.actor, reason)(transaction)
                released += [position] if outcome.moved else []
            return sorted(released)

        released = office.store.write_now(work)
    _say_done(name, "told now", released, "No password waits there.")


@app.command()
def reroute(
    name: Name,
    channel: Annotated[str, typer.Option(help="How it is told instead: to_sender, separate_mail, sms.")],
    config: Config = None,
    phone: Annotated[str, typer.Option(help="Where a short message goes.")] = "",
    recipients: Recipients = None,
) -> None:
    """Another way for passwords that have not gone yet. A window that ran begins anew."""
    from mailguard.cli.office import parse_positions
    from mailguard.cli.parcel_office import meant, opened_parcels
    from mailguard.correspondents import phone_number
    from mailguard.model.protection import Channel
    from mailguard.store import Transaction

    ways = [one.value for one in Channel if one is not Channel.AGREED]
    if channel not in ways:
        typer.echo(f"--channel must be {', '.join(ways)} (it is '{channel}')", err=True)
        raise typer.Exit(2)
    number = phone_number(readable(phone)) if phone else ""
    positions = parse_positions(recipients)
    with opened_parcels(config) as parcels:
        actor = parcels.office.actor

        def work(transaction: Transaction) -> list[int]:
            wanted = meant(parcels, transaction, name.upper(), positions)
            way = parcels.passwords.reroute(wanted.queue_id, actor, Channel(channel), number, wanted.positions)
            return way(transaction)

        changed = parcels.office.store.write_now(work)
    _say_done(
        name, f"goes by {channel}", changed, "No password there can take another way: all have gone or were stopped."
    )


@app.command()
def stop(
    name: Name, config: Config = None, json: Json = False, reason: Reason = "", recipients: Recipients = None
) -> None:
    """Tell nobody the password any more; the parcel is useless then. Exit status 1 if nothing was stopped."""
    from mailguard.cli.office import parse_positions, print_json
    from mailguard.cli.parcel_office import found, meant, opened_parcels
    from mailguard.cli.parcel_view import print_stopped, stopped_json
    from mailguard.parcels.passwords import Stopped
    from mailguard.store import Transaction

    positions = parse_positions(recipients)
    with opened_parcels(config) as parcels:
        office = parcels.office

        def work(transaction: Transaction) -> Stopped:
            wanted = meant(parcels, transaction, name.upper(), positions)
            return parcels.passwords.stop(wanted.queue_id, office.actor, reason, wanted.positions)(transaction)

        stopped = office.store.write_now(work)
        listed = office.store.read_now(lambda reader: found(parcels, reader, name.upper()))
    if json:
        print_json(stopped_json(listed[0].parcel.queue_id, stopped))
    else:
        print_stopped(name.upper(), stopped, [member for one in listed for member in one.members])
        if not stopped.positions and not stopped.too_late:
            typer.echo(f"{name.upper()}: nothing was left to stop", err=True)
    if not stopped.positions:
        raise typer.Exit(1)


@app.command()
def destroy(parcel_id: ParcelId, config: Config = None, reason: Reason = "") -> None:
    """Destroy the password of a parcel here, for good, and stop what has not gone."""
    from mailguard.cli.parcel_office import found, opened_parcels, the_one
    from mailguard.cli.parcel_view import print_stopped

    with opened_parcels(config) as parcels:
        office = parcels.office
        name = office.store.read_now(lambda reader: the_one(parcels, reader, parcel_id.upper()))
        stopped = office.store.write_now(parcels.passwords.destroy(name, office.actor, reason))
        (listed,) = office.store.read_now(lambda reader: found(parcels, reader, name))
    print_stopped(name, stopped, listed.members)
    done = "is destroyed" if stopped.is_destroyed else "had been destroyed before"
    typer.echo(f"{name}: the password {done}; nobody can get it from here any more")


@app.command()
def bounced(
    file: Annotated[Path, typer.Argument(metavar="FILE|-", help="A report of another server, as it came (.eml).")],
    config: Config = None,
    json: Json = False,
) -> None:
    """Stop the passwords of protected mail that came back. Reads the report that says so."""
    from mailguard.cli.office import print_json
    from mailguard.cli.parcel_office import found, opened_parcels
    from mailguard.cli.parcel_view import print_stopped, stopped_json
    from mailguard.delivery.bounce import bounced_in

    bounce = bounced_in(sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes())
    if bounce is None:
        typer.echo("This is no report that a mail could not be delivered.", err=True)
        raise typer.Exit(1)
    with opened_parcels(config) as parcels:
        office = parcels.office
        stopped = office.store.write_now(
            lambda transaction: parcels.passwords.bounced_report(transaction, bounce, office.actor)
        )
        if json:
            print_json([stopped_json(queue_id, one) for queue_id, one in stopped.items()])
        else:
            for queue_id, one in stopped.items():
                listed = office.store.read_now(lambda reader: found(parcels, reader, queue_id))  # noqa: B023
                print_stopped(queue_id, one, [member for parcel in listed for member in parcel.members])
                if not one.positions and not one.too_late:
                    typer.echo(f"{queue_id}: had been stopped before")
    if not stopped:
        typer.echo("No protected mail of this office is meant.", err=True)
        raise typer.Exit(1)


@app.command()
def evidence(
    parcel_id: ParcelId,
    config: Config = None,
    json: Annotated[Path | None, typer.Option("--json", metavar="FILE|-", help="Where the JSON goes.")] = None,
    pdf: Annotated[Path | None, typer.Option("--pdf", metavar="FILE", help="Where the PDF goes.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Check the whole audit record first.")] = False,
) -> None:
    """Write the evidence sheet of a parcel: JSON to standard output, or files. It holds no password.

    Exit status 1 when what it says is not as it was recorded.
    """
    from mailguard.cli.audit import checked_record
    from mailguard.cli.parcel_office import opened_parcels, the_one
    from mailguard.parcels.collecting import evidence_of
    from mailguard.parcels.evidence import as_json
    from mailguard.parcels.evidence_pdf import as_pdf

    with opened_parcels(config) as parcels:
        office = parcels.office
        settings = office.settings
        name = office.store.read_now(lambda reader: the_one(parcels, reader, parcel_id.upper()))
        checked = checked_record(office) if check else None
        is_unbroken = None if checked is None else checked.broken is None
        sheet = office.store.read_now(
            lambda reader: evidence_of(
                office.spool, parcels.records, reader, name, settings.office, is_unbroken=is_unbroken
            )
        )
        now = office.spool.clock.now()
    if json is not None and str(json) != "-":
        json.write_text(as_json(sheet) + "\n", encoding="utf-8")
    elif json is not None or pdf is None:
        sys.stdout.write(as_json(sheet) + "\n")
    if pdf is not None:
        pdf.write_bytes(as_pdf(sheet, now, settings.office.language, _own_kinds(config)))
    complaints = _complaints(sheet, None if checked is None or checked.broken is None else checked.broken.what)
    for complaint in complaints:
        typer.echo(complaint, err=True)
    if complaints:
        raise typer.Exit(1)


def _complaints(sheet: Evidence, broken: str | None) -> list[str]:
    found = []
    if broken is not None:
        found.append(f"The audit record is not whole: {broken}")
    if sheet.chain.manifest_sha256 is None:
        found.append("The audit record says nothing of what this parcel holds.")
    elif not sheet.is_manifest_as_recorded:
        found.append("What is kept about the parcel's content is not what was recorded when it was made.")
    return found


def _own_kinds(config: Path | None) -> dict[str, str]:
    """What the office calls its own kinds of personal data; empty where its rules cannot be read now."""
    from mailguard.cli.policy_office import policy_office
    from mailguard.errors import ConfigurationError

    try:
        kinds = policy_office(config).rules.kinds
    except ConfigurationError:
        return {}
    return {one.kind: one.label for one in kinds.kinds} | {one.kind: one.label for one in kinds.dictionaries}


def _spelled(word: str, office: str, language: str) -> list[str]:
    from mailguard.i18n import both, text
    from mailguard.transform.passwords.spelling import spelled

    first, _ = both("en" if language == "en" else "ja")
    who = office or text(first, "dsn.office.unnamed")
    return [
        text(first, "password.to_sender.sentence", who=who),
        "",
        *(f"  {line}" for line in spelled(word, first)),
    ]


def _say_done(name: str, done: str, positions: list[int], nothing: str) -> None:
    if not positions:
        typer.echo(nothing, err=True)
        raise typer.Exit(1)
    numbers = ",".join(str(position + 1) for position in positions)
    typer.echo(f"{name.upper()}: {done} (recipient {numbers})")
