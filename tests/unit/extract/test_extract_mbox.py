"""Every mail in an mbox is read as a mail of its own, decoded like any other."""

from __future__ import annotations

import base64

import pytest

from mailguard.extract.dispatch import read_file
from mailguard.extract.walk import Walk
from mailguard.model.contents import Contents, Obstacle

LINE = "From {}@example.com Thu Nov 26 10:00:00 2026\n"
PLAIN = LINE.format("a") + "Subject: a\n\nhello\n\n"
ENCODED = (
    LINE.format("b")
    + "Subject: b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
    + base64.b64encode("受付番号 仮名 太郎".encode()).decode()
    + "\n\n"
)


def contents(text: str, name: str = "a.mbox") -> Contents:
    walk = Walk(read_file)
    walk.file(name, text.encode(), f"attachment:{name}", 1)
    return walk.contents()


@pytest.mark.parametrize("name", ["a.mbox", "archive", "a.txt"])
@pytest.mark.parametrize("text", [PLAIN + ENCODED, ENCODED, ENCODED + PLAIN, PLAIN * 3 + ENCODED])
def test_mail_in_an_mbox_is_decoded(text: str, name: str) -> None:
    """Wherever it stands among others, and however little they say of themselves."""
    found = contents(text, name)

    assert any("仮名 太郎" in piece.text and piece.where == f"attachment:{name}!body" for piece in found.pieces)


def test_mbox_of_very_many_mails_is_told_of() -> None:
    """What is beyond the bound is not read, and that is said."""
    assert (Obstacle.TOO_MANY,) == tuple(one.why for one in contents(PLAIN * 501).unreadable)


def test_letter_that_begins_with_from_is_no_mail() -> None:
    """A word is no mbox."""
    found = contents("From Monday on: the office is closed.\nSubject: matters\n", "a.txt")

    assert ["attachment:a.txt"] == [piece.where for piece in found.pieces if piece.section == ""]
