"""The state diagram of ``ARCHITECTURE.md``, drawn from ``TRANSITIONS``; ``python -m tests.diagram`` puts it there."""

from __future__ import annotations

import re
from pathlib import Path

from mailguard.model.queue import FINAL, POSTFIX_WORD, TRANSITIONS, State

ARCHITECTURE = Path(__file__).resolve().parents[1] / "mailguard" / "ARCHITECTURE.md"
BEGIN, END = "<!-- state diagram: begin, drawn by tests/diagram.py -->", "<!-- state diagram: end -->"


def drawn() -> str:
    """The diagram as a Mermaid block."""
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> accepted"]
    lines += [f"    {state.value} : {state.value} ({word})" for state, word in POSTFIX_WORD.items()]
    for (source, target), movers in sorted(TRANSITIONS.items(), key=lambda move: _order(move[0])):
        names = ", ".join(sorted(mover.value for mover in movers))
        lines.append(f"    {source.value} --> {target.value} : {names}")
    lines += [f"    {state.value} --> [*]" for state in State if state in FINAL]
    return "\n".join([*lines, "```"])


def in_document() -> str:
    """The diagram as it stands in the document."""
    return ARCHITECTURE.read_text().partition(BEGIN)[2].partition(END)[0].strip()


def _order(move: tuple[State, State]) -> tuple[int, int]:
    states = list(State)
    return states.index(move[0]), states.index(move[1])


def main() -> None:
    """Write it into the document."""
    text = ARCHITECTURE.read_text()
    pattern = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
    ARCHITECTURE.write_text(pattern.sub(lambda _: f"{BEGIN}\n{drawn()}\n{END}", text))


if __name__ == "__main__":
    main()
