"""Looking into a mail as octets in and octets out, for a process that may be killed.

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
from mailguard.extract.walk import Limits
from mailguard.inspection.circumstances import Circumstances
from mailguard.inspection.detection import Detection
from mailguard.inspection.inspecting import inspect
from mailguard.judging.answers import values_in, written
from mailguard.judging.judge import Looking, detection_of, looked_at
from mailguard.judging.scanning import looked_into
from mailguard.judging.verifying import ToVerify, verified
from mailguard.mime.head import head_of
from mailguard.mime.message import Message
from mailguard.model.contents import Contents, Obstacle, Piece, Unreadable
from mailguard.model.extract import Extract
from mailguard.model.finding import Inspection
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
LOAD = "mailguard.judging.looking:load"
WORK = "mailguard.judging.looking:look"
FILE_WORK = "mailguard.judging.looking:look_into"


@dataclass
class _Loaded:
    """What the process was started with. Set once, before the first request."""

    rules: RuleSet | None = None
    detection: Detection | None = None
    key: bytes = b""
    seconds: float = 60.0


_loaded = _Loaded()


def argument_of(rules: RuleSet, key: bytes, seconds: float) -> bytes:
    """What ``load`` takes: the directory and the office's kinds of a set, not its rules or exceptions to them.

    Sets that differ in rules alone have the same: processes go on when a figure is changed.
    """
    looked_with = replace(rules, rules=(), version="", law=Law(), directory=replace(rules.directory, exemptions=()))
    return pickle.dumps((looked_with, key, seconds))


def load(argument: bytes) -> None:
    """Take up the office's kinds and read all dictionaries, so that processes forked from here share them."""
    _loaded.rules, _loaded.key, _loaded.seconds = pickle.loads(argument)  # noqa: S301  # from our own relay
    assert _loaded.rules is not None
    _loaded.detection = detection_of(_loaded.rules, _loaded.key)
    warm()


def warm() -> None:
    """Read all dictionaries by looking at a text that needs each."""
    sample = "氏名:山田 太郎様 東京都千代田区霞が関1-1-1 電話 03-1234-5678 1990年1月1日生 うつ病 会員番号 12-345678"
    inspect(Contents((Piece("body", f"{sample}\n田中さくら Tanaka Sakura"),)), Circumstances())


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


def look(request: bytes) -> bytes:
    """The mail's extract and inspection, for ``answer_of``; or what a protected mail still shows."""
    asked, occasion, learned, directory = pickle.loads(request)  # noqa: S301  # from our own relay
    assert _loaded.rules is not None
    rules = _loaded.rules if directory is None else replace(_loaded.rules, directory=directory)
    looking = Looking(_limits(), _loaded.detection, _loaded.key, learned)
    if isinstance(asked, ToVerify):
        original = Message(asked.original)
        situation = situation_of(original, read(original), occasion, rules.directory)
        left = verified(asked, situation, rules, looking)
        return written(frozenset((str(kind), str(where)) for kind, where in left))
    octets = asked
    situation = looked_at(octets, occasion, rules, looking)
    return written((situation.extract, situation.inspection))


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


def look_into(request: bytes) -> bytes:
    """The inspection of a file, or what kept it from being opened, for ``file_answer_of``."""
    assert _loaded.detection is not None
    try:
        return written((looked_into(Path(os.fsdecode(request)), _loaded.detection, _limits()), ""))
    except OSError as error:
        return written((None, error.strerror or "cannot be read"))


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


def _limits() -> Limits:
    """The walk ends by itself before the process would be killed, so that what was read until then counts."""
    return Limits(seconds=_loaded.seconds * 0.8)
