"""The command line: one module a group, all of them in the lists below.

Modules of groups import what is heavy inside their commands, so that ``--help`` and a mistyped word answer at once.
Our errors and the system's become exit statuses here, whichever command they come from: 1 refused or failed, 2 wrong
usage or configuration, the reason on standard error.
"""

from __future__ import annotations

from typing import Annotated

import typer

from mailguard import __version__
from mailguard.cli import (
    account,
    audit,
    config,
    correspondents,
    demo,
    doctor,
    hold,
    incident,
    inspect,
    parcel,
    person,
    policy,
    protect,
    queue,
    scan,
    serve,
    setup,
)
from mailguard.errors import ConfigurationError, MailguardError

EXIT_FAILED = 1
EXIT_WRONG = 2
EXIT_INTERRUPTED = 130

app = typer.Typer(
    name="mailguard",
    help="An SMTP relay that holds an office's outgoing mail until a mistake can no longer be taken back.",
    no_args_is_help=True,
    add_completion=False,
    # Its tracebacks print the values of variables: mails and passwords among them.
    pretty_exceptions_enable=False,
)

GROUPS = (
    ("hold", hold.app),
    ("queue", queue.app),
    ("incident", incident.app),
    ("parcel", parcel.app),
    ("policy", policy.app),
    ("correspondents", correspondents.app),
    ("account", account.app),
    ("person", person.app),
    ("audit", audit.app),
    ("config", config.app),
)
COMMANDS = (
    ("serve", serve.serve),
    ("setup", setup.setup),
    ("doctor", doctor.doctor),
    ("inspect", inspect.inspect),
    ("protect", protect.protect),
    ("scan", scan.scan),
    ("demo", demo.demo),
)
for _name, _group in GROUPS:
    app.add_typer(_group, name=_name)
for _name, _command in COMMANDS:
    app.command(_name)(_command)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"mailguard {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Options of all commands."""


def run(arguments: list[str] | None = None) -> int:
    """Run one command (default: the process's arguments); the exit status."""
    try:
        app(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else EXIT_FAILED
    except ConfigurationError as error:
        for complaint in error.complaints:
            typer.echo(complaint, err=True)
        return EXIT_WRONG
    except MailguardError as error:
        typer.echo(f"{error.public} ({error})" if str(error) != error.public else error.public, err=True)
        return EXIT_FAILED
    except OSError as error:
        # A disk or a file that is not as it should be; where it was our fault, the words of the system still say most.
        typer.echo(f"{error.filename}: {error.strerror}" if error.filename else str(error), err=True)
        return EXIT_FAILED
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    return 0
