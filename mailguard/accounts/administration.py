"""What an administrator does with accounts. Each is a work that records who did it; addresses may be in any spelling.

Errors: ``AccountProblem`` with words for the administrator; nothing was changed then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mailguard import audit
from mailguard.accounts import queries
from mailguard.accounts.account import comparable_grant
from mailguard.errors import AccountProblem
from mailguard.model.address import comparable, is_domain_name, is_mailbox
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.store import Transaction, Work
from mailguard.store.times import from_micros, to_micros


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """An account as lists show it; times are aware UTC. ``disabled_at`` is None for one that may sign in.

    ``is_local`` is False for an address that signs in at the real server and only has grants here.
    """

    address: str
    owner: str
    grants: tuple[str, ...]
    is_local: bool = True
    created_at: datetime | None = None
    changed_at: datetime | None = None
    disabled_at: datetime | None = None


def list_accounts(connection: Connection) -> list[AccountEntry]:
    """Every account, and every address that has grants without being one, by address."""
    grants: dict[str, list[str]] = {}
    for row in queries.all_grants(connection):
        grants.setdefault(row.account, []).append(row.address)
    entries = [
        AccountEntry(
            row.address,
            row.owner,
            tuple(grants.pop(row.address, ())),
            True,
            from_micros(row.created_at),
            from_micros(row.changed_at),
            None if row.disabled_at is None else from_micros(row.disabled_at),
        )
        for row in queries.all_accounts(connection)
    ]
    entries += [AccountEntry(address, address, tuple(granted), False) for address, granted in grants.items()]
    return sorted(entries, key=lambda entry: entry.address)


def add(address: str, owner: str, password_hash: str, actor: Actor) -> Work[None]:
    """A new account; an empty ``owner`` means the address itself."""
    name = _mailbox(address)
    person = _mailbox(owner) if owner else name

    def work(transaction: Transaction) -> None:
        if queries.account_by_address(transaction, name) is not None:
            raise AccountProblem(public=f"The account {name} is there already")
        queries.add_account(transaction, name, person, password_hash, to_micros(transaction.now))
        _record(transaction, actor, name, "added", owner=person)

    return work


def set_password(address: str, password_hash: str, actor: Actor) -> Work[None]:
    """Another password; sign-ins remembered with the old one end."""
    return _change(
        address, actor, "password_set", lambda tx, name, now: queries.set_password_hash(tx, name, password_hash, now)
    )


def disable(address: str, actor: Actor) -> Work[None]:
    """The account may not sign in any more; its mail that is on its way goes on."""
    return _change(address, actor, "disabled", lambda tx, name, now: queries.set_disabled(tx, name, now, now))


def enable(address: str, actor: Actor) -> Work[None]:
    """The account may sign in again."""
    return _change(address, actor, "enabled", lambda tx, name, now: queries.set_disabled(tx, name, None, now))


def grant(address: str, granted: str, actor: Actor) -> Work[bool]:
    """The account may send as another mailbox or ``@domain`` as well; False where it could already.

    The account need not be a local one: an address that signs in at the real server has its grants here.
    """
    name, more = _mailbox(address), _grantable(granted)

    def work(transaction: Transaction) -> bool:
        if more in queries.grants_of(transaction, name):
            return False
        queries.add_grant(transaction, name, more, to_micros(transaction.now))
        _record(transaction, actor, name, "granted", address=more)
        return True

    return work


def revoke(address: str, granted: str, actor: Actor) -> Work[None]:
    """The account may send as that no more, at its next sign-in."""
    name, less = _mailbox(address), _grantable(granted)

    def work(transaction: Transaction) -> None:
        if not queries.remove_grant(transaction, name, less):
            raise AccountProblem(public=f"{name} has no grant for {less}")
        _record(transaction, actor, name, "revoked", address=less)

    return work


def _change(address: str, actor: Actor, change: str, carry_out: Callable[[Transaction, str, int], int]) -> Work[None]:
    name = _mailbox(address)

    def work(transaction: Transaction) -> None:
        if not carry_out(transaction, name, to_micros(transaction.now)):
            raise AccountProblem(public=f"There is no account {name}")
        _record(transaction, actor, name, change)

    return work


def _record(transaction: Transaction, actor: Actor, account: str, change: str, **details: str) -> None:
    audit.append(
        transaction,
        AuditEvent(
            transaction.now, actor, AuditAction.ACCOUNT_CHANGED, None, {"account": account, "change": change, **details}
        ),
    )


def _mailbox(address: str) -> str:
    if not is_mailbox(address):
        raise AccountProblem(public=f"This is not a mail address: {address}")
    return comparable(address)


def _grantable(text: str) -> str:
    if text.startswith("@"):
        if not is_domain_name(text[1:]):
            raise AccountProblem(public=f"This is neither a mail address nor @domain: {text}")
        return comparable_grant(text)
    return _mailbox(text)
