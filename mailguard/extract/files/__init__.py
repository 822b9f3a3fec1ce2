"""Readers of file types: one module a type, one line in ``READERS``."""
