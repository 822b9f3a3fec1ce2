"""Programs with a token: they do what their person may on the pages, and hear in a fixed form why not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailguard import hold
from mailguard.accounts.devices import Typed, put_device, set_disabled
from mailguard.accounts.people_administration import disable, revoke_role
from mailguard.config.settings import SourceSettings
from mailguard.hold.permission import MailAct
from mailguard.model.audit import AuditAction
from mailguard.model.people import Right, Role
from mailguard.model.queue import State
from mailguard.model.verdict import Needs
from mailguard.spool import Spool
from mailguard.store import Store
from tests.conformance.api_parts import (
    ADMINISTRATOR,
    COLLEAGUE,
    MANAGER,
    OFFICER,
    OWNER,
    SALES,
    SETUP,
    holds_for,
    program_of,
    staff,
    token_of,
)
from tests.conformance.hold_parts import NOWHERE, SATO, A, B, MakeNode
from tests.conformance.parcel_parts import MakeProtecting
from tests.conformance.web_office import WebOffice, web_settings
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop


async def test_request_without_a_token_that_counts_is_refused_alike(web_office: WebOffice) -> None:
    """A browser's cookie, no token and a wrong one are the same: nobody can be made to act by a link."""
    async with await web_office.signed_in(OWNER) as browser, web_office.client() as nobody:
        answers = [
            await browser.get("/api/v1/mails"),
            await nobody.get("/api/v1/mails"),
            await nobody.get("/api/v1/mails", headers={"authorization": "Bearer mgt_nothing"}),
            await nobody.get("/api/v1/mails", headers={"authorization": "Basic bWd0Xzp4"}),
            await browser.post("/api/v1/mails/x/send", json={}),
            await nobody.get("/api/v1/openapi.json"),
        ]

    assert {401} == {answer.status_code for answer in answers}
    assert {"token"} == {answer.json()["code"] for answer in answers}
    assert {"application/problem+json"} == {answer.headers["content-type"] for answer in answers}
    assert {"Bearer"} == {answer.headers["www-authenticate"] for answer in answers}


async def test_mail_of_somebody_else_is_not_there(web_office: WebOffice, make_node: MakeNode) -> None:
    """Whose it is not sees neither the mail nor that there is one."""
    queue_id = await make_node(NOWHERE).held(A)
    async with await program_of(web_office, OWNER) as own, await program_of(web_office, COLLEAGUE) as other:
        seen = await own.get(f"/mails/{queue_id}")
        foreign = [
            await other.get(f"/mails/{queue_id}"),
            await other.post(f"/mails/{queue_id}/cancel", json={}),
            await other.get("/mails/nothing"),
            await other.get("/mails/%00"),
        ]
        lists = [(await one.get("/mails", params={"box": "waiting"})).json()["mails"] for one in (own, other)]

    assert (200, A) == (seen.status_code, seen.json()["recipients"][0]["address"])
    assert {(404, "not_here")} == {(answer.status_code, answer.json()["code"]) for answer in foreign}
    assert [[queue_id], []] == [[row["queue_id"] for row in rows] for rows in lists]


async def test_mail_shows_no_word_of_its_text(web_office: WebOffice, make_node: MakeNode) -> None:
    """A program sees what is decided by, and not the text."""
    queue_id = await make_node(NOWHERE).held(A)
    async with await program_of(web_office, OWNER) as own:
        text = (await own.get(f"/mails/{queue_id}")).text

    assert "hello" not in text


async def test_release_done_twice_sends_once(web_office: WebOffice, make_node: MakeNode) -> None:
    """A program that lost the answer asks again, and hears that it was done."""
    node = make_node(NOWHERE)
    queue_id = await node.held(A)
    async with await program_of(web_office, OWNER) as own:
        judgement = (await own.get(f"/mails/{queue_id}")).json()["judgement"]
        answers = [await own.post(f"/mails/{queue_id}/send", json={"judgement": judgement}) for _ in range(2)]

    assert [[0], []] == [answer.json()["moved"] for answer in answers]
    assert {"0": "cleared"} == answers[1].json()["left"]
    assert 1 == len(await node.record(queue_id, AuditAction.RELEASED))
    assert web_office.hints


async def test_dangerous_release_without_an_answer_sends_nothing(web_office: WebOffice, make_node: MakeNode) -> None:
    """A program cannot go around the question a person must answer."""
    node = make_node(NOWHERE, judge=holds_for(Needs.SENDER))
    queue_id = await node.held(A)
    async with await program_of(web_office, OWNER) as own:
        mail = (await own.get(f"/mails/{queue_id}")).json()
        wanted = {"judgement": mail["judgement"]}
        silent = await own.post(f"/mails/{queue_id}/send", json=wanted)
        wrong = await own.post(f"/mails/{queue_id}/send", json={**wanted, "answers": {"typed": ["another"]}})
        states = await node.states(queue_id)
        right = await own.post(f"/mails/{queue_id}/send", json={**wanted, "answers": {"typed": ["customer"]}})

    assert (True, 1) == (mail["is_danger"], mail["questions"]["typed"])
    assert {(422, "not_answered")} == {(one.status_code, one.json()["code"]) for one in (silent, wrong)}
    assert [State.HELD] == states
    assert (200, [0]) == (right.status_code, right.json()["moved"])


async def test_release_of_a_mail_that_was_judged_anew_is_refused(web_office: WebOffice, make_node: MakeNode) -> None:
    """What is sent is what was looked at."""
    node = make_node(NOWHERE)
    queue_id = await node.held(A, B)
    async with await program_of(web_office, OWNER) as own:
        mended = await own.post(f"/mails/{queue_id}/mend", json={"remove": [1]})
        answer = await own.post(f"/mails/{queue_id}/send", json={"judgement": 1})

    assert (200, 2, [1]) == (mended.status_code, mended.json()["judgement"], mended.json()["removed"])
    assert (409, "stale") == (answer.status_code, answer.json()["code"])
    assert [State.HELD, State.CANCELLED] == await node.states(queue_id)


async def test_edit_as_a_preview_changes_nothing(web_office: WebOffice, make_node: MakeNode) -> None:
    """What an edit would mean can be asked first; one that cannot be made says why by a code."""
    node = make_node(NOWHERE)
    queue_id = await node.held(A, B)
    before = await node.record(queue_id)
    async with await program_of(web_office, OWNER) as own:
        path = f"/mails/{queue_id}/mend"
        preview = await own.post(path, params={"preview": True}, json={"remove": [1]})
        nobody = await own.post(path, json={"remove": [0, 1]})
        no_address = await own.post(path, json={"correct": {"0": "no address"}})

    assert (200, True) == (preview.status_code, preview.json()["is_preview"])
    assert "not_mendable.nobody_left" == nobody.json()["code"]
    assert "not_mendable.bad_address" == no_address.json()["code"]
    assert before == await node.record(queue_id)


async def test_mail_is_held_longer_cancelled_and_restored(web_office: WebOffice, make_node: MakeNode) -> None:
    """Time given, taken back, undone: as on the page."""
    node = make_node(NOWHERE)
    queue_id = await node.held(A)
    async with await program_of(web_office, OWNER) as own:
        longer = await own.post(f"/mails/{queue_id}/extend", json={"seconds": 600})
        stopped = await own.post(f"/mails/{queue_id}/extend", json={"seconds": None})
        deadline = (await own.get(f"/mails/{queue_id}")).json()["deadline"]
        cancelled = await own.post(f"/mails/{queue_id}/cancel", json={"reason": "wrong file"})
        restored = await own.post(f"/mails/{queue_id}/restore", json={})

    assert [[0]] * 4 == [one.json()["moved"] for one in (longer, stopped, cancelled, restored)]
    assert deadline["at"] is None
    assert [State.HELD] == await node.states(queue_id)


async def test_mail_is_scheduled_within_bounds(web_office: WebOffice, make_node: MakeNode) -> None:
    """A time that is over is refused, one to come is shown."""
    node = make_node(NOWHERE)
    queue_id = await node.held(A)
    now = web_office.clock.now()
    async with await program_of(web_office, OWNER) as own:
        path = f"/mails/{queue_id}/schedule"
        past = await own.post(path, json={"judgement": 1, "at": (now - timedelta(hours=1)).isoformat()})
        naive = await own.post(path, json={"judgement": 1, "at": "2030-01-01T10:00:00"})
        good = await own.post(path, json={"judgement": 1, "at": (now + timedelta(hours=1)).isoformat()})

    assert [403, 422, 200] == [one.status_code for one in (past, naive, good)]


async def test_mail_is_given_back_as_a_draft(web_office: WebOffice, make_node: MakeNode) -> None:
    """The original comes back to its owner, and is cancelled with it where that is asked for."""
    node = make_node(NOWHERE)
    queue_id = await node.held(A)
    async with await program_of(web_office, OWNER) as own:
        answer = await own.post(f"/mails/{queue_id}/return-draft", json={"cancels": True})

    assert (200, [0]) == (answer.status_code, answer.json()["cancelled"]["moved"])
    assert [State.CANCELLED] == await node.states(queue_id)


async def test_approval_by_a_token_needs_the_right_by_name(web_office: WebOffice, make_node: MakeNode) -> None:
    """The manager's program approves only where its token says so, and answers what the manager would be asked."""
    await staff(web_office)
    node = make_node(NOWHERE, judge=holds_for(Needs.APPROVER))
    queue_id = await node.held(A)
    async with await program_of(web_office, MANAGER) as plain:
        unseen = await plain.get(f"/mails/{queue_id}")
    async with await program_of(web_office, MANAGER, Right.APPROVE) as approver:
        seen = (await approver.get(f"/mails/{queue_id}")).json()
        no = await approver.post(f"/mails/{queue_id}/disapprove", json={"judgement": 1, "note": "the wrong price"})
        silent = await approver.post(f"/mails/{queue_id}/approve", json={"judgement": 1})
        answered = {"judgement": 1, "answers": {"typed": ["customer"]}}
        yes = await approver.post(f"/mails/{queue_id}/approve", json=answered)
    async with await program_of(web_office, OWNER, Right.APPROVE) as own:
        mine = await own.post(f"/mails/{queue_id}/approve", json={"judgement": 1})

    assert 404 == unseen.status_code
    assert MailAct.APPROVE.value in seen["acts"]
    assert (422, "not_answered", 1) == (
        silent.status_code, silent.json()["code"], silent.json()["questions"]["typed"],
    )  # fmt: skip
    assert (200, 0) == (no.status_code, yes.json()["missing"])
    assert 403 == mine.status_code
    assert [State.CLEARED] == await node.states(queue_id)


async def test_mistake_opens_one_incident(web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """However often it is said, there is one incident, and what has not left is stopped."""
    node = make_node(hop.port)
    queue_id = await node.held(A)
    await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    async with await program_of(web_office, OWNER) as own:
        said = [(await own.post(f"/mails/{queue_id}/report-mistake")).json() for _ in range(2)]

    assert [True, False] == [one["is_new"] for one in said]
    assert 1 == len({one["incident"] for one in said})
    assert [State.CANCELLED] == await node.states(queue_id)


async def test_mistake_of_a_mail_that_was_not_sent_is_none(web_office: WebOffice, make_node: MakeNode) -> None:
    """A program that reports a mail that still waits is told so; the mail waits on, and no incident is opened."""
    node = make_node(NOWHERE)
    queue_id = await node.held(A)
    async with await program_of(web_office, OWNER) as own:
        said = await own.post(f"/mails/{queue_id}/report-mistake")

    assert (409, "not_sent") == (said.status_code, said.json()["code"])
    assert [State.HELD] == await node.states(queue_id)
    assert not await node.store.read(lambda reader: web_office.parts.incidents.of_mail(reader, queue_id))


async def test_password_is_shown_to_the_owner_alone(
    web_office: WebOffice, make_protecting: MakeProtecting, hop: ScriptedNextHop
) -> None:
    """Nobody else's program sees it, whatever rights it has; that it was seen is on record."""
    await staff(web_office)
    node = make_protecting(hop.port)
    queue_id = await node.sent(A)
    async with await program_of(web_office, OWNER) as own:
        listed = (await own.get(f"/mails/{queue_id}/parcels")).json()["parcels"][0]
        shown = await own.post(f"/mails/{queue_id}/parcels/{listed['parcel_id']}/show-password")
        unknown = await own.post(f"/mails/{queue_id}/parcels/nothing/show-password")
        stopped = await own.post(f"/mails/{queue_id}/passwords/stop", json={})
    async with await program_of(web_office, ADMINISTRATOR, *(Right.SEE_MAIL, Right.CANCEL)) as other:
        refused = await other.post(f"/mails/{queue_id}/parcels/{listed['parcel_id']}/show-password")

    assert shown.json()["password"]
    assert "password" not in listed
    assert (404, 403, 200) == (unknown.status_code, refused.status_code, stopped.status_code)
    assert 1 == len(await node.record(queue_id, AuditAction.PASSWORD_SHOWN))


@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("people", Right.MANAGE_PEOPLE),
        ("devices", Right.MANAGE_DEVICES),
        ("correspondents", Right.MANAGE_CORRESPONDENTS),
        ("policy", Right.SEE_POLICY),
        ("mails?whose=office", Right.SEE_MAIL),
    ],
)
async def test_office_is_seen_with_the_right_and_by_its_name(web_office: WebOffice, path: str, right: Right) -> None:
    """A token without the right gives nothing away, even an administrator's."""
    await staff(web_office)
    async with await program_of(web_office, ADMINISTRATOR) as plain:
        refused = await plain.get(f"/{path}")
    async with await program_of(web_office, ADMINISTRATOR, right) as able:
        given = await able.get(f"/{path}")

    assert (403, "right_missing", right.value) == (
        refused.status_code,
        refused.json()["code"],
        refused.json()["right"],
    )
    assert 200 == given.status_code


async def test_devices_are_those_of_the_settings_and_those_on_record(
    store: Store, spool: Spool, clock: StandingClock
) -> None:
    """A program that checks what may send without signing in hears of all of it, and of what is disabled."""
    of_settings = SourceSettings(
        name="kanri", networks=["192.0.2.8"], owner=OWNER, allowed_senders=["kanri@office.example.jp"]
    )
    office = WebOffice(store, spool, clock, web_settings(sources=[of_settings]))
    await staff(office)
    settings, sources = office.settings.office, office.settings.sources
    for name, network in (("scanner", "192.0.2.9"), ("old", "192.0.2.10")):
        typed = Typed(name, network, OWNER, "@office.example.jp")
        await store.write(put_device(settings, sources, typed, SETUP, is_new=True))
    await store.write(set_disabled("old", SETUP, is_disabled=True))
    async with await program_of(office, ADMINISTRATOR, Right.MANAGE_DEVICES) as program:
        told = (await program.get("/devices")).json()["devices"]
    office.close()

    shown = [(one["name"], one["networks"], one["is_in_settings"], one["is_disabled"]) for one in told]
    assert [
        ("kanri", ["192.0.2.8/32"], True, False),
        ("old", ["192.0.2.10/32"], False, True),
        ("scanner", ["192.0.2.9/32"], False, False),
    ] == shown


async def test_officer_sees_the_office_mail_of_the_own_department(web_office: WebOffice, make_node: MakeNode) -> None:
    """Rights of a department end at its border."""
    await staff(web_office)
    queue_id = await make_node(NOWHERE).held(A)
    async with await program_of(web_office, OFFICER, Right.SEE_MAIL) as officer:
        found = (await officer.get("/mails", params={"whose": "office", "box": "waiting"})).json()
        people = await officer.get("/people")

    assert [queue_id] == [row["queue_id"] for row in found["mails"]]
    assert 403 == people.status_code


async def test_role_taken_away_ends_what_its_tokens_may(web_office: WebOffice) -> None:
    """A token outlives no role, and no person."""
    await staff(web_office)
    office, store = web_office.settings.office, web_office.parts.store
    async with await program_of(web_office, OFFICER, Right.SEE_MAIL) as officer:
        before = await officer.get("/mails", params={"whose": "office"})
        await store.write(revoke_role(office, OFFICER, Role.DEPARTMENT_OFFICER, SALES, SETUP))
        after = await officer.get("/mails", params={"whose": "office"})
        own = await officer.get("/mails")
        await store.write(disable(office, OFFICER, SETUP))
        disabled = await officer.get("/mails")

    assert [200, 403, 200, 401] == [one.status_code for one in (before, after, own, disabled)]


async def test_administrator_operates_the_queue_and_sends_nobody_elses_mail(
    web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop
) -> None:
    """Who runs the system retries and gives up; what a sender is to send they do not."""
    await staff(web_office)
    node = make_node(NOWHERE)
    queue_id = await node.held(A)
    rights = (Right.SEE_MAIL, Right.OPERATE_QUEUE)
    async with await program_of(web_office, OWNER) as own:
        await own.post(f"/mails/{queue_id}/send", json={"judgement": 1})
        mine = await own.post(f"/mails/{queue_id}/retry", json={})
    await node.look()
    async with await program_of(web_office, ADMINISTRATOR, *rights) as administrator:
        retried = await administrator.post(f"/mails/{queue_id}/retry", json={"reason": "the server is back"})
        returned = await administrator.post(f"/mails/{queue_id}/bounce", json={})
        held = await node.held(B)
        sent = await administrator.post(f"/mails/{held}/send", json={"judgement": 1})

    assert [403, 200, 200, 403] == [one.status_code for one in (mine, retried, returned, sent)]
    assert [State.BOUNCED] == await node.states(queue_id)


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        pytest.param("send", {"judgement": 1, "sudo": True}, id="unknown"),
        pytest.param("send", {}, id="missing"),
        pytest.param("send", {"judgement": -1}, id="negative"),
        pytest.param("send", {"judgement": 1, "positions": []}, id="nobody"),
        pytest.param("send", {"judgement": 1, "positions": [7]}, id="no-recipient"),
        pytest.param("send", {"judgement": 1, "wish": {"phone": "secret"}}, id="phone"),
        pytest.param("cancel", {"reason": "x" * 1001}, id="long"),
        pytest.param("cancel", {"reason": "a\u0000b"}, id="nul"),
        pytest.param("extend", {"seconds": 0}, id="no-time"),
        pytest.param("extend", {"seconds": 10**12}, id="too-long"),
        pytest.param("mend", {"correct": {"x": "a@example.com"}}, id="key"),
    ],
)
async def test_request_that_is_not_as_described_changes_nothing(
    web_office: WebOffice, make_node: MakeNode, path: str, sent: dict[str, object]
) -> None:
    """Nothing is guessed: a typing error in a program does nothing, and what it sent is not repeated."""
    node = make_node(NOWHERE)
    queue_id = await node.held(A)
    before = await node.record(queue_id)
    async with await program_of(web_office, OWNER) as own:
        answer = await own.post(f"/mails/{queue_id}/{path}", json=sent)

    assert 422 == answer.status_code
    assert {"type", "title", "status", "code", "detail"} <= answer.json().keys()
    assert "secret" not in answer.text
    assert before == await node.record(queue_id)


async def test_list_goes_on_after_a_row(web_office: WebOffice, make_node: MakeNode) -> None:
    """Pages join without a mail lost or shown twice; a search finds by what is in the mail."""
    node = make_node(NOWHERE)
    made = [await node.held(address) for address in (A, B, A)]
    async with await program_of(web_office, OWNER) as own:
        first = (await own.get("/mails", params={"box": "waiting", "limit": 2})).json()
        second = (await own.get("/mails", params={"box": "waiting", "limit": 2, "after": first["after"]})).json()
        found = (await own.get("/mails", params={"search": "baba"})).json()
        wrong = await own.get("/mails", params={"after": "'; --"})

    assert sorted(made) == sorted(row["queue_id"] for page in (first, second) for row in page["mails"])
    assert (None, 3) == (second["after"], first["counts"]["waiting"]["number"])
    assert [made[1]] == [row["queue_id"] for row in found["mails"]]
    assert 422 == wrong.status_code


async def test_token_is_made_shown_once_and_revoked_on_its_page(web_office: WebOffice) -> None:
    """Made by oneself, seen once, and made invalid at once."""
    async with await web_office.signed_in(OWNER) as client:
        nameless = await client.post("/my-tokens", data={"name": "", "days": "30"})
        foreign = await client.post("/my-tokens", data={"name": "x", "days": "30", "right": "see_mail"})
        made = await client.post("/my-tokens", data={"name": "<b>script", "days": "30"})
        listed = await client.get("/my-tokens")
        token = made.text.partition("<code>")[2].partition("</code>")[0]
        bearer = {"authorization": f"Bearer {token}"}
        used = await client.get("/api/v1/mails", headers=bearer)
        found = await web_office.parts.sign_in.tokens.of_person(OWNER)
        async with await web_office.signed_in(COLLEAGUE) as other:
            theft = await other.post(f"/my-tokens/{found[0].token_id}/revoke")
        revoked = await client.post(f"/my-tokens/{found[0].token_id}/revoke")
        after = await client.get("/api/v1/mails", headers=bearer)
        described = await client.get("/my-tokens/openapi.json")

    assert (422, 422, 200) == (nameless.status_code, foreign.status_code, made.status_code)
    assert token.startswith("mgt_")
    assert token not in listed.text
    assert "<b>script" not in listed.text
    assert [200, 404, 303, 401] == [one.status_code for one in (used, theft, revoked, after)]
    assert "/api/v1/mails/{queue_id}/send" in described.json()["paths"]


async def test_description_is_for_whoever_has_a_token(web_office: WebOffice) -> None:
    """What an office can be asked is told to its own programs."""
    token = await token_of(web_office, OWNER)
    async with web_office.client(authorization=f"Bearer {token}") as client:
        answer = await client.get("/api/v1/openapi.json")

    assert (200, "3.1.0") == (answer.status_code, answer.json()["openapi"])
