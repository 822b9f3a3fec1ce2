"""``mailguard incident``: report what went wrong, list what is open, look at one."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mailguard.cli import incident_bundle, incident_report
from mailguard.cli.options import Config, Json, Limit, readable

if TYPE_CHECKING:
    from mailguard.cli.office import Office
    from mailguard.incidents import IncidentRecords, Openings
    from mailguard.model.incident import Entry, Incident

app = typer.Typer(help="What went wrong: report it, list, show; what to do then.", no_args_is_help=True)


@app.command("open")
def open_(
    queue_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[QUEUE-ID...]", help="The mails it is about; none: no mail.")
    ] = None,
    kind: Annotated[
        str, typer.Option(help="misdirected, loss, malware, unauthorised_access, insider, other.")
    ] = "misdirected",
    note: Annotated[str, typer.Option(help="What happened.", callback=readable)] = "",
    key_told: Annotated[
        str, typer.Option("--key-told", help="Whether the sender told the password: no, yes, unknown.")
    ] = "",
    drill: Annotated[bool, typer.Option("--drill", help="A training: nothing is stopped.")] = False,
    config: Config = None,
    json: Json = False,
) -> None:
    """Open an incident: stop what can be stopped of these mails, keep evidence, tell the officers."""
    from mailguard.cli.office import EXIT_WRONG, opened, print_json
    from mailguard.incidents import KeyTold, Opening
    from mailguard.model.incident import IncidentKind

    if kind not in list(IncidentKind):
        typer.echo(f"--kind must be {', '.join(IncidentKind)} (it is '{kind}')", err=True)
        raise typer.Exit(EXIT_WRONG)
    if key_told and key_told not in list(KeyTold):
        typer.echo(f"--key-told must be {', '.join(KeyTold)} (it is '{key_told}')", err=True)
        raise typer.Exit(EXIT_WRONG)
    with opened(config) as office:
        mails = [readable(one).upper() for one in queue_ids or ()]
        said = KeyTold(key_told) if key_told else None
        opening = Opening(IncidentKind(kind), note=note, is_drill=drill, key_told=said)
        done = office.store.write_now(_openings(office).open(office.actor, opening, mails))
        responses = {queue_id: one.details() for queue_id, one in done.responses.items()}
        if json:
            print_json({"incident": done.incident_id, "is_new": done.is_new, "mails": responses})
            return
        typer.echo(f"{done.incident_id}: {'opened' if done.is_new else 'was open already'}")
        for queue_id, response in done.responses.items():
            typer.echo(
                f"{queue_id}: stopped {len(response.stopped)}, received {len(response.gone)}, "
                f"came back {len(response.returned)}, "
                f"perhaps received {len(response.sending)}; passwords stopped {len(response.passwords_stopped)}, "
                f"told already {len(response.passwords_told)}, with the sender {len(response.with_sender)}"
            )


app.command()(incident_bundle.export)
app.command("verify-bundle")(incident_bundle.verify_bundle)
app.command()(incident_bundle.compare)
app.command()(incident_report.report)


@app.command("list")
def list_(
    config: Config = None,
    json: Json = False,
    limit: Limit = 50,
    before: Annotated[str, typer.Option(help="Go on before this number.", callback=readable)] = "",
) -> None:
    """Incidents, the newest first."""
    from mailguard.cli.office import opened, print_json

    with opened(config) as office:
        records = _records(office)
        found = office.store.read_now(lambda reader: records.page(reader, None, before, limit))
        if json:
            print_json([_as_json(one) for one in found])
            return
        zone = office.zone()
        for one in found:
            drill = " (drill)" if one.is_drill else ""
            typer.echo(f"{one.incident_id}  {one.phase.value}  {one.kind.value}{drill}  {_time(one.known_at, zone)}")
        if not found:
            typer.echo("No incidents.")


@app.command()
def show(
    incident_id: Annotated[str, typer.Argument(metavar="NUMBER", help="As 2026-0007.", callback=readable)],
    config: Config = None,
    json: Json = False,
) -> None:
    """One incident with everything that was done."""
    from mailguard.cli.office import opened, print_json

    with opened(config) as office:
        records = _records(office)
        found = office.store.read_now(lambda reader: records.incident(reader, incident_id))
        entries = office.store.read_now(lambda reader: records.entries(reader, incident_id))
        if json:
            print_json({**_as_json(found), "entries": [_entry_as_json(one) for one in entries]})
            return
        zone = office.zone()
        times = {"opened_at": _time(found.opened_at, zone), "known_at": _time(found.known_at, zone)}
        for name, value in {**_as_json(found), **times}.items():
            typer.echo(f"{name}: {', '.join(value) if isinstance(value, list) else value}")
        for one in entries:
            mail = f" {one.queue_id}" if one.queue_id else ""
            note = f": {readable(one.note)}" if one.note else ""
            typer.echo(f"{one.number:>3}  {_time(one.at, zone)}  {one.actor.name}  {one.kind.value}{mail}{note}")


@app.command()
def procedure(
    config: Config = None,
    language: Annotated[str, typer.Option(help="ja or en.")] = "ja",
    html: Annotated[bool, typer.Option("--html", help="A page to print, instead of plain text.")] = False,
) -> None:
    """Write what to do and whom to call, to print and keep for the day the system is down."""
    from mailguard.cli.office import EXIT_WRONG
    from mailguard.cli.rosters import rosters
    from mailguard.clock import SystemClock
    from mailguard.config import load
    from mailguard.incidents.procedure import as_html, as_text, procedure_of
    from mailguard.judging.opening import open_rules
    from mailguard.logs import configure_for_commands

    if language not in ("ja", "en"):
        typer.echo(f"--language must be ja or en (it is '{language}')", err=True)
        raise typer.Exit(EXIT_WRONG)
    configure_for_commands()
    settings, now = load(config), SystemClock().now()
    rules = open_rules(settings.office, settings.policy, settings.hold, now.date()).rules
    chosen: Literal["ja", "en"] = "en" if language == "en" else "ja"
    paper = procedure_of(rules, rosters(settings, rules.plan.contacts), chosen, settings.office.name, now)
    typer.echo(as_html(paper, chosen) if html else as_text(paper, chosen), nl=False)


def _records(office: Office) -> IncidentRecords:
    from mailguard.incidents import INCIDENTS, IncidentRecords

    return IncidentRecords(office.spool.secret_box(INCIDENTS))


def _openings(office: Office) -> Openings:
    from mailguard.accounts.links import MailLinks
    from mailguard.hold.notices import Notices
    from mailguard.incidents import Openings, Responder
    from mailguard.incidents.planning import Planner
    from mailguard.incidents.running import LawClocks
    from mailguard.model.protection import Channel
    from mailguard.parcels.passwords import Passwords
    from mailguard.parcels.records import PASSWORDS, Records

    settings, spool = office.settings, office.spool
    rules = office.rules()
    zone = rules.hours.zone
    parcels = Records(spool.secret_box(PASSWORDS))
    passwords = Passwords(
        spool, parcels, settings.protection, settings.office, _grace(office), lambda: zone, rules.directory.is_outside
    )
    notices = Notices(
        spool, settings.office, settings.notices, settings.web.public_url, lambda: zone,
        MailLinks(office.store).make,
    )  # fmt: skip
    records = _records(office)
    # So that its times are kept from the first moment on.
    clocks = LawClocks(spool, parcels, lambda: rules, Channel(settings.protection.channel))
    Planner(records, clocks, lambda: rules)
    return Openings(spool, Responder(spool, passwords, parcels), records, notices, lambda: zone)


def _grace(office: Office) -> timedelta:
    return timedelta(seconds=office.settings.hold.grace_seconds)


def _as_json(one: Incident) -> dict[str, Any]:
    return {
        "incident": one.incident_id,
        "kind": one.kind.value,
        "cause": one.cause.value,
        "phase": one.phase.value,
        "severity": one.severity,
        "department": one.department,
        "opened_by": one.opened_by,
        "opened_at": one.opened_at.isoformat(),
        "known_at": one.known_at.isoformat(),
        "is_drill": one.is_drill,
        "mails": list(one.queue_ids),
    }


def _entry_as_json(one: Entry) -> dict[str, Any]:
    return {
        "number": one.number,
        "at": one.at.isoformat(),
        "actor": one.actor.name,
        "kind": one.kind.value,
        "queue_id": one.queue_id,
        "details": dict(one.details),
        "note": one.note,
    }


def _time(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).isoformat(" ", "minutes")
