"""What people and timers may do with mail that is held or on its way: look, approve, release, cancel, undo, retry.

Each function makes a work for ``Store``: the same one serves the command line and the service. Works are guarded by the
state they expect, so of two clicks one wins and the other hears ``StaleState`` or finds nothing left to do.
"""

from mailguard.hold.actions import Recipients, Wish, cancel, extend, release
from mailguard.hold.administration import give_up, retry, take_back
from mailguard.hold.approving import approve, disapprove
from mailguard.hold.ends import HoldEnds
from mailguard.hold.listing import ListedMail, list_held, list_queue, show
from mailguard.hold.scheduling import release_at
from mailguard.hold.selection import Outcome
from mailguard.hold.undoing import restore

__all__ = [
    "HoldEnds",
    "ListedMail",
    "Outcome",
    "Recipients",
    "Wish",
    "approve",
    "cancel",
    "disapprove",
    "extend",
    "give_up",
    "list_held",
    "list_queue",
    "release",
    "release_at",
    "restore",
    "retry",
    "show",
    "take_back",
]
