"""What every page promises, whatever it shows: headers, where requests may come from, words in errors."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_network

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import Connection
from starlette.routing import BaseRoute

from mailguard import audit
from mailguard.accounts.factors import Factor
from mailguard.config import WebSettings
from mailguard.errors import StorageUnavailable
from mailguard.spool import Spool
from mailguard.web.guard import BODY_MAX_BYTES
from mailguard.web.pages import ROUTERS
from tests.conformance.web_office import PHONE, SATO, URL, WebOffice, web_settings
from tests.fakes.clock import StandingClock

SECURITY = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
    "cache-control": "no-store",
    "strict-transport-security": "max-age=31536000",
    "cross-origin-opener-policy": "same-origin",
}


def paths(method: str) -> list[str]:
    """Every page that answers a method, with something in place of what is asked for."""
    return sorted(
        re.sub(r"\{[^}]+\}", "nothing", route.path)
        for router in ROUTERS
        for route in api_routes(router.routes)
        if method in (route.methods or ())
    )


def api_routes(routes: list[BaseRoute]) -> Iterator[APIRoute]:
    """The routes of a router."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route


async def test_page_of_any_kind_has_the_security_headers(web_office: WebOffice) -> None:
    """No page can be framed, guessed, stored, or made to fetch from outside; errors neither."""
    async with await web_office.signed_in() as client, web_office.client() as stranger:
        answers = [
            await one.get(path)
            for one in (client, stranger)
            for path in (*paths("GET"), "/nothing", "/healthz", "/static/0/mailguard.css")
        ]
        answers += [await client.post(path, headers={"sec-fetch-site": "cross-site"}) for path in paths("POST")]

    for answer in answers:
        assert SECURITY == {name: answer.headers.get(name) for name in SECURITY}, answer.url


async def test_page_looked_at_by_anybody_changes_nothing(web_office: WebOffice) -> None:
    """Whoever opens whatever link, signed in or not: nothing is on record of it, because nothing happened."""
    async with web_office.client() as stranger, await web_office.signed_in() as client:
        before = await web_office.parts.store.read(_events)
        for path in paths("GET"):
            for method in ("GET", "HEAD"):
                await stranger.request(method, path)
                await client.request(method, path)

    assert before == await web_office.parts.store.read(_events)


@pytest.mark.parametrize(
    ("headers", "is_refused"),
    [
        pytest.param({"sec-fetch-site": "cross-site"}, True, id="another site"),
        pytest.param({"sec-fetch-site": "same-site"}, True, id="a neighbour below the same domain"),
        pytest.param({"sec-fetch-site": "none"}, True, id="typed"),
        pytest.param({"sec-fetch-site": "cross-site", "origin": URL}, True, id="both, and they differ"),
        pytest.param({"sec-fetch-site": ""}, True, id="empty"),
        pytest.param({"origin": "https://evil.example.com"}, True, id="old browser on another site"),
        pytest.param({"origin": "null"}, True, id="old browser, hidden origin"),
        pytest.param({"origin": f"{URL}.example.com"}, True, id="a longer name"),
        pytest.param({}, True, id="nothing said"),
        pytest.param({"origin": URL}, False, id="old browser here"),
        pytest.param({"sec-fetch-site": "same-origin"}, False, id="here"),
    ],
)
async def test_form_is_taken_only_from_our_own_pages(
    web_office: WebOffice, headers: dict[str, str], is_refused: bool
) -> None:
    """A page elsewhere cannot make somebody's browser do anything here."""
    async with await web_office.signed_in() as client:
        del client.headers["sec-fetch-site"]
        answers = [await client.post(path, headers=headers) for path in paths("POST")]

    assert {is_refused} == {
        answer.status_code == 403 and "この操作は受け付けられませんでした" in answer.text for answer in answers
    }


async def test_body_over_the_limit_is_refused(web_office: WebOffice) -> None:
    """Nobody fills the memory with a form, whether they say its length or not."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"a" * 65536

    async with web_office.client() as client:
        said = await client.post("/sign-in/code", content=b"a=" + b"a" * BODY_MAX_BYTES)
        unsaid = await client.post(
            "/sign-in/code", content=endless(), headers={"content-type": "application/x-www-form-urlencoded"}
        )

    assert (413, 413) == (said.status_code, unsaid.status_code)
    assert "大きすぎます" in said.text


async def test_head_answers_as_get_without_a_body(web_office: WebOffice) -> None:
    """Programs that only look whether a page is there are answered, streams as well."""
    async with await web_office.signed_in() as client:
        page, head = await client.get("/mails"), await client.head("/mails")
        stream = await client.head("/events")

    assert (200, b"", page.headers["content-length"]) == (
        head.status_code,
        head.content,
        head.headers["content-length"],
    )
    assert (200, b"") == (stream.status_code, stream.content)


async def test_page_under_another_name_is_not_shown(web_office: WebOffice) -> None:
    """A foreign name that points at this server gets no pages: its scripts could read them."""
    async with await web_office.signed_in() as client:
        foreign = await client.get("/mails", headers={"host": "evil.example.com"})
        tunnel = await client.get("/sign-in", headers={"host": "127.0.0.1:8025"})

    assert (421, 200) == (foreign.status_code, tunnel.status_code)


async def test_error_nobody_foresaw_is_told_in_words_only(
    web_office: WebOffice, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever breaks, a person reads what to do and a number to quote, and nothing of the inside."""
    routes: FastAPI = web_office.app.routes

    @routes.get("/breaks")
    async def breaks() -> None:
        raise RuntimeError("secret-inside of sato@office.example.jp")

    async with web_office.client() as client:
        answer = await client.get("/breaks")

    assert (500, "no-store") == (answer.status_code, answer.headers["cache-control"])
    assert "メールは失われていません" in answer.text
    assert re.search(r"お問い合わせの番号: [0-9a-f]{16}", answer.text)
    assert "RuntimeError" not in answer.text
    assert "secret-inside" not in answer.text + caplog.text


async def test_database_that_does_not_answer_is_told_as_temporary(web_office: WebOffice) -> None:
    """While the database is away people read that it is, in their language."""
    routes: FastAPI = web_office.app.routes

    @routes.get("/away")
    async def away() -> None:
        raise StorageUnavailable("disk full")

    async with web_office.client() as client:
        answer = await client.get("/away")
        english = await client.get("/away", headers={"accept-language": "en-GB,en"})

    assert (503, 503) == (answer.status_code, english.status_code)
    assert "いまは使えません" in answer.text
    assert "Not available right now" in english.text
    assert "disk full" not in answer.text


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/no/such", 404), ("DELETE", "/mails", 405)])
async def test_error_below_the_api_is_told_as_json(web_office: WebOffice, method: str, path: str, status: int) -> None:
    """Programs get errors they can read; people get pages."""
    async with web_office.client() as client:
        page = await client.request(method, path)
        document = await client.request("GET", f"/api{path}")

    assert (status, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])
    assert (404, "application/problem+json") == (document.status_code, document.headers["content-type"])
    assert "not_here" == document.json()["code"]


async def test_monitoring_from_elsewhere_is_not_answered(spool: Spool, clock: StandingClock) -> None:
    """Numbers of the relay are for the networks the office names; that it lives, for everybody."""
    web = WebSettings(
        public_url=URL, monitor_networks=[ip_network("198.51.100.0/24")], trusted_proxies=[ip_network(f"{PHONE}/32")]
    )
    office = WebOffice(spool.store, spool, clock, web_settings(web=web))
    async with office.client() as client:
        outside = [(await client.get(path)).status_code for path in ("/healthz", "/readyz", "/metrics")]
        behind = {"x-forwarded-for": "203.0.113.200, 198.51.100.9"}
        inside = [(await client.get(path, headers=behind)).status_code for path in ("/readyz", "/metrics")]
        forged = await client.get("/metrics", headers={"x-forwarded-for": "198.51.100.9, 203.0.113.200"})
    office.close()

    assert ([200, 404, 404], [200, 200], 404) == (outside, inside, forged.status_code)


async def test_static_file_is_kept_by_browsers_under_its_content(web_office: WebOffice) -> None:
    """A page loads quickly the second time, and never with files of another release."""
    async with web_office.client() as client:
        page = await client.get("/sign-in")
        found = re.findall(r'(?:src|href)="(/static/[^"#]+)', page.text)
        answers = [await client.get(path) for path in dict.fromkeys(found)]
        climbing = await client.get("/static/x/..%2f..%2fpages%2fhome.py")

    assert {200} == {answer.status_code for answer in answers}
    assert {"public, max-age=31536000, immutable"} == {answer.headers["cache-control"] for answer in answers}
    assert 404 == climbing.status_code
    assert not re.search(r'(?:src|href|action)="(?!/|#|mailto:)', page.text)
    assert not re.search(r"<style|style=|<script>|\son\w+=", page.text)


async def test_session_cookie_is_for_this_host_alone(web_office: WebOffice) -> None:
    """What keeps somebody signed in is never sent in clear, to a neighbour, or to a script."""
    async with await web_office.signed_in(SATO, [Factor.MAILBOX]) as client:
        answer = await client.post("/sign-out")

    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("__Host-mailguard="))
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
    assert "domain" not in cookie.lower()


async def test_language_follows_browser_and_choice(web_office: WebOffice) -> None:
    """A page speaks what the browser asks for, and from then on what was chosen at its foot."""
    async with web_office.client() as client:
        first = await client.get("/sign-in", headers={"accept-language": "en-US,en;q=0.9,ja;q=0.8"})
        other = await client.get("/sign-in", headers={"accept-language": "fr"})
        moved = await client.post("/language", data={"language": "en", "next": "/sign-in?next=%2Fmails"})
        after = await client.get("/sign-in", headers={"accept-language": "ja"})

    assert ["en", "ja", "en"] == [page.headers["content-language"] for page in (first, other, after)]
    assert (303, "/sign-in?next=%2Fmails") == (moved.status_code, moved.headers["location"])


def _events(connection: Connection) -> int:
    return sum(1 for _ in audit.all_events(connection))
