"""The letters in a text: each has a greeting, a closing block, and may be quoted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailguard.inspection.letters import Layout, Role

OWN = (
    "株式会社パートナー\n安藤様\n\nいつもお世話になっております。\nあおば互助会の田上です。\n\n資料をお送りします。\n"
    "よろしくお願いいたします。\n\n--\nあおば互助会 田上\nTEL 026-555-0110\n"
)
INTRODUCTIONS = [
    pytest.param("2026年10月1日(木) 10:00 安藤 真由美 <ando@partner.example.com>:\n", "> ", id="marks"),
    pytest.param(
        "-----Original Message-----\nFrom: 安藤 <ando@partner.example.com>\nSent: Thursday\n\n", "", id="block"
    ),
]
THEIRS = "田上様\n\nパートナーの安藤です。\n資料をお願いします。\n\n--\n株式会社パートナー 安藤\nTEL 03-5555-0110\n"


def roles(plain: str) -> dict[str, Role]:
    """What each line is for."""
    layout = Layout(plain)
    return {layout.words_of(number).strip(): role for number, role in enumerate(layout.roles)}


def test_letter_has_greeting_text_and_closing() -> None:
    """What a letter greets, says and closes with is told apart."""
    found = roles(OWN)

    assert (Role.GREETING, Role.TEXT, Role.CLOSING, Role.CLOSING) == tuple(
        found[line] for line in ("安藤様", "資料をお送りします。", "あおば互助会 田上", "TEL 026-555-0110")
    )


@pytest.mark.parametrize(("introduction", "mark"), INTRODUCTIONS)
def test_quoted_letter_is_one_of_its_own(introduction: str, mark: str) -> None:
    """Below a mail program's lines another letter begins, with its own greeting and closing."""
    plain = OWN + "\n" + introduction + "".join(f"{mark}{line}\n" for line in THEIRS.splitlines())
    layout = Layout(plain)
    found = roles(plain)
    own, theirs = layout.letter_at(plain.index("資料をお送り")), layout.letter_at(plain.index("資料をお願い"))

    assert (False, True) == (own.is_quoted, theirs.is_quoted)
    assert (Role.GREETING, Role.CLOSING, Role.CLOSING) == tuple(
        found[line] for line in ("田上様", "TEL 03-5555-0110", "TEL 026-555-0110")
    )
    assert Role.HEADER is layout.role_at(plain.index("ando@partner"))


def test_letter_without_closing_has_none() -> None:
    """A note without signature is text to its end."""
    layout = Layout("安藤様\n\n明日は10時に伺います。\n会議室でお待ちください。\n")

    assert Role.CLOSING not in layout.roles
    assert layout.letters[0].closing == layout.letters[0].last


def test_subject_is_no_letter() -> None:
    """Nobody greets or signs in a subject."""
    assert {Role.TEXT} == set(Layout("安藤様", is_letter=False).roles)


LINES = st.sampled_from(
    [*OWN.splitlines(), *THEIRS.splitlines(), "> はい", "From: a@b.example", "Sent: x", "-----", ""]
)


@settings(max_examples=60)
@given(st.one_of(st.lists(LINES, max_size=30).map("\n".join), st.text(max_size=200)))
def test_every_line_of_any_text_has_a_role_and_a_letter(plain: str) -> None:
    """However a text is made, each place in it lies on a line, with a role, in a letter that is part of the text."""
    layout = Layout(plain)

    assert len(layout.roles) == len(layout.lines) == plain.count("\n") + 1
    for offset in range(0, len(plain) + 1, 7):
        line = layout.line_of(offset)
        letter = layout.letter_at(offset)
        assert layout.starts[line] <= offset
        assert layout.roles[line] is layout.role_at(offset)
        assert 0 <= letter.first <= letter.closing <= letter.last <= len(layout.lines)
