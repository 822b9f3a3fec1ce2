"""Short messages to a real gateway on loopback: at most one, to where it was set, and silent in logs."""

from __future__ import annotations

import json
import logging
import socket
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from structlog.testing import capture_logs

from mailguard.config.settings import SmsSettings
from mailguard.delivery.sms_gateway import SmsResult, send
from mailguard.model.short_message import ShortMessage
from tests.fakes.sms_gateway import Behaviour, SmsGateway
from tests.system.certificates import Certificates, make_certificates

PASSWORD = "FaLh-3eA4-TmRt-96Er-hHJa-7Mf4"
PHONE = "09000000000"
MESSAGE = ShortMessage(PHONE, f"例の互助会です。ファイルのパスワード: {PASSWORD}", PASSWORD, "例の互助会")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return make_certificates(tmp_path)


def gateway_settings(gateway: SmsGateway, **values: Any) -> SmsSettings:
    return SmsSettings(**({"url": gateway.url, "seconds": 20.0} | values))


async def test_send_gateway_accepts_gets_the_message_once() -> None:
    """The gateway gets number and words, in the JSON it expects, with our token."""
    async with SmsGateway() as gateway:
        result = await send(MESSAGE, gateway_settings(gateway), "tok-1")

    assert SmsResult.ACCEPTED is result
    [taken] = gateway.taken
    assert "POST /messages HTTP/1.1" == taken.line
    assert {"to": PHONE, "text": MESSAGE.text} == json.loads(taken.body)
    assert "application/json" == taken.headers["content-type"]
    assert "Bearer tok-1" == taken.headers["authorization"]


async def test_send_over_tls_verifies_the_gateway(certificates: Certificates) -> None:
    """A gateway with a certificate of the CA we trust is believed."""
    async with SmsGateway(certificate=certificates.certificate, key=certificates.key) as gateway:
        result = await send(MESSAGE, gateway_settings(gateway, ca_file=certificates.authority), None)

    assert SmsResult.ACCEPTED is result
    assert "authorization" not in gateway.taken[0].headers


async def test_send_stranger_with_a_certificate_nobody_vouches_for_gets_nothing(certificates: Certificates) -> None:
    """A password is not handed to whoever answers under the gateway's address."""
    async with SmsGateway(certificate=certificates.certificate, key=certificates.key) as gateway:
        result = await send(MESSAGE, gateway_settings(gateway), None)

    assert SmsResult.REFUSED is result
    assert [] == gateway.taken


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, SmsResult.ACCEPTED),
        (201, SmsResult.ACCEPTED),
        (204, SmsResult.ACCEPTED),
        (400, SmsResult.REFUSED),
        (401, SmsResult.REFUSED),
        (429, SmsResult.REFUSED),
        (500, SmsResult.REFUSED),
        (503, SmsResult.REFUSED),
        (408, SmsResult.UNKNOWN),
        (502, SmsResult.UNKNOWN),
        (504, SmsResult.UNKNOWN),
    ],
)
async def test_send_status_says_what_became_of_it(status: int, expected: SmsResult) -> None:
    """What the gateway refuses was not sent; what it says nobody answered to may have been."""
    async with SmsGateway(status=status) as gateway:
        result = await send(MESSAGE, gateway_settings(gateway), None)

    assert expected is result
    assert 1 == len(gateway.taken)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_send_redirect_is_not_followed(status: int) -> None:
    """The password goes to the address that was set and to no other."""
    async with SmsGateway() as elsewhere, SmsGateway(status=status, headers={"Location": elsewhere.url}) as gateway:
        result = await send(MESSAGE, gateway_settings(gateway), "tok-1")

    assert SmsResult.REFUSED is result
    assert [] == elsewhere.taken
    assert 1 == len(gateway.taken)


@pytest.mark.parametrize("behaviour", [Behaviour.HANG, Behaviour.CUT])
async def test_send_no_answer_is_unknown_and_asked_once(behaviour: Behaviour) -> None:
    """A gateway that took the message and fell silent may have sent it; it is not given to it again."""
    async with SmsGateway(behaviour=behaviour) as gateway:
        result = await send(MESSAGE, gateway_settings(gateway, seconds=0.5), None)

    assert SmsResult.UNKNOWN is result
    assert 1 == len(gateway.taken)


async def test_send_answer_cut_after_its_status_counts() -> None:
    """A yes is a yes, even when the line ends before the rest that nobody reads."""
    async with SmsGateway(behaviour=Behaviour.HALF) as gateway:
        result = await send(MESSAGE, gateway_settings(gateway), None)

    assert SmsResult.ACCEPTED is result


async def test_send_nobody_listens_is_refused() -> None:
    """Where there was nobody to take it, it was certainly not sent."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}/messages"
        result = await send(MESSAGE, SmsSettings(url=url), None)

    assert SmsResult.REFUSED is result


async def test_send_silent_before_the_request_is_refused(certificates: Certificates) -> None:
    """A server that takes the connection and never shakes hands has got nothing."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        url = f"https://127.0.0.1:{listening.getsockname()[1]}/messages"
        result = await send(MESSAGE, SmsSettings(url=url, ca_file=certificates.authority, seconds=0.5), None)

    assert SmsResult.REFUSED is result


@pytest.mark.parametrize("url", ["http://sms.example.jp/", "ftp://127.0.0.1/", "https:///x", "http://[::1", "sms"])
async def test_send_address_others_could_read_is_refused(url: str) -> None:
    """A password never leaves this machine without TLS."""
    assert SmsResult.REFUSED is await send(MESSAGE, SmsSettings(url=url), None)


async def test_send_json_body_hostile_values_stay_values() -> None:
    """An office's name with quotes in it does not break the message or add a field to it."""
    message = ShortMessage(PHONE, 'a "b" \\ c", "to": "1', PASSWORD, '"}')
    body = '{"to": "{phone}", "text": "{text}", "from": "{office}", "other": {"x": "{unknown}"}}'
    async with SmsGateway() as gateway:
        await send(message, gateway_settings(gateway, body=body), None)

    assert {"to": PHONE, "text": message.text, "from": '"}', "other": {"x": "{unknown}"}} == json.loads(
        gateway.taken[0].body
    )


async def test_send_form_body_hostile_values_stay_values() -> None:
    """The same in a form."""
    message = ShortMessage("+819000000000", "a&b=c d+e%", PASSWORD, "例")
    body = "to={phone}&text={text}&from={office}"
    async with SmsGateway() as gateway:
        await send(message, gateway_settings(gateway, body=body, headers=FORM, method="PUT"), None)

    [taken] = gateway.taken
    assert "PUT /messages HTTP/1.1" == taken.line
    assert {"to": ["+819000000000"], "text": ["a&b=c d+e%"], "from": ["例"]} == parse_qs(taken.body.decode("ascii"))


async def test_send_xml_body_hostile_values_stay_values() -> None:
    """The same in XML."""
    message = ShortMessage(PHONE, "a<b>&c", PASSWORD, "例")
    async with SmsGateway() as gateway:
        await send(
            message,
            gateway_settings(gateway, body="<sms>{text}</sms>", headers={"content-type": "text/xml; charset=utf-8"}),
            None,
        )

    assert b"<sms>a&lt;b&gt;&amp;c</sms>" == gateway.taken[0].body
    assert "text/xml; charset=utf-8" == gateway.taken[0].headers["content-type"]


async def test_send_headers_are_filled_in() -> None:
    """Gateways that want the number in a header field get it there; the token wins over a header of that name."""
    headers = {"X-To": "{phone}", "AUTHORIZATION": "Basic eDp5", "Content-Type": "text/plain; charset=utf-8"}
    async with SmsGateway() as gateway:
        await send(MESSAGE, gateway_settings(gateway, body="{text}", headers=headers), "tok-1")

    [taken] = gateway.taken
    assert PHONE == taken.headers["x-to"]
    assert "Bearer tok-1" == taken.headers["authorization"]
    assert MESSAGE.text.encode() == taken.body


@pytest.mark.parametrize(
    ("message", "headers", "token"),
    [
        pytest.param(ShortMessage("090\r\nX-Evil: 1", "t", "p", "o"), {"X-To": "{phone}"}, None, id="line in number"),
        pytest.param(ShortMessage(PHONE, "a\nb", "p", "o"), {}, None, id="line in words"),
        pytest.param(MESSAGE, {"X-Office": "{office}"}, None, id="Japanese in a header"),
        pytest.param(MESSAGE, {"X": "a\r\nX-Evil: 1"}, None, id="line in a setting"),
        pytest.param(MESSAGE, {"X Y": "a"}, None, id="blank in a name"),
        pytest.param(MESSAGE, {}, "tok\r\nX-Evil: 1", id="line in the token"),
    ],
)
async def test_send_what_would_break_the_request_is_refused(
    message: ShortMessage, headers: dict[str, str], token: str | None
) -> None:
    """Nothing anybody writes into a number or a name becomes a header field; such a message is not sent at all."""
    async with SmsGateway() as gateway:
        result = await send(message, gateway_settings(gateway, headers=headers), token)

    assert SmsResult.REFUSED is result
    assert [] == gateway.taken


async def test_send_missing_ca_file_is_refused(tmp_path: Path) -> None:
    """A set-up that is broken sends nothing rather than trusting everybody."""
    settings = SmsSettings(url="https://127.0.0.1:1/", ca_file=tmp_path / "none.pem")

    assert SmsResult.REFUSED is await send(MESSAGE, settings, None)


@pytest.mark.parametrize(
    ("behaviour", "status"), [(Behaviour.ANSWER, 202), (Behaviour.ANSWER, 400), (Behaviour.CUT, 0), (Behaviour.HANG, 0)]
)
async def test_send_logs_neither_number_nor_password(
    behaviour: Behaviour, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever happens, and even at debug, logs hold nothing that opens a parcel or rings a telephone."""
    caplog.set_level(logging.DEBUG)
    async with SmsGateway(behaviour=behaviour, status=status) as gateway:
        with capture_logs() as lines:
            await send(MESSAGE, gateway_settings(gateway, seconds=0.5, headers={"X-To": "{phone}"}), "tok-1")

    said = caplog.text + repr(lines)
    assert [] == [secret for secret in (PASSWORD, PHONE, "tok-1", MESSAGE.office) if secret in said]
    assert 1 == len(lines)
    assert PASSWORD not in repr(MESSAGE)


async def test_send_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy somebody set for something else never sees a password."""
    async with SmsGateway() as proxy, SmsGateway() as gateway:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        result = await send(MESSAGE, gateway_settings(gateway), None)

    assert SmsResult.ACCEPTED is result
    assert [] == proxy.taken
