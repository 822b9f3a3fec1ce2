"""Full names of people (``person_name``) in Japanese and roman script, and bare surnames (``surname``) beside them.

Guarantees: a candidate of 0.5 and more is surname and given name of one person (or the kana or roman form of it where
no kanji name stands beside it); ``surname`` candidates are 0.4 to 0.6 and no finding by themselves. Office holders and
names in greetings are candidates like others: whether they count is decided elsewhere. ``value`` is the name in NFKC
without blanks, as written (old glyphs stay). Nothing is raised for what a text holds.

Knowingly not done: foreign names in katakana with nothing of a person beside them, English names without title or
label, Chinese and Korean given names in running text without honorific, label or a blank.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, replace

from mailguard.inspection.ja import morphology
from mailguard.inspection.ja.foreign_names import has_personal_item, how_foreign, is_of_thing
from mailguard.inspection.ja.latin_names import latin_names
from mailguard.inspection.ja.name_columns import cell_name, is_full_name, is_given_name, is_surname
from mailguard.inspection.ja.name_lexicon import fold, hiragana, lexicon
from mailguard.inspection.ja.name_patterns import KANJI, NameScan, Sighting
from mailguard.inspection.ja.name_words import (
    FULL_NAME_HEADERS,
    GIVEN_HEADERS,
    KANA_HEADERS,
    KANA_LABELS,
    LABELS,
    LIST_MARK,
    STRONG_LABEL,
    SURNAME_HEADERS,
    SURNAME_HONORIFICS,
)
from mailguard.inspection.ja.romaji_names import roman_key, romanized
from mailguard.inspection.text import Candidate, Detector, Text, line_end, line_start
from mailguard.model.finding import Because, Evidence, Kind

__all__ = [
    "DETECTOR",
    "FULL_NAME_HEADERS",
    "GIVEN_HEADERS",
    "KANA_HEADERS",
    "SURNAME_HEADERS",
    "cell_name",
    "find",
    "is_full_name",
    "is_given_name",
    "is_surname",
]

SURNAME = "surname"
FINDING = 0.5

_SPACED = {
    (3, 3): 0.85, (3, 2): 0.8, (2, 3): 0.8, (2, 2): 0.65, (3, 1): 0.55, (1, 3): 0.45, (2, 1): 0.4, (1, 2): 0.35,
    (0, 3): 0.35, (1, 1): 0.2, (0, 2): 0.25, (0, 1): 0.1,
}  # fmt: skip
"""Confidence of surname, blank, given name by their grades."""
_KANA_WORD = "[\u30a1-\u30fa\u30fc]"
_ANY_KANA = "[\u30a1-\u30fa\u30fc\u3041-\u3096]"
_KANA_NAME = re.compile(rf"({_KANA_WORD}{{2,8}})([ \t]{{1,2}})({_KANA_WORD}{{2,8}})(?![\u30a1-\u30fc])")
_KANA_LABELS = ("名義", "フリガナ", "ふりがな", "カナ", "シメイ", "よみ", "セイメイ", "受取人", "預金者")
_KANA_AFTER_LABEL = re.compile(
    "(?<![\u30a1-\u30fc])(?P<label>名義人?|フリガナ|ふりがな|カナ|シメイ|よみ(?:がな)?|セイメイ|受取人|預金者)(?:名|氏名)?"
    "(?:\\([^()\n]{1,10}\\))?(?:[ \t]{0,3}[:=は][ \t]{0,4}|[ \t]{1,4})"
    rf"(?P<name>{_ANY_KANA}{{2,9}} {{0,3}}{_ANY_KANA}{{1,9}})(?![\u3041-\u30fc])"
)
_FOREIGN = re.compile(
    rf"(?P<name>{_KANA_WORD}{{1,10}}(?:[\u30fb=]{_KANA_WORD}{{1,10}}){{1,4}})(?![\u30a1-\u30fc])"
    "(?P<honorific> ?(?:さん|様(?![式々子態相])|さま|氏|先生|くん|君|ちゃん|殿))?"
)
_KANA_JOINED = re.compile(rf"{_KANA_WORD}(?<!{_KANA_WORD}.){_KANA_WORD}{{3,9}}(?= ?(?:様|さん|さま|氏|殿))")
_VALUE = re.compile(' {0,4}(?P<mark>[:=\t]?)[ \t]{0,4}(?P<value>[^\n\t,、。;:|<>"/]{2,24})')
_UNLISTED = re.compile(
    rf"[{KANJI}]{{1,4}} [{KANJI}\u3041-\u3096\u30a1-\u30fa\u30fc]{{1,4}}|[{KANJI}]{{3,5}}"
    rf"|{_KANA_WORD}{{2,8}} {_KANA_WORD}{{2,8}}|[{KANJI}]{{2,3}}{_KANA_WORD}{{2,8}}"
)
_KANA_FIRM = re.compile(
    "\u30ab\u30a4$|\u30af\u30df\u30a2\u30a4|\u30ac\u30c3\u30b3\u30a6|\u30ac\u30c4\u30b3\u30a6|カブシキ|キョウカイ|キヨウカイ|センター|ジムショ|ジムシヨ|キョウサイ|キヨウサイ"
    "|ホケン|ホーム|クラブ|サービス|ショウテン|シヨウテン|ビル$|ホウジン|コウギョウ|コウギヨウ|サンギョウ|サンギヨウ|モード|ニュウリョク"
)
_LONG_NUMBER = re.compile(r"\d{5}|\d-\d|\d[/.]\d{1,2}[/.]\d|[年月]\d")
_OF_WORK = re.compile("作詞|作曲|編曲|訳詞|作品コード|原作|装丁|ISBN")
_OF_SOMEBODY = re.compile(r"0\d{1,4}-\d{2,4}-\d{4}|日生|生まれ|[歳才]|〒|@")
_LIST_GAP = 16
_ENUMERATED = re.compile(
    r" ?(?:[、,・･/;&]|及び|および|並びに|と)[ \n]{0,3}|(?:さん|様|くん|君|ちゃん|氏|\([^()\n]{1,10}\))?、[ \n]{0,3}"
    r"|[ \t]{0,3}\n[ \t]{0,4}(?:[・･*\-•○●]|\(?\d{1,3}[).、。:]?)?[ \t]{0,3}"
)
"""What stands between two entries of a list of names."""
_NEXT_ROW = re.compile(r"[^\n]{2,80}\n[ \t]{0,4}(?:[・･*\-•○●]|\(?\d{1,3}[).、。:]?)?[ \t]{0,3}")
_ROW_MAX = 90
_WEAKEST = 0.2
_KIN = frozenset({"奥"})
"""Surnames that with さん or 様 are somebody's relative."""
_CELL_ENDS = ("", "\t", "\n", "\r")
_HAS_KANJI = re.compile(f"[{KANJI}]")
_SURNAME = re.compile(f"(?:{'|'.join(sorted(SURNAME_HONORIFICS, key=len, reverse=True))})")
_SURNAME_BEFORE_MOBILE = re.compile(
    r"^(?:[0-9.)( ]{0,4}|[0-9]{1,2}[/月.][0-9]{1,2}日?(?:\([^()\n]{1,3}\))?[ \t:]{1,3})"
    f"(?:[{KANJI}]{{2,5}}[ \t:]{{1,3}})?([{KANJI}]{{1,4}})[ \t:]{{1,4}}(?=0[789]0[- ]?[0-9]{{4}})",
    re.MULTILINE,
)
"""A line of a list of telephones: 佐藤 090-…, 会長 佐藤 090-…, 12/29(火) 佐藤 090-…"""
_OF_OWN = re.compile(
    "(?:[部課係室科局社会校園院]|[職社店部]員|教諭|主任|同僚|担当|部下)の"
    f"(?P<name>[{KANJI}]{{1,4}})(?=が|ですが|は|も|に|、)(?=[^\n。]{{0,60}}?(?:病|症|障害|がん|癌|うつ|腫|麻痺|骨折|妊娠|流産))"
)
"""A colleague whom nobody calls さん to outsiders, in a sentence that speaks of an illness."""
_OF_NUMBERS = frozenset({"新", "旧", "正", "誤", "主", "副"})
"""Before a telephone: which one it is."""

_SPREAD = re.compile(
    rf"^ {{0,8}}(?P<name>[{KANJI}]{{1,3}}(?: {{1,4}}[{KANJI}\u3041-\u3096\u30a1-\u30fa\u30fc]{{1,3}}){{2,5}}) {{0,4}}$",
    re.MULTILINE,
)
"""A line that is one name spread with blanks: more words than a surname and a given name."""
_SPREAD_MIN = 3
_SPREAD_GAP = 24
_MAIDEN = re.compile(rf"(?P<surname>[{KANJI}]{{1,4}})\(旧姓[: ]?[{KANJI}]{{1,4}}\) ?")
_GIVEN_AFTER = re.compile(rf"[{KANJI}]{{1,3}}|[\u3041-\u3096\u30a1-\u30fa\u30fc]{{2,5}}")


@dataclass(frozen=True, slots=True)
class _Name:
    """A full name on its way to a candidate. ``surname``: as folded in the text, "" for other scripts."""

    start: int
    end: int
    confidence: float
    rule: str
    evidence: tuple[Evidence, ...]
    surname: str = ""


def find(text: Text) -> Iterator[Candidate]:
    """All candidates of both kinds, in any order."""
    plain = text.plain
    scan = NameScan(fold(plain), plain, lexicon())
    names = [name for sighting in scan.sightings() if (name := _judged(scan, sighting))]
    names = _beside_others(plain, [name for name in names if name.confidence >= _WEAKEST])
    names = _beside_others(plain, names + list(_other_scripts(plain, scan, names)))
    names = [name for name in _without_authors(plain, names) if name.confidence >= 0.3]
    told = [*_label_values(plain, names), *_spread(plain), *_with_maiden_name(plain)]
    taken: set[int] = set()
    for name in sorted(told + names, key=lambda name: (name.rule != "person_name.spelt", -name.confidence)):
        span = range(name.start, name.end)
        if not taken.isdisjoint(span):
            continue
        if name.confidence >= FINDING:
            taken.update(span)
        value = re.sub(r"\s|\(旧姓[^()]*\)", "", plain[name.start : name.end])
        yield Candidate(
            Kind.PERSON_NAME, name.start, name.end, min(name.confidence, 0.97), name.rule, name.evidence, value
        )
    yield from _bare_surnames(plain, scan, taken)


def _spread(plain: str) -> Iterator[_Name]:
    """Names spread with blanks over their lines, three and more near one another: a heading may look like one."""
    spans = [found.span("name") for found in _SPREAD.finditer(plain)]
    spans = [span for span in spans if is_full_name(plain[slice(*span)]) >= 0.6]
    group: list[tuple[int, int]] = []
    for span in [*spans, (len(plain) + _SPREAD_GAP + 1, 0)]:
        if group and span[0] - group[-1][1] > _SPREAD_GAP:
            if len(group) >= _SPREAD_MIN:
                for start, end in group:
                    yield _Name(start, end, 0.8, "person_name.spelt", (Evidence(Because.NAME_LIST),))
            group = []
        group.append(span)


def _with_maiden_name(plain: str) -> Iterator[_Name]:
    """One person whose former surname stands in brackets between surname and given name."""
    if "(旧姓" not in plain:
        return
    for found in _MAIDEN.finditer(plain):
        given = _GIVEN_AFTER.match(plain, found.end())
        for size in range(len(given[0]) if given else 0, 0, -1):
            end = found.end() + size
            if is_surname(found["surname"]) and is_given_name(plain[found.end() : end]):
                yield _Name(found.start(), end, 0.85, "person_name.spelt", (Evidence(Because.NAME_LIST),))
                break


def _without_authors(plain: str, names: list[_Name]) -> list[_Name]:
    """The names but those that a line gives as the authors of what it has in brackets before them."""
    if not _OF_WORK.search(plain):
        return names
    kept: list[_Name] = []
    are_authors: dict[tuple[int, int], bool] = {}
    for name in names:
        bounds = line_start(plain, name.start), line_end(plain, name.end)
        if bounds not in are_authors:
            line = plain[slice(*bounds)]
            work = _OF_WORK.search(line)
            has_title = work is not None and ("」" in line[: work.start()] or "』" in line[: work.start()])
            are_authors[bounds] = has_title and not _OF_SOMEBODY.search(line)
        if not are_authors[bounds]:
            kept.append(name)
    return kept


def _judged(scan: NameScan, found: Sighting) -> _Name | None:
    """The confidence in a sighting after what stands around it; None where it is none."""
    follower = scan.follower(found.end)
    if follower == "organisation" or scan.is_after_organisation(found.start):
        return None
    label = scan.label_before(found.start)
    if not label and found.surname >= 2 and not found.is_joined and scan.plain[found.start - 1 : found.start] == "の":
        label = scan.label_before(found.start - 1)  # 応募者の山田 勝は
    evidence = [Evidence(Because.NAME_LIST)]
    if found.is_joined:
        confidence, rule = _joined_confidence(scan, found, bool(label) or follower == "honorific"), "person_name.joined"
        if confidence >= FINDING and (found.surname, found.given) != (3, 3):
            evidence.append(Evidence(Because.PART_OF_SPEECH))
    else:
        confidence, rule = _SPACED.get((found.surname, found.given), 0.0), "person_name.spaced"
        if not found.surname and found.given == 3 and scan.is_no_word(found.start, found.surname_end):
            confidence = 0.5
        if found.end - found.given_start == 1 and found.surname_end - found.start == 1:
            confidence = min(confidence, 0.35)  # two words of one character are also a word spelt out
        is_doubtful = found.given == 1 or (found.surname == 1 and scan.is_place(found.start, found.surname_end))
        if is_doubtful and scan.is_place(found.given_start, found.end):
            confidence = 0.1
    if not confidence:
        return None
    if follower == "honorific":
        confidence += 0.3
        evidence.append(Evidence(Because.HONORIFIC))
    if label:
        confidence += 0.3
        evidence.append(Evidence(Because.LABEL, label))
    if confidence < 0.85 and scan.is_listed(found.start, found.end):
        confidence += 0.2 if not found.is_joined and (found.surname or found.given == 3) else 0.1
        evidence.append(Evidence(Because.NEAR_DATA))
        is_weak = confidence < FINDING and not found.is_joined and found.given >= 2
        if is_weak and scan.is_entry(found.start, found.end) and not scan.is_place(found.given_start, found.end):
            confidence += 0.2
    return _Name(
        found.start,
        found.end,
        confidence,
        rule,
        tuple(evidence),
        scan.plain[found.start : found.surname_end],
    )


def _beside_others(plain: str, names: list[_Name]) -> list[_Name]:
    """The names, weak ones raised that stand in one list with a sure one: 山田 一郎、平安名 ひかり、李 浩然."""
    names.sort(key=lambda name: name.start)
    for turn in (range(1, len(names)), range(len(names) - 2, -1, -1)):
        step = -1 if turn.step > 0 else 1
        for at in turn:
            name, other = names[at], names[at + step]
            if name.confidence >= FINDING or other.confidence < FINDING or name.rule == "person_name.joined":
                continue
            first, last = (other, name) if step < 0 else (name, other)
            if _is_next_line(plain, first, last):
                names[at] = replace(name, confidence=name.confidence + 0.15)
                continue
            gap = plain[first.end : last.start] if last.start - first.end <= _LIST_GAP else "|"
            if _ENUMERATED.fullmatch(gap):
                rise = 0.15 if "\n" in gap else 0.3
                names[at] = replace(name, confidence=name.confidence + rise)
    return names


def _is_next_line(plain: str, first: _Name, last: _Name) -> bool:
    """Whether two names begin two lines that follow one another, as in a list with data behind each name."""
    if last.start - first.end > _ROW_MAX or not _NEXT_ROW.fullmatch(plain, first.end, last.start):
        return False
    line = plain.rfind("\n", max(0, first.start - _LIST_GAP), first.start) + 1
    return LIST_MARK.fullmatch(plain, line, first.start) is not None or not plain[line : first.start].strip()


def _joined_confidence(scan: NameScan, found: Sighting, is_supported: bool) -> float:
    """Of a name without a blank: the lists alone where both are sure, else what Sudachi reads, else support."""
    size = found.end - found.start
    if found.surname == 3 and found.given == 3 and size >= 4 and found.end - found.given_start >= 2:
        return 0.8
    agreed = scan.sudachi_agrees(found)
    if agreed == 1 and (size >= 4 or found.surname == 3 or is_supported):
        return 0.8 if found.surname >= 2 and found.given >= 2 else 0.65
    if agreed and found.surname == 3 and found.given >= 2 and size >= 4:
        return 0.6
    if is_supported and (found.surname >= 2 or found.given == 3):
        return 0.35
    is_probable = found.surname >= 2 and (
        found.given == 3 or agreed == 1 or (found.given == 2 and size >= 4 and scan.is_entry(found.start, found.end))
    )
    return 0.45 if is_probable and scan.is_listed(found.start, found.end) else 0.0


def _other_scripts(plain: str, scan: NameScan, names: list[_Name]) -> Iterator[_Name]:
    """Names in kana, foreign names and names in roman letters that are no reading of a name in kanji."""
    readings = _Readings(plain, names)
    for found in _KANA_AFTER_LABEL.finditer(plain) if any(label in plain for label in _KANA_LABELS) else ():
        start, end = found.span("name")
        confidence = _kana_confidence(found["name"])
        if confidence and not readings.holds(start, end, hiragana(found["name"]), label=found["label"]):
            yield _Name(start, end, confidence, "person_name.kana", (Evidence(Because.LABEL, found["label"]),))
    lists = lexicon()
    for found in _KANA_NAME.finditer(plain):
        surname, given = hiragana(found[1]), hiragana(found[3])
        if given not in lists.given_kana or surname not in lists.surname_kana or _KANA_FIRM.search(found[0]):
            continue
        is_sure = surname in lists.common_surname_kana
        if not is_sure and (len(surname) < 3 or len(given) < 3 or not _has_number(plain, *found.span())):
            continue  # rare surnames spell words: only in a row of somebody's numbers
        if not readings.holds(found.start(), found.end(), surname):
            confidence = 0.7 if is_sure else 0.6
            yield _Name(found.start(), found.end(), confidence, "person_name.kana", (Evidence(Because.NAME_LIST),))
    for found in _KANA_JOINED.finditer(plain):
        if is_full_name(found[0]) >= 0.6 and not readings.holds(*found.span(), hiragana(found[0])):
            yield _Name(*found.span(), 0.75, "person_name.kana", (Evidence(Because.HONORIFIC),))
    foreign = list(_foreign_names(plain, scan))
    yield from foreign
    if foreign:
        readings = _Readings(plain, names + foreign)
    for latin in latin_names(plain):
        if readings.holds(latin.start, latin.end, latin.surname, is_roman=True):
            continue
        ground = {"label": Because.LABEL, "title": Because.HONORIFIC, "honorific": Because.HONORIFIC}
        evidence = Evidence(ground.get(latin.how, Because.NAME_LIST))
        yield _Name(latin.start, latin.end, latin.confidence, f"person_name.roman_{latin.how}", (evidence,))


def _has_number(plain: str, start: int, end: int) -> bool:
    """Whether a number of a person or an account stands on the line of a place, near it."""
    line = plain.rfind("\n", max(0, start - 40), start) + 1 or max(0, start - 40)
    stop = plain.find("\n", end, end + 60)
    return (
        _LONG_NUMBER.search(plain, line, start) is not None
        or _LONG_NUMBER.search(plain, end, stop if stop >= 0 else end + 60) is not None
    )


def _foreign_names(plain: str, scan: NameScan) -> Iterator[_Name]:
    """Names in katakana with a dot, by what stands beside them and by their parts."""
    for found in _FOREIGN.finditer(plain):
        start, end = found.span("name")
        label = scan.label_before(start)
        if found["honorific"] or label:
            because = Evidence(Because.LABEL, label) if label else Evidence(Because.HONORIFIC)
            yield _Name(start, end, 0.85, "person_name.foreign", (because,))
            continue
        if is_of_thing(plain, end) or not (how := how_foreign(found["name"])):
            continue
        if has_personal_item(plain, start, end):
            confidence = 0.75 if how == 1 else 0.6
        else:
            is_alone = plain[start - 1 : start] in _CELL_ENDS and plain[end : end + 1] in _CELL_ENDS
            confidence = 0.0 if how < 1 else 0.65 if is_alone or scan.is_listed(start, end) else 0.4
        if confidence:
            yield _Name(start, end, confidence, "person_name.foreign", (Evidence(Because.NAME_LIST),))


def _kana_confidence(name: str) -> float:
    """How sure a name in kana behind a label is a person's: less where the lists know no part of it; 0 for a firm."""
    if _KANA_FIRM.search(name):
        return 0.0
    if is_full_name(name) >= 0.6:
        return 0.9
    parts = name.split()
    if len(parts) < 2:
        return 0.4
    lists = lexicon()
    return 0.8 if hiragana(parts[0]) in lists.surname_kana or hiragana(parts[-1]) in lists.given_kana else 0.55


def _label_values(plain: str, names: list[_Name]) -> Iterator[_Name]:
    """What stands after a label for a name, where the lists saw none: unlisted, spelt out with blanks, in kana."""
    readings = _Readings(plain, [name for name in names if name.surname])
    taken = {place for name in names if name.confidence >= FINDING for place in (name.start, name.end - 1)}
    for label in STRONG_LABEL.finditer(plain):
        value = _VALUE.match(plain, label.end() + plain.startswith("は", label.end()))
        if value is None or (span := cell_name(value["value"])) is None:
            continue
        start, end = value.start("value") + span[0], value.start("value") + span[1]
        score = is_full_name(plain[start:end])
        is_spelt = score >= 0.3 and len(plain[start:end].split()) > 2
        is_told = (
            value["mark"] in (":", "=") and _UNLISTED.fullmatch(plain, start, end) and _is_unknown(plain[start:end])
        )
        if not is_spelt and (not (score >= 0.3 or is_told) or any(place in taken for place in range(start, end))):
            continue
        word = "".join(label[0].split())
        kana = hiragana("".join(plain[start:end].split()))
        if not _HAS_KANJI.search(kana) and readings.holds(start, end, kana, label=word):
            continue
        evidence = (Evidence(Because.LABEL, word if word in LABELS else ""),)
        rule = "person_name.spelt" if is_spelt else "person_name.labelled"
        yield _Name(start, end, 0.85 if score >= 0.6 or is_spelt else 0.6, rule, evidence)


def _is_unknown(value: str) -> bool:
    """Whether a value is more than words of the language: with a blank, in kana, or with a person's name in it."""
    return " " in value or any(word.sort in ("surname", "given", "person") for word in morphology.words(value))


class _Readings:
    """Which names in kana or roman letters only say how a name in kanji is read."""

    def __init__(self, plain: str, names: list[_Name]) -> None:
        self._plain = plain
        self._names = sorted((name for name in names if name.confidence >= FINDING), key=lambda name: name.start)
        self._starts = [name.start for name in self._names]
        self._spoken: set[str] | None = None

    def holds(self, start: int, end: int, reading: str, *, label: str = "", is_roman: bool = False) -> bool:
        """Right beside a name in kanji it is one, after フリガナ within a line, else if a surname is read so.

        ``reading``: the kana in hiragana, or the key of the surname in roman letters.
        """
        after = bisect(self._starts, start)
        for name in self._names[max(0, after - 1) : after + 1]:
            gap = self._plain[name.end : start] if name.end <= start else self._plain[end : name.start]
            if len(gap) <= 6 and "\n" not in gap and not (gap.strip() == "" and "  " in gap):
                return True
            if label in KANA_LABELS and len(gap) <= 80 and gap.count("\n") <= 1:
                return True
        if not self._names or not reading:
            return False
        spoken = self._all_spoken()
        if is_roman:
            return f"@{reading}" in spoken
        return any(reading[:size] in spoken for size in range(2, min(len(reading), 7) + 1))

    def _all_spoken(self) -> set[str]:
        """The readings of all surnames in kanji, in hiragana, and their roman keys after an @."""
        if self._spoken is None:
            surnames = {name.surname for name in self._names if name.surname}
            kana = {hiragana(one) for surname in surnames for one in morphology.surname_readings(surname)}
            self._spoken = kana | {f"@{roman_key(romanized(one))}" for one in kana}
        return self._spoken


def _bare_surnames(plain: str, scan: NameScan, taken: set[int]) -> Iterator[Candidate]:
    """Surnames with an honorific or an office after them, outside of full names."""
    lists = lexicon()
    for found in _SURNAME.finditer(scan.plain):
        end = found.start()
        if end == 0 or end - 1 in taken:
            continue
        stop = end - 1 if plain[end - 1] == " " else end
        for size in (3, 2, 1, 4):
            start = stop - size
            name = scan.plain[max(0, start) : stop]
            grade = lists.surnames.get(name, 0)
            if start < 0 or grade < 2 or name in _KIN or (size == 1 and name not in lists.common_surnames):
                continue
            if start and scan.plain[start - 1] > "\u3400" and scan.plain[start - 1] < "\ua000":
                continue
            if name.endswith("\u5c4b") and name not in lists.common_surnames:
                continue
            confidence = 0.6 if grade == 3 else 0.5
            yield Candidate(
                SURNAME, start, stop, confidence, "surname.honorific", (Evidence(Because.HONORIFIC, found[0]),), name
            )
            break
    for found in _OF_OWN.finditer(scan.plain):
        if found["name"] in lists.common_surnames and found.start("name") not in taken:
            yield Candidate(
                SURNAME, *found.span("name"), 0.6, "surname.colleague", (Evidence(Because.NAME_LIST),), found["name"]
            )
    for found in _SURNAME_BEFORE_MOBILE.finditer(plain):
        name = scan.plain[found.start(1) : found.end(1)]
        if name in lists.common_surnames and name not in _OF_NUMBERS and found.start(1) not in taken:
            grounds = (Evidence(Because.NEAR_DATA, name),)
            yield Candidate(SURNAME, found.start(1), found.end(1), 0.6, "surname.mobile", grounds, name)


DETECTOR = Detector(Kind.PERSON_NAME, find, FULL_NAME_HEADERS, cell_name)
"""Names in text, and in columns named after people."""
