"""Files that are no mail yet, looked into as if they were attached to one."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from mailguard.extract.walk import Limits
from mailguard.inspection.detection import shipped
from mailguard.judging.scanning import PassedOver, Why, files_below, looked_into, read_regular
from mailguard.model.contents import Obstacle, Unreadable
from mailguard.model.finding import Kind
from tests.unit.judging.judging_parts import MY_NUMBER

ROSTER = f"氏名,個人番号\n長谷川 美咲,{MY_NUMBER}\n".encode("cp932")


def zipped(name: str, octets: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, octets)
    return made.getvalue()


def test_file_is_looked_into_as_if_attached(tmp_path: Path) -> None:
    """What a file would show in a mail is found where it lies."""
    (tmp_path / "名簿.csv").write_bytes(ROSTER)
    found = looked_into(tmp_path / "名簿.csv", shipped())

    assert {Kind.PERSON_NAME: 1, Kind.MY_NUMBER: 1} == found.counts
    assert {"attachment:名簿.csv"} == {one.where for one in found.findings}


def test_file_in_a_file_is_looked_into(tmp_path: Path) -> None:
    """An archive is opened, and the place says so."""
    (tmp_path / "a.zip").write_bytes(zipped("inner.csv", ROSTER))
    found = looked_into(tmp_path / "a.zip", shipped())

    assert {"attachment:a.zip!inner.csv"} == {one.where for one in found.findings if one.kind == Kind.MY_NUMBER}


UNREADABLE = [
    pytest.param("a.docx", b"PK\3\4 broken", None, Obstacle.DAMAGED, id="damaged"),
    pytest.param("a.jtd", b"\0\1\2\3" * 200, None, Obstacle.UNKNOWN, id="of no known type"),
    pytest.param("a.zip", zipped("a.txt", b"1" * 5000), Limits(octets=1000), Obstacle.TOO_LARGE, id="over a limit"),
]


@pytest.mark.parametrize(("name", "octets", "limits", "why"), UNREADABLE)
def test_file_that_cannot_be_read_says_why(
    tmp_path: Path, name: str, octets: bytes, limits: Limits | None, why: Obstacle
) -> None:
    """A file that cannot be looked into is never passed over in silence."""
    (tmp_path / name).write_bytes(octets)
    found = looked_into(tmp_path / name, shipped(), limits).unreadable

    assert why in {one.why for one in found}
    assert {f"attachment:{name}"} == {one.where.partition("!")[0] for one in found if isinstance(one, Unreadable)}


def test_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """A file that has gone meanwhile is an error of its own, not an empty result."""
    with pytest.raises(FileNotFoundError):
        looked_into(tmp_path / "gone.csv", shipped())


def test_files_below_are_all_of_a_folder_in_order(tmp_path: Path) -> None:
    """A folder is gone through to its depth; a link leads nowhere else, and a named file is taken as it is."""
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "out").mkdir()
    for name in ("in/b.txt", "in/a.txt", "in/deep/c.txt", "out/d.txt"):
        (tmp_path / name).write_text("x")
    (tmp_path / "in" / "link.txt").symlink_to(tmp_path / "out" / "d.txt")
    (tmp_path / "in" / "folder").symlink_to(tmp_path / "out")
    found = list(files_below([tmp_path / "out" / "d.txt", tmp_path / "in"]))
    files = [str(path.relative_to(tmp_path)) for path in found if isinstance(path, Path)]
    passed_over = {one.path.name: one.why for one in found if isinstance(one, PassedOver)}

    assert ["out/d.txt", "in/a.txt", "in/b.txt", "in/deep/c.txt"] == files
    assert {"link.txt": Why.LINK, "folder": Why.LINK} == passed_over


def test_file_of_the_system_that_never_ends_is_read_no_further(tmp_path: Path) -> None:
    """What says it is empty and is not, is read to the limit and no further."""
    with pytest.raises(OSError, match="no file"):
        read_regular(Path("/dev/zero"), 100)

    assert None is read_regular(Path("/proc/self/environ"), 1)
    assert (
        Path("/proc/self/status").read_bytes().startswith((read_regular(Path("/proc/self/status"), 10**6) or b"")[:5])
    )
