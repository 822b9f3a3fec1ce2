"""What follows from an incident. Japanese."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "incidents.tab.prevention": "再発防止",
    "incidents.prevention.what": (
        "同じ事故をくり返さないために決めたことを書きます。1つ書くまで、この事故は完了にできません。"
    ),
    "incidents.prevention.lessons": "決めたこと",
    "incidents.prevention.kind": "再発防止の方法",
    "incidents.prevention.kind.rule": "ルールで見つける",
    "incidents.prevention.kind.training": "研修や周知をする",
    "incidents.prevention.kind.none": "何もしない(理由を書く)",
    "incidents.prevention.rule": "ルール(ルールで見つけるとき)",
    "incidents.prevention.rule.other": "このなかにない、または新しく作る",
    "incidents.prevention.note.title": "再発防止を書く",
    "incidents.prevention.note": "内容",
    "incidents.prevention.note.hint": (
        "例: 12月の会議で、送信前に宛先を見る習慣を確認した。何もしないときは、その理由。"
    ),
    "incidents.prevention.save": "再発防止を記録する",
    "incidents.prevention.noted": "再発防止を記録しました。",
    "incidents.prevention.close": "この事故を完了にする",
    "incidents.prevention.close.note": "完了のメモ",
    "incidents.prevention.proposals": "このメールを見つけるルールの案",
    "incidents.prevention.proposals.none": "いまのルールを変えて見つける案はありません。",
    "incidents.prevention.proposal.table": "{title} の変更",
    "incidents.prevention.try": "この案を試す",
    "incidents.prevention.try.what": (
        "最近30日のメールで、何件が止まるかを確かめます。保存するまで、いまのルールのままです。"
    ),
    "incidents.prevention.try.others": (
        "ルールを変えられるのは、情報セキュリティ責任者とシステム管理者です。案を伝えてください。"
    ),
    "incidents.prevention.drafted": "事故 {incident_id} からの案です。結果を見て、保存するか決めてください。",
    "incidents.prevention.own": "まちがえた宛先だけのルールを作る",
    "incidents.prevention.own.sentence": (
        "次の宛先へのメールを止めて、送信する人に確認を求めるルールです。確認がないまま2営業日たつと、送らずに取り消します。"
    ),
    "incidents.prevention.own.what": (
        "次の内容をルールのフォルダに置くと、この宛先に送るときに確認が入ります。例も付いています。"
        "システム管理者に渡してください。"
    ),
    "incidents.prevention.own.reason": (
        "以前、まちがえて送ったことのある宛先です(事故 {incident_id})。確かめてください。"
    ),
    "incidents.prevention.mistake.lesson": "再発防止の方法を選んでください。",
    "incidents.prevention.mistake.note": "決めたこと、または何もしない理由を書いてください。",
    "incidents.prevention.mistake.closing": (
        "完了にする前に、「再発防止」のページで、ルール・研修・何もしない理由のどれかを書いてください。"
    ),
}
