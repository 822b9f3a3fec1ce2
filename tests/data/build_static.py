"""Make the browser files of others anew: ``python -m tests.data.build_static FOLDER``.

``FOLDER`` holds the unpacked npm packages ``htmx.org`` and ``lucide-static`` in folders of their names.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

STATIC = Path(__file__).parents[2] / "mailguard" / "web" / "static"
ICONS = (
    "inbox", "log-out", "x", "check", "clock", "user", "users", "shield", "key-round", "mail", "search",
    "triangle-alert", "info", "copy", "pencil", "undo-2", "file-text", "settings", "globe", "lock", "send",
    "circle-help", "circle-check", "pause", "building-2",
)  # fmt: skip
_SYMBOL = (
    '<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-linecap="round" stroke-linejoin="round">{shapes}</symbol>'
)


def sprite(folder: Path) -> str:
    """All icons in one file."""
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg">'
        "<!-- Signs of lucide-static 1.62.0, ISC licence: licences/lucide.txt -->"
    ]
    for name in ICONS:
        found = re.search(r"<svg[^>]*>(.*)</svg>", (folder / f"{name}.svg").read_text(), re.DOTALL)
        assert found is not None, name
        shapes = "".join(line.strip() for line in found[1].splitlines())
        lines.append(_SYMBOL.format(name=name, shapes=shapes))
    return "\n".join([*lines, "</svg>", ""])


def main(folder: Path) -> None:
    """Write both files."""
    (STATIC / "icons.svg").write_text(sprite(folder / "lucide-static" / "icons"))
    (STATIC / "htmx.min.js").write_bytes((folder / "htmx.org" / "dist" / "htmx.min.js").read_bytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
