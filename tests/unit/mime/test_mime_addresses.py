"""The mailboxes of an address field: none is lost, and no name is taken for one."""

from __future__ import annotations

import base64

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailguard.mime.addresses import Mailbox, mailboxes_of
from mailguard.mime.message import Message
from mailguard.model.address import comparable

A, B, C = "a@example.jp", "b@example.com", "c@example.jp"
DOCOMO = "a..b@docomo.ne.jp"
PUMP_OCTETS = 200_000


def word(text: str, charset: str = "utf-8") -> str:
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


def addresses(field: str | bytes) -> list[str]:
    octets = field if isinstance(field, bytes) else field.encode()
    return [box.address for box in mailboxes_of(octets)]


SEPARATED = [
    pytest.param(f"{A},{B}", id="comma"),
    pytest.param(f"{A} ,\t{B}", id="comma in blanks"),
    pytest.param(f"{A},,{B},", id="commas without anything between"),
    pytest.param(f"{A};{B}", id="semicolon, as Outlook shows it"),
    pytest.param(f"{A}，{B}", id="full-width comma"),
    pytest.param(f"{A}；{B}", id="full-width semicolon"),
    pytest.param(f"{A}、{B}", id="ideographic comma"),
    pytest.param(f"{A}､{B}", id="half-width ideographic comma"),
    pytest.param(f"{A}。{B}", id="ideographic full stop"),
    pytest.param(f"{A}・{B}", id="middle dot"),
    pytest.param(f"{A}/{B}", id="slash"),
    pytest.param(f"{A}／{B}", id="full-width slash"),
    pytest.param(f"{A}|{B}", id="bar"),
    pytest.param(f"{A}&{B}", id="ampersand"),
    pytest.param(f"{A}+{B}", id="plus"),
    pytest.param(f"{A}:{B}", id="colon"),
    pytest.param(f"{A} : {B};", id="address as the name of a group"),
    pytest.param(f"{A} {B}", id="blank"),
    pytest.param(f"{A}\u3000{B}", id="full-width blank"),
    pytest.param(f"{A}\t{B}", id="tab"),
    pytest.param(f"{A}\n{B}", id="bare line feed"),
    pytest.param(f"<{A}><{B}>", id="angles side by side"),
    pytest.param(f"<{A}> <{B}>", id="angles and a blank"),
    pytest.param(f"Ando <{A}> Baba <{B}>", id="names and angles without a separator"),
    pytest.param(f"<{A}>{B}", id="angle, bare"),
    pytest.param(f"{A} <{B}>", id="bare, angle"),
    pytest.param(f"<{A}, {B}>", id="two in one angle"),
    pytest.param(f"<{A};{B}>", id="two in one angle, semicolon"),
    pytest.param(f"<{A} {B}>", id="two in one angle, blank"),
    pytest.param(f"[{A}] [{B}]", id="square brackets"),
    pytest.param(f"＜{A}＞＜{B}＞", id="full-width angles"),
    pytest.param(f"{A}(Ando){B}", id="comment between, no blank"),
    pytest.param(f'{A}"Ando"{B}', id="quotes between, no blank"),
    pytest.param(f"'{A}','{B}'", id="single quotes"),
    pytest.param(f"<'{A}'>, <'{B}'>", id="single quotes in angles"),
    pytest.param(f"mailto:{A}, <mailto:{B}>", id="mailto"),
    pytest.param(f"SMTP:{A}; <smtp:{B}>", id="smtp, as Exchange writes it"),
    pytest.param(f"<<{A}>>, <{B}>", id="doubled angles"),
    pytest.param(f"\ufeff{A}\u200b, {B}\u200e", id="characters nobody sees"),
]


@pytest.mark.parametrize("field", SEPARATED)
def test_two_addresses_with_any_separator_are_both_found(field: str) -> None:
    """However a program or a person puts two addresses beside each other, neither is lost."""
    assert [A, B] == addresses(field)


GROUPS = [
    pytest.param("undisclosed-recipients:;", [], id="undisclosed"),
    pytest.param("Team: ;", [], id="empty"),
    pytest.param("Team:", [], id="empty, not closed"),
    pytest.param(f"{A}, Team:;, {B}", [A, B], id="empty, between others"),
    pytest.param(f"Team: {A}, Baba <{B}>;", [A, B], id="two members"),
    pytest.param(f'"Sales, Tokyo": {A}; {B}', [A, B], id="quoted name, something behind it"),
    pytest.param(f"{word('営業部')}: {A};, {B}", [A, B], id="encoded name"),
    pytest.param(f"Team:{A};Other:{B};", [A, B], id="two groups without a separator"),
    pytest.param(f"Outer: Inner: {A};, {B};, {C}", [A, B, C], id="nested, as broken mail has it"),
    pytest.param(f"Outer: {A}, Inner: {B};, {C};", [A, B, C], id="nested behind a member"),
    pytest.param(f"Team: {A}, {B}", [A, B], id="not closed"),
    pytest.param(f"Team (a: b;): {A}, {B};", [A, B], id="colon in a comment"),
    pytest.param(f'"Team: x;" <{A}>, {B}', [A, B], id="colon in a name"),
    pytest.param(f'"Old <{C}>": {A};, {B}', [A, B], id="quoted group name with an address"),
]


@pytest.mark.parametrize(("field", "expected"), GROUPS)
def test_group_gives_its_members(field: str, expected: list[str]) -> None:
    """A distribution group in To counts as the people in it, closed or not."""
    assert expected == addresses(field)


COMMENTS = [
    pytest.param(f"{A} (Ando)", [A], "Ando", id="old way to give a name"),
    pytest.param(f"({C}) {A}", [A], C, id="before"),
    pytest.param(f"Ando <{A}> ({C})", [A], "Ando", id="behind an angle"),
    pytest.param(f"(a (b ({C}) d) e) {A}", [A], None, id="nested"),
    pytest.param(f"(a \\) {C}) {A}", [A], None, id="escaped parenthesis"),
    pytest.param(f"Ando <{A}> (one) (two {C})", [A], "Ando", id="two"),
    pytest.param("a(x)@example.jp", [A], None, id="before the at sign"),
    pytest.param("a@(x)example.jp", [A], None, id="behind the at sign"),
    pytest.param("a (x) @ (y) example.jp", [A], None, id="around the at sign, with blanks"),
    pytest.param("a@example(x).jp", [A], None, id="before a dot"),
    pytest.param("a@example.(x)jp", [A], None, id="behind a dot"),
    pytest.param("d.(x)a@example.jp", ["d.a@example.jp"], None, id="behind a dot of the local part"),
    pytest.param(f"{A}. (x) {B}", [f"{A}.", B], None, id="between a final dot and another address"),
    pytest.param(f"({C}", [C], None, id="not closed"),
    pytest.param(f"Ando (x <{A}>, {B}", [A, B], None, id="not closed, others behind it"),
    pytest.param(f"Ando) <{A}>, ) {B}", [A, B], None, id="not opened"),
]


@pytest.mark.parametrize(("field", "expected", "name"), COMMENTS)
def test_comment_is_no_address_and_hides_none(field: str, expected: list[str], name: str | None) -> None:
    """What stands in parentheses is a remark; the address around or behind it is found whole."""
    assert expected == addresses(field)
    if name is not None:
        assert name == mailboxes_of(field.encode())[0].name


NAMES = [
    pytest.param(f'"{B}" <{A}>', [A], B, id="address in quotes"),
    pytest.param(f'"Baba <{B}>" <{A}>', [A], f"Baba <{B}>", id="address with angles in quotes"),
    pytest.param(f'"Ando" "{B}" <{A}>', [A], f"Ando {B}", id="two quoted words"),
    pytest.param(f'"Ando, Taro; x" <{A}>', [A], "Ando, Taro; x", id="separators in quotes"),
    pytest.param(f'"Ando \\"{B}\\" Taro" <{A}>', [A], f'Ando "{B}" Taro', id="escaped quotes"),
    pytest.param(f"{word(B)} <{A}>", [A], B, id="encoded word beside an angle"),
    pytest.param(f"{word('安藤, 太郎')} <{A}>", [A], "安藤, 太郎", id="encoded comma"),
    pytest.param(f"=?utf-8?Q?Ando,_Taro?= <{A}>", [A], "Ando, Taro", id="bare comma in an encoded word"),
    pytest.param(f'"{word(f"馬場 <{B}>")}" <{A}>', [A], f"馬場 <{B}>", id="encoded word in quotes"),
    pytest.param(f"{word('安藤', 'iso-2022-jp')} {word('太郎')} <{A}>", [A], "安藤太郎", id="two charsets"),
    pytest.param(f"安藤@営業部 <{A}>", [A], "安藤@営業部", id="department behind an at sign"),
    pytest.param(f"Ando @ Sales <{A}>", [A], "Ando @ Sales", id="department behind a loose at sign"),
    pytest.param(f"{B} <{A}>", [B, A], B, id="address without quotes"),
    pytest.param(f"Baba {B} <{A}>", [B, A], f"Baba {B}", id="name and address without quotes"),
]


@pytest.mark.parametrize(("field", "expected", "name"), NAMES)
def test_name_in_quotes_is_no_address_without_them_it_is(field: str, expected: list[str], name: str) -> None:
    """A name that looks like an address adds nobody to the count, unless a program could send to it."""
    found = mailboxes_of(field.encode())

    assert expected == [box.address for box in found]
    assert name == found[-1].name


ENCODED = [
    pytest.param(word(A), [A], id="address alone"),
    pytest.param(f"<{word(A)}>", [A], id="address in an angle"),
    pytest.param(word(f"安藤 <{A}>"), [A], id="name and address"),
    pytest.param(word(f"安藤 <{A}>, 馬場 <{B}>"), [A, B], id="two mailboxes in one word"),
    pytest.param(f"{A}, {C}, {word(f'馬場 <{B}>')}", [A, C, B], id="behind plain ones"),
    pytest.param(f"{word(f'馬場 <{B}>')}, {A}, {C}", [B, A, C], id="before plain ones"),
    pytest.param(f"{word('安藤')} {word('太郎')} <{A}>, {word(B)}", [A, B], id="behind a name in two words"),
    pytest.param("=?utf-8?Q?a=40example.jp?=", [A], id="quoted-printable"),
    pytest.param("=?utf-8?Q?Ando=3Ca=40example.jp=3E,_x?=", [A], id="bare comma in it"),
    pytest.param("Ando <=?utf-8?Q?a?=@example.jp>", [A], id="local part alone"),
    pytest.param("=?utf-8?Q?a?=@example.jp", [A], id="local part alone, no angle"),
    pytest.param(f'"{word(A)}"', [A], id="in quotes, nothing else"),
    pytest.param("=?utf-7?Q?+2AA-?= =?utf-8?q?=3Ca=40example.jp=3E?=", [A], id="half a character"),
    pytest.param("=?unicode_escape?Q?=5Cz?= <a@example.jp>", [A], id="charset only Python knows"),
    pytest.param("<=?utf-8?Q?a=0D=0A=40example.jp?=>", [A], id="line end"),
]


@pytest.mark.parametrize(("field", "expected"), ENCODED)
def test_address_inside_an_encoded_word_is_found(field: str, expected: list[str]) -> None:
    """Programs that encode the whole recipient, against RFC 2047, do not make it invisible to us."""
    assert expected == addresses(field)


LOCAL_PARTS = [
    pytest.param(DOCOMO, DOCOMO, id="carrier, bare"),
    pytest.param(f"<{DOCOMO}>", DOCOMO, id="carrier, angle"),
    pytest.param('"a..b"@docomo.ne.jp', DOCOMO, id="carrier, quoted"),
    pytest.param('Ando <"a..b"@docomo.ne.jp>', DOCOMO, id="carrier, quoted in an angle"),
    pytest.param("<.a.@docomo.ne.jp>", ".a.@docomo.ne.jp", id="dots at both ends"),
    pytest.param('"a"@example.jp', A, id="quotes without need"),
    pytest.param('"a b"@example.jp', "a b@example.jp", id="blank"),
    pytest.param('"a,b"@example.jp', "a,b@example.jp", id="comma"),
    pytest.param('<"a,b"@example.jp>', "a,b@example.jp", id="comma, angle"),
    pytest.param('"a@b"@example.jp', "a@b@example.jp", id="at sign"),
    pytest.param('<"a>b"@example.jp>', "a>b@example.jp", id="angle in an angle"),
    pytest.param('<"a\\"b"@example.jp>', 'a"b@example.jp', id="escaped quote"),
    pytest.param('a."b c".d@example.jp', "a.b c.d@example.jp", id="quoted in pieces"),
    pytest.param('"a b"@[192.0.2.1]', "a b@[192.0.2.1]", id="address literal"),
    pytest.param("a@[IPv6:2001:db8::1]", "a@[IPv6:2001:db8::1]", id="literal with colons"),
    pytest.param("<a@[192.0.2.1]>", "a@[192.0.2.1]", id="literal in an angle"),
    pytest.param("a+tag=x%y@example.jp", "a+tag=x%y@example.jp", id="signs"),
    pytest.param("o'neill@example.com", "o'neill@example.com", id="apostrophe"),
    pytest.param("<@r1.example.net,@r2.example.net:a@example.jp>", A, id="route"),
    pytest.param("@r1.example.net:a@example.jp", A, id="route without angle"),
    pytest.param("a @ example.jp", A, id="blanks around the at sign"),
    pytest.param("< a@example.jp >", A, id="blanks in the angle"),
    pytest.param("a@example.jp.", "a@example.jp.", id="final dot"),
]


@pytest.mark.parametrize(("field", "expected"), LOCAL_PARTS)
def test_address_comes_out_as_an_envelope_spells_it(field: str, expected: str) -> None:
    """The address in the header is the one in the envelope, also with a local part that breaks the rules."""
    assert [expected] == addresses(field)


@pytest.mark.parametrize(
    ("field", "envelope"),
    [
        pytest.param("a@日本語.example.jp", "a@xn--wgv71a119e.example.jp", id="IDN"),
        pytest.param("a@xn--wgv71a119e.example.jp", "a@日本語.example.jp", id="A-labels"),
        pytest.param("a@日本語。example。jp", "a@日本語.example.jp", id="ideographic full stops"),
        pytest.param("A@EXAMPLE.JP", A, id="capitals"),
        pytest.param("ａ＠ｅｘａｍｐｌｅ．ｊｐ", A, id="full-width"),
        pytest.param("<ａ＠ｅｘａｍｐｌｅ．ｊｐ>", A, id="full-width in an angle"),
        pytest.param("a＠example.jp", A, id="full-width at sign"),
        pytest.param('"a"＠example.jp', A, id="full-width at sign behind quotes"),
        pytest.param("安藤＜a@example.jp＞", A, id="full-width angles"),
        pytest.param("宛先：a@example.jp", A, id="full-width colon"),
        pytest.param("安藤@例え.example.jp", "安藤@xn--r8jz45g.example.jp", id="local part in Japanese"),
        pytest.param("a@exam\u00adple.jp", A, id="soft hyphen"),
        pytest.param("a@example.jp.", A, id="final dot"),
    ],
)
def test_two_spellings_of_one_mailbox_are_one_person(field: str, envelope: str) -> None:
    """Header and envelope may write a recipient differently; it is counted once."""
    assert [comparable(envelope)] == [comparable(one) for one in addresses(field)]


BROKEN = [
    pytest.param(f'"Ando <{A}>, {B}', [A, B], id="quote not closed"),
    pytest.param(f'"Ando <{A}>, "Baba" <{B}>', [A, B], id="quote not closed, another behind it"),
    pytest.param(f'"Ando" Taro" <{A}>, {B}', [A, B], id="a quote too many"),
    pytest.param(f'"Ando\\" <{A}>, {B}', [A, B], id="closing quote escaped"),
    pytest.param(f"Ando <{A}, Baba <{B}>", [A, B], id="angle not closed"),
    pytest.param(f"Ando {A}>, {B}", [A, B], id="angle not opened"),
    pytest.param(f"Ando <{A}", [A], id="angle not closed at the end"),
    pytest.param(f'"{A}', [A], id="only a quote"),
    pytest.param(f'"{A}"', [A], id="all in quotes"),
    pytest.param(f'"Ando <{A}>", "Baba <{B}>"', [A, B], id="all in quotes, two"),
    pytest.param(f"<>, {A}", [A], id="empty angle"),
    pytest.param(f"{A} <>", [A], id="address before an empty angle"),
    pytest.param(f"{A}<mailto:{A}>", [A, A], id="copied from a page"),
    pytest.param(b"\x1b$B<a@example.jp>, b@example.com", [A, B], id="Japanese not ended"),
    pytest.param(f"{A}, ".encode() + b'\x1b$B0BF#" <b@example.com>', [A, B], id="Japanese not ended, second name"),
]


@pytest.mark.parametrize(("field", "expected"), BROKEN)
def test_broken_field_loses_nobody(field: str | bytes, expected: list[str]) -> None:
    """A quotation mark or a parenthesis too few makes nobody invisible."""
    found = addresses(field)

    assert sorted(expected) == sorted(found)


@pytest.mark.parametrize("charset", ["iso-2022-jp", "cp932", "utf-8"])
@pytest.mark.parametrize("name", ["安藤", "表示ソ能十", "外注(東京)", "営業〆＠"])
def test_raw_japanese_in_the_field_is_read(name: str, charset: str) -> None:
    """Programs that put Japanese into a header as it is lose neither name nor address."""
    field = f'"{name}" <{A}>, {B}'.encode(charset)

    assert [Mailbox(A, name), Mailbox(B, "")] == mailboxes_of(field)


@pytest.mark.parametrize(
    "field",
    ["", " ", "@", "a@", "@example.jp", "<>", "<@>", "<a@>", "<@example.jp>", ":;", ",,", '""', "()", "=?=", "安藤"],
)
def test_field_without_an_address_has_none(field: str) -> None:
    """Nobody is counted where nobody stands."""
    assert [] == addresses(field)


def test_control_characters_never_come_out() -> None:
    """An address of ours written anew is always one line."""
    fields = [
        '"a\r\n b"@example.jp',
        "<=?utf-8?Q?a=0D=0ABcc:x=40example.jp?=>",
        '<"a\nb"@example.jp>',
        "a\x85b@example.jp",
    ]
    found = "".join(box.address for field in fields for box in mailboxes_of(field.encode()))

    assert found.isprintable()
    assert len(fields) == found.count("@")


PUMPS = [
    '"\\',
    '"',
    "(",
    "((a)",
    "(\\",
    "<",
    '<"',
    "(<",
    '"(',
    ")",
    ">",
    "=?",
    "=?x?q?",
    "=?utf-8?b?YUBi?=",
    "=?x?q??=,",
]
PUMPS += [
    "@",
    "a@",
    ".@",
    "a@b,",
    "a@b/",
    "a@b!!!",
    "<a@b>",
    ":",
    "a:",
    "a@b:",
    "[",
    "@[",
    "x@[a",
    "\\",
    "()",
    "(a)@",
    ".()",
]
PUMPS += [
    "a ",
    "a @",
    "\u200b@",
    "＠",
    "\x1b$B",
    "a@\u200b",
    '"a".',
    '"a"@',
    "'@",
    "((((()))))",
    " ",
    "mailto:",
    "a@b。",
    "<=",
]


@pytest.mark.parametrize("pump", PUMPS)
@pytest.mark.parametrize("end", ["", A], ids=["alone", "address behind"])
def test_long_repetition_is_read_in_time(pump: str, end: str) -> None:
    """No field a stranger may write keeps the relay from other mail; the time-out guards it."""
    mailboxes_of((pump * (PUMP_OCTETS // len(pump.encode())) + end).encode())


@given(st.binary(max_size=300))
@example(b"=?utf-7?Q?+2AA-?= <a@b>")
@example(b"\x1b$(D\x1b$B@")
def test_any_octets_are_read_without_an_error(field: bytes) -> None:
    """Whatever stands in a header, looking at it raises nothing, and what is found can be written again."""
    for box in mailboxes_of(field):
        assert "@" in box.address
        box.name.encode()
        box.address.encode()


PARTS = [
    '"',
    "<",
    ">",
    "(",
    ")",
    ",",
    ";",
    ":",
    "@",
    "\\",
    " ",
    "=?utf-8?q?",
    "?=",
    "a@b.example",
    "[",
    "]",
    ".",
    "＠",
    "、",
]


@given(st.lists(st.sampled_from(PARTS), max_size=25).map("".join))
def test_any_signs_in_any_order_are_read_without_an_error(field: str) -> None:
    """Signs with a meaning in an address field do no harm in a meaningless order."""
    for box in mailboxes_of(field.encode()):
        assert not any(ord(sign) < 32 for sign in box.address)


PEOPLE = st.lists(
    st.tuples(
        st.from_regex(r"[a-z0-9]{1,8}([._+-][a-z0-9]{1,5}){0,2}", fullmatch=True),
        st.sampled_from(["example.jp", "mail.example.com", "school.example.ed.jp", "docomo.example.ne.jp"]),
    ).map("@".join),
    min_size=1,
    max_size=8,
)
FORMS = st.sampled_from(
    [
        "{0}",
        "<{0}>",
        "Ando Taro <{0}>",
        '"Ando, Taro" <{0}>',
        '"x@old.example" <{0}>',
        "{0} (Ando (Tokyo))",
        "(x@old.example) {0}",
        "(a;b,c) <{0}>",
        word("安藤") + " <{0}>",
        word("安藤,") + " {0}",
        "安藤 <{0}>",
        "安藤＜{0}＞",
        "Team: {0};",
        "Team: Inner: <{0}>;;",
        "<@relay.example:{0}>",
        "mailto:{0}",
        "<mailto:{0}>",
        "'{0}'",
        "[{0}]",
    ]
)
BETWEEN = st.lists(
    st.sampled_from(
        [",", ";", "，", "；", "、", "､", " ", "\r\n ", "\r\n\t", "\u3000", " (and) ", ",(x, y)", ",\r\n "]
    ),
    min_size=1,
    max_size=4,
).map("".join)


@given(people=PEOPLE, data=st.data())
def test_no_recipient_is_lost_by_any_mixture(people: list[str], data: st.DataObject) -> None:
    """Whatever mixture of forms, separators, remarks and folding a field is made of, everybody in it is found."""
    field = "".join(data.draw(FORMS).format(one) + data.draw(BETWEEN) for one in people)
    found = Message(f"To: {field}\r\nSubject: x\r\n\r\n".encode()).all("To")

    assert sorted(people) == sorted(box.address for one in found for box in one.mailboxes)
