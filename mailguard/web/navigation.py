"""What stands in the header, for whom. A page that somebody may not use is not named to them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mailguard.model.people import Right, Viewer


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the header. ``right``: who sees it; None: everybody who is signed in. ``unless``: who does not."""

    path: str
    key: str
    icon: str
    right: Right | None = None
    unless: Right | None = None
    is_here: bool = False


ENTRIES = (
    Entry("/mails", "pages.navigation.mails", "inbox"),
    Entry("/approvals", "pages.navigation.approvals", "circle-check"),
    Entry("/incidents", "incidents.navigation", "triangle-alert", Right.HANDLE_CASE),
    # Officers have it on their page of incidents.
    Entry("/incidents/open", "incidents.navigation.open", "triangle-alert", unless=Right.HANDLE_CASE),
    Entry("/rules", "rules.page.navigation", "file-text", Right.SEE_POLICY),
    Entry("/office", "console.navigation", "building-2", Right.SEE_MAIL),
)
"""In the order in which they stand."""


def navigation_of(viewer: Viewer | None, path: str) -> list[Entry]:
    """The entries for somebody on the page at ``path``; none for who is not signed in."""
    if viewer is None:
        return []

    def has(right: Right) -> bool:
        return viewer.departments(right) != frozenset()

    return [
        replace(entry, is_here=path == entry.path or path.startswith(f"{entry.path}/"))
        for entry in ENTRIES
        if (entry.right is None or has(entry.right)) and (entry.unless is None or not has(entry.unless))
    ]
