"""People who stand in a mail several times, or in several mails, are counted once and never mixed up."""

from __future__ import annotations

import pytest

from mailguard.judging.whose import bounded, distinct, together
from mailguard.model.finding import PEOPLE_MAX, People, WhoseData

TARO, JIRO = "山田 太郎", "山田 次郎"


def one(name: str, *marks: tuple[str, bytes], kinds: tuple[str, ...] = ("person_name",)) -> WhoseData:
    """Somebody as one place of a mail has them."""
    return WhoseData(name, kinds, frozenset(marks))


def number(value: int, kind: str = "member_number") -> tuple[str, bytes]:
    """A number of somebody, as it is compared."""
    return kind, value.to_bytes(2)


@pytest.mark.parametrize(
    ("mentions", "names"),
    [
        pytest.param([one(TARO), one("山田太郎"), one("山田　太郎")], [TARO], id="spelled with and without a space"),
        pytest.param([one(TARO), one(TARO, number(1)), one(TARO, number(2))], [TARO, TARO], id="two of one name"),
        pytest.param([one(TARO, number(1)), one(TARO, number(1)), one(TARO)], [TARO], id="one number, one person"),
        pytest.param([one(TARO, number(1)), one(JIRO, number(1))], [TARO, JIRO], id="a family under one number"),
        pytest.param([one("", number(1)), one(TARO, number(1))], [TARO], id="named later"),
        pytest.param([one("", number(1)), one("", number(2))], ["", ""], id="known by their numbers alone"),
        pytest.param(
            [one(TARO, number(1, "birth_date")), one(TARO, number(7)), one(TARO, number(2, "birth_date"))],
            [TARO, TARO],
            id="born on another day",
        ),
        pytest.param([], [], id="nobody"),
    ],
)  # fmt: skip
def test_each_person_is_counted_once(mentions: list[WhoseData], names: list[str]) -> None:
    """Two of one name are two where a number or a birth date says so, and a number is nobody's second person."""
    assert names == [found.name for found in distinct(mentions)]


def test_what_is_said_in_several_places_is_known_of_the_person() -> None:
    """An address here and an illness there are one person's."""
    found = distinct([one(TARO, kinds=("person_name", "postal_address")), one(TARO, kinds=("special_care",))])

    assert ["person_name", "postal_address", "special_care"] == sorted(found[0].kinds)


def test_people_of_two_mails_are_counted_together() -> None:
    """The same list sent twice is not twice as many people, nor twice as many telephone numbers."""
    values = {"phone_number": {b"a", b"b"}}
    first = bounded([one(TARO, number(1)), one(JIRO, number(2))], values, is_unreadable=False)
    second = bounded([one(TARO, number(1))], {"phone_number": {b"b", b"c"}}, is_unreadable=True)
    both = together([first, second])

    assert (2, {"phone_number": 3}, True) == (both.count, both.counts, both.is_unreadable)
    assert People() == together([])


def test_list_without_end_is_counted_and_cut() -> None:
    """A hostile mail with a name a line costs a bounded answer, and the count stays right."""
    endless = bounded((one(str(line)) for line in range(PEOPLE_MAX + 5)), {}, is_unreadable=False)

    assert (PEOPLE_MAX, PEOPLE_MAX + 5) == (len(endless.persons), endless.count)
    assert PEOPLE_MAX + 5 == together([endless]).count
