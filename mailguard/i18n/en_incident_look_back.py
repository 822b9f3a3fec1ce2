"""Mails with the same fault. English."""

from __future__ import annotations

TEXTS: dict[str, str] = {}
