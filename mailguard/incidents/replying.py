"""What a wrong recipient's reply says: its words, and what it seems to answer where that is beyond doubt. Pure.

Only whole lines count: a number that stands alone, or one of the offered sentences. What is quoted does not count,
since the request itself offers all of them. Where lines disagree, or where the other words speak of opening, showing or
passing on, somebody must read it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from mailguard.delivery.bounce import bounced_in
from mailguard.extract.html import HISTORY_MARK, text_of_html
from mailguard.i18n import CATALOGUES
from mailguard.incidents.answers import OFFERED, Answer
from mailguard.mime.message import Message, Part
from mailguard.mime.quotation import QUOTES, introduction, is_marked_below

READ_MAX = 512 * 1024
TEXT_MAX = 20_000
_NUMBER = re.compile(r"[\s(\[]*([1-9])[\s)\].、,:]*(?:番)?(?:です|でした)?[。.]?")
_CIRCLED = {0x2460 + at: str(at + 1) for at in range(9)}
_LEADING = re.compile(r"[\s・*\-(\[]*(?:([1-9])[\s)\].、,:]*)?")
_ENDING = re.compile(r"[\s。.!]+$")
_TELLING = re.compile(
    r"転送|見せ|開封|開い|開け|読み|読んで|印刷|保存|コピー|共有|添付|削除でき|まだ"
    r"|forward|open|read|print|sav|shar|cop|not ",
    re.IGNORECASE,
)
"""Words beside an answer that may change it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply. ``text``: its words, cut where they are very long; ``sender``: whose address it bears, "" for none."""

    answer: Answer
    text: str
    sender: str


def reply_in(octets: bytes, *, is_automatic: bool) -> Reply:
    """What a mail to an answer address says. Never raises for any octets; looks at ``READ_MAX`` of them."""
    message = Message(octets[:READ_MAX])
    words = _words(message)
    sender = next((box.address for field in message.all("From") for box in field.mailboxes), "")
    if bounced_in(octets) is not None:
        answer = Answer.RETURNED
    elif is_automatic:
        answer = Answer.AUTOMATIC
    else:
        answer = answer_in(words)
    return Reply(answer, words[:TEXT_MAX], sender[:320])


def answer_in(words: str) -> Answer:
    """What somebody answered in words of their own; ``UNCLEAR`` where that is not beyond doubt."""
    said: set[Answer] = set()
    rest = []
    for line in own_lines(words):
        found = _option(line)
        if found:
            said |= found
        else:
            rest.append(line)
    if len(said) != 1 or _TELLING.search("\n".join(rest)):
        return Answer.UNCLEAR
    return said.pop()


def own_lines(words: str) -> list[str]:
    """The lines that are not quoted from what is answered."""
    lines = words.replace("\r\n", "\n").split("\n")
    own: list[str] = []
    at = 0
    while at < len(lines):
        length = introduction(lines, at)
        if length and not is_marked_below(lines, at + length):
            break
        if length:
            at += length
            continue
        if not lines[at].lstrip().startswith(QUOTES):
            own.append(lines[at])
        at += 1
    return own


def _option(line: str) -> set[Answer]:
    """What a line answers; empty for one that does not. One that contradicts itself answers two things."""
    plain = unicodedata.normalize("NFKC", line.translate(_CIRCLED)).strip()
    number = _NUMBER.fullmatch(plain)
    if number is not None:
        return _numbered(number[1])
    lead = _LEADING.match(plain)
    sentence = _ENDING.sub("", plain[lead.end() :] if lead is not None else plain)
    said = _SENTENCES.get(sentence)
    if said is None:
        return set()
    return {said} | (_numbered(lead[1]) if lead is not None and lead[1] else set())


def _numbered(digit: str) -> set[Answer]:
    at = int(digit)
    return {OFFERED[at - 1]} if at <= len(OFFERED) else {Answer.UNCLEAR}


def _words(message: Message) -> str:
    parts = list(_bodies(message.root))
    plain = [message.text(one, READ_MAX) for one in parts if one.content_type == "text/plain"]
    if not "".join(plain).strip():
        pages = [message.text(one, READ_MAX) for one in parts if one.content_type == "text/html"]
        plain = [text_of_html(one).replace(HISTORY_MARK, "\n-----Original Message-----\n") for one in pages]
    return "\n\n".join(plain).replace("\r\n", "\n").replace("\0", "").strip()


def _bodies(part: Part) -> list[Part]:
    if part.is_attachment:
        return []
    if part.content_type.startswith("multipart/"):
        return [found for child in part.children for found in _bodies(child)]
    return [part] if part.content_type in ("text/plain", "text/html") else []


_SENTENCES = {
    _ENDING.sub("", unicodedata.normalize("NFKC", catalogue[f"draft.option.{one.value}"])): one
    for catalogue in CATALOGUES.values()
    for one in OFFERED
}
