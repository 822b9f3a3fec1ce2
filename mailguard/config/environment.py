"""Settings from the environment: ``MAILGUARD_SECTION__KEY``, where it is set, wins over the file.

Lists are given as YAML or JSON (``MAILGUARD_OFFICE__DOMAINS='[example.jp]'``); a list replaces that of the file whole.
Variables without a double underscore are not settings (``MAILGUARD_CONFIG``, ``MAILGUARD_MASTER_KEY``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError

from mailguard.config.document import read_value
from mailguard.config.places import Place
from mailguard.config.settings import Settings
from mailguard.config.suggestion import did_you_mean

PREFIX = "MAILGUARD_"
DELIMITER = "__"


@dataclass(slots=True)
class Environment:
    """What the environment sets. ``names`` holds the variable of each place it sets."""

    values: dict[str, Any] = field(default_factory=dict)
    names: dict[Place, str] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)


class _Known(Settings, BaseSettings):
    """The settings as pydantic-settings wants to see them; never made."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter=DELIMITER, extra="forbid", frozen=True)


class _Source(EnvSettingsSource):
    """Reads a given mapping instead of the process's environment, and lists as YAML instead of JSON alone."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        super().__init__(_Known)
        self.env_vars = {name.lower(): value for name, value in variables.items()}

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        """The value of a list or section. Raises ``ValueError``."""
        return read_value(value)


def read_environment(environ: Mapping[str, str]) -> Environment:
    """What ``environ`` sets. What is wrong stands in ``complaints``, each with the variable's name."""
    environment = Environment()
    by_section: dict[str, dict[str, str]] = {}
    for name, value in sorted(environ.items()):
        if not name.startswith(PREFIX):
            continue
        section, delimiter, _ = name.removeprefix(PREFIX).lower().partition(DELIMITER)
        if section not in Settings.model_fields:
            if delimiter:
                environment.complaints.append(
                    f"{name}: there is no section '{section}'{did_you_mean(section, Settings.model_fields)}"
                )
            continue
        by_section.setdefault(section, {})[name] = value
        environment.names[tuple(name.removeprefix(PREFIX).lower().split(DELIMITER))] = name
    for section, variables in by_section.items():
        try:
            environment.values |= _Source(variables)()
        except SettingsError:
            names = ", ".join(variables)
            environment.complaints.append(f"{names}: {section} cannot be read from this; write lists as [a, b]")
    return environment
