"""Texts that are long in one way or another are inspected as short ones are."""

from __future__ import annotations

import pytest

from mailguard.inspection.inspecting import inspect
from mailguard.model.contents import Contents, Piece
from tests.effort import effort


def test_person_below_more_lines_than_any_letter_has_is_found() -> None:
    """A body of many thousands of lines is read to its end."""
    body = "\n" * 25_000 + "氏名: 佐藤 花子\n生年月日: 昭和50年1月1日\n"

    inspection = inspect(Contents((Piece("body", body),)))

    assert inspection.counts == {"person_name": 1, "birth_date": 1}


@pytest.mark.parametrize(
    "item",
    [
        "佐藤 花子 ",
        "sato@example.com ",
        "東京都千代田区霞が関1-2-3 ",
        "胃癌 ",
        "090-1234-5678 ",
        "1234 5678 9018 ",
        "会員番号 123456\n",
        "普通 1234567 ",
    ],
    ids=["names", "mailboxes", "addresses", "illnesses", "telephones", "numbers", "members", "accounts"],
)
def test_many_values_one_behind_another_take_time_as_their_length(item: str) -> None:
    """A text of tens of thousands of values costs seconds at most, not minutes: it is no way to stop the relay."""
    body = item * (50_000 // len(item))

    _, seconds = effort(lambda: inspect(Contents((Piece("body", body),))))

    assert seconds < 12
