"""Whom a quoted mail shows to have seen each other: never those in its Bcc."""

from __future__ import annotations

import pytest

from mailguard.extract.history import divided

QUOTED = (
    ("________________________________", "差出人: a@one.example.com", "宛先: b@two.example.com", "件名: 打合せ"),
    ("-----Original Message-----", "From: a@one.example.com", "To: b@two.example.com", "Subject: agenda"),
)


@pytest.mark.parametrize("label", ["BCC", "Bcc", "bcc"])
@pytest.mark.parametrize("lines", QUOTED, ids=["japanese", "english"])
def test_quoted_people_with_a_bcc_line_are_without_its_addresses(lines: tuple[str, ...], label: str) -> None:
    """Who got the earlier mail by Bcc has seen nobody and was seen by nobody."""
    *above, subject = lines
    body = "\r\n".join(
        ["承知しました。", "", *above, f"{label}: c@three.example.com;", "  d@four.example.com", subject, ""]
    )

    assert divided(body)[2] == (frozenset({"a@one.example.com", "b@two.example.com"}),)
