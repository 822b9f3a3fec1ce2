"""One spelling for what can be typed in many ways, and the way back to what was typed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailguard.inspection.normalise import normalised, plain_text
from mailguard.inspection.text import Text
from mailguard.model.contents import Piece

SPELLINGS = [
    pytest.param("\uff10\uff19\uff10\uff0d\uff11\uff12", "090-12", id="full-width"),
    pytest.param("090\u201012\u201334\u221256\u30158", "090-12-34-56\u30158", id="dashes"),
    pytest.param("\uff8a\uff9f\uff76\uff9e", "\u30d1\u30ac", id="half-width kana with marks"),
    pytest.param("\u304b\u3099\u304d", "\u304c\u304d", id="mark apart"),
    pytest.param("12\u200b34\ufeff56\u00ad", "123456-", id="without width"),
    pytest.param("\u3231\u2460\u2121", "(\u682a)1TEL", id="one character for several"),
    pytest.param("\u8fbb\U000e0100\u5ddd", "\u8fbb\u5ddd", id="variation selector"),
    pytest.param("3\u30fc12\u30fc5", "3-12-5", id="long-vowel mark between digits"),
    pytest.param("\u30c7\u30fc\u30bf", "\u30c7\u30fc\u30bf", id="long-vowel mark in a word"),
    pytest.param("a\u3000b\u00a0c", "a b c", id="blanks"),
    pytest.param("a\r\nb\u2028c\x0bd", "a \nb\nc\nd", id="ends of lines"),
    pytest.param("a\ud800b\udfff\u3099", "a\ufffdb\ufffd\u3099", id="half a character"),
    pytest.param("\u9ad9\u5d0e", "\u9ad9\u5d0e", id="letters that only look alike stay"),
]


@pytest.mark.parametrize(("typed", "plain"), SPELLINGS)
def test_normalise_gives_one_spelling(typed: str, plain: str) -> None:
    """However something is typed, it is read alike; what is another thing stays one."""
    assert plain == normalised(Piece("body", typed)).plain == plain_text(typed)


def origin_of(text: Text, place: int) -> int:
    return place if text.origin is None else text.origin[place]


ODD = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\u304b\u3099\uff76\uff9e\uff9f\u3231\u2121\u200b\ufe0f\U000e0100\u3000\r\n\t-\u30fc\uff11"),
    ),
    max_size=60,
)


@given(ODD)
def test_normalise_leads_every_character_back(typed: str) -> None:
    """Whatever a mail holds, each character that is read has a place it came from, in the same order."""
    text = normalised(Piece("body", typed))
    places = [origin_of(text, place) for place in range(len(text.plain))]

    assert places == sorted(places)
    assert all(0 <= place < max(1, len(typed)) for place in places)


@given(ODD, st.from_regex(r"[0-9]{4}-[0-9]{4}", fullmatch=True), ODD)
def test_normalise_leads_a_value_back_to_itself(before: str, value: str, after: str) -> None:
    """A number between whatever signs is found in the text as it was typed."""
    typed = f"{before} {value} {after}"
    text = normalised(Piece("body", typed))
    starts = [start for start in range(len(text.plain)) if text.plain.startswith(value, start)]

    assert any(typed[origin_of(text, start) :].startswith(value) for start in starts)


@given(st.text(st.characters(codec="ascii"), max_size=60))
def test_normalise_leaves_plain_text_of_plain_letters(typed: str) -> None:
    """English text is read as it stands, but for control characters."""
    plain = normalised(Piece("body", typed)).plain

    assert [one for one in plain if one.isalnum()] == [one for one in typed if one.isalnum()]
    assert unicodedata.is_normalized("NFKC", plain)
