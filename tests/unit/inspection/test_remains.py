"""The last look: whether something that was found can still be read in what is about to leave."""

from __future__ import annotations

import pytest

from mailguard.inspection.remains import remaining
from mailguard.model.contents import Contents, Piece
from tests.unit.inspection.inspecting_parts import ABOUT

ORIGINAL = Contents(
    (Piece("body", "次の方です。\n\n氏名：長谷川 美咲\n電話：090-4127-0538\n個人番号：392718460552\n"),)
)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("phone_number", "０９０－４１２７－０５３８"),
        ("phone_number", "090 4127 0538 まで"),
        ("person_name", "Re: 長谷川\u3000美咲"),
        ("my_number", "3927 1846 0552"),
        ("my_number", "no-392718460552.pdf"),
    ],
)
def test_value_in_another_spelling_is_still_readable(kind: str, text: str) -> None:
    """Full width, blanks and hyphens hide nothing."""
    assert (kind, "subject") in remaining(ORIGINAL, [Piece("subject", text)], ABOUT)


def test_text_without_any_of_it_shows_nothing() -> None:
    """A notice in neutral words passes."""
    assert not remaining(ORIGINAL, [Piece("body", "内容を保護してお送りしています。")], ABOUT)


def test_names_of_those_who_write_and_read_are_no_leak_and_their_numbers_are() -> None:
    """A recipient may be called what the list calls him; a telephone as a name is data."""
    shown = [Piece("header", "長谷川 美咲 <hasegawa@partner.example.com>, 090-4127-0538 <x@partner.example.com>")]

    assert {("phone_number", "header")} == remaining(ORIGINAL, shown, ABOUT, own=("長谷川 美咲", "090-4127-0538"))


def test_what_the_office_tells_everybody_is_no_leak() -> None:
    """The number whom to call stands in every notice."""
    shown = [Piece("body", "開けないときは 090-4127-0538 へ")]

    assert not remaining(ORIGINAL, shown, ABOUT, contact=("総務課 090-4127-0538",))


def test_short_values_are_not_searched_for() -> None:
    """Two characters stand in any text by chance."""
    original = Contents((Piece("body", "長谷川 美咲さんは乳がんで入院しました。職員番号：1234\n"),))

    assert not [one for one in remaining(original, [Piece("body", "1234 がん")], ABOUT) if one[0] == "staff_number"]
