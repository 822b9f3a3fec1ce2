"""The Japanese catalogue of the demonstration, the source."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # The desk.
    "demo.page.title": "mailguard デモの机",
    "demo.page.intro": (
        "{office}({domain})が見本のメールを送っています。社内の人と外の世界に何が届くかを、"
        "ここで見られます。このコンピューターの外へは何も送られません。"
    ),
    "demo.page.renews": "{seconds} 秒ごとに自動で更新します。",
    "demo.page.stop": "更新を止める",
    "demo.page.stands_still": "画面の更新を止めています。送信までの時間は進んでいます。",
    "demo.page.go_on": "最新の画面に戻る",
    "demo.page.back": "デモの画面に戻る",
    "demo.page.open": "見本商事の画面を開く",
    "demo.refused.foreign": "この操作は、デモの画面のボタンからだけ行えます。何も変わっていません。",
    "demo.done.samples": "見本のメールをもう一度送りました。",
    "demo.done.answered": "その相手として、メールで返信しました。",
    "demo.seats.title": "社内の人",
    "demo.seats.intro": (
        "見本商事の画面に、下のアドレスのどれかでサインインしてください。確認コードは、"
        "下のメールボックスに届きます。別の人になるときは、先にサインアウトするか、"
        "プライベートウィンドウを使ってください。"
    ),
    "demo.seat.clerk": "従事者",
    "demo.seat.clerk.what": (
        "見本のメールを、いま送ったところです。待っているメールを取り消す、直す、送るのはこの人です。"
    ),
    "demo.seat.manager": "部門責任者",
    "demo.seat.manager.what": "契約書のメールを承認します。部署のメールを見られます。",
    "demo.seat.officer": "情報セキュリティ責任者",
    "demo.seat.officer.what": "全社のメールを見られます。本文を読むときは、目的を書きます。ルールを変えられます。",
    "demo.seat.administrator": "システム管理者",
    "demo.seat.administrator.what": "システム、利用者、機器、ルールを管理します。メールの本文は読めません。",
    "demo.seat.telephone": "電話の認証アプリに今出ている数字(それぞれ1回だけ使えます):",
    "demo.seat.mailbox": "メールボックス({count} 通)",
    "demo.seat.empty": "まだ届いていません。",
    "demo.letter.code": "サインインの確認コード:",
    "demo.letter.link": "このメールのリンクを開く",
    "demo.letter.read": "読む",
    "demo.arrived.title": "外の世界で起きたこと {count} 件",
    "demo.arrived.intro": (
        "相手のサーバーが受け取ったもの、断ったものです。社内宛てと自動で送られたメールは、"
        "待たずに送ります。新しいものが上です。"
    ),
    "demo.arrived.none": "まだありません。",
    "demo.arrived.from": "差出人",
    "demo.arrived.no_sender": "(自動のお知らせ・返信)",
    "demo.arrived.bcc": "Bcc(ほかの人には見えません)",
    "demo.arrived.protected": (
        "パスワードで保護して送りました。個人情報は「{file}」の中です。パスワードは、"
        "差出人だけに別のメールで届き、差出人が電話で伝えます。"
    ),
    "demo.arrived.begins": "このメールの書き出し:",
    "demo.arrived.answer": "この相手になって、番号を書いたメールで返信する(リンクのページは使いません):",
    "demo.arrived.refused": "断られました。あとで送り直すか、差出人にお知らせのメールを送ります。",
    "demo.people.to": "宛先",
    "demo.people.more": "ほか {count} 件",
    "demo.try.title": "自分で送ってみる",
    "demo.try.samples": "見本のメールをもう一度送る",
    "demo.try.command": "または、端末で次のように打つと、社外宛てのメールを 1 通送れます。",
    "demo.try.more": (
        "送信のためにサインインする方法と、コマンドで送信・取り消しをする方法は、デモを始めた端末に出ています。"
    ),
    # The terminal: lines of 80 columns.
    "demo.guide.ready": (
        "デモが動いています。見本のメールを送りました。社外宛ては {minutes} 分待ちます。\n"
        "すべてこのコンピューターの中です。Ctrl-C で終わり、何も残りません。"
    ),
    "demo.guide.page": "はじめに開く画面。4人のメールボックスと電話(ブラウザーで開く):",
    "demo.guide.from_afar": "離れたコンピューターのブラウザーで開くときは、そちらで先に:",
    "demo.guide.hold": "同じことを別の端末で、コマンドで(一覧、今すぐ送信、取り消し):",
    "demo.guide.parcels": "パスワードで保護して送ったものと、パスワードが今どこにあるか:",
    "demo.guide.installed": "これは本物のコマンドです。インストールしたあとなら:",
    "demo.guide.swaks_plain": "自分で 1 通送る(登録したネットワークから、パスワードなし):",
    "demo.guide.swaks_account": "{account} としてサインインして送る(STARTTLS):",
    "demo.guide.swaks_missing": "swaks がまだありません。Debian や Ubuntu では:",
    "demo.guide.refused": (
        "unknown@ で始まる宛先は必ず断られ(550)、busy@ は 1 度目だけ断られます(452)。\n{domain} "
        "あてはすぐに送られ、ほかは待ちます。"
    ),
    "demo.guide.folder": "フォルダー(終わると消えます。記録は {log}):\n  {folder}",
    "demo.guide.below": "ここから下は、外の世界で起きたことです。",
    "demo.guide.pages": "見本商事の画面。{account} などでサインイン:",
    "demo.log.arrived": "受け取り",
    "demo.log.protected": "[保護]",
    "demo.log.refused": "断り    ",
    "demo.log.ending": "終了しています ...",
    "demo.log.ended": "終了しました。何も残っていません。",
    # One round without a person.
    "demo.smoke.accepted": "見本のメール {count} 通を受け付けた(250)",
    "demo.smoke.at_once": "社内宛てと自動返信は、すぐに届いた",
    "demo.smoke.bounce": "まちがった宛先のことが、差出人に知らされた",
    "demo.smoke.held": "まちがいの兆しのある {count} 通は保留され、送った人の画面に出た",
    "demo.smoke.released": "「今すぐ送信する」を押した 1 通は、時間の前に届いた",
    "demo.smoke.retried": "1 度断られたメールは、送り直して届いた",
    "demo.smoke.timer": "残りは時間になってから、それより早くはなく届いた",
    "demo.smoke.cancelled": "「取り消す」を押した 1 通は、送られていない",
    "demo.smoke.protected": "個人情報のある 1 通は保護して送られ、届いたものから個人情報は読み取れない",
    "demo.smoke.password": "差出人に届いたパスワードで、そのファイルが開き、中身がすべてそろっている",
    "demo.smoke.identical": "変える必要のないメールは、Received の行より下が 1 バイトも変わらずに届いた",
    "demo.smoke.bcc": "Bcc の宛先は、どのメールにも書かれていない",
    "demo.smoke.arrived": "届いたメール:",
    "demo.smoke.worked": "すべてうまくいきました({seconds} 秒)。",
    "demo.smoke.failed": "うまくいきませんでした: {reason}",
    "demo.smoke.not_so": "「{what}」になりませんでした",
    "demo.smoke.too_long": "{seconds} 秒で終わりませんでした",
    "demo.smoke.interrupted": "途中で止められました",
    "demo.smoke.signed_in": "従事者が、メールで届いた確認コードで画面にサインインした",
    "demo.smoke.told": "お知らせが届き、そのリンクで、サインインせずにそのメールの画面が開いた",
    "demo.smoke.waits": "社外の方どうしにアドレスが見えるメールは、理由を示して待ち続けた",
    "demo.smoke.mended": "Bcc に移して送ると、5人に届き、お互いは見えていない",
    "demo.smoke.asked": "個人情報のあるメールは、だれに送るのかを送った人が答えるまで送られなかった",
    "demo.smoke.approved": "上司が2つ目の確認もしてサインインし、契約書を承認して、送られた",
    "demo.smoke.answered": "誤送信の報告のあと、相手が番号だけのメールで返信し、責任者の画面に届いた",
}
