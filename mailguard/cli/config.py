"""``mailguard config``: is the configuration right, what is in force, and what could be set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from pydantic import BaseModel

app = typer.Typer(help="The configuration: check it, show what is in force, list every setting.", no_args_is_help=True)

Config = Annotated[Path | None, typer.Option("--config", help="Configuration file.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]

HIDDEN = "(set, not shown)"


@app.command()
def check(config: Config = None, json: Json = False) -> None:
    """Whether the service would start with it. Complaints name file and line; exit status 2 if there are any."""
    import os

    from mailguard.config import load_with_advice
    from mailguard.config.loading import find
    from mailguard.errors import ConfigurationError

    if not json:
        loaded = load_with_advice(config)
        for sentence in loaded.advice:
            typer.echo(f"{sentence} (only advice)", err=True)
        typer.echo(f"{loaded.path}: good")
        return
    try:
        loaded = load_with_advice(config)
    except ConfigurationError as error:
        path = find(config, os.environ)
        _print_json({"file": str(path), "good": False, "complaints": error.complaints, "advice": []})
        raise typer.Exit(2) from error
    _print_json({"file": str(loaded.path), "good": True, "complaints": [], "advice": loaded.advice})


@app.command()
def show(config: Config = None, json: Json = False) -> None:
    """Every setting as it is in force: file, environment and defaults together. Secrets are not shown."""
    from mailguard.config import load

    values = shown(load(config))
    if json:
        _print_json(values)
        return
    import yaml

    typer.echo(yaml.safe_dump(values, allow_unicode=True, sort_keys=False), nl=False)


@app.command()
def schema() -> None:
    """A JSON Schema of every setting, for editors that complete and check YAML."""
    from mailguard.config import Settings

    _print_json(Settings.model_json_schema())


def shown(settings: BaseModel) -> dict[str, Any]:
    """The settings as plain values, without any secret."""
    values = settings.model_dump(mode="json")
    _hide(settings, values)
    return values


def _hide(section: BaseModel, values: dict[str, Any]) -> None:
    from pydantic import BaseModel, SecretStr

    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, SecretStr):
            values[name] = HIDDEN
        elif isinstance(value, BaseModel):
            _hide(value, values[name])
        elif isinstance(value, list):
            for entry, plain in zip(value, values[name], strict=True):
                if isinstance(entry, BaseModel):
                    _hide(entry, plain)
        elif name == "database" and "@" in value:
            values[name] = _without_password(value)


def _without_password(url: str) -> str:
    """A database URL as it may be shown: with the user, without what follows the user's colon."""
    scheme, _, rest = url.partition("://")
    credentials, _, place = rest.rpartition("@")
    user, colon, _ = credentials.partition(":")
    # A password may stand among the parameters as well.
    place, question, _ = place.partition("?")
    return f"{scheme}://{user}{':***' if colon else ''}@{place}{'?***' if question else ''}"


def _print_json(value: object) -> None:
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
