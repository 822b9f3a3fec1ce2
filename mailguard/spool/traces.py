"""What is remembered of every mail that was judged, so that others with the same fault can be found. Pure.

Only keyed digests: who has the table and not the key learns nothing from it. They stay when the content is destroyed.
Of recipients inside the office nothing is remembered.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from hashlib import blake2b

from mailguard.model.address import comparable, domain_of
from mailguard.model.summary import Badge, Field, Summary
from mailguard.model.verdict import Action, Judgement, Needs, Reason, Verdict

PURPOSE = "traces of mails"
"""The purpose of the key."""
CROWDS = (3, 5, 10, 20, 50)
"""Outsiders in To and Cc from which a mail is of a crowd; it has the largest that it reaches."""
_VISIBLE = frozenset({Field.TO, Field.CC})
_NO_RULES = frozenset(Reason)
_OWN = frozenset({Reason.NOTICE, Reason.PASSWORD_WINDOW})


class Trace(StrEnum):
    """What is remembered."""

    ADDRESS = "a"
    """An outside recipient."""
    DOMAIN = "d"
    """The domain of one, where it is not that of a provider for everybody."""
    LIST = "l"
    """All outsiders in To and Cc together, where there are several."""
    FILE = "f"
    """The octets of an attached file."""
    RULE = "r"
    """A rule because of which a person was needed, or nobody might send it."""
    CROWD = "c"
    """How many outsiders stood in To and Cc."""
    MESSAGE = "m"
    """The Message-ID of a mail to somebody outside, by which reports of other servers name it."""


Marked = tuple[Trace, bytes]
"""A trace as it is kept: its kind and a digest, 16 octets."""


def mark(key: bytes, kind: Trace, value: str | bytes) -> Marked:
    """The trace of a value. ``key``: 32 octets."""
    octets = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    return kind, blake2b(kind.value.encode() + octets, key=key, digest_size=16).digest()


def traces_of(judgement: Judgement, key: bytes) -> list[Marked]:
    """Those of a mail, each once; none of a mail of our own, and where nothing of it could be read."""
    summary = judgement.summary
    if summary is None or any(_OWN.intersection(one.reasons) for one in judgement.verdicts):
        return []
    found: dict[Marked, None] = {}
    for kind, value in _values(summary, judgement.verdicts, judgement.observed or ()):
        found[mark(key, kind, value)] = None
    return list(found)


def list_value(addresses: Iterable[str]) -> str:
    """What a list is known by: its members in comparable form, whatever their order."""
    return " ".join(sorted({comparable(one) for one in addresses}))


def crowd_of(visible: int) -> int:
    """The crowd that so many outsiders are, by its least number; 0 for none."""
    return max((least for least in CROWDS if visible >= least), default=0)


def _values(
    summary: Summary, verdicts: Iterable[Verdict], observed: Iterable[Verdict]
) -> Iterable[tuple[Trace, str | bytes]]:
    outside = [one for one in summary.recipients if Badge.INSIDE not in one.badges]
    for one in outside:
        address = comparable(one.address)
        yield Trace.ADDRESS, address
        if Badge.FREEMAIL not in one.badges and domain_of(address):
            yield Trace.DOMAIN, domain_of(address)
    visible = {comparable(one.address) for one in outside if one.field in _VISIBLE}
    if len(visible) > 1:
        yield Trace.LIST, list_value(visible)
    if crowd := crowd_of(len(visible)):
        yield Trace.CROWD, str(crowd)
    for file in summary.files:
        if file.digest:
            yield Trace.FILE, file.digest
    stops = [one for one in (*verdicts, *observed) if _is_stop(one)]
    for reason in sorted({reason for one in stops for reason in one.reasons} - _NO_RULES):
        yield Trace.RULE, reason
    if outside and summary.message_id:
        yield Trace.MESSAGE, summary.message_id


def _is_stop(verdict: Verdict) -> bool:
    return verdict.action is Action.BLOCK or (
        verdict.action is Action.HOLD and (verdict.needs is not Needs.TIMER or bool(verdict.obligations))
    )
