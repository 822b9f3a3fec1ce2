"""Whether a domain takes mail, asked of a real name server on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from mailguard.config import PolicySettings
from mailguard.workers.mail_domains import PAUSE_SECONDS, MailDomains
from tests.fakes.clock import StandingClock
from tests.fakes.name_server import ScriptedNameServer

RECORDS = {
    ("mx.example.com", "MX"): ["10 mail.example.com."],
    ("null.example.com", "MX"): ["0 ."],
    ("null.example.com", "A"): ["192.0.2.1"],
    ("host.example.com", "A"): ["192.0.2.1"],
    ("six.example.com", "AAAA"): ["2001:db8::1"],
    ("text.example.com", "TXT"): ['"no mail here"'],
}


@pytest.fixture
async def server() -> AsyncIterator[ScriptedNameServer]:
    async with ScriptedNameServer(RECORDS) as server:
        yield server


def domains(server: ScriptedNameServer, clock: StandingClock, **values: object) -> MailDomains:
    settings = PolicySettings.model_validate(
        {"dns_servers": ["127.0.0.1"], "dns_port": server.port, "dns_seconds": 2} | values
    )
    return MailDomains(settings, clock)


async def test_domain_takes_mail_by_mx_or_address(server: ScriptedNameServer) -> None:
    """An MX or an address takes mail; the null MX, a name without either, and a name that is not there do not."""
    found = await domains(server, StandingClock()).cannot_receive(
        [name.split()[0] for name in ("mx.example.com", "host.example.com", "six.example.com")]
        + ["null.example.com", "text.example.com", "nobody.example.com"]
    )

    assert {
        "mx.example.com": False, "host.example.com": False, "six.example.com": False,
        "null.example.com": True, "text.example.com": True, "nobody.example.com": True,
    } == found  # fmt: skip


async def test_answer_is_remembered_and_asked_anew_later(server: ScriptedNameServer) -> None:
    """The same domain is asked once; one that took no mail is asked again after some minutes, when it may be mended."""
    clock = StandingClock()
    asking = domains(server, clock)
    await asking.cannot_receive(["nobody.example.com"])
    asked = len(server.asked)
    await asking.cannot_receive(["nobody.example.com"])
    remembered = len(server.asked)
    clock.advance(3600)
    await asking.cannot_receive(["nobody.example.com"])

    assert (asked, True) == (remembered, len(server.asked) > asked)


async def test_outage_is_unknown_and_the_next_mail_does_not_wait(server: ScriptedNameServer) -> None:
    """When the name server is away nothing is called wrong, the health page hears of it, and nobody waits again."""
    clock = StandingClock()
    server.is_silent = True
    asking = domains(server, clock, dns_seconds=0.2)
    first = await asking.cannot_receive(["mx.example.com", "nobody.example.com"])
    asked = len(server.asked)
    second = await asking.cannot_receive(["host.example.com"])
    was_down = asking.is_down
    server.is_silent = False
    clock.advance(PAUSE_SECONDS + 1)
    third = await asking.cannot_receive(["host.example.com"])

    assert {"mx.example.com": None, "nobody.example.com": None} == first
    assert ({"host.example.com": None}, asked, True) == (second, min(asked, len(server.asked)), was_down)
    assert ({"host.example.com": False}, False) == (third, asking.is_down)


async def test_office_that_does_not_want_it_asks_nobody(server: ScriptedNameServer) -> None:
    """With check_domains off no question leaves the office."""
    found = await domains(server, StandingClock(), check_domains=False).cannot_receive(["mx.example.com"])

    assert ({"mx.example.com": None}, []) == (found, server.asked)
