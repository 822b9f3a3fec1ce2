"""The words of notices, as whoever gets one reads them."""

from __future__ import annotations

import html
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from zoneinfo import ZoneInfo

import pytest

from mailguard.i18n import Language
from mailguard.mime.addresses import Mailbox
from mailguard.model.verdict import AtEnd, Needs
from mailguard.notify.mail import Post, written
from mailguard.notify.occasions import Ending, Kind, Result, Waiting
from mailguard.notify.wording import Listed, MailTold, Reader, Situation, Words, at_zero, digest, words

NOW = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
LINK = "https://mail.office.example.jp/m/AbCdEf0123456789"
SUBJECT = "価格改定についてのご相談と、年度末のお取引条件の見直しのお願い"
REASONS = tuple({"ja": f"わけその{number}。", "en": f"Reason {number}."} for number in range(1, 6))
MAIL = MailTold(
    "0KX3AB12CD34EF56",
    "田上 花子",
    SUBJECT,
    NOW,
    ("ando@customer.example.com", "baba@customer.example.com", "chiba@other.example.com", "doi@other.example.com"),
    REASONS,
    LINK,
)


def reader(language: Language = "ja", *, shows_subject: bool = True) -> Reader:
    return Reader(language, ZoneInfo("Asia/Tokyo"), NOW, "joho@office.example.jp", shows_subject)


def about(needs: Needs = Needs.SENDER, at_end: AtEnd = AtEnd.DISCARD, minutes: float | None = 45) -> Waiting:
    """What a mail waits for, so many minutes from now."""
    return Waiting((), NOW, needs, None if minutes is None else NOW + timedelta(minutes=minutes), at_end)


def ended(result: Result, by: str = "sato@office.example.jp") -> Ending:
    return Ending(result, NOW, by, (0,))


EVERY = [
    Situation(Kind.HOLD, about()),
    Situation(Kind.HOLD, about(minutes=None)),
    Situation(Kind.HOLD, about(Needs.APPROVER, AtEnd.ESCALATE), is_elsewhere=True),
    Situation(Kind.HOLD, about(Needs.APPROVER), is_elsewhere=True, has_deciders=False, why_not="no_manager"),
    Situation(Kind.APPROVAL, about(Needs.APPROVER)),
    Situation(Kind.APPROVAL, about(Needs.ADMINISTRATOR, minutes=None), has_deciders=False),
    Situation(Kind.REMINDER, about(at_end=AtEnd.SEND)),
    Situation(Kind.REMINDER, about(Needs.APPROVER), is_last=True, is_elsewhere=True),
    Situation(Kind.DISAPPROVED, about(Needs.APPROVER), ended(Result.REFUSED), "佐藤", why_not="refused"),
    Situation(Kind.RESULT, None, ended(Result.SENT), "佐藤"),
    Situation(Kind.RESULT, None, ended(Result.SENT, "")),
    Situation(Kind.RESULT, None, ended(Result.CANCELLED, "root")),
    Situation(Kind.RESULT, None, ended(Result.EXPIRED, "")),
    Situation(Kind.RESULT, None, ended(Result.EXPIRED, ""), why_not="refused"),
    Situation(Kind.RESULT, None, replace(ended(Result.SCHEDULED), until=NOW + timedelta(hours=1)), "佐藤"),
    Situation(Kind.RESULT, about(), ended(Result.CHANGED), "佐藤"),
]


@pytest.mark.parametrize(
    ("minutes", "until"),
    [(45, "11月20日(金) 10:15"), (24 * 60, "11月21日(土) 9:30"), (50 * 24 * 60, "2027年1月9日(土) 9:30")],
    ids=["today", "tomorrow", "next-year"],
)
def test_subject_leads_with_state_and_deadline(minutes: float, until: str) -> None:
    """I see in the list of mails what it is and until when, with its day: I may read it on another one."""
    said = words(MAIL, Situation(Kind.HOLD, about(minutes=minutes)), reader())

    assert said.subject.startswith(f"【送信前の確認】{until}までに確認してください:")


def test_subject_of_the_mail_is_cut_or_left_out() -> None:
    """Thirty characters of it, or none where the office says so, in subject and text."""
    short = words(MAIL, EVERY[0], reader())
    none = words(MAIL, EVERY[0], reader(shows_subject=False))

    assert f":{SUBJECT[:29]}…" in short.subject
    assert "価格改定" not in none.subject + none.text + none.page


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("situation", EVERY, ids=range(len(EVERY)))
def test_notice_has_at_most_twelve_lines(situation: Situation, language: Language) -> None:
    """It is read in ten seconds."""
    said = words(MAIL, situation, reader(language))

    assert 12 >= len([line for line in said.text.split("\n") if line])
    assert "{" not in said.subject + said.text


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("situation", EVERY, ids=range(len(EVERY)))
def test_page_of_a_notice_says_what_its_text_says(situation: Situation, language: Language) -> None:
    """Whoever sees only the text misses nothing, and the page loads nothing from outside."""
    said = words(MAIL, situation, reader(language))
    missing = [line for line in said.text.split("\n") if line.rstrip(":") not in html.unescape(said.page)]

    assert [] == missing
    assert not any(word in said.page for word in ("<img", "<script", "src=", "url("))


@pytest.mark.parametrize("situation", EVERY, ids=range(len(EVERY)))
def test_link_is_in_a_notice_only_while_something_is_to_be_decided(situation: Situation) -> None:
    """A mail that was sent or stopped has nothing to click; one that is sent later can still be stopped."""
    said = words(MAIL, situation, reader())
    is_later = situation.end is not None and situation.end.until is not None

    assert (situation.about is not None or is_later) is (LINK in said.text)


def test_notice_without_an_address_of_the_pages_says_where_to_look() -> None:
    """An office that has not named its pages still gets a way on."""
    said = words(replace(MAIL, link=""), EVERY[0], reader())

    assert "http" not in said.text + said.page
    assert "mailguard の画面" in said.text


def test_three_reasons_are_told_and_the_rest_counted() -> None:
    """The weightiest first."""
    said = words(MAIL, EVERY[0], reader())

    assert "理由(ほかに 2 件あります):\n・わけその1。\n・わけその2。\n・わけその3。\n\n" in said.text


def test_words_of_a_mail_cannot_become_markup() -> None:
    """A subject is shown, never run."""
    said = words(replace(MAIL, subject="<b onclick=x>&\u202e\r\nBcc: a"), EVERY[0], reader())

    assert "<b onclick" not in said.page
    assert "\u202e" not in said.subject + said.text + said.page
    assert "\n" not in said.subject


@pytest.mark.parametrize(
    ("waits", "sentence"),
    [
        (about(at_end=AtEnd.SEND), "11月20日(金) 10:15 になると、自動的に送信します。"),
        (about(), "11月20日(金) 10:15 までに決まらなければ、送らずに取り消します。"),
        (about(at_end=AtEnd.ESCALATE), "11月20日(金) 10:15 までに決まらなければ、承認する方に確認をお願いします。"),
        (
            about(Needs.APPROVER, AtEnd.ESCALATE),
            "11月20日(金) 10:15 までに決まらなければ、責任者に確認をお願いします。",
        ),
        (about(minutes=None), "時間になっても送信しません。決まるまで、送らずに待ちます。"),
    ],
    ids=["send", "discard", "escalate", "escalate-further", "none"],
)
def test_what_happens_at_zero_is_in_words(waits: Waiting, sentence: str) -> None:
    """I know what becomes of the mail when I do nothing."""
    assert sentence == at_zero(waits, reader())
    assert sentence in words(MAIL, Situation(Kind.HOLD, waits), reader()).text


def test_list_names_what_waits_by_deadline_and_no_link_of_a_mail() -> None:
    """Many at once are one list: the next deadline first, what is over last."""
    listed = tuple(
        Listed(replace(MAIL, queue_id=str(number), subject=f"件名{number}", link=""), situation)
        for number, situation in enumerate((EVERY[11], EVERY[1], Situation(Kind.HOLD, about(minutes=90)), EVERY[0]))
    )
    said = digest(listed, "https://mail.office.example.jp", reader())

    assert "【確認待ち】3通のメールがまだ送られていません(最初の期限 11月20日(金) 10:15)" == said.subject
    assert [
        "【確認待ち】期限 11月20日(金) 10:15 件名3",
        "【確認待ち】期限 11月20日(金) 11:00 件名2",
    ] == said.text.split("\n")[2:4]
    assert "/m/" not in said.text + said.page


def mail_of(said: Words, to: str = "tanoue@office.example.jp", thread: str = "") -> EmailMessage:
    post = Post(Mailbox("joho@office.example.jp", "例の事務所"), to, "relay.example.jp", "name", thread)
    return message_from_bytes(written(said, post, NOW), policy=default)


def test_mail_of_a_notice_is_text_and_page_and_says_it_is_automatic() -> None:
    """Every mail program shows it, and none answers it."""
    said = words(MAIL, EVERY[0], reader())
    mail = mail_of(said)

    assert "multipart/alternative" == mail.get_content_type()
    parts = [mail.get_body((kind,)) for kind in ("plain", "html")]
    contents = [part.get_content().replace("\r\n", "\n") for part in parts if part is not None]
    assert [said.text, said.page] == contents
    assert (said.subject, "auto-generated") == (mail["Subject"], mail["Auto-Submitted"])
    assert "例の事務所 <joho@office.example.jp>" == str(mail["From"])
    assert "<notice.name@relay.example.jp>" == mail["Message-ID"]


def test_later_notices_stand_in_the_thread_of_the_first() -> None:
    """A reminder is found beside the notice."""
    mail = mail_of(words(MAIL, EVERY[6], reader()), thread="first")

    assert "<notice.first@relay.example.jp>" == mail["References"] == mail["In-Reply-To"]


def test_mail_to_an_odd_address_stays_a_mail_to_it() -> None:
    """A carrier's mailbox that breaks the standard is written to, and nothing can be smuggled in."""
    said = words(MAIL, EVERY[0], reader())

    assert "a..b@docomo.ne.jp" in str(mail_of(said, "a..b@docomo.ne.jp").as_bytes())
    with pytest.raises(ValueError, match="control character"):
        mail_of(said, "a@b.example\r\nBcc: c@d.example")
