"""What of long lists stands on a mail's page at once."""

from __future__ import annotations

from mailguard.hold.decision import DomainGroup, ShownRecipient
from mailguard.model.queue import State
from mailguard.model.summary import Badge, Field, Found, SummaryFile
from mailguard.web.at_first import at_first, files_at_first


def recipient(number: int, domain: str, *badges: Badge) -> ShownRecipient:
    """Somebody who gets the mail."""
    signs = frozenset({Badge.OUTSIDE, *badges})
    address = f"a{number}@{domain}"
    return ShownRecipient(number, address, "", Field.TO, signs, "", State.HELD, None, frozenset(), False, ())


def group(domain: str, *members: ShownRecipient) -> DomainGroup:
    """Those at one organisation."""
    return DomainGroup(domain, True, members)


def file(name: str, *found: Found) -> SummaryFile:
    """An attachment."""
    return SummaryFile((1,), name, "text/plain", 10, found=found)


def test_short_list_is_shown_whole() -> None:
    """Twenty addresses stand there as they are."""
    groups = [group(f"{n}.example.com", recipient(n, f"{n}.example.com")) for n in range(20)]
    first, more = at_first(groups)

    assert ([one.domain for one in groups], []) == ([one.domain for one in first], more)


def test_long_list_begins_with_whoever_needs_a_look() -> None:
    """Of three hundred addresses at forty firms the page shows a few; the one that resembles a known one is among them,
    and nobody is missing behind the click."""
    groups = [
        group(f"{n}.example.com", *(recipient(10 * n + at, f"{n}.example.com") for at in range(7))) for n in range(40)
    ]
    odd = recipient(999, "33.example.com", Badge.SIMILAR)
    groups[33] = group("33.example.com", *groups[33].recipients, odd)
    first, more = at_first(groups)

    assert odd == first[0].recipients[0]
    assert 20 > sum(len(one.recipients) for one in first)
    everybody = {one for some in (*first, *more) for one in (*some.recipients, *some.folded)}
    assert {one for some in groups for one in some.recipients} == everybody


def test_many_files_begin_with_those_in_which_something_was_found() -> None:
    """Of sixty files the one with telephone numbers is on top, and most in which nothing was found are folded."""
    found = file("list.csv", Found("phone", 3, ()))
    first, more = files_at_first([*(file(f"{n}.txt") for n in range(59)), found])

    assert (found, 10, 50) == (first[0], len(first), len(more))
