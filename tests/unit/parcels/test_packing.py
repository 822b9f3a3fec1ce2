"""What leaves in place of a mail with personal data: what is outside, what is inside, and what opens it."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from email.policy import SMTP

import pikepdf
import pytest

from mailguard.config import OfficeSettings, ProtectionSettings
from mailguard.mime.message import PARTS_MAX, Message
from mailguard.model.protection import Channel, Mode, Protection, Traits
from mailguard.model.verdict import Reason
from mailguard.transform import Mode as Showing
from mailguard.transform import NotPossible
from mailguard.transform.containers.zip_container import ZipItem, write_zip
from tests.system.opened import opened, parcels, readable, squeezed
from tests.unit.extract.made_documents import cell, xlsx
from tests.unit.parcels.packing_parts import BODY, SENDER, VALUES, A, B, Left, mail, packed, reader

HARMLESS = "資料をお送りします。ご確認ください。\n"
ROSTER = "氏名,電話\n長谷川 美咲,090-4127-0538\n".encode("cp932")
ROWS = (
    f'<row r="1">{cell("A1", "氏名")}{cell("B1", "電話")}</row>'
    f'<row r="2">{cell("A2", "長谷川 美咲")}{cell("B2", "090-4127-0538")}</row>'
)


def workbook() -> bytes:
    """A workbook with a person in it, and what Office wants of every package."""
    out = io.BytesIO(xlsx(ROWS))
    with zipfile.ZipFile(out, "a") as package:
        for name in {"[Content_Types].xml", "_rels/.rels"} - set(package.namelist()):
            package.writestr(name, "<x/>")
        package.writestr("filling", bytes(range(256)) * 40)
    return out.getvalue()


WORKBOOK = workbook()


def inside(left: Left, position: int | None = None) -> dict[str, bytes]:
    """What the parcel holds, opened by programs that are not ours."""
    ((name, parcel),) = parcels(left.octets(position))
    return opened(name, parcel, left.made.password)


def shown(left: Left) -> list[str]:
    """Values that can be read without the password."""
    text = readable(left.octets())
    return [one for one in VALUES if squeezed(one) in text]


def pdf() -> bytes:
    """A PDF without words of its own."""
    out = io.BytesIO()
    document = pikepdf.new()
    document.add_blank_page(page_size=(200, 200))
    document.save(out)
    return out.getvalue()


def test_text_with_data_goes_inside_whole_and_nothing_of_it_stays_outside() -> None:
    """My words are in the parcel, readable by double click; outside stands only who sends and how to open it."""
    (left,) = packed(mail(BODY, X_Note="長谷川 美咲", Thread_Topic="長谷川 美咲", Keywords="090-4127-0538"))
    files = inside(left)

    assert [] == shown(left)
    assert {"本文.html", "本文.txt"} == set(files)
    assert squeezed(BODY) in squeezed(files["本文.txt"].decode("utf-8-sig"))
    assert "田上弘" in readable(left.octets())
    assert "開き方" in readable(left.octets())


def test_text_without_data_stays_readable_with_the_notice_below() -> None:
    """Where only the list tells something, my reader sees my letter at once and the list protected beside it."""
    (left,) = packed(mail(HARMLESS, ("名簿.csv", ROSTER)))

    assert [] == shown(left)
    assert squeezed(HARMLESS) in readable(left.octets())
    assert {"名簿.csv": ROSTER} == inside(left)


def test_file_without_data_stays_beside_the_parcel_unless_all_are_wanted() -> None:
    """A form anybody may see is attached as it is; an office that wants everything inside gets that."""
    octets = mail(HARMLESS, ("名簿.csv", ROSTER), ("記入例.txt", "見本です。".encode()))
    (some,) = packed(octets)
    (every,) = packed(octets, settings=ProtectionSettings(attachments="all"))
    (by_rule,) = packed(octets, reader(wish=Protection(everything=True)))

    assert squeezed("見本です。") in readable(some.octets())
    assert ["名簿.csv"] == list(inside(some))
    assert ["名簿.csv", "記入例.txt"] == list(inside(every)) == list(inside(by_rule))
    assert squeezed("見本です。") not in readable(every.octets())


def test_subject_with_data_becomes_a_neutral_one_and_is_inside() -> None:
    """A name and number in my subject are replaced by the rule's words, and stand in the letter."""
    octets = mail(BODY, subject="長谷川 美咲 090-4127-0538 の件")
    (usual,) = packed(octets)
    (by_rule,) = packed(octets, reader(wish=Protection(subject=(("ja", "会員の方について"), ("en", "A member")))))
    letter = inside(by_rule)["本文.txt"].decode("utf-8-sig")

    assert [] == shown(usual)
    assert "会員の方について" == Message(by_rule.octets()).text_of("Subject")
    assert "長谷川 美咲 090-4127-0538 の件" in letter


def test_file_name_with_data_is_hidden_outside_and_kept_inside() -> None:
    """Nobody can list the archive and read a name; whoever opens it finds the file as I called it."""
    (left,) = packed(mail(HARMLESS, ("長谷川美咲_090-4127-0538.csv", ROSTER)))

    assert [] == shown(left)
    assert {"長谷川美咲_090-4127-0538.csv": ROSTER} == inside(left)
    assert left.made.manifest.is_names_hidden


def test_text_without_an_empty_line_before_it_is_protected_and_arrives() -> None:
    """An old program forgets the line between header and text: my reader finds the text in the parcel all the same."""
    octets = mail(BODY)
    (left,) = packed(octets.replace(b"\r\n\r\n", b"\r\n", 1))

    assert [] == shown(left)
    assert squeezed(BODY) in squeezed(inside(left)["本文.txt"].decode("utf-8-sig"))


def test_inner_parts_of_every_kind_leave_nothing_behind() -> None:
    """Calendar, forwarded mail, preamble, epilogue and a second text are inside or gone, not outside."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = SENDER, A, "転送します"
    message["References"] = "<0@office.example.jp>"
    message.set_content(BODY, cte="base64")
    message.add_attachment(f"BEGIN:VCALENDAR\r\nSUMMARY:{BODY[8:20]}\r\nEND:VCALENDAR", subtype="calendar")
    inner = EmailMessage(policy=SMTP)
    inner["Subject"] = "長谷川 美咲"
    inner.set_content(BODY)
    message.add_attachment(inner)
    octets = message.as_bytes()
    boundary = message.get_boundary() or ""
    octets = octets.replace(f"--{boundary}\r\n".encode(), f"090-4127-0538\r\n--{boundary}\r\n".encode(), 1)
    (left,) = packed(octets + "長谷川 美咲\r\n".encode())

    assert [] == shown(left)
    assert any(name.endswith(".eml") for name in inside(left))


@pytest.mark.parametrize(
    ("written", "leaves"),
    [
        ("Date: Thu, 26 Nov 2026 10:00:00 +0900 (090-4127-0538)", "Date: Thu, 26 Nov 2026 10:00:00 +0900"),
        ("Date: Thu, 26 Nov 2026 10:00:00 +0900 (JST)", "Date: Thu, 26 Nov 2026 10:00:00 +0900 (JST)"),
        ("Date: Thu, 26-Nov-2026 10:00:00 +0900", "Date: Thu, 26 Nov 2026 10:00:00 +0900"),
        ("Date: 090-4127-0538", ""),
        ('In-Reply-To: 090-4127-0538\'s message of "Thu" <2@office.example.jp>', "In-Reply-To: <2@office.example.jp>"),
        ("References: <2@x.example>\r\n <3@x.example>", "References: <2@x.example>\r\n <3@x.example>"),
        ("References: <2@x.example>\r\n 090-4127-0538 <3@x.example>", "References: <2@x.example>\r\n <3@x.example>"),
        ("References: 長谷川美咲", ""),
        ("In-Reply-To: 2@x.example", "In-Reply-To: 2@x.example"),
        ("In-Reply-To: 090-4127-0538", ""),
        ("Importance: High", "Importance: High"),
        ("Importance: 090-4127-0538", ""),
        ("Priority: urgent 090-4127-0538", "Priority: urgent"),
        ("X-Priority: 1 (Highest)", "X-Priority: 1 (Highest)"),
        ("X-Priority: 1 (長谷川 美咲)", "X-Priority: 1"),
        ('Auto-Submitted: auto-notified; owner-email="090-4127-0538"', "Auto-Submitted: auto-notified"),
    ],
)
def test_field_for_programs_leaves_without_words(written: str, leaves: str) -> None:
    """Dates, threads and priorities are what programs need of them; what else stands in their fields does not leave."""
    name = written.partition(":")[0]
    (left,) = packed(f"{written}\r\n".encode() + mail(BODY))
    head = left.octets().partition(b"\r\n\r\n")[0].decode() + "\r\n"

    assert [] == shown(left)
    assert f"{leaves}\r\n" in head if leaves else f"{name}:" not in head


@pytest.mark.parametrize(
    ("name", "octets", "mode"),
    [("名簿.xlsx", WORKBOOK, Mode.OFFICE), ("名簿.csv", ROSTER, Mode.ZIP)],
    ids=["office", "other"],
)
def test_single_file_gets_a_password_of_its_own_where_it_can(name: str, octets: bytes, mode: Mode) -> None:
    """A workbook alone needs no other program to be opened; a list in CSV goes into an archive."""
    (left,) = packed(mail(HARMLESS, (name, octets)))

    assert mode is left.made.manifest.mode
    assert {name: octets} == inside(left)
    assert [] == shown(left)


def test_archive_is_made_where_policy_sender_or_recipient_wants_one() -> None:
    """The office's setting, my choice, and a recipient who opens no PDF, each make an archive."""
    octets = mail(HARMLESS, ("名簿.xlsx", WORKBOOK))
    by_office = packed(octets, settings=ProtectionSettings(mode="zip"))
    by_sender = packed(octets, reader(wish=Protection(Mode.ZIP)))
    by_recipient = packed(mail(BODY, ("x.pdf", pdf())), reader(traits=Traits(opens_pdf=False)))

    assert [Mode.ZIP] * 3 == [one.made.manifest.mode for one in (*by_office, *by_sender, *by_recipient)]


def test_recipient_who_takes_no_archive_gets_another_mode_or_nobody_gets_anything() -> None:
    """A workbook reaches somebody who refuses archives; a letter does not, and then goes to nobody."""
    refusing = Traits(refuses_zip=True)
    (left,) = packed(mail(HARMLESS, ("名簿.xlsx", WORKBOOK)), reader(traits=refusing))

    assert Mode.OFFICE is left.made.manifest.mode
    with pytest.raises(NotPossible) as raised:
        packed(mail(BODY), reader(A), reader(B, 1, traits=refusing))
    assert Reason.NO_METHOD is raised.value.reason


def test_file_that_cannot_have_a_password_goes_into_an_archive() -> None:
    """A PDF that is broken inside is protected all the same."""
    broken = b"%PDF-1.4\nnothing that can be read\n" + "長谷川 美咲 090-4127-0538".encode()
    (left,) = packed(mail(HARMLESS, ("書類.pdf", broken)))

    assert Mode.ZIP is left.made.manifest.mode
    assert {"書類.pdf": broken} == inside(left)


def test_file_that_is_protected_already_is_not_wrapped_again() -> None:
    """An archive with a password of mine stays as it is beside the parcel."""
    own = io.BytesIO()
    write_zip(own, [ZipItem("a.csv", lambda: iter([ROSTER]), None)], "Correct-Horse-9")
    (left,) = packed(mail(BODY, ("先日の名簿.zip", own.getvalue())))
    files = dict(parcels(left.octets()))

    assert own.getvalue() == files["先日の名簿.zip"]
    assert 2 == len(files)


def test_file_whose_password_stands_in_the_mail_is_wrapped() -> None:
    """A password beside its file protects nothing, so both go inside."""
    own = io.BytesIO()
    write_zip(own, [ZipItem("a.csv", lambda: iter([ROSTER]), None)], "Aoba-0708x")
    (left,) = packed(mail("名簿です。\nパスワード：Aoba-0708x\n", ("名簿.zip", own.getvalue())))

    assert squeezed("Aoba-0708x") not in readable(left.octets())
    assert {"名簿.zip", "本文.html", "本文.txt"} == set(inside(left))


@pytest.mark.parametrize(
    ("words", "notes"),
    [("開くときは Himitsu2026 と入れてください。", ()), (HARMLESS, (("読んで.txt", b"Himitsu2026\r\n"),))],
    ids=["in passing", "in a note"],
)
def test_password_that_is_only_mentioned_protects_nothing(words: str, notes: tuple[tuple[str, bytes], ...]) -> None:
    """However the password stands in the mail, whoever gets it can open the file, so the file goes inside."""
    own = io.BytesIO()
    write_zip(own, [ZipItem("a.csv", lambda: iter([ROSTER]), None)], "Himitsu2026")
    (left,) = packed(mail(words, ("名簿.zip", own.getvalue()), *notes))

    assert "名簿.zip" in inside(left)


@pytest.mark.parametrize("number", ["090.4127.0538", "090(4127)0538", "+81-90-4127-0538", "０９０（４１２７）０５３８"])
def test_number_in_another_spelling_does_not_stay_outside(number: str) -> None:
    """What the list says is not left in my letter because I wrote it otherwise."""
    (left,) = packed(mail(f"{HARMLESS}{number}\n", ("名簿.csv", ROSTER)))

    assert squeezed(number) not in readable(left.octets())


def test_page_that_stays_outside_is_searched_as_it_is_written() -> None:
    """A number in a link or an attribute of my letter is not overlooked."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = SENDER, A, "資料の件"
    message.set_content(HARMLESS)
    message.add_alternative('<p data-x="09041270538"><a href="tel:+819041270538">電話</a></p>', subtype="html")
    message.add_attachment(ROSTER, maintype="text", subtype="csv", filename="名簿.csv")
    (left,) = packed(message.as_bytes())

    assert "9041270538" not in readable(left.octets())


def test_kept_file_has_a_header_block_of_our_own() -> None:
    """Nothing a program wrote beside a file's name leaves with it."""
    octets = mail(HARMLESS, ("名簿.csv", ROSTER), ("記入例.txt", "見本です。".encode()))
    told = b'Content-ID: <09041270538@x>\r\nX-Note: 090-4127-0538\r\nContent-Disposition: attachment; x="090-4127-0538"'
    octets = octets.replace(b"Content-Disposition: attachment", told)
    (left,) = packed(octets)

    assert [] == shown(left)
    assert squeezed("見本です。") in readable(left.octets())


@pytest.mark.parametrize(
    "part",
    [
        "Content-Type: text/plain; charset=09041270538\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nx",
        "Content-Type: application/x-09041270538\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nx",
        'Content-Type: multipart/related; boundary="c"\r\n\r\n--c\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n'
        "--c\r\nContent-Type: image/png\r\nContent-ID: <090-4127-0538@x>\r\n\r\nx\r\n--c--\r\n",
    ],
    ids=["charset", "type", "picture"],
)
def test_part_whose_very_header_tells_something_goes_inside(part: str) -> None:
    """Where a number of the list stands in what a program calls another part, that part is not left outside."""
    octets = mail(HARMLESS, ("名簿.csv", ROSTER))
    boundary = Message(octets).root.parameters["boundary"]
    octets = octets.replace(f"--{boundary}--".encode(), f"--{boundary}\r\n{part}\r\n--{boundary}--".encode())
    (left,) = packed(octets)

    assert [] == shown(left)


def test_one_parcel_serves_all_unless_each_is_to_have_its_own() -> None:
    """Five readers share a password, or have five, as the office wants."""
    octets = mail(BODY, to=f"{A}, {B}")
    together = packed(octets, reader(A), reader(B, 1))
    each = packed(octets, reader(A), reader(B, 1), settings=ProtectionSettings(passwords="each"))

    assert [[0, 1]] == [sorted(one.made.heads) for one in together]
    assert [[0], [1]] == [sorted(one.made.heads) for one in each]
    assert 2 == len({one.made.password for one in each})


def test_agreed_password_is_used_for_its_partner_alone() -> None:
    """A partner with whom we agreed opens the parcel with that; the other one does not."""
    octets = mail(BODY, to=f"{A}, {B}")
    made = packed(octets, reader(A, traits=Traits(agreed=True), agreed="Kawa-no-hotori-7"), reader(B, 1))
    by_position = {min(one.made.heads): one.made for one in made}

    assert ("Kawa-no-hotori-7", (Channel.AGREED, "")) == (by_position[0].password, by_position[0].channels[0])
    assert by_position[0].is_agreed
    assert (Channel.TO_SENDER, "") == by_position[1].channels[1]
    assert "Kawa-no-hotori-7" != by_position[1].password


def test_letter_inside_names_no_recipient_who_is_hidden() -> None:
    """Outsiders who may not see each other do not see each other in the parcel, either."""
    octets = mail(BODY, to=f"{A}, {B}")
    made = packed(octets, reader(A, showing=Showing.HIDE), reader(B, 1, showing=Showing.HIDE))

    assert 2 == len(made)
    for left, own, other in zip(made, (A, B), (B, A), strict=True):
        words = "".join(one.decode("utf-8-sig", "replace") for one in inside(left).values())
        assert own in words
        assert other not in words
        assert other not in readable(left.octets())


def test_value_that_could_not_be_placed_makes_everything_go_inside() -> None:
    """A number written into a text file of another name is not trusted to stay outside."""
    octets = mail(HARMLESS, ("名簿.csv", ROSTER), ("連絡.txt", "090-4127-0538 まで".encode()))
    (left,) = packed(octets)

    assert [] == shown(left)


def test_mail_that_would_still_show_something_goes_to_nobody() -> None:
    """Where a recipient's own display name is the data of somebody else, nothing leaves and nothing is kept."""
    octets = mail(BODY, to=f'"090-4127-0538" <{A}>')
    with pytest.raises(NotPossible) as raised:
        packed(octets)

    assert Reason.STILL_READABLE is raised.value.reason


def test_mail_of_more_parts_than_are_read_goes_to_nobody() -> None:
    """Hundreds of files in one mail: none of them is lost on the way, a person decides what becomes of it."""
    octets = mail(HARMLESS, ("名簿.csv", ROSTER))
    boundary = Message(octets).root.parameters["boundary"].encode()
    files = b"".join(
        b'--%b\r\nContent-Type: text/plain; name="%d.txt"\r\n\r\nx\r\n' % (boundary, number)
        for number in range(PARTS_MAX)
    )
    with pytest.raises(NotPossible) as raised:
        packed(octets.replace(b"--%b--" % boundary, b"%b--%b--" % (files, boundary)), looks=False)

    assert Reason.NOT_PREPARED is raised.value.reason


def test_sender_in_the_list_is_no_reason_to_hold() -> None:
    """The sender's own name in the list of people stands in every From, and is no leak."""
    body = "参加者です。\n\n氏名：田上 弘\n電話：090-1111-2222\n氏名：長谷川 美咲\n電話：090-4127-0538\n"
    (left,) = packed(mail(body))

    assert [] == shown(left)


def test_manifest_says_what_is_inside_and_what_was_found() -> None:
    """Names, sizes, hashes and kinds of each file are on record, and how it was encrypted."""
    (left,) = packed(mail(BODY, ("名簿.csv", ROSTER)))
    items = {one.name: one for one in left.made.manifest.items}

    assert {"本文.html", "本文.txt", "名簿.csv"} == set(items)
    assert len(ROSTER) == items["名簿.csv"].size
    assert dict(items["名簿.csv"].findings)["phone_number"] == 1
    assert "AES" in str(left.made.manifest.method)


def test_english_office_writes_english_first() -> None:
    """Names inside and the notice follow the office's language."""
    (left,) = packed(mail(BODY), office=OfficeSettings(name="Aoba", language="en"))

    assert {"message.html", "message.txt"} == set(inside(left))


def test_zip_of_the_parcel_shows_only_names_that_tell_nothing() -> None:
    """What any program lists of the archive is what was meant to be seen."""
    (left,) = packed(mail(BODY, ("名簿.csv", ROSTER)))
    ((_, parcel),) = parcels(left.octets())
    names = zipfile.ZipFile(io.BytesIO(parcel)).namelist()

    assert {"本文.html", "本文.txt", "名簿.csv"} == set(names)
