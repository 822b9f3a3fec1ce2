"""The report of near misses and accidents, and drills. English."""

from __future__ import annotations

TEXTS: dict[str, str] = {}
