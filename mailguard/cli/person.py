"""``mailguard person``: who is who in the office, with roles, deputies and shared mailboxes."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from mailguard.cli.options import Config, Json, readable
from mailguard.model.people import Role

app = typer.Typer(
    help="People: departments, managers, roles, deputies, and who looks after shared mailboxes.", no_args_is_help=True
)


def _readable_or_none(typed: str | None) -> str | None:
    return None if typed is None else readable(typed)


Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="The person's mail address.", callback=readable)]
GivenRole = Annotated[Role, typer.Argument(metavar="ROLE", help="security_officer, department_officer, administrator.")]
Department = Annotated[
    str, typer.Option("--department", help="For a department officer: which department.", callback=readable)
]
Remove = Annotated[bool, typer.Option("--remove", help="Take it back instead.")]


@app.command("list")
def list_(
    search: Annotated[
        str, typer.Option(help="Only where address, name or department has this.", callback=readable)
    ] = "",
    limit: Annotated[int, typer.Option(help="At most so many people.", min=1)] = 200,
    after: Annotated[str, typer.Option(help="Go on after this address.", callback=readable)] = "",
    config: Config = None,
    json: Json = False,
) -> None:
    """People on record. Whoever has an own mailbox and is not on it may decide about their own mail all the same."""
    from mailguard.accounts.people import people
    from mailguard.cli.office import opened_store, print_json
    from mailguard.cli.person_view import as_json, line_of

    with opened_store(config) as store:
        found = store.read_now(lambda connection: people(connection, search, after, limit))
    if json:
        print_json([as_json(one) for one in found])
        return
    if not found:
        typer.echo("Nobody." if search or after else "Nobody is on record; 'mailguard person put ADDRESS' adds one.")
    for one in found:
        typer.echo(line_of(one))
    if len(found) == limit:
        typer.echo(f"There may be more: --after {found[-1].address}")


@app.command()
def show(address: Address, config: Config = None, json: Json = False) -> None:
    """One person with roles, deputies, and the mailboxes they look after."""
    from mailguard.cli.office import opened_store, print_json
    from mailguard.cli.person_view import dossier_as_json, dossier_of, lines_of
    from mailguard.clock import SystemClock
    from mailguard.config import load

    with opened_store(config) as store:
        office, now = load(config).office, SystemClock().now()
        found = store.read_now(lambda connection: dossier_of(connection, office, address, now))
    if json:
        print_json(dossier_as_json(found))
        return
    typer.echo("\n".join(lines_of(found)))


@app.command()
def put(
    address: Address,
    name: Annotated[str | None, typer.Option(help="Name.", callback=_readable_or_none)] = None,
    department: Annotated[str | None, typer.Option(help="Department.", callback=_readable_or_none)] = None,
    manager: Annotated[str | None, typer.Option(help="The manager's mail address.", callback=_readable_or_none)] = None,
    language: Annotated[
        str | None, typer.Option(help="ja or en; empty for the office's.", callback=_readable_or_none)
    ] = None,
    config: Config = None,
) -> None:
    """Put a person on record, or change what is said of them. An empty value takes it away."""
    from mailguard.accounts import people_administration as administration
    from mailguard.cli.office import opened

    with opened(config) as office:
        particulars = administration.Particulars(name, department, manager, language)
        work = administration.put_person(office.settings.office, address, particulars, office.actor)
        _say(address, office.store.write_now(work), "on record", "nothing to change")


@app.command()
def disable(address: Address, config: Config = None) -> None:
    """A person can do nothing on the pages any more; sessions and tokens end. Sending ends with 'account disable'."""
    from mailguard.accounts import people_administration as administration
    from mailguard.cli.office import opened

    with opened(config) as office:
        work = administration.disable(office.settings.office, address, office.actor)
        _say(address, office.store.write_now(work), "disabled; their sessions are ended", "was disabled already")


@app.command()
def enable(address: Address, config: Config = None) -> None:
    """A disabled person may sign in again."""
    from mailguard.accounts import people_administration as administration
    from mailguard.cli.office import opened

    with opened(config) as office:
        work = administration.enable(office.settings.office, address, office.actor)
        _say(address, office.store.write_now(work), "enabled", "was not disabled")


@app.command()
def grant(address: Address, role: GivenRole, department: Department = "", config: Config = None) -> None:
    """Give a person a role."""
    from mailguard.accounts import people_administration as administration
    from mailguard.cli.office import opened

    with opened(config) as office:
        work = administration.grant_role(office.settings.office, address, role, department, office.actor)
        _say(address, office.store.write_now(work), f"is {role.value} now", f"was {role.value} already")


@app.command()
def revoke(address: Address, role: GivenRole, department: Department = "", config: Config = None) -> None:
    """Take a role back. The last system administrator stays."""
    from mailguard.accounts import people_administration as administration
    from mailguard.cli.office import opened

    with opened(config) as office:
        work = administration.revoke_role(office.settings.office, address, role, department, office.actor)
        _say(address, office.store.write_now(work), f"is {role.value} no more", f"was not {role.value}")


@app.command()
def delegate(
    mailbox: Annotated[
        str, typer.Argument(metavar="MAILBOX", help="Shared mailbox, group sender or scanner.", callback=readable)
    ],
    address: Address,
    remove: Remove = False,
    config: Config = None,
) -> None:
    """A person looks after a shared mailbox: its mail is theirs to decide about."""
    from mailguard.accounts import people_administration as administration
    from mailguard.cli.office import opened

    with opened(config) as office:
        change = administration.remove_delegate if remove else administration.add_delegate
        done = office.store.write_now(change(office.settings.office, mailbox, address, office.actor))
    if remove:
        _say(address, done, f"looks after {mailbox} no more", f"did not look after {mailbox}")
    else:
        _say(address, done, f"looks after {mailbox} now", f"looked after {mailbox} already")


@app.command()
def deputy(
    address: Address,
    stand_in: Annotated[str, typer.Argument(metavar="DEPUTY", help="Who stands in.", callback=readable)],
    from_: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="First day. Default: today."),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Last day.")
    ] = None,
    remove: Remove = False,
    config: Config = None,
) -> None:
    """Somebody approves in a person's place for some days. --remove takes back the time from --from, or all times."""
    from mailguard.accounts import people_administration as administration
    from mailguard.cli.office import opened
    from mailguard.clock import SystemClock

    if until is None and not remove:
        typer.echo("say how long: --until YYYY-MM-DD", err=True)
        raise typer.Exit(2)
    with opened(config) as office:
        settings, store, actor = office.settings.office, office.store, office.actor
        if until is None or remove:
            begin = None if from_ is None else from_.astimezone()
            done = store.write_now(administration.remove_deputy(settings, address, stand_in, begin, actor))
            _say(stand_in, done, f"stands in for {address} no more", f"did not stand in for {address}")
            return
        # Days are those of this machine's clock, as in every list of the command line.
        today = SystemClock().now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        begin, end = (from_ or today).astimezone(), (until + timedelta(days=1)).astimezone()
        done = store.write_now(administration.put_deputy(settings, address, stand_in, begin, end, actor))
    words = f"in for {address} from {begin:%Y-%m-%d} to {until:%Y-%m-%d}"
    _say(stand_in, done, f"stands {words}", f"stood {words} already")


@app.command()
def export(config: Config = None) -> None:
    """Write everybody on record as CSV to standard output, in UTF-8 with a byte order mark."""
    from mailguard.accounts.people_transfer import export as lines_of
    from mailguard.cli.office import opened_store

    with opened_store(config) as store:
        written = store.read_now(lambda connection: list(lines_of(connection)))
    # Not in the terminal's encoding: the file goes to a spreadsheet.
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    sys.stdout.writelines(written)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV file; its columns are those of the export.")],
    config: Config = None,
) -> None:
    """Take people over from CSV. Where one line is wrong, every wrong line is named and nothing is changed."""
    from mailguard.accounts.people_transfer import read, take_over
    from mailguard.cli.office import opened

    octets = file.read_bytes()
    with opened(config) as office:
        found = read(office.settings.office, octets)
        if found.problems:
            typer.echo("\n".join([*(one.words("en") for one in found.problems), "nothing was changed"]), err=True)
            raise typer.Exit(1)
        changed = office.store.write_now(take_over(found.lines, office.actor))
    typer.echo(f"{len(found.lines)} people read, {changed} of them new or changed")


def _say(address: str, is_changed: bool, changed: str, unchanged: str) -> None:
    typer.echo(f"{address}: {changed if is_changed else unchanged}")
