"""Words that stand near a value and say what it is, or what it is not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mailguard.inspection.text import Text, small_letters
from mailguard.model.finding import Because, Evidence

BEFORE = 40
AFTER = 12


@dataclass(frozen=True, slots=True)
class Near:
    """A word that was met: as our list writes it, and how many characters lie between it and the value."""

    word: str
    distance: int


class Words:
    """A list of words, matched as written but for case. Words are given normalised (NFKC)."""

    def __init__(self, *words: str) -> None:
        self.words = frozenset(words)
        self._by_key = {word.lower(): word for word in words}
        # Small letters in words and text, not IGNORECASE: that would try every word at every place.
        self._pattern = re.compile("|".join(map(re.escape, sorted(self._by_key, key=len, reverse=True))))

    def __or__(self, other: Words) -> Words:
        return Words(*self.words, *other.words)

    def before(self, text: Text, start: int, most: int = BEFORE) -> Near | None:
        """The nearest of them before a place, on its line or the one above."""
        window = small_letters(text.before(start, most))
        found = list(self._pattern.finditer(window))
        return Near(self._by_key[found[-1][0]], len(window) - found[-1].end()) if found else None

    def after(self, text: Text, end: int, most: int = AFTER) -> Near | None:
        """The nearest of them after a place, on its line."""
        first = self._pattern.search(small_letters(text.after(end, most)))
        return None if first is None else Near(self._by_key[first[0]], first.start())

    def search(self, plain: str) -> str | None:
        """The first of them in a string; None where there is none."""
        first = self._pattern.search(small_letters(plain))
        return None if first is None else self._by_key[first[0]]


def label_evidence(found: Near | None, because: Because = Because.WORD_BEFORE) -> Iterable[Evidence]:
    """The evidence a met word is, none where there was none."""
    return () if found is None else (Evidence(because, found.word, found.distance),)
