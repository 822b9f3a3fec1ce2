"""Parcels as they are on record, and the rows they are kept in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Row

from mailguard.errors import UnknownMail
from mailguard.model.protection import Channel, Manifest, Mode, PasswordState
from mailguard.model.queue import QueueId
from mailguard.parcels import queries
from mailguard.parcels.manifest import manifest_json, manifest_of
from mailguard.sealing import SecretBox
from mailguard.store import Transaction
from mailguard.store.times import from_micros, from_micros_or_none, to_micros, to_micros_or_none

PASSWORDS = "passwords of parcels"
"""The purpose of the key their passwords are sealed with."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A protected content with its password. ``has_password``: it was not destroyed yet."""

    parcel_id: str
    queue_id: QueueId
    created_at: datetime
    mode: Mode
    content_id: str
    manifest_sha256: str
    has_password: bool
    destroyed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Telling:
    """How the password of one recipient stands. ``told_by``: the mail of our own that carries it, to whomever."""

    queue_id: QueueId
    position: int
    parcel_id: str
    channel: Channel
    state: PasswordState
    revision: int
    due_at: datetime | None
    phone: str
    told_by: QueueId | None
    changed_at: datetime


class Records:
    """Reads and writes them. ``box`` seals what must not be read in the database."""

    def __init__(self, box: SecretBox) -> None:
        self._box = box

    # -- writing

    def insert_parcel(
        self, transaction: Transaction, parcel_id: str, queue_id: QueueId, content_id: str, manifest: Manifest,
        password: str, message_id: str = "",
    ) -> str:  # fmt: skip
        """Put a parcel on record; the hash of its manifest, as hexadecimal digits.

        ``message_id``: of the mail as it leaves, with angle brackets; "" where it has none.
        """
        octets = manifest_json(manifest)
        digest = sha256(octets)
        row = {
            "parcel_id": parcel_id,
            "queue_id": queue_id,
            "created_at": to_micros(transaction.now),
            "mode": manifest.mode.value,
            "content_id": content_id,
            "password": self._box.seal(password.encode(), _password_name(parcel_id)),
            "manifest": self._box.seal(octets, _manifest_name(parcel_id)),
            "manifest_sha256": digest.digest(),
            "message_key": self.message_key(message_id) if message_id else None,
            "destroyed_at": None,
        }
        transaction.insert(queries.INSERT_PARCEL, row)
        return digest.hexdigest()

    def insert_telling(self, transaction: Transaction, telling: Telling) -> None:
        """Put on record how a recipient's password is to travel."""
        row = {
            "queue_id": telling.queue_id,
            "position": telling.position,
            "parcel_id": telling.parcel_id,
            "channel": telling.channel.value,
            "state": telling.state.value,
            "revision": telling.revision,
            "due_at": to_micros_or_none(telling.due_at),
            "phone": self._sealed_phone(telling),
            "told_by": telling.told_by,
            "changed_at": to_micros(transaction.now),
        }
        transaction.insert(queries.INSERT_PARCEL_RECIPIENT, row)

    def change(self, transaction: Transaction, telling: Telling, **changes: Any) -> Telling:
        """New values, guarded by the revision that was seen. Raises ``StaleState`` by the end of the transaction."""
        after = replace(telling, revision=telling.revision + 1, changed_at=transaction.now, **changes)
        parameters = {
            "in_queue_id": telling.queue_id,
            "in_position": telling.position,
            "from_revision": telling.revision,
            "to_revision": after.revision,
            "to_channel": after.channel.value,
            "to_state": after.state.value,
            "to_due_at": to_micros_or_none(after.due_at),
            "to_phone": self._sealed_phone(after),
            "to_told_by": after.told_by,
            "at": to_micros(transaction.now),
        }
        transaction.update(queries.UPDATE_PARCEL_RECIPIENT, parameters)
        return after

    def message_key(self, message_id: str) -> bytes:
        """What a Message-ID is found by. Without case: some servers change it in what they return."""
        return self._box.mark(message_id.strip().lower().encode("utf-8", "surrogatepass"), "message id")

    # -- reading

    def parcel(self, reader: queries.Reader, parcel_id: str) -> Parcel:
        """Raises ``UnknownMail``."""
        row = queries.parcel_by_id(reader, parcel_id)
        if row is None:
            raise UnknownMail(f"no parcel {parcel_id}")
        return parcel_of(row)

    def parcels_called(self, reader: queries.Reader, message_ids: Iterable[str]) -> list[Parcel]:
        """Those of mails with one of these Message-IDs, oldest first."""
        keys = [self.message_key(one) for one in message_ids]
        return [parcel_of(row) for row in queries.parcels_called(reader, keys)] if keys else []

    def manifest(self, reader: queries.Reader, parcel_id: str) -> Manifest:
        """What a parcel holds. Raises ``UnknownMail``, ``ContentDamaged``."""
        row = queries.parcel_by_id(reader, parcel_id)
        if row is None:
            raise UnknownMail(f"no parcel {parcel_id}")
        return manifest_of(self._box.open(bytes(row.manifest), _manifest_name(parcel_id)))

    def password(self, reader: queries.Reader, parcel_id: str) -> str | None:
        """None once it was destroyed. Whoever asks for a person puts that on record. Raises ``ContentDamaged``."""
        row = queries.parcel_by_id(reader, parcel_id)
        if row is None or row.password is None:
            return None
        return self._box.open(bytes(row.password), _password_name(parcel_id)).decode()

    def tellings(self, reader: queries.Reader, parcel_id: str) -> list[Telling]:
        """Of all recipients of a parcel."""
        return [self.telling_of(row) for row in queries.members_of(reader, parcel_id)]

    def tellings_at(self, reader: queries.Reader, queue_id: QueueId, positions: list[int]) -> list[Telling]:
        """Of some recipients of a mail; those without a parcel are left out."""
        return [self.telling_of(row) for row in queries.of_recipients(reader, queue_id, positions)]

    def telling_of(self, row: Row[Any]) -> Telling:
        """The value of its row."""
        phone = b"" if row.phone is None else self._box.open(bytes(row.phone), _phone_name(row.queue_id, row.position))
        return Telling(
            row.queue_id,
            row.position,
            row.parcel_id,
            Channel(row.channel),
            PasswordState(row.state),
            row.revision,
            from_micros_or_none(row.due_at),
            phone.decode(),
            row.told_by,
            from_micros(row.changed_at),
        )

    def _sealed_phone(self, telling: Telling) -> bytes | None:
        if not telling.phone:
            return None
        return self._box.seal(telling.phone.encode(), _phone_name(telling.queue_id, telling.position))


def parcel_of(row: Row[Any]) -> Parcel:
    """The value of its row."""
    return Parcel(
        row.parcel_id,
        row.queue_id,
        from_micros(row.created_at),
        Mode(row.mode),
        row.content_id,
        bytes(row.manifest_sha256).hex(),
        row.password is not None,
        from_micros_or_none(row.destroyed_at),
    )


def _password_name(parcel_id: str) -> str:
    return f"password {parcel_id}"


def _manifest_name(parcel_id: str) -> str:
    return f"manifest {parcel_id}"


def _phone_name(queue_id: str, position: int) -> str:
    return f"phone {queue_id} {position}"
