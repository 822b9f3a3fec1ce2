"""The record of who did what: appended in the transaction of the act, chained by hashes, verifiable, exportable."""

from mailguard.audit.chain import append
from mailguard.audit.verify import Break, verify

__all__ = ["Break", "append", "verify"]
