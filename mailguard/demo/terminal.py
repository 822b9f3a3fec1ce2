"""The terminal: what the demonstration says while it runs, in one language, on 80 columns.

A terminal that is gone or cannot show a character is no error: nothing is raised, the character is written as its
code, and ``on_gone`` is called once when nobody listens any more.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping

from mailguard.demo.showing import COLUMNS, clock_time, fitted, plain, width, wrapped
from mailguard.demo.world import Arrival, Happening
from mailguard.i18n import Language, text

_WHO_COLUMNS = 32
_INDENT = "            | "


def language_of(environ: Mapping[str, str], encoding: str) -> Language:
    """Japanese for who has set it on a terminal that can show it, English for all others."""
    said = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    if not said.lower().startswith("ja"):
        return "en"
    try:
        text("ja", "demo.page.title").encode(encoding)
    except (UnicodeError, LookupError):
        return "en"
    return "ja"


class Terminal:
    """Says things, one line at a time."""

    def __init__(self, language: Language, on_gone: Callable[[], None] = lambda: None) -> None:
        self.language = language
        self._on_gone = on_gone
        self._is_gone = False
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="backslashreplace")

    def line(self, line: str = "") -> None:
        """One line as it is."""
        if self._is_gone:
            return
        try:
            print(line, flush=True)
        except (OSError, ValueError):
            self._is_gone = True
            _forget_standard_output()
            self._on_gone()

    def say(self, key: str, **values: object) -> None:
        """One text of the catalogue."""
        self.line(self.word(key, **values))

    def word(self, key: str, **values: object) -> str:
        """One text of the catalogue, not said yet."""
        return text(self.language, key, **values)

    def happened(self, happening: Happening) -> None:
        """What the world did, a line for each recipient: when, what, to whom, and which mail or why not.

        Below a protected mail, and below one that tells a password, stands how its text begins.
        """
        below: tuple[str, ...] = ()
        if isinstance(happening, Arrival):
            what, detail, people = "demo.log.arrived", plain(happening.subject), happening.recipients
            if happening.notice is not None:
                below = happening.notice.lines[self.language]
                if happening.notice.is_protected:
                    detail = f"{self.word('demo.log.protected')} {detail}"
        else:
            what, detail, people = "demo.log.refused", happening.reply, (happening.recipient,)
        for person in people:
            who = fitted(plain(person), _WHO_COLUMNS)
            start = f"{clock_time(happening.at)}  {self.word(what)}  {who}{' ' * (_WHO_COLUMNS - width(who))}  "
            self.line(start + fitted(detail, COLUMNS - width(start)))
        for line in below:
            for piece in wrapped(plain(line), COLUMNS - width(_INDENT)):
                self.line(_INDENT + piece)


def _forget_standard_output() -> None:
    """What is still in the buffer goes nowhere, so that the interpreter does not complain at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
