"""Forms as they were sent, and what is wrong with them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

ASKED_MAX = 320
"""Characters: as many as an address may have."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a field, by a key of the catalogue; ``field`` "" where it is about the form as a whole.

    A page that is given ``mistakes`` lists them on top with links to the fields, and is sent with status 422.
    """

    field: str
    key: str
    values: dict[str, str | int] = dataclasses.field(default_factory=dict)


def asked(value: str) -> str:
    """What somebody looks for, as it came in an address: one line that can be shown, of a length people type."""
    return "".join(filter(str.isprintable, value)).strip()[:ASKED_MAX]


class Form:
    """Fields of a form; what is not there is empty."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    def text(self, name: str) -> str:
        """The field's last value without blanks around it, and without NUL, which no text may hold; "" for none."""
        return self.raw(name).replace("\0", "").strip()

    def raw(self, name: str) -> str:
        """The field's last value as it was typed, for passwords; "" where it is not there."""
        return next((value for field, value in reversed(self._pairs) if field == name), "")

    def texts(self, name: str) -> list[str]:
        """All values of a field, such as ticked boxes of one name."""
        return [value for field, value in self._pairs if field == name]

    def names(self) -> list[str]:
        """The names of all fields, each once, in the order they were sent."""
        return list(dict.fromkeys(field for field, _ in self._pairs))

    def has(self, name: str) -> bool:
        """Whether the field was sent: a box that was ticked, a button that was pressed."""
        return any(field == name for field, _ in self._pairs)

    def is_chosen(self, name: str) -> bool:
        """Whether the field was sent with something else than the page showed, which it says in ``seen_`` and the name:
        what was left as it stood must not undo what somebody else saved meanwhile."""
        seen = f"seen_{name}"
        return self.has(name) and not (self.has(seen) and self.text(seen) == self.text(name))
