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
from mailguard.errors import ConfigurationError
from mailguard.judging import policy_changes
from mailguard.judging.active import InForce, with_change
from mailguard.judging.opening import open_rules
from mailguard.judging.policy_changes import PolicyChange
from mailguard.logs import configure_for_commands
from mailguard.model.knowledge import Knowledge, Question
from mailguard.policy.loading import LoadedPolicy
from mailguard.policy.rules import RuleSet


@dataclass(frozen=True)
class PolicyOffice:
    """The rules that were asked for; ``settings`` is None where there is no settings file.

    ``loaded`` are those of the files alone, ``in_force`` with what was changed on the screen.
    """

    loaded: LoadedPolicy
    settings: Settings | None
    in_force: InForce

    @property
    def rules(self) -> RuleSet:
        """The rules."""
        return self.in_force.rules


def policy_office(
    config: Path | None, folder: Path | None = None, name: str | None = None, *, files_only: bool = False
) -> PolicyOffice:
    """The rules of the settings, or of ``folder`` and ``name``, either of which may be the file of a set.

    Without a settings file: those that come along. What was changed on the screen lies over them, where the office has
    a database, but for ``files_only``.

    Raises ``ConfigurationError``.
    """
    configure_for_commands()
    if name is not None and name.endswith(".yaml"):
        folder = Path(name)
    if folder is not None and folder.suffix == ".yaml":
        folder, name = folder.parent, folder.stem
    today = SystemClock().now().date()
    if config is None and not find(None, os.environ).exists():
        loaded = open_rules(OfficeSettings(), PolicySettings(), HoldSettings(), today, folder, name)
        return PolicyOffice(loaded, None, with_change(loaded.rules, None))
    settings = load(config)
    loaded = open_rules(settings.office, settings.policy, settings.hold, today, folder, name)
    change = None if files_only else newest_change(settings)
    return PolicyOffice(loaded, settings, with_change(loaded.rules, change))


def files_of(settings: Settings) -> RuleSet:
    """The rules of the settings' files alone. Raises ``ConfigurationError``."""
    return open_rules(settings.office, settings.policy, settings.hold, SystemClock().now().date()).rules


def newest_change(settings: Settings) -> PolicyChange | None:
    """What was changed on the screen, None where nothing was or there is no database of this release."""
    from mailguard.store.opening import existing_store

    store = existing_store(settings.storage, SystemClock())
    if store is None:
        return None
    try:
        return store.read_now(policy_changes.newest)
    except ValueError as error:
        raise ConfigurationError(["the changes of the rules in the database are of another release"]) from error
    finally:
        store.close()


def finding_key(settings: Settings | None) -> bytes:
    """The office's key for hashes of what is found, b"" where there is none yet. Makes no key."""
    from mailguard.spool.keys import ENVIRONMENT_NAME, FINDINGS, load_master_key

    if settings is None:
        return b""
    path = settings.storage.master_key_file or settings.storage.directory / "master.key"
    if not path.exists() and ENVIRONMENT_NAME not in os.environ:
        return b""
    return load_master_key(path, dict(os.environ)).derived(FINDINGS)


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
