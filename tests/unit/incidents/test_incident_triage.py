"""The questions of the law and what follows: published cases, rebuilt, for each form of office (law, section 13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from mailguard.incidents.answers import Answer
from mailguard.incidents.deciding import deadlines_of, decision_of
from mailguard.incidents.facts import Fate, Guard, MailFact
from mailguard.incidents.triage import Question, Triage, triage_of
from mailguard.model.incident import EntryKind, Incident, IncidentKind
from mailguard.policy.directory import Directory
from mailguard.policy.law import Because, Bond, LegalForm, Outcome
from mailguard.policy.loading import load_policy
from mailguard.policy.shipped import shipped_folder
from tests.unit.incidents.cases import LISTED, NOON, Timeline, incident, mail

TODAY = date(2026, 11, 27)
LAW = load_policy(shipped_folder(), "standard", Directory(), 5.0, TODAY).rules.law
PRIVATE, MUTUAL_AID, PUBLIC = LegalForm.PRIVATE, LegalForm.MUTUAL_AID, LegalForm.PUBLIC_BODY
LIKELY, DECIDE, UNLIKELY = Outcome.LIKELY, Outcome.DECIDE, Outcome.UNLIKELY
HEALTH = {"special_care": 1, "person_name": 1}
SEALED = Guard.SEALED
READING = {"my_number": "no", "special_care": "no", "financial": "no"}


def said(**answers: str) -> Timeline:
    """Officers answered."""
    return Timeline().answered(**answers)


def deleted(*answers: Answer) -> Timeline:
    """Wrong recipients answered, in the order of the mail."""
    timeline = Timeline()
    for position, answer in enumerate(answers):
        timeline.replied(position, answer)
    return timeline


UNREAD, OPENED = Answer.DELETED_UNOPENED, Answer.DELETED_OPENED
NOBODY_SAID = Timeline()

# What happened, and for a private office, a statutory mutual-aid association, a public body: outcome and rules.
CASES = [
    pytest.param(mail(54, visible=54), NOBODY_SAID, (UNLIKELY,), (UNLIKELY,), (UNLIKELY,), id="54 in Cc"),
    pytest.param(
        mail(944, visible=944), NOBODY_SAID, (UNLIKELY,), (UNLIKELY,), (DECIDE, "appi.r43"), id="944 addresses"
    ),
    pytest.param(
        mail(6, kinds={"person_name": 1939, "birth_date": 1939}, persons=1939), NOBODY_SAID,
        (LIKELY, "appi.r7.4"), (LIKELY, "appi.r7.4"), (LIKELY, "appi.r43"), id="1939 children to six kindergartens",
    ),
    pytest.param(
        mail(1, kinds=HEALTH, persons=1), NOBODY_SAID,
        (LIKELY, "appi.r7.1"), (LIKELY, "appi.r7.1"), (LIKELY, "appi.r7.1"), id="health guidance to the employer",
    ),
    pytest.param(
        mail(1, kinds={"person_name": 1000}, persons=1000), NOBODY_SAID,
        (UNLIKELY,), (UNLIKELY,), (LIKELY, "appi.r43"), id="1000 people exactly",
    ),
    pytest.param(
        mail(1, kinds={"person_name": 1001}, persons=1001), NOBODY_SAID,
        (LIKELY, "appi.r7.4"), (LIKELY, "appi.r7.4"), (LIKELY, "appi.r43"), id="1001 people",
    ),
    pytest.param(
        mail(1, kinds={"person_name": 100}, persons=100), NOBODY_SAID, (UNLIKELY,), (UNLIKELY,), (UNLIKELY,),
        id="100 people exactly",
    ),
    pytest.param(
        mail(1, kinds={"person_name": 101}, persons=101), NOBODY_SAID, (UNLIKELY,), (UNLIKELY,), (LIKELY, "appi.r43"),
        id="101 people",
    ),
    pytest.param(
        mail(1, kinds={"my_number": 1, "person_name": 1}, persons=1), NOBODY_SAID,
        (DECIDE, "my_number.r2.4"), (LIKELY, "my_number.r2.1"), (LIKELY, "my_number.r2.1"), id="one My Number",
    ),
    pytest.param(
        mail(1, kinds={"person_name": 1}, persons=1), said(my_number="unknown"),
        (DECIDE, "my_number.r2.4"), (LIKELY, "my_number.r2.1"), (LIKELY, "my_number.r2.1"),
        id="nobody knows of a My Number: yes",
    ),
    pytest.param(
        mail(1, kinds=HEALTH, persons=1, guard=SEALED), NOBODY_SAID,
        (DECIDE, "appi.r7.1"), (DECIDE, "appi.r7.1"), (DECIDE, "appi.r7.1"),
        id="encrypted, and nobody asked about the telephone",
    ),
    pytest.param(
        mail(1, kinds=HEALTH, persons=1, guard=SEALED), said(protected="listed"), (UNLIKELY,), (UNLIKELY,), (UNLIKELY,),
        id="encrypted and the password not told",
    ),
    pytest.param(
        mail(1, kinds=HEALTH, persons=1, guard=SEALED, method={"cipher": "ZipCrypto"}), said(protected="listed"),
        (DECIDE, "appi.r7.1"), (DECIDE, "appi.r7.1"), (DECIDE, "appi.r7.1"), id="a cipher that is not listed",
    ),
    pytest.param(
        mail(1, kinds=HEALTH, persons=1, guard=Guard.READABLE), said(protected="listed"),
        (DECIDE, "appi.r7.1"), (DECIDE, "appi.r7.1"), (DECIDE, "appi.r7.1"), id="the record knows that it was told",
    ),
    pytest.param(
        mail(1, kinds=HEALTH, persons=1, guard=Guard.READABLE), NOBODY_SAID,
        (LIKELY, "appi.r7.1"), (LIKELY, "appi.r7.1"), (LIKELY, "appi.r7.1"), id="encrypted and the password told",
    ),
    pytest.param(
        mail(1, kinds=HEALTH, persons=1, guard=SEALED), said(protected="told"),
        (LIKELY, "appi.r7.1"), (LIKELY, "appi.r7.1"), (LIKELY, "appi.r7.1"), id="told by telephone",
    ),
    pytest.param(
        mail(2, kinds=HEALTH, persons=1), deleted(UNREAD, UNREAD), (UNLIKELY,), (UNLIKELY,), (UNLIKELY,),
        id="all confirmed: deleted unread",
    ),
    pytest.param(
        mail(2, kinds=HEALTH, persons=1), deleted(UNREAD),
        (LIKELY, "appi.r7.1"), (LIKELY, "appi.r7.1"), (LIKELY, "appi.r7.1"), id="one answer is missing",
    ),
    pytest.param(
        mail(2, kinds=HEALTH, persons=1), deleted(UNREAD, OPENED),
        (LIKELY, "appi.r7.1"), (LIKELY, "appi.r7.1"), (LIKELY, "appi.r7.1"), id="one has opened it",
    ),
    pytest.param(
        mail(2, kinds=HEALTH, persons=1), said(deleted_unread="yes"),
        (LIKELY, "appi.r7.1"), (LIKELY, "appi.r7.1"), (LIKELY, "appi.r7.1"), id="of a mail nobody says so by hand",
    ),
    pytest.param(
        mail(2, kinds=HEALTH, persons=1, fate=Fate.STOPPED), NOBODY_SAID, (UNLIKELY,), (UNLIKELY,), (UNLIKELY,),
        id="stopped in time",
    ),
    pytest.param(
        mail(1, kinds=HEALTH, persons=1, fate=Fate.PERHAPS), NOBODY_SAID,
        (LIKELY, "appi.r7.1"), (LIKELY, "appi.r7.1"), (LIKELY, "appi.r7.1"), id="perhaps received",
    ),
    pytest.param(
        mail(1, is_unreadable=True), NOBODY_SAID,
        (DECIDE, "appi.r7.1", "appi.r7.2", "appi.r7.4", "my_number.r2.4"),
        (LIKELY, "my_number.r2.1", "appi.r7.1", "appi.r7.2", "appi.r7.4", "my_number.r2.4"),
        (LIKELY, "my_number.r2.1", "appi.r7.1", "appi.r7.2", "appi.r43", "my_number.r2.4"),
        id="a file nobody could look into",
    ),
    pytest.param(
        mail(1, is_unreadable=True), said(persons="to_100", **READING), (UNLIKELY,), (UNLIKELY,), (UNLIKELY,),
        id="looked into by a person: ordinary, few",
    ),
    pytest.param(
        mail(1, kinds={"bank_account": 1}, persons=1), NOBODY_SAID,
        (DECIDE, "appi.r7.2.ask"), (DECIDE, "appi.r7.2.ask"), (DECIDE, "appi.r7.2.ask"), id="an account alone: asked",
    ),
    pytest.param(
        mail(1, kinds={"bank_account": 1}, persons=1), said(financial="yes"),
        (LIKELY, "appi.r7.2"), (LIKELY, "appi.r7.2"), (LIKELY, "appi.r7.2"), id="an account: yes, it may cost money",
    ),
    pytest.param(
        mail(1, kinds={"bank_account": 1}, persons=1), said(financial="no"), (UNLIKELY,), (UNLIKELY,), (UNLIKELY,),
        id="an account: no",
    ),
    pytest.param(
        mail(1, kinds={"person_name": 3}, persons=3), said(improper_purpose="unknown"),
        (DECIDE, "appi.r7.3"), (DECIDE, "appi.r7.3"), (DECIDE, "appi.r7.3"), id="nobody knows whether on purpose",
    ),
    pytest.param(
        mail(1, kinds=HEALTH, persons=1), said(special_care="no"), (UNLIKELY,), (UNLIKELY,), (UNLIKELY,),
        id="a person looked: nobody's illness",
    ),
    pytest.param(
        mail(54, visible=54), said(special_care="yes"),
        (LIKELY, "appi.r7.1"), (LIKELY, "appi.r7.1"), (LIKELY, "appi.r7.1"), id="54 addresses of patients",
    ),
]  # fmt: skip


def judged(
    facts: Sequence[MailFact], timeline: Timeline, form: LegalForm | None, about: Incident | None = None
) -> Triage:
    """How an incident stands for such an office."""
    return triage_of(about or incident(), facts, timeline.entries, replace(LAW, office=form))


@pytest.mark.parametrize(("fact", "timeline", "private", "mutual_aid", "public"), CASES)
def test_case_is_judged_as_the_rules_for_the_office_say(
    fact: MailFact, timeline: Timeline, private: tuple[str, ...], mutual_aid: tuple[str, ...], public: tuple[str, ...]
) -> None:
    """Each case gives the same answer to everybody who asks, with the rules by which it does."""
    for form, expected in ((PRIVATE, private), (MUTUAL_AID, mutual_aid), (PUBLIC, public)):
        found = judged([fact], timeline, form).consequence

        assert expected == (found.outcome, *(one.id for one in found.rules)), form
        assert found.grounds
        assert bool(found.rules) is bool(found.deadlines)


@pytest.mark.parametrize("case", [one.values[:2] for one in CASES], ids=[one.id for one in CASES])
def test_office_that_has_not_said_what_it_is_gets_the_stricter(case: tuple[MailFact, Timeline]) -> None:
    """An unknown kind of office is never judged more lightly than any of the three."""
    fact, timeline = case
    weights = list(Outcome)
    unknown = judged([fact], timeline, None).consequence
    known = [judged([fact], timeline, form).consequence for form in LegalForm]

    assert max(weights.index(one.outcome) for one in known) == weights.index(unknown.outcome)
    assert {rule.id for one in known for rule in one.rules} <= {rule.id for rule in unknown.rules} or (
        # Rules that are shown only where nothing is certain give way to a certain one.
        unknown.outcome is LIKELY
    )


def test_record_answers_with_where_it_comes_from_and_a_person_goes_before_it() -> None:
    """Who decides reads for each question what the record says and what was said by whom; open ones are named."""
    fact = mail(2, kinds={"person_name": 3}, persons=3)
    before = judged([fact], NOBODY_SAID, PRIVATE)
    after = judged([fact], said(special_care="yes", left="not_left", office="nonsense"), PRIVATE)
    care = after.of(Question.SPECIAL_CARE)

    assert ("no", "not_found") == (care.known and care.known.choice, care.known and care.known.why)
    assert ("yes", "ciso@office.example.jp") == (care.choice, care.by)
    assert "left" == after.of(Question.LEFT).choice
    assert PRIVATE.value == after.of(Question.OFFICE).choice
    assert [Question.DELEGATED, Question.ENTRUSTED] == [one.question for one in before.open]


def test_answer_taken_back_leaves_the_record() -> None:
    """A slip of the hand is undone."""
    timeline = said(special_care="yes").answered(special_care="")

    assert UNLIKELY is judged([mail(1, kinds={"person_name": 1}, persons=1)], timeline, PRIVATE).consequence.outcome


def test_others_who_are_concerned_are_named() -> None:
    """Whoever entrusted the data, a ministry, and the people themselves are not forgotten."""
    timeline = said(entrusted="to_us", delegated="yes")
    case, harmless = mail(1, kinds=HEALTH, persons=1), mail(1)

    assert [Bond.ENTRUSTED_TO_US, Bond.DELEGATED, Bond.PERSONS] == [
        one.bond for one in judged([case], timeline, PRIVATE).notes
    ]
    assert not judged([harmless], NOBODY_SAID, PRIVATE).notes


def test_accident_outside_mail_is_asked_about_from_the_beginning() -> None:
    """A lost memory stick: nothing is known, so every rule may apply until somebody answers."""
    lost = incident(IncidentKind.LOSS, mails=0)
    answered = said(left="left", persons="to_1000", to_whom="named", protected="clear", **READING)
    encrypted = said(left="left", persons="over_1000", to_whom="named", protected="listed", **READING)

    assert DECIDE is judged([], NOBODY_SAID, PRIVATE, lost).consequence.outcome
    assert UNLIKELY is judged([], answered, PRIVATE, lost).consequence.outcome
    assert [LIKELY, ["appi.r43"]] == [
        judged([], answered, PUBLIC, lost).consequence.outcome,
        [one.id for one in judged([], answered, PUBLIC, lost).consequence.rules],
    ]
    lifted = judged([], encrypted, PRIVATE, lost).consequence
    assert (UNLIKELY, ["appi.encrypted"]) == (lifted.outcome, [one.id for one in lifted.exceptions])
    assert [Because.LIFTED] == [one.because for one in lifted.grounds]


def test_rules_are_those_of_the_day_of_knowing() -> None:
    """A case keeps the rules it fell under, and a rule of next year does not reach back."""
    rule = next(one for one in LAW.rules if one.id == "appi.r7.1")
    ended = replace(rule, valid_until=date(2027, 3, 31))
    follower = replace(rule, id="appi.r7.1.2027", valid_from=date(2027, 4, 1))
    law = replace(LAW, office=PRIVATE, rules=(ended, follower))
    fact = mail(1, kinds=HEALTH, persons=1)
    found = [
        [one.id for one in triage_of(incident(known_at=at), [fact], [], law).consequence.rules]
        for at in (datetime(2027, 3, 31, 14, 59, tzinfo=UTC), datetime(2027, 3, 31, 15, 0, tzinfo=UTC))
    ]

    assert [["appi.r7.1"], ["appi.r7.1.2027"]] == found
    assert LAW.version != law.version


# -- until when, and what an officer decided


def clocks(facts: Sequence[MailFact], timeline: Timeline, about: Incident | None = None) -> list[str]:
    """The clocks of the law that run for a private office."""
    law = replace(LAW, office=PRIVATE)
    return [one.clock.id for one in deadlines_of(about or incident(), facts, timeline.entries, law)]


def decided(timeline: Timeline, triage: Triage, *, is_reported: bool) -> Timeline:
    """An officer decides on what is known."""
    found = triage.consequence
    return timeline.add(
        EntryKind.DECIDED, "because", None if not found.rules else {"kept": []},
        report=is_reported, outcome=found.outcome.value, rules=[one.id for one in found.rules],
        clocks=[one.clock.id for one in found.deadlines], law=triage.law.version,
    )  # fmt: skip


def test_clocks_run_until_an_officer_decides_and_follow_the_answers() -> None:
    """An intrusion has sixty days; "not reported" stops the clocks, and what is learned later starts them again."""
    fact = [mail(1, kinds={"person_name": 3}, persons=3)]
    assert [] == clocks(fact, NOBODY_SAID)
    assert ["appi.prompt", "appi.final"] == clocks(fact, said(special_care="yes"))
    broken_into = incident(IncidentKind.UNAUTHORISED_ACCESS)
    assert ["appi.prompt", "appi.final60"] == clocks(fact, NOBODY_SAID, broken_into)
    assert ["appi.prompt", "appi.final60"] == clocks(fact, said(special_care="yes"), broken_into)
    assert ["appi.prompt", "appi.final", "appi.final60"] == clocks(
        fact, said(special_care="yes", improper_purpose="unknown")
    )

    timeline = said(financial="unknown")
    against = decided(timeline, judged(fact, timeline, PRIVATE), is_reported=False)
    assert [] == clocks(fact, against)

    overtaken = against.answered(special_care="yes")
    decision = decision_of(overtaken.entries)
    assert decision is not None
    assert decision.is_overtaken_by(judged(fact, overtaken, PRIVATE))
    assert ["appi.prompt", "appi.final"] == clocks(fact, overtaken)


def test_decision_to_report_keeps_its_clocks_when_less_becomes_known() -> None:
    """Who has decided to report does so by the times of that day, also where all then confirm to have deleted it."""
    fact = [mail(1, kinds=HEALTH, persons=1)]
    timeline = Timeline()
    decided(timeline, judged(fact, timeline, PRIVATE), is_reported=True)

    assert ["appi.prompt", "appi.final"] == clocks(fact, timeline.replied(0))


def test_known_51_hours_later_counts_from_knowing() -> None:
    """A recipient calls two days after: the day of the call is day 1, whatever the server's zone is."""
    late = incident(known_at=NOON + timedelta(hours=51))
    found = judged([mail(54, visible=54)], said(special_care="yes"), PRIVATE, late).consequence

    assert date(2026, 11, 29) == found.known_on
    assert (date(2026, 12, 1), date(2026, 12, 3)) == (found.deadlines[0].first, found.deadlines[0].day)


def test_listed_ciphers_are_dated_data() -> None:
    """ZIP's old cipher is none; those of our own parcels are."""
    assert all(LAW.is_listed(one, TODAY) for one in (LISTED["cipher"], "AES-256-CBC"))
    assert not LAW.is_listed("ZipCrypto", TODAY)
    assert not LAW.is_listed("", TODAY)
