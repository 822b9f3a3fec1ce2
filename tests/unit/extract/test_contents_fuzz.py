"""Random trees of MIME with random and damaged files: reading and looking always end with an answer.

``python -m tests.bench.fuzz`` does the same for as long as one likes.
"""

from __future__ import annotations

import random
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from mailguard.extract.contents import contents_of
from mailguard.extract.walk import Limits
from mailguard.inspection.inspecting import PASSWORDS_MAX, WORDS_MAX, inspect, passwords_in
from mailguard.mime.message import Message
from mailguard.model.contents import Contents
from tests.bench.fuzz import files_of_every_type
from tests.corpus.generated.hostile_mails import HostileMails

LIMITS = Limits(octets=20_000_000, text=500_000, seconds=10.0)
EXAMPLES = 250


@cache
def files() -> dict[str, bytes]:
    """Files of every type; those of the sample mails among them, the large ones left out."""
    return {name: octets for name, octets in files_of_every_type().items() if len(octets) < 40_000}


def mail(seed: int) -> bytes:
    return HostileMails(random.Random(seed), files()).mail()


def is_sound(contents: Contents) -> bool:
    """What a place says can be shown and stored, and each character leads back to where it came from."""
    places = [place for piece in contents.pieces for place in (piece.where, piece.section)]
    places += [one.where for one in contents.unreadable]
    return all("\0" not in place and "\x1b" not in place and place.encode() for place in places if place) and all(
        piece.text.strip() and (piece.origin is None or len(piece.origin) == len(piece.text))
        for piece in contents.pieces
    )


@settings(max_examples=EXAMPLES)
@given(st.integers(0, 2**40))
def test_any_tree_of_parts_is_read_and_looked_into(seed: int) -> None:
    """Whatever a mail is made of, it ends with contents and findings, and neither raises."""
    contents = contents_of(Message(mail(seed)), LIMITS)
    found = inspect(contents)

    assert is_sound(contents)
    assert contents.unreadable == found.unreadable
    assert all(one.where.encode() and all(sample.encode() for sample in one.masked) for one in found.findings)


@settings(max_examples=EXAMPLES)
@given(st.sampled_from(sorted(files())), st.integers(0, 2**40))
def test_any_damaged_file_is_read_or_said_to_be_unread(name: str, seed: int) -> None:
    """A file of any type, changed anywhere, gives its texts or a reason, and raises nothing."""
    octets = HostileMails(random.Random(seed), files()).changed(files()[name])
    contents = contents_of(Message(b"Content-Type: application/octet-stream; name=a\r\n\r\n" + octets), LIMITS)

    assert is_sound(contents)
    assert contents.pieces or contents.unreadable or len(octets.strip(b"\0 \r\n\t")) < 40


@settings(max_examples=40)
@given(st.integers(0, 2**40))
def test_mail_is_read_the_same_twice(seed: int) -> None:
    """What was found does not hang on what came before."""
    octets = mail(seed)

    assert contents_of(Message(octets), LIMITS) == contents_of(Message(octets), LIMITS)


@settings(max_examples=40)
@given(st.integers(0, 2**40))
def test_mail_over_its_limits_says_so(seed: int) -> None:
    """A mail that may cost next to nothing gives what was read until then, and says that there is more."""
    octets = mail(seed)
    whole = contents_of(Message(octets), LIMITS)
    little = contents_of(Message(octets), Limits(octets=200, text=50, files=1))

    assert len(little.pieces) <= len(whole.pieces)
    assert little.unreadable or little == whole


@settings(max_examples=40)
@given(st.integers(0, 2**40))
def test_passwords_of_any_mail_are_few(seed: int) -> None:
    """A mail full of words that may be passwords costs a handful of tries."""
    assert len(passwords_in(contents_of(Message(mail(seed)), LIMITS))) <= PASSWORDS_MAX + WORDS_MAX
