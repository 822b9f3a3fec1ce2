"""Signing in, second factors and sessions. Japanese."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "sign_in.mail.subject": "【{office}】サインインの確認コード",
    "sign_in.mail.unnamed": "メールゲート",
    "sign_in.mail.intro": "{office}のメール画面へのサインインが {at} に始まりました。確認コードは次のとおりです。",
    "sign_in.mail.type_it": "サインインを始めた画面に入力してください。{until} までの{minutes}分間、1回だけ使えます。",
    "sign_in.mail.or_open": "入力するかわりに、次のページを開いてサインインすることもできます。",
    "sign_in.mail.not_you": "心当たりがないときは、このメールをそのまま捨ててください。使わなければ何も起きません。",
    "sign_in.mail.tell_nobody": "このコードをほかの人に伝えないでください。電話やメールでお聞きすることはありません。",
    "sign_in.weakness.too_short_alone": "短すぎます。パスワードだけでサインインする場合は15文字以上にしてください。",
    "sign_in.weakness.too_short": "短すぎます。10文字以上にしてください。",
    "sign_in.weakness.too_long": "長すぎます。256文字以内にしてください。",
    "sign_in.weakness.too_few_kinds": "15文字未満の場合は、小文字・大文字・数字・記号から3種類以上を使ってください。",
    "sign_in.weakness.too_few_different": "同じ文字の繰り返しが多すぎます。6種類以上の文字を使ってください。",
    "sign_in.weakness.holds_name": "メールアドレスや事務所の名前が入っています。別の言葉にしてください。",
    "sign_in.weakness.well_known_row": "「12345678」や「qwerty」のような並びがほとんどです。別の言葉にしてください。",
    "sign_in.weakness.known": "よく使われているパスワードです。推測されやすいため、別のものにしてください。",
    "sign_in.weakness.control_character": "使えない文字が入っています。入力し直してください。",
}
