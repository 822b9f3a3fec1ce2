"""What a number is said to be: the label before it, behind it in brackets, above it, or over its column.

The labels of all kinds stand in one list, with those of numbers that are nobody's (tracking, order, product numbers):
the nearest says what a number is, so that 免許証番号 keeps a number from being a My Number, and 送り状番号 from being
anything. Found once for each text, in linear time.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cache

from mailguard.inspection.label_words import LABELS, NOBODYS, Topic
from mailguard.inspection.text import LINE_MAX, Text, line_end, line_start
from mailguard.inspection.word_places import WordPlaces
from mailguard.model.finding import Because, Evidence

BEFORE = 60
BEFORE_NOBODYS = 24
_KEPT = "labels"
_ROWS_ABOVE = 200
_OPENS_LABEL = re.compile(r"[ ]?(?:[(\[\u3014\u3010\u300c\u300e<]|[がは、]|と(?:いう)?|:|=)[ ]?$|[ ]?$")
_FEW_LEFT = re.compile(r"[ \t]*[:：=・は)\]\u3011]?[ \t]*(?:第|No\.?)?[ \t]*[A-Z]{0,2}[0-9]")
_SPACED_MAX = 6
_KANJI_ONLY = re.compile("[\u4e00-\u9fff]+")
_PERSON_BEHIND = frozenset({"者", "人"})
"""Behind 請求, 契約, 予約: whoever does it, and no number."""

_SPLIT = {"\t": re.compile(r"\t"), "|": re.compile(r"\|"), ",": re.compile(r","), "  ": re.compile(r" {2,}")}


@dataclass(frozen=True, slots=True)
class Label:
    """A label at a place of the text."""

    start: int
    end: int
    topic: str
    word: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a number is said to be, and how that is known. ``distance`` in characters.

    ``is_used``: another long number stands between the label and this one, which the label may have meant alone.
    """

    topic: str
    word: str
    distance: int
    because: Because = Because.WORD_BEFORE
    is_used: bool = False

    @property
    def evidence(self) -> Evidence:
        """The label as a ground for a finding."""
        return Evidence(self.because, self.word, self.distance)


@dataclass
class _Labels:
    """All labels of a text in their order, and for each line which line above names its columns."""

    labels: list[Label]
    starts: list[int]
    ends: list[int]
    topics: dict[str, str]
    headers: dict[int, tuple[int, int] | None] = field(default_factory=dict)

    def between(self, start: int, end: int) -> list[Label]:
        """The labels that lie wholly between two places."""
        return self.labels[bisect_left(self.starts, start) : bisect_right(self.ends, end)]


def said_of(text: Text, start: int, end: int) -> Said | None:
    """What the number between two places is said to be; None where nothing near it says so."""
    found = _labels_of(text)
    if not found.labels:
        return None
    plain = text.plain
    line = line_start(plain, start)
    same_line = found.between(max(line, start - BEFORE), start)
    if same_line:
        nearest = same_line[-1]
        distance = start - nearest.end
        if nearest.topic != Topic.NOBODYS or distance <= BEFORE_NOBODYS:
            is_used = distance > 6 and _LONG.search(plain, nearest.end, start) is not None
            return Said(nearest.topic, nearest.word, distance, is_used=is_used)
    return _behind(found, plain, end) or _above(found, plain, line, start, end)


def is_of_other(said: Said | None, *topics: str) -> bool:
    """A number is said to be something else than one of these."""
    if said is None or said.topic in topics:
        return False
    return said.topic == Topic.NOBODYS or not said.is_used


def word_in(text: Text, topic: Topic) -> str | None:
    """The first label of a topic anywhere in the text; None where there is none."""
    return _labels_of(text).topics.get(topic)


def labels_between(text: Text, start: int, end: int) -> list[Label]:
    """The labels that lie wholly between two places of a text."""
    return _labels_of(text).between(start, end)


def _behind(found: _Labels, plain: str, end: int) -> Said | None:
    for label in found.between(end, end + 16)[:1]:
        between = plain[end : label.start]
        if "\n" in between or len(between) > 3 or not _OPENS_LABEL.match(between):
            return None
        if _FEW_LEFT.match(plain, label.end):
            return None
        return Said(label.topic, label.word, len(between), Because.WORD_AFTER)
    return None


def _above(found: _Labels, plain: str, line: int, start: int, end: int) -> Said | None:
    span = _header_of(found, plain, line) if line == 0 or plain[line - 1] == "\n" else None
    if span is None:
        return None
    labels = found.between(span[0], min(span[1], span[0] + LINE_MAX))
    row = plain[line : line_end(plain, end)][:LINE_MAX]
    header = plain[span[0] : span[1]][:LINE_MAX]
    label = _over(labels, header, row, span[0], start - line)
    if label is None:
        return None
    is_next = span[1] + 1 >= line - 1
    is_alone = len(labels) == 1 and is_next and not _is_row(header)
    return Said(label.topic, label.word, start - label.end, Because.WORD_BEFORE if is_alone else Because.COLUMN)


def _is_row(line: str) -> bool:
    return any(mark in line.strip() for mark in _SPLIT)


def _over(labels: list[Label], header: str, row: str, header_start: int, at: int) -> Label | None:
    """The label over a place of a row: of the cell with the same number, else standing over it, else the only one."""
    for mark, split in _SPLIT.items():
        if mark in header and mark in row:
            names = _cells(header, split)
            cells = _cells(row, split)
            column = sum(cell_end <= at for _, cell_end in cells)
            if len(names) == len(cells) or mark != "  ":
                if column >= len(names):
                    return None
                left, right = names[column]
                inside = [item for item in labels if left <= item.start - header_start < right]
                return inside[-1] if inside else None
    if len(labels) == 1:
        return labels[0]
    place = _width(row[:at])
    before = [item for item in labels if _width(header[: item.start - header_start]) <= place + 2]
    return before[-1] if before else None


def _cells(line: str, split: re.Pattern[str]) -> list[tuple[int, int]]:
    cells, left = [], 0
    for mark in split.finditer(line):
        cells.append((left, mark.start()))
        left = mark.end()
    return [*cells, (left, len(line))]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


def _header_of(found: _Labels, plain: str, line: int) -> tuple[int, int] | None:
    """The line above that says what stands in this one: the nearest with labels and no long numbers, blocks apart.

    Whatever is learned is kept for the lines between, so that a long list costs its length once.
    """
    passed: list[int] = []
    answer: tuple[int, int] | None = None
    blanks = 0
    at = line
    while at > 0 and len(passed) < _ROWS_ABOVE:
        if at in found.headers:
            answer = found.headers[at]
            break
        passed.append(at)
        start = plain.rfind("\n", 0, at - 1) + 1
        end = at - 1
        above = plain[start : min(end, start + 2000)]
        if not above.strip():
            blanks += 1
            if blanks > 1 or len(passed) > 2:
                break
        elif found.between(start, end):
            answer = None if _LONG.search(above) and not _ends_with_label(found, start, end) else (start, end)
            break
        at = start
    for kept in passed:
        found.headers[kept] = answer
    return answer


_LONG = re.compile(r"[0-9][0-9 -]{4,}[0-9]")


def _ends_with_label(found: _Labels, start: int, end: int) -> bool:
    labels = found.between(start, end)
    return bool(labels) and end - labels[-1].end <= 6


def _labels_of(text: Text) -> _Labels:
    kept: _Labels | None = vars(text).get(_KEPT)
    if kept is None:
        kept = _found(text)
        vars(text)[_KEPT] = kept
    return kept


def _found(text: Text) -> _Labels:
    small = text.small
    labels: list[Label] = []
    topics: dict[str, str] = {}
    taken = 0
    for start, end, (topic, word) in sorted(_words().places(small), key=lambda place: (place[0], -place[1])):
        if start < taken:
            continue
        if topic == Topic.NOBODYS and small[end : end + 1] in _PERSON_BEHIND:
            continue
        if word[0].isascii() and not _is_whole(small, start, end, word):
            continue
        taken = end
        labels.append(Label(start, taken, topic, word))
        topics.setdefault(topic, word)
    return _Labels(labels, [label.start for label in labels], [label.end for label in labels], topics)


def _is_whole(lowered: str, start: int, end: int, word: str) -> bool:
    """An English word is one only where no letters go on before or behind it."""
    before, after = lowered[start - 1 : start], lowered[end : end + 1]
    if word[0].isalpha() and before.isascii() and before.isalpha():
        return False
    return not (word[-1].isascii() and word[-1].isalpha() and after.isascii() and after.isalpha())


@cache
def _words() -> WordPlaces[tuple[str, str]]:
    """All labels in small letters, also those of kanji spaced out as forms do, with topic and word."""
    places: dict[str, tuple[str, str]] = {}
    for topic, words in (*LABELS.items(), (Topic.NOBODYS, NOBODYS)):
        for word in words:
            places[word.lower()] = str(topic), word
            if 3 <= len(word) <= _SPACED_MAX and _KANJI_ONLY.fullmatch(word):
                places[" ".join(word)] = str(topic), word
    return WordPlaces(places)
