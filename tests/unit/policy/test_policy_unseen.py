"""Slips in mails of other offices and programs than those the rules were made with: a clinic, a town, a builder."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from mailguard.extract import read
from mailguard.judging.flags import flags_of
from mailguard.mime.message import Message
from mailguard.model.knowledge import Knowledge
from mailguard.policy.directory import Directory, domains
from mailguard.policy.facts import Occasion, facts_of, situation_of

OFFICE = Directory(
    own=domains(["clinic.example.org"]),
    partners=domains(["hospital.example.or.jp"]),
    freemail=domains(["free.example.com"]),
)
SENDER = '"高峰 由紀子" <takamine@clinic.example.org>'
DOCTOR = '"鷹野 誠" <takano@hospital.example.or.jp>'
COLLEAGUE = '"有明 修" <ariake@clinic.example.org>'


def flags(
    body: str = "ご連絡です。",
    *,
    sender: str = SENDER,
    to: tuple[str, ...] = (DOCTOR,),
    cc: tuple[str, ...] = (),
    fields: str = "",
    kind: str = "text/plain; charset=utf-8",
    files: tuple[bytes, ...] = (),
    knowledge: Knowledge | None = None,
) -> list[str]:
    """The flags of one mail, made of octets as a mail program writes them."""
    text = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}\r\n".replace("\r\n", "\n")
    parts = [text.replace("\n", "\r\n").encode(), *files]
    copies = f"Cc: {', '.join(cc)}\r\n" if cc else ""
    head = f"From: {sender}\r\nTo: {', '.join(to)}\r\n{copies}Subject: a subject\r\n{fields}MIME-Version: 1.0\r\n"
    content = (
        b"Content-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\n" + b"\r\n--b1\r\n".join(parts) + b"\r\n--b1--\r\n"
        if files
        else parts[0]
    )
    message = Message(head.encode() + content)
    paths = tuple(box.address for field in message.all("To", "Cc") for box in field.mailboxes)
    occasion = Occasion("takamine@clinic.example.org", paths, datetime(2026, 9, 1, 1, tzinfo=UTC))
    situation = situation_of(message, read(message), occasion, OFFICE)
    return flags_of(facts_of(situation, knowledge or Knowledge(), OFFICE))


def file(
    name: str, octets: bytes = b"%PDF-1.4\n", *, kind: str = "application/pdf", shown: str = "attachment"
) -> bytes:
    """One part with a name."""
    head = (
        f'Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: {shown}; filename="{name}"'
    )
    return f"{head}\r\n\r\n".encode() + base64.encodebytes(octets).replace(b"\n", b"\r\n")


PROTECTED = b"PK\x03\x04\x14\x00\x01\x00" + bytes(40)
"""The head of a zip whose entry is encrypted (APPNOTE 4.4.4, bit 0)."""

FORGOTTEN = [
    pytest.param("日程表を別添のとおり送付いたします。", id="betten"),
    pytest.param("回答は別紙のとおりです。", id="besshi"),
    pytest.param("資料を添付してお送りいたします。", id="sent by attaching"),
    pytest.param("先ほどは添付漏れがあり失礼しました。改めて計画書を添付いたします。", id="second try"),
    pytest.param("The minutes are attached to this e-mail.", id="attached to this"),
    pytest.param("I\u2019ve attached the signed contract.", id="typographic apostrophe"),
    pytest.param("Attached you will find our offer.", id="attached you will find"),
    pytest.param("Enclosed is our offer.", id="enclosed"),
    pytest.param("Photos attached!\n\nMia", id="at the end of a line"),
    pytest.param("As discussed, I attach the draft.", id="I attach"),
    pytest.param("Thank you for the file you attached. For ours see the attachment.", id="theirs and ours"),
]
NOT_FORGOTTEN = [
    pytest.param("お送りいただいた添付ファイルが開けませんでした。再送をお願いいたします。", id="theirs does not open"),
    pytest.param("添付の資料が文字化けしておりました。", id="theirs is garbled"),
    pytest.param("本メールに添付ファイルはありません。", id="none is said"),
    pytest.param("容量が大きく添付できないため、下記に置きました。", id="too large"),
    pytest.param("添付できるファイルは10MBまでです。", id="a limit"),
    pytest.param("図面は後ほど別メールにて添付してお送りします。", id="in a later mail"),
    pytest.param("不審なメールの添付ファイルを開いたり、返信したりしないでください。", id="a warning"),
    pytest.param(
        "写真を貼り、住民票を添付して窓口にお持ちください。\n添付書類は次のとおりです。\n1 住民票", id="at a counter"
    ),
    pytest.param(
        "10月6日でお願いします。\n\n高峰\n\n本メールおよび添付ファイルは宛先の方のみを対象としています。", id="notice"
    ),
    pytest.param(
        "Monday then.\n\nThis message and any attachments are intended only for the addressee.", id="notice, en"
    ),
    pytest.param("添付忘れのご指摘ありがとうございました。", id="thanks for the hint"),
    pytest.param("添付が難しい場合は、郵送でも構いません。", id="hard to attach"),
    pytest.param("添付資料につきましては、明日お送りいたします。", id="tomorrow"),
    pytest.param("受信した添付ファイルにウイルスが検出されました。", id="one that came in"),
    pytest.param("Please send the form as an attachment.", id="asked for, en"),
    pytest.param("I could not open the attachment you sent.", id="theirs does not open, en"),
    pytest.param("Thank you for the report you attached.", id="thanks for theirs, en"),
    pytest.param("There was no attachment in your mail.", id="theirs is missing, en"),
    pytest.param("Our server refuses attachments over 10 MB.", id="a limit, en"),
    pytest.param("A condition is attached to the grant.", id="another thing, en"),
    pytest.param(
        "承知しました。\n\n----- 転送者: 総務課 日時: 2026/09/04 -----\n\n資料を添付します。", id="forwarded by Notes"
    ),
]


@pytest.mark.parametrize("body", FORGOTTEN)
def test_file_said_to_be_there_and_missing_is_noticed(body: str) -> None:
    """Whoever writes that a file is there and forgets it is asked, in the words of official letters and in English."""
    assert "missing_attachment" in flags(body)


@pytest.mark.parametrize("body", NOT_FORGOTTEN)
def test_file_of_others_or_other_mails_is_not_missed(body: str) -> None:
    """Nobody is asked about a file for a word about attachments that claims none."""
    assert "missing_attachment" not in flags(body)


def test_words_broken_over_flowed_lines_are_read_whole() -> None:
    """A soft line break in the middle of a word hides nothing (RFC 3676 §4)."""
    body = "見積書を添 \n付いたします。"

    assert "missing_attachment" in flags(body, kind="text/plain; charset=utf-8; format=flowed; delsp=yes")


def test_photograph_shown_inline_beside_the_text_is_a_file() -> None:
    """A telephone's photograph counts as the attachment it is spoken of as."""
    photograph = file("IMG_0412.HEIC", kind="image/heic", shown="inline")

    assert "missing_attachment" not in flags("患部の写真を添付します。", files=(photograph,))


TOLD = [
    pytest.param("zipのパスはsugi0101です。", id="pasu"),
    pytest.param("ファイルのパスワードは次のとおりです。\nKumo#552", id="as follows"),
    pytest.param("解凍用PW（Harbour88）", id="after kanji, in brackets"),
    pytest.param("解凍キーワード：Harbour88", id="keyword"),
    pytest.param("The password to open the file is Harbour88.", id="to open"),
    pytest.param("Password for the zip: Harbour88", id="for the zip"),
    pytest.param("Password - Harbour88", id="dash"),
]
NOT_TOLD = [
    pytest.param("パスワードはLINEでお送りします。", id="by a messenger"),
    pytest.param("パスワードはTeamsのチャットにてご連絡します。", id="by a messenger's chat"),
    pytest.param("パスワードはお電話で。\n\nMeeting ID: 812 3456 7890\nPasscode: 428115", id="of a web meeting"),
    pytest.param("パスワードは" + "次のとおりです" * 200, id="the same words over and over"),
    pytest.param("The password for this file is being sent separately.", id="separately"),
]


@pytest.mark.parametrize("body", TOLD)
def test_password_beside_its_file_is_noticed(body: str) -> None:
    """A password in the same mail is noticed however it is announced."""
    assert "password_with_archive" in flags(body, files=(file("d.zip", PROTECTED, kind="application/zip"),))


@pytest.mark.parametrize("body", NOT_TOLD)
def test_way_by_which_a_password_is_told_is_none(body: str) -> None:
    """The name of a messenger or the code of a web meeting is not taken for the file's password."""
    found = flags(body, files=(file("d.zip", PROTECTED, kind="application/zip"),))

    assert "password_with_archive" not in found
    assert "already_protected" in found


GREETING = "もみじ設備株式会社\n営業部 秋山様\n\n添付いたします。"
MADE_OUT = [
    pytest.param(GREETING, "御見積書 有限会社かえで商店 様.pdf", id="with a title"),
    pytest.param(GREETING, "注文書(かえで商店(株)宛).pdf", id="addressed"),
    pytest.param(GREETING, "請求書_かえで商店株式会社.pdf", id="a bill"),
    pytest.param(
        "秋山様\n添付いたします。", "見積_㈱かえで商店御中.pdf", id="the firm greeted by the display name alone"
    ),
]
ABOUT = [
    pytest.param("かえで電機株式会社_総合カタログ.pdf", id="a maker's catalogue"),
    pytest.param("【かえで電機㈱】保証書.pdf", id="a maker's guarantee"),
    pytest.param("訴状(対 かえで商店株式会社).pdf", id="the other party"),
    pytest.param("見積書（もみじ設備　㈱様）.pdf", id="the recipient, written otherwise"),
    pytest.param("工程表_森様邸.pdf", id="the owner of a house"),
]
FIRM = ('"もみじ設備 秋山" <akiyama@momiji.example.com>',)


@pytest.mark.parametrize(("body", "name"), MADE_OUT)
def test_file_made_out_to_another_firm_is_noticed(body: str, name: str) -> None:
    """A bill or an offer for somebody else is noticed by its name."""
    assert "attachment_other_company" in flags(body, to=FIRM, files=(file(name),))


@pytest.mark.parametrize("name", ABOUT)
def test_file_about_a_firm_is_not_made_out_to_it(name: str) -> None:
    """A firm that a paper is about, or by, is no wrong recipient."""
    assert "attachment_other_company" not in flags(GREETING, to=FIRM, files=(file(name),))


@pytest.mark.parametrize(("kind", "is_smime"), [("pkcs7-signature", True), ("pgp-signature", False)])
def test_signature_is_called_by_its_standard(kind: str, is_smime: bool) -> None:
    """S/MIME and OpenPGP signatures are told apart."""
    signature = file("signature", kind=f"application/{kind}")

    assert ("smime_signed" in flags("確認しました。", files=(signature,))) == is_smime


OWN_PRIVATE = [
    pytest.param(SENDER, "yukiko.takamine77@free.example.com", id="surname beside a given name, nothing shown"),
    pytest.param(
        '"事務長 高峰 由紀子" <jimucho@clinic.example.org>',
        '"高峰 由紀子" <y.t@free.example.com>',
        id="a title in front",
    ),
]
OTHERS_PRIVATE = [
    pytest.param("検診は10月20日です。", '"高峰 花子" <takamine.h@free.example.com>', id="another full name"),
    pytest.param("高峰秀子様\n\n検診のご案内です。", "takamine-h@free.example.com", id="greeted"),
]


@pytest.mark.parametrize(("sender", "to"), OWN_PRIVATE)
def test_own_private_mailbox_is_known_by_its_parts(sender: str, to: str) -> None:
    """Office mail on its way home is noticed by what stands in the address or the name."""
    assert "forward_to_private" in flags("続きは自宅で", sender=sender, to=(to,))


@pytest.mark.parametrize(("body", "to"), OTHERS_PRIVATE)
def test_namesake_of_the_sender_is_a_customer(body: str, to: str) -> None:
    """A customer who shares the sender's surname is not taken for the sender."""
    assert "forward_to_private" not in flags(body, to=(to,))


OTHER_SHOWN = [
    pytest.param('"連携室 (renkei@hospital.example.or.jp)"', id="in brackets"),
    pytest.param('"連携室[renkei@hospital.example.or.jp]"', id="in square brackets"),
    pytest.param('"renkei@hospital.example.or.jp"', id="alone"),
]
SAME_OR_NONE_SHOWN = [
    pytest.param('"佐藤@医療機器サービス"', id="name at a firm"),
    pytest.param('"みか@長野"', id="name at a place"),
    pytest.param('"@yamamoto_k"', id="a handle"),
    pytest.param("\"'Sato@Kiki.example.com'\"", id="quoted twice"),
    pytest.param('"ｓａｔｏ＠ｋｉｋｉ．ｅｘａｍｐｌｅ．ｃｏｍ"', id="full width"),
    pytest.param('"mailto:sato@kiki.example.com"', id="mailto"),
]


@pytest.mark.parametrize("shown", OTHER_SHOWN)
def test_name_that_shows_another_address_is_noticed(shown: str) -> None:
    """An address in the name is read wherever it stands there."""
    assert "display_name_mismatch" in flags(to=(f"{shown} <sato@kiki.example.com>",))


@pytest.mark.parametrize("shown", SAME_OR_NONE_SHOWN)
def test_name_that_shows_no_other_address_is_left_alone(shown: str) -> None:
    """Signing oneself ``name@shop`` shows no address, and the same address shows no other."""
    assert "display_name_mismatch" not in flags(to=(f"{shown} <sato@kiki.example.com>",))


FOR_COLLEAGUES = [
    pytest.param("有明先生\n\n業者さんにはまだ伏せておいてください。内々の話です。", id="greets the colleague"),
    pytest.param("有明さん\n鷹野先生には見せないように。内緒です。", id="speaks of the outsider below the greeting"),
    pytest.param("有明さん\n鷹野さんには言わないで", id="without a full stop"),
]
FOR_THE_OUTSIDER = [
    pytest.param("鷹野先生\n\nご家族にはまだ伝えないでください。", id="kept from the family"),
    pytest.param("有明先生、鷹野先生\n\n患者様には当面内密にお願いします。", id="greets both"),
    pytest.param("みなと病院 御中\n\n本資料は社外秘です。", id="greets the organisation"),
    pytest.param("お世話になっております。\n見積の内訳は社外秘でお願いいたします。", id="the opening for outsiders"),
    pytest.param("鷹野部長様\n\n第三者には見せないでください。", id="with a title"),
]


@pytest.mark.parametrize("body", FOR_COLLEAGUES)
def test_remark_to_a_colleague_before_an_outsider_is_noticed(body: str) -> None:
    """What is said to a colleague alone is noticed when an outsider reads it, even from the To line."""
    assert "reply_all_external" in flags(body, to=(DOCTOR,), cc=(COLLEAGUE,))


@pytest.mark.parametrize("body", FOR_THE_OUTSIDER)
def test_secret_shared_with_the_outsider_is_no_slip(body: str) -> None:
    """Whoever greets an outsider and asks for silence towards others has not answered all by mistake."""
    assert "reply_all_external" not in flags(body, to=(DOCTOR,), cc=(COLLEAGUE,))


def test_secret_shared_in_english_is_no_slip() -> None:
    """The same in an English mail."""
    body = "Dear Mr Stanhope,\n\nPlease do not share it with third parties."

    assert "reply_all_external" not in flags(body, to=('"Oliver Stanhope" <o@oak.example.com>',), cc=(COLLEAGUE,))


TANAKA = "tanaka@bus.example.com"
KNOWN_TANAKA = "tanaka@travel.example.com"
NAMESAKES = [
    pytest.param("田中 美咲", frozenset({"田中一郎"}), False, id="another given name"),
    pytest.param("田中 一郎", frozenset({"田中一郎"}), True, id="the same name"),
    pytest.param("大久保", frozenset({"もみじ設備大久保"}), True, id="a firm in front"),
    pytest.param("田中 美咲", frozenset(), True, id="name not known"),
]


@pytest.mark.parametrize(("shown", "known", "is_suspect"), NAMESAKES)
def test_same_local_part_elsewhere_counts_for_the_same_person(
    shown: str, known: frozenset[str], is_suspect: bool
) -> None:
    """Two people of one surname at two firms are not one person whose address was completed wrongly."""
    knowledge = Knowledge(same_local_part={TANAKA: (KNOWN_TANAKA,)}, names={KNOWN_TANAKA: known})

    assert ("autocomplete_suspect" in flags(to=(f'"{shown}" <{TANAKA}>',), knowledge=knowledge)) == is_suspect


def test_answer_to_the_address_that_wrote_is_not_completed_from_memory() -> None:
    """Somebody who moved and wrote from the new address is answered there."""
    knowledge = Knowledge(same_local_part={TANAKA: (KNOWN_TANAKA,)})
    body = f"承知しました。\n\n2026年9月8日(火) 8:30 田中 <{TANAKA}>:\n> このたび転任しました。"
    answer = "In-Reply-To: <1@bus.example.com>\r\n"

    assert "autocomplete_suspect" in flags(to=(TANAKA,), knowledge=knowledge)
    assert "autocomplete_suspect" not in flags(body, to=(TANAKA,), fields=answer, knowledge=knowledge)
