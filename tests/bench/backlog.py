"""A large backlog: ``python -m tests.bench.backlog``. 100,000 held mails, and what they cost those that come after.

The backlog is made the way it comes about, through the SMTP listener, to a recipient outside, so that all is held.
Measured on the empty and on the full relay: accepted mails/s (several runs, median), resident memory, time from the
start of the process until ``/readyz`` says 200, and one ``hold list``. Exit status 1 where a bound is broken: start
under 5 s, accept rate within 20 %.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

if __package__ in (None, ""):  # started as a file: name the modules from the checkout's top all the same
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.measure import Memory
from tests.bench.subjects import RECIPIENT, SENDER, MailguardSubject
from tests.system import smtp_tools
from tests.system.smtp_tools import Load, SmtpSink, send
from tests.system.waiting import until

START_BOUND_SECONDS = 5.0
RATE_BOUND = 0.8
PROBE_MAILS = 2000
PROBES = 5
PAYLOAD_BYTES = 4 * 1024
LIMIT_SECONDS = 1800.0


@dataclass(frozen=True, slots=True)
class State:
    """What was measured at one fill level. ``rates`` are accepted mails a second, run by run."""

    held: int
    rates: list[float]
    resident_mb: float
    start_seconds: float
    list_seconds: float

    @property
    def rate(self) -> float:
        """The median."""
        return statistics.median(self.rates)


def _load(mails: int) -> Load:
    return Load(mails, PAYLOAD_BYTES, 10, True, SENDER, RECIPIENT)


def _held(subject: MailguardSubject) -> int:
    ((count,),) = subject.relay.look("SELECT count(*) FROM recipient WHERE state = 'held'")
    return int(count)


def _settled(subject: MailguardSubject) -> None:
    waiting = "SELECT count(*) FROM recipient WHERE state IN ('accepted', 'cleared', 'queued', 'sending')"
    until(lambda: subject.relay.look(waiting) == [(0,)], "everything to be looked at", seconds=LIMIT_SECONDS)


def look(subject: MailguardSubject) -> State:
    """Restarts the relay and measures it as it stands."""
    subject.relay.stop()
    started = time.monotonic()
    subject.relay.start()
    start_seconds = time.monotonic() - started
    held = _held(subject)
    rates = []
    for _ in range(PROBES):
        rates.append(PROBE_MAILS / send(_load(PROBE_MAILS), subject.port, seconds=LIMIT_SECONDS))
        _settled(subject)
    memory = Memory()
    memory.look(subject.pid)
    started = time.monotonic()
    done = subject.relay.command("hold", "list", "--json", seconds=LIMIT_SECONDS)
    assert done.returncode == 0, done.stderr
    return State(held, rates, memory.resident / 1e6, start_seconds, time.monotonic() - started)


def measure(mails: int) -> tuple[State, State]:
    """The relay empty, and with ``mails`` more in its hold."""
    sink = SmtpSink()
    try:
        subject = MailguardSubject(sink.port, hold={"minutes": 60 * 24})
        try:
            empty = look(subject)
            send(_load(mails), subject.port, seconds=LIMIT_SECONDS)
            _settled(subject)
            full = look(subject)
        finally:
            subject.stop()
    finally:
        sink.stop()
    return empty, full


def main(words: list[str] | None = None) -> int:
    """Measures, prints and judges."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.backlog", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--mails", type=int, default=100_000)
    arguments = parser.parse_args(words)
    if reason := smtp_tools.missing():
        print(reason, file=sys.stderr)
        return 2
    empty, full = measure(arguments.mails)
    print("| held at the start | until ready, s | accepted/s (smallest-largest) | RSS after, MB | `hold list`, s |")
    print("|---|---|---|---|---|")
    for state in (empty, full):
        print(
            f"| {state.held} | {state.start_seconds:.2f}"
            f" | {state.rate:.0f} ({min(state.rates):.0f}-{max(state.rates):.0f})"
            f" | {state.resident_mb:.0f} | {state.list_seconds:.2f} |"
        )
    ratio = full.rate / empty.rate
    print(f"\naccept rate with the backlog: {ratio:.2f} of that without (bound {RATE_BOUND})")
    return 0 if ratio >= RATE_BOUND and full.start_seconds <= START_BOUND_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
