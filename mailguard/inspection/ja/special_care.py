"""要配慮個人情報: illness and treatment, disability, crime, belief and origin, in Japanese and English.

Follows 個人情報保護法 第2条第3項 and 施行令 第2条; membership of a trade union, 門地, 本籍地 and 性的指向 as in
the guideline for the financial sector (金融分野における個人情報保護に関するガイドライン 第5条), which many offices
follow. What is found is the expression. Whether it counts, that is whether it is somebody's, is decided where people
are known; ``PERSON_WORDS`` names people without names.

An expression that only names a subject (乳がん検診のご案内, うつ病の予防講座, 患者数) comes out below 0.5: no
finding, but not lost. A value behind a label such as 傷病名: is one whatever it says; an empty one is none. Evidence
is the sub-kind and the family of the word (``health: がん・腫瘍``), never the words of the mail.

Known limits: a rare illness whose name has none of the endings is found only behind a label or in a column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailguard.inspection.ja.name_columns import is_full_name
from mailguard.inspection.ja.special_care_words import (
    PERSON_WORDS,
    Role,
    SubKind,
    Term,
    person_word_near,
    stands_free,
    word_places,
)
from mailguard.inspection.text import Candidate, Detector, Text, header_key
from mailguard.model.finding import Because, Evidence, Kind

_TOPIC = 0.3
_TOPIC_LINE = 0.4
_LABELLED = 0.85
_STEM_MAX = 10
_STEM = re.compile(r"[\u4e00-\u9fff\u3005\u30f6\u30a1-\u30fa\u30fc\u30fb]{1,10}\Z")
_QUALIFIER = re.compile(
    r"(?<!以)[右左両上下前後第一二三四五六七八九十0-9指趾足手腕腿膝肩肘腰首背胸腹頭頚頸部側急慢性重軽度症悪良発再初期末乳房顔面"
    r"型肋鎖骨椎関節腱]{1,8}\Z"
)
_ORGAN = (
    "肺胃腸肝腎膵胆膜管節鞘膚髄頭喉咽鼻耳腺宮巣筋腱帯脳心内道垂室桃"
    "周包嚢胞胱盂彩眼肉支唇角丸睾毛踵底脈腔腹骨歯舌食質経核疹"
)
_CANCER_STEM = re.compile(f"[{_ORGAN}乳房体部性液行期結直子甲状前立卵巣精臓上皮髄細胞発移]$")
_DISEASE_STEM = re.compile(
    "(?:[\u30a1-\u30fa\u30fc\u30fb]{3,10}|尿|臓|血|血管|神経|精神|眼|耳|肺|肝|皮膚|歯周|骨|膚|膠原|"
    "膜|紅斑|斑|石|球|奇|心身|代謝)$"
)
_SYMPTOM_NOT = re.compile(
    "(?:軽|重|発|炎|実|病|対|不定愁訴|同|諸|数|無|有|全|各|自覚|他覚|感染|後|合併|併|既往|既|本|適応)$"
)
_WOUND_STEM = re.compile(
    "(?:筋|腱|帯|板|骨|神経|血管|脳|髄|肝|腎|脾|臓|膜|節|半月板|皮膚|組織|軟部|爪|指|腕|足|胃|腸|肺|"
    "乳房|子宮|卵巣|胆|嚢|扁桃|甲状腺|前立腺|"
    "腫瘍|筋腫|ポリープ|腺|虫垂|膀胱|リンパ節)$"
)
_ENDING_STEMS: dict[str, re.Pattern[str]] = {
    "炎": re.compile(f"[{_ORGAN}]$"),
    "腫": re.compile(
        f"(?:[{_ORGAN}筋血水浮肉腺色皮]|リンパ|嚢|のう|脂肪|粘液|奇形|気|膿|神経鞘|神経膠|骨髄|悪性黒色|肉芽)$"
    ),
    "腫瘍": _CANCER_STEM,
    "癌": _CANCER_STEM,
    "がん": _CANCER_STEM,
    "病": _DISEASE_STEM,
    "瘤": re.compile("(?:脈|血管|心室|静脈|骨)$"),
    "疹": re.compile("(?:湿|発|帯状疱|疱|紅|汗|突発性発|薬)$"),
    "梗塞": re.compile("(?:心筋|脳|肺|腎|脾|血管|ラクナ|小脳|腸)$"),
    "塞栓": re.compile("(?:肺|脳|血栓|動脈|静脈|空気|脂肪)$"),
    "出血": re.compile(f"(?:[{_ORGAN}]|くも膜下|クモ膜下|眼底|不正|性器|消化|大量|内|皮下|脳幹|視床|被殻)$"),
    "不全": re.compile("(?:心|腎|肝|呼吸|臓器|勃起|発育|形成|卵巣|循環|免疫|副腎|下垂体|骨髄|弁閉鎖)$"),
    "狭窄": re.compile("(?:管|脈|弁|気|胆|尿|道|椎|脊柱|食道|幽門|冠)$"),
    "麻痺": re.compile("(?:肢|身|面|神経|脳性|小児|声帯|筋|片|半|運動|感覚)$"),
    "潰瘍": re.compile(f"[{_ORGAN}性]$"),
    "癬": re.compile("."),
    "拘縮": re.compile("(?:関節|筋|肩|膝|指|腱|瘢痕)$"),
    "壊死": re.compile("(?:頭|骨|組織|皮膚|骨頭|腸管|膵|筋)$"),
    "閉塞": re.compile("(?:腸|管|動脈|静脈|気道|胆道|冠|血管|肺)$"),
    "萎縮": re.compile("(?:筋|脳|胃|視神経|海馬|小脳|腎|肝|皮膚|系統)$"),
    "肥大": re.compile("(?:心|腺|扁桃|肝|脾|心室|副腎|アデノイド)$"),
    "欠損": re.compile("(?:中隔|指|四肢|歯|酵素|骨|手指|足趾)$"),
    "切断": re.compile("(?:[指趾節肢腕脚足手腿]|(?<!一)部)$"),
    "断裂": _WOUND_STEM,
    "損傷": _WOUND_STEM,
    "切除": _WOUND_STEM,
    "摘出": _WOUND_STEM,
    "機能障害": re.compile(
        "(?:腎|肝|心|肺|呼吸|高次脳|脳|膀胱|直腸|嚥下|平衡|性|認知|運動|心臓|肢|指|関節|免疫|小腸|体幹|手|足)$"
    ),
}
_AFTER_DISEASE = "院棟室床理状気欠因原歴害虫名人者態巣魔弱身休児没死変"
_AFTER_SYMPTOM = "状例候群度"
_GRADE = re.compile(
    r"(?:[(]?(?:を)?(?:所持|取得|保持|交付|お持ち|あり|"
    r"有)[)]?)?[ :(]{0,2}(?:第)?(?:[1-7一二三四五六七](?:級|種|度)|[ABab][12]?(?![A-Za-z]))"
    r"(?:[ ・]?第?[12一二]種)?"
)
_TAIL = re.compile(
    r"(?:の)?(?:疑い|治療中|加療中|通院中|療養中|闘病中|術後|手術後|再発|後遺症|寛解|既往(?:歴|症)?|"
    r"の診断|末期|ステージ[ ]?[IVX0-4]{1,4}[ABab]?)"
)
_TIME = re.compile(
    "^(?:[昨今去同本毎先翌近]年|現在|[先今]月|先日|昨日|以前|過去|当時|最近|早期|父親|母親|祖父|祖母|家族|本人|患者)+"
)
_CIRCUMSTANCE = re.compile(
    "のため|の手術|の治療|の告知|と診断|に感染|に罹|にかか|が判明|が見つか|があり|が有り|を持|を受け|を発症|を患|になり|になって"
)
_NUMBER = re.compile(
    r"[ \t]{0,3}(?:値)?[ \t]{0,3}(?:[(\[][^)\]\n]{0,12}[)\]])?[ \t]{0,3}(?:は|が|も|=|:|→)?[ \t]{0,3}"
    r"(\d{1,4}(?:\.\d{1,2})?(?:[ ]?/[ ]?\d{2,3})?(?:[ ]?(?:%|mg/dl|mmhg|u/l|iu/l))?)(?![\d年月日時-])"
)

_TOPIC_AFTER = re.compile(
    r"(?:等|など|と[^、。\n]{1,10}(?=の)|や[^、。\n]{1,8}|・[^、。\n]{1,8}|及び[^、。\n]{1,8})?(?:の|に対する|に関する|"
    r"についての|における|をテーマに|専門)?"
    r"(?:早期発見|早期治療|早期)?(?:の)?"
    r"(?:検診|健診|ドック|保険|予防|対策|講座|講習|研修|セミナー|講演|シンポジウム|勉強会|研究会|"
    r"研究|啓発|月間|週間|撲滅|センター|クリニック|病院|"
    r"病棟|棟|を(?:正しく)?(?:知る|知ろう|学ぶ|学ぼう|理解する)(?=[」』])|学会|協会|財団|基金|連盟|家族会|患者会|支援法|推進法|基本法|防止法|対策法|規制法|法律|"
    r"法案|課題|専門医|専門家|専門|医療機関|外来|診療|"
    r"医療費|医療体制|助成|補助金|補償|特約|給付|ご?案内|お知らせ(?!い|し|ま|く|です)|"
    r"に関するお知らせ|情報|とは|基礎知識|知識|正しい|理解|ハンドブック|"
    r"パンフレット|リーフレット|資料集|ガイドライン|マニュアル|注意報|警報|流行|まん延|蔓延|患者数|"
    r"感染者数|件数|者数|人数|発生率|罹患率|有病率|死亡率|"
    r"死亡者|割合|比率|率|統計|調査|アンケート|リスク|を防ぐ|を防止|を予防|[わけ]ないため|にならない|にかからない|"
    r"にご?注意|に備え|に強い|から守|の方(?:は|へ|には|向け|のため|も対象|の(?:FAX|ファクス|ファックス|窓口|受付|問|席|連絡先))|"
    r"のある方|がある方|のある人|がある人|をお持ちの方|をお持ちのお客|の場合は|の場合には|の際は|の有無|"
    r"(?:届|報告|申告|申請|請求|同意|承諾|診療情報)書|届出|連絡票|調査票|問診票|様式|用紙|記入例|"
    r"規程|規定|制度|要項|要綱|要領|について(?:知|学|考)|"
    r"相談(?:窓口|会|室|ダイヤル|センター)|支援(?:センター|団体|窓口|学校|施設|制度|事業|員)|"
    r"(?:の|が)(?:ある|疑われる|見られる)(?:児童|生徒|子ども|子供|学生|職員|社員|従業員|方|人|者)(?:の|へ|に(?:対|つ|関)|を(?:支|対))|"
    r"の(?:見分け方|見つけ方|対応|基本|基礎|今|最前線|最新|実際|現状|お話|仕組み|しくみ|公表|公開|保護|描写)|"
    r"(?:(?:し|を(?:し|受け))た)?(?:とき(?:は|に限)|場合(?:は|に限|、))|"
    r"支援(?:策|体制|について(?!の))|区分|開始|終了|事由|教室|が[ ]?\d{1,4}[ ]?件|"
    r"者(?:数|が(?:出た?(?:場合|とき|際)|発生|増)|等?(?:との接触|へ|向け|対応|の(?:発生|増加|推移|取扱|対応)))|が流行|"
    r"(?:し|され|に[なあ][りっ]|[いっ])?[てた](?:いる|おられる|いらっしゃる|いらした|ことのある)?"
    r"(?:方(?!で)|人|世帯|ご?家庭|場合)(?:は|が対象|に(?:は|も|対)|へ|の(?:ため|場合|相談|方|減免|免除|支援)|を(?:支|対))|"
    r"ワクチン|接種|マーク|用品|用具|機器|グッズ|対応の?(?:メニュー|献立|レシピ|給食|食品|商品|食)|"
    r"[ :(]{0,2}\d{1,6}[ ]?(?:人|名|件|%|例|校|割|世帯|施設|箇所|か所|ヶ所)(?!目))"
)
_ANNOUNCES = re.compile(
    r" ?:[ \t]?|[^、。\n:]{0,12}は、?(?:次|以下|下記|左記)の(?:とおり|通り|\d{1,3} ?[名人])"
    r"(?:です|でした|となります)?[。:]?"
)
_LIST_MARKS = re.compile(r"^[\s・･*\-•○●]*(?:\(?\d{1,3}[).、。:]?)?\s*")
_HONORIFICS = re.compile("(?:さん|様|さま|氏|くん|君|ちゃん|殿)$")
_EXPERT = re.compile(r"\s?\(?(?:先生|医師|教授|准教授|講師|院長|部長|看護師|保健師|博士|担当)")
_DENIED = re.compile(
    r"(?:は|も|が|の既往|の(?:既往)?歴|歴|等)?[ :]?(?:は|も)?(?:特に)?(?:なし|無し|ありません|"
    r"ございません|していません|しておりません|していない|ではな|ではあり|でない|"
    r"陰性|の有無)"
)
_TOPIC_BEFORE = re.compile(
    r"(?:万が一|もし|もしも|仮に|例えば|たとえば|などの|といった|特定の|各種|さまざまな|様々な|"
    r"代表的な|日本人の|全国の|予防できる)[^\n、。]{0,8}$"
)
_TOPIC_LINE_WORDS = re.compile(
    r"のご?案内|講座|セミナー|講演会|研修会|シンポジウム|開催(?:し|いた|予定|の|され)|定員|会場[ :]|"
    r"参加(?:費|者募集|無料|申込)|募集(?:し|中|の|要項|案内)|"
    r"対象(?:は|となる|者は|となります)|(?<!相手)(?<!一)(?<!当)(?<!先)方は(?!、?ご本人)|方へ|皆様|皆さま|みなさま|補助(?:額|申請|"
    r"制度|上限)|割引|特典|無料相談|全国で|年間約?\d|"
    r"人に[1一]人|と言われ|といわれ|とされてい|場合があります|恐れがあります|おそれがあります|"
    r"医療機関の専門|啓発|呼びかけ|予防(?:し|の|に|が|接種)|"
    r"についてお話し|をテーマ|記事|特集|連載|第\d+回|バックナンバー|メルマガ|配信停止|プレスリリース|"
    r"厚生労働省|文部科学省|政府|国会|法改正|改正|条例|"
    r"保険金|給付金のお支払|お支払い?(?:の対象|します|いたします)|保障(?:内容|プラン|します)|ご加入|"
    r"ご契約のしおり|約款|割合|統計|集計|前年比|アンケート"
)
_PUBLIC_LINE = re.compile(
    r"演題|講演 ?\d|(?:特別|基調|教育|市民) ?講演|特別出演|(?<!顕)著者?[ \t]|ISBN"
    r"|\b(?:Employee|Patient|Plaintiff|Worker|Student|Person) [A-Z](?![A-Za-z])"
    r"|\((?:最|高|地|家|東京|大阪)[^()\n]{0,4}[判決]"
)
"""A line of a programme, a catalogue, or a case book: what it names is a subject even beside a name."""
_IN_TITLE = re.compile(r"『[^『』\n]{0,30}\Z")
_PERSONAL = re.compile(
    "さん(?!か|こう|が丘)|様(?!式|々|子|の?各位)|(?<![皆各お])様(?:が|は|の|も)|(?:氏|君|くん|"
    "ちゃん|殿|先生|教諭|部長|課長)(?:が|は|の|も|、|:|\\()|ご?本人|私は|私が|わたし|"
    "(?:母|父|妻|夫|娘|息子|長男|長女|次男|次女|主人|家内|祖母|祖父|兄|弟|姉|妹)(?:が|は|の|も)|\\bMrs?\\b|\\bMs\\b"
)
_EMPTY = re.compile(
    r"[\s_\-~―…・.。、()\[\]「」『』□■○◯●☐☑✓*※:;/|=<>\u30fc]*(?:$|(?:なし|無し|無|特になし|特に無し|"
    r"特にありません|ありません|ございません|該当なし|該当せず|"
    r"異常なし|異常無し|異常を認めず|正常|良好|健康|問題なし|陰性|不明|未定|未記入|未受診|ご?記入|"
    r"ご記入ください|記載|別紙|同上|上記|下記|以下|有|有り|あり|"
    r"有[ ・/]+無|あり[ ・/]+なし|はい[ ・/]+いいえ|はい|いいえ|[abA-B][12]?|n/?a|none|nil|no|"
    r"unknown|normal|negative)[\s。.()・/□☐]*$)",
    re.IGNORECASE,
)
_FORM_WORD = re.compile(
    r"(?:名|日|期間|番号|欄|氏名|住所|年月日|先|者|備考|金額|区分|理由|回数|日数|機関|の有無|提出|"
    r"ください|下さい|記入|選択|必須|例|様式|場合)[)]?$"
)
_VALUE = re.compile(r"[ ]{0,4}(?:[(\[][^()\[\]\n]{0,20}[)\]])?[ ]{0,4}(:[ \t]{0,8}|\t)([^\t\n]{1,60})")
_VALUE_ENDS = re.compile(r" {2,}|[ 、,](?=[^ \n:]{1,12}:)|[。;|]")

HEADERS = frozenset(
    header_key(word)
    for word in """
        傷病名 主傷病名 傷病 病名 主病名 診断名 確定診断名 疾患名 疾病名 傷病の名称 傷病名等 障害名 障害の種類
        障害種別 障害の程度 障害等級 障害の有無 障害手帳 障害者手帳 障害者手帳等級 手帳等級 手帳の等級 手帳種別
        療育手帳 身体障害者手帳 要介護度 介護度 要介護認定 要介護状態区分 要介護状態 障害支援区分 既往歴 既往症 現病歴
        病歴 持病 基礎疾患 病状 主訴 治療中の病気 治療内容 治療状況 通院状況 通院歴 入院理由 入院歴 入院期間
        入院年月日 手術名 手術歴 術式 休職理由 休職事由 休業理由 病休理由 病気休暇理由 療養理由 療養期間 死因 死亡原因
        服薬 服薬状況 服用薬 服用中の薬 常用薬 内服薬 処方薬 アレルギー アレルギー歴 食物アレルギー 薬剤アレルギー
        アレルギー品目 アレルゲン 健診結果 健診判定 健診所見 健康診断結果 健康診断判定 検診結果 ドック結果 ドック判定
        精密検査 精密検査結果 再検査項目 要精検項目 有所見項目 有所見 医師所見 医師の所見 医師の意見 産業医意見
        総合所見 健康状態 健康上の配慮 健康上の留意点 健康留意事項 配慮事項 合理的配慮 就業制限 ストレスチェック結果
        高ストレス判定 ストレス判定 妊娠 妊娠週数 妊娠の有無 hba1c ヘモグロビンa1c 血圧 最高血圧 最低血圧 収縮期血圧
        拡張期血圧 血糖 血糖値 空腹時血糖 γgtp γgt ldlコレステロール hdlコレステロール 総コレステロール 中性脂肪 尿酸
        尿酸値 クレアチニン egfr 尿蛋白 尿糖 尿潜血 便潜血 白血球数 bmi 腹囲 聴力 心電図 胸部x線 胃部x線 罪名 犯罪歴
        前科 賞罰 刑名 非行歴 補導歴 宗教 信仰 信教 宗派 支持政党 所属政党 本籍 本籍地 人種 民族 diagnosis illness
        medicalcondition medicalhistory disability allergy allergies medication medications religion ethnicity
        criminalrecord
    """.split()  # noqa: SIM905  two hundred words read better without quotes
)
"""What columns and labels of it are called, as ``header_key`` gives them."""


@dataclass(slots=True)
class _Hit:
    start: int
    end: int
    term: Term
    confidence: float
    label: str = ""


def _find(text: Text) -> Iterator[Candidate]:
    plain = text.plain
    stops: list[tuple[int, int]] = []
    labels: list[tuple[int, Term]] = []
    hits: list[_Hit] = []
    small = text.small
    for start, end, terms in sorted(word_places().places(small), key=_by_end):
        for term in terms:
            hit = None
            match term.role:
                case Role.STOP:
                    stops.append((start, end))
                case Role.LABEL:
                    if small[end : end + 1] in (":", "\t", " ", "(", "["):
                        labels.append((end, term))
                case Role.TELLS:
                    if stands_free(small, start, end):
                        hit = _Hit(start, end, term, term.confidence)
                case Role.WITH_NUMBER:
                    hit = _with_number(small, start, end, term)
                case Role.ENDS:
                    hit = _with_stem(small, start, end, term)
            if hit is not None:
                hits.append(hit)
    if not hits and not labels:
        return
    kept = _joined(_outside(hits, stops), small)
    for hit in kept:
        hit.confidence = _as_topic(plain, hit)
    kept += _labelled(plain, labels, kept)
    for hit in kept:
        yield _candidate(hit, plain)


def _by_end(place: tuple[int, int, tuple[Term, ...]]) -> tuple[int, int]:
    return place[1], place[0]


def _candidate(hit: _Hit, plain: str) -> Candidate:
    shorter = _CIRCUMSTANCE.search(plain, hit.start + 2, hit.end)
    end = hit.end if shorter is None else shorter.start()
    evidence = [Evidence(Because.DICTIONARY, f"{hit.term.sub_kind}: {hit.term.family}")]
    rule = f"special_care.{hit.term.sub_kind}"
    if hit.label:
        evidence.append(Evidence(Because.LABEL, hit.label))
        rule = "special_care.labelled"
    value = "".join(plain[hit.start : end].split())
    return Candidate(Kind.SPECIAL_CARE, hit.start, end, hit.confidence, rule, tuple(evidence), value)


# -- single words


def _with_number(small: str, start: int, end: int, term: Term) -> _Hit | None:
    if not stands_free(small, start, end):
        return None
    found = _NUMBER.match(small, end, end + 40)
    if found is None:
        return None
    return _Hit(start, found.end(1), term, term.confidence)


def _with_stem(small: str, start: int, end: int, term: Term) -> _Hit | None:
    stem = _STEM.search(small, max(0, start - _STEM_MAX), start)
    if stem is None:
        return None
    word, after = _TIME.sub("", stem[0].lstrip("\u30fb\u30fc")), small[end : end + 1]
    if not word:
        return None
    if term.word == "症":
        if (after and after in _AFTER_SYMPTOM) or len(word) < 2 or _SYMPTOM_NOT.search(word):
            return None
    elif term.word == "症候群":
        pass
    elif term.word == "病" and after and after in _AFTER_DISEASE:
        return None
    else:
        wanted = _ENDING_STEMS.get(term.word)
        if wanted is None or not wanted.search(word):
            return None
    return _Hit(start - len(word), end, term, term.confidence)


# -- words among words


def _outside(hits: list[_Hit], stops: list[tuple[int, int]]) -> list[_Hit]:
    """The hits that no stop covers, by place. One pass: both are walked from left to right."""
    hits.sort(key=lambda hit: (hit.start, -hit.end))
    stops.sort()
    kept, reach, at = [], -1, 0
    for hit in hits:
        while at < len(stops) and stops[at][0] <= hit.start:
            reach = max(reach, stops[at][1])
            at += 1
        if hit.end > reach:
            kept.append(hit)
    return kept


def _joined(hits: list[_Hit], small: str) -> list[_Hit]:
    """Hits that overlap or follow one another directly are one expression; it grows by what qualifies it."""
    joined: list[_Hit] = []
    for hit in hits:
        last = joined[-1] if joined else None
        if last is not None and (
            hit.start < last.end
            or (hit.term.sub_kind is last.term.sub_kind and small[last.end : hit.start] in ("", "\u30fb", "の"))
        ):
            if hit.confidence > last.confidence or (
                hit.start <= last.start and hit.end > last.end and hit.confidence >= last.confidence
            ):
                last.term, last.confidence = hit.term, hit.confidence
            last.end = max(last.end, hit.end)
        else:
            joined.append(hit)
    for number, hit in enumerate(joined):
        floor = joined[number - 1].end if number else 0
        if hit.term.sub_kind is SubKind.HEALTH and (
            found := _QUALIFIER.search(small, max(floor, hit.start - 8), hit.start)
        ):
            hit.start = found.start()
        ceiling = joined[number + 1].start if number + 1 < len(joined) else len(small)
        tail = _GRADE if hit.term.sub_kind is SubKind.DISABILITY else _TAIL
        if (found := tail.match(small, hit.end)) and found.end() <= ceiling:
            hit.end = found.end()
            hit.confidence = min(0.95, hit.confidence + 0.05)
    return joined


def _as_topic(plain: str, hit: _Hit) -> float:
    """The confidence of an expression where it stands: low where it names a subject, or says that there is none."""
    after = plain[hit.end : hit.end + 24].partition("\n")[0]
    start = max(0, hit.start - 24)
    cut = plain.rfind("\n", start, hit.start)
    before = plain[max(start, cut + 1) : hit.start]
    if _is_of_those_named(plain, hit, after):
        return hit.confidence
    if _TOPIC_AFTER.match(after) or _DENIED.match(after) or _TOPIC_BEFORE.search(before):
        return min(hit.confidence, _TOPIC)
    if after.lstrip(" ")[:1] == ":" or _is_header(plain, hit):
        # A form's or a table's own word, with the value somewhere else.
        return min(hit.confidence, _TOPIC)
    line = _line(plain, hit)
    if _PUBLIC_LINE.search(line) or _is_in_title(before, after):
        return min(hit.confidence, _TOPIC_LINE)
    if _TOPIC_LINE_WORDS.search(line) and not _PERSONAL.search(line):
        return min(hit.confidence, _TOPIC_LINE)
    return hit.confidence


def _is_of_those_named(plain: str, hit: _Hit, after: str) -> bool:
    """Whether it is said of people who are named right behind or below it: 糖尿病:佐藤 花子."""
    announced = _ANNOUNCES.match(after)
    return announced is not None and _names_follow(plain[hit.end + announced.end() : hit.end + announced.end() + 60])


def _names_follow(rest: str) -> bool:
    """Whether the first entry of what follows, on this line or below, names somebody who is no doctor or lecturer."""
    entries = [one for line in rest.split("\n")[:3] if (one := _LIST_MARKS.sub("", line).strip())]
    words = re.split("[、,(/;]", entries[0], maxsplit=1)[0].split() if entries else []
    for at in range(len(words)):
        name = _HONORIFICS.sub("", " ".join(words[at : at + 2]))
        if is_full_name(name) >= 0.6:
            return not _EXPERT.match(entries[0].partition(words[min(at + 1, len(words) - 1)])[2])
    return False


def _is_in_title(before: str, after: str) -> bool:
    """Whether it is part of the title of a book, not all that stands in the brackets."""
    opened = _IN_TITLE.search(before)
    closed = after.find("』")
    return opened is not None and closed >= 0 and len(opened[0]) + closed > 2


def _is_header(plain: str, hit: _Hit) -> bool:
    """Whether it is a whole cell or line that is the name of a column."""
    around = plain[max(0, hit.start - 1) : hit.start], plain[hit.end : hit.end + 1]
    return all(one in ("", "\t", "\n") for one in around) and header_key(plain[hit.start : hit.end]) in HEADERS


def _line(plain: str, hit: _Hit) -> str:
    """The line of a hit, no more than 100 characters to either side of it."""
    start = plain.rfind("\n", max(0, hit.start - 100), hit.start)
    end = plain.find("\n", hit.end, hit.end + 100)
    return plain[start + 1 if start >= 0 else max(0, hit.start - 100) : end if end >= 0 else hit.end + 100]


# -- values behind labels


def _labelled(plain: str, labels: list[tuple[int, Term]], known: list[_Hit]) -> Iterator[_Hit]:
    """What stands behind a label. Where it holds expressions that are known they are the finding, and surer."""
    done = -1
    at = 0
    known = sorted(known, key=lambda hit: hit.start)
    for end, term in labels:
        found = _VALUE.match(plain, end, end + 100)
        if found is None or end <= done:
            continue
        start = found.start(2) + len(found[2]) - len(found[2].lstrip())
        value = _VALUE_ENDS.split(found[2].strip(), maxsplit=1)[0].rstrip()
        done = found.end(1)
        if not value or _EMPTY.match(value) or (found[1].startswith("\t") and _is_label(value)):
            continue
        if value.endswith(":") or _FORM_WORD.search(value):
            continue
        while at < len(known) and known[at].end <= start:
            at += 1
        inside = [hit for hit in known[at : at + 8] if hit.start < start + len(value)]
        for hit in inside:
            hit.label = term.word
            hit.confidence = max(hit.confidence, min(0.95, hit.term.confidence + 0.1))
        if not inside:
            yield _Hit(start, start + len(value), term, _LABELLED, term.word)


def _is_label(value: str) -> bool:
    return header_key(value) in HEADERS or _FORM_WORD.search(value) is not None


def _cell(cell: str) -> tuple[int, int] | None:
    word = cell.strip()
    if not word or len(word) > 200 or _EMPTY.match(word) or _is_label(word):
        return None
    start = cell.index(word)
    return start, start + len(word)


def _found(text: Text) -> Iterable[Candidate]:
    return list(_find(text))


DETECTOR = Detector(kind=Kind.SPECIAL_CARE, find=_found, headers=HEADERS, cell=_cell, priority=1)

__all__ = ["DETECTOR", "HEADERS", "PERSON_WORDS", "SubKind", "person_word_near"]
