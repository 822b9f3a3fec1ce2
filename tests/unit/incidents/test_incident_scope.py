"""What an incident is about: every figure from the surest there is, with its source, and corrected by officers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailguard.incidents.answers import Answer
from mailguard.incidents.facts import Fate
from mailguard.incidents.scope import Band, Basis, Scope, band_of, scope_of
from mailguard.model.incident import EntryKind
from tests.unit.incidents.cases import MAIL, OFFICER, Timeline, mail

OTHER = "0000000000000002"
TWO_MAILS = [
    mail(2, kinds={"person_name": 3, "phone_number": 2}, persons=3, inside=1),
    mail(1, kinds={"person_name": 3}, persons=3, queue_id=OTHER),
]


def looked(*mails: str, persons: int = 4, is_unreadable: bool = False) -> Timeline:
    """An officer had these mails looked into."""
    return Timeline().add(
        EntryKind.COUNTED, "", {"people": [["山田 太郎", ["person_name"]]]}, mails=list(mails), persons=persons,
        kinds={"person_name": persons}, unreadable=is_unreadable, more=persons > 1,
    )  # fmt: skip


def counts(scope: Scope) -> dict[str, int]:
    """The kinds that are in it."""
    return {one.kind: one.count for one in scope.kinds}


def test_record_adds_up_until_the_mails_were_looked_into_together() -> None:
    """The same people in two mails are counted twice by the record, and once after a look at both."""
    before, part, after = (scope_of(TWO_MAILS, one.entries) for one in (Timeline(), looked(MAIL), looked(MAIL, OTHER)))

    assert [(6, Basis.RECORD), (7, Basis.LOOKED), (4, Basis.LOOKED)] == [
        (one.persons, one.persons_source.basis) for one in (before, part, after)
    ]
    assert [(), (OTHER,), ()] == [() if one is before else one.unlooked for one in (before, part, after)]
    assert {"person_name": 6, "phone_number": 2} == counts(before)
    assert {"person_name": 4} == counts(after)
    assert (["山田 太郎"], True) == ([one.name for one in after.people], after.are_more)


def test_correction_goes_before_everything_until_it_is_taken_back() -> None:
    """Who corrected it and why stands beside the figure; "none of it" rules a kind out; undone, the record counts."""
    timeline = looked(MAIL, OTHER)
    timeline.add(EntryKind.CORRECTED, "名簿で確認", {"value": 12}, what="persons")
    timeline.add(EntryKind.CORRECTED, "見本の番号", {"value": 0}, what="kind:person_name")
    timeline.add(EntryKind.CORRECTED, "紙に記載", {"value": 2}, what="kind:my_number")
    scope = scope_of(TWO_MAILS, timeline.entries)
    unknown = scope_of(TWO_MAILS, timeline.add(EntryKind.CORRECTED, "x", {"value": None}, what="persons").entries)
    undone = scope_of(TWO_MAILS, timeline.add(EntryKind.CORRECTED, "x", what="persons", is_undone=True).entries)

    source = scope.persons_source
    assert (12, Basis.CORRECTED, OFFICER.name, "名簿で確認") == (scope.persons, source.basis, source.by, source.reason)
    assert ({"my_number": 2}, ["person_name"]) == (counts(scope), [one.kind for one in scope.ruled_out])
    assert (None, Band.UNKNOWN) == (unknown.persons, unknown.band)
    assert (4, Basis.LOOKED) == (undone.persons, undone.persons_source.basis)


def test_outsiders_are_wrong_until_an_officer_ticks_and_mails_added_later_are_judged_anew() -> None:
    """One was meant to get it and a colleague was not; of a mail nobody spoke of, everybody outside is wrong."""
    ticked = Timeline().add(EntryKind.CORRECTED, what="wrong", wrong=[[MAIL, 1], [MAIL, 2]], mails=[MAIL])
    before, after = scope_of(TWO_MAILS, []), scope_of(TWO_MAILS, ticked.entries)

    assert [(MAIL, 0), (MAIL, 1), (OTHER, 0)] == [one.wrong for one in before.wrong]
    assert [(MAIL, 1), (MAIL, 2), (OTHER, 0)] == [one.wrong for one in after.wrong]


def test_who_got_it_what_they_answered_and_since_when() -> None:
    """Only those who got it count, and they have all deleted it unread once every one of them says so."""
    facts = [mail(2, fate=Fate.RECEIVED), mail(1, fate=Fate.STOPPED, queue_id=OTHER)]
    one, both = Timeline().replied(0), Timeline().replied(0).replied(1, Answer.DELETED_UNOPENED)
    scope = scope_of(facts, one.entries)

    assert ([(MAIL, 0), (MAIL, 1)], [(OTHER, 0)]) == (
        [it.wrong for it in scope.leaked_to], [it.wrong for it in scope.stopped]
    )  # fmt: skip
    assert (False, True) == (scope.all_unread, scope_of(facts, both.entries).all_unread)
    assert (facts[0].recipients[0].at, facts[0].recipients[1].at) == (scope.first, scope.last)


def test_mail_that_reached_nobody_does_not_count_beside_one_that_did() -> None:
    """One mail got away and one like it was stopped: all figures are those of the first."""
    stopped = mail(1, kinds={"my_number": 3}, persons=3, fate=Fate.STOPPED, is_unreadable=True, queue_id=OTHER)
    to_colleagues = mail(0, kinds={"my_number": 3}, persons=3, inside=2, queue_id=OTHER)
    got_away = mail(1, kinds={"person_name": 2}, persons=2)
    with_stopped, with_inside = scope_of([got_away, stopped], []), scope_of([got_away, to_colleagues], [])
    looked_at_both = scope_of([got_away, stopped], looked(MAIL, OTHER, persons=5).entries)
    perhaps = scope_of([got_away, mail(1, persons=3, fate=Fate.PERHAPS, queue_id=OTHER)], [])
    nobody = scope_of([stopped], [])

    for scope in (with_stopped, with_inside):
        assert (2, False, {"person_name": 2}, (MAIL,)) == (scope.persons, scope.is_at_least, counts(scope), scope.mails)
    assert [(OTHER, 0)] == [one.wrong for one in with_stopped.stopped]
    # A look that counted people of a mail that was stopped says too much; the figures of the record are those of one.
    assert (2, Basis.RECORD, (MAIL,)) == (
        looked_at_both.persons, looked_at_both.persons_source.basis, looked_at_both.unlooked
    )  # fmt: skip
    assert 5 == perhaps.persons
    assert ((OTHER,), ()) == (nobody.mails, nobody.leaked_to)


def test_what_nobody_could_look_into_is_at_least_or_unknown() -> None:
    """Nothing is called nobody's where something could not be looked into, nor where no mail is concerned."""
    some = scope_of([mail(1, kinds={"person_name": 2}, persons=2, is_unreadable=True)], [])
    none = scope_of([mail(1, is_unreadable=True)], [])
    gone = scope_of([replace(mail(1, is_unreadable=True), summary=None)], [])

    assert (2, True) == (some.persons, some.is_at_least)
    assert [None, None, None] == [one.persons for one in (none, gone, scope_of([], []))]
    assert 0 == scope_of([mail(1)], []).persons


def test_addresses_that_recipients_saw_are_data_of_as_many_people() -> None:
    """Fifty-four parents in Cc are fifty-four people, although the text says nothing of anybody."""
    scope = scope_of([mail(54, visible=54)], [])

    assert (54, {"email_address": 54}, Band.TO_100) == (scope.persons, counts(scope), scope.band)


def test_addresses_shown_in_two_mails_are_counted_once() -> None:
    """The same list in Cc twice is no second list of people."""
    shown = [{"a@one.example.com", "b@two.example.com"}, {"b@two.example.com", "c@three.example.com"}]
    mails = [
        replace(mail(2, visible=2, queue_id=queue_id), shown=frozenset(addresses))
        for queue_id, addresses in zip((MAIL, OTHER), shown, strict=True)
    ]
    scope = scope_of(mails, [])

    assert (3, 3, {"email_address": 3}) == (scope.visible, scope.persons, counts(scope))


@pytest.mark.parametrize(
    ("persons", "band"),
    [
        (None, Band.UNKNOWN), (0, Band.NOBODY), (1, Band.ONE), (2, Band.TO_100), (100, Band.TO_100),
        (101, Band.TO_1000), (1000, Band.TO_1000), (1001, Band.OVER_1000),
    ],
)  # fmt: skip
def test_bands_are_those_the_law_asks_about(persons: int | None, band: Band) -> None:
    """A hundred exactly is not more than a hundred, nor a thousand more than a thousand."""
    assert band is band_of(persons)
