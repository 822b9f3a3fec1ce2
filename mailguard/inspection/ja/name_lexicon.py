"""The lists of surnames and given names, and what a string is after them.

Loaded once, when first asked (about 0.15 s, 40 MB, shared by forked workers). Sources and sections:
``tests/data/build_names.py``.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from mailguard.inspection.ja.recent_names import ELDER, RECENT, RECENT_WORDS

_OLD = "髙﨑邊邉齋齊斉𠮷濵濱嶋嶌澤廣國櫻瀨德惠眞栁桒兒冨條圓實壽榮爲龜瀧曾莊與穗靜淺寬緖黑增鄕濶假會學齡淵渕舘龍舩"
_NEW = "高崎辺辺斎斎斎吉浜浜島島沢広国桜瀬徳恵真柳桑児富条円実寿栄為亀滝曽荘与穂静浅寛緒黒増郷闊仮会学齢渕渕館竜船"
_FOLD = str.maketrans(_OLD, _NEW) | {0xFA10: "\u585a"}
_FOLDED = re.compile(f"[{_OLD}\ufa10]+")
_UNKNOWN = {0x9AD9: "高", 0xFA11: "崎", 0x20BB7: "吉", 0x6FF5: "浜", 0x6801: "柳", 0xFA10: "\u585a"}
_UNKNOWN_GLYPH = re.compile("[\u9ad9\ufa11\U00020bb7\u6ff5\u6801\ufa10]+")
_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


def fold(text: str) -> str:
    """Old and variant glyphs as the common ones, for looking up only; the length stays."""
    return _FOLDED.sub(lambda glyphs: glyphs[0].translate(_FOLD), text)


def common_glyphs(text: str) -> str:
    """The text with glyphs of registers that Sudachi knows no word with as the common ones; the length stays."""
    return _UNKNOWN_GLYPH.sub(lambda glyphs: glyphs[0].translate(_UNKNOWN), text)


def hiragana(text: str) -> str:
    """Katakana as hiragana; everything else stays."""
    return text.translate(_TO_HIRAGANA)


@dataclass(frozen=True)
class Lexicon:
    """Grades of names. Keys are folded; kana names in hiragana, roman ones by ``romaji_names.roman_key``.

    ``surnames``: 3 common, 2 listed or common though a place or word too, 1 a word that some family bears.
    ``given``: 3 read as a given name first, 2 known to be one, 1 a word that somebody is called.
    """

    surnames: dict[str, int]
    given: dict[str, int]
    common_surnames: frozenset[str]
    surname_kana: frozenset[str]
    common_surname_kana: frozenset[str]
    given_kana: frozenset[str]
    surname_roman: frozenset[str]
    given_roman: frozenset[str]
    given_first: frozenset[str]
    given_last: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """The shipped lists."""
    packed = resources.files(__package__).joinpath("data/names.txt.gz").read_bytes()
    lines = gzip.decompress(packed).decode().split("\n")
    section = {name[1:]: names.split(" ") for name, names in zip(lines[::2], lines[1::2], strict=True)}
    common = frozenset(section["surname_common"])
    surnames = dict.fromkeys(section["surname_listed"], 2)
    surnames.update(dict.fromkeys(common, 3))
    surnames.update({name: 2 if name in common else 1 for name in section["surname_word"]})
    given = dict.fromkeys(section["given_weak"], 2)
    given.update(dict.fromkeys(section["given_strong"], 3))
    given.update(dict.fromkeys(section["given_word"], 1))
    given = dict.fromkeys(RECENT_WORDS, 1) | dict.fromkeys(RECENT | ELDER, 2) | given
    return Lexicon(
        surnames,
        given,
        common,
        frozenset(section["surname_kana"]),
        frozenset(section["surname_kana_common"]),
        frozenset(section["given_kana"]),
        frozenset(section["surname_roman"]),
        frozenset(section["given_roman"]),
        frozenset(section["given_first"]),
        frozenset(section["given_last"]),
    )
