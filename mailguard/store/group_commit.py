"""Group commit: all works that wait become one transaction, and one sync of the disk serves them all.

Guarantees: a work's result is returned only after its transaction is on disk. A work that fails takes nothing with it:
the batch is rolled back and every work of it is run again alone. Works run in the order they were given.
Errors: ``StorageUnavailable`` when the database does not answer, is locked too long or is full (nothing was kept);
``StaleState`` and whatever else the work raises are raised to its caller.

One thread commits. On SQLite brief works are run on the event loop before, and only the commit with its sync is left to
the thread: the driver lets go of the interpreter's lock at every row, and two threads that both have work would hand it
to and fro (measured: a third of all CPU time). Where the database is locked, or a work is not brief, and always on
PostgreSQL, the thread does it all; the event loop never waits for the database.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection, RootTransaction, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from mailguard.clock import Clock
from mailguard.errors import StorageUnavailable
from mailguard.store.engine import BUSY_SECONDS, reader_engine, writer_engine
from mailguard.store.transaction import Transaction, Work

T = TypeVar("T")
Reading = Callable[[Connection], T]

BATCH_MAX = 256
"""Works in one transaction: enough that the sync is shared, few enough that none waits long."""

BUSY_LOOK_SECONDS = 0.01
"""Between two looks whether another process has let go of SQLite's lock."""

HERE_SECONDS = 0.005
"""How long works may keep the event loop in one go; the rest of the batch comes with the next."""

OVERTAKEN_MAX = 5
"""Times a transaction is tried that others overtake."""
_OUR_FAULT = {"IntegrityError", "DataError", "ProgrammingError", "InterfaceError", "NotSupportedError"}
"""Errors of a statement itself (a constraint, bad data): trying again cannot help, and the database is well."""


class _Waiting:
    """A work and where its result goes."""

    __slots__ = ("error", "future", "is_brief", "result", "work")

    def __init__(self, work: Work[Any], future: asyncio.Future[Any], *, is_brief: bool) -> None:
        self.work = work
        self.future = future
        self.is_brief = is_brief
        self.result: Any = None
        self.error: BaseException | None = None


class Store:
    """The database. ``write`` and ``read`` are for the event loop, ``write_now`` and ``read_now`` for commands.

    ``use_database_time``: on PostgreSQL the server's clock is the time of a transaction, because several nodes share
    it; tests with a clock of their own switch that off.
    """

    def __init__(self, url: str, clock: Clock, *, use_database_time: bool = True) -> None:
        self.url = url
        self.record_key: bytes | None = None
        """Under which every transaction seals the head of the audit record; set before the first write."""
        self._is_sqlite = url.startswith("sqlite")
        self._clock = clock
        self._writer = writer_engine(url)
        self._reader = reader_engine(url)
        self._database_time = use_database_time and not self._is_sqlite
        self._waiting: deque[_Waiting] = deque()
        self._is_busy = False
        self._idle = asyncio.Event()
        self._jobs: SimpleQueue[tuple[Callable[[list[_Waiting]], None], list[_Waiting]] | None] = SimpleQueue()
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
            self._stopping = True
            if self._is_busy:
                await self._idle.wait()
            self._jobs.put(None)
            await asyncio.to_thread(self._thread.join)
        self.close()

    def submit(self, work: Work[T], *, is_brief: bool = True) -> asyncio.Future[T]:
        """Hand in a work; the future ends when its commit is synced."""
        assert self._loop is not None, "start() comes first"
        if self._stopping:
            raise StorageUnavailable("the store is stopping")
        future: asyncio.Future[T] = self._loop.create_future()
        self._waiting.append(_Waiting(work, future, is_brief=is_brief))
        if not self._is_busy:
            # Begin only after everything that is ready now has run: their works share the transaction.
            self._is_busy = True
            self._idle.clear()
            self._loop.call_soon(self._begin_batch)
        return future

    async def write(self, work: Work[T], *, is_brief: bool = True) -> T:
        """The work's result, once it is on disk. ``is_brief`` False: it may take longer than a few milliseconds.

        Cancelling the caller does not take the work back: it may or may not be carried out.
        """
        return await self.submit(work, is_brief=is_brief)

    async def read(self, reading: Reading[T]) -> T:
        """What ``reading`` finds, in a thread with a connection that cannot write."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_now, reading)

    # -- for commands and threads

    def write_now(self, work: Work[T]) -> T:
        """Run one work in a transaction of its own, in this thread."""
        waiting = _Waiting(work, None, is_brief=False)  # type: ignore[arg-type]  # nobody awaits it
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
        except StopIteration as error:
            raise _bearable(error) from error
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
        if self._is_sqlite:
            with self._writing:
                self._drop_connection()
                raw = self._writer.raw_connection()
                try:
                    raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
                finally:
                    raw.close()

    # -- on the event loop

    def _begin_batch(self) -> None:
        """Take what waits, run it here where that is possible, and leave the rest to the thread."""
        if not self._waiting:
            self._is_busy = False
            self._idle.set()
            return
        batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), BATCH_MAX))]
        if self._is_sqlite and all(waiting.is_brief for waiting in batch) and self._writing.acquire(blocking=False):
            self._jobs.put(self._run_here(batch))
        else:
            self._jobs.put((self._carry_out, batch))

    def _run_here(self, batch: list[_Waiting]) -> tuple[Callable[[list[_Waiting]], None], list[_Waiting]]:
        """Run works up to their commit; what the thread is to do then. The lock is held, and kept for a commit only."""
        done: list[_Waiting] = []
        try:
            with self._translated_errors():
                connection = self._opened()
                connection.begin()
                transaction = Transaction(connection, self._now(connection), self.record_key)
                give_up_at = time.perf_counter() + HERE_SECONDS
                for waiting in batch:
                    waiting.result = waiting.work(transaction)
                    done.append(waiting)
                    if time.perf_counter() > give_up_at:
                        break
                transaction.finish()
        except BaseException as error:
            self._roll_back(error)
            self._writing.release()
            # Locked by another process, most often: the thread can wait for it. Else one of the works is at fault.
            return (self._carry_out if isinstance(error, StorageUnavailable) else self._carry_out_each), batch
        self._waiting.extendleft(reversed(batch[len(done) :]))
        return self._commit, done

    def _handed_back(self, batch: list[_Waiting]) -> None:
        for waiting in batch:
            if waiting.future.cancelled():
                continue
            if waiting.error is not None:
                waiting.future.set_exception(_bearable(waiting.error))
            else:
                waiting.future.set_result(waiting.result)
        assert self._loop is not None
        # As in ``submit``: those who go on now and write again share the next transaction.
        self._loop.call_soon(self._begin_batch)

    # -- in the thread

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            act, batch = job
            act(batch)
            assert self._loop is not None
            try:
                self._loop.call_soon_threadsafe(self._handed_back, batch)
            except RuntimeError:  # the loop is closed: nobody waits any more
                return

    def _commit(self, batch: list[_Waiting]) -> None:
        """Commit what was run on the event loop, which took the lock; never raises."""
        try:
            with self._translated_errors():
                self._opened().commit()
        except BaseException as error:
            self._roll_back(error)
            for waiting in batch:
                waiting.error = error
        finally:
            self._writing.release()

    def _carry_out(self, batch: list[_Waiting]) -> None:
        """Run the works as one transaction, or each alone when one of them fails; never raises."""
        try:
            with self._writing:
                self._transact(batch)
        except StorageUnavailable as error:
            for waiting in batch:
                waiting.error = error
        except BaseException as error:
            if len(batch) == 1:
                batch[0].error = error
            else:
                self._carry_out_each(batch)

    def _carry_out_each(self, batch: list[_Waiting]) -> None:
        """Run the works one by one, because one of them fails; never raises."""
        unavailable: StorageUnavailable | None = None
        for waiting in batch:
            try:
                if unavailable is not None:
                    raise unavailable
                with self._writing:
                    self._transact([waiting])
            except StorageUnavailable as error:
                waiting.error = unavailable = error
            except BaseException as error:
                waiting.error = error

    def _transact(self, batch: list[_Waiting]) -> None:
        """Run the works as one transaction; again where PostgreSQL ended it because two waited for each other."""
        for left in reversed(range(OVERTAKEN_MAX)):
            try:
                self._transact_once(batch)
            except StorageUnavailable as error:
                if not left or not _is_overtaken(error):
                    raise
            else:
                return

    def _transact_once(self, batch: list[_Waiting]) -> None:
        try:
            with self._translated_errors():
                connection = self._opened()
                with self._begun(connection):
                    transaction = Transaction(connection, self._now(connection), self.record_key)
                    for waiting in batch:
                        waiting.result = waiting.work(transaction)
                    transaction.finish()
        except BaseException as error:
            self._roll_back(error)
            raise

    # -- the connection; whoever uses it holds the lock

    def _opened(self) -> Connection:
        if self._connection is None:
            self._connection = self._writer.connect()
            if self._is_sqlite:
                # Waiting is ours, in ``_begun``: SQLite would sleep with the connection's mutex taken, and the garbage
                # collector, which ends statements of it on the event loop, would sleep as well.
                self._connection.connection.cursor().execute("PRAGMA busy_timeout=0")
        return self._connection

    def _begun(self, connection: Connection) -> RootTransaction:
        """A transaction; waits some seconds for another process that writes to the same SQLite file."""
        give_up_at = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                return connection.begin()
            except DBAPIError as error:
                if not _is_busy(error) or time.monotonic() > give_up_at:
                    raise
                connection.rollback()
            time.sleep(BUSY_LOOK_SECONDS)

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        """Errors of the database become ``StorageUnavailable``, but for those where a statement of ours is wrong."""
        try:
            yield
        except (DBAPIError, self._writer.dialect.loaded_dbapi.Error) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            if type(cause).__name__ in _OUR_FAULT:
                raise
            raise StorageUnavailable(f"write failed: {type(cause).__name__}: {cause}") from error
        except SQLAlchemyError as error:
            raise StorageUnavailable(f"write failed: {type(error).__name__}") from error

    def _roll_back(self, error: BaseException) -> None:
        """End a transaction that failed. After trouble with the database the next one gets a fresh connection."""
        if isinstance(error, StorageUnavailable) and not (_is_locked(error) or _is_overtaken(error)):
            self._drop_connection()
            return
        try:
            if self._connection is not None:
                self._connection.rollback()
        except (SQLAlchemyError, self._writer.dialect.loaded_dbapi.Error):
            self._drop_connection()

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


def _bearable(error: BaseException) -> BaseException:
    """The error as a future takes it: it refuses a StopIteration, and whoever waits would wait for ever."""
    if not isinstance(error, StopIteration):
        return error
    told = RuntimeError("what was looked for is not there")
    told.__cause__ = error
    return told


def _is_overtaken(error: StorageUnavailable) -> bool:
    """Whether PostgreSQL ended the transaction in favour of another one: nothing of it stays, and it may be done again.

    SQLSTATE 40P01 and 40001: two nodes changed the same mails in another order.
    """
    cause = error.__cause__
    return getattr(cause.orig if isinstance(cause, DBAPIError) else cause, "sqlstate", None) in ("40P01", "40001")


def _is_locked(error: StorageUnavailable) -> bool:
    """Whether another process held SQLite's lock: the connection is well, and nothing was begun."""
    return _is_busy(error.__cause__)


def _is_busy(error: BaseException | None) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlite_errorname", "").startswith("SQLITE_BUSY")
