"""What commands about rules open first: the rules in force, with or without settings."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mailguard.clock import SystemClock
from mailguard.config import HoldSettings, OfficeSettings, PolicySettings, Settings, load
from mailguard.config.loading import find
from mailguard.judging.opening import open_rules
from mailguard.logs import configure_for_commands
from mailguard.model.knowledge import Knowledge, Question
from mailguard.policy.loading import LoadedPolicy
from mailguard.policy.rules import RuleSet


@dataclass(frozen=True)
class PolicyOffice:
    """The rules that were asked for; ``settings`` is None where there is no settings file."""

    loaded: LoadedPolicy
    settings: Settings | None

    @property
    def rules(self) -> RuleSet:
        """The rules."""
        return self.loaded.rules


def policy_office(config: Path | None, folder: Path | None = None, name: str | None = None) -> PolicyOffice:
    """The rules of the settings, or of ``folder`` and ``name``, either of which may be the file of a set.

    Without a settings file: those that come along.

    Raises ``ConfigurationError``.
    """
    configure_for_commands()
    if name is not None and name.endswith(".yaml"):
        folder = Path(name)
    if folder is not None and folder.suffix == ".yaml":
        folder, name = folder.parent, folder.stem
    today = SystemClock().now().date()
    if config is None and not find(None, os.environ).exists():
        return PolicyOffice(open_rules(OfficeSettings(), PolicySettings(), HoldSettings(), today, folder, name), None)
    settings = load(config)
    return PolicyOffice(open_rules(settings.office, settings.policy, settings.hold, today, folder, name), settings)


def has_history(settings: Settings | None) -> bool:
    """Whether the office has a database of this release."""
    from mailguard.store.opening import existing_store

    store = None if settings is None else existing_store(settings.storage, SystemClock())
    if store is None:
        return False
    store.close()
    return True


@contextmanager
def office_history(settings: Settings | None) -> Iterator[Callable[[Question], Knowledge]]:
    """How to ask the office's history, read only; an empty one where there is no database yet."""
    from mailguard.correspondents import recall
    from mailguard.store.opening import existing_store

    store = None if settings is None else existing_store(settings.storage, SystemClock())
    if store is None:
        yield lambda _question: Knowledge()
        return
    try:
        yield lambda question: store.read_now(lambda connection: recall(connection, question))
    finally:
        store.close()
