"""What a column without a telling name is: birth dates, numbers that each person has one of, sums that people earn."""

from __future__ import annotations

import re
from itertools import pairwise

from mailguard.inspection.bare_numbers import is_born, kind_of_numbers
from mailguard.inspection.check_digits import is_my_number
from mailguard.inspection.tables import Cell
from mailguard.model.finding import Kind

CONTENT_ROWS_MIN = 3
"""Rows from which a column is read by its content."""

_POSTAL = re.compile(r"\d{3}-\d{4}")
_EIGHT_DIGITS = re.compile(r"(?:19|20)\d{2}-?[01]\d-?[0-3]\d")
_MEMBERS = re.compile(r"会員|組合員|加入|member", re.IGNORECASE)
_STAFF = re.compile(r"職員|社員|従業員|給与|賞与|staff|employee|kyuyo|kyuuyo", re.IGNORECASE)
_SUM = re.compile(r"[1-9]\d{4,6}")
_INSURED = re.compile(r"保険者|被保険|組合員証|資格確認|保険証|健康保険|健保|国保|高額療養|レセプト|受診|診療")
_BANKS = re.compile(r"(?:銀行|金融機関).*(?:支店|店番|種別|科目)", re.DOTALL)
_MEMBERS_SAID = re.compile(r"(?:会員|組合員|加入者)の?(?:番号|No|コード)")
_STAFF_SAID = re.compile(r"(?:職員|社員|従業員)の?(?:番号|No|コード)")
_NUMBER = re.compile(r"\d{4,10}|\d{2,4}-\d{3,8}|[A-Z]{1,3}-?\d{3,8}")
_BRANCH = re.compile(r"(?<=\d)-\d{2}$")
"""枝番: which of a family a number is for."""
_ANY_NUMBER = frozenset({"番号", "no", "№", "num", "number", "id", "コード", "証番号"})
"""Names of columns that say of a number nothing but that it is one."""

_WHOSE = {
    "会員": Kind.MEMBER_NUMBER, "組合員": Kind.MEMBER_NUMBER, "加入者": Kind.MEMBER_NUMBER,
    "職員": Kind.STAFF_NUMBER, "社員": Kind.STAFF_NUMBER, "従業員": Kind.STAFF_NUMBER,
}  # fmt: skip
_DIGIT = re.compile(r"\d")
_QUARTER = re.compile(r"[0-9]{4}")


def kind_of_column(cells: list[str], about: str = "") -> Kind | None:
    """What a column without a name is, in a table of people: birth dates, or numbers that each has one of his own.

    Numbers in two groups or with letters are members', plain ones are staff's, unless ``about`` (words above the
    table) speaks of the other; an office that knows better says so in a kind of its own.
    """
    values = [cell for cell in cells if _DIGIT.search(cell)]
    if len(values) >= CONTENT_ROWS_MIN - 1 and len(cells) - len(values) <= 1:
        # One cell without digits may be the name of the column, which nobody knows.
        if (kind := kind_of_numbers(values, about)) is not None:
            return kind
        if sum(map(is_born, values)) * 10 >= 7 * len(values) and (len(values) == len(cells) or len(values) > 1):
            return Kind.BIRTH_DATE
    if len(cells) < CONTENT_ROWS_MIN:
        return None
    if not all(_NUMBER.fullmatch(cell) for cell in cells) or len(set(cells)) * 10 < len(cells) * 9:
        return None
    digits = ["".join(filter(str.isdigit, cell)) for cell in cells]
    is_said = _MEMBERS_SAID.search(about) or _STAFF_SAID.search(about)
    is_postal = not is_said and all(_POSTAL.fullmatch(cell) for cell in cells)
    is_amount = sum(cell.endswith("00") for cell in digits) * 2 > len(cells)
    is_phone = all(cell.startswith("0") and len(cell) >= 10 for cell in digits)
    is_date = all(_EIGHT_DIGITS.fullmatch(cell) for cell in cells)
    is_counting = all(0 < later - earlier <= 2 for earlier, later in pairwise(map(int, digits))) and cells[0].isdigit()
    if (
        len({_DIGIT.sub("0", cell) for cell in cells}) != 1
        or is_postal
        or is_amount
        or is_phone
        or is_date
        or is_counting
    ):
        return None
    if is_said:
        return Kind.STAFF_NUMBER if _STAFF_SAID.search(about) else Kind.MEMBER_NUMBER
    if _MEMBERS.search(about):
        return Kind.MEMBER_NUMBER
    if _STAFF.search(about):
        return Kind.STAFF_NUMBER
    return Kind.MEMBER_NUMBER if cells[0][0].isdigit() and "-" in cells[0] else Kind.STAFF_NUMBER


def is_of_payroll(row: list[Cell]) -> bool:
    """Whether a header names what is paid and what is taken off it."""
    words = "".join(cell.text for cell in row)
    return "支給" in words and any(word in words for word in ("控除", "差引", "所得税", "社会保険料"))


def said_around(cells: list[str], about: str, word: str) -> Kind | None:
    """What the numbers of a column called 番号 are by the words around the table, or of one called 会員, 職員."""
    if word not in _ANY_NUMBER and word not in _WHOSE:
        return None
    numbers = [_BRANCH.sub("", cell) for cell in cells]
    digits = ["".join(filter(str.isdigit, cell)) for cell in numbers]
    if not digits or not all(_NUMBER.fullmatch(cell) for cell in numbers) or len(set(cells)) < len(cells):
        return None
    if word in _WHOSE:
        return _WHOSE[word]
    if _MEMBERS_SAID.search(about):
        return Kind.MEMBER_NUMBER
    if _STAFF_SAID.search(about):
        return Kind.STAFF_NUMBER
    if _BANKS.search(about) and all(6 <= len(one) <= 8 for one in digits):
        return Kind.BANK_ACCOUNT
    return Kind.HEALTH_INSURANCE if _INSURED.search(about) and all(len(one) <= 10 for one in digits) else None


def of_three_cells(cells: dict[int, Cell], column: int) -> tuple[int, int, str] | None:
    """The My Number whose first four digits stand in a column and the others in the next two: its span and digits."""
    parts = [cells.get(column + step) for step in range(3)]
    digits = "".join(part.text for part in parts if part is not None and _QUARTER.fullmatch(part.text))
    first, last = parts[0], parts[2]
    if first is None or last is None or len(digits) != 12 or not is_my_number(digits):
        return None
    return first.start, last.start + 4, digits


def are_amounts(cells: list[str]) -> bool:
    """Whether a column holds what people earn: sums of five to seven digits that mostly end in 0."""
    values = [cell.replace(",", "").rstrip("円") for cell in cells]
    sums = [value for value in values if _SUM.fullmatch(value)]
    return (
        len(sums) >= CONTENT_ROWS_MIN - 1
        and len(values) - len(sums) <= 1
        and (sum(value.endswith("0") for value in sums) * 2 > len(sums))
    )
