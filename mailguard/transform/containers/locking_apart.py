"""The work of the process that puts passwords on PDF and Office files; ``locking`` names it and says what it takes."""

from __future__ import annotations

import hashlib

from mailguard.model.protection import Mode
from mailguard.transform.containers.errors import CannotLock, NotAsPromised
from mailguard.transform.containers.file_checking import check_office, check_pdf
from mailguard.transform.containers.locking import HEAD, MODES, Status
from mailguard.transform.containers.office_container import lock_office
from mailguard.transform.containers.pdf_container import lock_pdf


def lock(request: bytes) -> bytes:
    """The locked and checked file, or why there is none, for ``answer_of``."""
    number, length = HEAD.unpack_from(request)
    password = request[HEAD.size : HEAD.size + length].decode("ascii")
    octets = request[HEAD.size + length :]
    try:
        if MODES[number] is Mode.PDF:
            locked = lock_pdf(octets, password)
            check_pdf(locked, password)
        else:
            locked = lock_office(octets, password)
            check_office(locked, password, hashlib.sha256(octets).hexdigest())
    except CannotLock as error:
        return bytes((Status[error.why.name],))
    except NotAsPromised:
        return bytes((Status.UNPROVEN,))
    return bytes((Status.LOCKED,)) + locked
