"""Adding up over a whole mail: how many people it is about, and whose each value is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailguard.extract.walk import table_text
from mailguard.inspection.inspecting import inspect, look, passwords_in
from mailguard.model.contents import Contents, Form, Obstacle, Piece, Sign, Unreadable
from mailguard.model.finding import Inspection, Kind
from tests.unit.inspection.inspecting_parts import ABOUT, KEY, MY_NUMBERS, body, inspected, sheet, values

MEMBER = "氏名：長谷川 美咲\n住所：長野県松本市白樺町1丁目6番8号\n電話：090-4127-0538\n生年月日：昭和58年4月5日\n"
ROWS = (("氏名", "個人番号"), ("長谷川　美咲", MY_NUMBERS[0]), ("東海林 健太", MY_NUMBERS[1]))


def test_person_in_body_and_file_is_one() -> None:
    """The same member in text and attachment is one person, and each kind says in which place it stands."""
    found = inspected(body(MEMBER), sheet(*ROWS))
    places = {(one.kind, one.where) for one in found.findings}

    assert (2, 2, 1) == (found.persons, found.named_persons, found.persons_with_contact)
    assert {(Kind.PERSON_NAME, "body"), (Kind.PERSON_NAME, "attachment:a.xlsx")} <= places
    assert (2, 2) == (found.counts[Kind.PERSON_NAME], found.counts[Kind.MY_NUMBER])


COUNTED = [
    pytest.param((sheet(("個人番号",), *((one,) for one in MY_NUMBERS)),), 5, id="numbers without names"),
    pytest.param((body("大野先生の携帯は 090-4127-0538、小池様は 080-6390-1742 です。"),), 2, id="surnames"),
    pytest.param((body(MEMBER),), 1, id="one form"),
    pytest.param((body(MEMBER), body(MEMBER)), 1, id="twice"),
    pytest.param((body("仮パスワード：Hana-7kQ2 です。"),), 0, id="a password is nobody's"),
    pytest.param((body("資料をお送りします。"),), 0, id="nobody"),
    pytest.param((), 0, id="nothing"),
]


@pytest.mark.parametrize(("pieces", "expected"), COUNTED)
def test_persons_are_counted(pieces: tuple[Piece, ...], expected: int) -> None:
    """A mail is about as many people as it names, or as many as it holds numbers of."""
    assert expected == inspected(*pieces).persons


SAME = [
    pytest.param("3927-1846-0552", id="hyphens"),
    pytest.param("3927 1846 0552", id="blanks"),
    pytest.param("\uff13\uff19\uff12\uff17\uff11\uff18\uff14\uff16\uff10\uff15\uff15\uff12", id="full-width"),
]


@pytest.mark.parametrize("written", SAME)
def test_value_is_the_same_however_written(written: str) -> None:
    """One number in two spellings counts once, and has one hash."""
    found = inspected(body(f"個人番号 {MY_NUMBERS[0]}"), sheet(("個人番号",), (written,)))
    keys = {key for one in found.findings for key in one.keys}

    assert (1, 1) == (found.counts[Kind.MY_NUMBER], len(keys))


def test_hashes_depend_on_the_key() -> None:
    """Without the office's key nobody can tell whether a hash is of some number."""
    piece = body(f"個人番号 {MY_NUMBERS[0]}")
    (mine,) = inspected(piece, about=replace(ABOUT, key=KEY)).findings
    (other,) = inspected(piece, about=replace(ABOUT, key=b"o" * 32)).findings

    assert mine.keys != other.keys


def owners(piece: Piece, kind: Kind) -> dict[str, str | None]:
    """Whose each value of one kind is."""
    return {hit.value: getattr(hit.person, "value", None) for hit in look(piece, ABOUT).hits if hit.kind == kind}


FIRST, SECOND = ("長谷川 美咲", "090-4127-0538"), ("東海林 健太", "080-6390-1742")
FORM = (("氏名", FIRST[0]), ("電話番号", FIRST[1]), ("氏名", SECOND[0]), ("電話番号", SECOND[1]))
HALVES = (("姓", "名", "電話番号"), *((*name.split(), phone) for name, phone in (FIRST, SECOND)))
OWNERS = [
    pytest.param(body("長谷川 美咲様 090-4127-0538\n東海林 健太様 080-6390-1742"), id="on its line"),
    pytest.param(body("\n".join("：".join(row) for row in FORM)), id="below it"),
    pytest.param(sheet(("電話番号", "氏名"), FIRST[::-1], SECOND[::-1]), id="in its row"),
    pytest.param(sheet(*FORM), id="in its form"),
    pytest.param(sheet(*HALVES), id="beside both halves of it"),
]


@pytest.mark.parametrize("piece", OWNERS)
def test_value_belongs_to_the_person_beside_it(piece: Piece) -> None:
    """Each telephone is that of the person it stands with."""
    assert {"09041270538": "長谷川美咲", "08063901742": "東海林健太"} == owners(piece, Kind.PHONE_NUMBER)


BORN = [
    pytest.param("長谷川 美咲（昭和58年4月5日）\n東海林 健太（平成2年11月30日）", 2, id="in brackets"),
    pytest.param("長谷川 美咲様（1983/4/5生）\n東海林 健太様（1990/11/30生）", 2, id="western"),
    pytest.param("長谷川 美咲（2026年4月5日入会）\n東海林 健太（2026年11月30日入会）", 0, id="a date of this year"),
]


@pytest.mark.parametrize(("text", "expected"), BORN)
def test_date_in_brackets_behind_a_name_is_a_birth_date(text: str, expected: int) -> None:
    """A date that stands right behind a name, long ago enough, is when the person was born."""
    assert expected == len(values(body(f"参加者は次のとおりです。\n\n{text}\n"), Kind.BIRTH_DATE))


def test_listed_persons_are_those_of_the_longest_list() -> None:
    """A room list of six names is one list, however far names stand elsewhere."""
    rooms = "\n".join(
        f"{301 + number} {name}"
        for number, name in enumerate(
            ("長谷川 美咲", "東海林 健太", "小林 直樹", "山田 栄子", "伊藤 一馬", "鈴木 房江")
        )
    )

    assert 6 == inspected(body(f"部屋割りです。\n\n{rooms}\n")).listed_persons


def test_unreadable_and_signs_are_passed_on() -> None:
    """What nobody could look into stays known beside what was found."""
    unreadable = (Unreadable("attachment:a.pdf", Obstacle.PICTURE),)
    found = inspect(Contents((body(MEMBER),), unreadable, frozenset({Sign.AMBIGUOUS})), ABOUT)

    assert (unreadable, frozenset({Sign.AMBIGUOUS}), 1) == (found.unreadable, found.signs, found.persons)


PASSWORDS = [
    pytest.param("添付ファイルのパスワード：Hana-7kQ2", ("Hana-7kQ2",), id="labelled"),
    pytest.param("解凍パスワードは「Hana-7kQ2」です。", ("Hana-7kQ2",), id="in brackets"),
    pytest.param("PW: Hana-7kQ2", ("Hana-7kQ2",), id="PW"),
    pytest.param("The password is Hana-7kQ2", ("Hana-7kQ2",), id="English"),
    pytest.param("パスワードは別途お送りします。", (), id="sent apart"),
    pytest.param("よろしくお願いします。", (), id="none"),
]


@pytest.mark.parametrize("where", ["body", "subject"])
@pytest.mark.parametrize(("text", "expected"), PASSWORDS)
def test_passwords_are_those_the_mail_itself_gives(text: str, expected: tuple[str, ...], where: str) -> None:
    """A password in text or subject is known, to be tried on the files beside it."""
    assert expected == passwords_in(Contents((Piece(where, text),)))


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("名簿_pw1234.zip", "1234"),
        ("名簿(PW:Aoba0708).zip", "Aoba0708"),
        ("名簿 pass=aoba.zip", "aoba"),
        ("名簿_パスワードは7788.zip", "7788"),
        ("名簿_password-aoba.zip", "aoba"),
    ],
)
def test_password_that_the_name_of_a_file_says_is_tried(name: str, password: str) -> None:
    """Who calls the archive "pw1234" has told its password to whoever gets the mail."""
    assert password in passwords_in(Contents((Piece(f"attachment:{name}", name, section="file name"),)))


@pytest.mark.parametrize(
    "hint",
    ["パスワードは弊社の代表電話の下4桁です。", "PWは私の携帯番号(ハイフンなし)です。", "Password: our phone number"],
)
def test_telephone_number_that_is_said_to_be_the_password_is_tried(hint: str) -> None:
    """A password that stands in the signature below is no secret: the number, and its last four digits."""
    found = passwords_in(Contents((body(f"{hint}\n-- \n田上 弘\n電話 ０３-1234-5678\n"),)))

    assert {"0312345678", "03-1234-5678", "5678"} <= set(found)
    assert "5678" not in passwords_in(Contents((body("パスワードは別便です。\n電話 03-1234-5678\n"),)))


def test_passwords_are_eight_at_most() -> None:
    """However many a mail gives, a handful are tried."""
    text = "\n".join(f"パスワード{number}：Hana-7kQ{number}{number}" for number in range(30))

    assert 8 == len(passwords_in(Contents((body(text),))))


def test_passwords_in_files_are_none_of_the_mail() -> None:
    """A list of passwords in a file is a finding, and nothing to be tried."""
    inner = Piece("attachment:a.csv", table_text([("ID", "パスワード"), ("a", "Hana-7kQ2")]), Form.TABLE)

    assert () == passwords_in(Contents((inner,)))


def test_inspection_of_nothing_is_empty() -> None:
    """A mail without words has no findings."""
    assert Inspection() == inspected()
