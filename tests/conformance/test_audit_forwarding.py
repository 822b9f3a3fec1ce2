"""Every event reaches the office's SIEM over TLS, in order, none left out, whatever happens to the connection."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mailguard import audit
from mailguard.config import SyslogSettings
from mailguard.delivery.syslog import NotTaken, SyslogLink
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.store import Store, Transaction, Work
from mailguard.workers import forwarder
from mailguard.workers.forwarder import CLAIM, Forwarder
from tests.fakes.clock import StandingClock
from tests.fakes.syslog_server import SyslogServer
from tests.system.certificates import Certificates, make_certificates

ORIGIN = audit.Origin("例示互助会", "relay.example.jp")
MANY = 3


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """An authority, and a certificate for this machine."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


def noting(number: int) -> Work[None]:
    """A work that records an event with everything that is special in CEF and syslog."""

    def work(transaction: Transaction) -> None:
        details: dict[str, object] = {"reason": "a=b|c\\d\r\n二行目", "number": number}
        actor = Actor(ActorKind.PERSON, "sato=x@example.jp\nadmin")
        audit.append(transaction, AuditEvent(transaction.now, actor, AuditAction.CANCELLED, "QUEUEID", details))

    return work


async def record(store: Store, *numbers: int) -> None:
    """Some events."""
    for number in numbers:
        await store.write(noting(number))


Forwarding = Callable[..., Forwarder]


@pytest.fixture
def forwarding_to(store: Store, certificates: Certificates) -> Iterator[Forwarding]:
    """Makes nodes that forward to a server. ``node``: their name; others are settings."""
    links: list[SyslogLink] = []

    def make(server: SyslogServer, *, node: str = "node-1", **values: Any) -> Forwarder:
        wanted = {"host": "localhost", "port": server.port, "ca_file": certificates.authority, **values}
        links.append(SyslogLink(SyslogSettings(**wanted)))
        return Forwarder(store, links[-1], ORIGIN, node, 1.0)

    yield make
    for link in links:
        link.close()


def numbers_in(messages: list[str]) -> list[int]:
    """The numbers of the events, as they arrived."""
    return [int(found[1]) for one in messages if (found := re.search(r"externalId=(\d+)", one))]


async def test_events_arrive_whole_and_in_order(
    store: Store, certificates: Certificates, forwarding_to: Forwarding
) -> None:
    """Each event is one message over TLS: nothing in it can end it, begin another one, or look like another field."""
    await record(store, *range(MANY))
    with SyslogServer(certificates) as server:
        forwarding = forwarding_to(server)
        sent = await forwarding.forward()
        again = await forwarding.forward()
        messages = server.wait_for(MANY)

    assert (MANY, 0, [1, 2, 3]) == (sent, again, numbers_in(messages))
    assert re.fullmatch(
        r"<110>1 2026-11-02T09:00:00\.000000Z relay\.example\.jp mailguard - hold\.cancelled - "
        r"CEF:0\|mailguard\|mailguard\|[^|]+\|hold\.cancelled\|cancelled it\|1\|rt=1793610000000 externalId=1 .*",
        messages[0],
    )
    assert " suser=sato\\=x@example.jp\\nadmin " in messages[0]
    assert 'cs3={"number":0,"reason":"a\\=b|c\\\\\\\\d\\\\r\\\\n二行目"}' in messages[0]
    assert [] == [one for one in messages if "\n" in one or "\r" in one]


async def test_forwarding_goes_on_after_the_last_event_taken(
    store: Store, certificates: Certificates, forwarding_to: Forwarding
) -> None:
    """A stopped service sends nothing twice and leaves nothing out; neither does one whose server was away."""
    await record(store, 0, 1)
    with SyslogServer(certificates) as server:
        await forwarding_to(server).forward()
        first = server.wait_for(2)
    await record(store, 2)
    away = forwarding_to(server)
    with pytest.raises(NotTaken):
        await away.forward()
    await record(store, 3)
    with SyslogServer(certificates) as back:
        await forwarding_to(back).forward()
        then = back.wait_for(2)

    assert ([1, 2], [3, 4]) == (numbers_in(first), numbers_in(then))


async def test_server_that_hangs_up_gets_the_rest_again(
    store: Store, certificates: Certificates, forwarding_to: Forwarding
) -> None:
    """What was on its way when the connection ended comes again, so that nothing is missing."""
    await record(store, *range(MANY))
    with SyslogServer(certificates, hangs_up_after=1) as server:
        forwarding = forwarding_to(server)
        with pytest.raises(NotTaken):
            await forwarding.forward()
        was_down = (await forwarding._turn(), forwarding.is_down)
        server.hangs_up_after = None
        await forwarding._turn()
        messages = server.wait_for(2 + MANY)

    assert ((1.0, True), False) == (was_down, forwarding.is_down)
    assert [1, 1, 1, 2, 3] == numbers_in(messages)


@pytest.mark.parametrize("trusted", [True, False], ids=["right authority", "another authority"])
async def test_only_the_right_server_gets_the_record(
    store: Store, certificates: Certificates, tmp_path: Path, forwarding_to: Forwarding, trusted: bool
) -> None:
    """The record names people: a server that cannot prove who it is gets none of it, and asks for our certificate."""
    await record(store, 0)
    believed = certificates if trusted else make_certificates(tmp_path)
    ours = {"certificate": certificates.certificate, "key": certificates.key}
    with SyslogServer(certificates, asks_for_certificate=True) as server:
        forwarding = forwarding_to(server, ca_file=believed.authority, **ours)
        if trusted:
            await forwarding.forward()
            assert 1 == len(server.wait_for(1))
            return
        with pytest.raises(NotTaken, match="certificate"):
            await forwarding.forward()

    assert [] == server.messages


async def test_server_that_refuses_us_has_taken_nothing(
    store: Store, certificates: Certificates, forwarding_to: Forwarding
) -> None:
    """A server that wants a certificate and gets none says so late; nothing counts as taken until then."""
    await record(store, 0)
    with SyslogServer(certificates, asks_for_certificate=True) as server:
        with pytest.raises(NotTaken):
            await forwarding_to(server).forward()
        ours = {"certificate": certificates.certificate, "key": certificates.key}
        await forwarding_to(server, **ours).forward()
        messages = server.wait_for(1)

    assert [1] == numbers_in(messages)


async def test_one_of_several_nodes_forwards(
    store: Store, certificates: Certificates, clock: StandingClock, forwarding_to: Forwarding
) -> None:
    """Two nodes on one database send each event once; when one is gone for a while the other goes on."""
    await record(store, 0)
    with SyslogServer(certificates) as server:
        one = forwarding_to(server)
        other = forwarding_to(server, node="node-2")
        sent = [await one.forward(), await other.forward()]
        await record(store, 1)
        sent.append(await other.forward())
        clock.advance(CLAIM.total_seconds() + 1)
        sent.append(await other.forward())
        messages = server.wait_for(2)

    assert ([1, 0, 0, 1], [1, 2]) == (sent, numbers_in(messages))


async def test_more_than_a_batch_arrives_in_one_go(
    store: Store, certificates: Certificates, forwarding_to: Forwarding
) -> None:
    """A record that has waited is forwarded without a pause between batches."""
    await store.write(lambda transaction: [noting(number)(transaction) for number in range(forwarder.BATCH + 1)])
    with SyslogServer(certificates) as server:
        forwarding = forwarding_to(server)
        waits = [await forwarding._turn(), await forwarding._turn(), await forwarding._turn()]
        messages = server.wait_for(forwarder.BATCH + 1)

    assert [0, 1.0, 1.0] == waits
    assert list(range(1, forwarder.BATCH + 2)) == numbers_in(messages)
