"""A YAML file as plain values, with the line of each one, so that every complaint can name it.

Guarantees: a key that stands twice is a complaint (YAML libraries silently take the last one). Only ``true`` and
``false`` are truth values and only decimal numbers are numbers, as in YAML 1.2: under YAML 1.1 ``tls: off`` would
arrive as False, ``0600`` as 384 and ``1:30`` as 90.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml._yaml import CParser
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from mailguard.config.places import Place, spoken

NODES_MAX = 200_000
"""Values of a file with its aliases written out: far more than any office has, far less than would stop a relay."""

DEPTH_MAX = 20
"""Deeper than any setting; an alias that contains itself ends here."""


class _Loader(yaml.SafeLoader):
    """Plain values only, with the scalars of YAML 1.2."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), _first)


class _FastLoader(Composer, CParser, SafeConstructor, Resolver):
    """The same with the parser of libyaml; nodes are composed by the same code, which has an end to its depth."""

    yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers

    def __init__(self, text: str) -> None:
        CParser.__init__(self, text)
        Composer.__init__(self)
        SafeConstructor.__init__(self)
        Resolver.__init__(self)


@dataclass(slots=True)
class Document:
    """What a file says. ``lines`` holds the line (from 1) of each place; ``complaints`` are (line, sentence)."""

    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[Place, int] = field(default_factory=dict)
    complaints: list[tuple[int, str]] = field(default_factory=list)
    nodes: int = 0

    def line_of(self, place: Place) -> int:
        """The line of a place, or of the nearest thing around it that the file has; 1 where it has nothing."""
        for length in range(len(place), 0, -1):
            if place[:length] in self.lines:
                return self.lines[place[:length]]
        return 1

    def has(self, place: Place) -> bool:
        """Whether the file itself gives this place."""
        return place in self.lines


def read_document(text: str) -> Document:
    """The values and lines of one YAML document. What is wrong with it stands in ``complaints``."""
    with contextlib.suppress(yaml.YAMLError, UnicodeError):
        document = _read(text, _FastLoader)
        if not document.complaints:
            return document
    # Ten times slower, and it says better what is wrong.
    return _read(text, _Loader)


def _read(text: str, kind: type[_Loader | _FastLoader]) -> Document:
    document = Document()
    try:
        loader = kind(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        document.complaints.append((line, "there is a character here that YAML does not allow; delete it"))
        return document
    try:
        node = loader.get_single_node()
        if node is None:
            return document
        if not isinstance(node, yaml.MappingNode):
            document.complaints.append(
                (node.start_mark.line + 1, "the file must consist of sections such as 'office:'")
            )
            return document
        document.values = _mapping(node, (), document, loader)
    except RecursionError:
        document.complaints.append((1, "the file is nested too deeply"))
    except ValueError as error:
        # Python turns no number of thousands of digits into an integer.
        if isinstance(error, yaml.YAMLError | UnicodeError):
            raise
        document.complaints.append((1, "there is a number here that is far too large"))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        document.complaints.append((1 if mark is None else mark.line + 1, _syntax_sentence(error)))
    finally:
        loader.dispose()
    return document


def read_value(text: str) -> Any:
    """One value written as YAML (or JSON, which is YAML), as environment variables hold it. Raises ``ValueError``."""
    try:
        return yaml.load(text, _Loader)  # noqa: S506  a safe loader
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError("is neither YAML nor JSON") from error


def _value(node: yaml.Node, place: Place, document: Document, loader: _Loader | _FastLoader) -> Any:
    document.nodes += 1
    if document.nodes > NODES_MAX:
        raise yaml.constructor.ConstructorError(
            None, None, "the file says too much, by aliases perhaps", node.start_mark
        )
    if len(place) > DEPTH_MAX:
        raise yaml.constructor.ConstructorError(None, None, "the settings are nested too deeply", node.start_mark)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, document, loader)
    if isinstance(node, yaml.SequenceNode):
        entries = []
        for number, entry in enumerate(node.value):
            document.lines[(*place, number)] = entry.start_mark.line + 1
            entries.append(_value(entry, (*place, number), document, loader))
        return entries
    return loader.construct_object(node, deep=True)


def _mapping(node: yaml.MappingNode, place: Place, document: Document, loader: _Loader | _FastLoader) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            document.complaints.append((line, "a name is expected before the colon"))
            continue
        key = key_node.value
        at = (*place, key)
        if key in values:
            first = document.lines[at]
            document.complaints.append((line, f"{spoken(at)} is set twice; the first time in line {first}"))
            continue
        document.lines[at] = line
        values[key] = _value(value_node, at, document, loader)
    return values


def _syntax_sentence(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or "this cannot be read as YAML"
    if "'\\t'" in problem:
        return "there is a tab character; YAML wants blanks for indentation"
    if problem.startswith("mapping values are not allowed"):
        return "this line is indented wrongly, or a value with a colon in it needs quotes"
    if "expected a single document" in (error.context or ""):
        return "a line '---' begins a second document; the settings are one document"
    if problem.startswith(("expected <block end>", "could not find expected ':'")):
        return "this line does not fit those above it: look at its indentation, the colon after the name, and quotes"
    if problem.startswith("could not determine a constructor"):
        return "words that begin with '!' mean something special in YAML; put the value in quotes"
    return f"this cannot be read as YAML ({problem})"
