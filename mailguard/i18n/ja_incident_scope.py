"""What an incident is about: people, kinds of data, recipients, corrections. Japanese."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "incidents.tab.scope": "影響の範囲",
    "incidents.scope.count.title": "だれの情報が含まれているかを調べる",
    "incidents.scope.count.what": (
        "メールの本文と添付ファイルをもう一度調べ、同じ方を重ねずに数えて、お名前の一覧を作ります。"
        "ご本人への連絡や報告書に使えます。1分ほどかかることがあります。"
    ),
    "incidents.scope.count.more": "まだ調べていないメールがあります。もう一度調べると、全部をまとめて数え直します。",
    "incidents.scope.count": "調べる",
    "incidents.scope.count.done": "調べました。{persons}名分の情報が見つかりました。",
    "incidents.scope.count.part": (
        "調べられた分では、{persons}名分の情報が見つかりました。"
        "{left}件のメールは調べられませんでした。その分は、送る前に確認したときの数を使います。"
    ),
    "incidents.scope.count.none": (
        "調べられるメールがありませんでした。保存期間が終わっているか、中を確かめられないメールです。"
        "人数は、分かる方に聞いて訂正してください。"
    ),
    "incidents.scope.count.down": "いまは調べられません。数分たってから、もう一度お試しください。",
    "incidents.scope.figures": "分かっていること",
    "incidents.scope.persons": "何名分の情報か",
    "incidents.scope.persons.count": "{count}名",
    "incidents.scope.persons.least": "少なくとも{count}名(中を確かめられないものがあります)",
    "incidents.scope.unknown": "分かっていません",
    "incidents.scope.kinds": "情報の種類",
    "incidents.scope.kinds.none": "個人情報らしいものは見つかっていません",
    "incidents.scope.kind.count": "{count}件",
    "incidents.scope.kind.out": "{kind}は含まれていません",
    "incidents.scope.unreadable": "中を確かめられないものがあります",
    "incidents.scope.reached": "誤って受け取った方",
    "incidents.scope.reached.count": "誤った宛先 {wrong}名のうち、{count}名に届きました。",
    "incidents.scope.readable": "そのうち{count}名が中身を読めます。",
    "incidents.scope.readable.perhaps": "そのうち{count}名は中身を読めるか、読める可能性があります。",
    "incidents.scope.returned.count": "ほかに{count}名には届かずに戻りました。",
    "incidents.scope.back": (
        "{at}に、届かなかったという知らせがほかのサーバーから来ています。知らせだけでは確かといえないので、届いたものとして"
        "数えています。送信サーバーの記録や相手への確認で分かったことを、経過に書いてください。"
    ),
    "incidents.scope.visible": "互いに見えたアドレス",
    "incidents.scope.delivered": "届いた日時",
    "incidents.scope.to": "から",
    "incidents.scope.protected": "暗号化",
    "incidents.scope.key.destroyed": "パスワードを破棄した日時",
    "incidents.scope.source.record": "送る前の確認の記録から",
    "incidents.scope.source.looked": "メールを調べ直した結果",
    "incidents.scope.source.corrected": "訂正",
    "incidents.scope.to_triage": "報告が必要かを確かめる",
    "incidents.scope.people": "情報が含まれている方",
    "incidents.scope.people.none": "お名前は見つかりませんでした。",
    "incidents.scope.people.others": "ほか{count}名",
    "incidents.scope.people.more": "お名前が分からない方、一覧に入りきらない方がほかにいます。",
    "incidents.scope.people.recorded": "お名前を表示すると、だれがいつ見たかが記録されます。",
    "incidents.scope.people.show": "{count}名のお名前を表示する",
    "incidents.scope.people.not_you": "お名前は、情報セキュリティ責任者と部門責任者が見られます。",
    "incidents.scope.recipients": "宛先",
    "incidents.scope.recipients.what": (
        "社外の宛先は、すべて誤って送ったものとして数えています。送ってよかった方に印を付けて保存してください。"
    ),
    "incidents.scope.recipients.wrong": (
        "誤って受け取った方だけに印を付けて、保存してください。印を付けない社外の方は、送ってよかった方として数えます。"
    ),
    "incidents.scope.pick.wrong": "誤った方のほうが少ないときは、誤った方に印を付ける",
    "incidents.scope.pick.meant": "送ってよかった方に印を付ける形に戻す",
    "incidents.scope.wrong": "誤った宛先",
    "incidents.scope.meant": "送ってよかった宛先",
    "incidents.scope.wrong.default": "社外の宛先をすべて数えています",
    "incidents.scope.tick.meant": "この方には送ってよかった",
    "incidents.scope.tick.outsider": "この方に送ったのは誤り",
    "incidents.scope.tick.wrong": "この方にも送ってはいけなかった",
    "incidents.scope.of_mail": "メール:",
    "incidents.scope.insiders": "社内の宛先 {count}名",
    "incidents.scope.note": "メモ(書かなくても保存できます)",
    "incidents.scope.wrong.save": "宛先の印を保存する",
    "incidents.scope.wrong.done": "宛先の印を保存しました。",
    "incidents.scope.answer.deleted_unopened": "見ずに削除したと回答",
    "incidents.scope.answer.deleted_opened": "見てから削除したと回答",
    "incidents.scope.answer.not_deleted": "削除していないと回答",
    "incidents.scope.answer.forwarded": "転送したと回答",
    "incidents.scope.answer.unclear": "回答を読んで判断してください",
    "incidents.scope.answer.none": "削除をお願い中(回答なし)",
    "incidents.scope.answer.unasked": "削除はまだお願いしていません",
    "incidents.scope.correct": "数を訂正する",
    "incidents.scope.correct.what": "どの数を",
    "incidents.scope.correct.value": "正しい数",
    "incidents.scope.correct.value.hint": "含まれていない種類は0、人数が分からないときは空のままにします。",
    "incidents.scope.correct.reason": "理由",
    "incidents.scope.correct.save": "訂正する",
    "incidents.scope.correct.undo": "記録の数に戻す",
    "incidents.scope.correct.done": "訂正しました。理由と一緒に、対応の記録に残ります。",
    "incidents.scope.mistake.marked": (
        "見ている間に、ほかの方が宛先の印を保存しました。いまの印を確かめてから、付け直してください"
    ),
    "incidents.scope.mistake.wrong": "誤って受け取った方に、1人以上印を付けてください",
    "incidents.scope.mistake.value": "正しい数を、0以上の数字で書いてください",
    "incidents.scope.mistake.reason": "理由を書いてください(10,000文字まで)",
}
