"""Names that look like other words: of great-grandmothers, of families called like a unit of an office."""

from __future__ import annotations

import pytest

from mailguard.model.finding import Kind, Suppression
from tests.unit.inspection.inspecting_parts import body, inspected, marks, values

ELDERS = (
    "トメ",
    "カメ",
    "ステ",
    "ツヤ",
    "フデ",
    "ムメ",
    "ミサヲ",
    "カメノ",
    "ツルノ",
    "イソ",
    "ソメ",
    "ナヲ",
    "ステ子",
)


@pytest.mark.parametrize("given", ELDERS)
def test_name_of_a_great_grandmother_is_found(given: str) -> None:
    """Care plans are about people whose names nobody gives any more; with the name goes what they suffer from."""
    found = inspected(body(f"担当者会議のお知らせ\n利用者:村井{given}様(昭和12年3月4日生 要介護3)\n"))

    assert (1, 1) == (found.counts.get(Kind.PERSON_NAME), found.counts.get(Kind.SPECIAL_CARE))


THINGS = [
    pytest.param("新宿ミス研の上野カメラ店、田中ステンレスと山本ソメイヨシノ園に見積を依頼しました。", id="shops"),
    pytest.param("品名 フデ 数量 12\n品名 トメ金具 数量 30\n", id="goods"),
]


@pytest.mark.parametrize("said", THINGS)
def test_things_called_like_a_great_grandmother_are_nobody(said: str) -> None:
    """What shops sell does not become somebody's name."""
    assert Kind.PERSON_NAME not in inspected(body(f"ご担当者様\n{said}\n")).counts


LISTED = (
    "1 阿部 健一 2 伊藤 由美 3 服部 修 4 遠藤 春香 5 小室 翔 6 加藤 恵 7 渡部 大輔 8 工藤 千佳 9 小山 亮 10 斎藤 愛"
)


def test_families_called_like_a_unit_make_nobody_an_office_holder() -> None:
    """Behind 阿部 or 小室 stands the next name of the list, not somebody of a department."""
    assert len(values(body(f"新しい加入者は以下の通りです。\n{LISTED}\n"), Kind.PERSON_NAME)) == 10


def test_telephone_of_a_family_called_like_a_unit_is_no_organisations() -> None:
    """服部 090-… is somebody's, 総務部 03-… is an office's."""
    lines = "服部 090-4127-0538\n阿部 080-3561-9027\n小室 090-7712-4086\n総務部 03-5555-0110\n"
    found = marks(body(f"緊急連絡網です。\n\n{lines}"), Kind.PHONE_NUMBER)

    assert Suppression.ORGANISATION not in {found[one] for one in ("09041270538", "08035619027", "09077124086")}
    assert found["0355550110"] is not None


OFFICERS = "会長 増田 090-4127-0538 masuda@private.example.net\n副会長 大西 080-3561-9027\n書記 堀 070-7712-4086\n"


def test_officers_of_a_club_with_their_mobiles_are_somebody() -> None:
    """A list of parents who lead the club, each by surname, is a list of people's telephones."""
    found = inspected(body(f"役員各位\n新役員の連絡先です。\n{OFFICERS}\nどうぞよろしくお願いいたします。\n"))

    assert found.counts.get(Kind.PHONE_NUMBER) == 3


def test_one_officer_at_the_end_of_a_letter_is_in_charge() -> None:
    """Whoever signs with an office, a surname and a mobile tells how to be reached."""
    found = inspected(body("資料をお送りします。ご不明な点は下記まで。\n\n課長 増田 090-4127-0538\n"))

    assert not found.counts


SUBJECTS = [
    pytest.param("出席番号 氏名 国語 数学\n1 青木 凛 82 75\n2 池田 空 64 90\n3 岡 結衣 91 88\n", 3, id="marks"),
    pytest.param("氏名 住所 電話\n", 0, id="a form"),
    pytest.param("会員 増減 表\n組合員 資格 取得\n", 0, id="words of the trade"),
]


@pytest.mark.parametrize(("said", "people"), SUBJECTS)
def test_words_over_columns_are_nobody(said: str, people: int) -> None:
    """氏名 国語 数学 are three columns, and no pupil is called so."""
    assert inspected(body(f"先生方\n{said}")).counts.get(Kind.PERSON_NAME, 0) == people
