"""The rules an office's settings ask for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from mailguard.config import HoldSettings, OfficeSettings, PolicySettings
from mailguard.policy.directory import Directory, domains
from mailguard.policy.loading import LoadedPolicy, load_policy
from mailguard.policy.shipped import shipped_folder


def open_rules(
    office: OfficeSettings, policy: PolicySettings, hold: HoldSettings, today: date,
    folder: Path | None = None, name: str | None = None,
) -> LoadedPolicy:  # fmt: skip
    """The rules in force; another folder or set where one is named. Raises ``ConfigurationError``."""
    own = Directory(
        own=domains(office.domains),
        with_subdomains=office.include_subdomains,
        names=(office.name,) if office.name else (),
    )
    return load_policy(folder or policy.folder or shipped_folder(), name or policy.set, own, hold.minutes, today)
