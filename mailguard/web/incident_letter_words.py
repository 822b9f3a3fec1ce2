"""What the timeline says of documents, requests and answers."""

from __future__ import annotations

from mailguard.i18n import Language, text
from mailguard.model.incident import Entry, EntryKind

_OWN = (EntryKind.DOCUMENT, EntryKind.ASKED, EntryKind.REPLIED)


def letter_words(one: Entry, language: Language) -> str | None:
    """The sentence of such an entry; None for one of another kind."""
    if one.kind not in _OWN:
        return None
    details = one.details
    if one.kind is EntryKind.DOCUMENT:
        name = text(language, f"incidents.documents.kind.{details['document']}")
        key = f"incidents.documents.entry.{details['act']}"
        is_drill = details.get("act") == "sent" and details.get("drill")
        return text(
            language, f"{key}.drill" if is_drill else key, document=name, number=details.get("version", ""),
            count=details.get("count", ""),
        )  # fmt: skip
    if one.kind is EntryKind.ASKED:
        asked = details.get("asked")
        key = "incidents.documents.entry.asked.hand" if details.get("means") == "hand" else "incidents.entry.asked"
        count = len(asked) if isinstance(asked, list) else 0
        return f"{text(language, key)} {text(language, 'incidents.documents.entry.count', count=count)}"
    means = text(language, f"incidents.deletion.means.{details['means']}")
    answer = text(language, f"incidents.deletion.answer.{details['answer']}")
    return f"{text(language, 'incidents.entry.replied')} {means} {answer}"
