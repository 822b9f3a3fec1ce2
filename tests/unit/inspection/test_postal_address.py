"""Addresses: every way offices write them is read whole, and places with numbers beside them are left alone."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailguard.inspection.ja.postal_address import DETECTOR, ORGANISATION_WORDS
from mailguard.inspection.normalise import normalised
from mailguard.inspection.text import Text, header_key
from mailguard.model.contents import Piece
from mailguard.model.finding import Because
from tests.corpus.generated.addresses import NO_ADDRESSES, addresses
from tests.effort import effort
from tests.unit.inspection.inspecting_parts import HOSTILE_SECONDS_MAX

_PIECES = (
    "長野県", "東京都", "上田市", "港区", "北佐久郡", "軽井沢町", "京都市", "上京区", "千草が丘", "峠", "今出川通",
    "東入", "上る", "丁目", "番地", "番", "号", "の", "ノ", "-", "ー", "一", "十", "〇", "1", "20", "6-10-20", "北1条",
    "甲", "字", "大字", "室", "住所", "：", "〒390-0001", " ", "　", "\t", "\n", "\r\n", "> ", "(", ")", "年", "月",
    "Tokyo", "Shibuya-ku", ", ", "ﾊﾟ", "\u3099", "\ufe0f", "𠮷", "県", "市", "は", "で",
)  # fmt: skip


def text_of(written: str) -> Text:
    """A text as detectors get it."""
    return normalised(Piece("body", written))


def found_in(written: str) -> list[str]:
    """The addresses in a text that are findings."""
    text = text_of(written)
    return [text.plain[one.start : one.end] for one in DETECTOR.find(text) if one.confidence >= 0.5]


def test_addresses_of_every_notation_are_read_to_the_number_and_no_further() -> None:
    """However an office writes an address, it is found, from the prefecture to the number, without the building."""
    missed: dict[str, list[str]] = defaultdict(list)
    tried: dict[str, int] = defaultdict(int)
    for spelling in addresses(seed=20261126, per_notation=60):
        tried[spelling.notation] += 1
        if text_of(spelling.value).plain not in found_in(spelling.text):
            missed[spelling.notation].append(spelling.text)
    assert len(tried) >= 12
    assert sum(map(len, missed.values())) <= 0.01 * sum(tried.values()), dict(missed)
    assert {name for name, texts in missed.items() if len(texts) > 0.05 * tried[name]} == set()


@pytest.mark.parametrize("sentence", NO_ADDRESSES)
def test_places_with_numbers_beside_them_are_no_addresses(sentence: str) -> None:
    """A prefecture's office, a score, a date or a telephone number beside a town's name is not taken for an address."""
    assert found_in(sentence) == []


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("京都市上京区今出川通烏丸東入玄武町601 冷泉", "京都市上京区今出川通烏丸東入玄武町601"),
        (
            "京都府京都市東山区大和大路通正面下る大和大路1丁目543",
            "京都府京都市東山区大和大路通正面下る大和大路1丁目543",
        ),
        ("北海道札幌市中央区北1条西2丁目　阿部　011-000-0000", "北海道札幌市中央区北1条西2丁目"),
        ("札幌市中央区北1西2-3", "札幌市中央区北1西2-3"),
        ("北海道空知郡上富良野町西2線北25号", "北海道空知郡上富良野町西2線北25号"),
        ("岩手県花巻市石鳥谷町好地第8地割160番地1", "岩手県花巻市石鳥谷町好地第8地割160番地1"),
        ("石川県珠洲市上戸町北方1字6番地の2", "石川県珠洲市上戸町北方1字6番地の2"),
        ("大阪府堺市中区深井沢町2丁3番4号", "大阪府堺市中区深井沢町2丁3番4号"),
        ("福井県福井市下荒井町21号3番地", "福井県福井市下荒井町21号3番地"),
        ("東京都世田谷区三軒茶屋二ノ十三ノ八", "東京都世田谷区三軒茶屋二ノ十三ノ八"),
        ("東京都千代田区1番町10-2", "東京都千代田区1番町10-2"),
        ("新潟県新潟市中央区本町通７番町1093-2", "新潟県新潟市中央区本町通7番町1093-2"),
        ("三重県津市広明町13", "三重県津市広明町13"),
        ("渋谷区神南1-2-3-405号室", "渋谷区神南1-2-3"),
        ("埼玉県浦和市高砂3-15-1", "埼玉県浦和市高砂3-15-1"),
        ("長野県上伊那郡箕輪\n町大字春日野1-19-11", "長野県上伊那郡箕輪\n町大字春日野1-19-11"),
        ("> 長野県上田市千草が丘\n> 6-10-20", "長野県上田市千草が丘\n> 6-10-20"),
        ("住所：あおば市桜町1-2-3", "あおば市桜町1-2-3"),
        ("東京港区赤坂1-2-3", "東京港区赤坂1-2-3"),
        ("住居地 早瀬市工業団地8番地33", "早瀬市工業団地8番地33"),
        ("○齊藤 渉 099-9077 虻川郡鳴海町大字鳴海48番地の12", "虻川郡鳴海町大字鳴海48番地の12"),
        ("住所 虻川郡鳴海町字汐見番外地5", "虻川郡鳴海町字汐見番外地5"),
        ("沖縄県島尻郡座間味村字阿真浦12番地", "沖縄県島尻郡座間味村字阿真浦12番地"),
        ("佐藤 長野県松本市白樺町12 0263-00-0000", "長野県松本市白樺町12"),
    ],
)
def test_an_address_of_an_unusual_kind_is_read_whole(written: str, value: str) -> None:
    """Kyoto's streets, Hokkaido's grid, Iwate's sections and broken lines do not hide an address."""
    assert found_in(written) == [value]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("Address: 1-2-3 Jingumae, Shibuya-ku, Tokyo 150-0001, Japan", "1-2-3 Jingumae, Shibuya-ku, Tokyo"),
        ("Nagano-ken, Ueda-shi, Chigusagaoka 6-10-20", "Nagano-ken, Ueda-shi, Chigusagaoka 6-10-20"),
        ("5-chome 2-3 Ginza, Chuo-ku, Tokyo", "5-chome 2-3 Ginza, Chuo-ku, Tokyo"),
        ("#203, 1-15-3 Kasuga, Chuo City, Yamanashi Prefecture", "1-15-3 Kasuga, Chuo City, Yamanashi Prefecture"),
    ],
)
def test_an_address_in_roman_letters_is_found(written: str, value: str) -> None:
    """English mail gives Japanese addresses away, too."""
    assert found_in(written) == [value]


def test_a_known_quarter_is_surer_than_an_unknown_one_and_says_so() -> None:
    """Who reads a finding sees whether the place is in the list."""
    known, unknown = (
        next(iter(DETECTOR.find(text_of(written))))
        for written in ("東京都千代田区丸の内一丁目9番2号", "東京都千代田区白樺町一丁目9番2号")
    )
    assert known.confidence == pytest.approx(0.92)
    assert unknown.confidence == pytest.approx(0.75)
    assert known.evidence[0].because is Because.KNOWN_PLACE
    assert unknown.evidence[0].because is Because.UNKNOWN_PLACE


def test_a_quarter_without_a_number_counts_only_after_a_label() -> None:
    """To name a town is no address; to give it as somebody's address is one."""
    assert found_in("長野県松本市島内で1月に研修") == []
    assert found_in("現住所：長野県松本市島内") == ["長野県松本市島内"]


def test_two_spellings_of_one_address_have_one_value() -> None:
    """An address with other blanks and dashes is not counted twice."""
    one, two = (
        next(iter(DETECTOR.find(text_of(written)))).value
        for written in ("東京都 世田谷区 三軒茶屋 ２－１３－８", "東京都世田谷区三軒茶屋2-13-8")
    )
    assert one == two


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("長野県上田市千草が丘6-10-20\nコーポ青葉203", "長野県上田市千草が丘6-10-20"),
        ("〒390-0001 長野県松本市白樺町1-6-8 メゾン203", "長野県松本市白樺町1-6-8"),
        ("白樺町1丁目6番8号", "白樺町1丁目6番8号"),
        ("長野県", "長野県"),
        ("上田市", "上田市"),
        ("千草が丘", "千草が丘"),
        ("12番地3", "12番地3"),
        ("1-2-3 Jingumae, Shibuya-ku, Tokyo", "1-2-3 Jingumae, Shibuya-ku, Tokyo"),
        ("メゾン三茶301号室", None),
        ("県職員住宅3-12", None),
        ("サンハイツ1-203", None),
        ("同上", None),
        ("2025-07-04", None),
        ("03-0000-0000", None),
        ("390-0001", None),
        ("", None),
    ],
)
def test_a_cell_of_an_address_column_gives_its_address_or_the_part_it_holds(value: str, address: str | None) -> None:
    """Columns that split an address are read part by part; a building or a remark is no address."""
    assert DETECTOR.cell is not None
    span = DETECTOR.cell(value)
    assert (None if span is None else value[span[0] : span[1]]) == address


@pytest.mark.parametrize(
    "header", ["住所", "現住所", "ご自宅住所", "送付先住所1", "住所(2)", "Address", "組合員住所", "市区町村"]
)
def test_what_offices_call_a_column_of_addresses_is_known(header: str) -> None:
    """A column is known by its header, however that is written."""
    assert header_key(header) in DETECTOR.headers


@pytest.mark.parametrize("header", ["自宅", "送付先", "氏名", "自宅電話"])
def test_a_header_that_may_stand_over_names_or_telephones_is_not_claimed(header: str) -> None:
    """What a column holds is then told by its content."""
    assert header_key(header) not in DETECTOR.headers


def test_words_for_members_are_not_words_for_organisations() -> None:
    """A member's address does not count as that of the association she is a member of."""
    assert ORGANISATION_WORDS.search("組合員 佐藤花子") is None
    assert ORGANISATION_WORDS.search("会場：あおば会館") == "会場"


@pytest.mark.parametrize(
    "unit",
    [
        "津市1",
        "市",
        "北佐久郡 ",
        "Tokyo-ku 1 ",
        "京都市中京区二条通",
        "住所：あ1",
        "埼玉県あ市",
        "東京都港区" + "一" * 9,
    ],
)
def test_hostile_text_is_read_within_the_time_of_a_mail(unit: str) -> None:
    """Nobody can stop the gateway with a long text made of the beginnings of addresses."""
    text = text_of(unit * (200_000 // len(unit)))

    _, seconds = effort(lambda: list(DETECTOR.find(text)))

    assert seconds < HOSTILE_SECONDS_MAX


@given(st.lists(st.sampled_from(_PIECES), max_size=14).map("".join))
def test_whatever_stands_in_a_text_the_spans_lie_inside_and_hold_something(written: str) -> None:
    """No text can make reading addresses fail, and what is found can be shown."""
    text = text_of(written)
    for one in DETECTOR.find(text):
        assert 0 <= one.start < one.end <= len(text.plain)
        assert one.value
        assert 0 < one.confidence <= 1
    assert DETECTOR.cell is not None
    span = DETECTOR.cell(text.plain)
    assert span is None or 0 <= span[0] < span[1] <= len(text.plain)
