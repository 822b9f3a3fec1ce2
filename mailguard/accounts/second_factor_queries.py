"""Statements on one-time passwords, recovery codes and passkeys."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, or_, select, update

from mailguard.store import Transaction
from mailguard.store.people_tables import passkey, recovery_code, totp

Reader = Connection | Transaction

_TOTP = select(totp).where(totp.c.address == bindparam("wanted"))
_CODES = select(func.count()).select_from(recovery_code).where(recovery_code.c.address == bindparam("wanted"))
_PASSKEYS = select(passkey).where(passkey.c.address == bindparam("wanted")).order_by(passkey.c.created_at)
_PASSKEY = select(passkey).where(passkey.c.credential_id == bindparam("wanted"))


def totp_of(reader: Reader, address: str) -> Row[Any] | None:
    """Somebody's one-time passwords (primary key)."""
    return reader.execute(_TOTP, {"wanted": address}).one_or_none()


def set_totp(transaction: Transaction, address: str, secret: bytes) -> None:
    """A new secret that no code was typed for yet, in place of another one (primary key)."""
    transaction.execute(delete(totp).where(totp.c.address == address))
    transaction.execute(insert(totp), {"address": address, "secret": secret, "confirmed_at": None, "last_step": 0})


def use_step(transaction: Transaction, address: str, step: int, confirmed_at: int) -> int:
    """The step is used up (primary key). Rows changed: 0 where it was used before."""
    statement = update(totp).where(totp.c.address == address, totp.c.last_step < step)
    return transaction.execute(statement.values(last_step=step, confirmed_at=confirmed_at)).rowcount


def remove_totp(transaction: Transaction, address: str) -> int:
    """No one-time passwords any more (primary key). Rows removed: 0 or 1."""
    return transaction.execute(delete(totp).where(totp.c.address == address)).rowcount


def count_codes(reader: Reader, address: str) -> int:
    """How many recovery codes somebody has left (primary key)."""
    return int(reader.execute(_CODES, {"wanted": address}).scalar_one())


def set_codes(transaction: Transaction, address: str, code_hashes: list[bytes]) -> None:
    """These recovery codes and no others (primary key)."""
    transaction.execute(delete(recovery_code).where(recovery_code.c.address == address))
    if code_hashes:
        transaction.execute(insert(recovery_code), [{"address": address, "code_hash": one} for one in code_hashes])


def use_code(transaction: Transaction, address: str, code_hash: bytes) -> int:
    """A recovery code less (primary key). Rows removed: 0 or 1."""
    statement = delete(recovery_code).where(recovery_code.c.address == address, recovery_code.c.code_hash == code_hash)
    return transaction.execute(statement).rowcount


def passkeys_of(reader: Reader, address: str) -> list[Row[Any]]:
    """Somebody's passkeys, oldest first (``passkey_by_address``)."""
    return list(reader.execute(_PASSKEYS, {"wanted": address}))


def passkey_by_id(reader: Reader, credential_id: bytes) -> Row[Any] | None:
    """A passkey (primary key)."""
    return reader.execute(_PASSKEY, {"wanted": credential_id}).one_or_none()


def add_passkey(transaction: Transaction, row: dict[str, Any]) -> None:
    """A new passkey."""
    transaction.execute(insert(passkey), row)


def use_passkey(transaction: Transaction, credential_id: bytes, sign_count: int, used_at: int) -> int:
    """Used then, with its count grown or always 0 (primary key). Rows changed: 0 where it did not grow."""
    statement = update(passkey).where(
        passkey.c.credential_id == credential_id,
        or_(passkey.c.sign_count < sign_count, passkey.c.sign_count == 0),
    )
    return transaction.execute(statement.values(sign_count=sign_count, used_at=used_at)).rowcount


def rename_passkey(transaction: Transaction, credential_id: bytes, address: str, name: str) -> int:
    """Another name for somebody's passkey (primary key). Rows changed: 0 or 1."""
    statement = update(passkey).where(passkey.c.credential_id == credential_id, passkey.c.address == address)
    return transaction.execute(statement.values(name=name)).rowcount


def remove_passkey(transaction: Transaction, credential_id: bytes, address: str) -> int:
    """One of somebody's passkeys less (primary key). Rows removed: 0 or 1."""
    statement = delete(passkey).where(passkey.c.credential_id == credential_id, passkey.c.address == address)
    return transaction.execute(statement).rowcount
