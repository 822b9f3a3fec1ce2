"""Text of a page that stands in styles, fields and links."""

from __future__ import annotations

import pytest

from mailguard.extract.page import add_page
from mailguard.extract.page_strings import words_of_query
from mailguard.extract.walk import Walk
from mailguard.model.contents import Piece


def pieces(page: str) -> tuple[Piece, ...]:
    walk = Walk(lambda *_: None)
    add_page(page, "body", walk)
    return walk.contents().pieces


REVERSED = [
    pytest.param('<bdo dir="rtl">{}</bdo>', id="bdo"),
    pytest.param('<span style="unicode-bidi:bidi-override;direction:rtl">{}</span>', id="style"),
    pytest.param('<span dir="rtl" style="unicode-bidi: bidi-override">{}</span>', id="attribute and style"),
    pytest.param("<style>.r{{unicode-bidi:bidi-override;direction:rtl}}</style><b class=r>{}</b>", id="style sheet"),
]


@pytest.mark.parametrize("page", REVERSED)
def test_text_that_runs_backwards_is_marked_as_such(page: str) -> None:
    """A reader sees it the other way round, and so does the inspection; what follows runs on as usual."""
    assert "前\u202e0987-654-321\u202c後" == pieces(f"<p>前{page.format('0987-654-321')}後</p>")[0].text.strip()


@pytest.mark.parametrize("style", ["direction:rtl", "unicode-bidi:bidi-override", "unicode-bidi:embed;direction:rtl"])
def test_text_of_another_direction_alone_is_as_it_is(style: str) -> None:
    """Digits run from left to right in it."""
    assert "前123後" == pieces(f'<p>前<span style="{style}">123</span>後</p>')[0].text.strip()


@pytest.mark.parametrize("kind", ["", 'type="text"', "type=tel readonly"])
def test_value_of_a_field_stands_behind_its_label(kind: str) -> None:
    """A form that was filled in and mailed shows label and value in one line."""
    found = pieces(f'<p>受付番号<input {kind} value="392718460552">です</p>')

    assert ["受付番号 392718460552 です"] == [piece.text.strip() for piece in found]


@pytest.mark.parametrize("kind", ["submit", "button", "radio", "checkbox", "hidden"])
def test_value_of_a_button_is_not_in_the_line(kind: str) -> None:
    """It is no text of the line; it is read apart from it."""
    assert "受付番号です" == pieces(f'<p>受付番号<input type={kind} value="送信する">です</p>')[0].text.strip()


LINKS = [
    pytest.param("https://example.com/f?mynumber=392718460552", "mynumber: 392718460552", id="number"),
    pytest.param("https://example.com/f?a=1&user_name=Misaki+H&x=9", "user_name: Misaki H", id="name among others"),
    pytest.param("https://example.com/?q=%E4%BB%AE%E5%90%8D", "q: 仮名", id="Japanese"),
    pytest.param("https://example.com/?entry[tel]=026-555-0110#x", "entry[tel]: 026-555-0110", id="brackets, fragment"),
    pytest.param("https://example.com/?utm_id=392718460552&token=a%2Fb", "", id="codes"),
    pytest.param("https://example.com/a?name=", "", id="empty"),
    pytest.param("https://example.com/mynumber=392718460552", "", id="no query"),
]


@pytest.mark.parametrize(("address", "words"), LINKS)
def test_query_of_a_link_is_text_where_it_is_about_people(address: str, words: str) -> None:
    """A link that fills in a form for the reader carries what it fills in."""
    assert words == words_of_query(address)


def test_query_of_a_link_in_a_page_is_read() -> None:
    """The link's text says something else."""
    found = pieces('<p><a href="https://example.com/f?mynumber=392718460552">こちら</a></p>')

    assert "mynumber: 392718460552" in [piece.text for piece in found]
