"""Full names are seen in every script and spelling; firms, places, titles and greetings without a name are not."""

from __future__ import annotations

import unicodedata

import pytest

from mailguard.inspection.ja.person_name import (
    DETECTOR,
    FULL_NAME_HEADERS,
    GIVEN_HEADERS,
    KANA_HEADERS,
    SURNAME_HEADERS,
    cell_name,
    is_full_name,
    is_given_name,
    is_surname,
)
from mailguard.inspection.text import Candidate, Text, header_key
from mailguard.model.contents import Piece
from tests.corpus.generated.names import NO_NAMES, Spelling, foreign, names, roman, running
from tests.effort import effort


def candidates(words: str) -> list[Candidate]:
    """All candidates in a text."""
    return list(DETECTOR.find(Text(Piece("body", words), unicodedata.normalize("NFKC", words))))


def people(words: str) -> list[str]:
    """The full names that count, in the order of the text."""
    return [
        one.value
        for one in sorted(candidates(words), key=lambda c: c.start)
        if one.kind == "person_name" and one.confidence >= 0.5
    ]


def surnames(words: str) -> list[str]:
    """The bare surnames."""
    return [one.value for one in candidates(words) if one.kind == "surname"]


NAMES = [
    pytest.param("1. 長谷川 美咲（ハセガワ ミサキ） 昭和63年4月12日生", ["長谷川美咲"], id="roster with reading"),
    pytest.param("小林 恵さん 5279 3954 3153", ["小林恵"], id="given name of one character"),
    pytest.param("氏　名　吉　田　　修", ["吉田修"], id="spelt out with blanks"),
    pytest.param("髙橋ひろ子様の書類", ["髙橋ひろ子"], id="old glyph and mixed given name"),
    pytest.param("五十畑 美和さんが入院", ["五十畑美和"], id="rare surname"),
    pytest.param("組合員の等々力翔太が申請", ["等々力翔太"], id="joined in running text"),
    pytest.param("理事長山本太郎", ["山本太郎"], id="office before"),
    pytest.param("対象：黒田 浩二教諭（42歳）", ["黒田浩二"], id="title after"),
    pytest.param("被扶養者 内田 カツ（母）", ["内田カツ"], id="kana given name"),
    pytest.param("口座番号：4081726\n口座名義：ｵｶﾞﾜ ﾏｻﾙ", ["オガワマサル"], id="half-width account holder"),
    pytest.param("氏名 小川 勝\n口座名義 オガワ マサル", ["小川勝"], id="account holder is the reading of the name"),
    pytest.param("氏名：山田 太郎\nフリガナ：ヤマダ タロウ", ["山田太郎"], id="reading below"),
    pytest.param("大西 誠（Makoto Onishi）", ["大西誠"], id="roman form in brackets"),
    pytest.param("カード番号 3541631713209908 名義 KOJI MURATA", ["KOJIMURATA"], id="card holder"),
    pytest.param("Passenger: SATO/KENICHI MR", ["SATO/KENICHI"], id="ticket"),
    pytest.param("yamada taro 様の修正", ["yamadataro"], id="small letters"),
    pytest.param("グエン・ヴァン・アンさんの在留カード", ["グエン・ヴァン・アン"], id="katakana with dots"),
    pytest.param("チャウダリ・サンジブ JK66120945VA 6/11まで", ["チャウダリ・サンジブ"], id="by a card"),
    pytest.param("・ホセ・マルティネス  jose.mtz@mail.example.com", ["ホセ・マルティネス"], id="katakana in a list"),
    pytest.param("森 ゆかり\t268,500\nグエン・ティ・ラン\t214,000", ["森ゆかり", "グエン・ティ・ラン"], id="cell"),
    pytest.param("病棟のシティ・ヌルハリザの在留期間が満了", ["シティ・ヌルハリザ"], id="katakana and 在留"),
    pytest.param("饒波 いおり、平安名 ひかり、屋良 りん", ["饒波いおり", "平安名ひかり", "屋良りん"],
                 id="unlisted surnames among others"),
    pytest.param("お名前 雲母 ひかる様", ["雲母ひかる"], id="surname that is a word, with label"),
    pytest.param("対象生徒 港南中2年 長南 樹", ["長南樹"], id="after a class"),
    pytest.param("当日 盛 ゆうき様 090-5551-0909", ["盛ゆうき"], id="surname of one character that is a word"),
    pytest.param("氏名 一番合戦 岬\n", ["一番合戦岬"], id="unlisted surname after a label"),
    pytest.param("亡小比類巻 義男(大正15年生)", ["小比類巻義男"], id="the late"),
    pytest.param("満留 咲 412,000円\n井料 智 398,500円", ["満留咲", "井料智"], id="line above a sure one"),
    pytest.param("・鷺沼 美和 090-5550-1234", ["鷺沼美和"], id="unlisted surname with data right behind"),
    pytest.param("3年2組 糀谷 凛（アレルギー）", ["糀谷凛"], id="rare surname after a class"),
    pytest.param("目 陽さんの件です", ["目陽"], id="surname that is a noun, with honorific"),
    pytest.param("廣澤 圓\n京都府", ["廣澤圓"], id="given name of one old glyph"),
    pytest.param("濵﨑 邉美", ["濵﨑邉美"], id="unlisted given name with a usual ending"),
    pytest.param("00031 ｸｼﾞﾗｵｶ ﾀﾓﾂ  4410-207735", ["クジラオカタモツ"], id="rare name in half-width columns"),
    pytest.param("修正依頼 MZ0091843 ARAGAKI LISA", ["ARAGAKILISA"], id="given name from abroad"),
    pytest.param("NGUYEN VAN TAI\tUJ81120934MB\nSOK DARA\tUJ44019285LC", ["NGUYENVANTAI", "SOKDARA"],
                 id="capitals by a card"),
    pytest.param("1\tNGUYEN VAN TAI\t2001\n", ["NGUYENVANTAI"], id="capitals in a cell"),
    pytest.param("Name: Jonathan Whitmore", ["JonathanWhitmore"], id="English after a label"),
    pytest.param("Mr. John Smith will arrive", ["JohnSmith"], id="English after a title"),
    pytest.param("氏名：王 小明", ["王小明"], id="Chinese"),
    pytest.param("金 哲秀さん", ["金哲秀"], id="Korean"),
    pytest.param("石川 蓮 → 048-555-0101 → 千葉 結衣 → 048", ["石川蓮", "千葉結衣"], id="surnames that are places"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "expected"), NAMES)
def test_name_in_a_spelling_of_offices_is_found(words: str, expected: list[str]) -> None:
    """Whoever is named in full is seen, once."""
    assert people(words) == expected


@pytest.mark.parametrize("sentence", NO_NAMES)
def test_sentence_without_a_full_name_has_none(sentence: str) -> None:
    """Firms, places, stations, titles and bare surnames are no people."""
    assert people(sentence) == []


@pytest.mark.parametrize(
    "words",
    [
        "(入院見舞金)第18条 会員が入院したとき",
        "鳥羽 潮騒荘 三重県鳥羽市",
        "用紙\t\t連\t1,200円",
        "氏名\tテスト 太郎\t正常",
        "生年月日\t平成\t年\t月\t日",
        "真岡理化\t2,948,000円",
        "シティ・ホテル 03-5550-0101",
        "・アロマ・ディフューザー 3,980円",
        "・カスタマー・サービス 0120-555-010",
        "レオナルド・ダ・ヴィンチ展",
        "PASSPORT NUMBER MZ0091843 DATE OF ISSUE",
        "続柄 長女\n続柄：母",
        "・受付 中央 03-5550-0101",
        "ゼウス・シティが2006年11月に開業",
    ],
)
def test_article_inn_form_or_product_is_nobody(words: str) -> None:
    """An article of rules, an inn, an empty form, a firm, a product or a famous painter is no name that counts."""
    assert people(words) == []


def _recall(spellings: list[Spelling]) -> float:
    found = [unicodedata.normalize("NFKC", s.value).replace(" ", "") in people(s.text) for s in spellings]
    return sum(found) / len(found)


def test_names_with_something_beside_them_are_nearly_all_found() -> None:
    """Honorific, label, list mark or data beside a name: 99 of 100 are seen, in every spelling."""
    assert _recall(list(names(seed=11, rounds=8))) >= 0.99


def test_names_in_running_text_are_found() -> None:
    """Without any sign beside it, at least 95 of 100 names are seen."""
    assert _recall(list(running(seed=11, rounds=20))) >= 0.95


def test_names_in_roman_letters_are_found_in_any_order() -> None:
    """Yamada Taro, Taro YAMADA and YAMADA/TARO are all seen."""
    assert _recall(list(roman(seed=11, rounds=8))) >= 0.97


def test_names_from_abroad_beside_personal_data_are_found() -> None:
    """グエン・ティ・ハー and NGUYEN THI HA are seen beside a card, a telephone number or a date."""
    assert _recall(list(foreign())) >= 0.98


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("大野先生の件でご相談です。", ["大野"], id="teacher"),
        pytest.param("羽田野様（080-5511-7788）", ["羽田野"], id="addressee"),
        pytest.param("田中部長と斎藤さんは欠席", ["田中", "斎藤"], id="colleagues"),
        pytest.param("奥さんと奥様によろしく", [], id="wife"),
        pytest.param(
            "仕様と同様、皆様、お客様、保護者様、たくさん、校長先生、本屋さん、東京様", [], id="words with an honorific"
        ),
        pytest.param("小林 直樹さん", [], id="part of a full name"),
    ],
)
def test_surname_with_honorific_is_reported_apart(words: str, expected: list[str]) -> None:
    """A bare surname helps to see who is meant, and is never a finding."""
    assert surnames(words) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        pytest.param("渡邊 恵子", "渡邊 恵子", id="with a blank"),
        pytest.param("征矢修一", "征矢修一", id="in no list"),
        pytest.param("1) 林 さくら 様", "林 さくら", id="numbered, with honorific"),
        pytest.param("NGUYEN THI HOA", "NGUYEN THI HOA", id="roman letters"),
        pytest.param("マリア・サントス", "マリア・サントス", id="katakana"),
        pytest.param("田中 花子（旧姓 鈴木）", "田中 花子", id="former surname in brackets"),
        pytest.param("合計", None, id="total"),
        pytest.param("未定", None, id="not yet known"),
        pytest.param("株式会社みどり", None, id="firm"),
        pytest.param("", None, id="empty"),
        pytest.param("0123456", None, id="number"),
        pytest.param("県立青葉高等学校", None, id="school"),
    ],
)
def test_cell_of_a_name_column_gives_its_name(cell: str, expected: str | None) -> None:
    """A column of names is read whatever the name; sums, firms and blanks are none."""
    span = cell_name(cell)

    assert (None if span is None else cell[slice(*span)]) == expected


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        pytest.param("渡邊 恵子", 0.8, 1.0, id="blank"),
        pytest.param("長谷川美咲", 0.8, 1.0, id="joined"),
        pytest.param("ヤマダ タロウ", 0.6, 1.0, id="kana"),
        pytest.param("TARO YAMADA", 0.6, 1.0, id="roman"),
        pytest.param("横浜市", 0.0, 0.3, id="town"),
        pytest.param("営業部", 0.0, 0.3, id="department"),
        pytest.param("合計", 0.0, 0.0, id="total"),
        pytest.param("Windows Server", 0.0, 0.0, id="product"),
    ],
)
def test_text_by_itself_is_scored_as_a_full_name(text: str, least: float, most: float) -> None:
    """A column without a header is typed by what its cells look like."""
    assert least <= is_full_name(text) <= most


def test_surname_and_given_name_are_told_apart() -> None:
    """Split columns are recognised by their cells."""
    assert [is_surname(name) for name in ("髙橋", "勅使河原", "タナカ", "本店", "東京")] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert [is_given_name(name) for name in ("美咲", "さくら", "電話", "様")] == [True, True, False, False]


def test_headers_are_given_as_they_are_compared() -> None:
    """Every header can be met: the sets hold what ``header_key`` makes of a header."""
    for headers in (FULL_NAME_HEADERS, SURNAME_HEADERS, GIVEN_HEADERS, KANA_HEADERS, DETECTOR.headers):
        assert headers == {header_key(header) for header in headers}
    assert header_key("氏名（漢字）") not in KANA_HEADERS
    assert header_key("Full name") in FULL_NAME_HEADERS


HOSTILE = [
    "山田" * 200_000,
    "山 " * 200_000,
    "田中様" * 150_000,
    "Aa Bb " * 100_000,
    "ア・" * 200_000,
    "氏名：" * 150_000,
    "名義 カ " * 100_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=["kanji", "blanks", "honorifics", "roman", "dots", "labels", "kana"])
def test_hostile_text_takes_time_in_proportion(text: str) -> None:
    """No text of a megabyte holds the inspection up."""
    _, seconds = effort(lambda: candidates(text))

    assert seconds < 20
