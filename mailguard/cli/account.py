"""``mailguard account``: who may sign in with a password of the relay's own, and send as whom.

A password is typed at the prompt or read from standard input, never given as an argument: those can be seen by every
user of the machine while the command runs.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Accounts: add, passwd, disable, enable, grant, revoke, list.", no_args_is_help=True)

Config = Annotated[Path | None, typer.Option("--config", help="Configuration file.")]
Address = Annotated[str, typer.Argument(help="The account's mail address.")]
Granted = Annotated[str, typer.Argument(help="A mail address, or @domain for a whole domain.")]
FromStandardInput = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


@app.command()
def add(
    address: Address,
    owner: Annotated[str, typer.Option(help="Who answers for its mail, for a device or shared mailbox.")] = "",
    config: Config = None,
    password_stdin: FromStandardInput = False,
) -> None:
    """A new account."""
    from mailguard.accounts import administration
    from mailguard.cli.office import administrator, opened_store

    with opened_store(config) as store:
        hashed = _hashed(asked_password(address, password_stdin))
        store.write_now(administration.add(address, owner, hashed, administrator()))
        typer.echo(f"{address}: added")


@app.command()
def passwd(address: Address, config: Config = None, password_stdin: FromStandardInput = False) -> None:
    """Another password for an account; the old one ends at once."""
    from mailguard.accounts import administration
    from mailguard.cli.office import administrator, opened_store

    with opened_store(config) as store:
        hashed = _hashed(asked_password(address, password_stdin))
        store.write_now(administration.set_password(address, hashed, administrator()))
        typer.echo(f"{address}: password set")


@app.command()
def disable(address: Address, config: Config = None) -> None:
    """An account may not sign in any more, from its next sign-in on. Accepted mail goes on its way."""
    from mailguard.accounts import administration
    from mailguard.cli.office import administrator, opened_store

    with opened_store(config) as store:
        store.write_now(administration.disable(address, administrator()))
        typer.echo(f"{address}: disabled")


@app.command()
def enable(address: Address, config: Config = None) -> None:
    """An account may sign in again."""
    from mailguard.accounts import administration
    from mailguard.cli.office import administrator, opened_store

    with opened_store(config) as store:
        store.write_now(administration.enable(address, administrator()))
        typer.echo(f"{address}: enabled")


@app.command()
def grant(address: Address, granted: Granted, config: Config = None) -> None:
    """An account, or an address that signs in at the real server, may send as another one too."""
    from mailguard.accounts import administration
    from mailguard.cli.office import administrator, opened_store

    with opened_store(config) as store:
        is_new = store.write_now(administration.grant(address, granted, administrator()))
        typer.echo(f"{address}: may {'now' if is_new else 'already'} send as {granted}")


@app.command()
def revoke(address: Address, granted: Granted, config: Config = None) -> None:
    """Take a grant back."""
    from mailguard.accounts import administration
    from mailguard.cli.office import administrator, opened_store

    with opened_store(config) as store:
        store.write_now(administration.revoke(address, granted, administrator()))
        typer.echo(f"{address}: may no longer send as {granted}")


@app.command("list")
def list_(
    config: Config = None, json: Annotated[bool, typer.Option("--json", help="Machine-readable output.")] = False
) -> None:
    """Every account with what it may send as."""
    from json import dumps

    from mailguard.accounts.administration import AccountEntry, list_accounts
    from mailguard.cli.office import opened_store

    def state(entry: AccountEntry) -> str:
        if not entry.is_local:
            return "at the real server"
        return "active" if entry.disabled_at is None else f"disabled since {entry.disabled_at.astimezone():%Y-%m-%d}"

    with opened_store(config) as store:
        entries = store.read_now(list_accounts)
        if json:
            values = [
                {
                    "address": entry.address,
                    "owner": entry.owner,
                    "local": entry.is_local,
                    "disabled_at": None if entry.disabled_at is None else entry.disabled_at.isoformat(),
                    "created_at": None if entry.created_at is None else entry.created_at.isoformat(),
                    "changed_at": None if entry.changed_at is None else entry.changed_at.isoformat(),
                    "grants": list(entry.grants),
                }
                for entry in entries
            ]
            typer.echo(dumps(values, ensure_ascii=False, indent=2))
            return
        if not entries:
            typer.echo("There are no accounts; 'mailguard account add ADDRESS' makes one.")
        for entry in entries:
            owner = "" if entry.owner == entry.address else f", owner {entry.owner}"
            grants = f", may send as {', '.join(entry.grants)}" if entry.grants else ""
            typer.echo(f"{entry.address}  {state(entry)}{owner}{grants}")


def asked_password(address: str, from_standard_input: bool) -> str:
    """A new password for ``address`` from standard input or the prompt. Ends the command if it is too weak."""
    from mailguard.accounts.new_password import weakness_of
    from mailguard.config import OfficeSettings
    from mailguard.i18n import text

    if from_standard_input:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        password = typer.prompt("New password", hide_input=True, confirmation_prompt=True)
    else:
        typer.echo("nobody is there to be asked for a password; give it with --password-stdin", err=True)
        raise typer.Exit(2)
    found = weakness_of(password, address, OfficeSettings(), is_only_factor=False)
    if found is not None:
        typer.echo(f"this password is too weak. {text('en', f'sign_in.weakness.{found}')}", err=True)
        raise typer.Exit(1)
    return password


def _hashed(password: str) -> str:
    from mailguard.accounts.passwords import Passwords

    return Passwords().hashed_now(password)
