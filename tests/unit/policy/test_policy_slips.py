"""A forgotten file, and a password beside the file it protects, in the words people really use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailguard.policy.slips import gives_password
from tests.unit.policy.parts import PROTECTED_ZIP, desk, mail

SAID = [
    pytest.param("見積書を添付いたします。", id="itashimasu"),
    pytest.param("見積書を添付致します。", id="kanji"),
    pytest.param("資料を添付しましたので、ご確認ください。", id="shimashita"),
    pytest.param("添付ファイルをご確認ください。", id="please look at the file"),
    pytest.param("添付の通りご報告します。", id="as attached"),
    pytest.param("詳細は添付をご覧ください。", id="see the attachment"),
    pytest.param("添付にてお送りします。", id="by attachment"),
    pytest.param("資料を添付させていただきます。", id="sasete itadaku"),
    pytest.param("写真も添付しておきました。", id="as well"),
    pytest.param("添付資料をご査収ください。", id="please accept"),
    pytest.param("ＰＤＦを添付します。", id="full width"),
    pytest.param("案内状を同封します。", id="enclosed"),
    pytest.param("見積書を別添にてお送りします。", id="betten"),
    pytest.param("田中様\n\nお世話になっております。\n見積書を添付します\n\n佐藤", id="without a full stop"),
    pytest.param("Please find attached our quotation.", id="please find attached"),
    pytest.param("I have attached the file.", id="I have attached"),
    pytest.param("The attached file shows the plan.", id="the attached file"),
    pytest.param("See the attachment for details.", id="see the attachment"),
    pytest.param("Please find the enclosed invoice.", id="enclosed, en"),
    pytest.param("Attached please find the list.", id="attached please find"),
]
NOT_SAID = [
    pytest.param("よろしくお願いします。", id="nothing"),
    pytest.param("申請書に写しを添付してご返送ください。", id="a request"),
    pytest.param("領収書を添付の上、ご提出ください。", id="a request, no ue"),
    pytest.param("領収書の添付をお願いします。", id="a request, onegai"),
    pytest.param("身分証の写しの添付が必要です。", id="needed"),
    pytest.param("添付は不要です。", id="not needed"),
    pytest.param("添付ファイルは不要です。", id="no file needed"),
    pytest.param("添付なしでお送りします。", id="without"),
    pytest.param("添付ファイルはありません。", id="there is none"),
    pytest.param("今回は添付しません。", id="not this time"),
    pytest.param("先日添付した資料の件です。", id="of an earlier mail"),
    pytest.param("先ほどの添付は古い版でした。", id="of the last mail"),
    pytest.param("添付を拝見しました。", id="theirs was read"),
    pytest.param("添付ファイルを受け取りました。", id="theirs arrived"),
    pytest.param("添付の代わりに https://files.example.com/x からどうぞ。", id="behind a link"),
    pytest.param("添付し忘れました。", id="was forgotten before"),
    pytest.param("ありがとうございます。\n\n> 見積書を添付します。", id="in the quotation"),
    pytest.param(
        "ありがとうございます。\n\n-----Original Message-----\nFrom: a@ume.example.com\nSubject: x\n\n添付します。",
        id="in the history",
    ),
    pytest.param("Could you please attach the form?", id="a request, en"),
    pytest.param("I got your attachment.", id="theirs, en"),
    pytest.param("The attachment is missing in your mail; I could not find the attachment.", id="theirs is missing"),
    pytest.param("He is a military attaché.", id="another word"),
]


@pytest.mark.parametrize("body", SAID)
def test_file_spoken_of_and_not_there_is_missed(body: str) -> None:
    """Whoever writes that a file is attached is asked when there is none, and left alone when there is one."""
    with desk() as one:
        found = [one.word("missing_attachment", mail(body=body, files=files)) for files in (None, {"a.pdf": b"%PDF"})]

    assert [True, False] == found


@pytest.mark.parametrize("body", NOT_SAID)
def test_file_not_claimed_is_not_missed(body: str) -> None:
    """Requests, thanks, and what history says claim no file of this mail."""
    with desk() as one:
        assert one.word("missing_attachment", mail(body=body)) is False


def test_subject_speaks_of_a_file_as_well() -> None:
    """A short mail says it in the subject alone."""
    with desk() as one:
        assert one.word("missing_attachment", mail(subject="議事録を添付します", body="ご確認ください。")) is True


def test_automatic_answer_misses_no_file() -> None:
    """Nobody wrote it, so nobody forgot anything."""
    octets = mail(body="資料を添付します。", fields={"Auto-Submitted": "auto-replied"})
    with desk() as one:
        assert one.word("missing_attachment", octets) is False


def test_empty_subject_is_asked_about_only_where_a_person_wrote() -> None:
    """A subject of blanks is none; a program's mail may go without."""
    with desk() as one:
        found = [
            one.word("empty_subject", octets)
            for octets in (
                mail(subject=""),
                mail(subject="  "),
                mail(subject="件名"),
                mail(subject="", fields={"Auto-Submitted": "auto-generated"}),
            )
        ]

    assert [True, True, False, False] == found


TOLD = [
    pytest.param("パスワードは Aoba2025 です。", id="wa"),
    pytest.param("パスワード：Aoba2025", id="colon"),
    pytest.param("パスワード: ａｏｂａ２０２５", id="full width"),
    pytest.param("【パスワード】Aoba2025", id="brackets"),
    pytest.param("パスワード\nAoba2025", id="on the next line"),
    pytest.param("パスワードは「Aoba2025」です。", id="in quotes"),
    pytest.param("解凍パスワード＝Aoba2025", id="for unpacking"),
    pytest.param("PW: Aoba2025", id="PW"),
    pytest.param("pass:aoba", id="four letters"),
    pytest.param("Password is Aoba#2025!", id="English"),
    pytest.param("The password for the file: Aoba2025", id="English, for the file"),
    pytest.param("暗証番号は 4412 です。", id="a PIN"),
    pytest.param("パスワードは20251124です。", id="a date"),
    pytest.param("パスワード：202511241", id="nine digits"),
]
NOT_TOLD = [
    pytest.param("よろしくお願いします。", id="nothing"),
    pytest.param("パスワードはお電話でお知らせします。", id="by telephone"),
    pytest.param("パスワードは別途お送りします。", id="separately"),
    pytest.param("パスワードは別メールにて", id="in another mail"),
    pytest.param("パスワードは 03-0000-1234 までお問い合わせください。", id="a telephone number"),
    pytest.param("パスワード：090-0000-1234", id="a mobile number"),
    pytest.param("パスワードは(03)0000-1234へ", id="number with brackets"),
    pytest.param("パスワードは +81-3-0000-1234 へ", id="number with country"),
    pytest.param("パスワードは https://pw.example.com/x でご覧ください。", id="behind a link"),
    pytest.param("パスワードは kato@office.example.jp へお尋ねください。", id="an address"),
    pytest.param("The password will be sent separately.", id="will be sent"),
    pytest.param("Password sent separately.", id="sent separately"),
    pytest.param("The file is password protected.", id="protected"),
    pytest.param("Your password has been changed.", id="has been"),
    pytest.param("We will tell you the password by phone.", id="by phone"),
    pytest.param("パスワード付きです。", id="with a password"),
    pytest.param("パスワードは貴社コード4桁です。", id="something both know"),
]


@pytest.mark.parametrize("body", TOLD)
def test_password_beside_the_file_it_opens_is_noticed(body: str) -> None:
    """Whoever gets both opens the file: asked about where there is such a file, and only there."""
    with desk() as one:
        found = [
            (one.word("password_beside_file", octets), one.word("protected_file", octets))
            for octets in (
                mail(body=body, files={"一覧.zip": PROTECTED_ZIP}),
                mail(body=body, files={"a.pdf": b"%PDF"}),
            )
        ]

    assert [(True, False), (False, False)] == found


@pytest.mark.parametrize("body", NOT_TOLD)
def test_password_told_another_way_is_no_slip(body: str) -> None:
    """A telephone number, a link, or the word alone opens nothing: the file leaves protected."""
    octets = mail(body=body, files={"一覧.zip": PROTECTED_ZIP})
    with desk() as one:
        assert (False, True) == (one.word("password_beside_file", octets), one.word("protected_file", octets))


def test_password_in_subject_or_history_is_noticed() -> None:
    """Whoever opens the mail reads all of it."""
    files = {"一覧.zip": PROTECTED_ZIP}
    with desk() as one:
        assert one.word("password_beside_file", mail(subject="PW: Aoba2025", files=files)) is True
        assert one.word("password_beside_file", mail(body="了解です。\n\n> パスワード：Aoba2025", files=files)) is True


@given(st.text(max_size=300))
def test_any_text_is_read_for_a_password(text: str) -> None:
    """Whatever a mail says, looking for a password ends with yes or no."""
    assert gives_password(text) in (True, False)
