"""Mails that somebody names for an incident: by number, by the address of their page, or ticked in a list."""

from __future__ import annotations

import re
from collections.abc import Collection

from sqlalchemy import Connection

from mailguard.accounts.people import owners_in
from mailguard.errors import UnknownMail
from mailguard.model.address import comparable
from mailguard.model.people import Right, Viewer
from mailguard.model.queue import QueueId
from mailguard.spool import Spool

NAMED_MAX = 200
_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{16}")


def ids_in(typed: str) -> list[QueueId]:
    """The queue ids in what somebody typed or pasted, links among it; each once."""
    return list(dict.fromkeys(_ID.findall(typed.upper())))


def owners_seen(reader: Connection, viewer: Viewer) -> Collection[str] | None:
    """Whose mail they may see; None: everybody's."""
    departments = viewer.departments(Right.SEE_MAIL)
    return None if departments is None else owners_in(reader, departments) | viewer.mailboxes


def seen_mails(spool: Spool, reader: Connection, viewer: Viewer, wanted: Collection[QueueId]) -> set[QueueId]:
    """Those of these mails that are there and that they may see."""
    owners = owners_seen(reader, viewer)
    found = set()
    for queue_id in wanted:
        try:
            owner = comparable(spool.mail(reader, queue_id).submission.session.owner)
        except UnknownMail:
            continue
        if owners is None or owner in owners:
            found.add(queue_id)
    return found
