"""The file around an encrypted package is one that every reader of the format takes."""

from __future__ import annotations

import io
from pathlib import Path
from random import Random

import olefile
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailguard.transform.containers.compound_file import Storage, compound_file
from mailguard.transform.containers.office_container import lock_office
from tests.unit.transform.containers_made import PASSWORD, made_office, ran

NAMES = st.text(st.sampled_from("abcXYZ\x06名0"), min_size=1, max_size=31)
SIZES = st.one_of(st.integers(0, 300), st.sampled_from([4095, 4096, 4097, 64, 512, 8704, 70_000]))


def streams_in(octets: bytes) -> dict[str, bytes]:
    """All streams of a file, by another library that complains of every oddity."""
    with olefile.OleFileIO(io.BytesIO(octets), raise_defects=olefile.DEFECT_UNSURE) as compound:
        assert [] == compound.parsing_issues
        return {"/".join(path): compound.openstream(path).read() for path in compound.listdir()}


@settings(max_examples=150)
@given(
    st.dictionaries(
        NAMES,
        SIZES,
        max_size=12,
    ),
    st.dictionaries(NAMES, SIZES, max_size=4),
)
def test_streams_of_any_size_are_read_as_they_were(outer: dict[str, int], inner: dict[str, int]) -> None:
    """Whatever sizes a package and its companions have, the file around them is right."""
    streams = {name: Random(size).randbytes(size) for name, size in _different(outer).items()}
    inside = {name: Random(size).randbytes(size) for name, size in _different(inner).items()}
    storage: dict[str, bytes | Storage] = {**streams, "folder": inside}

    assert streams | {f"folder/{name}": octets for name, octets in inside.items()} == streams_in(compound_file(storage))


def _different(sizes: dict[str, int]) -> dict[str, int]:
    """Names that differ by more than case, as the format wants them."""
    return {name: size for name, size in {one.upper(): size for one, size in sizes.items()}.items() if name != "FOLDER"}


# In 512-octet sectors: the header names 109 sectors of the table, which name 128 sectors each, 6.8 MiB in all; one more
# sector names 127 of them, 15 MiB in all; then the next one.
@pytest.mark.parametrize("size", [0, 6_900_000, 7_137_000, 7_140_000, 15_400_000, 15_500_000, 24_000_000])
def test_large_stream_is_read_as_it_was(size: int) -> None:
    """A large presentation opens as well as a letter."""
    octets = Random(size).randbytes(size)

    assert {"a": octets, "b": b"small"} == streams_in(compound_file({"a": octets, "b": b"small"}))


@pytest.mark.parametrize("filling", [0, 3_000, 20_000, 7_100_000, 16_000_000])
def test_locked_office_file_is_taken_by_7zip(tmp_path: Path, filling: int) -> None:
    """A program that is stricter than Office finds nothing wrong, at any size."""
    file = tmp_path / "locked.docx"
    file.write_bytes(lock_office(made_office(filling=filling), PASSWORD))
    tested = ran("7zz", "t", "-tcompound", file)

    assert 0 == tested.returncode, tested.stdout + tested.stderr
    assert "Everything is Ok" in tested.stdout
    assert "Warning" not in tested.stdout
