"""``mailguard correspondents``: what the office has learned about addresses, and what it says of them.

A password agreed with a partner is typed at the prompt or read from a file, never given as an argument: those can be
seen by every user of the machine while the command runs.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mailguard.cli.options import Config, Json, readable
from mailguard.model.protection import Channel, Trait

app = typer.Typer(
    help="Known addresses: take over an address book, write them out, forget a person; what recipients can open, and "
    "passwords agreed with them.",
    no_args_is_help=True,
)

PASSWORD_BYTES_MAX = 1000
"""Octets of a password file that are looked at; a password has at most a hundred characters."""


def _readable_or_none(typed: str | None) -> str | None:
    return None if typed is None else readable(typed)


Whom = Annotated[
    str,
    typer.Argument(
        metavar="ADDRESS|@DOMAIN", help="An address, or @example.com for everybody there.", callback=readable
    ),
]


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="CSV files or vCards (.vcf).")],
    config: Config = None,
) -> None:
    """Take people over as known: mail to them is then no first mail to the office."""
    from mailguard.cli.office import administrator, opened_store
    from mailguard.correspondents import book_in
    from mailguard.correspondents.administration import take_people_over
    from mailguard.i18n import text

    books = [(file, book_in(file.read_bytes())) for file in files]
    with opened_store(config) as store:
        taken = [store.write_now(take_people_over(book, administrator())) for _, book in books]
    found, new = sum(len(book.entries) for _, book in books), sum(one.new for one in taken)
    typer.echo(f"{found} people found, {new} of them new")
    for file, book in books:
        for one in book.skipped:
            problem = text("en", f"correspondent.import.{one.reason}", **one.values)
            typer.echo(
                f"{file}: not taken: {text('en', 'correspondent.import.line', number=one.line, problem=problem)}",
                err=True,
            )


@app.command()
def export(config: Config = None) -> None:
    """Write all known addresses as CSV to standard output, in UTF-8 with a byte order mark."""
    from mailguard.cli.office import opened_store
    from mailguard.correspondents import export as lines_of

    # Not in the terminal's encoding: the file goes to a spreadsheet.
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    with opened_store(config) as store:
        store.read_now(lambda connection: sys.stdout.writelines(lines_of(connection)))


@app.command()
def forget(
    addresses: Annotated[list[str], typer.Argument(metavar="ADDRESS...", help="Addresses to forget.")],
    config: Config = None,
) -> None:
    """Forget people: names, lists and threads they stood on, what they can open, passwords agreed with them.

    The record of delivered mail stays.
    """
    from mailguard.cli.office import administrator, opened_store
    from mailguard.correspondents.administration import forget_people

    with opened_store(config) as store:
        removed = store.write_now(forget_people(addresses, administrator()))
    typer.echo("forgotten" if removed else "nothing was known about them")


@app.command()
def show(
    addresses: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ADDRESS|@DOMAIN]...",
            help="What counts for these. Without them: all that is on record.",
            callback=lambda typed: [readable(word) for word in typed or ()],
        ),
    ] = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """What recipients can open, how they want the password, and since when one is agreed."""
    from mailguard.cli.correspondent_view import as_json, lines_of
    from mailguard.cli.office import opened_store, print_json
    from mailguard.clock import SystemClock
    from mailguard.correspondents.administration import dossiers

    with opened_store(config) as store:
        found = store.read_now(lambda connection: dossiers(connection, addresses or ()))
    now = SystemClock().now()
    if json:
        print_json([as_json(one, now) for one in found])
        return
    if not found:
        typer.echo("Nothing is on record of what anybody can open.")
    for one in found:
        typer.echo("\n".join(lines_of(one, now)))


@app.command()
def note(
    whom: Whom,
    refuses_zip: Annotated[
        bool | None, typer.Option("--refuses-zip/--takes-zip", help="Whether encrypted archives do not arrive there.")
    ] = None,
    opens_pdf: Annotated[
        bool | None, typer.Option("--opens-pdf/--no-pdf", help="Whether a PDF with a password can be opened there.")
    ] = None,
    prefers: Annotated[Channel | None, typer.Option(help="How they want to get the password.")] = None,
    phone: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="Where short messages go.", callback=_readable_or_none)
    ] = None,
    config: Config = None,
) -> None:
    """Say what a recipient can open; it counts more than what was learned, and stays until it is taken back."""
    from mailguard.cli.office import administrator, opened_store
    from mailguard.correspondents import traits_of
    from mailguard.correspondents.abilities import key_of
    from mailguard.correspondents.administration import note_all

    values = {
        Trait.REFUSES_ZIP: _yes_or_no(refuses_zip),
        Trait.OPENS_PDF: _yes_or_no(opens_pdf),
        Trait.PREFERS: None if prefers is None else prefers.value,
        Trait.PHONE: phone,
    }
    said = {trait: value for trait, value in values.items() if value is not None}
    if not said:
        typer.echo("say what to note: --refuses-zip, --takes-zip, --opens-pdf, --no-pdf, --prefers, --phone", err=True)
        raise typer.Exit(2)
    key = key_of(whom)
    if phone is not None:
        _refuse_providers(key, config)
    with opened_store(config) as store:
        new = store.write_now(note_all(key, said, administrator()))
        known = store.read_now(lambda connection: traits_of(connection, [key]))[key]
    typer.echo("noted" if new else "this was noted already")
    if prefers is Channel.SMS and not known.phone:
        typer.echo("no telephone number is known, so no short message can go there yet: note one with --phone")
    if prefers is Channel.AGREED and not known.agreed:
        typer.echo("no password is agreed yet: 'mailguard correspondents agree' keeps one")


@app.command()
def unknow(
    whom: Whom,
    traits: Annotated[
        list[Trait] | None, typer.Option("--trait", help="Only this. Default: all that is noted.")
    ] = None,
    config: Config = None,
) -> None:
    """Take back what was noted or learned; it can be learned again. An agreed password stays."""
    from mailguard.cli.office import administrator, opened_store
    from mailguard.correspondents.administration import take_back

    with opened_store(config) as store:
        gone = store.write_now(take_back(whom, traits or (), administrator()))
    typer.echo("taken back" if gone else "nothing of this was noted")


@app.command()
def agree(
    whom: Whom,
    password_file: Annotated[
        str | None,
        typer.Option("--password-file", metavar="FILE|-", help="Read the password from a file, or standard input."),
    ] = None,
    config: Config = None,
) -> None:
    """Keep a password agreed with a partner. Their parcels are closed with it, and no password is sent to them."""
    from mailguard.cli.office import opened
    from mailguard.correspondents import AGREED, AGREED_FINGERPRINTS
    from mailguard.correspondents.abilities import key_of
    from mailguard.correspondents.administration import agree_on

    name = key_of(whom)
    _refuse_providers(name, config)
    with opened(config) as office:
        password = _agreed_password(name, password_file)
        box, key = office.spool.secret_box(AGREED), office.spool.marking_key(AGREED_FINGERPRINTS)
        is_replaced = office.store.write_now(agree_on(name, password, box, key, office.actor))
    typer.echo("agreed; the password before is destroyed" if is_replaced else "agreed")


@app.command()
def withdraw(whom: Whom, config: Config = None) -> None:
    """Destroy the password agreed with a partner. What was sent with it stays closed with it."""
    from mailguard.cli.office import administrator, opened_store
    from mailguard.correspondents.administration import end_agreement

    with opened_store(config) as store:
        was_there = store.write_now(end_agreement(whom, administrator()))
    typer.echo("the password is destroyed" if was_there else "no password was agreed")


def _yes_or_no(said: bool | None) -> str | None:
    return None if said is None else "yes" if said else "no"


def _refuse_providers(name: str, config: Path | None) -> None:
    """End the command where ``name`` is the domain of a provider: people there have nothing in common."""
    from mailguard.cli.policy_office import policy_office
    from mailguard.policy.directory import PRIVATE

    if name.startswith("@") and policy_office(config).rules.directory.relation(name) in PRIVATE:
        typer.echo(f"{name} is a mail provider and not one partner: name the address", err=True)
        raise typer.Exit(1)


def _agreed_password(name: str, source: str | None) -> str:
    """A good one from ``source`` ("-": standard input) or the prompt. Ends the command where it is poor."""
    from mailguard.i18n import text
    from mailguard.transform.passwords.agreed_rules import complaints

    if source is not None:
        password = _read_password(source)
    elif sys.stdin.isatty():
        password = typer.prompt("Password agreed with them", hide_input=True, confirmation_prompt=True)
    else:
        typer.echo("nobody is there to be asked for a password; give it with --password-file", err=True)
        raise typer.Exit(2)
    found = complaints(password, name)
    if found:
        typer.echo("\n".join(["This password is not good enough:", *(text("en", one) for one in found)]), err=True)
        raise typer.Exit(1)
    return password


def _read_password(source: str) -> str:
    """The first and only line of a file; what more there is makes it a poor password, like what is no UTF-8."""
    if source == "-":
        octets = sys.stdin.buffer.read(PASSWORD_BYTES_MAX)
    else:
        with Path(source).open("rb") as file:
            octets = file.read(PASSWORD_BYTES_MAX)
    return octets.decode("utf-8-sig", "replace").removesuffix("\n").removesuffix("\r")
