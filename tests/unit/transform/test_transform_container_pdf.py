"""A PDF with a password of its own: readable for whom it is for, whole, and closed to everybody else."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailguard.transform.containers.errors import CannotLock, NotAsPromised, WhyNot
from mailguard.transform.containers.file_checking import check_pdf
from mailguard.transform.containers.pdf_container import lock_pdf
from tests.unit.extract.locked_files import pdf_locked
from tests.unit.transform.containers_made import PASSWORD, made_pdf, ran

PLAIN = made_pdf()
LOCKED = lock_pdf(PLAIN, PASSWORD)


def changed(change: str, octets: bytes = PLAIN) -> bytes:
    """The PDF with something more in it."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(octets)) as pdf:
        match change:
            case "signature":
                signature = pdf.make_indirect(
                    pikepdf.Dictionary(Type=pikepdf.Name.Sig, ByteRange=[0, 1, 2, 3], Contents=b"\0")
                )
                pdf.Root.Other = pikepdf.Dictionary(V=signature)
            case "signature in a field":
                field = pikepdf.Dictionary(FT=pikepdf.Name.Sig, V=pikepdf.Dictionary(ByteRange=[0, 1, 2, 3]))
                pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[pdf.make_indirect(field)])
            case "flags":
                pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[], SigFlags=3)
            case "rights":
                pdf.Root.Perms = pikepdf.Dictionary(UR3=pikepdf.Dictionary())
            case "xfa":
                pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[], XFA=pdf.make_stream(b"<xdp/>"))
            case "metadata":
                pdf.Root.Metadata = pdf.make_stream(b"<x>secret-metadata</x>", Type=pikepdf.Name.Metadata)
            case "form":
                pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[])
            case "file":
                pdf.attachments["a.txt"] = pikepdf.AttachedFileSpec(pdf, b"secret-file" * 9)
        pdf.save(
            out, fix_metadata_version=False, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable
        )
    return out.getvalue()


def text_of(octets: bytes, password: str | None = None) -> list[str]:
    """The text of each page, read by another library."""
    document = pypdfium2.PdfDocument(octets, password=password)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def test_locked_pdf_shows_the_same_pages() -> None:
    """The recipient reads what was sent."""

    assert ["会員名簿 山田太郎", "二頁目"] == text_of(PLAIN) == text_of(LOCKED, PASSWORD)


def test_locked_pdf_is_said_to_be_aes_256_by_qpdf(tmp_path: Path) -> None:
    """Another program says of all strings, streams and files that they are AES-256, and finds no fault."""
    file = tmp_path / "locked.pdf"
    file.write_bytes(LOCKED)
    told = ran("qpdf", "--show-encryption", f"--password={PASSWORD}", file).stdout
    checked = ran("qpdf", "--check", f"--password={PASSWORD}", file)

    assert "R = 6" in told
    assert "Supplied password is user password" in told
    assert 3 == told.count("AESv3")
    assert "not allowed" not in told
    assert 0 == checked.returncode, checked.stdout + checked.stderr


@pytest.mark.parametrize("password", ["", PASSWORD[:-1], PASSWORD + "x", PASSWORD.lower()])
def test_locked_pdf_with_a_wrong_password_is_not_opened(tmp_path: Path, password: str) -> None:
    """Who guesses reads nothing, in any program."""
    file = tmp_path / "locked.pdf"
    file.write_bytes(LOCKED)
    ended = ran("qpdf", f"--password={password}", file, tmp_path / "open.pdf")

    assert "invalid password" in ended.stderr
    assert not (tmp_path / "open.pdf").exists()
    with pytest.raises(pypdfium2.PdfiumError):
        text_of(LOCKED, password)


@pytest.mark.parametrize("what", ["metadata", "file"])
def test_locked_pdf_hides_metadata_and_files(what: str) -> None:
    """Title, author and what is attached to the PDF are closed like its pages."""
    octets = changed(what)
    locked = lock_pdf(octets, PASSWORD)
    check_pdf(locked, PASSWORD)

    assert f"secret-{what}".encode() in octets
    assert f"secret-{what}".encode() not in locked


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        pytest.param(b"", WhyNot.DAMAGED, id="nothing"),
        pytest.param(b"no pdf", WhyNot.DAMAGED, id="no-pdf"),
        pytest.param(PLAIN[: len(PLAIN) // 2], WhyNot.DAMAGED, id="cut-short"),
        pytest.param(PLAIN.replace(b"startxref\n", b"startxref\n1"), WhyNot.DAMAGED, id="wrong-table"),
        pytest.param(LOCKED, WhyNot.ENCRYPTED, id="locked"),
        pytest.param(pdf_locked("abc"), WhyNot.ENCRYPTED, id="locked-by-old-method"),
        pytest.param(pdf_locked(""), WhyNot.ENCRYPTED, id="restricted"),
        pytest.param(changed("signature"), WhyNot.SIGNED, id="signature"),
        pytest.param(changed("signature in a field"), WhyNot.SIGNED, id="signature-in-a-field"),
        pytest.param(changed("flags"), WhyNot.SIGNED, id="signature-flag"),
        pytest.param(changed("rights"), WhyNot.SIGNED, id="rights-of-use"),
        pytest.param(changed("xfa"), WhyNot.FORM, id="xfa"),
    ],
)
def test_pdf_that_must_not_be_changed_is_not_locked(octets: bytes, why: WhyNot) -> None:
    """What a password would break, or what is closed already, goes another way, and the reason is known."""
    with pytest.raises(CannotLock) as refused:
        lock_pdf(octets, PASSWORD)

    assert why == refused.value.why


def test_pdf_with_a_form_is_locked() -> None:
    """An ordinary form to fill in is no obstacle."""
    check_pdf(lock_pdf(changed("form"), PASSWORD), PASSWORD)


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, len(PLAIN) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_pdf_with_changed_octets_is_locked_or_refused(changes: list[tuple[int, int]]) -> None:
    """A damaged PDF ends in a reason, or in a locked one that stands the test; never in another fault."""
    octets = bytearray(PLAIN)
    for place, value in changes:
        octets[place] = value
    try:
        locked = lock_pdf(bytes(octets), PASSWORD)
    except CannotLock:
        return

    check_pdf(locked, PASSWORD)


def saved(encryption: pikepdf.Encryption | bool) -> bytes:
    """The PDF by another hand."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(PLAIN)) as pdf:
        pdf.save(out, encryption=encryption)
    return out.getvalue()


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        pytest.param(PLAIN, "another password", id="open"),
        pytest.param(b"no pdf", "cannot be read", id="no-pdf"),
        pytest.param(saved(pikepdf.Encryption(user="", owner=PASSWORD)), "another password", id="restricted-only"),
        pytest.param(saved(pikepdf.Encryption(user=PASSWORD, owner="", R=6)), "user|another", id="no-owner"),
        pytest.param(saved(pikepdf.Encryption(user="other", owner="own", R=6)), "its password", id="other-password"),
        pytest.param(saved(pikepdf.Encryption(user="other", owner=PASSWORD, R=6)), "user's", id="as-owner"),
        pytest.param(saved(pikepdf.Encryption(user=PASSWORD, owner="own", R=4)), "revision 6", id="aes-128"),
        pytest.param(
            saved(pikepdf.Encryption(user=PASSWORD, owner="own", R=6, metadata=False)), "revision 6", id="metadata-open"
        ),
    ],
)
def test_pdf_that_is_not_as_promised_is_refused(octets: bytes, why: str) -> None:
    """A PDF that anybody could open, or by a weaker method, does not leave."""
    with pytest.raises(NotAsPromised, match=why):
        check_pdf(octets, PASSWORD)
