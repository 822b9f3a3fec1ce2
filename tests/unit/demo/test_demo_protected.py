"""What the demonstration says of a protected mail: read and opened as somebody outside would."""

from __future__ import annotations

import io
from email.message import EmailMessage
from email.policy import SMTP

import pyzipper

from mailguard.demo.protected import notice_of, opened, passwords_in, readable, squeezed

PASSWORD = "abcd-EFGH-2345-jkmn-PQRS"
NOTICE = (
    "内容を保護してお送りしています。\n\n添付ファイル: 「保護.zip」\nパスワード: 電話でお知らせします。\n\n"
    "■ 開き方\n1. 保存し\n"
    + "-" * 40
    + "\nThis mail is protected. Please open the attached file to read\nit.\n\nPassword: by phone.\n\nHow to open it\n"
)


def archive(password: str | None, **files: bytes) -> bytes:
    """A ZIP, closed where there is a password."""
    out = io.BytesIO()
    closed = {"encryption": pyzipper.WZ_AES} if password else {}
    with pyzipper.AESZipFile(out, "w", **closed) as made:
        if password:
            made.setpassword(password.encode())
        for name, octets in files.items():
            made.writestr(f"{name}.txt", octets)
    return out.getvalue()


def mail(words: str, file: bytes = b"", name: str = "保護.zip", **fields: str) -> bytes:
    """A mail with a text and maybe a file."""
    message = EmailMessage(policy=SMTP)
    for field, value in fields.items():
        message[field.replace("_", "-")] = value
    message.set_content(words)
    if file:
        message.add_attachment(file, maintype="application", subtype="zip", filename=name)
    return message.as_bytes()


def test_notice_of_a_protected_mail_gives_its_file_and_how_it_begins_in_both_languages() -> None:
    """The page shows what the reader is told first."""
    notice = notice_of(mail(NOTICE, archive(PASSWORD, a=b"x")))

    assert notice is not None
    assert (True, "保護.zip") == (notice.is_protected, notice.file_name)
    assert (
        "内容を保護してお送りしています。",
        "添付ファイル: 「保護.zip」",
        "パスワード: 電話でお知らせします。",
    ) == notice.lines["ja"]
    assert (
        "This mail is protected. Please open the attached file to read it.",
        "Password: by phone.",
    ) == notice.lines["en"]


def test_notice_below_the_senders_own_words_begins_where_the_notice_does() -> None:
    """Words that may be read by anybody are not taken for the notice."""
    notice = notice_of(mail(f"お世話になっております。\n\n{'=' * 40}\n\n{NOTICE}", archive(PASSWORD, a=b"x")))

    assert notice is not None
    assert "内容を保護してお送りしています。" == notice.lines["ja"][0]


def test_ordinary_mail_has_no_notice() -> None:
    """A mail with an open archive, a text about passwords or nothing at all is not shown as protected."""
    plain = [mail("パスワードの件"), mail("x", archive(None, a=b"x")), b"", b"\r\n", mail("x", b"PK\x03\x04")]

    assert [None] * len(plain) == [notice_of(one) for one in plain]


def test_mail_that_tells_a_password_is_known_and_its_password_opens_the_file() -> None:
    """What the sender is told is what opens it, and another word opens nothing."""
    told = mail(f"下のパスワードを伝えてください。\n\n{PASSWORD}\n", Message_ID="<password.1@relay.example.jp>")
    protected = mail(NOTICE, archive(PASSWORD, a="長谷川".encode()))
    notice = notice_of(told)

    assert notice is not None
    assert not notice.is_protected
    assert [PASSWORD] == passwords_in(told)
    assert {"a.txt": "長谷川".encode()} == opened(protected, PASSWORD)
    assert opened(protected, "another-word") is None
    assert opened(told, PASSWORD) is None


def test_readable_text_holds_what_anybody_could_read_and_nothing_that_is_closed() -> None:
    """Header, decoded text, file names and the names an archive shows can be read; what is in it cannot."""
    shown = readable(mail("電話 ０９０", archive(PASSWORD, 名簿=b"090-5555-0100"), name="総務.zip", Subject="見積り"))

    assert all(squeezed(one) in shown for one in ("電話090", "総務.zip", "名簿.txt", "見積り"))
    assert "090-5555-0100" not in shown
