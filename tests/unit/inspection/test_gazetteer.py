"""The shipped places: complete, folded as they are looked up, and small."""

from __future__ import annotations

from importlib.resources import files

import pytest

from mailguard.inspection.ja.gazetteer import fold, gazetteer, is_business_code, kanji_number, towns_of


def test_the_places_of_all_prefectures_are_there() -> None:
    """The file holds the whole country."""
    places = gazetteer()
    whole = {id(one): one for named in places.municipalities.values() for one in named}
    assert len(places.prefectures) == 47
    assert len(whole) > 1_850
    assert sum(one.towns.count(" ") + 1 for one in whole.values()) > 110_000


def test_every_name_in_the_file_is_folded() -> None:
    """The file was made with the folding that look-ups use; after a change of it the file must be built anew."""
    for name, places in gazetteer().municipalities.items():
        assert fold(name) == name
        assert all(fold(place.towns) == place.towns for place in places)


def test_folding_keeps_the_length_and_twice_is_once() -> None:
    """A place in the folded text is the place in the text."""
    written = "龍ケ崎市霞が関四ツ谷渋澤﨑邊髙濱一ノ宮"
    assert len(fold(written)) == len(written)
    assert fold(fold(written)) == fold(written)


@pytest.mark.parametrize(
    ("name", "town"),
    [
        ("軽井沢町", "長倉"),
        ("北佐久郡軽井沢町", "長倉"),
        ("札幌市中央区", "北一条西"),
        ("札幌市", "北一条西"),
        ("港区", "赤坂"),
    ],
)
def test_a_municipality_is_known_by_every_name_it_goes_by(name: str, town: str) -> None:
    """With and without the county, the city without its ward, the ward alone."""
    assert town in towns_of(name)


def test_towns_are_those_of_the_prefecture_that_was_named() -> None:
    """Two cities of one name are told apart by the prefecture."""
    assert towns_of("府中市", "東京都") != towns_of("府中市", "広島県")
    assert towns_of("府中市", "東京都") | towns_of("府中市", "広島県") == towns_of("府中市")


@pytest.mark.parametrize(
    ("postal", "expected"), [("100-8111", True), ("1008111", True), ("390-0000", False), ("12", False), ("", False)]
)
def test_postal_codes_of_single_offices_are_known(postal: str, expected: bool) -> None:
    """A postal code that belongs to one large office tells that no home is meant."""
    assert is_business_code(postal) is expected


@pytest.mark.parametrize(
    ("number", "written"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (24, "二十四"), (99, "九十九")]
)
def test_numbers_are_written_as_in_names_of_places(number: int, written: str) -> None:
    """Twenty-four is written with a ten."""
    assert kanji_number(number) == written


def test_the_shipped_files_stay_small() -> None:
    """Places and codes do not make the package heavy."""
    data = files("mailguard.inspection.ja") / "data"
    assert sum(len((data / name).read_bytes()) for name in ("gazetteer.xz", "business_codes.xz")) < 1_500_000
