"""The report of near misses and accidents, and drills. Japanese."""

from __future__ import annotations

TEXTS: dict[str, str] = {}
