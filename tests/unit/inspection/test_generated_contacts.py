"""Generated cases of seven kinds: nearly every value is found where it stands, and nearly nothing that resembles it."""

from __future__ import annotations

import unicodedata

import pytest

from mailguard.inspection.generic import credential, email_address
from mailguard.inspection.ja import birth_date, member_number, phone_number, salary, staff_number
from mailguard.inspection.text import Detector, Text
from mailguard.model.contents import Piece
from tests.corpus.generated import contacts
from tests.effort import effort
from tests.unit.inspection.contact_parts import missed, mistaken
from tests.unit.inspection.inspecting_parts import HOSTILE_SECONDS_MAX

DETECTORS = [
    pytest.param(module.DETECTOR, id=module.DETECTOR.kind)
    for module in (phone_number, email_address, birth_date, staff_number, member_number, salary, credential)
]
CASES = 480
DECOYS = 400
HOSTILE = {
    "zeros": "0" * 200_000,
    "digits and hyphens": "0-" * 100_000,
    "area codes": "(03)" * 50_000,
    "at signs": "a@" * 100_000,
    "dots": "a." * 100_000,
    "labels": "会員番号" * 50_000,
    "label and digits": "会員番号 " + "1-" * 100_000,
    "amounts": "給与" + "1,000" * 40_000,
    "ten thousands": "給与 " + "1万 " * 60_000,
    "kanji digits": "〇一 " * 60_000,
    "blanks": "生年月日" + " " * 200_000,
    "years": "昭和58年 " * 30_000 + "生まれ",
    "secrets": "パスワード:" * 30_000,
    "lines": "パスワード\n" * 30_000,
    "marks": "パスワード" + "!" * 200_000,
    "tokens": "eyJ" * 60_000,
    "private keys": "-----BEGIN PRIVATE KEY-----" * 6_000,
    "quotes": '"' * 200_000 + "@",
    "countries": "+1 2" * 50_000,
}


@pytest.mark.parametrize("detector", DETECTORS)
def test_labelled_cases_are_found(detector: Detector) -> None:
    """Of the values an office writes with their words, 99 of 100 are found, however they are spelled."""
    cases = contacts.cases(detector.kind, CASES)

    assert len(cases) >= 400
    assert len(missed(detector, cases)) <= CASES * 0.01


@pytest.mark.parametrize("detector", DETECTORS)
def test_decoys_are_left_alone(detector: Detector) -> None:
    """Of what resembles a kind at most one in a hundred is taken for it."""
    assert sum(mistaken(detector, contacts.decoys(detector.kind, DECOYS)).values()) <= DECOYS * 0.01


@pytest.mark.parametrize("detector", DETECTORS)
def test_values_in_other_kinds_cases_stay_with_their_kind(detector: Detector) -> None:
    """A mail about one kind of data is not full of another."""
    others = {"phone_number", "birth_date", "salary", "staff_number", "member_number"} - {detector.kind}
    cases = [case for kind in sorted(others) for case in contacts.cases(kind, 120)]

    assert sum(mistaken(detector, tuple(cases)).values()) <= len(cases) * 0.01


@pytest.mark.parametrize("detector", DETECTORS)
def test_spelling_in_full_width_is_found_as_well(detector: Detector) -> None:
    """Full-width letters and digits hide nothing."""
    cases = tuple(
        contacts.Case(
            case.kind,
            case.family,
            case.text.translate(contacts.WIDE),
            tuple(value.translate(contacts.WIDE) for value in case.values),
        )
        for case in contacts.cases(detector.kind, CASES)
        if case.values[0] == unicodedata.normalize("NFKC", case.values[0])
    )

    assert len(missed(detector, cases)) <= len(cases) * 0.01


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_read_in_time(detector: Detector, name: str) -> None:
    """No text makes a detector hang."""
    text = Text(Piece("body", ""), HOSTILE[name])

    _, seconds = effort(lambda: list(detector.find(text)))

    assert seconds < HOSTILE_SECONDS_MAX
