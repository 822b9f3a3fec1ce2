"""One thread that writes: all works that wait become one transaction, and one sync of the disk serves them all.

Guarantees: a work's result is returned only after its transaction is on disk. A work that fails takes nothing with it:
the batch is rolled back and every work of it is run again alone. Works run in the order they were given.
Errors: ``StorageUnavailable`` when the database does not answer, is locked too long or is full (nothing was kept);
``StaleState`` and whatever else the work raises are raised to its caller.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from mailguard.clock import Clock
from mailguard.errors import StorageUnavailable
from mailguard.store.engine import reader_engine, writer_engine
from mailguard.store.transaction import Transaction, Work

T = TypeVar("T")
Reading = Callable[[Connection], T]

BATCH_MAX = 256
"""Works in one transaction: enough that the sync is shared, few enough that none waits long."""


_OUR_FAULT = {"IntegrityError", "DataError", "ProgrammingError", "InterfaceError", "NotSupportedError"}
"""Errors of a statement itself (a constraint, bad data): trying again cannot help, and the database is well."""


class _Waiting:
    """A work and where its result goes."""

    __slots__ = ("error", "future", "result", "work")

    def __init__(self, work: Work[Any], future: asyncio.Future[Any]) -> None:
        self.work = work
        self.future = future
        self.result: Any = None
        self.error: BaseException | None = None


class Store:
    """The database. ``write`` and ``read`` are for the event loop, ``write_now`` and ``read_now`` for commands.

    ``use_database_time``: on PostgreSQL the server's clock is the time of a transaction, because several nodes share
    it; tests with a clock of their own switch that off.
    """

    def __init__(self, url: str, clock: Clock, *, use_database_time: bool = True) -> None:
        self.url = url
        self._clock = clock
        self._writer = writer_engine(url)
        self._reader = reader_engine(url)
        self._database_time = use_database_time and not url.startswith("sqlite")
        self._waiting: deque[_Waiting] = deque()
        self._wake = threading.Condition()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._readers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="store-read")
        self._writing = threading.Lock()
        self._connection: Connection | None = None

    # -- for the event loop

    def start(self) -> None:
        """Start the writing thread; results go to the running event loop. Call once."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="store-write", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Write what waits, end the thread, close all connections."""
        if self._thread is not None:
            with self._wake:
                self._stopping = True
                self._wake.notify()
            await asyncio.to_thread(self._thread.join)
        self.close()

    def submit(self, work: Work[T]) -> asyncio.Future[T]:
        """Hand a work to the writing thread; the future ends when its commit is synced."""
        assert self._loop is not None, "start() comes first"
        future: asyncio.Future[T] = self._loop.create_future()
        if self._stopping:
            raise StorageUnavailable("the store is stopping")
        if not self._waiting:
            # Wake the thread only after everything that is ready now has run: their works share the transaction.
            self._loop.call_soon(self._wake_writer)
        self._waiting.append(_Waiting(work, future))
        return future

    def _wake_writer(self) -> None:
        with self._wake:
            self._wake.notify()

    async def write(self, work: Work[T]) -> T:
        """The work's result, once it is on disk.

        Cancelling the caller does not take the work back: it may or may not be carried out.
        """
        return await self.submit(work)

    async def read(self, reading: Reading[T]) -> T:
        """What ``reading`` finds, in a thread with a connection that cannot write."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_now, reading)

    # -- for commands and threads

    def write_now(self, work: Work[T]) -> T:
        """Run one work in a transaction of its own, in this thread."""
        waiting = _Waiting(work, None)  # type: ignore[arg-type]  # nobody awaits it
        self._carry_out([waiting])
        if waiting.error is not None:
            raise waiting.error
        result: T = waiting.result
        return result

    def read_now(self, reading: Reading[T]) -> T:
        """What ``reading`` finds. Raises ``StorageUnavailable`` when the database does not answer."""
        try:
            with self._reader.connect() as connection:
                return reading(connection)
        except DBAPIError as error:
            raise StorageUnavailable(f"read failed: {type(error.orig).__name__}") from error

    def close(self) -> None:
        """Close all connections. Safe to call twice."""
        self._readers.shutdown(wait=True)
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._writer.dispose()
        self._reader.dispose()

    def checkpoint(self) -> None:
        """Move the write-ahead log into the file and empty it, so that nothing overwritten stays readable there."""
        if self.url.startswith("sqlite"):
            with self._writing:
                self._drop_connection()
                raw = self._writer.raw_connection()
                try:
                    raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
                finally:
                    raw.close()

    # -- the thread

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._waiting and not self._stopping:
                    self._wake.wait()
            if not self._waiting:
                return
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), BATCH_MAX))]
            self._carry_out(batch)
            assert self._loop is not None
            try:
                self._loop.call_soon_threadsafe(_hand_back, batch)
            except RuntimeError:  # the loop is closed: nobody waits any more
                return

    def _carry_out(self, batch: list[_Waiting]) -> None:
        """Run the works as one transaction, or each alone when one of them fails; never raises."""
        with self._writing:
            try:
                self._transact(batch)
                return
            except StorageUnavailable as error:
                for waiting in batch:
                    waiting.error = error
                return
            except BaseException as error:
                if len(batch) == 1:
                    batch[0].error = error
                    return
            for waiting in batch:
                waiting.error = None
                try:
                    self._transact([waiting])
                except BaseException as error:
                    waiting.error = error

    def _transact(self, batch: list[_Waiting]) -> None:
        connection = self._connection
        try:
            if connection is None:
                connection = self._connection = self._writer.connect()
            with connection.begin():
                transaction = Transaction(connection, self._now(connection))
                for waiting in batch:
                    waiting.result = waiting.work(transaction)
                transaction.finish()
        except (DBAPIError, self._writer.dialect.loaded_dbapi.Error) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            if type(cause).__name__ in _OUR_FAULT:
                raise
            self._drop_connection()
            raise StorageUnavailable(f"write failed: {type(cause).__name__}: {cause}") from error
        except SQLAlchemyError as error:
            self._drop_connection()
            raise StorageUnavailable(f"write failed: {type(error).__name__}") from error

    def _drop_connection(self) -> None:
        """Close the writing connection; the next transaction opens a fresh one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _now(self, connection: Connection) -> datetime:
        if self._database_time:
            now: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
            return now.astimezone(UTC)
        return self._clock.now()


def _hand_back(batch: list[_Waiting]) -> None:
    for waiting in batch:
        if waiting.future.cancelled():
            continue
        if waiting.error is not None:
            waiting.future.set_exception(waiting.error)
        else:
            waiting.future.set_result(waiting.result)
