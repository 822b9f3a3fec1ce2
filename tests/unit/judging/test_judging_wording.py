"""Findings in words for people, in both languages."""

from __future__ import annotations

import pytest

from mailguard.i18n import CATALOGUES
from mailguard.judging.wording import kind_name, sentence, why_suppressed, why_unreadable
from mailguard.model.contents import Obstacle, Unreadable
from mailguard.model.finding import Because, Evidence, Kind, Suppression

LANGUAGES = ("ja", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_wording_is_there_for_everything_that_can_be_said(language: str) -> None:
    """Every kind, ground, mark and obstacle has words of its own; none is shown by its id."""
    assert language in CATALOGUES
    said = [
        [kind_name(one, {}, language) for one in Kind],
        [sentence(Evidence(one, "氏名", 4), language) for one in Because],
        [why_suppressed(one, language) for one in Suppression],
        [why_unreadable(Unreadable("body", one), language) for one in Obstacle],
    ]
    ids = {str(one.value) for kinds in (Kind, Because, Suppression, Obstacle) for one in kinds if "_" in one.value}

    for words in said:
        assert all(words), words
        assert len(words) == len(set(words))
        assert not ids.intersection(words)
        assert not [one for one in words if "{" in one]


def test_wording_tells_the_word_and_how_far_it_stands() -> None:
    """I read why: which word stood how many characters before the number."""
    ground = Evidence(Because.WORD_BEFORE, "マイナンバー", 4)

    assert all(
        "マイナンバー" in sentence(ground, language) and "4" in sentence(ground, language) for language in ("ja", "en")
    )


def test_wording_of_an_office_kind_is_its_label() -> None:
    """A kind of the office's own is called as the office calls it."""
    assert "組合番号" == kind_name("union_number", {"union_number": "組合番号"})
