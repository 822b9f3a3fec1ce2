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
    "incidents.report.table.of": "{title}の表",
    "incidents.report.table": "表",
    "incidents.report.row": "項目",
    "incidents.report.by.month": "月",
    "incidents.report.by.person": "送信した人",
    "incidents.report.names.what": "ふだんの報告には、人の名前を載せません。表示すると、だれが見たかが記録に残ります。",
    "incidents.report.names.show": "送信した人ごとの数を表示する",
    "incidents.report.names.csv": "送信した人ごとの数も含めて保存する",
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
    "incidents.open.known_at": "いつ気づきましたか(組織のだれかが最初に知った日時)",
    "incidents.open.known_at.hint": "空のままなら、いまの時刻にします。報告の期限は、ここから数えます。",
    "incidents.open.mails": "関係するメール",
    "incidents.open.mails.hint": (
        "メールの番号、またはメールのページのアドレスを書くと、まだ送られていない分をすぐ止めます。"
    ),
    "incidents.field.severity": "重大さ",
    "incidents.page.severity.hint": "組織で決めている言葉で書いてください。例: 重大、中、軽微",
    "incidents.mistake.severity": "重大さは{max}文字までです。",
    "incidents.drill.banner": "これは訓練です。何も止めず、社外には何も送りません。",
    "incidents.drill.title": "訓練を始める",
    "incidents.drill.what": (
        "本番と同じページで、事故への対応を練習します。"
        "責任者には「訓練」と書いた知らせが届きます。何も止めず、社外には何も送りません。"
    ),
    "incidents.drill.situation": "どの場面で練習しますか",
    "incidents.drill.crowd": "保護者54人が、お互いのアドレスを見えるCcに入った",
    "incidents.drill.crowd.note": (
        "Bccのつもりで、保護者54人のアドレスをCcに入れて送りました。2時間後に受け取った方から電話がありました。"
    ),
    "incidents.drill.crowd.subject": "運動会のお知らせ",
    "incidents.drill.workbook": "子ども1,939人の名簿を、6つの園に送った",
    "incidents.drill.workbook.note": (
        "1園分のつもりの表に、ほかの園の子ども全員(1,939人)の氏名と生年月日が入っていました。"
        "1園からは届かずに戻りました。"
    ),
    "incidents.drill.workbook.subject": "園児の確認のお願い",
    "incidents.drill.health": "1人の健康診断の結果を、勤め先の別の人に送った",
    "incidents.drill.health.note": (
        "本人に送るはずの健康診断の結果を、勤め先の担当者に送りました。翌日、本人から問い合わせがありました。"
    ),
    "incidents.drill.health.subject": "健康診断の結果について",
    "incidents.drill.real": "実際に送ったメールの記録で練習する",
    "incidents.drill.real.hint": (
        "メールの番号、またはメールのページのアドレスを書いてください。そのメールには何もしません。"
    ),
    "incidents.drill.real.note": "訓練(実際のメールの記録を使います)",
    "incidents.drill.mail": "メールの番号",
    "incidents.drill.begin": "訓練を始める",
    "incidents.drill.begun": "訓練を始めました。本番と同じように進めてください。",
    "incidents.drill.mistake.none": "場面を選ぶか、メールの番号を書いてください。",
}
