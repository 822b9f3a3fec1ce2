"""Mails nobody would write: random trees of MIME with random files in them, of every type, cut and changed.

Everything follows from the ``random.Random`` given, so that a mail can be made again from its seed. All
people are invented.
"""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import quopri
import struct
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

WORDS = (
    "氏名", "佐藤 花子", "長谷川 美咲", "様", "：", ":", "個人番号", "マイナンバー", "392718460552", "3927 1846 0552",
    "電話", "090-4127-0538", "０９０－４１２７－０５３８", "昭和58年4月5日", "S58.4.5", "長野県松本市白樺町1丁目6番8号",
    "〒380-0899", "普通 8175545", "口座番号", "記号 11150 番号 12345671", "株式会社", "TEL", "@", "a@b.example",
    "うつ病", "会員番号", "12-345678", "給与 234,300円", "パスワード：Tk8-mq2Z", "4111 1111 1111 1111",
    "組合員証 記号 公立 番号 123456",
    "\n", "\r\n", "\t", " ", "\u3000", "-", "\u30fc", "\u3099", "\u200b", "\u202e", "\x00", "\x1b$B", "\ud83d", "(",
    ")", "<b>", "</td>", "&#23376;", "&nbsp;", "-----Original Message-----", "From: ", "> ", "--", ",", ";", "|", "\"",
    "'", "〇一二三四五六七八九", "①", "㈱", "髙", "ｻﾄｳ ﾊﾅｺ", "Sato Hanako", "0", "1", "7",
    "99999999999999", "=", "%E4%BD",
)  # fmt: skip
CHARSETS = (
    "utf-8", "cp932", "euc_jp", "iso2022_jp", "utf-16", "utf-16-le", "utf-7", "latin-1", "us-ascii", "x-none", "idna",
    "unicode-escape", "base64", "utf-32", "cp037", "iso2022_kr", "hz", "punycode", "rot13", "zlib",
)  # fmt: skip
TYPES = (
    "text/plain", "text/html", "text/enriched", "text/calendar", "text/vcard", "text/csv", "text/xml", "text/rtf",
    "application/octet-stream", "application/ms-tnef", "application/pkcs7-mime", "application/zip", "image/png",
    "message/rfc822", "message/partial", "message/external-body", "message/delivery-status", "application/pdf", "text",
    "multipart/mixed", "multipart/encrypted", "text/plain; format=flowed; delsp=yes", "", "\xff/\xff", "a/b/c;;=;",
)  # fmt: skip
MULTIPARTS = ("mixed", "alternative", "related", "digest", "signed", "encrypted", "report", "parallel", "x")
ENCODINGS = ("", "7bit", "8bit", "base64", "quoted-printable", "x-uuencode", "binary", "x-none", "BASE64 (x)")
LEVELS_MAX = 5

Files = dict[str, bytes]


def files_of_texts() -> Files:
    """Small files of every type that is text, and containers of them."""
    roster = (
        "氏名,電話番号,個人番号\r\n佐藤 花子,090-4127-0538,392718460552\r\n鈴木 一郎,080-1234-0000,718304629159\r\n"
    )
    line = "個人番号 392718460552 佐藤 花子"
    texts = {
        "a.csv": roster, "a.txt": line * 20, "a.json": '[{"氏名": "佐藤 花子", "a": [1, {"b": "\\ud800"}]}]',
        "a.xml": f"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x '{line}'>]><a b='{line}'>&x;<![CDATA[{line}]]></a>",
        "a.html": f"<html><style>p:after{{content:'x'}}</style><table><tr><td rowspan=3>{line}<td>1</table>"
                  f"<script>var a = '\\u4f50'</script><iframe srcdoc='&lt;p&gt;'></iframe><a href='data:,{line}'>x</a>",
        "a.ics": f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:{line}\r\nATTACH;ENCODING=BASE64:AAAA\r\nEND:VEVENT",
        "a.vcf": f"BEGIN:VCARD\r\nFN:佐藤 花子\r\nADR:;;1-1;松本市;長野県;380-0899;\r\nNOTE:{line}\r\nEND:VCARD",
        "a.eml": f"Subject: {line}\r\nFrom: a@b.example\r\n\r\n{line}",
        "a.rtf": "{\\rtf1\\ansi\\ansicpg932{\\fonttbl{\\f0 x;}}"
                 "\\trowd a\\cell b\\cell\\row \\'8d\\'b2\\u20304?\\bin3 abc}",
        "a.mbox": f"From a Mon\r\nSubject: x\r\n\r\n{line}\r\n\r\nFrom b Mon\r\nSubject: y\r\n\r\n{line}",
        "a.uu": "begin 644 a.csv\n#86)C\n`\nend\n",
    }  # fmt: skip
    found = {name: text.encode() for name, text in texts.items()}
    return found | {f"b{name}.gz": gzip.compress(octets) for name, octets in list(found.items())[:3]}


def tnef(octets: bytes) -> bytes:
    """A winmail.dat with one file (MS-OXTNEF)."""
    made = b"\x78\x9f\x3e\x22\x01\x00"
    for level, name, data in (
        (1, 0x00069007, struct.pack("<II", 932, 0)), (1, 0x0002800C, "本文 佐藤 花子\0".encode("cp932")),
        (2, 0x00069002, bytes(14)), (2, 0x00018010, b"a.csv\0"), (2, 0x0006800F, octets),
    ):  # fmt: skip
        made += struct.pack("<BII", level, name, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
    return made


def signed(octets: bytes) -> bytes:
    """An opaque signature without a signer (RFC 5652 §5)."""

    def value(tag: int, *content: bytes) -> bytes:
        inner = b"".join(content)
        return bytes([tag]) + b"\x83" + len(inner).to_bytes(3, "big") + inner

    data = value(0x30, value(6, bytes.fromhex("2a864886f70d010701")), value(0xA0, value(4, octets)))
    content = value(0x30, value(2, b"\1"), value(0x31), data, value(0x31))
    return value(0x30, value(6, bytes.fromhex("2a864886f70d010702")), value(0xA0, content))


def zipped(octets: bytes, name: str = "名簿.csv") -> bytes:
    """A zip of one file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), octets)
    return made.getvalue()


def tarred(octets: bytes) -> bytes:
    """A tar of one file."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        entry = tarfile.TarInfo("a.csv")
        entry.size = len(octets)
        archive.addfile(entry, io.BytesIO(octets))
    return made.getvalue()


WRAPPERS: tuple[Callable[[bytes], bytes], ...] = (
    zipped, tarred, gzip.compress, bz2.compress, lambda octets: lzma.compress(octets, preset=0), tnef, signed,
    base64.encodebytes,
)  # fmt: skip


@dataclass
class HostileMails:
    """Makes mails from ``random``. ``files``: what is put into them, by name."""

    random: Random
    files: Files = field(default_factory=files_of_texts)

    def text(self, most: int = 40) -> str:
        """Words, labels, digits and separators in any order."""
        return "".join(self.random.choice(WORDS) for _ in range(self.random.randrange(most)))

    def octets_of_text(self) -> bytes:
        """A text in some charset, or in none."""
        text = self.text()
        try:
            octets = text.encode(self.random.choice(CHARSETS), "replace")
        except (LookupError, UnicodeError, TypeError):
            octets = text.encode("utf-8", "surrogatepass")
        return octets

    def file(self, depth: int = 0) -> tuple[str, bytes]:
        """Name and octets of some file, changed, or packed into another."""
        name = self.random.choice(sorted(self.files))
        octets = self.files[name] if self.random.random() < 0.85 else self.octets_of_text()
        if self.random.random() < 0.6:
            octets = self.changed(octets)
        while depth < LEVELS_MAX and self.random.random() < 0.4:
            octets, depth = self.random.choice(WRAPPERS)(octets), depth + 1
            if self.random.random() < 0.3:
                octets = self.changed(octets)
        if self.random.random() < 0.2:
            name = self.text(4) or "x"
        return name, octets

    def changed(self, octets: bytes) -> bytes:
        """Cut, doubled, or with some octets that are others."""
        made = bytearray(octets)
        for _ in range(self.random.choice((1, 1, 2, 5, 20))):
            if not made:
                break
            at = self.random.randrange(len(made))
            match self.random.randrange(7):
                case 0:
                    del made[at:]
                case 1:
                    del made[at : at + self.random.randrange(1, 40)]
                case 2:
                    made[at:at] = made[at : at + self.random.randrange(1, 200)]
                case 3:
                    made[at : at + 4] = self.random.choice((b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff", b"\0\0\0\x80"))
                case 4:
                    made[at:at] = self.text(3).encode("utf-8", "replace")
                case _:
                    made[at] = self.random.randrange(256)
        return bytes(made)

    def mail(self) -> bytes:
        """A whole mail with CRLF line ends, as far as anything in it has line ends."""
        octets = self._header(0) + self._entity(0)
        return self.changed(octets) if self.random.random() < 0.3 else octets

    def _header(self, level: int) -> bytes:
        lines = [b"MIME-Version: 1.0"]
        if self.random.random() < 0.8:
            lines.append(b"Subject: " + self._field())
        if self.random.random() < 0.5:
            lines.append(b"From: " + self._field() + b" <a@b.example>")
        if self.random.random() < 0.1:
            lines.append(self.random.choice((b" folded", b"no field", b"Content-Type: text/html", b"\xff: x", b"")))
        return b"\r\n".join(lines) + b"\r\n"

    def _field(self) -> bytes:
        text = " ".join(self.text(6).split()).replace("\x1b$B", "")
        octets = text.encode("utf-8", "replace")
        if self.random.random() < 0.5:
            return octets
        charset = self.random.choice(CHARSETS).encode()
        return b"=?" + charset + b"?B?" + base64.b64encode(octets) + self.random.choice((b"?=", b"?", b"?= =?"))

    def _entity(self, level: int) -> bytes:
        """The further header lines of an entity, the empty line, and its body."""
        if level < LEVELS_MAX and self.random.random() < 0.35:
            return self._multipart(level)
        kind = self.random.choice(TYPES)
        if kind == "message/rfc822" and level < LEVELS_MAX:
            return b"Content-Type: message/rfc822\r\n\r\n" + self._header(level + 1) + self._entity(level + 1)
        name, octets = self.file() if self.random.random() < 0.6 else ("", self.octets_of_text())
        encoding = self.random.choice(ENCODINGS)
        head = f'Content-Type: {kind}; charset="{self.random.choice(CHARSETS)}"\r\n'
        if encoding:
            head += f"Content-Transfer-Encoding: {encoding}\r\n"
        if name:
            head += f'Content-Disposition: {self.random.choice(("attachment", "inline", "x"))}; filename="{name}"\r\n'
        return head.encode("utf-8", "replace") + b"\r\n" + self._encoded(octets, encoding)

    def _encoded(self, octets: bytes, encoding: str) -> bytes:
        if self.random.random() < 0.05:
            return octets
        if encoding.lower().startswith("base64"):
            return base64.encodebytes(octets).replace(b"\n", b"\r\n")
        return quopri.encodestring(octets) if encoding == "quoted-printable" else octets

    def _multipart(self, level: int) -> bytes:
        boundary = self.random.choice((b"b", b"bb", b"-", b"=_1", b"b" * 80)) + bytes([65 + level])
        said = boundary if self.random.random() < 0.9 else self.random.choice((b"", b"b", b"zz"))
        made = (
            b"Content-Type: multipart/" + self.random.choice(MULTIPARTS).encode() + b"; boundary=" + said + b"\r\n\r\n"
        )
        for _ in range(self.random.randrange(4)):
            made += b"--" + boundary + b"\r\n" + self._entity(level + 1) + b"\r\n"
        return made + self.random.choice((b"--" + boundary + b"--\r\n", b"", b"--" + boundary))
