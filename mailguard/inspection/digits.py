"""The numbers of a text that may be somebody's: found once for each text, for all detectors that ask.

A number is one stretch of digits, or up to five stretches joined the same way (blank, hyphen, dot), or one of either
kind cut by a line break, or digits in boxes of their own. What stands in a URL, a UUID, a file name, behind ``=`` or
``_``, in a decimal fraction or as a part of a longer number is none. Numbers of fewer than 6 or more than 19 digits are
not kept. Linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from mailguard.inspection.text import Text

FEWEST = 6
MOST = 19
MOST_GROUPS = 5
_KEPT = "numbers"

_BREAK = r"[ \t]?-?[ ]?\r?\n[> \t]{0,4}-?[ ]?"
_CHAIN = re.compile(rf"[0-9]+(?:(?: ?[-.\u30fb] ?| {{1,2}}|{_BREAK})[0-9]+){{0,400}}")
_GROUP = re.compile(r"[0-9]+")
_BOXES = re.compile(r"[0-9](?:(?: ?[\t|] ?| - | |[-.\u30fb*_/])[0-9]){6,15}(?![ \t|.\u30fb*_/-]?[0-9A-Za-z])")
_BOX_BEFORE = re.compile(r"[0-9A-Za-z_=/.-](?: ?[\t|] ?| )?$")
_LEAD = re.compile(
    r"(?<![A-Za-z0-9_/=&?-])(?:no|nr|num|number|card|visa|jcb|amex|master|mastercard|diners|discover|account|acct)"
    r"[.:#]?$",
    re.IGNORECASE,
)
_LEAD_MARK = re.compile(r"(?:licen[sc]e|card|account|acct|passport|number|no)\.? ?#$", re.IGNORECASE)
_IN_ADDRESS = re.compile(
    r"(?:https?|s?ftp|file|cid|urn|uuid|mailto|callto|sip|data|www\.|txid|0x)[:.=]?", re.IGNORECASE
)
_OPENS = frozenset("\t\n\r \"'(),:;<>[]{|}!*`")
_PLAIN_BEFORE = frozenset("\n\r \t,;|\"'")
_NEVER_BEFORE = frozenset("_%&@+~\\$^")
_NEVER_AFTER = frozenset("_=@%\\~^&+")
_AMOUNT_AFTER = re.compile(
    r"[ \t]?(?:円|千円|万円|億円|名(?!義|前|称)|人(?!事|名)|件(?!名)|個(?!人)|本(?!人|店|籍|部|所)|枚(?!方)|"
    r"部(?!署|長)|冊|台|回|歳|才|年(?!金)|ヶ月|か月|カ月|月(?!額)|日(?!本)|時|分|秒|%|kg|km|mm|cm|m2|pt|"
    r"ポイント|ドル|点|セット|箱|バイト|bytes?|KB|MB)",
    re.IGNORECASE,
)
_AMOUNT_BEFORE = re.compile(r"(?:[¥$€]|JPY|USD|金額|(?<![預貯積年])金)[ \t]?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Number:
    """Digits at a place. ``shape``: lengths of its stretches; ``joint``: "" where it is one, else " ", "-", ".", "\\n".

    ``is_wrapped``: a line break runs through it; ``is_cut_wide``: and the line that is cut is a full line of prose.
    """

    start: int
    end: int
    digits: str
    shape: tuple[int, ...]
    joint: str = ""
    is_wrapped: bool = False
    is_cut_wide: bool = False

    @property
    def is_grouped(self) -> bool:
        """It is written in stretches, as people write card and identity numbers."""
        return len(self.shape) > 1


def numbers_of(text: Text, *lengths: int) -> list[Number]:
    """The numbers of a text that have so many digits, in their order for each length. Found once, then kept with it."""
    kept: dict[int, list[Number]] | None = vars(text).get(_KEPT)
    if kept is None:
        kept = {}
        for number in _all(text.plain):
            kept.setdefault(len(number.digits), []).append(number)
        vars(text)[_KEPT] = kept
    return [number for length in lengths for number in kept.get(length, ())]


def is_amount(plain: str, start: int, end: int) -> bool:
    """A number counts something: a unit stands behind it, or a sign of money before."""
    return bool(_AMOUNT_AFTER.match(plain, end) or _AMOUNT_BEFORE.search(plain[max(0, start - 4) : start]))


def _all(plain: str) -> Iterator[Number]:
    for chain in _CHAIN.finditer(plain):
        start, end = chain.span()
        if end - start >= FEWEST:
            yield from _of_chain(plain, start, end)
    for boxes in _BOXES.finditer(plain):
        start, end = boxes.span()
        if not _BOX_BEFORE.search(plain[max(0, start - 4) : start]):
            digits = "".join(_GROUP.findall(boxes[0]))
            yield Number(start, end, digits, (1,) * len(digits), "\t")


def _of_chain(plain: str, start: int, end: int) -> Iterator[Number]:
    groups = [found.span() for found in _GROUP.finditer(plain, start, end)]
    if len(groups) == 1:
        if end - start <= MOST and may_start(plain, start) and may_end(plain, end):
            yield Number(start, end, plain[start:end], (end - start,))
        return
    gaps = [plain[left[1] : right[0]] for left, right in pairwise(groups)]
    for first in range(len(groups)):
        if first and not _is_loose(gaps[first - 1]):
            continue
        if not first and not may_start(plain, start):
            continue
        total = 0
        for last in range(first, min(first + MOST_GROUPS, len(groups))):
            total += groups[last][1] - groups[last][0]
            if total > MOST:
                break
            if last > first and not _go_together(gaps[first:last]):
                break
            if total >= FEWEST and _stands_alone(plain, groups, gaps, first, last):
                yield _made(plain, groups, gaps, first, last)


def _made(plain: str, groups: list[tuple[int, int]], gaps: list[str], first: int, last: int) -> Number:
    start, end = groups[first][0], groups[last][1]
    inner = gaps[first:last]
    digits = "".join(plain[left:right] for left, right in groups[first : last + 1])
    shape = tuple(right - left for left, right in groups[first : last + 1])
    cut = next((at for at, gap in enumerate(inner) if "\n" in gap), -1)
    joint = "" if not inner else "\n" if len(inner) == 1 and cut == 0 else _joint(inner[0 if cut else -1])
    if cut < 0:
        return Number(start, end, digits, shape, joint)
    break_at = groups[first + cut][1]
    width = break_at - (plain.rfind("\n", max(0, break_at - 80), break_at) + 1 or max(0, break_at - 80))
    return Number(start, end, digits, shape, joint, is_wrapped=True, is_cut_wide=width >= 24)


def _joint(gap: str) -> str:
    return "-" if "-" in gap else "." if "." in gap or "・" in gap else " "


def _is_loose(gap: str) -> bool:
    """Whether two numbers may stand on its two sides."""
    return _joint(gap) == " "


def _go_together(gaps: list[str]) -> bool:
    """One way of joining throughout; of line breaks at most one, which stands for any."""
    joints = {_joint(gap) for gap in gaps if "\n" not in gap}
    return len(joints) <= 1 and sum("\n" in gap for gap in gaps) <= 1


def _stands_alone(plain: str, groups: list[tuple[int, int]], gaps: list[str], first: int, last: int) -> bool:
    """Nothing beside it in the chain belongs to it."""
    if last + 1 < len(groups):
        if not _is_loose(gaps[last]):
            return False
    elif not may_end(plain, groups[last][1]):
        return False
    inner = gaps[first:last]
    if not inner:
        return True
    sizes = {groups[at][1] - groups[at][0] for at in range(first, last + 1)}
    if any("\n" in gap for gap in inner) or (sizes == {4} and last - first == 3):
        return True
    if len(sizes) > 1 or "-" in inner[0] or sizes <= {1, 2, 3}:
        return True
    # 4-4-4 out of 4-4-4-4 joined by blanks: the neighbour of the same size belongs to it, unless it is a year
    for side, gap in ((first - 1, first - 1), (last + 1, last)):
        if not 0 <= side < len(groups) or "\n" in gaps[gap] or len(gaps[gap]) != len(inner[0]):
            continue
        if groups[side][1] - groups[side][0] in sizes and not plain.startswith("年", groups[side][1]):
            return False
    return True


def may_start(plain: str, start: int) -> bool:
    """Whether a number may begin here, by what stands before it."""
    if start == 0:
        return True
    before = plain[start - 1]
    if before in _PLAIN_BEFORE or not before.isascii():
        return before not in "¥€£"
    if before in _NEVER_BEFORE:
        return False
    earlier = plain[max(0, start - 160) : start]
    if before == "/" or before == "=":
        held = earlier[-2:-1]
        if held and held.isascii() and not held.isspace() and held not in ")]:." and not _LEAD.search(earlier[:-1]):
            return False
    elif before == "-":
        if earlier[-2:-1].isascii() and earlier[-2:-1].isalnum():
            return False
    elif before == ".":
        if earlier[-2:-1].isdigit() or (
            earlier[-2:-1].isascii() and earlier[-2:-1].isalpha() and not _LEAD.search(earlier)
        ):
            return False
    elif before not in _OPENS and not _LEAD.search(earlier) and not _LEAD_MARK.search(earlier):
        return False
    token = earlier.split()[-1] if earlier.split() else ""
    return not (token.isascii() and len(token) > 2 and _IN_ADDRESS.search(token))


def may_end(plain: str, end: int) -> bool:
    """Whether a number may end here, by what stands behind it."""
    after, further = plain[end : end + 1], plain[end + 1 : end + 2]
    if not after or not after.isascii():
        return True
    if after.isalpha() or after in _NEVER_AFTER:
        return False
    if after in ".:-/":
        return not (further.isascii() and further.isalnum()) or (after == "/" and further.isdigit())
    return True
