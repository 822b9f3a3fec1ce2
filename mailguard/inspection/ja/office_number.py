"""Numbers an office gives its people: letters and digits that mean nothing without the word before them.

Staff and member numbers share this reading; each brings its own words. With a word any number of four to ten digits
with hyphens and up to four letters in front is taken, so that offices nobody has seen are found too; without a word
nothing is. Numbers of the same shape that follow, in a list or down the lines, are taken as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from mailguard.inspection.text import Candidate, Text, header_key, line_end, line_start
from mailguard.model.finding import Because, Evidence

_VALUE = r"(?:[A-Za-z]{1,4}-?)?\d(?:-?\d){3,9}(?:-?[A-Za-z])?"
_GAP = (
    r"(?:[ ]?\([^()\n]{1,12}\))?(?:[ ]?[・/及およびと][^:\n\d]{1,14}(?=:))?[ ]?"
    r"(?:は|が|を|として|:|=|→|,|\t| |\n|「|『|【|】|\[|\]|\(|<|>|\"|'|第|No\.?|#|\.|、|is){0,6}[ ]{0,4}"
)
_VALUE_BEHIND = re.compile(rf"{_GAP}({_VALUE})(?![A-Za-z0-9_@]|-\d|,\d)")
_THING = re.compile(r"番号?|コ-?ード|ID(?![A-Za-z])|CD(?![A-Za-z])|N[oO](?![A-Za-z])\.?|№")
_LABEL_IN_BRACKETS = re.compile(rf"(?<![A-Za-z0-9_./:@=+-])({_VALUE})[ ]?\(\Z")
_IS_OTHER = re.compile(r"[ ]?(?:円|名|人|件|年|月|日|時|桁|文字|万|千|%|個|枚|部|回|歳|才|[/.:]\d|[~-]\d)")
_DATE = re.compile(r"(?:19|20)\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])")
_TELEPHONE = re.compile(r"0\d{1,4}-\d{1,4}-\d{4}|0[5-9]0\d{8}")
_SERIES_MAX = 60
_ROW_MAX = 200
_NEXT = re.compile(rf"(?<![A-Za-z0-9_./:@=+-])({_VALUE})(?![A-Za-z0-9_@.-]|,\d)")
_OTHER_LABEL = re.compile(
    r"(?:番号|No\.?|コード|ID|TEL|FAX|電話|携帯|口座|〒|合計|金額|¥|[#:=/.])[ :]{0,3}\Z", re.IGNORECASE
)
_FIRST_BELOW = re.compile(rf"[^\n\d]{{1,40}}\n[ ]{{0,4}}(?P<value>{_VALUE})(?= +[^\d\s])")
"""The number that begins the line below a header that begins with its word."""
_LAST_BELOW = re.compile(rf"[ ]{{0,4}}\n[^\n\d]{{2,40}}[ ](?P<value>{_VALUE})[ ]{{0,4}}(?=\n|\Z)")
"""The number that ends the line below a header that ends with its word."""
_LABEL_MAX = 24
_BLANKS = re.compile(r"[\s-]+")
_IS_KANJI = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Labels:
    """What the numbers of a kind are called: owner (会員), something between (カード), and a word for a number.

    ``english``: a pattern of whole English labels, tried where one of ``english_hints`` stands in the text.
    """

    owners: tuple[str, ...]
    between: tuple[str, ...]
    english: re.Pattern[str]
    english_hints: tuple[str, ...]

    def ending_at(self, plain: str, end: int) -> int | None:
        """Where the owner's word begins that ends there; None where there is none. 社番 counts, 出社番 does not."""
        from_ = max(0, end - _LABEL_MAX)
        for between in ("", *self.between):
            if not plain.endswith(between, from_, end):
                continue
            at = end - len(between)
            if plain.endswith(self.owners, from_, at):
                start = at - max(len(owner) for owner in self.owners if plain.endswith(owner, from_, at))
                if at - start > 1 or not _IS_KANJI.match(plain[max(0, start - 1) : start]):
                    return start
        return None


def english_labels(owners: Iterable[str]) -> re.Pattern[str]:
    """A pattern of English labels: every owner with the words for a number."""
    owner = "|".join(sorted(owners, key=len, reverse=True))
    return re.compile(
        rf"(?<![A-Za-z])(?:{owner})(?:'s)?[ _-]?(?:card ?)?(?:identification )?"
        r"(?:numbers?|nos?\b\.?|code|id\b|cd\b|ban(?:go)?u?\b|#)",
        re.IGNORECASE,
    )


def header_keys(owners: Iterable[str], things: Iterable[str], whole: Iterable[str] = ()) -> frozenset[str]:
    """Column headers: every owner with every word for a number, and the whole ones."""
    products = (header_key(owner + thing) for owner, thing in product(owners, things))
    return frozenset((*products, *(header_key(name) for name in whole)))


def normal_form(plain: str) -> str:
    """What numbers count as: without blanks and hyphens, capital letters."""
    return _BLANKS.sub("", plain).upper()


def _is_number(text: Text, start: int, end: int) -> bool:
    """Whether a value is none of the things that look alike: a date, a telephone number, an amount."""
    value = text.plain[start:end]
    if _DATE.fullmatch(value) or _TELEPHONE.fullmatch(value):
        return False
    return not _IS_OTHER.match(text.plain, end)


def _shape(value: str) -> str:
    """The value with every digit as 0 and every letter as A."""
    return re.sub(r"[A-Za-z]", "A", re.sub(r"\d", "0", value))


_Walked = dict[str, tuple[int, int]]
"""From where to where numbers of a shape have been followed: in a list where each has its label, once is enough."""


def _series(text: Text, kind: str, span: tuple[int, int], label: str, walked: _Walked) -> Iterator[Candidate]:
    """Numbers of the same shape that follow one with a label, each not far from the one before."""
    start, end = span
    shape = _shape(text.plain[start:end])
    first, last = walked.get(shape, (0, 0))
    if first < end <= last:
        return
    last = end
    while found := _NEXT.search(text.plain, last, last + _SERIES_MAX + len(shape)):
        if found.start() - last > _SERIES_MAX:
            return
        last = found.end()
        walked[shape] = end, last
        window = text.plain[max(end, found.start() - 8) : found.start()]
        if _shape(found[1]) != shape or _OTHER_LABEL.search(window) or not _is_number(text, *found.span(1)):
            continue
        evidence = (Evidence(Because.SERIES, label), Evidence(Because.SHAPE))
        yield Candidate(kind, found.start(), found.end(), 0.7, f"{kind}.series", evidence, normal_form(found[1]))


def _labels_in(plain: str, labels: Labels) -> Iterator[tuple[int, int]]:
    """Start and end of each label."""
    for thing in _THING.finditer(plain):
        start = labels.ending_at(plain, thing.start())
        if start is not None:
            yield start, thing.end()
    if any(hint in plain or hint.upper() in plain or hint.title() in plain for hint in labels.english_hints):
        for found in labels.english.finditer(plain):
            yield found.span()


def labelled(text: Text, kind: str, labels: Labels) -> Iterator[Candidate]:
    """Numbers with one of a kind's labels before or, in brackets, behind, and those of the same shape that follow."""
    plain, done = text.plain, 0
    walked: _Walked = {}
    for label_start, label_end in _labels_in(plain, labels):
        label = plain[label_start:label_end]
        found = _VALUE_BEHIND.match(plain, label_end)
        if found is not None and _is_number(text, *found.span(1)):
            evidence = (Evidence(Because.LABEL, label), Evidence(Because.SHAPE))
            yield Candidate(kind, *found.span(1), 0.95, f"{kind}.labelled", evidence, normal_form(found[1]))
            if found.end() > done:
                for candidate in _series(text, kind, found.span(1), label, walked):
                    done = candidate.end
                    yield candidate
            continue
        if (below := _below(text, label_start, label_end)) is not None:
            evidence = (Evidence(Because.COLUMN, label), Evidence(Because.SHAPE))
            yield Candidate(kind, *below, 0.85, f"{kind}.below", evidence, normal_form(plain[slice(*below)]))
            yield from _series(text, kind, below, label, walked)
            continue
        found = _LABEL_IN_BRACKETS.search(plain, max(0, label_start - 20), label_start)
        if found is not None and plain.startswith(")", label_end) and _is_number(text, *found.span(1)):
            evidence = (Evidence(Because.WORD_AFTER, label), Evidence(Because.SHAPE))
            yield Candidate(kind, *found.span(1), 0.9, f"{kind}.labelled", evidence, normal_form(found[1]))


def _below(text: Text, start: int, end: int) -> tuple[int, int] | None:
    """The number below a word that begins or ends a line of words, as in lists lined up with single blanks.

    The line below it must not be a sentence: on the second one a number of the same shape stands in the same place.
    """
    plain = text.plain
    line = max(line_start(plain, start), start - _ROW_MAX)
    pattern = _FIRST_BELOW if not plain[line:start].strip() else _LAST_BELOW
    found = pattern.match(plain, end)
    if found is None or (pattern is _LAST_BELOW and re.search(r"\d", plain[line:start])):
        return None
    span = found.span("value")
    following = plain[line_end(plain, span[1]) + 1 :][:_ROW_MAX].split("\n", 1)[0].split()
    other = following[0 if pattern is _FIRST_BELOW else -1] if following else ""
    return span if _shape(other) == _shape(found["value"]) and _is_number(text, *span) else None


_CELL = re.compile(r"\s*((?:[A-Za-z]{1,4}-?)?\d(?:[- ]?\d){2,11}(?:-?[A-Za-z])?)(?:\.0)?\s*")


def cell(plain: str) -> tuple[int, int] | None:
    """The number in a cell of a column with such a header; three digits are enough there."""
    found = _CELL.fullmatch(plain)
    return None if found is None or ("-" in found[1] and _DATE.fullmatch(found[1])) else found.span(1)
