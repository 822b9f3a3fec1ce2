"""Invented people in the ways offices write them, and words that only look like people.

The same seed gives the same names. ``names`` draws every spelling in every context in turn; ``NO_NAMES`` are sentences
with surnames, honorifics and name-like words of which none is a person's full name.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

_SURNAMES = (
    ("佐藤", "サトウ", "Sato"), ("髙橋", "タカハシ", "Takahashi"), ("山﨑", "ヤマザキ", "Yamazaki"),
    ("渡邊", "ワタナベ", "Watanabe"), ("齋藤", "サイトウ", "Saito"), ("𠮷田", "ヨシダ", "Yoshida"),
    ("五十畑", "イソハタ", "Isohata"), ("大日方", "オビナタ", "Obinata"), ("等々力", "トドロキ", "Todoroki"),
    ("降旗", "フリハタ", "Furihata"), ("小宮山", "コミヤマ", "Komiyama"), ("永峯", "ナガミネ", "Nagamine"),
    ("秋庭", "アキバ", "Akiba"), ("長谷川", "ハセガワ", "Hasegawa"), ("東海林", "ショウジ", "Shoji"),
    ("一ノ瀬", "イチノセ", "Ichinose"), ("林", "ハヤシ", "Hayashi"), ("関", "セキ", "Seki"),
    ("千葉", "チバ", "Chiba"), ("石川", "イシカワ", "Ishikawa"), ("福島", "フクシマ", "Fukushima"),
    ("大野", "オオノ", "Ono"), ("加藤", "カトウ", "Kato"), ("伊集院", "イジュウイン", "Ijuin"),
    ("冷泉", "レイゼイ", "Reizei"), ("比嘉", "ヒガ", "Higa"), ("金城", "キンジョウ", "Kinjo"),
    ("勅使河原", "テシガワラ", "Teshigawara"), ("羽田野", "ハタノ", "Hatano"), ("中曽根", "ナカソネ", "Nakasone"),
    ("五月女", "サオトメ", "Saotome"), ("宇都宮", "ウツノミヤ", "Utsunomiya"),
)  # fmt: skip
_GIVEN = (
    ("太郎", "タロウ", "Taro"), ("美咲", "ミサキ", "Misaki"), ("健一", "ケンイチ", "Kenichi"),
    ("さくら", "サクラ", "Sakura"), ("ひろ子", "ヒロコ", "Hiroko"), ("由美子", "ユミコ", "Yumiko"),
    ("翔太", "ショウタ", "Shota"), ("陽菜", "ヒナ", "Hina"), ("直樹", "ナオキ", "Naoki"),
    ("大輔", "ダイスケ", "Daisuke"), ("千尋", "チヒロ", "Chihiro"), ("裕美子", "ユミコ", "Yumiko"),
    ("慎太郎", "シンタロウ", "Shintaro"), ("真理子", "マリコ", "Mariko"), ("和夫", "カズオ", "Kazuo"),
    ("結衣", "ユイ", "Yui"), ("龍之介", "リュウノスケ", "Ryunosuke"), ("沙織", "サオリ", "Saori"),
    ("トシ", "トシ", "Toshi"), ("恵", "メグミ", "Megumi"), ("学", "マナブ", "Manabu"),
)  # fmt: skip
_FOREIGN = ("グエン・ヴァン・アン", "マリア・サントス", "キム・ミンジ")
_ABROAD = (
    ("グエン・ティ・ハー", "NGUYEN THI HA"), ("チャン・ヴァン・ロン", "TRAN VAN LONG"),
    ("レ・ミン・トアン", "LE MINH TOAN"), ("ファム・クオック・バオ", "PHAM QUOC BAO"),
    ("ホアン・ゴック・アイン", "HOANG NGOC ANH"), ("ブイ・タイン・ソン", "BUI THANH SON"),
    ("アウン・コー・コー", "AUNG KO KO"), ("キン・スー・ウェイ", "KHIN SU WAI"),
    ("スシラ・シュレスタ", "SUSHILA SHRESTHA"), ("ラム・バハドゥル・タマン", "RAM BAHADUR TAMANG"),
    ("デウィ・ルスマワティ", "DEWI RUSMAWATI"), ("アグス・サントソ", "AGUS SANTOSO"),
    ("マリア・クリスティーナ・レイエス", "MARIA CRISTINA REYES"), ("ジェームズ・オコナー", "JAMES O'CONNOR"),
    ("エミリー・ワトソン", "EMILY WATSON"), ("ルイス・フェルナンデス", "LUIS FERNANDEZ"),
    ("アナ・パウラ・オリベイラ", "ANA PAULA OLIVEIRA"), ("ムハンマド・イクバル", "MUHAMMAD IQBAL"),
    ("ラジェシュ・シャルマ", "RAJESH SHARMA"), ("キム・ジウォン", "KIM JIWON"), ("ワン・リーホア", "WANG LIHUA"),
    ("ボルド・バトエルデネ", "BOLD BATERDENE"), ("イワン・ソコロフ", "IVAN SOKOLOV"),
    ("ソク・ピセット", "SOK PISETH"),
)  # fmt: skip
_KATAKANA_CONTEXTS = (
    "・{} 080-5550-0123",
    "{}\t1998/04/02\t実習生",
    "{}（2001年3月4日生）",
    "乙 {}(在留カード番号 AB12345678CD)",
    "留学生の{}が来週来ます。",
    "{}  a.b@example.com",
    "氏名：{}",
    "{}さんの件",
)
_CAPITALS_CONTEXTS = ("{}\tAB12345678CD\t2001/05/30", "TR1234567 {}", "Name: {}", "{} 様", "カード名義人：{}")
_CONTINENTAL = ("李 明", "王 小明", "金 哲秀", "張 偉")

SUPPORTED = (
    "{}様の書類を送付します。", "昨日、{}さんから電話がありました。", "氏名：{}", "被保険者 {}", "・{} 要精密検査",
    "3. {}（35歳）", "負傷者：3年2組 {}（平成29年6月2日生）", "口座名義人 {}", "担当児童：{}", "{}先生の後任について",
    "{} 殿", "保護者：{}　連絡先 090-0000-0001", "申請者は{}氏です。", "長男 {} 090-0000-0002",
)  # fmt: skip
"""Something beside the name says that it is one."""
RUNNING = (
    "先日、{}から書類が届きました。",
    "今回は{}が欠席です。",
    "本件は{}の分です。",
    "なお、{}については別途ご連絡します。",
    "{}、{}の順です。",
)
"""Nothing does."""
ROMAN = ("Name: {}", "Passenger: {}", "名義 {}", "{} 様", "{} joined the group last week.", "カード名義人：{}")

NO_NAMES = (
    "仕様と同様に、皆様とお客様には保護者様もご参加ください。",
    "たくさんのお父さん、お母さんと校長先生が本屋さんに集まりました。",
    "山田電機と松本組、高島屋、伊藤園に発送済みです。", "千葉県と岡山大学、石川県立図書館、小林の向こうの道です。",
    "東京様式の書類と大阪様の件", "令和 元年 平成 三十年 昭和 六十年", "会議 開催 資料 配布 本日 午後 東京 大阪",
    "株式会社山本太郎商店の件", "中村区役所と福島駅前、宮崎空港、長野市役所へ",
    "森の中の研修施設「青木ヶ原荘」のご案内", "原則として土曜・日曜は休館です。",
    "田中部長と斎藤さんは欠席、加藤課長は出席です。", "本田技研、武田薬品、野村證券、鹿島建設",
    "普通預金 当座預金 本店 営業部", "氏名 住所 電話番号 備考", "氏名：　　　　　　　　印", "担当：総務課",
    "申請者：別紙のとおり", "組合員 全員", "会員 各位", "対象者：全職員", "三井住友銀行 渋谷支店 普通 0000001",
    "大森林道を通り、水増しの件を確認", "日本大学附属病院 整形外科", "山口県山口市",
    "The Grand Hotel Tokyo and New Line Cinema",
    "Osaka Castle, Nara Park, Kyoto Station, Windows Server, Microsoft Office", "Best Regards, Thank You, Dear Sir",
    "Toyota Motor, Honda Giken, Mitsui Sumitomo", "フリガナ：　　　　", "カナダのバンクーバーにて開催",
    "ネオ・バロック様式の建物", "青森 秋田 岩手 宮城 山形 福島", "中野 杉並 練馬 世田谷 渋谷 新宿",
    "水戸 宇都宮 高崎 大宮 千葉 横浜", "大和 運輸 佐川 急便", "高橋商店 佐藤歯科医院 鈴木建設 田中小学校",
    "担任の先生方、新入生の皆さん", "松下 電器 産業", "第3回 理事会 議事録 作成 担当", "研修 会場 受付 開始 時間",
    "宮島 厳島神社", "桜井市 明日香村 大和高田市", "豊田 自動車 本社", "上野 公園 前", "川崎 重工 東京 支店",
    "年末 調整 書類", "南 東 北 西 中央", "林 野 庁", "平和 公園 前 広場", "一般 会計 予算", "春日 井市", "石川 県内",
    "三浦 半島", "福岡 博多 太宰府", "品川 新幹線 のぞみ", "個人 情報 保護 方針", "関 係 者 各 位",
    "山本 商事 株式会社", "長崎 大学 病院", "神戸 三宮 元町",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spelling:
    """``text`` as it stands in a mail, ``value`` the name in it without blanks as it is written there."""

    notation: str
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person: surname and given name in kanji, katakana and roman letters."""

    surname: tuple[str, str, str]
    given: tuple[str, str, str]


def person(draw: random.Random) -> Person:
    """A drawn person."""
    return Person(draw.choice(_SURNAMES), draw.choice(_GIVEN))


def japanese(one: Person, blank: str) -> str:
    """The name in kanji."""
    return one.surname[0] + blank + one.given[0]


def names(seed: int, rounds: int) -> Iterator[Spelling]:
    """Names beside which something says that they are; every context and spelling once a round."""
    draw = random.Random(seed)
    for _ in range(rounds):
        for context in SUPPORTED:
            for notation, blank in (("blank", " "), ("wide blank", "\u3000"), ("hard blank", "\u00a0"), ("joined", "")):
                name = japanese(person(draw), blank)
                yield Spelling(notation, context.format(name), name.replace(blank, "") if blank else name)
        for name in _FOREIGN:
            yield Spelling("foreign", f"{name}さんの在留カードの件です。", name)
        for name in _CONTINENTAL:
            yield Spelling("continental", f"氏名：{name}", name.replace(" ", ""))
        one = person(draw)
        kana = f"{one.surname[1]} {one.given[1]}"
        yield Spelling("kana", f"口座番号：0000001\n口座名義：{kana}", kana.replace(" ", ""))


def running(seed: int, rounds: int) -> Iterator[Spelling]:
    """Names in running text; only such as two or more characters follow the surname."""
    draw = random.Random(seed)
    for _ in range(rounds):
        for context in RUNNING:
            for notation, blank in (("blank", " "), ("joined", "")):
                one = person(draw)
                while len(one.given[0]) < 2 or (not blank and len(one.surname[0]) < 2):
                    one = person(draw)
                name = japanese(one, blank)
                yield Spelling(notation, context.format(name, name), name.replace(" ", ""))


def foreign(rounds: int = 1) -> Iterator[Spelling]:
    """Names from abroad in katakana and in capitals, beside something that one person alone has."""
    for _ in range(rounds):
        for katakana, capitals in _ABROAD:
            for context in _KATAKANA_CONTEXTS:
                yield Spelling("katakana", context.format(katakana), katakana)
            for context in _CAPITALS_CONTEXTS:
                yield Spelling("capitals", context.format(capitals), capitals.replace(" ", ""))


def roman(seed: int, rounds: int) -> Iterator[Spelling]:
    """Names in roman letters, in either order and case."""
    draw = random.Random(seed)
    for _ in range(rounds):
        for context in ROMAN:
            for notation in ("Yamada Taro", "Taro Yamada", "TARO YAMADA", "YAMADA Taro", "YAMADA/TARO"):
                one = person(draw)
                surname, given = one.surname[2], one.given[2]
                family = surname.upper() if notation.startswith("YAMADA") or "YAMADA" in notation else surname
                personal = given.upper() if "TARO" in notation else given
                parts = (family, personal) if notation.casefold().startswith("yamada") else (personal, family)
                name = ("/" if "/" in notation else " ").join(parts)
                yield Spelling(notation, context.format(name), name.replace(" ", ""))
