"""What a mistake would mean: by dated rules with their sources, never more certain than they are."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailguard.i18n import Language
from mailguard.policy.directory import Directory
from mailguard.policy.law import (
    Because,
    Circumstance,
    Exposure,
    Law,
    LawClock,
    LegalForm,
    Outcome,
    consequence_of,
    deadline_of,
)
from mailguard.policy.law_file import merged
from mailguard.policy.law_words import words_of
from mailguard.policy.loading import load_policy
from mailguard.policy.shipped import shipped_folder
from tests.unit.policy.parts import RULE, complaints, load

TODAY = date(2026, 11, 27)
LAW = load_policy(shipped_folder(), "standard", Directory(), 5.0, TODAY).rules.law
PRIVATE, MUTUAL_AID, PUBLIC = LegalForm.PRIVATE, LegalForm.MUTUAL_AID, LegalForm.PUBLIC_BODY
LIKELY, DECIDE, UNLIKELY = Outcome.LIKELY, Outcome.DECIDE, Outcome.UNLIKELY
ON_PURPOSE = frozenset({Circumstance.IMPROPER_PURPOSE})
MANY = frozenset({Circumstance.UNSPECIFIED_MANY})

CASES = [
    pytest.param(PRIVATE, Exposure({"special_care": 1}, 1, 1), LIKELY, ["appi.r7.1"], id="one illness"),
    pytest.param(PRIVATE, Exposure({"special_care": 1}, 0, 1), LIKELY, ["appi.r7.1"], id="an illness of somebody"),
    pytest.param(PRIVATE, Exposure({"credit_card": 1}, 1, 1), LIKELY, ["appi.r7.2"], id="one card"),
    pytest.param(PRIVATE, Exposure({"bank_account": 1}, 1, 1), DECIDE, ["appi.r7.2.ask"], id="one account"),
    pytest.param(PRIVATE, Exposure({"person_name": 999}, 1000, 1), UNLIKELY, [], id="a thousand is not more"),
    pytest.param(PRIVATE, Exposure({"person_name": 999}, 1001, 1), LIKELY, ["appi.r7.4"], id="more than a thousand"),
    pytest.param(PUBLIC, Exposure({"person_name": 9}, 101, 1), LIKELY, ["appi.r43"], id="a public body, more than 100"),
    pytest.param(PRIVATE, Exposure({"person_name": 9}, 101, 1), UNLIKELY, [], id="a private office, more than 100"),
    pytest.param(None, Exposure({"person_name": 9}, 101, 1), LIKELY, ["appi.r43"], id="nobody said: the stricter"),
    pytest.param(MUTUAL_AID, Exposure({"my_number": 1}, 1, 1), LIKELY, ["my_number.r2.1"], id="one My Number there"),
    pytest.param(PRIVATE, Exposure({"my_number": 1}, 1, 1), DECIDE, ["my_number.r2.4"], id="one My Number here"),
    pytest.param(PRIVATE, Exposure({"my_number": 101}, 101, 1), LIKELY, ["my_number.r2.4"], id="101 My Numbers"),
    pytest.param(PRIVATE, Exposure({"person_name": 1}, 1, 1, circumstances=ON_PURPOSE), LIKELY, ["appi.r7.3"],
                 id="on purpose"),
    pytest.param(PRIVATE, Exposure({"my_number": 1}, 1, 1, circumstances=MANY), LIKELY, ["my_number.r2.3"],
                 id="open to many"),
    pytest.param(PRIVATE, Exposure({}, 0, 90, visible=90), UNLIKELY, [], id="ninety addresses"),
    pytest.param(PRIVATE, Exposure({}, 0, 1200, visible=1200), DECIDE, ["appi.r7.4"], id="1200 addresses: argued"),
    pytest.param(PRIVATE, Exposure({}, 0, 3), UNLIKELY, [], id="nothing in it"),
    pytest.param(PRIVATE, Exposure({}, 0, 3, is_unreadable=True), DECIDE, [], id="something nobody could read"),
    pytest.param(PRIVATE, Exposure({"special_care": 1}, 1, 0, 2), DECIDE, ["appi.r7.1"], id="protected"),
    pytest.param(PRIVATE, Exposure({"special_care": 1}, 1, 0), UNLIKELY, [], id="nobody outside"),
]  # fmt: skip


@pytest.mark.parametrize(("office", "exposure", "outcome", "rules"), CASES)
def test_consequence_is_what_the_rules_say(
    office: LegalForm | None, exposure: Exposure, outcome: Outcome, rules: list[str]
) -> None:
    """Kind and number decide as the texts say, an open question stays one, and the stricter rule counts in doubt."""
    found = consequence_of(exposure, replace(LAW, office=office), TODAY)

    assert (outcome, rules) == (found.outcome, [one.id for one in found.rules])
    assert bool(rules) is bool(found.deadlines)
    assert found.grounds


def test_office_that_has_not_said_what_it_is_is_told_so() -> None:
    """The stricter reading is named as such."""
    found = consequence_of(Exposure({"my_number": 1}, 1, 1), LAW, TODAY)

    assert [Because.RULE, Because.STRICT] == [one.because for one in found.grounds]


def test_rule_counts_only_between_its_days() -> None:
    """A rule that was replaced judges old incidents and no new ones."""
    rule = replace(next(one for one in LAW.rules if one.id == "appi.r7.1"), valid_until=date(2027, 1, 31))
    law = replace(LAW, rules=(rule,))
    outcomes = [
        consequence_of(Exposure({"special_care": 1}, 1, 1), law, day).outcome
        for day in (date(2022, 3, 31), date(2022, 4, 1), date(2027, 1, 31), date(2027, 2, 1))
    ]

    assert [UNLIKELY, LIKELY, LIKELY, UNLIKELY] == outcomes


@pytest.mark.parametrize("language", ["ja", "en"])
def test_words_always_say_that_they_are_help_and_where_they_come_from(language: Language) -> None:
    """Every rule has its source and date; unread and old ones are marked; the last sentence is always there."""
    for case in CASES:
        office, exposure = case.values[:2]
        assert isinstance(exposure, Exposure)
        found = consequence_of(exposure, replace(LAW, office=office), TODAY)  # type: ignore[arg-type]
        fresh, old = (words_of(found, language, day) for day in (TODAY, TODAY + timedelta(days=365)))

        assert fresh.help == old.help
        assert ("法律上の助言ではありません" if language == "ja" else "no legal advice") in fresh.help
        assert all("2026" in one.source and one.marks for one in (*fresh.rules, *fresh.clocks))
        assert all(len(one.marks) == 2 for one in (*old.rules, *old.clocks))
        assert fresh.because


def test_words_name_who_would_see_what_and_until_when() -> None:
    """A clerk reads counts, the word of the outcome, and dates with their weekday."""
    exposure = Exposure({"special_care": 2, "person_name": 5}, 5, 3, 1)
    shown = words_of(consequence_of(exposure, LAW, TODAY), "ja", TODAY)

    assert "社外の3名が中身をそのまま見られます" in shown.seen[0]
    assert "5名分の情報です。" in shown.seen
    assert "報告対象と考えられる" == shown.outcome
    assert (
        "速報(個人情報保護委員会へ): 2026年11月29日(日)から2026年12月1日(火)ごろまで",
        "確報(30日以内): 2026年12月26日(土)まで(その日が休みのため、2026年12月28日(月)までと読むこともできます)",
    ) == shown.deadlines


# -- days, against a plain second computation

HOLIDAYS_2026_27 = {
    date(2026, 1, 1), date(2026, 1, 12), date(2026, 2, 11), date(2026, 2, 23), date(2026, 3, 20), date(2026, 4, 29),
    date(2026, 5, 3), date(2026, 5, 4), date(2026, 5, 5), date(2026, 5, 6), date(2026, 7, 20), date(2026, 8, 11),
    date(2026, 9, 21), date(2026, 9, 22), date(2026, 9, 23), date(2026, 10, 12), date(2026, 11, 3), date(2026, 11, 23),
    date(2027, 1, 1), date(2027, 1, 11), date(2027, 2, 11), date(2027, 2, 23), date(2027, 3, 21), date(2027, 3, 22),
}  # fmt: skip
"""As the Cabinet Office lists them (国民の祝日について), until March 2027."""


def counted(known_on: date, days: int) -> date:
    """The last of so many days, the first of them ``known_on``: counted one by one on the calendar."""
    year, month, day = known_on.year, known_on.month, known_on.day
    for _ in range(days - 1):
        day += 1
        if day > monthrange(year, month)[1]:
            day, month = 1, month + 1
        if month > 12:
            month, year = 1, year + 1
    return date(year, month, day)


def rested(day: date) -> date:
    """The first day from then on with public offices open."""
    closed = {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}
    while day.strftime("%a") in ("Sat", "Sun") or day in HOLIDAYS_2026_27 or (day.month, day.day) in closed:
        day = date.fromordinal(day.toordinal() + 1)
    return day


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.sampled_from([(30,), (60,), (3, 5)]), st.booleans())
def test_deadline_is_the_one_counted_by_hand(known_on: date, days: tuple[int, ...], moves: bool) -> None:
    """The day of knowing is day 1; the plain day always stands first, the later one only where it differs."""
    clock = LawClock("c", {"ja": "c"}, "s", TODAY, TODAY, days=days, moves=moves)
    found = deadline_of(clock, known_on)
    plain = counted(known_on, days[-1])
    later = rested(plain) if moves else plain

    assert (plain, later if later != plain else None) == (found.day, found.extended)
    assert (counted(known_on, days[0]) if len(days) > 1 else None) == found.first


# -- the file

MINE = """\
rules:
  - id: appi.r7.1
    text: {ja: 終わったもの, en: over}
    kinds: [special_care]
    clocks: [appi.prompt]
    source: 官報
    source_checked: "2027-03-01"
    valid_from: "2022-04-01"
    valid_until: "2027-03-31"
  - id: ministry.x
    text: {ja: 監督官庁, en: ministry}
    more_than: 50
    decides: person
    source: 通知
    source_checked: "2026-11-24"
    valid_from: "2026-04-01"
    verified: true
"""


def test_office_can_end_and_add_records_but_delete_none(tmp_path: Path) -> None:
    """An entry checked later counts, a new one is added, and what the file leaves out is still there."""
    law = load(tmp_path, {"mine": RULE, "law": MINE, "office": "law: {kind: mutual_aid}"}).rules.law
    by_id = {one.id: one for one in law.rules}

    assert {one.id for one in LAW.rules} | {"ministry.x"} == set(by_id)
    assert (date(2027, 3, 31), "官報") == (by_id["appi.r7.1"].valid_until, by_id["appi.r7.1"].source)
    assert by_id["ministry.x"].asks
    assert MUTUAL_AID is law.office
    assert LAW.clocks == law.clocks


def test_older_record_of_an_office_does_not_count() -> None:
    """A copy of the file from long ago does not hide what comes along since."""
    old = tuple(replace(one, source_checked=date(2025, 1, 1), source="old") for one in LAW.rules)

    assert LAW.rules == merged(LAW, Law(old), Law()).rules


def test_folder_without_the_file_has_what_comes_along(tmp_path: Path) -> None:
    """An office whose folder is older than this release has the rules all the same."""
    assert LAW == load(tmp_path, {"mine": RULE}).rules.law


FAULTS = [
    pytest.param("law", "rules: [{id: x}]", "law.yaml:1: rules, entry 1, source_checked is missing", id="no day"),
    pytest.param("law", MINE.replace("2027-03-01", "soon"), "must be a day such as 2027-03-31", id="a word"),
    pytest.param("law", MINE.replace("special_care", "special"), "rules, entry 1, kinds, entry 1 must be", id="a kind"),
    pytest.param("law", "clocks: [{id: x, days: [0]}]", "must be a list of days", id="no days"),
    pytest.param("office", "law: {kind: church}", "law.kind must be", id="a legal form"),
]


@pytest.mark.parametrize(("name", "text", "sentence"), FAULTS)
def test_fault_in_the_file_is_named(tmp_path: Path, name: str, text: str, sentence: str) -> None:
    """Whoever mends the file reads where and what."""
    found = complaints(tmp_path, {"mine": RULE, name: text})

    assert any(sentence in line for line in found), found
