"""Whom the office writes to every day is answered for from memory, and nobody else."""

from __future__ import annotations

import pytest

from mailguard.model.knowledge import Knowledge, Question
from mailguard.workers.acquaintances import KEPT_SECONDS, PEOPLE_MAX, Acquaintances
from tests.fakes.clock import StandingClock

ME, A, B = "tanoue@office.example.jp", "ando@one.example.com", "baba@two.example.net"
EVERYDAY = Knowledge(
    by_sender={A: 5}, by_office={A: 9}, by_domain={"one.example.com": 9}, names={A: frozenset({"安藤真由美"})}
)


def question(*people: str, sender: str = ME, threads: tuple[bytes, ...] = (), greeting: str = "") -> Question:
    return Question(sender, dict.fromkeys(people, ""), frozenset(people), threads, greeting, frozenset())


def acquainted(clock: StandingClock, answer: Knowledge = EVERYDAY) -> Acquaintances:
    """A node that has asked about A once."""
    known = Acquaintances(clock)
    known.note(question(A), answer)
    return known


def test_everyday_partner_is_answered_as_the_database_did() -> None:
    """Mail to somebody I write to every day is judged as before, without asking the database."""
    assert EVERYDAY == acquainted(StandingClock()).answer(question(A))


ASKED = [
    pytest.param(question(A, B), id="somebody else with it"),
    pytest.param(question(A, sender="makabe@office.example.jp"), id="another sender"),
    pytest.param(question(A, threads=(b"k",)), id="an answer in a thread"),
    pytest.param(question(A, greeting="一社|安藤"), id="a greeting to compare"),
    pytest.param(question(*[f"p{number}@one.example.com" for number in range(PEOPLE_MAX + 1)]), id="a list"),
]


@pytest.mark.parametrize("asked", ASKED)
def test_anything_less_ordinary_asks_the_database(asked: Question) -> None:
    """As soon as one thing about the mail could matter, what the office has learned is looked up."""
    assert acquainted(StandingClock()).answer(asked) is None


RARE = [
    pytest.param(Knowledge(by_sender={A: 2}, by_office={A: 9}, by_domain={"one.example.com": 9}), id="seldom by me"),
    pytest.param(Knowledge(by_sender={A: 5}, by_office={A: 9}, by_domain={"one.example.com": 2}), id="a young domain"),
    pytest.param(Knowledge(), id="unknown"),
]


@pytest.mark.parametrize("answer", RARE)
def test_whoever_is_not_well_known_is_not_kept(answer: Knowledge) -> None:
    """A domain that may still be a slip is never waved through from memory."""
    assert acquainted(StandingClock(), answer).answer(question(A)) is None


def test_what_is_kept_is_thrown_away_in_time() -> None:
    """A person who was forgotten by command is forgotten by a running node within minutes."""
    clock = StandingClock()
    known = acquainted(clock)
    clock.advance(KEPT_SECONDS + 1)

    assert (None, False) == (known.answer(question(A)), known.is_well_known(ME, A, ""))


def test_mail_under_a_new_name_still_teaches() -> None:
    """The same address under another name is something new to learn."""
    known = acquainted(StandingClock())

    found = [known.is_well_known(ME, A, name) for name in ("", "安藤真由美", "田中一郎")]

    assert [True, True, False] == found
