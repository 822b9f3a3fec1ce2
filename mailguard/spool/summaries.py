"""Summaries in their column: JSON, sealed under the queue id.

Positions instead of names: a mail to two thousand people has a summary too. ``read`` takes what ``written`` wrote in
this and earlier releases; a field that is new is one more at the end.
"""

from __future__ import annotations

import json
from typing import Any

from mailguard.model.contents import Obstacle
from mailguard.model.summary import Badge, Field, Found, Summary, SummaryFile, SummaryRecipient

PURPOSE = "summary"
"""The purpose of the key they are sealed with."""


def written(summary: Summary) -> bytes:
    """For ``read``."""
    value = [
        summary.subject,
        summary.from_name,
        summary.from_address,
        [_recipient_row(one) for one in summary.recipients],
        summary.not_sent_to,
        [_file_row(one) for one in summary.files],
        _found_rows(summary.found_in_subject),
        _found_rows(summary.found_in_body),
        _found_rows(summary.found_elsewhere),
        _obstacle_word(summary.unreadable),
        summary.excerpt,
        summary.persons,
        summary.message_id,
        summary.references,
        summary.labels,
    ]
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def read(octets: bytes) -> Summary:
    """The summary that was written."""
    (
        subject, from_name, from_address, recipients, not_sent_to, files, in_subject, in_body, elsewhere, unreadable,
        excerpt, persons, message_id, references, labels, *_,
    ) = json.loads(octets.decode("utf-8", "surrogatepass"))  # fmt: skip
    return Summary(
        subject,
        from_name,
        from_address,
        tuple(_recipient_of(row) for row in recipients),
        tuple(not_sent_to),
        tuple(_file_of(row) for row in files),
        _found_of(in_subject),
        _found_of(in_body),
        _found_of(elsewhere),
        _obstacle_of(unreadable),
        excerpt,
        persons,
        message_id,
        tuple(references),
        labels,
    )


def texts_in(octets: bytes) -> list[str]:
    """What a mail is found by, without making anything else of it: subject, names and addresses, files, Message-ID."""
    value = json.loads(octets.decode("utf-8", "surrogatepass"))
    found = [*value[0:3], value[12], *value[4]]
    for row in value[3]:
        found += row[0:2]
    found += [row[1] for row in value[5]]
    return found


def _recipient_row(one: SummaryRecipient) -> list[Any]:
    return [one.address, one.name, one.field.value, one.header_differs, sorted(one.badges), one.suggested]


def _recipient_of(row: list[Any]) -> SummaryRecipient:
    address, name, where, differs, badges, suggested = row
    return SummaryRecipient(address, name, Field(where), differs, frozenset(Badge(word) for word in badges), suggested)


def _file_row(one: SummaryFile) -> list[Any]:
    found = _found_rows(one.found)
    why, digest = _obstacle_word(one.unreadable), one.digest.hex()
    return [one.path, one.name, one.content_type, one.size, one.is_protected, found, why, digest]


def _file_of(row: list[Any]) -> SummaryFile:
    path, name, content_type, size, is_protected, found, unreadable, *more = row
    why, digest = _obstacle_of(unreadable), bytes.fromhex(more[0]) if more else b""
    return SummaryFile(tuple(path), name, content_type, size, is_protected, _found_of(found), why, digest)


def _found_rows(found: tuple[Found, ...]) -> list[list[Any]]:
    return [[one.kind, one.count, one.masked] for one in found]


def _found_of(rows: list[list[Any]]) -> tuple[Found, ...]:
    return tuple(Found(kind, count, tuple(masked)) for kind, count, masked in rows)


def _obstacle_word(why: Obstacle | None) -> str | None:
    return None if why is None else why.value


def _obstacle_of(word: str | None) -> Obstacle | None:
    return None if word is None else Obstacle(word)
