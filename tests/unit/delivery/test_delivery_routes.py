"""Which server gets which recipient."""

from __future__ import annotations

import pytest

from mailguard.config import DeliverySettings, NextHopSettings, RouteSettings
from mailguard.delivery.routes import Routes
from mailguard.model.envelope import ForwardPath

SETTINGS = DeliverySettings(
    next_hop=NextHopSettings(host="main.example.net", recipients_per_mail=2),
    routes=[
        RouteSettings(host="exact.example.net", domains=["example.com", "日本.example"]),
        RouteSettings(host="below.example.net", domains=[".example.com"]),
        RouteSettings(host="deep.example.net", domains=[".branch.example.com", "EXAMPLE.com"], recipients_per_mail=1),
    ],
)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("a@example.com", "exact"),
        ("a@EXAMPLE.COM.", "exact"),
        ("a@x.example.com", "below"),
        ("a@x.y.example.com", "below"),
        ("a@branch.example.com", "below"),
        ("a@x.branch.example.com", "deep"),
        ("a@notexample.com", "main"),
        ("a@example.com.example.net", "main"),
        ("a@xn--wgv71a.example", "exact"),
        ("a@日本.example", "exact"),
        ("postmaster", "main"),
    ],
)
async def test_of_most_specific_route_wins(address: str, host: str) -> None:
    """A domain's own server is used for it and for nothing that only looks like it."""
    assert f"{host}.example.net:25" == Routes(SETTINGS, "relay.example.jp").of(address).name


async def test_group_same_server_together_at_most_so_many_each_once() -> None:
    """Every recipient is in exactly one transaction."""
    addresses = [
        "1@example.org",
        "2@x.branch.example.com",
        "3@example.org",
        "4@example.com",
        "5@example.org",
        "6@y.branch.example.com",
    ]

    groups = Routes(SETTINGS, "relay.example.jp").group([ForwardPath(address) for address in addresses])

    assert [("main", [0, 2]), ("main", [4]), ("deep", [1]), ("deep", [5]), ("exact", [3])] == [
        (hop.name.partition(".")[0], positions) for hop, positions in groups
    ]


async def test_next_hops_are_all_listed_and_close_twice() -> None:
    """Health pages see every server."""
    routes = Routes(SETTINGS, "relay.example.jp")
    await routes.close()
    await routes.close()

    assert ["main", "exact", "below", "deep"] == [hop.name.partition(".")[0] for hop in routes.next_hops]
