"""Whom the first lines greet, and when that is somebody else than the mail goes to."""

from __future__ import annotations

import pytest

from mailguard.policy.greeting import greeting_of, organisation_name
from tests.unit.policy.parts import ANDO, BABA, CHIBA, COLLEAGUE, desk, mail

GREETINGS = [
    pytest.param("田中様\n\nお世話になっております。", (), ("田中",), id="a person"),
    pytest.param("田中 一郎 様", (), ("田中一郎",), id="a full name"),
    pytest.param("田中　一郎　さま", (), ("田中一郎",), id="wide blanks"),
    pytest.param("田中さん、", (), ("田中",), id="san, with a comma"),
    pytest.param("株式会社若草印刷\n営業部 太田様", ("若草印刷",), ("太田",), id="firm, department, person"),
    pytest.param("若草印刷株式会社　太田様", ("若草印刷",), ("太田",), id="firm and person on a line"),
    pytest.param("㈱若草印刷 御中", ("若草印刷",), (), id="a firm"),
    pytest.param("（株）若草印刷　営業部　御中", ("若草印刷",), (), id="a firm's department"),
    pytest.param("みどり銀行 本店営業部\n太田 花子 様", ("みどり銀行本店営業部",), ("太田花子",), id="a bank"),
    pytest.param("田中様\nCc: 鈴木様\n\n本文", (), ("田中", "鈴木"), id="somebody in copy"),
    pytest.param("田中様\n(CC:鈴木様)\n\n本文", (), ("田中", "鈴木"), id="somebody in copy, in brackets"),
    pytest.param("田中先生", (), ("田中",), id="sensei"),
    pytest.param("各位", (), (), id="everybody"),
    pytest.param("会員各位", (), (), id="all members"),
    pytest.param("ご担当者様", (), (), id="whoever is in charge"),
    pytest.param("保護者の皆様", (), (), id="parents"),
    pytest.param("お客様", (), (), id="a customer"),
    pytest.param("営業部長様", (), (), id="a title without a name"),
    pytest.param("お世話になっております。佐藤です。\n田中様の件です。", (), (), id="named below the greeting"),
    pytest.param("", (), (), id="nothing"),
    pytest.param("Dear Mr Tanaka,", (), (), id="English"),
    pytest.param("一行目\n二行目\n三行目\n四行目\n田中様", (), (), id="too far below"),
    pytest.param("田中様\n本文です\n鈴木様", (), ("田中",), id="only the first block"),
    pytest.param("あ" * 60 + "様", (), (), id="a long line"),
]


@pytest.mark.parametrize(("text", "organisations", "persons"), GREETINGS)
def test_greeting_is_read_out_of_the_first_lines(
    text: str, organisations: tuple[str, ...], persons: tuple[str, ...]
) -> None:
    """Firms without their legal form and people without titles; whoever greets everybody greets nobody."""
    found = greeting_of(text)

    assert (organisations, persons) == (found.organisations, found.persons)


def test_greeting_is_remembered_where_it_names_one_of_each() -> None:
    """Firm and person together belong to an address; either alone may be many people's."""
    keys = [greeting_of(text).key for text in ("㈱若草印刷\n太田様", "太田様", "㈱若草印刷 御中", "太田様\n小川様")]

    assert ["若草印刷|太田", "", "", ""] == keys


ORGANISATIONS = [
    pytest.param("株式会社 若草印刷", "若草印刷", id="legal form in front"),
    pytest.param("若草印刷(株)", "若草印刷", id="legal form behind"),
    pytest.param("一般財団法人若草会", "若草会", id="foundation"),
    pytest.param("若草小学校", "若草小学校", id="school"),
    pytest.param("若草ホテル", "若草ホテル", id="hotel"),
    pytest.param("法人営業部", "", id="a department that sells to firms"),
    pytest.param("各会社", "", id="each firm"),
    pytest.param("田中", "", id="a person"),
]


@pytest.mark.parametrize(("text", "expected"), ORGANISATIONS)
def test_organisation_is_told_from_other_words(text: str, expected: str) -> None:
    """A legal form or a word such as school or hotel makes an organisation; a department is none."""
    assert expected == organisation_name(text)


TANAKA = f'"田中 一郎" <{ANDO}>'
SOMEBODY_ELSE = [
    pytest.param([TANAKA], "鈴木様\n\nお世話になっております。", id="another surname"),
    pytest.param([TANAKA], "鈴木 一郎 様", id="another full name"),
    pytest.param([TANAKA], "有限会社さくら商事\n営業部 鈴木様", id="another firm and person"),
    pytest.param([f'"田中 一郎" <{ANDO}>', f'"馬場 二郎" <{BABA}>'], "鈴木様", id="neither of two"),
    pytest.param([f'"若草印刷株式会社" <{ANDO}>'], "星空企画株式会社 御中", id="another firm, no persons"),
]


@pytest.mark.parametrize(("to", "body"), SOMEBODY_ELSE)
def test_greeting_of_somebody_else_is_noticed(to: list[str], body: str) -> None:
    """A mail that greets somebody who is not among its recipients is asked about."""
    with desk() as one:
        assert one.facts(mail(to, body=body)).greets_somebody_else


PROVES_NOTHING = [
    pytest.param([TANAKA], "田中様", id="the recipient"),
    pytest.param([TANAKA], "田中 一郎 様", id="the recipient in full"),
    pytest.param(['"田中" <ando@ume.example.com>'], "鈴木様", id="only a surname is shown"),
    pytest.param([ANDO], "鈴木様", id="no name is shown"),
    pytest.param(['"Ichiro Tanaka" <ando@ume.example.com>'], "鈴木様", id="a name in Latin letters"),
    pytest.param(['"若草印刷 営業部" <ando@ume.example.com>'], "鈴木様", id="a department is shown"),
    pytest.param([TANAKA, BABA], "鈴木様", id="one of two without a name"),
    pytest.param([TANAKA], "各位", id="everybody is greeted"),
    pytest.param([TANAKA], "ご担当者様", id="whoever is in charge"),
    pytest.param([TANAKA], "お世話になっております。", id="nobody is greeted"),
    pytest.param([TANAKA], "鈴木様\n田中様", id="two are greeted, one of them the recipient"),
    pytest.param([TANAKA], "鈴木様 (Cc: 田中様)", id="the recipient on the same line"),
    pytest.param([TANAKA, f'"鈴木 花子" <{COLLEAGUE}>'], "鈴木様", id="a colleague on the mail"),
    pytest.param([f'"若草印刷株式会社" <{ANDO}>'], "若草印刷株式会社 御中", id="the firm"),
    pytest.param([f'"若草印刷" <{ANDO}>'], "㈱若草印刷工業 御中", id="the firm, written otherwise"),
    pytest.param([f'"若草印刷 太田" <{ANDO}>'], "ひかり 太田様", id="a firm that could be a surname"),
    pytest.param([f'"鈴木商店 田中 一郎" <{ANDO}>'], "鈴木様", id="part of what is shown"),
    pytest.param(
        [f'"田中 {n}郎" <a@{name}.example.com>' for n, name in zip("一二三四", "abcd", strict=True)],
        "鈴木様",
        id="more than three",
    ),
]


@pytest.mark.parametrize(("to", "body"), PROVES_NOTHING)
def test_greeting_that_cannot_be_compared_proves_nothing(to: list[str], body: str) -> None:
    """Where the recipients' own names are not known, or everybody is greeted, nobody is bothered."""
    with desk() as one:
        assert not one.facts(mail(to, body=body)).greets_somebody_else


def test_greeting_to_colleagues_alone_is_left_alone() -> None:
    """Inside the office a wrong greeting harms nobody."""
    with desk() as one:
        assert not one.facts(mail([f'"田中 一郎" <{COLLEAGUE}>'], body="鈴木様")).greets_somebody_else


def test_greeting_learned_for_an_address_is_missed_elsewhere() -> None:
    """Whoever was greeted as one firm's person before, and is greeted so to another firm, is somebody else."""
    body = "株式会社若草印刷\n太田様"
    with desk() as one:
        before = one.facts(mail([BABA], body=body)).greets_somebody_else
        one.deliver(mail([ANDO], body=body))
        found = [one.facts(mail([to], body=body)).greets_somebody_else for to in (ANDO, "x@ume.example.com", BABA)]

    assert not before
    assert [False, False, True] == found


def test_greeting_learned_from_a_mail_to_several_belongs_to_none() -> None:
    """From a mail to two outsiders nobody can tell whose the greeting was."""
    body = "株式会社若草印刷\n太田様"
    with desk() as one:
        one.deliver(mail([ANDO, CHIBA], body=body))

        assert not one.facts(mail([BABA], body=body)).greets_somebody_else


def test_name_learned_from_earlier_mail_is_compared_with() -> None:
    """A recipient who is shown without a name today was shown with one before."""
    with desk() as one:
        one.deliver(mail([TANAKA]))
        found = [one.facts(mail([ANDO], body=body)).greets_somebody_else for body in ("鈴木様", "田中様")]

    assert [True, False] == found


def test_mistyped_domain_is_not_told_twice() -> None:
    """Where an address is mistyped already, the greeting adds no second reason."""
    with desk() as one:
        assert not one.facts(mail(['"田中 一郎" <tanaka@gmial.com>'], body="鈴木様")).greets_somebody_else
