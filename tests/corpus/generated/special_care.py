"""Sentences and forms in which an invented person's illness, disability, conviction or belief stands, and what only
speaks of such things: announcements, statistics, products, blank forms.

The same seed gives the same cases.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from tests.corpus.generated.names import japanese, person

_ILLNESSES = (
    "うつ病", "胃がん", "乳がん", "適応障害", "糖尿病", "椎間板ヘルニア", "脳梗塞", "潰瘍性大腸炎", "統合失調症",
    "大腿骨頚部骨折", "メニエール病", "慢性腎不全", "白血病", "突発性難聴", "パニック障害", "関節リウマチ", "肺炎",
    "てんかん", "気管支喘息", "切迫早産", "帯状疱疹", "双極性障害", "多発性硬化症", "心筋梗塞", "自律神経失調症",
)  # fmt: skip
_DISABILITIES = (
    "身体障害者手帳2級", "精神障害者保健福祉手帳3級", "療育手帳B1", "要介護3", "要支援2", "高次脳機能障害", "発達障害",
    "聴覚障害",
)  # fmt: skip
_ILL = (
    "{name}さんは{value}のため休職中です。", "氏名：{name}\n病名：{value}\n療養期間：2026年4月1日から",
    "{name}　{value}",
    "{name}様は{value}と診断されました。", "傷病名：{value}\n被扶養者：{name}", "・{name}（{value}で入院中）",
    "{name}の診断書（{value}）を受け取りました。", "受診者 {name}\n既往歴 {value}", "患者名：{name} 診断名：{value}",
    "3年2組 {name}は{value}があるため配慮をお願いします。", "{name}先生が{value}で手術を受けられました。",
)  # fmt: skip
_DISABLED = (
    "{name}さんは{value}をお持ちです。", "氏名：{name}\n等級：{value}", "{name}（{value}）", "扶養親族 {name}　{value}",
    "{name}様の母は{value}です。",
)  # fmt: skip
_OTHERS = (
    ("{name}さんは酒気帯び運転で逮捕されました。", "酒気帯び運転"), ("{name}の前科について報告します。", "前科"),
    ("{name}さんは労働組合の役員です。", "労働組合の役員"), ("{name}氏は懲役1年の判決を受けた。", "懲役"),
)  # fmt: skip

DECOYS = (
    "がん検診のご案内を申し上げます。", "うつ病の予防について講演会を開きます。", "通信障害が発生し、復旧しました。",
    "システム障害のお詫び", "障害者雇用率の報告", "健康診断の日程をお知らせします。",
    "がん保険のパンフレットを同封します。",
    "傷病見舞金請求書の様式を送ります。", "入院給付金の支払件数は{n}件でした。", "傷病名：＿＿＿＿＿＿", "既往歴：なし",
    "アレルギー： 有 ・ 無", "感染症対策としてマスクをご用意ください。",
    "うつ病 {n}名、適応障害 {n}名（昨年度の休職者数）",
    "インフルエンザ予防接種の補助を行います。", "認知症サポーター養成講座を開催", "熱中症にご注意ください。",
    "当社サーバがウイルスに感染しました。", "メンタルヘルス研修の講師料", "労働組合法の改正について",
    "ネットワーク障害 {n}件", "糖尿病教室の参加者は{n}人です。", "障害対応の当番表", "妊娠・出産に関する制度のご案内",
    "人間ドックの契約医療機関一覧", "市立病院 整形外科", "病欠の届出は総務課まで", "車椅子対応の客室 {n}室",
    "乳がん検診 受診率 {n}％", "骨折りをいただき感謝します。", "省エネ診断の結果", "食物アレルギー対応メニューの一覧",
)  # fmt: skip
"""What speaks of illness and is nobody's; ``{n}`` a number."""


@dataclass(frozen=True, slots=True)
class Case:
    """``value``: the expression as it stands in the text, "" where there is none."""

    family: str
    text: str
    value: str = ""


def cases(seed: int, count: int) -> Iterator[Case]:
    """So many expressions, each with the person they are about beside them."""
    draw = random.Random(seed)
    for number in range(count):
        name = japanese(person(draw), draw.choice((" ", "\u3000", "")))
        match number % 5:
            case 0 | 1 | 2:
                value, shape = draw.choice(_ILLNESSES), draw.choice(_ILL)
                yield Case("health", shape.format(name=name, value=value), value)
            case 3:
                value, shape = draw.choice(_DISABILITIES), draw.choice(_DISABLED)
                yield Case("disability", shape.format(name=name, value=value), value)
            case _:
                shape, value = draw.choice(_OTHERS)
                yield Case("other", shape.format(name=name), value)


def decoys(seed: int, each: int) -> Iterator[Case]:
    """Every decoy so many times, with other numbers."""
    draw = random.Random(seed)
    for pattern in DECOYS:
        for _ in range(each):
            yield Case(pattern, pattern.replace("{n}", str(draw.randint(2, 98))))
