"""Looking into a mail as octets in and octets out, as the relay asks a process that may be killed (``looking_apart``).

The relay sends what is to be looked at and what it knows of the sender; the process answers with values of ``model``
alone. What hostile mail could make of that process must not reach the relay, so an answer is read as ``answers`` says,
and makes nothing but those values. Commands that look into mails and files ask in the same way.
"""

from __future__ import annotations

import os
import pickle
from dataclasses import dataclass, replace
from pathlib import Path

from mailguard.errors import KilledFor
from mailguard.extract import read
from mailguard.judging.answers import values_in
from mailguard.mime.head import head_of
from mailguard.mime.message import Message
from mailguard.model.contents import Obstacle, Unreadable
from mailguard.model.extract import Extract
from mailguard.model.finding import Inspection, People
from mailguard.policy.directory import Directory
from mailguard.policy.facts import Occasion, Situation, situation_of
from mailguard.policy.law import Law
from mailguard.policy.rules import RuleSet

OBSTACLES = {
    KilledFor.TIME: Obstacle.TOO_LONG,
    KilledFor.MEMORY: Obstacle.TOO_LARGE,
    KilledFor.CRASHED: Obstacle.DAMAGED,
}
"""What people are told of a mail or file whose process was killed."""
LOAD = "mailguard.judging.looking_apart:load"
WORK = "mailguard.judging.looking_apart:look"
FILE_WORK = "mailguard.judging.looking_apart:look_into"
"""What the process loads and does. It is named, not imported: what it needs is not for the relay to load."""


@dataclass(frozen=True)
class ToVerify:
    """``original`` and ``finished`` with CRLF lines and no dot-stuffing. ``finished`` is without the parcel's octets
    and without our own notice; ``more`` is what can be read beside it: the notice, names that the parcel shows, other
    recipients' header blocks. ``own`` and ``contact``: words that may stand there anyway (``inspection.remains``).
    """

    original: bytes
    finished: bytes
    occasion: Occasion
    learned: frozenset[bytes]
    own: tuple[str, ...]
    contact: tuple[str, ...]
    more: tuple[str, ...]


@dataclass(frozen=True)
class ToName:
    """``octets``: a mail as for ``look``, of which it is asked whose data is in it."""

    octets: bytes


def argument_of(rules: RuleSet, key: bytes, seconds: float) -> bytes:
    """What ``load`` takes: the directory and the office's kinds of a set, not its rules or exceptions to them.

    Sets that differ in rules alone have the same: processes go on when a figure is changed.
    """
    looked_with = replace(rules, rules=(), version="", law=Law(), directory=replace(rules.directory, exemptions=()))
    return pickle.dumps((looked_with, key, seconds))


def request_of(
    octets: bytes, occasion: Occasion, learned: frozenset[bytes], directory: Directory | None = None
) -> bytes:
    """What ``look`` takes. ``directory``: for this mail alone, instead of the one that was loaded."""
    return pickle.dumps((octets, occasion, learned, directory), protocol=5)


def verify_request_of(asked: ToVerify, directory: Directory | None = None) -> bytes:
    """What ``look`` takes to look at a protected mail, for ``verify_answer_of``."""
    return pickle.dumps((asked, asked.occasion, asked.learned, directory), protocol=5)


def verify_answer_of(answer: bytes) -> frozenset[tuple[str, str]]:
    """Kinds and places still readable. Raises ``ValueError`` for anything odd."""
    answered = values_in(answer)
    if type(answered) is not frozenset:
        raise ValueError("an answer of other values")
    for one in answered:
        if type(one) is not tuple or [type(word) for word in one] != [str, str]:
            raise ValueError("an answer of other values")
    return frozenset((str(kind), str(where)) for kind, where in answered)


def people_request_of(
    octets: bytes, occasion: Occasion, learned: frozenset[bytes], directory: Directory | None = None
) -> bytes:
    """What ``look`` takes to say whose data is in a mail, for ``people_answer_of``."""
    return pickle.dumps((ToName(octets), occasion, learned, directory), protocol=5)


def people_answer_of(answer: bytes) -> People:
    """Whose data is in a mail. Raises ``ValueError`` for anything odd."""
    answered = values_in(answer)
    if type(answered) is not People:
        raise ValueError("an answer of other values")
    return answered


def answer_of(answer: bytes, octets: bytes, occasion: Occasion, rules: RuleSet) -> Situation:
    """The situation of a mail that a process has looked into. Raises ``ValueError`` for anything odd."""
    answered = values_in(answer)
    if type(answered) is not tuple or [type(one) for one in answered] != [Extract, Inspection]:
        raise ValueError("an answer of other values")
    read, inspection = answered
    message = Message(head_of(octets) + b"\r\n")
    return replace(situation_of(message, read, occasion, rules.directory), inspection=inspection)


def situation_without(why: Obstacle, octets: bytes, occasion: Occasion, rules: RuleSet) -> Situation:
    """The situation of a mail for which there is no answer: of its header alone, and its body nobody could read."""
    message = Message(head_of(octets) + b"\r\n")
    unread = Inspection(unreadable=(Unreadable("body", why),))
    return replace(situation_of(message, read(message), occasion, rules.directory), inspection=unread)


def file_request_of(path: Path) -> bytes:
    """What ``look_into`` takes. A path that is not absolute is read from where the process was started."""
    return os.fsencode(path)


def file_answer_of(answer: bytes) -> Inspection:
    """What a process has found in a file. Raises ``OSError`` where it could not be opened; ``ValueError``."""
    answered = values_in(answer)
    if type(answered) is tuple and len(answered) == 2:
        found, problem = answered
        if type(found) is Inspection and problem == "":
            return found
        if found is None and type(problem) is str:
            raise OSError(0, problem)
    raise ValueError("an answer of other values")
