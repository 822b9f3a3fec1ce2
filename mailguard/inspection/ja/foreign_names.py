"""Foreign names written in katakana with a middle dot: グエン・ティ・ラン, アブドゥル・ラフマン.

Guarantees: a run of katakana parts is a name where SudachiPy, or the list of names that many foreigners in Japan bear,
knows a part of it as a person's and no part as a firm or a place, and something beside it speaks of a person. Unknown
parts (no word of the language) count as names only beside something that one person alone has: a date, a residence
card, a telephone number, a word such as 在留.

Knowingly not done: such names in running text with nothing beside them; they may be a writer, a brand or a dish.
"""

from __future__ import annotations

import re

from mailguard.inspection.ja import morphology

__all__ = ["has_personal_item", "how_foreign", "is_of_thing"]

_BORNE = frozenset(
    """
    グエン チャン レー レ ファム ホアン フイン ファン ヴォ ヴー ブー ダン ブイ ドー ホー ゴー ゴ ズオン ディン ダオ
    チン マイ ラム トゥ ヴァン バン ティ ヴィエット ミン フォン トゥイ リン ラン ナム フオン タオ ハー トラン
    シュレスタ タマン グルン ライ タパ リンブ マガル シェルパ カルキ アディカリ バスネット カドカ ギミレ クマール
    シン シャルマ パテル グプタ ラマ アウン ミョー ゾー テイン ウィン トゥン キン モー ピョー ヌル シティ スリ
    デウィ プトラ サリ ラフマン アブドゥル モハメド ムハンマド アフマド ハッサン フセイン アリ カーン イスラム
    ホサイン アクタル ダ シルバ サントス オリベイラ ソウザ ペレイラ フェレイラ コスタ ロドリゲス ゴメス ロペス
    マルティネス ガルシア ヘルナンデス ゴンザレス サンチェス ペレス クルス デラクルス レイエス バウティスタ
    メンドーサ ラモス ホセ マリア フアン カルロス ルイス ジョン マイケル デビッド デイビッド ロバート ジェームズ
    ウィリアム メアリー スミス ジョンソン ブラウン ミラー キム パク イ チェ チョン カン ユン チョ ワン リー リュウ
    チャオ ジャン ソク チア ヘン ボルド バヤル オユン ガンバット イワノフ イワン ペトロフ アンナ エレナ オルガ
    """.split()  # noqa: SIM905  two hundred words read better without quotes
)
_PERSON = frozenset({"person", "surname", "given"})
_JOINING = frozenset({"エンド", "アンド", "オブ", "ザ", "デ", "インターナショナル", "ジャパン", "ホーム"})
"""Parts of firms, places and titles."""
_NO_PERSON = frozenset({"place", "proper"})
_FIRST = frozenset(
    """
    グエン チャン レ レー ファム ホアン フイン ファン ヴォ ヴー ブー ダン ブイ ドー ド ホー ゴー ゴ ズオン リー
    ディン ダオ チン マイ ラム トー アウン キン ミョー ゾー テイン トゥン モー ピョー ニン ティン ミン ナン エー
    ウィン タン スー イー
    """.split()  # noqa: SIM905  read better without quotes
)
"""First parts of names of three parts, as people of Vietnam and Myanmar bear; what follows is short."""
_PART_MAX = 6
_UNKNOWN_MIN = 3
"""Characters of a part that no dictionary has: shorter ones are syllables of anything."""
_ITEM = re.compile(
    r"(?<![A-Z0-9])[A-Z]{2}\d{7}|0\d{1,4}[-(.]\d|\d{4}[年/.-]\d{1,2}[月/.-]\d{1,2}|[\w.+-]@[\w-]|[歳才]|生まれ|日生"
    r"|在留|旅券|パスポート|ビザ|査証|国籍|実習生|留学生|特定技能|雇用契約"
)
_ITEM_SPAN = 60
_NOT_AFTER = re.compile(
    r" ?(?:[市州町村区県国島湾川山駅港橋社店館城塔殿杯賞号戦軍党派語族座団隊展祭法]|協定|条約|政権|空港|大学|病院|教会"
    r"|銀行|株式|グループ|株式会社|財団|協会|学校|学園|工場|支店|本店|ホテル|スタジア|リーグ|カップ|チーム|効果|理論|方式)"
)
"""What makes the words before it a place, a firm or a thing."""


def is_of_thing(plain: str, end: int) -> bool:
    """Whether what stands right behind a place makes the words before it a place, a firm or a thing."""
    return _NOT_AFTER.match(plain, end) is not None


def how_foreign(name: str) -> float:
    """How far a run of katakana with dots is a name: 1 surely, 0.5 nothing is against it, 0 none or a famous one."""
    words = {word.start: word for word in morphology.words(name)}
    if len(words) == 1:
        return 0.0
    sure = unknown = against = place = 0
    parts = re.split("[\u30fb=]", name)
    for part in parts:
        word = words.get(place)
        sort = word.sort if word is not None and word.end == place + len(part) else "parts"
        place += len(part) + 1
        if sort in _NO_PERSON or part in _JOINING:
            return 0.0
        if sort in _PERSON or (part in _BORNE and (sort != "noun" or morphology.is_unknown(part))):
            sure += 1
        elif part not in _BORNE:
            is_new = len(part) >= _UNKNOWN_MIN and morphology.is_unknown(part)
            unknown += is_new
            against += not is_new
    is_of_family = len(parts) > 2 and parts[0] in _FIRST and all(len(part) <= _PART_MAX for part in parts)
    if (sure and not against) or is_of_family:
        return 1.0
    return 0.5 if (unknown and not against) or (sure and against == 1 and len(parts) > 2) else 0.0


def has_personal_item(plain: str, start: int, end: int) -> bool:
    """Whether something that one person alone has stands on the line, near a place."""
    line = plain.rfind("\n", max(0, start - _ITEM_SPAN), start) + 1 or max(0, start - _ITEM_SPAN)
    stop = plain.find("\n", end, end + _ITEM_SPAN)
    return (
        _ITEM.search(plain, end, stop if stop >= 0 else end + _ITEM_SPAN) is not None
        or _ITEM.search(plain, line, start) is not None
    )
