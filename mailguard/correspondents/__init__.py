"""What the office has learned about addresses from mail that was delivered: seen before, look-alikes, shared lists."""

from mailguard.correspondents.learning import forget, forget_old_threads, learn, learn_now
from mailguard.correspondents.recall import recall
from mailguard.correspondents.transfer import Entry, entries_in, export, import_entries

__all__ = [
    "Entry",
    "entries_in",
    "export",
    "forget",
    "forget_old_threads",
    "import_entries",
    "learn",
    "learn_now",
    "recall",
]
