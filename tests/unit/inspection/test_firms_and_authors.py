"""People whose names are public or stand for a firm: nobody is bothered because of them."""

from __future__ import annotations

import pytest

from mailguard.model.finding import Kind
from mailguard.policy.personal_data import must_protect
from tests.unit.inspection.inspecting_parts import body, counting, inspected, sheet

SUPPLIERS = (
    ("取引先コード", "取引先名", "代表者名", "住所", "TEL", "振込先銀行", "口座番号", "口座名義"),
    (
        "10234501",
        "株式会社丸信",
        "丸田信一",
        "長野県松本市深志2-8-1",
        "0263-55-1122",
        "みすず野銀行",
        "1002903",
        "ｶ)ﾏﾙｼﾝ",
    ),
    ("10234502", "有限会社北信", "吉田茂", "長野県中野市三好町1-3-19", "0269-55-3344", "長野信金", "0203048", "ﾎｸｼﾝ(ﾕ"),
    ("10234503", "合同会社ソラ", "大空翔", "長野県長野市鶴賀1403", "026-555-6789", "みすず野銀行", "3344957", "ﾄﾞ)ｿﾗ"),
)


def test_suppliers_with_accounts_of_firms_are_nobody() -> None:
    """Our list of suppliers names who stands for each firm; the accounts are the firms'."""
    assert set() == counting(sheet(*SUPPLIERS))


MASTER = (
    ("コード", "名称", "電話", "銀行", "支店", "種別", "口座", "名義"),
    ("101", "長野ガス株式会社", "026-555-2001", "みすず野銀行", "本店", "当座", "1100294", "ﾅｶﾞﾉｶﾞｽ(ｶ"),
    ("102", "信州電力", "026-555-2002", "みすず野銀行", "本店", "普", "2200375", "ｼﾝｼﾕｳﾃﾞﾝﾘﾖｸ(ｶ"),
    ("103", "学校法人あけぼの", "026-555-2003", "みすず野信金", "本店", "普", "3300486", "ｶﾞｸ)ｱｹﾎﾞﾉ"),
)


def test_firms_we_pay_are_nobody_by_the_holders_of_their_accounts() -> None:
    """The table from which we pay has no people in it, though its accounts have holders."""
    assert set() == counting(sheet(*MASTER))


def test_people_whom_a_list_names_as_holders_of_accounts_alone_are_somebody() -> None:
    """Members who get money back stand in a list of banks and branches under 名義 alone."""
    rows = (
        ("銀行名", "支店名", "種別", "口座番号", "名義", "電話"),
        ("みすず野銀行", "本店", "普", "4410982", "ｲﾄｳ ﾐﾄﾞﾘ", "026-555-8720"),
        ("みすず野信金", "豊野", "普", "4410997", "ﾌﾙｶﾜ ｼｭｳﾍｲ", "026-555-8721"),
    )
    found = inspected(sheet(*rows))

    assert (found.persons, found.counts[Kind.PHONE_NUMBER], found.counts[Kind.BANK_ACCOUNT]) == (2, 2, 2)


def test_offices_with_readings_beside_them_are_no_people() -> None:
    """A list of schools says how they are read, and where one calls them."""
    rows = (("学校名", "フリガナ", "電話"), ("旭小学校", "アサヒショウガッコウ", "0263-55-1005"))

    assert set() == counting(sheet(*rows))


def test_person_among_the_firms_we_pay_is_somebody() -> None:
    """A lecturer in the same table holds the account under his own name."""
    alone = ("104", "伊藤 翠", "090-4127-8720", "みすず野銀行", "本店", "普", "4410982", "ｲﾄｳ ﾐﾄﾞﾘ")
    found = inspected(sheet(*MASTER, alone))

    assert (must_protect(found), found.counts[Kind.BANK_ACCOUNT], found.persons) == (True, 1, 1)


def test_lecturer_among_the_suppliers_is_somebody() -> None:
    """Who is paid under his own name has an account of his own, whoever stands around him."""
    alone = (
        "10234504",
        "伊藤 翠",
        "伊藤 翠",
        "長野県長野市三輪5-43-12",
        "026-555-8720",
        "長野信金",
        "4410982",
        "ｲﾄｳ ﾐﾄﾞﾘ",
    )
    found = counting(sheet(*SUPPLIERS, alone))

    assert {(Kind.BANK_ACCOUNT, "4410982"), (Kind.PERSON_NAME, "伊藤翠")} <= found
    assert {value for kind, value in found if kind == Kind.BANK_ACCOUNT} == {"4410982"}


def test_account_of_somebody_who_works_for_a_firm_is_somebodys() -> None:
    """A list of lecturers says whom they work for; the fee goes to themselves."""
    rows = (
        ("氏名", "勤務先", "銀行", "口座番号", "口座名義"),
        ("伊藤 翠", "株式会社丸信", "長野信金", "4410982", "ｲﾄｳ ﾐﾄﾞﾘ"),
        ("古川 周平", "ｶ)ｿﾗ", "長野信金", "4410997", "ﾌﾙｶﾜ ｼｭｳﾍｲ"),
    )
    found = counting(sheet(*rows))

    assert {(Kind.BANK_ACCOUNT, "4410982"), (Kind.BANK_ACCOUNT, "4410997"), (Kind.PERSON_NAME, "伊藤翠")} <= found


def test_head_of_a_school_with_a_home_in_the_next_cells_is_somebody() -> None:
    """A list of heads with their homes and mobiles is private, whatever stands before their names."""
    rows = (
        ("旭小学校　校長　丸山 佳代", "長野県松本市旭2-4-4", "090-4127-0538"),
        ("桜丘中学校　校長　古川 周平", "長野県長野市若里6-3-33", "080-4127-0539"),
        ("清明小学校　校長　伊藤 翠", "長野県上田市中央4-3-5", "080-4127-0540"),
    )

    assert must_protect(inspected(sheet(*rows)))


def test_parties_of_a_contract_in_a_table_are_their_offices() -> None:
    """A contract names where the parties are and who signs for them."""
    rows = (
        ("甲", "長野県長野市県町511-2　一般財団法人あおば互助会　理事長　柳沢 省吾"),
        ("乙", "長野県松本市深志2-8-1　株式会社丸信　代表取締役　丸田 信一"),
    )

    assert set() == counting(sheet(*rows, where="attachment:契約書.docx"))


HISTORY = (
    "明治維新の人物です。\n西郷隆盛（1828年1月23日〜1877年9月24日）\n大久保利通（1830年生まれ）\n"
    "坂本龍馬　高知県高知市上町生まれ\n伊藤博文　福沢諭吉　渋沢栄一　津田梅子　板垣退助　木戸孝允　岩倉具視\n"
)


def test_people_of_history_are_nobody() -> None:
    """A work sheet about the Meiji era is no list of members."""
    assert inspected(body(f"田中様\n\n{HISTORY}")).named_persons == 0


def test_member_with_a_telephone_below_people_of_history_counts() -> None:
    """Whom a work sheet does not speak of is found beside it."""
    text = f"田中様\n\n{HISTORY}\n講師の連絡先：丸山 佳代様 自宅 026-555-8720 昭和55年3月2日生\n"

    assert must_protect(inspected(body(text)))


def test_lecturer_at_home_below_people_of_history_counts() -> None:
    """Who speaks about them lives today, and gave me the telephone at home."""
    text = f"田中様\n\n{HISTORY}\n講義をされる丸山 佳代様 ご自宅 026-555-8720\n"

    assert must_protect(inspected(body(text)))


def test_pupils_with_what_they_wrote_are_a_list_of_people() -> None:
    """Children who won a prize for what they wrote are no authors of books."""
    pupils = ("牛山 琴音", "藤原 海斗", "五味 陽菜", "大池 咲良", "丸田 美咲", "中嶋 柊斗")
    text = "\n".join(["田中様", "", "入選者です。", *(f"3年 {name}『山の一日』" for name in pupils)])

    assert inspected(body(text)).named_persons == len(pupils)


BOOKS = [
    "◆ {0} 著「やさしい簿記」1,980円",
    "・{0} 編著『電話応対の基本』1,650円",
    "{0}『はじめての表計算』信州文庫",
    "{0} 監修 「安全の手引き」",
]


@pytest.mark.parametrize("line", BOOKS)
def test_authors_of_books_on_order_are_nobody(line: str) -> None:
    """A list of books names who wrote them, with the telephone of the shop below."""
    names = ("渡辺淳一郎", "高橋由美", "佐藤健二", "宮部 智子", "東野圭介", "湊 かなえ")
    text = "\n".join(
        ["田中様", "", "新刊のご案内です。", *(line.format(name) for name in names), "信州書房 0263-55-7070"]
    )

    assert set() == counting(body(text))
