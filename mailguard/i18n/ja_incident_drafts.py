"""Sentences that documents of an incident are written from. Japanese."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "draft.moment": "{year}年{month}月{day}日({weekday}) {hour}時{minute}分",
    "draft.date": "{year}年{month}月{day}日",
    "draft.weekdays": "月火水木金土日",
    "draft.separator": "、",
    "draft.minutes": "{count}分",
    "draft.hours": "約{count}時間",
    "draft.days": "約{count}日",
    "draft.mistake.visible_recipients": (
        "当方からお送りしたメールで、受信された方どうしのメールアドレスが互いに見える状態になっておりました。"
    ),
    "draft.mistake.wrong_recipient": "当方から、本来お送りすべきでない宛先へメールをお送りしてしまいました。",
    "draft.mistake.wrong_attachment": "当方から、誤ったファイルを付けたメールをお送りしてしまいました。",
    "draft.mistake.other": "当方から、誤ってメールをお送りしてしまいました。",
    "draft.who": "{office}の職員",
    "draft.who.department": "{office}（{department}）の職員",
    "draft.summary.visible_recipients": (
        "{sent_at}、{who}がメールを送信した際、送信先{visible}件のメールアドレスが受信者どうしで互いに見える状態"
        "（「To」または「Cc」）になっていました。"
    ),
    "draft.summary.wrong_recipient": "{sent_at}、{who}が、本来送るべきでない宛先{count}件にメールを送信しました。",
    "draft.summary.wrong_attachment": (
        "{sent_at}、{who}が、誤ったファイルを添付したメールを{count}件の宛先に送信しました。"
    ),
    "draft.summary.other": "{sent_at}、{who}が、誤ってメールを{count}件の宛先に送信しました。",
    "draft.summary.known": "{known_at}に把握しました。",
    "draft.summary.known.after": "{known_at}に把握しました（送信から{after}後）。",
    "draft.summary.known.sender": "{known_at}、送信した職員本人の申し出により把握しました（送信から{after}後）。",
    "draft.summary.fates": "該当する宛先の内訳は、{fates}です。",
    "draft.fate.received": "相手のサーバーが受け取ったもの{count}件",
    "draft.fate.perhaps": "受け取られたか確認できないもの{count}件",
    "draft.fate.open": "まだ送られていないもの{count}件",
    "draft.fate.returned": "届かずに戻ったもの{count}件",
    "draft.fate.stopped": "送信前に止めたもの{count}件",
    "draft.summary.more": "同じ誤りのあるメールは、これを含めて{count}通あります。",
    "draft.data": "{kinds}",
    "draft.data.kind": "{kind}（{count}件）",
    "draft.data.unreadable": "ほかに、記録から中身を確認できなかったものがあります：{blank}",
    "draft.own.addresses": "ご本人さまのメールアドレス",
    "draft.own.kinds": "{kinds}のうち、ご本人さまに関するもの：{blank}",
    "draft.persons": "{count}人",
    "draft.persons.least": "{count}人以上（中身を確認できないものがあり、調査中です）",
    "draft.persons.unknown": "不明（調査中です）",
    "draft.cause.visible_recipients": "「Bcc」に入れるべき送信先を、「To」または「Cc」に入れたまま送信したためです。",
    "draft.cause.visible": (
        "送信先{visible}件を「To」または「Cc」に入れて送信し、受信者どうしに見える状態になったためです。"
        "そのように送信した経緯は調査中です。"
    ),
    "draft.cause.wrong_recipient": "メールの宛先を取り違え、誤りに気づかないまま送信したためです。",
    "draft.cause.wrong_attachment": "添付するファイルを取り違え、誤りに気づかないまま送信したためです。",
    "draft.cause.setting": "システムの設定に誤りがあったためです。",
    "draft.cause.unknown": "調査中です。",
    "draft.cause.background": "誤りに至った経緯と背景：{blank}",
    "draft.harm.nobody": "誤った宛先で、メールを受け取った相手はいません。",
    "draft.harm.not_asked": "届いた相手{count}件に対し、メールの削除を依頼する準備を進めています。",
    "draft.harm.asked": "届いた相手{count}件のうち{asked}件に、メールの削除を依頼しました。",
    "draft.harm.answers": "回答の状況は、{answers}です。",
    "draft.harm.all_unread": "届いた相手のすべてから、開封せずに削除したとの回答を得ています。",
    "draft.harm.none_known": "現時点で、悪用などの二次被害の連絡は受けていません。",
    "draft.answer.deleted_unopened": "開封せずに削除 {count}件",
    "draft.answer.deleted_opened": "開封後に削除 {count}件",
    "draft.answer.not_deleted": "未削除 {count}件",
    "draft.answer.forwarded": "転送あり {count}件",
    "draft.answer.unclear": "返信の内容を確認中 {count}件",
    "draft.answer.missing": "回答なし {count}件",
    "draft.notified.mail": "本人{count}人に、{on}までに一人ずつ個別のメールで通知しました。",
    "draft.notified.outside": "{on}に、次の方法で本人に知らせました：{note}",
    "draft.notified.not_yet": "本人への通知は、一人ずつ個別に行う準備を進めています（まだ通知していません）。",
    "draft.notified.not_yet.public": "対象の方には、一人ずつ個別にお知らせする準備を進めています。",
    "draft.published": "{on}に公表しました：{note}",
    "draft.published.not_yet": "現時点では公表していません。",
    "draft.prevention.rule": "送信前にメールを確認するルールを追加しました：{note}",
    "draft.prevention.training": "職員への研修・周知を行います：{note}",
    "draft.prevention.open": "検討中です。確報で報告します。",
    "draft.other.sealed": (
        "届いた相手のうち{count}件へのファイルは、暗号化して送信しており、パスワードは相手に知らせていません。"
    ),
    "draft.other.destroyed": "そのファイルのパスワードは、{at}に破棄しました。",
    "draft.other.with_sender": (
        "届いた相手のうち{count}件へのファイルは、暗号化して送信しています。"
        "送信した職員がパスワードを相手に伝えたかを確認しています。"
    ),
    "draft.other.doubtful": (
        "届いた相手のうち{count}件へのファイルは、暗号化して送信しましたが、"
        "パスワードを知らせる連絡が届いたかどうかを確認できておらず、届いた可能性があります。"
        "送信した職員がパスワードを相手に伝えたかも確認しています。"
    ),
    "draft.other.doubtful_untold": (
        "届いた相手のうち{count}件へのファイルは、暗号化して送信しましたが、"
        "パスワードを知らせる連絡が届いたかどうかを確認できておらず、届いた可能性があります。"
        "送信した職員は、ほかの方法では相手に伝えていません。"
    ),
    "draft.other.readable": (
        "届いた相手のうち{count}件へのファイルは、暗号化して送信しましたが、パスワードも相手に届いている可能性があります。"
    ),
    "draft.other.told": (
        "届いた相手のうち{count}件へのファイルは、暗号化して送信しましたが、"
        "送信した職員から、パスワードも相手に伝えたとの申告がありました。"
    ),
    "draft.other.clear": "届いた相手のうち{count}件は、メールの内容を暗号化されていない状態で受け取っています。",
    "draft.other.stopped": "まだ送られていなかった{count}件は、送信を止めました。",
    "draft.other.police": "警察への届出：済み（{note}）",
    "draft.other.no_police": "警察への届出：届け出の記録はありません。",
    "draft.scope.leaked": "誤って届いた相手：{count}件（うち暗号化され、パスワードを知らせていないもの {sealed}件）",
    "draft.scope.data": "含まれていた情報：{data}",
    "draft.scope.persons": "情報の本人の数：{persons}",
    "draft.stopped": "送信を止めた宛先：{count}件。",
    "draft.stopped.none": "止められる宛先は残っていませんでした。",
    "draft.stopped.passwords": "パスワードを知らせるのを止めた宛先：{count}件。",
    "draft.returned": "届かずに戻った宛先：{count}件（相手は受け取っていません）。",
    "draft.said_to_be_back": (
        "送信後に「届かなかった」という知らせが来た宛先：{count}件（確認中のため、届いたものとして数えています）。"
    ),
    "draft.law.report": "情報セキュリティ責任者は、報告すると決めました。",
    "draft.law.no_report": "情報セキュリティ責任者は、報告しないと決めました。",
    "draft.questions": (
        "・個人情報保護委員会（または所管の省庁）に報告するか\n・本人への通知を行うか、その方法\n"
        "・公表するか、その方法\n・再発防止のために何を変えるか"
    ),
    "draft.subject_line": "件名：{subject}",
    "draft.to.named": "{name} 様",
    "draft.to.unnamed": "メールを受け取られた方へ",
    "draft.answer.heading": "ご回答のお願い",
    "draft.answer.both": "次のどちらかの方法で、結果をお知らせください。1分ほどで終わります。",
    "draft.answer.by_link": "・次のページを開き、あてはまるものを選ぶ（お名前やパスワードはお尋ねしません）",
    "draft.answer.by_mail": "・このメールに返信し、あてはまる番号を1行目に書く",
    "draft.answer.only_mail": "このメールに返信し、1行目にあてはまる番号を書いてお知らせください。",
    "draft.option.deleted_unopened": "開封せずに削除しました",
    "draft.option.deleted_opened": "開封しましたが、削除しました",
    "draft.option.not_deleted": "まだ削除していません",
    "draft.option.forwarded": "ほかの人に転送しました、または見せました",
    "draft.reminder": "先日お願いしたメールの削除について、ご回答をいただいていないため、もう一度ご連絡いたします。",
    "draft.reminder.subject": "【再度のお願い】{subject}",
}
