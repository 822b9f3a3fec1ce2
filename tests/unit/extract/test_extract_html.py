"""The text of an HTML body as its reader sees it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailguard.extract.history import divided
from mailguard.extract.html import HISTORY_MARK, text_of_html


def words(page: str) -> list[str]:
    return [line for line in text_of_html(page).split("\n") if line]


PAGES = [
    pytest.param("<p>Hello</p><p>World</p>", ["Hello", "World"], id="paragraphs"),
    pytest.param("<p>Hello<p>World", ["Hello", "World"], id="paragraphs not closed"),
    pytest.param("a<br>b<BR/>c<br \n/>d", ["a", "b", "c", "d"], id="line breaks"),
    pytest.param("<div>a</div><div>b</div>", ["a", "b"], id="blocks"),
    pytest.param("<ul><li>a<li>b</ul>", ["a", "b"], id="list"),
    pytest.param("<table><tr><td>a</td><th>b</th></tr><tr><td>c</table>", ["a b", "c"], id="table"),
    pytest.param("<td>a<td>b", ["a b"], id="cells not closed"),
    pytest.param("one\ntwo\r\nthree", ["one two three"], id="line ends in the source"),
    pytest.param("<pre>one\ntwo</pre>", ["one", "two"], id="preformatted"),
    pytest.param("<b>株式</b><i>会社</i>", ["株式会社"], id="tags inside a word"),
    pytest.param("a<wbr>b<!-- x -->c", ["abc"], id="nothing between"),
    pytest.param("&lt;p&gt; &amp;amp; &#26666;&#x5f0f; &yen;", ["<p> &amp; 株式 ¥"], id="entities"),
    pytest.param("a&nbsp;&nbsp; b", ["a b"], id="blanks"),
    pytest.param("<STYLE>x</STYLE >a<script>b</script>c", ["ac"], id="style and script"),
    pytest.param("<head><title>t</title></head>body", ["body"], id="head"),
    pytest.param("<head lang=ja><title>t</title></head>body", ["body"], id="head with an attribute"),
    pytest.param("<title>t</title>body", ["body"], id="title without a head"),
    pytest.param("<header>kept</header>", ["kept"], id="a header is no head"),
    pytest.param("a<!--[if mso]>x<![endif]-->b", ["ab"], id="comment for Outlook"),
    pytest.param("<a href='https://example.jp/'>link</a>", ["link"], id="link"),
    pytest.param("a <3 b", ["a <3 b"], id="no tag"),
    pytest.param("", [], id="empty"),
]


@pytest.mark.parametrize(("page", "expected"), PAGES)
def test_page_is_read_as_its_reader_sees_it(page: str, expected: list[str]) -> None:
    """Words stay whole, lines stay apart, and what no reader sees is gone."""
    assert expected == words(page)


@pytest.mark.parametrize("begin", ["<style>", "<script>", "<!-- ", "<head>", "<title>"])
def test_unclosed_tag_hides_nothing(begin: str) -> None:
    """A fault in a page does not keep its words from us."""
    assert "words" in text_of_html(f"{begin}<p>words</p>")


HISTORY = [
    pytest.param("<blockquote type='cite'>old</blockquote>", id="Apple Mail"),
    pytest.param('<div class="gmail_quote gmail_quote_container"><div dir="ltr">old</div></div>', id="Gmail"),
    pytest.param("<div dir=ltr class=gmail_quote>old</div>", id="Gmail, no quotes"),
    pytest.param('<hr><div id="divRplyFwdMsg" dir="ltr">old</div>', id="Outlook on the web"),
    pytest.param('<div id="appendonsend"></div>old', id="Outlook for telephones"),
    pytest.param("<DIV ID=appendonsend></DIV><p>old</p>", id="capitals"),
    pytest.param("<p>-----Original Message-----</p><p>old</p>", id="by its words"),
    pytest.param(
        '<div style="border-top:solid #E1E1E1 1.0pt"><p><b>From:</b> Baba</p><p><b>Sent:</b> x</p></div><p>old</p>',
        id="Outlook",
    ),
    pytest.param(
        "<p><b>差出人:</b> Baba<br><b>送信日時:</b> x<br><b>宛先:</b> Ando</p><p>old</p>", id="Outlook Japanese"
    ),
]


@pytest.mark.parametrize("history", HISTORY)
def test_quoted_history_of_a_page_is_no_own_word(history: str) -> None:
    """Also where a mail program folds the history away, it is told from what the sender writes now."""
    own, quoted, _ = divided(text_of_html(f"<html><body><p>見積書です。</p>{history}</body></html>"))

    assert "見積書です。" == own.strip()
    assert "old" in quoted


@pytest.mark.parametrize("page", ["&#1;", "\u0001", "<p>&#x1;</p>", "a<br>\u0001<br>b"])
def test_mark_of_history_cannot_be_written(page: str) -> None:
    """A sign of ours inside a page hides nothing behind it."""
    assert HISTORY_MARK.strip() not in text_of_html(page)


PUMPS = [
    "<",
    ">",
    "<!--",
    "<!---->",
    "<style",
    "<style>",
    "</style",
    "<script",
    "<head>",
    "<title",
    "<a",
    "<br",
    "<div ",
    "<p ",
]
PUMPS += [
    "<div class=",
    "<div id=",
    "<blockquote",
    "<blockquote>",
    "&",
    "&#",
    "&lt",
    "&#x",
    "<td",
    "\u0001",
    "<pre>",
    " ",
    "\n",
]


@pytest.mark.parametrize("pump", PUMPS)
def test_long_repetition_is_read_in_time(pump: str) -> None:
    """No page keeps the relay from other mail; the time-out guards it."""
    text_of_html(pump * (200_000 // len(pump)))


@given(st.lists(st.sampled_from(PUMPS) | st.text(max_size=5), max_size=30).map("".join))
def test_any_page_is_read_without_an_error(page: str) -> None:
    """Whatever a page holds, reading it raises nothing."""
    divided(text_of_html(page))
