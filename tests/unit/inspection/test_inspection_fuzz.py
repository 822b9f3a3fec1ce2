"""Texts and tables of labels, digits and separators in any order: looking ends with findings that agree."""

from __future__ import annotations

import random
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from mailguard.extract.walk import table_text
from mailguard.inspection.inspecting import inspect, look
from mailguard.model.contents import Contents, Form, Piece
from tests.corpus.generated.hostile_mails import HostileMails
from tests.unit.inspection.inspecting_parts import ABOUT

EXAMPLES = 250


def pieces(seed: int) -> tuple[Piece, ...]:
    """A few texts and tables of one mail."""
    maker = HostileMails(random.Random(seed), {})
    chosen = maker.random
    made = []
    for where in chosen.sample(("subject", "body", "attachment:a.csv", "attachment:a.zip!b.xlsx"), 2):
        if chosen.random() < 0.5:
            made.append(Piece(where, maker.text(60)))
            continue
        columns = chosen.randrange(1, 6)
        rows = [[maker.text(4) for _ in range(columns)] for _ in range(chosen.randrange(1, 12))]
        made.append(Piece(where, table_text(rows), Form.TABLE))
    return tuple(made)


@settings(max_examples=EXAMPLES)
@given(st.integers(0, 2**40))
def test_any_texts_and_tables_are_looked_into(seed: int) -> None:
    """Whatever a mail says, there are findings or none; they count what they say, in order of nothing but the mail."""
    contents = Contents(pieces(seed))
    found = inspect(contents, ABOUT)

    assert found == inspect(contents, ABOUT)
    assert all(one.count == len(set(one.keys)) and one.count > 0 for one in found.findings)
    assert all(0.0 <= one.confidence <= 1.0 for one in found.findings)
    assert found.persons >= found.persons_with_contact >= 0


@settings(max_examples=EXAMPLES)
@given(st.integers(0, 2**40))
def test_hits_lie_in_their_text_and_lead_back(seed: int) -> None:
    """Each hit can be pointed at in what was typed, whatever signs stand in it."""
    for piece in pieces(seed):
        seen = look(piece, ABOUT)

        for hit in seen.hits:
            assert 0 <= hit.start < hit.end <= len(seen.text.plain)
            if seen.text.origin is not None:
                assert all(0 <= seen.text.origin[at] < len(piece.text) for at in range(hit.start, hit.end))


@settings(max_examples=EXAMPLES)
@given(st.text(st.characters(), max_size=200))
def test_any_signs_become_a_plain_text_with_a_way_back(text: str) -> None:
    """Text of any signs at all, halves of pairs too, is spelled one way, and each sign leads back to its own."""
    seen = look(Piece("body", text), ABOUT).text

    assert seen.plain == seen.plain.encode().decode()
    assert seen.origin is None or len(seen.origin) == len(seen.plain)
    assert seen.origin is not None or len(seen.plain) == len(text.replace("\r\n", " \n"))
    assert not any(unicodedata.decimal(sign, None) is not None and not sign.isascii() for sign in seen.plain)


def test_text_of_more_lines_than_any_letter_is_looked_into() -> None:
    """A roster of ten thousand people in plain text, three lines for each, is found out."""
    lines = "".join(
        f"佐藤 花子{number} 様\n電話 090-{number:04d}-1234\n東京都千代田区霞が関{number % 30 + 1}-1\n"
        for number in range(10_000)
    )

    assert inspect(Contents((Piece("body", lines),))).counts["phone_number"] > 1000
