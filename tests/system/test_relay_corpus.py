"""Ordinary mail through the real relay to a real Postfix: what arrives is what was sent, below one added line."""

from __future__ import annotations

import re
import smtplib
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.system.corpus import CorpusMail, corpus
from tests.system.postfix import Arrived, PostfixNextHop
from tests.system.relay import OWN_DOMAIN, MakeRelay, Relay, relay_settings
from tests.system.waiting import eventually

MAILS = corpus()
HELD_FIRST = [mail for mail in MAILS if any(not address.endswith(OWN_DOMAIN) for address in mail.recipients)][::3]


def submit(relay: Relay, mail: CorpusMail) -> None:
    """Hands one mail to the trusted listener, octet for octet (smtplib stuffs dots and adds the final one)."""
    with smtplib.SMTP("127.0.0.1", relay.port(), timeout=30) as client:
        refused = client.sendmail(mail.reverse_path, list(mail.recipients), mail.content)
    assert not refused


def without_relays_line(arrived: Arrived) -> bytes:
    """The mail below the one ``Received:`` of the relay; fails where the top line is anything else."""
    found = re.match(rb"Received: (?:[^\r\n]*\r\n[ \t])*[^\r\n]*\r\n", arrived.content)
    assert found is not None, arrived.content[:200]
    assert b"relay.example.jp" in found.group(), found.group()
    return arrived.content[found.end() :]


def without_bcc(content: bytes) -> bytes:
    """The mail without a ``Bcc:`` field its program left in, which nobody may get (RFC 5322 §3.6.3)."""
    head, empty, body = content.partition(b"\r\n\r\n")
    return re.sub(rb"(?mi)^Bcc:[^\n]*\n(?:[ \t][^\n]*\n)*", b"", head + b"\r\n")[:-2] + empty + body


def as_postfix_says(address: str) -> str:
    """Postfix quotes a local part that RFC 5321 does not allow bare; it is the same mailbox."""
    local, _, domain = address.rpartition("@")
    odd = ".." in local or local.endswith(".") or local.startswith(".")
    return f'"{local}"@{domain}' if odd else address


async def all_arrived(postfix: PostfixNextHop, copies: int) -> list[Arrived]:
    """Waits for that many copies; more than asked for come along, and the caller's count fails."""
    await eventually(lambda: len(postfix.arrived()) >= copies, f"{copies} copies at Postfix", seconds=120)
    return postfix.arrived()


def expect_whole(mails: list[CorpusMail], arrived: list[Arrived]) -> None:
    """Each recipient of each mail has one copy with the mail's octets and reverse-path, but for a forgotten Bcc."""
    expected = Counter(
        (mail.reverse_path, as_postfix_says(to), without_bcc(mail.content)) for mail in mails for to in mail.recipients
    )
    found = Counter((one.reverse_path, one.recipient, without_relays_line(one)) for one in arrived)
    assert expected == found


async def test_corpus_with_hold_at_zero_arrives_byte_identical(
    make_relay: MakeRelay, postfix_next_hop: PostfixNextHop
) -> None:
    """Every mail of the office arrives at the real server as its program wrote it, for each of its recipients."""
    relay = make_relay(postfix_next_hop.port)
    await relay.started()
    for mail in MAILS:
        submit(relay, mail)
    arrived = await all_arrived(postfix_next_hop, sum(len(mail.recipients) for mail in MAILS))

    expect_whole(MAILS, arrived)


async def test_corpus_held_and_released_arrives_byte_identical(
    make_relay: MakeRelay, postfix_next_hop: PostfixNextHop
) -> None:
    """A mail that was held and let go by hand arrives exactly as one that never waited."""
    relay = make_relay(postfix_next_hop.port, hold={"minutes": 60})
    await relay.started()
    for mail in HELD_FIRST:
        submit(relay, mail)
    external = {
        (mail.name, to)
        for mail in HELD_FIRST
        for to in mail.recipients
        if mail.reverse_path and not to.endswith("@" + OWN_DOMAIN)
    }
    await eventually(
        lambda: sum(row.state == "held" for row in relay.rows()) == len(external), f"{len(external)} held recipients"
    )
    arrived_early = {one.recipient for one in postfix_next_hop.arrived()}
    assert not {as_postfix_says(to) for _, to in external} & arrived_early

    for queue_id in {row.queue_id for row in relay.rows() if row.state == "held"}:
        released = relay.command("hold", "release", queue_id)
        assert released.returncode == 0, released.stderr
    arrived = await all_arrived(postfix_next_hop, sum(len(mail.recipients) for mail in HELD_FIRST))

    expect_whole(HELD_FIRST, arrived)


async def test_bcc_recipients_arrive_and_are_named_nowhere(
    make_relay: MakeRelay, postfix_next_hop: PostfixNextHop
) -> None:
    """Who stands only in the envelope gets the mail, and no copy shows the address to anybody else."""
    relay = make_relay(postfix_next_hop.port)
    await relay.started()
    mail = next(mail for mail in MAILS if "real-bcc" in mail.name)
    hidden = [to for to in mail.recipients if to.encode() not in mail.content]
    submit(relay, mail)
    arrived = await all_arrived(postfix_next_hop, len(mail.recipients))

    assert len(hidden) > 30
    assert set(hidden) <= {one.recipient for one in arrived}
    shown = {to for one in arrived for to in hidden if to.encode() in one.content}
    assert shown == set()


@pytest.fixture(scope="module")
def relay_to_postfix(tmp_path_factory: pytest.TempPathFactory, postfix_running: PostfixNextHop) -> Iterator[Relay]:
    """One running relay for the tables below: their rows only look at single mails."""
    directory = tmp_path_factory.mktemp("relay")
    relay = Relay(relay_settings(directory, postfix_running.port), directory)
    try:
        relay.start()
        yield relay
    finally:
        relay.close()


ODD_ADDRESSES = [
    '"quoted local"@customer.example.com',
    '"at@sign"@customer.example.com',
    "a..b@keitai.example.ne.jp",
    "ends.with.dot.@keitai.example.ne.jp",
    "-dash@customer.example.com",
    "per%cent@customer.example.com",
    "bang!path@customer.example.com",
    "plus+detail@customer.example.com",
    "UPPER.Case@Customer.Example.COM",
]


@pytest.mark.parametrize("address", ODD_ADDRESSES)
async def test_odd_local_part_is_served_as_written(
    relay_to_postfix: Relay, postfix_next_hop: PostfixNextHop, address: str
) -> None:
    """An address that only looks strange reaches its mailbox, spelled as the sender spelled it."""
    submit(relay_to_postfix, CorpusMail("odd", b"Subject: odd\r\n\r\ntext\r\n", f"tanoue@{OWN_DOMAIN}", (address,)))
    (arrived,) = await all_arrived(postfix_next_hop, 1)

    assert as_postfix_says(address) == arrived.recipient


BODIES = {
    "dots": b".\r\n..\r\n...\r\n.a\r\nend\r\n",
    "only_a_dot": b".\r\n",
    "empty": b"",
    "blank_lines_at_the_end": b"text\r\n\r\n\r\n",
    "eight_bit": "こんにちは。①髙﨑\r\n".encode("cp932"),
    "long_line": b"x" * 5000 + b"\r\n",
    "no_line_end": b"last line without an end",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_body_with_awkward_lines_arrives_byte_identical(
    relay_to_postfix: Relay, postfix_next_hop: PostfixNextHop, body: bytes
) -> None:
    """Dots, blank lines, eight bits and long lines come out as they went in."""
    content = b"Subject: awkward\r\n\r\n" + body
    submit(relay_to_postfix, CorpusMail("awkward", content, f"tanoue@{OWN_DOMAIN}", ("partner@customer.example.com",)))
    (arrived,) = await all_arrived(postfix_next_hop, 1)

    # RFC 5321 §4.1.1.4: the client's own <CRLF>.<CRLF> ends the last line where the mail did not.
    expected = content if content.endswith(b"\r\n") else content + b"\r\n"
    assert expected == without_relays_line(arrived)
