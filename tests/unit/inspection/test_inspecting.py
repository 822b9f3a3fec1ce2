"""The whole of looking for personal data: it ends with an answer for any text, and marks what it found where it is."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailguard.inspection.circumstances import Circumstances
from mailguard.inspection.detection import Detection, shipped
from mailguard.inspection.hits import Hit, without_overlaps
from mailguard.inspection.inspecting import look
from mailguard.model.contents import Form, Piece
from mailguard.model.finding import HARD_KINDS, Kind, Suppression
from mailguard.model.office_kinds import OfficeDictionary, OfficeKind, OfficeKinds
from tests.effort import effort
from tests.unit.inspection.inspecting_parts import ABOUT, MY_NUMBERS, body, counting, inspected, marks

WORDS = st.sampled_from(
    [
        *("氏名", "長谷川 美咲", "様", "：", "個人番号", MY_NUMBERS[0], "電話", "090-4127-0538", "昭和58年4月5日"),
        *("長野県松本市白樺町1丁目6番8号", "株式会社", "TEL", "@", "a@b.example", "普通 8175545", "口座", "〒380-0899"),
        *("\n", "\t", " ", "-", "\u30fc", "\uff11\uff12", "\u3099", "\u200b", "\r", "\x00", "\ud800", "(", ")"),
        *("-----Original Message-----", "From: ", "> ", "--"),
    ]
)
TEXTS = st.one_of(st.lists(WORDS, max_size=40).map("".join), st.text(st.characters(), max_size=120))
PLACES = st.sampled_from(["subject", "body", "attachment:a.csv", "attachment:a.zip!b.xlsx"])


@settings(max_examples=150)
@given(TEXTS, PLACES, st.sampled_from(Form), st.booleans())
def test_any_text_is_inspected(text: str, where: str, form: Form, knows: bool) -> None:
    """Whatever stands in a mail, looking ends with an answer; its parts fit together."""
    found = inspected(Piece(where, text, form), about=ABOUT if knows else Circumstances())
    counted = {one.kind for one in found.findings if one.suppressed is None}

    assert counted == found.counts.keys()
    assert all(
        one.where == where and one.count == len(one.keys) and 0.5 <= one.confidence <= 1 for one in found.findings
    )
    assert all(one.suppressed in (None, Suppression.ALLOWED) or one.kind not in HARD for one in found.findings)
    assert found.named_persons <= found.persons or found.persons == found.named_persons


HARD = HARD_KINDS - {Kind.BANK_ACCOUNT, Kind.SPECIAL_CARE}
"""Those that count wherever they stand; an account may be an organisation's, an illness nobody's."""


@settings(max_examples=80)
@given(TEXTS, st.sampled_from(Form))
def test_places_of_hits_lie_in_the_text_and_apart(text: str, form: Form) -> None:
    """What was found stands where it is said to stand, and no two findings claim the same characters."""
    seen = look(Piece("body", text, form), ABOUT)
    spans = sorted((hit.start, hit.end) for hit in seen.hits if not hit.rule.endswith("two_columns"))

    assert all(0 <= start < end <= len(seen.text.plain) for start, end in spans)
    assert all(hit.value for hit in seen.hits)


HOSTILE = [
    pytest.param("1" * 300_000, id="one digit"),
    pytest.param("090-" * 75_000, id="beginnings of telephones"),
    pytest.param("長野県" * 60_000, id="beginnings of addresses"),
    pytest.param("氏名：" * 60_000, id="labels"),
    pytest.param("a@" * 100_000, id="beginnings of mail addresses"),
    pytest.param("> " * 100_000 + "\n", id="marks of quotation"),
    pytest.param("From: a\n" * 30_000, id="header lines"),
    pytest.param("--\n" * 60_000, id="rules"),
    pytest.param("|" * 200_000, id="bars"),
    pytest.param("\u3099" * 100_000, id="combining marks"),
    pytest.param("様\n" * 60_000, id="titles"),
    pytest.param("昭和" * 60_000, id="eras"),
]


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_inspected_in_bounded_time(text: str, form: Form) -> None:
    """A text made to be slow takes no longer than a long one does."""
    _, seconds = effort(lambda: inspected(Piece("body", text, form)))

    assert seconds < 6


# -- what decides where things overlap


def hit(start: int, end: int, confidence: float, kind: str = "a") -> Hit:
    return Hit(kind, start, end, confidence, f"{kind}.rule", (), "value")


OVERLAPS = [
    pytest.param([hit(0, 5, 0.6), hit(3, 8, 0.9)], [(3, 8)], id="the surer"),
    pytest.param([hit(0, 5, 0.9), hit(3, 8, 0.9, "b")], [(3, 8)], id="the kind that comes first"),
    pytest.param([hit(0, 5, 0.9), hit(3, 9, 0.9)], [(3, 9)], id="the longer"),
    pytest.param([hit(5, 9, 0.6), hit(0, 5, 0.9)], [(0, 5), (5, 9)], id="neighbours both"),
    pytest.param([], [], id="none"),
]


@pytest.mark.parametrize(("hits", "expected"), OVERLAPS)
def test_overlap_is_decided(hits: list[Hit], expected: list[tuple[int, int]]) -> None:
    """Characters are of one kind: of the surest one."""
    assert expected == [(one.start, one.end) for one in without_overlaps(hits, 10, {"a": 0, "b": 1})]


SPAN = st.tuples(st.integers(0, 30), st.integers(1, 10), st.floats(0, 1)).map(
    lambda one: hit(one[0], one[0] + one[1], one[2])
)


@given(st.lists(SPAN, max_size=12))
def test_overlaps_never_remain(hits: list[Hit]) -> None:
    """Of any candidates those that stand overlap nowhere, the surest among them, and each lost to a surer one."""
    kept = without_overlaps(hits, 50, {})

    assert all(one.end <= other.start for one, other in pairwise(kept))
    for lost in hits:
        rivals = [one for one in kept if one.start < lost.end and lost.start < one.end]
        assert lost in kept or max(one.confidence for one in rivals) >= lost.confidence


# -- what an office looks with


PLAIN = "氏名：長谷川 美咲\n電話：090-4127-0538\n個人番号：392718460552\n組合員 QX-4819\n"
ALLOWED = OfficeDictionary("ours", "私たちの番号", "", ("090-4127-0538",), ignores=True)
OWN_KIND = OfficeKind("union_number", "組合員番号", "union_number", r"QX-[0-9]{4}", words=("組合員",), is_hard=True)


def test_detection_of_an_office_excepts_what_it_allows() -> None:
    """A number that the office has allowed is still shown, and does not count."""
    detection = Detection(OfficeKinds(dictionaries=(ALLOWED,)))
    (phone,) = [hit for hit in look(body(PLAIN), ABOUT, detection).hits if hit.kind == Kind.PHONE_NUMBER]

    assert Suppression.ALLOWED is phone.suppressed
    assert Kind.PHONE_NUMBER in {kind for kind, _ in counting(body(PLAIN))}


def test_detection_of_an_office_finds_its_own_kind() -> None:
    """The office's own number is a finding of its own, hard where the office says so, beside all that ships."""
    detection = Detection(OfficeKinds(kinds=(OWN_KIND,)))
    found = counting(body(PLAIN), ABOUT, detection)

    assert ("union_number", "QX4819") in {(kind, value.replace("-", "")) for kind, value in found}
    assert {Kind.MY_NUMBER, Kind.PHONE_NUMBER, Kind.PERSON_NAME} <= {kind for kind, _ in found}
    assert HARD_KINDS | {"union_number"} == detection.hard
    assert "union_number" not in {kind for kind, _ in counting(body(PLAIN))}


def test_detection_as_shipped_is_made_once() -> None:
    """Word lists are read once for all mails."""
    assert shipped() is shipped()
    assert HARD_KINDS == shipped().hard


NAMES = [
    pytest.param("田上 弘", "田上弘", id="blank"),
    pytest.param("Tanoue, Hiroshi", "tanouehiroshi", id="comma"),
    pytest.param("小林先生", "小林", id="title"),
    pytest.param("O'Brien-Smith", "obriensmith", id="marks"),
]


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_names_are_compared_without_blanks_and_titles(name: str, expected: str) -> None:
    """The same person is known however the name is written."""
    assert {expected} == Circumstances(sender_name=name).names
    assert {expected} == Circumstances(recipients=(("a@b.example", name),)).names


def test_correspondents_are_no_data_of_others() -> None:
    """The names of those who write and get a mail do not count, unless something private stands beside them."""
    plain = body("田上です。\n\n先日は安藤 真由美様と田上 弘で伺いました。\n")
    private = body("次の方です。\n\n氏名：安藤 真由美\n生年月日：昭和58年4月5日\n")

    assert None not in marks(plain, Kind.PERSON_NAME).values()
    assert {Kind.PERSON_NAME, Kind.BIRTH_DATE} == {kind for kind, _ in counting(private)}
