"""JSON and XML as lines of name and value, and as tables where they hold a list of equal records.

No entity that a document defines itself is put in its place and nothing outside is fetched, so that neither
"billion laughs" nor external entities (XXE) have anything to work on. Costs are linear in the text.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator

from mailguard.extract.walk import Walk, table_text
from mailguard.model.contents import Form, Piece

_NESTED_MAX = 60
_GAPS_MAX = 20
"""Cells of a table for each that holds something."""

_ATTRIBUTE = re.compile(r"""([\w:.-]{1,100})\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_NAME = re.compile(r"[^\s/>]{1,200}")
_MEANINGLESS = ("xmlns", "xsi:", "xml:space")
_ENTITY_VALUE = re.compile(r"""<!ENTITY\s+[^\s"'>]{1,100}\s+["']([^"']{1,2000})["']""")
_DECLARATIONS = (("<!--", "-->", "remark"), ("<![CDATA[", "]]>", "cdata"), ("<!DOCTYPE", "]>", "doctype"))
_ROW = ("row", "tr", "record", "item")


def add_json(text: str, where: str, walk: Walk) -> bool:
    """The values of a JSON text, or of one on each line; False where it is none."""
    try:
        values: list[object] = [json.loads(text)]
    except (ValueError, RecursionError):
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            values = [[json.loads(line) for line in lines]]
        except (ValueError, RecursionError):
            return False
    walk.check_time()
    lines_made: list[str] = []
    for value in values:
        _add_value(value, "", lines_made, where, walk, 0)
    walk.add(Piece(where, "\n".join(lines_made)))
    return True


def _add_value(value: object, name: str, lines: list[str], where: str, walk: Walk, depth: int) -> None:
    if depth > _NESTED_MAX:
        lines.append(json.dumps(value, ensure_ascii=False) if depth == _NESTED_MAX + 1 else str(value))
    elif isinstance(value, dict):
        for key, inner in value.items():
            _add_value(inner, str(key), lines, where, walk, depth + 1)
        lines.append("")
    elif isinstance(value, list):
        records = [one for one in value if isinstance(one, dict)]
        columns = list(dict.fromkeys(str(key) for record in records for key in record))
        values = sum(map(len, records))
        # Records that share no names would make a table of nothing but gaps, as large as their number by itself.
        is_dense = len(columns) * len(records) <= _GAPS_MAX * values
        if len(records) > 1 and len(records) == len(value) and is_dense and _is_flat(records):
            rows = [columns, *([_shown(record.get(column)) for column in columns] for record in records)]
            walk.add(Piece(where, table_text(rows), Form.TABLE, section=name))
            return
        for inner in value:
            _add_value(inner, name, lines, where, walk, depth + 1)
    elif isinstance(value, str) and value[:1] in "{[" and (packed := _packed(value)) is not None:
        _add_value(packed, name, lines, where, walk, depth + 1)
    elif value is not None and value != "":
        lines.append(f"{name}: {_shown(value)}" if name else _shown(value))


def _packed(value: str) -> object | None:
    """What a string holds that is JSON itself; None for any other string."""
    try:
        found: object = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, (dict, list)) else None


def _is_flat(records: list[dict[str, object]]) -> bool:
    return not any(isinstance(value, (dict, list)) for record in records for value in record.values())


def _shown(value: object) -> str:
    return "" if value is None else str(value)


def add_xml(text: str, where: str, walk: Walk) -> None:
    """Texts, attributes, remarks and the values of entities of an XML document, well formed or not."""
    lines: list[str] = []
    rows: list[list[str]] = []
    row: list[str] | None = None
    name = ""
    for kind, found in _tokens(text):
        if kind == "text":
            words = " ".join(html.unescape(found).split() if "&" in found else found.split())
            if not words:
                continue
            if row is not None:
                row.append(words)
            else:
                lines.append(f"{name}: {words}" if name else words)
        elif kind == "open":
            match = _NAME.match(found)
            name = match[0].rpartition(":")[2] if match else ""
            if name.lower() in _ROW and row is None:
                row = []
            lines += [
                f"{key}: {html.unescape(one or other)}"
                for key, one, other in _ATTRIBUTE.findall(found)
                if (one or other).strip() and not key.startswith(_MEANINGLESS)
            ]
        elif kind == "close":
            if row is not None and found.strip().rpartition(":")[2].lower() in _ROW:
                rows.append(row)
                row = None
            name = ""
        else:
            lines.append(" ".join(html.unescape(found).split()))
    if row:
        rows.append(row)
    walk.add(Piece(where, "\n".join(lines)))
    walk.add(Piece(where, table_text(rows), Form.TABLE, section="rows"))


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """``text``, ``open``, ``close`` and ``remark``, in order."""
    position = 0
    lost: set[str] = set()
    while position < len(text):
        at = text.find("<", position)
        if at < 0:
            yield "text", text[position:]
            return
        if at > position:
            yield "text", text[position:at]
        for begin, end, kind in (
            ("<!--", "-->", "remark"),
            ("<![CDATA[", "]]>", "cdata"),
            ("<!DOCTYPE", "]>", "doctype"),
        ):
            if text.startswith(begin, at) and end not in lost:
                stop = text.find(end, at)
                if stop < 0:
                    # Looked for once only: otherwise many of them would each be a look to the end.
                    lost.add(end)
                    continue
                inner = text[at + len(begin) : stop]
                if kind == "doctype":
                    for one in _ENTITY_VALUE.finditer(inner):
                        yield "remark", one[1]
                elif kind == "cdata":
                    yield "text", inner.replace("&", "&amp;")
                else:
                    yield "remark", inner
                position = stop + len(end)
                break
        else:
            stop = text.find(">", at)
            if stop < 0:
                yield "text", text[at:]
                return
            inner = text[at + 1 : stop]
            if inner.startswith("/"):
                yield "close", inner[1:]
            elif not inner.startswith("?"):
                yield "open", inner
            position = stop + 1
