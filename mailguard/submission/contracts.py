"""What the submission server needs from others: a place for mail, and somebody who knows the accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from mailguard.model.envelope import Envelope, Session


class Content(Protocol):
    """Takes one mail's content in wire form as it arrives."""

    def write(self, chunk: bytes, /) -> None:
        """Keep the next octets. Raises a MailguardError when there is no room."""
        ...

    def abandon(self) -> None:
        """Forget the content. May be called at any time and twice."""
        ...


class Acceptor(Protocol):
    """Where mail goes: the spool, or a recording double in tests."""

    def open_content(self) -> Any:
        """A fresh ``Content``, which is handed back to ``accept`` or abandoned. Typed by whoever implements it."""
        ...

    async def accept(self, envelope: Envelope, session: Session, writer: Any, *, automatic: bool) -> str:
        """Take responsibility; returns the queue id once content and rows are synced, else raises."""
        ...

    def has_room(self, size: int) -> bool:
        """Whether a mail of that many octets may come (0 where the client did not say)."""
        ...

    async def sent_since(self, account: str, since: datetime) -> tuple[int, int]:
        """How many mails and recipients the account has had accepted since then."""
        ...


class Account(Protocol):
    """Somebody who has signed in."""

    @property
    def address(self) -> str:
        """The mailbox address the account belongs to."""
        ...

    @property
    def owner(self) -> str:
        """The mailbox of the person who answers for its mail."""
        ...

    def may_send_as(self, reverse_path: str) -> bool:
        """Whether this address is its own or granted to it."""
        ...


class Authenticator(Protocol):
    """Who checks names and passwords; counts failures per account and address itself."""

    async def authenticate(self, username: str, password: str, client_address: str) -> Account:
        """The account. Raises a MailguardError: permanent where refused, temporary where it cannot be known."""
        ...


class AnswerAddresses(Protocol):
    """Addresses that letters of the office name for answers."""

    def is_answer_address(self, address: str) -> bool:
        """Whether an address is of their form."""
        ...

    async def reader_of(self, address: str) -> str | None:
        """Who inside gets what is sent there; None where there is no such address."""
        ...
