"""Mail addresses as data: spellings that reach people, and what has an @ and is no mailbox."""

from __future__ import annotations

import pytest

from mailguard.inspection.generic.email_address import DETECTOR
from mailguard.inspection.text import header_key
from tests.unit.inspection.contact_parts import candidates, cell_of, found

ADDRESSES = [
    pytest.param("taro@example.jp、", "taro@example.jp", id="before a comma"),
    pytest.param("連絡先はTARO＠EXAMPLE.JPです", "taro@example.jp", id="wide at, capitals"),
    pytest.param("a..b@keitai.example.ne.jp", "a..b@keitai.example.ne.jp", id="two dots"),
    pytest.param("hana.@keitai.example.ne.jp", "hana.@keitai.example.ne.jp", id="dot before the at"),
    pytest.param('"a..b"@keitai.example.ne.jp', "a..b@keitai.example.ne.jp", id="quoted"),
    pytest.param("taro（at）example.jp", "taro@example.jp", id="at in brackets"),
    pytest.param("taro[at]example[dot]jp", "taro@example.jp", id="dot in brackets"),
    pytest.param("メール: taro @ example.jp", "taro@example.jp", id="blanks"),
    pytest.param("mailto:taro@example.jp?subject=x", "taro@example.jp", id="link"),
    pytest.param("住所録に taro@example.jp.", "taro@example.jp", id="end of a sentence"),
]


@pytest.mark.parametrize(("raw", "value"), ADDRESSES)
def test_address_in_a_spelling_is_found(raw: str, value: str) -> None:
    """An address counts as the same however it is written."""
    assert [candidate.value for candidate in candidates(DETECTOR, raw)] == [value]


@pytest.mark.parametrize(
    "raw",
    [
        "image001.png@01DA1234.12345678", "cid:image.png@01DA1234.ABCDEF", "Message-ID: <1.abc@mail.example.jp>",
        "単価@1,200円", "https://user:secret@www.example.com/", "user@localhost", "会場@渋谷",
    ],
)  # fmt: skip
def test_at_sign_of_something_else_is_no_address(raw: str) -> None:
    """Prices, places and ids are no mailboxes."""
    assert found(DETECTOR, raw) == []


def test_address_of_a_desk_is_marked() -> None:
    """info@ is told from a person's address."""
    assert [candidate.rule for candidate in candidates(DETECTOR, "info@example.jp taro@example.jp")] == [
        "email_address.role", "email_address.shape",
    ]  # fmt: skip


def test_cell_of_an_address_column_is_read() -> None:
    """Cells below such a header are its addresses."""
    assert cell_of(DETECTOR, "山田 <taro@example.jp>") == "taro@example.jp"
    assert cell_of(DETECTOR, "なし") is None


@pytest.mark.parametrize(
    "header",
    ["メールアドレス", "E-mail", "Eメール", "保護者メールアドレス", "メールアドレス(PC)", "Mail", "email_address"],
)
def test_header_of_an_address_column_is_known(header: str) -> None:
    """Columns are recognised under the names offices give them."""
    assert header_key(header) in DETECTOR.headers
