"""Japanese names in roman letters: one key for all the ways people spell them.

Guarantees: Sato, Satou, Satoh, Satō and SATO have one key, and so have Shinji and Sinzi, Kenichi and Ken'ichi, Homma
and Honma. Follows Hepburn and Kunrei as passports and cards are printed (旅券法施行規則: Hepburn, long vowels left out,
OH allowed for long O).
"""

from __future__ import annotations

import re
import unicodedata

_ROWS = {
    "あいうえお": "a i u e o", "かきくけこ": "ka ki ku ke ko", "がぎぐげご": "ga gi gu ge go",
    "さしすせそ": "sa shi su se so", "ざじずぜぞ": "za ji zu ze zo", "たちつてと": "ta chi tsu te to",
    "だぢづでど": "da ji zu de do", "なにぬねの": "na ni nu ne no", "はひふへほ": "ha hi fu he ho",
    "ばびぶべぼ": "ba bi bu be bo", "ぱぴぷぺぽ": "pa pi pu pe po", "まみむめも": "ma mi mu me mo",
    "やゆよ": "ya yu yo", "らりるれろ": "ra ri ru re ro", "わゐゑをん": "wa i e o n", "ゔ": "vu",
    "ぁぃぅぇぉ": "a i u e o",
}  # fmt: skip
_SYLLABLES = {kana: roman for row, romans in _ROWS.items() for kana, roman in zip(row, romans.split(), strict=True)}
_SMALL_Y = {"ゃ": "ya", "ゅ": "yu", "ょ": "yo"}
_HEPBURN = (("shi", "si"), ("sh", "sy"), ("chi", "ti"), ("tch", "tty"), ("ch", "ty"), ("tsu", "tu"), ("fu", "hu"),
            ("ji", "zi"), ("j", "zy"), ("zyy", "zy"), ("dzu", "zu"), ("syy", "sy"), ("tyy", "ty"))  # fmt: skip
_NASAL = re.compile(r"m(?=[bmp])")
_LONG_H = re.compile(r"oh(?![aiueoy])")
_LONG = re.compile(r"ou|oo|uu")


def romanized(kana: str) -> str:
    """A reading in hiragana as Hepburn writes it, long vowels spelt out; unknown characters stay."""
    out: list[str] = []
    doubled = False
    for character in kana:
        if character == "\u3063":
            doubled = True
            continue
        if character in _SMALL_Y and out and out[-1].endswith("i"):
            stem = out.pop()[:-1]
            out.append(stem + (_SMALL_Y[character][1:] if stem in ("sh", "ch", "j") else _SMALL_Y[character]))
            continue
        if character == "\u30fc":
            continue
        syllable = _SYLLABLES.get(character, character)
        if doubled:
            syllable = ("t" if syllable.startswith("ch") else syllable[0]) + syllable
            doubled = False
        out.append(syllable)
    return "".join(out)


def roman_key(word: str) -> str:
    """What all spellings of a name in roman letters share; small letters without marks."""
    plain = "".join(c for c in unicodedata.normalize("NFD", word) if c.isalpha() and not unicodedata.combining(c))
    plain = _LONG_H.sub("o", plain.lower())
    for hepburn, kunrei in _HEPBURN:
        plain = plain.replace(hepburn, kunrei)
    plain = _NASAL.sub("n", plain)
    return _LONG.sub(lambda long: long[0][0], plain)
