"""Lists of mail addresses without a name: they count, and what only looks like one does not."""

from __future__ import annotations

from mailguard.model.contents import Piece
from mailguard.model.finding import Kind
from tests.unit.inspection.inspecting_parts import body, inspected, sheet

LOCALS = [
    "hana-k",
    "taro.y",
    "m_sato",
    "kumi82",
    "nao.t",
    "rin-ito",
    "yuki.m",
    "sora77",
    "aoi-h",
    "ren.o",
    "mei-n",
    "itsuki",
]
ADDRESSES = [f"{local}@mail.example.com" for local in LOCALS]


def test_address_list_in_the_body_counts() -> None:
    """Twelve parents' addresses, one a line, are twelve parents."""
    assert 12 == inspected(body("ご案内先です。\n\n" + "\n".join(ADDRESSES))).counts[Kind.EMAIL_ADDRESS]


def test_address_list_in_a_file_counts() -> None:
    """A file with one column of addresses is a list as well, with or without a comma in it."""
    csv = Piece("attachment:宛先.csv", "メールアドレス\n" + "\n".join(ADDRESSES))

    assert 12 == inspected(csv).counts[Kind.EMAIL_ADDRESS]
    assert 12 == inspected(sheet(("メールアドレス",), *((one,) for one in ADDRESSES))).counts[Kind.EMAIL_ADDRESS]


def test_addresses_that_are_no_list_do_not_count() -> None:
    """A directory of firms, a few people to ask and a line of copies stop nobody."""
    firms = "\n".join(f"{local}@{local.replace('_', '-').replace('.', '-')}.example.jp" for local in LOCALS)
    quoted = "承知しました。\n\n-----Original Message-----\nFrom: a@mail.example.com\nCc: " + ",\n ".join(ADDRESSES)
    offices = "\n".join(f"info@mail.example.com\nsoumu@gojokai{at}.example.jp" for at in range(12))

    for text in (firms, "\n".join(ADDRESSES[:6]), "、".join(ADDRESSES), quoted, offices):
        assert Kind.EMAIL_ADDRESS not in inspected(body(text)).counts, text
