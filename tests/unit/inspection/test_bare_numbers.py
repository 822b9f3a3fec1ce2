"""Numbers that nobody labels: what they are, their digits, the name beside them and the matter of the text say."""

from __future__ import annotations

import random

import pytest

from mailguard.inspection.bare_numbers import is_born, kind_of_numbers
from mailguard.model.contents import Piece
from mailguard.model.finding import Kind
from tests.corpus.generated.beside_names import BEHIND, IN_COLUMNS, KANA, NOBODYS, behind_names, number_column
from tests.corpus.generated.numbers import digits, my_number
from tests.unit.inspection.inspecting_parts import MY_NUMBERS, body, counting, sheet, values

CASES = 60
NUMBERS = ("my_number", "credit_card", "driver_license", "basic_pension_number", "passport", "residence_card",
           "health_insurance", "bank_account")  # fmt: skip


def plain(value: str) -> str:
    """A value as it counts."""
    return "".join(filter(str.isalnum, value))


@pytest.mark.parametrize("kind", IN_COLUMNS)
def test_column_beside_names_is_known_by_its_digits(kind: str) -> None:
    """A column that is only called 番号 is read by what stands in it, in 95 of 100 sheets at least."""
    dice = random.Random(kind)
    make, header = IN_COLUMNS[kind]
    right = 0
    for _ in range(CASES):
        rows, made = number_column(dice, make, header)
        right += values(sheet(*rows), kind) >= set(map(plain, made))

    assert right >= CASES * 0.95


@pytest.mark.parametrize("kind", BEHIND)
def test_number_behind_a_name_is_found_where_the_mail_is_about_it(kind: str) -> None:
    """Colleagues leave the label out; nine of ten such mails are read at least."""
    dice = random.Random(kind)
    make, matter = BEHIND[kind]
    right = 0
    for _ in range(CASES):
        text, made = behind_names(dice, make, matter)
        right += values(body(text), kind) >= set(map(plain, made))

    assert right >= CASES * 0.9


@pytest.mark.parametrize("family", NOBODYS)
def test_number_of_a_thing_beside_names_is_nobodys(family: str) -> None:
    """Parcels, orders and sums beside the names of customers are no numbers of theirs."""
    dice = random.Random(family)
    make, header = NOBODYS[family]
    wrong = []
    for _ in range(CASES):
        rows, _made = number_column(dice, make, header)
        wrong += [found for found in counting(sheet(*rows)) if found[0] in NUMBERS]

    assert wrong == []


def test_single_number_of_twelve_digits_behind_a_name_needs_the_matter() -> None:
    """A number that passes by chance, in a mail about nothing of the kind, holds nobody's mail."""
    dice = random.Random(12)
    wrong = [
        found
        for _ in range(300)
        for found in counting(body(f"長谷川 美咲様 {digits(dice, 12)} で発送しました。"))
        if found[0] in NUMBERS
    ]

    assert wrong == []


FOUND = [
    pytest.param("カード：4111111111111111", "credit_card", "4111111111111111", id="card"),
    pytest.param(
        "長谷川 美咲様のカード、3056-9309-0259-04で再登録",
        "credit_card", "30569309025904", id="4-4-4-2",
    ),
    pytest.param("カード番号 4222222222222", "credit_card", "4222222222222", id="thirteen digits"),
    pytest.param(
        "国民健康保険　被保険者証\n番号 90-4411027\n氏名 御手洗 健",
        "health_insurance", "904411027", id="copy of a card",
    ),
    pytest.param(
        "長谷川 美咲さん（4102-991830）は裁定済みです。年金課より",
        "basic_pension_number", "4102991830", id="brackets",
    ),
    pytest.param(
        "基礎年金 9038-117264 4/21入社 長谷川 美咲",
        "basic_pension_number", "9038117264", id="label cut short",
    ),
    pytest.param(
        "基礎年金番号は7714-550382、配偶者の長谷川 美咲様は7\n719-004466で",
        "basic_pension_number", "7719004466", id="cut in a group",
    ),
    pytest.param(
        "請求者は妻長谷川 美咲（2180-336911）、基礎年金番号です",
        "basic_pension_number", "2180336911", id="請求者",
    ),
    pytest.param(
        "00031 クジラオカ タモツ        4410-207735 1 フツウ 3310284\n年金の返納",
        "bank_account", "3310284", id="kana deposit",
    ),
    pytest.param(
        "カードの番号はTY90218834HB、旅券はXC5512093です。",
        "residence_card", "TY90218834HB", id="next label",
    ),
    pytest.param("APIS修正依頼 MZ0091843 ARAGAKI LISA", "passport", "MZ0091843", id="traveller"),
    pytest.param(
        "長谷川 美咲　TR6629017　S58.12.1 旅券です",
        "birth_date", "S58.12.1", id="record on a line",
    ),
    pytest.param("VPN共有鍵  m1yoshi5eiki", "credential", "m1yoshi5eiki", id="shared key"),
    pytest.param("SSID: guest-2F\nWPA2キー: b7Kq-92xm", "credential", "b7Kq-92xm", id="network key"),
    pytest.param("SSID: office\nキー: b7Kq-92xm", "credential", "b7Kq-92xm", id="key of a network"),
    pytest.param("PW1: Yama2025! PW2: Kawa2025!", "credential", "Kawa2025!", id="second password"),
    pytest.param("ツバメ 001 ホンテン 1 1180226 コバヤシ ナオキ", "bank_account", "1180226", id="transfer record"),
    pytest.param("組合員証\n記号 番号 氏名\n3646 894170 小林 直樹", "health_insurance", "894170", id="symbol"),
    pytest.param("長谷川 美咲さんは月246,500円で承認です", "salary", "246500", id="by month"),
    pytest.param("長谷川 美咲　412,000円　A評価", "salary", "412000", id="rated"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "value"), FOUND)
def test_number_in_a_hasty_mail_is_found(text: str, kind: str, value: str) -> None:
    """What people leave out does not hide a number."""
    assert value in {found.replace("-", "") if kind != "credential" else found for found in values(body(text), kind)}


NOT_FOUND = [
    pytest.param(
        "Ms. TESHIGAWARA Ayumi  DOB 14 Feb 1986  exp. 2030/05/11",
        "birth_date", {"14Feb1986"}, id="expiry",
    ),
    pytest.param(
        "生年月日 平成 年 月 日\n期間 令和8年5月25日〜6月12日",
        "birth_date", set(), id="blank form and period",
    ),
    pytest.param(
        "日付,借方,貸方,金額\n9/10,給料手当,普通預金,3820441\n9/11,旅費,現金,2844",
        "bank_account", set(), id="journal",
    ),
    pytest.param("患者番号 0041877 天羽 裕", "member_number", set(), id="patient"),
    pytest.param("JAN 4901234567894 のカードリーダーを長谷川 美咲が発注", "credit_card", set(), id="product"),
    pytest.param("長谷川 美咲 2026-041501 議事録", "basic_pension_number", set(), id="file number"),
    pytest.param("長谷川 美咲さんは年5,000円の会費を納入済みです", "salary", set(), id="a fee a year"),
    pytest.param("国民健康保険の手続きは番号 12345 の窓口へ", "health_insurance", set(), id="a counter"),
    pytest.param("ツバメ 001 ホンテン 1 1180226 カ)ツバメ ショウジ", "bank_account", set(), id="a firm's transfer"),
    pytest.param("利用料は月5,500円です", "salary", set(), id="a fee a month"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "expected"), NOT_FOUND)
def test_what_only_looks_like_it_is_left_alone(text: str, kind: str, expected: set[str]) -> None:
    """Expiry dates, periods, journals, products and fees are nobody's data."""
    assert values(body(text), kind) == expected


def test_record_of_a_program_is_read_by_its_fields() -> None:
    """Systems name fields in English or in romanised Japanese; what they hold is found."""
    record = (
        f"no: S-1215\nname: 五島 いろは\nbirth: 2002/09/04\nmyNumber: {MY_NUMBERS[0]}\nbase: 218000\nkaiin_no: 33120\n"
        "cardNo: 4111111111111111\naccountNumber: 1234562\npensionNo: 4837205618\nlicenseNo: 655863790241"
    )

    assert {kind for kind, _ in counting(Piece("attachment:err.json", record))} == {
        Kind.STAFF_NUMBER, Kind.PERSON_NAME, Kind.BIRTH_DATE, Kind.MY_NUMBER, Kind.SALARY, Kind.MEMBER_NUMBER,
        Kind.CREDIT_CARD, Kind.BANK_ACCOUNT, Kind.BASIC_PENSION_NUMBER, Kind.DRIVER_LICENSE,
    }  # fmt: skip


def test_records_with_era_codes_and_staff_numbers_are_read() -> None:
    """Lines out of an old program: a remark below says what the first column holds."""
    text = (
        "次の3レコードです。\n412-0551,オニヅカ チナツ,S570311\n412-0560,ナカゾノ シン,H020927\n"
        "412-0571,ミウラ ジュン,H061130\n左端は教職員番号です。"
    )

    assert counting(body(text)) >= {
        (Kind.BIRTH_DATE, "S570311"), (Kind.BIRTH_DATE, "H020927"), (Kind.BIRTH_DATE, "H061130"),
        (Kind.STAFF_NUMBER, "4120551"), (Kind.STAFF_NUMBER, "4120560"), (Kind.STAFF_NUMBER, "4120571"),
    }  # fmt: skip


def test_columns_that_a_form_only_numbers_are_read_by_their_content() -> None:
    """G-1, G-2, G-3 over cards, birth dates and My Numbers: the residence cards show that the rows are people."""
    found = counting(
        sheet(
            ("監理団体様式",),
            ("実習生", "G-1", "G-2", "G-3"),
            ("NGUYEN VAN TAI", "UJ81120934MB", "2001/05/30", MY_NUMBERS[0]),
            ("SOK DARA", "UJ44019285LC", "1998/12/08", MY_NUMBERS[1]),
        )
    )

    assert {kind for kind, _ in found} >= {Kind.RESIDENCE_CARD, Kind.BIRTH_DATE, Kind.MY_NUMBER}


def test_payroll_without_a_header_is_known_by_its_name() -> None:
    """Sums beside names in a file called kyuyo are what people earn."""
    rows = [("S-1024", "小林 直樹", "312000"), ("S-1031", "山田 栄子", "268500"), ("S-1190", "三浦 大輔", "241800")]

    assert values(sheet(*rows, where="attachment:kyuyo04.xls"), Kind.SALARY) == {"312000", "268500", "241800"}
    assert values(sheet(*rows, where="attachment:list.xls"), Kind.SALARY) == set()


def test_amounts_under_a_payroll_header_are_pay() -> None:
    """支給額 beside 控除 is a payroll; alone beside names it may be any benefit."""
    people = (("小林 直樹", "312,000", "50,000"), ("山田 栄子", "268,500", "41,000"))

    assert values(sheet(("氏名", "支給額", "控除"), *people), Kind.SALARY) == {"312000", "268500"}
    assert values(sheet(("氏名", "支給額", "支給日数"), *people), Kind.SALARY) == set()


def test_era_codes_with_a_hyphen_in_a_column_are_dates_of_birth() -> None:
    """Social insurance forms write the era as a digit."""
    rows = (("小林 直樹", "3-570311"), ("山田 栄子", "4-020927"))

    assert values(sheet(("氏名", "生年月日"), *rows), Kind.BIRTH_DATE) == {"3570311", "4020927"}


@pytest.mark.parametrize(
    ("where", "kind"), [("組合員証一覧.xlsx", "health_insurance"), ("会員番号一覧.xlsx", "member_number")]
)
def test_column_called_number_is_what_the_file_is_about(where: str, kind: str) -> None:
    """A list of insurance cards or of members need not repeat it over each column."""
    rows = (("小林 直樹", "894170"), ("山田 栄子", "894171"))

    assert values(sheet(("氏名", "番号"), *rows, where=f"attachment:{where}"), kind) == {"894170", "894171"}


def test_kana_records_of_a_mainframe_give_their_numbers() -> None:
    """Names in kana alone are enough to see whose pension numbers these are."""
    lines = [f"0003{at} {kana}        4410-20773{at} 1" for at, kana in enumerate(KANA)]

    assert len(values(body("年金の支給データ\n" + "\n".join(lines)), Kind.BASIC_PENSION_NUMBER)) == len(KANA)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        pytest.param("S570311", True, id="era code"),
        pytest.param("19800405", True, id="eight digits"),
        pytest.param("昭和57年3月11日", True, id="written out"),
        pytest.param("R070311", False, id="Reiwa"),
        pytest.param("S571311", False, id="no such month"),
        pytest.param("20260405", False, id="this year"),
        pytest.param("4570311", False, id="seven digits"),
    ],
)
def test_cell_with_a_date_of_birth_is_told(cell: str, expected: bool) -> None:
    """Codes of old programs are dates as well; an account's number is none."""
    assert is_born(cell) is expected


def test_column_in_which_one_number_fails_is_not_named() -> None:
    """One cell that does not fit shows that the others fit by chance."""
    dice = random.Random(5)
    numbers = [my_number(dice) for _ in range(4)]

    assert kind_of_numbers(numbers, "") == Kind.MY_NUMBER
    assert kind_of_numbers([*numbers, "123456789012"], "") is None
    assert kind_of_numbers(["番号", *numbers], "") == Kind.MY_NUMBER
    assert kind_of_numbers([], "") is None
