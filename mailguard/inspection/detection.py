"""Everything an inspection looks with: the detectors that ship, the office's own, and what the office has excepted.

Made once and used for many mails; making it compiles patterns and reads word lists.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from mailguard.inspection.columns import READING, Columns
from mailguard.inspection.detectors import DETECTORS
from mailguard.inspection.office_kinds import Allowed, detectors_of
from mailguard.inspection.text import Detector
from mailguard.model.finding import HARD_KINDS, Kind
from mailguard.model.office_kinds import OfficeKinds


class Detection:
    """``hard``: kinds that are never marked as not counting. ``allowed``: whether a value never counts."""

    def __init__(self, office: OfficeKinds, key: bytes = b"") -> None:
        """``key``: the one the office's member list was made with."""
        self.detectors: tuple[Detector, ...] = (*detectors_of(office, key), *DETECTORS)
        self.columns = Columns(self.detectors)
        self.priority: dict[str, int] = {}
        for detector in self.detectors:
            self.priority.setdefault(detector.kind, detector.priority)
        self.claims = frozenset(one.kind for one in self.detectors if one.is_claim) | {READING}
        self.hard: frozenset[str] = HARD_KINDS | office.hard_kinds
        named = {one.kind: one.label for one in office.kinds} | {one.kind: one.label for one in office.dictionaries}
        self.labels = {kind: label for kind, label in named.items() if kind not in set(Kind)}
        self.allowed: Callable[[str], bool] = Allowed(office).allowed


@cache
def shipped() -> Detection:
    """What ships, for an office that said nothing."""
    return Detection(OfficeKinds())
