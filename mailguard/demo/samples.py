"""The mails the made-up office sends: one for each thing the relay does.

All names are invented and all domains are reserved (RFC 2606, and example.jp by its registry). Nothing leaves the
machine, because the next hop is the made-up world.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from enum import StrEnum

import pyzipper

from mailguard.demo.workbook import XLSX, workbook
from mailguard.incidents.answers import OFFERED

OFFICE = "見本商事"
DOMAIN = "mihon.example.jp"
ACCOUNT = f"hanako@{DOMAIN}"
POSTMASTER = f"postmaster@{DOMAIN}"
CONTACT = f"{OFFICE} 総務部 026-555-0100"
"""Whom recipients may call who cannot open a protected file."""
ANSWERS = f"kaitou@{DOMAIN}"
"""Where wrong recipients answer by mail; each letter adds a word of its own."""
UNKNOWN = f"tarou@{DOMAIN}"
"""A colleague's address with one letter too many: there is no such mailbox."""
BUSY = f"soumu@{DOMAIN}"
"""A mailbox that is full at the first try."""

CHIEF = f"bucho@{DOMAIN}"
"""The superior of whoever sends."""
SHARED = f"eigyo@{DOMAIN}"
"""A mailbox of the department."""
CLIENT = Address("田中 一郎", addr_spec="tanaka@aozora.example.com")
PRINTER = Address("吉田 美咲", addr_spec="yoshida@insatsu.example.net")
"""Two whom the office has written to before."""

_SENDER = Address("佐藤 花子", addr_spec=ACCOUNT)
_COLLEAGUE = Address("鈴木 太郎", addr_spec=f"taro@{DOMAIN}")
_DEPUTY_CHIEF = f"jicho@{DOMAIN}"
_MISSPELT = Address("田中 一郎", addr_spec="tanaka@aozoro.example.com")
_ACCOUNTANT = Address("内堀 真", addr_spec="uchibori@zeimu.example.org")
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
    ROSTER = "roster"
    FORGOTTEN = "forgotten"
    LOOKALIKE = "lookalike"
    LOCKED = "locked"
    CONTRACT = "contract"
    BCC = "bcc"
    MISTYPED = "mistyped"
    BUSY = "busy"
    AUTOMATIC = "automatic"


NUMBERS = tuple(str(number) for number, _ in enumerate(OFFERED, 1))
"""Of the answers that a request to delete offers, in their order."""
ROSTER_FILE = "招待者名簿.xlsx"
PAUSED = frozenset({Kind.CLIENT, Kind.ATTACHMENT, Kind.BCC})
"""Those that leave by themselves after a while, at least for some of their recipients."""
STOPPED = frozenset({Kind.FIVE_IN_TO, Kind.ROSTER, Kind.FORGOTTEN, Kind.LOOKALIKE, Kind.LOCKED, Kind.CONTRACT})
"""Those that a person must decide about."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One mail with its envelope. ``signed_in``: sent by the account over TLS, otherwise by the trusted network."""

    kind: Kind
    reverse_path: str
    recipients: tuple[str, ...]
    content: bytes
    signed_in: bool = True
    in_text: tuple[str, ...] = ()
    in_file: tuple[str, ...] = ()
    """Values that nobody outside may read, as they are written in it."""
    file: bytes = b""
    """What is attached to it."""


def sample_mails(now: datetime) -> list[Sample]:
    """All of them, dated ``now``, with Message-IDs of their own; wire form."""
    return [
        _to_colleague(now),
        _to_client(now),
        _to_five(now),
        _with_attachment(now),
        _roster(now),
        _forgotten(now),
        _lookalike(now),
        _locked(now),
        _contract(now),
        _with_bcc(now),
        _mistyped(now),
        _to_busy(now),
        _automatic(now),
    ]


def answer_to(sender: str, to: str, subject: str, number: str) -> bytes:
    """What somebody outside writes who was asked something: the number of their answer, and nothing else."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = sender, to
    mail["Subject"] = f"Re: {subject}"
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    mail.set_content(f"{number}\n")
    return mail.as_bytes()


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
        now, (CLIENT,), "お見積りの件",
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
        "(このメールでは、宛先の皆さまのアドレスが互いに見えています。そのままでは送られません。)\n",
    )  # fmt: skip
    return _sample(Kind.FIVE_IN_TO, mail)


def _with_attachment(now: datetime) -> Sample:
    mail = _written(
        now, (PRINTER,), "案内状の印刷をお願いします(部数表を添付)",
        "若草印刷 吉田様\n\nお世話になっております。見本商事の佐藤です。\n"
        "展示会の案内状の印刷をお願いします。部数の表を添付しました。\n",
    )  # fmt: skip
    table = "\r\n".join(["品名,部数,納品日", "案内状,500,令和7年10月1日", "封筒,520,令和7年10月1日"])
    # As Japanese programs export it.
    mail.add_attachment(
        table.encode("cp932"), maintype="text", subtype="csv", filename="部数表.csv", params={"charset": "Shift_JIS"}
    )
    return _sample(Kind.ATTACHMENT, mail)


def _roster(now: datetime) -> Sample:
    late = ("高橋 真由美", "長野県松本市白樺町7丁目2番1号", "090-5555-0131")
    mail = _written(
        now, (PRINTER,), "招待状の宛名をお願いします(名簿を添付)",
        "若草印刷 吉田様\n\nお世話になっております。見本商事の佐藤です。\n"
        "展示会の招待状の宛名をお願いします。名簿を添付しました。\n次の方も加えてください。\n\n"
        f"氏名：{late[0]}\n住所：{late[1]}\n電話：{late[2]}\n",
    )  # fmt: skip
    rows = [
        (guest.display_name, f"19{60 + 5 * number}/04/0{number}", f"長野県松本市白樺町{number}丁目6番8号",
         f"090-5555-012{number}")
        for number, guest in enumerate(_GUESTS, 1)
    ]  # fmt: skip
    file = workbook("招待者", [("氏名", "生年月日", "住所", "電話番号"), *rows])
    _attach(mail, file, XLSX, ROSTER_FILE)
    return replace(
        _sample(Kind.ROSTER, mail), in_text=late, in_file=tuple(value for row in rows for value in row), file=file
    )


def _attach(mail: EmailMessage, file: bytes, kind: tuple[str, str], name: str) -> None:
    mail.add_attachment(file, maintype=kind[0], subtype=kind[1], filename=name)


def _forgotten(now: datetime) -> Sample:
    mail = _written(
        now, (CLIENT,), "打ち合わせの議事録",
        "青空物産 田中様\n\nいつもお世話になっております。見本商事の佐藤です。\n"
        "昨日はありがとうございました。議事録を添付いたします。ご確認をお願いします。\n",
    )  # fmt: skip
    return _sample(Kind.FORGOTTEN, mail)


def _lookalike(now: datetime) -> Sample:
    mail = _written(
        now, (_MISSPELT,), "ご注文の確認",
        "青空物産 田中様\n\nいつもお世話になっております。見本商事の佐藤です。\n"
        "ご注文の棚 10 台、確かに承りました。金曜日にお届けします。\n",
    )  # fmt: skip
    return _sample(Kind.LOOKALIKE, mail)


def _locked(now: datetime) -> Sample:
    mail = _written(
        now, (_ACCOUNTANT,), "支払先の一覧",
        "内堀税理士事務所 内堀様\n\nお世話になっております。見本商事の佐藤です。\n"
        "支払先の一覧を添付します。パスワードは Shirakaba2026 です。\n",
    )  # fmt: skip
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(b"Shirakaba2026")
        archive.writestr("payees.csv", "支払先,金額\r\n若草印刷,128000\r\n".encode("cp932"))
    _attach(mail, out.getvalue(), ("application", "zip"), "支払先一覧.zip")
    return _sample(Kind.LOCKED, mail)


def _contract(now: datetime) -> Sample:
    mail = _written(
        now, (CLIENT,), "業務委託契約書の案をお送りします",
        "青空物産 田中様\n\nいつもお世話になっております。見本商事の佐藤です。\n"
        "棚の設置について、契約書の案を添付します。ご確認をお願いします。\n",
    )  # fmt: skip
    rows = [("条", "内容"), ("第1条", "甲は乙に棚の設置を委託する。"), ("第2条", "委託料は税込み128,000円とする。")]
    _attach(mail, workbook("契約書案", rows), XLSX, "業務委託契約書(案).xlsx")
    return _sample(Kind.CONTRACT, mail)


def _with_bcc(now: datetime) -> Sample:
    mail = _written(
        now, (CLIENT,), "納品日の確認",
        "青空物産 田中様\n\nお世話になっております。見本商事の佐藤です。\n"
        "来週水曜日の午後に納品へ伺います。ご都合が悪いようでしたら、お知らせください。\n",
    )  # fmt: skip
    return _sample(Kind.BCC, mail, _DEPUTY_CHIEF)


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
        now, (CLIENT,), "自動返信: 本日は外出しています",
        "メールをありがとうございます。\n本日は外出しています。お返事は明日になります。\n",
    )  # fmt: skip
    # RFC 3834 §5, and the null reverse-path of §4: an answer of a program is never answered by a program.
    mail["Auto-Submitted"] = "auto-replied"
    return Sample(Kind.AUTOMATIC, "", (CLIENT.addr_spec,), mail.as_bytes(), signed_in=False)
