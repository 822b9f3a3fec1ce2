"""Where a mark must not reach: data that only stands where a signature, a greeting or a quoted header might stand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailguard.model.contents import Piece
from mailguard.model.finding import Kind
from mailguard.policy.personal_data import must_protect
from tests.unit.inspection.inspecting_parts import ABOUT, body, counting, inspected, marks

HOME = "長野県松本市白樺町1丁目6番8号"
LABELS = (
    "〒381-0008 長野市三輪4-5-6\n長谷川 美咲 様\n〒381-0009 長野市吉田4-5-6\n小林 直樹 様\n"
    "〒381-0012 長野市柳原4-5-6\n東海林 健太 様\n"
)
QUOTED = "ご確認ください。\n\n-----Original Message-----\n"
OUR_SIGNATURE = "--\nあおば互助会 総務課 田上 弘\nTEL 026-555-0110\n"
SURNAMES = ["佐藤", "鈴木", "高橋", "伊藤", "渡辺"]

IN_THE_OPEN = [
    pytest.param(f"長谷川美咲\n{HOME}\n090-4127-0538\n", id="first lines"),
    pytest.param(LABELS, id="address labels"),
    pytest.param(f"会長 長谷川美咲\n自宅 {HOME} 090-4127-0538\n", id="officer's home"),
    pytest.param(
        f"{QUOTED}To: 長谷川美咲 {HOME} 090-4127-0538\nTo: 小林直樹 {HOME} 090-4127-0539\n", id="quoted header"
    ),
    pytest.param(f"資料です。\n\n{OUR_SIGNATURE}長谷川美咲\n長野市三輪4-5-6\n090-4127-0538\n", id="below my signature"),
    pytest.param("長谷川 美咲様の口座\nみずほ銀行 丸の内支店 普通 3456789\n", id="account that counts up"),
    pytest.param("長谷川 美咲先生の基礎年金番号は 3456-789012 です。", id="pension number that counts up"),
]


@pytest.mark.parametrize("text", IN_THE_OPEN)
@pytest.mark.parametrize("where", ["body", "attachment:a.txt"])
def test_suppression_spares_data_that_stands_like_a_greeting_or_signature(text: str, where: str) -> None:
    """However I lay it out, somebody's address, telephone or account never leaves in clear as my own."""
    assert must_protect(inspected(Piece(where, text)))


def test_suppression_spares_a_telephone_list_at_the_end() -> None:
    """A list of telephones by surname is nobody's signature, and its people are counted."""
    lines = "".join(f"{name}　090-4127-05{at}\n" for at, name in enumerate(SURNAMES, 30))
    inspection = inspected(body(f"連絡先一覧\n\n{lines}"))

    assert 5 == inspection.counts[Kind.PHONE_NUMBER]
    assert 5 == inspection.persons


def test_suppression_keeps_an_address_above_a_recipient() -> None:
    """The address of the one who gets the letter does not stop it."""
    about = replace(ABOUT, recipients=(("hasegawa@one.example.com", "長谷川 美咲"),))
    text = "〒381-0008 長野市三輪4-5-6\n長谷川 美咲 様\n\n資料をお送りします。"

    assert not must_protect(inspected(body(text), about=about))


def test_suppression_knows_an_example_of_a_hard_kind() -> None:
    """A notice that shows how a number looks stops nobody."""
    shown = "基礎年金番号通知書をお持ちください(番号の例:1234-567890)。"

    assert (Kind.BASIC_PENSION_NUMBER, "1234567890") not in counting(body(shown))
    assert ["1234567890"] == list(marks(body(shown), Kind.BASIC_PENSION_NUMBER))
