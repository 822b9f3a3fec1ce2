"""The documents attached to the sample mails: the labelled values come out of the reader of their type."""

from __future__ import annotations

import email
import email.policy
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from mailguard.extract.files import docx, pdf, pptx, xlsx
from mailguard.extract.walk import File, Walk
from tests.unit.extract.made_documents import reading

MAILS = Path("tests/corpus/mails")
READERS = {".docx": docx.read, ".xlsx": xlsx.read, ".pptx": pptx.read, ".pdf": pdf.read}


def bare(text: str) -> str:
    """As values are compared."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def attachment(mail: str, name: str) -> bytes:
    """The attachment's octets."""
    message = email.message_from_bytes((MAILS / mail).read_bytes(), policy=email.policy.default)
    for part in message.walk():
        if unicodedata.normalize("NFC", part.get_filename() or "") == name:
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            return content
    raise AssertionError(name)


DOCUMENTS = [
    (
        "35-forward-to-private-pptx.eml",
        "地区懇談会_運営資料.pptx",
        ["等々力 芳樹", "市瀬 康平", "090-5559-6063", "070-5552-5169", "1型糖尿病"],
    ),
    (
        "36-roster-xlsx-second-sheet.eml",
        "令和7年度人間ドック申込者名簿(確定版).xlsx",
        [
            "上條 勇人",
            "有坂 慎也",
            "1970/04/27",
            "1992/12/15",
            "長野県北佐久郡軽井沢町大字落葉4丁目16番3号",
            "東京都八王子市銀杏台3-16-12",
            "080-5559-5315",
            "080-5554-7308",
            "kamijo.hayato@webmail.example.org",
            "arisaka.shinya29@webmail.example.org",
            "42-195573",
            "15-226336",
        ],
    ),
    (
        "38-docx-application-filled.eml",
        "傷病見舞金申請書_記入済み_飯窪奈津子.docx",
        [
            "飯窪 奈津子",
            "飯窪 哲也",
            "26-278850",
            "昭和60年9月6日",
            "S47.11.24",
            "長野県上田市千草が丘6-10-20",
            "０９０－５５５０－５０５３",
            "右乳房悪性腫瘍",
            "5573605",
        ],
    ),
    (
        "39-copier-scan-pdf.eml",
        "20250704091542.pdf",
        ["伊藤 智之", "894170", "34999011", "昭和47年4月19日", "長野県中野市ひばり野5丁目2番10号", "481064356450"],
    ),
]
"""Mail, name, and the first labelled values of each kind."""


@pytest.mark.parametrize(("mail", "name", "examples"), DOCUMENTS, ids=[mail[:2] for mail, _, _ in DOCUMENTS])
def test_document_of_a_sample_mail_gives_its_labelled_values(mail: str, name: str, examples: list[str]) -> None:
    """What a person would find in it can be found."""
    read: Callable[[File, Walk], None] = READERS[Path(name).suffix]
    text = bare(reading(read, attachment(mail, name)).text())

    assert [] == [example for example in examples if bare(example) not in text]
