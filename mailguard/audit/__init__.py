"""The record of who did what: appended in the transaction of the act, chained by hashes, verifiable, exportable."""

from mailguard.audit.anchors import FILE_NAME, Anchor, AnchorFile, anchors_of, set_anchor
from mailguard.audit.browsing import Counts, RecordPage, Wanted, between, counts_since, newest
from mailguard.audit.chain import append
from mailguard.audit.formats import Origin, cef_line, csv_line, ecs_line, origin_of
from mailguard.audit.pruning import Pruning, pruning_of
from mailguard.audit.record import Ends, Entry, all_events, ends, entries_after, entries_of, event_of, events_of
from mailguard.audit.seals import PURPOSE, Seals
from mailguard.audit.verify import Break, Checked, verify

__all__ = [
    "FILE_NAME",
    "PURPOSE",
    "Anchor",
    "AnchorFile",
    "Break",
    "Checked",
    "Counts",
    "Ends",
    "Entry",
    "Origin",
    "Pruning",
    "RecordPage",
    "Seals",
    "Wanted",
    "all_events",
    "anchors_of",
    "append",
    "between",
    "cef_line",
    "counts_since",
    "csv_line",
    "ecs_line",
    "ends",
    "entries_after",
    "entries_of",
    "event_of",
    "events_of",
    "newest",
    "origin_of",
    "pruning_of",
    "set_anchor",
    "verify",
]
