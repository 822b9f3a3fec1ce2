"""What the office has learned about addresses, asked about one mail and answered for it. Addresses are comparable."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Question:
    """What judging one mail needs to know.

    ``outsiders``: addresses outside the office, each with the full name shown beside it or "". ``visible``: those of
    them that everybody sees. ``threads``: keys of the messages it answers. ``greeting``: whom it greets, as
    "organisation|name", or "". ``stated``: domains that are known without having been learned.
    """

    sender: str
    outsiders: dict[str, str]
    visible: frozenset[str]
    threads: tuple[bytes, ...]
    greeting: str
    stated: frozenset[str]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The answer.

    ``by_sender`` and ``by_office``: mails delivered so far, by address; ``by_domain`` by domain. ``resembling``: for a
    domain not known, known ones that share a spelling with it, and how many mails went there. ``same_local_part``,
    ``same_name``: for an address not known, known addresses elsewhere with the same local part or full name.
    ``names``: full names by which an address has been addressed. ``greeted``: addresses that the greeting belongs to.
    ``circles``: who stood together on each earlier mail of the thread that is known.
    ``is_known_list``: all of ``visible`` have stood visibly on one mail before, and somebody meant it so.
    """

    by_sender: dict[str, int] = field(default_factory=dict)
    by_office: dict[str, int] = field(default_factory=dict)
    by_domain: dict[str, int] = field(default_factory=dict)
    resembling: dict[str, dict[str, int]] = field(default_factory=dict)
    same_local_part: dict[str, tuple[str, ...]] = field(default_factory=dict)
    same_name: dict[str, tuple[str, ...]] = field(default_factory=dict)
    names: dict[str, frozenset[str]] = field(default_factory=dict)
    greeted: frozenset[str] = frozenset()
    circles: tuple[frozenset[str], ...] = ()
    is_known_list: bool = False


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a mail teaches once it is delivered.

    ``boxes``: outside addresses with the full name shown beside them. ``people``: everybody who stands on it, with the
    sender. ``visible``: outsiders who see each other, to be kept as a list that was meant so; empty where it may
    have been an accident. ``thread``: the key of its Message-ID, or None. ``closing``: keyed hashes of the
    contact data in the sender's closing block.
    """

    sender: str
    boxes: dict[str, str]
    people: tuple[str, ...]
    visible: tuple[str, ...]
    thread: bytes | None
    greeting: str
    closing: tuple[bytes, ...] = ()
