"""Secrets written in a mail with their value: passwords, PINs, one-time codes, keys, tokens.

A word for a secret and then, on its line or alone on the next, something that can be one. Announcements without a
value (パスワードは別途お送りします), rules for passwords, log-in names and plain links are none. Keys with a form of
their own are found without a word; the forms are those their makers document (AWS access key ids, GitHub, GitLab,
Slack, Stripe, Google and npm tokens, RFC 7519 tokens, RFC 7468 private keys). A meeting's passcode beside its meeting
id is ``credential.meeting`` with confidence 0.4: no finding by itself, since every invitation has one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import chain, product

from mailguard.inspection.text import Candidate, Detector, Text, header_key
from mailguard.model.finding import Because, Evidence, Kind

_WORD = (
    r"(?:パスワード|パスワ-ド|パスコード|パスフレーズ|暗証番号|認証コード|認証番号|確認コード"
    r"|セキュリティ・?コード|セキュリティ番号|ワンタイムコード|アクセスコード|アクセスキー|シークレットキー"
    r"|シークレット|納税用確認番号"
    r"|秘密鍵|(?:事前)?共有(?:鍵|キー)|暗号化?鍵|接続キー|暗号化?キー|Wi-?Fiキー|セキュリティキー|プリシェア[ー-]?ドキー"
    r"|ネットワークキー|APIキー|APIトークン|アクセストークン|トークン|合言葉|合い言葉|解凍キー"
    r"|復号キー|(?<![\u30a1-\u30fa\u30fc])キー(?=[ ]?[:=「は])|パス(?=[:は]|「)"
    r"|(?<![A-Za-z])(?:pass ?word|passwd|pass ?code|pass ?phrase|pass|pwd|P/W|PW|PIN(?:コード|番号| ?code)?|OTP"
    r"|CVV2?|CVC"
    r"|api[ _-]?(?:key|token|secret)|client[ _-]?secret|aws_secret_access_key"
    r"|psk|(?:secret|access|private|encryption|security|wi-?fi|wpa[23]?|pre-?shared|network|vpn)"
    r"[ _-]?(?:access[ _-]?)?(?:key|token|code|キー|鍵)"
    r"|secret|token|verification code|one-time code)(?![A-Za-z]))"
)
_ASIDE = r"(?:[ ]?[(\[][^()\[\]\n:]{1,20}[)\]])?"
_OPEN = r"[「『\"'“‘【<\[(]"
_GLUE = (
    rf"(?:[0-9]{{1,2}}(?=[ ]?[:=は]))?[】\])」』]?{_ASIDE}"
    rf"(?:[ ]?(?:につきましては|については|としては|として|は|が|を|→|⇒|:|=|-(?=[ ])|>|,|、)"
    rf"|[ ](?:is|was"
    rf"|for [^\n:=.]{{1,40}}[ ](?:is|was)|for [^\n:=.]{{1,40}}:)(?=[ :])){{0,3}}"
    r"[ \t]{0,12}(?:次の?(?:文字列|もの)|(?:次|以下|下記)(?:の(?:とおり|通り))?|こちら)?(?:です)?[:：]?[ \t]{0,4}"
)
_LABELLED = re.compile(rf"({_WORD})({_GLUE})({_OPEN}?)([!-~]{{3,128}})", re.IGNORECASE)
_ANNOUNCED = re.compile(
    rf"({_WORD})([^\n]{{0,40}})\n[> ]{{0,4}}(?:[-=*_─━―‐~]{{3,80}})?(?:\n[> ]{{0,4}})?[ \t]{{0,8}}"
    rf"([・>■●◆※→*-]?[ ]?{_OPEN}?)([!-~]{{4,64}})[」』】”’]?[ \t]{{0,4}}(?=\n|$)",
    re.IGNORECASE,
)
_JAPANESE = re.compile(
    r"(パスワード|パスコード|パスフレーズ|暗証番号|合言葉|合い言葉|暗号化?キー|解凍キー)"
    r"[ ]?(?:は|[:=→⇒])[、 ]{0,4}([「『\"]?)"
    r"(?=([\u3041-\u3096\u30a1-\u30fa\u30fc\u4e00-\u9fff々!#$%&*+.@_0-9A-Za-z-]{3,32}))"
)
"""A secret that is Japanese, or begins so: さくら2026. What may follow is looked at by ``_japanese``."""
_JAPANESE_SECRET = re.compile(
    r"[\u3041-\u3096\u30a1-\u30fa\u30fc\u4e00-\u9fff]{2,12}[#$%&*+@!_.-]?[0-9A-Za-z]{2,12}[#$%&*+@!_.-]{0,4}"
)
_SAID_AFTER = re.compile(r"[ ]{0,2}(?:です|でお?願い|となり|になり|に設定|で(?:開|解凍|ログイン)|[。」』\"\n)]|$)")
_KANJI_DIGITS = re.compile(r"[〇零一二三四五六七八九]{4,8}")
_NO_JAPANESE_SECRET = re.compile(
    r"[第下上約各計全毎前後翌同]|平成|令和|昭和|西暦|半角|全角|英数|数字|文字|ケタ|桁|番号|電話|誕生|生年月日|郵便|社員|会員"
    r"|会社名|貴社|弊社|別|変更|設定|連絡|通知|送付|同じ|以上|以下|以内|必ず|大文字|小文字|記号|氏名|年度|月|様式|件名|添付|説明"
)
"""What tells of a secret and is none: 社員番号, 半角英数8文字, お誕生日4桁."""

_USER_AND_PASSWORD = re.compile(
    r"(?:ログイン)?(?:ID|ユーザー?(?:名|ID)?|user(?:name)?|アカウント)[ ]?(?:[/・&,と]|及び|および)[ ]?"
    r"((?:仮|初期)?(?:パスワード|password|pass|PW))[ ]?(?:は|:|=|→)[ ]{0,4}[「(]?[!-~]{2,64}?[」)]?[ ]?(?:[/・,、]"
    r"|と|[ ])[ ]?[「(]?([!-~]{4,64})",
    re.IGNORECASE,
)
_SENT_OTHERWISE = re.compile(
    r"別途|別送|別便|別メール|後ほど|後程|追って|電話|口頭|FAX|郵送|変更|忘れ|再設定|再発行|お手元|ご自身|設定して"
    r"|従来|前回|同じ|ありません|不要|なし"
    r"|separately|reset|forgot|change|expire|later|by phone|your own",
    re.IGNORECASE,
)
_RULE_AFTER = re.compile(
    r"[ ]?(?:文字|桁|ケタ|形式|以上|以内|以下|回|分|日|ヶ月|か月|個|characters|chars|digits|letters|minutes|days|times)"
)
_NO_SECRET = frozenset(
    {
        "required", "protected", "reset", "change", "changed", "changes", "expired", "expires", "expire", "incorrect",
        "invalid", "none", "null", "n/a", "tbd", "same", "below", "above", "separately", "follows", "here", "see",
        "will", "is", "has", "have", "policy", "manager", "managers", "your", "my", "our", "for", "to", "and", "or",
        "the", "in", "of", "this", "that", "with", "sent", "link", "page", "field", "form", "email", "mail", "login",
        "user", "username", "name", "yes", "no", "not", "ok", "on", "off", "at", "are", "was", "be", "if", "when",
        "you", "please", "only", "must", "should", "can", "may", "it", "as", "by", "from", "id", "pw", "pass",
        "password", "passwd", "pin", "code", "key", "token", "url", "http", "https", "xxxx", "xxxxx", "xxxxxx",
        "xxxxxxxx", "yyyymmdd", "mmdd", "yymmdd", "string", "text", "true", "false", "default", "value", "enter",
        "forgot", "recovery", "hint", "authentication", "zip", "pdf", "excel", "word", "file", "files", "zipfile",
        "protection", "security", "update",
    }
)  # fmt: skip
_PLACEHOLDER = re.compile(
    r"[*xX●○_.\-?#=]{3,}|<[^>]*>?|\{[^}]*\}?|%[^%]*%|\$\{.*|.*@[A-Za-z0-9.-]+\.[A-Za-z]{2,}|https?:.*|www\..*|/{1,2}.*"
)
_IS_MIXED = re.compile(
    r"(?=[!-~]*\d)(?=[!-~]*[A-Za-z])|(?=[!-~]*[a-z])(?=[!-~]*[A-Z])(?=.{6})"
    r"|(?=[!-~]*[A-Za-z0-9])(?=[!-~]*[#$%&@!+^?~_])"
)
_IS_DATE_OR_TIME = re.compile(r"(?:\d{1,4}[/:.]\d{1,2}(?:[/:.]\d{1,4})?)(?:[-~].*)?|\d{1,3}(?:,\d{3})+")
_WIRELESS = re.compile(r"SSID|Wi-?Fi|無線LAN|WPA|WEP", re.IGNORECASE)
_MEETING = re.compile(
    r"(?:ミーティング|会議|ウェビナー|meeting|webinar)[ ]?(?:ID|番号|No|number)|zoom\.us"
    r"|zoom[^\s]{0,40}/j/|webex|teams\.microsoft",
    re.IGNORECASE,
)
_PASSCODE = re.compile(r"パス|pass|PIN|pwd|PW", re.IGNORECASE)
_CARD_CODE = re.compile(r"CVV2?|CVC|セキュリティ・?コード|PIN.*", re.IGNORECASE)
_STRONG_GLUE = re.compile(r"[:=「→⇒は】]|\bis\b")
_CLOSING = {"「": "」", "『": "』", '"': '"', "'": "'", "“": "”", "‘": "’", "【": "】", "<": ">", "[": "]", "(": ")"}

_FORMS = re.compile(
    r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY-----(?:[A-Za-z0-9+/=\s]{0,4096}"
    r"-----END (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY-----)?"
    r"|(?<![A-Za-z0-9])(?:(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Za-z])|gh[pousr]_[A-Za-z0-9]{36,255}"
    r"|github_pat_[A-Za-z0-9_]{22,255}"
    r"|glpat-[A-Za-z0-9_-]{20,64}|xox[abeoprs]-[A-Za-z0-9-]{10,255}|[sr]k_(?:live|test)_[A-Za-z0-9]{16,255}"
    r"|sk-[A-Za-z0-9_-]{20,255}"
    r"|AIza[0-9A-Za-z_-]{35}|ya29\.[0-9A-Za-z_-]{20,255}|npm_[A-Za-z0-9]{36}"
    r"|eyJ[A-Za-z0-9_-]{8,2048}\.eyJ[A-Za-z0-9_-]{8,2048}\.[A-Za-z0-9_-]{8,1024})"
)
_FORM_SIGNS = (
    "PRIVATE KEY", "AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox", "k_live_",
    "k_test_", "sk-", "AIza", "ya29.", "npm_", "eyJ",
)  # fmt: skip
_BEARER = re.compile(r"Bearer[ ]{1,2}([A-Za-z0-9._~+/=-]{16,2048})")
_IN_URL = re.compile(
    r"[?&#;](?:[A-Za-z_]{0,20}(?:token|secret|password|passwd|apikey|api_key|access_key"
    r"|resetkey))=([A-Za-z0-9._~%+/=-]{8,2048})"
    r"|(?<=://)[A-Za-z0-9._%+-]{1,64}:([^\s:/@]{3,64})@[A-Za-z0-9.-]{3,}",
    re.IGNORECASE,
)
_HINTS = (
    "パス", "暗証", "認証コード", "認証番号", "確認番号", "確認コード", "セキュリティコード", "セキュリティ・コード",
    "セキュリティ番号", "アクセスコード", "ワンタイムコード", "アクセスキー", "APIキー", "暗号キー", "暗号化キー",
    "ネットワークキー", "解凍キー", "復号キー", "鍵", "接続キー", "Fiキー", "セキュリティキー", "ドキー", "共有キー",
    "キー:", "キー :", "キー「", "キーは", "シークレット", "トークン", "合言葉", "合い言葉", "WPAキー",
    "WPA2キー", "WPA3キー", "VPNキー",
)  # fmt: skip
_HINTS_ENGLISH = (
    "pass", "pw", "p/w", "pin", "secret", "token", "api key", "apikey", "api_key", "api-key", "access key",
    "access_key", "private key", "encryption key", "security key", "otp", "cvv", "cvc", "access code",
    "psk", "shared key", "network key", "wifi key", "wi-fi key", "wpa", "vpn key", "security code", "-time code",
    "verification code",
)  # fmt: skip
_SIGNS = re.compile(
    "パス|暗証|認証|確認番号|コ-?ード|セキュリティ|シークレット|鍵|キー|トークン|合言葉|合い言葉"
    "|pass|pwd|pw|p/w|pin|otp|cvv|cvc|secret|token|key|code|psk"
)
"""In every word for a secret, in small letters. Only lines that hold one are looked at closely."""

_LINES_BELOW = 2


def _told_lines(text: Text) -> list[tuple[int, int]]:
    """Start and end of the lines with a word for a secret, with the two below, where it may stand alone."""
    plain = text.plain
    spans: list[tuple[int, int]] = []
    line_end = 0
    for sign in _SIGNS.finditer(text.small):
        if sign.start() < line_end:
            continue
        start = plain.rfind("\n", 0, sign.start()) + 1
        line_end = end = _line_end(plain, sign.end())
        for _ in range(_LINES_BELOW):
            end = _line_end(plain, end + 1)
        if spans and start <= spans[-1][1]:
            start = spans.pop()[0]
        spans.append((start, end))
    return spans


def _in_lines(pattern: re.Pattern[str], plain: str, lines: list[tuple[int, int]]) -> Iterator[re.Match[str]]:
    for start, end in lines:
        yield from pattern.finditer(plain, start, end)


def _line_end(plain: str, at: int) -> int:
    end = plain.find("\n", at)
    return end if end >= 0 else len(plain)


def _value_in(text: Text, start: int, opened: str) -> tuple[int, int]:
    """Where the secret that begins at a place ends: at its closing bracket, or where blanks or Japanese begin."""
    plain = text.plain
    limit = min(len(plain), start + 128)
    end = start
    while end < limit and "!" <= plain[end] <= "~":
        end += 1
    if opened:
        closing = plain.find(_CLOSING[opened], start, end + 1)
        return start, closing if closing > start else end
    while end > start and plain[end - 1] in ",;)]}>\"'" and not (plain[end - 1] == ")" and "(" in plain[start:end]):
        end -= 1
    if end > start + 4 and plain[end - 1] == ".":
        end -= 1
    return start, end


def _can_be_secret(value: str, label: str, is_strong: bool) -> bool:
    """Whether a token is a secret and no sentence's word, placeholder, address, date or link."""
    if len(value) < 4 and not (len(value) == 3 and value.isdigit() and _CARD_CODE.fullmatch(label)):
        return False
    if (
        value.casefold().strip(".,:;!") in _NO_SECRET
        or _PLACEHOLDER.fullmatch(value)
        or _IS_DATE_OR_TIME.fullmatch(value)
    ):
        return False
    if not any(character.isalnum() for character in value):
        return False
    return True if is_strong else bool(_IS_MIXED.match(value)) or (value.isdigit() and 4 <= len(value) <= 12)


def _labelled(text: Text, lines: list[tuple[int, int]]) -> Iterator[Candidate]:
    """Secrets after their word on the same line."""
    plain = text.plain
    for found in _in_lines(_LABELLED, plain, lines):
        label, glue, opened = found[1], found[2], found[3]
        start, end = _value_in(text, found.start(4), opened)
        value = plain[start:end]
        is_english_verb = re.search(r"\bis\b|\bwas\b", glue) is not None and not opened
        is_strong = bool(opened or _STRONG_GLUE.search(glue)) and not is_english_verb
        if label == "キー" and not _WIRELESS.search(plain):
            continue
        if not glue and not opened and label[-1:].isascii():
            continue  # PINK12, password1: one word
        if not _can_be_secret(value, label, is_strong) or _RULE_AFTER.match(plain, end):
            continue
        evidence = (Evidence(Because.LABEL, label, len(glue)),)
        if _MEETING.search(plain[max(0, start - 160) : start]) and _PASSCODE.search(label):
            yield Candidate(
                Kind.CREDENTIAL, start, end, 0.4, "credential.meeting",
                (*evidence, Evidence(Because.WORD_BEFORE, "会議ID")), value,
            )  # fmt: skip
            continue
        yield Candidate(Kind.CREDENTIAL, start, end, 0.9 if is_strong else 0.75, "credential.labelled", evidence, value)


def _announced(text: Text, lines: list[tuple[int, int]]) -> Iterator[Candidate]:
    """Secrets alone on the line below their word."""
    for found in _in_lines(_ANNOUNCED, text.plain, lines):
        start, end = _value_in(text, found.start(4), found[3][-1:] if found[3][-1:] in _CLOSING else "")
        value = text.plain[start:end]
        sentence = text.before(found.start(), 24).rpartition("\n")[2] + found[2]
        if _SENT_OTHERWISE.search(sentence) or not _can_be_secret(value, found[1], is_strong=False):
            continue
        is_alone = not found[2].strip(" :：は。です")
        if (
            value.isdigit()
            and not is_alone
            and not re.search(r"以下|下記|次の|こちら|通り|とおり|お知らせ|お伝え|:$", found[2])
        ):
            continue
        evidence = (Evidence(Because.LABEL, found[1], len(found[2])),)
        yield Candidate(Kind.CREDENTIAL, start, end, 0.8, "credential.next_line", evidence, value)


def _japanese(text: Text, lines: list[tuple[int, int]]) -> Iterator[Candidate]:
    """Secrets that hold Japanese: letters, then digits or Latin letters; what brackets hold; digits in kanji.

    A word in brackets is one only behind a label that a secret follows (合言葉は「あおぞら」).
    """
    plain = text.plain
    for found in _in_lines(_JAPANESE, plain, lines):
        start, opened = found.end(2), found[2]
        if opened:
            end = plain.find(_CLOSING[opened], start, start + 33)
            value = plain[start:end] if end > start else ""
            is_secret = value == found[3] and any("\u3041" <= one <= "\u9fff" for one in value)
        else:
            told = _KANJI_DIGITS.match(plain, start) or _JAPANESE_SECRET.match(plain, start)
            end = told.end() if told else start
            value = plain[start:end]
            is_secret = bool(told) and _SAID_AFTER.match(plain, end) is not None
        if not is_secret or _NO_JAPANESE_SECRET.search(value):
            continue
        evidence = (Evidence(Because.LABEL, found[1], start - found.end(1)),)
        yield Candidate(Kind.CREDENTIAL, start, end, 0.8, "credential.japanese", evidence, value)


def _with_form(text: Text) -> Iterator[Candidate]:
    """Keys and tokens that show what they are."""
    plain = text.plain
    if any(sign in plain for sign in _FORM_SIGNS):
        for found in _FORMS.finditer(plain):
            evidence = (Evidence(Because.SHAPE),)
            yield Candidate(Kind.CREDENTIAL, found.start(), found.end(), 0.95, "credential.form", evidence, found[0])
    if "Bearer" in plain:
        for found in _BEARER.finditer(plain):
            evidence = (Evidence(Because.LABEL, "Bearer"),)
            yield Candidate(Kind.CREDENTIAL, *found.span(1), 0.85, "credential.bearer", evidence, found[1])
    if "://" in plain:
        for found in _IN_URL.finditer(plain):
            group = 1 if found[1] else 2
            evidence = (Evidence(Because.SHAPE),)
            yield Candidate(Kind.CREDENTIAL, *found.span(group), 0.7, "credential.link", evidence, found[group])


def _with_user(text: Text, lines: list[tuple[int, int]]) -> Iterator[tuple[Candidate, tuple[int, int]]]:
    """Secrets written behind a log-in name with both words before, each with the bounds of the whole."""
    for found in _in_lines(_USER_AND_PASSWORD, text.plain, lines):
        start, end = _value_in(text, found.start(2), "")
        value = text.plain[start:end]
        if _can_be_secret(value, found[1], is_strong=False):
            evidence = (Evidence(Because.LABEL, found[1]),)
            yield Candidate(Kind.CREDENTIAL, start, end, 0.92, "credential.user", evidence, value), found.span()


def find(text: Text) -> Iterator[Candidate]:
    """All secrets of a text, none inside another."""
    taken = []
    for candidate in _with_form(text):
        taken.append((candidate.start, candidate.end))
        yield candidate
    plain = text.plain
    if not any(hint in plain for hint in _HINTS) and not any(hint in text.small for hint in _HINTS_ENGLISH):
        return
    lines = _told_lines(text)
    for candidate, bounds in _with_user(text, lines):
        taken.append(bounds)
        yield candidate
    starts = sorted(taken)
    for candidate in chain(_labelled(text, lines), _announced(text, lines), _japanese(text, lines)):
        before = bisect_right(starts, (candidate.start, len(plain))) - 1
        if before < 0 or candidate.start >= starts[before][1]:
            yield candidate


def normal_form(plain: str) -> str:
    """What secrets count as: as written, without blanks around."""
    return plain.strip()


def cell(plain: str) -> tuple[int, int] | None:
    """The secret in a cell of a column of passwords."""
    stripped = plain.strip()
    if not 3 <= len(stripped) <= 128 or not re.fullmatch(r"[!-~]+", stripped):
        return None
    if stripped.casefold() in _NO_SECRET or _PLACEHOLDER.fullmatch(stripped):
        return None
    start = plain.find(stripped)
    return start, start + len(stripped)


def _headers() -> frozenset[str]:
    """Names of columns: which secret and the word for it."""
    owners = (
        "", "仮", "初期", "新", "旧", "ログイン", "ログオン", "メール", "メールの", "管理者", "共通", "システム",
        "Wi-Fi", "VPN", "WPA", "WPA2", "無線LAN", "SSID", "解凍", "ネット", "会員", "個人", "発行", "初回", "PC",
        "ユーザー", "暗号化", "認証", "ID",
    )  # fmt: skip
    things = (
        "パスワード", "PW", "PASS", "Password", "Passwd", "暗証番号", "PIN", "PINコード", "パスコード",
        "パスフレーズ", "認証コード", "アクセスキー", "APIキー", "シークレット", "トークン", "合言葉",
        "共有鍵", "事前共有鍵", "共有キー", "事前共有キー", "暗号化キー", "暗号化鍵", "セキュリティキー", "接続キー",
        "ネットワークキー", "ネットワークセキュリティキー",
    )  # fmt: skip
    english = (
        "initial password", "temporary password", "temp password", "user password", "api key", "secret key", "token",
        "pwd", "psk", "pre-shared key", "wifi key", "network key", "encryption key", "pin code", "passcode",
        "access key", "secret", "login password",
    )  # fmt: skip
    return frozenset(
        (*(header_key(a + b) for a, b in product(owners, things)), *(header_key(name) for name in english))
    )


DETECTOR = Detector(Kind.CREDENTIAL, find, _headers(), cell, priority=50, normal=normal_form)
