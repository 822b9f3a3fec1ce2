"""Passwords on PDF and Office files as octets in and octets out, as a process that may be killed is asked for them
(``locking_apart``).

A request and an answer are plain octets, in which nothing is named that would be made: a request is mode, length of the
password, password, file; an answer is a status and, where all went well, the locked file, which was checked there.
"""

from __future__ import annotations

import struct
from enum import IntEnum

from mailguard.model.protection import Mode
from mailguard.transform.containers.errors import CannotLock, WhyNot
from mailguard.transform.containers.password import password_octets

WORK = "mailguard.transform.containers.locking_apart:lock"
"""Named, not imported: parsers of hostile files do not belong in the relay."""

HEAD = struct.Struct("!BB")
MODES = {1: Mode.PDF, 2: Mode.OFFICE}


class Status(IntEnum):
    """First octet of an answer."""

    LOCKED = 0
    DAMAGED = 1
    ENCRYPTED = 2
    SIGNED = 3
    FORM = 4
    OTHER_FORMAT = 5
    TOO_LARGE = 6
    PASSWORD = 7
    UNPROVEN = 8


def request_of(mode: Mode, octets: bytes, password: str) -> bytes:
    """What ``lock`` takes. Raises ``CannotLock`` for a password that is none; ``ValueError`` for a mode that is not of
    one file.
    """
    number = next((number for number, one in MODES.items() if one is mode), None)
    if number is None:
        raise ValueError("not a mode of one file")
    word = password_octets(password)
    return HEAD.pack(number, len(word)) + word + octets


def answer_of(answer: bytes) -> bytes:
    """The locked file. Raises ``CannotLock``, also for an answer that is none."""
    if not answer or answer[0] not in Status.__members__.values():
        raise CannotLock(WhyNot.UNPROVEN)
    status = Status(answer[0])
    if status is not Status.LOCKED:
        raise CannotLock(WhyNot[status.name])
    return answer[1:]
