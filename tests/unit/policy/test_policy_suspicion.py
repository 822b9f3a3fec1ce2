"""Signs that an address is not the one that was meant, and what is left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailguard.policy.suspicion import is_personal
from tests.unit.policy.parts import ANDO, BABA, COLLEAGUE, OFFICE, SENDER, desk, mail

YAMADA = "yamada.taro@ume.example.com"

ELSEWHERE = [
    pytest.param(YAMADA, "yamada.taro@gmail.com", id="at a free-mail provider"),
    pytest.param(YAMADA, "yamada.taro@matsu.example.com", id="at another firm"),
    pytest.param(YAMADA, "YAMADA.TARO@matsu.example.com", id="in capitals"),
    pytest.param("yamad@ume.example.com", "yamad@matsu.example.com", id="five letters"),
    pytest.param("yamada2@ume.example.com", "yamada2@matsu.example.com", id="a name with a number"),
    pytest.param('"山田 太郎" <ty@ume.example.com>', '"山田 太郎" <tyam@matsu.example.com>', id="the same name shown"),
    pytest.param('"山田 太郎" <ty@ume.example.com>', '"山田太郎様" <tyam@gmail.com>', id="the name with a title"),
]


@pytest.mark.parametrize(("known", "new"), ELSEWHERE)
def test_same_person_at_another_address_than_before_is_noticed(known: str, new: str) -> None:
    """Autocompletion offers an old or private address of the one who was meant: the known one is said."""
    with desk() as one:
        before = one.word("known_elsewhere", mail([new]))
        one.deliver(mail([known]))
        found = one.facts(mail([new])).recipients[0].elsewhere

    assert before is False
    assert known.partition("<")[2].rstrip(">") or known == found


NOT_ELSEWHERE = [
    pytest.param("info@ume.example.com", "info@matsu.example.com", id="info"),
    pytest.param("soumu@ume.example.com", "soumu@matsu.example.com", id="general affairs"),
    pytest.param("sales2@ume.example.com", "sales2@matsu.example.com", id="sales with a number"),
    pytest.param("no-reply@ume.example.com", "no-reply@matsu.example.com", id="no-reply"),
    pytest.param("sato@ume.example.com", "sato@matsu.example.com", id="a short surname"),
    pytest.param("12345678@ume.example.com", "12345678@matsu.example.com", id="a number"),
    pytest.param("山田 <ty@ume.example.com>", "山田 <tyam@matsu.example.com>", id="the same surname shown"),
    pytest.param('"営業部" <a@ume.example.com>', '"営業部" <b@matsu.example.com>', id="the same department shown"),
    pytest.param(YAMADA, "yamada.jiro@matsu.example.com", id="another given name"),
    pytest.param(YAMADA, "yamada.taro@UME.example.com", id="the same address"),
    pytest.param(YAMADA, "yamada.taro@office.example.jp", id="a colleague"),
    pytest.param('"山田 太郎" <a@ume.example.com>', '"山田 太郎" <b@ume.example.com>', id="the same firm"),
]


@pytest.mark.parametrize(("known", "new"), NOT_ELSEWHERE)
def test_shared_mailbox_or_common_name_is_nobody_elsewhere(known: str, new: str) -> None:
    """Role addresses and surnames are many people's; nobody is bothered for them."""
    with desk() as one:
        one.deliver(mail([known]))

        assert one.word("known_elsewhere", mail([new])) is False


def test_address_known_to_the_office_was_meant() -> None:
    """Once mail went there, from whomever in the office, the second address is known as well."""
    with desk() as one:
        one.deliver(mail([YAMADA]))
        one.deliver(mail(["yamada.taro@gmail.com"]), reverse_path=COLLEAGUE)

        assert one.word("known_elsewhere", mail(["yamada.taro@gmail.com"])) is False


@pytest.mark.parametrize("unseen", [False, True], ids=["both in the header", "one in the envelope alone"])
def test_both_addresses_on_one_mail_were_meant(unseen: bool) -> None:
    """Whoever puts both addresses on a mail knows that there are two."""
    new = "yamada.taro@gmail.com"
    with desk() as one:
        one.deliver(mail([YAMADA]))
        octets = mail([new]) if unseen else mail([new, YAMADA])

        assert one.word("known_elsewhere", octets, [new, YAMADA]) is False


@pytest.mark.parametrize(
    ("local", "expected"),
    [("yamada", True), ("yama", False), ("info", False), ("info-2", False), ("keiri.01", False), ("00000", False)],
)
def test_local_part_of_a_person_is_told_from_a_role(local: str, expected: bool) -> None:
    """Long enough, no role, no number."""
    assert expected == is_personal(local)


OWN_PRIVATE = [
    pytest.param("koyanagi@office.example.jp", "koyanagi@gmail.com", id="the same local part"),
    pytest.param("koyanagi@office.example.jp", "koyanagi.c@gmail.com", id="with an initial"),
    pytest.param("koyanagi@office.example.jp", "c-koyanagi@docomo.ne.jp", id="initial in front"),
    pytest.param("koyanagi@office.example.jp", "koyanagi1985@gmail.com", id="with a year"),
    pytest.param("k.oyanagi@office.example.jp", "koyanagi@gmail.com", id="a dot less"),
    pytest.param('"小柳 千春" <kc@office.example.jp>', '"小柳 千春" <haru@gmail.com>', id="the same name shown"),
    pytest.param("koyanagi@office.example.jp", '"koyanagi@office.example.jp" <h@gmail.com>', id="own address shown"),
]


@pytest.mark.parametrize(("sender", "to"), OWN_PRIVATE)
def test_sender_s_own_private_mailbox_is_noticed(sender: str, to: str) -> None:
    """Office mail sent home is asked about."""
    path = sender.rpartition("<")[2].rstrip(">")
    with desk() as one:
        assert one.word("senders_own_private", mail([to], sender=sender), reverse_path=path) is True


NOT_OWN = [
    pytest.param("koyanagi@office.example.jp", "suzuki@gmail.com", id="somebody else"),
    pytest.param("koyanagi@office.example.jp", "koyanagi@ume.example.com", id="not at a private provider"),
    pytest.param("koyanagi@office.example.jp", "koyanagi@partner.example.com", id="at a partner"),
    pytest.param("koyanagi@office.example.jp", "koyanagi@office.example.jp", id="at the office"),
    pytest.param("info@office.example.jp", "info@gmail.com", id="a role"),
    pytest.param("abe@office.example.jp", "abe@gmail.com", id="too short"),
    pytest.param('"小柳 千春" <kc@office.example.jp>', '"小柳 花子" <hana@gmail.com>', id="of the same family"),
    pytest.param("ando@office.example.jp", "fernando.reyes@gmail.com", id="part of another name"),
]


@pytest.mark.parametrize(("sender", "to"), NOT_OWN)
def test_customer_s_mailbox_is_not_taken_for_the_sender_s(sender: str, to: str) -> None:
    """Customers with private mailboxes are written to without a question."""
    path = sender.rpartition("<")[2].rstrip(">")
    with desk() as one:
        assert one.word("senders_own_private", mail([to], sender=sender), reverse_path=path) is False


SHOWN = [
    pytest.param('"kato@office.example.jp" <kato@gmail.com>', True, id="a colleague's, goes outside"),
    pytest.param('"ando@ume.example.com" <ando@matsu.example.com>', True, id="another firm's"),
    pytest.param('"安藤 (ando@ume.example.com)" <x@gmail.com>', True, id="beside a name"),
    pytest.param('"=?utf-8?Q?kato=40office.example.jp?=" <kato@gmail.com>', True, id="encoded"),
    pytest.param('"ando@ume.example.com" <ando@ume.example.com>', False, id="the same"),
    pytest.param('"ANDO@UME.EXAMPLE.COM" <ando@ume.example.com>', False, id="the same in capitals"),
    pytest.param('"安藤" <ando@ume.example.com>', False, id="a name"),
    pytest.param("ando@ume.example.com", False, id="nothing shown"),
    pytest.param('"ando@ume.example.com" <kato@office.example.jp>', True, id="an outsider's, goes to a colleague"),
]


@pytest.mark.parametrize(("box", "expected"), SHOWN)
def test_name_that_shows_another_address_is_noticed(box: str, expected: bool) -> None:
    """What a reader takes for the address must be the address."""
    with desk() as one:
        assert expected is one.word("shows_other_address", mail([box]))


REMARKS = [
    pytest.param("課長\n\nこの件、先方にはまだ伝えないでください。", id="not to be told yet"),
    pytest.param("加藤さん\n社外秘でお願いします。", id="secret"),
    pytest.param("加藤さん\nここだけの話ですが", id="between us"),
    pytest.param("保険会社には当面伏せておきます。", id="to be kept from the insurer"),
    pytest.param("お客様には内緒でお願いします。", id="to be kept from the customer"),
    pytest.param("This is for internal use, internal only.", id="internal only"),
    pytest.param("Between us, I doubt it.", id="between us, en"),
    pytest.param("Please don't tell the client.", id="do not tell"),
]
NO_REMARKS = [
    pytest.param("承知いたしました。", id="nothing"),
    pytest.param("皆様に伝えてください。", id="to be told"),
    pytest.param("社内で検討いたします。", id="the word for inside the firm"),
    pytest.param("内部監査の件です。", id="an internal audit"),
    pytest.param("了解です。\n\n> この件は社外秘です。", id="in the quotation"),
]


@pytest.mark.parametrize("body", REMARKS)
def test_remark_for_colleagues_is_noticed_where_an_outsider_reads_it(body: str) -> None:
    """What is meant for colleagues is asked about when an outsider stands on the mail beside them."""
    with desk() as one:
        found = [
            one.word("internal_remark", mail(to, cc, body=body))
            for to, cc in (([COLLEAGUE], [ANDO]), ([COLLEAGUE], []), ([ANDO], []))
        ]

    assert [True, False, False] == found


@pytest.mark.parametrize("body", NO_REMARKS)
def test_ordinary_words_are_no_remark_for_colleagues(body: str) -> None:
    """Ordinary business words and quoted ones are left alone."""
    with desk() as one:
        assert one.word("internal_remark", mail([COLLEAGUE], [ANDO], body=body)) is False


BODY = "株式会社若草印刷\n太田様\n\n見積書をお送りします。"
FILES = [
    pytest.param("御見積書_株式会社星空企画様.pdf", BODY, True, id="another firm"),
    pytest.param("請求書(星空企画株式会社御中).pdf", BODY, True, id="legal form behind, onchu"),
    pytest.param("星空銀行様_請求書.pdf", BODY, True, id="another bank"),
    pytest.param("御見積書_株式会社若草印刷様.pdf", BODY, False, id="the firm greeted"),
    pytest.param("御見積書_㈱若草印刷.pdf", BODY, False, id="the firm greeted, short form"),
    pytest.param("御見積書.pdf", BODY, False, id="no firm"),
    pytest.param("御見積書_株式会社青葉会様.pdf", BODY, False, id="the office itself"),
    pytest.param("見積書_株式会社星空企画様.pdf", f"{BODY}\n星空企画様の分です。", False, id="spoken of in the mail"),
    pytest.param("見積書_株式会社星空企画様.pdf", "よろしくお願いします。", False, id="nobody greeted"),
]


@pytest.mark.parametrize(("name", "body", "expected"), FILES)
def test_file_made_out_to_another_firm_than_the_one_greeted(name: str, body: str, expected: bool) -> None:
    """A paper for another firm is noticed; one that the mail itself speaks of, or the office's own, is not."""
    office = replace(OFFICE, names=("青葉会",))
    with desk(directory=office) as one:
        assert expected is one.word("file_names_other_firm", mail(body=body, files={name: b"%PDF-1.4"}))


def test_first_time_is_counted_for_the_sender_and_the_domain_for_the_office() -> None:
    """A recipient is new to whoever never wrote to it; a domain is new until anybody in the office wrote there."""
    octets = mail([ANDO])
    with desk() as one:
        before = [one.word(word, octets) for word in ("first_time", "first_time_domain")]
        one.deliver(octets)
        known = [one.word(word, octets) for word in ("first_time", "first_time_domain")]
        of_colleague = [one.word(word, octets, reverse_path=COLLEAGUE) for word in ("first_time", "first_time_domain")]
        other_domain = one.word("first_time_domain", mail([BABA]))

    assert [True, True] == before
    assert [False, False] == known
    assert [True, False] == of_colleague
    assert other_domain is True


@pytest.mark.parametrize("address", [COLLEAGUE, "x@group.example.jp"])
def test_colleague_is_never_new(address: str) -> None:
    """Nobody inside is a first-time recipient."""
    with desk() as one:
        assert [False, False] == [one.word(word, mail([address])) for word in ("first_time", "first_time_domain")]


def test_stated_domain_is_never_new() -> None:
    """A partner's domain is known from the first day, its people are not."""
    with desk() as one:
        octets = mail(["a@partner.example.com"])

        assert [True, False] == [one.word(word, octets) for word in ("first_time", "first_time_domain")]


def test_domain_that_takes_no_mail_is_told_for_outsiders_alone() -> None:
    """Only what was found out counts: nobody could say means no."""
    with desk() as one:
        asked = mail([ANDO, COLLEAGUE])
        facts = one.facts(asked, dead=["ume.example.com", "office.example.jp"])
        unknown = one.facts(asked)

    assert [True, None] == [recipient.cannot_receive for recipient in facts.recipients]
    assert [None, None] == [recipient.cannot_receive for recipient in unknown.recipients]
    assert SENDER == facts.situation.question.sender
