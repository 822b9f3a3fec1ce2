"""The files of others that come along are the ones that were looked at."""

from __future__ import annotations

import re
from hashlib import sha256

from mailguard.web.assets import FOLDER
from mailguard.web.interrupted import SECRET


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


def test_every_sign_a_page_shows_is_in_the_sprite() -> None:
    """No button has a hole where its sign should be."""
    pages = "".join(one.read_text() for one in sorted((FOLDER.parent / "templates").glob("*.html")))
    shown = set(re.findall(r"""icon\(['"]([a-z0-9-]+)['"]""", pages))

    assert set() == shown - set(re.findall(r'id="([a-z0-9-]+)"', (FOLDER / "icons.svg").read_text()))


def test_every_field_for_a_secret_is_known_as_one() -> None:
    """No password or code of mine stands in the page that keeps what I typed when my session ended."""
    pages = "".join(one.read_text() for one in sorted((FOLDER.parent / "templates").glob("*.html")))
    secret = '"(?:password|[a-z]+-password|one-time-code)"'
    found = set(re.findall(rf'parts\.field\("([^"]+)",[^}}]*?{secret}', pages))

    assert not re.search(r'<input[^>]*type="password"', pages)
    assert {"password", "old", "new", "again", "code"} == found & SECRET
    assert set() == found - SECRET
