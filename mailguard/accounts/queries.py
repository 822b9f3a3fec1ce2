"""Statements on accounts, grants and what the real server confirmed. Addresses are comparable throughout."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from mailguard.store import Transaction
from mailguard.store.tables import account, account_grant, upstream_credential

_ACCOUNT = select(account).where(account.c.address == bindparam("wanted"))
_GRANTS = (
    select(account_grant.c.address)
    .where(account_grant.c.account == bindparam("wanted"))
    .order_by(account_grant.c.address)
)
_CREDENTIAL = select(upstream_credential).where(upstream_credential.c.username == bindparam("wanted"))
_ALL_ACCOUNTS = select(account).order_by(account.c.address)
_ALL_GRANTS = select(account_grant).order_by(account_grant.c.account, account_grant.c.address)


def account_by_address(connection: Connection | Transaction, address: str) -> Row[Any] | None:
    """The account of an address (primary key)."""
    return connection.execute(_ACCOUNT, {"wanted": address}).one_or_none()


def grants_of(connection: Connection | Transaction, address: str) -> list[str]:
    """What an account may send as besides itself, sorted (primary key)."""
    return list(connection.execute(_GRANTS, {"wanted": address}).scalars())


def credential_of(connection: Connection, username: str) -> Row[Any] | None:
    """The password of a user as the real server last confirmed it (primary key)."""
    return connection.execute(_CREDENTIAL, {"wanted": username}).one_or_none()


def all_accounts(connection: Connection) -> list[Row[Any]]:
    """Every account, by address; an office has hundreds at most."""
    return list(connection.execute(_ALL_ACCOUNTS))


def all_grants(connection: Connection) -> list[Row[Any]]:
    """Every grant, by account."""
    return list(connection.execute(_ALL_GRANTS))


def add_account(transaction: Transaction, address: str, owner: str, password_hash: str, now: int) -> None:
    """A new account."""
    row = {"address": address, "owner": owner, "password_hash": password_hash, "created_at": now, "changed_at": now}
    transaction.execute(insert(account), row)


def set_password_hash(transaction: Transaction, address: str, password_hash: str, now: int) -> int:
    """Another password; ``changed_at`` makes whoever remembers the old one forget it. Rows changed: 0 or 1."""
    statement = update(account).where(account.c.address == address)
    return transaction.execute(statement.values(password_hash=password_hash, changed_at=now)).rowcount


def replace_password_hash(transaction: Transaction, address: str, old: str, new: str) -> None:
    """The same password hashed anew, unless it was changed meanwhile."""
    statement = update(account).where(account.c.address == address, account.c.password_hash == old)
    transaction.execute(statement.values(password_hash=new))


def set_disabled(transaction: Transaction, address: str, disabled_at: int | None, now: int) -> int:
    """Disabled since then, or enabled (None). Rows changed: 0 or 1."""
    statement = update(account).where(account.c.address == address)
    return transaction.execute(statement.values(disabled_at=disabled_at, changed_at=now)).rowcount


def add_grant(transaction: Transaction, address: str, granted: str, now: int) -> None:
    """A new grant."""
    transaction.execute(insert(account_grant), {"account": address, "address": granted, "granted_at": now})


def remove_grant(transaction: Transaction, address: str, granted: str) -> int:
    """A grant less. Rows changed: 0 or 1."""
    statement = delete(account_grant).where(account_grant.c.account == address, account_grant.c.address == granted)
    return transaction.execute(statement).rowcount


def remember_credential(transaction: Transaction, username: str, password_hash: str, confirmed_at: int) -> None:
    """What the real server has just confirmed, in place of what it confirmed before (primary key)."""
    transaction.execute(delete(upstream_credential).where(upstream_credential.c.username == username))
    row = {"username": username, "password_hash": password_hash, "confirmed_at": confirmed_at}
    transaction.execute(insert(upstream_credential), row)


def forget_credential(transaction: Transaction, username: str, password_hash: str) -> None:
    """Forget this hash of a user's password; a newer one stays."""
    transaction.execute(
        delete(upstream_credential).where(
            upstream_credential.c.username == username, upstream_credential.c.password_hash == password_hash
        )
    )


def forget_credentials_before(transaction: Transaction, confirmed_before: int) -> None:
    """Forget everything that is too old to be believed (whole table: a row a person)."""
    transaction.execute(delete(upstream_credential).where(upstream_credential.c.confirmed_at < confirmed_before))
