"""Where places lie: the prefectures, municipalities and quarters of Japan, and the postal codes of large offices.

Made from the postal code list of Japan Post (KEN_ALL and JIGYOSYO, free of rights) by ``tests/data/build_gazetteer.py``
and shipped as two compressed files, 0.4 MB together. Loaded once when first asked for (30 ms, 5 MB), and shared by
processes that are forked afterwards.

Everything is looked up *folded*: old and variant forms of a character are one, and so are the ways to write the *ga* of
a name (Kasumigaseki) or its *no*. Folding keeps the length, so a place in a folded text is the place in the text.
"""

from __future__ import annotations

import lzma
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

_DATA = files("mailguard.inspection.ja") / "data"

# Pairs "variant, usual form". Sources: the table of new and old forms in the Joyo kanji list (2010), and the variants
# that municipalities and Japan Post write differently (Ryugasaki, Kamagaya, Isahaya, Ajigasawa ...).
_VARIANTS = (
    "龍竜澤沢﨑崎嵜崎碕崎邊辺邉辺齋斎齊斎斉斎髙高濱浜瀧滝廣広國国嶋島嶌島嶽岳櫻桜澁渋惠恵榮栄萬万豐豊圓円會会學学寶宝寳宝"
    "壽寿藏蔵靜静眞真兒児與与條条區区縣県號号鐵鉄鐡鉄鷗鴎檜桧淵渕渊渕曾曽礪砺藪薮籠篭諫諌舘館埜野龜亀鹽塩當当崗岡橫横黑黒"
    "靑青德徳內内戶戸步歩每毎瀨瀬增増巢巣淨浄槇槙堯尭冨富峯峰舩船柗松枩松鈎鉤麴麹樂楽藥薬驛駅佛仏應応來来壯壮將将狹狭"
    "螢蛍穗穂稻稲莊荘蟲虫變変關関鷄鶏鬪闘齒歯淺浅燒焼爐炉祿禄禪禅經経總総臺台舊旧莖茎藝芸觀観證証讀読賣売轉転鄕郷郞郎"
    "隱隠雙双靈霊顯顕麥麦黃黄點点祇祗蘆芦枡桝頸頚溪渓峽峡彌弥壹一貳二參三竒奇畫画晝昼粹粋緣縁綠緑繩縄灣湾敎教晉晋歷歴曆暦"
    "聲声體体處処盡尽屬属帶帯廢廃擧挙數数斷断樓楼氣気滿満獨独瓣弁盜盗碎砕祕秘稱称縱縦繪絵續続聽聴肅粛臟臓藤藤覺覚譽誉豫予"
    "遙遥鎭鎮鑛鉱陷陥險険雜雑頰頬飜翻騷騒驒騨鰺鯵鶯鴬鹼鹸齡齢噓嘘嚙噛攪撹潑溌瀆涜萊莱蔣蒋蠟蝋醬醤顚顛塡填剝剥"
)
_FOLDED = dict(zip(map(ord, _VARIANTS[::2]), _VARIANTS[1::2], strict=True))
_FOLDED |= dict.fromkeys(map(ord, "がガケヵゖ"), "ヶ") | dict.fromkeys(map(ord, "ノ之乃"), "の")
_FOLDED |= dict.fromkeys(map(ord, "ツッっ"), "つ")

_DIGITS = "〇一二三四五六七八九"


def fold(text: str) -> str:
    """The text with every variant character in its usual form; as long as the text was. Takes normalised text."""
    return text.translate(_FOLDED)


def kanji_number(number: int) -> str:
    """A number from 1 to 99 as names of places write it: 24 is 二十四."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十") + (_DIGITS[ones] if ones else "")


@dataclass(frozen=True, slots=True)
class Municipality:
    """A city, ward, town or village. ``name`` as it is written after the prefecture, folded; ``towns`` by line."""

    prefecture: str
    name: str
    towns: str


@dataclass(frozen=True)
class Gazetteer:
    """All places, folded. ``municipalities``: by every name one goes by, with and without its county or city."""

    prefectures: frozenset[str]
    municipalities: dict[str, tuple[Municipality, ...]]
    counties: frozenset[str]
    longest: int


def _names(name: str) -> set[str]:
    """What a municipality is called: whole, without its county, its city without the ward, the ward alone."""
    names = {name}
    county, found, rest = name.partition("郡")
    if found and rest and rest[-1] in "町村" and county:
        names.add(rest)
    city, found, ward = name.partition("市")
    if found and ward.endswith("区"):
        names |= {city + "市", ward}
    return names


def _county(name: str) -> str:
    head, found, rest = name.partition("郡")
    return head + "郡" if found and rest and rest[-1] in "町村" else ""


@cache
def gazetteer() -> Gazetteer:
    """The places; read from the package's data the first time."""
    packed = (_DATA / "gazetteer.xz").read_bytes()
    municipalities: dict[str, list[Municipality]] = {}
    prefectures, counties = set(), set()
    for line in lzma.decompress(packed).decode().splitlines():
        prefecture, name, towns = line.split("\t")
        prefectures.add(prefecture)
        if county := _county(name):
            counties.add(county)
        place = Municipality(prefecture, name, towns)
        for written in _names(name):
            municipalities.setdefault(written, []).append(place)
    by_name = {name: tuple(places) for name, places in municipalities.items()}
    return Gazetteer(frozenset(prefectures), by_name, frozenset(counties), max(map(len, by_name)))


@lru_cache(maxsize=512)  # an office writes to some dozens of places; all of them at once would take 45 MB
def towns_of(name: str, prefecture: str = "") -> frozenset[str]:
    """The quarters of the municipalities of a (folded) name, of one prefecture where that is known."""
    places = gazetteer().municipalities.get(name, ())
    lists = [place.towns.split(" ") for place in places if prefecture in ("", place.prefecture)]
    return frozenset(town for towns in lists for town in towns if town)


@cache
def _business_codes() -> tuple[int, ...]:
    packed = lzma.decompress((_DATA / "business_codes.xz").read_bytes())
    codes, code = [], 0
    for at in range(0, len(packed), 3):
        code += int.from_bytes(packed[at : at + 3], "big")
        codes.append(code)
    return tuple(codes)


def is_business_code(postal: str) -> bool:
    """Whether a postal code (seven digits, a hyphen allowed) belongs to one large office: never somebody's home."""
    digits = postal.replace("-", "")
    if not (len(digits) == 7 and digits.isascii() and digits.isdigit()):
        return False
    codes = _business_codes()
    at = bisect_left(codes, int(digits))
    return at < len(codes) and codes[at] == int(digits)
