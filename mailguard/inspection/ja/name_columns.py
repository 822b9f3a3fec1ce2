"""Names that stand alone, as in the cells of a table: what a cell can be, and the name inside of it."""

from __future__ import annotations

import re

from mailguard.inspection.ja.latin_names import is_japanese
from mailguard.inspection.ja.name_lexicon import fold, hiragana, lexicon
from mailguard.inspection.ja.name_patterns import KANJI
from mailguard.inspection.ja.name_words import HONORIFICS, NAME_STOP, NOT_GIVEN, NOT_NAMES

MAX_NAME = 12
"""Characters of a name in Japanese script, blanks not counted."""

_TRIM = re.compile(
    r"^[\s\"'・*※○●◎〇\-]*(?:\d{1,4}[.):、\s]\s*)?(?P<name>.*?)\s*"
    rf"(?:(?:{'|'.join(sorted(HONORIFICS, key=len, reverse=True))})\s*)?(?:[(\[\uff08].*)?[\s\"',、。]*$",
    re.DOTALL,
)
_JAPANESE = re.compile(
    rf"(?=.*[{KANJI}\u3041-\u30fa])[{KANJI}\u3041-\u3096\u30a1-\u30fa\u30fc\u309d\u30fd\u30fb\u3007 \t]{{2,20}}"
)
_LATIN_WORD = r"[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f'.\-]*"
_LATIN = re.compile(rf"{_LATIN_WORD}(?:[ ,/]{{1,2}}{_LATIN_WORD}){{1,4}}")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\u30fc]+")
_LONG_CELL = 60


def is_surname(text: str) -> bool:
    """Whether a text is a surname of the lists, in kanji, kana or roman letters (``plain`` form, blanks around it)."""
    name = fold(text.strip())
    lists = lexicon()
    if lists.surnames.get(name, 0) >= 2:
        return True
    return bool(_KANA.fullmatch(name)) and hiragana(name) in lists.surname_kana


def is_given_name(text: str) -> bool:
    """Whether a text is a given name of the lists, in kanji or kana."""
    name = fold(text.strip())
    if name in NOT_GIVEN:
        return False
    lists = lexicon()
    return name in lists.given or (
        len(name) > 1 and _KANA.fullmatch(name) is not None and hiragana(name) in lists.given_kana
    )


def is_full_name(text: str) -> float:
    """How sure a text by itself is surname and given name: 0 (none) to 0.95. For columns typed by content."""
    name = " ".join(fold(text).split())
    if not 2 <= len(name) <= 30 or name in NOT_NAMES or NAME_STOP.search(name):
        return 0.0
    if name.isascii() or _LATIN.fullmatch(name):
        words = re.split("[ ,/]+", name)
        return 0.8 if len(words) == 2 and is_japanese(words[0], words[1]) else 0.0
    if not _JAPANESE.fullmatch(name) or len(name.replace(" ", "")) > MAX_NAME:
        return 0.0
    parts = name.split(" ")
    if len(parts) == 2 and (len(parts[0]) > 1 or len(parts[1]) > 1 or lexicon().surnames.get(parts[0])):
        return _parts_score(parts[0], parts[1])
    joined = "".join(parts)
    best = max((_parts_score(joined[:at], joined[at:]) for at in range(1, min(len(joined), 6))), default=0.0)
    return best - 0.05 if best else 0.0


def _parts_score(surname: str, given: str) -> float:
    lists = lexicon()
    if given in NOT_GIVEN:
        return 0.0
    family, personal = lists.surnames.get(surname, 0), lists.given.get(given, 0)
    if _KANA.fullmatch(given) and not personal and hiragana(given) in lists.given_kana:
        personal = 2
    if _KANA.fullmatch(surname) and not family:
        family = 3 if hiragana(surname) in lists.common_surname_kana else 2 * (hiragana(surname) in lists.surname_kana)
    if family and personal:
        return {6: 0.95, 5: 0.9, 4: 0.75, 3: 0.6, 2: 0.4}[family + personal]
    if family >= 2 and 1 <= len(given) <= 3 and given[0] in lists.given_first and given[-1] in lists.given_last:
        return 0.6
    return 0.3 if personal == 3 and 1 <= len(surname) <= 4 else 0.0


def cell_name(cell: str) -> tuple[int, int] | None:
    """The name in a cell whose column is one of names: anything that can be a person's name, None where it cannot."""
    if len(cell) > _LONG_CELL:
        return None
    trimmed = _TRIM.match(cell)
    if trimmed is None:
        return None
    start, end = trimmed.span("name")
    name = cell[start:end]
    compact = "".join(name.split())
    if not compact or compact in NOT_NAMES or NAME_STOP.search(name):
        return None
    if _LATIN.fullmatch(name):
        return (start, end) if len(name) <= 40 else None
    if _JAPANESE.fullmatch(name) and 2 <= len(compact) <= (20 if "\u30fb" in compact else MAX_NAME):
        return start, end
    return None
