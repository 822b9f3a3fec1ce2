"""The notice a recipient reads outside of a parcel."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailguard.i18n import Language
from mailguard.mime.message import Message, Part
from mailguard.model.protection import Channel, Mode
from mailguard.transform.cover import (
    Cover,
    body_with_notice,
    cover_html,
    cover_part,
    cover_text,
    neutral_file_name,
    neutral_subject,
)
from mailguard.transform.plan import leaves

COVER = Cover(
    language="ja",
    office="あおば互助会",
    sender_name="田之上 恵",
    sender_address="tanoue@office.example.jp",
    contact="事業係 026-555-0131",
    parcels=("保護ファイル_20261126.zip",),
    mode=Mode.ZIP,
    holds_text=True,
    files=2,
    channel=Channel.TO_SENDER,
    window_minutes=10,
    has_clear_text=False,
)
CLEAR = replace(COVER, holds_text=False, has_clear_text=True)
LANGUAGES: tuple[Language, ...] = ("ja", "en")


def halves(cover: Cover) -> list[str]:
    return re.split(r"\n-{40}\n", cover_text(cover))


def entity(octets: bytes) -> EmailMessage:
    """A part as a parser that is not ours reads it."""
    return message_from_bytes(octets, _class=EmailMessage, policy=default)


def content(octets: bytes) -> str:
    found = entity(octets).get_content()
    assert isinstance(found, str)
    return found


def parts_of(octets: bytes) -> tuple[Message, Part | None, Part | None]:
    message = Message(octets)
    found = [part for part, _ in leaves(message.root)]
    return (
        message,
        next((part for part in found if part.content_type == "text/plain"), None),
        next((part for part in found if part.content_type == "text/html"), None),
    )


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("channel", Channel)
def test_cover_says_all_in_eighteen_lines(mode: Mode, channel: Channel) -> None:
    """A hurried person reads who sends, what it is, how the password comes, the steps and whom to call."""
    japanese, english = halves(replace(COVER, mode=mode, channel=channel))

    assert 18 >= len(japanese.strip().splitlines())
    for half in (japanese, english):
        assert "田之上 恵 <tanoue@office.example.jp>" in half
        assert "保護ファイル_20261126.zip" in half
        assert "事業係 026-555-0131" in half.replace("\n", " ")
        assert ["1", "2"] == re.findall(r"^(\d)\. ", half, re.MULTILINE)[:2]
    assert english.split("How to open it")[0].count("Password: ") == 1
    assert "削除" in japanese
    assert "delete it unopened" in english


def test_cover_names_programs_for_each_machine() -> None:
    """Windows, Mac and telephone each have their line, and what does not open an archive is said."""
    (japanese, english) = halves(COVER)

    for half in (japanese, english):
        for word in ("Windows: ", "7-Zip", "Mac: ", "The Unarchiver", "Keka", "iPhone", "Android", "Finder"):
            assert word in half
    assert "7-Zip" not in cover_text(replace(COVER, mode=Mode.PDF))
    assert "LibreOffice" in cover_text(replace(COVER, mode=Mode.OFFICE))


def test_cover_password_sentence_follows_the_channel() -> None:
    """Nobody waits for a mail when the telephone will ring."""
    later = cover_text(replace(COVER, channel=Channel.SEPARATE_MAIL))
    soon = cover_text(replace(COVER, channel=Channel.SMS, window_minutes=0))
    agreed = cover_text(replace(COVER, channel=Channel.AGREED))

    assert "電話" in halves(COVER)[0]
    assert "約10分後に、別のメール" in later
    assert "in about 10 minutes" in later
    assert "このあと、携帯電話のショートメッセージ" in soon
    assert "0" not in re.findall(r"SMS.*", soon)[0]
    assert "以前に取り決めた" in agreed
    assert "ハイフン" not in agreed


def test_cover_without_contact_names_the_sender() -> None:
    """There is always somebody to call."""
    made = cover_text(replace(COVER, contact="  "))

    assert "差出人の 田之上 恵 <tanoue@office.example.jp> へご連絡ください" in made


def test_cover_of_an_english_office_begins_in_english() -> None:
    """The office's own language comes first, and the file in the parcel is called as it is."""
    made = cover_text(replace(COVER, language="en"))

    assert made.startswith("This mail is protected.")
    assert 2 == made.count("message.html")
    assert "本文.html" not in made


def test_cover_below_clear_text_is_an_appendix() -> None:
    """Under the sender's own words the notice speaks of the file alone."""
    made = cover_text(CLEAR)

    assert made.startswith("このメールの添付ファイルは")
    assert "差出人:" not in made
    assert "本文" not in made
    assert "ファイル2件" in made


def test_cover_inner_archive_is_a_step() -> None:
    """Where names are hidden by an archive within the archive, the way through is told."""
    made = cover_text(replace(COVER, inner_archive="内容.zip"))

    assert "3. 中の「内容.zip」も続けて開きます" in made
    assert "4. 中の「本文.html」" in made


@pytest.mark.parametrize("cover", [COVER, CLEAR, replace(COVER, language="en", mode=Mode.OFFICE)])
def test_cover_page_says_the_same_words(cover: Cover) -> None:
    """Whoever sees the page and whoever sees the text follow the same steps."""
    shown = html.unescape(re.sub(r"<[^<>]*>", "", cover_html(cover)))
    said = re.sub(r"^\s*(?:\d\. |- |■ |-{40})", "", cover_text(cover), flags=re.MULTILINE)

    assert "".join(said.split()) == "".join(shown.split())


def test_cover_names_from_outside_are_harmless() -> None:
    """A name or file name cannot put lines, markup or reversed letters into the notice."""
    evil = "<script>alert(1)</script>\r\nBcc: x\u202e\x00"
    cover = replace(COVER, office=evil, sender_name=evil, contact=evil, parcels=(evil,), inner_archive=evil)

    assert "<script" not in cover_html(cover)
    assert "\nBcc" not in cover_text(cover)
    assert "\u202e" not in cover_text(cover)
    assert "\x00" not in cover_text(cover)


def test_neutral_names_tell_nothing() -> None:
    """Subject and file name show that something is protected, in both languages, and the day."""
    at = datetime(2026, 11, 26, 12, tzinfo=UTC)

    assert "【保護】ファイルをお送りします / Protected file" == neutral_subject("ja")
    assert "Protected file / 【保護】ファイルをお送りします" == neutral_subject("en")
    assert "保護ファイル_20261126.zip" == neutral_file_name(".zip", "ja", at)
    assert "protected_20261126.xlsx" == neutral_file_name(".XLSX", "en", at)
    assert "protected_20261126" == neutral_file_name(".a/../b", "en", at)


def is_wire_safe(octets: bytes) -> bool:
    return (
        octets.isascii()
        and b"\n" not in octets.replace(b"\r\n", b"")
        and all(len(line) <= 76 for line in octets.split(b"\r\n"))
    )


def test_cover_part_is_both_forms() -> None:
    """Every mail program finds a form it can show."""
    made = cover_part(COVER)
    plain, page = entity(made).iter_parts()

    assert "multipart/alternative" == entity(made).get_content_type()
    assert is_wire_safe(made)
    assert isinstance(plain, EmailMessage)
    assert isinstance(page, EmailMessage)
    assert cover_text(COVER) == plain.get_content().replace("\r\n", "\n")
    assert cover_html(COVER) in page.get_content().replace("\r\n", "\n")


PAGE = (
    '<html><head><meta http-equiv=Content-Type content="text/html; charset=iso-2022-jp"></head>'
    "<body><p>髙橋様</p></body></html>\n"
)


def mail_of(charset: str = "iso-2022-jp", codec: str = "iso2022_jp_ext", page: str = PAGE) -> bytes:
    head = (
        'Subject: x\r\nContent-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\n'
        f"Content-Type: text/plain; charset={charset}\r\n\r\n"
    )
    between = f"\r\n--b\r\nContent-Type: text/html; charset={charset}\r\n\r\n"
    return (
        head.encode()
        + "高橋様\r\n\r\n送ります。\r\n".encode(codec)
        + between.encode()
        + page.replace("髙", "高").encode(codec)
        + b"\r\n--b--\r\n"
    )


def test_body_with_notice_keeps_the_senders_words() -> None:
    """What may be read by anybody stays readable, in UTF-8 whatever it was, with the notice below."""
    message, plain, page = parts_of(mail_of())
    text_part, html_part = body_with_notice(message, plain, page, CLEAR)

    assert is_wire_safe(text_part)
    assert is_wire_safe(html_part)
    words = content(text_part).replace("\r\n", "\n")
    assert words.startswith("高橋様\n\n送ります。\n\n====")
    assert words.endswith(cover_text(CLEAR))
    shown = content(html_part).replace("\r\n", "\n")
    assert '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">' in shown
    assert "iso-2022-jp" not in shown
    assert shown.index("高橋様") < shown.index(cover_html(CLEAR)) < shown.index("</body></html>")


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<p>words", id="no end"),
        pytest.param("<body><p>words</body><!-- </body> -->", id="an end in a remark"),
        pytest.param("<body><p>words<!-- </body></html>", id="a remark never closed"),
        pytest.param("<body><p>words<style>p{}", id="a sheet never closed"),
        pytest.param("<body><p>words<!--[if mso]>x<![endif]--></body></html>", id="Outlook's conditions"),
        pytest.param("", id="nothing"),
    ],
)
def test_body_with_notice_is_seen_on_any_page(page: str) -> None:
    """The notice is never swallowed by what the page before it left open."""
    message, _, html_part = parts_of(f"Content-Type: text/html; charset=utf-8\r\n\r\n{page}".encode())
    (made,) = body_with_notice(message, None, html_part, CLEAR)
    source = re.sub(r"<!--.*?(?:-->|\Z)", "", content(made), flags=re.DOTALL)
    source = re.sub(r"<style>.*?(?:</style>|\Z)", "", source, flags=re.DOTALL)

    assert cover_html(CLEAR) in source.replace("\r\n", "\n")


def test_body_with_notice_leaves_flowing_text_flowing() -> None:
    """A flowed mail still flows on every screen, and the notice keeps its lines (RFC 3676)."""
    octets = b"Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\none \r\ntwo \r\n"
    message, plain, _ = parts_of(octets)
    (made,) = body_with_notice(message, plain, None, CLEAR)
    lines = content(made).split("\r\n")

    assert "flowed" == entity(made)["Content-Type"].params["format"]
    assert "yes" == entity(made)["Content-Type"].params["delsp"]
    assert ["one ", "two", "", "=" * 40] == lines[:4]
    assert not any(line.endswith(" ") for line in lines[4:])
    assert "    - Mac: The Unarchiver (free) or Keka. Finder cannot open it." in lines


def test_body_with_notice_of_a_mail_without_text_is_the_notice() -> None:
    """A mail that is only its file gets the notice alone."""
    plain, page = body_with_notice(Message(b"Subject: x\r\n\r\n"), None, None, CLEAR)

    assert cover_text(CLEAR) == content(plain).replace("\r\n", "\n")
    assert cover_html(CLEAR) in content(page).replace("\r\n", "\n")


@settings(max_examples=100)
@given(st.binary(max_size=300), st.sampled_from(["text/plain", "text/plain; format=flowed", "text/html"]))
def test_body_with_notice_of_anything_is_wire_safe(body: bytes, content_type: str) -> None:
    """No body breaks the mail that leaves."""
    message = Message(f"Content-Type: {content_type}; charset=utf-16\r\n\r\n".encode() + body)
    part = message.root
    is_page = part.content_type == "text/html"
    (made,) = body_with_notice(message, None if is_page else part, part if is_page else None, CLEAR)

    assert is_wire_safe(made)
    assert "7-Zip" in content(made)
