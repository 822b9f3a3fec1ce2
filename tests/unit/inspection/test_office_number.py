"""Staff and member numbers: only with their word, whatever the office's format."""

from __future__ import annotations

import pytest

from mailguard.inspection.ja import member_number, staff_number
from mailguard.inspection.text import header_key
from tests.unit.inspection.contact_parts import candidates, cell_of, found

STAFF = [
    pytest.param("職員番号 19648684", ["19648684"], id="staff of an office"),
    pytest.param("社員番号：A-12345", ["A-12345"], id="letter in front"),
    pytest.param("社員コードは0012です。", ["0012"], id="four digits"),
    pytest.param("Employee No. 0012874", ["0012874"], id="English"),
    pytest.param("19648684（職員番号）", ["19648684"], id="label behind"),
    pytest.param("職員番号・氏名：19648684 山田", ["19648684"], id="two labels"),
    pytest.param("職員番号 19648684、17230514", ["19648684", "17230514"], id="a list"),
    pytest.param("職員番号\n19648684 山田\n17230514 鈴木", ["19648684", "17230514"], id="down the lines"),
    pytest.param("職番:12345", ["12345"], id="short label"),
    pytest.param("出社番号 12345", [], id="label inside another word"),
    pytest.param("19648684", [], id="no label"),
    pytest.param("職員番号 20260410 現在", [], id="a date"),
    pytest.param("職員番号・電話：03-5555-1234", [], id="a telephone"),
    pytest.param("職員の会費 3,000円", [], id="an amount"),
]
MEMBERS = [
    pytest.param("会員番号 45-474800", ["45-474800"], id="two groups"),
    pytest.param("会員№45-474800", ["45-474800"], id="numero sign"),
    pytest.param("会員番号：A-0045871", ["A-0045871"], id="letter in front"),
    pytest.param("組合員番号は４５－４７４８００です", ["45-474800"], id="wide"),
    pytest.param("Member ID: 45-474800", ["45-474800"], id="English"),
    pytest.param("会員 No 45-474800", ["45-474800"], id="blank in the label"),
    pytest.param("組合員証番号 1234567", [], id="an insurance card"),
    pytest.param("会員番号をご記入ください。締切は20260410です。", [], id="no value"),
    pytest.param("会員数 12,345名", [], id="how many"),
    pytest.param("注文番号 45-474800", [], id="an order"),
]


@pytest.mark.parametrize(("raw", "numbers"), STAFF)
def test_staff_number_is_found_with_its_word_only(raw: str, numbers: list[str]) -> None:
    """A staff number is what its label says it is."""
    assert found(staff_number.DETECTOR, raw) == numbers


@pytest.mark.parametrize(("raw", "numbers"), MEMBERS)
def test_member_number_is_found_with_its_word_only(raw: str, numbers: list[str]) -> None:
    """A member number is what its label says it is."""
    assert found(member_number.DETECTOR, raw) == numbers


def test_number_counts_without_hyphens() -> None:
    """The same number with and without a hyphen is one."""
    values = {
        candidate.value for candidate in candidates(member_number.DETECTOR, "会員番号45-474800\n会員番号45474800")
    }

    assert values == {"45474800"}


@pytest.mark.parametrize(
    ("cell", "written"),
    [("45-474800", "45-474800"), ("45474800.0", "45474800"), ("A-0045871", "A-0045871"), ("山田", None), ("12", None)],
)
def test_cell_of_a_number_column_is_read(cell: str, written: str | None) -> None:
    """Cells below such a header are its numbers."""
    assert cell_of(member_number.DETECTOR, cell) == written


@pytest.mark.parametrize(
    "header", ["職員番号", "社員No.", "従業員コード", "職員ID", "Employee No.", "教職員番号", "社員CD"]
)
def test_header_of_a_staff_column_is_known(header: str) -> None:
    """Columns are recognised under the names offices give them."""
    assert header_key(header) in staff_number.DETECTOR.headers


@pytest.mark.parametrize(
    "header", ["会員番号", "会員No.", "組合員番号", "加入者番号", "会員コード", "Member ID", "利用者ID"]
)
def test_header_of_a_member_column_is_known(header: str) -> None:
    """Columns are recognised under the names offices give them."""
    assert header_key(header) in member_number.DETECTOR.headers
