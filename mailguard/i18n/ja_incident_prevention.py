"""What follows from an incident. Japanese."""

from __future__ import annotations

TEXTS: dict[str, str] = {}
