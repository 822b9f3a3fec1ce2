"""What the personal data in a mail means for outsiders: pure, from the inspection alone.

The law asks for care with data that can be traced to a person (個人情報保護法 第2条) and with 個人番号
(番号利用法 第12条). Where the line lies is the office's decision: rules may draw it elsewhere with the same figures.
"""

from __future__ import annotations

from mailguard.model.contents import Obstacle
from mailguard.model.finding import Inspection, Kind

DECIDING = (
    Kind.MY_NUMBER, Kind.CREDIT_CARD, Kind.BANK_ACCOUNT, Kind.BASIC_PENSION_NUMBER, Kind.DRIVER_LICENSE, Kind.PASSPORT,
    Kind.RESIDENCE_CARD, Kind.HEALTH_INSURANCE, Kind.SPECIAL_CARE,
)  # fmt: skip
"""Kinds that one value of must not leave in clear."""

IDENTIFIERS = (*DECIDING[:2], *DECIDING[3:8], Kind.EMPLOYMENT_INSURANCE, Kind.RESIDENT_CODE)
"""Numbers the state, an insurer or a bank has given to one person."""

CONTACTS = (Kind.POSTAL_ADDRESS, Kind.PHONE_NUMBER, Kind.EMAIL_ADDRESS)
BESIDE_NAME = (Kind.POSTAL_ADDRESS, Kind.PHONE_NUMBER, Kind.BIRTH_DATE)
"""Kinds that must not leave in clear beside a name."""

ATTRIBUTES = (*CONTACTS, Kind.BIRTH_DATE, Kind.MEMBER_NUMBER, Kind.STAFF_NUMBER, Kind.SALARY)
NAMES_MANY = 10
"""Names from which a mail must not leave in clear, whatever stands beside them."""

BROKEN = frozenset({Obstacle.DAMAGED, Obstacle.UNKNOWN})


def must_protect(inspection: Inspection) -> bool:
    """Whether the mail must not leave in clear to somebody outside."""
    counts = inspection.counts
    return (
        any(counts.get(kind) for kind in DECIDING)
        or inspection.named_persons >= NAMES_MANY
        or (inspection.named_persons > 0 and any(counts.get(kind) for kind in BESIDE_NAME))
    )


def total(inspection: Inspection, kinds: tuple[str, ...]) -> int:
    """Distinct values of some kinds together."""
    return sum(inspection.counts.get(kind, 0) for kind in kinds)


def is_unopenable(inspection: Inspection) -> bool:
    """Whether a file is broken, or of a type nobody here knows."""
    return any(one.why in BROKEN for one in inspection.unreadable)


def has_encrypted(inspection: Inspection) -> bool:
    """Whether something in it asks for a password."""
    return any(one.why is Obstacle.ENCRYPTED for one in inspection.unreadable)
