"""Words of a long list in a text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailguard.inspection.word_places import WordPlaces

_LETTERS = "癌胃病がん(]^-"


@pytest.mark.parametrize(
    ("words", "text", "places"),
    [
        pytest.param(["胃癌", "癌"], "早期胃癌", [(2, 4, "胃癌"), (3, 4, "癌")], id="a word inside of another"),
        pytest.param(["肺がん検診", "がん"], "肺がん", [(1, 3, "がん")], id="the text ends inside of a word"),
        pytest.param(["番号", "番号札"], "番号札", [(0, 2, "番号"), (0, 3, "番号札")], id="one start, two words"),
        pytest.param(["a]", "-^"], "a] -^", [(0, 2, "a]"), (3, 5, "-^")], id="signs of patterns"),
        pytest.param(["病"], "", [], id="an empty text"),
    ],
)
def test_words_in_a_text_are_all_found(words: list[str], text: str, places: list[tuple[int, int, str]]) -> None:
    """Every word of the list that stands in the text is found, with its meaning, whatever it overlaps."""
    assert places == list(WordPlaces({word: word for word in words}).places(text))


@given(
    st.sets(st.text(_LETTERS, min_size=1, max_size=4), min_size=1, max_size=12),
    st.text(_LETTERS, max_size=40),
)
def test_words_of_any_list_are_found_as_by_looking_for_each(words: set[str], text: str) -> None:
    """No word is missed and none is invented: the places are those of a search for each word alone."""
    expected = {
        (at.start(), at.start() + len(word), word)
        for word in words
        for at in re.finditer(f"(?={re.escape(word)})", text)
    }

    found = list(WordPlaces({word: word for word in words}).places(text))

    assert expected == set(found)
    assert len(expected) == len(found)
