"""What ``mailguard policy replay`` was asked for, brought together and run with a bar that moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mailguard.cli.policy_office import PolicyOffice, policy_office
from mailguard.correspondents import export as correspondents_of
from mailguard.errors import ConfigurationError
from mailguard.judging.history import TrialHistory
from mailguard.judging.reading import looked_at
from mailguard.judging.replay import PastMail, Replay, parse_budget, past_mails, run_replay, senders_domain
from mailguard.judging.sources import find_mails
from mailguard.policy.directory import domains
from mailguard.policy.rules import RuleSet

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Wanted:
    """The command line."""

    paths: tuple[Path, ...]
    history: bool
    days: int
    against: str | None
    against_folder: Path | None
    own: tuple[str, ...]
    budget: str | None
    config: Path | None
    folder: Path | None
    name: str | None
    files_only: bool = False


def run(wanted: Wanted) -> Replay:
    """The replay. Raises ``ConfigurationError`` where it cannot be done as asked."""
    budget = None if wanted.budget is None else parse_budget(wanted.budget)
    office = policy_office(wanted.config, wanted.folder, wanted.name, files_only=wanted.files_only)
    other = None
    if wanted.against is not None or wanted.against_folder is not None:
        other = policy_office(
            wanted.config,
            wanted.against_folder or wanted.folder,
            wanted.against or wanted.name,
            files_only=wanted.files_only,
        ).rules
    if wanted.history:
        if wanted.paths:
            raise ConfigurationError(["either --history or files, not both"])
        return _from_history(office, other, wanted.days, budget)
    if not wanted.paths:
        raise ConfigurationError(["name files or folders of mail, or --history"])
    places = find_mails(list(wanted.paths))
    if not places:
        raise ConfigurationError(["there is no mail in these files and folders"])
    own = domains(wanted.own) or office.rules.directory.own
    if not own:
        own = frozenset({senders_domain(places)}) - {""}
        typer.echo(
            f"own domain: {', '.join(own) or 'unknown'} (most mails come from it; --own says otherwise)", err=True
        )
    rules = _with_own(office.rules, own)
    mails = past_mails(places, rules.directory)
    return _run(mails, len(places), rules, None if other is None else _with_own(other, own), budget)


def _with_own(rules: RuleSet, own: frozenset[str]) -> RuleSet:
    return replace(rules, directory=replace(rules.directory, own=own))


def _run(
    mails: Iterator[PastMail | None], count: int, rules: RuleSet, other: RuleSet | None, budget: float | None
) -> Replay:
    with _progress(count) as step:
        return run_replay(mails, rules, other, looked_at, _learned, step, budget)


def _learned(history: TrialHistory) -> list[str]:
    return history.read(lambda connection: list(correspondents_of(connection)))


@contextmanager
def _progress(count: int) -> Iterator[Callable[[], None]]:
    """A bar on standard error, where somebody can see it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("judging"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("judging", total=count)
        yield lambda: progress.advance(task)


def _from_history(office: PolicyOffice, other: RuleSet | None, days: int, budget: float | None) -> Replay:
    """The office's own mail, as far as its content is still there."""
    from mailguard.clock import SystemClock
    from mailguard.judging.past_mail import accepted_since, past_mail
    from mailguard.spool import open_spool
    from mailguard.store.opening import existing_store

    if office.settings is None:
        raise ConfigurationError(["--history needs the settings; name them with --config"])
    clock = SystemClock()
    store = existing_store(office.settings.storage, clock)
    if store is None:
        raise ConfigurationError(["there is no history yet"])
    spool = open_spool(office.settings, store, clock)
    since = clock.now() - timedelta(days=days)

    try:
        found = accepted_since(spool, since)
        return _run((past_mail(spool, one) for one in found), len(found), office.rules, other, budget)
    finally:
        store.close()
