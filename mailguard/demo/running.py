"""How the demonstration runs and ends: with a person, or one round without.

A signal is noted from before the folder is made, so that an impatient Ctrl-C leaves nothing either. Ended by a signal
it has done what it should: status 0. A round that did not come to its end has shown nothing: status 1.
"""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass, replace

from mailguard.demo.demonstration import Demonstration, Pace, standing
from mailguard.demo.office import MakeCertificate
from mailguard.demo.smoke import Round
from mailguard.demo.terminal import Terminal
from mailguard.demo.world import Happening
from mailguard.i18n import Language

PACE = Pace(hold_minutes=5.0, retry_minutes=[0.5, 1.0, 5.0], notice_seconds=3.0)
SMOKE_PACE = Pace(hold_minutes=5 / 60, retry_minutes=[0.02], notice_seconds=0.5)
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says. ``hold_minutes`` None: five minutes, or a few seconds for ``smoke``."""

    hold_minutes: float | None
    smoke: bool
    language: Language


async def run(options: Options, make_certificate: MakeCertificate) -> int:
    """Run until Ctrl-C or SIGTERM, or for one round; the exit status."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in SIGNALS:
        loop.add_signal_handler(name, ended.set)
    terminal = Terminal(options.language, on_gone=ended.set)
    if options.smoke:
        return await _smoke(options, terminal, ended, make_certificate)
    happenings = _Happenings(terminal)
    async with standing(_pace(PACE, options), make_certificate, happenings.take) as demonstration:
        if not ended.is_set():
            await _begin(demonstration, terminal, happenings)
        await ended.wait()
        terminal.line()
        terminal.say("demo.log.ending")
    terminal.say("demo.log.ended")
    return 0


async def _begin(demonstration: Demonstration, terminal: Terminal, happenings: _Happenings) -> None:
    await demonstration.send_samples()
    await demonstration.tell(terminal)
    happenings.begin()


async def _smoke(options: Options, terminal: Terminal, ended: asyncio.Event, make_certificate: MakeCertificate) -> int:
    async with standing(_pace(SMOKE_PACE, options), make_certificate, lambda _: None) as demonstration:
        taken = asyncio.create_task(Round(demonstration, terminal).take())
        stopped = asyncio.create_task(ended.wait())
        await asyncio.wait({taken, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not taken.done():
            taken.cancel()
            await asyncio.wait({taken})
            terminal.say("demo.smoke.failed", reason=terminal.word("demo.smoke.interrupted"))
            return 1
        return 0 if taken.result() else 1


def _pace(usual: Pace, options: Options) -> Pace:
    return usual if options.hold_minutes is None else replace(usual, hold_minutes=options.hold_minutes)


class _Happenings:
    """What the world does, kept back until the newcomer was told where things are."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._early: list[Happening] | None = []

    def take(self, happening: Happening) -> None:
        if self._early is None:
            self._terminal.happened(happening)
        else:
            self._early.append(happening)

    def begin(self) -> None:
        early, self._early = self._early or [], None
        for happening in early:
            self._terminal.happened(happening)
