"""Encrypting for a ZIP gives what another library gives, however the octets come."""

from __future__ import annotations

from Cryptodome.Cipher import AES
from Cryptodome.Util import Counter
from hypothesis import given, settings
from hypothesis import strategies as st

from mailguard.transform.containers.counter_mode import CounterMode

KEY = bytes(range(32))
OCTETS = bytes(range(251)) * 9000


def by_another_library(octets: bytes) -> bytes:
    """The same mode, written by somebody else."""
    return AES.new(KEY, AES.MODE_CTR, counter=Counter.new(128, little_endian=True)).encrypt(octets)


@settings(max_examples=100)
@given(st.lists(st.integers(0, 200_000), max_size=20))
def test_octets_in_pieces_of_any_size_are_encrypted_as_one(sizes: list[int]) -> None:
    """No program at the other end sees how a file came."""
    mode, at, done = CounterMode(KEY), 0, b""
    for size in sizes:
        done += bytes(mode.applied(OCTETS[at : at + size]))
        at += size

    assert by_another_library(OCTETS[:at]) == done


def test_counters_of_a_long_file_never_come_twice() -> None:
    """Where higher octets of the counter begin to move, the cipher is still right."""
    octets = bytes(18 * 1024 * 1024)

    assert by_another_library(octets) == bytes(CounterMode(KEY).applied(octets))
