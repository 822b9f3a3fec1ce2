"""Numbers that a column, a word or their script hides: they are found all the same."""

from __future__ import annotations

import pytest

from mailguard.inspection.check_digits import is_my_number
from mailguard.model.contents import Piece
from mailguard.model.finding import Kind
from tests.unit.inspection.inspecting_parts import MY_NUMBERS, body, counting, inspected, sheet

NAMES = ["長谷川 美咲", "小林 直樹", "東海林 健太"]


def right_numbers(count: int) -> list[str]:
    """Different numbers with the check digit of a My Number."""
    stems = (f"{40112233445 + step * 70921}" for step in range(count))
    return [next(f"{stem}{last}" for last in range(10) if is_my_number(f"{stem}{last}")) for stem in stems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("基礎年金番号　八一七五－五四五二九一　長谷川美咲", (Kind.BASIC_PENSION_NUMBER, "8175545291")),
        ("三井住友銀行 本店営業部 普通 八一七五五四五 長谷川美咲", (Kind.BANK_ACCOUNT, "8175545")),
    ],
)
def test_number_in_kanji_is_found(text: str, expected: tuple[str, str]) -> None:
    """A number written as in an upright letter is a number."""
    assert expected in counting(body(text))


def test_account_column_called_number_is_found_beside_bank_and_branch() -> None:
    """番号 beside 金融機関 and 支店 is the account."""
    rows = [(name, "みずほ", "001", "1", f"81755{at}5") for at, name in enumerate(NAMES, 40)]

    assert 3 == inspected(sheet(("氏名", "金融機関", "支店", "種別", "番号"), *rows)).counts[Kind.BANK_ACCOUNT]


def test_my_number_in_three_cells_is_found() -> None:
    """The form has three boxes of four digits, and so has the sheet."""
    rows = [(name, one[:4], one[4:8], one[8:]) for name, one in zip(NAMES, right_numbers(3), strict=True)]
    found = inspected(sheet(("氏名", "個人番号", "", ""), *rows))

    assert 3 == found.counts[Kind.MY_NUMBER]
    assert Kind.STAFF_NUMBER not in found.counts


def test_my_numbers_under_another_name_are_found_by_their_check_digits() -> None:
    """Twenty numbers that are all right are no slips, whatever they are called; one of them may be."""
    lines = "".join(f"伝票番号 {one}\n" for one in right_numbers(20))

    assert 20 == inspected(body(lines)).counts[Kind.MY_NUMBER]
    assert Kind.MY_NUMBER not in inspected(body(f"伝票番号 {MY_NUMBERS[0]}\n")).counts
    assert Kind.MY_NUMBER not in inspected(body(lines + "伝票番号 401122334459\n")).counts


def test_accounts_of_a_transfer_file_are_found() -> None:
    """The file that goes to the bank holds everybody's account, in columns without a name."""
    people = [("ﾊｾｶﾞﾜ ﾐｻｷ", "8175545"), ("ｺﾊﾞﾔｼ ﾅｵｷ", "8175546"), ("ｼﾖｳｼﾞ ｹﾝﾀ", "8175547")]
    lines = "".join(
        f"20149{'ﾐｽｽﾞﾉ':15}112{'ｲﾅ':15}{'':4}1{account}{name:30}{234300:010}0{'':38}\n" for name, account in people
    )
    found = inspected(Piece("attachment:furikomi.txt", f"12100{'ｱｵﾊﾞｺﾞｼﾞﾖｶｲ':40}\n{lines}9{'':119}\n"))

    assert 3 == found.counts[Kind.BANK_ACCOUNT]
