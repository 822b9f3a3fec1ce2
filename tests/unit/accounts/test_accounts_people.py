"""What is refused about people before any database is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from mailguard.accounts import people_administration as administration
from mailguard.accounts.membership import Membership
from mailguard.accounts.people_administration import Particulars
from mailguard.config import OfficeSettings
from mailguard.errors import PersonProblem
from mailguard.i18n import text
from mailguard.model.people import Role
from mailguard.store import Work
from tests.conformance.people_parts import ABE, ADMIN, OFFICE, SALES, TANAKA
from tests.fakes.clock import START

DAY = timedelta(days=1)
BAD: list[tuple[str, Callable[[], Work[bool]]]] = [
    ("not_own", lambda: administration.put_person(OFFICE, "tanaka@example.com", Particulars(), ADMIN)),
    ("not_own", lambda: administration.put_person(OFFICE, "tanaka@sub.example.jp", Particulars(), ADMIN)),
    ("no_address", lambda: administration.put_person(OFFICE, "tanaka", Particulars(), ADMIN)),
    ("no_address", lambda: administration.put_person(OFFICE, "@example.jp", Particulars(), ADMIN)),
    ("no_address", lambda: administration.put_person(OFFICE, "ta\u202enaka@example.jp", Particulars(), ADMIN)),
    ("not_own", lambda: administration.put_person(OFFICE, TANAKA, Particulars(manager="x@example.com"), ADMIN)),
    ("own_manager", lambda: administration.put_person(OFFICE, TANAKA, Particulars(manager=TANAKA), ADMIN)),
    ("no_language", lambda: administration.put_person(OFFICE, TANAKA, Particulars(language="fr"), ADMIN)),
    ("department_signs", lambda: administration.put_person(OFFICE, TANAKA, Particulars(department="a;b"), ADMIN)),
    ("too_long", lambda: administration.put_person(OFFICE, TANAKA, Particulars("森" * 101), ADMIN)),
    ("unfit_letters", lambda: administration.put_person(OFFICE, TANAKA, Particulars("森\u202e"), ADMIN)),
    ("staff_is_everybody", lambda: administration.grant_role(OFFICE, TANAKA, Role.STAFF, "", ADMIN)),
    ("role_is_office_wide", lambda: administration.grant_role(OFFICE, TANAKA, Role.ADMINISTRATOR, SALES, ADMIN)),
    ("role_needs_department", lambda: administration.grant_role(OFFICE, TANAKA, Role.DEPARTMENT_OFFICER, " ", ADMIN)),
    ("own_deputy", lambda: administration.put_deputy(OFFICE, TANAKA, TANAKA, START, START + DAY, ADMIN)),
    ("deputy_ends_first", lambda: administration.put_deputy(OFFICE, TANAKA, ABE, START, START, ADMIN)),
    ("deputy_too_long", lambda: administration.put_deputy(OFFICE, TANAKA, ABE, START, START + 367 * DAY, ADMIN)),
    ("own_delegate", lambda: administration.add_delegate(OFFICE, TANAKA, "TANAKA@example.jp", ADMIN)),
]


@pytest.mark.parametrize(("key", "work"), BAD)
def test_what_cannot_be_is_refused_with_words_in_both_languages(key: str, work: Callable[[], Work[bool]]) -> None:
    """I am told what is wrong, in my language before anything is touched."""
    with pytest.raises(PersonProblem) as caught:
        work()

    assert f"people.problem.{key}" == caught.value.key
    assert caught.value.public == text("en", caught.value.key, **caught.value.values)
    assert text("ja", caught.value.key, **caught.value.values)


@pytest.mark.parametrize(
    ("address", "plain", "with_below"),
    [
        ("tanaka@example.jp", True, True),
        ("Tanaka@EXAMPLE。jp", True, True),
        ("tanaka@branch.example.jp", False, True),
        ("tanaka@notexample.jp", False, False),
        ("tanaka", False, False),
        ("", False, False),
    ],
)
def test_own_mailbox_is_one_of_the_offices_domains(address: str, plain: bool, with_below: bool) -> None:
    """Only addresses of the office can be people, and of domains below it if it says so."""
    below = OfficeSettings(domains=["example.jp"], include_subdomains=True)

    assert (plain, with_below) == (Membership(OFFICE).is_own(address), Membership(below).is_own(address))
