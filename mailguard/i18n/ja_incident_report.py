"""The report of near misses and accidents, and drills. Japanese."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "incidents.report.title": "ヒヤリハットと事故の報告",
    "incidents.report.open": "年間の報告を見る",
    "incidents.report.of.year": "{year}年",
    "incidents.report.of.month": "{year}年{month}月",
    "incidents.report.year": "年",
    "incidents.report.whole_year": "1年",
    "incidents.report.show": "表示する",
    "incidents.report.csv": "表計算ソフト用に保存",
    "incidents.report.near": "ヒヤリハット",
    "incidents.report.override": "確認してそのまま送信",
    "incidents.report.accident": "事故",
    "incidents.report.what": (
        "ヒヤリハットは、危険があるとして止めたメールのうち、取り消した、直した、または期限までに送らなかったものです。"
        "人の名前は載せません。訓練は事故に数えません。"
    ),
    "incidents.report.since": "記録が多いため、次の日時より後だけを数えました:",
    "incidents.report.drawing": "{title}の棒グラフ。同じ数字が次の表にあります。",
    "incidents.report.nothing": "この期間にはありません。",
    "incidents.report.month": "{number}月",
    "incidents.report.table": "表",
    "incidents.report.row": "項目",
    "incidents.report.by.month": "月",
    "incidents.report.by.department": "部門",
    "incidents.report.by.cause": "事故の原因",
    "incidents.report.by.kind": "事故の種類",
    "incidents.report.by.rule": "止めたルール",
    "incidents.report.rule": "ルール",
    "incidents.report.rule.shown": "止めた",
    "incidents.report.rule.mended": "直した",
    "incidents.report.rule.cancelled": "取り消した",
    "incidents.report.rule.as_is": "そのまま送った",
    "incidents.report.rule.expired": "期限が過ぎた",
    "incidents.report.rule.time": "決めるまで",
    "incidents.report.rule.seconds": "決めるまでの秒数(中央値)",
    "incidents.report.rule.what": (
        "1通のメールは、止めたルールごとに1回数えます。決めるまでの時間は中央値です(半分の人はこれより早く決めました)。"
    ),
    "incidents.report.unhelpful": (
        "次のルールで止めたメールは、1通も取り消されず、直されていません。見直しを考えてください。"
    ),
    "incidents.report.seconds": "{number}秒",
    "incidents.report.minutes": "{number}分",
    "incidents.report.hours": "{number}時間",
    "incidents.report.drills": "訓練の結果",
    "incidents.report.drills.none": "この期間に訓練はありません。",
    "incidents.report.drill.department": "部門",
    "incidents.report.drill.note": "最初のメモまで",
    "incidents.report.drill.draft": "文書の下書きまで",
    "incidents.report.drill.steps": "進めた手順",
    "incidents.report.drill.what": "時間は、訓練を始めてからの分数です。",
}
