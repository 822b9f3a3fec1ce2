"""What commands open first: settings and database, and the spool where mail is meant.

A command works on the database itself, beside a running service or before its first start; the service notices at its
next look, within a second.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mailguard import audit
from mailguard.cli.options import readable
from mailguard.clock import SystemClock
from mailguard.config import Settings, load
from mailguard.logs import configure_for_commands
from mailguard.model.audit import Actor, ActorKind
from mailguard.spool import Spool, master_key_of, open_spool
from mailguard.store import Store, open_store

if TYPE_CHECKING:
    from mailguard.policy.rules import RuleSet

EXIT_WRONG = 2


@dataclass(frozen=True)
class Office:
    """The opened office; ``actor`` is who runs the command."""

    settings: Settings
    store: Store
    spool: Spool
    actor: Actor

    def zone(self) -> tzinfo:
        """The zone of the office's rules, in which mails say times."""
        return self.rules().hours.zone

    def rules(self) -> RuleSet:
        """The office's rules in force."""
        from mailguard.judging.active import ActivePolicy

        return ActivePolicy(self.settings, self.spool.clock, self.store).rules


@contextmanager
def opened_store(config: Path | None) -> Iterator[Store]:
    """The office's database at this release's schema.

    Raises ``ConfigurationError``, ``SchemaMismatch``, ``StorageUnavailable``. The command line turns them into exit
    statuses.
    """
    configure_for_commands()
    storage = load(config).storage
    key = master_key_of(storage).derived(audit.PURPOSE)
    store = open_store(storage, SystemClock())
    store.record_key = key
    try:
        yield store
    finally:
        store.close()


@contextmanager
def opened(config: Path | None) -> Iterator[Office]:
    """The office with its mail. Raises as ``opened_store``."""
    configure_for_commands()
    settings = load(config)
    clock = SystemClock()
    store = open_store(settings.storage, clock)
    try:
        yield Office(settings, store, open_spool(settings, store, clock), administrator())
    finally:
        store.close()


def administrator() -> Actor:
    """Who runs the command, for the record: the person behind sudo where there is one."""
    try:
        name = os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        name = f"uid {os.getuid()}"
    return Actor(ActorKind.PERSON, readable(name))


def parse_positions(text: str | None) -> set[int] | None:
    """Recipient numbers as people write them ("1,3"); numbers start at 1. None means all."""
    if text is None:
        return None
    try:
        numbers = {int(part) for part in text.split(",")}
    except ValueError as error:
        typer.echo(f"not a list of recipient numbers: {text}", err=True)
        raise typer.Exit(EXIT_WRONG) from error
    if min(numbers) < 1:
        typer.echo("recipient numbers start at 1", err=True)
        raise typer.Exit(EXIT_WRONG)
    return {number - 1 for number in numbers}


def print_json(value: object) -> None:
    """One JSON document on stdout, readable by people."""
    import json

    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
