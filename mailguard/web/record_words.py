"""The details of an entry of the record in words, for who looks at the record. Pure.

What a program needs as it is (hashes, positions from 0) stands so in the exported files. A detail that has no words is
shown by the name it is recorded under, so that nothing is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo
from itertools import groupby

from mailguard.i18n import CATALOGUES, Language, text
from mailguard.i18n.times import moment

_POSITIONS = frozenset(
    {
        "positions", "position", "block", "hold", "deliver", "danger", "gone", "sending", "stopped", "removed",
        "corrected", "in_doubt", "returned", "passwords_stopped", "passwords_told", "with_sender",
    }
)  # fmt: skip
"""Recipients of a mail, counted from 0 where they are recorded and from 1 where they are read."""
_COUNTED = frozenset({"left_open"})
_RULES = frozenset({"rules", "rule", "reasons", "left"})
_HASHES = frozenset({"sha256", "hash", "seal", "mac", "manifest_sha256", "record_head", "last_event", "contents"})
_HASH_SHOWN = 12
_WORDS = {
    "answer": "incidents.deletion.answer.",
    "as": "people.approver.",
    "cause": "incidents.cause.",
    "channel": "correspondent.page.channel.",
    "channels": "correspondent.page.channel.",
    "document": "incidents.documents.kind.",
    "fields": "people.import.column.",
    "kind": "incidents.kind.",
    "kinds": "kind.",
    "outcome": "law.outcome.",
    "phase": "incidents.phase.",
    "rights": "api.right.",
    "told": "incidents.key.",
    "wished_mode": "audit.value.mode.",
    "role": "people.role.",
    "situation": "incidents.drill.",
    "state": "incident.steps.state.",
    "trait": "correspondent.page.trait.",
    "traits": "correspondent.page.trait.",
}
"""Where a value has words already."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:\+\d\d:\d\d|Z)")


def details_in_words(
    details: Mapping[str, object], language: Language, zone: tzinfo, title: Callable[[str], str]
) -> list[tuple[str, str]]:
    """Names and values, in the order in which they were recorded. ``title``: what a rule is called, "" for none."""
    words = _Words(language, zone, title)
    return [(name_of(name, language, value), words.value(name, value)) for name, value in details.items()]


def name_of(detail: str, language: Language, value: object = None) -> str:
    """What a detail is called, with a number perhaps otherwise; its name in the record where it has no words."""
    words = CATALOGUES[language]
    found = words.get(f"audit.detail.{detail}.number") if type(value) is int else None
    return found or words.get(f"audit.detail.{detail}") or text(language, "audit.detail", name=detail)


def worker_of(name: str, language: Language) -> str:
    """What a part of the system is called that acted by itself."""
    return CATALOGUES[language].get(f"audit.worker.{name}", name)


class _Words:
    def __init__(self, language: Language, zone: tzinfo, title: Callable[[str], str]) -> None:
        self._language = language
        self._catalogue = CATALOGUES[language]
        self._zone = zone
        self._title = title

    def value(self, name: str, value: object) -> str:
        """One value of a detail."""
        if value is None or value in ("", [], {}):
            return self._say("audit.value.none")
        if isinstance(value, bool):
            return self._say("audit.value.yes" if value else "audit.value.no")
        if name in _HASHES:
            plain = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            return plain if len(plain) <= _HASH_SHOWN else f"{plain[:_HASH_SHOWN]}…"
        if name in _COUNTED and isinstance(value, list):
            return str(len(value))
        if name in _POSITIONS and (positions := _positions(value)):
            return self._positions(positions)
        if isinstance(value, Mapping):
            pairs = [(self._word(name, str(key)), self.value(name, one)) for key, one in value.items()]
            return self._listed([f"{key}: {one}" for key, one in pairs])
        if isinstance(value, list):
            return self._listed([self.value(name, one) for one in value])
        return self._word(name, value) if isinstance(value, str) else str(value)

    def _word(self, name: str, value: str) -> str:
        if name in _RULES:
            return self._title(value) or value
        if _MOMENT.fullmatch(value):
            return moment(datetime.fromisoformat(value), self._zone, self._language)
        found = self._catalogue.get(f"audit.value.{name}.{value}")
        return found or self._catalogue.get(f"{_WORDS.get(name, '-')}{value}", value)

    def _positions(self, positions: Sequence[int]) -> str:
        """Neighbours as one: 1-12, 15."""
        runs = []
        for _, run in groupby(enumerate(sorted(positions)), lambda one: one[1] - one[0]):
            found = [position + 1 for _, position in run]
            runs.append(str(found[0]) if len(found) == 1 else f"{found[0]}-{found[-1]}")
        return self._say("audit.value.positions", numbers=", ".join(runs))

    def _listed(self, words: list[str]) -> str:
        return self._say("audit.value.comma").join(words)

    def _say(self, key: str, **values: object) -> str:
        return text(self._language, key, **values)


def _positions(value: object) -> list[int]:
    """The positions a value is; [] for something else."""
    found = value if isinstance(value, list) else [value]
    return [one for one in found if type(one) is int] if all(type(one) is int for one in found) else []
