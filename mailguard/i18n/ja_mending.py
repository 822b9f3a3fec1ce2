"""What is done to held mail: edits, approvals, undoing. Japanese."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # What stands in a mail that gives a mail back.
    "hold.draft.subject": "【下書き】お返しするメール:{subject}",
    "hold.draft.subject.neutral": "【下書き】メールをお返しします",
    "hold.draft.words": "{at} に送信されたメール(受付番号 {queue_id})を、下書きとしてお返しします。\n"
    "添付の original.eml が、お送りいただいたままのメールです。Bcc の宛先も入っています。\n\n"
    "添付を開いて直し、新しいメールとして送ってください。送る前に、宛先と添付ファイルをもう一度確かめてください。\n"
    "このメールに返信しても、誰にも届きません。",
    # Why a mail was not, or cannot be, approved.
    "hold.not_approved.refused": "承認されませんでした。メールは送られていません。"
    "下の理由を読んで、直して確認を受け直すか、取り消してください。",
    "hold.not_approved.refused.others": (
        "承認されませんでした。メールは送られていません。差出人が直すか取り消すのを待っています。"
    ),
    "hold.not_approved.refused.over": "承認されなかったため、送らずに終わりました。"
    "まだ必要なときは、下の理由を読んで直し、もう一度送ってください。",
    "hold.not_approved.no_approver": "承認できる方が決められていません。メールは送られていません。"
    "システム管理者に、承認する方を決めてもらってください。",
    "hold.not_approved.no_manager": "あなたの上司が登録されていないため、承認を受けられません。"
    "メールは送られていません。システム管理者に、上司を登録してもらってください。",
    "hold.not_approved.approver_disabled": "承認する方が、いまは利用を止められています。メールは送られていません。"
    "システム管理者に、別の方を決めてもらってください。",
    "hold.not_approved.time_over": "期限までに承認されなかったため、送らずに終わりました。"
    "まだ必要なときは、承認する方に伝えてから、もう一度送ってください。",
    "mending.refused.sealed": "署名または暗号化されたメールは、内容や宛先欄を変更できません。宛先を外すことはできます。"
    "直したいときは、下書きとして自分に返してください。",
    "mending.refused.invitation": "予定の招待は、内容や宛先欄を変更できません。宛先を外すことはできます。"
    "直したいときは、カレンダーから送り直してください。",
    "mending.refused.own_mail": "パスワードのお知らせメールは変更できません。送信するか、取り消してください。",
    "mending.refused.nobody_left": "宛先がなくなります。このメールを送らないときは、取り消してください。",
    "mending.refused.nothing": "変更するところがありません。直したいところを選んでください。",
    "mending.refused.contradiction": "同じ宛先に二つの変更が選ばれています。どちらか一つにしてください。",
    "mending.refused.bad_address": "メールアドレスの形になっていません。入力し直してください。",
    "mending.refused.foreign_address": "@ の前に日本語などの文字があるアドレスには、このメールは送れません。"
    "別のアドレスを入力してください。",
    "mending.refused.bad_subject": "件名は500文字までで、改行は使えません。入力し直してください。",
    "mending.refused.no_such_recipient": "選ばれた宛先が見つかりません。画面を読み込み直してください。",
    "mending.refused.no_such_file": "選ばれた添付ファイルを外せません。直したいときは、"
    "下書きとして自分に返してください。",
    "mending.refused.telephone": "電話番号は、送信するときに入力してください。",
    "mending.note.still_named": "外した宛先のアドレスが、件名や本文などに残っています。"
    "相手に見せたくないときは、下書きとして自分に返して直してください。",
    "mending.note.blocked": (
        "変更後のメールは、事務所の決まりにより送信できません。もう一度直すか、取り消してください。"
    ),
    # Pages: changing, releasing, approving.
    "mending.page.open": "宛先や添付を直す",
    "mending.page.title": "メールを直す",
    "mending.page.preview.title": "この内容に直しますか",
    "mending.page.back": "直さずにメールの画面へ戻る",
    "mending.page.of": "件名:",
    "mending.page.what": (
        "直したいところだけ選んでください。次の画面で、直すと何が変わるかを確かめられます。まだ何も変わりません。"
    ),
    "mending.page.wanted": "直すところ",
    "mending.page.wanted.remove": "宛先から外す:",
    "mending.page.wanted.correct": "アドレスを直す:",
    "mending.page.wanted.bcc": "Bccに移す:",
    "mending.page.wanted.drop": "添付から外す:",
    "mending.page.wanted.subject": "新しい件名:",
    "mending.page.wanted.channel": "パスワードの伝え方:",
    "mending.page.nameless": "(名前のないファイル)",
    "mending.page.apply": "この内容に直す",
    "mending.page.edit_more": "選び直す",
    "mending.page.preview": "確かめる",
    "mending.page.leave": "やめる",
    "mending.page.recipients": "宛先",
    "mending.page.suggested": "もしかして:",
    "mending.page.remove": "外す",
    "mending.page.bcc": "Bccに移す",
    "mending.page.correct": "アドレスを直す",
    "mending.page.correct.label": "正しいアドレス",
    "mending.page.shown": "社外の方どうしの見え方",
    "mending.page.shown.keep": "変えない",
    "mending.page.shown.bcc": "社外の方を全員Bccに移す",
    "mending.page.shown.individual": "一人ずつ別のメールで送る",
    "mending.page.shown.as-they-are": "前に選んだことを取り消し、宛先欄のとおりに送る",
    "mending.page.files": "添付から外すファイル",
    "mending.page.subject": "件名",
    "mending.page.protection": "添付の暗号化",
    "mending.page.protection.hint": "決まりで暗号化が必要なときは、ここで「変えない」を選んでも暗号化します。",
    "mending.page.protect": "暗号化のしかた",
    "mending.page.protect.keep": "変えない",
    "mending.page.protect.auto": "暗号化する(形式はおまかせ)",
    "mending.page.protect.zip": "パスワード付きZIPにする",
    "mending.page.protect.pdf": "パスワード付きPDFにする",
    "mending.page.protect.office": "WordやExcelのパスワードを付ける",
    "mending.page.protect.none": "前に選んだ暗号化を取り消す",
    "mending.page.channel": "パスワードの伝え方",
    "mending.page.channel.keep": "変えない",
    "mending.page.channel.to_sender": "自分で伝える(電話など)",
    "mending.page.channel.separate_mail": "あとから別のメールで送る",
    "mending.page.channel.sms": "携帯電話のショートメッセージで送る",
    "mending.page.channel.agreed": "前から決めてあるパスワードを使う",
    "mending.page.not_here": (
        "本文を直すときや添付を足すときは、メールの画面の「下書きとして自分に返す」を使ってください。送る日時は、"
        "メールの画面で選べます。"
    ),
    "mending.page.moved_on": "このメールは状態が変わったため、直しませんでした。いまの状態を確かめてください。",
    "mending.page.failed": (
        "直したあとの内容を確かめられなかったため、直しませんでした。少し待ってから、もう一度お試しください。"
    ),
    "mending.page.differences": "直すと変わること",
    "mending.page.differences.done": "直して変わったこと",
    "mending.page.gone": "解消したこと",
    "mending.page.new": "新しく気をつけること",
    "mending.page.reworded": "内容が変わったこと",
    "mending.page.findings": "個人情報らしいもの",
    "mending.page.where.subject": "件名の",
    "mending.page.where.body": "本文の",
    "mending.page.where.attachment": "添付の",
    "mending.page.where.other": "そのほかの",
    "mending.page.count": "{before}件 → {after}件",
    "mending.page.same": "保留の理由は、直す前と同じです。",
    "mending.page.needs.timer": "直したあとは、時間になると自動的に送信します。",
    "mending.page.needs.sender": "直したあとも、あなたの確認を待ちます。",
    "mending.page.needs.approver": "直したあとも、送信するには承認が必要です。",
    "mending.page.needs.administrator": "直したあとは、システム管理者か責任者の確認が必要です。",
    "mending.page.changed.title": "直した結果",
    "mending.page.changed.on": "メールの画面へ戻る",
    "mending.page.changed.on.held": "メールの画面で確かめて、送信する",
    "mending.page.done.timer": "直しました。まだ送られていません。時間になると自動的に送信します。",
    "mending.page.done.sender": "直しました。まだ送られていません。内容を確かめて、送信してください。",
    "mending.page.done.approver": "直しました。まだ送られていません。承認する方に、もう一度確認をお願いします。",
    "mending.page.done.administrator": "直しました。まだ送られていません。システム管理者か責任者が確認します。",
    "mending.page.done.blocked": (
        "直しましたが、この内容は事務所の決まりにより送信できません。もう一度直すか、取り消してください。"
    ),
    "mending.page.done.still_named": (
        "直しました。ただし、外した宛先のアドレスが件名や本文などに残っています。相手に見せたくないときは、"
        "下書きとして自分に返してください。"
    ),
    "mending.page.consequence": "もし宛先をまちがえていたら",
    "mending.page.consequence.report": "法律上の報告:",
    "mending.page.consequence.why": "そう考える理由と根拠",
    "mending.page.choice": "正しいのは、どちらのアドレスですか",
    "mending.page.choice.hint": "よく似たアドレスがあります。名刺や前のメールを見て、選んでください。",
    "mending.page.choice.open": "どちらのアドレスが正しいか、選んでください。",
    "mending.page.choice.other": (
        "選ばれたのは、いまの宛先とは違うアドレスです。このままでは送れません。アドレスを直すか、選び直してください。"
    ),
    "mending.page.choice.correct.what": "宛先のアドレスをこちらに直せます。直したあと、もう一度確かめてから送れます。",
    "mending.page.choice.correct": "{address} に直す",
    "mending.page.typed.organisation": "このメールは、どの会社や団体に送るものですか",
    "mending.page.typed.organisation.several": "このメールを送る会社や団体、個人の方を、{count}つ入力してください",
    "mending.page.typed.organisation.hint": (
        "相手のアドレスの @ より右側(例: ○○.example.jp の ○○)を入力してください。宛先の表示名にある名前や、"
        "何度か送ったことのある会社の名前でもかまいません。"
    ),
    "mending.page.typed.organisation.wrong": (
        "宛先のアドレスや、いままでのやりとりからは、この名前の相手を確かめられませんでした。"
        "上の宛先が送りたい相手なら、そのアドレスの @ より右側を入力してください。違うときは、宛先を直してください。"
    ),
    "mending.page.typed.any_order": "順番は自由です。",
    "mending.page.typed.person": "このメールは、どなたに送るものですか",
    "mending.page.typed.person.several": "このメールを送る方を、{count}名入力してください",
    "mending.page.typed.person.hint": "宛先の表示名にあるお名前、または相手のメールアドレスを入力してください。",
    "mending.page.typed.person.wrong": (
        "宛先に見つかりません。上の宛先が送りたい相手なら、そのメールアドレスを入力してください。違うときは、"
        "宛先を直してください。"
    ),
    "mending.page.typed.open": "まだ入力されていません。このメールを送る相手を入力してください。",
    "mending.page.typed.several.open": "{number}つめ: まだ入力されていません。このメールを送る相手を入力してください。",
    "mending.page.typed.several.wrong": (
        "{number}つめ: 宛先に見つかりません。上の宛先が送りたい相手なら、そのアドレスの @ "
        "より右側を入力してください。違うときは、宛先を直してください。"
    ),
    "mending.page.typed.several.repeated": (
        "{number}つめ: 同じ相手が、もう入力されています。ほかの相手を入力してください。"
    ),
    "mending.page.typed.label.organisation": "アドレスの @ より右側、または会社や団体の名前",
    "mending.page.typed.label.person": "お名前",
    "mending.page.typed.label.numbered": "{number}つめ",
    "mending.page.send": "確認して送信する",
    "mending.page.how": "送り方を変える",
    "mending.page.phone": "パスワードを送る携帯電話の番号",
    "mending.page.phone.hint": "相手の方の番号です。例: 090-0000-0000",
    "mending.page.phone.wrong": "電話番号の形になっていません。090-0000-0000 のように入力してください。",
    "mending.page.clear": "暗号化せずに送る",
    "mending.page.clear.reason": "暗号化しない理由",
    "mending.page.clear.reason.missing": "暗号化せずに送る理由を入力してください。記録に残ります。",
    "mending.page.at.wrong": "送る日時は、これから30日以内で選んでください。",
    "pages.navigation.approvals": "承認",
    "approval.page.title": "承認",
    "approval.page.missing": "あと{count}名の承認を待っています。承認されるまで送られません。",
    "approval.page.by": "次のどなたかが承認できます:",
    "approval.page.said.yes": "承認しました",
    "approval.page.said.no": "承認しませんでした",
    "approval.page.instead_of": "{person} の代理",
    "approval.page.as_deputy": "{person} の代理として承認します。",
    "approval.page.mine.yes": "あなたは承認しました。もう一人の方の承認を待っています。",
    "approval.page.approve": "承認して送信する",
    "approval.page.approve.first": "承認する(もう一人の承認のあとに送信)",
    "approval.page.refuse.open": "承認しないときは",
    "approval.page.refuse": "承認しない",
    "approval.page.note": "承認しない理由",
    "approval.page.note.hint": "差出人に伝わります。どこを直せばよいかを書いてください。",
    "approval.page.choice.other": (
        "このメールの宛先が違うと思うときは、承認せず、理由に書いて差出人に知らせてください。"
    ),
    "approval.page.navigation": "{count}件",
    "approval.page.list.title": "承認を待っているメール",
    "approval.page.list.none": "あなたの承認を待っているメールはありません。",
    "approval.page.list.count": "{count}通が、あなたの承認を待っています。",
    "approval.page.list.from": "差出人:",
    "approval.page.list.to": "宛先({count}名):",
    "approval.page.list.said_yes": "承認済み:",
    "approval.page.list.deputies": "留守のあいだの代理を決める",
    "approval.page.deputies.title": "承認の代理",
    "approval.page.deputies.what": (
        "休みや出張のあいだ、あなたの代わりに承認する方を決められます。期間が過ぎると自動的に終わります。"
    ),
    "approval.page.deputies.of": "この方の代理です:",
    "approval.page.deputies.listed": "いま、またはこれからの代理",
    "approval.page.deputies.none": "代理は決まっていません。",
    "approval.page.deputies.now": "代理中",
    "approval.page.deputies.later": "これから",
    "approval.page.deputies.until": "から",
    "approval.page.deputies.remove": "やめる",
    "approval.page.deputies.remove.named": "{person} の代理をやめる",
    "approval.page.deputies.new": "代理を決める",
    "approval.page.deputies.deputy": "代理の方のメールアドレス",
    "approval.page.deputies.deputy.hint": "同じ組織の方だけです。",
    "approval.page.deputies.begins": "最初の日",
    "approval.page.deputies.ends": "最後の日",
    "approval.page.deputies.ends.hint": "この日の終わりまで代理します。",
    "approval.page.deputies.put.do": "代理を決める",
    "approval.page.deputies.put": "代理を決めました。",
    "approval.page.deputies.removed": "代理をやめました。",
    "approval.page.deputies.gone": "この代理は、もう終わっています。",
    "approval.page.deputies.no_day": "日付を選んでください。",
    "approval.page.deputies.nobody": "代理の方のメールアドレスを入力してください。",
}
