"""Where a mail quotes another: the lines mail programs put above it, and what people write that only resembles them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailguard.mime.quotation import introduction, is_marked_below

INTRODUCTIONS = [
    pytest.param(["-----Original Message-----", "From: a"], 1, id="Outlook"),
    pytest.param(["----- 元のメッセージ -----"], 1, id="Outlook, Japanese"),
    pytest.param(["---------- Forwarded message ---------", "From: a"], 1, id="Gmail, forwarded"),
    pytest.param(["Begin forwarded message:", ""], 1, id="Apple Mail, forwarded"),
    pytest.param(["転送されたメッセージ："], 1, id="Apple Mail, Japanese"),
    pytest.param(["2026年10月1日(木) 10:00 安藤 <a@partner.example.com>:", "> はい"], 1, id="Gmail, Japanese"),
    pytest.param(["On Thu, Oct 1, 2026 at 10:00 AM M. Ando <a@partner.example.com> wrote:"], 1, id="Gmail"),
    pytest.param(["On Thu, Oct 1, 2026 at 10:00 AM M. Ando", "<a@partner.example.com> wrote:"], 2, id="two lines"),
    pytest.param(["2026/10/01 10:00、安藤 真由美のメール:", "> はい"], 1, id="Apple Mail, answer"),
    pytest.param(["安藤さんは書きました:", "> はい"], 1, id="Thunderbird"),
    pytest.param(["From: 安藤 <a@partner.example.com>", "Sent: Thursday, October 1, 2026"], 1, id="Outlook block"),
    pytest.param(["差出人: 安藤 <a@partner.example.com>", "送信日時: 2026年10月1日 10:00"], 1, id="block"),
    pytest.param(["差出人\uff1a 安藤", "件名\uff1a 資料"], 1, id="full-width colons"),
    pytest.param(
        ["________________________________", "差出人: 安藤 <a@partner.example.com>", "送信日時: 2026年"], 1, id="rule"
    ),
    pytest.param(["> -----Original Message-----"], 1, id="quoted once more"),
]
NONE = [
    pytest.param(["次のメール:", "詳しくは下記をご覧ください。"], id="a mail below"),
    pytest.param(["日時: 2026年10月1日 10:00", "場所: 会議室"], id="an appointment"),
    pytest.param(["From: 東京", "To: 長野"], id="a journey"),
    pytest.param(["----------------", "申込書"], id="a rule"),
    pytest.param(["2026年10月1日から受付:", "窓口にて"], id="a date with a colon"),
    pytest.param(["宛先: 株式会社パートナー御中"], id="an addressee"),
    pytest.param(["差出人の方へ: 至急ご連絡ください"], id="words about a sender"),
    pytest.param([""], id="an empty line"),
]


@pytest.mark.parametrize(("lines", "expected"), INTRODUCTIONS)
def test_introduction_of_a_quotation_is_known(lines: list[str], expected: int) -> None:
    """Whatever program quotes, its lines above the quotation are known, and how many they are."""
    assert expected == introduction(lines, 0)


@pytest.mark.parametrize("lines", NONE)
def test_words_that_resemble_an_introduction_are_none(lines: list[str]) -> None:
    """What people write themselves is not taken for a quotation: it would be left unread."""
    assert 0 == introduction(lines, 0)


def test_mark_below_may_follow_an_empty_line() -> None:
    """A quotation may begin after an empty line."""
    assert (True, False) == (is_marked_below(["", "> はい"], 0), is_marked_below(["", "はい"], 0))


@settings(max_examples=60)
@given(
    st.lists(
        st.text(st.sampled_from("on From:差出人 送信日時-_>\uff1a:@1 2026年wrote"), max_size=40), min_size=1, max_size=6
    )
)
def test_introduction_of_any_lines_lies_inside_of_them(lines: list[str]) -> None:
    """Whatever lines a mail holds, the answer is a number of lines that are there."""
    assert all(0 <= introduction(lines, number) <= len(lines) - number for number in range(len(lines)))
