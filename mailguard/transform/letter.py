"""A mail's own text as files for its parcel: a page that any browser opens without a network, and plain text.

Guarantees: never raises for any mail; the page is complete in itself and loads, runs and sends nothing; whatever text
of the mail a recipient could have read is in one of the files, and so are its pictures. A ``Bcc:`` is in none of them.

Of alternatives, the page shows the HTML and the plain text is the plain one; where one is missing it is made from the
other. Texts that stand one after another in the mail do so in both files.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from mailguard.i18n import Language, text
from mailguard.i18n.times import moment
from mailguard.mime.flowed import unflowed
from mailguard.mime.message import Field, Message, Part, fields_of
from mailguard.transform.page import CleanPage, clean_page
from mailguard.transform.pictures import Pictures
from mailguard.transform.plain import as_html

_HEAD = (("subject", "Subject"), ("from", "From"), ("to", "To"), ("cc", "Cc"), ("date", "Date"))
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Nothing of these is a letter; some would turn what stands behind them around."""

_QUOTED_NAME = re.compile(r'"([^"\\,;<>@]{1,200})"(?= <)')
"""A name whose quotation marks only the grammar wants."""

_LINE_END = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_NOT_NAME = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|]')
_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-src 'none'"
)
_STYLE = """
html { color-scheme: light; background: #fff; }
body { margin: 0 auto; padding: 16px; max-width: 60em; color: #1a1a1c; background: #fff; font-size: 16px;
  line-height: 1.7; font-family: "Noto Sans JP", "Hiragino Sans", "Yu Gothic UI", Meiryo, sans-serif; }
.mg-head { width: 100%; border-collapse: collapse; margin: 0 0 20px; border-bottom: 2px solid #767676; }
.mg-head th { width: 5em; padding: 2px 12px 2px 0; text-align: left; vertical-align: top; font-weight: normal;
  color: #4d4d4d; white-space: nowrap; }
.mg-head td { padding: 2px 0; overflow-wrap: anywhere; }
.mg-head tr:first-child td { font-weight: bold; }
.mg-letter { overflow-x: auto; overflow-wrap: anywhere; }
.mg-letter + .mg-letter { margin-top: 20px; padding-top: 20px; border-top: 1px solid #949494; }
.mg-letter img { max-width: 100%; }
.mg-plain { white-space: pre-wrap; font-family: "BIZ UDGothic", "MS Gothic", Osaka-Mono, "Noto Sans Mono CJK JP",
  monospace; }
"""
_SHOWN = "{scope} {{ display: block !important; visibility: visible !important; position: static !important; }}"
"""A page may hide its whole body until a script shows it; here no script would."""


@dataclass(frozen=True, slots=True)
class Letter:
    """Names and octets: the page, the plain text, and pictures of the mail that no page can hold."""

    files: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """One text of the mail, or several that are alternatives to each other. No ``pages``: it is plain alone."""

    plains: tuple[Part, ...]
    pages: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Shown:
    """One text as it is shown: ``page`` None for plain text."""

    plain: str
    page: CleanPage | None


def letter_of(message: Message, body_parts: Sequence[Part], language: Language, *, head: bytes | None = None) -> Letter:
    """The mail's text as files. ``body_parts``: the leaves that are its text, pictures in it included.

    ``head``: the header block its recipient gets, where that is another than the one that came (recipients hidden from
    each other); its fields stand above the text. None: those that came, without ``Bcc:``.
    """
    wanted = {part.start: part for part in body_parts}
    pictures = Pictures(message, (part for part in body_parts if part.content_type.startswith("image/")))
    shown = [_shown(message, one, pictures, number) for number, one in enumerate(_texts(message, wanted), 1)]
    lines = _head_lines(message.fields if head is None else tuple(fields_of(head)), language)
    left, files = pictures.rest()
    page = _page(lines, shown, left, language)
    plain = _plain(lines, shown)
    name = text(language, "letter.name")
    return Letter(
        (
            (f"{name}.html", page.encode("utf-8", "replace")),
            (f"{name}.txt", b"\xef\xbb\xbf" + plain.encode("utf-8", "replace")),
            *_picture_files(message, files, language),
        )
    )


def plain_text(message: Message, part: Part) -> str:
    """A text part as text with ``\\n`` for line ends, flowing lines (RFC 3676) made whole."""
    words = _LINE_END.sub("\n", message.text(part).removeprefix("\ufeff"))
    if part.parameters.get("format", "").lower() == "flowed":
        words = unflowed(words, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    return words


# -- what belongs together


def _texts(message: Message, wanted: dict[int, Part]) -> Iterator[_Text]:
    seen: set[int] = set()
    yield from _texts_of(message.root, wanted, seen)
    # What the tree of this mail does not show as a leaf of its own, in the order given.
    for start, part in wanted.items():
        if start not in seen and not part.content_type.startswith("image/"):
            yield _text_of((part,))


def _texts_of(part: Part, wanted: dict[int, Part], seen: set[int]) -> Iterator[_Text]:
    if part.content_type == "multipart/alternative":
        leaves = [one for one in _leaves(part) if one.start in wanted]
        seen.update(one.start for one in leaves)
        texts = tuple(one for one in leaves if not one.content_type.startswith("image/"))
        if texts:
            yield _text_of(texts)
    elif part.content_type.startswith("multipart/") and part.children:
        for child in part.children:
            yield from _texts_of(child, wanted, seen)
    elif part.start in wanted:
        seen.add(part.start)
        if not part.content_type.startswith("image/"):
            yield _text_of((part,))


def _leaves(part: Part) -> Iterator[Part]:
    if part.content_type.startswith("multipart/") and part.children:
        for child in part.children:
            yield from _leaves(child)
    else:
        yield part


def _text_of(parts: Iterable[Part]) -> _Text:
    found = tuple(parts)
    pages = tuple(part for part in found if part.content_type == "text/html")
    return _Text(tuple(part for part in found if part not in pages), pages)


# -- how it looks


def _shown(message: Message, one: _Text, pictures: Pictures, number: int) -> _Shown:
    plain = "\n\n".join(plain_text(message, part).strip("\n") for part in one.plains)
    if not one.pages:
        return _Shown(plain, None)
    # Neighbours in one alternative, as some programs set them around a file; each is read by itself.
    scope = f"#letter-{number}"
    pages = [clean_page(message.text(part).removeprefix("\ufeff"), pictures.embedded, scope) for part in one.pages]
    page = CleanPage(
        "\n".join(each.fragment for each in pages), "\n".join(each.sheet for each in pages), pages[0].style
    )
    if page.is_blank and plain.strip():
        return _Shown(plain, None)
    return _Shown(plain if plain.strip() else page.text, page)


def _page(lines: list[tuple[str, str]], shown: list[_Shown], left: list[str], language: Language) -> str:
    rows = "\n".join(
        f'<tr><th scope="row">{html.escape(label)}</th><td dir="auto">{html.escape(value)}</td></tr>'
        for label, value in lines
    )
    sheets: list[str] = []
    letters: list[str] = []
    for number, one in enumerate(shown, 1):
        identity = f"letter-{number}"
        if one.page is None:
            letters.append(f'<div class="mg-letter mg-plain" id="{identity}">{as_html(_clean(one.plain))}</div>')
            continue
        sheets += [one.page.sheet, _SHOWN.format(scope=f"#{identity}")]
        style = f' style="{html.escape(one.page.style)}"' if one.page.style else ""
        letters.append(f'<div class="mg-letter" id="{identity}"{style}>\n{one.page.fragment}\n</div>')
    if left:
        pictures = "\n".join(f'<p><img src="{address}" alt=""></p>' for address in left)
        letters.append(f'<div class="mg-letter">\n{pictures}\n</div>')
    title = next((value for _, value in lines), "") or text(language, "letter.name")
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n"
        f"<style>{_STYLE}</style>\n<style>\n" + "\n".join(sheets) + "\n</style>\n</head>\n<body>\n"
        f'<table class="mg-head">\n{rows}\n</table>\n' + "\n".join(letters) + "\n</body>\n</html>\n"
    )


def _plain(lines: list[tuple[str, str]], shown: list[_Shown]) -> str:
    head = "\n".join(f"{label}: {value}" for label, value in lines)
    body = "\n\n".join(_clean(one.plain).strip("\n") for one in shown)
    return f"{head}\n{'-' * 60}\n\n{body}\n".replace("\n", "\r\n")


def _clean(words: str) -> str:
    return _CONTROL.sub("", _LINE_END.sub("\n", words))


# -- the lines above


def _head_lines(fields: tuple[Field, ...], language: Language) -> list[tuple[str, str]]:
    lines = []
    for key, name in _HEAD:
        values = [field.text for field in fields if field.name.lower() == name.lower()]
        value = ", ".join(" ".join(_CONTROL.sub(" ", one).split()) for one in values)
        if key != "subject":
            value = _QUOTED_NAME.sub(r"\1", value)
        if key == "date":
            value = _date(value, language)
        if value or key == "subject":
            lines.append((text(language, f"letter.{key}"), value or text(language, "letter.no_subject")))
    return lines


def _date(written: str, language: Language) -> str:
    """The date as people write it, in the zone of the sender; as it stands where it is none."""
    try:
        at = parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        return written
    return moment(at, at.tzinfo or UTC, language)


# -- pictures that no page shows


def _picture_files(message: Message, parts: list[Part], language: Language) -> Iterator[tuple[str, bytes]]:
    for number, part in enumerate(parts, 1):
        kind = re.sub(r"[^a-z0-9]", "", part.content_type.partition("/")[2].partition("+")[0])[:8] or "bin"
        name = " ".join(_NOT_NAME.sub("_", part.name).split())
        yield name or text(language, "letter.picture", number=number, kind=kind), message.decoded(part)
