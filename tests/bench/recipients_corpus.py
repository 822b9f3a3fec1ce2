"""Recipient situations as mail programs write them, each labelled by how it was built: who would see whom too many.

Guarantees: the same octets at every run; invented people and firms under domains reserved for examples. Outside of
a thread no two situations show the same outsider, so that what one mail shows cannot excuse another.
A manifest line has the fields ``mailguard inspect`` reads, and beside them ``family``, ``cc_should_be_bcc`` and
``shown``: the addresses everybody can read as recipients. The label follows the office's definition: outsiders of five
or more organisations, or three or more private addresses of different people; a firm or school (a registrable domain)
is one organisation, a free-mail or carrier address too. An answer to all whose readers see each other is harmless.
Accidents are rebuilt from cases published in Japan from 2011 to 2025; only their sizes and courses are theirs.
"""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

FREEMAIL = ("webmail.example.org", "freemail.example.net", "mail.example.com", "keitai.example.ne.jp")
OFFICES = ("gojokai.example.jp", "aoba-shien.example.or.jp", "midori-kanko.example.co.jp", "hinata-kai.example.jp")
SURNAMES = """水島 mizushima|榊原 sakakibara|野々村 nonomura|高見澤 takamizawa|久保田 kubota|百瀬 momose|丹羽 niwa
|高橋 takahashi|永峰 nagamine|杉浦 sugiura|木内 kiuchi|下平 shimodaira|等々力 todoriki|岩瀬 iwase|大日方 obinata
|寺島 terashima|北原 kitahara|市ノ瀬 ichinose|藤森 fujimori|細萱 hosogaya|二木 futatsugi|中沢 nakazawa|小口 oguchi"""
GIVEN = """花子 hanako|千尋 chihiro|健吾 kengo|友美 tomomi|恵理 eri|浩二 koji|典子 noriko|未央 mio|亮平 ryohei
|雅則 masanori|志保 shiho|智子 tomoko|慎也 shinya|陽介 yosuke|千鶴 chizuru|裕子 yuko|大輝 daiki|夏子 natsuko"""
QUOTES = {  # mark of the line, then: first line, author, date, To, Cc, Subject
    "ja": f"|{'_' * 32}|差出人: |送信日時: 2025年6月4日 10:00|宛先: |CC: |件名: 打合せの件",
    "en": "|-----Original Message-----|From: |Sent: Wednesday, June 4, 2025 10:00 AM|To: |Cc: |Subject: agenda",
    ">": "> |----- Original Message -----|From: |Date: 2025/06/04 10:00|To: |Cc: |Subject: agenda",
}


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
    to_text, cc_text = ("; ".join(f"{box.name} <{box.address}>" for box in boxes) for boxes in (to, cc))
    mark, start, sender, date, first, second, subject = QUOTES[style].split("|")
    block = [start, f"{sender}{author.name} <{author.address}>", date, first + to_text]
    block += [*([second + cc_text] if cc else []), subject, "", "日程を調整します。"]
    return "\r\n".join(["承知しました。よろしくお願いします。", "", *(mark + line for line in block), ""])


def write(folder: Path) -> list[Situation]:
    """Writes all mails and ``manifest.jsonl`` into the folder; the situations in file order."""
    folder.mkdir(parents=True, exist_ok=True)
    situations = list(corpus())
    for situation in situations:
        (folder / situation.file).write_bytes(situation.octets)
    lines = [json.dumps(situation.manifest(), ensure_ascii=False) + "\n" for situation in situations]
    (folder / "manifest.jsonl").write_text("".join(lines), encoding="utf-8")
    return situations


def published(w: World) -> Iterator[Situation]:
    """The courses of published cases, at one to four providers: a counter of domains sees one to four."""
    for p in (1, 2, 3, 4, 2):
        yield w.mail("37-families-in-to", True, ("To", w.private(37, p)), own=p, subject="学年だより")
    for p in (1, 2, 3, 4):
        yield w.mail("85-members-in-to", True, ("To", w.private(85, p, named=p % 2 == 0)), own=p)
        yield w.mail("54-in-cc", True, ("To", w.staff(OFFICES[p % 4], 1)), ("Cc", w.private(54, p)), own=p)
        yield w.mail("89-in-to", True, ("To", w.private(89, p)), own=p, subject="講座のご案内")
        yield w.mail("122-and-19", True, ("To", w.private(122 if p % 2 else 19, p)), own=p, subject="健診のご案内")
        yield w.mail("27-in-to", True, ("To", [*w.staff(OFFICES[p % 4], 2), *w.private(27, p)]), own=p)
        yield w.mail("to-for-bcc", True, ("To", w.private(p * 9, p, named=False)), own=p, subject="修習資金について")
    for p in (3, 4):
        yield w.mail("944-in-to", True, ("To", w.private(944, p, named=p == 3)), own=p)
    for p in (1, 2, 3, 4, 1):
        guests = w.private(13, p)
        meeting = calendar("REQUEST", guests, f"soumu@{OFFICES[p % 4]}")
        yield w.mail("13-by-invitation", True, ("To", guests), own=p, content=meeting, subject="Web会議")
        yield w.mail("11-mixed-in-cc", True, ("Cc", [*w.private(8, p), *w.firms(3)]), own=p, subject="説明会")
    for p in (1, 2, 3):  # each gets a mail of its own, whose calendar names all
        guests = w.private(13, p)
        meeting = calendar("REQUEST", guests, f"soumu@{OFFICES[p]}")
        all_of_them, to, only = addresses(guests), ("To", guests[:1]), addresses(guests[:1])
        yield w.mail("13-as-attendees", True, to, own=p, content=meeting, shown=all_of_them, envelope=only)


def at_the_border(w: World) -> Iterator[Situation]:
    """Just enough people or organisations, among colleagues and firms."""
    for n in range(4):
        p, own = n + 1, w.staff(OFFICES[n], 4)
        yield w.mail("three-private", True, ("To", w.private(3, p)), own=n)
        yield w.mail("three-private", True, ("To", w.private(1, p)), ("Cc", [*own, *w.private(2, p)]), own=n)
        yield w.mail("three-private", True, ("To", own), ("Cc", [*w.private(3, p, named=False), *w.firms(1)]), own=n)
        yield w.mail("four-firms-one-private", True, ("To", [*w.firms(4), *w.private(1, p)]), own=n)
        yield w.mail("three-schools-two-private", True, ("To", w.firms(3, "ed.jp")), ("Cc", w.private(2, p)), own=n)
        yield w.mail("five-organisations", True, ("To", w.firms(5)), own=n, subject="お見積りのお願い")
        yield w.mail("five-organisations", True, ("To", w.firms(2, "com")), ("Cc", [*own, *w.firms(3, "com")]), own=n)
        yield w.mail("five-organisations", True, ("To", own), ("Cc", w.firms(5, "ed.jp")), own=n)
        yield w.mail("25-schools-in-cc", True, ("To", own[:1]), ("Cc", w.firms(25, "ed.jp")), own=n)
        rivals = w.firms(5 + n, "com")
        known = [box.address.partition("@")[2] for box in rivals]
        yield w.mail("partners-together", True, ("To", own[:1]), ("Cc", rivals), own=n, partners=known)
        firm = w.staff(f"hokuto{n}.example.co.jp", 8)
        yield w.mail("one-firm-and-four", True, ("To", firm), ("Cc", w.firms(4)), own=n)


def odd_forms(w: World) -> Iterator[Situation]:
    """Accidents in forms of address that parsers lose."""
    local_parts = ("hana..smile{}", "taro.{}.", "-mimi_{}-", ".yuki{}", "a..b{}", "love/{}=me")
    for n in range(5):
        program, boxes = PROGRAMS[n], w.private(6, n % 4 + 1)
        listed = f"{program.word('地区連絡員')}: {program.mailboxes(boxes[:4])};,\r\n {program.mailboxes(boxes[4:])}"
        yield w.mail("group-syntax", True, ("To", listed), own=n, program=program, shown=addresses(boxes))
        domains = ("keitai.example.ne.jp", "t.keitai.example.ne.jp")[: 1 + n % 2]
        odd = [f"{part.format(next(w.serial))}@{domain}" for part in local_parts[n % 3 :] for domain in domains]
        bare = [f'"{one.partition("@")[0]}"@{one.partition("@")[2]}' if n % 2 else one for one in odd]
        yield w.mail("carrier-local-parts", True, ("To", ",\r\n ".join(bare)), own=n, shown=odd)
        everybody, cc = w.private(37, n % 4 + 1), w.private(2, 1)
        one, copies = addresses(everybody)[n : n + 1], [*addresses(cc), f"archive@{OFFICES[n % 4]}"]
        yield w.mail("header-not-envelope", True, ("To", everybody), own=n, envelope=one if n % 2 else copies)
        commented = [f"{box.address} ({GMAIL.word(box.name)})" for box in w.private(5, 2)]
        commented[1:3] = [f"(a \\) b) {commented[1].partition(' ')[0]}", f"<\r\n {commented[2].partition(' ')[0]}>"]
        found = [word.strip("<>\r\n ") for one in commented for word in one.split() if "@" in word]
        yield w.mail("comments-and-folds", True, ("Cc", ",\r\n\t".join(commented)), own=n, shown=[*map(plain, found)])
    for n in range(4):
        boxes, own = w.private(4, n + 1), w.staff(OFFICES[n], 1)
        wide = [box.address.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)}) for box in boxes]
        values = (", ".join(wide), ", ".join(f"{box.name} <{one}>" for box, one in zip(boxes, wide, strict=True)))
        yield w.mail("full-width", True, ("To", values[n % 2].encode()), own=n, shown=addresses(boxes))
        twice = (("Cc", w.private(2, n + 1)), ("Cc", w.private(1, 1)))
        yield w.mail("two-cc-fields", True, ("To", own), *twice, own=n)
        redirected = (("Resent-To", w.private(2, 2)), ("Resent-Cc", [*w.private(4, n + 1), *w.firms(1)]))
        yield w.mail("resent", True, ("To", own), ("Resent-From", own), *redirected, own=n)
        boxes = w.private(5, n + 1)
        value = ("; ", "，", "、", " ;\r\n ")[n].join(box.address for box in boxes)
        yield w.mail("other-separators", True, ("To", value.encode()), own=n, shown=addresses(boxes))
        charset = ("iso2022_jp", "cp932", "utf-8", "euc_jp")[n]
        boxes = w.private(6, n + 1)
        value = ", ".join(f"{box.name} <{box.address}>" for box in boxes)
        yield w.mail("raw-names", True, ("To", value.encode(charset)), own=n, shown=addresses(boxes))
        boxes = w.private(5, n + 1)
        words = [BECKY.word(f"{box.name} <{box.address}>") for box in boxes]
        yield w.mail("address-in-encoded-word", True, ("To", ",\r\n ".join(words)), own=n, shown=addresses(boxes))
        names = [f"info@みどり{next(w.serial)}.example.jp" for _ in range(5)]
        shown = [f"info@{name[5:].encode('idna').decode()}" for name in names]
        yield w.mail("idn", True, ("Cc", ", ".join(names if n % 2 else shown).encode()), own=n, shown=shown)


def courses(w: World) -> Iterator[Situation]:
    """Accidents that look like an answer, a signed or a system's mail; and threads whose members do see each other."""
    for n in range(6):
        members, own, ident = w.firms(6 + 2 * (n % 3)), w.staff(OFFICES[n % 4], 2), f"<thread{n}@{OFFICES[n % 4]}>"
        link = (("In-Reply-To", ident), ("References", f"<older{n}@{OFFICES[n % 4]}>\r\n {ident}"))
        yield w.mail("thread-start", True, ("To", members), ("Cc", own), ("Message-ID", ident), own=n)
        answer = (("To", members[:2]), ("Cc", [*own, *members[2:]]))
        yield w.mail("thread-reply", False, *answer, *link, own=n, subject="Re: ご案内")
        small, ident = w.firms(2), f"<small{n}@{OFFICES[n % 4]}>"
        yield w.mail("two-in-thread", False, ("To", small), ("Message-ID", ident), own=n)
        added = (("To", small), ("Cc", w.private(6, 2) if n % 2 else w.firms(6)), ("In-Reply-To", ident))
        yield w.mail("thread-newcomers", True, *added, ("References", ident), own=n, subject="Re: ご案内")
    for n in range(4):
        boxes, own, program = w.private(37, n + 1), w.staff(OFFICES[n], 1), PROGRAMS[n]
        others = w.private(7, 3)
        old = ("In-Reply-To", f"<spring{n}.20250401@{OFFICES[n]}>")
        yield w.mail("old-mail-reused", True, ("To", boxes), old, own=n, subject="Re: 授業参観")
        body = quoted(("ja", "en", ">", "ja")[n], others[0], own, others[1:])
        others = w.private(7, n + 1)
        yield w.mail("quotes-other-people", True, ("To", others), old, own=n, body=body, program=program)
        others = w.private(7, n + 1)
        body = quoted("ja" if n % 2 else "en", own[0], own, others)
        body = body.replace("\r\nCC: ", "\r\nBCC: ").replace("\r\nCc: ", "\r\nBcc: ")
        yield w.mail("quotes-a-bcc", True, ("To", others), old, own=n, body=body, program=program)
        others = w.private(7, n + 1)
        first, second = w.private(4, n + 1), w.firms(3)
        body = quoted("ja", first[0], own, first[1:]) + "\r\n" + quoted("en", second[0], own, second[1:])
        yield w.mail("quotes-two-lists", True, ("To", [*first, *second]), old, own=n, body=body, program=program)
        body = "連絡先の一覧です。\r\n" + "".join(f"{box.name} {box.address}\r\n" for box in others)
        yield w.mail("list-in-body", True, ("To", others), own=n, body=body, program=program)
        signature = b"Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nMAAA\r\n"
        content = multipart("signed; protocol=application/pkcs7-signature", text("お知らせ\r\n", program), signature)
        yield w.mail("signed", True, ("To", w.private(12, n + 1)), own=n, content=content, program=program)
        mark = ("Precedence", "bulk") if n % 2 else ("Auto-Submitted", "auto-generated")
        yield w.mail("business-system", True, ("To", w.private(30, n + 1)), mark, own=n, program=ONE_LINE)


def few_or_hidden(w: World) -> Iterator[Situation]:
    """Nobody sees too many: Bcc done right, one firm, four organisations, two people, colleagues."""
    for n in range(8):
        office, p = OFFICES[n % 4], n % 4 + 1
        own, many = w.staff(office, 10), addresses(w.private(38, p))
        to: Value = "undisclosed-recipients:;" if n % 2 else own[:1]
        bulk = ("List-Unsubscribe", f"<mailto:info@{office}>")
        yield w.mail("true-bcc", False, ("To", to), bulk, own=n, hidden=many, subject="たより6月号")
        firm = w.staff(f"nishi{n}.example.co.jp", 12)
        yield w.mail("one-firm", False, ("To", firm[:1]), ("Cc", [*firm[1:], *own[:3]]), own=n)
        domain = f"higashi{n}.ed.example.jp" if n % 2 else f"minami{n}.example.co.jp"
        branches = [w.person(f"branch{index}.{domain}") for index in range(12)]
        yield w.mail("one-firm-many-subdomains", False, ("To", branches[:6]), ("Cc", branches[6:]), own=n)
        yield w.mail("four-organisations", False, ("To", w.firms(4, ("co.jp", "com", "ed.jp")[n % 3])), own=n)
        yield w.mail("two-private", False, ("To", w.private(1, 1)), ("Cc", [*w.private(1, p), *own[:2]]), own=n)
        mixed = [*w.private(2, p), *w.firms(2, "com")]
        yield w.mail("four-with-two-private", False, ("To", own[:1]), ("Cc", mixed), own=n)
        yield w.mail("colleagues-and-one", False, ("To", own), ("Cc", [w.private(1)[0], *w.staff(office, 9)]), own=n)
        branches = [w.person(f"b{index}.{office}") for index in range(12)]
        subdomains = [office, *(f"b{index}.{office}" for index in range(12))]
        yield w.mail("own-subdomains", False, ("To", [*branches, *w.firms(n % 5)]), own=n, domains=subdomains)
        if n % 2:
            yield w.mail("big-internal", False, ("To", w.staff(office, 60 + n)), own=n)


def not_recipients(w: World) -> Iterator[Situation]:
    """Addresses that are none of the visible recipients, or are one and the same."""
    for n in range(4):
        own, one, another = w.staff(OFFICES[n], 3), *w.firms(2)
        names = addresses(w.private(4, n + 1))
        named = Box(", ".join(names) if n % 2 else "様、".join(names), another.address)
        yield w.mail("addresses-in-name", False, ("To", [named]), ("Cc", own), own=n, program=PROGRAMS[n])
        comment = f"{one.address} ({' '.join(names)}),\r\n {own[0].address} (cc: {names[0]}, {names[1]})"
        yield w.mail("addresses-in-comment", False, ("To", comment), own=n, shown=addresses([one, own[0]]))
        at = [Box(f"{box.name}@{part}", box.address) for box, part in zip(w.firms(4), "総務経理", strict=True)]
        at += [Box("", f'"{name}"@nishi{n}.example.co.jp') for name in names] if n % 2 else []
        yield w.mail("at-in-quotes", False, ("To", at[-4:]), own=n, shown=addresses(at[-4:]))
        two, domain = w.private(2, n + 1), f"あおば{n}.example.jp"
        ascii_domain = domain.encode("idna").decode()
        again = [Box(box.name, box.address.upper() if n % 2 else box.address.title()) for box in two]
        yield w.mail("written-twice", False, ("To", two), ("Cc", [*again, *two]), own=n)
        both = ", ".join([f"info@{domain}", f"info@{ascii_domain}", *(box.address for box in w.firms(3))])
        shown = [f"info@{ascii_domain}", *both.split(", ")[2:]]
        yield w.mail("idn-both-ways", False, ("To", both.encode()), own=n, shown=shown)
        person, other = w.private(2, 2)
        second = Box(person.name + ("様" if n % 2 else ""), w.person(FREEMAIL[3]).address)
        yield w.mail("one-person-two-mailboxes", False, ("To", [person, second]), ("Cc", [other]), own=n)
        left = w.private(9)
        yield w.mail("bcc-left-in", False, ("To", own[:1]), ("Bcc", left), own=n, hidden=addresses(left))
        yield w.mail("one-by-one", False, ("To", w.private(1, n + 1)), own=n, subject="学年だより")
        extra = (("Reply-To", w.private(3)), ("Sender", own[:1]), ("Disposition-Notification-To", w.firms(2)))
        yield w.mail("other-address-fields", False, ("To", w.firms(1)), *extra, own=n)
        yield w.mail("resent-to-few", False, ("To", own), ("Resent-To", w.private(2)), ("Resent-Cc", w.firms(2)), own=n)


def machines_and_threads(w: World) -> Iterator[Situation]:
    """Lists, reports, answers, invitations, forwarded mails; and answers to all in threads started outside."""
    for n in range(4):
        office, program = OFFICES[n], PROGRAMS[n]
        own, many, one = w.staff(office, 5), w.private(54, n + 1), w.private(1)
        original = f"To: {program.mailboxes(many)}\r\nSubject: a\r\n".encode()
        marks = (("List-Id", f"<kenkyu.{office}>"), ("Precedence", "list"))
        to = [Box("研究会", f"kenkyu@{office}")]
        yield w.mail("mailing-list", False, ("To", to), ("Cc", w.firms(n)), *marks, own=n, hidden=addresses(many))
        status = b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nAction: failed\r\n"
        headers = b"Content-Type: text/rfc822-headers\r\n\r\n" + original
        report = multipart("report; report-type=delivery-status", text("未達\r\n", program), status, headers)
        yield w.mail("dsn", False, ("To", w.private(1)), own=n, sender="", content=report)
        read = b"Content-Type: message/disposition-notification\r\n\r\nDisposition: manual-action/x; displayed\r\n"
        receipt = multipart("report; report-type=disposition-notification", text("開封\r\n", program), read, headers)
        yield w.mail("mdn", False, ("To", w.private(1)), own=n, sender="", content=receipt)
        body = quoted("en", one[0], own[:1], many)
        yield w.mail("auto-reply", False, ("To", one), ("Auto-Submitted", "auto-replied"), own=n, sender="", body=body)
        for method, family, guests, count_of in (
            ("REQUEST", "invitation-inside", w.staff(office, 12), 12),
            ("REQUEST", "invitation-two-outside", [*own, *w.private(2)], 7),
            ("REPLY", "invitation-answer", [*own[:1], *w.firms(1)], 1),
        ):
            meeting = calendar(method, guests[:count_of], guests[-1].address)
            to = guests if method == "REQUEST" else guests[1:]
            yield w.mail(family, False, ("To", to), own=n, content=meeting)
        inner = b"Content-Type: message/rfc822\r\n\r\n" + original + b"\r\ntext\r\n"
        forwarded = multipart("mixed", text("転送します。\r\n", program), inner)
        yield w.mail("forwarded", False, ("To", w.firms(1)), own=n, content=forwarded, subject="Fwd: 件")
        yield w.mail("forwarded", False, ("To", w.firms(2)), own=n, body=quoted("ja", one[0], own[:1], many))
        for style in ("ja", "en", ">", "html"):
            author, *members = w.firms(6 + n) if n % 2 else [*w.private(3, n + 1), *w.firms(3 + n)]
            body = quoted("ja" if style == "html" else style, author, [own[0], *members[:3]], members[3:])
            page = "<html><body>" + html.escape(body).replace("\r\n", "<br>\r\n") + "</body></html>\r\n"
            content = text(page, program, "html") if style == "html" else text(body, program)
            ident = ("In-Reply-To", f"<{next(w.serial)}@mx.example.com>")
            answer = (("To", [author]), ("Cc", [*members, own[0]]), ident)
            yield w.mail(f"answer-to-all-{style.replace('>', 'marked')}", False, *answer, own=n, content=content)


FAMILIES = (published, at_the_border, odd_forms, courses, few_or_hidden, not_recipients, machines_and_threads)


def corpus() -> Iterator[Situation]:
    """All situations in file order."""
    world = World()
    for family in FAMILIES:
        yield from family(world)
