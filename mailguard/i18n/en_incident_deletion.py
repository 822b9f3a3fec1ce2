"""Asking wrong recipients to delete a mail, and what they answer. English."""

from __future__ import annotations

TEXTS: dict[str, str] = {}
