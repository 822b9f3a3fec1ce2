"""Texts for people, by language and key. Japanese is the source; English says the same.

``text`` fills a catalogue entry's placeholders. A missing key or value is a fault in our code and raises ``KeyError``;
a test compares both catalogues, key by key and placeholder by placeholder. Values go in as they are: whoever shows the
result to a browser escapes it there.
"""

from __future__ import annotations

from typing import Literal

from mailguard.i18n import en, ja

Language = Literal["ja", "en"]

CATALOGUES: dict[Language, dict[str, str]] = {"ja": ja.TEXTS, "en": en.TEXTS}


def text(language: Language, key: str, **values: object) -> str:
    """The text for ``key`` with its placeholders filled."""
    return CATALOGUES[language][key].format(**values)


def both(language: Language) -> tuple[Language, Language]:
    """Both languages, the office's own first: for mails whose reader we do not know."""
    return ("ja", "en") if language == "ja" else ("en", "ja")
