"""The mails the made-up office sends: one for each thing the relay does.

All names are invented and all domains are reserved (RFC 2606, and example.jp by its registry). Nothing leaves the
machine, because the next hop is the made-up world.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from enum import StrEnum

OFFICE = "見本商事"
DOMAIN = "mihon.example.jp"
ACCOUNT = f"hanako@{DOMAIN}"
POSTMASTER = f"postmaster@{DOMAIN}"
UNKNOWN = f"tarou@{DOMAIN}"
"""A colleague's address with one letter too many: there is no such mailbox."""
BUSY = f"soumu@{DOMAIN}"
"""A mailbox that is full at the first try."""

_SENDER = Address("佐藤 花子", addr_spec=ACCOUNT)
_COLLEAGUE = Address("鈴木 太郎", addr_spec=f"taro@{DOMAIN}")
_CHIEF = f"bucho@{DOMAIN}"
_CLIENT = Address("田中 一郎", addr_spec="tanaka@aozora.example.com")
_PRINTER = Address("吉田 美咲", addr_spec="yoshida@insatsu.example.net")
_GUESTS = (
    Address("加藤 健", addr_spec="kato@wakaba.example.com"),
    Address("井上 由美", addr_spec="inoue@momiji.example.net"),
    Address("森 大輔", addr_spec="mori@sakura.example.org"),
    Address("林 さゆり", addr_spec="hayashi@tsubaki.example.com"),
    Address("清水 誠", addr_spec="shimizu@kaede.example.net"),
)
_SIGNATURE = f"\n-- \n{OFFICE} 営業部\n佐藤 花子\n{ACCOUNT}\n"


class Kind(StrEnum):
    """What a sample shows."""

    COLLEAGUE = "colleague"
    CLIENT = "client"
    FIVE_IN_TO = "five_in_to"
    ATTACHMENT = "attachment"
    BCC = "bcc"
    MISTYPED = "mistyped"
    BUSY = "busy"
    AUTOMATIC = "automatic"


HELD = frozenset({Kind.CLIENT, Kind.FIVE_IN_TO, Kind.ATTACHMENT, Kind.BCC})
"""Those that wait, at least for some of their recipients."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One mail with its envelope. ``signed_in``: sent by the account over TLS, otherwise by the trusted network."""

    kind: Kind
    reverse_path: str
    recipients: tuple[str, ...]
    content: bytes
    signed_in: bool = True


def sample_mails(now: datetime) -> list[Sample]:
    """All of them, dated ``now``, with Message-IDs of their own; wire form."""
    return [
        _to_colleague(now),
        _to_client(now),
        _to_five(now),
        _with_attachment(now),
        _with_bcc(now),
        _mistyped(now),
        _to_busy(now),
        _automatic(now),
    ]


def _written(now: datetime, to: tuple[Address, ...], subject: str, body: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _SENDER
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(domain=DOMAIN)
    mail.set_content(body + _SIGNATURE)
    return mail


def _sample(kind: Kind, mail: EmailMessage, *more: str) -> Sample:
    """The mail to everybody in its header, and ``more`` in the envelope alone."""
    named = [address.addr_spec for name in ("To", "Cc") if mail[name] for address in mail[name].addresses]
    return Sample(kind, ACCOUNT, (*named, *more), mail.as_bytes())


def _to_colleague(now: datetime) -> Sample:
    mail = _written(
        now, (_COLLEAGUE,), "明日の会議室が変わりました",
        "鈴木さん\n\nお疲れさまです。佐藤です。\n明日の打ち合わせは、第2会議室に変わりました。時間は10時のままです。\n"
        "資料は人数分、こちらで印刷しておきます。\n",
    )  # fmt: skip
    return _sample(Kind.COLLEAGUE, mail)


def _to_client(now: datetime) -> Sample:
    mail = _written(
        now, (_CLIENT,), "お見積りの件",
        "青空物産 田中様\n\nいつもお世話になっております。見本商事の佐藤です。\n"
        "先日ご相談いただいた棚の件、税込み 128,000 円でご用意できます。納期はご注文から2週間ほどです。\n"
        "ご不明な点がありましたら、お知らせください。\n",
    )  # fmt: skip
    return _sample(Kind.CLIENT, mail)


def _to_five(now: datetime) -> Sample:
    mail = _written(
        now, _GUESTS, "展示会のご案内",
        "皆さま\n\nいつもお世話になっております。見本商事の佐藤です。\n"
        "来月の展示会のご案内です。ご都合のよい日がありましたら、このメールにご返信ください。\n"
        "(このメールでは、あて先の皆さまのアドレスが互いに見えています。そのままでは送られません。)\n",
    )  # fmt: skip
    return _sample(Kind.FIVE_IN_TO, mail)


def _with_attachment(now: datetime) -> Sample:
    mail = _written(
        now, (_PRINTER,), "名札の印刷をお願いします(名簿を添付)",
        "若草印刷 吉田様\n\nお世話になっております。見本商事の佐藤です。\n"
        "展示会で使う名札の印刷をお願いします。名簿を添付しました。\n",
    )  # fmt: skip
    rows = ["氏名,所属,かな", *[f"{guest.display_name},来場者," for guest in _GUESTS]]
    mail.add_attachment(
        "\r\n".join(rows).encode("cp932"), maintype="text", subtype="csv", filename="名札用名簿.csv",
        params={"charset": "Shift_JIS"},
    )  # fmt: skip
    return _sample(Kind.ATTACHMENT, mail)


def _with_bcc(now: datetime) -> Sample:
    mail = _written(
        now, (_CLIENT,), "納品日の確認",
        "青空物産 田中様\n\nお世話になっております。見本商事の佐藤です。\n"
        "来週水曜日の午後に納品へ伺います。ご都合が悪いようでしたら、お知らせください。\n",
    )  # fmt: skip
    return _sample(Kind.BCC, mail, _CHIEF)


def _mistyped(now: datetime) -> Sample:
    mail = _written(
        now, (Address("鈴木 太郎", addr_spec=UNKNOWN),), "昼食の注文について",
        "鈴木さん\n\nお疲れさまです。佐藤です。\n明日のお弁当は、11時までに注文しておいてください。\n",
    )  # fmt: skip
    return _sample(Kind.MISTYPED, mail)


def _to_busy(now: datetime) -> Sample:
    mail = _written(
        now, (Address("総務部", addr_spec=BUSY),), "住所変更の届け出",
        "総務部 御中\n\nお疲れさまです。営業部の佐藤です。\n"
        "引っ越しましたので、住所変更の届けを出します。用紙を送ってください。\n",
    )  # fmt: skip
    return _sample(Kind.BUSY, mail)


def _automatic(now: datetime) -> Sample:
    mail = _written(
        now, (_CLIENT,), "自動返信: 本日は外出しています",
        "メールをありがとうございます。\n本日は外出しています。お返事は明日になります。\n",
    )  # fmt: skip
    # RFC 3834 §5, and the null reverse-path of §4: an answer of a program is never answered by a program.
    mail["Auto-Submitted"] = "auto-replied"
    return Sample(Kind.AUTOMATIC, "", (_CLIENT.addr_spec,), mail.as_bytes(), signed_in=False)
