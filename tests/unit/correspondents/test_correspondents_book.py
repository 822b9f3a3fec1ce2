"""Address books as files: names stay as they are written, and no line is lost without a word."""

from __future__ import annotations

import csv
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailguard.correspondents import Entry, book_in
from mailguard.correspondents.transfer import COLUMNS
from mailguard.mime.spreadsheet import BYTE_ORDER_MARK, line_of, plain

A, B, C = "ando@one.example.com", "baba@two.example.net", "smith@three.example.com"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"address,name\n{A},John Smith\n", "John Smith", id="English"),
        pytest.param(f"address,name\n{A},佐藤\n", "佐藤", id="one word"),
        pytest.param(f"address,name\n{A},安藤　真由美\n", "安藤　真由美", id="wide blank"),
        pytest.param(f"address,name\n{A},김철수\n", "김철수", id="Korean"),
        pytest.param(f"address,name\n{A},3M Japan 営業部\n", "3M Japan 営業部", id="firm with a digit"),
        pytest.param(f'address,name\n{A},"Smith, John"\n', "Smith, John", id="comma"),
        pytest.param(f"会社,メールアドレス,氏名\nさくら,{A},安藤 真由美\n", "安藤 真由美", id="Japanese headings"),
        pytest.param(f"名,姓,電子メール アドレス\n真由美,安藤,{A}\n", "安藤 真由美", id="Outlook, Japanese"),
        pytest.param(f"First Name,Last Name,E-mail Address\nJohn,Smith,{A}\n", "John Smith", id="Outlook, English"),
        pytest.param(f"Sakura Printing,{A}\n", "Sakura Printing", id="no headings"),
        pytest.param(f"026-555-0100,山田 花子,{A}\n", "山田 花子", id="no headings, telephone"),
        pytest.param(f'"安藤 <{A}>"\n', "安藤", id="in one cell"),
        pytest.param(f"address\tname\n{A}\t安藤 真由美\n", "安藤 真由美", id="tabs"),
        pytest.param(f"address;name\n{A};安藤 真由美\n", "安藤 真由美", id="semicolons"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_name_of_a_book_is_kept_as_it_is_written(text: str, expected: str, encoding: str) -> None:
    """Whatever I call people in my address book, they are called so here, in every encoding a spreadsheet writes."""
    try:
        octets = text.encode(encoding)
    except UnicodeEncodeError:
        pytest.skip("this name cannot be written so")

    assert (Entry(A, expected),) == book_in(octets).entries


@pytest.mark.parametrize(
    ("text", "entries", "skipped"),
    [
        pytest.param(f"address\n{A}\nnobody\n\n{B}\n", [A, B], [(3, "no_address")], id="no address"),
        pytest.param(f"name,address\nx,a@b\ny,{A}\nz,\n", [A], [(2, "bad_address"), (4, "no_address")], id="wrong"),
        pytest.param(f"{A}\n{A.upper()}\n{B}\n", [A, B], [(2, "twice")], id="twice"),
        pytest.param(f"address,name\n{A},{'n' * 201}\n{B},b\n", [B], [(2, "long_name")], id="long name"),
        pytest.param("ab" * 130 + "@example.jp\n", [], [(1, "bad_address")], id="long address"),
        pytest.param(f"name,address\n\"two\nlines\",{A}\nx,\n", [A], [(4, "no_address")], id="name of two lines"),
        pytest.param(f"{A}\n{'x' * 140_000}\n", [A], [(2, "unreadable")], id="no CSV any more"),
        pytest.param(
            f"BEGIN:VCARD\nFN:Ando\nEMAIL:{A}\nEND:VCARD\nBEGIN:VCARD\nFN:x\nEND:VCARD\n", [A], [(5, "no_address")],
            id="vCard without an address",
        ),
    ],
)  # fmt: skip
def test_line_that_is_nobody_is_told_and_the_others_are_taken(
    text: str, entries: list[str], skipped: list[tuple[int, str]]
) -> None:
    """One bad line keeps nobody else out, and I am told which it is and why."""
    book = book_in(text.encode())

    assert entries == [one.address for one in book.entries]
    assert skipped == [(one.line, one.reason) for one in book.skipped]


def test_cell_without_end_is_no_line_whatever_others_set() -> None:
    """What else the same process reads, with longer cells, changes nothing of what an address book is."""
    before = csv.field_size_limit(10**9)
    try:
        book = book_in(f"{A}\n{'x' * 140_000}\n".encode())
    finally:
        csv.field_size_limit(before)

    assert ([A], [(2, "unreadable")]) == (
        [one.address for one in book.entries], [(one.line, one.reason) for one in book.skipped]
    )  # fmt: skip


WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=40)
LOCAL = st.text(st.sampled_from("abcxyz0189.!#$%&'*+/=?^_`{|}~-"), min_size=1, max_size=64)


DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
HISTORIES = st.just((0, None)) | st.tuples(st.integers(1, 10**6), DAYS)


@given(st.dictionaries(LOCAL.map("{}@one.example.com".format), st.tuples(WORDS.map(str.strip), HISTORIES), max_size=20))
def test_what_was_written_out_is_read_as_it_is(people: dict[str, tuple[str, tuple[int, date | None]]]) -> None:
    """Names and addresses of any letters, how many mails and when the last was come through a file unchanged."""
    known = [Entry(address, name, mails, last) for address, (name, (mails, last)) in people.items()]
    rows = [(one.address, one.name, str(one.mails), one.last.isoformat() if one.last else "") for one in known]
    book = book_in((BYTE_ORDER_MARK + "".join(map(line_of, [COLUMNS, *rows]))).encode())

    assert ((), tuple(known)) == (book.skipped, book.entries)


@given(st.text(max_size=300).map(str.encode) | st.binary(max_size=300))
def test_file_of_anything_is_read_without_fail(octets: bytes) -> None:
    """Whatever file somebody chooses by mistake, the page says what is in it."""
    book = book_in(octets)

    assert all(one.line >= 1 for one in book.skipped)
    assert len(book.entries) == len({one.address for one in book.entries})


@given(st.text(st.sampled_from("'=+-@a\t "), max_size=6))
def test_cell_that_was_quoted_is_the_same_again(cell: str) -> None:
    """Apostrophes that were meant are not taken for those that keep a spreadsheet from computing."""
    assert cell == plain(line_of([cell]).removesuffix("\r\n").strip('"'))
