"""What the people on a mail have to do with each other: threads, lists, groups; and what a delivery teaches."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailguard.model.address import comparable
from tests.unit.policy.parts import ANDO, BABA, CHIBA, COLLEAGUE, OFFICE, SENDER, desk, mail, raw, rule

FIRMS = [f"p{number}@firm{number}.example.com" for number in range(6)]
EXPOSED = rule("{visible_groups: 5}", obligations=["hide_recipients"])
"""Keeps a mail to many firms from being learned as a list that was meant so."""
PARENTS = ["haha@gmail.com", "chichi@docomo.ne.jp", "oya@gmail.com"]


def thread(number: int) -> dict[str, str]:
    """The fields of a mail that starts a thread."""
    return {"Message-ID": f"<{number}@office.example.jp>"}


def answer(number: int, field: str = "In-Reply-To") -> dict[str, str]:
    """The fields of an answer to it."""
    return {field: f"<{number}@office.example.jp>", "Message-ID": f"<answer-{number}@office.example.jp>"}


def quoted(to: list[str], sender: str = "z@ume.example.com") -> str:
    """A body that quotes a mail to these people."""
    return f"承知しました。\n\n-----Original Message-----\nFrom: {sender}\nSent: Monday\nTo: {'; '.join(to)}\n\n本文"


@pytest.mark.parametrize("field", ["In-Reply-To", "References"])
def test_people_of_a_thread_seen_before_know_each_other(field: str) -> None:
    """An answer to all of a mail that was delivered shows nobody anything new."""
    with desk(EXPOSED) as one:
        one.deliver(mail(FIRMS, fields=thread(1)))
        found = one.facts(mail(FIRMS, fields=answer(1, field)))
        other = one.facts(mail(FIRMS, fields=answer(2, field)))

    assert (True, False) == (found.knows_each_other, found.is_unproven_reply)
    assert (False, True) == (other.knows_each_other, other.is_unproven_reply)


def test_people_of_two_threads_do_not_know_each_other() -> None:
    """Two mails that never met are one answer's two circles, not one."""
    both = answer(1) | {"References": "<1@office.example.jp> <2@office.example.jp>"}
    with desk() as one:
        one.deliver(mail(FIRMS[:3], fields=thread(1)))
        one.deliver(mail(FIRMS[3:], fields=thread(2)))

        assert not one.facts(mail(FIRMS, fields=both)).knows_each_other


def test_quoted_header_shows_who_knows_each_other() -> None:
    """Before mailguard knew any mail, the header that the answer quotes tells who stood on it."""
    with desk() as one:
        found = [
            one.facts(mail(FIRMS, body=body, fields=fields)).knows_each_other
            for body, fields in (
                (quoted(FIRMS), answer(9)),
                (quoted(FIRMS[:3]), answer(9)),
                (quoted(FIRMS), {}),
                ("承知しました。", answer(9)),
            )
        ]

    assert [True, False, False, False] == found


NEWCOMERS = [
    pytest.param(FIRMS[:3], ["a@ume.example.com"], True, id="one person of a firm"),
    pytest.param(FIRMS[:3], ["a@ume.example.com", "b@ume.example.com"], True, id="two of one firm"),
    pytest.param(FIRMS[:3], ["a@ume.example.com", "b@matsu.example.com"], False, id="two firms"),
    pytest.param(FIRMS[:1], ["a@ume.example.com"], False, id="only one was there before"),
    pytest.param(FIRMS[:3], ["a@gmail.com"], True, id="one private person"),
    pytest.param(FIRMS[:3], ["a@gmail.com", "b@gmail.com"], False, id="two private people"),
]


@pytest.mark.parametrize(("before", "new", "expected"), NEWCOMERS)
def test_one_firm_may_join_a_thread(before: list[str], new: list[str], expected: bool) -> None:
    """Putting one firm on a thread of people who see each other is no accident of Cc; two are asked about."""
    with desk() as one:
        one.deliver(mail(before, fields=thread(1)))

        assert expected is one.facts(mail([*before, *new], fields=answer(1))).knows_each_other


def test_forward_proves_nothing_about_its_recipients() -> None:
    """Who stood on what is passed on has nothing to do with whom it is passed on to."""
    with desk(EXPOSED) as one:
        one.deliver(mail(FIRMS, fields=thread(1)))
        found = one.facts(mail(FIRMS, subject="Fwd: 資料", fields=answer(1)))

    assert (False, False) == (found.situation.is_reply, found.knows_each_other)


def test_list_that_was_meant_so_is_known() -> None:
    """People who stood on one visible list before may do so again, and a part of them; others may not."""
    with desk() as one:
        one.deliver(mail(FIRMS[:5]))
        found = [
            one.facts(mail(to)).knows_each_other for to in (FIRMS[:5], FIRMS[1:4], FIRMS[::-1], [*FIRMS[:3], BABA])
        ]

    assert [True, True, False, False] == found


@pytest.mark.parametrize("to", [[ANDO], [COLLEAGUE], [ANDO, COLLEAGUE]], ids=["one", "none", "one and a colleague"])
def test_single_outsider_is_shown_to_nobody(to: list[str]) -> None:
    """Where fewer than two outsiders are visible nobody sees anybody."""
    with desk() as one:
        assert one.facts(mail(to)).knows_each_other


def test_internal_thread_notices_the_outsider_who_joins() -> None:
    """A thread that was internal so far, by our record or by the quoted header, and an outsider who is new on it."""
    with desk() as one:
        one.deliver(mail([COLLEAGUE], fields=thread(1)))
        found = [
            (one.word("internal_thread", octets), one.word("new_in_thread", octets))
            for octets in (
                mail([ANDO], [COLLEAGUE], fields=answer(1)),
                mail([ANDO], body=quoted([COLLEAGUE], SENDER), fields=answer(2)),
                mail([COLLEAGUE], fields=answer(1)),
                mail([ANDO], body=quoted([ANDO], SENDER), fields=answer(2)),
                mail([ANDO], [COLLEAGUE]),
            )
        ]

    assert [(True, True), (True, True), (True, False), (False, False), (False, False)] == found


def test_quoted_bcc_was_seen_by_nobody() -> None:
    """Whoever stood in a Bcc that is quoted is new to the others."""
    body = quoted(FIRMS[:2]).replace("\n\n本文", f"\nBcc: {'; '.join(FIRMS[2:])}\n\n本文")
    with desk() as one:
        assert not one.facts(mail(FIRMS, body=body, fields=answer(1))).knows_each_other


def test_header_and_envelope_that_differ_are_both_looked_at() -> None:
    """Who is seen and who gets it are two questions: a mail to one recipient may show fifty."""
    with desk() as one:
        facts = one.facts(mail(FIRMS), [COLLEAGUE, PARENTS[0]])

    assert [COLLEAGUE, PARENTS[0]] == [recipient.address for recipient in facts.recipients]
    assert [False, False] == [recipient.is_visible for recipient in facts.recipients]
    assert 6 == len(facts.situation.people.visible_outsiders)


def test_recipients_follow_the_envelope_each_as_often_as_it_stands_there() -> None:
    """No recipient is lost, however often or however it is written."""
    paths = [ANDO, COLLEAGUE, ANDO.upper(), "postmaster", ""]
    with desk() as one:
        facts = one.facts(mail([ANDO]), paths)

    assert [comparable(path) for path in paths] == [recipient.address for recipient in facts.recipients]
    assert facts.recipients[0] == facts.recipients[2]


def test_list_with_an_outsider_behind_it_is_outside() -> None:
    """A shared mailbox at the office's own domain whose members the office stated is what its members are."""
    lists = {"iin@office.example.jp": (COLLEAGUE, ANDO), "bu@office.example.jp": (COLLEAGUE,)}
    with desk(directory=replace(OFFICE, lists=lists)) as one:
        found = [one.word("outside", mail([address])) for address in ("iin@office.example.jp", "bu@office.example.jp")]

    assert [True, False] == found


def test_invitation_shows_its_attendees() -> None:
    """Whoever opens an invitation sees all who are invited, even where each gets a mail of his own."""
    attendees = "".join(f"ATTENDEE;CN=x:mailto:{one}\r\n" for one in FIRMS)
    octets = raw(
        f"From: {SENDER}\nTo: {ANDO}\nContent-Type: text/calendar; method=REQUEST".encode(),
        f"BEGIN:VCALENDAR\r\n{attendees}END:VCALENDAR\r\n".encode(),
    )
    with desk() as one:
        facts = one.facts(octets)

    assert 7 == len(facts.situation.people.visible_outsiders)
    assert (ANDO,) == facts.situation.people.header_outsiders


@pytest.mark.parametrize(
    "references",
    [
        pytest.param("<1@a> " * 500, id="many"),
        pytest.param("<" * 5000, id="open brackets"),
        pytest.param("<" + "a" * 5000 + ">", id="a long one"),
        pytest.param("no id at all", id="none"),
    ],
)
def test_strange_references_are_read(references: str) -> None:
    """Whatever a mail claims to answer, at most thirty mails are looked up."""
    with desk() as one:
        assert len(one.facts(raw(f"To: {ANDO}\nReferences: {references}".encode())).situation.threads) <= 30


def test_mail_without_any_header_is_judged() -> None:
    """A mail of a body alone has the facts of its envelope."""
    with desk() as one:
        facts = one.facts(b"\r\ntext\r\n", [ANDO, BABA])

    assert [ANDO, BABA] == [recipient.address for recipient in facts.recipients]
    assert SENDER == facts.situation.question.sender


LESSONS = [
    pytest.param([ANDO], (), id="one outsider: no list"),
    pytest.param([ANDO, BABA, CHIBA], (ANDO, BABA, CHIBA), id="a list that was meant"),
    pytest.param(FIRMS, (), id="a list that may be an accident"),
    pytest.param([COLLEAGUE], (), id="colleagues teach no list"),
]


@pytest.mark.parametrize(("to", "visible"), LESSONS)
def test_delivery_teaches_who_stood_together(to: list[str], visible: tuple[str, ...]) -> None:
    """What was delivered is learned: outsiders with their names, and who saw whom."""
    with desk(EXPOSED) as one:
        lesson = one.judged(mail(to, fields=thread(1))).lesson

    assert visible == lesson.visible
    assert (SENDER, *to) == lesson.people
    assert {address: "" for address in to if address != COLLEAGUE} == dict(lesson.boxes)


def test_message_id_is_remembered_without_its_words() -> None:
    """What is kept of a thread cannot be read back."""
    with desk() as one:
        key = one.judged(mail(fields=thread(1))).lesson.thread

    assert key is not None
    assert 16 == len(key)
    assert b"office" not in key
