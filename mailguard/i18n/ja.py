"""Japanese texts: the source catalogue. です・ます, short sentences, what happened before what to do."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # Why a verdict is what it is (model.verdict.Reason).
    "reason.internal": "社内のあて先だけなので、すぐに送ります。",
    "reason.external": "社外のあて先があるので、送る前に少し待ちます。その間は取り消せます。",
    "reason.automatic": "自動で送られたメールなので、すぐに送ります。",
    "reason.notice": "このシステムからのお知らせなので、すぐに送ります。",
    "reason.unreadable": "中身を確かめられなかったので、人の判断を待っています。",
    "reason.loop": "同じメールが何度も回ってきたので、止めました。",
    "reason.stopped_looking": "確かめている途中で何度も止まったので、人の判断を待っています。",
    # Reports about delivery: subjects and frames.
    "dsn.from": "メール配送システム",
    "dsn.failed.subject": "メールをお届けできませんでした",
    "dsn.failed.intro": "次のメールは、下のあて先にお届けできませんでした。もう自動では送り直しません。",
    "dsn.delayed.subject": "メールのお届けに時間がかかっています",
    "dsn.delayed.intro": (
        "次のメールは、下のあて先にまだお届けできていません。送り直しを続けていますので、今は何もしなくてかまいません。"
    ),
    "dsn.delayed.until": "{until} まで送り直します。それでもお届けできなければ、あらためてお知らせします。",
    "dsn.relayed.subject": "メールを次のサーバーに渡しました",
    "dsn.relayed.intro": (
        "次のメールを、下のあて先のために次のサーバーに渡しました。"
        "そのサーバーは到着のお知らせに対応していないので、この先のお知らせはありません。"
    ),
    "dsn.mail.sent_at": "送信日時",
    "dsn.mail.subject": "件名",
    "dsn.mail.queue_id": "受付番号",
    "dsn.mail.no_subject": "(件名なし)",
    "dsn.recipient.address": "あて先",
    "dsn.recipient.happened": "起きたこと",
    "dsn.recipient.what_to_do": "次にすること",
    "dsn.recipient.server_said": "相手側の返事",
    "dsn.recipient.our_words": "くわしい状況",
    "dsn.more": "このほかに {count} 件のあて先があります。下の機械用の部分にすべて書いてあります。",
    "dsn.contact": "分からないときは、受付番号をそえて {postmaster} までお問い合わせください。",
    "dsn.signature": "{office} メール中継システム",
    "dsn.office.unnamed": "事務所",
    # What happened, and what to do.
    "dsn.unknown_user.happened": "このあて先は、相手のサーバーにありませんでした。",
    "dsn.unknown_user.what_to_do": (
        "あて先の書きまちがいがないか確かめて、正しいあて先に送り直してください。"
        "まちがいが見つからないときは、電話などで相手の方に確かめてください。"
    ),
    "dsn.unknown_domain.happened": "@ より右側(ドメイン)のあて先が見つかりませんでした。",
    "dsn.unknown_domain.what_to_do": "@ より右側のつづりを確かめて、正しいあて先に送り直してください。",
    "dsn.mailbox_full.happened": "相手の方のメールボックスがいっぱいで、受け取れませんでした。",
    "dsn.mailbox_full.what_to_do": "相手の方に電話などで知らせて、空きができてから送り直してください。",
    "dsn.mailbox_disabled.happened": "相手の方のメールボックスは、今は使われていないようです。",
    "dsn.mailbox_disabled.what_to_do": "今の連絡先を、電話などで相手の方に確かめてください。",
    "dsn.too_large.happened": "メールが大きすぎて、受け取ってもらえませんでした。",
    "dsn.too_large.what_to_do": "添付ファイルを小さくするか、分けて送ってください。別の方法を相談してもかまいません。",
    "dsn.refused.happened": "相手側の決まりにより、受け取りを断られました。",
    "dsn.refused.what_to_do": (
        "同じメールを何度も送らないでください。電話などで相手の方に知らせ、管理者にもお知らせください。"
    ),
    "dsn.not_ascii.happened": "あて先か件名に使われている文字を、相手側のサーバーが扱えませんでした。",
    "dsn.not_ascii.what_to_do": "半角の英数字だけのあて先があれば、そちらに送り直してください。",
    "dsn.not_reachable.happened": "相手側のサーバーにつながりませんでした。",
    "dsn.not_reachable.what_to_do": "しばらくしてから送り直してください。急ぐときは、電話などでお知らせください。",
    "dsn.expired.happened": "何度も送り直しましたが、期限までに受け取ってもらえませんでした。",
    "dsn.expired.what_to_do": "あて先を確かめて送り直してください。急ぐときは、電話などでお知らせください。",
    "dsn.try_later.happened": "相手側が、今は受け取れないと答えました。",
    "dsn.try_later.what_to_do": "しばらくしてから送り直してください。急ぐときは、電話などでお知らせください。",
    "dsn.other.happened": "相手側に受け取りを断られました。",
    "dsn.other.what_to_do": "あて先を確かめてください。続くようなら、相手側の返事をそえて管理者にお知らせください。",
}
