"""Links in notices: each opens the decision page of one mail, for the person it was written to, without signing in.

A link holds 256 random bits and is kept as their SHA-256. It counts until it is revoked; what its page may still show
and do depends on the mail's state, which is not known here. Whoever has it can decide about that mail, so its page
shows no content.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailguard import audit
from mailguard.accounts import link_queries as queries
from mailguard.accounts.bearer import hash_of, new_word
from mailguard.model.address import comparable
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.store import Store, Transaction
from mailguard.store.times import from_micros, to_micros


@dataclass(frozen=True, slots=True)
class MailLink:
    """What a link stands for: one mail, and whose decision it is (comparable)."""

    queue_id: str
    address: str
    created_at: datetime


class MailLinks:
    """Makes, finds and revokes them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def make(self, transaction: Transaction, queue_id: str, address: str) -> str:
        """Within a work that writes a notice: the word for its link. The mail's row must be there."""
        transaction.flush()
        token = new_word()
        row = {
            "token_hash": hash_of(token),
            "queue_id": queue_id,
            "address": comparable(address),
            "created_at": to_micros(transaction.now),
        }
        queries.add_link(transaction, row)
        return token

    async def of(self, token: str) -> MailLink | None:
        """What a link stands for; None where there is none such, or it was revoked."""
        row = await self._store.read(lambda connection: queries.link_by_hash(connection, hash_of(token)))
        return None if row is None else MailLink(row.queue_id, row.address, from_micros(row.created_at))

    async def revoke(self, queue_id: str, actor: Actor) -> int:
        """No link to the mail counts any more; how many did. A later notice has a new one."""

        def work(transaction: Transaction) -> int:
            revoked = queries.revoke_links(transaction, queue_id, to_micros(transaction.now))
            if revoked:
                event = AuditEvent(transaction.now, actor, AuditAction.LINK_REVOKED, queue_id, {"links": revoked})
                audit.append(transaction, event)
            return revoked

        return await self._store.write(work)
