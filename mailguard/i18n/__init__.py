"""Texts for people, by language and key. Japanese is the source; English says the same.

``text`` fills a catalogue entry's placeholders. A missing key or value is a fault in our code and raises ``KeyError``;
a test compares both catalogues, key by key and placeholder by placeholder. Values go in as they are: whoever shows the
result to a browser escapes it there.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Any, Literal

from mailguard.i18n import (
    en,
    en_console,
    en_demo,
    en_evidence,
    en_incident_deletion,
    en_incident_documents,
    en_incident_drafts,
    en_incident_evidence,
    en_incident_glance,
    en_incident_look_back,
    en_incident_prevention,
    en_incident_report,
    en_incident_scope,
    en_incident_steps,
    en_incident_triage,
    en_incidents,
    en_mending,
    en_notices,
    en_operation,
    en_pages,
    en_passwords,
    en_people,
    en_people_pages,
    en_queue,
    en_record,
    en_rules,
    en_sign_in,
    en_troubles,
    ja,
    ja_console,
    ja_demo,
    ja_evidence,
    ja_incident_deletion,
    ja_incident_documents,
    ja_incident_drafts,
    ja_incident_evidence,
    ja_incident_glance,
    ja_incident_look_back,
    ja_incident_prevention,
    ja_incident_report,
    ja_incident_scope,
    ja_incident_steps,
    ja_incident_triage,
    ja_incidents,
    ja_mending,
    ja_notices,
    ja_operation,
    ja_pages,
    ja_passwords,
    ja_people,
    ja_people_pages,
    ja_queue,
    ja_record,
    ja_rules,
    ja_sign_in,
    ja_troubles,
)

Language = Literal["ja", "en"]


def _joined(*catalogues: dict[str, str]) -> dict[str, str]:
    """The catalogues as one. A key that stands in two of them is a fault in our code."""
    joined: dict[str, str] = {}
    for one in catalogues:
        assert not joined.keys() & one.keys(), sorted(joined.keys() & one.keys())
        joined |= one
    return joined


CATALOGUES: dict[Language, dict[str, str]] = {
    "ja": _joined(
        ja.TEXTS,
        ja_console.TEXTS,
        ja_demo.TEXTS,
        ja_evidence.TEXTS,
        ja_incident_deletion.TEXTS,
        ja_incident_documents.TEXTS,
        ja_incident_drafts.TEXTS,
        ja_incident_evidence.TEXTS,
        ja_incident_glance.TEXTS,
        ja_incident_look_back.TEXTS,
        ja_incident_prevention.TEXTS,
        ja_incident_report.TEXTS,
        ja_incident_scope.TEXTS,
        ja_incident_steps.TEXTS,
        ja_incident_triage.TEXTS,
        ja_incidents.TEXTS,
        ja_mending.TEXTS,
        ja_notices.TEXTS,
        ja_operation.TEXTS,
        ja_pages.TEXTS,
        ja_passwords.TEXTS,
        ja_people.TEXTS,
        ja_people_pages.TEXTS,
        ja_queue.TEXTS,
        ja_record.TEXTS,
        ja_rules.TEXTS,
        ja_sign_in.TEXTS,
        ja_troubles.TEXTS,
    ),
    "en": _joined(
        en.TEXTS,
        en_console.TEXTS,
        en_demo.TEXTS,
        en_evidence.TEXTS,
        en_incident_deletion.TEXTS,
        en_incident_documents.TEXTS,
        en_incident_drafts.TEXTS,
        en_incident_evidence.TEXTS,
        en_incident_glance.TEXTS,
        en_incident_look_back.TEXTS,
        en_incident_prevention.TEXTS,
        en_incident_report.TEXTS,
        en_incident_scope.TEXTS,
        en_incident_steps.TEXTS,
        en_incident_triage.TEXTS,
        en_incidents.TEXTS,
        en_mending.TEXTS,
        en_notices.TEXTS,
        en_operation.TEXTS,
        en_pages.TEXTS,
        en_passwords.TEXTS,
        en_people.TEXTS,
        en_people_pages.TEXTS,
        en_queue.TEXTS,
        en_record.TEXTS,
        en_rules.TEXTS,
        en_sign_in.TEXTS,
        en_troubles.TEXTS,
    ),
}


def text(language: Language, key: str, **values: object) -> str:
    """The text for ``key`` with its placeholders filled."""
    return filled(CATALOGUES[language][key], values)


def filled(template: str, values: Mapping[str, object]) -> str:
    """The template with its values. ``{count} {count:mail|mails}``: of two words, the one that fits a number."""
    # The plain way takes a fraction of the time, and a page has hundreds of texts.
    return _WORDS.vformat(template, (), values) if "|" in template else template.format(**values)


class _Words(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        one, bar, many = format_spec.partition("|")
        if bar:
            return one if str(value) == "1" else many
        return str(super().format_field(value, format_spec))


_WORDS = _Words()


def both(language: Language) -> tuple[Language, Language]:
    """Both languages, the office's own first: for mails whose reader we do not know."""
    return ("ja", "en") if language == "ja" else ("en", "ja")
