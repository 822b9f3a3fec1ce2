"""Where a surname ends and a given name begins in a string, after the lists alone.

Every answer depends on nothing but the string, and is kept: words of a mail repeat, in it and in the next one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from mailguard.inspection.ja.name_lexicon import hiragana, lexicon
from mailguard.inspection.ja.name_words import HONORIFICS, LABELS, NOT_GIVEN, OFFICES

KEPT = 16_384
"""Strings of some characters; about 3 MB where all are in use."""

AFTER_NAME = re.compile(
    f" {{0,3}}[(\\[]?(?P<honorific>{'|'.join(sorted(HONORIFICS, key=len, reverse=True))})(?![\u3041-\u3096]?様)"
    f"|(?P<office>{'|'.join(sorted(OFFICES, key=len, reverse=True))})"
)
"""An honorific or an office right behind a name."""

PLACE_ENDS = frozenset("県市区町村郡駅府都様氏課部係室校院所社店館会線川山橋通")
"""Ends of places and offices: no run that ends so is worth a reading."""

_BUILDING_ENDS = frozenset("荘亭閣楼苑庵堂園寮塔殿")
_PARTICLE = re.compile(
    "(?:は|が|を|に|へ|と|の|も|や|で|より|から|まで|です|でした|だ|さん|さま|くん|ちゃん|ほか|など|といい|という|こと|及び|または)"
)
_PREFIX = re.compile(
    f"(?:.*(?:員|者|人|生|師|士|児|徒|係|課|部|局|室|長|役|主任|主査|主事|教諭|講師|教授|選手|議員|大臣|首相|知事|組|班|科|氏名|名前|名義|様|故|亡|夫|妻|父|母|兄|姉|弟|妹|男|女|子|職|監督|作家|俳優|歌手|画家|学者|投手|捕手|棋士|力士|声優|女優|漫画家|担任|本人|旧姓|祖父|祖母)|{'|'.join(sorted(LABELS))})"
)


_MIXED = re.compile("[ァ-ヴ]{2}[江枝美恵世子]|[ぁ-ゔ]{2}[江枝美恵世子代]")
"""Given names in kana and one kanji, as grandmothers bear them. バス代 is none."""


@dataclass(frozen=True, slots=True)
class Split:
    """Characters of the surname, characters of the whole name, and the grades of both parts."""

    at: int
    size: int
    surname: int
    given: int


@lru_cache(maxsize=KEPT)
def split(run: str, *, is_guessed: bool = False) -> Split | None:
    """The best surname and given name a run of kanji begins with; None where the lists allow none."""
    surnames = lexicon().surnames
    best: Split | None = None
    rank = 0
    for at in (2, 3, 1, 4):
        if at >= len(run) or not (surname := surnames.get(run[:at])):
            continue
        given_size, given = given_prefix(run[at : at + 6], is_guessed=is_guessed)
        size = at + given_size
        if size < 3 or surnames.get(run[:size], 0) >= 2:
            continue  # 長谷川 is a surname, not 長谷 + 川
        if given and surname * 2 + given + (at > 1) * 2 > rank:
            rank = surname * 2 + given + (at > 1) * 2
            best = Split(at, size, surname, given)
    return best


@lru_cache(maxsize=KEPT)
def may_hold_name(run: str) -> bool:
    """Whether a name without a blank is possible in a run of kanji, whatever stands around it."""
    surnames = lexicon().surnames
    return (
        run[:2] in surnames
        or run[:3] in surnames
        or split(run) is not None
        or bool(surnames_inside(run))
        or (len(run) >= 4 and any(given_prefix(run[at : at + 5])[1] == 3 for at in (1, 2, 3)))
    )


@lru_cache(maxsize=KEPT)
def surnames_inside(run: str) -> tuple[tuple[int, bool], ...]:
    """Where surnames of two or three characters begin inside a run, and whether what is before says who somebody is."""
    surnames = lexicon().surnames
    return tuple(
        (at, is_prefix(run[:at]))
        for at in range(1, len(run) - 2)
        if surnames.get(run[at : at + 2], 0) >= 2 or surnames.get(run[at : at + 3], 0) >= 2
    )


@lru_cache(maxsize=KEPT)
def given_prefix(token: str, *, is_guessed: bool = False, is_continental: bool = False) -> tuple[int, int]:
    """How many characters of a token are a given name that ends there, and its grade; 0, 0 where none are.

    ``is_guessed``: unlisted kanji that look like one are graded 1. ``is_continental``: so are any one or two kanji.
    """
    guess = 0
    for size in range(min(len(token), 5), 0, -1):
        name = token[:size]
        grade = grade_of_given(name)
        if not grade:
            is_possible = (is_continental and size <= 2 and not is_kana(name[0])) or (is_guessed and _is_guess(name))
            if guess or not is_possible or name in NOT_GIVEN:
                continue
        rest = token[size:]
        if rest and not (AFTER_NAME.match(rest) or (is_kana(rest[0]) and _PARTICLE.match(rest))):
            continue
        if grade:
            return size, grade
        guess = size
    return guess, 1 if guess else 0


def grade_of_given(name: str) -> int:
    """3 to 1 as in the lists, kana by reading, 0 for anything else."""
    lists = lexicon()
    if grade := lists.given.get(name):
        if name in NOT_GIVEN:
            return 0
        if grade < 3 and len(name) > 1 and (name in lists.common_surnames or name[-1] in PLACE_ENDS):
            return 0 if name[-1] in PLACE_ENDS else 1
        return grade
    if is_kana(name[0]) and all(map(is_kana, name)):
        is_name = len(name) > 1 and name not in NOT_GIVEN and hiragana(name) in lists.given_kana
        return 2 if is_name else 0
    return 2 if _MIXED.fullmatch(name) else 0


def _is_guess(name: str) -> bool:
    """Whether unlisted kanji look like a given name: they begin and end as many given names do."""
    lists = lexicon()
    return (
        2 <= len(name) <= 3
        and name not in lists.surnames
        and name[0] in lists.given_first
        and name[-1] in lists.given_last
        and name[-1] not in PLACE_ENDS
        and name[-1] not in _BUILDING_ENDS
    )


def is_prefix(text: str) -> bool:
    """Whether characters before a surname, in one run with it, say what the person is."""
    return _PREFIX.fullmatch(text) is not None


def is_kana(character: str) -> bool:
    """Whether a character is hiragana or katakana."""
    return "\u3041" <= character <= "\u30fc"
