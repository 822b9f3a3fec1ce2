"""Which addresses belong to one organisation: the registrable domain, by the Public Suffix List.

A firm or a school is one organisation however many mailboxes and sub-domains it has. The list's private part counts as
well: where it names a host that rents out names, two tenants are two organisations.
"""

from __future__ import annotations

from functools import lru_cache

from publicsuffixlist import PublicSuffixList

_DOCUMENTATION = frozenset({"example", "test", "invalid", "localhost"})
_JAPANESE_KINDS = frozenset({"ac", "ad", "co", "ed", "go", "gr", "lg", "ne", "or"})
"""The organisational second levels of .jp (JPRS, attribute-type domain names)."""


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(maxsize=16384)
def organisation_of(domain: str) -> str:
    """The registrable domain of a comparable domain; the domain itself where there is none (a suffix, an address)."""
    if domain.startswith("["):
        # An address literal (RFC 5321 §4.1.3): its last octets are no registry's.
        return domain
    documented = _documented(domain)
    if documented is not None:
        return documented
    found: str | None = _suffixes().privatesuffix(domain)
    return found or domain


@lru_cache(maxsize=16384)
def ending_of(domain: str) -> str:
    """What stands after the organisation's own label: ``co.jp``, ``example.com``."""
    return organisation_of(domain).partition(".")[2]


def _documented(domain: str) -> str | None:
    """Names set aside for examples (RFC 2606, JPRS's example.jp family) stand for a registry with many firms in it.

    No real mail has them; tests, trials and the demonstration do, and must be grouped as real mail would be.
    """
    labels = domain.split(".")
    for start, label in enumerate(labels):
        if label not in _DOCUMENTATION or len(labels) - start > 3:
            continue
        beyond = labels[start + 1 :]
        if label != "example" and beyond:
            continue
        own = 2 if start >= 2 and labels[start - 1] in _JAPANESE_KINDS and labels[-1] == "jp" else 1
        return ".".join(labels[max(0, start - own) :])
    return None
