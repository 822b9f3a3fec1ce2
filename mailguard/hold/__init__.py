"""What people and timers may do with held mail: look, release, cancel, extend.

Each function makes a work for ``Store``: the same one serves the command line and the service. Works are guarded by the
state they expect, so of two clicks one wins and the other hears ``StaleState`` or finds nothing left to do.
"""

from mailguard.hold.actions import Outcome, cancel, extend, release, release_due
from mailguard.hold.listing import HeldMail, list_held, show

__all__ = ["HeldMail", "Outcome", "cancel", "extend", "list_held", "release", "release_due", "show"]
