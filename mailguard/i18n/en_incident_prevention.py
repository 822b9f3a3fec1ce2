"""What follows from an incident. English."""

from __future__ import annotations

TEXTS: dict[str, str] = {}
