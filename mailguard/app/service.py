"""In which order the parts start and stop.

Start: what was made of the settings stands (``assembly``: lock on the data directory, schema, keys); then the store,
the processes that look into mail, leases of the last run ended, workers, web, and the listeners last, so that no mail
comes before everything behind it stands. Stop: the listeners first, then what is under way, then the store. What does
not finish in time is on disk and goes on at the next start.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Collection
from functools import partial

import structlog

from mailguard import __version__
from mailguard.app.assembly import Assembly
from mailguard.app.recording import Recorder
from mailguard.clock import Clock
from mailguard.config import Settings
from mailguard.errors import MailguardError
from mailguard.model.audit import AuditAction
from mailguard.workers.rounds import kept_running
from mailguard.workers.systemd import notify

_AGAIN_SECONDS = 5.0

log = structlog.get_logger()


class Service:
    """The running relay. Making one takes the data directory; ``start`` and ``stop`` are for once."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.parts = Assembly(settings, clock)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start every part; afterwards the listeners take mail."""
        parts = self.parts
        parts.store.start()
        await parts.looking.start()
        await parts.locking.start()
        reclaimed = await parts.store.write(parts.rescuer.reclaim, is_brief=False)
        await asyncio.to_thread(parts.sweeper.collect_unfinished)
        await parts.store.write(Recorder(AuditAction.STARTED))
        await parts.rules.record(AuditAction.POLICY_LOADED)
        self._tasks = [
            asyncio.create_task(kept_running(name, run, _AGAIN_SECONDS), name=name)
            for name, run in self._running_parts().items()
        ]
        await parts.devices.refresh()
        await parts.web.start()
        await parts.submission.start()
        for name, (host, port) in [*parts.submission.addresses.items(), ("web", parts.web.address)]:
            log.info("listening", listener=name, host=host, port=port)
        log.info("started", version=__version__, reclaimed=reclaimed)

    def _running_parts(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """What works beside the listeners, by the name the log uses."""
        parts = self.parts
        running: dict[str, Callable[[], Awaitable[None]]] = {
            "timekeeper": parts.timekeeper.run,
            "sweeper": parts.sweeper.run,
            "policy": partial(parts.policy.follow, parts.rules.reload, parts.settings.service.poll_seconds),
            "notifier": parts.notifier.run,
            "incidents": parts.follower.run,
            "reminder": parts.reminder.run,
            "announcer": parts.announcer.run,
            "watcher": parts.watcher.run,
            "devices": parts.devices.run,
            "anchorer": parts.anchorer.run,
        }
        if parts.forwarder is not None:
            running["forwarder"] = parts.forwarder.run
        if parts.teller is not None:
            running["teller"] = parts.teller.run
        return running

    async def stop(self) -> int:
        """Stop every part within the drain limit; how many mails were still under way.

        Those go on at the next start.
        """
        parts = self.parts
        drain = parts.settings.service.drain_seconds
        began = parts.clock.monotonic()
        cut = await parts.submission.stop(drain)
        await _end(self._tasks, drain)
        left = await parts.conveyor.close(max(0.0, drain - (parts.clock.monotonic() - began)))
        await parts.dry_runs.close()
        await parts.looking.close()
        await parts.locking.close()
        await parts.routes.close()
        await parts.web.stop()
        await parts.sign_in.close()
        parts.accounts.close()
        with contextlib.suppress(MailguardError):
            await parts.store.write(Recorder(AuditAction.STOPPED))
        await parts.store.stop()
        parts.lock.close()
        log.info("stopped", under_way=left, sessions_cut=cut or 0)
        return left

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT; SIGHUP takes up new certificates and rules."""
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, ended.set)
        loop.add_signal_handler(signal.SIGHUP, self._reload)
        try:
            await self.start()
        except BaseException:
            # What was begun is ended, and on record with its end.
            await self.stop()
            raise
        notify("READY=1")
        await ended.wait()
        notify("STOPPING=1")
        await self.stop()

    def _reload(self) -> None:
        self.parts.submission.reload()
        self._tasks.append(asyncio.create_task(self.parts.rules.reload()))


async def _end(tasks: Collection[asyncio.Task[None]], seconds: float) -> None:
    """Cancel these; one that does not end keeps nobody from stopping."""
    for task in tasks:
        task.cancel()
    if not tasks:
        return
    ended, late = await asyncio.wait(tasks, timeout=seconds)
    for task in ended:
        # Looked at, so that nothing is said of one that failed and was logged then.
        _ = task.cancelled() or task.exception()
    for task in late:
        log.error("part_not_ended", part=task.get_name())
