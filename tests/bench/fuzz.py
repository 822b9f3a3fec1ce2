"""Looks for mails that reading or looking for personal data stumbles over.

    python -m tests.bench.fuzz --seconds 60             as much as fits, from random seeds
    python -m tests.bench.fuzz --seconds 60 --seed 7    the same mails again
    python -m tests.bench.fuzz --mail found/123.eml     one mail that was found

With ``atheris`` installed (it is no dependency: ``pip install atheris``) the mails are those that reach code nothing
reached before, and ``--corpus FOLDER`` keeps them for the next time; without it, or with ``--plain``, they are made by
``tests.corpus.generated.hostile_mails``. What fails or takes too long is written to ``--found``; the exit status is 1
where there was any. No figure is asserted: this looks for what nobody has thought of.
"""

from __future__ import annotations

import argparse
import faulthandler
import hashlib
import importlib.util
import random
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS_MAX = 10.0
"""Of one small mail; limits end the reading after half of it."""
HANG_SECONDS = 60
SEEDS = Path("tests/corpus/mails")


def looker() -> Callable[[bytes], None]:
    """What is tried: everything between a mail's octets and its findings."""
    from mailguard.extract.contents import contents_of
    from mailguard.extract.walk import Limits
    from mailguard.inspection.inspecting import inspect, passwords_in
    from mailguard.mime.message import Message

    limits = Limits(octets=50_000_000, text=2_000_000, seconds=SECONDS_MAX / 2)

    def look(octets: bytes) -> None:
        contents = contents_of(Message(octets), limits)
        passwords_in(contents)
        inspect(contents)

    return look


class Trial:
    """One mail after another. ``found``: where those go that fail or take too long."""

    def __init__(self, look: Callable[[bytes], None], found: Path) -> None:
        self._look = look
        self.found = found
        self.mails = 0
        self.failures = 0
        self.slowest = 0.0

    def try_mail(self, octets: bytes) -> None:
        """Look into it, and keep it where that did not go well."""
        faulthandler.dump_traceback_later(HANG_SECONDS, exit=True)
        self.mails += 1
        began = time.monotonic()
        try:
            self._look(octets)
        except Exception:
            self._keep(octets, traceback.format_exc())
        passed = time.monotonic() - began
        self.slowest = max(self.slowest, passed)
        if passed > SECONDS_MAX:
            self._keep(octets, f"took {passed:.1f} s")
        faulthandler.cancel_dump_traceback_later()

    def _keep(self, octets: bytes, why: str) -> None:
        self.failures += 1
        self.found.mkdir(parents=True, exist_ok=True)
        path = self.found / f"{hashlib.sha256(octets).hexdigest()[:16]}.eml"
        path.write_bytes(octets)
        print(f"{path}\n{why}", file=sys.stderr)


def plain(trial: Trial, seconds: float, seed: int) -> None:
    """Mails made from one seed after another, half of them sample mails with a change."""
    from tests.corpus.generated.hostile_mails import HostileMails

    samples = [path.read_bytes() for path in sorted(SEEDS.glob("*.eml"))]
    files = files_of_every_type()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        maker = HostileMails(random.Random(seed), files)
        is_sample = samples and seed % 4 == 0
        trial.try_mail(maker.changed(maker.random.choice(samples)) if is_sample else maker.mail())
        seed += 1
    print(f"{trial.mails} mails, {trial.failures} failed, the slowest {trial.slowest:.2f} s, next seed {seed}")


def guided(trial: Trial, seconds: float, corpus: Path) -> None:
    """Mails that atheris makes. Does not return."""
    import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]

    from tests.corpus.generated.hostile_mails import HostileMails

    corpus.mkdir(parents=True, exist_ok=True)
    trial.found.mkdir(parents=True, exist_ok=True)
    files = sorted(files_of_every_type().items())
    for number, (_, octets) in enumerate(files):
        (corpus / f"file-{number}").write_bytes(b"\1" + octets)
    for path in sorted(SEEDS.glob("*.eml")):
        (corpus / path.name).write_bytes(b"\0" + path.read_bytes())

    def one(data: bytes) -> None:
        match data[:1]:
            case b"\1" | b"\2" | b"\3":
                octets = b"Content-Type: application/octet-stream; name=a\r\n\r\n" + data[1:]
            case b"\4":
                octets = b"Content-Type: text/html; charset=utf-8\r\n\r\n" + data[1:]
            case b"\5":
                octets = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + data[1:]
            case b"\6":
                octets = HostileMails(random.Random(data), dict(files)).mail()
            case _:
                octets = data[1:]
        trial.try_mail(octets)

    atheris.Setup(
        [sys.argv[0], f"-max_total_time={int(seconds)}", "-max_len=65536", "-timeout=120", "-rss_limit_mb=4096",
         f"-artifact_prefix={trial.found}/", str(corpus)], one,
    )  # fmt: skip
    atheris.Fuzz()


def files_of_every_type() -> dict[str, bytes]:
    """Texts, and the attachments of the sample mails."""
    from mailguard.mime.message import Message
    from tests.corpus.generated.hostile_mails import files_of_texts

    found = files_of_texts()
    for path in sorted(SEEDS.glob("*.eml")):
        message = Message(path.read_bytes())
        for part in message.root.walk():
            if part.is_attachment and part.content_type != "message/rfc822":
                found[f"{path.stem}-{part.name}"] = message.decoded(part)
    return {name: octets for name, octets in found.items() if len(octets) < 100_000}


def main() -> int:
    """The exit status."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--seed", type=int, default=None)
    options.add_argument("--plain", action="store_true", help="without atheris")
    options.add_argument("--corpus", type=Path, default=Path("build/fuzz-corpus"))
    options.add_argument("--found", type=Path, default=Path("build/fuzz-found"))
    options.add_argument("--mail", type=Path, default=None)
    said = options.parse_args()
    is_guided = said.mail is None and not said.plain and importlib.util.find_spec("atheris") is not None
    if is_guided:
        import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]

        with atheris.instrument_imports(include=["mailguard.extract", "mailguard.mime", "mailguard.inspection"]):
            look = looker()
    else:
        look = looker()
    trial = Trial(look, said.found)
    if said.mail is not None:
        trial.try_mail(said.mail.read_bytes())
    elif is_guided:
        guided(trial, said.seconds, said.corpus)
    else:
        seed = said.seed if said.seed is not None else random.SystemRandom().randrange(10**9)
        plain(trial, said.seconds, seed)
    return 1 if trial.failures else 0


if __name__ == "__main__":
    sys.exit(main())
