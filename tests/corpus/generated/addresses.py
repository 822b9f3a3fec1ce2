"""Invented addresses in the ways offices write them: real towns of the gazetteer, drawn numbers.

The same seed gives the same addresses. ``addresses`` draws from every notation in turn; ``NO_ADDRESSES`` are sentences
with places and numbers that are none.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mailguard.inspection.ja.gazetteer import gazetteer, kanji_number

_INVENTED_TOWNS = (
    "白樺町", "千草が丘", "ぶどう沢", "ひばり野", "りんご坂", "絹の里", "銀杏台", "みすず台", "すずらん平", "大字落葉",
    "わさび田", "湖畔台", "字向山", "緑が丘東", "ふれあいの里", "コスモス台", "やまぶき", "星の宮", "鶴の子",
)  # fmt: skip
_BUILDINGS = ("メゾン桜203号室", " コーポ青葉101", " ハイツ緑A-12", "パークサイド桜5F", " 第2あおば荘")
_OLD_FORMS = str.maketrans(
    {"竜": "龍", "沢": "澤", "崎": "﨑", "辺": "邊", "高": "髙", "浜": "濱", "広": "廣", "桜": "櫻", "国": "國"}
)
_FULL = str.maketrans("0123456789-", "０１２３４５６７８９－")


@dataclass(frozen=True, slots=True)
class Spelling:
    """``text`` as it stands in a mail, ``value`` the address in it as it is written there, ``notation`` which way."""

    notation: str
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Place:
    """A town that is in the gazetteer (folded), or an invented one in a real municipality."""

    prefecture: str
    municipality: str
    town: str

    def __str__(self) -> str:
        return self.prefecture + self.municipality + self.town


def _kanji(number: int) -> str:
    return kanji_number(number)


def _lot(draw: random.Random) -> tuple[int, int, int]:
    return draw.randint(1, 9), draw.randint(1, 40), draw.randint(1, 30)


def _units(draw: random.Random) -> str:
    block, house, number = _lot(draw)
    return f"{block}丁目{house}番{number}号"


def _hyphens(draw: random.Random) -> str:
    return "-".join(map(str, _lot(draw)))


def _plot(draw: random.Random) -> str:
    return draw.choice(("{0}番地", "{0}番地{1}", "{0}番地の{1}", "{0}-{1}", "{0}番{1}", "{0}番の{1}")).format(
        draw.randint(20, 4999), draw.randint(1, 15)
    )


def _bare(place: Place, draw: random.Random) -> tuple[str, str]:
    value = f"{place}{_units(draw)}"
    return value, value


def _hyphened(place: Place, draw: random.Random) -> tuple[str, str]:
    value = f"{place}{_hyphens(draw)}"
    return value + draw.choice(_BUILDINGS), value


def _full_width(place: Place, draw: random.Random) -> tuple[str, str]:
    value = f"{place}{_hyphens(draw)}".translate(_FULL)
    return f"住所　{value}", value


def _kanji_numbers(place: Place, draw: random.Random) -> tuple[str, str]:
    block, house, number = map(_kanji, _lot(draw))
    value = f"{place}{block}丁目{house}番{number}号"
    return value, value


def _mixed(place: Place, draw: random.Random) -> tuple[str, str]:
    block, house, number = _lot(draw)
    value = f"{place}{_kanji(block)}丁目{house}-{number}"
    return f"転居先は{value}です。", value


def _plots(place: Place, draw: random.Random) -> tuple[str, str]:
    value = f"{place}{_plot(draw)}"
    return f"現住所：{value} 電話 090-0000-0000", value


def _no_prefecture(place: Place, draw: random.Random) -> tuple[str, str]:
    value = f"{place.municipality}{place.town}{_hyphens(draw)}"
    return f"1,佐藤 花子,{value},1975/4/1", value


def _postal(place: Place, draw: random.Random) -> tuple[str, str]:
    value = f"{place}{_plot(draw)}"
    return (
        f"〒{draw.randint(100, 999)}-{draw.randint(0, 9999):04d}{draw.choice(('', ' ', '　', chr(10)))}{value}",
        value,
    )


def _blanks(place: Place, draw: random.Random) -> tuple[str, str]:
    blank = draw.choice((" ", "　"))
    value = blank.join((place.prefecture, place.municipality, place.town, _hyphens(draw)))
    return f"送付先: {value}{blank}メゾン桜", value


def _lines(place: Place, draw: random.Random) -> tuple[str, str]:
    parts = [place.prefecture, place.municipality, place.town, _units(draw)]
    parts[draw.randint(0, 2)] += "\n"
    value = "".join(parts)
    return f"（自宅）{value}\n", value


def _hamlet(place: Place, draw: random.Random) -> tuple[str, str]:
    hamlet = draw.choice(("向原", "上ノ台", "中野", "西の沢"))
    value = f"{place.prefecture}{place.municipality}大字{place.town}字{hamlet}{_plot(draw)}"
    return value, value


def _stems(place: Place, draw: random.Random) -> tuple[str, str]:
    value = f"{place}{draw.choice('甲乙丙イロハ')}{draw.randint(20, 4999)}{draw.choice(('番地', '番地1', '-2'))}"
    return value, value


def _variants(place: Place, draw: random.Random) -> tuple[str, str]:
    text = str(place).translate(_OLD_FORMS).replace("ヶ", draw.choice("ヶケがガ")).replace("の", draw.choice("のノ"))
    value = f"{text}{_hyphens(draw)}"
    return value, value


def _dashes(place: Place, draw: random.Random) -> tuple[str, str]:
    value = f"{place}{_hyphens(draw)}".replace("-", draw.choice("−ー―‐–—─"))
    return f"届出住所：{value}", value


def _joined(place: Place, draw: random.Random) -> tuple[str, str]:
    block, house, number = _lot(draw)
    value = f"{place}{block}の{house}の{number}"
    return f"{value}（持家）", value


def _unknown(place: Place, draw: random.Random) -> tuple[str, str]:
    value = f"{place.prefecture}{place.municipality}{draw.choice(_INVENTED_TOWNS)}"
    value += draw.choice((_units, _hyphens, _plot))(draw)
    return f"佐藤花子様（{value}）", value


def _no_county(place: Place, draw: random.Random) -> tuple[str, str]:
    county, found, village = place.municipality.partition("郡")
    name = village if found and county and village[-1:] in ("町", "村") else place.municipality
    value = f"{place.prefecture}{name}{place.town}{_plot(draw)}"
    return value, value


def _kyoto(place: Place, draw: random.Random) -> tuple[str, str]:
    street = draw.choice(("今出川通烏丸", "寺町通御池", "四条通室町", "丸太町通釜座", "新町通中立売", "烏丸通六角"))
    turn = draw.choice(("上る", "下る", "東入", "西入", "上ル", "下ル", "東入る", "西入ル"))
    value = f"{place.prefecture}{place.municipality}{street}{turn}{place.town}{draw.randint(20, 700)}番地"
    return value, value


def _hokkaido(place: Place, draw: random.Random) -> tuple[str, str]:
    number, block = draw.randint(1, 30), draw.randint(1, 28)
    where = draw.choice(
        ("札幌市中央区北{0}条西{1}丁目", "札幌市中央区南{0}条東{1}丁目2-3",
         "旭川市{0}条通{1}丁目15", "帯広市西{0}条南{1}丁目1番地",
         "札幌市北区北{0}条西{1}丁目1番5号", "北見市北{0}条東{1}丁目2-1")
    )  # fmt: skip
    value = draw.choice(("北海道", "")) + where.format(number, block)
    return f"送付先　{value}　佐藤 花子", value


def _labelled_part(place: Place, draw: random.Random) -> tuple[str, str]:
    value = f"{draw.choice(_INVENTED_TOWNS)}{_units(draw)}"
    return f"住所：{value}", value


NOTATIONS: dict[str, Callable[[Place, random.Random], tuple[str, str]]] = {
    "units": _bare, "hyphens": _hyphened, "full_width": _full_width, "kanji": _kanji_numbers, "mixed": _mixed,
    "plot": _plots, "no_prefecture": _no_prefecture, "postal": _postal, "blanks": _blanks, "lines": _lines,
    "hamlet": _hamlet, "stems": _stems, "variants": _variants, "dashes": _dashes, "joined": _joined,
    "unknown_town": _unknown, "no_county": _no_county, "kyoto": _kyoto, "hokkaido": _hokkaido,
    "label_only": _labelled_part,
}  # fmt: skip
"""Every way, by its name."""


def _places(draw: random.Random) -> Iterator[Place]:
    whole = {id(one): one for places in gazetteer().municipalities.values() for one in places}
    municipalities = sorted(whole.values(), key=lambda one: (one.prefecture, one.name))
    kyoto = [one for one in municipalities if one.name.startswith("京都市")]
    while True:
        municipality = draw.choice(kyoto) if draw.random() < 0.05 else draw.choice(municipalities)
        yield Place(municipality.prefecture, municipality.name, draw.choice(municipality.towns.split(" ")))


def addresses(seed: int, per_notation: int) -> Iterator[Spelling]:
    """``per_notation`` addresses of each notation, each in a short text."""
    draw = random.Random(seed)
    places = _places(draw)
    for notation, write in NOTATIONS.items():
        for _ in range(per_notation):
            place = next(places)
            while not place.town or (notation == "kyoto") != place.municipality.startswith("京都市"):
                place = next(places)
            text, value = write(place, draw)
            yield Spelling(notation, text, value)


NO_ADDRESSES = (
    "千葉県庁で3-2の会議室を使います。", "東京都の調査では2025年3月4日に発表", "条例第3条2項により松本市が定める。",
    "上田市 10:30 開始、長野市 12:00 終了", "長野市で3人、松本市で12人が参加", "試合は松本市が3-2で上田市に勝利",
    "長野県の人口は200万人、面積は13,562平方キロ", "東京都新宿区内5校の校長", "新潟県上越市 令和7年4月1日付け",
    "長野県松本市 026-000-0000", "国道19号線(長野県塩尻市)は1-2車線の規制", "愛知県豊橋市立小学校3-2の担任",
    "大阪府警は12-3日に", "北海道内3-5か所", "京都市では1-2月に", "長野県教職員 3-1 研修", "横浜市のうち3区2-5名",
    "東京都千代田区永田町一丁目にある建物", "市町村共済組合法第3条1項", "上田市役所 3-7 窓口", "県内 5-10-20 の順",
    "Tokyo 2020-2021 season", "Score 3-2 Tokyo won", "2025-07-04 Tokyo", "Nagano 390-0001", "Meeting 10-12 Osaka",
    "岐阜市 2025-07-04 10-12時", "松本市長 3-2 で可決", "長野県松本市から3-4時間", "千葉市と柏市で1-3件",
)  # fmt: skip
"""Places and numbers that are no address."""
