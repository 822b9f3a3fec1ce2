"""Mails that try to carry a My Number past the reader in their text, header or structure. All people are invented."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from email.header import Header
from functools import partial

NUMBER = "5273 9461 8207"
"""A My Number with a right check digit (Ordinance No. 85 of 2014, art. 5); nobody has it."""
DIGITS = NUMBER.replace(" ", "")
LINE = f"\u500b\u4eba\u756a\u53f7 {DIGITS}"
"""``kojin bangou`` and the number."""
ROSTER = f"\u6c0f\u540d,\u500b\u4eba\u756a\u53f7\r\n\u4f50\u85e4 \u82b1\u5b50,{DIGITS}\r\n"
"""A list of one person: name and My Number."""

MIXED = "Content-Type: multipart/mixed; boundary=b"
LABEL = "\u500b\u4eba\u756a\u53f7"


def mail(head: str, body: bytes | str) -> bytes:
    """A mail with these further header lines."""
    octets = body.encode() if isinstance(body, str) else body
    return f"Subject: report\r\nMIME-Version: 1.0\r\n{head}\r\n\r\n".encode() + octets


def plain(text: str, charset: str = "utf-8", declared: str | None = None) -> bytes:
    """A mail of one text, in a charset, declared as it or as another."""
    said = charset if declared is None else declared
    parameter = f"; charset={said}" if said else ""
    return mail(f"Content-Type: text/plain{parameter}", text.encode(charset))


def page(source: str) -> bytes:
    """A mail of one page."""
    return mail("Content-Type: text/html; charset=utf-8", source)


def part(octets: bytes, name: str = "a.bin", kind: str = "application/octet-stream", more: str = "") -> bytes:
    """A mail with a text and one file."""
    coded = base64.encodebytes(octets).replace(b"\n", b"\r\n")
    return mail(MIXED, b"--b\r\n\r\nhello\r\n--b\r\n") + (
        f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment; filename*=utf-8''{quopri_name(name)}\r\n{more}\r\n"
    ).encode() + coded + b"--b--\r\n"  # fmt: skip


def quopri_name(name: str) -> str:
    """A file name as RFC 2231 writes it."""
    return "".join(f"%{octet:02X}" for octet in name.encode())


def between(sign: str, every: int = 1) -> str:
    """The number with a sign between its digits."""
    return LABEL + " " + sign.join(DIGITS[at : at + every] for at in range(0, 12, every))


def in_signs(first: str) -> str:
    """The number in ten other signs, of which this one is the nought."""
    return LABEL + " " + "".join(chr(ord(first) + int(digit)) for digit in DIGITS)


def in_list(signs: str) -> str:
    """The number in ten other signs, from nought to nine."""
    return LABEL + " " + "".join(signs[int(digit)] for digit in DIGITS)


def uuencoded(octets: bytes, name: str = "a.csv") -> bytes:
    """A uuencoded block (POSIX)."""
    lines = b"".join(binascii.b2a_uu(octets[at : at + 45]) for at in range(0, len(octets), 45))
    return f"begin 644 {name}\n".encode() + lines + b"`\nend\n"


def qp(text: str, every: int) -> bytes:
    """Quoted-printable, all octets escaped, with a soft line break after so many."""
    escaped = [f"={octet:02X}" for octet in text.encode()]
    return "=\r\n".join("".join(escaped[at : at + every]) for at in range(0, len(escaped), every)).encode()


def nested(octets: bytes, levels: int) -> bytes:
    """A mail in a mail in a mail."""
    for _ in range(levels):
        octets = mail("Content-Type: message/rfc822", octets)
    return octets


SPELLINGS: dict[str, Callable[[], bytes]] = {
    "zero width space": lambda: plain(between("\u200b")),
    "zero width joiner": lambda: plain(between("\u200d")),
    "word joiner": lambda: plain(between("\u2060")),
    "byte order mark between": lambda: plain(between("\ufeff")),
    "soft hyphen": lambda: plain(between("\u00ad")),
    "soft hyphen entity": lambda: page(f"<p>{between('&shy;')}</p>"),
    "tag characters": lambda: plain(between("\U000e0020")),
    "variation selectors": lambda: plain(between("\ufe0f")),
    "keycaps": lambda: plain(LABEL + " " + "".join(f"{digit}\ufe0f\u20e3" for digit in DIGITS)),
    "combining marks": lambda: plain(between("\u0336")),
    "combining enclosing circle": lambda: plain(between("\u20dd")),
    "combining grapheme joiner": lambda: plain(between("\u034f")),
    "mongolian vowel separator": lambda: plain(between("\u180e")),
    "inhibit symmetric swapping": lambda: plain(between("\u206a")),
    "interlinear anchors": lambda: plain(between("\ufff9")),
    "control signs": lambda: plain(between("\x01")),
    "backspace": lambda: plain(between("\x08")),
    "nul": lambda: plain(between("\0")),
    "hangul filler": lambda: plain(between("\u3164")),
    "braille blank": lambda: plain(between("\u2800")),
    "thin space": lambda: plain(between("\u2009", 4)),
    "thin space each": lambda: plain(between("\u200a")),
    "no-break space": lambda: plain(between("\u00a0", 4)),
    "ideographic space": lambda: plain(between("\u3000", 4)),
    "ideographic space each": lambda: plain(between("\u3000")),
    "blank each": lambda: plain(between(" ")),
    "two blanks each": lambda: plain(between("  ")),
    "hyphen each": lambda: plain(between("-")),
    "dot each": lambda: plain(between(".")),
    "middle dot each": lambda: plain(between("\u30fb")),
    "slash groups": lambda: plain(between("/", 4)),
    "comma groups": lambda: plain(between(",", 3)),
    "comma each": lambda: plain(between("\u3001")),
    "underscore groups": lambda: plain(between("_", 4)),
    "underscore each": lambda: plain(between("_")),
    "star each": lambda: plain(between("*")),
    "pairs": lambda: plain(between(" ", 2)),
    "line each": lambda: plain(between("\r\n")),
    "line each group": lambda: plain(between("\r\n", 4)),
    "blank line each group": lambda: plain(between("\r\n\r\n", 4)),
    "quotation each group": lambda: plain(between("\r\n> ", 4)),
    "tab each": lambda: plain(between("\t")),
    "bars": lambda: plain(between("|")),
    "brackets": lambda: plain(LABEL + " " + "".join(f"[{digit}]" for digit in DIGITS)),
    "japanese brackets": lambda: plain(LABEL + " " + "".join(f"\u3010{digit}\u3011" for digit in DIGITS)),
    "right to left override": lambda: plain(f"{LABEL} \u202e{DIGITS[::-1]}\u202c"),
    "right to left override, page": lambda: page(f'<p>{LABEL} <bdo dir="rtl">{DIGITS[::-1]}</bdo></p>'),
    "left to right marks": lambda: plain(between("\u200e")),
    "full width": lambda: plain(in_signs("\uff10")),
    "arabic-indic": lambda: plain(in_signs("\u0660")),
    "persian": lambda: plain(in_signs("\u06f0")),
    "devanagari": lambda: plain(in_signs("\u0966")),
    "thai": lambda: plain(in_signs("\u0e50")),
    "mathematical bold": lambda: plain(in_signs("\U0001d7ce")),
    "mathematical monospace": lambda: plain(in_signs("\U0001d7f6")),
    "superscript": lambda: plain(in_list("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079")),
    "subscript": lambda: plain(in_signs("\u2080")),
    "circled": lambda: plain(in_list("\u24ea\u2460\u2461\u2462\u2463\u2464\u2465\u2466\u2467\u2468")),
    "negative circled": lambda: plain(in_list("\u24ff\u2776\u2777\u2778\u2779\u277a\u277b\u277c\u277d\u277e")),
    "sans circled": lambda: plain(in_list("\U0001f10b\u2780\u2781\u2782\u2783\u2784\u2785\u2786\u2787\u2788")),
    "parenthesised": lambda: plain(in_list("0\u2474\u2475\u2476\u2477\u2478\u2479\u247a\u247b\u247c")),
    "with full stop": lambda: plain(in_list("0\u2488\u2489\u248a\u248b\u248c\u248d\u248e\u248f\u2490")),
    "segmented": lambda: plain(in_signs("\U0001fbf0")),
    "kanji": lambda: plain(in_list("\u3007\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d")),
    "kanji with nought": lambda: plain(in_list("\u96f6\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d")),
    "formal kanji": lambda: plain(in_list("\u96f6\u58f1\u5f10\u53c2\u56db\u4f0d\u516d\u4e03\u516b\u4e5d")),
    "letter O for nought": lambda: plain(LABEL + " " + DIGITS.replace("0", "O")),
    "letter l for one": lambda: plain(LABEL + " " + DIGITS.replace("0", "o")),
    "label in half-width kana": lambda: plain(f"\uff8f\uff72\uff85\uff9d\uff8a\uff9e\uff70 {DIGITS}"),
    "label with blanks": lambda: plain(f"\u500b \u4eba \u756a \u53f7 {DIGITS}"),
    "label with zero width": lambda: plain(f"\u500b\u200b\u4eba\u200b\u756a\u200b\u53f7 {DIGITS}"),
    "label after": lambda: plain(f"{DIGITS}\uff08\u30de\u30a4\u30ca\u30f3\u30d0\u30fc\uff09"),
    "label on the line above": lambda: plain(f"\u30de\u30a4\u30ca\u30f3\u30d0\u30fc\r\n\r\n{DIGITS}"),
    "label in roman letters": lambda: plain(f"MyNumber:{DIGITS}"),
    "glued to a word": lambda: plain(f"{LABEL}{DIGITS}\u3067\u3059"),
    "glued to letters": lambda: plain(f"{LABEL} ID{DIGITS}X"),
    "in a URL": lambda: plain(f"{LABEL} https://example.com/{DIGITS}"),
}
"""The number written in other signs, or with something between."""

CHARSETS: dict[str, Callable[[], bytes]] = {
    f"{charset} {said}": partial(plain, LINE, charset, declared)
    for charset in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp932", "euc_jp", "iso2022_jp")
    for said, declared in (("not declared", ""), ("as ASCII", "us-ascii"), ("as UTF-8", "utf-8"),
                           ("as Latin", "iso-8859-1"), ("as EUC", "euc-jp"), ("as nonsense", "x-none"))
}  # fmt: skip
"""The line in every charset, and under every false name."""

MARKUP: dict[str, Callable[[], bytes]] = {
    "tags between": lambda: page(f"<p>{between('<b></b>')}</p>"),
    "spans around": lambda: page(f"<p>{LABEL} {''.join(f'<span>{digit}</span>' for digit in DIGITS)}</p>"),
    "remarks between": lambda: page(f"<p>{between('<!-- x -->')}</p>"),
    "entities": lambda: page(f"<p>{LABEL} {''.join(f'&#{ord(digit)};' for digit in DIGITS)}</p>"),
    "entities without semicolon": lambda: page(f"<p>{LABEL} {''.join(f'&#{ord(digit)}' for digit in DIGITS)}</p>"),
    "hexadecimal entities": lambda: page(f"<p>{LABEL} {''.join(f'&#x{ord(digit):04X};' for digit in DIGITS)}</p>"),
    "long entities": lambda: page(f"<p>{LABEL} {''.join(f'&#{ord(digit):012};' for digit in DIGITS)}</p>"),
    "wbr": lambda: page(f"<p>{between('<wbr>')}</p>"),
    "zero width entity": lambda: page(f"<p>{between('&#8203;')}</p>"),
    "zero width non-joiner entity": lambda: page(f"<p>{between('&zwnj;')}</p>"),
    "hidden noise": lambda: page("<p>" + between('<span style="display:none">7</span>') + "</p>"),
    "font size nought noise": lambda: page("<p>" + between('<span style="font-size:0">x</span>') + "</p>"),
    "white": lambda: page(f'<p style="color:#ffffff">{LINE}</p>'),
    "hidden": lambda: page(f'<div style="display:none">{LINE}</div>'),
    "hidden by class": lambda: page(f"<style>.x{{display:none}}</style><div class=x>{LINE}</div>"),
    "remark": lambda: page(f"<p>hello</p><!-- {LINE} -->"),
    "conditional remark": lambda: page(f"<p>hello</p><!--[if mso]><p>{LINE}</p><![endif]-->"),
    "alternative text": lambda: page(f'<img src="cid:a" alt="{LINE}">'),
    "title attribute": lambda: page(f'<p title="{LINE}">hello</p>'),
    "input value": lambda: page(f'<input type="hidden" value="{LINE}">'),
    "meta": lambda: page(f'<meta name="description" content="{LINE}"><p>hello</p>'),
    "title": lambda: page(f"<title>{LINE}</title><p>hello</p>"),
    "noscript": lambda: page(f"<noscript>{LINE}</noscript>"),
    "textarea": lambda: page(f"<textarea>{LINE}</textarea>"),
    "xmp": lambda: page(f"<xmp>{LINE}</xmp>"),
    "plaintext": lambda: page(f"<plaintext>{LINE}"),
    "template": lambda: page(f"<template>{LINE}</template>"),
    "script": lambda: page(f"<script>var a = '{LINE}'</script>"),
    "json in a script": lambda: page(f'<script type="application/json">{{"a": "{LINE}"}}</script>'),
    "style content": lambda: page(f'<style>p:before {{content: "{LINE}"}}</style><p>hello</p>'),
    "svg text": lambda: page(f"<svg><text>{LINE}</text></svg>"),
    "svg title": lambda: page(f"<svg><title>{LINE}</title></svg>"),
    "mathml": lambda: page(f"<math><mtext>{LINE}</mtext></math>"),
    "srcdoc": lambda: page(f'<iframe srcdoc="&lt;p&gt;{LINE}&lt;/p&gt;"></iframe>'),
    "data URI text": lambda: page(f'<a href="data:text/plain;charset=utf-8,{quopri_name(LINE)}">x</a>'),
    "data URI base64": lambda: page(
        f'<a href="data:text/csv;base64,{base64.b64encode(ROSTER.encode()).decode()}" download="a.csv">x</a>'
    ),
    "link": lambda: page(f'<a href="mailto:a@example.com?body={quopri_name(LINE)}">x</a>'),
    "link query": lambda: page(f'<a href="https://example.com/?q={quopri_name(LINE)}">x</a>'),
    "unclosed tag": lambda: page(f"<p>hello</p><a {LINE}"),
    "unclosed remark": lambda: page(f"<p>hello</p><!-- {LINE}"),
    "cdata": lambda: page(f"<p><![CDATA[{LINE}]]></p>"),
    "processing instruction": lambda: page(f"<?x {LINE} ?><p>hello</p>"),
    "cells": lambda: page(f"<table><tr><td>{LABEL}{''.join(f'<td>{digit}' for digit in DIGITS)}</table>"),
    "columns": lambda: page(f"<table><tr><th>{LABEL}</table><table><tr><td>{DIGITS}</table>"),
    "list items": lambda: page(f"<p>{LABEL}<ul>{''.join(f'<li>{digit}' for digit in DIGITS)}</ul>"),
    "float blocks": lambda: page(
        f"<p>{LABEL}</p>" + "".join(f'<div style="display:inline">{digit}</div>' for digit in DIGITS)
    ),
    "ruby": lambda: page(f"<ruby>{LABEL}<rt>{DIGITS}</rt></ruby>"),
    "page in UTF-7": lambda: mail('Content-Type: text/html; charset="utf-7"', LINE.encode("utf-7")),
    "page in UTF-16 by meta": lambda: mail("Content-Type: text/html", f"<p>{LINE}</p>".encode("utf-16")),
    "enriched": lambda: mail("Content-Type: text/enriched; charset=utf-8", f"<bold>{between('<x></x>')}</bold>"),
}  # fmt: skip
"""The line in corners of a page."""

STRUCTURE: dict[str, Callable[[], bytes]] = {
    "soft breaks": lambda: mail(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable", qp(LINE, 2)
    ),
    "soft breaks at each octet": lambda: mail(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable", qp(LINE, 1)
    ),
    "base64": lambda: mail(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64", base64.b64encode(LINE.encode())
    ),
    "base64 of base64": lambda: mail(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64",
        base64.b64encode(base64.b64encode(ROSTER.encode() * 4)),
    ),
    "base64 in the text": lambda: plain(base64.encodebytes(ROSTER.encode() * 4).decode()),
    "base64 below words": lambda: plain("hello\r\n\r\n" + base64.encodebytes(ROSTER.encode() * 4).decode()),
    "uuencode": lambda: plain("hello\r\n" + uuencoded(ROSTER.encode()).decode()),
    "uuencode declared": lambda: mail(
        "Content-Type: text/plain\r\nContent-Transfer-Encoding: x-uuencode", uuencoded(ROSTER.encode())
    ),
    "encoding with a comment": lambda: mail(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64 (x)",
        base64.b64encode(LINE.encode()),
    ),
    "encoding in capitals with blanks": lambda: mail(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding :  BASE64 ",
        base64.b64encode(LINE.encode()),
    ),
    "unknown encoding": lambda: mail(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: x-base64",
        base64.b64encode(LINE.encode()),
    ),
    "subject": lambda: mail(f"Subject: {Header(LINE, 'utf-8').encode()}", "hello"),
    "subject in two words": lambda: mail(
        "Subject: " + " ".join(Header(half, "utf-8").encode() for half in (LINE[:9], LINE[9:])), "hello"
    ),
    "subject raw": lambda: mail(f"Subject: {LINE}", "hello"),
    "subject in JIS": lambda: mail(f"Subject: {Header(LINE, 'iso-2022-jp').encode()}", "hello"),
    "comments field": lambda: mail(f"Comments: {Header(LINE, 'utf-8').encode()}", "hello"),
    "field of a program": lambda: mail(f"X-Note: {Header(LINE, 'utf-8').encode()}", "hello"),
    "field of a list": lambda: mail(f"List-Help: {Header(LINE, 'utf-8').encode()}", "hello"),
    "keywords field": lambda: mail(f"Keywords: {Header(LINE, 'utf-8').encode()}", "hello"),
    "description of a part": lambda: mail(
        MIXED, f"--b\r\nContent-Description: {Header(LINE, 'utf-8').encode()}\r\n\r\nhello\r\n--b--"
    ),
    "preamble": lambda: mail(MIXED, f"{LINE}\r\n--b\r\n\r\nhello\r\n--b--\r\n"),
    "epilogue": lambda: mail(MIXED, f"--b\r\n\r\nhello\r\n--b--\r\n{LINE}\r\n"),
    "one alternative": lambda: mail(
        "Content-Type: multipart/alternative; boundary=b",
        f"--b\r\n\r\nhello\r\n--b\r\nContent-Type: text/x-any; charset=utf-8\r\n\r\n{LINE}\r\n--b--\r\n",
    ),
    "boundary that differs": lambda: mail(MIXED, f"--c\r\n\r\n{LINE}\r\n--c--\r\n"),
    "boundary with blanks": lambda: mail(
        'Content-Type: multipart/mixed; boundary="b  "', f"--b\r\n\r\nhello\r\n--b  \r\n\r\n{LINE}\r\n--b--"
    ),
    "boundary by RFC 2231": lambda: mail(
        "Content-Type: multipart/mixed; boundary*0=a; boundary*1=b", f"--ab\r\n\r\n{LINE}\r\n--ab--"
    ),
    "bare line ends": lambda: mail(MIXED, f"--b\n\n{LINE}\n--b--\n"),
    "carriage returns": lambda: mail(MIXED, f"--b\r\r{LINE}\r--b--\r"),
    "multipart without end": lambda: mail(MIXED, f"--b\r\nContent-Type: text/plain\r\n\r\n{LINE}"),
    "nested mails": lambda: nested(plain(LINE), 6),
    "nested mails too deep": lambda: nested(plain(LINE), 40),
    "mail in base64": lambda: mail(
        "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64", base64.b64encode(plain(LINE))
    ),
    "mail as text": lambda: mail("Content-Type: text/plain; charset=utf-8", plain(LINE)),
    "message/partial": lambda: mail('Content-Type: message/partial; id="x"; number=1; total=2', f"x\r\n{LINE[:9]}"),
    "message/external-body": lambda: mail(
        'Content-Type: message/external-body; access-type=URL; URL="https://example.com/a.csv"',
        f"Content-Type: text/csv\r\n\r\n{LINE}",
    ),
    "multipart/encrypted in clear": lambda: mail(
        "Content-Type: multipart/encrypted; boundary=b", f"--b\r\nContent-Type: text/plain\r\n\r\n{LINE}\r\n--b--"
    ),
    "delivery report": lambda: mail("Content-Type: message/delivery-status", f"Diagnostic-Code: {LINE}\r\n"),
    "no content type": lambda: mail("X-A: b", LINE),
    "wrong content type": lambda: mail("Content-Type: image/png", LINE),
    "audio content type": lambda: mail("Content-Type: audio/basic", LINE),
    "content type without slash": lambda: mail("Content-Type: text", LINE),
    "two content types": lambda: mail("Content-Type: image/png\r\nContent-Type: text/plain", LINE),
    "calendar": lambda: mail(
        "Content-Type: text/calendar; charset=utf-8",
        f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDESCRIPTION:{LINE[:8]}\r\n {LINE[8:]}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    ),
    "calendar attachment": lambda: mail(
        "Content-Type: text/calendar; charset=utf-8",
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nATTACH;ENCODING=BASE64;VALUE=BINARY:"
        f"{base64.b64encode(ROSTER.encode()).decode()}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    ),
    "card folded": lambda: mail(
        "Content-Type: text/vcard; charset=utf-8",
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nNOTE:{LABEL}\r\n  {DIGITS[:5]}\r\n {DIGITS[5:]}\r\nEND:VCARD\r\n",
    ),
    "card in quoted-printable": lambda: mail(
        "Content-Type: text/vcard",
        b"BEGIN:VCARD\r\nVERSION:2.1\r\nNOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:" + qp(LINE, 5)
        + b"\r\nEND:VCARD\r\n",
    ),
    "card photo": lambda: mail(
        "Content-Type: text/vcard; charset=utf-8",
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nPHOTO;ENCODING=b:{base64.b64encode(ROSTER.encode()).decode()}\r\nEND:VCARD\r\n",
    ),
    "flowed with deleted blanks": lambda: mail(
        "Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes", f"{LABEL} {DIGITS[:6]} \r\n{DIGITS[6:]}"
    ),
    "tnef name": lambda: part(ROSTER.encode(), "winmail.dat", "application/ms-tnef"),
    "header without end": lambda: f"Subject: a\r\nContent-Type: text/plain\r\n{LINE}".encode(),
    "blank first line": lambda: f"\r\nContent-Type: text/plain\r\n\r\n{LINE}".encode(),
}  # fmt: skip
"""The line in odd places of a mail."""
