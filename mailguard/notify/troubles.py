"""What is wrong with the system, the worst first, and the words of the mails that tell administrators of it. Pure.

The page of the system and the mails say the same of the same trouble. Its words are texts
``system.page.trouble.<kind>``, with ``.next`` what to do about it and ``.over`` what is said once it is over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailguard.i18n import CATALOGUES, text
from mailguard.mime.own_mail import one_line
from mailguard.model.node import NodeState
from mailguard.notify.wording import Body, Reader, Words, contact

CERTIFICATE_DAYS = 21
"""So long before a certificate ends it is time to renew it."""
LOW_RESERVES = 4
"""A disk with less room than so many reserves is nearly full; with less than one no mail is taken."""
_SUBJECT_SHOWN = 60
_NAME_MAX = 100


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that needs somebody. ``about``: the server or part it is about, "" where its kind says all of it.
    ``is_stop``: no mail is taken.
    """

    kind: str
    about: str = ""
    word: str = ""
    days: int = 0
    is_stop: bool = False

    @property
    def name(self) -> str:
        """What it is called, from look to look and after a restart."""
        return f"{self.kind} {self.about}".rstrip()

    @property
    def key(self) -> str:
        """Its words; with ``.next`` what to do, with ``.over`` once it is over."""
        return f"system.page.trouble.{self.kind}"

    @property
    def values(self) -> dict[str, str | int]:
        """What its words are filled with."""
        return {"name": self.about, "word": self.word, "days": self.days}


def named(name: str) -> Trouble:
    """The trouble of that name, as far as the name tells."""
    kind, _, about = name.partition(" ")
    return Trouble(kind, about)


def troubles_of(
    parts: Mapping[str, str], degraded: Mapping[str, str], node: NodeState, now: datetime
) -> Iterator[Trouble]:
    """What is wrong, the worst first. ``parts`` and ``degraded``: of a readiness check, "ok" or what is wrong."""
    down = {hop.name for hop in node.hops if hop.is_down}
    for part, word in parts.items():
        if word != "ok":
            yield _trouble(part, word, is_stop=True)
    for part, word in degraded.items():
        yield Trouble("hop", part) if part in down else _trouble(part, word)
    if parts.get("disk") == "ok" and node.free_bytes < LOW_RESERVES * node.reserve_bytes:
        yield Trouble("disk_low")
    ends_at = node.certificate_ends_at
    if node.has_certificate and ends_at is None:
        yield Trouble("certificate_unreadable")
    elif ends_at is not None and ends_at - now < timedelta(days=CERTIFICATE_DAYS):
        yield Trouble("certificate", days=max(0, (ends_at - now).days))


def trouble_words(troubles: Sequence[Trouble], link: str, reader: Reader, *, is_over: bool = False) -> Words:
    """The mail about these, one at least. ``link``: the page of the system; "": the office has no address for it."""
    state = "over" if is_over else "begun"
    told = [_told(one, reader, is_over=is_over) for one in troubles]
    body = Body(
        intro=text(reader.language, f"notice.intro.trouble.{state}"),
        facts=(),
        heading="",
        items=tuple(line for lines in told for line in lines),
        closing=(text(reader.language, f"notice.trouble.{state}"),),
        link=link,
        link_words=text(reader.language, "notice.open.list"),
        link_note="" if link else text(reader.language, "notice.no_link.list"),
        contact=contact(reader, ""),
    )
    more = ".more" if len(troubles) > 1 else ""
    first = one_line(_what(troubles[0], reader, is_over=is_over), _SUBJECT_SHOWN)
    subject = text(reader.language, f"notice.subject.trouble.{state}{more}", what=first, count=len(troubles) - 1)
    return Words(subject, body.as_text(), body.as_html(reader.language))


def _told(trouble: Trouble, reader: Reader, *, is_over: bool) -> list[str]:
    what = text(reader.language, "notice.reason.mark") + _what(trouble, reader, is_over=is_over)
    return [what] if is_over else [what, text(reader.language, f"{trouble.key}.next", **_values(trouble))]


def _what(trouble: Trouble, reader: Reader, *, is_over: bool) -> str:
    return text(reader.language, trouble.key + (".over" if is_over else ""), **_values(trouble))


def _values(trouble: Trouble) -> dict[str, str | int]:
    return {name: one_line(one, _NAME_MAX) if isinstance(one, str) else one for name, one in trouble.values.items()}


def _trouble(part: str, word: str, *, is_stop: bool = False) -> Trouble:
    if f"system.page.trouble.{part}" in CATALOGUES["ja"]:
        return Trouble(part, is_stop=is_stop)
    return Trouble("other", part, word, is_stop=is_stop)
