"""Detectors for what looks the same everywhere: one module a kind."""
