"""The record of who did what: appended in the transaction of the act, chained by hashes, verifiable, exportable."""

from mailguard.audit.browsing import Counts, RecordPage, Wanted, counts_since, newest
from mailguard.audit.chain import append
from mailguard.audit.record import Ends, Entry, all_events, ends, entries_of, event_of, events_of
from mailguard.audit.verify import Break, Checked, verify

__all__ = [
    "Break",
    "Checked",
    "Counts",
    "Ends",
    "Entry",
    "RecordPage",
    "Wanted",
    "all_events",
    "append",
    "counts_since",
    "ends",
    "entries_of",
    "event_of",
    "events_of",
    "newest",
    "verify",
]
