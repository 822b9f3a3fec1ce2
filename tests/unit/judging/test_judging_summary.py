"""What people are shown of a mail without opening it: the same that the mail itself says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mailguard.judging import judge_mail
from mailguard.judging.manifest import TrialMail, occasion_of, read_manifest, wire_lines, with_senders_domain
from mailguard.judging.reading import looked_at
from mailguard.judging.summary import EXCERPT_MAX, excerpt_of
from mailguard.mime.heading import heading_in
from mailguard.mime.message import Message, Part
from mailguard.model.contents import Obstacle
from mailguard.model.knowledge import Knowledge
from mailguard.model.summary import Badge, Field, Found, Summary
from mailguard.policy.facts import Occasion
from mailguard.spool.summaries import read, written
from tests.fakes.clock import START
from tests.unit.judging.judging_parts import (
    MEMBER,
    MY_NUMBER,
    OUTSIDER,
    OWN,
    SENDER,
    mail_to,
    occasion_to,
    shipped_rules,
)

CORPUS = Path(__file__).parents[2] / "corpus" / "mails"
RULES = shipped_rules()


def summarised(octets: bytes, occasion: Occasion, knowledge: Knowledge | None = None) -> Summary:
    rules = with_senders_domain(RULES, occasion.reverse_path, octets)
    found = judge_mail(looked_at(octets, occasion, rules), knowledge or Knowledge(), rules).judgement.summary
    assert found is not None
    return found


def part_at(message: Message, path: tuple[int, ...]) -> Part:
    part = message.root
    for number in path:
        part = part.children[number]
    return part


@pytest.mark.parametrize("mail", list(read_manifest(CORPUS / "expected.jsonl")), ids=lambda mail: mail.name)
def test_summary_of_a_mail_says_what_the_mail_says(mail: TrialMail) -> None:
    """Subject, sender, recipients and files in my list are those of the mail."""
    octets = wire_lines(mail.path.read_bytes())
    message = Message(octets)
    occasion = occasion_of(mail, octets, START)
    summary = summarised(octets, occasion)
    files = [part_at(message, one.path) for one in summary.files]

    assert " ".join(message.text_of("Subject").split()) == summary.subject
    assert list(occasion.forward_paths) == [one.address for one in summary.recipients]
    assert [one.name for one in files] == [one.name for one in summary.files]
    assert [one.content_type for one in files] == [one.content_type for one in summary.files]
    assert len(summary.excerpt) <= EXCERPT_MAX
    assert summary == read(written(summary))


def test_summary_says_where_each_recipient_stands() -> None:
    """I see who is in To, in Cc, in a Bcc line that was left in, and who is nowhere in the mail."""
    head = (
        f"From: {SENDER}\r\nTo: =?utf-8?b?5a6J6Jek?= <{OUTSIDER}>, Gone <gone@partner.example.com>\r\n"
        f"Cc: Soumu <soumu@{OWN}>\r\nBcc: hidden@partner.example.com\r\nSubject: x\r\n"
        "Message-ID: <one@office.example.jp>\r\nReferences: <a@b> <c@d>\r\nIn-Reply-To: <c@d>\r\n\r\nhello\r\n"
    )
    people = (OUTSIDER, f"soumu@{OWN}", "hidden@partner.example.com", "silent@partner.example.com")
    summary = summarised(head.encode(), Occasion(SENDER, people, START))

    assert [Field.TO, Field.CC, Field.BCC, Field.ENVELOPE_ONLY] == [one.field for one in summary.recipients]
    assert ["安藤", "Soumu", "", ""] == [one.name for one in summary.recipients]
    assert ("gone@partner.example.com",) == summary.not_sent_to
    assert ("<one@office.example.jp>", ("<a@b>", "<c@d>")) == (summary.message_id, summary.references)
    assert Badge.INSIDE in summary.recipients[1].badges
    assert {Badge.OUTSIDE, Badge.FIRST_TIME, Badge.ENVELOPE_ONLY} == summary.recipients[3].badges


def test_summary_names_the_address_that_may_be_meant() -> None:
    """Beside an address that looks like a known one, I am shown the known one."""
    typed = "ando@partner-firm.example.co.jp"
    octets = mail_to(typed)
    knowledge = Knowledge(resembling={"partner-firm.example.co.jp": {"partner-film.example.co.jp": 40}})
    (one,) = summarised(octets, occasion_to(typed), knowledge).recipients

    assert Badge.SIMILAR in one.badges
    assert "ando@partner-film.example.co.jp" == one.suggested


def test_summary_of_a_name_that_shows_another_address_says_so() -> None:
    """Where the name of a recipient is another address, I am told."""
    shown = f'"ando@other.example.com" <{OUTSIDER}>'
    octets = f"From: {SENDER}\r\nTo: {shown}\r\nSubject: x\r\n\r\nhello\r\n".encode()
    (one,) = summarised(octets, occasion_to()).recipients

    assert one.header_differs
    assert Badge.HEADER_DIFFERS in one.badges


def test_summary_of_findings_is_masked_and_in_its_place() -> None:
    """What was found stands beside the file it was found in, masked."""
    files = (
        ("名簿!2026.csv", MEMBER.replace("：", ",").encode()),
        ("plain.txt", "ご案内です。".encode()),
        ("broken.docx", b"PK\3\4broken"),
    )
    summary = summarised(mail_to(files=files, body=MEMBER), occasion_to())
    listed, plain, broken = summary.files
    kinds = {one.kind: one for one in listed.found}

    assert {"my_number", "phone_number", "postal_address", "person_name"} == kinds.keys()
    assert Found("my_number", 1, ("3************2",)) == kinds["my_number"]
    assert "my_number" in {one.kind for one in summary.found_in_body}
    assert ((), Obstacle.DAMAGED) == (plain.found, broken.unreadable)
    assert () == summary.found_elsewhere
    assert MY_NUMBER not in str((summary.files, summary.found_in_body))


def test_excerpt_holds_no_control_character_and_ends() -> None:
    """The first words of a mail are short, and nothing in them can disturb a screen."""
    text = "お世話に\x1b[31mなって\x07おります。\r\n\r\n\r\n\r\n次の行\x00です。" + "あ" * 5000

    assert excerpt_of(text).startswith("お世話に [31mなって おります。\n\n次の行 です。ああ")
    assert EXCERPT_MAX == len(excerpt_of(text))


def test_heading_of_no_mail_at_all_is_empty() -> None:
    """Octets that are no mail have recipients all the same."""
    heading = heading_in(b"\xff\xfe\x00", ["ando@partner.example.com"])

    assert ("", "", Field.ENVELOPE_ONLY) == (heading.subject, heading.from_address, heading.recipients[0].field)
    assert heading == read(written(heading))
    assert replace(heading, subject="\udc80") == read(written(replace(heading, subject="\udc80")))
