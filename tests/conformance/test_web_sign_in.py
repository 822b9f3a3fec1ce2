"""Signing in as a person does it: what is asked, what is told, and what a stolen thing is worth."""

from __future__ import annotations

import re
from email import message_from_bytes, policy

import httpx2
import pyotp
import pytest
from markupsafe import escape

from mailguard.accounts.factors import Factor
from mailguard.accounts.people_administration import grant_role
from mailguard.i18n import CATALOGUES
from mailguard.model.audit import Actor, ActorKind
from mailguard.model.people import Role
from mailguard.web.places import safe_next
from tests.conformance.web_office import HOST, SATO, URL, WebOffice

JA = CATALOGUES["ja"]
COOKIE = "__Host-mailguard"


async def mailed(office: WebOffice) -> tuple[str, str]:
    """Code and link of the newest mail."""
    await office.parts.sign_in.codes.close()
    body = message_from_bytes(office.mailed[-1][1], policy=policy.default).get_body(("plain",))
    assert body is not None
    text = body.get_content()
    code, link = re.search(r"\d{4} \d{4}", text), re.search(rf"{URL}(/sign-in/link/\S+)", text)
    assert code is not None
    assert link is not None
    return code[0], link[1]


async def type_code(client: httpx2.AsyncClient, code: str, following: str = "/mails") -> httpx2.Response:
    """Types a code and sends it."""
    return await client.post("/sign-in/code/check", data={"code": code, "next": following})


async def test_person_with_own_mailbox_signs_in_with_a_code(web_office: WebOffice) -> None:
    """Nobody needs an account: who reads the mailbox is in, on the page that was asked for."""
    async with web_office.client() as client:
        sent_away = await client.get("/mails")
        asked = await client.post("/sign-in/code", data={"address": SATO, "next": "/mails"})
        shown = await client.get(asked.headers["location"])
        code, _ = await mailed(web_office)
        answer = await type_code(client, code)
        page = await client.get(answer.headers["location"])

    assert "/sign-in?next=%2Fmails" == sent_away.headers["location"]
    assert JA["pages.sign_in.code.sent"].format(address=SATO) in shown.text
    assert (303, "/mails", 200) == (answer.status_code, answer.headers["location"], page.status_code)


async def test_address_of_somebody_else_gets_the_same_answer(web_office: WebOffice) -> None:
    """Nobody learns from the page who works here."""
    answers = []
    for address in (SATO, "nobody@office.example.jp", "someone@elsewhere.example.com"):
        async with web_office.client() as client:
            asked = await client.post("/sign-in/code", data={"address": address})
            shown = await client.get(asked.headers["location"])
            answers.append((asked.status_code, shown.status_code, shown.text.replace(address, "").replace("\n", "")))

    strip = re.compile(r'data-now="[^"]+"')
    assert 1 == len({(one, two, strip.sub("", text)) for one, two, text in answers})


async def test_wrong_code_is_told_with_what_is_left(web_office: WebOffice) -> None:
    """A slip costs a try, not the way in; five end it."""
    async with web_office.client() as client:
        await client.post("/sign-in/code", data={"address": SATO})
        code, _ = await mailed(web_office)
        wrong = "0000 0000" if code != "0000 0000" else "0000 0001"
        first = await type_code(client, wrong)
        rest = [await type_code(client, wrong) for _ in range(4)]
        late = await type_code(client, code)

    assert 422 == first.status_code
    assert (
        first.text.index("<title>エラー: ")
        < first.text.index('id="mistakes"')
        < first.text.index('aria-invalid="true"')
    )
    assert JA["pages.sign_in.code.wrong"].format(count=4) in first.text
    assert [422, 422, 422, 303, 303] == [answer.status_code for answer in (*rest, late)]


async def test_mailed_link_opened_by_a_scanner_is_not_used_up(web_office: WebOffice) -> None:
    """A program that fetches every link in a mail signs nobody in and takes nothing away."""
    async with web_office.client() as scanner, web_office.client() as person:
        await person.post("/sign-in/code", data={"address": SATO})
        _, link = await mailed(web_office)
        fetched = [await scanner.request(method, link) for method in ("GET", "HEAD", "GET")]
        shown = await person.get(link)
        answer = await person.post(link)
        again = await person.post(link)

    assert [200, 200, 200] == [one.status_code for one in fetched]
    assert not [one for one in fetched if COOKIE in one.headers.get("set-cookie", "")]
    assert (200, 303, 410) == (shown.status_code, answer.status_code, again.status_code)


async def test_session_known_from_before_is_worth_nothing_after_sign_in(web_office: WebOffice) -> None:
    """Who puts a cookie of theirs into somebody's browser does not get their session."""
    async with web_office.client() as client:
        client.cookies.set(COOKIE, "planted", domain=HOST)
        await client.post("/sign-in/code", data={"address": SATO})
        code, _ = await mailed(web_office)
        await type_code(client, code)
        token = client.cookies[COOKIE]
        await client.post("/sign-in/code", data={"address": SATO})
        code, _ = await mailed(web_office)
        await type_code(client, code)
        newer = client.cookies[COOKIE]
    async with web_office.client() as thief:
        thief.cookies.set(COOKIE, token, domain=HOST)
        stolen = await thief.get("/mails")

    assert 3 == len({"planted", token, newer})
    assert "/sign-in?next=%2Fmails" == stolen.headers["location"]


async def test_signing_out_ends_the_session_everywhere_its_cookie_is(web_office: WebOffice) -> None:
    """After signing out a copy of the cookie opens nothing."""
    client = await web_office.signed_in()
    token = client.cookies[COOKIE]
    await client.post("/sign-out")
    client.cookies.set(COOKIE, token, domain=HOST)
    answer = await client.get("/mails")
    await client.aclose()

    assert 303 == answer.status_code


async def test_page_that_asks_by_itself_keeps_nobody_signed_in(web_office: WebOffice) -> None:
    """A list left open at a desk does not keep the screen unlocked over lunch."""
    client = await web_office.signed_in()
    for _ in range(7):
        web_office.clock.advance(5 * 60)
        answer = await client.get("/mails", headers={"x-background": "1", "hx-request": "true"})
    await client.aclose()

    assert (204, "/sign-in?next=%2Fmails") == (answer.status_code, answer.headers["hx-redirect"])


async def test_second_factor_is_set_up_asked_for_and_protects_itself(web_office: WebOffice) -> None:
    """With an app set up, a mailbox alone neither signs in nor takes the app away."""
    client = await web_office.signed_in()
    page = await client.post("/my-sign-in/app")
    secret = re.search(r'<code id="secret">([A-Z2-7]+)</code>', page.text)
    assert secret is not None
    app = pyotp.TOTP(secret[1])
    before = client.cookies[COOKIE]
    codes = await client.post("/my-sign-in/app/confirm", data={"code": app.at(web_office.clock.now())})
    mine = await client.get("/my-sign-in")
    await client.aclose()

    thief = await web_office.signed_in(SATO, [Factor.MAILBOX])
    refused = [
        await thief.post(f"/my-sign-in/{path}")
        for path in ("app/remove", "app", "app/codes", "passkeys/options", "passkeys", "password")
    ]
    await thief.aclose()
    async with web_office.client() as again:
        await again.post("/sign-in/code", data={"address": SATO})
        code, _ = await mailed(web_office)
        step = await type_code(again, code)
        wrong = await again.post("/sign-in/step", data={"code": "000000"})
        web_office.clock.advance(31)
        right = await again.post("/sign-in/step", data={"code": app.at(web_office.clock.now()), "next": "/mails"})
        inside = await again.get("/mails")

    assert 10 == len(re.findall(r"<li><code>", codes.text))
    assert before != client.cookies[COOKIE]
    assert JA["pages.mine.app.on"] in mine.text
    assert {"/sign-in/second-factor?next=%2Fmy-sign-in"} == {answer.headers["location"] for answer in refused}
    assert "/sign-in/step?next=%2Fmails" == step.headers["location"]
    assert (422, 303, 200) == (wrong.status_code, right.status_code, inside.status_code)


async def test_session_of_somebody_else_cannot_be_ended(web_office: WebOffice) -> None:
    """The list is one's own: others' sessions are answered as if they were not there."""
    other = await web_office.signed_in("suzuki@office.example.jp")
    sessions = await web_office.parts.sign_in.sessions.of_person("suzuki@office.example.jp")
    client = await web_office.signed_in()
    answers = [
        await client.post(f"/my-sign-in/sessions/{name}/end") for name in (sessions[0].session_id, "00" * 32, "nothing")
    ]
    there = await other.get("/mails")
    await client.aclose()
    await other.aclose()

    assert [404, 404, 404] == [answer.status_code for answer in answers]
    assert 1 == len({re.sub(r'data-now="[^"]+"|sessions/[^/]+|%2F[0-9a-z]+', "", one.text) for one in answers})
    assert 200 == there.status_code


async def test_role_is_used_only_with_a_second_factor(web_office: WebOffice) -> None:
    """An administrator's mailbox alone opens nothing of the administrator's."""
    office = web_office.settings.office
    work = grant_role(office, SATO, Role.ADMINISTRATOR, "", Actor(ActorKind.PERSON, "setup"))
    await web_office.parts.store.write(work)
    async with await web_office.signed_in() as client:
        page = await client.get("/sign-in/second-factor?next=/mails")

    assert 200 == page.status_code
    assert JA["pages.sign_in.second.none"] in page.text


@pytest.mark.parametrize(
    ("wanted", "followed"),
    [
        ("/mails", "/mails"),
        ("/mails?chip=held&after=01", "/mails?chip=held&after=01"),
        ("", "/"),
        ("mails", "/"),
        ("//evil.example.com", "/"),
        ("///evil.example.com", "/"),
        ("/\\evil.example.com", "/"),
        ("/\t/evil.example.com", "/"),
        ("/ /evil.example.com", "/"),
        ("https://evil.example.com/", "/"),
        ("javascript:alert(1)", "/"),
        ("/mails\r\nset-cookie: a=b", "/"),
        ("/sign-in/code", "/"),
        ("/sign-out", "/"),
        ("/" + "a" * 4000, "/"),
    ],
)
def test_way_on_after_sign_in_stays_on_this_server(wanted: str, followed: str) -> None:
    """A link to the sign-in page cannot send anybody elsewhere."""
    assert followed == safe_next(wanted)


async def test_form_sent_after_the_session_ended_keeps_what_was_typed(web_office: WebOffice) -> None:
    """I write for long, and the screen locks meanwhile: nothing was done, nothing I wrote is lost, and I read how to go
    on: sign in beside it, and send the same again."""
    client = await web_office.signed_in()
    web_office.clock.advance(31 * 60)
    sent = {"subject": "<b>名簿</b>", "at": "1", "note": "一行目\n二行目"}
    answer = await client.post("/deputies?back=mails", data=sent)
    shown = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.text)
    await client.aclose()

    assert 403 == answer.status_code
    assert JA["pages.interrupted.kept"] in answer.text
    assert [(name, str(escape(value))) for name, value in sent.items()] == shown
    assert '<form method="post" action="/deputies?back=mails">' in answer.text
    assert 'href="/sign-in" target="_blank"' in answer.text


async def test_secrets_sent_after_the_session_ended_are_asked_for_again(web_office: WebOffice) -> None:
    """What I typed stands nowhere on a page where it was a password, and a file is chosen again; the page says so."""
    secret = "a secret of mine"
    client = await web_office.signed_in()
    web_office.clock.advance(31 * 60)
    typed = await client.post("/my-sign-in/password", data={"old": secret, "new": secret, "again": secret})
    chosen = await client.post("/office/correspondents/import", files={"file": ("a.csv", secret.encode())})
    await client.aclose()

    for answer in (typed, chosen):
        assert JA["pages.interrupted.anew"] in answer.text
        assert secret not in answer.text


async def test_page_whose_session_ended_comes_back_after_signing_in(web_office: WebOffice) -> None:
    """A part of an open page asks for news after the session ended: I come back to the page, not to the part."""
    client = await web_office.signed_in()
    web_office.clock.advance(31 * 60)
    around = {"hx-request": "true", "hx-current-url": "https://mail.office.example.jp/mails/ABC?back=mails"}
    answer = await client.get("/approvals/number", headers=around)
    odd = await client.get("/approvals/number", headers={**around, "hx-current-url": "http://[//elsewhere.example.com"})
    await client.aclose()

    assert "/sign-in?next=%2Fmails%2FABC%3Fback%3Dmails" == answer.headers["hx-redirect"]
    assert "/sign-in" == odd.headers["hx-redirect"]
