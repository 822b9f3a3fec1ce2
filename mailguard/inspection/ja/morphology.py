"""What SudachiPy reads in a stretch of text: words with their part of speech (core dictionary, longest words).

Guarantees: never raises for what a text may hold; input over Sudachi's limit of 49,149 bytes is cut. The dictionary is
opened when first asked, mapped and shared by forked workers; each thread has a tokenizer of its own.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache, lru_cache

from sudachipy import Dictionary, SplitMode, Tokenizer

MAX_CHARACTERS = 12_000
"""Of four bytes each they stay below the limit of one call."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word. ``sort``: ``surname``, ``given``, ``person``, ``place``, ``proper``, ``noun`` or ""."""

    start: int
    end: int
    sort: str


_local = threading.local()


@cache
def _dictionary() -> Dictionary:
    return Dictionary(dict="core")


@cache
def _sort_of(speech: tuple[str, ...]) -> str:
    if speech[1] != "固有名詞":
        return "noun" if speech[1] in ("普通名詞", "数詞") else ""
    if speech[2] == "人名":
        return {"姓": "surname", "名": "given"}.get(speech[3], "person")
    return "place" if speech[2] == "地名" else "proper"


def _tokenizer() -> Tokenizer:
    tokenizer: Tokenizer | None = getattr(_local, "tokenizer", None)
    if tokenizer is None:
        tokenizer = _local.tokenizer = _dictionary().tokenizer(mode=SplitMode.C)
    return tokenizer


def words(text: str) -> list[Word]:
    """All words of a text in order, offsets in characters."""
    return [
        Word(word.begin(), word.end(), _sort_of(word.part_of_speech()))
        for word in _tokenizer().tokenize(text[:MAX_CHARACTERS])
    ]


def is_unknown(text: str) -> bool:
    """Whether the dictionary has no word that is spelt so, and reads none but words it does not know in it."""
    return all(word.is_oov() for word in _tokenizer().tokenize(text[:MAX_CHARACTERS]))


@lru_cache(maxsize=1024)
def _lookup(surface: str) -> frozenset[str]:
    return frozenset(
        entry.reading_form() for entry in _dictionary().lookup(surface) if entry.part_of_speech()[2] == "人名"
    )


def surname_readings(surname: str) -> frozenset[str]:
    """Every reading in katakana that the dictionary has for a person's name written so."""
    return _lookup(surname) if len(surname) <= 6 else frozenset()
