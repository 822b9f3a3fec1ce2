"""Who gets a mail and who sees whom, from the octets of its header and from its envelope."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailguard.mime.message import Message
from mailguard.model.address import comparable
from mailguard.policy.people import People, full_name, people_of
from tests.unit.policy.parts import OFFICE, SENDER, raw


def people(head: str | bytes, *envelope: str) -> People:
    """The people of a header with this envelope."""
    octets = raw(head if isinstance(head, bytes) else head.encode())
    return people_of(Message(octets), SENDER, list(envelope), OFFICE)


VISIBLE = [
    pytest.param("To: a@one.example.com", ["a@one.example.com"], id="bare"),
    pytest.param("To: <a@one.example.com>, b@two.example.com", ["a@one.example.com", "b@two.example.com"], id="two"),
    pytest.param("To: a@one.example.com b@two.example.com", ["a@one.example.com", "b@two.example.com"], id="no comma"),
    pytest.param("To: a@one.example.com；b@two.example.com", ["a@one.example.com", "b@two.example.com"], id="wide ;"),
    pytest.param(
        "To: a@one.example.com\nCc: b@two.example.com\nCc: c@three.example.com",
        ["a@one.example.com", "b@two.example.com", "c@three.example.com"],
        id="two Cc fields",
    ),
    pytest.param(
        "To: a@one.example.com\nTo: b@two.example.com", ["a@one.example.com", "b@two.example.com"], id="two To fields"
    ),
    pytest.param("TO: a@one.example.com\ncC: b@two.example.com", ["a@one.example.com", "b@two.example.com"], id="case"),
    pytest.param("To : a@one.example.com", ["a@one.example.com"], id="blank before the colon"),
    pytest.param("To: a@one.example.com,\n\tb@two.example.com", ["a@one.example.com", "b@two.example.com"], id="fold"),
    pytest.param("Resent-To: a@one.example.com", ["a@one.example.com"], id="Resent-To"),
    pytest.param("Resent-Cc: a@one.example.com", ["a@one.example.com"], id="Resent-Cc"),
    pytest.param("Apparently-To: a@one.example.com", ["a@one.example.com"], id="Apparently-To"),
    pytest.param(
        "To: 委員:a@one.example.com,b@two.example.com;", ["a@one.example.com", "b@two.example.com"], id="group"
    ),
    pytest.param("To: undisclosed-recipients:;", [], id="empty group"),
    pytest.param("To: a@one.example.com (Ando)", ["a@one.example.com"], id="comment"),
    pytest.param("To: a..b@docomo.ne.jp", ["a..b@docomo.ne.jp"], id="two dots"),
    pytest.param("To: a.@docomo.ne.jp", ["a.@docomo.ne.jp"], id="dot before the at"),
    pytest.param('To: "a..b"@docomo.ne.jp', ["a..b@docomo.ne.jp"], id="quoted local part"),
    pytest.param("To: A@ONE.example.com, a@one.example.com", ["a@one.example.com"], id="twice"),
    pytest.param("To: ａ＠one.example.com", ["a@one.example.com"], id="full width"),
    pytest.param("To: a@例え.jp, a@xn--r8jz45g.jp", ["a@xn--r8jz45g.jp"], id="IDN both ways"),
    pytest.param("To: <@relay.example.com:a@one.example.com>", ["a@one.example.com"], id="route"),
    pytest.param("To: =?utf-8?B?5a6J6Jek?= <a@one.example.com>", ["a@one.example.com"], id="encoded name"),
    pytest.param("To: =?utf-8?Q?a=40one=2Eexample=2Ecom?=", ["a@one.example.com"], id="encoded address"),
    pytest.param('To: "b@two.example.com" <a@one.example.com>', ["a@one.example.com"], id="address as a name"),
    pytest.param("To: kato@office.example.jp, x@group.example.jp", [], id="colleagues"),
    pytest.param("Bcc: a@one.example.com\nReply-To: b@two.example.com\nFrom: c@three.example.com", [], id="others"),
]


@pytest.mark.parametrize(("head", "expected"), VISIBLE)
def test_outsiders_of_the_header_are_seen(head: str, expected: list[str]) -> None:
    """Every outside address that a reader sees as a recipient counts, each once, however it is written."""
    assert expected == list(people(head).visible_outsiders)


def test_envelope_alone_says_who_gets_it() -> None:
    """Who is only in the envelope gets the mail unseen; who is only in the header is seen and gets none."""
    found = people("To: a@one.example.com", "kato@office.example.jp", "b@two.example.com")

    assert ("kato@office.example.jp", "b@two.example.com") == found.envelope
    assert ("b@two.example.com",) == found.outsiders
    assert ("a@one.example.com",) == found.visible_outsiders


def test_envelope_recipient_given_twice_counts_once() -> None:
    """Two spellings of a mailbox are one person."""
    assert ("a@one.example.com",) == people("", "a@one.example.com", "A@One.Example.COM").envelope


SPELLED_OUT = [
    pytest.param("To: (a@one.example.com)", id="in a comment"),
    pytest.param('To: "a@one.example.com"', id="in quotes"),
    pytest.param("Cc: <a@one.example.com", id="no closing bracket"),
]


@pytest.mark.parametrize("head", SPELLED_OUT)
def test_envelope_recipient_spelled_out_where_no_parser_looks_is_seen(head: str) -> None:
    """A reader sees an address in a comment as well; who gets the mail and stands there is visible."""
    assert "a@one.example.com" in people(head, "a@one.example.com").visible_outsiders


def test_address_shown_as_another_ones_name_is_no_recipient_seen() -> None:
    """The name beside a mailbox makes nobody a visible recipient."""
    found = people('To: "a@one.example.com" <b@two.example.com>', "a@one.example.com", "b@two.example.com")

    assert ("b@two.example.com",) == found.visible_outsiders


@pytest.mark.parametrize("field", ["Bcc", "bcc", "Resent-Bcc"])
def test_bcc_field_left_in_is_kept_apart(field: str) -> None:
    """A Bcc field that was left in is known, and makes nobody visible."""
    found = people(f"To: kato@office.example.jp\n{field}: a@one.example.com", "a@one.example.com")

    assert {"a@one.example.com": ""} == found.bcc
    assert () == found.visible_outsiders


GROUPS = [
    pytest.param(["a@ume.example.com", "b@ume.example.com", "c@tokyo.ume.example.com"], 1, 0, id="one firm"),
    pytest.param(["a@ume.example.com", "a@matsu.example.com"], 2, 0, id="two firms"),
    pytest.param(["a@gmail.com", "b@gmail.com", "c@docomo.ne.jp"], 3, 3, id="three private"),
    pytest.param(["a@gmail.com", "a@ume.example.com", "b@ume.example.com"], 2, 1, id="mixed"),
    pytest.param(["a@one-sho.example.ed.jp", "b@one-sho.example.ed.jp", "a@two-sho.example.ed.jp"], 2, 0, id="schools"),
    pytest.param(["山田 太郎 <a@gmail.com>", "山田 太郎 <b@docomo.ne.jp>"], 1, 1, id="one person's two mailboxes"),
    pytest.param(["山田 太郎 <a@gmail.com>", "山田 花子 <b@docomo.ne.jp>"], 2, 2, id="one family"),
    pytest.param(["山田 <a@gmail.com>", "山田 <b@docomo.ne.jp>"], 2, 2, id="a surname alone"),
    pytest.param(["山田 太郎 <a@ume.example.com>", "山田 太郎 <a@matsu.example.com>"], 2, 0, id="one name, two firms"),
    pytest.param(["kato@office.example.jp", "x@group.example.jp"], 0, 0, id="colleagues"),
]


@pytest.mark.parametrize(("boxes", "groups", "private"), GROUPS)
def test_people_are_counted_by_organisation_and_by_person(boxes: list[str], groups: int, private: int) -> None:
    """A firm or a school counts once, a private person once, whatever the number of mailboxes."""
    found = people(f"To: {', '.join(boxes)}")

    assert (groups, private) == (len(found.groups), len(found.private))


NAMES = [
    pytest.param("田中 一郎", "田中一郎", id="with a blank"),
    pytest.param("田中　一郎", "田中一郎", id="with a wide blank"),
    pytest.param("田中一郎様", "田中一郎", id="with a title"),
    pytest.param("営業部 田中 一郎", "田中一郎", id="with a department"),
    pytest.param("さくら さくらこ", "さくらさくらこ", id="kana"),
    pytest.param("田中", "", id="a surname alone"),
    pytest.param("営業部", "", id="a department"),
    pytest.param("お客様窓口", "", id="a counter"),
    pytest.param("田中商事株式会社", "", id="a firm"),
    pytest.param("Ichiro Tanaka", "", id="Latin letters"),
    pytest.param("", "", id="none"),
    pytest.param("保護者連絡グループ", "", id="a list"),
]


@pytest.mark.parametrize(("shown", "expected"), NAMES)
def test_full_name_is_read_out_of_what_is_shown(shown: str, expected: str) -> None:
    """Only a person's full name is compared with others; surnames and departments are many people's."""
    assert expected == full_name(shown)


def test_two_names_beside_one_mailbox_are_read_alike_in_any_order() -> None:
    """Which of two names counts does not depend on which stands first."""
    names = ['"田中 一郎" <a@one.example.com>', '"鈴木 二郎" <a@one.example.com>', '"" <a@one.example.com>']
    found = {str(people(f"To: {', '.join(order)}").visible) for order in (names, names[::-1], names[1:] + names[:1])}

    assert 1 == len(found)


OCTETS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                b"To: ", b"Cc: ", b"\r\n", b"\r\n ", b"<", b">",
                b'"', b"(", b")", b"a@one.example.com", b",", b";", b":",
                b"=?utf-8?B?", b"?=", b"\\", b"@", b"\x1b$B", b"\xef\xbc\xa0", b"\xff", b"\0", b"\r\n\r\n", b"[", b"]",
            ]
        ),
        st.binary(max_size=12),
    ),
    max_size=40,
).map(b"".join)  # fmt: skip


@given(OCTETS, st.lists(st.one_of(st.emails(), st.text(max_size=20)), max_size=5))
@example(b"To: (((((", ["a@one.example.com"])
@example(b"\xff\xfe\r\n\r\nTo: a@one.example.com", ["", "@", "a@", "ａ＠例え.jp"])
def test_envelope_recipient_is_never_lost(octets: bytes, envelope: list[str]) -> None:
    """Whatever the header looks like, whoever gets the mail is judged."""
    found = people_of(Message(octets), SENDER, envelope, OFFICE)

    assert {comparable(one) for one in envelope} == set(found.envelope)
    assert {comparable(one) for one in envelope if OFFICE.is_outside(comparable(one))} == set(found.outsiders)
