"""What a list of mails shows, as its address says it, and the way back to that list from a mail.

The way back is a word in the addresses of a mail's pages: the name of one of our lists, and what was looked for there.
It is read and written anew each time, so whatever somebody puts there leads to a list of ours or nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, urlencode

from mailguard.hold.boxes import Box, Mark, mark_of
from mailguard.hold.search import WORDS_MAX

OWN, OFFICE, APPROVALS = "/mails", "/office/mails", "/approvals"
_OF_A_MAIL = f"{OWN}/"
_NAMES = {"mails": OWN, "office": OFFICE, "approvals": APPROVALS}
_FIELDS_MAX = 20


@dataclass(frozen=True)
class Wanted:
    """What is looked for. ``box`` None: nobody said; ``since`` and ``until``: days, both included; ``after``: the last
    row of the page before.
    """

    box: Box | None = None
    words: str = ""
    since: date | None = None
    until: date | None = None
    after: Mark | None = None

    @property
    def is_search(self) -> bool:
        """Whether something is looked for beyond a box."""
        return bool(self.words or self.since or self.until)

    def query(self, **changes: str) -> str:
        """The part of an address that says this, from its first page on, with changes; "" leaves something out."""
        days = {"since": self.since, "until": self.until}
        said = {
            "box": "" if self.box is None else self.box.value,
            "q": self.words,
            **{name: "" if day is None else day.isoformat() for name, day in days.items()},
            **changes,
        }
        kept = {name: value for name, value in said.items() if value}
        return f"?{urlencode(kept)}" if kept else ""

    def here(self, **changes: str) -> str:
        """As ``query``, of the very page that is shown."""
        return self.query(**{"after": "" if self.after is None else str(self.after), **changes})


def wanted_in(pairs: Iterable[tuple[str, str]]) -> Wanted:
    """What an address asks for; what it says in another form than ours it does not say."""
    said = dict(pairs)
    box = said.get("box", "")
    return Wanted(
        box=Box(box) if box in set(Box) else None,
        words=" ".join(said.get("q", "").split())[:WORDS_MAX],
        since=_day(said.get("since", "")),
        until=_day(said.get("until", "")),
        after=mark_of(said.get("after", "")),
    )


def wanted_at(query: str) -> Wanted:
    """What a query, with or without its question mark, asks for."""
    try:
        return wanted_in(parse_qsl(query.removeprefix("?"), max_num_fields=_FIELDS_MAX))
    except ValueError:
        return Wanted()


def way_back(path: str, wanted: Wanted | None = None) -> str:
    """The part of a mail's address that leads back to a list of ours; "" for any other path."""
    name = next((name for name, one in _NAMES.items() if one == path), "")
    return _said(name, Wanted() if wanted is None else wanted) if name else ""


@dataclass(frozen=True)
class Back:
    """Where somebody came from. ``path``: that list's address; ``query``: what keeps it in addresses of the mail."""

    path: str = OWN
    query: str = ""

    def kept_in(self, path: str) -> str:
        """``path`` with the way back, where it is a page of a mail."""
        if not self.query or not path.startswith(_OF_A_MAIL):
            return path
        before, sharp, fragment = path.partition("#")
        joined = self.query.replace("?", "&", 1) if "?" in before else self.query
        return f"{before}{joined}{sharp}{fragment}"


def back_in(word: str) -> Back:
    """Where the word of an address leads back to; to one's own mails where it is no word of ours."""
    name, _, query = word.partition("?")
    if name not in _NAMES:
        return Back()
    wanted = Wanted() if _NAMES[name] == APPROVALS else wanted_at(query)
    return Back(_NAMES[name] + wanted.here(), _said(name, wanted))


def _said(name: str, wanted: Wanted) -> str:
    return f"?{urlencode({'back': name + wanted.here()})}"


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(2000, 1, 1) <= day < date(2100, 1, 1) else None
