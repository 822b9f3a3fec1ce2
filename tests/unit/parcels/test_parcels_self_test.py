"""The ciphers say of themselves whether they work."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from mailguard.parcels.self_test import self_test


def test_self_test_here_passes_and_names_versions() -> None:
    """A sheet can say which cipher was right, in which version of which program."""
    said = self_test()

    assert said.startswith("passed: ")
    assert f"cryptography {version('cryptography')}" in said
    assert f"pyzipper {version('pyzipper')}" in said


@pytest.mark.parametrize("name", ["SHA-256", "AES-256 (", "AES-256-GCM", "ZIP", "PDF"])
def test_self_test_tries_what_protects(name: str) -> None:
    """Hash, seal, archive and PDF are each tried."""
    assert name in self_test()
