"""What pages need of the service. ``app`` makes it, tests make it from the same real parts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from mailguard.accounts import Accounts
from mailguard.accounts.web_sign_in import WebSignIn
from mailguard.clock import Clock
from mailguard.config import Settings
from mailguard.hold.mend_difference import Differences
from mailguard.hold.mend_record import HoldRules, MendOutcome
from mailguard.hold.mending import Mend, Note
from mailguard.hold.returning import Returning
from mailguard.incidents import IncidentRecords, Openings
from mailguard.incidents.counting import Counter
from mailguard.incidents.deletion import Deletions
from mailguard.incidents.documents import DocumentRecords
from mailguard.incidents.planning import Planner
from mailguard.judging.active import ActivePolicy
from mailguard.judging.drafts import Drafts
from mailguard.model.audit import Actor
from mailguard.model.node import NodeState
from mailguard.model.queue import QueueId
from mailguard.parcels.passwords import Passwords
from mailguard.parcels.records import Records
from mailguard.spool import Spool
from mailguard.store import Store
from mailguard.web.health import Health, Reading


class MendPreview(Protocol):
    """What an edit would change."""

    @property
    def differences(self) -> Differences: ...
    @property
    def notes(self) -> frozenset[Note]: ...


class MendDone(MendPreview, Protocol):
    """An edit that counts, and what it changed."""

    @property
    def outcome(self) -> MendOutcome: ...


class Mends(Protocol):
    """Edits held mail: ``workers.mender.Mender``, whose docstrings say what is raised."""

    async def preview(self, queue_id: QueueId, mend: Mend) -> MendPreview:
        """What the edit would change; nothing is written."""
        ...

    async def mend(self, queue_id: QueueId, mend: Mend, actor: Actor) -> MendDone:
        """Make the edit count."""
        ...


@dataclass(frozen=True, kw_only=True)
class WebParts:
    """Every part a page may use. Works of ``hold`` and reads of the rooms below are imported where they are needed;
    what only the workers can do is passed in here.

    ``hint``: called after something was released, so that nobody waits for the next look. ``refresh_devices``: after
    devices were changed, so that they count at once. ``node``: what this node knows of itself.
    ``reload_policy``: after rules were changed, so that they count here at once.
    """

    settings: Settings
    clock: Clock
    store: Store
    spool: Spool
    policy: ActivePolicy
    drafts: Drafts
    reload_policy: Callable[[], Awaitable[None]]
    accounts: Accounts
    sign_in: WebSignIn
    mender: Mends
    hold_rules: HoldRules
    returning: Returning
    passwords: Passwords
    records: Records
    incidents: IncidentRecords
    openings: Openings
    documents: DocumentRecords
    deletions: Deletions
    planner: Planner
    counter: Counter
    hint: Callable[[], None]
    refresh_devices: Callable[[], Awaitable[None]]
    node: Callable[[], NodeState]
    check: Callable[[], Awaitable[Health]]
    readings: Callable[[], Awaitable[Iterable[Reading]]]

    @property
    def is_https(self) -> bool:
        """Whether browsers reach us by HTTPS, ours or a proxy's."""
        web = self.settings.web
        return web.tls or web.public_url.startswith("https://")
