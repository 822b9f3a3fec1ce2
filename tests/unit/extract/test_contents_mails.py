"""All that the sample mails hold is read, with its place; none of them is taken for a trick."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from mailguard.extract.contents import contents_of
from mailguard.mime.message import Message
from mailguard.model.contents import Contents, Obstacle, Sign

MAILS = Path(__file__).parents[2] / "corpus" / "mails"
NAMES = sorted(path.name for path in MAILS.glob("*.eml"))
HIDDEN = {"32-hidden-history-html.eml", "40-zip-to-lookalike-hotel.eml"}
NESTED = {"41-nested-zip-odt.eml"}
BLANKS = re.compile(r"[\s\-\u2010-\u2015\u2212]")
INNER = "attachment:給付関係一式.zip!7月分.zip"
FORWARDED = "attachment:傷病手当金の請求について.eml"

VALUES = [
    pytest.param("24", "body", ("丸山 陽介", "070-5554-8343"), id="HTML table"),
    pytest.param("26", "body", ("西條 節子", "9318 9183 4300", "9909-355159"), id="opaque signature"),
    pytest.param("29", "body", ("永峯 大輝", "S63.7.24"), id="HTML in ISO-2022-JP"),
    pytest.param("32", "body", ("秋庭 弘子", "090-5554-4365"), id="hidden history"),
    pytest.param(
        "40", "attachment:宿泊関係.zip!宿泊関係/宿泊者名簿.xlsx", ("滝沢 里美", "S40.08.10"), id="zip, CP932 names"
    ),
    pytest.param("40", "attachment:宿泊関係.zip!宿泊関係/部屋割.txt", ("滝沢 里美",), id="text in a zip"),
    pytest.param("41", f"{INNER}!療養見舞金_申請者.docx", ("秋庭 雄大", "18-593762"), id="docx in a zip in a zip"),
    pytest.param("41", f"{INNER}!振込口座一覧.odt", ("等々力 弘子", "1403638"), id="odt in a zip in a zip"),
    pytest.param("43", "body", ("Aoba#0708",), id="password in the body"),
    pytest.param("44", "attachment:winmail.dat!支払調書_上半期.xls", ("湯本 真理子", "729995155095"), id="winmail.dat"),
    pytest.param("45", f"{FORWARDED}!body", ("朝比奈 健吾", "0265-55-5317"), id="forwarded mail"),
    pytest.param("45", f"{FORWARDED}!傷病手当金請求書.doc", ("朝比奈 健吾", "8175545"), id="file of a forwarded mail"),
]


def read(name: str) -> Contents:
    return contents_of(Message((MAILS / name).read_bytes()))


def plain(text: str) -> str:
    return BLANKS.sub("", unicodedata.normalize("NFKC", text))


@pytest.mark.parametrize(("number", "where", "values"), VALUES)
def test_sample_mail_values_are_in_their_places(number: str, where: str, values: tuple[str, ...]) -> None:
    """What somebody labelled can be found where the label says."""
    (name,) = [name for name in NAMES if name.startswith(number)]
    there = "\n".join(plain(piece.text) for piece in read(name).pieces if piece.where == where)

    assert [] == [value for value in values if plain(value) not in there]


@pytest.mark.parametrize("name", NAMES, ids=[name[:2] for name in NAMES])
def test_sample_mail_shows_only_signs_it_has(name: str) -> None:
    """Mail that ordinary programs write is never called ambiguous; hidden text and nested archives are seen."""
    contents = read(name)

    assert Sign.AMBIGUOUS not in contents.signs
    assert (name in HIDDEN) == (Sign.HIDDEN_TEXT in contents.signs)
    assert (name in NESTED) == (Sign.NESTED_ARCHIVE in contents.signs)


@pytest.mark.parametrize("name", NAMES, ids=[name[:2] for name in NAMES])
def test_sample_mail_page_offsets_lead_back(name: str) -> None:
    """Each character of a text knows where it came from."""
    for piece in read(name).pieces:
        assert piece.origin is None or len(piece.origin) == len(piece.text)


def test_broken_and_closed_files_say_why() -> None:
    """Of a mail with a broken, an unknown and an encrypted file, each is told apart."""
    why = {one.where: one.why for one in read("48-unopenable-attachment.eml").unreadable}

    assert why["attachment:議事録.docx"] is Obstacle.DAMAGED
    assert why["attachment:開催要項.jtd"] is Obstacle.UNKNOWN
    assert why["attachment:会場図.7z"] is Obstacle.ENCRYPTED


def test_protected_files_are_encrypted() -> None:
    """Zip, workbook and PDF that ask for a password are said to be closed."""
    assert {one.why for one in read("42-protected-zip-xlsx-pdf.eml").unreadable} == {Obstacle.ENCRYPTED}
