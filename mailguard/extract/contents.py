"""Everything of a mail that somebody could read."""

from __future__ import annotations

from mailguard.extract.dispatch import read_file
from mailguard.extract.mail import read_mail
from mailguard.extract.walk import Limits, OverLimit, Walk
from mailguard.mime.message import Message
from mailguard.model.contents import Contents, Obstacle


def contents_of(message: Message, limits: Limits | None = None, passwords: tuple[str, ...] = ()) -> Contents:
    """All pieces of a mail in its order, what could not be read, and signs. Never raises for what a mail may hold.

    ``passwords`` are tried on what asks for one. Where the mail is over a limit, what was read until then is there, and
    ``unreadable`` says which limit.
    """
    walk = Walk(read_file, limits, passwords)
    try:
        read_mail(message.octets, walk)
    except OverLimit as over:
        if not any(one.why is over.obstacle for one in walk.contents().unreadable):
            walk.cannot("body", over.obstacle)
    except RecursionError:
        walk.cannot("body", Obstacle.TOO_DEEP)
    except MemoryError:
        walk.cannot("body", Obstacle.TOO_LARGE)
    except Exception:
        # No fault here is known; one that shows itself must hold the mail, not stop its inspection.
        walk.cannot("body", Obstacle.DAMAGED)
    return walk.contents()
