"""Forms, slips and lists as offices type them, and whose data stands in them."""

from __future__ import annotations

import pytest

from mailguard.model.finding import Kind
from mailguard.policy.personal_data import must_protect
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


def test_child_of_two_languages_behind_a_label_is_found() -> None:
    """A pupil with a Japanese surname and a given name from elsewhere is somebody, also beside the roman spelling."""
    text = "養成校様\n\n氏名: 小林ソフィア / Sophia Kobayashi\n生年月日: 2004/07/19\n"

    assert inspected(body(text)).named_persons == 1


def test_grandchild_behind_the_word_for_it_is_found() -> None:
    """孫 is a family name as well; here it says who comes with the mobile."""
    text = "施設長様\n\n面会に孫 小坂 拓也（携帯 080-4127-0777）が伺います。\n"

    assert counting(body(text)) == {(Kind.PERSON_NAME, "小坂拓也"), (Kind.PHONE_NUMBER, "08041270777")}


@pytest.mark.parametrize(
    "line", ["対象職員：主任 黒澤 徹也（44）", "対象者：第一係長 黒澤 徹也", "当事者：教諭 黒澤 徹也"]
)
def test_officer_whom_a_case_is_about_is_its_matter(line: str) -> None:
    """A title before the name of somebody who is punished does not make it a letter of his."""
    text = f"顧問弁護士 松永先生\n\n懲戒の件です。\n{line}\n事案：酒気帯び運転で略式起訴、罰金30万円\n"

    assert must_protect(inspected(body(text)))


TALKS = [
    "1月は「うつ病を正しく知る」（北川 恵 医師）、2月は「糖尿病を学ぶ」（管理栄養士 小池 里美 氏）です。",
    "「認知症を理解する」講師 北川 恵 医師（北川クリニック院長）",
]


@pytest.mark.parametrize("talk", TALKS)
def test_title_of_a_talk_about_an_illness_is_nobodys(talk: str) -> None:
    """Who speaks about an illness in a lecture of ours does not have it."""
    assert not must_protect(inspected(body(f"各位\n\n健康づくりのご案内です。\n{talk}\n")))


def test_worker_in_the_ward_of_a_hospital_is_not_in_it() -> None:
    """「入院棟のみ」 is where the painter works."""
    rows = (("工程", "担当", "備考"), ("設計", "山田", "完了"), ("施工", "鈴木", "入院棟のみ"), ("検査", "佐藤", ""))

    assert set() == counting(sheet(*rows))


@pytest.mark.parametrize("line", ["宮川 ミツ子　93F", "宮川 ミツ子 様　93歳 女", "宮川 ミツ子(93) 女性"])
def test_patient_in_the_first_line_is_not_greeted(line: str) -> None:
    """A summary begins with whom it is about, by name, age and sex."""
    text = f"{line}\n#1 誤嚥性肺炎　#2 心不全\n退院先：特養 ひだまり\n"

    assert must_protect(inspected(body(text)))


def test_missing_person_in_the_first_lines_is_not_greeted() -> None:
    """Who is looked for by name, age and sex is what the mail is about."""
    text = "防災無線原稿\n行方不明者　西澤　トシ子さん　８４歳　女性\n昭和１５年３月２１日生まれ\n"

    assert must_protect(inspected(body(text)))


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


def test_who_gets_the_flowers_for_a_funeral_is_somebody() -> None:
    """The florist needs name and home of who mourns, and nobody else does."""
    text = (
        "花政様\n\n供花をお願いします。\n喪主　湯本 修一 様（長男）\nお届け先：長野県中野市大字中野1866番地　湯本様方\n"
    )

    assert must_protect(inspected(body(text)))


@pytest.mark.parametrize("role", ["遺族代表", "ご遺族代表", "相続人代表", "保護者代表", "世帯代表"])
def test_who_stands_for_a_family_is_no_officer(role: str) -> None:
    """The daughter who speaks for the bereaved gave us her own telephone."""
    text = f"葬祭担当様\n\n{role}　三石 雅美（長女）\n連絡先　０２６７－５５－４３２１（夜間可）\n"

    assert counting(body(text)) == {(Kind.PERSON_NAME, "三石雅美"), (Kind.PHONE_NUMBER, "0267554321")}


@pytest.mark.parametrize(
    "line",
    [
        "みすず野銀行 須坂支店 普) 0561188",
        "みすず野信金 本店 普 0561188",
        "みすず野農協 豊野支所 普通0561188",
        "八十二 更埴 普 0223194",
    ],
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


MEMBERS = [
    pytest.param("会員番号　氏名", "{number}　{name}", id="number first"),
    pytest.param("氏名　会員番号", "{name}　{number}", id="number last"),
    pytest.param("会員No.　氏名　　備考", "{number}　{name}　　再発行", id="a remark behind"),
]
THREE = (("104532", "倉科 伸"), ("098711", "召田 佳代"), ("112004", "降幡 智子"))


@pytest.mark.parametrize(("header", "row"), MEMBERS)
def test_member_numbers_below_their_word_with_single_blanks_are_found(header: str, row: str) -> None:
    """I line up a short list with one wide blank; the numbers below 会員番号 are those of members."""
    rows = [row.format(number=number, name=name) for number, name in THREE]
    text = "\n".join(["田中様", "", "会員証を再発行してください。", "", header, *rows])

    assert values(body(text), Kind.MEMBER_NUMBER) == {number for number, _ in THREE}


@pytest.mark.parametrize("below", ["2026年度の予定 別紙", "確認をお願いします", "受付 9000 件"])
def test_word_for_member_numbers_above_a_sentence_makes_no_number(below: str) -> None:
    """A heading that speaks of member numbers makes nothing of the year below it."""
    assert values(body(f"田中様\n\n会員番号 の確認について\n{below}\n"), Kind.MEMBER_NUMBER) == set()


GUESTS = "小林正樹、清水恵、山崎 あかり、西沢和也、中村 奈緒子、\n矢島京子、宮下千尋、竹内信一、田中 美樹、上條 幸子\n"


@pytest.mark.parametrize(
    "occasion", ["懇親会の席札用に出席者名", "旅行の部屋割りのため参加者・欠席者", "宿泊の出席者名簿"]
)
def test_guests_of_a_dinner_are_a_list_of_people(occasion: str) -> None:
    """Ten colleagues who come to a dinner or a journey are no officers in a meeting."""
    assert inspected(body(f"会館 ご担当者様\n\n{occasion}をお送りします。\n\n{GUESTS}")).named_persons == 10


def test_those_present_at_a_meeting_act_in_their_work() -> None:
    """The record of a meeting names who was there, and bothers nobody."""
    assert inspected(body(f"各位\n\n第3回委員会 議事録\n出席者\n{GUESTS}")).named_persons == 0


ILL = [
    "営業二課の本田ですが、適応障害で来月末まで休職を延長したいと申し出がありました。",
    "弊社社員の本田がうつ病のため休んでおります。",
    "当校教諭の本田は、乳がんの治療を続けています。",
]


@pytest.mark.parametrize("sentence", ILL)
def test_illness_of_a_colleague_without_a_title_is_somebodys(sentence: str) -> None:
    """To outsiders nobody calls a colleague さん; the illness is hers all the same."""
    assert Kind.SPECIAL_CARE in {kind for kind, _ in counting(body(f"産業医　古畑先生\n\n{sentence}\n"))}


HEALTHY = [
    "システム課の鈴木が障害対応のため遅れます。",
    "担当の鈴木が感染症対策の資料をお持ちします。",
    "営業部の中川は、糖尿病予防セミナーの担当です。",
    "総務課の鈴木が体調不良のため本日お休みをいただいております。",
]


@pytest.mark.parametrize("sentence", HEALTHY)
def test_colleague_who_works_on_an_illness_has_none(sentence: str) -> None:
    """Who looks after a fault, or speaks about an illness, is not ill."""
    assert Kind.SPECIAL_CARE not in {kind for kind, _ in counting(body(f"田中様\n\n{sentence}\n"))}


def test_name_from_abroad_alone_on_its_line_owns_what_stands_below() -> None:
    """The second lecturer of a list has no Japanese name, and an account like the first."""
    text = (
        "経理様\n\n講師謝金の支払先です。\n\n（１）武井 志保\n　みすず野銀行 上田支店（普）1180032\n"
        "（２）Michael Brennan\n　ゆうちょ銀行　記号11160　番号 20384751\n"
    )

    assert {(Kind.PERSON_NAME, "MichaelBrennan"), (Kind.BANK_ACCOUNT, "20384751")} <= counting(body(text))


@pytest.mark.parametrize("line", ["長野市川中島町今井1387／026-555-1190", "長野市若里6-3-33／026-555-1190"])
def test_address_before_a_telephone_behind_a_stroke_is_found(line: str) -> None:
    """Records divided by strokes are read in all their parts."""
    found = counting(body(f"印刷所様\n\n名刺の注文です。\n赤羽根 美智代／{line}\n"))

    assert {Kind.POSTAL_ADDRESS, Kind.PHONE_NUMBER} <= {kind for kind, _ in found}
