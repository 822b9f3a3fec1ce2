"""An invented office and those it writes to: senders, firms, greetings, signatures, and a mail put together.

Domains are reserved for examples (RFC 2606), telephones use exchanges 555 and 5555, towns are real and numbers drawn.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP

from tests.corpus.generated.numbers import corporate_number

OWN_DOMAIN = "aoba-gojo.example.jp"
OFFICE = "一般財団法人あおば互助会"
_CLERKS = (
    ("大日方 由紀", "obinata"), ("長谷川 誠", "hasegawa"), ("降旗 美穂", "furihata"), ("比嘉 直人", "higa"),
    ("小宮山 亮", "komiyama"), ("宇都宮 千春", "utsunomiya"),
)  # fmt: skip
_DEPARTMENTS = ("総務課", "給付課", "会計課", "福祉事業課", "企画課")
_PARTNERS = (
    ("株式会社しらかば印刷", "shirakaba-print.example.co.jp"), ("みどり野銀行 本店営業部", "midorino.example.com"),
    ("ちくま観光ホテル", "chikuma-hotel.example.com"), ("青空商事株式会社", "aozora.example.co.jp"),
    ("県立みなみ高等学校", "minami-hs.ed.example.jp"), ("北山システム株式会社", "kitayama-sys.example.net"),
    ("ひかり生命保険株式会社", "hikari-life.example.com"), ("さくら社会保険労務士事務所", "sakura-sr.example.jp"),
)  # fmt: skip
_CONTACTS = (("加藤 信也", "kato"), ("関 久美子", "seki"), ("福島 拓", "fukushima"), ("石川 加奈", "ishikawa"))
_OPENINGS = (
    "いつもお世話になっております。", "平素より大変お世話になっております。", "お世話になっております。",
    "時下ますますご清栄のこととお慶び申し上げます。平素は格別のご高配を賜り、厚く御礼申し上げます。",
)  # fmt: skip
_CLOSINGS = (
    "どうぞよろしくお願いいたします。", "以上、よろしくお願い申し上げます。",
    "ご確認のほど、よろしくお願いいたします。",
    "ご不明な点がございましたら、お気軽にお問い合わせください。",
)  # fmt: skip
_RULES = ("-- ", "━" * 24, "―" * 20, "*" * 30, "=" * 32, "_" * 28, "◇" + "─" * 22 + "◇")
FILLING = (
    "先日は貴重なお時間をいただき、誠にありがとうございました。頂戴したご意見は、来年度の事業計画に反映させてまいります。",
    "なお、当日は駐車場の台数に限りがございますので、公共交通機関のご利用にご協力をお願いいたします。",
    "資料の内容についてご不明な点がありましたら、今週中に担当までお知らせください。折り返しご連絡いたします。",
    "例年この時期は申込みが集中いたします。締切を過ぎたものは次回の取扱いとなりますので、あらかじめご了承ください。",
    "ご提出いただいた書類は返却いたしません。必要な場合は、事前に写しをおとりくださいますようお願いします。",
    "会議の議題は、令和8年度の予算案、規程の一部改正、およびその他の報告事項を予定しております。",
    "新しい仕組みでは、申請から決定までの期間が従来の10営業日から5営業日に短縮される見込みです。",
    "前回の打合せでご指摘のあった2点につきましては、仕様書の3ページと7ページに修正を加えております。",
    "費用の見込みは前年度比で3.5％の増加ですが、用紙代と送料の値上がりによるもので、単価は変わっておりません。",
    "当会の窓口は平日の午前9時から午後5時までです。年末年始は12月29日から1月3日までお休みをいただきます。",
    "システムの切替えに伴い、11月21日の18時から翌朝6時まで、画面からの申請ができなくなります。",
    "本メールは配信専用ではありませんので、そのままご返信いただいて差し支えありません。",
)  # fmt: skip


@dataclass(frozen=True)
class Attached:
    """A file of a mail."""

    name: str
    octets: bytes
    kind: str = "application/octet-stream"


@dataclass(frozen=True)
class Document:
    """One mail and what is in it. ``values``: kind, place and value; ``persons``: distinct people they belong to."""

    family: str
    octets: bytes
    sender: str
    recipients: tuple[str, ...]
    values: tuple[tuple[str, str, str], ...] = ()
    persons: int = 0
    must_protect: bool = False


@dataclass
class Draft:
    """A mail in the making: ``lines`` between opening and closing, or ``html`` beside or instead of them."""

    family: str
    subject: str
    lines: list[str] = field(default_factory=list)
    html: str = ""
    files: list[Attached] = field(default_factory=list)
    values: list[tuple[str, str, str]] = field(default_factory=list)
    persons: int = 0
    must_protect: bool = False
    below: str = ""
    """Text under the signature: what a reply quotes."""


def telephone(draw: random.Random) -> str:
    """An office's telephone."""
    return f"{draw.choice(('026', '048', '075', '022'))}-555-{draw.randint(0, 9999):04d}"


def lot(draw: random.Random) -> str:
    """The numbers an address ends with."""
    return f"{draw.randint(1, 6)}-{draw.randint(1, 30)}-{draw.randint(1, 20)}"


def signature(draw: random.Random, name: str, box: str, office: str = OFFICE) -> str:
    """The block a clerk signs with."""
    rule = draw.choice(_RULES)
    post = f"〒{draw.randint(330, 399)}-{draw.randint(0, 9999):04d}"
    place = f"長野県長野市{draw.choice(('緑町', '若里', '中御所'))}{lot(draw)}"
    phone, fax = telephone(draw), telephone(draw)
    lines = [rule, f"{office}　{draw.choice(_DEPARTMENTS)}", name]
    match draw.randint(0, 3):
        case 0:
            lines += [f"{post} {place}", f"TEL {phone} / FAX {fax}", f"E-mail: {box}"]
        case 1:
            lines += [f"{post}", place, f"電話：{phone}（直通）", f"携帯：090-5550-{draw.randint(0, 9999):04d}", box]
        case 2:
            lines += [f"Tel: {phone}  Fax: {fax}", f"Mail: {box}", f"https://www.{OWN_DOMAIN}/"]
        case _:
            lines += [f"{post}　{place} 3F", f"℡{phone}（内線 {draw.randint(100, 999)}）", f"mailto:{box}"]
    return "\n".join([*lines, *([rule] if rule != "-- " else [])])


def filling(draw: random.Random, count: int) -> list[str]:
    """So many paragraphs about the business, of nobody."""
    return [
        one for picked in (draw.sample(FILLING, min(count, len(FILLING))),) for text in picked for one in (text, "")
    ]


def quoted(draw: random.Random, text: str, firm: tuple[str, str], contact: tuple[str, str]) -> str:
    """A text as a reply quotes it, with its header."""
    box = f"{contact[1]}@{firm[1]}"
    sent = f"2026年{draw.randint(1, 12)}月{draw.randint(1, 28)}日"
    lines = text.split("\n")
    match draw.randint(0, 2):
        case 0:
            return f"{sent}(水) 10:{draw.randint(10, 59)} {contact[0]} <{box}>:\n" + "\n".join(
                f"> {one}" for one in lines
            )
        case 1:
            head = f"-----Original Message-----\nFrom: {contact[0]} <{box}>\nSent: {sent} 9:12\nSubject: ご連絡\n"
            return head + "\n" + text
        case _:
            return f"差出人: {contact[0]} <{box}>\n送信日時: {sent} 15:40\n件名: 書類の件\n\n{text}"


def written(draft: Draft, draw: random.Random) -> Document:
    """The mail in octets, with a greeting, a signature and the envelope of a clerk who writes to one firm."""
    name, box = draw.choice(_CLERKS)
    sender = f"{box}@{OWN_DOMAIN}"
    firm, contact = draw.choice(_PARTNERS), draw.choice(_CONTACTS)
    receiver = f"{contact[1]}@{firm[1]}"
    greeting = f"{firm[0]}\n{contact[0].split(' ')[0]}様" if draw.random() < 0.7 else f"{firm[0]} ご担当者様"
    said = f"{OFFICE}の{name.split(' ')[0]}です。" if draw.random() < 0.7 else ""
    body = [greeting, "", draw.choice(_OPENINGS) + said, "", *draft.lines, "", draw.choice(_CLOSINGS), ""]
    body.append(signature(draw, name, sender))
    if draft.below:
        body += ["", draft.below]
    message = EmailMessage(policy=SMTP)
    message["From"] = f"{name} <{sender}>"
    message["To"] = f"{contact[0]} <{receiver}>"
    message["Subject"] = draft.subject
    message["Date"] = "Wed, 25 Nov 2026 10:00:00 +0900"
    message["Message-ID"] = f"<{draw.randrange(10**12)}@{OWN_DOMAIN}>"
    text = "\n".join(body)
    if draft.html:
        shown = "<br>\n".join(body[:4]) + draft.html + "<br>\n".join(body[-3:]).replace("\n", "<br>\n")
        message.set_content(f"<html><body>{shown}</body></html>", subtype="html")
    else:
        charset = draw.choice(("utf-8", "utf-8", "iso-2022-jp"))
        try:
            text.encode(charset)
        except UnicodeEncodeError:
            charset = "utf-8"
        message.set_content(text, charset=charset)
    for one in draft.files:
        major, minor = one.kind.split("/")
        message.add_attachment(one.octets, maintype=major, subtype=minor, filename=one.name)
    octets = message.as_bytes()
    return Document(draft.family, octets, sender, (receiver,), tuple(draft.values), draft.persons, draft.must_protect)


def partner(draw: random.Random) -> tuple[tuple[str, str], tuple[str, str]]:
    """A firm with its domain, and somebody there with a mail box."""
    return draw.choice(_PARTNERS), draw.choice(_CONTACTS)


def registered(draw: random.Random) -> str:
    """A registration number of an invoice."""
    return f"T{corporate_number(draw)}"
