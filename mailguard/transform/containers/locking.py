"""Passwords on PDF and Office files as octets in and octets out, for a process that may be killed.

Parsers of hostile files do not belong in the relay. A request and an answer are plain octets, in which nothing is named
that would be made: a request is mode, length of the password, password, file; an answer is a status and, where all went
well, the locked file, which was checked there.
"""

from __future__ import annotations

import hashlib
import struct
from enum import IntEnum

from mailguard.model.protection import Mode
from mailguard.transform.containers.checking import check_office, check_pdf
from mailguard.transform.containers.errors import CannotLock, NotAsPromised, WhyNot
from mailguard.transform.containers.office_container import lock_office
from mailguard.transform.containers.password import password_octets
from mailguard.transform.containers.pdf_container import lock_pdf

WORK = "mailguard.transform.containers.locking:lock"

_HEAD = struct.Struct("!BB")
_MODES = {1: Mode.PDF, 2: Mode.OFFICE}


class _Status(IntEnum):
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
    number = next((number for number, one in _MODES.items() if one is mode), None)
    if number is None:
        raise ValueError("not a mode of one file")
    word = password_octets(password)
    return _HEAD.pack(number, len(word)) + word + octets


def lock(request: bytes) -> bytes:
    """The locked and checked file, or why there is none, for ``answer_of``."""
    number, length = _HEAD.unpack_from(request)
    password = request[_HEAD.size : _HEAD.size + length].decode("ascii")
    octets = request[_HEAD.size + length :]
    try:
        if _MODES[number] is Mode.PDF:
            locked = lock_pdf(octets, password)
            check_pdf(locked, password)
        else:
            locked = lock_office(octets, password)
            check_office(locked, password, hashlib.sha256(octets).hexdigest())
    except CannotLock as error:
        return bytes((_Status[error.why.name],))
    except NotAsPromised:
        return bytes((_Status.UNPROVEN,))
    return bytes((_Status.LOCKED,)) + locked


def answer_of(answer: bytes) -> bytes:
    """The locked file. Raises ``CannotLock``, also for an answer that is none."""
    if not answer or answer[0] not in _Status.__members__.values():
        raise CannotLock(WhyNot.UNPROVEN)
    status = _Status(answer[0])
    if status is not _Status.LOCKED:
        raise CannotLock(WhyNot[status.name])
    return answer[1:]
