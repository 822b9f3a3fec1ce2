"""Named places where a test ends the process at once, to show what a crash there leaves behind.

``MG_CRASH_AT`` is on purpose no setting: it belongs to the tests of the promise, and is not documented for offices.
"""

from __future__ import annotations

import os

_CRASH_AT = os.environ.get("MG_CRASH_AT")
"""Read once: crash points stand on the way of every mail."""


def crash_point(name: str) -> None:
    """End the process without any clean-up if the test has asked for it here."""
    if name == _CRASH_AT:
        os._exit(77)
