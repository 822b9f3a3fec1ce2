"""Signs that a name or a value beside it is nobody's private data: titles, deeds of work, examples, events."""

from __future__ import annotations

import re
from itertools import islice

from mailguard.model.finding import Suppression

ACTING = frozenset(
    {Suppression.OFFICE_HOLDER, Suppression.SIGNATURE, Suppression.QUOTED_HEADER, Suppression.CORRESPONDENT}
)
"""Marks of people who act in their work; what stands beside them is their office's."""

NOBODY = frozenset({Suppression.EXAMPLE, Suppression.PUBLIC})
"""Marks of people who are nobody the office deals with; nor is what stands beside them."""

AUTHORED = re.compile(
    r"^[ ]{0,2}(?:(?:著|編著?|共著|監修|訳|原作|絵)(?=[\s「『(]|$)"
    r"|『[^』\n]{1,40}』[^\n]{0,12}(?:文庫|新書|出版|書房|書店|社刊|ISBN|[0-9]円))"
)
"""Behind a name: what was written by it."""
GUESTS = re.compile(r"懇親会|宴会|忘年会|新年会|歓迎会|送別会|歓送迎|慰労会|旅行|宿泊|席札|席次|部屋割|弁当")
"""Occasions that people come to, not officers."""
_LIVED = re.compile(
    r"(?<!\d)1[0-8]\d\d年(?:\d{1,2}月\d{1,2}日)?[ )]?(?:[〜~–-] ?1[0-9]\d\d(?:年|\))|(?:に)?(?:生ま?れ|誕生|没))"
)
_LIVED_MIN = 2
EXAMPLE_GIVEN = ("太郎", "花子", "次郎", "一郎", "二郎", "三郎", "タロウ", "ハナコ", "太朗")
EXAMPLE_SURNAMES = (
    "公立", "互助", "共済", "年金", "健保", "国保", "厚生", "保険", "見本", "記入", "例示", "甲野", "乙山",
    "乙野", "丙川", "日本", "東京", "学校", "県庁", "市役所", "コウリツ", "ゴジョ", "キョウサイ", "ネンキン", "ケンポ",
)  # fmt: skip
EXAMPLE = re.compile(
    r"記[入載]例|例えば|たとえば|[(（]例[)）]|例:|サンプル|見本|ダミー|入力例|テストデータ|テスト用|sample|dummy|(?<![@.\w-])example(?![.\w-])",
    re.IGNORECASE,
)

MADE_UP_MIN = 6
COUNTING = "01234567890123456789"
EVENT = re.compile(
    r"講演|講座|セミナー|研修会|シンポジウム|フォーラム|コンサート|公演|展覧会|発表会|ワークショップ|説明会|フェア|イベント"
)
EVENT_ITEMS = re.compile(
    r"会\s?場|定\s?員|参加費|受講料|入場|開場|開演|主\s?催|共催|後援|講\s?師|演\s?題|プログラム|参加無料"
)
TYPED = (".column", ".label", ".two_columns", ".reading")
"""Ends of rules of names whose column or label says that they are data."""

TITLES = (
    "理事長|副理事長|理事|監事|会長|副会長|社長|副社長|専務|常務|取締役|(?<!遺族)(?<!続人)(?<!護者)(?<!世帯)代表|校長|副校長|教頭|園長|院長|所長|支店長|支部長|局長|部長|次長|課長|係長|室長"
    "|主任|主査|主事|主幹|参事|課長補佐|担当者?|担任|事務長|事務局長|店長|支配人|女将|弁護士|税理士|社労士|社会保険労務士|司法書士|行政書士|会計士|医師|教授|准教授"
    "|責任者|主催者|発行人|編集人|座長|主治医|医長|技師長|料理長|シェフ|ソムリエ|司会|職長|棟梁|運転手|ドライバー|ガイド|添乗員|看護師|保健師|技師|栄養士|司書|現場監督|機長|船長|オペレーター|記者|編集者?|プロデューサー"
    "|助教|講師|名誉教授|知事|市長|町長|村長|議員|大臣|委員長|委員|議長|書記|幹事|リーダー|マネージャー|マネジャー|チーフ|ディレクター|コンサルタント|アドバイザー|スタッフ"
    "|manager|director|president|chief|officer|ceo|cfo"
)
TITLE_BEFORE = re.compile(rf"(?:{TITLES})(?:者|員|名|は|が|の)?[\s:：(・/、]{{0,3}}$", re.IGNORECASE)
CASE_OF = re.compile(
    r"(?:対象|該当|当該|当事|被処分|被害|加害|被災|応募|退職|休職|本人)[^\s:]{0,2}\s?:\s?[^\s:]{2,8}\s?$"
)
"""A label for whom a case is about, with a title before the name."""
TITLE_AFTER = re.compile(rf"^(?:[\s(・/、]{{0,2}}|\s?\([^()\n]{{0,16}})(?:{TITLES})", re.IGNORECASE)
TITLE_START = re.compile(rf"^\s?(?:{TITLES})")
ADDRESSED_REST = 12
"""Characters behind a name and its title in a greeting; more, and the line says something."""
SAYS = re.compile(r"[はがを]|です|ます|[0-9]{1,3} ?[歳才]|[0-9]{2,3} ?[MF男女]\b|\([0-9]{1,3}\)")
ADDRESSED_TOO = re.compile(r"(?:様|先生|殿|さん|御中|各位)[\s、,)）]*$")
SURE_ILLNESS = 0.7
"""Confidence from which a word is an illness, and not only of one."""
SUFFERS = re.compile(
    r"診断|休職|休業|休養|入院|退院|手術|罹患|通院|服薬|療養|治療|発症|再発|闘病|欠席|休ん|休み|ため|により|によって|患っ|抱え|本人|母|父|妻|夫|長男|長女"
)
"""Words that say that somebody suffers from what stands beside them."""
ACTS_BEFORE = re.compile(
    r"(?:担当|担当者|発信者?|差出人|発行者|発行責任者|作成者?|記入者|文責|問い?合わ?せ先|連絡先|連絡担当|窓口|受付|出席者?|参加者?|欠席者?|講師|司会|進行|著者?|監修|出演|演題|登壇者?|審査員|受付者|弊社|当社|当会|当校|本校|御社|貴社)[\s:は(・/、の]{0,3}(?:[^\n。]{0,12}[部課係室局][\s:の]{0,2})?$"
)
ATTENDS = re.compile(r"出\s?席\s?者|欠\s?席\s?者|列席|委員名簿|役員名簿|議\s?事|打合せ|体制|講師陣|発起人|実行委員")
ACTS_AFTER = re.compile(
    r"^[\s]{0,2}(?:[)）][\s]?)?(?:まで|あて|宛て?|より|から)?(?:お問い?合わ?せ|ご連絡|お申し?込み|お知らせ|ご報告いたし|が(?:担当|対応|伺い|ご説明|同行|欠席|出席|参加)|を(?:担当|講師)|(?:が|を|に|と|は)(?:代わり|引き継|後任|交代|連絡|確認|相談|依頼|転送))"
)
HONORIFIC = re.compile(r"^[\s]?(?:様|さま|さん|先生|殿|氏|くん|君|ちゃん)")
COUPLE = re.compile(r"^ {0,2}[・、と&] {0,2}[一-鿿ぁ-ゖァ-ヺー]{1,4} {0,2}(?:様|さま|さん|殿|ご?夫妻)")
"""Behind a name: the given name of husband or wife, with their title."""
IS_MATTER = re.compile(
    r"^\s?(?:の(?!方|皆)|が|は|を|に(?!は)|から|より[^\s]|について|(?:及|およ)び|と(?!申)|[(](?!株|有|財))"
)
"""After a name and its title: it is what the sentence is about, not whom the letter addresses."""

HOME = re.compile(r"自宅|現住所|^\s*住所", re.MULTILINE)
LABEL_BEFORE = re.compile(
    r"(?:氏\s{0,4}名|名\s{0,3}前|名義人?|(?:本人|対象者|申請者|請求者|加入者|被保険者|受診者|該当者|患者|利用者|申込者|組合員|会員|職員|児童|生徒|学生)名?\s?[:\t]|[^\s:]{1,6}[者人主児]名?\s{0,3}:|[^\s:]{1,4}者は|喪\s?主)[\])>\u3011]?\s{0,4}[:\t]?\s{0,4}$"
)
HOME_BEFORE = re.compile(r"(?:自宅|実家|本人|ご自宅)(?:の?(?:電話|携帯|住所|TEL))?[\s:(]{0,4}$", re.IGNORECASE)
OFFICE_AFTER = re.compile(r"^\s{0,2}[(\[]?\s?(?:代表|直通|内線|大代表|代|平日|受付)")
OWN = re.compile(r"自宅|携帯|住所")
PRIVATE_LABEL = re.compile(
    r"自宅|現住所|住民票|居所|本人|ご住所|お住まい|転居先|帰省先|送付先|送り先|お届け先|配送先|届け先|発送先|住所"
)
OFFICE_MOVES = re.compile(
    r"(?:事務所|事務局|本社|支社|支店|営業所|店舗|オフィス|会社|工場|校舎|当会|当社|弊社)[^。\n]{0,16}(?:移転|引っ?越)"
)
"""An office says where it is from now on."""
COMPANY_HOLDER = re.compile(
    r"\((?:株|有|財|社|一財|一社|公財|福|学|医|カ|ユ|ザイ|シャ|イツパンザイ)\)?|(?:カ|ユ|ザイ|シヤ|ダイ)\)|株式会社|有限会社|合同会社|法人|財団|社団|組合|協会|互助会|連合会|共済|学校|協議会|実行委員会|事務局|後援会|同窓会|PTA",
)
HOLDER = re.compile(r"(?:名義|口座名|加入者名|受取人)[^\n:：\t ]{0,8}[\s:：]{1,4}([^\n]{1,40})")
INVOICE = re.compile(r"請求|見積|ご入金|お振込み?先|振込先|お支払い?先|会費|参加費|代金|料金|納入|寄付|寄附|募金|払込")
ROLE_BOXES = re.compile(
    r"^(?:info|support|soumu|somu|jimu|kyufu|contact|office|sales|eigyo|admin|webmaster|postmaster|no-?reply|help|desk|uketsuke|reserve|yoyaku|hokensho|shien|keiri|jinji|kikaku|madoguchi|kaiin|member|service|order|news|mail|toiawase|otoiawase|recruit|koho|press)",
)


FORM_LINE = re.compile(
    r"^[\s>・■□●○◆(]{0,4}(?:[(（]?\d{1,2}[)）.、]\s?)?[^\s:、。]{1,4}(?:\s?[^\s:、。]){0,6}(?:\s*:\s*|\s{2,}|\t).?$"
)
"""A label at the beginning of a line, up to its value: ４．受傷　　…"""


def is_zero(value: str) -> bool:
    """0000000, TK0000000: a number left open."""
    if value.count("0") < MADE_UP_MIN:
        return False
    digits = "".join(filter(str.isdigit, value))
    return len(digits) >= MADE_UP_MIN and not digits.strip("0")


def is_made_up(value: str) -> bool:
    """1234567, 0000000: digits nobody is given. Short numbers may be anything."""
    digits = "".join(filter(str.isdigit, value))
    if len(digits) < MADE_UP_MIN or len(digits) * 2 < len(value):
        return False
    return len(set(digits)) == 1 or digits in COUNTING or digits in COUNTING[::-1] or not digits.strip("0")


def announces(plain: str) -> bool:
    """Whether it invites the public to something: a lecture with its place, time and fee."""
    return EVENT.search(plain) is not None and len(set(EVENT_ITEMS.findall(plain))) >= 2


def is_of_history(plain: str) -> bool:
    """Whether it tells when several people of former centuries lived."""
    return "年" in plain and sum(1 for _ in islice(_LIVED.finditer(plain), _LIVED_MIN)) == _LIVED_MIN


def has_title(before: str, after: str) -> bool:
    """Whether a title of work stands by a name between two texts, which is not of somebody whom a case is about."""
    return bool(TITLE_BEFORE.search(before) and not CASE_OF.search(before)) or TITLE_AFTER.search(after) is not None
