"""Mails and messages about mail that waits. Japanese."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # Times.
    # Subjects: state and deadline first. {subject} is empty or begins with a colon.
    "notice.subject.hold": "【送信前の確認】確認してください{subject}",
    "notice.subject.hold.until": "【送信前の確認】{until}までに確認してください{subject}",
    "notice.subject.hold.elsewhere": "【承認待ち】まだ送られていません{subject}",
    "notice.subject.hold.elsewhere.until": "【承認待ち】まだ送られていません(期限 {until}){subject}",
    "notice.subject.approval": "【確認のお願い】承認するかどうかを決めてください{subject}",
    "notice.subject.approval.until": "【確認のお願い】{until}までに、承認するかどうかを決めてください{subject}",
    "notice.subject.reminder": "【再度のお知らせ】まだ送られていません{subject}",
    "notice.subject.reminder.until": "【再度のお知らせ】{until}が期限です。まだ送られていません{subject}",
    "notice.subject.last": "【まもなく期限】まだ送られていません{subject}",
    "notice.subject.last.until": "【まもなく期限】{until}が期限です。まだ送られていません{subject}",
    "notice.subject.result.sent": "【送信しました】保留していたメール{subject}",
    "notice.subject.result.cancelled": "【取り消しました】保留していたメールは送られません{subject}",
    "notice.subject.result.expired": "【送っていません】期限までに決まりませんでした{subject}",
    "notice.subject.result.expired.refused": "【送っていません】承認されませんでした{subject}",
    "notice.subject.result.scheduled": "【{until} に送信します】保留していたメール{subject}",
    "notice.subject.result.changed": "【変更しました】保留しているメール{subject}",
    "notice.subject.disapproved": "【承認されませんでした】メールは送られていません{subject}",
    "notice.subject.digest": "【確認待ち】{count}通のメールがまだ送られていません",
    "notice.subject.digest.until": "【確認待ち】{count}通のメールがまだ送られていません(最初の期限 {until})",
    "notice.subject.digest.results": "【お知らせ】{count}通のメールの結果",
    # The first sentence.
    "notice.intro.hold": "メールを保留しています。まだ送られていません。送ってよいか、確認してください。",
    "notice.intro.elsewhere": (
        "メールを保留しています。まだ送られていません。承認する方の確認を待っています。"
        "送るのをやめるときは、下のページで取り消せます。"
    ),
    "notice.intro.approval": (
        "{owner} さんのメールを保留しています。まだ送られていません。送ってよいか、あなたの確認を待っています。"
    ),
    "notice.intro.approval.nobody": (
        "{owner} さんのメールを保留しています。まだ送られていません。"
        "承認できる方が登録されていないため、管理者にお知らせしています。"
    ),
    "notice.intro.reminder": "次のメールは、まだ送られていません。送ってよいか、確認してください。",
    "notice.intro.reminder.elsewhere": "次のメールは、まだ送られていません。承認する方の確認を待っています。",
    "notice.intro.result.sent": "保留していた次のメールを、{by}が送信しました。することはありません。",
    "notice.intro.result.sent.time": "保留していた次のメールは、時間になったので送信しました。することはありません。",
    "notice.intro.result.cancelled": (
        "保留していた次のメールを、{by}が取り消しました。メールは送られていません。"
        "わけを知りたいときや、送る必要があるときは、その方にお尋ねください。"
    ),
    "notice.intro.result.cancelled.time": "保留していた次のメールを取り消しました。メールは送られていません。",
    "notice.intro.result.expired": (
        "保留していた次のメールは、期限までに送ると決まらなかったので、送らずに取り消しました。"
        "まだ送る必要があれば、宛先と添付を確かめて、もう一度送ってください。"
    ),
    "notice.intro.result.expired.refused": (
        "保留していた次のメールは、承認されなかったので、送らずに終わりました。"
        "まだ必要なときは、メールの画面で理由を読み、直してからもう一度送ってください。"
    ),
    "notice.intro.result.scheduled": (
        "保留していた次のメールを、{by}が {until} に送信することにしました。それまでは、下のページで取り消せます。"
    ),
    "notice.intro.result.changed": (
        "保留している次のメールを、{by}が変更しました。下のページで、変わったところを確かめてください。"
    ),
    "notice.intro.disapproved": (
        "次のメールは、承認されませんでした。まだ送られていません。"
        "承認する方の書いた理由を確認のページで読み、直してもう一度承認を受けるか、取り消してください。"
    ),
    "notice.intro.digest": "確認を待っているメールが {count} 通あります。どれもまだ送られていません。",
    "notice.intro.digest.results": "保留していた {count} 通のメールがどうなったかをお知らせします。",
    "notice.by.person": "{name} さん",
    "notice.by.operator": "管理者",
    # Facts.
    "notice.label.subject": "件名",
    "notice.label.sent_at": "送信した日時",
    "notice.label.recipients": "宛先",
    "notice.no_subject": "(件名なし)",
    "notice.recipients": "{count}名({named})",
    "notice.recipients.more": "{count}名({named} など)",
    "notice.recipients.separator": "、",
    "notice.reason.mark": "・",
    "notice.reasons": "理由:",
    "notice.reasons.more": "理由(ほかに {count} 件あります):",
    # What happens when nobody decides.
    "notice.zero.none": "時間になっても送信しません。決まるまで、送らずに待ちます。",
    "notice.zero.send": "{until} になると、自動的に送信します。",
    "notice.zero.discard": "{until} までに決まらなければ、送らずに取り消します。",
    "notice.zero.escalate.approver": "{until} までに決まらなければ、承認する方に確認をお願いします。",
    "notice.zero.escalate.administrator": "{until} までに決まらなければ、責任者に確認をお願いします。",
    # Where to decide.
    "notice.open": "確認するページを開く",
    "notice.open.list": "サインインして確認する",
    "notice.link": "このリンクで開けるのは、このメールの確認ページだけです。ほかの方に転送しないでください。",
    "notice.no_link": "確認は、事務所の mailguard の画面でお願いします(受付番号 {queue_id})。",
    "notice.no_link.list": "確認は、事務所の mailguard の画面でお願いします。",
    "notice.contact": "分からないときは {postmaster} へお問い合わせください(受付番号 {queue_id})。",
    "notice.contact.unnamed": "分からないときは、システムの管理者にお尋ねください(受付番号 {queue_id})。",
    "notice.contact.list": "分からないときは {postmaster} へお問い合わせください。",
    "notice.contact.list.unnamed": "分からないときは、システムの管理者にお尋ねください。",
    "notice.from": "メールの送信前確認",
    # Lists.
    "notice.digest.line": "{state}期限 {until}",
    "notice.digest.line.untimed": "{state}期限なし",
    "notice.digest.more": "このほかに {count} 通あります。",
    "notice.digest.state.hold": "【確認待ち】",
    "notice.digest.state.approval": "【承認待ち】",
    "notice.digest.state.reminder": "【確認待ち】",
    "notice.digest.state.result": "【結果】",
    "notice.digest.state.disapproved": "【承認されませんでした】",
    "notice.digest.result.sent": "【送信しました】",
    "notice.digest.result.cancelled": "【取り消しました】",
    "notice.digest.result.expired": "【期限切れ・送っていません】",
    "notice.digest.result.expired.refused": "【承認されず・送っていません】",
    "notice.digest.result.scheduled": "【時間を決めて送信します】",
    "notice.digest.result.changed": "【変更しました】",
    "notice.digest.why": "続けて届いたお知らせをまとめました。まとめてのお知らせは、多くても1時間に1通です。",
    # Messages to a chat channel.
    "notice.chat.hold": "確認待ちのメールが新しく {count} 通あります。",
    "notice.chat.approval": "承認を待っているメールが新しく {count} 通あります。",
    "notice.chat.trouble": "メールの送信に問題が起きています。システムの管理者は、mailguard の状態を確かめてください。",
    "notice.chat.well": "メールの送信の問題はなくなりました。",
    "notice.chat.open": "mailguard を開く",
}
