"""The last look at a mail that was protected: what is left of the original in what is about to leave.

Two questions, both in the process apart that looks into mail: does a value that counted still stand anywhere in it, and
would the finished mail by itself have to be protected. Only kinds and places are answered, never a value.
"""

from __future__ import annotations

from mailguard.extract.contents import contents_of
from mailguard.inspection.inspecting import inspect
from mailguard.inspection.remains import remaining
from mailguard.judging.looking import ToVerify
from mailguard.judging.reading import Looking, circumstances_of, detection_of, opened_contents
from mailguard.mime.message import Message
from mailguard.model.contents import Obstacle, Piece
from mailguard.policy.facts import Situation
from mailguard.policy.personal_data import must_protect
from mailguard.policy.rules import RuleSet
from mailguard.transform.composing import read_of_head

BESIDE = "beside"
"""The place of what is read beside the finished mail's own parts."""


def verified(asked: ToVerify, situation: Situation, rules: RuleSet, looking: Looking) -> frozenset[tuple[str, str]]:
    """Kinds and places that are still readable; empty where all is well. ``situation`` is the original's."""
    original = opened_contents(Message(asked.original), looking.limits)
    finished = Message(asked.finished)
    left = contents_of(finished, looking.limits)
    about = circumstances_of(situation, rules, looking)
    detection = looking.detection or detection_of(rules, looking.key)
    shown = (*left.pieces, *_head_pieces(finished), *(Piece(BESIDE, one) for one in asked.more))
    found = remaining(original, shown, about, detection, (*asked.own, *_own_in(finished)), asked.contact)
    again = inspect(left, about, detection)
    if must_protect(again):
        found |= {(one.kind, one.where) for one in again.findings if one.suppressed is None}
    unseen = {("", one.where) for one in left.unreadable if one.why is not Obstacle.ENCRYPTED}
    return found | unseen


def _head_pieces(message: Message) -> list[Piece]:
    """The header as people may read it: names of recipients as well, which are no text of the mail."""
    return [Piece("header", read_of_head(message.octets[: message.head_end]))]


def _own_in(message: Message) -> tuple[str, ...]:
    """Names and addresses of those who answer for the mail."""
    boxes = [box for field in message.all("From", "Sender", "Reply-To") for box in field.mailboxes]
    return tuple(word for box in boxes for word in (box.address, box.name) if word)
