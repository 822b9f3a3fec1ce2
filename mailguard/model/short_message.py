"""A short message that carries a password, on its way from the channel that writes it to the gateway that sends it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class ShortMessage:
    """``phone``: digits with a leading plus or zero. ``text`` is complete and holds the password; ``password`` and
    ``office`` are there for gateways that put a message together themselves. Never shown by ``repr``.
    """

    phone: str
    text: str
    password: str
    office: str
