"""Mails with the same fault. Japanese."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "incidents.tab.look_back": "同じ誤りのメール",
    "incidents.look_back.what": (
        "これまでに送ったメールから、同じ誤りかもしれないものを探しました。"
        "同じ誤りのものに印を付けて、この事故に加えてください。"
    ),
    "incidents.look_back.by": "比べたもの:",
    "incidents.look_back.by.list": "見えていた宛先の組み合わせ",
    "incidents.look_back.by.file": "添付ファイルの中身",
    "incidents.look_back.by.address": "宛先",
    "incidents.look_back.by.rule": "止めたルール",
    "incidents.look_back.by.crowd": "見えていた社外の宛先の数",
    "incidents.look_back.by.domain": "宛先のドメイン",
    "incidents.look_back.why.list": "同じ人たちに見える形",
    "incidents.look_back.why.file": "同じ添付ファイル",
    "incidents.look_back.why.address": "同じ宛先",
    "incidents.look_back.why.more": "ほか{count}件",
    "incidents.look_back.why.rule": "同じルール",
    "incidents.look_back.why.crowd": "社外の多くの人に見える形",
    "incidents.look_back.why.domain": "同じドメイン",
    "incidents.look_back.general": (
        "次のものは{count}通より多くのメールに当てはまるので、これだけが同じメールは並べていません"
        "(この数は、送ったメールの数に合わせて変わります):"
    ),
    "incidents.look_back.skipped": "宛先が{count}件と多いため、1件ずつの宛先では探していません。",
    "incidents.look_back.since": (
        "次の日時より前のメールは、この方法では探せません。心当たりのあるメールは番号で加えてください。"
    ),
    "incidents.look_back.partial": (
        "自分の部門のメールだけを探しました。ほかの部門のメールは、情報セキュリティ責任者が探せます。"
    ),
    "incidents.look_back.found": "同じ誤りかもしれないメール {count}件",
    "incidents.look_back.none": "同じ誤りのメールは見つかりませんでした。",
    "incidents.look_back.no_mail": "メール以外の事故なので、探すもとになるメールがありません。",
    "incidents.look_back.gone": "(保存期間が終わり、件名は残っていません)",
    "incidents.look_back.reached": "宛先{count}件のうち{reached}件に届きました",
    "incidents.look_back.open": "メールを見る",
    "incidents.look_back.more": "ほかにもあります。似ている順に表示しています。加えてから、もう一度探してください。",
    "incidents.look_back.numbers": "ほかのメールを番号で加える",
    "incidents.look_back.numbers.hint": "メールのページのアドレスを貼り付けても読み取れます。いくつでも書けます。",
    "incidents.look_back.add": "この事故に加える",
    "incidents.look_back.add.what": "加えたメールは、まだ送られていない分をすぐ止め、証拠を残します。",
    "incidents.look_back.add.drill": "訓練なので、加えても何も止めません。",
    "incidents.look_back.added": (
        "{count}件のメールを加えました(止めた宛先 {stopped}件、届いた、または届いたかもしれない宛先 {gone}件)。"
    ),
    "incidents.look_back.added.drill": "{count}件のメールを加えました。訓練なので、何も止めていません。",
    "incidents.look_back.closed": "完了した事故です。メールを加えるには、もう一度開いてください。",
    "incidents.look_back.mistake.none": "加えるメールに印を付けるか、番号を書いてください。",
    "incidents.look_back.mistake.numbers": (
        "メールの番号が読み取れません。16文字の番号か、メールのページのアドレスを書いてください。"
    ),
    "incidents.look_back.mistake.unknown": "{queue_id} というメールは見つかりません。",
}
