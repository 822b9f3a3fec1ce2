"""The password panel of a protected mail on its page: who sees a password, and what can still be done about it."""

from __future__ import annotations

import html
from datetime import timedelta
from email import message_from_bytes, policy

import httpx2
import pytest

from mailguard.accounts.factors import Factor
from mailguard.accounts.people_administration import grant_role
from mailguard.i18n import CATALOGUES
from mailguard.model.audit import AuditAction
from mailguard.model.people import Role
from mailguard.model.protection import Channel
from tests.conformance.hold_parts import OFFICE, SATO, SENDER, A, B
from tests.conformance.mail_pages import MailPages, words_of
from tests.conformance.parcel_parts import WINDOW_MINUTES, MakeProtecting, ProtectingNode
from tests.conformance.web_office import WebOffice
from tests.fakes.next_hop import ScriptedNextHop

JA = CATALOGUES["ja"]
MAIL, TO_SENDER = Channel.SEPARATE_MAIL, Channel.TO_SENDER
OFFICER = "abe@office.example.jp"
WINDOW = timedelta(minutes=WINDOW_MINUTES + 1).total_seconds()


class Panel:
    """The pages, and a node whose mails leave protected; their passwords wait ten minutes in mails of their own."""

    def __init__(self, office: WebOffice, node: ProtectingNode, hop: ScriptedNextHop) -> None:
        self.pages = MailPages(office, node)
        self.node = node
        self.hop = hop

    async def press(self, client: httpx2.AsyncClient, queue_id: str, button: str, **fields: str) -> httpx2.Response:
        """The page that a button of the panel leads to."""
        return await self.pages.post(client, f"/mails/{queue_id}/passwords/{button}", **fields)

    async def password(self, queue_id: str) -> str:
        """The password of the mail's parcel."""
        (listed,) = await self.node.parcels(queue_id)
        found = await self.node.store.read(lambda reader: self.node.records.password(reader, listed.parcel.parcel_id))
        assert found is not None
        return found

    async def parcel(self, queue_id: str) -> str:
        """The id of the mail's parcel."""
        (listed,) = await self.node.parcels(queue_id)
        return listed.parcel.parcel_id

    def told(self, address: str, password: str) -> int:
        """How many mails with the password somebody got."""
        bodies = [
            message_from_bytes(one.content, policy=policy.default).get_body(("plain",))
            for one in self.hop.mails
            if address in one.addresses
        ]
        return sum(body is not None and password in body.get_content() for body in bodies)


@pytest.fixture
def panel(web_office: WebOffice, make_protecting: MakeProtecting, hop: ScriptedNextHop) -> Panel:
    """Where passwords go in mails of their own."""
    return Panel(web_office, make_protecting(hop.port, MAIL), hop)


async def test_password_is_shown_when_asked_for_and_that_is_on_record(panel: Panel) -> None:
    """I see the password once I ask, with how to read it out, and on no page before or after; who saw it is on record.
    The parcel of another mail of mine is not there under this one.
    """
    queue_id, other = await panel.node.sent(A), await panel.node.sent(B)
    client, password = await panel.pages.owner(), await panel.password(queue_id)
    before = await client.get(f"/mails/{queue_id}")
    shown = await panel.press(client, queue_id, "show", parcel=await panel.parcel(queue_id))
    after = await client.get(f"/mails/{queue_id}")
    crossed = await panel.press(client, queue_id, "show", parcel=await panel.parcel(other))
    (event,) = await panel.node.record(queue_id, AuditAction.PASSWORD_SHOWN)

    assert password in html.unescape(shown.text)
    assert JA["queue.page.password.care"] in words_of(shown)
    assert password not in html.unescape(before.text + after.text)
    assert (404, SENDER) == (crossed.status_code, event.actor.name)
    assert not await panel.node.record(other, AuditAction.PASSWORD_SHOWN)


async def test_password_that_waits_is_told_at_once_and_only_once(panel: Panel) -> None:
    """I need not wait for the window: the recipient gets the password now, and no second one afterwards."""
    queue_id = await panel.node.sent(A, B)
    client, password = await panel.pages.owner(), await panel.password(queue_id)
    first = await panel.press(client, queue_id, "release", position="0")
    await panel.node.look()
    now = [panel.told(one, password) for one in (A, B)]
    again = await panel.press(client, queue_id, "release", position="0")
    panel.node.clock.advance(WINDOW)
    await panel.node.look()

    assert JA["queue.page.done.password_released"] in words_of(first)
    assert JA["queue.page.done.late"] in words_of(again)
    assert ([1, 0], [1, 1]) == (now, [panel.told(one, password) for one in (A, B)])


async def test_password_stopped_in_time_is_never_told(panel: Panel) -> None:
    """The wrong person has the file: the password stays here, for ever, and the page does not say it was told."""
    queue_id = await panel.node.sent(A)
    client, password = await panel.pages.owner(), await panel.password(queue_id)
    parcel = await panel.parcel(queue_id)
    stopped = await panel.press(client, queue_id, "stop", position="0")
    again = await panel.press(client, queue_id, "stop", position="0")
    released = await panel.press(client, queue_id, "release", position="0")
    gone = await panel.press(client, queue_id, "show", parcel=parcel)
    panel.node.clock.advance(WINDOW)
    await panel.node.look()

    assert JA["queue.page.done.password_stopped"] in words_of(stopped)
    assert JA["queue.page.done.password_too_late"] not in words_of(again)
    assert all(JA["queue.page.done.late"] in words_of(one) for one in (again, released))
    assert (200, False) == (gone.status_code, password in html.unescape(gone.text))
    assert (0, ["stopped"]) == (panel.told(A, password), await panel.node.whereabouts(queue_id))


async def test_password_that_has_gone_is_not_called_stopped(panel: Panel) -> None:
    """Too late is said in so many words, with what to do."""
    queue_id = await panel.node.sent(A)
    panel.node.clock.advance(WINDOW)
    await panel.node.look()
    answer = await panel.press(await panel.pages.owner(), queue_id, "stop", position="0")

    assert JA["queue.page.done.password_too_late"] in words_of(answer)
    assert ["told"] == await panel.node.whereabouts(queue_id)


@pytest.mark.parametrize("channel", ["sms", "agreed", "pigeon", ""])
async def test_password_goes_another_way_or_stays_where_it_is(panel: Panel, channel: str) -> None:
    """A way that is none here changes nothing and says so; then I choose to tell it myself, and only I get it."""
    queue_id = await panel.node.sent(A)
    client, password = await panel.pages.owner(), await panel.password(queue_id)
    refused = await panel.press(client, queue_id, "reroute", position="0", channel=channel, phone="090-1234-5678")
    between = await panel.node.whereabouts(queue_id)
    changed = await panel.press(client, queue_id, "reroute", position="0", channel=TO_SENDER)
    panel.node.clock.advance(WINDOW)
    await panel.node.look()

    assert JA["queue.page.done.password_not_rerouted"] in words_of(refused)
    assert ["waiting"] == between
    assert JA["queue.page.done.password_rerouted"] in words_of(changed)
    assert (0, 1) == (panel.told(A, password), panel.told(SENDER, password))


async def test_officer_stops_a_password_and_sees_none(panel: Panel) -> None:
    """Who answers for the office can stop the password of somebody else's mail, and neither see, tell nor move it."""
    queue_id = await panel.node.sent(A)
    await panel.node.store.write(grant_role(OFFICE, OFFICER, Role.SECURITY_OFFICER, "", SATO))
    officer = await panel.pages.office.signed_in(OFFICER, (Factor.MAILBOX, Factor.TOTP))
    page = await officer.get(f"/mails/{queue_id}")
    parcel = await panel.parcel(queue_id)
    refused = [
        (await panel.press(officer, queue_id, button, position="0", parcel=parcel, channel=TO_SENDER)).status_code
        for button in ("show", "release", "reroute")
    ]
    stopped = await panel.press(officer, queue_id, "stop", position="0")

    assert f"/mails/{queue_id}/passwords/stop" in page.text
    assert f"/mails/{queue_id}/passwords/show" not in page.text
    assert [403] * 3 == refused
    assert JA["queue.page.done.password_stopped"] in words_of(stopped)
    assert not await panel.node.record(queue_id, AuditAction.PASSWORD_SHOWN)


async def test_password_mailed_to_the_sender_is_not_called_told(
    web_office: WebOffice, make_protecting: MakeProtecting, hop: ScriptedNextHop
) -> None:
    """The recipient knows nothing yet: panel and timeline say that I was sent the password and have to tell it."""
    panel = Panel(web_office, make_protecting(hop.port, TO_SENDER), hop)
    queue_id = await panel.node.sent(A)
    client, password = await panel.pages.owner(), await panel.password(queue_id)
    words = words_of(await client.get(f"/mails/{queue_id}"))

    assert (0, 1) == (panel.told(A, password), panel.told(SENDER, password))
    assert JA["queue.page.password.told.to_sender"] in words
    assert JA["queue.step.password_to_sender"] in words
    assert JA["queue.step.password_told"] not in words
