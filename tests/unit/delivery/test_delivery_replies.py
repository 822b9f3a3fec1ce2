"""Replies out of octets, however they are cut, and within bounds."""

from __future__ import annotations

from collections import deque

import pytest

from mailguard.delivery.replies import (
    LINE_MAX,
    LINES_MAX,
    TEXT_MAX,
    Malformed,
    RawReply,
    ReplyReader,
    reply_of,
)
from mailguard.model.delivery import Reply


def read(*chunks: bytes) -> list[RawReply]:
    reader, found = ReplyReader(), deque[RawReply]()
    for chunk in chunks:
        reader.feed(chunk, found)
    return list(found)


def test_feed_replies_cut_at_every_octet_are_the_same() -> None:
    """How the network cuts replies up changes nothing."""
    octets = b"220 hello\r\n250-one\r\n250-two\r\n250 three\r\n354\r\n421 bye\n"
    wanted = [(220, b"hello"), (250, b"one\ntwo\nthree"), (354, b""), (421, b"bye")]

    assert wanted == read(octets)
    assert wanted == read(*[octets[at : at + 1] for at in range(len(octets))])
    assert all(wanted == read(octets[:cut], octets[cut:]) for cut in range(len(octets)))


@pytest.mark.parametrize(
    "octets",
    [
        b"hello\r\n",
        b"99 x\r\n",
        b"199 x\r\n",
        b"600 x\r\n",
        b"250x\r\n",
        b"\r\n",
        b"25\xd9\xa3 x\r\n",
        b"\x16\x03\x01\r\n",
    ],
)
def test_feed_what_is_no_reply_raises(octets: bytes) -> None:
    """Nothing is guessed into garbage."""
    with pytest.raises(Malformed):
        read(octets)


def test_feed_replies_before_garbage_are_kept() -> None:
    """What was said properly counts, whatever comes after."""
    reader, found = ReplyReader(), deque[RawReply]()
    with pytest.raises(Malformed):
        reader.feed(b"250 a\r\n550 b\r\ngarbage\r\n", found)

    assert [(250, b"a"), (550, b"b")] == list(found)


def test_feed_overlong_line_raises_with_and_without_its_end() -> None:
    """A line without end does not fill the memory."""
    with pytest.raises(Malformed):
        read(b"250 " + b"x" * LINE_MAX + b"\r\n")
    with pytest.raises(Malformed):
        read(b"250 ", b"x" * LINE_MAX)


def test_feed_endless_reply_raises() -> None:
    """A reply without last line ends after a hundred."""
    with pytest.raises(Malformed):
        read(*[b"250-x\r\n"] * LINES_MAX)

    assert 1 == len(read(*[b"250-x\r\n"] * (LINES_MAX - 1), b"250 x\r\n"))


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ((250, b"2.1.5 Ok"), Reply(250, "2.1.5", "Ok")),
        ((250, b"Ok"), Reply(250, "", "Ok")),
        ((550, b"5.1.1"), Reply(550, "5.1.1", "")),
        ((550, b"5.1.1 No such\n5.1.1 user"), Reply(550, "5.1.1", "No such user")),
        ((550, b"4.1.1 Wrong class"), Reply(550, "", "4.1.1 Wrong class")),
        ((250, b"2.1.5x"), Reply(250, "", "2.1.5x")),
        ((554, b"5.7.1 \x1b[31mred\x00\xe2\x80\xaeevil"), Reply(554, "5.7.1", "[31mred evil")),
        ((554, "日本語".encode() + b"\xff"), Reply(554, "", "日本語�")),
    ],
)
def test_reply_of_status_apart_and_text_for_people(raw: RawReply, wanted: Reply) -> None:
    """What a server says can be shown in a list, a terminal or a page without surprises."""
    found = reply_of(raw)

    assert wanted.code == found.code
    assert wanted.enhanced == found.enhanced
    assert wanted.text == found.text.strip().replace("  ", " ")


def test_reply_of_long_text_is_bounded() -> None:
    """A talkative server does not fill the database."""
    assert TEXT_MAX == len(reply_of((550, b"\n".join([b"x" * 900] * 50))).text)
