"""Telephone numbers: spellings of Japanese offices, organisations' numbers, cells, and numbers of other things."""

from __future__ import annotations

import pytest

from mailguard.inspection.ja.phone_number import DETECTOR, ORGANISATION_WORDS, normal_form
from mailguard.inspection.text import header_key
from tests.unit.inspection.contact_parts import candidates, cell_of, found

SPELLINGS = [
    pytest.param("0263-55-2785", "0263-55-2785", "0263552785", id="land line nobody has"),
    pytest.param("055-555-1730", "055-555-1730", "0555551730", id="another"),
    pytest.param("山田 090-5554-4365 男", "090-5554-4365", "09055544365", id="mobile without a word"),
    pytest.param("(0263)55-2785", "(0263)55-2785", "0263552785", id="area in brackets"),
    pytest.param("電話 ０４８（５５５）６６９６", "048(555)6696", "0485556696", id="wide with brackets"),
    pytest.param("TEL：045 (555) 2345", "045 (555) 2345", "0455552345", id="blanks and brackets"),
    pytest.param("+81 90-3456-7803", "+81 90-3456-7803", "09034567803", id="from abroad"),
    pytest.param("+81(0)3-5555-8500", "+81(0)3-5555-8500", "0355558500", id="from abroad with the zero"),
    pytest.param("(+81)90-5555-1234", "(+81)90-5555-1234", "09055551234", id="country in brackets"),
    pytest.param("携帯09055551234です", "09055551234", "09055551234", id="bare"),
    pytest.param("（09055551234）", "09055551234", "09055551234", id="bare in brackets"),
    pytest.param("〇九〇―五五五四―四三六五", "〇九〇―五五五四―四三六五", "09055544365", id="kanji"),
    pytest.param("○九○-五五五四-四三六五", "○九○-五五五四-四三六五", "09055544365", id="kanji with circles"),
    pytest.param("090-5555-\n1234", "090-5555-\n1234", "09055551234", id="broken after a hyphen"),
    pytest.param("> 090-5555\n> -1234", "090-5555\n> -1234", "09055551234", id="broken in a quotation"),
    pytest.param("自宅 52-1234", "52-1234", "521234", id="without area code"),
    pytest.param("No.1 090-5555-1234", "090-5555-1234", "09055551234", id="after a number in a list"),
    pytest.param("TEL-03-5555-1234", "03-5555-1234", "0355551234", id="after a word and a hyphen"),
    pytest.param("Call +1 (212) 555-0134", "+1 (212) 555-0134", "+12125550134", id="of another country"),
    pytest.param("高砂3-15-1,048-555-1101,20345678", "048-555-1101", "0485551101", id="between commas"),
]


@pytest.mark.parametrize(("raw", "written", "value"), SPELLINGS)
def test_phone_in_a_spelling_is_found_with_its_digits(raw: str, written: str, value: str) -> None:
    """A telephone number counts as the same number however it is written."""
    assert found(DETECTOR, raw) == [written]
    assert [candidate.value for candidate in candidates(DETECTOR, raw)] == [value]


@pytest.mark.parametrize(
    "raw",
    ["090-5555-1234/0263-55-1111", "090-5555-1234、0263-55-1111", "携帯:090-5555-1234／自宅:0263-55-1111",
     "090-5555-1234 0263-55-1111", "090-5555-1234\n0263-55-1111", "090-5555-1234・0263-55-1111"],
)  # fmt: skip
def test_phones_side_by_side_are_two(raw: str) -> None:
    """Two numbers on a line are two."""
    assert found(DETECTOR, raw) == ["090-5555-1234", "0263-55-1111"]


ORGANISATIONS = [
    pytest.param("電話：048-555-2551（代表）", "代表", id="switchboard"),
    pytest.param("電話 048-555-2551(代)", "(代)", id="switchboard, short"),
    pytest.param("みどり会館\nTEL 048-555-2551", "会館", id="house on the line above"),
    pytest.param("直通 048-555-1111", "直通", id="direct line"),
    pytest.param("FAX 048-555-1111", "fax", id="fax"),
    pytest.param("お問い合わせ：048-555-1111", "問い合わせ", id="inquiries"),
    pytest.param("会場 048-555-1111", "会場", id="venue"),
    pytest.param("電話 048（555）6696　内線 6697", "内線", id="extension behind"),
    pytest.param("0120-555-123", "フリーダイヤル", id="free call"),
    pytest.param("0570-555-123", "ナビダイヤル", id="shared cost"),
    pytest.param("事務局（048-555-5500 平日9:00-17:00）", "事務局", id="office"),
]


@pytest.mark.parametrize(("raw", "word"), ORGANISATIONS)
def test_phone_of_an_organisation_says_so(raw: str, word: str) -> None:
    """A switchboard's number is found, and why it is a switchboard's stands with it."""
    (candidate,) = candidates(DETECTOR, raw)
    folded = {known.casefold() for known in ORGANISATION_WORDS.words}

    assert word.casefold() in {evidence.word.casefold() for evidence in candidate.evidence}
    assert word.casefold() in folded


def test_phone_of_a_person_behind_a_switchboard_is_no_switchboard() -> None:
    """An organisation's word counts for the next number only."""
    second = candidates(DETECTOR, "会場 048-555-1111 山田 090-5555-1234")[1]

    assert not {evidence.word for evidence in second.evidence} & set(ORGANISATION_WORDS.words)


PRIVATE = [
    pytest.param("青葉支部 山田 太郎 携帯 090-5555-1234", id="mobile of a branch's member"),
    pytest.param("勤務先 青葉会館\n山田 太郎 090-5555-1234 自宅", id="after the line of the workplace"),
    pytest.param("時代 090-5555-1234", id="part of another word"),
]


@pytest.mark.parametrize("raw", PRIVATE)
def test_phone_of_a_person_near_an_organisation_stays_a_persons(raw: str) -> None:
    """A member's own telephone is not taken for the office's because an office is named nearby."""
    (candidate,) = candidates(DETECTOR, raw)

    assert not {evidence.word for evidence in candidate.evidence} & set(ORGANISATION_WORDS.words)


@pytest.mark.parametrize(
    "raw",
    [
        "4/3(金) 10:00 03-0405-0607（3月4～7日分）締切", "会議ID: 898 1234 5678", "会議ID: 080 1234 5678",
        "型番：080-1234-567B", "https://www.example.co.jp/contact/0312345678", "お問い合わせ番号：0312-34-5678",
        "振替口座 00120-5-123456", "電話 2026-0410", "A09055551234", "0.9012345678", "2025-04-01～2026-03-31",
        "ISBN978-4-06-519981-7", "090-5555-12345",
    ],
)  # fmt: skip
def test_number_of_something_else_is_no_phone(raw: str) -> None:
    """What only looks like a telephone number is left alone."""
    assert found(DETECTOR, raw) == []


CELLS = [
    pytest.param("07055505245", "07055505245", "07055505245", id="bare"),
    pytest.param("9055512345", "9055512345", "09055512345", id="mobile without its zero"),
    pytest.param("263551111", "263551111", "0263551111", id="land line without its zero"),
    pytest.param("9055512345.0", "9055512345", "09055512345", id="as a number"),
    pytest.param("55-1111", "55-1111", "551111", id="without area code"),
    pytest.param("090-5555-1234(母)", "090-5555-1234", "09055551234", id="with a remark"),
    pytest.param("なし", None, "", id="none"),
    pytest.param("12345", None, "", id="too short"),
]


@pytest.mark.parametrize(("cell", "written", "value"), CELLS)
def test_cell_of_a_phone_column_is_read(cell: str, written: str | None, value: str) -> None:
    """A column of telephones is read also where the sheet dropped a zero."""
    assert cell_of(DETECTOR, cell) == written
    assert normal_form(written or "") == value


@pytest.mark.parametrize(
    "header",
    [
        "電話番号",
        "TEL",
        "携帯",
        "自宅電話",
        "連絡先",
        "電話番号（携帯）",
        "保護者携帯",
        "緊急連絡先",
        "Mobile",
        "Phone number",
        "携帯電話番号※",
    ],
)
def test_header_of_a_phone_column_is_known(header: str) -> None:
    """Columns are recognised under the names offices give them."""
    assert header_key(header.replace("（", "(").replace("）", ")")) in DETECTOR.headers
