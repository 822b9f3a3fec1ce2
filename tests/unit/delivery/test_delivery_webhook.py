"""Handing a message to a chat channel, against real servers on loopback."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mailguard.delivery.webhook import NotTaken, Resolve, post
from tests.fakes.sms_gateway import Behaviour, SmsGateway
from tests.system.certificates import make_certificates


def resolves(*addresses: str) -> Resolve:
    """A name service that always says this."""

    async def resolve(host: str, port: int) -> list[str]:
        return list(addresses)

    return resolve


async def test_document_is_handed_in_at_the_address_written_down() -> None:
    """The channel gets the JSON, with its own name as host."""
    async with SmsGateway(status=200) as server:
        await post(f"{server.url}?key=1", b'{"text": "a"}')

    (taken,) = server.taken
    assert "POST /messages?key=1 HTTP/1.1" == taken.line
    assert (urlsplit(server.url).netloc, "application/json; charset=utf-8") == (
        taken.headers["host"],
        taken.headers["content-type"],
    )
    assert b'{"text": "a"}' == taken.body


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 404, 429, 500])
async def test_other_answers_than_yes_are_not_followed(status: int) -> None:
    """A redirect leads nowhere, whatever it names."""
    async with SmsGateway() as elsewhere, SmsGateway(status=status, headers={"Location": elsewhere.url}) as server:
        with pytest.raises(NotTaken, match=str(status)):
            await post(server.url, b"{}")

    assert (1, 0) == (len(server.taken), len(elsewhere.taken))


async def test_broken_answer_is_not_taken() -> None:
    """A channel that breaks off is tried again later."""
    async with SmsGateway(behaviour=Behaviour.CUT) as server:
        with pytest.raises(NotTaken):
            await post(server.url, b"{}")


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"], ["10.0.0.7"], ["192.168.1.1"], ["172.16.0.1"], ["169.254.169.254"], ["100.64.0.1"],
        ["0.0.0.0"], ["::1"], ["fd00::1"], ["fe80::1%eth0"], ["::ffff:127.0.0.1"], ["93.184.216.34", "10.0.0.7"], [],
    ],
    ids=str,
)  # fmt: skip
async def test_name_that_stands_for_a_private_address_is_refused(addresses: Iterable[str]) -> None:
    """Whoever controls a name cannot make the relay talk to what only it can reach."""
    async with SmsGateway() as server:
        port = urlsplit(server.url).port
        with pytest.raises(NotTaken, match="the name"):
            await post(f"https://chat.example.com:{port}/hooks/secret", b"{}", resolve=resolves(*addresses))

    assert [] == server.taken


@pytest.mark.parametrize(
    "url", ["http://chat.example.com/hooks/1", "ftp://chat.example.com/", "file:///etc/passwd", "https://", "x"]
)
async def test_address_that_is_not_https_is_refused(url: str) -> None:
    """A secret is not sent in clear."""
    with pytest.raises(NotTaken, match="not an https address"):
        await post(url, b"{}")


async def test_certificate_must_be_that_of_the_name(tmp_path: Path) -> None:
    """The connection goes to an address that was looked at, and the certificate is still the name's."""
    made = make_certificates(tmp_path)
    context = ssl.create_default_context(cafile=str(made.authority))
    async with SmsGateway(certificate=made.certificate, key=made.key) as server:
        await post(server.url, b"{}", context=context)
        with pytest.raises(NotTaken):
            await post(server.url.replace("127.0.0.1", "127.0.0.2"), b"{}", context=context)
        with pytest.raises(NotTaken):
            await post(server.url, b"{}")

    assert 1 == len(server.taken)


async def test_failure_names_no_address_of_the_channel() -> None:
    """The secret in an address is in no log line."""
    with pytest.raises(NotTaken) as failure:
        await post("https://127.0.0.1:9/hooks/secret", b"{}")

    assert "secret" not in str(failure.value)
