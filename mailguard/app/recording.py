"""What the service itself puts on record: its start and end, and which rules are in force."""

from __future__ import annotations

import contextlib

from mailguard import __version__, audit
from mailguard.errors import MailguardError
from mailguard.judging.active import ActivePolicy
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.store import Store, Transaction
from mailguard.workers.looking import Looking

_SERVICE = Actor(ActorKind.WORKER, "service")


class Recorder:
    """The work that records a start, a stop, or which rules are in force. ``details`` None: of this release."""

    def __init__(self, action: AuditAction, details: dict[str, object] | None = None) -> None:
        self._action = action
        self._details = details or {"version": __version__}

    def __call__(self, transaction: Transaction) -> None:
        audit.append(transaction, AuditEvent(transaction.now, _SERVICE, self._action, None, self._details))


class RulesOnRecord:
    """Takes up changed rules, with what looking needs of them, and says which are in force."""

    def __init__(self, store: Store, policy: ActivePolicy, looking: Looking) -> None:
        self._store = store
        self._policy = policy
        self._looking = looking

    async def reload(self) -> None:
        """Read them again; the old ones stay where the new ones cannot be."""
        is_loaded = await self._policy.reload(self._looking.take_up)
        await self.record(AuditAction.POLICY_LOADED if is_loaded else AuditAction.POLICY_REFUSED)

    async def record(self, action: AuditAction) -> None:
        """Put on record which rules are in force."""
        rules = self._policy.rules
        details: dict[str, object] = {"set": rules.name, "policy": rules.version, "rules": len(rules.rules)}
        with contextlib.suppress(MailguardError):
            await self._store.write(Recorder(action, details))
