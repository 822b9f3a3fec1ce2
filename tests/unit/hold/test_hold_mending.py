"""What may be changed about a held mail, and what is refused, before anything is judged or written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from email.utils import getaddresses

import pytest

from mailguard.errors import StaleState
from mailguard.hold import Recipients, Wish
from mailguard.hold.mending import Mend, Mended, Note, NotMendable, Refusal, prepare, typed_address
from mailguard.model.address import domain_of
from mailguard.model.envelope import Envelope, ForwardPath, Notify, Session
from mailguard.model.protection import Protection
from mailguard.model.queue import Recipient, RecipientKey, State, Submission
from mailguard.spool import Mail
from mailguard.spool.reports import LISTENER

AT = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
OWN = "office.example.jp"
A, B, C = "ando@one.example.com", "baba@two.example.net", "chiba@three.example.org"
INSIDE = f"soumu@{OWN}"
OCTETS = (
    f"From: t@{OWN}\r\nTo: {A}, Baba <{B}>\r\nCc: {INSIDE}\r\nSubject: hello\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n'
    '--x\r\nContent-Type: application/pdf; name="a.pdf"\r\n\r\n%PDF-\r\n--x--\r\n'
).encode()
SIGNED = OCTETS.replace(b"multipart/mixed", b"multipart/signed")
INVITED = OCTETS.replace(b'application/pdf; name="a.pdf"', b"text/calendar; method=REQUEST")


def is_outside(address: str) -> bool:
    return domain_of(address) != OWN


def mail(*addresses: str, states: tuple[State, ...] = (), smtputf8: bool = False, listener: str = "lan") -> Mail:
    """A mail to these, all held unless said otherwise."""
    everybody = addresses or (A, B, INSIDE)
    standing = dict(enumerate(states))
    recipients = tuple(
        Recipient(
            RecipientKey("Q", at), ForwardPath(address), standing.get(at, State.HELD), 1, None, None, None, None, None,
            1, 0, 0, None, False, AT,
        )
        for at, address in enumerate(everybody)
    )  # fmt: skip
    session = Session("" if listener == LISTENER else "192.0.2.7", "pc.example.jp", listener, f"t@{OWN}", AT)
    envelope = Envelope(f"t@{OWN}", tuple(one.path for one in recipients), smtputf8=smtputf8)
    withdrawn = frozenset(at for at, state in standing.items() if state is State.CANCELLED)
    return Mail(Submission("Q", AT, envelope, session, "CONTENT", len(OCTETS), withdrawn=withdrawn), recipients)


def mended(mend: Mend, whose: Mail | None = None, octets: bytes = OCTETS) -> Mended:
    return prepare(whose or mail(), mend, octets, is_outside)


def shown(octets: bytes | None) -> list[str]:
    """Whom the header shows."""
    assert octets is not None
    message = message_from_bytes(octets, policy=default)
    texts = [str(value) for name in ("To", "Cc", "Bcc") for value in message.get_all(name, [])]
    return [address for _, address in getaddresses(texts) if address]


def test_removed_recipient_leaves_envelope_and_header() -> None:
    """Whom I take off gets nothing and is shown to nobody."""
    made = mended(Mend(remove=frozenset({1})))

    assert ((1,), ()) == (made.removed, made.added)
    assert [A, INSIDE] == shown(made.octets)


def test_removed_recipient_that_stands_twice_goes_as_one() -> None:
    """The same address twice in the envelope is one to the person who takes it off."""
    assert (1, 3) == mended(Mend(remove=frozenset({1})), mail(A, B, INSIDE, B.upper())).removed


def test_removed_recipient_that_already_has_the_mail_stays_shown() -> None:
    """Whoever got the mail by another path is not hidden from those who still get it."""
    whose = mail(A, B, INSIDE, B, states=(State.HELD, State.HELD, State.HELD, State.DELIVERED))
    made = mended(Mend(remove=frozenset({1})), whose)

    assert ((1,), None) == (made.removed, made.octets)


def test_corrected_recipient_is_another_one() -> None:
    """The wrong address is taken back, the right one comes in its place, with the sender's wishes about reports."""
    whose = mail()
    wanted = ForwardPath(B, frozenset({Notify.NEVER}), "rfc822;x")
    changed = replace(whose.recipients[1], path=wanted)
    made = mended(Mend(correct={1: " sato＠two．example．net "}), replace(whose, recipients=(
        whose.recipients[0], changed, whose.recipients[2])))  # fmt: skip

    assert ((1,), (ForwardPath("sato@two.example.net", frozenset({Notify.NEVER})),)) == (made.corrected, made.added)
    assert [A, "sato@two.example.net", INSIDE] == shown(made.octets)


def test_correction_to_somebody_who_is_there_only_takes_back() -> None:
    """Correcting to another recipient of the mail sends it to them once."""
    made = mended(Mend(correct={1: A.upper()}))

    assert ((1,), ()) == (made.corrected, made.added)
    assert [A, INSIDE] == shown(made.octets)


def test_correction_to_a_hidden_recipient_does_not_show_it() -> None:
    """Somebody in Bcc is not brought into To by correcting to their address."""
    made = mended(Mend(correct={1: C}), mail(A, B, INSIDE, C))

    assert () == made.added
    assert C not in shown(made.octets)


def test_two_corrections_to_one_address_add_it_once() -> None:
    """Two wrong addresses of one person become one recipient."""
    made = mended(Mend(correct={0: C, 1: C}))

    assert [C] == [one.address for one in made.added]
    assert [C, INSIDE] == shown(made.octets)


def test_recipient_moved_to_bcc_still_gets_the_mail() -> None:
    """Bcc hides from the others and takes nobody off."""
    made = mended(Mend(to_bcc=frozenset({1})))

    assert ((), ()) == (made.removed, made.added)
    assert [A, INSIDE] == shown(made.octets)


def test_all_outsiders_moved_to_bcc_leave_only_our_people_shown() -> None:
    """One button hides everybody outside, also who is only shown, and whom a correction brings."""
    octets = OCTETS.replace(b"Cc: ", f"Cc: {C}, ".encode())
    made = mended(Mend(outsiders_to_bcc=True, correct={1: "sato@two.example.net"}), octets=octets)

    assert [INSIDE] == shown(made.octets)
    assert ["sato@two.example.net"] == [one.address for one in made.added]


def test_dropped_file_and_new_subject_change_nothing_else() -> None:
    """File and subject go; the text is as it was."""
    made = mended(Mend(drop_files=frozenset({(1,)}), subject="新しい件名", seen="CONTENT"))
    assert made.octets is not None
    message = message_from_bytes(made.octets, policy=default)

    assert "新しい件名" == message["Subject"]
    assert ["hello"] == [part.get_content() for part in message.iter_parts()]
    assert (1, True) == (made.files, made.has_subject)


NAMED = OCTETS.replace(b"\r\nhello\r\n", f"\r\nDear {B}\r\n".encode())


def test_removed_address_in_the_text_is_told() -> None:
    """Where the text still names whom I took off, I am told."""
    assert {Note.STILL_NAMED} == mended(Mend(remove=frozenset({1})), octets=NAMED).notes
    assert set() == mended(Mend(remove=frozenset({1}))).notes


SEALS = [pytest.param(SIGNED, Refusal.SEALED, id="signed"), pytest.param(INVITED, Refusal.INVITATION, id="invitation")]
OF_OCTETS = [
    pytest.param(Mend(to_bcc=frozenset({1})), id="bcc"),
    pytest.param(Mend(outsiders_to_bcc=True), id="outsiders"),
    pytest.param(Mend(subject="y"), id="subject"),
    pytest.param(Mend(drop_files=frozenset({(1,)}), seen="CONTENT"), id="file"),
    pytest.param(Mend(correct={1: C}), id="correction of somebody shown"),
    pytest.param(Mend(wish=Wish(Recipients.INDIVIDUAL)), id="individually"),
    pytest.param(Mend(wish=Wish(protects=True)), id="protection"),
]


@pytest.mark.parametrize(("octets", "why"), SEALS)
@pytest.mark.parametrize("mend", OF_OCTETS)
def test_sealed_mail_refuses_what_would_change_it(octets: bytes, why: Refusal, mend: Mend) -> None:
    """A signature is never broken, and an invitation never edited."""
    with pytest.raises(NotMendable) as refused:
        mended(mend, octets=octets)

    assert why is refused.value.why


@pytest.mark.parametrize(("octets", "why"), SEALS)
def test_recipient_of_sealed_mail_is_taken_off_the_envelope(octets: bytes, why: Refusal) -> None:
    """The wrong recipient of a signed mail does not get it; the header stays, and I am told that it names them."""
    made = mended(Mend(remove=frozenset({1})), octets=octets)

    assert (None, (1,), frozenset({Note.STILL_NAMED})) == (made.octets, made.removed, made.notes)


REFUSED = [
    pytest.param(Mend(), Refusal.NOTHING, id="nothing"),
    pytest.param(Mend(subject="hello"), Refusal.NOTHING, id="same subject"),
    pytest.param(Mend(correct={1: B.upper()}), Refusal.NOTHING, id="same address"),
    pytest.param(Mend(remove=frozenset({0, 1, 2})), Refusal.NOBODY_LEFT, id="everybody"),
    pytest.param(Mend(remove=frozenset({1}), correct={1: C}), Refusal.CONTRADICTION, id="both"),
    pytest.param(Mend(remove=frozenset({1}), to_bcc=frozenset({1})), Refusal.CONTRADICTION, id="gone and in Bcc"),
    pytest.param(Mend(remove=frozenset({9})), Refusal.NO_SUCH_RECIPIENT, id="no such recipient"),
    pytest.param(Mend(correct={1: "nobody"}), Refusal.BAD_ADDRESS, id="no address"),
    pytest.param(Mend(subject="a\r\nBcc: x@example.com"), Refusal.BAD_SUBJECT, id="two lines"),
    pytest.param(Mend(subject="x" * 501), Refusal.BAD_SUBJECT, id="a text"),
    pytest.param(Mend(drop_files=frozenset({(0,)}), seen="CONTENT"), Refusal.NO_SUCH_FILE, id="the text"),
    pytest.param(Mend(drop_files=frozenset({(7,)}), seen="CONTENT"), Refusal.NO_SUCH_FILE, id="no such file"),
    pytest.param(Mend(drop_files=frozenset({()}), seen="CONTENT"), Refusal.NO_SUCH_FILE, id="the mail"),
    pytest.param(Mend(wish=Wish(protection=Protection(phone="09012345678"))), Refusal.TELEPHONE, id="telephone"),
]


@pytest.mark.parametrize(("mend", "why"), REFUSED)
def test_edit_that_makes_no_sense_is_refused_with_words(mend: Mend, why: Refusal) -> None:
    """What cannot be done is refused with a reason of its own."""
    with pytest.raises(NotMendable) as refused:
        mended(mend)

    assert why is refused.value.why


def test_password_mail_is_not_edited() -> None:
    """Mail the relay wrote itself is sent or stopped, never changed."""
    with pytest.raises(NotMendable, match="own_mail"):
        mended(Mend(subject="y"), mail(listener=LISTENER))


STALE = [
    pytest.param(Mend(subject="y", seen="OTHER"), (), id="edited since"),
    pytest.param(Mend(drop_files=frozenset({(1,)})), (), id="files of a content nobody named"),
    pytest.param(Mend(remove=frozenset({0})), (State.DELIVERED,), id="has left"),
    pytest.param(Mend(remove=frozenset({0})), (State.CANCELLED,), id="taken back"),
    pytest.param(Mend(subject="y"), (State.CLEARED,), id="being made ready"),
    pytest.param(Mend(subject="y"), (State.ACCEPTED,), id="being looked at"),
]


@pytest.mark.parametrize(("mend", "states"), STALE)
def test_edit_of_something_else_than_was_seen_is_stale(mend: Mend, states: tuple[State, ...]) -> None:
    """An edit never does to a mail what was meant for the mail as it was before."""
    with pytest.raises(StaleState):
        mended(mend, mail(states=states))


TYPED = [
    pytest.param("Sato@Example.JP", "Sato@example.jp", id="case of the domain"),
    pytest.param("佐藤@example.jp", None, id="not ASCII before the at sign"),
    pytest.param("sato@例え.example.jp", "sato@xn--r8jz45g.example.jp", id="domain in Japanese"),
    pytest.param("sato＠example．jp", "sato@example.jp", id="full width"),
    pytest.param("<mailto:sato@example.jp>", "sato@example.jp", id="as copied"),
    pytest.param("a..b@docomo.example.jp", "a..b@docomo.example.jp", id="carrier"),
    pytest.param("sato@example.jp, b@example.jp", None, id="two"),
    pytest.param("sato@localhost", None, id="no domain of the net"),
    pytest.param("sato@[192.0.2.1]", None, id="literal"),
    pytest.param("", None, id="nothing"),
    pytest.param("<>", None, id="null"),
    pytest.param("x" * 400 + "@example.jp", None, id="too long"),
    pytest.param("sato@example.jp\r\nBcc: x@example.com", None, id="two lines"),
]


@pytest.mark.parametrize(("typed", "expected"), TYPED)
def test_typed_address_is_made_one_or_refused(typed: str, expected: str | None) -> None:
    """What people type is taken as they mean it, or refused, never guessed."""
    if expected is None:
        with pytest.raises(NotMendable):
            typed_address(typed, smtputf8=False)
    else:
        assert expected == typed_address(typed, smtputf8=False)


def test_foreign_local_part_is_taken_where_the_mail_can_carry_it() -> None:
    """A mail that came with SMTPUTF8 may go to such an address."""
    assert "佐藤@example.jp" == typed_address("佐藤@example.jp", smtputf8=True)
