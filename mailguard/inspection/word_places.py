"""Where the words of a long list stand in a text: every one, also those inside of others.

A text is looked at where a word may begin, by its first two characters. A tree of all words costs more: Japanese lists
have hundreds of first characters, and each place of the text would be compared with most of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, TypeVar

Meaning = TypeVar("Meaning")


class WordPlaces(Generic[Meaning]):
    """Words with their meanings. Finding takes time linear in the text, however many they are."""

    def __init__(self, words: Mapping[str, Meaning]) -> None:
        """``words``: at least one, each of one character or more."""
        self._words = words
        self._sizes: dict[str, tuple[int, ...]] = {}
        for head, size in sorted({(word[:2], len(word)) for word in words if len(word) > 1}):
            self._sizes[head] = (*self._sizes.get(head, ()), size)
        self._singles = frozenset(word for word in words if len(word) == 1)
        seconds = f"(?=[{_class(head[1] for head in self._sizes)}])" if self._sizes else ""
        if self._singles:
            seconds = f"(?:{seconds}|(?<=[{_class(self._singles)}]))"
        self._may_begin = re.compile(f"[{_class(word[0] for word in words)}]{seconds}")

    def places(self, plain: str) -> Iterator[tuple[int, int, Meaning]]:
        """Start, end and meaning of each word that stands in a text, in the order of the starts, shorter ones first."""
        words, sizes, singles, last = self._words, self._sizes, self._singles, len(plain)
        for found in self._may_begin.finditer(plain):
            start = found.start()
            if singles and plain[start] in singles:
                yield start, start + 1, words[plain[start]]
            for size in sizes.get(plain[start : start + 2], ()):
                end = start + size
                if end <= last and (meaning := words.get(plain[start:end])) is not None:
                    yield start, end, meaning


def _class(characters: Iterable[str]) -> str:
    return re.escape("".join(sorted(set(characters))))
