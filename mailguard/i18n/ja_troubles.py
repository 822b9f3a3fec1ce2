"""What can be wrong with the system: on its page, and in mails to administrators. Japanese."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "system.page.trouble.database": "データベースに書き込めません。メールを受け付けられません。",
    "system.page.trouble.database.next": (
        "データベースが動いているか、ディスクに空きがあるかを確かめてください。送信側のソフトは、"
        "自動でもう一度送ります。"
    ),
    "system.page.trouble.disk": "ディスクの空きが足りません。メールを受け付けられません。",
    "system.page.trouble.disk.next": "不要なファイルを消すか、ディスクを大きくしてください。",
    "system.page.trouble.hop": "送信先のサーバー {name} が、メールを受け取りません。",
    "system.page.trouble.hop.next": (
        "{name} が動いているか、接続の設定が合っているかを確かめてください。メールは消えません。つながると、"
        "自動で送ります。"
    ),
    "system.page.trouble.clock": "時計の時刻が変わったため、時間による送信を止めています。",
    "system.page.trouble.clock.next": "時刻が正しいかを確かめてください。正しければ、しばらくして自動で再開します。",
    "system.page.trouble.looking": "メールの中身を調べる処理が動いていません。新しいメールは待っています。",
    "system.page.trouble.looking.next": (
        "自動で起動し直しています。数分たっても直らないときは、サービスを再起動してください。"
    ),
    "system.page.trouble.dns": "DNSが答えません。新しい宛先のドメインを確かめられません。",
    "system.page.trouble.dns.next": "サーバーのネットワークとDNSの設定を確かめてください。",
    "system.page.trouble.syslog": "操作の記録を、監視のサーバーに送れません。記録は消えず、メールは止まりません。",
    "system.page.trouble.syslog.next": (
        "設定 audit.syslog のサーバーが動いているか、証明書が合っているかを確かめてください。"
        "つながると、続きから自動で送ります。"
    ),
    "system.page.trouble.certificate": "証明書の期限まで、あと{days}日です。",
    "system.page.trouble.certificate.next": "新しい証明書に置き換えてください。再起動は必要ありません。",
    "system.page.trouble.certificate_unreadable": "証明書のファイルを読めません。",
    "system.page.trouble.certificate_unreadable.next": (
        "設定 tls.certificate のファイルと、その権限を確かめてください。"
    ),
    "system.page.trouble.other": "{name}: {word}",
    "system.page.trouble.other.next": "サーバーで mailguard doctor を実行して、原因を確かめてください。",
    "system.page.trouble.disk_low": (
        "ディスクの空きが少なくなっています。このままでは、メールを受け付けられなくなります。"
    ),
    "system.page.trouble.disk_low.next": (
        "早めに不要なファイルを消すか、ディスクを大きくしてください。保存期間を短くすることもできます。"
    ),
    "system.page.trouble.queue": "送る時刻になったメールが、10分以上進んでいません。メールは消えていません。",
    "system.page.trouble.queue.next": (
        "サービスを再起動してください。続くときは、サーバーで mailguard doctor を実行してください。"
    ),
    # Once it is over.
    "system.page.trouble.database.over": "データベースに、また書き込めるようになりました。",
    "system.page.trouble.disk.over": "ディスクに、メールを受け付けるだけの空きができました。",
    "system.page.trouble.disk_low.over": "ディスクの空きが、十分になりました。",
    "system.page.trouble.queue.over": "止まっていたメールが、また進んでいます。",
    "system.page.trouble.hop.over": "送信先のサーバー {name} が、またメールを受け取っています。",
    "system.page.trouble.clock.over": "時間による送信を、再開しました。",
    "system.page.trouble.looking.over": "メールの中身を調べる処理が、また動いています。",
    "system.page.trouble.dns.over": "DNSが、また答えるようになりました。",
    "system.page.trouble.syslog.over": "操作の記録を、また監視のサーバーに送っています。",
    "system.page.trouble.certificate.over": "証明書が新しくなりました。",
    "system.page.trouble.certificate_unreadable.over": "証明書のファイルを、また読めるようになりました。",
    "system.page.trouble.other.over": "{name} は、正常に戻りました。",
    # The mails.
    "notice.subject.trouble.begun": "【システムの異常】{what}",
    "notice.subject.trouble.begun.more": "【システムの異常】{what}(ほか {count} 件)",
    "notice.subject.trouble.over": "【復旧しました】{what}",
    "notice.subject.trouble.over.more": "【復旧しました】{what}(ほか {count} 件)",
    "notice.intro.trouble.begun": "メールを中継するシステムに、確認が必要なことが起きています。",
    "notice.intro.trouble.over": "前にお知らせした次のことは、直りました。することはありません。",
    "notice.trouble.begun": "直ったときに、もう一度お知らせします。同じことのお知らせは、1日に1通までです。",
    "notice.trouble.over": "メールの受け付けと送信は、自動で続いています。",
}
