"""What people are shown of a mail that was looked into: its heading, with files, findings and first words. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace

from mailguard.extract.file_names import UNNAMED
from mailguard.mime.heading import NAME_MAX, one_line
from mailguard.model.address import comparable, local_part
from mailguard.model.contents import Obstacle, Unreadable
from mailguard.model.extract import Attachment
from mailguard.model.finding import Finding, Inspection
from mailguard.model.summary import Badge, Field, Found, Summary, SummaryFile, SummaryRecipient
from mailguard.policy.directory import PRIVATE, Directory
from mailguard.policy.facts import Facts, RecipientFacts

EXCERPT_MAX = 400
"""Characters of the sender's own words: enough to know the mail again."""
FILES_MAX = 200
FILE_NAME_MAX = 255
_UNSHOWN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]+")
_BLANK_LINES = re.compile(r"\s*\n\s*\n\s*")
_ATTACHMENT = "attachment:"
_SAMPLES = 3


def summary_of(facts: Facts, directory: Directory) -> Summary:
    """The whole summary of a mail."""
    situation = facts.situation
    inspection, extract = situation.inspection, situation.extract
    named = {"subject", "body", *(_place(one.name) for one in extract.attachments)}
    found = _by_place(inspection.findings, named)
    unreadable = _obstacles(inspection.unreadable, named)
    files = tuple(_file(one, found, unreadable) for one in extract.attachments[:FILES_MAX])
    heading = situation.heading
    known = zip(heading.recipients, facts.recipients, strict=True)
    return replace(
        heading,
        recipients=tuple(_recipient(one, fact, directory) for one, fact in known),
        files=files,
        found_in_subject=found.get("subject", ()),
        found_in_body=found.get("body", ()),
        found_elsewhere=tuple(one for place, kinds in found.items() if place not in named for one in kinds),
        unreadable=unreadable.get("body"),
        excerpt=excerpt_of(extract.own_text),
        persons=inspection.persons,
        labels=_labels(inspection),
    )


def named_as_before(summary: Summary, before: Summary) -> Summary:
    """The summary of an edited mail, in which whoever no field names any more keeps the name they had ``before``."""
    names = {comparable(one.address): one.name for one in before.recipients}
    return replace(
        summary,
        recipients=tuple(
            one if one.name else replace(one, name=names.get(comparable(one.address), "")) for one in summary.recipients
        ),
    )


def excerpt_of(text: str) -> str:
    """The first words, in lines: no control characters, no more than one empty line in a row."""
    # Only so much is normalised as could be shown; what is composed of several characters gets shorter.
    begun = _UNSHOWN.sub(" ", text.lstrip()[: EXCERPT_MAX * 4].replace("\r\n", "\n"))
    return _BLANK_LINES.sub("\n\n", unicodedata.normalize("NFC", begun)).strip()[:EXCERPT_MAX].rstrip()


def _recipient(shown: SummaryRecipient, fact: RecipientFacts, directory: Directory) -> SummaryRecipient:
    resembles, elsewhere = fact.resembles, fact.elsewhere
    suggested = elsewhere or ""
    if resembles is not None and resembles[0] != fact.address.rpartition("@")[2]:
        suggested = f"{local_part(fact.address)}@{resembles[0]}"
    badges = {
        Badge.OUTSIDE: fact.is_outside,
        Badge.INSIDE: not fact.is_outside,
        Badge.FIRST_TIME: fact.is_first_time,
        Badge.SIMILAR: resembles is not None or elsewhere is not None,
        Badge.FREEMAIL: fact.relation in PRIVATE,
        Badge.LIST: comparable(fact.address) in directory.lists,
        Badge.ENVELOPE_ONLY: shown.field is Field.ENVELOPE_ONLY,
        Badge.HEADER_DIFFERS: fact.shows_other_address,
    }
    return replace(
        shown,
        header_differs=fact.shows_other_address,
        badges=frozenset(badge for badge, holds in badges.items() if holds),
        suggested=suggested,
    )


def _file(one: Attachment, found: dict[str, tuple[Found, ...]], unreadable: dict[str, Obstacle]) -> SummaryFile:
    place = _place(one.name)
    return SummaryFile(
        path=one.path,
        name=one_line(one.name, FILE_NAME_MAX),
        content_type=one_line(one.content_type, NAME_MAX),
        size=one.size,
        is_protected=one.is_protected,
        found=found.get(place, ()),
        unreadable=unreadable.get(place),
        digest=one.digest,
    )


def _by_place(findings: Iterable[Finding], named: set[str]) -> dict[str, tuple[Found, ...]]:
    """What counts, by the part of the mail it stands in and by kind; those of a container's files together."""
    sums: dict[str, dict[str, Found]] = {}
    for one in findings:
        if one.suppressed is None:
            kinds = sums.setdefault(_top(one.where, named), {})
            kind = str(one.kind)
            so_far = kinds.get(kind, Found(kind, 0))
            masked = tuple(dict.fromkeys((*so_far.masked, *one.masked)))[:_SAMPLES]
            kinds[kind] = Found(kind, so_far.count + one.count, masked)
    return {place: tuple(kinds.values()) for place, kinds in sums.items()}


def _obstacles(unreadable: Iterable[Unreadable], named: set[str]) -> dict[str, Obstacle]:
    """Why a part could not be read, the first reason of each."""
    found: dict[str, Obstacle] = {}
    for one in unreadable:
        found.setdefault(_top(one.where, named), one.why)
    return found


def _labels(inspection: Inspection) -> dict[str, str]:
    counted = {str(one.kind) for one in inspection.findings if one.suppressed is None}
    return {kind: label for kind, label in inspection.labels.items() if kind in counted}


def _top(where: str, named: set[str]) -> str:
    """The part of the mail a place lies in. A file's own name may hold the sign that stands between containers."""
    place = unicodedata.normalize("NFC", where)
    steps = place.split("!")
    longest = ("!".join(steps[:end]) for end in range(len(steps), 0, -1))
    return next((one for one in longest if one in named), steps[0])


def _place(name: str) -> str:
    return _ATTACHMENT + unicodedata.normalize("NFC", name or UNNAMED)
