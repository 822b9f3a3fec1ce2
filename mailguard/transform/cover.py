"""The notice (``notice.py``) as finished MIME parts: alone, or below the sender's own words where those may be read.

Guarantees: parts are ASCII with CRLF lines of 76 characters at most (base64), whatever the mail held; the sender's
words are all there, decoded by what they are and not by what they say they are; never raises for any mail.
"""

from __future__ import annotations

import base64
import re

from mailguard.mime.message import Message, Part
from mailguard.transform.composing import joined
from mailguard.transform.notice import Cover, cover_html, cover_text, neutral_file_name, neutral_subject

__all__ = [
    "Cover",
    "body_with_notice",
    "cover_html",
    "cover_part",
    "cover_text",
    "neutral_file_name",
    "neutral_subject",
]

_BOUNDARY = "=_notice"
"""Base64 holds no ``=_``, so it stands in neither part."""

_BETWEEN = "\n" + "=" * 40 + "\n\n"
_RULE = '<hr style="margin:24px 0;border:0;border-top:2px solid #767676">\n'
_META = re.compile(r"""<meta\b[^<>]{0,500}?charset\s*=\s*["']?\s*[\w.:+-]{1,60}[^<>]{0,500}>""", re.IGNORECASE)
_UTF_8 = '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
_XML_ENCODING = re.compile(r"""(\A\s{0,20}<\?xml\b[^<>]{0,200}?encoding\s*=\s*["'])[\w.:-]{1,60}""", re.IGNORECASE)
_END_OF_PAGE = re.compile(r"\s*</body\s*>\s*(?:</html\s*>)?\s*\Z", re.IGNORECASE)
_TAIL_MAX = 1000
_SWALLOWING = (
    ("<!--", "-->", "-->"),
    ("<style", "</style", "</style>"),
    ("<script", "</script", "</script>"),
    ("<title", "</title", "</title>"),
    ("<textarea", "</textarea", "</textarea>"),
)
"""What swallows all that follows while it is not closed."""


def cover_part(cover: Cover) -> bytes:
    """The notice as multipart/alternative: header block, empty line, body."""
    return joined("alternative", _BOUNDARY, [_leaf("plain", cover_text(cover)), _leaf("html", _as_page(cover))])


def body_with_notice(
    message: Message, text_part: Part | None, html_part: Part | None, cover: Cover
) -> tuple[bytes, ...]:
    """The sender's texts with the notice below, as parts from the plainest on; None is left out. Both None: the notice
    in both forms.
    """
    if text_part is None and html_part is None:
        return (_leaf("plain", cover_text(cover)), _leaf("html", _as_page(cover)))
    made = []
    if text_part is not None:
        made.append(_text_with_notice(message, text_part, cover))
    if html_part is not None:
        page = message.text(html_part).removeprefix("\ufeff")
        made.append(_leaf("html", _page_with_notice(page, cover)))
    return tuple(made)


def _as_page(cover: Cover) -> str:
    """The notice as a page of its own."""
    return (
        f'<!DOCTYPE html>\n<html lang="{cover.language}">\n<head>\n{_UTF_8}\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n</head>\n'
        f'<body style="margin:16px">\n{cover_html(cover)}\n</body>\n</html>\n'
    )


def _text_with_notice(message: Message, part: Part, cover: Cover) -> bytes:
    words = message.text(part).removeprefix("\ufeff").replace("\r\n", "\n")
    notice = _BETWEEN + cover_text(cover)
    parameters = ""
    if part.parameters.get("format", "").lower() == "flowed":
        # The sender's lines flow on as they were meant to, ours stay as they are (RFC 3676 §4.4: stuffed, no blank at
        # the end).
        parameters = "; format=flowed" + ("; delsp=yes" if part.parameters.get("delsp", "").lower() == "yes" else "")
        notice = "\n".join(_as_fixed(line) for line in notice.split("\n"))
        words = words.rstrip()
    return _leaf("plain", f"{words.rstrip(chr(10))}\n{notice}", parameters)


def _as_fixed(line: str) -> str:
    line = line.rstrip()
    return f" {line}" if line.startswith((" ", ">", "From ")) else line


def _page_with_notice(page: str, cover: Cover) -> str:
    page = _XML_ENCODING.sub(r"\1utf-8", _META.sub(_UTF_8, page))
    tail = max(0, len(page) - _TAIL_MAX)
    end = _END_OF_PAGE.search(page, tail)
    # Behind anything else than the end of the page, a notice before </body> could lie in a remark.
    before, after = (page[: end.start()], page[end.start() :]) if end else (page, "")
    return f"{before}{_closed(before)}\n{_RULE}{cover_html(cover)}\n{after}"


def _closed(page: str) -> str:
    """What must be closed before anything behind the page is seen."""
    lowered = page.lower()
    return "".join(closing for begin, end, closing in _SWALLOWING if lowered.rfind(begin) > lowered.rfind(end))


def _leaf(subtype: str, words: str, parameters: str = "") -> bytes:
    octets = words.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n").encode("utf-8", "replace")
    head = (
        f"Content-Type: text/{subtype}; charset=utf-8{parameters}\r\n"
        "Content-Disposition: inline\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode("ascii") + base64.encodebytes(octets).replace(b"\n", b"\r\n")
