"""One suite for all channels a password travels by, and what each of them promises beside."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailguard.delivery.wire import check
from mailguard.i18n import Language
from mailguard.i18n.times import JAPAN
from mailguard.mime.addresses import Mailbox, mailboxes_of
from mailguard.mime.head import Head, head_of
from mailguard.mime.message import unstuffed
from mailguard.model.protection import Channel, Mode, Protection, Traits
from mailguard.transform.passwords.agreed import Agreed
from mailguard.transform.passwords.channels import CHANNELS, PasswordChannel
from mailguard.transform.passwords.separate_mail import SeparateMail
from mailguard.transform.passwords.sms import BASIC_MAX, UCS2_MAX, Sms
from mailguard.transform.passwords.spelling import spelled
from mailguard.transform.passwords.telling import PasswordMail, ShortMessage, Telling
from mailguard.transform.passwords.to_sender import NAMED_MAX, ToSender

PASSWORD = "FaLh-3eA4-TmRt-96Er-hHJa-7Mf4"
NOW = datetime(2026, 11, 26, 5, 30, tzinfo=UTC)
SENDER = Mailbox("sato@office.example.jp", "佐藤 花子")
ANDO = Mailbox("ando@customer.example.com", "安藤 太郎")
BABA = Mailbox("baba@bank.example.net", "")
USUAL = Telling(
    password=PASSWORD,
    language="ja",
    office="例の互助会",
    contact="総務課 03-0000-0000",
    sender=SENDER,
    recipients=(ANDO,),
    sent_at=NOW - timedelta(minutes=12),
    now=NOW,
    zone=JAPAN,
    subject="研修のご案内",
    file_name="添付ファイル.zip",
    mode=Mode.ZIP,
    queue_id="01JDC0FFEE012345",
    message_id="<1@office.example.jp>",
    hostname="relay.example.jp",
    phone="09000000000",
)
LANGUAGES: tuple[Language, ...] = ("ja", "en")
EVIL = (
    "a\r\nBcc: spy@evil.example.net",
    "a\nX-Evil: 1\n\nbody",
    "\r\n\r\nbody",
    "a\x00\x0b\x0c\x1c\x85\u2028\u2029b",
    '"><script>, spy@evil.example.net, "',
    "=?utf-8?q?=0D=0ABcc:_spy@evil.example.net?=",
    "\u202egpj.exe",
    "\ud800",
    "例" * 3000,
    "x" * 3000,
    "",
    " . ",
)


def mails_of(told: PasswordMail | ShortMessage | None) -> Iterator[EmailMessage]:
    """The mail as its recipient's program reads it, checked as the deliverer checks what it puts on the wire."""
    if isinstance(told, PasswordMail):
        check(told.octets)
        found = email.message_from_bytes(unstuffed(told.octets), policy=default)
        assert isinstance(found, EmailMessage)
        yield found


def words_of(told: PasswordMail | ShortMessage | None) -> str:
    """What a person reads."""
    if isinstance(told, ShortMessage):
        return told.text
    return "".join(str(found.get_content()).replace("\r\n", "\n") for found in mails_of(told))


def page_of(told: PasswordMail, number: int = 0) -> str:
    return words_of(told).split("-" * 40)[number]


@pytest.fixture(params=CHANNELS.values(), ids=str)
def channel(request: pytest.FixtureRequest) -> PasswordChannel:
    found: PasswordChannel = request.param
    return found


# -- every channel


def test_channels_list_has_one_for_each_name() -> None:
    """Whatever a rule or a sender may choose exists."""
    assert list(Channel) == list(CHANNELS)
    assert all(channel.name is name for name, channel in CHANNELS.items())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mode", Mode)
def test_channel_tells_the_password_where_promised_and_nowhere_else(
    channel: PasswordChannel, mode: Mode, language: Language
) -> None:
    """In a mail it stands on lines of its own, one for each language, and not in a subject that lists show."""
    told = channel.tell(replace(USUAL, mode=mode, language=language))

    words = words_of(told)
    if isinstance(told, PasswordMail):
        assert 2 == words.split("\n").count(PASSWORD) == words.count(PASSWORD)
        assert PASSWORD.encode() not in head_of(told.octets)
        assert all(PASSWORD not in str(value) for found in mails_of(told) for value in found.values())
    elif isinstance(told, ShortMessage):
        assert 1 == words.count(PASSWORD)
        assert words.endswith(f" {PASSWORD}")
        assert PASSWORD == told.password
    else:
        assert channel.name is Channel.AGREED


@pytest.mark.parametrize("language", LANGUAGES)
def test_channel_mail_speaks_both_languages_the_offices_first(channel: PasswordChannel, language: Language) -> None:
    """Whoever reads it finds their language."""
    told = channel.tell(replace(USUAL, language=language))

    if isinstance(told, PasswordMail):
        pages = words_of(told).split("-" * 40)
        assert 2 == len(pages)
        assert ["■ パスワード" in page for page in pages] == [language == "ja", language == "en"]
        assert ["== Password ==" in page for page in pages] == [language == "en", language == "ja"]


def test_channel_mail_is_for_one_address_and_names_nobody_else(channel: PasswordChannel) -> None:
    """Nobody learns of somebody else who got the same file."""
    told = channel.tell(USUAL)

    for found in mails_of(told):
        assert isinstance(told, PasswordMail)
        assert [told.to] == [address.addr_spec for address in found["To"].addresses]
        assert {"Cc", "Bcc", "Reply-To"}.isdisjoint(found.keys())
        named = set(re.findall(r"[\w.]+@[\w.]+\w", words_of(told)))
        assert named <= {SENDER.address, ANDO.address}


def test_channel_mail_is_whole_and_plain(channel: PasswordChannel) -> None:
    """Any program shows it, none answers it by itself, and it stands beside the mail with the file."""
    for found in mails_of(channel.tell(USUAL)):
        assert [] == found.defects
        assert "text/plain" == found.get_content_type()
        assert "utf-8" == found.get_content_charset()
        assert "base64" == found["Content-Transfer-Encoding"]
        assert "auto-generated" == found["Auto-Submitted"]
        assert "<1@office.example.jp>" == found["References"]
        assert "Thu, 26 Nov 2026 14:30:00 +0900" == found["Date"]
        assert re.fullmatch(r"<[!-;=?-~]+@relay\.example\.jp>", found["Message-ID"])
        assert "【パスワード】研修のご案内" == found["Subject"]
        said = found.get_content()
        assert all(
            text in said for text in ("件名: 研修のご案内", "ファイル: 添付ファイル.zip", "2026年11月26日(木) 14:18")
        )


def test_channel_mail_twice_has_message_ids_of_its_own(channel: PasswordChannel) -> None:
    """No mail program takes the mail for another recipient for a copy of this one."""
    ids = [found["Message-ID"] for _ in range(2) for found in mails_of(channel.tell(USUAL))]

    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("evil", EVIL, ids=range(len(EVIL)))
@pytest.mark.parametrize("field", ["subject", "file_name", "office", "contact", "sender", "recipients", "message_id"])
def test_channel_hostile_text_adds_no_field_and_no_line(channel: PasswordChannel, field: str, evil: str) -> None:
    """Whatever somebody writes into a name, a subject or a file name, the mail stays the one we wrote."""
    value: Any = evil
    if field == "sender":
        value = Mailbox(SENDER.address, evil)
    elif field == "recipients":
        value = (Mailbox(ANDO.address, evil),)
    usual = channel.tell(USUAL)
    told = channel.tell(replace(USUAL, **{field: value}))

    assert type(usual) is type(told)
    if isinstance(told, PasswordMail):
        assert isinstance(usual, PasswordMail)
        assert (usual.to, usual.sender) == (told.to, told.sender)
        [found], [expected] = mails_of(told), mails_of(usual)
        lost = {"References"} if field == "message_id" and "References" not in found else set()
        assert [name for name in expected.keys() if name not in lost] == found.keys()  # noqa: SIM118
        assert max(map(len, told.octets.split(b"\r\n"))) <= 998
        assert [told.to] == [one.address for one in mailboxes_of(Head(head_of(told.octets)).first("To") or b"")]
        assert 1 == len(mailboxes_of(Head(head_of(told.octets)).first("From") or b""))
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e]", words_of(told))
        assert 2 == words_of(told).split("\n").count(PASSWORD)
        assert "X-Evil: 1" not in words_of(told).split("\n")
    elif isinstance(told, ShortMessage):
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\ud800-\udfff]", told.text + told.office)


@given(st.text(max_size=200), st.text(max_size=200))
@settings(max_examples=60)
def test_channel_any_text_gives_a_mail_that_can_be_sent(name: str, subject: str) -> None:
    """There is no name and no subject for which a password is lost."""
    telling = replace(USUAL, subject=subject, file_name=name, office=name, sender=Mailbox(SENDER.address, name))
    for one in CHANNELS.values():
        told = one.tell(telling)
        for found in mails_of(told):
            assert 2 == words_of(told).split("\n").count(PASSWORD)
            assert [] == found.defects


@pytest.mark.parametrize("address", ["", "a\r\nBcc: spy@evil.example.net", "a\x00@b.example"])
def test_channel_unfit_address_is_refused(address: str) -> None:
    """A mail that could go to somebody else is not written at all."""
    with pytest.raises(ValueError, match="cannot be addressed"):
        ToSender().tell(replace(USUAL, sender=Mailbox(address, "")))
    with pytest.raises(ValueError, match="cannot be addressed"):
        SeparateMail().tell(replace(USUAL, recipients=(Mailbox(address, ""),)))


@pytest.mark.parametrize(
    "address",
    [
        "a..b@docomo.example.jp",
        "a b@x.example.jp",
        '"a b"@x.example.jp',
        "例@例.example.jp",
    ],
)
def test_channel_odd_address_is_written_so_that_it_arrives(address: str) -> None:
    """Addresses that break the rules but work are mailboxes all the same."""
    told = SeparateMail().tell(replace(USUAL, recipients=(Mailbox(address, "安藤"),)))

    [shown] = mailboxes_of(Head(head_of(told.octets)).first("To") or b"")
    assert address == told.to
    assert (address.replace('"', ""), "安藤") == (shown.address, shown.name)


def test_channel_address_with_invisible_characters_is_written_as_it_is() -> None:
    """Mail was taken for it, so its password must not get stuck."""
    address = "a\u200bb\u2028@x.example.jp"
    told = SeparateMail().tell(replace(USUAL, recipients=(Mailbox(address, ""),)))

    check(told.octets)
    assert f"To: <{address}>\r\n".encode() in told.octets


def test_channel_values_with_passwords_do_not_show_them(channel: PasswordChannel) -> None:
    """A traceback or a log of our own values holds no password."""
    assert PASSWORD not in repr(USUAL)
    assert PASSWORD not in repr(channel.tell(USUAL))


def test_channel_without_office_contact_subject_still_makes_sense(channel: PasswordChannel) -> None:
    """An office that has set little gets whole sentences."""
    told = channel.tell(
        replace(USUAL, office="", contact="", subject="", message_id="", sender=Mailbox(SENDER.address, ""))
    )

    assert "{" not in words_of(told)
    assert "()" not in words_of(told)
    if isinstance(told, PasswordMail):
        assert "(件名なし)" in words_of(told)
        assert all("References" not in found for found in mails_of(told))


# -- each for itself

NOTHING = (Traits(), Protection(), False)


@pytest.mark.parametrize(
    ("name", "traits", "protection", "has_gateway", "expected"),
    [
        (Channel.TO_SENDER, *NOTHING, True),
        (Channel.SEPARATE_MAIL, *NOTHING, True),
        (Channel.SMS, *NOTHING, False),
        (Channel.SMS, Traits(phone="09012345678"), Protection(), True, True),
        (Channel.SMS, Traits(), Protection(phone="09012345678"), True, True),
        (Channel.SMS, Traits(phone="09012345678"), Protection(phone="09012345678"), False, False),
        (Channel.SMS, Traits(), Protection(), True, False),
        (Channel.AGREED, *NOTHING, False),
        (Channel.AGREED, Traits(agreed=True), Protection(), False, True),
    ],
)
def test_channel_is_usable_only_where_it_reaches_the_recipient(
    name: Channel, traits: Traits, protection: Protection, has_gateway: bool, expected: bool
) -> None:
    """Nobody is promised a password that cannot come."""
    assert expected is CHANNELS[name].is_usable(traits, protection, has_gateway)


def test_channels_that_reach_the_recipient_by_themselves_wait_for_the_window() -> None:
    """What cannot be taken back is not sent before the window is over."""
    assert {Channel.SEPARATE_MAIL, Channel.SMS} == {name for name, channel in CHANNELS.items() if channel.waits}


def test_to_sender_comes_from_the_relay_and_never_bounces_back_with_the_password() -> None:
    """The sender sees who writes; an undeliverable mail is thrown away, not passed around."""
    told = ToSender().tell(USUAL)

    [found] = mails_of(told)
    assert (SENDER.address, "") == (told.to, told.sender)
    assert "mailguard@relay.example.jp" == found["From"].addresses[0].addr_spec
    assert "パスワードのお知らせ" == found["From"].addresses[0].display_name


def test_to_sender_says_what_happened_and_what_to_say() -> None:
    """A hurried clerk can pick up the telephone and read."""
    page = page_of(ToSender().tell(replace(USUAL, recipients=(ANDO, BABA))))

    for expected in (
        "相手のサーバーが受け取りました。",
        "  安藤 太郎 <ando@customer.example.com>\n  baba@bank.example.net\n",
        "受付番号: 01JDC0FFEE012345",
        "「例の互助会の佐藤 花子です。",
        "".join(f"  {line}\n" for line in spelled(PASSWORD, "ja")),
        "7-Zip",
        "このパスワードをメールで送らないでください。",
        "総務課 03-0000-0000 までお問い合わせください。",
    ):
        assert expected in page
    assert "SMS" not in page


def test_to_sender_after_a_failed_short_message_says_so_first() -> None:
    """The sender knows that the telephone is needed now."""
    pages = words_of(ToSender().tell(replace(USUAL, failed=Channel.SMS))).split("-" * 40 + "\n\n")

    assert pages[0].startswith("パスワードをショートメッセージ(SMS)で送ることになっていましたが、")
    assert pages[1].startswith("The password was to go as a short message (SMS), but")


def test_to_sender_many_recipients_are_counted() -> None:
    """A long list does not bury the password."""
    many = tuple(Mailbox(f"p{number}@customer.example.com", "") for number in range(NAMED_MAX + 7))
    page = page_of(ToSender().tell(replace(USUAL, recipients=many)))

    assert "ほか 7 件" in page
    assert NAMED_MAX == page.count("@customer.example.com")


@pytest.mark.parametrize("mode", Mode)
def test_mail_says_how_to_open_what_was_sent(mode: Mode) -> None:
    """Nobody is sent to look for a program they do not need."""
    for told in (ToSender().tell(replace(USUAL, mode=mode)), SeparateMail().tell(replace(USUAL, mode=mode))):
        page = page_of(told)
        assert (mode is Mode.ZIP) == ("7-Zip" in page)
        assert (mode is Mode.PDF) == ("PDF" in page)
        assert (mode is Mode.OFFICE) == ("Word" in page)


def test_separate_mail_comes_from_the_sender_and_bounces_to_the_sender() -> None:
    """The recipient knows the name; the sender learns that it did not arrive."""
    told = SeparateMail().tell(USUAL)

    [found] = mails_of(told)
    assert (ANDO.address, SENDER.address) == (told.to, told.sender)
    assert (SENDER.address, SENDER.name) == (
        found["From"].addresses[0].addr_spec,
        found["From"].addresses[0].display_name,
    )
    assert "差出人: 佐藤 花子 <sato@office.example.jp>" in page_of(told)
    assert "01JDC0FFEE012345" not in words_of(told)


@pytest.mark.parametrize("recipients", [(), (ANDO, BABA)])
def test_separate_mail_is_for_exactly_one(recipients: tuple[Mailbox, ...]) -> None:
    """Two recipients never see each other on it."""
    with pytest.raises(ValueError, match="one recipient"):
        SeparateMail().tell(replace(USUAL, recipients=recipients))


@pytest.mark.parametrize(
    ("office", "language", "expected"),
    [
        pytest.param("例の互助会", "ja", "例の互助会です。", id="short"),
        pytest.param("例" * 60, "ja", "例例例", id="long"),
        pytest.param("😀" * 60, "ja", "😀", id="two units a character"),
        pytest.param("Example Office", "en", "Example Office: ", id="English"),
        pytest.param("Example Office " * 20, "en", "Example Office ", id="English, long"),
        pytest.param("例の互助会", "en", "例", id="English words, Japanese name"),
        pytest.param("", "ja", "事務所です。", id="none"),
    ],
)
def test_sms_fits_into_one_message(office: str, language: Language, expected: str) -> None:
    """It arrives whole: one message, the office's name as far as there is room, the password never cut."""
    told = Sms().tell(replace(USUAL, office=office, language=language))

    assert told.text.startswith(expected) or told.text == PASSWORD
    assert PASSWORD in told.text
    assert (len(told.text) if told.text.isascii() else len(told.text.encode("utf-16-le")) // 2) <= (
        BASIC_MAX if told.text.isascii() else UCS2_MAX
    )
    assert "09000000000" == told.phone


def test_sms_password_longer_than_a_message_is_whole() -> None:
    """A long password of one's own is told alone rather than cut."""
    long = "Aa3-" * 30

    assert long == Sms().tell(replace(USUAL, password=long)).text


def test_sms_without_a_number_is_refused() -> None:
    """Nothing is handed to the gateway for nobody."""
    with pytest.raises(ValueError, match="telephone number"):
        Sms().tell(replace(USUAL, phone=""))


def test_agreed_sends_nothing() -> None:
    """What both sides know travels nowhere."""
    told: object = Agreed().tell(USUAL)  # type: ignore[func-returns-value]  # that it is None is the promise

    assert told is None
