"""Lists of mail addresses without names: whose they are nobody can see, and yet they are a list of people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from mailguard.inspection.hits import Hit
from mailguard.model.finding import Kind

LISTED_MIN = 10
"""Different addresses from which they are a list; fewer are whom to ask, or who was in copy."""


def address_list(hits: Iterable[Hit], is_known: Callable[[str], bool]) -> frozenset[str]:
    """The addresses of a piece that are a list of people; empty where they are not.

    Most stand on a line of their own, and at least half at a domain that others in the list have too: a directory of
    firms has one domain for each. ``is_known``: role boxes, the office's own and those who write and get the mail.
    """
    lines: dict[str, int] = {}
    for hit in hits:
        if hit.kind == Kind.EMAIL_ADDRESS and hit.suppressed is None and not is_known(hit.value):
            lines.setdefault(hit.value.casefold(), hit.line)
    if len(lines) < LISTED_MIN or len(set(lines.values())) * 10 < len(lines) * 8:
        return frozenset()
    domains = Counter(address.rpartition("@")[2] for address in lines)
    shared = sum(count for count in domains.values() if count > 1)
    return frozenset(lines) if shared * 2 >= len(lines) else frozenset()
