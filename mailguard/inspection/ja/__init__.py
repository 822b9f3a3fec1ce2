"""Detectors for what is written in Japan: one module a kind."""
