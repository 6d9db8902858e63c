"""A database that is gone, locked or full is waited for; nothing is done meanwhile, and the limit is kept."""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders import a_record
from tests.support.databases import Clock, Database
from tests.support.polling import poll_until
from tests.support.postgres import LocalPostgres
from workers.state.patience import Housekeeping, Patience, PatientStore
from workers.state.sqlite import SqliteStore
from workers.state.store import (
    Retention,
    StateConflictError,
    StateError,
    StateStore,
    StateUnavailableError,
    Transaction,
)

LONG = Patience(timedelta(minutes=1), first=0.05, longest=0.2)
SHORT = Patience(timedelta(seconds=0.3), first=0.05, longest=0.2)


class Heard:
    """What a patient store told; ``now_waiting`` is read by the thread of the test."""

    def __init__(self) -> None:
        self.now_waiting = False
        self.conflicts = 0
        self.rows = 0

    def waiting(self, now: bool) -> None:
        self.now_waiting = now

    def conflict(self) -> None:
        self.conflicts += 1

    def pruned(self, rows: int) -> None:
        self.rows += rows


def settle(transaction: Transaction) -> str:
    if transaction.repeated("raise-alerts", a_record(offset=1)) is None:
        transaction.settle("raise-alerts", a_record(offset=1), [])
    return "settled"


@contextmanager
def away(database: Database, postgres: LocalPostgres) -> Iterator[Callable[[], None]]:
    """Take the database away: stop the server, or hold the file; gives what brings it back."""
    if database.is_postgres:
        postgres.stop()
        back = postgres.start
    else:
        holder = sqlite3.connect(database.url.removeprefix("sqlite:///"), isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        back = holder.close
    returned: list[bool] = []

    def come_back() -> None:
        if not returned:
            returned.append(True)
            back()

    try:
        yield come_back
    finally:
        come_back()


def opening(database: Database) -> StateStore:
    """Open the database; an SQLite file is waited for so briefly that a test sees it."""
    if database.is_postgres:
        return database.open()
    store = SqliteStore(Path(database.url.removeprefix("sqlite:///")), busy_timeout=0.05)
    database.opened.append(store)
    return store


def in_thread(work: Callable[[], str]) -> "tuple[ThreadPoolExecutor, Future[str]]":
    pool = ThreadPoolExecutor(1)
    return pool, pool.submit(work)


def test_a_database_that_is_away_is_waited_for_and_the_work_is_then_done_once(
    database: Database, postgres: LocalPostgres, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "workers.state.patience")
    heard = Heard()
    store = PatientStore(lambda: opening(database), LONG, watch=heard)
    store.run(lambda transaction: None)

    with away(database, postgres) as come_back:
        pool, done = in_thread(lambda: store.run(settle))
        poll_until(lambda: heard.now_waiting, 30, "the worker waiting")
        assert not done.done()
        come_back()
        assert done.result(60) == "settled"
    pool.shutdown()

    assert not heard.now_waiting
    assert store.run(lambda transaction: transaction.repeated("raise-alerts", a_record(offset=1))) == ()
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2
    assert said[0].startswith("waiting for the state database, acknowledging nothing: ")
    assert said[1].startswith("the state database is back after ")


def test_a_database_that_is_not_there_at_the_start_is_waited_for(
    database: Database, postgres: LocalPostgres
) -> None:
    database.open().close()
    heard = Heard()
    with away(database, postgres) as come_back:
        pool, done = in_thread(lambda: PatientStore(lambda: opening(database), LONG, watch=heard).run(settle))
        poll_until(lambda: heard.now_waiting, 30, "the worker waiting")
        come_back()
        assert done.result(60) == "settled"
    pool.shutdown()


def test_after_the_limit_it_is_given_up_in_one_line(database: Database, postgres: LocalPostgres) -> None:
    store = PatientStore(lambda: opening(database), SHORT)
    with (
        away(database, postgres),
        pytest.raises(StateError, match=r"gave up on the state database after 0 s: ") as told,
    ):
        store.run(settle)
    assert "\n" not in str(told.value)
    assert not isinstance(told.value, StateUnavailableError)


def test_a_store_that_is_closed_waits_no_longer(database: Database, postgres: LocalPostgres) -> None:
    heard = Heard()
    store = PatientStore(lambda: opening(database), LONG, watch=heard)
    with away(database, postgres):
        pool, done = in_thread(lambda: store.run(settle))
        poll_until(lambda: heard.now_waiting, 30, "the worker waiting")
        store.close()
        assert isinstance(done.exception(30), StateError)
    pool.shutdown()


def test_a_full_disk_is_waited_for(database: Database) -> None:
    """SQLite is given no more pages; PostgreSQL says what it says when a tablespace is full."""
    store = database.open()
    large = {"k": "x" * 200_000}
    with store.transaction() as transaction:
        if database.is_postgres:
            transaction.sql.run(
                "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
                "$$BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END$$"
            )
            transaction.sql.run(
                "CREATE TRIGGER full_disk BEFORE INSERT ON document EXECUTE FUNCTION full_disk()"
            )
        else:
            ((pages,),) = transaction.sql.rows("PRAGMA page_count")
            transaction.sql.rows(f"PRAGMA max_page_count = {pages + 4}")

    with pytest.raises(StateUnavailableError, match=r"(?i)full|space"):
        store.run(lambda transaction: transaction.put_documents("kind", large, {}))

    with store.transaction() as transaction:
        if database.is_postgres:
            transaction.sql.run("DROP TRIGGER full_disk ON document")
        else:
            transaction.sql.rows("PRAGMA max_page_count = 1000000")
    store.run(lambda transaction: transaction.put_documents("kind", large, {}))
    assert store.run(lambda transaction: transaction.documents("kind", ["k"])) == large


def test_a_file_whose_folder_is_gone_may_come_back(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "state.sqlite3")):
        pass
    (tmp_path / "state.sqlite3").chmod(0o000)
    (tmp_path / "state.sqlite3").unlink()
    (tmp_path / "state.sqlite3").mkdir()

    with pytest.raises(StateUnavailableError, match="cannot open the state database"):
        SqliteStore(tmp_path / "state.sqlite3")


def test_work_that_lost_against_another_worker_is_done_again() -> None:
    heard = Heard()
    store = PatientStore(lambda: SqliteStore(":memory:"), LONG, watch=heard)
    losses = iter([StateConflictError("another"), StateConflictError("another")])

    def work(transaction: Transaction) -> str:
        for loss in losses:
            raise loss
        return settle(transaction)

    assert store.run(work) == "settled"
    assert heard.conflicts == 2
    assert not heard.now_waiting
    store.close()


def test_what_is_wrong_with_the_work_is_not_waited_for() -> None:
    store = PatientStore(lambda: SqliteStore(":memory:"), LONG)

    def work(transaction: Transaction) -> str:
        settle(transaction)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.run(work)
    assert store.run(lambda transaction: transaction.repeated("raise-alerts", a_record(offset=1))) is None
    store.close()


def test_old_things_are_forgotten_bit_by_bit_while_the_worker_runs(database: Database) -> None:
    clock, ticks, heard = Clock(), Clock(0.0), Heard()
    keeping = Housekeeping(Retention(documents={"kind": timedelta(days=2)}), timedelta(seconds=30), limit=10)
    store = PatientStore(lambda: database.open(clock), LONG, keeping, heard, ticks)
    store.run(lambda t: t.put_documents("kind", {f"k{number}": "{}" for number in range(25)}, {}))
    store.run(lambda t: t.put_documents("other", {"k": "{}"}, {}))
    clock.now += 3 * 86_400

    gone = []
    for _ in range(5):
        ticks.now += 31
        before = heard.rows
        store.run(lambda transaction: None)
        gone.append(heard.rows - before)

    assert gone == [10, 10, 5, 0, 0]
    assert {each.name: each.rows for each in store.summary().held} == {"other": 1}
