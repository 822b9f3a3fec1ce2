"""Recipient situations as mail programs write them, each labelled by how it was built: who would see whom too many.

Guarantees: the same octets at every run; only domains reserved for examples; every person and firm is invented. No two
situations share a private address, so that what a mail shows cannot excuse another, except in threads, where it must.
A manifest line has the fields ``mailguard inspect`` reads, and beside them ``family``, ``cc_should_be_bcc`` and
``shown``: the addresses everybody can read as recipients. The label follows the office's definition: outside addresses of
five or more organisations, or three or more private addresses of different people; a firm or school (a registrable
domain) is one organisation, a free-mail or carrier address too. A thread whose members see each other already is none.
Accidents are rebuilt from cases that were published in Japan from 2011 to 2025; only sizes and courses are theirs.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

FREEMAIL = ("webmail.example.org", "freemail.example.net", "mail.example.com", "keitai.example.ne.jp")
OFFICES = ("gojokai.example.jp", "aoba-shien.example.or.jp", "midori-kanko.example.co.jp", "hinata-kai.example.jp")
SURNAMES = "水島 minashima|榊原 sakaki|野々村 nonomu|高見澤 takami|久保田 kubota|百瀬 momose|小口 oguchi|中沢 nakazawa"
SURNAMES += (
    "|髙橋 takaha|永峰 nagamine|杉浦 sugiura|木内 kiuchi|下平 shimo|轟 todoro|岩瀬 iwase|大日方 obinata|丹羽 niwa"
)
SURNAMES += "|寺島 terashi|北原 kitahara|市ノ瀬 ichinose|藤森 fujimori|細萱 hosogaya|二木 futatsu"
GIVEN = (
    "花子 hanako|千尋 chihiro|健吾 kengo|友美 tomomi|恵理 eri|浩二 koji|典子 noriko|未央 mio|亮平 ryohei|千鶴 chizuru"
)
GIVEN += "|雅則 masanori|志保 shiho|聡 satoru|慎也 shinya|陽介 yosuke|夏子 natsuko|裕子 yuko|大輝 daiki|久美子 kumiko"


@dataclass(frozen=True, slots=True)
class Box:
    """One mailbox: the name shown and the address."""

    name: str
    address: str


Boxes = list[Box]
Value = Sequence[Box] | str | bytes
"""Mailboxes to be written as the mail program does, or a field's value as it is."""


@dataclass(frozen=True, slots=True)
class Program:
    """How a mail program writes: charset of names, names in quotes or not, what stands between two mailboxes."""

    mailer: str
    charset: str
    quoted: bool
    between: str

    def word(self, text: str) -> str:
        """Encoded words of at most 75 characters each (RFC 2047 §2), cut between characters."""
        if text.isascii():
            return text
        words, rest = [], text
        while rest:
            size = len(rest)
            while len(word := self._encoded(rest[:size])) > 75:
                size -= 1
            words.append(word)
            rest = rest[size:]
        return "\r\n ".join(words)

    def _encoded(self, text: str) -> str:
        octets = text.encode("iso2022_jp_ext" if self.charset == "iso-2022-jp" else self.charset)
        return f"=?{self.charset}?B?{base64.b64encode(octets).decode()}?="

    def mailbox(self, box: Box) -> str:
        """A mailbox with its name, or the address alone."""
        if not box.name:
            return box.address
        quoted = self.quoted or any(sign in box.name for sign in "@,;()<>.")
        name = self.word(box.name) if not box.name.isascii() or not quoted else box.name
        return f'"{name}" <{box.address}>' if quoted and "\r\n" not in name else f"{name} <{box.address}>"

    def mailboxes(self, boxes: Sequence[Box]) -> str:
        """A list of mailboxes, folded."""
        return self.between.join(self.mailbox(box) for box in boxes)


OUTLOOK = Program("Microsoft Outlook 16.0", "iso-2022-jp", True, ",\r\n\t")
THUNDERBIRD = Program("Mozilla Thunderbird", "UTF-8", False, ",\r\n ")
BECKY = Program("Becky! ver. 2.81.04 [ja]", "ISO-2022-JP", False, ",\r\n ")
GMAIL = Program("", "UTF-8", False, ", \r\n\t")
PHONE = Program("iPhone Mail (21F90)", "utf-8", False, ",\r\n ")
ONE_LINE = Program("WebFormMailer 2.1", "UTF-8", True, ",")
PROGRAMS = (OUTLOOK, THUNDERBIRD, BECKY, GMAIL, PHONE, ONE_LINE)


@dataclass(frozen=True, slots=True)
class Situation:
    """One mail with its envelope and label. ``shown`` is known from the building, not read from the octets."""

    file: str
    family: str
    cc_should_be_bcc: bool
    envelope_from: str
    envelope_rcpt: tuple[str, ...]
    own_domains: tuple[str, ...]
    known_partners: tuple[str, ...]
    shown: tuple[str, ...]
    octets: bytes

    def manifest(self) -> dict[str, object]:
        """What a manifest line says."""
        return {
            "file": self.file,
            "envelope_from": self.envelope_from,
            "envelope_rcpt": list(self.envelope_rcpt),
            "own_domains": list(self.own_domains),
            "known_partners": list(self.known_partners),
            "freemail_domains": list(FREEMAIL),
            "family": self.family,
            "cc_should_be_bcc": self.cc_should_be_bcc,
            "shown": list(self.shown),
        }


@dataclass
class World:
    """Invents people, firms and mails. Every address it gives is new."""

    serial: Iterator[int] = field(default_factory=lambda: count(1))
    number: Iterator[int] = field(default_factory=lambda: count(1))

    def person(self, domain: str) -> Box:
        """A person with a new address there."""
        serial = next(self.serial)
        surnames, given = SURNAMES.split("|"), GIVEN.split("|")
        surname, s_roman = surnames[serial % len(surnames)].split()
        first, g_roman = given[(serial + serial // len(surnames)) % len(given)].split()
        return Box(f"{surname} {first}", f"{s_roman}.{g_roman}{serial}@{domain}")

    def private(self, number: int, providers: int = 3, named: bool = True) -> Boxes:
        """People with a private address each, at so many providers."""
        boxes = [self.person(FREEMAIL[index % providers]) for index in range(number)]
        return boxes if named else [Box("", box.address) for box in boxes]

    def staff(self, domain: str, number: int) -> Boxes:
        """Colleagues at one firm."""
        return [self.person(domain) for _ in range(number)]

    def firms(self, number: int, kind: str = "co.jp") -> Boxes:
        """One address at each of so many firms; ``ed.jp`` makes schools."""
        boxes = []
        for _ in range(number):
            serial = next(self.serial)
            stem = {"ed.jp": f"kita{serial}-es.ed.example.jp", "com": f"hotel{serial}.example.com"}.get(kind, "")
            name = "第一小学校" if kind == "ed.jp" else "営業部"
            boxes.append(Box(name, f"jimu@{stem or f'firm{serial}.example.co.jp'}"))
        return boxes

    def mail(
        self,
        family: str,
        bad: bool,
        *fields: tuple[str, Value],
        own: int = 0,
        program: Program | None = None,
        subject: str = "ご案内",
        body: str = "お世話になっております。ご案内をお送りします。\r\n",
        content: bytes | None = None,
        shown: Sequence[str] | None = None,
        hidden: Sequence[str] = (),
        envelope: Sequence[str] | None = None,
        sender: str | None = None,
        domains: Sequence[str] | None = None,
        partners: Sequence[str] = (),
    ) -> Situation:
        """One situation. Without ``shown`` the mailboxes given are shown; ``hidden`` are in the envelope only."""
        number = next(self.number)
        office = OFFICES[own % len(OFFICES)]
        program = program or PROGRAMS[number % len(PROGRAMS)]
        visible = [
            box.address
            for name, value in fields
            if name.removeprefix("Resent-") in ("To", "Cc") and not isinstance(value, str | bytes)
            for box in value
        ]
        shown = list(shown) if shown is not None else [plain(one) for one in visible]
        author = sender if sender is not None else f"soumu@{office}"
        head: list[tuple[str, Value]] = [("From", [Box("総務課", author or f"postmaster@{office}")]), *fields]
        head += [("Subject", program.word(subject)), ("Date", f"Thu, 05 Jun 2025 {number % 24:02}:00:06 +0900")]
        if "Message-ID" not in dict(fields):
            head.append(("Message-ID", f"<{number:05}.20250605@{office}>"))
        head += [("MIME-Version", "1.0")] + ([("X-Mailer", program.mailer)] if program.mailer else [])
        octets = b"".join(_line(name, value, program) for name, value in head)
        octets += content if content is not None else text(body, program)
        return Situation(
            f"{number:03}-{family}.eml",
            family,
            bad,
            author,
            tuple(dict.fromkeys([*(shown if envelope is None else envelope), *hidden])),
            tuple(domains or (office,)),
            tuple(partners),
            tuple(dict.fromkeys(shown)),
            octets,
        )


def _line(name: str, value: Value, program: Program) -> bytes:
    if isinstance(value, bytes):
        return name.encode() + b": " + value + b"\r\n"
    return f"{name}: {value if isinstance(value, str) else program.mailboxes(value)}\r\n".encode()


def plain(address: str) -> str:
    """As the envelope has it: lower case, the local part without quotes."""
    local, _, domain = address.rpartition("@")
    return f"{local.strip(chr(34))}@{domain}".lower()


def addresses(boxes: Sequence[Box]) -> list[str]:
    """The boxes' addresses as the envelope has them."""
    return [plain(box.address) for box in boxes]


def text(body: str, program: Program, kind: str = "plain") -> bytes:
    """A part of text with its header: ISO-2022-JP as it is, UTF-8 in base64."""
    if program.charset.lower() == "iso-2022-jp":
        encoding, octets = "7bit", body.encode("iso2022_jp_ext")
    else:
        encoding, octets = "base64", base64.encodebytes(body.encode()).replace(b"\n", b"\r\n")
    head = f'Content-Type: text/{kind}; charset="{program.charset}"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    return head.encode() + octets


def multipart(kind: str, *parts: bytes) -> bytes:
    """Parts, each with its header, under one boundary."""
    inside = b"".join(b"--=_part\r\n" + part.removesuffix(b"\r\n") + b"\r\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="=_part"\r\n\r\n'.encode() + inside + b"--=_part--\r\n"


def calendar(method: str, attendees: Sequence[Box], organizer: str) -> bytes:
    """A meeting as programs send it: a text and a calendar, whose lines are folded at 75 octets (RFC 5545 §3.1)."""
    people = [f"ATTENDEE;ROLE=REQ-PARTICIPANT;RSVP=TRUE;CN={box.name}:mailto:{box.address}" for box in attendees]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"METHOD:{method}", "BEGIN:VEVENT", "UID:20250605-web@example.jp"]
    lines += [f"ORGANIZER:mailto:{organizer}", *people, "DTSTART:20250611T050000Z", "SUMMARY:web", "END:VEVENT"]
    folded = [line[:60] + "\r\n " + line[60:] if len(line) > 60 else line for line in [*lines, "END:VCALENDAR"]]
    octets = base64.encodebytes("\r\n".join([*folded, ""]).encode()).replace(b"\n", b"\r\n")
    head = f"Content-Type: text/calendar; charset=UTF-8; method={method}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return multipart("alternative", text("Web会議のご案内です。\r\n", THUNDERBIRD), head.encode() + octets)


def quoted(style: str, author: Box, to: Boxes, cc: Boxes) -> str:
    """A reply's text above the header block of the mail it answers."""
    show = "; ".join
    lists = [show(f"{box.name} <{box.address}>" if box.name else box.address for box in boxes) for boxes in (to, cc)]
    words = {
        "ja": ("_" * 32, "差出人: ", "送信日時: 2025年6月4日 10:00", "宛先: ", "CC: ", "件名: 打合せの件"),
        "en": (
            "-----Original Message-----",
            "From: ",
            "Sent: Wednesday, June 4, 2025 10:00 AM",
            "To: ",
            "Cc: ",
            "Subject: x",
        ),
        ">": (
            "> ----- Original Message -----",
            "> From: ",
            "> Date: 2025/06/04 10:00",
            "> To: ",
            "> Cc: ",
            "> Subject: x",
        ),
    }[style]
    start, sender, date, first, second, subject = words
    mark = "> " if style == ">" else ""
    lines = ["承知しました。よろしくお願いします。", "", start, f"{sender}{author.name} <{author.address}>", date]
    lines += [first + lists[0], *([second + lists[1]] if cc else []), subject, mark, f"{mark}日程を調整します。", ""]
    return "\r\n".join(lines)


def write(folder: Path) -> list[Situation]:
    """Writes all mails and ``manifest.jsonl`` into the folder; the situations in file order."""
    folder.mkdir(parents=True, exist_ok=True)
    situations = list(corpus())
    for situation in situations:
        (folder / situation.file).write_bytes(situation.octets)
    lines = [json.dumps(situation.manifest(), ensure_ascii=False) + "\n" for situation in situations]
    (folder / "manifest.jsonl").write_text("".join(lines), encoding="utf-8")
    return situations


def corpus() -> Iterator[Situation]:
    """All situations, accidents first, each family built by one function."""
    from tests.bench.recipients_situations import ACCIDENTS, HARMLESS  # it is written with the words of this file

    world = World()
    families: tuple[Callable[[World], Iterator[Situation]], ...] = (*ACCIDENTS, *HARMLESS)
    for family in families:
        yield from family(world)
