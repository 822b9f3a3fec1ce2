"""What people and timers may do with mail that is held or on its way: look, release, cancel, extend, retry, give up.

Each function makes a work for ``Store``: the same one serves the command line and the service. Works are guarded by the
state they expect, so of two clicks one wins and the other hears ``StaleState`` or finds nothing left to do.
"""

from mailguard.hold.actions import Recipients, cancel, extend, release
from mailguard.hold.administration import give_up, retry, take_back
from mailguard.hold.ends import HoldEnds
from mailguard.hold.listing import ListedMail, list_held, list_queue, show
from mailguard.hold.selection import Outcome

__all__ = [
    "HoldEnds",
    "ListedMail",
    "Outcome",
    "Recipients",
    "cancel",
    "extend",
    "give_up",
    "list_held",
    "list_queue",
    "release",
    "retry",
    "show",
    "take_back",
]
