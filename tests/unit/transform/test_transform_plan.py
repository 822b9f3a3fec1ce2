"""What goes into a parcel and what may stay outside."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

from mailguard.mime.message import Message, Part
from mailguard.transform.plan import Places, plan_for


def message(*files: tuple[str, bytes], page: str = "", picture: bytes = b"") -> Message:
    """A mail with a text, perhaps a page with a picture, and files."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["Subject"] = "a@office.example.jp", "x"
    mail.set_content("words")
    if page:
        mail.add_alternative(page, subtype="html")
        if picture:
            mail.get_payload()[1].add_related(picture, "image", "png", cid="<p@x>")  # type: ignore[index, union-attr]
    for name, octets in files:
        mail.add_attachment(octets, maintype="application", subtype="octet-stream", filename=name)
    return Message(mail.as_bytes())


def names(parts: tuple[Part, ...]) -> list[str]:
    """What the files are called."""
    return [part.name for part in parts]


def found(*places: str, **more: frozenset[str]) -> Places:
    """Where something was found."""
    return Places(frozenset(places), **more)


def test_file_goes_in_where_something_was_found_or_nobody_could_look() -> None:
    """What has data in it, at any depth, and what could not be looked into; the rest stays."""
    mail = message(("a.zip", b"1"), ("b.png", b"2"), ("c.txt", b"3"))
    plan = plan_for(mail, found("attachment:a.zip!x.csv", unseen=frozenset({"attachment:b.png"})))

    assert ["a.zip", "b.png"] == names(plan.packed)
    assert ["c.txt"] == names(plan.kept)
    assert not plan.is_text_packed


def test_text_goes_in_as_a_whole_with_its_pictures() -> None:
    """Every alternative and every picture of the page."""
    mail = message(page="<p>words<img src='cid:p@x'></p>", picture=b"\x89PNG")
    plan = plan_for(mail, found("body"))

    assert plan.is_text_packed
    assert ["text/plain", "text/html"] == [part.content_type for part in plan.text]
    assert ["image/png"] == [part.content_type for part in plan.pictures]


def test_file_with_a_password_stays_where_nothing_is_known_of_it() -> None:
    """It is protected already; where it was opened with the mail's own password, it goes in."""
    mail = message(("a.zip", b"1"))
    kept = plan_for(mail, found("body", locked=frozenset({"attachment:a.zip"})), everything=True)
    packed = plan_for(mail, found("attachment:a.zip!x", locked=frozenset({"attachment:a.zip"})))

    assert ["a.zip"] == names(kept.kept)
    assert ["a.zip"] == names(packed.packed)


def test_finding_in_a_file_that_is_no_part_here_packs_everything() -> None:
    """A file written into the text is the text's; in doubt, all of it goes in."""
    plan = plan_for(message(("c.txt", b"3")), found("attachment:uuencoded.csv"))

    assert plan.is_everything
    assert plan.is_text_packed
    assert ["c.txt"] == names(plan.packed)


def test_part_without_a_name_goes_in() -> None:
    """What nobody can name cannot be found clean, either."""
    mail = message()
    octets = mail.octets.replace(
        b"Content-Type: text/plain",
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain',
        1,
    )
    octets += b"\r\n--b\r\nContent-Type: application/octet-stream\r\n\r\nabc\r\n--b--\r\n"
    plan = plan_for(Message(octets), found("body"))

    assert [""] == names(plan.packed)


def test_finding_in_the_subject_makes_it_neutral() -> None:
    """My own subject is lost to nobody: it stands in the letter inside."""
    plan = plan_for(message(("a.txt", b"1")), found("subject"))

    assert plan.is_subject_neutral
    assert plan.is_text_packed
    assert ["a.txt"] == names(plan.kept)


def test_name_that_tells_hides_all_names() -> None:
    """One telling name, and the archive shows none."""
    mail = message(("山田太郎.csv", b"1"), ("b.csv", b"2"))
    place = "attachment:山田太郎.csv"
    plan = plan_for(mail, found(place, "attachment:b.csv", names=frozenset({place})))

    assert plan.are_names_hidden
