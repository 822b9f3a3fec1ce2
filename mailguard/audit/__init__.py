"""The record of who did what: appended in the transaction of the act, chained by hashes, verifiable, exportable."""

from mailguard.audit.chain import append
from mailguard.audit.record import all_events, event_of, events_of
from mailguard.audit.verify import Break, Checked, verify

__all__ = ["Break", "Checked", "all_events", "append", "event_of", "events_of", "verify"]
