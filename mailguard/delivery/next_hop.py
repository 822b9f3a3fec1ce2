"""One configured server that takes our mail: kept connections, how many, and one call to deliver a mail.

A connection serves many mails, one after the other. One that turns out dead when it is used again (the server closed
it meanwhile) is replaced by a fresh one before anything counts as a failed attempt; that is safe because it failed
before a single reply. Nothing here waits without an end.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque

import structlog

from mailguard.config import NextHopSettings
from mailguard.delivery.commands import commands
from mailguard.delivery.connection import Connection, NotOpened, Opener
from mailguard.delivery.exchange import Exchange, headers_are_utf8
from mailguard.delivery.link import QUIT_SECONDS
from mailguard.delivery.pace import Pace
from mailguard.delivery.replies import no_reply
from mailguard.delivery.transaction import BeforeDot, MailTransaction, RecipientResult
from mailguard.errors import MailguardError
from mailguard.model.delivery import Outcome, Reply

__all__ = ["BeforeDot", "MailTransaction", "NextHop", "RecipientResult"]

log = structlog.get_logger()

IDLE_SECONDS = 30.0
"""How long a connection is kept for another mail; servers close theirs after a minute or more."""

_BUSY = no_reply("all connections to the next hop are busy", "4.4.5")
_STOPPING = no_reply("the relay stops", "4.3.2")


class NextHop:
    """A server. ``name`` is "host:port". Safe to use for many mails at the same time, on one event loop."""

    def __init__(self, settings: NextHopSettings, hostname: str, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self.settings = settings
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        self.name = f"{host}:{settings.port}"
        self._opener = Opener(settings, hostname)
        self._pace = Pace(settings.connections)
        self._idle_seconds = idle_seconds
        self._idle: list[Connection] = []
        self._busy: set[Connection] = set()
        self._slots = 0
        self._waiting: deque[asyncio.Future[bool]] = deque()
        self._sweep: asyncio.TimerHandle | None = None
        self._last_failure = no_reply("the next hop was not reachable a moment ago", "4.4.1")
        self._is_closed = False

    @property
    def is_down(self) -> bool:
        """Whether the last thing tried there failed."""
        return self._pace.failures > 0

    @property
    def connections(self) -> int:
        """How many connections are open now, in use or kept."""
        return len(self._idle) + len(self._busy)

    async def deliver(self, mail: MailTransaction, before_dot: BeforeDot) -> tuple[RecipientResult, ...]:
        """Try to deliver to every recipient of ``mail``; one result each, in order. Raises only cancellation."""
        results: dict[int, RecipientResult] = {}
        left = tuple(range(len(mail.recipients)))
        try:
            utf8_headers = await headers_are_utf8(mail)
        except MailguardError as error:
            log.error("content_not_sent", queue_id=mail.queue_id, cause=str(error))
            self._defer(results, left, no_reply(error.public, error.enhanced))
            left = ()
        while left:
            left = await self._attempt(mail, left, before_dot, results, utf8_headers=utf8_headers)
        return tuple([results[position] for position in range(len(mail.recipients))])

    async def close(self) -> None:
        """Say goodbye to kept connections and cut those in use. May be called twice."""
        self._is_closed = True
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        ending = [*self._idle, *self._busy]
        for connection in self._busy:
            connection.link.give_up("the relay stops")
        for connection in self._idle:
            connection.link.quit()
        self._idle = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(QUIT_SECONDS + 1):
                await asyncio.gather(*(connection.link.gone.wait() for connection in ending))

    # -- one transaction

    async def _attempt(
        self,
        mail: MailTransaction,
        positions: tuple[int, ...],
        before_dot: BeforeDot,
        results: dict[int, RecipientResult],
        *,
        utf8_headers: bool,
    ) -> tuple[int, ...]:
        """One transaction for these recipients; which of them are to be tried again at once."""
        connection: Connection | None = None
        exchange: Exchange | None = None
        began = _now()
        try:
            await self._take_slot()
        except NotOpened as error:
            self._defer(results, positions, error.reply)
            return ()
        try:
            connection = self._kept()
            while exchange is None:
                is_fresh = connection is None
                connection = connection or await self._open()
                lines = commands(mail, positions, connection.offer, utf8_headers=utf8_headers)
                exchange = Exchange(connection, self.settings, mail, lines, before_dot)
                await exchange.run()
                if not (is_fresh or exchange.heard or connection.is_alive):
                    log.info("kept_connection_was_dead", next_hop=self.name)
                    self._busy.discard(connection)
                    connection = exchange = None
            assert connection is not None
            self._give_back(connection, exchange, began)
            self._note(results, connection, exchange)
            return exchange.again
        except NotOpened as error:
            self._defer(results, positions, error.reply)
            return ()
        except BaseException:
            if connection is not None:
                connection.link.give_up("the delivery was given up")
                self._busy.discard(connection)
            raise
        finally:
            self._free_slot()

    def _note(self, results: dict[int, RecipientResult], connection: Connection, exchange: Exchange) -> None:
        for position, (outcome, reply) in exchange.outcomes.items():
            results[position] = RecipientResult(
                outcome=outcome,
                reply=reply,
                next_hop=self.name,
                tls=connection.tls,
                doubt=outcome is Outcome.UNKNOWN,
                dsn_passed_on=connection.offer.dsn and outcome is Outcome.DELIVERED,
            )

    def _defer(self, results: dict[int, RecipientResult], positions: tuple[int, ...], reply: Reply) -> None:
        result = RecipientResult(Outcome.DEFERRED, reply, self.name, None, doubt=False, dsn_passed_on=False)
        results.update(dict.fromkeys(positions, result))

    # -- connections

    def _kept(self) -> Connection | None:
        """The kept connection used last, where there is one alive."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_alive:
                self._busy.add(connection)
                return connection
        return None

    async def _open(self) -> Connection:
        """A fresh connection. Raises ``NotOpened``, at once while a pause lasts."""
        began = _now()
        if self._is_closed:
            raise NotOpened(_STOPPING)
        if self._pace.is_pausing(began):
            raise NotOpened(self._last_failure)
        try:
            connection = await self._opener.open()
        except NotOpened as error:
            self._last_failure = error.reply
            self._pace.failed(began, _now())
            log.warning("next_hop_not_reached", next_hop=self.name, code=error.reply.code, cause=error.reply.text)
            raise
        self._busy.add(connection)
        return connection

    def _give_back(self, connection: Connection, exchange: Exchange, began: float) -> None:
        """Keep the connection for another mail, or end it."""
        self._busy.discard(connection)
        connection.used += 1
        if exchange.was_cut and not connection.link.is_given_up:
            self._pace.failed(began, _now())
        else:
            self._pace.succeeded()
        if not connection.is_alive:
            return
        if connection.used >= self.settings.mails_per_connection or self._is_closed:
            connection.link.quit()
            return
        connection.idle_since = _now()
        self._idle.append(connection)
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(self._idle_seconds, self._sweep_idle)

    def _sweep_idle(self) -> None:
        """End connections nobody needed for a while."""
        self._sweep = None
        now = _now()
        kept: list[Connection] = []
        for connection in self._idle:
            if not connection.is_alive:
                continue
            if now - connection.idle_since >= self._idle_seconds:
                connection.link.quit()
            else:
                kept.append(connection)
        self._idle = kept
        if kept:
            wait = min(connection.idle_since for connection in kept) + self._idle_seconds - now
            self._sweep = asyncio.get_running_loop().call_later(wait, self._sweep_idle)

    # -- slots: one per connection in use, handed out in the order they were asked for

    async def _take_slot(self) -> None:
        """Raises ``NotOpened`` where none came free in the time a command may take."""
        if self._slots < self._pace.allowed and not self._waiting:
            self._slots += 1
            return
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[bool] = loop.create_future()
        self._waiting.append(waiter)
        timer = loop.call_later(self.settings.command_seconds, _end_wait, waiter)
        try:
            if not await waiter:
                raise NotOpened(_BUSY)
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.result():
                self._free_slot()
            raise
        finally:
            timer.cancel()

    def _free_slot(self) -> None:
        """Pass a slot on to those who wait, as far as the pace allows; who stopped waiting is skipped."""
        self._slots -= 1
        while self._waiting and self._slots < self._pace.allowed:
            waiter = self._waiting.popleft()
            if not waiter.done():
                self._slots += 1
                waiter.set_result(True)


def _end_wait(waiter: asyncio.Future[bool]) -> None:
    if not waiter.done():
        waiter.set_result(False)


def _now() -> float:
    return asyncio.get_running_loop().time()
