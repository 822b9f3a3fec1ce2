"""Requests that nobody means well with: from other sites, too large, too odd, too many."""

from __future__ import annotations

import tracemalloc
from collections.abc import AsyncIterator, MutableMapping
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.schemas import OpenApiSchema
from starlette.types import Message

from mailguard.accounts.factors import Factor
from mailguard.model.people import Right
from mailguard.web import api
from tests.conformance.api_parts import ADMINISTRATOR, OWNER, SECURITY, program_of, staff
from tests.conformance.hold_parts import NOWHERE, A, MakeNode
from tests.conformance.test_web_permissions import everything
from tests.conformance.web_office import HOST, SATO, URL, WebOffice

MEBIBYTE = 1024 * 1024
COOKIE = "__Host-mailguard"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        pytest.param({"sec-fetch-site": "same-origin"}, 303, id="own-page"),
        pytest.param({"sec-fetch-site": "cross-site"}, 403, id="other-site"),
        pytest.param({"sec-fetch-site": "same-site"}, 403, id="neighbour"),
        pytest.param({"sec-fetch-site": "none"}, 403, id="typed"),
        pytest.param({"sec-fetch-site": "cross-site", "origin": URL}, 403, id="contradiction"),
        pytest.param({"origin": URL}, 303, id="old-browser"),
        pytest.param({"origin": "https://elsewhere.example.com"}, 403, id="old-browser-other-site"),
        pytest.param({"origin": "null"}, 403, id="sandboxed"),
        pytest.param({"origin": f"{URL}.example.com"}, 403, id="looks-alike"),
        pytest.param({}, 403, id="nothing"),
    ],
)
async def test_form_counts_from_our_own_pages_alone(
    web_office: WebOffice, make_node: MakeNode, said: dict[str, str], status: int
) -> None:
    """A page elsewhere cannot cancel a mail with the cookie of whoever looks at it."""
    node = make_node(NOWHERE)
    queue_id = await node.held(A)
    before = await node.record(queue_id)
    async with await web_office.signed_in(OWNER) as client:
        del client.headers["sec-fetch-site"]
        answer = await client.post("/language", data={"language": "en"}, headers=said)
        page = await client.post("/sign-out", headers=said)

    assert [status, status] == [answer.status_code, page.status_code]
    assert before == await node.record(queue_id)


async def test_session_given_to_somebody_is_none_after_the_sign_in(web_office: WebOffice) -> None:
    """Whoever plants a cookie before a sign-in knows nothing of the session after it."""
    planted = "planted-by-somebody-else"
    async with web_office.client() as client:
        client.cookies.set(COOKIE, planted, domain=HOST)
        await client.post("/sign-in/code", data={"address": SATO})
        before = await client.get("/mails")

    assert 303 == before.status_code
    assert await web_office.parts.sign_in.sessions.of(planted, is_background=True) is None


async def test_guessing_tokens_and_links_finds_nothing(web_office: WebOffice) -> None:
    """However many are tried, each answer is the same, and nothing is written."""
    before = await web_office.parts.store.read(everything)
    answers = set()
    async with web_office.client() as client:
        for number in range(100):
            bearer = {"authorization": f"Bearer mgt_{number:043}"}
            answer = await client.get("/api/v1/mails", headers=bearer)
            answers.add((answer.status_code, answer.text))

    assert 1 == len(answers)
    assert before == await web_office.parts.store.read(everything)


async def post_in_pieces(
    office: WebOffice, path: str, pieces: AsyncIterator[bytes], *headers: tuple[bytes, bytes]
) -> tuple[int, int]:
    """Status of a request whose body comes piece by piece, and how many pieces were taken."""
    taken = 0
    sent: list[Message] = []

    async def receive() -> Message:
        nonlocal taken
        try:
            piece = await anext(pieces)
        except StopAsyncIteration:
            return {"type": "http.request", "body": b"", "more_body": False}
        taken += 1
        return {"type": "http.request", "body": piece, "more_body": True}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": path,
        "raw_path": path.encode(), "root_path": "", "scheme": "https", "query_string": b"", "server": (HOST, 443),
        "client": ("203.0.113.7", 40000),
        "headers": [(b"host", HOST.encode()), (b"sec-fetch-site", b"same-origin"), *headers],
    }  # fmt: skip
    await office.app.asgi(scope, receive, send)
    return int(next(one["status"] for one in sent if one["type"] == "http.response.start")), taken


FORM_TYPE = (b"content-type", b"application/x-www-form-urlencoded")
JSON_TYPE = (b"content-type", b"application/json")


async def _endless(piece: bytes) -> AsyncIterator[bytes]:
    while True:
        yield piece


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/sign-in/code", FORM_TYPE), ("/language", FORM_TYPE), ("/api/v1/mails/x/cancel", JSON_TYPE)],
    ids=["code", "language", "api"],
)
async def test_form_without_end_is_cut_at_the_limit(
    web_office: WebOffice, path: str, kind: tuple[bytes, bytes]
) -> None:
    """Ten megabytes, or no end at all: refused after one, with no more kept than that."""
    async with await program_of(web_office, OWNER) as program:
        bearer = (b"authorization", program.headers["authorization"].encode())
    piece = b"a" * 65536
    tracemalloc.start()
    try:
        status, taken = await post_in_pieces(web_office, path, _endless(piece), kind, bearer)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert 413 == status
    assert taken <= MEBIBYTE // len(piece) + 1
    assert peak < 16 * MEBIBYTE


async def test_form_that_says_how_large_it_is_is_refused_before_it_is_read(web_office: WebOffice) -> None:
    """Nothing of ten megabytes is read."""
    length = (b"content-length", str(10 * MEBIBYTE).encode())
    status, taken = await post_in_pieces(web_office, "/sign-in/code", _endless(b"a"), FORM_TYPE, length)

    assert (413, 0) == (status, taken)


@pytest.mark.parametrize(
    "path",
    [
        "/mails/%00", "/mails/..%2f..%2fetc%2fpasswd", "/mails/%2e%2e/%2e%2e", f"/mails/{'x' * 5000}", "/mails/%ff%fe",
        "/mails/%F0%9F%92%A9", "/static/../../application.py", "/static/%2e%2e/%2e%2e/application.py",
        "/static/0/..%2f..%2fguard.py", "/m/%00", f"/m/{'x' * 5000}", "/sign-in/link/%00", "/my-tokens/%00",
        "/mails/x/files/%00", "/mails/x/changed/99999999999999999999", "/approvals?after=%00",
        "/mails?box=%00&search=%00&after=%00", "/mails?search=%ff", "/office/mails?search=%00&after=%00",
        "/office/people?search=%00&after=%00", "/office/people/of?address=%00", "/office/audit?before=%00&search=%00",
        "/office/correspondents?search=%00&after=%00", "/office/devices/of?name=%00", "/rules/history?before=%00",
        "/api/v1/mails/%00", "/api/v1/mails?search=%00&after=%00", "/api/v1/people?search=a%00b", "//mails", "/mails/",
        "/sign-in?next=%00",
    ],
)  # fmt: skip
async def test_odd_path_is_nothing_unexpected(web_office: WebOffice, path: str) -> None:
    """Whatever a scanner tries: a page in words, and no error of ours."""
    await staff(web_office)
    rights = (Right.SEE_MAIL, Right.MANAGE_PEOPLE)
    if path.startswith("/api/"):
        async with await program_of(web_office, SECURITY, *rights) as client:
            answer = await client.get(f"{URL}{path}")
    else:
        async with await web_office.signed_in(SECURITY, (Factor.MAILBOX, Factor.TOTP)) as client:
            answer = await client.get(path)

    assert answer.status_code < 500
    assert "def " not in answer.text


@pytest.mark.parametrize(
    "following",
    [
        "https://elsewhere.example.com", "//elsewhere.example.com", "/\\elsewhere.example.com",
        "/%0d%0aset-cookie: a=b", "/mails\r\nset-cookie: a=b", "javascript:alert(1)", "/mails\u0000", "/\u202emails",
    ],
)  # fmt: skip
async def test_redirect_stays_here_and_sets_nothing(web_office: WebOffice, following: str) -> None:
    """Where one goes on to is a path of ours, and no header can be put in by it."""
    async with web_office.client() as client:
        answer = await client.post("/language", data={"language": "en", "next": following})

    location = answer.headers["location"]
    assert 303 == answer.status_code
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert "a" not in answer.cookies


@pytest.fixture(scope="module")
def described() -> OpenApiSchema:
    """The API as it describes itself."""
    return schemathesis.openapi.from_dict(api.document())


def cases_of(operation: APIOperation[Any, Any, Any, Any]) -> list[Any]:
    """Some requests for one operation, as its description allows them."""
    cases: list[Any] = []

    @settings(max_examples=8, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE))
    def gather(case: Any) -> None:
        cases.append(case)

    gather()
    return cases


@pytest.mark.parametrize("has_rights", [False, True], ids=["without-rights", "with-rights"])
async def test_api_asked_at_random_never_fails(
    web_office: WebOffice, make_node: MakeNode, described: OpenApiSchema, *, has_rights: bool
) -> None:
    """Whatever a program sends within the description or beside it: no error of ours, and without rights no change."""
    await staff(web_office)
    node = make_node(NOWHERE)
    queue_id = await node.held(A)
    rights = (Right.SEE_MAIL, Right.MANAGE_PEOPLE, Right.OPERATE_QUEUE, Right.MANAGE_CORRESPONDENTS, Right.SEE_POLICY)
    who, named = (ADMINISTRATOR, rights) if has_rights else ("mori@office.example.jp", ())
    program = await program_of(web_office, who, *named)
    before = await web_office.parts.store.read(everything)
    failed: list[str] = []
    for found in described.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        cases = cases_of(operation)
        for case in cases:
            if "queue_id" in case.path_parameters and len(cases) % 2 == 0:
                case.path_parameters["queue_id"] = queue_id
            sent = case.as_transport_kwargs(base_url=f"{URL}")
            answer = await program.request(
                sent["method"], sent["url"], params=sent.get("params"), json=sent.get("json"),
            )  # fmt: skip
            if answer.status_code >= 500:
                failed.append(f"{operation.label}: {answer.status_code} {sent.get('params')} {sent.get('json')}")
    await program.aclose()

    assert [] == failed
    if not has_rights:
        assert before == await web_office.parts.store.read(everything)
