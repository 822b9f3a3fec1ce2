"""What stands in a page's programs, style sheets and ``data:`` addresses: a browser may show all of it.

No script is run: its strings and long numbers are read where they hold words. Linear in the text.
"""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote_plus, unquote_to_bytes

_STRING = "|".join(
    (r'"([^"\\\n]*(?:\\.[^"\\\n]*)*)"', r"'([^'\\\n]*(?:\\.[^'\\\n]*)*)'", r"`([^`\\]*(?:\\.[^`\\]*)*)`")
)
# An escape outside of a string is taken whole, so that a quotation mark behind it opens none.
_IN_SCRIPT = re.compile(rf"\\.|{_STRING}|(?<![\w.])([0-9]{{7,16}})(?![\w.])|([}};\n])", re.DOTALL)
_SHOWN_BY_STYLE = re.compile(rf"content\s*:\s*(?:{_STRING})", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(\n)|(.))", re.DOTALL)
_STYLE_ESCAPE = re.compile(r"\\([0-9A-Fa-f]{1,6})\s?")
_BLANKS = {"n": "\n", "r": " ", "t": "\t", "b": "", "f": " ", "v": " ", "0": ""}
_WORDS = re.compile(r"[^\x00-\x7f]|[0-9]{7}|[0-9]{2,4}[-/ ][0-9]{2,4}")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_ADDRESS_MAX = 20_000
_PERSONAL = re.compile(
    r"[\w.\[-]{0,20}?(?:my_?number|individual_?number|kojin|name|shimei|birth|dob|seinen|tel|phone|mobile"
    r"|keitai|addr|jusho|mail|zip|yubin|postal|account|koza|kouza|pension|nenkin|card|license|menkyo|passport|pass(?:word|wd)"
    r"|pwd|insur|hoken|salary|kyuyo)[\w.\]-]{0,20}=[^=]{2}",
    re.IGNORECASE,
)
"""Names of fields that hold data of a person."""

_UNICODE_MAX = 0x10FFFF


def strings_of_script(code: str) -> str:
    """The strings and long numbers of a script, a line for each object or statement that has any."""
    lines: list[str] = []
    line: list[str] = []
    for found in _IN_SCRIPT.finditer(code):
        if found[5]:
            if line:
                lines.append(" ".join(line))
                line = []
            continue
        text = found[4] or unescaped_string(found[1] or found[2] or found[3] or "")
        if _WORDS.search(text):
            line.append(" ".join(_TAG.sub(" ", text).split()))
    lines.append(" ".join(line))
    return "\n".join(lines).strip()


def strings_of_style(sheet: str) -> str:
    """What a style sheet puts before and behind elements."""
    if "content" not in sheet.lower():
        return ""
    found = [one[1] or one[2] or one[3] or "" for one in _SHOWN_BY_STYLE.finditer(sheet)]
    shown = [_STYLE_ESCAPE.sub(lambda code: _sign(code[1]), one) for one in found]
    return "\n".join(one for one in shown if _WORDS.search(one))


def unescaped_string(text: str) -> str:
    """A string of JavaScript or JSON without its escapes."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(
        lambda found: _sign(found[1] or found[2] or found[3]) or ("" if found[4] else _BLANKS.get(found[5], found[5])),
        text,
    )


def words_of_query(address: str) -> str:
    """What a link says to the place it leads to, where that is in words: a form may be filled in by it."""
    fields = [unquote_plus(one) for one in address[:_ADDRESS_MAX].partition("?")[2].partition("#")[0].split("&")]
    if all(one.isascii() for one in fields):
        # In Latin letters most fields are codes of the place itself; those that are called like people's data are not.
        fields = [one for one in fields if _PERSONAL.match(one)]
    return " ".join(one.replace("=", ": ", 1) for one in fields)


def data_of(address: str) -> bytes | None:
    """The octets of a ``data:`` address (RFC 2397); None where it is none, or of a font."""
    if address[:5].lower() != "data:":
        return None
    kind, comma, data = address[5:].partition(",")
    if not comma or "font" in kind.lower():
        return None
    octets = unquote_to_bytes(data)
    if ";base64" not in kind.lower():
        return octets
    try:
        return base64.b64decode(octets + b"==", validate=False)
    except (binascii.Error, ValueError):
        return octets


def _sign(code: str | None) -> str:
    number = int(code, 16) if code else 0
    return chr(number) if 0 < number <= _UNICODE_MAX and not 0xD800 <= number <= 0xDFFF else ""
