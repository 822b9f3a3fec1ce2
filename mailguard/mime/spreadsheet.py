"""Lines of CSV that spreadsheets open as what they are: no cell becomes a formula, Japanese is not garbled.

What ``line_of`` writes, ``plain`` reads back as the same. A cell is quoted by an apostrophe where a spreadsheet would
compute it; those of Japanese offices take the wide signs as well.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

BYTE_ORDER_MARK = "\ufeff"
"""At the beginning of a file. Without it a Japanese spreadsheet reads UTF-8 as Shift_JIS."""
_COMPUTED = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def line_of(cells: Iterable[str]) -> str:
    """One line, with its end."""
    out = io.StringIO()
    csv.writer(out).writerow([f"'{cell}" if _is_computed(cell) else cell for cell in cells])
    return out.getvalue()


def plain(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from computing it."""
    return cell[1:] if cell.startswith("'") and _is_computed(cell[1:]) else cell


def _is_computed(cell: str) -> bool:
    # Apostrophes in front count as well, or one that was meant would be taken for ours.
    return cell.lstrip("'").startswith(_COMPUTED)
