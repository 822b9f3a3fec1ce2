"""Numbers, dates and secrets that people write without the word a form would have for them."""

from __future__ import annotations

import pytest

from mailguard.model.finding import Kind
from tests.unit.inspection.inspecting_parts import body, inspected, sheet, values

FOUND = [
    pytest.param(
        "免除申請の控えです。番号は6629-310574、口座振替は停止済みです。", Kind.BASIC_PENSION_NUMBER, id="a pension",
    ),
    pytest.param(
        "氏名 生越 龍之介\n交付 令和04年06月10日 12345\n2027年(令和09年)06月25日まで有効\n番号 第 420612339080 号",
        Kind.DRIVER_LICENSE, id="a licence as it is printed",
    ),
    pytest.param("こちらに差し替えてください 3566002020360505 期限 11/28", Kind.CREDIT_CARD, id="a card"),
    pytest.param(
        "Insured person : MAEDA Kaoru\nInsured no. : 55-210984", Kind.HEALTH_INSURANCE, id="in English",
    ),
    pytest.param("受診者 筒香 花江 女 昭25.6.18", Kind.BIRTH_DATE, id="a patient's day behind her sex"),
    pytest.param("被扶養者 東海林 健太(令和2年8月19日)", Kind.BIRTH_DATE, id="a child's day"),
    pytest.param("氏名: 纐纈 保\nera: 昭和\n生年月日: 350521", Kind.BIRTH_DATE, id="an era in its own field"),
    pytest.param("納税用確認番号:770412", Kind.CREDENTIAL, id="a code of the tax office"),
    pytest.param(
        "講師謝礼をお振込みください。\n 受取人 小林 直樹\n 金額 33,411円(源泉税控除後)", Kind.SALARY, id="a fee",
    ),
    pytest.param(
        "早瀬弁護士会 労働相談 御中\n申立人 小林 直樹\n未払額 金五十八万四千円", Kind.SALARY, id="unpaid wages",
    ),
    pytest.param("就労証明書\n氏名 山田 栄子\n月額支給 201,000円", Kind.SALARY, id="a certificate"),
    pytest.param(
        "小林 直樹教諭(412-0315)が通勤中に事故、肋骨骨折です。", Kind.STAFF_NUMBER, id="a colleague",
    ),
    pytest.param(
        "お申し込みは次の方です。お一人目は小林 直樹さん、ご自宅の連絡先は0\n90-5552-7710です。", Kind.PHONE_NUMBER,
        id="a telephone cut behind its zero",
    ),
    pytest.param(
        "お申し込みは次の方です。お一人目は小林 直樹さん、携帯は090-5552-7 \n710です。", Kind.PHONE_NUMBER,
        id="a telephone cut near its end",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("said", "kind"), FOUND)
def test_what_is_said_in_passing_is_found(said: str, kind: Kind) -> None:
    """Whoever writes to people who know what he means leaves out the word; the matter and the shape say it."""
    assert inspected(body(f"ご担当者様\n{said}\n")).counts.get(kind) == 1


NOTHING = [
    pytest.param("備品の点検をお願いします。番号は6629-310574です。", Kind.BASIC_PENSION_NUMBER, id="番号 of a thing"),
    pytest.param("受付票 番号 第 420612339080 号、25日まで有効です。", Kind.DRIVER_LICENSE, id="a ticket"),
    pytest.param("出荷分は 3566002020360505 です。納期 11/28", Kind.CREDIT_CARD, id="a shipment"),
    pytest.param("山田 栄子(令和2年8月19日)より申請", Kind.BIRTH_DATE, id="a day of an adult"),
    pytest.param("コピー機の代金です。\n金額 33,411円\n山田 栄子", Kind.SALARY, id="a price"),
    pytest.param("受講料 小林 直樹\n未払額 12,000円", Kind.SALARY, id="what somebody owes"),
    pytest.param("小林 直樹教諭(2025-0401)着任", Kind.STAFF_NUMBER, id="a day in brackets"),
    pytest.param("受診日 女 昭和50.6.18", Kind.BIRTH_DATE, id="a day at the doctor's"),
    pytest.param(
        "Zoom ミーティングに参加する\nhttps://us06web.zoom.example.com/j/84420719355?pwd=VXpyQ2l0dGVzdA.1",
        Kind.CREDENTIAL, id="the link of a meeting",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("said", "kind"), NOTHING)
def test_what_only_looks_like_it_is_not_found(said: str, kind: Kind) -> None:
    """The same digits in another matter are nobody's."""
    assert kind not in inspected(body(f"ご担当者様\n{said}\n")).counts


def test_surname_that_ends_as_a_department_does_is_a_person() -> None:
    """服部, 阿部 and 物部 are people, wherever a form has them."""
    found = inspected(sheet(("氏名", "被扶養者"), ("服部 花子", "物部 陽向"), ("阿部 一郎", "岡部 さくら")))

    assert found.counts[Kind.PERSON_NAME] == 4


@pytest.mark.parametrize("label", ["自宅", "現住所", "転居先", "実家は"])
def test_word_written_in_one_with_a_town_is_no_part_of_the_address(label: str) -> None:
    """自宅 right before the name of a town says whose address follows, and it is somebody's home."""
    found = values(body(f"ご担当者様\n山田 栄子さん、{label}みなさと市桜台9-1-3とのことです。\n"), Kind.POSTAL_ADDRESS)

    assert {"みなさと市桜台913"} == found
