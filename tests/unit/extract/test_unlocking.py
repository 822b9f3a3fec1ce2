"""Files whose password stands in the same mail are opened with it; with another one, or none, they stay closed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest

from mailguard.extract.contents import contents_of
from mailguard.extract.dispatch import read_file
from mailguard.extract.walk import Limits, OverLimit, Walk
from mailguard.judging.reading import looked_at
from mailguard.mime.message import Message
from mailguard.model.contents import Contents, Obstacle
from mailguard.policy.rules import RuleSet
from tests.effort import effort
from tests.unit.extract.locked_files import (
    PASSWORD,
    TEXT,
    pdf_locked,
    seven_zip,
    workbook,
    xls_locked,
    zip_aes,
    zip_old,
)
from tests.unit.extract.made_documents import compound
from tests.unit.extract.test_extract_ole_documents import label, record, records
from tests.unit.judging.judging_parts import mail_to, occasion_to, shipped_rules

LOCKED = [
    pytest.param(zip_aes, "a.zip", id="zip, AES-256"),
    pytest.param(lambda password=PASSWORD: zip_aes(password, bits=128), "a.zip", id="zip, AES-128"),
    pytest.param(zip_old, "a.zip", id="zip, old cipher"),
    pytest.param(workbook, "a.xlsx", id="xlsx"),
    pytest.param(seven_zip, "a.7z", id="7z"),
    pytest.param(lambda password=PASSWORD: seven_zip(password, hides_names=True), "a.7z", id="7z, names hidden"),
    pytest.param(pdf_locked, "a.pdf", id="PDF"),
]
Made = Callable[..., bytes]


def opened(octets: bytes, name: str, *passwords: str, limits: Limits | None = None) -> Contents:
    """What a walk that knows these passwords reads."""
    walk = Walk(read_file, limits, passwords)
    with contextlib.suppress(OverLimit):  # the walk has recorded it
        walk.file(name, octets, f"attachment:{name}", 1)
    return walk.contents()


def shows(contents: Contents) -> bool:
    return any(TEXT in piece.text for piece in contents.pieces)


def is_closed(contents: Contents) -> bool:
    return Obstacle.ENCRYPTED in {one.why for one in contents.unreadable}


@pytest.mark.parametrize(("made", "name"), LOCKED)
def test_locked_file_is_opened_with_its_password(made: Made, name: str) -> None:
    """Whoever has the mail has the password: the file is read as if it had none."""
    contents = opened(made(), name, "wrong-1", PASSWORD)

    assert (True, False) == (shows(contents), is_closed(contents))


CLOSED = [pytest.param((), id="none"), pytest.param(("wrong-1", "", "長いパスワード" * 40), id="wrong ones")]


@pytest.mark.parametrize("passwords", CLOSED)
@pytest.mark.parametrize(("made", "name"), LOCKED)
def test_locked_file_stays_closed_without_its_password(made: Made, name: str, passwords: tuple[str, ...]) -> None:
    """Without the right password nothing is read, and the file is said to be encrypted."""
    contents = opened(made(), name, *passwords)

    assert (False, True) == (shows(contents), is_closed(contents))


def test_locked_file_with_a_japanese_password_is_opened() -> None:
    """A password may be written in Japanese."""
    assert shows(opened(zip_aes("合言葉はさくら"), "a.zip", "合言葉はさくら"))
    assert shows(opened(workbook("合言葉はさくら"), "a.xlsx", "合言葉はさくら"))


def test_zip_with_open_and_locked_files_gives_the_open_ones() -> None:
    """What is not encrypted is read without any password, beside what is."""
    octets = zip_aes(PASSWORD, ("open.txt", b"Shojiri Kenta"))
    closed, unlocked = opened(octets, "a.zip"), opened(octets, "a.zip", PASSWORD)

    assert any("Shojiri Kenta" in piece.text for piece in closed.pieces)
    assert (False, True) == (shows(closed), is_closed(closed))
    assert (True, False) == (shows(unlocked), is_closed(unlocked))
    assert any("Shojiri Kenta" in piece.text for piece in unlocked.pieces)


@pytest.mark.parametrize(("made", "name"), LOCKED)
def test_locked_file_that_is_damaged_stays_unread(made: Made, name: str) -> None:
    """A file that breaks on the way is said to be unreadable, and ends nothing."""
    whole = made()
    for cut in (len(whole) // 2, len(whole) - 20):
        contents = opened(whole[:cut], name, PASSWORD)

        assert contents.unreadable or shows(contents)


def test_locked_bomb_stays_within_the_limits() -> None:
    """A password opens no way round the limits of size."""
    octets = zip_aes(PASSWORD)
    walk = Walk(read_file, Limits(octets=5), (PASSWORD,))

    with pytest.raises(OverLimit):
        walk.file("a.zip", octets, "attachment:a.zip", 1)


# -- the password in the mail


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    """The rules that come along."""
    return shipped_rules()


WORDS = [
    pytest.param({"body": f"資料をお送りします。\n\nパスワード：{PASSWORD}\n"}, True, id="in the body"),
    pytest.param(
        {"body": "資料をお送りします。", "subject": f"資料（パスワード：{PASSWORD}）"}, True, id="in the subject"
    ),
    pytest.param({"body": "パスワード：Sora-5mXa\n"}, False, id="another one"),
    pytest.param({"body": "パスワードは別途お送りします。"}, False, id="sent apart"),
    pytest.param({"body": "資料をお送りします。"}, False, id="none"),
]


@pytest.mark.parametrize(("words", "expected"), WORDS)
def test_file_is_looked_into_where_the_mail_gives_its_password(
    rules: RuleSet, words: dict[str, str], expected: bool
) -> None:
    """A file is protected as long as its password does not stand beside it; then it is as open as the mail itself."""
    octets = mail_to(files=(("a.zip", zip_old()),), **words)
    inspection = looked_at(octets, occasion_to(), rules).inspection

    assert expected == (Obstacle.ENCRYPTED not in {one.why for one in inspection.unreadable})


@pytest.mark.parametrize(("made", "name"), LOCKED)
def test_every_kind_of_locked_file_is_looked_into_with_the_mails_password(
    rules: RuleSet, made: Made, name: str
) -> None:
    """Whatever program locked the file, the password in the mail opens it."""
    octets = mail_to(body=f"資料をお送りします。\n\nパスワード：{PASSWORD}\n", files=((name, made()),))

    assert () == looked_at(octets, occasion_to(), rules).inspection.unreadable


def test_eight_passwords_are_tried_at_most(rules: RuleSet) -> None:
    """A mail that gives a hundred passwords costs no more than eight; which of them are tried is told by the text."""
    lines = "\n".join(f"パスワード：Wrong-{number:03}a" for number in range(100))
    octets = mail_to(body=f"{lines}\nパスワード：{PASSWORD}\n", files=(("a.zip", zip_aes()),))
    inspection = looked_at(octets, occasion_to(), rules).inspection

    assert Obstacle.ENCRYPTED in {one.why for one in inspection.unreadable}


def test_password_is_found_among_seven_others(rules: RuleSet) -> None:
    """One right password among a few is tried."""
    lines = "\n".join(f"パスワード：Wrong-{number:03}a" for number in range(7))
    octets = mail_to(body=f"{lines}\nパスワード：{PASSWORD}\n", files=(("a.zip", zip_aes()),))

    assert () == looked_at(octets, occasion_to(), rules).inspection.unreadable


def test_two_locked_files_are_each_opened_with_its_own() -> None:
    """Two files with two passwords are both opened."""
    octets = mail_to(files=(("a.zip", zip_aes("first-1A")), ("b.xlsx", workbook("second-2B"))))
    contents = contents_of(Message(octets), None, ("second-2B", "first-1A"))

    assert {"attachment:a.zip!inner.txt", "attachment:b.xlsx"} <= {
        piece.where for piece in contents.pieces if TEXT in piece.text
    }


# -- passwords that programs know themselves


def test_workbook_that_excel_opens_without_asking_is_read() -> None:
    """Nobody is asked for the password that Excel itself knows, so the file is in clear."""
    contents = opened(workbook("VelvetSweatshop"), "a.xlsx")

    assert (True, False) == (shows(contents), is_closed(contents))


def old_workbook(password: str) -> bytes:
    """An .xls encrypted by RC4, of a few blocks."""
    cells = b"".join(label(row, 0, TEXT) for row in range(200))
    return compound({"Workbook": xls_locked(records(cells, before=record(0x2F, bytes(54))), password)})


def test_old_workbook_that_excel_opens_without_asking_is_read() -> None:
    """The same holds for workbooks up to 2003, in every block of them."""
    contents = opened(old_workbook("VelvetSweatshop"), "a.xls")

    assert not is_closed(contents)
    assert 200 == sum(piece.text.count(TEXT) for piece in contents.pieces)


def test_old_workbook_with_a_password_stays_closed_without_it() -> None:
    """Another password asks; the one in the mail opens it."""
    locked = old_workbook(PASSWORD)
    without, given = opened(locked, "a.xls", "wrong-1"), opened(locked, "a.xls", PASSWORD)

    assert ((False, True), (True, False)) == ((shows(without), is_closed(without)), (shows(given), is_closed(given)))


def test_workbook_that_asks_for_endless_hashing_stays_closed() -> None:
    """Rounds of hashing are up to the file; no more are done than Office writes."""
    locked = workbook("VelvetSweatshop")
    endless = locked.replace(b'spinCount="100000" saltSize="16"', b'spinCount="9999999" saltSize="8"')
    assert (True, len(locked)) == (locked != endless, len(endless))
    contents, seconds = effort(lambda: opened(endless, "a.xlsx"))

    assert is_closed(contents)
    assert seconds < 5
