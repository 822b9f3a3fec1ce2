"""One mail's pieces to findings: the layers in their order.

Normalise, read tables, ask the detectors about the rest, let overlaps go, give each value its person, mark what does
not count, and add up over the whole mail. Never raises for any text; linear in its length.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from mailguard.inspection.bare_numbers import bare_numbers
from mailguard.inspection.beside import born_beside
from mailguard.inspection.circumstances import Circumstances
from mailguard.inspection.closings import CONTACT_KINDS
from mailguard.inspection.columns import Columns, Found
from mailguard.inspection.comparisons import lists_of
from mailguard.inspection.detection import Detection, shipped
from mailguard.inspection.generic import credential
from mailguard.inspection.hits import FINDING_MIN, SURNAME, Hit, hit_of, without_overlaps, without_readings
from mailguard.inspection.letters import Layout
from mailguard.inspection.links import link_lines, link_rows
from mailguard.inspection.normalise import normalised, plain_text
from mailguard.inspection.persons import added_up
from mailguard.inspection.settling import settle
from mailguard.inspection.suppression import Suppressor
from mailguard.inspection.tables import tables_of
from mailguard.inspection.text import Text
from mailguard.model.contents import Contents, Form, Piece
from mailguard.model.finding import Inspection, Kind, Suppression

_RECORDS = (".ics", ".vcf", ".json", ".xml", ".csv", ".tsv", ".log")
"""Endings of files that hold records: no letter either."""

_DENSE_FROM = 50_000
"""Characters from which blank lines are left out before the detectors are asked."""

_TOPIC_LOOK = 4000
"""Characters of subject and body in which it is said what the mail is about."""

_NUMBER_WORDS = re.compile(
    r"マイナンバー|個人番号|My ?Number|基礎年金番号|国民年金|厚生年金|年金番号|年金手帳|運転免許証|免許証番号"
    r"|旅券番号|パスポート|在留カード|被保険者番号|保険証|カード番号"
    r"|会員番号|組合員番号|職員番号|passport|pension number|residence card|credit card",
    re.IGNORECASE,
)

_LIKE_PASSWORDS = re.compile(
    r"(?<![A-Za-z0-9@._%+/:-])(?=[!-~]{0,39}[A-Za-z])(?=[!-~]{0,39}[0-9])[A-Za-z0-9!#$%&*+\-_?]{6,40}(?![A-Za-z0-9@._%+/:-])"
)
"""Words of letters and digits together that are no address of anything."""
_IN_NAME = re.compile(r"[._()\[\]-]")
_SAID_IN_NAME = re.compile(
    r"(?:(?<![A-Za-z])(?:pw|pass(?:word|wd)?)|パスワード|パス)(?:は|[ :=_])*([A-Za-z0-9!#$%&*+?@-]{3,40})",
    re.IGNORECASE,
)
_IS_TELEPHONE = re.compile(
    r"(?:パスワード|合言葉|(?<![a-z])(?:password|pass|pw)(?![a-z]))"
    r"[^\n。]{0,30}?(?:電話|携帯|tel|phone|番号|下 ?[4四] ?桁)",
    re.IGNORECASE,
)
"""What says that a password is a telephone number, which then stands in the signature."""
_TELEPHONE = re.compile(r"(?<![0-9])0[0-9]{1,4}[-( ]{1,2}[0-9]{1,4}[-) ]{1,2}[0-9]{3,4}(?![0-9])")
_TELEPHONES_MAX = 3
_NOTE_MAX = 2000
"""Characters of an attached text up to which it may be a note with a password."""
WORDS_MAX = 16
"""Words that are only like passwords and are tried as well."""
PASSWORDS_MAX = 8
"""Passwords of a mail that are tried on its files; each try costs a key derivation."""

_NO_LETTERS = frozenset({"file name", "properties", "attributes", "header", "footer"})
"""Sections of a piece that hold no letter: nobody greets or signs there."""


@dataclass
class Seen:
    """One piece with what was kept in it."""

    piece: Piece
    text: Text
    hits: list[Hit]
    starts: Sequence[int]
    closing: list[bytes] = field(default_factory=list)


def inspect(
    contents: Contents, circumstances: Circumstances | None = None, detection: Detection | None = None
) -> Inspection:
    """The findings of a mail. ``detection``: what is looked with, or what ships."""
    about = circumstances or Circumstances()
    seen = seen_in(contents, about, detection)
    found = added_up(seen, about)
    labels = (detection or shipped()).labels
    return replace(
        found,
        labels={kind: labels[kind] for kind in found.counts if kind in labels},
        unreadable=contents.unreadable,
        signs=contents.signs,
        lists=lists_of(seen, about),
    )


def seen_in(contents: Contents, about: Circumstances, detection: Detection | None = None) -> list[Seen]:
    """All pieces of a mail with what was kept in them."""
    topic = topic_of(contents.pieces)
    seen = [look(piece, about, detection, topic) for piece in without_repeats(contents.pieces)]
    settle(seen)
    return seen


def without_repeats(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """The pieces without those whose words stand in an earlier one of the same place, as an HTML body's do."""
    earlier: dict[str, list[str]] = {}
    for piece in pieces:
        if piece.where != "body" or piece.form is Form.TABLE or piece.is_hidden:
            yield piece
            continue
        words = "".join(piece.text.split())
        if any(words in one for one in earlier.get(piece.where, ())):
            continue
        earlier.setdefault(piece.where, []).append(words)
        yield piece


def look(piece: Piece, about: Circumstances, detection: Detection | None = None, topic: str = "") -> Seen:
    """One piece's hits, marked and with their people. ``topic``: words of the mail that say what its numbers are."""
    detection = detection or shipped()
    text = normalised(piece)
    plain = text.plain
    is_sheet = piece.form is Form.TABLE
    lines = plain.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)][:-1]
    layout = None if is_sheet else _layout(piece, plain, about)
    in_tables, offices = _tabled(text, lines, starts, detection.columns)
    rest = _without(text, in_tables)
    found = _detected(rest, detection, topic)
    found = _without_rests(found, in_tables, plain)
    hits = [
        hit
        for hit in without_overlaps([*in_tables, *found], len(plain), detection.priority)
        if hit.kind not in detection.claims and (hit.confidence >= FINDING_MIN or hit.kind == SURNAME)
    ]
    hits.extend(bare_numbers(rest, hits))
    hits.extend(born_beside(text, hits))
    hits.sort(key=lambda one: one.start)
    for hit in hits:
        hit.line = bisect_right(starts, hit.start) - 1
        if hit.line in offices and (hit.kind in CONTACT_KINDS or hit.is_name):
            hit.suppressed = Suppression.ORGANISATION
        if is_sheet and hit.row is None:
            hit.row = (0, hit.line)
    if layout is None:
        link_rows(hits)
    else:
        link_lines(hits, layout)
    suppressor = Suppressor(text, layout, about, hits, detection)
    suppressor.mark()
    return Seen(piece, text, without_readings(hits), starts, suppressor.closing)


def _detected(rest: Text, detection: Detection, topic: str) -> list[Hit]:
    """What the detectors see in what the tables have left."""
    asked, starts, kept = _dense(rest) if len(rest.plain) > _DENSE_FROM else (rest, [], [])
    length = len(asked.plain)
    if topic and topic not in asked.plain:
        asked = Text(rest.piece, f"{asked.plain}\n\n{topic}")
    hits = [
        hit_of(candidate, asked)
        for detector in detection.detectors
        for candidate in detector.find(asked)
        if candidate.end <= length
    ]
    for hit in hits if kept else ():
        line = bisect_right(kept, hit.start) - 1
        moved = starts[line] - kept[line]
        hit.start, hit.end = hit.start + moved, hit.end + moved
    return hits


def _dense(text: Text) -> tuple[Text, list[int], list[int]]:
    """The text without lines that are blank, with where its lines began and begin: most of a large sheet is known."""
    lines: list[str] = []
    starts: list[int] = []
    kept: list[int] = []
    position = length = 0
    for line in text.plain.split("\n"):
        if line.strip():
            lines.append(line)
            starts.append(position)
            kept.append(length)
            length += len(line) + 1
        position += len(line) + 1
    return Text(text.piece, "\n".join(lines)), starts, kept


def _layout(piece: Piece, plain: str, about: Circumstances) -> Layout:
    is_record = piece.section in _NO_LETTERS or piece.where.casefold().endswith(_RECORDS)
    return Layout(plain, is_letter=piece.where != "subject" and not is_record, signers=about.signers)


def topic_of(pieces: Sequence[Piece]) -> str:
    """The names of numbers that subject and body speak of: 「マイナンバーのご連絡」 above a number without a word."""
    words: dict[str, None] = {}
    for piece in pieces:
        if piece.where in ("subject", "body"):
            words.update(dict.fromkeys(_NUMBER_WORDS.findall(plain_text(piece.text[:_TOPIC_LOOK]))))
    return " ".join(words)


def _tabled(text: Text, lines: list[str], starts: list[int], columns: Columns) -> tuple[list[Hit], set[int]]:
    """The hits of all tables, and the lines that are organisations'."""
    hits: list[Hit] = []
    offices: set[int] = set()
    for number, table in enumerate(tables_of(text, lines, starts)):
        above = text.piece.where + text.piece.section + "".join(lines[max(0, table.first_line - 4) : table.first_line])
        last = table.first_line + len(table.rows)
        # A remark right below says which number a column holds.
        above += "".join(line for line in lines[last : last + 2] if "番号" in line)
        reading = columns.read(table, above)
        offices.update(table.first_line + row for row in reading.organisations)
        for found in reading.found:
            hit = hit_of(found.candidate, text)
            hit.row = (number, table.first_line + found.row)
            hit.column = found.column
            if found.is_of_office:
                hit.suppressed = _office_mark(found)
            hits.append(hit)
    return hits, offices


def _without_rests(found: list[Hit], in_tables: list[Hit], plain: str) -> list[Hit]:
    """Without addresses in the rest of a cell that already gave one: the name of a building, with its rooms."""
    ends = sorted(hit.end for hit in in_tables if hit.kind == Kind.POSTAL_ADDRESS)
    if not ends:
        return found

    def is_rest(hit: Hit) -> bool:
        before = bisect_right(ends, hit.start) - 1
        between = plain[ends[before] : hit.start] if before >= 0 else "\n"
        return "\t" not in between and "\n" not in between

    return [hit for hit in found if hit.kind != Kind.POSTAL_ADDRESS or not is_rest(hit)]


def passwords_in(contents: Contents) -> tuple[str, ...]:
    """What the mail itself says a password is, the likeliest first: whoever gets it can open the files beside it."""
    found: dict[str, float] = {}
    words: dict[str, None] = {}
    written: list[str] = []
    for piece in contents.pieces:
        if piece.where not in ("subject", "body") and (len(piece.text) > _NOTE_MAX or piece.form is Form.TABLE):
            continue
        text = normalised(piece)
        for candidate in credential.DETECTOR.find(text):
            word = text.plain[candidate.start : candidate.end].strip()
            found[word] = max(found.get(word, 0.0), candidate.confidence)
        # "Use Himitsu2026 to open it": no word of ours says so, and the file does.
        plain = text.plain[:_TOPIC_LOOK]
        if piece.section == "file name":
            plain = _IN_NAME.sub(" ", plain)
            words.update(dict.fromkeys(_SAID_IN_NAME.findall(plain)))
        else:
            written.append(plain)
        words.update((word, None) for word in _LIKE_PASSWORDS.findall(plain) if word not in found)
    likeliest = sorted(found, key=lambda word: -found[word])[:PASSWORDS_MAX]
    tried = dict.fromkeys((*_telephones("\n".join(written)), *words))
    return (*likeliest, *[word for word in tried if word not in found][:WORDS_MAX])


def _telephones(text: str) -> Iterator[str]:
    """Telephone numbers of a text that says that one of them is a password, as somebody would type them."""
    if _IS_TELEPHONE.search(text):
        for number in _TELEPHONE.findall(text)[:_TELEPHONES_MAX]:
            digits = "".join(one for one in number if one.isdigit())
            yield from (number, digits, digits[-4:])


def _office_mark(found: Found) -> Suppression | None:
    kind = found.candidate.kind
    if kind in CONTACT_KINDS:
        return Suppression.ORGANISATION
    return Suppression.OFFICE_HOLDER if kind == "person_name" else None


def _without(text: Text, hits: Iterable[Hit]) -> Text:
    """The text with what is known already blanked out, at the same length."""
    parts: list[str] = []
    position = 0
    for start, end in sorted((hit.start, hit.end) for hit in hits if hit.kind != Kind.SPECIAL_CARE):
        if start < position:
            continue
        parts.append(text.plain[position:start])
        parts.append(" " * (end - start))
        position = end
    if not parts:
        return text
    parts.append(text.plain[position:])
    return Text(text.piece, "".join(parts), text.origin)
