"""Memory under large mails: ``python -m tests.bench.memory``. Four mails of 25 MiB at once, in and out again.

Prints how far the relay's resident set grew, per mail and as a multiple of the mail's size. Exit status 1 above the
bound (1.5 times the size of each mail), 2 where the machine cannot measure.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

if __package__ in (None, ""):  # started as a file: name the modules from the checkout's top all the same
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.latency import measured_waits
from tests.bench.measure import Memory, watched_memory
from tests.bench.subjects import RECIPIENT, SENDER, MailguardSubject
from tests.system import smtp_tools
from tests.system.smtp_tools import SmtpSink

BOUND = 1.5
MEBIBYTE = 2**20


def _send(subject: MailguardSubject, sink: SmtpSink, octets: int, at_once: int, mails: int) -> None:
    before = sink.count()
    sent = asyncio.run(
        measured_waits(
            subject.port, payload_bytes=octets, connections=at_once, mails=mails, sender=SENDER, recipient=RECIPIENT
        )
    )
    sink.wait_for(before + sent.count, seconds=120)


def measure(megabytes: int, at_once: int, rounds: int) -> tuple[Memory, Memory]:
    """Memory after small mails, and at its peak while the large ones pass through and out."""
    sink = SmtpSink()
    try:
        subject = MailguardSubject(sink.port)
        try:
            _send(subject, sink, 10 * 1024, at_once, 200)
            before = Memory()
            before.look(subject.pid)
            with watched_memory(subject.pid, every=0.01) as peak:
                _send(subject, sink, megabytes * MEBIBYTE, at_once, at_once * rounds)
        finally:
            subject.stop()
    finally:
        sink.stop()
    return before, peak


def main(words: list[str] | None = None) -> int:
    """Measures, prints and judges."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.memory", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=25, help="size of each mail in MiB, on the wire")
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3, help="large mails per connection, one after the other")
    arguments = parser.parse_args(words)
    if reason := smtp_tools.missing():
        print(reason, file=sys.stderr)
        return 2
    before, peak = measure(arguments.megabytes, arguments.at_once, arguments.rounds)
    grown = (peak.resident - before.resident) / MEBIBYTE
    each = grown / arguments.at_once
    times = each / arguments.megabytes
    print("| mails at once | size of each | RSS before | RSS peak | growth | a mail | times its size |")
    print("|---|---|---|---|---|---|---|")
    print(
        f"| {arguments.at_once} | {arguments.megabytes} MiB | {before.resident / MEBIBYTE:.0f} MiB"
        f" | {peak.resident / MEBIBYTE:.0f} MiB | {grown:.0f} MiB | {each:.0f} MiB | {times:.2f} (bound {BOUND}) |"
    )
    return 0 if times <= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
