"""Foreign text on a terminal and on the page, and which language the terminal speaks."""

from __future__ import annotations

import pytest

from mailguard.demo.showing import fitted, plain, width, wrapped
from mailguard.demo.terminal import language_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("お見積り", "お見積り", id="ordinary"),
        pytest.param("a\tb\r\nc", "a b c", id="tab-and-line-end"),
        pytest.param("\x1b[2Jgone", "\ufffd[2Jgone", id="terminal-command"),
        pytest.param("invoice\u202efdp.exe", "invoice\ufffdfdp.exe", id="right-to-left"),
        pytest.param("a\u200bb\u2028c", "a\ufffdb\ufffdc", id="cannot-be-seen"),
        pytest.param("\udcff", "\ufffd", id="octet-that-is-no-character"),
    ],
)
def test_plain_text_of_a_stranger_cannot_repaint_what_shows_it(text: str, expected: str) -> None:
    """A subject is letters on the screen and nothing else."""
    assert expected == plain(text)


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        pytest.param("short", 10, "short", id="fits"),
        pytest.param("exactly ten", 11, "exactly ten", id="fits-exactly"),
        pytest.param("a longer one", 8, "a long..", id="cut"),
        pytest.param("会議室が変わりました", 9, "会議室..", id="japanese-takes-two-columns"),
        pytest.param("か\u3099きく", 6, "か\u3099きく", id="combining-mark-takes-none"),
    ],
)
def test_fitted_text_stays_inside_its_columns(text: str, columns: int, expected: str) -> None:
    """A line of the terminal does not wrap."""
    assert expected == fitted(text, columns)
    assert width(expected) <= columns


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        pytest.param("short", 10, ["short"], id="fits"),
        pytest.param("words of a longer line", 10, ["words of a", "longer", "line"], id="at-blanks"),
        pytest.param("会議室が変わりました", 9, ["会議室が", "変わりま", "した"], id="japanese-anywhere"),
        pytest.param("a/very/long/path", 6, ["a/very", "/long/", "path"], id="no-blank-to-break-at"),
    ],
)
def test_wrapped_text_keeps_all_of_it_inside_its_columns(text: str, columns: int, expected: list[str]) -> None:
    """A sentence that matters is read to its end."""
    lines = wrapped(text, columns)

    assert expected == lines
    assert all(width(line) <= columns for line in lines)


@pytest.mark.parametrize(
    ("environment", "encoding", "expected"),
    [
        pytest.param({"LANG": "ja_JP.UTF-8"}, "utf-8", "ja", id="japanese"),
        pytest.param({"LANG": "C"}, "utf-8", "en", id="plain"),
        pytest.param({}, "utf-8", "en", id="nothing-set"),
        pytest.param({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "utf-8", "en", id="overruled"),
        pytest.param({"LANG": "ja_JP.UTF-8"}, "ascii", "en", id="terminal-cannot-show-it"),
        pytest.param({"LANG": "ja_JP.SJIS"}, "cp932", "ja", id="shift-jis-terminal"),
    ],
)
def test_terminal_speaks_the_language_of_who_started_it(
    environment: dict[str, str], encoding: str, expected: str
) -> None:
    """Japanese is spoken where it is wanted and can be shown."""
    assert expected == language_of(environment, encoding)
