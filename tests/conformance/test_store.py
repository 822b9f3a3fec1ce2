"""Group commit: works share a transaction, and none pays for another's fault."""

from __future__ import annotations

import asyncio
import multiprocessing
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from mailguard.clock import SystemClock
from mailguard.errors import StaleState, StorageUnavailable
from mailguard.store import Store, Transaction, Work
from tests.fakes.clock import StandingClock


def add(number: int) -> Work[int]:
    """A work that writes one row."""

    def work(transaction: Transaction) -> int:
        transaction.execute(
            text("INSERT INTO account_grant (account, address, granted_at) VALUES ('a', :address, 0)"),
            {"address": f"{number:06}"},
        )
        return number

    return work


def rows(connection: Connection) -> list[str]:
    """What was written, in order."""
    return [row[0] for row in connection.execute(text("SELECT address FROM account_grant ORDER BY address"))]


async def test_works_that_wait_share_one_commit(store: Store) -> None:
    """One sync of the disk serves many mails at a time."""
    commits = 0

    def count(_connection: Connection) -> None:
        nonlocal commits
        commits += 1

    event.listen(store._writer, "commit", count)
    results = await asyncio.gather(*(store.write(add(number)) for number in range(200)))

    assert list(range(200)) == results
    assert len(await store.read(rows)) == 200
    assert commits <= 10


async def test_work_that_fails_takes_no_other_with_it(store: Store) -> None:
    """A fault in one mail is that mail's alone, and nothing of it is kept."""

    def half(transaction: Transaction) -> None:
        add(999)(transaction)
        raise ZeroDivisionError

    def stale(_transaction: Transaction) -> None:
        raise StaleState("too late")

    works: list[Work[object]] = [add(1), half, add(2), stale, add(3)]
    results = await asyncio.gather(*(store.write(work) for work in works), return_exceptions=True)

    assert [1, 2, 3] == [result for result in results if isinstance(result, int)]
    assert isinstance(results[1], ZeroDivisionError)
    assert isinstance(results[3], StaleState)
    assert ["000001", "000002", "000003"] == await store.read(rows)


async def test_search_that_finds_nothing_stops_nobody(store: Store) -> None:
    """A slip in one place of ours is an error there; what comes later is written and read as ever."""
    nothing = iter(())

    async with asyncio.timeout(60):
        with pytest.raises(RuntimeError):
            await store.write(lambda _transaction: next(nothing))
        with pytest.raises(RuntimeError):
            await store.write(lambda _transaction: next(nothing), is_brief=False)
        with pytest.raises(RuntimeError):
            await store.read(lambda _reader: next(nothing))
        await store.write(add(1))

        assert ["000001"] == await store.read(rows)


async def test_works_run_in_the_order_they_were_given(store: Store) -> None:
    """What was asked for first is done first, also over many transactions."""
    seen: list[int] = []

    def noting(number: int) -> Work[None]:
        def work(_transaction: Transaction) -> None:
            seen.append(number)

        return work

    await asyncio.gather(*(store.write(noting(number)) for number in range(1000)))

    assert list(range(1000)) == seen


async def test_reader_cannot_write(store: Store) -> None:
    """A screen that shows mail can change nothing, whatever is wrong in it."""
    if store.url.startswith("sqlite"):
        with pytest.raises((StorageUnavailable, DBAPIError)):
            await store.read(lambda connection: connection.execute(text("DELETE FROM account_grant")))


async def test_cancelled_caller_stops_nobody(store: Store) -> None:
    """A client that goes away while its mail is written does not stop the writing of others."""
    gone = asyncio.create_task(store.write(add(1)))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)

    assert await store.write(add(2)) == 2
    assert "000002" in await store.read(rows)


async def test_stop_writes_what_waits_and_refuses_what_comes(url: str, clock: StandingClock) -> None:
    """Nothing that was handed in before the stop is dropped."""
    store = Store(url, clock, use_database_time=False)
    store.start()
    waiting = [asyncio.ensure_future(store.write(add(number))) for number in range(300)]
    await asyncio.sleep(0)
    await store.stop()
    done = await asyncio.gather(*waiting)
    second = Store(url, clock, use_database_time=False)
    kept = second.read_now(rows)
    second.close()

    assert list(range(300)) == done
    assert len(kept) == 300
    with pytest.raises(StorageUnavailable):
        await store.write(add(1))


async def test_connection_cut_by_the_database_comes_back(store: Store) -> None:
    """After the database has dropped us the first work may fail for now, and the next ones are served."""
    if store.url.startswith("sqlite"):
        pytest.skip("SQLite is in the process itself")
    await store.write(add(1))
    other = create_engine(store.url, isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    other.dispose()
    results = await asyncio.gather(store.write(add(2)), return_exceptions=True)

    assert isinstance(results[0], int | StorageUnavailable)
    assert await store.write(add(3)) == 3
    assert "000003" in await store.read(rows)


NUMBER = text("SELECT granted_at FROM account_grant WHERE account = 'n'")


def count_up(url: str, times: int) -> None:
    """A process of its own that reads a number and writes the next one, again and again."""
    store = Store(url, SystemClock())

    def work(transaction: Transaction) -> None:
        found = transaction.execute(text("SELECT granted_at FROM account_grant WHERE account = 'n'")).scalar_one()
        transaction.execute(
            text("UPDATE account_grant SET granted_at = :next WHERE account = 'n'"), {"next": found + 1}
        )

    for _ in range(times):
        store.write_now(work)
    store.close()


async def test_several_processes_lose_no_update(store: Store, tmp_path: Path) -> None:
    """Commands beside the service, and services beside each other, never overwrite what another has just written."""
    if not store.url.startswith("sqlite"):
        pytest.skip("PostgreSQL's writers are guarded by revision; see the tests of moves")
    await store.write(
        lambda tx: tx.execute(text("INSERT INTO account_grant (account, address, granted_at) VALUES ('n', 'n', 0)"))
    )
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=count_up, args=(store.url, 30)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        await asyncio.to_thread(process.join, 60)
    counted = await store.read(
        lambda connection: connection.execute(
            text("SELECT granted_at FROM account_grant WHERE account = 'n'")
        ).scalar_one()
    )

    assert [0, 0, 0, 0] == [process.exitcode for process in processes]
    assert counted == 120


async def test_works_that_wait_for_each_other_are_both_done(store: Store) -> None:
    """Two nodes change the same two mails in another order at the same moment: nobody is told to come again later."""
    if store.url.startswith("sqlite"):
        pytest.skip("SQLite has one writer")
    other = Store(store.url, StandingClock())
    other.start()
    for number in (1, 2):
        await store.write(add(number))
    both = threading.Barrier(2)

    def add_up(first: int, second: int) -> Work[None]:
        tries = 0

        def work(transaction: Transaction) -> None:
            nonlocal tries
            tries += 1
            for number in (first, second):
                transaction.execute(
                    text("UPDATE account_grant SET granted_at = granted_at + 1 WHERE address = :address"),
                    {"address": f"{number:06}"},
                )
                if tries == 1 and number == first:
                    both.wait(20)

        return work

    await asyncio.gather(store.write(add_up(1, 2)), other.write(add_up(2, 1)))
    await other.stop()
    counted = await store.read(
        lambda connection: connection.execute(text("SELECT granted_at FROM account_grant")).scalars().all()
    )

    assert [2, 2] == counted
