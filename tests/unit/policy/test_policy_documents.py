"""What is written about an incident is the office's to word, and what cannot be filled is named before it is needed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mailguard.incidents.drafting import FILLED
from mailguard.model.documents import ITEMS, REPORTS, DocumentKind
from mailguard.policy.directory import Directory
from mailguard.policy.loading import load_policy
from mailguard.policy.shipped import shipped_folder
from mailguard.policy.templates import PLACES, filled
from tests.unit.policy.parts import RULE, complaints, load

DOCUMENTS = "incident/documents"
NOTE = """\
documents:
  publication:
    title: {{ja: お詫び, en: Apology}}
    sections:
      - {{id: what, text: {{ja: "{words}", en: x}}}}
"""


def test_every_document_comes_along_and_each_place_in_it_is_filled() -> None:
    """Six documents, the reports with nine items; nothing in braces is left for a reader to wonder at."""
    found = load_policy(shipped_folder(), "standard", Directory(), 5.0, date(2026, 11, 27)).rules.templates

    assert set(DocumentKind) == set(found)
    assert all(ITEMS == tuple(one.id for one in found[kind].sections) for kind in REPORTS)
    assert set(PLACES) == set(FILLED)


def test_own_document_takes_the_place_of_the_one_that_comes_along(tmp_path: Path) -> None:
    """Of one kind the office's words count, of the others those that came along."""
    found = load(tmp_path, {"mine": RULE, DOCUMENTS: NOTE.format(words="{office}のお詫び")}).rules.templates

    assert ["what"] == [one.id for one in found[DocumentKind.PUBLICATION].sections]
    assert ITEMS == tuple(one.id for one in found[DocumentKind.PROMPT_REPORT].sections)


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        (NOTE.format(words="{offise}"), "'{offise}'"),
        (NOTE.format(words="x").replace("publication", "prompt_report"), "nine items"),
        (NOTE.format(words="x").replace("publication", "public"), "public"),
    ],
)
def test_document_that_cannot_be_written_is_a_complaint(tmp_path: Path, written: str, complaint: str) -> None:
    """A place nothing fills, a report without its items, and a document there is not stop a change of the rules."""
    found = complaints(tmp_path, {"mine": RULE, DOCUMENTS: written})

    assert any(complaint in one for one in found), found


def test_line_of_which_nothing_is_left_is_gone() -> None:
    """A fact that is not there leaves no empty line, and what is put in is not looked into."""
    assert "a\n\n{b}" == filled("a\n{none}\n\n{given}", {"none": "", "given": "{b}"})
