"""The web server and clients that take their time: each is ended, and hinders nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import chain, repeat

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from mailguard.web.server import WebServer
from tests.conformance.web_office import WebOffice

PATIENCE_SECONDS = 60.0
SOON = 0.5
FORM = b"POST /sign-in/code HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
TYPED = b"Content-Type: application/x-www-form-urlencoded\r\n"
WHOLE = b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@asynccontextmanager
async def serving(office: WebOffice) -> AsyncIterator[int]:
    """The pages at a port, with little patience for requests that are not whole."""
    server = WebServer(office.app.asgi, "127.0.0.1", 0, request_seconds=SOON)
    await server.start()
    yield server.address[1]
    await server.stop()


def octets_of(*pieces: bytes) -> Iterator[bytes]:
    """These pieces, and then an octet at a time without end."""
    return chain(pieces, repeat(b"a"))


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param([], id="head"),
        pytest.param([FORM, TYPED, b"X-Long: "], id="header-field"),
        pytest.param([FORM, TYPED, b"Content-Length: 900000\r\n\r\naddress="], id="form"),
        pytest.param([FORM, TYPED, b"Transfer-Encoding: chunked\r\n\r\n", b"fffff\r\n"], id="form-in-pieces"),
        pytest.param([FORM, TYPED, b"Content-Length: 90000000\r\n\r\n"], id="form-refused-already"),
        pytest.param([WHOLE, FORM], id="second-request"),
    ],
)
async def test_client_that_sends_an_octet_at_a_time_is_ended_and_hinders_nobody(
    web_office: WebOffice, sent: list[bytes]
) -> None:
    """Whatever it is that never comes to an end, everybody else is answered meanwhile, and then the line is cut."""
    answered = []
    async with serving(web_office) as port, httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as other:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        octets = octets_of(*sent)
        ended = asyncio.create_task(_until_cut(reader))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not ended.done():
                writer.write(next(octets))
                answered.append((await other.get("/sign-in")).status_code)
        writer.close()

    assert {200} == set(answered)


async def test_client_that_says_nothing_is_ended(web_office: WebOffice) -> None:
    """A line that is only kept open is cut as well."""
    async with serving(web_office) as port, asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        said = await _until_cut(reader)
        writer.close()

    assert b"" == said


async def test_answer_that_takes_long_is_not_cut() -> None:
    """An open page that waits for news stays connected, however long that is: its request was whole."""
    is_over = asyncio.Event()

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"begun ", "more_body": True})
        await is_over.wait()
        await send({"type": "http.response.body", "body": b"ended"})

    server = WebServer(app, "127.0.0.1", 0, request_seconds=SOON)
    await server.start()
    async with asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.address[1])
        writer.write(WHOLE)
        await reader.readuntil(b"begun ")
        # Somebody who came later and says nothing is cut first: so long the other one waits.
        silent, other = await asyncio.open_connection("127.0.0.1", server.address[1])
        await _until_cut(silent)
        is_over.set()
        rest = await reader.readuntil(b"ended")
        writer.close()
        other.close()
    await server.stop()

    assert rest.endswith(b"ended")


async def _until_cut(reader: asyncio.StreamReader) -> bytes:
    """What was said until the line was cut."""
    said = b""
    try:
        while piece := await reader.read(65536):
            said += piece
    except ConnectionResetError:
        pass
    return said
