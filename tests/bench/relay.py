"""mailguard and Postfix under the same load on the same machine in the same run: ``python -m tests.bench.relay``.

For each size, number of connections and way of connecting, smtp-source submits to the one and to the other in
alternating order, with smtp-sink behind both. Rounds are repeated with fresh instances; the table shows the median and,
in brackets, the smallest and largest. How to read it: ``README.md`` beside this file.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

if __package__ in (None, ""):  # started as a file: name the modules from the checkout's top all the same
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.latency import measured_waits
from tests.bench.measure import cpu_seconds, file_system_of, watched_memory
from tests.bench.subjects import RECIPIENT, SENDER, MailguardSubject, PostfixSubject, Subject
from tests.system import postfix, smtp_tools
from tests.system.smtp_tools import Load, SmtpSink, send

LIMIT_SECONDS = 300.0
SUBJECTS: dict[str, Callable[[int], Subject]] = {"mailguard": MailguardSubject, "postfix": PostfixSubject}


@dataclass(frozen=True, slots=True)
class Size:
    """One size of mail, with how many are sent in a cell of 10 or more connections."""

    name: str
    payload_bytes: int
    mails: int


SIZES = (
    Size("10 KB", 10 * 1024, 3000),
    Size("100 KB", 100 * 1024, 1200),
    Size("5 MB", 6_850_000, 40),  # 5 MB attached are 6.85 MB on the wire, in base64
)
CONNECTIONS = (1, 10, 50)


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination to measure."""

    size: Size
    connections: int
    keep_connections: bool

    @property
    def name(self) -> str:
        """As it stands in the table."""
        return f"{self.size.name} × {self.connections} {'kept' if self.keep_connections else 'one each'}"

    def mails(self, share: float) -> int:
        """How many mails this cell sends: one connection alone is slow, so it gets a third."""
        wanted = self.size.mails * share * (1 / 3 if self.connections == 1 else 1)
        return max(self.connections, 4, round(wanted))


@dataclass(frozen=True, slots=True)
class Measured:
    """One cell, one subject, one round."""

    subject: str
    cell: str
    accepted: float
    delivered: float
    cpu_ms: float
    resident_mb: float
    private_mb: float
    p50_ms: float | None
    p99_ms: float | None


def run_cell(subject: Subject, sink: SmtpSink, cell: Cell, share: float) -> Measured:
    """Loads one subject once: rates, CPU and memory first, then the waits with the timing client (kept connections)."""
    mails = cell.mails(share)
    load = Load(mails, cell.size.payload_bytes, cell.connections, cell.keep_connections, SENDER, RECIPIENT)
    before, cpu_before = sink.count(), cpu_seconds(subject.pid)
    with watched_memory(subject.pid) as memory:
        started = time.monotonic()
        accepted = send(load, subject.port, seconds=LIMIT_SECONDS)
        delivered = sink.wait_for(before + mails, seconds=LIMIT_SECONDS) - started
    cpu = cpu_seconds(subject.pid) - cpu_before
    waits = None
    if cell.keep_connections:
        timed = max(cell.connections, mails // 3)
        before = sink.count()
        waits = asyncio.run(
            measured_waits(
                subject.port,
                payload_bytes=cell.size.payload_bytes,
                connections=cell.connections,
                mails=timed,
                sender=SENDER,
                recipient=RECIPIENT,
            )
        )
        sink.wait_for(before + waits.count, seconds=LIMIT_SECONDS)
    return Measured(
        subject.name,
        cell.name,
        mails / accepted,
        mails / delivered,
        cpu / mails * 1000,
        memory.resident / 1e6,
        memory.private / 1e6,
        waits.p50 if waits else None,
        waits.p99 if waits else None,
    )


def run_rounds(arguments: argparse.Namespace, cells: list[Cell], names: list[str]) -> Iterator[Measured]:
    """All cells, round by round, each round with fresh instances and the order of the two turned round."""
    for number in range(arguments.rounds):
        sink = SmtpSink()
        subjects: dict[str, Subject] = {}
        try:
            for name in names:
                subjects[name] = SUBJECTS[name](sink.port)
                warm = Load(50, 1024, 5, True, SENDER, RECIPIENT)
                before = sink.count()
                send(warm, subjects[name].port, seconds=60)
                sink.wait_for(before + warm.mails, seconds=60)
            for position, cell in enumerate(cells):
                order = names if (number + position) % 2 == 0 else list(reversed(names))
                for name in order:
                    measured = run_cell(subjects[name], sink, cell, arguments.share)
                    print(
                        f"round {number + 1} {measured.subject:9} {cell.name:20} accepted {measured.accepted:7.1f}/s"
                        f" delivered {measured.delivered:7.1f}/s  {measured.cpu_ms:6.2f} ms CPU a mail",
                        file=sys.stderr,
                        flush=True,
                    )
                    yield measured
        finally:
            for subject in subjects.values():
                subject.stop()
            sink.stop()


def _spread(values: list[float], digits: int = 0) -> str:
    middle = f"{statistics.median(values):.{digits}f}"
    return middle if len(values) == 1 else f"{middle} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def table(results: list[Measured], cells: list[Cell], names: list[str]) -> str:
    """The results as a Markdown table: a line a cell and subject, and the ratio of the delivered rates."""
    lines = [
        "| load | server | accepted/s | delivered/s | p50 / p99 of 250, ms | CPU a mail, ms | peak RSS (private), MB |",
        "|---|---|---|---|---|---|---|",
    ]
    for cell in cells:
        medians: dict[str, tuple[float, float]] = {}
        for name in names:
            found = [one for one in results if one.subject == name and one.cell == cell.name]
            waits50 = [one.p50_ms for one in found if one.p50_ms is not None]
            waits99 = [one.p99_ms for one in found if one.p99_ms is not None]
            timed = f"{statistics.median(waits50):.1f} / {statistics.median(waits99):.1f}" if waits50 else ""
            digits = 1 if cell.size.name == "5 MB" else 0
            accepted, delivered = [one.accepted for one in found], [one.delivered for one in found]
            medians[name] = (statistics.median(accepted), statistics.median(delivered))
            lines.append(
                f"| {cell.name} | {name} | {_spread(accepted, digits)} | {_spread(delivered, digits)} | {timed}"
                f" | {statistics.median(one.cpu_ms for one in found):.2f}"
                f" | {max(one.resident_mb for one in found):.0f} ({max(one.private_mb for one in found):.0f}) |"
            )
        if len(names) == 2:
            ours, theirs = medians["mailguard"], medians["postfix"]
            lines.append(f"| | **ratio** | **{ours[0] / theirs[0]:.2f}** | **{ours[1] / theirs[1]:.2f}** | | | |")
    return "\n".join(lines)


def ceiling(cells: list[Cell], share: float) -> str:
    """What smtp-source and smtp-sink reach with nothing between them: no relay can be faster here."""
    lines = ["| load | smtp-source to smtp-sink, mails/s |", "|---|---|"]
    sink = SmtpSink()
    try:
        for cell in cells:
            mails = cell.mails(share)
            load = Load(mails, cell.size.payload_bytes, cell.connections, cell.keep_connections)
            lines.append(f"| {cell.name} | {mails / send(load, sink.port, seconds=LIMIT_SECONDS):.0f} |")
    finally:
        sink.stop()
    return "\n".join(lines)


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.relay", description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--quick", action="store_true", help="one round, a third of the mails, 10 KB and 5 MB at 10 and 50"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--share", type=float, default=1.0, help="times the usual number of mails in each cell")
    parser.add_argument("--only", choices=[*SUBJECTS, "sink"], help="measure one server, or the tools alone")
    parser.add_argument("--size", action="append", choices=[size.name for size in SIZES])
    parser.add_argument("--connections", action="append", type=int, choices=CONNECTIONS)
    parser.add_argument("--json", type=Path, help="also write every single result to this file, a JSON object a line")
    arguments = parser.parse_args(words)
    if arguments.quick:
        arguments.rounds, arguments.share = 1, arguments.share / 3
        arguments.size = arguments.size or ["10 KB", "5 MB"]
        arguments.connections = arguments.connections or [10, 50]
    return arguments


def main(words: list[str] | None = None) -> int:
    """Measures and prints; 2 where the machine cannot."""
    arguments = _arguments(words)
    reason = smtp_tools.missing() or (postfix.missing() if arguments.only in (None, "postfix") else None)
    kind = file_system_of(Path(tempfile.gettempdir()))
    if kind in ("tmpfs", "ramfs"):
        reason = f"{tempfile.gettempdir()} is a {kind}, where a sync costs nothing; set TMPDIR to a disk"
    if reason:
        print(reason, file=sys.stderr)
        return 2
    cells = [
        Cell(size, connections, keep)
        for size in SIZES
        if arguments.size is None or size.name in arguments.size
        for connections in CONNECTIONS
        if arguments.connections is None or connections in arguments.connections
        for keep in (True, False)
    ]
    print(f"{platform.machine()}, {os.cpu_count()} CPUs, {kind}, Python {platform.python_version()}, ", end="")
    print(f"{arguments.rounds} rounds, median (smallest-largest)\n")
    print(ceiling(cells, arguments.share) + "\n", flush=True)
    if arguments.only == "sink":
        return 0
    names = [arguments.only] if arguments.only else list(SUBJECTS)
    results = []
    for measured in run_rounds(arguments, cells, names):
        results.append(measured)
        if arguments.json:
            with arguments.json.open("a") as file:
                file.write(json.dumps(asdict(measured)) + "\n")
    print(table(results, cells, names))
    return 0


if __name__ == "__main__":
    sys.exit(main())
