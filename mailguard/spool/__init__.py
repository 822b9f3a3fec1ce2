"""The durable queue: accept, lease, advance; contents, keys, retention. Nothing accepted is ever lost here."""

from mailguard.spool.content import ContentWriter, SealedContent
from mailguard.spool.keys import MasterKey, load_master_key
from mailguard.spool.moves import Move, advance, lease
from mailguard.spool.opening import master_key_of, open_spool
from mailguard.spool.spool import Handover, Mail, Spool

__all__ = [
    "ContentWriter",
    "Handover",
    "Mail",
    "MasterKey",
    "Move",
    "SealedContent",
    "Spool",
    "advance",
    "lease",
    "load_master_key",
    "master_key_of",
    "open_spool",
]
