"""Passwords on files, given in a process of its own; and what the evidence sheet says of methods."""

from __future__ import annotations

import io

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailguard.model.protection import Mode
from mailguard.transform.containers.errors import CannotLock, WhyNot
from mailguard.transform.containers.file_checking import check_pdf
from mailguard.transform.containers.locking import WORK, answer_of, request_of
from mailguard.transform.containers.locking_apart import lock
from mailguard.transform.containers.method import method_of
from mailguard.workers.pool import Pool
from tests.unit.transform.containers_made import PASSWORD, made_office, made_pdf


@pytest.mark.parametrize(
    ("mode", "octets"), [(Mode.PDF, made_pdf()), (Mode.OFFICE, made_office())], ids=["pdf", "office"]
)
async def test_file_is_locked_in_a_process_that_may_be_killed(mode: Mode, octets: bytes) -> None:
    """A file reaches its recipient locked, though nothing of it was read in the relay."""
    pool = Pool(WORK, workers=1)
    await pool.start()
    try:
        locked = answer_of(await pool.run(request_of(mode, octets, PASSWORD), 60))
        with pytest.raises(CannotLock) as refused:
            answer_of(await pool.run(request_of(mode, locked, PASSWORD), 60))
    finally:
        await pool.close()

    assert octets not in locked
    assert WhyNot.ENCRYPTED == refused.value.why
    if mode is Mode.PDF:
        check_pdf(locked, PASSWORD)


@pytest.mark.parametrize("mode", [Mode.PDF, Mode.OFFICE])
def test_file_that_cannot_be_locked_says_why(mode: Mode) -> None:
    """The reason comes through to whoever decides what happens instead."""
    with pytest.raises(CannotLock) as refused:
        answer_of(lock(request_of(mode, b"nothing of the kind", PASSWORD)))

    assert refused.value.why in (WhyNot.DAMAGED, WhyNot.OTHER_FORMAT)


def test_request_for_a_zip_is_refused() -> None:
    """Only a file of its own kind is locked there."""
    with pytest.raises(ValueError, match="not a mode of one file"):
        request_of(Mode.ZIP, b"", PASSWORD)


def test_request_with_a_password_that_is_none_is_refused() -> None:
    """A password that programs read differently is found before any work is done."""
    with pytest.raises(CannotLock):
        request_of(Mode.PDF, b"", "")


@pytest.mark.parametrize("why", list(WhyNot))
def test_every_reason_has_an_answer(why: WhyNot) -> None:
    """No reason is lost on the way between processes."""
    statuses = {}
    for status in range(1, len(WhyNot) + 1):
        with pytest.raises(CannotLock) as refused:
            answer_of(bytes((status,)))
        statuses[refused.value.why] = status

    assert why in statuses


@given(st.binary(max_size=20))
def test_answer_of_any_octets_is_a_file_or_a_reason(answer: bytes) -> None:
    """Whatever a process that was taken over says, nothing is made of it but octets."""
    try:
        locked = answer_of(answer)
    except CannotLock:
        return

    assert b"\0" + locked == answer


@pytest.mark.parametrize("mode", list(Mode))
def test_method_names_cipher_key_and_library(mode: Mode) -> None:
    """Whoever has to judge a leak reads what stood between it and the data, without asking us."""
    method = method_of(mode)

    assert {"container", "cipher", "key_bits", "key_derivation", "integrity", "standards", "software"} == set(method)
    assert "256" == method["key_bits"]
    assert "AES-256" in method["cipher"]
    assert all(word.strip() for word in method.values())


def test_method_of_a_pdf_is_what_the_file_says() -> None:
    """The sheet says what is true of the file."""
    locked = answer_of(lock(request_of(Mode.PDF, made_pdf(), PASSWORD)))
    with pikepdf.open(io.BytesIO(locked), password=PASSWORD) as pdf:
        told = pdf.encryption

    assert "PDF, standard security handler, V 5, R 6" == method_of(Mode.PDF)["container"]
    assert (5, 6) == (told.V, told.R)
