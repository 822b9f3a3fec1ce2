"""Builds ``mailguard/inspection/ja/data/names.txt.gz``, the lists the person-name detector reads.

Run by hand when a source has a new release: ``python -m tests.data.build_names``. The same versions give
the same bytes.

Sources: ``japanese-personal-name-dataset`` 0.4.0 (MIT: 1,999 surnames with readings, given names with readings) and
the person names of ``sudachidict-core`` (Apache-2.0: surnames and given names with readings).

Sections, each a line ``#name`` and a line of entries parted by blanks; old glyphs are folded as the detector folds
them: ``surname_common`` (2,000 that four of five people bear), ``surname_listed``, ``surname_word`` (surnames that are
read as something else first: a place, a noun), ``given_strong``, ``given_weak``, ``given_word`` likewise;
``given_first``, ``given_last`` (characters many given names begin and end with); ``surname_kana``, ``given_kana``
(hiragana); ``surname_roman``, ``given_roman`` (keys of ``romaji_names.roman_key``).
"""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter
from pathlib import Path

import japanese_personal_name_dataset
from sudachipy import Dictionary, SplitMode

from mailguard.inspection.ja.name_lexicon import fold, hiragana
from mailguard.inspection.ja.romaji_names import roman_key, romanized

TARGET = Path(__file__).parents[2] / "mailguard/inspection/ja/data/names.txt.gz"
DATASET = Path(japanese_personal_name_dataset.__file__).parent / "dataset"

KANJI = r"\u3400-\u9fff\u3005\u3006\u30f6\u30f5\uf900-\ufaff\U00020000-\U0003ffff"
SURNAME = re.compile(rf"[{KANJI}][{KANJI}\u306e\u30ce\u30b1]{{0,4}}")
GIVEN = re.compile(rf"(?=[^{KANJI}]{{0,3}}[{KANJI}])[{KANJI}\u3041-\u3096\u30a1-\u30fc]{{1,4}}")
KANA = re.compile(r"[\u3041-\u3096\u30fc]{2,8}")
FEW_NAMES = 12
"""A character that ends fewer names than this is no sign of a name."""

PLAIN_WORDS = """
    健康 公司 公平 公正 一人 一生 一見 一行 一路 倫理 勇気 勝利 博士 厚生 友人 友好 可成 和文 和英 和洋 和光
    和親 唯一 善行 大蔵 大気 大度 大空 太陽 宇宙 寛大 希望 平和 年生 年男 広大 広義 広野 建造 徹夜 徳義 忠臣
    成人 成就 政治 政道 教生 文人 文章 日和 明記 明要 未来 正午 正直 正規 正義 次男 武士 武人 武道 武徳 清流
    照明 皇子 真実 真珠 知己 知恵 知行 礼文 秀峰 紀行 紀元 経典 経史 結果 統一 継子 群生 航路 良友 良法 親子
    誠実 貴人 貴重 賢人 達人 達成 達磨 量子 長子 長男 陽光 雪花 青史 青磁 青空 順行 顕彰 養子 香水 定年 定義
    巨人 巨樹 春夏 春秋 春風 晴朗 有志 有人 有史 一歩 一統 一水 一大 一法 主税 交子 仁義 友愛 光明 光輝 公人
    公信 公子 公明 典雅 剛毅 博愛 善政 善人 多子 大元 大作 大器 大地 大進 好文 孝行 孝道 学行 学治 宣明 憲政
    憲章 建仁 成年 政史 新市 海人 海燕 涼風 正史 正見 正道 理智 白子 真理 紅葉 素行 篤行 美男 聡明 舞子 花菜
    英才 重文 高利 高次 南海 哲人 和音 東男 洋行 弘通 行平 尊信 聖人 航海 昭代 栄光 正大
"""
"""Words of the language that somebody is called, but that a text nearly always means as words."""


def _rows(name: str) -> list[list[str]]:
    with (DATASET / name).open(encoding="utf-8") as file:
        return list(csv.reader(file))


class _Reader:
    """What Sudachi reads first in a string that stands alone."""

    def __init__(self) -> None:
        self.dictionary = Dictionary(dict="core")
        self._tokenizer = self.dictionary.tokenizer(mode=SplitMode.C)

    def first_sense(self, text: str) -> str:
        """``surname``, ``given``, ``parts`` (several words), ``proper`` (a place, a firm) or ``word``."""
        tokens = self._tokenizer.tokenize(text)
        if len(tokens) > 1:
            return "parts"
        speech = tokens[0].part_of_speech()
        if speech[2] == "人名":
            return {"姓": "surname", "名": "given"}.get(speech[3], "parts")
        if tokens[0].is_oov():
            return "parts"
        return "proper" if speech[1] == "固有名詞" else "word"


def build() -> dict[str, set[str]]:
    """All sections by name."""
    reader = _Reader()
    listed_surnames: dict[str, set[str]] = {}
    listed_given: dict[str, set[str]] = {}
    for entry in reader.dictionary.entries():
        speech = entry.part_of_speech()
        if speech[2] == "人名" and speech[3] in ("姓", "名"):
            into = listed_surnames if speech[3] == "姓" else listed_given
            into.setdefault(entry.surface(), set()).add(hiragana(entry.reading_form()))
    common = {row[0]: row[2] for row in _rows("last_name_org.csv")}
    popular: set[str] = set()
    given_readings: Counter[str] = Counter()
    for sex in ("man", "woman"):
        for row in _rows(f"first_name_{sex}_opti.csv"):
            popular.update(row[2:])
        for row in _rows(f"first_name_{sex}_org.csv"):
            given_readings[row[0]] += len(row) - 2
            for name in row[2:]:
                listed_given.setdefault(name, set()).add(row[0])
    sections = _surnames(reader, common, listed_surnames) | _given(reader, popular, listed_given)
    return sections | _readings(common, listed_surnames, listed_given, given_readings)


def _surnames(reader: _Reader, common: dict[str, str], listed: dict[str, set[str]]) -> dict[str, set[str]]:
    names = {name for name in listed.keys() | common.keys() if SURNAME.fullmatch(name)}
    words = {name for name in names if reader.first_sense(name) in ("word", "proper")}
    # A long list of rare surnames holds many that are given names or several words too: those are no help.
    rare = {n for n in names - common.keys() - words if reader.first_sense(n) == "surname" or len(n) > 2}
    return {
        "surname_common": {fold(name) for name in common},
        "surname_listed": {fold(name) for name in rare},
        "surname_word": {fold(name) for name in words | (names - rare - common.keys())},
    }


def _given(reader: _Reader, popular: set[str], listed: dict[str, set[str]]) -> dict[str, set[str]]:
    sections: dict[str, set[str]] = {"given_strong": set(), "given_weak": set(), "given_word": set()}
    plain_words = set(PLAIN_WORDS.split())
    for name in listed:
        if not GIVEN.fullmatch(name):
            continue
        sense = reader.first_sense(name)
        is_borne = name in popular and len(name) > 1 and name not in plain_words
        if sense == "given" or (sense == "parts" and name in popular):
            section = "given_strong"
        elif sense in ("word", "proper") and not is_borne:
            section = "given_word"
        else:
            section = "given_weak"
        sections[section].add(fold(name))
    first = Counter(name[0] for name in sections["given_strong"])
    last = Counter(name[-1] for name in sections["given_strong"])
    for section, counts in (("given_first", first), ("given_last", last)):
        sections[section] = {character for character, count in counts.items() if count >= FEW_NAMES}
    return sections


def _readings(
    common: dict[str, str], surnames: dict[str, set[str]], given: dict[str, set[str]], dataset: Counter[str]
) -> dict[str, set[str]]:
    common_kana = set(common.values())
    for name in common:
        common_kana |= surnames.get(name, set())
    all_kana = common_kana | {kana for readings in surnames.values() for kana in readings}
    given_kana = set(dataset)
    spellings = Counter(kana for readings in given.values() for kana in readings)
    given_kana |= {kana for kana, count in spellings.items() if count > 1}
    # Rare readings of two syllables spell too many English words to be looked for in roman letters.
    roman = {roman_key(romanized(k)) for k in common_kana} | {roman_key(romanized(k)) for k in all_kana if len(k) > 3}
    return {
        "surname_kana": {kana for kana in all_kana if KANA.fullmatch(kana)},
        "surname_kana_common": {kana for kana in common_kana if KANA.fullmatch(kana)},
        "given_kana": {kana for kana in given_kana if KANA.fullmatch(kana)},
        "surname_roman": {key for key in roman if key.isascii() and len(key) > 1},
        "given_roman": {
            key for kana in given_kana if KANA.fullmatch(kana) and (key := roman_key(romanized(kana))).isascii()
        },
    }


def main() -> None:
    """Writes the file anew."""
    lines = []
    for section, names in sorted(build().items()):
        lines += [f"#{section}", " ".join(sorted(names))]
        print(f"{section}\t{len(names)}")
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))


if __name__ == "__main__":
    main()
