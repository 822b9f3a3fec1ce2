"""What may go on the wire as content: P-01 and the outgoing half of P-35."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailguard.delivery.wire import NotCanonical, WireCheck, check

STRAY = re.compile(rb"\r(?!\n)|(?<!\r)\n|\0")


def check_in_pieces(*pieces: bytes) -> None:
    looking = WireCheck()
    for piece in pieces:
        looking.feed(piece)
    looking.finish()


REFUSED = {
    "bare_lf": b"a\nb\r\n",
    "bare_cr": b"a\rb\r\n",
    "cr_here_lf_there": b"a\rb\nc\r\n",
    "lf_cr": b"a\n\rb\r\n",
    "cr_cr_lf": b"a\r\r\nb\r\n",
    "nul": b"a\0b\r\n",
    "lf_dot_lf": b"a\n.\nMAIL FROM:<x@example.com>\r\n",
    "lf_dot_crlf": b"a\n.\r\nMAIL FROM:<x@example.com>\r\n",
    "crlf_dot_lf": b"a\r\n.\nMAIL FROM:<x@example.com>\r\n",
    "crlf_dot_cr": b"a\r\n.\rMAIL FROM:<x@example.com>\r\n",
    "early_end": b"a\r\n.\r\nMAIL FROM:<x@example.com>\r\n",
    "end_at_once": b".\r\nMAIL FROM:<x@example.com>\r\n",
    "end_at_the_end": b"a\r\n.\r\n",
    "no_line_end": b"a",
    "cr_at_the_end": b"a\r\n\r",
    "dot_at_the_end": b"a\r\n.",
}
GOOD = {
    "empty": b"",
    "one_line": b"a\r\n",
    "empty_lines": b"\r\n\r\n\r\n",
    "stuffed_dot": b"..\r\n...\r\n..a\r\n",
    "single_dot_and_text": b".a\r\n",
    "dots_inside": b"a.\r\nb . c\r\n",
    "other_separators": "\x0b\x0c\x1c\x85\u2028\r\n".encode(),
    "eight_bit": bytes(range(128, 256)) + b"\r\n",
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED.keys())
def test_check_stray_octets_are_refused(content: bytes) -> None:
    """Nothing another server could take for the end of the mail ever leaves."""
    with pytest.raises(NotCanonical):
        check(content)


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED.keys())
def test_check_stray_octets_cut_at_every_place_are_refused(content: bytes) -> None:
    """Where the chunks of a large mail happen to end makes no difference."""
    for first in range(len(content) + 1):
        for second in range(first, len(content) + 1):
            with pytest.raises(NotCanonical):
                check_in_pieces(content[:first], content[first:second], content[second:])


@pytest.mark.parametrize("content", GOOD.values(), ids=GOOD.keys())
def test_check_canonical_content_passes_cut_at_every_place(content: bytes) -> None:
    """Ordinary mail is never refused."""
    for cut in range(len(content) + 1):
        check_in_pieces(content[:cut], content[cut:])


@settings(max_examples=3000)
@given(
    st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b".", b"\0", b"a", b"..", b"\r\n.\r\n"]), max_size=12), st.data()
)
def test_check_any_octets_agree_with_the_plain_rule(pieces: list[bytes], data: st.DataObject) -> None:
    """The fast check and the slow obvious one never differ."""
    content = b"".join(pieces)
    wrong = (
        bool(STRAY.search(content)) or b"\r\n.\r\n" in b"\r\n" + content or not (b"\r\n" + content).endswith(b"\r\n")
    )
    cut = data.draw(st.integers(0, len(content)))
    refused = False
    try:
        check_in_pieces(content[:cut], content[cut:])
    except NotCanonical:
        refused = True

    assert wrong == refused
