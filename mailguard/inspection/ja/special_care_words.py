"""The words of 要配慮個人情報, read once from ``data/special_care.txt`` into one list.

The file says in headings what its words are; ``(a|b)`` in a line stands for either. Words are given in small letters
and compared with small letters. What a word may touch on either side is decided here: a word of katakana or of Latin
letters is one only where no such letter goes on beside it, a word that begins in hiragana only after a particle or
something that is no hiragana, so that がん is not found in スローガン or なりがんばる.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import product

from mailguard.inspection.text import Text
from mailguard.inspection.word_places import WordPlaces
from mailguard.inspection.words import Words


class SubKind(StrEnum):
    """What the law means by it: 個人情報保護法 第2条第3項, 施行令 第2条. It stands in the evidence."""

    HEALTH = "health"
    DISABILITY = "disability"
    CRIMINAL = "criminal"
    CREED = "creed"
    STATUS = "status"


class Role(StrEnum):
    """What a word of the file does."""

    TELLS = "tells"
    WITH_NUMBER = "with_number"
    ENDS = "ends"
    LABEL = "label"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Term:
    """One word. ``family`` names its group in the evidence; ``confidence`` is that of the word by itself."""

    word: str
    role: Role
    sub_kind: SubKind
    family: str
    confidence: float


_HEADING = re.compile(r"\[([^\]]+)\]")

ENDINGS = (
    # Endings that make an illness of what stands before them; ``special_care`` looks at the stem.
    Term("症候群", Role.ENDS, SubKind.HEALTH, "症候群", 0.8),
    Term("症", Role.ENDS, SubKind.HEALTH, "症", 0.7),
    Term("炎", Role.ENDS, SubKind.HEALTH, "炎", 0.75),
    Term("病", Role.ENDS, SubKind.HEALTH, "病", 0.75),
    Term("癌", Role.ENDS, SubKind.HEALTH, "がん・腫瘍", 0.85),
    Term("がん", Role.ENDS, SubKind.HEALTH, "がん・腫瘍", 0.85),
    Term("腫", Role.ENDS, SubKind.HEALTH, "腫", 0.7),
    Term("腫瘍", Role.ENDS, SubKind.HEALTH, "がん・腫瘍", 0.85),
    Term("瘤", Role.ENDS, SubKind.HEALTH, "瘤", 0.75),
    Term("疹", Role.ENDS, SubKind.HEALTH, "疹", 0.7),
    Term("梗塞", Role.ENDS, SubKind.HEALTH, "梗塞", 0.85),
    Term("塞栓", Role.ENDS, SubKind.HEALTH, "梗塞", 0.8),
    Term("出血", Role.ENDS, SubKind.HEALTH, "出血", 0.75),
    Term("不全", Role.ENDS, SubKind.HEALTH, "不全", 0.75),
    Term("狭窄", Role.ENDS, SubKind.HEALTH, "狭窄", 0.75),
    Term("麻痺", Role.ENDS, SubKind.HEALTH, "麻痺", 0.75),
    Term("潰瘍", Role.ENDS, SubKind.HEALTH, "潰瘍", 0.75),
    Term("癬", Role.ENDS, SubKind.HEALTH, "疹", 0.75),
    Term("拘縮", Role.ENDS, SubKind.HEALTH, "けが", 0.75),
    Term("壊死", Role.ENDS, SubKind.HEALTH, "壊死", 0.75),
    Term("閉塞", Role.ENDS, SubKind.HEALTH, "狭窄", 0.7),
    Term("萎縮", Role.ENDS, SubKind.HEALTH, "萎縮", 0.7),
    Term("肥大", Role.ENDS, SubKind.HEALTH, "肥大", 0.65),
    Term("欠損", Role.ENDS, SubKind.HEALTH, "欠損", 0.7),
    Term("切断", Role.ENDS, SubKind.HEALTH, "けが", 0.75),
    Term("断裂", Role.ENDS, SubKind.HEALTH, "けが", 0.7),
    Term("損傷", Role.ENDS, SubKind.HEALTH, "けが", 0.65),
    Term("切除", Role.ENDS, SubKind.HEALTH, "手術", 0.65),
    Term("摘出", Role.ENDS, SubKind.HEALTH, "手術", 0.65),
    Term("機能障害", Role.ENDS, SubKind.DISABILITY, "障害", 0.75),
)


@cache
def word_places() -> WordPlaces[tuple[Term, ...]]:
    """All words with what they mean. 6000 of them, made in a twentieth of a second."""
    words = files("mailguard.inspection.ja").joinpath("data/special_care.txt").read_text("utf-8")
    terms: dict[str, dict[Role, Term]] = {}
    for term in (*ENDINGS, *_read(words)):
        terms.setdefault(term.word, {}).setdefault(term.role, term)
    for roles in terms.values():
        if Role.TELLS in roles:
            # A word of the list needs no look at its stem.
            roles.pop(Role.ENDS, None)
    return WordPlaces({word: tuple(roles.values()) for word, roles in terms.items()})


def _read(text: str) -> Iterator[Term]:
    role, sub_kind, family, confidence = Role.STOP, SubKind.HEALTH, "", 0.0
    for line in text.splitlines():
        line = line.strip("\n")
        if not line or line.startswith("#"):
            continue
        if heading := _HEADING.fullmatch(line):
            parts = [part.strip() for part in heading[1].split("|")]
            if len(parts) < 3:
                role, sub_kind, family = Role(parts[0]), SubKind(parts[1] if parts[1:] else "health"), parts[0]
                confidence = 0.0
                continue
            role = Role.WITH_NUMBER if parts[3:] == ["number"] else Role.TELLS
            sub_kind, family, confidence = SubKind(parts[0]), parts[1], float(parts[2])
            continue
        for word in written_out(line):
            yield Term(word, role, sub_kind, family, confidence)


def written_out(line: str) -> Iterator[str]:
    """Every word that a line of alternatives stands for, normalised, in small letters. ``(a|)`` may be left out."""
    line = unicodedata.normalize("NFKC", line).lower()
    yield from dict.fromkeys(word for word in _alternatives(line) if len(word) > 1)


def _alternatives(line: str) -> Iterator[str]:
    """Alternatives may hold alternatives: each level is written out from the outside."""
    parts: list[list[str]] = []
    position = 0
    while position < len(line):
        if line[position] == "\\" and position + 1 < len(line):
            parts.append([line[position + 1]])
            position += 2
        elif line[position] == "(":
            end = _closing(line, position)
            options = [word for one in _options(line[position + 1 : end]) for word in _alternatives(one)]
            position = end + 1
            if line[position : position + 1] == "?":
                options.append("")
                position += 1
            parts.append(options)
        else:
            end = position
            while end < len(line) and line[end] not in "(\\":
                end += 1
            parts.append([line[position:end]])
            position = end
    if not parts:
        yield ""
        return
    yield from ("".join(choice) for choice in product(*parts))


def _closing(line: str, start: int) -> int:
    depth = 0
    position = start
    while position < len(line):
        if line[position] == "\\":
            position += 1
        elif line[position] == "(":
            depth += 1
        elif line[position] == ")":
            depth -= 1
            if depth == 0:
                return position
        position += 1
    raise ValueError(f"an alternative is not closed: {line}")


def _options(inner: str) -> list[str]:
    options, depth, start = [], 0, 0
    position = 0
    while position < len(inner):
        letter = inner[position]
        if letter == "\\":
            position += 1
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
        elif letter == "|" and depth == 0:
            options.append(inner[start:position])
            start = position + 1
        position += 1
    options.append(inner[start:])
    return options


_PARTICLES = frozenset("はがもをにでのとやへ")


def _script(letter: str) -> str:
    code = ord(letter)
    if code < 0x80:
        return "latin" if letter.isalpha() else "other"
    if 0x3041 <= code <= 0x309F:
        return "hiragana"
    if 0x30A1 <= code <= 0x30FF and letter != "\u30fb":
        return "katakana"
    return "other"


def stands_free(plain: str, start: int, end: int) -> bool:
    """Whether a word from ``start`` to ``end`` is not the middle of a longer one, as far as letters show it."""
    first, last = _script(plain[start]), _script(plain[end - 1])
    if start and first != "other":
        before = plain[start - 1]
        if _script(before) == first and not (first == "hiragana" and before in _PARTICLES):
            return False
    return not (end < len(plain) and last in ("latin", "katakana") and _script(plain[end]) == last)


def _kin(*words: str) -> Iterator[str]:
    """A word of one letter stands only with what follows it: 母 is in 母校 too."""
    for word in words:
        yield from (word + after for after in ("が", "は", "の", "も", "を", "に", "と", "さん", "親", "様", ":"))


PERSON_WORDS = Words(
    *_kin(
        "母", "父", "妻", "夫", "娘", "兄", "弟", "姉", "妹", "祖父", "祖母", "孫", "叔父", "叔母", "伯父", "伯母",
    ),
    "本人", "ご本人", "御本人", "当人", "当該者", "該当者", "対象者", "被扶養者", "扶養家族", "配偶者", "奥様",
    "奥さま", "奥さん", "家内", "女房", "主人が", "主人は", "主人の", "ご主人", "旦那", "夫婦", "長男", "次男",
    "二男", "三男", "長女", "次女", "二女", "三女", "息子", "娘さん", "子どもが", "子供が", "子どもの", "子供の",
    "お子様", "お子さん", "お子さま", "ご子息", "ご息女", "ご家族", "家族が", "ご両親", "両親が", "義父", "義母",
    "実父", "実母", "同居人", "生徒", "児童", "園児", "学生", "受験生", "保護者", "当該生徒", "当該児童", "組合員",
    "会員", "加入者", "受給者", "請求者", "申請者", "被保険者", "契約者", "患者", "受診者", "受検者", "利用者",
    "入所者", "入居者", "相談者", "教諭", "養護教諭", "講師", "先生", "校長", "教頭", "職員", "従業員", "社員",
    "部下", "同僚", "上司", "スタッフ", "宿泊者", "参加者", "応募者", "候補者", "被害者", "加害者", "氏名",
    "お名前", "さんが", "さんは", "さんの", "さんも", "様が", "様は", "様の", "氏が", "氏は", "氏の", "君が",
    "君は", "くんが", "くんは", "ちゃんが", "ちゃんは", "my son", "my daughter", "my wife", "my husband",
    "my mother", "my father", "his wife", "her husband", "patient", "employee", "member", "student", "pupil",
)  # fmt: skip
"""Words for people. One of them near makes what was found that of a person, as a name does (weaker than a name)."""


def person_word_near(text: Text, start: int, end: int, most: int = 40) -> str | None:
    """The nearest word for a person on the line, or in the window before; None where there is none."""
    before = PERSON_WORDS.before(text, start, most)
    after = PERSON_WORDS.after(text, end, most)
    if before is not None and (after is None or before.distance <= after.distance):
        return before.word
    return None if after is None else after.word
