"""The office's own numbers and words are found as it says, and what it allows is allowed."""

from __future__ import annotations

from typing import Any

import pytest

from mailguard.inspection.normalise import normalised
from mailguard.inspection.office_kinds import Allowed, detectors_of, tried
from mailguard.inspection.text import Candidate, header_key
from mailguard.model.contents import Piece
from mailguard.model.finding import Because, Evidence, Kind
from mailguard.model.office_kinds import (
    Check,
    MemberValue,
    OfficeDictionary,
    OfficeKind,
    OfficeKinds,
    has_right_check_digit,
    hashed_members,
)
from tests.effort import effort

KEY = b"a key of thirty-two octets long."


def member_number(**values: Any) -> OfficeKind:
    """A member number of two and six digits, with words."""
    given: dict[str, Any] = {
        "id": "member_number", "label": "組合員番号", "kind": "member_number", "pattern": "[0-9]{2}-?[0-9]{6}",
        "words": ("組合員番号", "会員番号"), "not_words": ("伝票番号",), "columns": ("組合員番号", "会員No."),
    }  # fmt: skip
    return OfficeKind(**given | values)


def candidates(office: OfficeKinds, words: str) -> list[Candidate]:
    """Everything its detectors see, by place."""
    text = normalised(Piece("body", words))
    return sorted((one for found in detectors_of(office, KEY) for one in found.find(text)), key=lambda one: one.start)


def found(kind: OfficeKind, words: str) -> list[tuple[str, float]]:
    """Values and confidences of one kind."""
    return [(one.value, one.confidence) for one in candidates(OfficeKinds((kind,)), words)]


SIGHTS = [
    pytest.param("組合員番号：12-345678", [("12345678", 0.9)], id="word before"),
    pytest.param("組合員番号は下記です。\n12345678", [("12345678", 0.9)], id="word on the line above"),
    pytest.param("１２－３４５６７８（会員番号）", [("12345678", 0.9)], id="full width, word after"),
    pytest.param("12-345678", [("12345678", 0.3)], id="bare"),
    pytest.param("伝票番号 12-345678", [], id="word against it"),
    pytest.param("伝票番号 会員番号 12-345678", [("12345678", 0.9)], id="word for it is nearer"),
    pytest.param("会員番号 伝票番号 12-345678", [], id="word against it is nearer"),
    pytest.param("会員番号 112-345678", [], id="a digit before"),
    pytest.param("会員番号 12-3456789", [], id="a digit after"),
    pytest.param("会員番号 03-12-345678", [], id="end of a longer number"),
    pytest.param("会員番号 12-345678-9", [], id="beginning of a longer number"),
    pytest.param("会員番号 A12-345678", [], id="a letter before"),
    pytest.param("会員番号12-345678番", [("12345678", 0.9)], id="kanji beside it"),
]


@pytest.mark.parametrize(("words", "expected"), SIGHTS)
def test_number_is_found_with_its_words(words: str, expected: list[tuple[str, float]]) -> None:
    """Words raise it, words against it forbid it, and a part of a longer number is none."""
    assert expected == found(member_number(), words)


def test_number_that_needs_a_word_is_nothing_without() -> None:
    """``required`` means it."""
    assert [] == found(member_number(needs_word=True), "12-345678")
    assert [] == found(member_number(needs_word=True), "会員番号" + "。" * 60 + "12-345678")
    assert [("12345678", 0.9)] == found(member_number(needs_word=True), "会員番号 12-345678")


def test_number_says_why() -> None:
    """The record names the office's kind, the check and the word with its distance, and never the number."""
    (one,) = candidates(OfficeKinds((member_number(check=Check.MOD10),)), "会員番号: 12-345670")

    assert ("office.member_number", "member_number") == (one.rule, one.kind)
    assert one.evidence == (
        Evidence(Because.OFFICE_KIND, "組合員番号"),
        Evidence(Because.CHECK_DIGIT),
        Evidence(Because.WORD_BEFORE, "会員番号", 2),
    )


CHECKS = [
    pytest.param("4006381333931", Check.MOD10, (), 11, id="a published barcode"),
    pytest.param("79927398713", Check.LUHN, (), 11, id="the number every text on Luhn shows"),
    pytest.param("123456789018", Check.MY_NUMBER, (), 11, id="My Number"),
    pytest.param("1234560", Check.MOD11, (), 11, id="eleven counts as nothing"),
    pytest.param("1619", Check.MOD11, (), 11, id="weights 2 to 7"),
    pytest.param("123455", Check.WEIGHTS, (1, 2, 3, 4, 5), 10, id="weights of the office"),
]


@pytest.mark.parametrize(("digits", "check", "weights", "modulus"), CHECKS)
def test_check_digit_is_right_for_one_digit_alone(
    digits: str, check: Check, weights: tuple[int, ...], modulus: int
) -> None:
    """A right number passes and so does no other last digit."""
    passing = [last for last in "0123456789" if has_right_check_digit(digits[:-1] + last, check, weights, modulus)]

    assert 1 == len(passing)
    assert digits[-1] == passing[0]


@pytest.mark.parametrize("check", [one for one in Check if one is not Check.NONE])
@pytest.mark.parametrize("digits", ["", "1", "１２３", "12a4", "1-2"])
def test_check_of_what_is_no_number_fails(check: Check, digits: str) -> None:
    """Nothing but digits can have a check digit."""
    assert not has_right_check_digit(digits, check, (1, 2), 11)


def test_column_of_the_kind_is_known_and_its_cells_are_read() -> None:
    """Below the header any cell that fits is one."""
    (detector,) = detectors_of(OfficeKinds((member_number(),)))
    assert detector.cell is not None

    assert {header_key("【組合員番号】"), header_key("会員No")} <= detector.headers
    assert [(0, 9), (1, 9), None, None] == [
        detector.cell(one) for one in ("12-345678", " 12345678", "なし", "123456789")
    ]


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(?:a?){50}a{50}", "([a-z0-9]+)*@"])
def test_pattern_that_stops_others_costs_its_text(pattern: str) -> None:
    """A pattern on which other engines never end reads 30 000 characters at once."""
    kind = member_number(pattern=pattern, bare=0.6)

    _, seconds = effort(lambda: found(kind, "a" * 30_000 + "!"))

    assert seconds < 5


# -- dictionaries


def listed(*terms: str, **values: Any) -> OfficeKinds:
    """A dictionary of these terms; those that begin with * are endings."""
    endings = tuple(term[1:] for term in terms if term.startswith("*"))
    plain = tuple(term for term in terms if not term.startswith("*"))
    given: dict[str, Any] = {
        "id": "a_list",
        "label": "一覧",
        "kind": Kind.SPECIAL_CARE,
        "terms": plain,
        "endings": endings,
    }
    return OfficeKinds(dictionaries=(OfficeDictionary(**given | values),))


TERMS = [
    pytest.param(("甲号休職",), "本日より甲号休職です", ["甲号休職"], id="term"),
    pytest.param(("*統合準備室",), "北部統合準備室より", ["北部統合準備室"], id="ending"),
    pytest.param(("*統合準備室",), "この統合準備室", [], id="ending without a word"),
    pytest.param(("Project X",), "the PROJECT x is", ["PROJECT x"], id="case"),
    pytest.param(("cat",), "concatenate", [], id="inside a word"),
    pytest.param(("ABC",), "ＡＢＣ", ["ABC"], id="full width"),
]


@pytest.mark.parametrize(("terms", "words", "expected"), TERMS)
def test_terms_of_a_dictionary_are_found(terms: tuple[str, ...], words: str, expected: list[str]) -> None:
    """As written, in any case and width, and Latin words only whole."""
    assert expected == [one.value for one in candidates(listed(*terms), words)]


def test_term_is_reported_as_the_kind_the_office_says() -> None:
    """An own word of illness is special care, with the list as its ground."""
    (one,) = candidates(listed("甲号休職"), "甲号休職")

    assert (Kind.SPECIAL_CARE, "office.a_list", 0.8) == (one.kind, one.rule, one.confidence)
    assert (Evidence(Because.OFFICE_KIND, "一覧"), Evidence(Because.DICTIONARY, "甲号休職")) == one.evidence


ALLOWED = [
    pytest.param("022-555-0100", True, id="as written"),
    pytest.param("０２２（５５５）０１００", True, id="written otherwise"),
    pytest.param("022-555-0101", False, id="another"),
    pytest.param("あおば 互助会", True, id="with a blank"),
    pytest.param("あおば互助会員", False, id="longer"),
    pytest.param("sato@GOJOKAI.example.jp", True, id="address of the domain"),
    pytest.param("sato@sub.gojokai.example.jp", False, id="address of a domain below"),
    pytest.param("", False, id="nothing"),
]


@pytest.mark.parametrize(("value", "expected"), ALLOWED)
def test_allow_list_compares_whole_values(value: str, *, expected: bool) -> None:
    """However it is written it is allowed, and nothing that only begins so."""
    office = listed("022-555-0100", "あおば互助会", "@gojokai.example.jp", ignores=True)

    assert expected is Allowed(office).allowed(value)
    assert [] == detectors_of(office)


# -- members

MEMBERS = OfficeKinds(
    members=hashed_members(
        [
            (MemberValue.NAME, "小口 哲也"), (MemberValue.NAME, "髙﨑さくら"), (MemberValue.NUMBER, "A-12345"),
            (MemberValue.MAIL, "oguchi@free.example.org"),
        ],
        KEY,
    )
)  # fmt: skip
MET = [
    pytest.param("小口哲也様のお申し込み", [("person_name", "小口哲也")], id="before a title"),
    pytest.param("氏名：小口　哲也", [("person_name", "小口哲也")], id="behind a label"),
    pytest.param("高崎さくらさん", [("person_name", "高崎さくら")], id="with the usual letter"),
    pytest.param("小口 哲也様", [("person_name", "小口哲也")], id="with blank and title"),
    pytest.param("小口 哲也の件", [("person_name", "小口哲也")], id="with a particle"),
    pytest.param("小口先生", [], id="surname alone"),
    pytest.param("番号a12345です", [("member_number", "a12345")], id="number"),
    pytest.param("番号A123456です", [], id="longer number"),
    pytest.param("<OGUCHI@free.example.org>", [("email_address", "OGUCHI@free.example.org")], id="address"),
]


@pytest.mark.parametrize(("words", "expected"), MET)
def test_member_is_found_for_certain(words: str, expected: list[tuple[str, str]]) -> None:
    """Whoever is on the list is found as a certain finding, with the list as its ground."""
    met = candidates(MEMBERS, words)

    assert expected == [(str(one.kind), one.value) for one in met]
    assert all(one.confidence > 0.95 and one.evidence == (Evidence(Because.MEMBER_LIST),) for one in met)


def test_ordinary_mail_is_compared_in_little_time() -> None:
    """A mail of 5 KB costs few comparisons, each a keyed hash."""
    mail = (
        "いつもお世話になっております。次回の研修会は七月十二日に教育会館で行います。資料 3 部をご用意ください。\n" * 35
    )
    text = normalised(Piece("body", mail))
    detectors = detectors_of(MEMBERS, KEY)

    _, seconds = effort(lambda: [list(detector.find(text)) for detector in detectors])

    assert seconds < 2


# -- trying out


def test_trying_a_kind_shows_lines_and_no_values() -> None:
    """Before it is switched on the office sees where it would be found, masked, and why."""
    seen = tried(member_number(), "会員番号 12-345678\n\n12-345679")

    assert [(1, True), (3, False)] == [(one.line, one.is_finding) for one in seen]
    assert "345" not in "".join(one.masked for one in seen)
    assert Because.WORD_BEFORE in {ground.because for ground in seen[0].evidence}


@pytest.mark.parametrize("mark", [",", "\t"])
def test_trying_a_kind_with_a_table_reads_its_column(mark: str) -> None:
    """A CSV of the office shows what a column would give."""
    rows = [["氏名", "組合員番号"], ["山田 花子", "12-345678"], ["小口 哲也", "未定"]]
    seen = tried(member_number(), "\n".join(mark.join(row) for row in rows))

    assert [(2, 0.95)] == [(one.line, one.confidence) for one in seen]
    assert Because.COLUMN in {ground.because for ground in seen[0].evidence}


def test_trying_a_dictionary_shows_lines() -> None:
    """Lists are tried in the same way."""
    (dictionary,) = listed("甲号休職").dictionaries

    assert [2] == [one.line for one in tried(dictionary, "本日より\n甲号休職です")]
