"""Lists of people under an illness: 次の職員は休職しています, 糖尿病: …"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailguard.inspection.hits import Hit
from mailguard.inspection.text import Text, line_end, line_start
from mailguard.model.finding import Kind

_ANNOUNCES = re.compile(
    r"(?:次|以下|下記|左記)の(?:とおり|通り|[^、。\n:]{0,6}(?:方|者|員|生|童|児|人|名)(?!々))|[:は]\s{0,2}$"
)
_BLANKS_MAX = 1
"""Lines without a name between two entries, or before the first."""


def announced_lines(text: Text, hits: Sequence[Hit]) -> set[int]:
    """The lines that name people of whom one line says an illness: those below it, and its own behind a colon."""
    said = [hit for hit in hits if hit.kind == Kind.SPECIAL_CARE]
    if not said:
        return set()
    named = {hit.line for hit in hits if hit.is_name}
    found: set[int] = set()
    plain = text.plain
    for hit in said:
        if text.after(hit.end, 2).lstrip().startswith(":"):
            found.add(hit.line)
        if not _ANNOUNCES.search(plain[line_start(plain, hit.start) : line_end(plain, hit.end)]):
            continue
        line = hit.line + 1
        last = hit.line
        while line - last <= 1 + _BLANKS_MAX and line not in found:
            if line in named:
                last = line
                found.add(line)
            line += 1
    return found
