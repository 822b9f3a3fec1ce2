"""Carries out what a verdict demands before a mail may leave: pure functions from octets to octets."""

from mailguard.transform.recipients import Mode, NotPossible, heads_for

__all__ = ["Mode", "NotPossible", "heads_for"]
