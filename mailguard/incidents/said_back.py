"""Of whom a report of another server says that a mail came back after it had been taken."""

from __future__ import annotations

from mailguard.model.audit import AuditEvent


def said_to_be_back(event: AuditEvent) -> set[int]:
    """The positions that such an event names (``delivery.bounced_later``, ``parcel.bounced_later``)."""
    positions = event.details.get("positions")
    return {one for one in positions if isinstance(one, int)} if isinstance(positions, list | tuple) else set()
