"""Numbers of persons: found where a label and a check digit say so, in any spelling; nobody's numbers left alone."""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest
from stdnum import luhn
from stdnum.jp import cn, in_

from mailguard.inspection import check_digits
from mailguard.inspection.generic import credit_card
from mailguard.inspection.ja import (
    bank_account,
    basic_pension_number,
    corporate_number,
    driver_license,
    employment_insurance,
    health_insurance,
    my_number,
    passport,
    residence_card,
    resident_code,
)
from mailguard.inspection.text import Candidate, Text, header_key
from mailguard.model.contents import Piece
from mailguard.model.finding import Because
from tests.corpus.generated.numbers import DECOYS, KINDS, company_account
from tests.effort import effort

MODULES = (
    my_number, basic_pension_number, health_insurance, driver_license, passport, residence_card, bank_account,
    corporate_number, employment_insurance, resident_code, credit_card,
)  # fmt: skip
DETECTORS = {str(module.DETECTOR.kind): module.DETECTOR for module in MODULES}
CASES = 400
WORDINGS = (Path(__file__).parents[2] / "corpus/generated/number_wordings.jsonl").read_text().splitlines()
LEAST = 0.5


def text_of(plain: str) -> Text:
    """A text as detectors get it."""
    return Text(Piece("body", plain), unicodedata.normalize("NFKC", plain))


def seen(plain: str, least: float = LEAST) -> list[Candidate]:
    """What all detectors find in a text, but claims."""
    text = text_of(plain)
    return [
        candidate
        for detector in DETECTORS.values()
        if not detector.is_claim
        for candidate in detector.find(text)
        if candidate.confidence >= least
    ]


def pairs(plain: str) -> set[tuple[str, str]]:
    """Kind and value of all that is found."""
    return {(str(candidate.kind), candidate.value) for candidate in seen(plain)}


@pytest.mark.parametrize("kind", KINDS)
def test_labelled_number_in_any_spelling_is_found(kind: str) -> None:
    """Whoever labels a number has it found, in a sentence, a form or a table: 99 of 100 at least."""
    cases = list(islice(KINDS[kind](random.Random(kind)), CASES))
    missed = [
        case.text
        for case in cases
        if case.value
        not in {found.value for found in DETECTORS[kind].find(text_of(case.text)) if found.confidence >= LEAST}
    ]

    assert len(missed) <= CASES * 0.01, missed[:5]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "corporate_number"])
def test_labelled_number_is_taken_for_one_kind_only(kind: str) -> None:
    """A licence is not called a My Number because its last digit fits by chance."""
    cases = islice(KINDS[kind](random.Random(kind)), CASES)
    wrong = [case.text for case in cases if pairs(case.text) - {(kind, case.value)}]

    assert len(wrong) <= CASES * 0.01, wrong[:5]


@pytest.mark.parametrize("family", DECOYS)
def test_nobodys_number_is_left_alone(family: str) -> None:
    """Parcels, orders, products, logs, links and telephones hold no one's mail back: 1 of 100 at most."""
    rng = random.Random(family)
    wrong = [text for text in (DECOYS[family](rng) for _ in range(CASES)) if seen(text)]

    assert len(wrong) <= CASES * 0.01, wrong[:5]


def test_account_of_a_company_stays_below_the_line() -> None:
    """An account of a firm or an association is seen, but is no person's."""
    rng = random.Random(1)
    cases = [company_account(rng) for _ in range(CASES)]
    reported = [case.text for case in cases if seen(case.text)]
    unseen = [case.text for case in cases if case.value not in {found.value for found in seen(case.text, 0)}]

    assert len(reported) <= CASES * 0.01, reported[:5]
    assert len(unseen) <= CASES * 0.01, unseen[:5]


def test_check_digits_agree_with_the_oracle() -> None:
    """Our check digits are those of a library that others maintain."""
    rng = random.Random(2)
    for _ in range(4000):
        twelve, thirteen = f"{rng.randrange(10**12):012}", f"{rng.randrange(1, 10**13):013}"

        assert check_digits.is_my_number(twelve) == in_.is_valid(twelve)
        assert check_digits.is_corporate_number(thirteen) == cn.is_valid(thirteen)
        assert check_digits.is_luhn(thirteen) == luhn.is_valid(thirteen)


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        pytest.param(check_digits.is_insurer_number, "33120015", "33120016", id="insurer"),
        pytest.param(check_digits.is_insurer_number, "34415372", "34415373", id="insurer-34"),
        pytest.param(check_digits.is_driver_license, "655863790241", "655863790251", id="licence"),
        pytest.param(check_digits.is_driver_license, "481064356450", "481064356460", id="licence-2"),
        pytest.param(check_digits.is_my_number, "527939543153", "527939543154", id="my-number"),
        pytest.param(check_digits.is_my_number, "557610394307", "000000000000", id="zeros"),
        pytest.param(check_digits.is_seven_dr, "123456789013", "123456789019", id="parcel"),
    ],
)
def test_check_digit_of_a_known_number(check: Callable[[str], bool], right: str, wrong: str) -> None:
    """Worked examples hold, and one digit off does not."""
    assert check(right)
    assert not check(wrong)


FOUND = [
    ("my_number", "番号は５５７６-１０３９-４３０７（マイナンバー）です。", "557610394307"),
    ("my_number", "個人番号 五五七六-一〇三九-四三〇七", "557610394307"),
    ("my_number", "個人番号\t5\t5\t7\t6\t1\t0\t3\t9\t4\t3\t0\t7", "557610394307"),
    ("my_number", "個人番号 5 5 7 6 1 0 3 9 4 3 0 7", "557610394307"),
    ("my_number", "お伝えしますマイナンバーは次のとおりです。よろしくどうぞ。5576\n10394307", "557610394307"),
    ("my_number", "会員番号 45-474800 個人番号 557610394307 免許証番号 655863790241", "557610394307"),
    ("driver_license", "会員番号 45-474800 個人番号 557610394307 免許証番号 655863790241", "655863790241"),
    ("my_number", "氏名      個人番号      免許証番号\n小林直樹  557610394307  655863790241", "557610394307"),
    ("driver_license", "氏名      個人番号      免許証番号\n小林直樹  557610394307  655863790241", "655863790241"),
    ("driver_license", "運転免許証(写)\n氏名 伊藤 智之\n住所 長野県\n番号 第 481064356450 号", "481064356450"),
    ("basic_pension_number", "年金証書 4837-205618-1150", "4837205618"),
    ("health_insurance", "公立学校職員共済組合員証\n記号 3646 番号 894170 (枝番) 00\n氏名", "894170"),
    ("health_insurance", "保険者番号 34999011", "34999011"),
    ("bank_account", "(変更前の口座 ゆうちょ銀行 記号 11140 番号 13241631)", "13241631"),
    ("bank_account", "大垣共立 本店 普通 0923814 安藤 美樹", "0923814"),
    ("bank_account", "0017-503-4081726 みずほ銀行 浦和支店\n口座：0017-503-4081726 オガワ マサル", "4081726"),
    ("credit_card", "伺った番号はVISAの 4111 1111 1111 111 \n1(08/27)、JCB 3530- \n1113-3330-0000", "4111111111111111"),
    ("credit_card", "伺った番号はVISAの 4111 1111 1111 111 \n1(08/27)、JCB 3530- \n1113-3330-0000", "3530111333300000"),
    ("credit_card", "支払いは 4111-1111-1111-1111 08/27 でお願いします", "4111111111111111"),
    ("residence_card", "AB48213765CDを確認", "AB48213765CD"),
    ("passport", "NGUYEN VAN AN, Passport: C1234567", "C1234567"),
    ("passport", "GARCIA JOSE, Passport: PAB123456", "PAB123456"),
    ("employment_insurance", "被保険者番号 1234-567890-1", "12345678901"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "plain", "value"), FOUND, ids=range(len(FOUND)))
def test_number_in_an_awkward_place_is_found(kind: str, plain: str, value: str) -> None:
    """Kanji numerals, boxes, broken lines, columns above: people write them, and they are seen."""
    assert (kind, value) in pairs(plain)


NOT_FOUND = [
    "送り状番号 5576-1039-4307 です。マイナンバーの件は別途。",
    "本日 5576-1039-4307 で発送",
    "個人番号 557610394308",
    "登録番号：T2371834209303",
    "https://files.example.com/d/557610394307/view?id=4111111111111111",
    "UUID 550e8400-e29b-41d4-a716-557610394307",
    "保険者番号 34999012",
    "普通預金残高 1234567円",
    "第 1234567 号議案を普通決議で可決",
    "昨年度の当座の目標は1234567です",
    "SN1234567A を送ります",
    "記号 11140 番号 13 の座席",
]


@pytest.mark.parametrize("plain", NOT_FOUND, ids=range(len(NOT_FOUND)))
def test_number_that_is_nobodys_is_not_found(plain: str) -> None:
    """What only looks like a personal number is none."""
    assert pairs(plain) == set()


@pytest.mark.parametrize("case", WORDINGS, ids=range(len(WORDINGS)))
def test_wording_of_an_office_gives_these_values_and_no_others(case: str) -> None:
    """Sentences, forms and lists as offices write them, in Japanese and English: each number that counts, no other."""
    wording = json.loads(case)

    assert sorted({value for _, value in pairs(wording["text"])}) == wording["values"]


def test_unlabelled_column_of_right_numbers_is_found() -> None:
    """Three and more numbers in a column that all have the right last digit are My Numbers, label or not."""
    rows = [
        f"{name}\t{number}"
        for name, number in (("小林", "557610394307"), ("三浦", "527939543153"), ("内田", "777755344979"))
    ]

    assert {value for _, value in pairs("\n".join(rows))} == {"557610394307", "527939543153", "777755344979"}
    assert pairs("\n".join([*rows, "原田\t527939543154"])) == set()


def test_evidence_names_the_label_and_its_distance() -> None:
    """A finding says why: which word stood how far before, and that the check digit is right."""
    (found,) = seen("マイナンバーは 557610394307")

    assert [(ground.because, ground.word, ground.distance) for ground in found.evidence] == [
        (Because.CHECK_DIGIT, "", 0),
        (Because.WORD_BEFORE, "マイナンバー", 2),
    ]


@pytest.mark.parametrize(
    ("kind", "header", "cell", "value"),
    [
        pytest.param("my_number", "従業員マイナンバー", "557610394307", "557610394307", id="my-number"),
        pytest.param("my_number", "マイナンバー（本人）", "557610394307", "557610394307", id="my-number-whose"),
        pytest.param("my_number", "個人番号（12桁）", "36182033706.0", None, id="my-number-wrong"),
        pytest.param("basic_pension_number", "配偶者の基礎年金番号", "4837-205618", "4837-205618", id="pension"),
        pytest.param("health_insurance", "組合員証番号", "公立長野 894170", "894170", id="insured"),
        pytest.param("bank_account", "口座番号", "大垣共立 本店 普通 0923814", "0923814", id="account"),
        pytest.param("bank_account", "振込先口座番号", "10320-41873651", "41873651", id="post"),
        pytest.param("bank_account", "Account No.", "123456", "123456", id="lost-zero"),
        pytest.param("driver_license", "運転免許証番号", "第655863790241号", "655863790241", id="licence"),
        pytest.param("passport", "Passport No", "TR4827153", "TR4827153", id="passport"),
        pytest.param("residence_card", "在留カード番号", "AB12345678CD", "AB12345678CD", id="residence"),
        pytest.param("credit_card", "カード番号", "4111 1111 1111 1111", "4111 1111 1111 1111", id="card"),
        pytest.param("credit_card", "カード番号", "4111 1111 1111 1112", None, id="card-wrong"),
    ],
)
def test_cell_under_its_header_holds_the_value(kind: str, header: str, cell: str, value: str | None) -> None:
    """A column called so gives the span of the number in each of its cells."""
    detector = DETECTORS[kind]
    assert detector.cell is not None
    span = detector.cell(cell)

    assert header_key(unicodedata.normalize("NFKC", header)) in detector.headers
    assert (cell[slice(*span)] if span else None) == value


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param("1 " * 100_000, id="digits-and-blanks"),
        pytest.param("1234-" * 40_000, id="hyphens"),
        pytest.param("1234\n" * 40_000, id="lines"),
        pytest.param("記号 番号 " * 30_000, id="labels"),
        pytest.param("個人番号 1234 5678 " * 10_000, id="labelled"),
        pytest.param("1\t" * 100_000, id="boxes"),
        pytest.param("口座 1234567 銀行支店 " * 10_000, id="accounts"),
        pytest.param("9" * 200_000, id="one-number"),
        pytest.param("一二三四" * 50_000, id="kanji"),
    ],
)
def test_hostile_text_costs_its_length(hostile: str) -> None:
    """No text of a mail stops the inspection: 200 KB of the worst are read in seconds."""
    words = " マイナンバー 年金番号 免許証 パスポート 住民票コード 保険者番号 被保険者番号 雇用保険 カード番号"
    _, seconds = effort(lambda: seen(hostile + words))

    assert seconds < 6
