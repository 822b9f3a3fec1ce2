"""Mails with the same fault. Japanese."""

from __future__ import annotations

TEXTS: dict[str, str] = {}
