"""The letters in a text: the sender's own and each one quoted, with greeting, header lines and closing block.

A mail program quotes with marks or below header lines; what stands between two such places is one letter, and each has
a greeting and a closing block of its own. Lines are those of the normalised text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import Enum
from itertools import accumulate

from mailguard.mime.quotation import OTHER_FIELD, PEOPLE_FIELD, introduction

_GREETING_LINES = 6
_CLOSING_LINES = 16

_MARKS = re.compile(r"[ \t]*(?:>|\|>)[ \t>|]*")
_MAY_QUOTE = (":", ">", "---", "___")
_RULE_SIGNS = "-=_*+~#\u00b7・\u2015\u25c7\u25c6\u25a1\u25a0\u2606\u2605\u30fc."
_RULE = re.compile(rf"^[ \t]*(?:-- ?|[{_RULE_SIGNS}]{{5,}}.{{0,40}}|(?:[{_RULE_SIGNS}] ?){{6,}})[ \t]*$")
_VALEDICTION = re.compile(
    r"^[ \t]*(?:以上|敬具|草々|かしこ|best regards|kind regards|regards|sincerely|yours|thanks|thank you)\W*$"
    r"|(?:お願い|ご対応|申し上|失礼).{0,12}(?:ます|ませ|す)\W*$",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"(?:\bTEL\b|\bFAX\b|電話|\bPHONE\b|携帯|直通|内線)|(?:E-?MAIL|MAIL|メール)\s*[:/]|https?://|www\.|〒|@[a-z0-9]"
    r"|\b0\d{1,4}-\d{1,4}-\d{3,4}\b",
    re.IGNORECASE,
)


def _any_case(words: str, *, begins: str) -> str:
    """A pattern of words. Every alternative begins with a letter, so that a search skips all other places at once."""
    return "|".join(
        f"{first}{begins.format(first)}(?i:{word[1:]})"
        for word in words.split()
        for first in (word[0], word[0].lower())
    )


_FAMILIES = (
    "(?<!阿部)(?<!安部)(?<!矢部)(?<!堀部)(?<!宮部)(?<!服部)(?<!磯部)(?<!田部)(?<!岡部)(?<!我部)(?<!下部)(?<!綾部)"
    "(?<!坂部)(?<!谷部)(?<!園部)(?<!渡部)(?<!勝部)(?<!刑部)(?<!軽部)(?<!小室)(?<!山室)(?<!氷室)(?<!大室)"
)
"""Not behind surnames that end like a unit of an office."""
ORGANISATION = re.compile(
    r"株式会社|有限会社|合同会社|\((?:株|有|財|社|一財|一社|公財)\)|法人|財団|社団|組合(?!員)|協会(?!員)|連合会|互助会|共済"
    r"|学校|大学(?!院?生)|高校(?!生)|学園|幼稚園|保育園|病院|医院|クリニック|センター|事務所|事務局|支店|営業|本社|本店|支社|支部|本部|銀行|金庫"
    r"|ホテル|旅館|会館|役所|役場|県庁|道庁|府庁|委員会|"
    + "|".join(rf"{unit}(?<=[一-鿿゠-ヿ]{unit})(?<!号室){_FAMILIES}(?:$|[\s/・])" for unit in "部課係室局")
    + "|"
    + _any_case(
        r"Inc\b Ltd\b Co\. Corp LLC\b Dept Hotel\b Bank\b School\b College\b Company\b Cent(?:er|re)\b Section\b"
        r" Sales\b Group\b LPC\b LLP\b",
        begins=r"(?<!\w{0})",
    )
    + "|"
    + _any_case(
        r"University Department Office Institute\b Association\b Foundation\b Division\b Marketing\b Attorney",
        begins="",
    )
)
"""Words that show an organisation or a place in it."""

_SENTENCE = re.compile(r"[。!?]\s*$|世話|お疲れ|ごきげん|拝啓|前略|(?:ます|です|ました)")
_ADDRESSED = re.compile(
    r"(?:様|先生|殿|さん|氏|御中|各位|君|くん|院長|校長|課長|部長)(?:$|[\s、,(/へ])|^(?:dear|hi|hello|to|cc)\b",
    re.IGNORECASE,
)
_NOT_A_NAME = re.compile(r"[\s()<>\"',./・\-_]")
_TITLE = re.compile(r"(?:様|先生|さん|殿|氏)$")
INTRODUCES = re.compile(r"(?:です|でございます|と申します|であります|より|といいます|ですが)")


def name_key(name: str) -> str:
    """A name as it is compared: small letters without blanks, marks and titles. Takes normalised text."""
    return _TITLE.sub("", _NOT_A_NAME.sub("", name)).casefold()


class Role(Enum):
    """What a line is for."""

    TEXT = "text"
    GREETING = "greeting"
    HEADER = "header"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Letter:
    """Lines ``first`` to ``last`` (exclusive); ``is_quoted``: not the sender's own words of this time.

    ``closing``: the first line of its closing block, ``last`` where it has none.
    """

    first: int
    last: int
    is_quoted: bool
    closing: int


class Layout:
    """Where lines begin, which letter each belongs to, and what it is for."""

    def __init__(self, plain: str, *, is_letter: bool = True, signers: frozenset[str] = frozenset()) -> None:
        """``is_letter``: whether it may have greeting, closing and quotations; a subject or a file name has not."""
        lines = plain.split("\n")
        self.starts = [0, *accumulate(len(line) + 1 for line in lines)][:-1]
        self.roles = [Role.TEXT] * len(lines)
        self.letters: list[Letter] = []
        self.lines = lines
        self._signers = signers
        if is_letter:
            self._divide()
        else:
            self.letters.append(Letter(0, len(lines), False, len(lines)))

    def line_of(self, offset: int) -> int:
        """The number of the line an offset of the text lies in, from 0."""
        return bisect_right(self.starts, offset) - 1

    def role_at(self, offset: int) -> Role:
        """What the line at an offset is for."""
        return self.roles[self.line_of(offset)]

    def letter_at(self, offset: int) -> Letter:
        """The letter an offset lies in."""
        line = self.line_of(offset)
        before = bisect_right(self.letters, line, key=lambda one: one.first) - 1
        found = self.letters[before]
        return found if found.first <= line < found.last else self.letters[-1]

    def words_of(self, number: int) -> str:
        """A line without its marks of quotation."""
        line = self.lines[number]
        mark = _MARKS.match(line) if ">" in line else None
        return line[mark.end() :] if mark else line

    # -- reading

    def _divide(self) -> None:
        first, depth, is_history = 0, 0, False
        number = 0
        while number < len(self.lines):
            line = self.lines[number]
            here = _depth(line)
            count = introduction(self.lines, number) if any(mark in line for mark in _MAY_QUOTE) else 0
            if count or here != depth:
                self._close(first, number, is_quoted=is_history or depth > 0)
                first = number
                depth = here
            if count:
                number = self._header(number, count)
                first = number
                is_history = True
                continue
            number += 1
        self._close(first, len(self.lines), is_quoted=is_history or depth > 0)
        if not self.letters:
            self.letters.append(Letter(0, len(self.lines), False, len(self.lines)))

    def _header(self, number: int, count: int) -> int:
        """Mark the introduction and the header fields right below it; gives back the first line after them."""
        for at in range(number, min(number + count, len(self.lines))):
            self.roles[at] = Role.HEADER
        at = number + count
        seen_field = PEOPLE_FIELD.match(self.lines[number]) is not None
        while at < len(self.lines) and at < number + 30:
            line = self.lines[at]
            is_field = PEOPLE_FIELD.match(line) is not None or OTHER_FIELD.match(line) is not None
            is_continued = seen_field and "@" in line and not line.rstrip().endswith("。") and bool(line[:1].isspace())
            if not (is_field or is_continued or (not line.strip(" >") and not seen_field)):
                break
            seen_field = seen_field or is_field
            if is_field or is_continued:
                self.roles[at] = Role.HEADER
            at += 1
        return max(at, number + count)

    def _close(self, first: int, last: int, *, is_quoted: bool) -> None:
        if first >= last:
            return
        if not any(self.lines[at].strip(" \t>") for at in range(first, last)):
            return
        self._greet(first, last)
        closing = self._closing(first, last)
        for at in range(closing, last):
            self.roles[at] = Role.CLOSING
        self.letters.append(Letter(first, last, is_quoted, closing))

    def _greet(self, first: int, last: int) -> None:
        """The first lines of a letter as long as they address somebody or say who writes."""
        seen = 0
        for at in range(first, last):
            words = self.words_of(at).strip()
            if not words:
                continue
            seen += 1
            if seen > _GREETING_LINES or len(words) > 60:
                return
            is_addressed = _ADDRESSED.search(words) is not None
            is_opening = _SENTENCE.search(words) is not None
            if is_addressed or ORGANISATION.search(words) or (is_opening and INTRODUCES.search(words)) or seen == 1:
                self.roles[at] = Role.GREETING
            if is_opening and not (seen <= 3 and INTRODUCES.search(words)) and seen > 3:
                return

    def _closing(self, first: int, last: int) -> int:
        """The first line of the closing block, ``last`` where there is none."""
        end = last
        while end > first and not self.words_of(end - 1).strip():
            end -= 1
        lowest = max(first, end - _CLOSING_LINES)
        signed = self._signed(max(first + 2, lowest), end)
        rules = [at for at in range(lowest, end) if _RULE.match(self.words_of(at))]
        for at in rules:
            if at > first and self._has_contact(at, end):
                return at
        for at in range(end - 1, lowest - 1, -1):
            words = self.words_of(at)
            if at + 1 < end and _VALEDICTION.search(words) and (self._has_contact(at + 1, end) or end - at <= 5):
                return at + 1
            if at > first and not words.strip() and self._weight(at + 1, end) >= 3:
                return at + 1
        return signed if signed < end else self._unmarked(lowest, end, last)

    def _signed(self, first: int, end: int) -> int:
        """The line on which a signer's name begins the end of the letter, ``end`` where there is none."""
        if not self._signers:
            return end
        for at in range(end - 1, first - 1, -1):
            key = name_key(self.words_of(at))
            if 3 <= len(key) <= 40 and any(key in one or one in key for one in self._signers):
                # What stands right above it (office, division) belongs to it.
                while at > first and ORGANISATION.search(self.words_of(at - 1)) and self._is_short(at - 1):
                    at -= 1
                return at
        return end

    def _unmarked(self, first: int, end: int, last: int) -> int:
        """Where no rule and no blank line divides it: the lines at the end that are no sentences, with contact data."""
        begin = end
        while begin > first and self._is_short(begin - 1):
            begin -= 1
        return begin if begin > first and end - begin >= 3 and self._weight(begin, end) >= 2 else last

    def _is_short(self, number: int) -> bool:
        words = self.words_of(number).strip()
        return len(words) <= 70 and not _SENTENCE.search(words) and not words.startswith(("-", "・", "("))

    def _has_contact(self, first: int, end: int) -> bool:
        return any(_CONTACT.search(line) or ORGANISATION.search(line) for line in self.lines[first:end])

    def _weight(self, first: int, end: int) -> int:
        """How much a last paragraph looks like one: lines with contact data or an organisation, most of them."""
        lines = [line for line in self.lines[first:end] if line.strip(" >")]
        hits = sum(1 for line in lines if _CONTACT.search(line) or ORGANISATION.search(line))
        return hits if hits * 2 >= len(lines) else 0


def _depth(line: str) -> int:
    mark = _MARKS.match(line) if ">" in line else None
    return mark[0].count(">") if mark else 0
