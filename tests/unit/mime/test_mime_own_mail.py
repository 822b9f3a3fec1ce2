"""Fields of our own mails: one field each, whatever goes into it."""

from __future__ import annotations

import email
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailguard.mime.addresses import Mailbox, mailboxes_of
from mailguard.mime.head import decode_words
from mailguard.mime.line_ends import is_canonical
from mailguard.mime.own_mail import mailbox, message_id_or_none, one_line, text_mail, unstructured


def unfolded(value: str) -> bytes:
    return value.replace("\r\n", "").encode()


@given(st.text(max_size=300))
def test_unstructured_reads_as_it_was_and_is_one_field(words: str) -> None:
    """A subject arrives in its own words, with nothing in it that is no word."""
    value = unstructured(words)

    assert value.isascii()
    assert all(line.startswith(" ") and len(line) <= 78 for line in value.split("\r\n")[1:])
    assert " ".join(one_line(words, 1000).split()) == decode_words(unfolded(value))


@given(st.text(max_size=250))
def test_mailbox_any_name_is_one_mailbox(name: str) -> None:
    """A name with an address in it adds no recipient."""
    [found] = mailboxes_of(unfolded(mailbox(Mailbox("a@b.example", name))))

    assert "a@b.example" == found.address


def test_mailbox_name_reads_as_it_was() -> None:
    """A person is called by their name."""
    for name in ("佐藤 花子", "Sato Hanako", "Sato, Hanako (Ms.)", "=?x?="):
        [found] = mailboxes_of(unfolded(mailbox(Mailbox("a@b.example", name))))
        assert name == found.name


@pytest.mark.parametrize("address", ["", "a\r\n@b.example", "a\x00@b.example", "a\x7f@b.example", "\ud800@b.example"])
def test_mailbox_unfit_address_is_refused(address: str) -> None:
    """What could end the field is no address."""
    with pytest.raises(ValueError, match="cannot be addressed"):
        mailbox(Mailbox(address, "x"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("<1@a.example>", "<1@a.example>"),
        ("", None),
        ("1@a.example", None),
        ("<1@a.example>\r\nX: 1", None),
        ("<a b@c>", None),
        ("<" + "x" * 600 + ">", None),
    ],
)
def test_message_id_or_none_takes_only_what_fits_a_field(value: str, expected: str | None) -> None:
    """A strange Message-ID is left out, not repeated."""
    assert expected == message_id_or_none(value)


def test_one_line_is_one_line_of_bounded_length() -> None:
    """What could hide, reorder or break is gone."""
    assert "a b" == one_line("\ta\r\n\u202e\u200bb\ud800", 10)
    assert "abc…" == one_line("abcdefgh", 4)


def test_text_mail_is_in_wire_form() -> None:
    """A line that is a dot does not end the mail."""
    octets = text_mail([("Subject", "x"), (".odd", "y")], "一\n.\n二\n")

    assert is_canonical(octets)
    assert b"\r\n..odd: y\r\n" in octets
    assert "一\n.\n二\n" == email.message_from_bytes(octets, policy=default).get_content().replace("\r\n", "\n")
