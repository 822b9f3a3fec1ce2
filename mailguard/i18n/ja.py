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
    # The demonstration's page.
    "demo.page.title": "mailguard デモ",
    "demo.page.intro": ("{office}({domain})から送った、見本のメールです。このコンピューターの外へは何も送られません。"),
    "demo.page.renews": "{seconds} 秒ごとに自動で更新します。",
    "demo.page.stop": "更新を止める",
    "demo.page.stands_still": "画面の更新を止めています。送信までの時間は進んでいます。",
    "demo.page.go_on": "最新の画面に戻る",
    "demo.page.back": "デモの画面に戻る",
    "demo.people.to": "あて先",
    "demo.people.more": "ほか {count} 件",
    "demo.held.title": "保留中 {count} 件(まだ送られていません)",
    "demo.held.intro": (
        "社外あてのメールは、少し待ってから送ります。まちがいに気づいたら、時間になる前に「取り消す」を押してください。"
    ),
    "demo.held.none": "保留中のメールはありません。下の「自分で送ってみる」から送ると、社外あてはここに出ます。",
    "demo.held.minutes_left": "あと {minutes}分{seconds}秒で自動的に送信します({clock})",
    "demo.held.seconds_left": "あと {seconds}秒で自動的に送信します({clock})",
    "demo.held.about_to_go": "時間になりました。まもなく送信します。",
    "demo.held.no_timer": "時間では送信しません。送るか取り消すかを決めてください。",
    "demo.held.others": "ほかのあて先 {count} 件は、保留していません。",
    "demo.button.cancel": "取り消す",
    "demo.button.release": "今すぐ送信する",
    "demo.arrived.title": "相手のサーバーが受け取ったメール {count} 通",
    "demo.arrived.intro": "社内あてと自動で送られたメールは、待たずに送ります。新しいものが上です。",
    "demo.arrived.none": "まだありません。",
    "demo.arrived.from": "差出人",
    "demo.arrived.no_sender": "(自動のお知らせ・返信)",
    "demo.arrived.bcc": "Bcc(ほかの人には見えません)",
    "demo.not_sent.title": "送られていないメール {count} 件",
    "demo.not_sent.intro": "取り消したもの、相手に断られたもの、送り直しを待っているものです。新しいものが上です。",
    "demo.not_sent.none": "ありません。",
    "demo.not_sent.cancelled": "取り消しました。相手には送られていません。",
    "demo.not_sent.bounced": "お届けできませんでした。差出人にお知らせのメールを送りました。",
    "demo.not_sent.deferred": "今は受け取ってもらえませんでした。{clock} ごろ自動で送り直します。",
    "demo.not_sent.reply": "相手側の返事",
    "demo.done.cancelled": "取り消しました。このメールは送られません。",
    "demo.done.released": "送信しました。取り消すことはもうできません。",
    "demo.done.late": "このメールは、もう送信したか取り消したあとです。何も変わっていません。下で確かめてください。",
    "demo.done.samples": "見本のメールをもう一度送りました。",
    "demo.refused.foreign": "この操作は、デモの画面のボタンからだけ行えます。何も変わっていません。",
    "demo.refused.unknown": "このメールは見つかりません。何も変わっていません。",
    "demo.try.title": "自分で送ってみる",
    "demo.try.samples": "見本のメールをもう一度送る",
    "demo.try.command": "または、端末で次のように打つと、社外あてのメールを 1 通送れます。",
    "demo.try.more": "サインインして送る方法と、コマンドで送信・取り消しをする方法は、デモを始めた端末に出ています。",
    # The demonstration's terminal: lines of 80 columns.
    "demo.guide.ready": (
        "デモが動いています。見本のメールを送りました。社外あては {minutes} 分待ちます。\n"
        "すべてこのコンピューターの中です。Ctrl-C で終わり、何も残りません。"
    ),
    "demo.guide.page": "保留中のメールを見て、送信や取り消しをする(ブラウザーで開く):",
    "demo.guide.from_afar": "離れたコンピューターのブラウザーで開くときは、そちらで先に:",
    "demo.guide.hold": "同じことを別の端末で、コマンドで(一覧、今すぐ送信、取り消し):",
    "demo.guide.installed": "これは本物のコマンドです。インストールしたあとなら:",
    "demo.guide.swaks_plain": "自分で 1 通送る(登録したネットワークから、パスワードなし):",
    "demo.guide.swaks_account": "{account} としてサインインして送る(STARTTLS):",
    "demo.guide.swaks_missing": "swaks がまだありません。Debian や Ubuntu では:",
    "demo.guide.refused": (
        "unknown@ で始まるあて先は必ず断られ(550)、busy@ は 1 度目だけ断られます(452)。\n"
        "{domain} あてはすぐに送られ、ほかは待ちます。"
    ),
    "demo.guide.folder": "フォルダー(終わると消えます。記録は {log}):\n  {folder}",
    "demo.guide.below": "ここから下は、外の世界で起きたことです。",
    "demo.log.arrived": "受け取り",
    "demo.log.refused": "断り    ",
    "demo.log.ending": "終了しています ...",
    "demo.log.ended": "終了しました。何も残っていません。",
    # One round of the demonstration without a person.
    "demo.smoke.accepted": "見本のメール {count} 通を受け付けた(250)",
    "demo.smoke.at_once": "社内あてと自動返信は、すぐに届いた",
    "demo.smoke.bounce": "まちがったあて先のことが、差出人に知らされた",
    "demo.smoke.held": "社外あて {count} 通は保留され、画面に出た",
    "demo.smoke.released": "「今すぐ送信する」を押した 1 通は、時間の前に届いた",
    "demo.smoke.retried": "1 度断られたメールは、送り直して届いた",
    "demo.smoke.timer": "残りは時間になってから、それより早くはなく届いた",
    "demo.smoke.cancelled": "「取り消す」を押した 1 通は、送られていない",
    "demo.smoke.identical": "届いたメールは、Received の行より下が 1 バイトも変わっていない",
    "demo.smoke.bcc": "Bcc のあて先は、どのメールにも書かれていない",
    "demo.smoke.arrived": "届いたメール:",
    "demo.smoke.worked": "すべてうまくいきました({seconds} 秒)。",
    "demo.smoke.failed": "うまくいきませんでした: {reason}",
    "demo.smoke.not_so": "「{what}」になりませんでした",
    "demo.smoke.too_long": "{seconds} 秒で終わりませんでした",
    "demo.smoke.interrupted": "途中で止められました",
}
