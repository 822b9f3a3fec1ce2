"""Dates of birth: which dates are, how far they reach, and how cells hold them."""

from __future__ import annotations

import pytest

from mailguard.inspection.ja.birth_date import DETECTOR
from mailguard.inspection.text import header_key
from tests.unit.inspection.contact_parts import candidates, cell_of, found

BORN = [
    pytest.param("昭和63年4月12日生", "昭和63年4月12日", id="era"),
    pytest.param("㍼63年4月12日生", "昭和63年4月12日", id="era in one sign"),
    pytest.param("平成元年4月1日生まれ", "平成元年4月1日", id="first year"),
    pytest.param("S63.7.24生", "S63.7.24", id="era letter"),
    pytest.param("H2/4/1生", "H2/4/1", id="era letter, slashes"),
    pytest.param("昭58.4.15生", "昭58.4.15", id="era kanji"),
    pytest.param("昭和五十八年四月十五日生", "昭和五十八年四月十五日", id="kanji numerals"),
    pytest.param("生年月日 一九八二年六月九日", "一九八二年六月九日", id="kanji digits"),
    pytest.param("生年月日 昭和55年 7月 9日", "昭和55年 7月 9日", id="blanks"),
    pytest.param("生年月日：1982年6月9日（42歳）", "1982年6月9日", id="western"),
    pytest.param("生年月日 19750615", "19750615", id="eight digits"),
    pytest.param("生年月日 3580415", "3580415", id="era digit"),
    pytest.param("生年月日 S580415", "S580415", id="era letter, digits"),
    pytest.param("1983(昭和58)年4月15日生", "1983(昭和58)年4月15日", id="both years"),
    pytest.param("Date of birth: March 14, 1994", "March 14, 1994", id="English"),
    pytest.param("Born on 9 June 1982", "9 June 1982", id="English, day first"),
    pytest.param("DOB: 06/09/1982", "06/09/1982", id="English, digits"),
    pytest.param("山田 太郎 S58.4.15 男", "S58.4.15", id="beside the sex"),
    pytest.param("山田 太郎（1983/4/15・42歳）", "1983/4/15", id="beside the age"),
    pytest.param("生年月日\n1983/04/15", "1983/04/15", id="below its word"),
    pytest.param("被扶養者（母・昭和19年2月28日生・同居）", "昭和19年2月28日", id="in brackets"),
]


@pytest.mark.parametrize(("raw", "written"), BORN)
def test_birth_date_is_found_without_its_word(raw: str, written: str) -> None:
    """A date of birth is found as written, 生 and 生まれ left out."""
    assert found(DETECTOR, raw) == [written]


NOT_BORN = [
    pytest.param("開催日 2026年4月10日", id="event"),
    pytest.param("生年月日を2026年4月10日までにご提出ください。", id="deadline for birth dates"),
    pytest.param("昭和22年法律第26号", id="a law"),
    pytest.param("昭和65年4月1日生", id="year the era never had"),
    pytest.param("1983年2月30日生", id="no such day"),
    pytest.param("生年月日 1983/13/01", id="no such month"),
    pytest.param("生年月日：昭和　　年　　月　　日", id="blank form"),
    pytest.param("採用年月日 S58.4.1", id="date of hire"),
    pytest.param("2026年4月1日 生徒総会", id="生 of pupils"),
    pytest.param("先生各位 2026年4月1日", id="生 of teachers"),
    pytest.param("誕生日会は2026年6月1日に開催します。", id="a party"),
    pytest.param("退職日 2026/3/31 男", id="last day of work"),
]


@pytest.mark.parametrize("raw", NOT_BORN)
def test_other_date_is_no_birth_date(raw: str) -> None:
    """Dates of other things are left alone."""
    assert found(DETECTOR, raw) == []


def test_dates_of_a_list_follow_their_heading() -> None:
    """Below a line that names the column every row's date is found."""
    raw = "番号 氏名 生年月日\n001 斉藤 S48.01.30 500万円\n002 邉見 H03.09.15 500万円\n003 薗田 H10.12.24 500万円"

    assert found(DETECTOR, raw) == ["S48.01.30", "H03.09.15", "H10.12.24"]


def test_date_written_twice_counts_once() -> None:
    """The same day in both calendars is one date of birth."""
    assert len(candidates(DETECTOR, "生年月日 1983/4/15 昭和58年4月15日")) == 1


def test_value_is_the_date_as_typed_without_blanks_and_hyphens() -> None:
    """Dates are counted as typed."""
    (candidate,) = candidates(DETECTOR, "生年月日 1983-04-15")

    assert candidate.value == "19830415"


CELLS = [
    ("1970/04/27", "1970/04/27"), ("S40.08.10", "S40.08.10"), ("19980601", "19980601"),
    ("1998-06-01 00:00:00", "1998-06-01"), ("25000", "25000"), ("60001", None), ("0", None), ("58/4/15", "58/4/15"),
    ("580415", "580415"), ("3580415", "3580415"), ("昭和58年4月15日生", "昭和58年4月15日"), ("1983/2/30", None),
    ("山田", None), ("", None), ("昭 58. 4.15", "昭 58. 4.15"),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "written"), CELLS)
def test_cell_of_a_birth_column_is_read(cell: str, written: str | None) -> None:
    """A column of birth dates is read in every form sheets keep dates in."""
    assert cell_of(DETECTOR, cell) == written


@pytest.mark.parametrize(
    "header",
    ["生年月日", "生年月日(西暦)", "誕生日", "DOB", "Date of Birth", "会員生年月日", "birth_date", "受診者の生年月日"],
)
def test_header_of_a_birth_column_is_known(header: str) -> None:
    """Columns are recognised under the names offices give them."""
    assert header_key(header) in DETECTOR.headers
