"""A mail given back as a draft, on SQLite and on PostgreSQL: whole, to its owner, and to nobody else."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from mailguard.config import NoticeSettings
from mailguard.errors import ContentDestroyed, NotAllowed, UnknownMail
from mailguard.hold.returning import OVERHEAD_BYTES, Returned, Returning
from mailguard.i18n.times import JAPAN
from mailguard.mime.message import unstuffed
from mailguard.model.audit import AuditAction
from mailguard.model.queue import QueueId, State
from mailguard.spool import queries
from mailguard.store import Transaction
from mailguard.store.tables import submission
from tests.conformance.hold_parts import OFFICE, SATO, SENDER, WIRE, A, B, C, MakeNode, Node
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop

HELD, CANCELLED, DELIVERED = State.HELD, State.CANCELLED, State.DELIVERED
LIMIT = 30 * 1024 * 1024
SUBJECT = "四月分の見積書をお送りします。ご確認のほどよろしくお願いいたします。"


def returning(node: Node, *, limit: int = LIMIT, **notices: Any) -> Returning:
    return Returning(node.spool, OFFICE, NoticeSettings(**notices), limit, lambda: JAPAN)


async def give_back(node: Node, queue_id: QueueId, *, cancels: bool = False, **values: Any) -> Returned:
    return await returning(node, **values).give_back(queue_id, SATO, cancels=cancels)


def read(wire: bytes) -> EmailMessage:
    found = message_from_bytes(unstuffed(wire), policy=policy.SMTP)
    assert isinstance(found, EmailMessage)
    return found


def enclosed(wire: bytes) -> bytes:
    """The octets of the original, still in wire form, as they stand in our mail."""
    start = wire.index(b"X-Unsent: 1\r\n")
    boundary = wire[wire.index(b"boundary=") :].split(b'"')[1]
    return wire[start : wire.index(b"\r\n--" + boundary + b"--")]


async def test_mail_comes_back_whole_to_its_owner_alone(make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """The draft is my mail as I sent it, in a mail that passes the relay and that no program answers."""
    node = make_node(hop.port)
    queue_id = await node.held(A)
    result = await give_back(node, queue_id)
    await node.look()
    (ours,) = hop.mails
    mail = read(ours.content)
    attachment = next(mail.iter_attachments())

    assert ("", (SENDER,)) == (ours.reverse_path, ours.addresses)
    assert ("auto-generated", "multipart/mixed") == (mail["Auto-Submitted"], mail.get_content_type())
    assert ("message/rfc822", "original.eml") == (attachment.get_content_type(), attachment.get_filename())
    assert WIRE == enclosed(ours.content).removeprefix(b"X-Unsent: 1\r\n")
    assert [HELD] == await node.states(queue_id)
    assert [DELIVERED] == await node.states(result.mail)
    words = mail.get_body(("plain",))
    assert words is not None
    assert all(one in words.get_content() for one in (queue_id, "下書き", "draft"))
    (event,) = await node.record(queue_id, AuditAction.RETURNED)
    assert {"mail": result.mail, "positions": []} == event.details


async def test_blind_recipients_come_back_with_the_mail(make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """Whom I had in Bcc stands in the draft again, each once; whoever stands in To does not move."""
    node = make_node(hop.port)
    queue_id = await node.held(A, B, C)
    await give_back(node, queue_id)
    await node.look()
    mail = next(read(one.content) for one in hop.mails if one.addresses == (SENDER,))
    draft = next(mail.iter_attachments()).get_content()

    assert [B, C] == [str(one.addr_spec) for one in draft["Bcc"].addresses]
    assert [A] == [str(one.addr_spec) for one in draft["To"].addresses]


async def test_what_is_held_is_cancelled_with_it(make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """Given back to be written anew, it does not leave as well; what has left is named."""
    node = make_node(hop.port)
    queue_id = await node.held(A, "soumu@office.example.jp")
    result = await give_back(node, queue_id, cancels=True)

    assert result.cancelled is not None
    assert ((0,), {1: DELIVERED}) == (result.cancelled.moved, result.cancelled.left)
    assert [CANCELLED, DELIVERED] == await node.states(queue_id)
    (event,) = await node.record(queue_id, AuditAction.RETURNED)
    assert [0] == event.details["positions"]


@pytest.mark.parametrize(("subject", "shown"), [("short", SUBJECT[:29] + "…"), ("none", "")])
async def test_subject_of_the_draft_is_as_short_as_the_office_wants(
    make_node: MakeNode, hop: ScriptedNextHop, subject: str, shown: str
) -> None:
    """Thirty characters of my subject, or none: our mail may be seen on a locked screen."""
    node = make_node(hop.port)
    wire = f"From: {SENDER}\r\nTo: {A}\r\nSubject: {SUBJECT}\r\n\r\nx\r\n".encode()
    await give_back(node, await node.held(A, wire=wire), subject=subject)
    await node.look()
    found = str(read(hop.mails[0].content)["Subject"])

    assert (True, False) == (found.startswith("【下書き】") and found.endswith(shown), SUBJECT in found)
    assert (SUBJECT[:10] in found) is (subject == "short")


async def test_large_mail_comes_back_octet_for_octet(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """Several frames, lines that begin with dots, octets beyond ASCII: nothing is lost on the way."""
    node = make_node(hop.port)
    line = "..点で始まる行 ".encode() + b"x" * 900 + b"\r\n"
    wire = WIRE + line * 3000
    queue_id = await node.held(A, wire=wire)
    result = await give_back(node, queue_id)
    sent = b"".join([frame async for frame in node.spool.stream_content(result.mail)])

    assert wire == enclosed(sent).removeprefix(b"X-Unsent: 1\r\n")
    assert len(wire) < len(sent) < len(wire) + OVERHEAD_BYTES


async def test_mail_that_would_be_too_large_is_not_given_back(make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """I am told at once; nothing is cancelled."""
    node = make_node(hop.port)
    queue_id = await node.held(A)

    with pytest.raises(NotAllowed):
        await give_back(node, queue_id, cancels=True, limit=OVERHEAD_BYTES)
    assert [HELD] == await node.states(queue_id)


async def _owned_by(node: Node, queue_id: QueueId, owner: str) -> None:
    def change(transaction: Transaction) -> None:
        transaction.execute(submission.update().values(owner=owner).where(submission.c.queue_id == queue_id))

    await node.store.write(change)


@pytest.mark.parametrize("owner", ["tanoue@customer.example.com", "tanoue@office.example.jp.example.com", ""])
async def test_mail_is_given_back_to_nobody_outside(make_node: MakeNode, hop: ScriptedNextHop, owner: str) -> None:
    """Whatever stands on record as its owner, content leaves the office this way never."""
    node = make_node(hop.port)
    queue_id = await node.held(A)
    await _owned_by(node, queue_id, owner)

    with pytest.raises(NotAllowed):
        await give_back(node, queue_id, cancels=True)
    await node.look()
    assert ([HELD], []) == (await node.states(queue_id), hop.mails)


async def test_mail_of_our_own_is_not_given_back(make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """A draft of a draft, or a mail with a password, is no draft."""
    node = make_node(hop.port)
    result = await give_back(node, await node.held(A))

    with pytest.raises(NotAllowed):
        await give_back(node, result.mail)


async def test_mail_whose_content_is_gone_is_not_given_back(make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """There is nothing left to give back, and none at all of a mail that never was."""
    node = make_node(hop.port)
    queue_id = await node.held(A)
    await node.store.write(lambda transaction: queries.destroy(transaction, [queue_id], 1))

    with pytest.raises(ContentDestroyed):
        await give_back(node, queue_id, cancels=True)
    with pytest.raises(UnknownMail):
        await give_back(node, "0000000000000000")
    assert [HELD] == await node.states(queue_id)
