"""Line ends that every server reads alike, and nothing else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailguard.mime.line_ends import is_canonical

STRAY = re.compile(rb"\r(?!\n)|(?<!\r)\n|\0")


@pytest.mark.parametrize(
    "octets",
    [b"a\rb\nc\r\n", b"\r x \n", b"a\nb\rc", b"\n\r", b"a\r\r\n", b"\r\n\n", b"\0", b"text\r", b"\n", b"\r\n.\r.\n"],
    ids=repr,
)
def test_line_ends_stray_octet_is_seen(octets: bytes) -> None:
    """A CR or LF by itself is found wherever its counterpart may stand."""
    assert not is_canonical(octets)


@pytest.mark.parametrize("octets", [b"", b"text", b"\r\n", b"a\r\n\r\n.\r\n", b"\r\n" * 1000], ids=len)
def test_line_ends_canonical_text_passes(octets: bytes) -> None:
    """Ordinary mail is never refused for its line ends."""
    assert is_canonical(octets)


@given(st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b"\0", b".", b"x", b"xx"]), max_size=12).map(b"".join))
def test_line_ends_any_octets_agree_with_the_plain_rule(octets: bytes) -> None:
    """The fast way says what the slow and plain one says."""
    assert is_canonical(octets) == (STRAY.search(octets) is None)
