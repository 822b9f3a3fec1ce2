"""Forms, slips and lists as offices type them, and whose data stands in them."""

from __future__ import annotations

import pytest

from mailguard.model.finding import Kind
from tests.unit.inspection.inspecting_parts import MY_NUMBERS, body, counting, inspected, sheet, values

PENSION_FORMS = [
    "個人番号［基礎年金番号］",
    "個人番号（または基礎年金番号）",
    "個人番号又は基礎年金番号",
    "基礎年金番号",
]


@pytest.mark.parametrize("label", PENSION_FORMS)
def test_my_number_below_a_label_for_either_number_is_found(label: str) -> None:
    """The forms of pension and health insurance ask for one of two numbers; whoever filled in his My Number is seen."""
    form = ((label, MY_NUMBERS[0]), ("被保険者氏名", "坂口 美穂"))

    assert values(body("\n".join(f"{name}　{value}" for name, value in form)), Kind.MY_NUMBER) == {MY_NUMBERS[0]}
    assert values(sheet(*form), Kind.MY_NUMBER) == {MY_NUMBERS[0]}


def test_number_with_a_wrong_check_digit_below_a_label_for_either_is_no_my_number() -> None:
    """Twelve digits are no My Number because a form asks for one."""
    assert values(body("個人番号［基礎年金番号］　392718460553"), Kind.MY_NUMBER) == set()


FORWARDED = "受付様\n\n-------- 転送メッセージ --------\n件名: 入会申込\n差出人: web@gojokai.example.jp\n\n"


@pytest.mark.parametrize("label", ["[お名前] ", "【お名前】", "【氏名】 ", "<氏名> ", "氏　　名　　　"])
def test_name_behind_a_label_at_the_top_of_a_mail_from_the_form_is_not_a_greeting(label: str) -> None:
    """Whoever filled in the form on our page is its matter, wherever the name stands in the mail it makes."""
    text = f"{FORWARDED}{label}依田 公子\n【生年月日】1964-02-29\n【電話番号】0267551234\n"

    assert {(Kind.PERSON_NAME, "依田公子"), (Kind.PHONE_NUMBER, "0267551234")} <= counting(body(text))


ABROAD = [
    pytest.param("Name: SANTOS Maria Cristina", "SANTOSMariaCristina", id="a given name that is a word elsewhere"),
    pytest.param("氏名　NGUYEN THI LAN", "NGUYENTHILAN", id="a label without a colon"),
    pytest.param("お名前　　Michael Brennan", "MichaelBrennan", id="a polite label without a colon"),
]


@pytest.mark.parametrize(("line", "name"), ABROAD)
def test_name_from_abroad_behind_a_label_is_found(line: str, name: str) -> None:
    """A teacher from abroad fills in the same form as everybody."""
    assert values(body(f"藤森様\n\n次の方です。\n{line}\n生年月日　1991年5月17日\n"), Kind.PERSON_NAME) == {name}


@pytest.mark.parametrize("line", ["氏名 Microsoft Office", "氏名　OK NG", "氏名 Company Name"])
def test_words_in_roman_letters_behind_a_label_are_nobody(line: str) -> None:
    """A column of a form described in English words is no person."""
    assert values(body(f"田中様\n\n設定の例です。\n{line}\n"), Kind.PERSON_NAME) == set()


DUTY = "警備会社様\n\n年末年始の当番の連絡先です。\n{} 丸山 090 4127 3131\n{} 村田 080-4127-3232\n"


@pytest.mark.parametrize(("first", "second"), [("12/29", "12/30"), ("12月29日(火)", "12月30日(水)"), ("①", "②")])
def test_mobiles_of_people_on_duty_are_somebodys(first: str, second: str) -> None:
    """A list of who is on duty gives away the private telephones of my colleagues."""
    assert values(body(DUTY.format(first, second)), Kind.PHONE_NUMBER) == {"09041273131", "08041273232"}


def test_words_for_the_old_and_the_new_telephone_are_nobody() -> None:
    """A child whose mother has a new telephone is one person."""
    found = inspected(body("１年生 清澤ひまりさんの連絡先です。\n旧 090-4127-1212\n新 080-4127-3434\n"))

    assert (found.persons, found.counts[Kind.PHONE_NUMBER]) == (1, 2)


SIGNED = "\n\n// あおば互助会 旅行係 //\n// 担当: 大滝 026-555-0116 //\n"


@pytest.mark.parametrize("couple", ["飯島 徹・和子 様", "飯島 徹、和子様", "飯島 徹 ・ 和子 ご夫妻"])
def test_couple_that_gets_a_parcel_is_no_signature(couple: str) -> None:
    """Whom the parcel is for stands right above how I sign."""
    text = f"旅行センター御中\n\n宿泊券の送付先：\n{couple}\n〒380-0803 長野県長野市三輪5-43-12{SIGNED}"

    assert {Kind.PERSON_NAME, Kind.POSTAL_ADDRESS} <= {kind for kind, _ in counting(body(text))}


@pytest.mark.parametrize("role", ["遺族代表", "ご遺族代表", "相続人代表", "保護者代表", "世帯代表"])
def test_who_stands_for_a_family_is_no_officer(role: str) -> None:
    """The daughter who speaks for the bereaved gave us her own telephone."""
    text = f"葬祭担当様\n\n{role}　三石 雅美（長女）\n連絡先　０２６７－５５－４３２１（夜間可）\n"

    assert counting(body(text)) == {(Kind.PERSON_NAME, "三石雅美"), (Kind.PHONE_NUMBER, "0267554321")}


@pytest.mark.parametrize(
    "line", ["みすず野銀行 須坂支店 普) 0561188", "みすず野信金 本店 普 0561188", "みすず野農協 豊野支所 普通0561188"]
)
def test_branch_and_sort_of_an_account_are_nobodys_name(line: str) -> None:
    """「支店 普」 is where the money goes, not who gets it."""
    assert values(body(f"経理様\n\n氏名：久保田 美帆\n口座：{line}\n"), Kind.PERSON_NAME) == {"久保田美帆"}


def test_children_written_in_hiragana_are_found() -> None:
    """The list of a kindergarten writes names as its children read them."""
    rows = (
        ("番号", "なまえ", "保護者", "電話"),
        ("1", "あかぬま ゆい", "赤沼 健", "026-555-2001"),
        ("2", "いいじま そうた", "飯島 由紀", "026-555-2002"),
    )

    assert values(sheet(*rows), Kind.PERSON_NAME) == {"あかぬまゆい", "赤沼健", "いいじまそうた", "飯島由紀"}
