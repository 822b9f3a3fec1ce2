"""Fixtures of the tests against real servers: the relay, Postfix behind it, certificates."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.system import postfix
from tests.system.certificates import Certificates, make_certificates
from tests.system.postfix import PostfixNextHop
from tests.system.relay import MakeRelay, Relay, relay_settings


@pytest.fixture
def make_relay(tmp_path: Path) -> Iterator[MakeRelay]:
    """Makes relays (not yet started) towards a next hop's port, with sections of settings as keywords."""
    made: list[Relay] = []

    def make(next_hop_port: int, **sections: Any) -> Relay:
        directory = tmp_path / f"relay{len(made)}"
        directory.mkdir()
        relay = Relay(relay_settings(directory, next_hop_port, **sections), directory)
        made.append(relay)
        return relay

    yield make
    for relay in made:
        relay.close()


@pytest.fixture(scope="session")
def postfix_running() -> Iterator[PostfixNextHop]:
    """One Postfix for the whole run; ask for ``postfix_next_hop`` instead."""
    if reason := postfix.missing():
        pytest.skip(reason)
    server = PostfixNextHop()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def postfix_next_hop(postfix_running: PostfixNextHop) -> PostfixNextHop:
    """A real Postfix as next hop, with an empty mailbox."""
    postfix_running.forget()
    return postfix_running


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """An authority and a server certificate for 127.0.0.1."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 40 MiB of its own."""
    if os.geteuid() != 0:
        pytest.skip("a small file system can only be mounted by root")
    place = tmp_path / "small-disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=40m", "mailguard-test", str(place)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("this machine lets nobody mount a file system")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True, capture_output=True)
