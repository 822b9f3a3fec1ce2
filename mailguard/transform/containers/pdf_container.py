"""A PDF with a password of its own: AES-256, revision 6 of the standard security handler (ISO 32000-2 §7.6.4).

Guarantees: everything but the file's structure is encrypted, metadata and embedded files too; pages stay as they are;
who has the password may do everything. Earlier versions of the document that it carried along are left out. A
PDF/A is none any more, since those have no passwords (ISO 19005-1 §6.1.3).

Opens it: Acrobat and Reader from X, browsers, Preview, phones. Hostile files are read here: not for the relay's
process.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator

import pikepdf

from mailguard.transform.containers.errors import CannotLock, WhyNot
from mailguard.transform.containers.password import password_octets

PDF_MAX_BYTES = 128 * 1024 * 1024
"""Read as a whole; about three times as much memory is taken."""
_SIGNATURES_EXIST = 1
"""Bit of ``SigFlags`` (ISO 32000-2 table 225)."""
_EVERYTHING = pikepdf.Permissions(
    accessibility=True, extract=True, modify_annotation=True, modify_assembly=True, modify_form=True,
    modify_other=True, print_highres=True, print_lowres=True,
)  # fmt: skip


def lock_pdf(octets: bytes, password: str) -> bytes:
    """The PDF, to be opened with this password. Nobody knows the owner's password, which is random.

    Raises ``CannotLock``: damaged, even where viewers repair it; encrypted or restricted already; signed; XFA; too
    large.
    """
    password_octets(password)
    if len(octets) > PDF_MAX_BYTES:
        raise CannotLock(WhyNot.TOO_LARGE)
    out = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(octets), attempt_recovery=False, suppress_warnings=True) as pdf:
            if (why := _why_not(octets, pdf)) is not None:
                raise CannotLock(why)
            encryption = pikepdf.Encryption(
                user=password, owner=secrets.token_urlsafe(32), R=6, aes=True, metadata=True, allow=_EVERYTHING
            )
            pdf.save(out, encryption=encryption, fix_metadata_version=False)
            # What was only noticed on the way: a repair that the reader had to make.
            if pdf.get_warnings():
                raise CannotLock(WhyNot.DAMAGED)
    except pikepdf.PasswordError:
        raise CannotLock(WhyNot.ENCRYPTED) from None
    except (pikepdf.PdfError, RuntimeError):
        # pikepdf passes on some of qpdf's complaints about a tree of pages as they are.
        raise CannotLock(WhyNot.DAMAGED) from None
    return out.getvalue()


def _why_not(octets: bytes, pdf: pikepdf.Pdf) -> WhyNot | None:
    if pdf.is_encrypted:
        return WhyNot.ENCRYPTED
    form = pdf.Root.get("/AcroForm", pikepdf.Dictionary())
    if not isinstance(form, pikepdf.Dictionary):
        return WhyNot.DAMAGED
    flags = form.get("/SigFlags", 0)
    # /Perms: a certifying signature or rights of use, which are one too (ISO 32000-2 §12.8.6).
    if "/Perms" in pdf.Root or not isinstance(flags, int) or flags & _SIGNATURES_EXIST:
        return WhyNot.SIGNED
    if b"/ByteRange" in octets or any("/ByteRange" in one for one in _dictionaries(pdf)):
        return WhyNot.SIGNED
    if "/XFA" in form:
        return WhyNot.FORM
    return None if len(pdf.pages) else WhyNot.DAMAGED


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """All dictionaries of their own, and those that stand directly in them."""
    for one in pdf.objects:
        if isinstance(one, pikepdf.Dictionary):
            yield one
            yield from (value for value in one.as_dict().values() if isinstance(value, pikepdf.Dictionary))
