"""Notes once a day where the record of who did what stands: in the database, in a file beside it, in the log.

The file is brought up to the database's anchors at every start as well, so that what a crash left out comes with the
next. A file that was changed is not added to; ``mailguard audit verify`` says what is wrong with it.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog

from mailguard import audit
from mailguard.audit.anchors import NotAnAnchor
from mailguard.store import Store
from mailguard.workers.rounds import EXPECTED, rounds

LOOK_SECONDS = 60.0

log = structlog.get_logger()


class Anchorer:
    """One per node; of several on one database one sets the anchor of a day, and each has a file of its own."""

    def __init__(self, store: Store, seals: audit.Seals, folder: Path) -> None:
        self._store = store
        self._seals = seals
        self._file = audit.AnchorFile(folder / audit.FILE_NAME)
        self._written = 0

    async def run(self) -> None:
        """Look for ever."""
        await rounds(self.look, LOOK_SECONDS, "record_not_anchored", (*EXPECTED, NotAnAnchor))

    async def look(self) -> audit.Anchor | None:
        """Set the anchor of today where there is none, and bring the file up. Raises ``NotAnAnchor``, ``OSError``."""
        anchor = await self._store.write(lambda transaction: audit.set_anchor(transaction, self._seals))
        if anchor is not None:
            log.info(
                "record_anchored", number=anchor.number, seq=anchor.seq, hash=anchor.hash.hex(), seal=anchor.mac.hex()
            )
        anchors = await self._store.read(audit.anchors_of)
        if anchors and anchors[-1].number != self._written:
            added = await asyncio.to_thread(self._file.bring_up, anchors)
            if added > 1:
                log.warning("anchors_written_again", file=self._file.path.name, added=added)
            self._written = anchors[-1].number
        return anchor
