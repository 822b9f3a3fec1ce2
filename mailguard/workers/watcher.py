"""Mails administrators when the system is in trouble for long, and once more when that is over.

One mail each time, whatever came together, and none about the same trouble within a day. What was told stands in the
record, so that a restart, or another node on the same database, tells nothing twice. The mail waits in the queue like
any other: where the next hop is the trouble it arrives when that is over, and where the database takes no writes there
is none. Chat channels (``announcer``) and monitors (``/readyz``) hear of those.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from mailguard import audit
from mailguard.accounts.people import holders_of, persons_of
from mailguard.clock import Clock
from mailguard.hold.notices import Notices
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.model.people import Role
from mailguard.notify.occasions import Kind
from mailguard.notify.troubles import Trouble, named, trouble_words
from mailguard.spool.queries import Reader, next_due
from mailguard.store import Store, Transaction
from mailguard.store.times import from_micros
from mailguard.workers.rounds import rounds

ACTOR = Actor(ActorKind.WORKER, "watcher")
EVERY_SECONDS = 60.0
NOT_AGAIN_FOR = timedelta(days=1)
PAGE = "/office/system"
STANDING_SECONDS = 600.0
"""The same work due for so long, and nothing is being done."""
_WELL_LOOKS = 2
"""Looks in a row that must not see a trouble before it is over."""
_REMEMBERED = timedelta(days=7)
_REMEMBERED_MAX = 500

See = Callable[[], Awaitable[Sequence[Trouble]]]
"""What is wrong now, the worst first."""

log = structlog.get_logger()


class Standstill:
    """Sees whether what is due is done: a mail a worker looks at is not due until its lease ends."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: int | None = None
        self._since = 0.0

    def is_seen(self, next_due_at: int | None) -> bool:
        """Whether the same is due for ``STANDING_SECONDS`` now. ``next_due_at``: of ``next_due``, at each look."""
        is_due = next_due_at is not None and from_micros(next_due_at) <= self._clock.due_now()
        due, passed = next_due_at if is_due else None, self._clock.monotonic()
        if due != self._due:
            self._due, self._since = due, passed
        return due is not None and passed - self._since >= STANDING_SECONDS

    async def look(self, store: Store) -> bool:
        """As ``is_seen``, of the store as it is now."""
        return self.is_seen(await store.read(next_due))


@dataclass
class _Seen:
    """A trouble. ``since``: when it was first seen, by the passed time, None where it is not there; ``told_at``: when
    administrators were last told that it began, ``is_open``: and not yet that it is over.
    """

    trouble: Trouble
    since: float | None = None
    absent: int = 0
    told_at: datetime | None = None
    is_open: bool = False


class Watcher:
    """One per node. ``postmaster``: who is told where nobody is an administrator."""

    def __init__(
        self, store: Store, notices: Notices, clock: Clock, see: See, after: timedelta, postmaster: str = ""
    ) -> None:
        """``after``: how long a trouble lasts before it is told; zero: none ever is."""
        self._store = store
        self._notices = notices
        self._clock = clock
        self._see = see
        self._after = after
        self._postmaster = postmaster
        self._seen: dict[str, _Seen] | None = None
        self.hint: Callable[[], None] = _nothing

    async def run(self) -> None:
        """Look for ever. A failure is logged; the next look tells what that one could not."""
        if self._after:
            await rounds(self.look, EVERY_SECONDS, "trouble_not_told")

    async def look(self) -> int:
        """Look once; how many mails were written."""
        if self._seen is None:
            since = self._clock.now() - _REMEMBERED
            self._seen = await self._store.read(lambda reader: _on_record(reader, since))
        self._note(self._seen, await self._see())
        mails = await self._tell([one for one in self._seen.values() if self._is_new(one)], is_over=False)
        over = [one for one in self._seen.values() if one.is_open and one.absent >= _WELL_LOOKS]
        mails += await self._tell(over, is_over=True)
        if mails:
            self.hint()
        return mails

    def _note(self, seen: dict[str, _Seen], troubles: Sequence[Trouble]) -> None:
        there = {one.name: one for one in troubles}
        for name, trouble in there.items():
            one = seen.setdefault(name, _Seen(trouble))
            one.trouble, one.absent = trouble, 0
            one.since = self._clock.monotonic() if one.since is None else one.since
        for name in seen.keys() - there.keys():
            seen[name].since = None
            seen[name].absent += 1

    def _is_new(self, one: _Seen) -> bool:
        if one.since is None or one.is_open or self._clock.monotonic() - one.since < self._after.total_seconds():
            return False
        return one.told_at is None or self._clock.now() - one.told_at >= NOT_AGAIN_FOR

    async def _tell(self, found: list[_Seen], *, is_over: bool) -> int:
        if not found:
            return 0

        def work(transaction: Transaction) -> int:
            # Another node may have told it.
            known = _on_record(transaction, transaction.now - NOT_AGAIN_FOR)
            told = [one.trouble for one in found if not _was_told(known.get(one.trouble.name), is_over=is_over)]
            return self._write(transaction, told, is_over=is_over) if told else 0

        mails = await self._store.write(work)
        for one in found:
            one.is_open = not is_over
            if not is_over:
                one.told_at = self._clock.now()
        log.info("trouble_told", troubles=len(found), over=is_over, mails=mails)
        return mails

    def _write(self, transaction: Transaction, troubles: list[Trouble], *, is_over: bool) -> int:
        link, mails = self._notices.link_to(PAGE), 0
        for address in self._administrators(transaction):
            try:
                self._notices.write_to(
                    transaction,
                    Kind.TROUBLE,
                    address,
                    lambda reader: trouble_words(troubles, link, reader, is_over=is_over),
                )
            except ValueError:
                log.error("notice_not_addressable", kind=Kind.TROUBLE.value)
                continue
            mails += 1
        action = AuditAction.TROUBLE_OVER if is_over else AuditAction.TROUBLE_TOLD
        details: dict[str, object] = {"troubles": [one.name for one in troubles], "people": mails}
        audit.append(transaction, AuditEvent(transaction.now, ACTOR, action, None, details))
        return mails

    def _administrators(self, transaction: Transaction) -> list[str]:
        people = persons_of(transaction, holders_of(transaction, Role.ADMINISTRATOR)).values()
        able = sorted(one.address for one in people if not one.is_disabled)
        return able or ([self._postmaster] if self._postmaster else [])


def _on_record(reader: Reader, since: datetime) -> dict[str, _Seen]:
    """What was told from then on."""
    actions = frozenset({AuditAction.TROUBLE_TOLD, AuditAction.TROUBLE_OVER})
    page = audit.newest(reader, audit.Wanted(actions=actions, since=since), limit=_REMEMBERED_MAX)
    found: dict[str, _Seen] = {}
    for event in (entry.event for entry in reversed(page.entries)):
        names = event.details.get("troubles")
        for name in names if isinstance(names, list) else ():
            one = found.setdefault(str(name), _Seen(named(str(name))))
            one.is_open = event.action is AuditAction.TROUBLE_TOLD
            one.told_at = event.at if one.is_open else one.told_at
    return found


def _was_told(known: _Seen | None, *, is_over: bool) -> bool:
    """Whether what is to be told now stands there as the last thing, or within a day."""
    if known is None:
        return False
    return not known.is_open if is_over else known.is_open or known.told_at is not None


def _nothing() -> None:
    """Nobody waits for a hint."""
