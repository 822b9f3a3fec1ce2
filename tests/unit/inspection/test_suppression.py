"""What was found and does not count: signatures, greetings, quoted headers, organisations; never a hard kind."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailguard.inspection.circumstances import Circumstances
from mailguard.model.finding import HARD_KINDS, Kind, Suppression
from tests.unit.inspection.inspecting_parts import ABOUT, MY_NUMBERS, body, counting, inspected, marks, sheet

SIGNATURE = (
    "--\nあおば互助会 総務課 田上 弘\n〒380-0899 長野県長野市みすず台2丁目14番3号\n"
    "TEL 026-555-0110\ntanoue@gojokai.example.jp\n"
)
LETTER = f"安藤様\n\nいつもお世話になっております。\n資料をお送りします。よろしくお願いいたします。\n\n{SIGNATURE}"

SIGNED = [
    pytest.param(LETTER, id="below a rule"),
    pytest.param(LETTER.replace("--\n", "＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊\n"), id="below a row of stars"),
    pytest.param(LETTER.replace("--\n", "────────────────────\n") + "────────────────────\n", id="between rules"),
    pytest.param(LETTER.replace("--\n", ""), id="below the valediction"),
    pytest.param(LETTER.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)}), id="full-width digits"),
]


@pytest.mark.parametrize("text", SIGNED)
def test_suppression_of_the_senders_signature(text: str) -> None:
    """My own signature never stops a mail of mine, however I draw it."""
    assert set() == counting(body(text))
    assert {Suppression.SIGNATURE} == set(marks(body(text), Kind.PHONE_NUMBER).values())


PASTED = [
    pytest.param("個人番号 3927 1846 0552", (Kind.MY_NUMBER, "392718460552"), id="My Number"),
    pytest.param("基礎年金番号 4831-207965", (Kind.BASIC_PENSION_NUMBER, "4831207965"), id="pension number"),
    pytest.param("クレジットカード 5105-1051-0510-5100", (Kind.CREDIT_CARD, "5105105105105100"), id="card"),
    pytest.param("旅券番号 TK4819305", (Kind.PASSPORT, "TK4819305"), id="passport"),
    pytest.param("在留カード番号 AB48193052CD", (Kind.RESIDENCE_CARD, "AB48193052CD"), id="residence card"),
    pytest.param("みすず野銀行 普通 8175545 ハセガワ ミサキ", (Kind.BANK_ACCOUNT, "8175545"), id="account"),
    pytest.param("会員番号 27-481936", (Kind.MEMBER_NUMBER, "27481936"), id="member number"),
    pytest.param("氏名：長谷川 美咲\n電話：090-4127-0538", (Kind.PHONE_NUMBER, "09041270538"), id="labelled name"),
    pytest.param("長谷川 美咲\n090-4127-0538", (Kind.PHONE_NUMBER, "09041270538"), id="name below an empty line"),
    pytest.param("長谷川 美咲様 090-4127-0538", (Kind.PHONE_NUMBER, "09041270538"), id="name with a title"),
]


@pytest.mark.parametrize(("pasted", "expected"), PASTED)
def test_suppression_spares_what_was_pasted_below_a_signature(pasted: str, expected: tuple[str, str]) -> None:
    """A member's number or telephone that I pasted below my signature is seen, signature or not."""
    assert expected in counting(body(f"{LETTER}\n{pasted}\n"))


def learned_from(text: str) -> Circumstances:
    """As after enough mails that closed like this."""
    return replace(ABOUT, learned=frozenset(inspected(body(text)).closing))


def test_suppression_of_what_the_sender_is_known_to_sign_with() -> None:
    """My direct line, learned from my signature, may stand anywhere in my mail."""
    text = "田中です。\n\n住所：長野県長野市みすず台2丁目14番3号"

    assert Kind.POSTAL_ADDRESS in {kind for kind, _ in counting(body(text))}
    assert set() == counting(body(text), learned_from(LETTER))


@pytest.mark.parametrize(("pasted", "expected"), PASTED)
def test_suppression_of_learned_data_spares_members(pasted: str, expected: tuple[str, str]) -> None:
    """However often my signature was learned, a member's data is seen."""
    assert expected in counting(body(f"{LETTER}\n{pasted}\n"), learned_from(LETTER))


def test_suppression_is_learned_from_own_closing_blocks_only() -> None:
    """What members or quoted partners write is never taken for my signature."""
    member = "氏名：長谷川 美咲\n住所：長野県松本市白樺町1丁目6番8号\n電話：090-4127-0538"
    quoted = "\n".join(f"> {line}" for line in LETTER.replace("田上", "安藤").splitlines())

    assert 3 == len(set(inspected(body(LETTER)).closing))
    assert () == inspected(body(f"安藤様\n\n{member}\n")).closing
    assert set(inspected(body(LETTER)).closing) == set(inspected(body(f"{LETTER}\n{member}\n")).closing)
    assert (
        () == inspected(body(f"承知しました。\n\n2026年10月1日 10:00 安藤 真由美 <a@b.example>:\n{quoted}\n")).closing
    )


QUOTED = (
    "-----Original Message-----\nFrom: 小林 直樹 <kobayashi@partner.example.com>\n"
    "Sent: Thursday, October 1, 2026\nTo: 田上 弘\n\nよろしくお願いいたします。"
)
OPENING = "安藤様\n\nいつもお世話になっております。\n来週の研修会について、次のとおりご案内します。\n\n"
NOT_COUNTING = [
    pytest.param("株式会社パートナー\n小林 直樹 様\n\nお世話になっております。", Suppression.GREETING, id="greeting"),
    pytest.param(f"承知しました。\n\n{QUOTED}", Suppression.QUOTED_HEADER, id="quoted header"),
    pytest.param(
        f"{OPENING}お申し込みは総務課長の小林 直樹までお願いします。", Suppression.OFFICE_HOLDER, id="office-holder"
    ),
    pytest.param(f"{OPENING}担当：小林 直樹", Suppression.OFFICE_HOLDER, id="in charge"),
]


@pytest.mark.parametrize(("text", "expected"), NOT_COUNTING)
def test_suppression_of_people_who_act_in_their_work(text: str, expected: Suppression) -> None:
    """Whom I greet, whom I quote and who is in charge are no personal data, and the finding says why."""
    assert expected == marks(body(text), Kind.PERSON_NAME)["小林直樹"]
    assert Kind.PERSON_NAME not in {kind for kind, _ in counting(body(text))}


PUBLIC = [
    pytest.param("会場は松本市民会館（長野県松本市白樺町1丁目6番8号、代表 0263-55-0111）です。", id="a hall"),
    pytest.param("あおば銀行 本店営業部 TEL 03-5555-0110", id="a bank"),
    pytest.param("お問い合わせは 0120-555-011 までお電話ください。", id="a free number"),
    pytest.param("お申し込みは info@hotel.example.com まで。", id="a role's mailbox"),
    pytest.param("請求金額 12,000円\nみすず野銀行 伊那支店 普通 8175545 口座名義 カ）アオバショウジ", id="an invoice"),
    pytest.param("うつ病と糖尿病についての講演会を開きます。", id="an announcement"),
    pytest.param(
        "このたび当会の事務所を下記へ移転いたします。\n\n新住所：〒380-0899\n　長野県長野市中御所3丁目5番7号",
        id="a move",
    ),
]


@pytest.mark.parametrize("text", PUBLIC)
def test_suppression_of_organisations(text: str) -> None:
    """Addresses, telephones and accounts of organisations stop nothing, nor does an illness that is nobody's."""
    assert set() == counting(body(text))


COUNTING = [
    pytest.param(
        "会員の転居先です。\n長谷川 美咲\n新住所：長野県松本市白樺町1丁目6番8号",
        Kind.POSTAL_ADDRESS,
        id="somebody's move",
    ),
    pytest.param("長谷川 美咲様はうつ病で治療中です。", Kind.SPECIAL_CARE, id="illness of somebody"),
    pytest.param(
        "みすず野銀行 伊那支店 普通 8175545 口座名義 ハセガワ ミサキ", Kind.BANK_ACCOUNT, id="account of somebody"
    ),
    pytest.param("長谷川 美咲 自宅 長野県松本市白樺町1丁目6番8号", Kind.POSTAL_ADDRESS, id="home"),
    pytest.param("長谷川 美咲様 生年月日 昭和58年4月5日", Kind.BIRTH_DATE, id="birth date"),
]


@pytest.mark.parametrize(("text", "kind"), COUNTING)
def test_suppression_spares_what_belongs_to_somebody(text: str, kind: Kind) -> None:
    """The same kinds of data, of a person, count."""
    assert kind in {found for found, _ in counting(body(f"ご連絡します。\n\n{text}\n"))}


WORDS = {
    Kind.MY_NUMBER: f"個人番号 {MY_NUMBERS[0]}",
    Kind.BASIC_PENSION_NUMBER: "基礎年金番号 4831-207965",
    Kind.CREDIT_CARD: "カード番号 5105-1051-0510-5100",
    Kind.PASSPORT: "旅券番号 TK4819305",
    Kind.RESIDENCE_CARD: "在留カード番号 AB48193052CD",
}
PLACES = [
    pytest.param("{}\n\n担当：小林 直樹", id="beside somebody in charge"),
    pytest.param("小林 直樹 様\n{}\n\nお世話になっております。", id="in the greeting"),
    pytest.param("承知しました。\n\n2026年10月1日 10:00 安藤 <ando@partner.example.com>:\n> {}\n", id="in a quotation"),
    pytest.param("あおば互助会 総務課\n{}\nTEL 026-555-0110", id="beside an organisation"),
    pytest.param("ご請求書\n請求金額 12,000円\n{}", id="on an invoice"),
]


@pytest.mark.parametrize("kind", WORDS)
@pytest.mark.parametrize("place", PLACES)
def test_suppression_never_of_hard_kinds(place: str, kind: Kind) -> None:
    """A number that identifies somebody counts wherever it stands in the mail."""
    assert kind in HARD_KINDS
    assert kind in {found for found, _ in counting(body(place.format(WORDS[kind])))}


def test_suppression_never_in_columns_of_people() -> None:
    """My own name among twenty members is a member's."""
    people = sheet(("氏名", "個人番号"), ("田上 弘", MY_NUMBERS[0]), ("長谷川 美咲", MY_NUMBERS[1]))

    assert {"田上弘": None, "長谷川美咲": None} == marks(people, Kind.PERSON_NAME)
