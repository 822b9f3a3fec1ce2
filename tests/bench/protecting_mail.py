"""Memory of a relay that protects a large mail: ``python -m tests.bench.protecting_mail``. 25 MiB for five recipients.

The mail carries one file of that size, which cannot be made smaller, and a list with personal data; all of it goes into
the parcel. The figure is the growth of the relay's own process and of all its processes, from after the mail is held to
its last copy at the next hop, beside the wire size of the mail. Exit status 1 above the bound.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

if __package__ in (None, ""):  # started as a file: name the modules from the checkout's top all the same
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import psutil

from tests.bench.measure import watched_memory
from tests.system import smtp_tools
from tests.system.office_day import post_now
from tests.system.protected import BODY, SENDER, STANDARD
from tests.system.relay import Relay, relay_settings
from tests.system.smtp_tools import SmtpSink
from tests.system.waiting import until

BOUND = 3.0
"""Times the wire size, of the relay's own process."""
MEBIBYTE = 2**20


def large_mail(megabytes: int, recipients: list[str]) -> bytes:
    """A mail with a file of noise and personal data in its text."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = SENDER, ", ".join(recipients), "資料の件"
    message["Message-ID"] = "<large@office.example.jp>"
    message.set_content(BODY, cte="base64")
    message.add_attachment(
        os.urandom(megabytes * MEBIBYTE), maintype="application", subtype="octet-stream", filename="記録.bin"
    )
    return message.as_bytes()


def main(words: list[str] | None = None) -> int:
    """Measures, prints and judges."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.protecting_mail", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--megabytes", type=int, default=25)
    parser.add_argument("--recipients", type=int, default=5)
    arguments = parser.parse_args(words)
    if reason := smtp_tools.missing():
        print(reason, file=sys.stderr)
        return 2
    to = [f"reader{number}@customer{number}.example.com" for number in range(arguments.recipients)]
    content = large_mail(arguments.megabytes, to)
    sink = SmtpSink()
    with tempfile.TemporaryDirectory() as folder:
        relay = Relay(
            relay_settings(
                Path(folder), sink.port, hold={"minutes": 0, "grace_seconds": 0}, policy=STANDARD,
                limits={"message_bytes": 200 * MEBIBYTE},
            ),
            Path(folder),
        )  # fmt: skip
        try:
            relay.start()
            queue_id = post_now(relay.port(), to, SENDER, content)
            until(
                lambda: {row.state for row in relay.rows() if row.queue_id == queue_id} == {"held"},
                "the hold",
                seconds=120,
            )
            before = psutil.Process(relay.pid).memory_info().rss
            began = time.monotonic()
            own = before
            with watched_memory(relay.pid, every=0.01) as peak:
                relay.command("hold", "release", queue_id)
                while {row.state for row in relay.rows() if row.queue_id == queue_id} != {"delivered"}:
                    own = max(own, psutil.Process(relay.pid).memory_info().rss)
                    time.sleep(0.01)
            took = time.monotonic() - began
        finally:
            relay.close()
            sink.stop()
    wire = len(content) / MEBIBYTE
    grown = (own - before) / MEBIBYTE
    print("| recipients | on the wire | relay before | its growth | times the wire size | all processes, peak | s |")
    print("|---|---|---|---|---|---|---|")
    print(
        f"| {arguments.recipients} | {wire:.0f} MiB | {before / MEBIBYTE:.0f} MiB | {grown:.0f} MiB"
        f" | {grown / wire:.2f} (bound {BOUND}) | {peak.resident / MEBIBYTE:.0f} MiB | {took:.1f} |"
    )
    return 0 if grown <= BOUND * wire else 1


if __name__ == "__main__":
    sys.exit(main())
