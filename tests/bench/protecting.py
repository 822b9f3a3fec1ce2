"""What it costs to make parcels, beside 7zz: ``python -m tests.bench.protecting``.

Both pack the same files from and to the same disk, by turns, in the same run; the best of some rounds counts. 7zz runs
with AES-256 in a ZIP, on one thread and on all, at the level named: 1 gives files of about our size, 5 is its usual
one, 0 tells it by hand to compress nothing, which mailguard finds out by itself. mailguard's figure is the time of
``write_zip``, ``lock_pdf`` or ``lock_office`` on one thread of a process that has loaded everything, as the relay's
have; the SHA-256 of each file, which 7zz does not make, is in it. *checked* adds the proof that the finished parcel is
closed and whole. A PDF and an Office file are put by 7zz into a ZIP, for it knows no other container. Memory: ours is
how far the process grew, 7zz's is all of it.

Exit status 1 where a ZIP is made with less than 0.8 of 7zz's speed at level 1 on one thread, 2 where 7zz is missing.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random

if __package__ in (None, ""):  # started as a file: name the modules from the checkout's top all the same
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import pikepdf

from mailguard.transform.containers.file_checking import check_office, check_pdf
from mailguard.transform.containers.office_container import lock_office
from mailguard.transform.containers.pdf_container import lock_pdf
from mailguard.transform.containers.zip_checking import check_zip
from mailguard.transform.containers.zip_container import ZipItem, write_zip
from tests.bench.measure import file_system_of, watched_memory

RATIO_MIN = 0.8
LEVEL = 1
MEBIBYTE = 2**20
CHUNK_BYTES = 64 * 1024
PASSWORD = "hD7k-Rw3m-Xp9t-Vb4n-Qz6s"


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of the clock and of the processor, octets written, and octets of memory taken."""

    seconds: float
    processor: float
    written: int
    memory: int
    checked: float = 0.0


@dataclass(frozen=True, slots=True)
class Case:
    """What is packed: by us as ``kind``, by 7zz at these levels."""

    title: str
    kind: str
    files: tuple[Path, ...]
    levels: tuple[int, ...]

    @property
    def size(self) -> int:
        """Octets of all files."""
        return sum(one.stat().st_size for one in self.files)


def rows(size: int) -> bytes:
    """A list of invented people as CSV, which shrinks as lists do."""
    random, out = Random(3), io.BytesIO()
    surnames, given = ("佐藤", "鈴木", "高橋", "田中", "渡辺", "伊藤"), ("翔太", "美咲", "健", "さくら", "大輔", "恵子")
    while out.tell() < size:
        number = random.randrange(10**8)
        name, phone = (
            f"{random.choice(surnames)} {random.choice(given)}",
            f"{number % 10000:04}-{number // 7 % 10000:04}",
        )
        place = f"東京都千代田区{number % 9 + 1}-{number % 31}"
        out.write(f"{number:08},{name},03-{phone},user{number}@example.com,{place}\r\n".encode())
    return out.getvalue()[:size]


def package(size: int) -> bytes:
    """An Office package with pictures of this size."""
    out, random = io.BytesIO(), Random(4)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("_rels/.rels", "<Relationships/>")
        for number in range(size // MEBIBYTE):
            made.writestr(f"ppt/media/image{number}.jpeg", random.randbytes(MEBIBYTE))
    return out.getvalue()


def document(size: int) -> bytes:
    """A PDF with pictures of this size, one a page."""
    out, random = io.BytesIO(), Random(6)
    with pikepdf.new() as pdf:
        for _ in range(size // MEBIBYTE):
            page = pdf.add_blank_page()
            page.Contents = pdf.make_stream(random.randbytes(MEBIBYTE), Filter=pikepdf.Name.DCTDecode)
        pdf.save(out)
    return out.getvalue()


def cases(folder: Path, megabytes: int) -> list[Case]:
    """The files, written into the folder."""

    def written(name: str, octets: bytes) -> Path:
        (folder / name).write_bytes(octets)
        return folder / name

    size = megabytes * MEBIBYTE
    table = written("list.csv", rows(size))
    photos = [
        written(f"photo{number}.jpg", b"\xff\xd8\xff" + Random(number).randbytes(size // 4)) for number in range(4)
    ]
    small = [written(f"small{number}.csv", rows(MEBIBYTE // 8)) for number in range(40)]
    pdf, office = (
        written("scan.pdf", document(size // 2)),
        written("slides.pptx", package(min(size // 2, 60 * MEBIBYTE))),
    )
    return [
        Case("zip, table", "zip", (table,), (1, 5)),
        Case("zip, table, names hidden", "hidden", (table,), (1, 5)),
        Case("zip, 40 small tables", "zip", tuple(small), (1, 5)),
        Case("zip, photographs", "zip", tuple(photos), (0, 1, 5)),
        Case("zip, photographs, names hidden", "hidden", tuple(photos), (0, 1, 5)),
        Case("pdf", "pdf", (pdf,), (0, 1, 5)),
        Case("office", "office", (office,), (0, 1, 5)),
    ]


def chunks_of(path: Path) -> Iterator[bytes]:
    """A file in chunks, as content comes from the store."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def peak_bytes() -> int:
    """The most this process has ever had in memory."""
    return next(int(line.split()[1]) * 1024 for line in Path("/proc/self/status").open() if line.startswith("VmHWM"))


def ours_here(kind: str, files: Sequence[Path], target: Path) -> Measured:
    """One parcel made and checked, in this process."""
    target.unlink(missing_ok=True)
    before = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    began, processor = time.perf_counter(), time.process_time()
    if kind in ("zip", "hidden"):
        hidden = "files.zip" if kind == "hidden" else None
        with target.open("w+b") as out:
            packed = write_zip(
                out, [ZipItem(one.name, partial(chunks_of, one)) for one in files], PASSWORD, hidden_names=hidden
            )
            out.flush()
            took = time.perf_counter() - began, time.process_time() - processor
            check_zip(out, PASSWORD, packed, hidden_names=hidden)
    else:
        octets = files[0].read_bytes()
        locked = (lock_pdf if kind == "pdf" else lock_office)(octets, PASSWORD)
        target.write_bytes(locked)
        took = time.perf_counter() - began, time.process_time() - processor
        if kind == "pdf":
            check_pdf(locked, PASSWORD)
        else:
            check_office(locked, PASSWORD, hashlib.sha256(octets).hexdigest())
    return Measured(*took, target.stat().st_size, peak_bytes() - before, time.perf_counter() - began)


def ours(case: Case, target: Path) -> Measured:
    """One parcel made and checked, in a fresh process."""
    command = [sys.executable, "-m", "tests.bench.protecting", "--one", case.kind, str(target), *map(str, case.files)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]).stdout
    return Measured(**json.loads(told))


def rival(case: Case, level: int, threads: str, target: Path) -> Measured:
    """The same files by 7zz."""
    target.unlink(missing_ok=True)
    command = [
        "7zz",
        "a",
        "-tzip",
        "-mem=AES256",
        f"-mx={level}",
        f"-mmt={threads}",
        f"-p{PASSWORD}",
        "-bd",
        str(target),
    ]
    began = time.perf_counter()
    started = subprocess.Popen([*command, *map(str, case.files)], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(started.pid, 0)
    seconds = time.perf_counter() - began
    started.returncode = os.waitstatus_to_exitcode(status)
    if started.returncode:
        raise SystemExit(f"7zz ended with {started.returncode}")
    # Its memory is looked at in a run of its own, so that looking takes no time here.
    watched = subprocess.Popen(
        [*command[:-1], str(target.with_suffix(".2")), *map(str, case.files)], stdout=subprocess.DEVNULL
    )
    with watched_memory(watched.pid, every=0.005) as memory:
        os.waitid(os.P_PID, watched.pid, os.WEXITED | os.WNOWAIT)
    watched.wait()
    target.with_suffix(".2").unlink()
    return Measured(seconds, usage.ru_utime + usage.ru_stime, target.stat().st_size, memory.resident)


def measure(case: Case, rounds: int, folder: Path) -> tuple[str, float]:
    """The lines of a case, and our speed by 7zz's at level 1 on one thread."""
    ours_best: Measured | None = None
    others: dict[tuple[int, str], Measured] = {}
    for _ in range(rounds):
        ours_best = _better(ours_best, ours(case, folder / "ours.out"))
        for level in case.levels:
            for threads in ("1", "on"):
                found = rival(case, level, threads, folder / "rival.zip")
                others[level, threads] = _better(others.get((level, threads)), found)
    assert ours_best is not None
    lines = [_line(case, "mailguard", ours_best, ours_best)]
    lines.append(
        _line(case, "mailguard, checked", replace(ours_best, seconds=ours_best.checked, processor=0), ours_best)
    )
    lines += [
        _line(case, f"7zz -mx={level}, {'one thread' if threads == '1' else 'all threads'}", one, ours_best)
        for (level, threads), one in others.items()
    ]
    return "\n".join(lines), others[LEVEL, "1"].seconds / ours_best.seconds


def _better(old: Measured | None, new: Measured) -> Measured:
    return new if old is None or new.seconds < old.seconds else old


def _line(case: Case, who: str, measured: Measured, against: Measured) -> str:
    speed = case.size / 1e6 / measured.seconds
    processor = f"{case.size / 1e6 / measured.processor:.0f}" if measured.processor else ""
    return (
        f"| {case.title} | {who} | {speed:.0f} | {processor} | {measured.written / case.size:.1%} |"
        f" {measured.memory / MEBIBYTE:.0f} | {measured.seconds / against.seconds:.2f} |"
    )


def main(words: list[str] | None = None) -> int:
    """Measures, prints and judges."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.protecting", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--megabytes", type=int, default=64, help="size of the files of a case, in MiB")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="a folder on the disk to be measured on")
    parser.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args(words)
    if arguments.one:
        kind, target, *files = arguments.one
        told = ours_here(kind, [Path(one) for one in files], Path(target))
        print(json.dumps({name: getattr(told, name) for name in Measured.__slots__}))
        return 0
    if not shutil.which("7zz"):
        print("7zz is not installed", file=sys.stderr)
        return 2
    print("| files | by | MB/s | MB/s of processor time | size after | memory MiB | mailguard is faster by |")
    print("|---|---|---|---|---|---|---|")
    missed = []
    with tempfile.TemporaryDirectory(dir=arguments.folder) as temporary:
        folder = Path(temporary)
        for case in cases(folder, arguments.megabytes):
            text, ratio = measure(case, arguments.rounds, folder)
            print(text, flush=True)
            if case.kind in ("zip", "hidden") and ratio < RATIO_MIN:
                missed.append(f"{case.title}: {ratio:.2f} of 7zz, {RATIO_MIN} demanded")
        print(f"\n{arguments.megabytes} MiB a case on {file_system_of(folder)}; load {os.getloadavg()[0]:.1f}")
    print("\n".join(missed) or f"every zip is made with at least {RATIO_MIN} of 7zz's speed at level {LEVEL}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
