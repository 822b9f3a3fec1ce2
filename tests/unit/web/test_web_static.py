"""The files of others that come along are the ones that were looked at."""

from __future__ import annotations

import re
from hashlib import sha256

from mailguard.web.assets import FOLDER


def test_vendored_file_is_the_one_on_record() -> None:
    """What runs in browsers of the office is exactly what is listed, with version and licence."""
    rows = re.findall(
        r"^\| `([^`]+)` .*\| `([0-9a-f]{64})` \|.*licences/([\w.-]+)\)",
        (FOLDER / "SOURCES.md").read_text(),
        re.MULTILINE,
    )

    assert {"htmx.min.js", "icons.svg"} == {name for name, _, _ in rows}
    for name, digest, licence in rows:
        assert digest == sha256((FOLDER / name).read_bytes()).hexdigest()
        assert (FOLDER / "licences" / licence).is_file()


def test_script_and_sprite_need_no_exception_from_the_policy() -> None:
    """Our own script neither makes code of texts nor writes markup or styles."""
    script = (FOLDER / "mailguard.js").read_text()

    assert not re.search(r"\beval\b|new Function|innerHTML|outerHTML\s*=|insertAdjacentHTML|\.style\b", script)
