"""Detectors made of the office's own kinds, dictionaries and member list, and its allow-list.

Pure: everything comes with ``OfficeKinds``. A value of an office kind stands alone: where it begins or ends with a
digit no digit goes on beside it, nor a hyphen and a digit (which would make it part of a longer number); likewise
letters. Where a word of the kind and one that speaks against it both stand near, the nearer one counts.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import ahocorasick

from mailguard.config.expressions import expression
from mailguard.inspection.masking import masked
from mailguard.inspection.normalise import normalised
from mailguard.inspection.text import Candidate, Detector, Text, header_key
from mailguard.inspection.words import Near, Words, label_evidence
from mailguard.model.contents import Piece
from mailguard.model.finding import Because, Evidence, Kind
from mailguard.model.office_kinds import (
    Check,
    MemberList,
    MemberValue,
    OfficeDictionary,
    OfficeKind,
    OfficeKinds,
    comparable_value,
    has_right_check_digit,
)

_MEMBER = 0.99
_IN_COLUMN = 0.95


def detectors_of(office: OfficeKinds, key: bytes = b"") -> list[Detector]:
    """A detector for each kind, each dictionary that finds, and the member list.

    ``key``: the one the member list was made with; with another one nobody on it is found.
    """
    found = [_kind_detector(kind) for kind in office.kinds]
    found += [_dictionary_detector(one) for one in office.dictionaries if not one.ignores]
    if office.members.is_of_key(key):
        found += _member_detectors(office.members, key)
    return found


class Allowed:
    """The allow-list: what the office has said is nobody's data. Compares whole values, as ``comparable_value`` does.

    A term that begins with ``@`` allows all addresses of that domain.
    """

    def __init__(self, office: OfficeKinds) -> None:
        terms = [term for one in office.dictionaries if one.ignores for term in one.terms]
        self._values = frozenset(comparable_value(term) for term in terms if not term.startswith("@")) - {""}
        self._domains = frozenset(term.casefold() for term in terms if term.startswith("@"))

    def allowed(self, value: str) -> bool:
        """Whether a value never counts."""
        if not self._values and not self._domains:
            return False
        if self._domains and "@" in value and f"@{value.rpartition('@')[2].strip().casefold()}" in self._domains:
            return True
        return bool(self._values) and comparable_value(value) in self._values


# -- kinds


@dataclass(frozen=True)
class _Kind:
    """One kind made ready."""

    kind: OfficeKind
    pattern: Any
    words: Words | None
    not_words: Words | None

    @property
    def rule(self) -> str:
        return f"office.{self.kind.id}"

    def find(self, text: Text) -> Iterator[Candidate]:
        kind, plain = self.kind, text.plain
        if kind.needs_word and (self.words is None or self.words.search(plain) is None):
            return
        for found in self.pattern.finditer(plain):
            start, end = found.span()
            if start == end or not stands_alone(plain, start, end):
                continue
            value = _value(plain[start:end])
            if not _check_holds(kind, value):
                continue
            word = self._near(self.words, text, start, end)
            against = self._near(self.not_words, text, start, end)
            if against is not None and (word is None or _speaks_louder(against, word)):
                continue
            if word is None and kind.needs_word:
                continue
            evidence = (Evidence(Because.OFFICE_KIND, kind.label), *_check_evidence(kind))
            if word is not None:
                evidence = (*evidence, *label_evidence(*word))
            yield Candidate(
                kind.kind, start, end, kind.bare if word is None else kind.with_word, self.rule, evidence, value
            )

    def cell(self, cell: str) -> tuple[int, int] | None:
        """The span of a value in a cell of its column: the whole cell where it fits whole, else the first that fits."""
        for found in self.pattern.finditer(cell):
            start, end = found.span()
            if start < end and stands_alone(cell, start, end) and _check_holds(self.kind, _value(cell[start:end])):
                return start, end
        return None

    def _near(self, words: Words | None, text: Text, start: int, end: int) -> tuple[Near, Because] | None:
        if words is None:
            return None
        before = words.before(text, start, self.kind.before)
        after = words.after(text, end, self.kind.after) if self.kind.after else None
        if before is not None and (after is None or before.distance <= after.distance):
            return before, Because.WORD_BEFORE
        return None if after is None else (after, Because.WORD_AFTER)


def _speaks_louder(against: tuple[Near, Because], word: tuple[Near, Because]) -> bool:
    """Whether the word against a value says more than the one for it: a label stands before its value, or is nearer."""
    if word[1] is Because.WORD_BEFORE and against[1] is Because.WORD_AFTER:
        return False
    return against[0].distance < word[0].distance


def _ready(kind: OfficeKind) -> _Kind:
    return _Kind(kind, expression(kind.pattern), _words(kind.words), _words(kind.not_words))


def _words(words: Iterable[str]) -> Words | None:
    plain = [unicodedata.normalize("NFKC", word) for word in words]
    return Words(*plain) if plain else None


def _kind_detector(kind: OfficeKind) -> Detector:
    ready = _ready(kind)
    headers = frozenset(header_key(unicodedata.normalize("NFKC", column)) for column in kind.columns) - {""}
    return Detector(kind.kind, lambda text: list(ready.find(text)), headers, ready.cell, priority=2)


def _value(words: str) -> str:
    return "".join(words.split()).replace("-", "")


def _check_holds(kind: OfficeKind, value: str) -> bool:
    if kind.check is Check.NONE:
        return True
    digits = "".join(letter for letter in value if letter.isascii() and letter.isdigit())
    return has_right_check_digit(digits, kind.check, kind.weights, kind.modulus)


def _check_evidence(kind: OfficeKind) -> tuple[Evidence, ...]:
    return () if kind.check is Check.NONE else (Evidence(Because.CHECK_DIGIT),)


def stands_alone(plain: str, start: int, end: int) -> bool:
    """Whether what stands there is not a part of a longer number or word of Latin letters."""
    return not _goes_on(plain[start], plain[max(0, start - 2) : start][::-1]) and not _goes_on(
        plain[end - 1], plain[end : end + 2]
    )


def _goes_on(edge: str, beside: str) -> bool:
    """``beside``: the two characters beside it, from the inside out."""
    if not beside or not (edge.isascii() and edge.isalnum()):
        return False
    if beside[0].isascii() and beside[0].isalnum():
        return edge.isdigit() or beside[0].isdigit() or (edge.isalpha() and beside[0].isalpha())
    return edge.isdigit() and len(beside) == 2 and beside[0] in "-_" and beside[1].isascii() and beside[1].isdigit()


# -- dictionaries

_STEM = re.compile("[\u4e00-\u9fff\u3005\u30a1-\u30fa\u30fc]{1,10}$")


def _dictionary_detector(dictionary: OfficeDictionary) -> Detector:
    automaton = ahocorasick.Automaton()
    for term in dictionary.endings:
        automaton.add_word(term.casefold(), (term, True))
    for term in dictionary.terms:
        automaton.add_word(term.casefold(), (term, False))
    automaton.make_automaton()
    rule = f"office.{dictionary.id}"

    def find(text: Text) -> list[Candidate]:
        plain = text.plain
        small = plain.casefold()
        if len(small) != len(plain):
            small = "".join(letter.casefold() if len(letter.casefold()) == 1 else letter for letter in plain)
        found: list[Candidate] = []
        for last, (term, is_ending) in automaton.iter(small) if len(automaton) else ():
            end = last + 1
            start = end - len(term.casefold())
            if is_ending:
                stem = _STEM.search(plain, max(0, start - 10), start)
                if stem is None:
                    continue
                start = stem.start()
            elif not stands_alone(plain, start, end):
                continue
            evidence = (Evidence(Because.OFFICE_KIND, dictionary.label), Evidence(Because.DICTIONARY, term))
            found.append(
                Candidate(dictionary.kind, start, end, dictionary.confidence, rule, evidence, plain[start:end])
            )
        return found

    return Detector(dictionary.kind, find)


# -- the member list

_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z](?:-?[0-9A-Za-z]){2,19}(?![0-9A-Za-z])")
_DIGIT = re.compile(r"[0-9]")
_MAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_KANJI = "\u4e00-\u9fff\u3005\u30f6\ufa11"
_LETTER = f"{_KANJI}\u3041-\u3096\u30a1-\u30fa\u30fc"
_TITLES = "様|さん|殿|氏|先生|君|くん|ちゃん|教諭|校長|教頭"
_WORD = re.compile(
    f"(?<![{_LETTER}])(?:[{_LETTER}]{{1,5}}[ ]{{1,3}}[{_LETTER}]{{1,5}}|[{_LETTER}]{{2,8}})(?![{_LETTER}])"
)
_SPACED = re.compile(f"[{_KANJI}]{{1,5}}[ ]{{1,3}}[{_KANJI}]{{1,5}}")
_TITLED = re.compile(f"([{_KANJI}]{{2,6}}[\u3041-\u3096]{{0,4}})(?={_TITLES})")
_TITLE = re.compile(f"(?:{_TITLES})$")


def _member_detectors(members: MemberList, key: bytes) -> list[Detector]:
    """Names by what looks like one: words alone between other letters, or before a title; those that other detectors
    find are asked for with ``MemberList.has``."""

    def certain(kind: str, which: MemberValue, start: int, end: int, value: str) -> Candidate:
        evidence = (Evidence(Because.MEMBER_LIST),)
        return Candidate(kind, start, end, _MEMBER, f"members.{which.name.lower()}", evidence, value)

    def numbers(text: Text) -> list[Candidate]:
        spans = (found.span() for found in _NUMBER.finditer(text.plain) if _DIGIT.search(found[0]))
        return [
            certain(members.number_kind, MemberValue.NUMBER, start, end, _value(text.plain[start:end]))
            for start, end in spans
            if members.has(MemberValue.NUMBER, text.plain[start:end], key)
        ]

    def mails(text: Text) -> list[Candidate]:
        if "@" not in text.plain:
            return []
        return [
            certain(Kind.EMAIL_ADDRESS, MemberValue.MAIL, *found.span(), found[0])
            for found in _MAIL.finditer(text.plain)
            if members.has(MemberValue.MAIL, found[0], key)
        ]

    def names(text: Text) -> list[Candidate]:
        plain = text.plain
        found = {}
        for start, end in _name_spans(plain):
            if (start, end) not in found and members.has(MemberValue.NAME, plain[start:end], key):
                found[start, end] = certain(
                    Kind.PERSON_NAME, MemberValue.NAME, start, end, "".join(plain[start:end].split())
                )
        return list(found.values())

    return [
        Detector(members.number_kind, numbers, priority=3),
        Detector(Kind.EMAIL_ADDRESS, mails, priority=3),
        Detector(Kind.PERSON_NAME, names, priority=3),
    ]


def _name_spans(plain: str) -> Iterator[tuple[int, int]]:
    """Where a full name may stand: a word by itself, two words of kanji, what precedes a title."""
    for pattern in (_WORD, _SPACED):
        for found in pattern.finditer(plain):
            yield found.span()
            title = _TITLE.search(found[0])
            if title is not None and title.start() >= 2:
                yield found.start(), found.start() + title.start()
    for found in _TITLED.finditer(plain):
        for start in range(found.start(), found.end() - 1):
            yield start, found.end()


# -- trying out


@dataclass(frozen=True, slots=True)
class Tried:
    """What a kind or dictionary would find. ``line`` from 1; ``is_finding``: sure enough to count."""

    line: int
    masked: str
    confidence: float
    evidence: tuple[Evidence, ...]

    @property
    def is_finding(self) -> bool:
        """Whether it would be a finding."""
        return self.confidence >= 0.5


def tried(kind: OfficeKind | OfficeDictionary, text: str) -> list[Tried]:
    """What it would find in a text, by line; the text may be a CSV or a table with tabs. Holds no value."""
    plain = normalised(Piece("body", text)).plain
    starts = [0, *(found.end() for found in re.finditer("\n", plain))]
    detector = _kind_detector(kind) if isinstance(kind, OfficeKind) else _dictionary_detector(kind)
    found: dict[tuple[int, str], Tried] = {}

    def seen(line: int, value: str, confidence: float, evidence: tuple[Evidence, ...]) -> None:
        before = found.get((line, value))
        if before is None or confidence > before.confidence:
            found[line, value] = Tried(line, masked(kind.kind, value), confidence, evidence)

    for one in detector.find(Text(Piece("body", plain), plain)):
        seen(bisect_right(starts, one.start), plain[one.start : one.end], one.confidence, one.evidence)
    if detector.headers and isinstance(kind, OfficeKind):
        grounds = (Evidence(Because.OFFICE_KIND, kind.label), Evidence(Because.COLUMN), *_check_evidence(kind))
        for line, value in _column_values(plain, detector):
            seen(line, value, max(_IN_COLUMN, kind.with_word), grounds)
    return sorted(found.values(), key=lambda one: one.line)


def _column_values(plain: str, detector: Detector) -> Iterator[tuple[int, str]]:
    """The values in the columns of it. The first line in which a column is called so is the header."""
    columns: set[int] = set()
    for number, line in enumerate(plain.split("\n"), 1):
        cells = _cells(line)
        if not columns:
            columns = {at for at, cell in enumerate(cells) if header_key(cell) in detector.headers}
            if len(cells) < 2:
                columns = set()
            continue
        for at in columns:
            span = detector.cell(cells[at]) if detector.cell is not None and at < len(cells) else None
            if span is not None:
                yield number, cells[at][span[0] : span[1]]


def _cells(line: str) -> list[str]:
    if "\t" in line:
        return line.split("\t")
    try:
        return next(csv.reader([line]), [])
    except csv.Error:
        return []
