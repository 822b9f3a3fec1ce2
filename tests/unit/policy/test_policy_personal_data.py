"""What personal data in a mail means for outsiders: the line between what may leave in clear and what must not."""

from __future__ import annotations

import pytest

from mailguard.model.contents import Obstacle, Unreadable
from mailguard.model.finding import Inspection, Kind
from mailguard.policy.personal_data import DECIDING, has_encrypted, is_unopenable, must_protect, total

NAME: dict[str, int] = {Kind.PERSON_NAME: 1}
PROTECT = [
    *(pytest.param(Inspection(counts={kind: 1}, persons=1), id=kind.value) for kind in DECIDING),
    pytest.param(Inspection(counts=NAME | {Kind.POSTAL_ADDRESS: 1}, named_persons=1), id="name and address"),
    pytest.param(Inspection(counts=NAME | {Kind.PHONE_NUMBER: 1}, named_persons=1), id="name and telephone"),
    pytest.param(Inspection(counts=NAME | {Kind.BIRTH_DATE: 1}, named_persons=1), id="name and birth date"),
    pytest.param(Inspection(counts={Kind.PERSON_NAME: 10}, named_persons=10), id="ten names"),
]
PLAIN = [
    pytest.param(Inspection(), id="nothing"),
    pytest.param(Inspection(counts={Kind.PERSON_NAME: 9}, named_persons=9), id="nine names"),
    pytest.param(Inspection(counts={Kind.PHONE_NUMBER: 3, Kind.POSTAL_ADDRESS: 2}), id="addresses of nobody named"),
    pytest.param(Inspection(counts=NAME | {Kind.EMAIL_ADDRESS: 1}, named_persons=1), id="name and mail address"),
    pytest.param(Inspection(counts=NAME | {Kind.SALARY: 1}, named_persons=1), id="name and pay"),
    pytest.param(Inspection(counts=NAME | {Kind.MEMBER_NUMBER: 1}, named_persons=1), id="name and member number"),
    pytest.param(Inspection(counts={Kind.CREDENTIAL: 1}), id="a password"),
    pytest.param(Inspection(counts={"union_number": 4}), id="a kind of the office's own"),
]


@pytest.mark.parametrize("inspection", PROTECT)
def test_must_protect_of_what_harms_somebody(inspection: Inspection) -> None:
    """One number of somebody, an illness, a name with its address, or ten names must not leave in clear."""
    assert must_protect(inspection)


@pytest.mark.parametrize("inspection", PLAIN)
def test_must_protect_leaves_the_rest_to_other_rules(inspection: Inspection) -> None:
    """What is below the line is left to the rules of the office."""
    assert not must_protect(inspection)


def test_total_adds_up_some_kinds() -> None:
    """Contacts are addresses, telephones and mail addresses together."""
    counts: dict[str, int] = {Kind.PHONE_NUMBER: 2, Kind.EMAIL_ADDRESS: 3, Kind.SALARY: 5}

    assert (5, 0) == (
        total(Inspection(counts=counts), (Kind.PHONE_NUMBER, Kind.EMAIL_ADDRESS)),
        total(Inspection(), (Kind.PHONE_NUMBER,)),
    )


CLOSED = [
    pytest.param(Obstacle.ENCRYPTED, (False, True), id="encrypted"),
    pytest.param(Obstacle.DAMAGED, (True, False), id="damaged"),
    pytest.param(Obstacle.UNKNOWN, (True, False), id="unknown"),
    pytest.param(Obstacle.PICTURE, (False, False), id="picture"),
]


@pytest.mark.parametrize(("why", "expected"), CLOSED)
def test_unreadable_files_are_told_apart(why: Obstacle, expected: tuple[bool, bool]) -> None:
    """A file with a password is something other than one that nobody can open."""
    inspection = Inspection(unreadable=(Unreadable("attachment:a", why),))

    assert expected == (is_unopenable(inspection), has_encrypted(inspection))
