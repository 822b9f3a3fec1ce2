"""The work of the process that looks into mail (``looking`` names it): what it loads, and what it answers.

A request comes from our own relay and may be anything pickle makes; an answer is made of values of ``model`` alone.
"""

from __future__ import annotations

import os
import pickle
from dataclasses import dataclass, replace
from pathlib import Path

from mailguard.extract.reading import read
from mailguard.extract.walk import Limits
from mailguard.inspection.circumstances import Circumstances
from mailguard.inspection.detection import Detection
from mailguard.inspection.inspecting import inspect
from mailguard.judging.answers import written
from mailguard.judging.looking import ToName, ToVerify
from mailguard.judging.reading import Looking, detection_of, looked_at, people_at
from mailguard.judging.scanning import looked_into
from mailguard.judging.verifying import verified
from mailguard.mime.message import Message
from mailguard.model.contents import Contents, Piece
from mailguard.policy.facts import situation_of
from mailguard.policy.rules import RuleSet


@dataclass
class _Loaded:
    """What the process was started with. Set once, before the first request."""

    rules: RuleSet | None = None
    detection: Detection | None = None
    key: bytes = b""
    seconds: float = 60.0


_loaded = _Loaded()


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


def look(request: bytes) -> bytes:
    """The mail's extract and inspection, or what a protected mail still shows, or whose data is in it."""
    asked, occasion, learned, directory = pickle.loads(request)  # noqa: S301  # from our own relay
    assert _loaded.rules is not None
    rules = _loaded.rules if directory is None else replace(_loaded.rules, directory=directory)
    looking = Looking(_limits(), _loaded.detection, _loaded.key, learned)
    if isinstance(asked, ToVerify):
        original = Message(asked.original)
        situation = situation_of(original, read(original), occasion, rules.directory)
        left = verified(asked, situation, rules, looking)
        return written(frozenset((str(kind), str(where)) for kind, where in left))
    if isinstance(asked, ToName):
        return written(people_at(asked.octets, occasion, rules, looking))
    octets = asked
    situation = looked_at(octets, occasion, rules, looking)
    return written((situation.extract, situation.inspection))


def look_into(request: bytes) -> bytes:
    """The inspection of a file, or what kept it from being opened, for ``file_answer_of``."""
    assert _loaded.detection is not None
    try:
        return written((looked_into(Path(os.fsdecode(request)), _loaded.detection, _limits()), ""))
    except OSError as error:
        return written((None, error.strerror or "cannot be read"))


def _limits() -> Limits:
    """The walk ends by itself before the process would be killed, so that what was read until then counts."""
    return Limits(seconds=_loaded.seconds * 0.8)
