"""The master key: made once, for its owner only, from a file or from the environment."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mailguard.errors import ConfigurationError, ContentDamaged
from mailguard.spool import MasterKey, load_master_key
from mailguard.spool.keys import ENVIRONMENT_NAME, KEY_BYTES

SECRET = bytes(range(32))
CONTENT_ID = "01K9AAAAAAAAAAAA"


def test_key_file_is_made_at_first_start_and_kept(tmp_path: Path) -> None:
    """The first start makes the key, for its owner only; every later start finds the same one."""
    place = tmp_path / "data" / "master.key"
    first = load_master_key(place, {})
    second = load_master_key(place, {})
    wrapped = first.wrap(SECRET, CONTENT_ID)

    assert 0o600 == place.stat().st_mode & 0o777
    assert KEY_BYTES == len(base64.b64decode(place.read_bytes(), validate=False))
    assert first.key_id == second.key_id
    assert SECRET == second.unwrap(wrapped, CONTENT_ID)
    assert [place] == list(place.parent.iterdir())


def test_key_files_of_two_offices_differ(tmp_path: Path) -> None:
    """No two installations share a key."""
    assert load_master_key(tmp_path / "a", {}).key_id != load_master_key(tmp_path / "b", {}).key_id


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o610, 0o660, 0o644, 0o777], ids=oct)
def test_key_file_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    """A key that others can read, write or pass on stops the start, with the remedy."""
    place = tmp_path / "master.key"
    load_master_key(place, {})
    place.chmod(mode)

    with pytest.raises(ConfigurationError) as caught:
        load_master_key(place, {})
    (complaint,) = caught.value.complaints
    assert str(place) in complaint
    assert "chmod 600" in complaint


@pytest.mark.parametrize("mode", [0o600, 0o400], ids=oct)
def test_key_file_for_its_owner_only_is_taken(tmp_path: Path, mode: int) -> None:
    """A key that even its owner only reads is as good."""
    place = tmp_path / "master.key"
    made = load_master_key(place, {})
    place.chmod(mode)

    assert made.key_id == load_master_key(place, {}).key_id


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"not a key!", id="words"),
        pytest.param(base64.b64encode(SECRET[:16]), id="half a key"),
        pytest.param(base64.b64encode(SECRET + SECRET), id="two keys"),
        pytest.param(bytes(range(128, 160)), id="raw octets"),
        pytest.param("鍵".encode(), id="Japanese"),
        pytest.param(base64.b64encode(SECRET)[:-5], id="cut"),
    ],
)
def test_key_file_without_a_key_is_refused_in_words(tmp_path: Path, octets: bytes) -> None:
    """A damaged key file stops the start and is named; it is not replaced, and nothing of it is shown."""
    place = tmp_path / "master.key"
    place.write_bytes(octets)
    place.chmod(0o600)

    with pytest.raises(ConfigurationError) as caught:
        load_master_key(place, {})
    assert octets == place.read_bytes()
    assert not octets or octets.decode("latin-1") not in str(caught.value)


def test_key_from_the_environment_makes_no_file(tmp_path: Path) -> None:
    """Where the key comes from a secret store, it never touches the disk."""
    place = tmp_path / "master.key"
    found = load_master_key(place, {ENVIRONMENT_NAME: base64.b64encode(SECRET).decode() + "\n"})

    assert MasterKey(SECRET).key_id == found.key_id
    assert not place.exists()


@pytest.mark.parametrize(
    "value", ["words", "鍵", base64.b64encode(SECRET[:31]).decode()], ids=["words", "kana", "short"]
)
def test_key_from_the_environment_that_is_none_is_refused(tmp_path: Path, value: str) -> None:
    """A wrong variable stops the start; no other key is used in its place."""
    place = tmp_path / "master.key"

    with pytest.raises(ConfigurationError) as caught:
        load_master_key(place, {ENVIRONMENT_NAME: value})
    assert value not in str(caught.value)
    assert not place.exists()


def test_key_file_made_by_several_at_once_is_one_key(tmp_path: Path) -> None:
    """The service and a command that start at the same moment agree on the key."""
    program = (
        "import sys, pathlib; from mailguard.spool import load_master_key; sys.stdin.read(1);"
        "print(load_master_key(pathlib.Path(sys.argv[1]), {}).key_id)"
    )
    place = str(tmp_path / "master.key")
    gate, opener = os.pipe()
    running = [
        subprocess.Popen([sys.executable, "-c", program, place], stdin=gate, stdout=subprocess.PIPE) for _ in range(4)
    ]
    os.close(gate)
    os.close(opener)
    found = {process.communicate(timeout=30)[0] for process in running}

    assert 1 == len(found)
    assert {load_master_key(Path(place), {}).key_id.encode() + b"\n"} == found


def test_key_id_says_nothing_about_the_key() -> None:
    """What is written beside each content does not help to guess the key."""
    master = MasterKey(SECRET)

    assert SECRET.hex() not in master.key_id
    assert SECRET not in master.wrap(SECRET, CONTENT_ID)


def test_wrapped_key_is_another_each_time() -> None:
    """Wrapping twice shows no pattern."""
    master = MasterKey(SECRET)

    assert master.wrap(SECRET, CONTENT_ID) != master.wrap(SECRET, CONTENT_ID)


def test_wrapped_key_opens_for_its_content_only() -> None:
    """A key moved to another row opens nothing."""
    wrapped = MasterKey(SECRET).wrap(SECRET, CONTENT_ID)

    with pytest.raises(ContentDamaged):
        MasterKey(SECRET).unwrap(wrapped, "01K9BBBBBBBBBBBB")
