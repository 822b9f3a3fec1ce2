"""Taking values out of a YAML document one by one, with a complaint for each that is not as it should be."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from mailguard.config.document import Document
from mailguard.config.places import Place, spoken
from mailguard.config.suggestion import did_you_mean
from mailguard.policy.patterns import Patterns, patterns


class Reader:
    """One file. Every method gives a usable value even where it complains, so that all complaints come at once.

    ``own_kinds``: ids of the office's own kinds, which conditions may name beside those everybody has.
    """

    def __init__(
        self, path: Path, document: Document, complaints: list[str], own_kinds: frozenset[str] = frozenset()
    ) -> None:
        self.own_kinds = own_kinds
        self._path = path
        self._document = document
        self._complaints = complaints

    @property
    def values(self) -> dict[str, Any]:
        """What the file says."""
        return self._document.values

    @property
    def folder(self) -> Path:
        """Where the file lies."""
        return self._path.parent

    def at(self, place: Place) -> str:
        """``file:line`` of a place."""
        return f"{self._path}:{self._document.line_of(place)}"

    def complain(self, place: Place, sentence: str) -> None:
        """Note what is wrong at a place."""
        self._complaints.append(
            f"{self.at(place)}: {spoken(place)} {sentence}" if place else f"{self.at(place)}: {sentence}"
        )

    def complain_at(self, where: str, sentence: str) -> None:
        """Note what is wrong in another file that this one names. ``where``: its ``file:line``."""
        self._complaints.append(f"{where}: {sentence}")

    def known(self, place: Place, values: object, names: Collection[str]) -> dict[str, Any]:
        """A section whose keys must be among ``names``."""
        if values is None:
            return {}
        if not isinstance(values, dict):
            self.complain(place, "must be a section: its settings follow on lines of their own, indented")
            return {}
        for key in values:
            if key not in names:
                near = did_you_mean(str(key), list(names))
                self.complain((*place, key), f"is unknown{near or '; known here: ' + ', '.join(names)}")
        return {key: value for key, value in values.items() if key in names}

    def named(self, place: Place, values: object) -> dict[str, Any]:
        """A section whose keys are names that the office gives."""
        return self.known(place, values, tuple(values) if isinstance(values, dict) else ())

    def entries(self, place: Place, values: object) -> Iterator[tuple[Place, Any]]:
        """The entries of a list with their places."""
        if values is None:
            return
        if not isinstance(values, list):
            self.complain(place, "must be a list: each entry on a line of its own beginning with '- '")
            return
        for number, value in enumerate(values):
            yield (*place, number), value

    def text(self, place: Place, value: object, *, required: bool = False) -> str:
        """One text; "" where there is none."""
        if isinstance(value, str):
            return value
        if value is None and not required:
            return ""
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        self.complain(place, "is missing" if value is None else "must be text; put it in quotes")
        return ""

    def texts(self, place: Place, values: object) -> tuple[str, ...]:
        """A list of texts; a single text is a list of one."""
        if isinstance(values, str):
            return (values,)
        return tuple(self.text(at, value) for at, value in self.entries(place, values))

    def patterns(self, place: Place, values: object) -> Patterns:
        """Patterns for addresses; what could fit no address is a complaint."""
        texts = self.texts(place, values)
        for text in texts:
            if "@" not in text and text != "*":
                self.complain(
                    place, f"must be an address, @domain, or a pattern such as *@*.example.jp (it is '{text}')"
                )
        return patterns(texts)

    def flag(self, place: Place, value: object, default: bool) -> bool:
        """True or false."""
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        self.complain(place, "must be true or false")
        return default

    def number(self, place: Place, value: object) -> float | None:
        """A number."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        self.complain(place, "must be a number")
        return None

    def choice(self, place: Place, value: object, choices: Sequence[str], default: str) -> str:
        """One of several words."""
        if value is None:
            return default
        if isinstance(value, str) and value in choices:
            return value
        near = did_you_mean(str(value), list(choices))
        self.complain(place, f"must be {', '.join(choices[:-1])} or {choices[-1]} (it is '{value}'){near}")
        return default
