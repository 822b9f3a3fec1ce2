"""Patterns for addresses as an office writes them: ``tanaka@example.jp``, ``@example.jp``, ``*@*.example.jp``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from mailguard.model.address import comparable, comparable_domain


@dataclass(frozen=True, slots=True)
class Patterns:
    """Several patterns, any of which may fit. Without any nothing fits."""

    texts: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.texts)

    def fit(self, address: str) -> bool:
        """Whether a comparable address fits one of the patterns."""
        return bool(self.texts) and _compiled(self.texts).fullmatch(address) is not None


NOBODY = Patterns()
"""Fits no address."""


def patterns(texts: Iterable[str]) -> Patterns:
    """Patterns of what the office wrote. ``@example.jp`` means the domain and all below it; ``*`` any characters."""
    return Patterns(tuple(texts))


@lru_cache(maxsize=1024)
def _compiled(texts: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(_expression(text.strip()) for text in texts))


def _expression(text: str) -> str:
    local, at, domain = text.rpartition("@")
    if at and not local and "*" not in domain:
        return rf"[^@]*@(?:[^@]+\.)?{re.escape(comparable_domain(domain))}"
    return re.escape(comparable(f"{local or '*'}@{domain}")).replace(r"\*", "[^@]*")
