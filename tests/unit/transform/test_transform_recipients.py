"""Header blocks that hide recipients from each other."""

from __future__ import annotations

import base64
import re
from email import message_from_bytes
from email.policy import default
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailguard.mime.head import decode_words
from mailguard.mime.message import Message, unstuffed
from mailguard.model.address import comparable, domain_of
from mailguard.transform import Mode, NotPossible, heads_for

OWN = "office.example.jp"
A, B, C = "ando@one.example.com", "baba@two.example.net", "chiba@gmail.com"
COLLEAGUE = f"soumu@{OWN}"


def is_outside(address: str) -> bool:
    return domain_of(address) != OWN


def head(*lines: str) -> bytes:
    return "\r\n".join([f"From: tanoue@{OWN}", *lines, "Subject: x", ""]).encode()


def shown(block: bytes, *names: str) -> list[str]:
    """Addresses of a block's fields, read by a parser that is not ours."""
    message = message_from_bytes(block, policy=default)
    texts = [str(value) for name in names or ("To", "Cc") for value in message.get_all(name, [])]
    return [address for _, address in getaddresses(texts) if address]


def one(block: bytes, address: str, mode: Mode, everybody: tuple[str, ...] = ()) -> bytes:
    (made,) = heads_for(block, [(address, mode)], everybody or (A, B, C), is_outside)
    return made


VISIBLE = head(f"To: {A}, =?utf-8?b?6aas5aC0?= <{B}>", f"Cc: {COLLEAGUE}, {C}")

CASES = [
    pytest.param(A, Mode.HIDE, [A, COLLEAGUE], id="hidden, in To"),
    pytest.param(C, Mode.HIDE, [C, COLLEAGUE], id="hidden, in Cc and nobody else in To"),
    pytest.param("x@three.example.org", Mode.HIDE, [COLLEAGUE], id="hidden, in the envelope alone"),
    pytest.param(A, Mode.INDIVIDUAL, [A], id="individual"),
    pytest.param("x@three.example.org", Mode.INDIVIDUAL, ["x@three.example.org"], id="individual, envelope alone"),
    pytest.param(A, Mode.BCC_ONLY, [A, B, COLLEAGUE, C], id="nothing to hide"),
]


@pytest.mark.parametrize(("address", "mode", "expected"), CASES)
def test_reader_sees_only_whom_the_mode_allows(address: str, mode: Mode, expected: list[str]) -> None:
    """An outsider sees itself and our people, or itself alone; nobody else's address is anywhere."""
    made = one(VISIBLE, address, mode)
    gone = {A, B, C} - set(expected)

    assert sorted(expected) == sorted(shown(made))
    assert not any(other.encode() in made for other in gone)


def test_to_never_stands_empty() -> None:
    """A mail whose To would be empty says that its recipients are not disclosed, which every program understands."""
    made = one(head(f"To: {A}, {B}"), "x@three.example.org", Mode.HIDE)

    assert b"To: undisclosed-recipients:;\r\n" in made


def test_other_fields_stay_octet_for_octet() -> None:
    """Whatever is not about recipients is what the sender's program wrote, in the same order."""
    lines = ["X-Odd:  two  blanks", "DKIM-Signature: v=1;\r\n\ta=rsa", "Date: Mon, 2 Nov 2026 09:00:00 +0900"]
    made = one(head(lines[0], f"To: {A}, {B}", *lines[1:]), A, Mode.HIDE)

    assert head(lines[0], f"To: {A}", *lines[1:]) == made


GROUPS = [
    pytest.param(f"Members: {A}, {COLLEAGUE}, {B};", f"Members: {A}, {COLLEAGUE};", id="members that stay"),
    pytest.param(f"Others: {B};, {A}", A, id="nobody left of it"),
    pytest.param(f"Ours: {COLLEAGUE}; Members: {A}, {B};", f"Ours: {COLLEAGUE};, Members: {A};", id="two"),
    pytest.param(f'"{B}": {A}, {B};', A, id="name that is a hidden address"),
    pytest.param(f"=?utf-8?b?{base64.b64encode(f'<{B}>'.encode()).decode()}?=: {A}, {B};", A, id="in an encoded word"),
    pytest.param(f"Members: {A}, {B}", A, id="not closed"),
    pytest.param(f"mailto:{A}, {B};", A, id="no group"),
]


@pytest.mark.parametrize(("field", "expected"), GROUPS)
def test_group_keeps_its_name_while_somebody_of_it_is_shown(field: str, expected: str) -> None:
    """What I called those I wrote to is there for whoever sees any of them, and shows nobody who is hidden."""
    assert head(f"To: {expected}") == one(head(f"To: {field}"), A, Mode.HIDE)


FIELDS = ["Resent-To", "Resent-Cc", "Apparently-To", "Bcc", "Resent-Bcc", "X-Envelope-To", "Delivered-To", "to", "CC"]


@pytest.mark.parametrize("name", FIELDS)
def test_no_field_names_a_hidden_recipient(name: str) -> None:
    """Programs write recipients into many fields; in none of them does one outsider find another."""
    made = one(head(f"To: {A}", f"{name}: {B}"), A, Mode.HIDE)

    assert B.encode() not in made.lower()


@pytest.mark.parametrize("mode", [Mode.HIDE, Mode.INDIVIDUAL])
@pytest.mark.parametrize(
    "name", [f'"{B}"', f"=?utf-8?b?{base64.b64encode(B.encode()).decode()}?=", B.replace("@", "＠")]
)
def test_name_that_is_a_hidden_address_goes(name: str, mode: Mode) -> None:
    """An address that a program put as the name beside another one is hidden as well."""
    made = one(head(f"To: {name} <{COLLEAGUE}>, {name} <{A}>", f"Cc: {B}"), A, mode)

    assert B not in decode_words(unstuffed(made)).replace("＠", "@")
    assert f"<{A}>" in made.decode() or f" {A}" in made.decode()


@pytest.mark.parametrize("name", ["Subject", "Reply-To", "Content-Type"])
def test_field_that_must_stay_stops_the_transformation(name: str) -> None:
    """Where a field that cannot be left out names a hidden recipient, nothing is sent that pretends to hide it."""
    with pytest.raises(NotPossible):
        one(head(f"To: {A}, {B}", f"{name}: about {B}"), A, Mode.HIDE)


def test_bcc_field_goes_for_everybody() -> None:
    """A Bcc field that was left in is in no copy, also not where nothing else is hidden."""
    block = head(f"To: {COLLEAGUE}", f"Bcc: {A},\r\n {B}", f"X-Rcpt: {B}")
    made = one(block, COLLEAGUE, Mode.BCC_ONLY)

    assert head(f"To: {COLLEAGUE}") == made


def test_variants_are_made_once_for_those_who_get_the_same() -> None:
    """A thousand blind copies of one mail are one variant, not a thousand."""
    people = [(f"p{number}@three.example.org", Mode.HIDE) for number in range(1000)]
    made = heads_for(VISIBLE, people, [address for address, _ in people], is_outside)

    assert 1 == len(set(made))


def test_carrier_address_is_written_so_that_programs_can_read_it() -> None:
    """Old mobile addresses with two dots are put in quotes, as the standard wants, and mean the same mailbox."""
    odd = "hana..ko.@docomo.ne.jp"
    made = one(head(f"To: {odd}, {A}"), odd, Mode.INDIVIDUAL)

    assert b'To: "hana..ko."@docomo.ne.jp\r\n' in made
    assert [odd] == [comparable(box.address) for field in Message(made).all("To") for box in field.mailboxes]


def test_long_japanese_name_is_folded_and_stays_readable() -> None:
    """A long name survives: encoded words of at most 75 characters, lines below the limit."""
    name = "一般財団法人あおば教職員互助会福利厚生部給付課長補佐" * 2
    encoded = "=?utf-8?b?" + base64.b64encode(name.encode()).decode() + "?="
    made = one(head(f"To: {encoded} <{A}>, {B}"), A, Mode.INDIVIDUAL)
    (box,) = [box for field in Message(made).all("To") for box in field.mailboxes]

    assert (A, name) == (box.address, box.name.replace(" ", ""))
    assert max(len(line) for line in made.split(b"\r\n")) <= 998


ADDRESSES = st.lists(
    st.builds(
        lambda local, domain: f"{local}@{domain}",
        st.from_regex(r"[a-z][a-z0-9.]{0,8}[a-z]", fullmatch=True),
        st.sampled_from(["one.example.com", "two.example.net", "gmail.com", "docomo.ne.jp", OWN]),
    ),
    min_size=1, max_size=8, unique=True,
)  # fmt: skip
NAMES = st.sampled_from(["", "田中 一郎", "Tanaka, Ichiro", 'the "boss"', "a@b.example", "株式会社(本社)"])
FIELD_NAMES = st.sampled_from(["To", "Cc", "Resent-Cc", "Bcc", "X-Original-To", "Apparently-To"])


@given(people=ADDRESSES, fields=st.lists(FIELD_NAMES, min_size=1, max_size=4), names=st.data())
def test_hidden_recipient_is_in_no_octet(people: list[str], fields: list[str], names: st.DataObject) -> None:
    """However recipients are written into the header, an outsider's copy holds no other outsider: raw or decoded."""
    lines = []
    for number, field in enumerate(fields):
        chosen = people[number :: len(fields)]
        if chosen:
            boxes = [f"{_written(names.draw(NAMES))}<{address}>" for address in chosen]
            lines.append(f"{field}: " + names.draw(st.sampled_from([", ", ",\r\n\t", " , "])).join(boxes))
    block = head(*lines)
    reader = people[0]
    for mode in (Mode.HIDE, Mode.INDIVIDUAL):
        made = unstuffed(one(block, reader, mode, tuple(people)))
        texts = (made.decode("latin-1").lower(), decode_words(made.replace(b"\r\n", b" ")).lower())
        hidden = [other for other in people if other != reader and is_outside(other)]

        assert [] == [other for other in hidden for text in texts if _stands_in(other, text)]


def _written(name: str) -> str:
    if not name:
        return ""
    if not name.isascii():
        return f"=?utf-8?b?{base64.b64encode(name.encode()).decode()}?= "
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" '


def _stands_in(address: str, text: str) -> bool:
    """Whether an address stands in a text by itself: b@x is not in ab@x."""
    return re.search(rf"(?<![a-z0-9.]){re.escape(address)}(?![a-z0-9.-])", text) is not None
