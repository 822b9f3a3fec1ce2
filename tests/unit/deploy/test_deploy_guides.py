"""What the guides and the sample say is true: every command, option and setting in them exists, in both languages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml
from pydantic import BaseModel

from mailguard.cli import app
from mailguard.cli.first_certificate import write_self_signed
from mailguard.cli.private_files import write_private
from mailguard.config import Settings, load
from mailguard.config.settings import RouteSettings

CHECKOUT = Path(__file__).resolve().parents[3]
SAMPLE = CHECKOUT / "deploy" / "mailguard.sample.yaml"
GUIDES = [CHECKOUT / name for name in ("README.md", "README.ja.md", "deploy/README.md", "deploy/README.ja.md")]
CODE = re.compile(r"```.*?```|`[^`]+`", re.DOTALL)
COMMAND = re.compile(r"\bmailguard (?!mailguard\b)([a-z]+)(?: ([a-z]+(?:-[a-z]+)*))?(.*)")


def commands() -> dict[str, set[str]]:
    """Every command with its options, as the command line has them."""
    root: Any = typer.main.get_command(app)
    found = {}
    for name, command in root.commands.items():
        for inner_name, inner in getattr(command, "commands", {"": command}).items():
            options = {word for parameter in inner.params for word in (*parameter.opts, *parameter.secondary_opts)}
            found[f"{name} {inner_name}".strip()] = {*options, "--help"}
    return found


def used(text: str) -> Iterator[tuple[str, set[str]]]:
    """The commands a guide names in its code, with the options it names for them."""
    groups = {name.split()[0] for name in commands() if " " in name}
    for code in CODE.findall(text):
        for first, second, rest in COMMAND.findall(code):
            name = f"{first} {second}" if first in groups else first
            yield name, set(re.findall(r"(?<!\S)--[a-z0-9-]+", rest))


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.relative_to(CHECKOUT).as_posix())
def test_guide_names_only_commands_and_options_that_exist(guide: Path) -> None:
    """Whoever types what the guide says is understood."""
    known = commands()
    named = list(used(guide.read_text()))

    assert len(named) > 3
    assert {name for name, _ in named} <= known.keys()
    assert [(name, options) for name, options in named if not options <= known[name]] == []


@pytest.mark.parametrize("folder", ["", "deploy", "policies"])
def test_guide_says_the_same_in_both_languages(folder: str) -> None:
    """The Japanese guide has the sections, the tables and the very commands of the English one."""
    english = (CHECKOUT / folder / "README.md").read_text()
    japanese = (CHECKOUT / folder / "README.ja.md").read_text()

    def shape(text: str) -> list[str]:
        plain = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
        return re.findall(r"^#+", plain, re.MULTILINE)

    def blocks(text: str) -> list[str]:
        return [block for block in re.findall(r"```.*?```", text, re.DOTALL) if "mermaid" not in block]

    assert shape(english) == shape(japanese)
    assert blocks(english) == blocks(japanese)
    assert english.count("\n| ") == japanese.count("\n| ")


def uncommented(text: str) -> str:
    """The sample with every setting and example taken in: explanations have one blank after their sign."""
    return re.sub(r"^( *)#(?! \S)", r"\1", text, flags=re.MULTILINE)


def paths(model: type[BaseModel], at: str = "") -> Iterator[str]:
    """Every setting there is, as the sample would write it; next hops of routes are those of ``next_hop``."""
    for name, described in model.model_fields.items():
        inner = next(
            (one for one in _models(described.annotation) if one != RouteSettings),
            None,
        )
        if inner is not None:
            yield from paths(inner, f"{at}{name}.")
        elif name != "routes":
            yield f"{at}{name}"


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models(inner)


def keys(values: Any, at: str = "") -> Iterator[str]:
    """The settings a parsed sample names."""
    for entry in values if isinstance(values, list) else [values]:
        if isinstance(entry, dict):
            for name, value in entry.items():
                yield f"{at}{name}"
                yield from keys(value, f"{at}{name}.")


def test_sample_names_every_setting_there_is() -> None:
    """An administrator finds every setting, with its meaning, in one file."""
    named = set(keys(yaml.safe_load(uncommented(SAMPLE.read_text()))))
    wanted = set(paths(Settings))

    assert len(wanted) > 60
    assert wanted - named == set()


def test_sample_as_it_stands_is_a_configuration(tmp_path: Path) -> None:
    """The sample needs names and files of the office, and nothing else."""
    values = yaml.safe_load(SAMPLE.read_text())
    write_self_signed(tmp_path / "fullchain.pem", tmp_path / "privkey.pem", "mailguard.example.jp")
    write_private(tmp_path / "next-hop.password", "secret")
    values["tls"] = {"certificate": str(tmp_path / "fullchain.pem"), "key": str(tmp_path / "privkey.pem")}
    values["delivery"]["next_hop"]["password_file"] = str(tmp_path / "next-hop.password")
    file = tmp_path / "mailguard.yaml"
    file.write_text(yaml.safe_dump(values, allow_unicode=True))
    file.chmod(0o600)

    settings = load(file, {})

    assert settings.office.domains == ["example.jp"]
    assert settings.hold == Settings.model_fields["hold"].default


def test_compose_file_and_unit_keep_their_promises() -> None:
    """The container has no root and no writable system; the unit gives the drain its time."""
    service = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())["services"]["mailguard"]
    unit = (CHECKOUT / "deploy" / "mailguard.service").read_text()
    drain = Settings.model_fields["service"].default.drain_seconds

    assert (service["user"], service["read_only"], service["cap_drop"]) == ("10001:10001", True, ["ALL"])
    assert int(service["stop_grace_period"].removesuffix("s")) > drain
    assert int(re.search(r"TimeoutStopSec=(\d+)", unit)[1]) > drain  # type: ignore[index]
    assert "ExecStart=/opt/mailguard/bin/mailguard serve --config /etc/mailguard/mailguard.yaml" in unit
    assert (CHECKOUT / service["build"]["dockerfile"]).exists()


def test_container_is_built_from_everything_the_wheel_takes() -> None:
    """The image is built from a few folders; each that the wheel takes is copied, and let through to the build."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    wanted = [*wheel["packages"], *wheel["force-include"]]
    copied = re.findall(r"^COPY (\w+) /src/\1$", (CHECKOUT / "deploy" / "Containerfile").read_text(), re.MULTILINE)
    let_through = re.findall(r"^!(\w+)$", (CHECKOUT / ".dockerignore").read_text(), re.MULTILINE)

    assert [] == [folder for folder in wanted if folder not in copied or folder not in let_through]
