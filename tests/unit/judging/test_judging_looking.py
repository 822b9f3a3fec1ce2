"""What a looking process answers: what looking here would say, and nothing that hostile mail could make of it."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailguard.judging.answers import values_in, written
from mailguard.judging.looking import answer_of, argument_of, people_answer_of, people_request_of, request_of
from mailguard.judging.looking_apart import load, look
from mailguard.judging.reading import looked_at
from mailguard.model.contents import Obstacle, Unreadable
from mailguard.model.extract import Extract, MailKind, Seal
from mailguard.model.finding import Inspection, Kind
from mailguard.policy.rules import RuleSet
from tests.unit.judging.judging_parts import MEMBER, MY_NUMBER, mail_to, occasion_to, shipped_rules

EMPTY = Extract(MailKind.PERSONAL, Seal.NONE, "", "", "", (), ())


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    """The rules that come along."""
    return shipped_rules()


def test_answer_of_a_process_is_what_looking_here_says(rules: RuleSet) -> None:
    """A mail is judged alike whether it was looked into by a process apart or here."""
    files = (
        ("名簿.csv", f"氏名,個人番号\n長谷川 美咲,{MY_NUMBER}\n".encode("cp932")),
        ("broken.docx", b"PK\3\4broken"),
    )
    octets = mail_to(body=MEMBER, subject="長谷川様の件", files=files)
    load(argument_of(rules, b"k" * 32, 60.0))
    answer = look(request_of(octets, occasion_to(), frozenset()))
    there = answer_of(answer, octets, occasion_to(), rules)
    here = looked_at(octets, occasion_to(), rules)

    assert (here.extract, here.people, here.question) == (there.extract, there.people, there.question)
    assert (here.inspection.counts, here.inspection.unreadable) == (
        there.inspection.counts,
        there.inspection.unreadable,
    )
    assert {Kind.MY_NUMBER, Kind.POSTAL_ADDRESS} <= there.inspection.counts.keys()


def test_answer_of_a_process_holds_no_value(rules: RuleSet) -> None:
    """What goes back to the relay about findings holds no number, address or telephone of the mail."""
    octets = mail_to(files=(("a.csv", MEMBER.replace("：", ",").encode()),))
    load(argument_of(rules, b"k" * 32, 60.0))
    answer = look(request_of(octets, occasion_to(), frozenset()))

    assert b"my_number" in answer
    for value in (MY_NUMBER, "3927 1846 0552", "090-4127-0538", "白樺町", "美咲"):
        assert value.encode() not in answer


def test_process_says_whose_data_it_is(rules: RuleSet) -> None:
    """For an incident the names come back, once each, and nothing else that was found in clear."""
    files = (("a.csv", f"氏名,個人番号\n長谷川 美咲,{MY_NUMBER}\n長谷川 美咲,{MY_NUMBER}\n".encode()),)
    load(argument_of(rules, b"k" * 32, 60.0))
    answer = look(people_request_of(mail_to(files=files), occasion_to(), frozenset()))
    people = people_answer_of(answer)

    assert [("長谷川 美咲", ("my_number", "person_name"))] == [(one.name, one.kinds) for one in people.persons]
    assert (1, 1) == (people.count, people.counts["my_number"])
    assert MY_NUMBER.encode() not in answer
    with pytest.raises(ValueError, match="other values"):
        people_answer_of(look(request_of(mail_to(), occasion_to(), frozenset())))


class _Runs:
    """Pickled, it writes a file when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.write_text, (self.path, "taken over")


def _named(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode()


DAMAGED_BECOMES_NONE = (
    b"\x80\x02" + _named("mailguard.model.contents", "Obstacle") + b"X\x07\0\0\0damaged\x85R"
    b"}X\x07\0\0\0_value_X\x04\0\0\0nonesb."
)
"""A pickle that names nothing but a value of the model, and changes what that value is for the whole process."""

GOOD = json.loads(written((EMPTY, Inspection())))
HOSTILE = [
    pytest.param(b"", id="nothing"),
    pytest.param(written((EMPTY, Inspection()))[:-3], id="cut off"),
    pytest.param(pickle.dumps((EMPTY, Inspection())), id="a pickle of good values"),
    pytest.param(DAMAGED_BECOMES_NONE, id="a pickle that changes an enumeration"),
    pytest.param(b"cos\nsystem\n(S'true'\ntR.", id="a pickle that runs a program"),
    pytest.param(written((Inspection(), EMPTY)), id="the wrong way round"),
    pytest.param(written((EMPTY,)), id="one of two"),
    pytest.param(written((EMPTY, Unreadable("body", Obstacle.DAMAGED))), id="another value"),
    pytest.param(json.dumps(["list", *GOOD[1:]]).encode(), id="a list"),
    pytest.param(json.dumps(["tuple", GOOD[1], {"counts": {}}]).encode(), id="an object"),
    pytest.param(json.dumps(["tuple", GOOD[1], ["Popen", "true"]]).encode(), id="a class of others"),
    pytest.param(json.dumps(["tuple", GOOD[1], ["Inspection", *range(40)]]).encode(), id="too many fields"),
    pytest.param(json.dumps(["tuple", GOOD[1], ["Kind", "nothing"]]).encode(), id="no member"),
    pytest.param(json.dumps(["tuple", ["bytes", "zz"], GOOD[2]]).encode(), id="no octets"),
    pytest.param(b"[" * 200_000, id="nested without end"),
    pytest.param(b"1" * 10_000, id="a number without end"),
    pytest.param(b"\xff\xfe", id="no text"),
]


@pytest.mark.parametrize("answer", HOSTILE)
def test_answer_of_other_values_is_refused(rules: RuleSet, answer: bytes) -> None:
    """A process that was taken over can neither run anything in the relay nor change what the relay knows."""
    with pytest.raises(ValueError, match=r"^an answer of other values$"):
        answer_of(answer, mail_to(), occasion_to(), rules)

    assert ("damaged", "my_number") == (Obstacle.DAMAGED.value, Kind.MY_NUMBER.value)


def test_answer_that_would_write_a_file_writes_none(rules: RuleSet, tmp_path: Path) -> None:
    """Reading an answer runs nothing, whatever is in it."""
    with pytest.raises(ValueError, match=r"^an answer of other values$"):
        answer_of(pickle.dumps(_Runs(tmp_path / "trace")), mail_to(), occasion_to(), rules)

    assert [] == list(tmp_path.iterdir())


@settings(max_examples=100)
@given(st.one_of(st.binary(max_size=200), st.recursive(st.text(), st.lists).map(lambda one: json.dumps(one).encode())))
def test_answer_of_any_octets_is_a_refusal_or_plain_values(octets: bytes) -> None:
    """Whatever octets come, the relay gets a value or a plain refusal."""
    try:
        value = values_in(octets)
    except ValueError:
        return
    assert type(value) in (str, int, float, bool, type(None), tuple, frozenset, bytes, dict)


@given(st.text(st.characters()), st.binary(), st.floats(allow_nan=False), st.dictionaries(st.text(), st.integers()))
def test_answer_keeps_every_character(text: str, octets: bytes, number: float, counts: dict[str, int]) -> None:
    """No letter is changed on the way, however odd."""
    value = (text, octets, number, counts, frozenset({text}), Obstacle.DAMAGED, Unreadable(text, Obstacle.PICTURE))

    assert value == values_in(written(value))
