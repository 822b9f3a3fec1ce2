"""The evidence of an incident, on its page and in its bundle. Japanese."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "incidents.tab.evidence": "証拠",
    "incidents.evidence.export": "証拠を書き出す",
    "incidents.evidence.export.what": (
        "受け取ったままのメール、送ったままのメール、その記録、これまでの対応を、1つのZIPファイルにまとめます。"
        "受け取った人は、中身が変わっていないことを自分で確かめられます。"
    ),
    "incidents.evidence.export.do": "書き出す",
    "incidents.evidence.export.care": (
        "ファイルには個人情報が含まれます。書き出したことと目的は記録され、責任者が見られます。"
    ),
    "incidents.evidence.purpose": "何のために書き出しますか",
    "incidents.evidence.purpose.hint": "例: 弁護士に相談するため。記録に残ります。",
    "incidents.evidence.mistake.purpose": "目的を{max}文字までで書いてください。",
    "incidents.evidence.noted": "残してある証拠",
    "incidents.evidence.noted.what": (
        "登録したときのメールと記録のハッシュ(指紋のような値)です。いまの中身と同じかどうかを確かめられます。"
    ),
    "incidents.evidence.noted.none": "メールの証拠はありません。メール以外の事故です。",
    "incidents.evidence.check": "いまの中身と比べる",
    "incidents.evidence.check.same": "{count}件とも、登録したときと同じでした。",
    "incidents.evidence.check.gone": (
        "変わったものはありません。{count}件は、保存期間が終わって中身が消えています(ハッシュは残っています)。"
    ),
    "incidents.evidence.check.changed": (
        "{count}件が、登録したときと違うか、読めません。システム管理者に知らせ、これ以上さわらないでください。"
    ),
    "incidents.evidence.exports": "これまでの書き出し",
    "incidents.evidence.exports.none": "まだ書き出していません。",
    "incidents.evidence.digest": "目録のSHA-256:",
    "incidents.evidence.digest.what": (
        "ファイルを渡した相手に、この値を電話など別の方法で伝えてください。差し替えられていないことを確かめられます。"
    ),
    "bundle.list": "証拠の目録",
    "bundle.guide": (
        "この証拠の確かめ方\n"
        "\n"
        "1. 中身が変わっていないこと\n"
        "   ZIPファイルを展開し、そのフォルダで次を実行します。\n"
        "     sha256sum -c SHA256SUMS\n"
        "   すべて OK と出れば、目録に書かれたとおりの中身です。\n"
        "\n"
        "2. 目録が差し替えられていないこと\n"
        "     sha256sum manifest.json\n"
        "   この値が、組織から別の方法(電話など)で聞いた「目録のSHA-256」と同じことを確かめます。\n"
        "\n"
        "3. 記録のつながりまで確かめるとき(mailguardを入れたパソコンで。データベースは要りません)\n"
        "     mailguard incident verify-bundle ファイル.zip --manifest-sha256 聞いた値\n"
        "\n"
        "ファイルの意味\n"
        "  manifest.json / manifest.txt  目録(同じ内容)\n"
        "  mails/.../as-received.eml     受け付けたままのメール\n"
        "  mails/.../as-edited.eml       送信前に人が直したあとのメール\n"
        "  mails/.../as-sent-N.eml       受取人ごとに作って送ったメール(先頭に Received: が1行加わります)\n"
        "  record.jsonl                  監査記録。1行が1件で、hash は次の式で計算できます。\n"
        "      SHA-256(previous の32バイト + 次の値を改行でつないだUTF-8)\n"
        "      seq, at, actor_kind, action, queue_id(なければ空), details, actor\n"
        "      seq が1のとき、previous は0が32バイトです。\n"
        "  timeline.jsonl                これまでの対応\n"
        "  documents/...-version-N.txt   人が確かめて確定した文書と、送った手紙(読むための形)\n"
        "  documents/...-version-N.json  同じ文書を、確定したときのハッシュを計算した形で保存したもの\n"
        "目録の wire_sha256 は、SMTPで送る形(行頭の点を2つにした形)のSHA-256です。\n"
    ),
}
