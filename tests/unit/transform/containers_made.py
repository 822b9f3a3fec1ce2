"""What goes into containers in the tests, and the programs people open them with."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from mailguard.transform.containers.zip_container import Packed, ZipItem, write_zip

PASSWORD = "hD7k-Rw3m-Xp9t-Vb4n-Qz6s"
WHEN = datetime(2026, 5, 11, 9, 30, 42, tzinfo=UTC)
RANDOM = Random(5).randbytes(150_000)
FILES = {
    "会員名簿（最終）.csv": "氏名,電話\r\n山田 太郎,03-0000-0000\r\n".encode() * 3000,
    "ガイド 写真.jpg": b"\xff\xd8\xff\xe0" + RANDOM,
    "plain.txt": b"Hi",
    "空.txt": b"",
}
OUTER = "送付ファイル.zip"


def item(name: str, octets: bytes, size: int = 5000) -> ZipItem:
    """A file that comes in chunks of this size."""

    def chunks() -> Iterator[bytes]:
        return (octets[at : at + size] for at in range(0, len(octets), size))

    return ZipItem(name, chunks, WHEN)


def items(files: dict[str, bytes] | None = None) -> list[ZipItem]:
    """The files, to be packed."""
    return [item(name, octets) for name, octets in (FILES if files is None else files).items()]


def made_zip(hidden: str | None = None, files: dict[str, bytes] | None = None) -> tuple[bytes, list[Packed]]:
    """A parcel of the files, and what it says it holds."""
    out = io.BytesIO()
    packed = write_zip(out, items(files), PASSWORD, hidden_names=hidden)
    return out.getvalue(), packed


def ran(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """A program of the recipient's machine, run as they would; asks nobody. Skips where it is not installed."""
    if not shutil.which(str(command[0])):
        pytest.skip(f"{command[0]} is not installed")
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False, env=environment
    )


def read_in(folder: Path) -> dict[str, bytes]:
    """All files of a folder, by name."""
    return {one.name: one.read_bytes() for one in folder.iterdir()}


def made_pdf(texts: Sequence[str] = ("会員名簿 山田太郎", "二頁目")) -> bytes:
    """A PDF of one page a text."""
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    out = io.BytesIO()
    canvas = Canvas(out)
    for text in texts:
        canvas.setFont("HeiseiMin-W3", 14)
        canvas.drawString(72, 700, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def made_office(more: dict[str, bytes] | None = None, filling: int = 20_000) -> bytes:
    """A package as Word writes it, in outline, with so many octets that cannot be compressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="png" ContentType="image/png"/>'
            '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'wordprocessingml.document.main+xml"/></Types>',
        )
        package.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
        )
        package.writestr(
            "word/document.xml",
            '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
            "<w:t>会員名簿 山田太郎</w:t></w:r></w:p></w:body></w:document>",
        )
        package.writestr("word/media/image1.png", Random(7).randbytes(filling))
        for name, octets in (more or {}).items():
            package.writestr(name, octets)
    return out.getvalue()
