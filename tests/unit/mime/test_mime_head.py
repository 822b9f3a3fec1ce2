"""The header block, read from wire form: never an error, whatever stands there."""

from __future__ import annotations

import base64

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailguard.mime.head import Head, decode_words, head_of, is_automatic
from tests.effort import effort

ODD_OCTETS = [
    b"",
    b"\r\n",
    b":",
    b"\r\n\r\n",
    b" folded from the start\r\n",
    b"no colon\r\n continued\r\n",
    b"Subject",
    b"Subject:",
    b"Subject: \xff\xfe\x00\r\n",
    b"Subject: =?\r\n",
    b"Subject: =?utf-8?b?====?=\r\n",
    b"Subject: =?utf-8?b?\xe3\x81?=\r\n",
    b"Subject: =?iso-2022-jp?b?GyRC?=\r\n",
    b"Received\r\n:\r\n",
    b"\x1b$B\r\nSubject: \x1b$B!\r\n",
]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"A: 1\r\nB: 2\r\n\r\nbody\r\n\r\nmore", b"A: 1\r\nB: 2\r\n"),
        (b"A: 1\r\n", b"A: 1\r\n"),
        (b"\r\nbody", b""),
        (b"", b""),
        (b"A: 1", b"A: 1"),
        (b"A: 1\r\n\r\n", b"A: 1\r\n"),
    ],
    ids=["with body", "no body", "no header", "nothing", "no line end", "empty body"],
)
def test_head_ends_at_the_first_empty_line(content: bytes, expected: bytes) -> None:
    """What stands in the body is never taken for a header field."""
    assert expected == head_of(content)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"From: a@example.jp\r\nhello\r\n\r\nyou\r\n", b"hello\r\n\r\nyou\r\n"),
        (b"From: a@example.jp\r\nhello\r\n", b"hello\r\n"),
        (b"From: a@example.jp\r\nno field\r\nTo: b@example.com\r\n\r\nyou\r\n", b"\r\nyou\r\n"),
        (b">From a Thu\r\nFrom: a@example.jp\r\n\r\nyou\r\n", b"\r\nyou\r\n"),
        (b"From: a@example.jp\r\n \r\n folded\r\n\r\nyou\r\n", b"\r\nyou\r\n"),
    ],
)
def test_text_without_an_empty_line_before_it_is_no_header(content: bytes, text: bytes) -> None:
    """Whoever gets another header block (recipients hidden, for instance) still gets the text that stood behind it."""
    assert text == content[len(head_of(content)) :]


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        pytest.param(b"", 0, id="none"),
        pytest.param(b"Received: a\r\nFrom: b\r\nReceived: c\r\n", 2, id="two"),
        pytest.param(b"RECEIVED: a\r\nreceived:b\r\n", 2, id="any case, no blank"),
        pytest.param(b"Received : a\r\nReceived\t: b\r\nReceived: c\r\n", 3, id="white space before the colon"),
        pytest.param(b"Received: from a\r\n\tby b\r\n\twith Received: c\r\n", 1, id="folded"),
        pytest.param(b"Subject: x\r\n Received: y\r\n", 0, id="inside a folded subject"),
        pytest.param(b"X-Received: a\r\nReceived-SPF: b\r\nReceived.x: c\r\n", 0, id="other names"),
        pytest.param(b"Received : a\r\nReceived-SPF : b\r\n", 1, id="white space, other name"),
        pytest.param(b"Subject: Received: x\r\n", 0, id="inside a value"),
        pytest.param(b"Received: x\r\n" * 100, 100, id="a hundred"),
    ],
)
def test_received_counts_hops_and_nothing_else(octets: bytes, expected: int) -> None:
    """A mail in a loop is noticed; a mail that only speaks of hops is not."""
    assert expected == Head(octets).received_count


@pytest.mark.parametrize(
    ("octets", "name", "expected"),
    [
        pytest.param(b"Subject: a\r\nsubject: b\r\n", "Subject", b"a", id="first of two"),
        pytest.param(b"X: 1\r\nSUBJECT:a\r\n", "subject", b"a", id="any case"),
        pytest.param(b"Subject: a\r\n b\r\n\tc\r\nX: d\r\n", "Subject", b"a b\tc", id="folded"),
        pytest.param(b"Subject:\r\n a\r\n", "Subject", b"a", id="folded at once"),
        pytest.param(b"Subject : a:b \r\n", "Subject", b"a:b", id="blank before the colon"),
        pytest.param(b"Subject:\r\nX: 1\r\n", "Subject", b"", id="empty"),
        pytest.param(b"X-Subject: a\r\n Subject: b\r\n", "Subject", None, id="only inside another"),
        pytest.param(b"Subject: a", "Subject", b"a", id="no line end"),
        pytest.param(b"Subject a\r\n", "Subject", None, id="no colon"),
    ],
)
def test_first_gives_the_unfolded_value(octets: bytes, name: str, expected: bytes | None) -> None:
    """A field is found however it is written, and only where it is one."""
    assert expected == Head(octets).first(name)


@pytest.mark.parametrize(
    ("field", "reverse_path", "expected"),
    [
        pytest.param(b"", "", True, id="null reverse-path"),
        pytest.param(b"Auto-Submitted: no\r\n", "", True, id="null reverse-path, said to be no"),
        pytest.param(b"", "a@example.jp", False, id="a person"),
        pytest.param(b"Auto-Submitted: no\r\n", "a@example.jp", False, id="no"),
        pytest.param(b"auto-submitted:NO\r\n", "a@example.jp", False, id="NO"),
        pytest.param(b"Auto-Submitted: (really) no (by hand)\r\n", "a@example.jp", False, id="no, comments"),
        pytest.param(b"Auto-Submitted: no (a (nested (twice)) one)\r\n", "a@example.jp", False, id="nested comments"),
        pytest.param(b"Auto-Submitted: no; owner-email=x\r\n", "a@example.jp", False, id="no, parameter"),
        pytest.param(b"Auto-Submitted:\r\n", "a@example.jp", False, id="empty"),
        pytest.param(b"Auto-Submitted: (nothing)\r\n", "a@example.jp", False, id="only a comment"),
        pytest.param(b"Auto-Submitted: no (open\r\n", "a@example.jp", False, id="comment left open"),
        pytest.param(b"Auto-Submitted: auto-replied\r\n", "a@example.jp", True, id="auto-replied"),
        pytest.param(b"Auto-Submitted: auto-generated (cron)\r\n", "a@example.jp", True, id="auto-generated"),
        pytest.param(b"Auto-Submitted:\r\n auto-notified; owner-email=x\r\n", "a@example.jp", True, id="folded"),
        pytest.param(b"Auto-Submitted: no\r\nAuto-Submitted: auto-replied\r\n", "a@example.jp", False, id="both"),
        pytest.param(b"Subject: x\r\n Auto-Submitted: auto-replied\r\n", "a@example.jp", False, id="in a subject"),
        pytest.param(b"X-Auto-Submitted: auto-replied\r\n", "a@example.jp", False, id="another field"),
    ],
)
def test_automatic_is_what_a_program_wrote(field: bytes, reverse_path: str, expected: bool) -> None:
    """Bounces and automatic replies are known by their standard marks; what a person wrote is held."""
    assert expected is is_automatic(Head(b"From: a@example.jp\r\n" + field), reverse_path)


def word(text: str, charset: str, encoding: str = "b") -> bytes:
    """One encoded word (RFC 2047)."""
    octets = text.encode(charset)
    payload = base64.b64encode(octets) if encoding in "bB" else b"".join(b"=%02X" % octet for octet in octets)
    return b"=?" + charset.encode() + b"?" + encoding.encode() + b"?" + payload + b"?="


def cut(octets: bytes, *lengths: int, charset: bytes = b"iso-2022-jp") -> bytes:
    """Octets over several encoded words of one charset, cut where a program happened to cut them."""
    pieces, start = [], 0
    for end in (*lengths, len(octets)):
        pieces.append(b"=?" + charset + b"?B?" + base64.b64encode(octets[start:end]) + b"?=")
        start = end
    return b"\r\n ".join(pieces)


ESTIMATE = "御見積書の件（第二版）"
JIS = ESTIMATE.encode("iso2022_jp")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(b"plain words", "plain words", id="plain"),
        pytest.param(word(ESTIMATE, "utf-8"), ESTIMATE, id="utf-8 b"),
        pytest.param(word(ESTIMATE, "utf-8", "Q"), ESTIMATE, id="utf-8 Q"),
        pytest.param(word(ESTIMATE, "iso-2022-jp"), ESTIMATE, id="iso-2022-jp"),
        pytest.param(word(ESTIMATE, "shift_jis", "B"), ESTIMATE, id="shift_jis"),
        pytest.param(word(ESTIMATE, "euc-jp", "q"), ESTIMATE, id="euc-jp"),
        pytest.param(ESTIMATE.encode(), ESTIMATE, id="raw utf-8"),
        pytest.param(JIS, ESTIMATE, id="raw iso-2022-jp"),
        pytest.param(ESTIMATE.encode("cp932"), ESTIMATE, id="raw shift_jis"),
        pytest.param(b"Re: " + word("件", "utf-8") + b" (2)", "Re: 件 (2)", id="text around"),
        pytest.param(
            word("御見積", "utf-8") + b" \t " + word("書", "utf-8"), "御見積書", id="white space between words"
        ),
        pytest.param(word("御", "utf-8") + b" x " + word("書", "utf-8"), "御 x 書", id="text between words"),
        pytest.param(word("御", "utf-8") + b" " + word("書", "iso-2022-jp"), "御書", id="two charsets"),
        pytest.param(b"=?utf-8?q?a_b=20c?=", "a b c", id="underscore"),
        pytest.param(b"=?UTF-8*ja?Q?=E4=BB=B6?=", "件", id="language (RFC 2231)"),
        pytest.param(b"=?utf-8?B?5Lu2?=x=?utf-8?B?5Lu2?=", "件x件", id="stuck together"),
        pytest.param(cut(JIS, 7), ESTIMATE, id="cut inside the escape and a character"),
        pytest.param(cut(JIS, 4, 9, 14), ESTIMATE, id="cut in four"),
        pytest.param(cut(ESTIMATE.encode(), 4, 10, charset=b"utf-8"), ESTIMATE, id="utf-8 cut inside characters"),
        pytest.param(cut(ESTIMATE.encode("cp932"), 3, charset=b"Shift_JIS"), ESTIMATE, id="shift_jis cut in two"),
        pytest.param(b"=?utf-8?B?5Lu2", "=?utf-8?B?5Lu2", id="not ended"),
        pytest.param(b"=?utf-8?X?abc?=", "=?utf-8?X?abc?=", id="unknown encoding"),
        pytest.param(b"=?x-unknown?B?5Lu2?=", "件", id="unknown charset"),
        pytest.param(b"=?utf-8?B?5Lu2!?= x", "件 x", id="sign that is not base64"),
        pytest.param(b"=?utf-8?B?5Lu2?==?utf-8?B?5Lu2?=", "件件", id="nothing between"),
    ],
)
def test_words_are_decoded_as_people_read_them(value: bytes, expected: str) -> None:
    """A subject is readable in the queue, however the mail program encoded it, and wherever it cut it."""
    assert expected == decode_words(value)


@given(st.binary(max_size=300))
@example(b"=?a?b?c?=")
def test_decoding_never_fails(value: bytes) -> None:
    """No octets in a subject stop a list of mails."""
    decode_words(value)


PARTS = [b"=?", b"?=", b"?", b"b", b"Q", b"utf-8", b"iso-2022-jp", b"\x1b$B", b"\x1b(B", b"\r\n ", b"=", b"A", b"\xe3"]
PARTS += [b"*", b"_"]


@given(st.lists(st.sampled_from(PARTS), max_size=25).map(b"".join))
def test_decoding_never_fails_on_near_words(value: bytes) -> None:
    """What is nearly an encoded word stops nothing either."""
    decode_words(value)


FIELDS = [b"Subject", b"Received", b"Auto-Submitted", b":", b" ", b"\t", b"\r\n", b"no", b"(", b")", b"\x00", b"\xff"]


@given(st.one_of(st.binary(max_size=300), st.lists(st.sampled_from(FIELDS), max_size=30).map(b"".join)))
def test_head_of_any_octets_is_read(octets: bytes) -> None:
    """Whatever a client sends as a header, asking for fields gives an answer."""
    head = Head(head_of(octets))

    assert head.received_count >= 0
    assert is_automatic(head, "a@example.jp") in (True, False)
    assert head.first_text("Subject") is None or isinstance(head.first_text("Subject"), str)


@pytest.mark.parametrize("octets", ODD_OCTETS, ids=repr)
def test_head_of_odd_octets_is_read(octets: bytes) -> None:
    """Half a header is as good as none."""
    head = Head(octets)

    assert head.received_count == 0
    assert head.first("From") is None
    head.first_text("Subject")


@pytest.mark.parametrize(
    "unit",
    [b"*", b"=?", b"=?a", b"=?a?b?", b"=?a?b?c?= ", b" ", b"(", b"=?*", b"=?a?q?=", b"\x1b$B", b"?=", b"=?a*?b?"],
    ids=repr,
)
def test_decoding_takes_time_in_proportion(unit: bytes) -> None:
    """A subject made to keep the service busy does not: the longest header there may be is read in a moment."""
    value = (b"=?" + unit * (256 * 1024))[: 256 * 1024]
    head = Head(b"Auto-Submitted: " + value)
    _, seconds = effort(lambda: (decode_words(value), is_automatic(head, "a@example.jp")))

    assert seconds < 2
