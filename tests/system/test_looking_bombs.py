"""Mails made to exhaust whoever looks into them, in the processes that look: each ends soon, in little memory.

The whole way: request, extraction, inspection, answer. A process that had to be killed would be no disaster for the
relay, and is a fault here all the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from mailguard.judging.looking import LOAD, WORK, answer_of, argument_of, request_of
from mailguard.model.contents import Obstacle
from mailguard.model.finding import Inspection, Kind
from mailguard.model.office_kinds import OfficeKind, OfficeKinds
from mailguard.policy.rules import RuleSet
from mailguard.workers.pool import Pool
from tests.system.bombs import BOMBS, RUNS, attached, office, text, word, zipped
from tests.unit.extract.made_documents import W, docx, page_text, paragraph, pdf
from tests.unit.judging.judging_parts import occasion_to, shipped_rules

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEY = b"k" * 32
MEBIBYTE = 1024 * 1024
MEMORY_BYTES = 512 * MEBIBYTE
"""What the kernel gives a process at most beyond what was loaded."""
GROWN_MAX = 350 * MEBIBYTE
"""What no bomb may come to."""
LIMIT_SECONDS = 75.0
SECONDS_MAX = 12.0
"""A slow machine with other work; here none takes four."""
KINDS = OfficeKinds(kinds=(
    OfficeKind("nested", "x", "nested", r"(a+)+b(a*)*c", bare=0.9),
    OfficeKind("wide", "x", "wide", r"(?:[0-9]+-?)+x", bare=0.9),
))  # fmt: skip
ENDED_BY = {
    **dict.fromkeys(
        (
            "zip 1:1000", "zip of zips of zips", "zip with a shared kernel", "zip with one place", "gzip 1:1000",
            "gzip in gzip in gzip", "bzip2", "xz", "7z", "sparse tar", "one shorter string in 100,000 cells",
            "pdf of 10,000 pages", "pdf of one page a million times", "pdf stream",
        ),
        Obstacle.TOO_LARGE,
    ),
    **dict.fromkeys(
        (
            "zip within itself", "zip a hundred deep", "tars in tars", "rtf groups", "parts in parts", "mails in mails",
            "winmail.dat a hundred deep",
        ),
        Obstacle.TOO_DEEP,
    ),
    **dict.fromkeys(("zip of 100,000 entries", "100,000 parts"), Obstacle.TOO_MANY),
    **dict.fromkeys(
        ("entities in entities", "one entity many times", "elements in elements", "winmail.dat that lies",
         "compound file in circles"),
        Obstacle.DAMAGED,
    ),
}  # fmt: skip
"""What is said of those that are not read to their end; the others are, in bounds."""


@dataclass(frozen=True)
class Looked:
    """What looking into a mail gave, and what it took."""

    inspection: Inspection
    seconds: float
    grown: int

    @property
    def obstacles(self) -> set[Obstacle]:
        """Everything that was not read."""
        return {one.why for one in self.inspection.unreadable}


class Watcher:
    """Looks into mails by a pool of one process and watches its memory."""

    def __init__(self, pool: Pool, rules: RuleSet) -> None:
        self._pool = pool
        self._rules = rules

    async def look(self, octets: bytes) -> Looked:
        """Raises ``WorkerKilled``."""
        before = max((_resident(one) for one in _workers()), default=_resident_of_helper())
        stop = threading.Event()
        most = [before]
        watching = threading.Thread(target=_watch, args=(stop, most))
        watching.start()
        began = time.monotonic()
        try:
            answer = await self._pool.run(request_of(octets, occasion_to(), frozenset()), LIMIT_SECONDS)
        finally:
            passed = time.monotonic() - began
            stop.set()
            watching.join()
        situation = answer_of(answer, octets, occasion_to(), self._rules)
        return Looked(situation.inspection, passed, most[0] - before)


def _watch(stop: threading.Event, most: list[int]) -> None:
    while not stop.wait(0.01):
        most[0] = max([most[0], *(_resident(one) for one in _workers())])


def _resident(process: psutil.Process) -> int:
    """Memory of its own and what it shares with the helper, which does not grow."""
    with contextlib.suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0


def _workers() -> list[psutil.Process]:
    """Processes that look: the children of the helper."""
    with contextlib.suppress(psutil.Error):
        return [worker for helper in psutil.Process().children() for worker in helper.children()]
    return []


def _resident_of_helper() -> int:
    return max((_resident(one) for one in psutil.Process().children()), default=0)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def watcher() -> AsyncIterator[Watcher]:
    """One process that looks, with what ships and an office's unkind patterns."""
    rules = replace(shipped_rules(), kinds=KINDS)
    argument = argument_of(rules, KEY, LIMIT_SECONDS)
    pool = Pool(WORK, load=LOAD, argument=argument, workers=1, memory_bytes=MEMORY_BYTES)
    await pool.start()
    watcher = Watcher(pool, rules)
    await watcher.look(text("x"))  # the first process is there
    yield watcher
    await pool.close()


def stays_in_bounds(looked: Looked) -> bool:
    """Time and memory are far below what would end the process."""
    return looked.seconds < SECONDS_MAX and looked.grown < GROWN_MAX


@pytest.mark.parametrize("name", BOMBS)
async def test_bomb_ends_soon_and_small(watcher: Watcher, name: str) -> None:
    """Whoever sends it harms nobody else's mail, and the relay has an answer."""
    looked = await watcher.look(BOMBS[name]())

    assert stays_in_bounds(looked)
    if name in ENDED_BY:
        assert ENDED_BY[name] in looked.obstacles


@pytest.mark.parametrize("name", RUNS)
async def test_long_run_is_looked_at_in_time(watcher: Watcher, name: str) -> None:
    """No text makes a detector try again and again."""
    assert stays_in_bounds(await watcher.look(text(RUNS[name])))


async def test_patterns_of_an_office_cost_no_more_on_hostile_text(watcher: Watcher) -> None:
    """An administrator's pattern that backtracking engines never finish with is no danger."""
    looked = await watcher.look(text("a" * 200_000 + "\n" + "1" * 200_000))

    assert stays_in_bounds(looked)


async def test_entities_from_outside_are_never_fetched(watcher: Watcher, tmp_path: Path) -> None:
    """No document makes the relay open a file of its own or call another machine."""
    (tmp_path / "secret").write_text("\u4f50\u85e4 \u82b1\u5b50 \u500b\u4eba\u756a\u53f7 392718460552")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        there = f"http://127.0.0.1:{server.getsockname()[1]}"
        here = (tmp_path / "secret").as_uri()
        for octets, name in fetchers(there, here):
            looked = await watcher.look(attached(octets, name))

            assert stays_in_bounds(looked)
            assert Kind.MY_NUMBER not in looked.inspection.counts
        await asyncio.sleep(0)
        with pytest.raises(BlockingIOError):
            server.accept()


def fetchers(there: str, here: str) -> Iterator[tuple[bytes, str]]:
    """Files that ask for others, at a server and on the disk."""
    for target in (there, here):
        entity = f"<!DOCTYPE a [<!ENTITY x SYSTEM '{target}'><!ENTITY % y SYSTEM '{target}'> %y;]>"
        yield word(f"{entity}<w:document {W}><w:t>&x;</w:t></w:document>"), "a.docx"
        yield f"<?xml version='1.0'?>{entity}<a>&x;</a>".encode(), "a.xml"
        inclusion = f"<a xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='{target}'/></a>"
        yield f"<?xml version='1.0'?>{inclusion}".encode(), "b.xml"
        yield (
            f"<html><img src='{target}'><iframe src='{target}'></iframe><link href='{target}'></html>".encode(),
            "a.html",
        )
        yield f"<svg><image href='{target}'/><use href='{target}#a'/></svg>".encode(), "a.svg"
        yield f'{{\\rtf1{{\\field{{\\*\\fldinst INCLUDETEXT "{target}"}}}}}}'.encode(), "a.rtf"
        yield pdf([page_text("x")], catalog=f"/OpenAction << /S /URI /URI ({target}) >>"), "a.pdf"
        yield office(docx(paragraph("x"), **_outside(target))), "b.docx"


def _outside(target: str) -> dict[str, str | bytes]:
    relation = f'<Relationship Id="r" Type="x/attachedTemplate" Target="{target}" TargetMode="External"/>'
    return {"word/_rels/document.xml.rels": f"<Relationships>{relation}</Relationships>"}


async def test_name_that_leads_out_of_its_archive_writes_nothing(watcher: Watcher, tmp_path: Path) -> None:
    """An archive whose names climb out of it leaves no file anywhere."""
    target = tmp_path / "written"
    names = (f"../../../../../../../..{target}", str(target), f"..\\..\\..{target}")

    assert stays_in_bounds(await watcher.look(attached(zipped(*((name, b"x") for name in names)), "a.zip")))
    assert not target.exists()


@pytest.mark.parametrize("form", ["prose", "csv"])
async def test_ten_thousand_people_cost_their_length(watcher: Watcher, form: str) -> None:
    """A roster of ten thousand takes about ten times one of a thousand, and everybody is found."""
    few, many = [await watcher.look(roster(count, form)) for count in (1_000, 10_000)]

    assert stays_in_bounds(many)
    assert many.inspection.counts[Kind.PHONE_NUMBER] == 10_000
    assert many.seconds < 10 * (few.seconds + 0.3) * 2.5


def roster(count: int, form: str) -> bytes:
    """A mail about so many people."""
    people = [
        ("\u4f50\u85e4 \u82b1\u5b50", f"090-{number // 1000 + 4100:04d}-{number % 1000 + 1000:04d}",
         f"\u6771\u4eac\u90fd\u5343\u4ee3\u7530\u533a\u971e\u304c\u95a2{number % 30 + 1}-{number % 20 + 1}")
        for number in range(count)
    ]  # fmt: skip
    if form == "csv":
        header = "\u6c0f\u540d,\u96fb\u8a71\u756a\u53f7,\u4f4f\u6240\r\n"
        return attached((header + "".join(",".join(one) + "\r\n" for one in people)).encode(), "a.csv")
    return text("".join(f"{name} \u69d8 TEL {phone} {address}\r\n" for name, phone, address in people))
