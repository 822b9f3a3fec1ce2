"""Headers and divisions of a MIME entity, with all that programs may disagree about (RFC 5322, RFC 2045, RFC 2046)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailguard.mime.message import BOUNDARIES_MAX, Field, fields_of
from mailguard.mime.parameters import boundaries_of, file_name, parsed

HEAD_MAX = 1024 * 1024
SHOWN = ("subject", "comments", "keywords", "organization", "thread-topic", "content-description")
"""Fields that programs show to readers as text; Thread-Topic is Outlook's copy of the subject."""

_OF_PEOPLE = re.compile(
    "(?:resent-)?(?:from|sender|reply-to|to|cc|bcc)|return-path|mail-(?:followup|reply)-to|received|message-id"
    "|disposition-notification-to|return-receipt-to|content-.*"
)
"""Fields that name mailboxes, or are read elsewhere."""
_FIELD = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
_MBOX = re.compile(rb">?From ")
_BLANK_LINE = re.compile(rb"\r\n[ \t]+\r\n")
_MIME_FIELD = re.compile(rb"^content-[a-z-]{1,40}[ \t]*:", re.IGNORECASE | re.MULTILINE)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w.:+-]{1,60})""", re.IGNORECASE)
_LIKELY_DELIMITER = re.compile(
    rb"(?:\A|(?<=\n))--([^\s-][^\r\n]{0,69}|-[^\r\n]{1,69})\r?\n(?=content-[a-z-]{1,40}:)", re.IGNORECASE
)
_DELIMITERS_MAX = 20_000


@dataclass(frozen=True, slots=True)
class Span:
    """Octets from ``start`` to before ``end``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Head:
    """One reading of a header. ``leftover``: lines in it that are no field, and what a program shows with them."""

    fields: tuple[Field, ...]
    body: Span
    leftover: bytes = b""


@dataclass(frozen=True, slots=True)
class ContentType:
    """One Content-Type. ``charsets`` and ``boundaries``: all that it may mean."""

    name: str
    parameters: dict[str, str]
    charsets: tuple[str, ...]
    boundaries: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Division:
    """The parts of a multipart, once for each way to divide it."""

    readings: tuple[tuple[Span, ...], ...]
    preamble: Span
    epilogue: Span
    is_ambiguous: bool


def head_readings(octets: bytes, span: Span) -> list[Head]:
    """The usual reading of an entity's header, and others where programs may end it elsewhere."""
    limit = min(span.end, span.start + HEAD_MAX)
    if octets.startswith(b"\r\n", span.start):
        return [Head((), Span(min(span.end, span.start + 2), span.end))]
    end = octets.find(b"\r\n\r\n", span.start, limit)
    head = octets[span.start : limit] if end < 0 else octets[span.start : end + 2]
    body = limit if end < 0 else min(span.end, end + 4)
    fault = _first_fault(head)
    fields = tuple(fields_of(head))
    if fault < 0:
        return [Head(fields, Span(body, span.end))]
    if fault == 0 or not fields:
        # No header at all: the empty line is missing or behind the first paragraph.
        return [Head(fields, Span(body, span.end), head), Head((), Span(span.start, span.end))][:: 1 if fields else -1]
    # One program skips the line, the other ends the header there, as if the empty line were only missing.
    return [
        Head(fields, Span(body, span.end), head[fault:]),
        Head(tuple(fields_of(head[:fault])), Span(span.start + fault, span.end)),
    ]


def _first_fault(head: bytes) -> int:
    """Where the first line is that is neither a field nor continues one; -1 for none."""
    blank = _BLANK_LINE.search(head)
    if blank is not None and _MIME_FIELD.search(head, blank.end()):
        # One program takes a line of blanks for the end of the header, the other for a fold.
        return _bad_line(head[: blank.start() + 2]) if _bad_line(head[: blank.start() + 2]) >= 0 else blank.end()
    return _bad_line(head)


def _bad_line(head: bytes) -> int:
    position = 0
    while position < len(head):
        end = head.find(b"\n", position)
        end = len(head) if end < 0 else end + 1
        is_fold = head[position : position + 1] in (b" ", b"\t") and position > 0
        is_field = is_fold or _FIELD.match(head, position, end) or not head[position:end].strip()
        if not is_field and (position or not _MBOX.match(head)):
            return position
        position = end
    return -1


def shown_fields(fields: Sequence[Field]) -> Iterator[tuple[str, str]]:
    """Small name and text of the fields that readers see, or that somebody wrote in another script than Latin.

    A topic that only repeats the subject is left out.
    """
    subjects = [" ".join(field.text.split()) for field in fields if field.name.lower() == "subject"]
    for text in dict.fromkeys(subjects):
        yield "subject", text
    for field in fields:
        name = field.name.lower()
        if name in SHOWN[1:] or (name != "subject" and _is_written(name, field)):
            text = " ".join(field.text.split())
            if text and not any(text in subject for subject in subjects):
                yield name, text


def _is_written(name: str, field: Field) -> bool:
    """Whether a field that programs use among themselves holds more than ASCII."""
    may_be = b"=?" in field.value or not field.value.isascii()
    return may_be and not _OF_PEOPLE.fullmatch(name) and not field.text.isascii()


def types_of(fields: Sequence[Field], default: str) -> list[ContentType]:
    """The distinct Content-Types; one where there is none."""
    found: dict[tuple[str, str], ContentType] = {}
    for value in [field.value for field in fields if field.name.lower() == "content-type"] or [default.encode()]:
        name, parameters = parsed(value)
        if "/" not in name:
            name = default if not name else "text/plain"  # RFC 2045 §5.2
        charsets = [one.decode("ascii", "replace") for one in _CHARSET.findall(value[:4096])]
        if parameters.get("charset"):
            charsets.append(parameters["charset"])
        kept: dict[str, str] = {}
        for one in charsets:
            kept.setdefault(one.lower().strip("'\""), one)
        boundaries = tuple(boundaries_of(value, parameters)[:BOUNDARIES_MAX]) if name.startswith("multipart/") else ()
        key = (name, repr(sorted(parameters.items())))
        found.setdefault(key, ContentType(name, parameters, tuple(kept.values()), boundaries))
    return list(found.values())[:4]


def encodings_of(fields: Sequence[Field]) -> list[str]:
    """The distinct transfer encodings; "" where there is none. Those that change nothing are one."""
    values = [field.value for field in fields if field.name.lower() == "content-transfer-encoding"]
    names = [parsed(value)[0].strip("\"'") for value in values] or [""]
    plain = ("7bit", "8bit", "binary", "")
    return list(dict.fromkeys("" if name in plain else name for name in names))[:4]


def names_of(fields: Sequence[Field], kind: ContentType) -> tuple[str, tuple[str, ...]]:
    """The disposition, and every name the part may be shown under, the usual one first."""
    dispositions = [parsed(field.value) for field in fields if field.name.lower() == "content-disposition"][:4]
    words = [word for word, _ in dispositions if word]
    names = [file_name(parameters, {}) for _, parameters in dispositions] + [file_name({}, kind.parameters)]
    word = "attachment" if "attachment" in words else words[0] if words else ""
    return word, tuple(dict.fromkeys(name for name in names if name))


def divided(octets: bytes, body: Span, boundaries: Sequence[bytes]) -> Division:
    """The parts between the delimiter lines (RFC 2046 §5.1.1), for every boundary that divides anything."""
    readings: list[tuple[Span, ...]] = []
    preamble, epilogue = Span(body.start, body.start), Span(body.end, body.end)
    is_ambiguous = False
    for boundary in boundaries:
        parts, before, after, is_odd = _parts(octets, body, boundary)
        if parts and parts not in readings:
            if not readings:
                preamble, epilogue = before, after
            readings.append(parts)
            is_ambiguous = is_ambiguous or is_odd
    if readings:
        loose = _loose_parts(octets, body, boundaries[0], len(readings[0]))
        if loose:
            readings.append(loose)
        return Division(tuple(readings), preamble, epilogue, is_ambiguous or len(readings) > 1)
    guess = _LIKELY_DELIMITER.search(octets, body.start, body.end)
    if guess is not None:
        parts, preamble, epilogue, _ = _parts(octets, body, guess[1].rstrip())
        readings = [parts] if parts else []
    if not readings:
        # Nothing divides it; some programs show it as it is.
        preamble = body
    is_empty = not octets[body.start : body.start + 4096].strip() and body.end - body.start < 4096
    return Division(tuple(readings), preamble, epilogue, not is_empty)


def _parts(octets: bytes, body: Span, boundary: bytes) -> tuple[tuple[Span, ...], Span, Span, bool]:
    """Parts, preamble, epilogue, and whether the delimiters are not as they should be."""
    if not boundary or octets.find(b"--" + boundary, body.start, body.end) < 0:
        return (), Span(body.start, body.start), Span(body.end, body.end), False
    mark = re.compile(rb"(?:\A|(?<=\n))--" + re.escape(boundary) + rb"(--)?[ \t]*(?:\r?\n|\Z)")
    found: list[Span] = []
    begun: int | None = None
    first, closed = body.end, 0
    is_odd = False
    for line in mark.finditer(octets, body.start, body.end):
        if len(found) > _DELIMITERS_MAX:
            break
        first = min(first, line.start())
        if begun is not None:
            found.append(Span(begun, _before_line_end(octets, begun, line.start())))
        elif closed and not line[1]:
            is_odd = True  # a part behind the last delimiter
        begun = None if line[1] else line.end()
        closed = line.end() if line[1] else closed
    if begun is not None:
        # The last delimiter is missing: programs show the rest all the same.
        is_odd = True
        if begun < body.end:
            found.append(Span(begun, body.end))
    epilogue = Span(closed, body.end) if closed and begun is None else Span(body.end, body.end)
    return tuple(found), Span(body.start, first if found else body.start), epilogue, is_odd


def _loose_parts(octets: bytes, body: Span, boundary: bytes, known: int) -> tuple[Span, ...]:
    """The parts for programs that only look at how a line begins; () where that changes nothing."""
    if len(boundary) < 2:
        return ()
    mark = re.compile(rb"(?:\A|(?<=\n))--" + re.escape(boundary) + rb"[^\r\n]{0,200}(?:\r?\n|\Z)")
    exact = re.compile(rb"--" + re.escape(boundary) + rb"(?:--)?[ \t]*(?:\r?\n)?\Z")
    lines = [line for line, _ in zip(mark.finditer(octets, body.start, body.end), range(2000), strict=False)]
    extra = [line for line in lines if not exact.match(line[0])]
    if not extra:
        return ()
    # The boundary of a multipart inside may begin with ours.
    inside = {line[0].strip()[2:].removesuffix(b"--") for line in extra}
    if all(
        re.search(rb"""boundary\s*=\s*["']?""" + re.escape(one), octets[body.start : body.end], re.IGNORECASE)
        for one in list(inside)[:20]
    ):
        return ()
    starts = [line.end() for line in lines]
    ends = [line.start() for line in lines[1:]] + [body.end]
    return tuple(
        Span(start, _before_line_end(octets, start, end))
        for start, end in zip(starts, ends, strict=True)
        if end > start
    )


def _before_line_end(octets: bytes, start: int, end: int) -> int:
    """The line end before a delimiter belongs to the delimiter (RFC 2046 §5.1.1)."""
    if end - 2 >= start and octets[end - 2 : end] == b"\r\n":
        return end - 2
    return max(start, end - 1) if end > start else start
