"""File names in a parcel: they can be written on Windows, Mac and phones, and nobody is deceived by them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailguard.transform.containers.names import NAME_MAX, NAME_MAX_BYTES, safe_names

ODD = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(list('\\/:*?"<>|. \t\n\u3000\u200b\u202e\u0301\u3099\ud800カか.CONcomßſİ²(12)')),
    ),
    max_size=260,
)
NAMES = st.lists(
    st.one_of(ODD, st.sampled_from(["a.pdf", "A.PDF", "a (2).pdf", "", "...", "NUL.txt", "名簿.xlsx"])), max_size=9
)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        pytest.param("名簿.xlsx", "名簿.xlsx", id="as-it-is"),
        pytest.param("名簿\u3000最終.xlsx", "名簿\u3000最終.xlsx", id="wide-blank-inside"),
        pytest.param(unicodedata.normalize("NFD", "ガイド.pdf"), "ガイド.pdf", id="mac-decomposed"),
        pytest.param("C:\\Users\\taro\\名簿.xlsx", "名簿.xlsx", id="windows-path"),
        pytest.param("../../etc/passwd", "passwd", id="climbing-path"),
        pytest.param("folder/", "folder", id="folder"),
        pytest.param('見積: "A"<B>|C?*.pdf', "見積_ _A__B__C__.pdf", id="forbidden"),
        pytest.param("請求\u202efdp.exe", "請求fdp.exe", id="turned-round"),
        pytest.param("報告\r\n書.docx", "報告 書.docx", id="line-break"),
        pytest.param("a\x00b\x07.txt", "ab.txt", id="control"),
        pytest.param("報告書. . ", "報告書", id="dots-and-blanks-at-end"),
        pytest.param(".bashrc", "添付ファイル1.bashrc", id="hidden-on-mac"),
        pytest.param("con.tar.gz", "_con.tar.gz", id="device"),
        pytest.param("COM¹", "_COM¹", id="device-with-superscript"),
        pytest.param("Lpt9 .txt", "_Lpt9 .txt", id="device-with-blank"),
        pytest.param("CONTRACT.pdf", "CONTRACT.pdf", id="begins-like-device"),
        pytest.param("", "添付ファイル1", id="empty"),
        pytest.param("\u200b . ", "添付ファイル1", id="nothing-to-see"),
    ],
)
def test_name_of_any_kind_becomes_writable_everywhere(name: str, safe: str) -> None:
    """What a recipient's computer could not write, or would show wrongly, is gone; the rest of the name stays."""

    assert [safe] == safe_names([name])


def test_names_that_differ_by_case_alone_are_numbered() -> None:
    """Two files of one name both arrive, and one that had a number by itself keeps it."""

    assert ["名前.pdf", "名前 (3).PDF", "名前 (2).pdf"] == safe_names(["名前.pdf", "名前.PDF", "名前 (2).pdf"])


def test_names_already_taken_are_avoided() -> None:
    """A file does not replace the letter that the parcel itself brings along."""

    assert ["本文 (2).html", "添付ファイル1"] == safe_names(["本文.html", ""], ["本文.HTML"])


def test_nameless_files_are_counted() -> None:
    """Files without a name are told apart."""

    assert ["添付ファイル1", "a.txt", "添付ファイル2.pdf"] == safe_names(["", "a.txt", ".pdf"])


@pytest.mark.parametrize("stem", ["a" * 300, "議" * 300, "\U0001f4c4" * 300], ids=["ascii", "kanji", "emoji"])
def test_name_that_is_too_long_keeps_its_extension(stem: str) -> None:
    """A long name is cut, and still opens with the right program; its double is numbered within the limit."""
    both = safe_names([f"{stem}.xlsx", f"{stem}.xlsx"])

    assert all(one.endswith(".xlsx") for one in both)
    assert both[1].endswith(" (2).xlsx")
    assert all(len(one) <= NAME_MAX and len(one.encode()) <= NAME_MAX_BYTES for one in both)


@settings(max_examples=500)
@given(NAMES, NAMES)
def test_names_whatever_they_were_are_safe_and_stay_so(names: list[str], reserved: list[str]) -> None:
    """No name from outside makes a parcel that cannot be unpacked; safe names are not changed again."""
    safe = safe_names(names, reserved)

    assert safe == safe_names(safe, reserved)
    assert len(names) == len(safe) == len({one.casefold() for one in safe} - {one.casefold() for one in reserved})
    for one in safe:
        assert one == unicodedata.normalize("NFC", one).strip() != ""
        assert not set('\\/:*?"<>|') & set(one)
        assert not {unicodedata.category(sign) for sign in one} & {"Cc", "Cf", "Cs"}
        assert "." not in (one[0], one[-1])
        assert len(one) <= NAME_MAX
        assert len(one.encode()) <= NAME_MAX_BYTES
