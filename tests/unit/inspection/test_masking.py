"""A value so that somebody who knows it recognises it, and nobody else can read it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailguard.inspection.masking import keyed, masked
from mailguard.model.contents import Form, Piece
from mailguard.model.finding import Kind
from tests.unit.inspection.inspecting_parts import ABOUT, MY_NUMBERS, body, inspected, sheet

SHOWN = [
    pytest.param(Kind.PERSON_NAME, "長谷川 美咲", "長*****", id="name"),
    pytest.param(Kind.MY_NUMBER, "3927 1846 0552", "3************2", id="number"),
    pytest.param(Kind.EMAIL_ADDRESS, "misaki@mail.example.com", "m***@m***", id="address of mail"),
    pytest.param(Kind.POSTAL_ADDRESS, "長野県松本市1-2", "長野県******", id="address"),
    pytest.param(Kind.CREDENTIAL, "Hana-7kQ2-very-long", "********", id="password"),
    pytest.param(Kind.SALARY, "234,300円", "********", id="pay"),
    pytest.param(Kind.MEMBER_NUMBER, "481", "4**", id="short number"),
    pytest.param(Kind.PERSON_NAME, "", "", id="nothing"),
]


@pytest.mark.parametrize(("kind", "value", "expected"), SHOWN)
def test_masked_shows_the_beginning_at_most(kind: Kind, value: str, expected: str) -> None:
    """I recognise my member by the first letter; a password or somebody's pay shows nothing."""
    assert expected == masked(kind, value)


@given(
    st.sampled_from(Kind), st.text(min_size=2).filter(lambda one: len(one.split()) and len("".join(one.split())) > 1)
)
def test_masked_never_contains_the_value(kind: Kind, value: str) -> None:
    """Whatever the value, its masked form is not it, and hides at least one of its characters."""
    shown = masked(kind, value)
    plain = " ".join(value.split())

    assert plain not in shown or set(plain) == {"*"}
    assert "*" in shown


@given(st.text(), st.text(), st.binary(min_size=1, max_size=80))
def test_keyed_hash_is_equal_for_equal_values_alone(one: str, other: str, key: bytes) -> None:
    """Two values have one hash where they are equal but for capitals, and their kind is the same."""
    same = one.casefold() == other.casefold()

    assert same == (keyed(key, "a", one) == keyed(key, "a", other))
    assert keyed(key, "a", one) != keyed(key, "b", one)


VALUES = {
    "長谷川", "美咲", "長谷川美咲", "白樺町", "090-4127-0538", "09041270538", "4127", MY_NUMBERS[0], "3927 1846 0552",
    "misaki.h@home.example.com", "misaki", "Hana-7kQ2", "昭和58年4月5日", "8175545", "うつ病",
}  # fmt: skip
MAIL = (
    body(
        "ご連絡です。\n\n氏名：長谷川 美咲\n住所：長野県松本市白樺町1丁目6番8号\n電話：090-4127-0538\n"
        "メール：misaki.h@home.example.com\n生年月日：昭和58年4月5日\n個人番号：3927 1846 0552\n"
        "みすず野銀行 普通 8175545 ハセガワ ミサキ\nパスワード：Hana-7kQ2\nうつ病で治療中です。\n"
    ),
    sheet(("氏名", "個人番号", "電話番号"), ("長谷川 美咲", MY_NUMBERS[0], "090-4127-0538")),
    Piece("subject", "長谷川 美咲様 個人番号 3927 1846 0552"),
)


def test_findings_hold_no_value() -> None:
    """No finding, however it is written out or logged, tells a name, number, address or illness."""
    found = inspected(*MAIL)
    written = repr(found)

    assert {
        Kind.PERSON_NAME, Kind.POSTAL_ADDRESS, Kind.PHONE_NUMBER, Kind.EMAIL_ADDRESS, Kind.BIRTH_DATE, Kind.MY_NUMBER,
        Kind.BANK_ACCOUNT, Kind.CREDENTIAL,
    } <= found.counts.keys()  # fmt: skip
    assert set() == {value for value in VALUES if value in written}


PEOPLE = st.sampled_from(["長谷川 美咲", "東海林 健太", "小林 直樹", "山田 栄子"])
PHONES = st.from_regex(r"0[789]0-[2-9]\d{3}-\d{4}", fullmatch=True)


@settings(max_examples=40)
@given(PEOPLE, PHONES, st.sampled_from(MY_NUMBERS), st.sampled_from(Form))
def test_findings_hold_no_value_of_any_member(name: str, phone: str, number: str, form: Form) -> None:
    """Whoever the member is and however the list is made, what is kept of it tells nobody who it is."""
    text = f"氏名\t電話番号\t個人番号\n{name}\t{phone}\t{number}"
    written = repr(inspected(Piece("attachment:a.csv", text, form), about=ABOUT))

    assert "my_number" in written
    assert not [
        value for value in (name, name.replace(" ", ""), phone, phone.replace("-", ""), number) if value in written
    ]
