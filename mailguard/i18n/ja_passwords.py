"""Japanese texts about passwords of protected mail: telling them, reading them out, agreeing on them."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # Passwords of parcels: the mails and short messages that tell them.
    "password.from": "パスワードのお知らせ",
    "password.subject": "【パスワード】{subject}",
    "password.file": "ファイル",
    "password.sender": "差出人",
    "password.heading": "■ パスワード",
    "password.typing": (
        "パスワードは、ハイフン(-)も含めて、半角で、大文字と小文字を区別して入力してください。コピーして貼り付けると確実です。"
    ),
    "password.opening.zip": (
        "添付の ZIP ファイルを保存し、Windows では 7-Zip、Mac では Keka などのソフトで開いて、"
        "パスワードを入力してください。"
        "Windows や Mac に初めから入っている機能では、開けないことがあります。"
    ),
    "password.opening.pdf": "添付の PDF ファイルを開いて、パスワードを入力してください。特別なソフトは要りません。",
    "password.opening.office": "添付のファイルを Word や Excel などで開いて、パスワードを入力してください。",
    "password.to_sender.sms_failed": (
        "パスワードをショートメッセージ(SMS)で送ることになっていましたが、送れたかどうかを確かめられませんでした。"
        "お手数ですが、電話で伝えてください。"
    ),
    "password.to_sender.separate_mail_failed": (
        "パスワードを別のメールで送ることになっていましたが、届いたかどうかを確かめられませんでした。"
        "ファイルは届いています。お手数ですが、パスワードを電話で伝えてください。"
    ),
    "password.to_sender.intro": (
        "あなたのメールを、パスワードがないと開けないファイルにして送りました。相手のサーバーが受け取りました。"
    ),
    "password.to_sender.task": (
        "下のパスワードを、相手の方に電話で伝えてください。伝えるまで、相手の方はファイルを開けません。"
    ),
    "password.to_sender.more": "ほか {count} 件",
    "password.to_sender.sentence_heading": "■ 電話で言うこと",
    "password.to_sender.sentence": (
        "「{who}です。先ほどメールでお送りしたファイルのパスワードをお伝えしますので、メモのご用意をお願いします。"
        "大文字と小文字は区別して、ハイフンも入れてください。」"
    ),
    "password.to_sender.who": "{office}の{sender}",
    "password.to_sender.spelling_heading": "■ 読み上げ方(1行ずつ、相手の方が書き終えるのを待ってください)",
    "password.to_sender.opening_heading": "■ 開き方を聞かれたら",
    "password.to_sender.care_heading": "■ 気をつけること",
    "password.to_sender.care_mail": (
        "・このパスワードをメールで送らないでください。宛先がまちがっていたとき、ファイルとパスワードの両方が同じ人に渡ります。"
    ),
    "password.to_sender.care_number": (
        "・電話番号は、名刺や名簿などで前から分かっているものを使ってください。メールに書かれた番号にはかけないでください。"
    ),
    "password.to_sender.care_wrong": (
        "・宛先のまちがいに気づいたら、パスワードを伝えないでください。伝えなければ、ファイルは開けません。"
    ),
    "password.to_sender.contact": "分からないときは、受付番号をそえて {contact} までお問い合わせください。",
    "password.to_sender.contact_unnamed": "分からないときは、受付番号をそえて、メールの管理者にお問い合わせください。",
    "password.separate_mail.intro": (
        "先にお送りしたメールの添付ファイルを開くためのパスワードです。"
        "このメールは、差出人に代わってシステムが自動で送っています。"
    ),
    "password.separate_mail.opening_heading": "■ 開き方",
    "password.separate_mail.contact": "開けないときは、{contact} までお問い合わせください。",
    "password.separate_mail.contact_unnamed": "開けないときは、差出人にお問い合わせください。",
    "password.separate_mail.signature": "{office}(自動送信)",
    "password.separate_mail.astray": "お心当たりのないときは、ファイルを開かずに、差出人にお知らせください。",
    "password.sms": "{office}です。メールの添付ファイルのパスワード: {password}",
    # A password read out by telephone; names in the order of the alphabet, the digits and ASCII's signs.
    "spelling.between": "、",
    "spelling.hyphen": "ハイフン",
    "spelling.blank": "空白",
    "spelling.capital": "大文字の{letter}({name})",
    "spelling.small": "小文字の{letter}({name})",
    "spelling.digit": "数字の{digit}({name})",
    "spelling.sign": "記号の{sign}({name})",
    "spelling.letters": (
        "エー, ビー, シー, ディー, イー, エフ, ジー, エイチ, アイ, ジェー, ケー, エル, エム, "
        "エヌ, オー, ピー, キュー, アール, エス, ティー, ユー, ブイ, ダブリュー, エックス, ワイ, ゼット"
    ),
    "spelling.digits": "ゼロ, いち, に, さん, よん, ご, ろく, なな, はち, きゅう",
    "spelling.signs": (
        "びっくりマーク, ダブルクォーテーション, シャープ, ドル, パーセント, アンド, アポストロフィー, 左かっこ, "
        "右かっこ, アスタリスク, プラス, コンマ, ピリオド, スラッシュ, コロン, セミコロン, 小なり, イコール, 大なり, "
        "はてなマーク, アットマーク, 左の角かっこ, バックスラッシュまたは円マーク, 右の角かっこ, 山形の記号, "
        "アンダーバー, バッククォート, 左の波かっこ, 縦線, 右の波かっこ, チルダ"
    ),
    # What is wrong with a password that is to be agreed with a partner.
    "agreed.characters": (
        "半角の英字、数字、記号だけを使ってください。ほかの文字は、相手の機器で入力できないことがあります。"
    ),
    "agreed.blanks": "先頭と末尾の空白を取ってください。コピーのときに落ちて、開けなくなります。",
    "agreed.too_short": "10文字以上にしてください。",
    "agreed.too_long": "100文字以下にしてください。",
    "agreed.too_few_kinds": "大文字、小文字、数字、記号のうち、3種類以上を混ぜてください。",
    "agreed.row": "「1234」のように続いた数字や、「aaaa」のように同じ文字のくり返しは使わないでください。",
    "agreed.many_digits": "6けた以上の数字を続けないでください。誕生日や電話番号のように、推測されやすくなります。",
    "agreed.well_known": "よく使われる言葉がほとんどを占めています。別の言葉をつなげて、長くしてください。",
    "agreed.partner": "相手の名前や会社名、メールアドレスの一部は使わないでください。",
}
