"""The documents of an incident on pages and on paper. English."""

from __future__ import annotations

TEXTS: dict[str, str] = {}
