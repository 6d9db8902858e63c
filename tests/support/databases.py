"""Both state databases for tests: a test that takes ``database`` runs on an SQLite file and on PostgreSQL."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from tests.support.postgres import LocalPostgres, why_no_postgres
from workers.state.opening import open_store
from workers.state.sql import SqlStore, SqlTransaction


@dataclass
class Database:
    """An empty state database at ``url``; what a test opens is closed after it."""

    url: str
    another: Callable[[], str]
    opened: list[SqlStore] = field(default_factory=list)

    @property
    def is_postgres(self) -> bool:
        return self.url.startswith("postgresql")

    def open(self, clock: Callable[[], float] = time.time) -> SqlStore:
        """Open it as one more worker would."""
        self.opened.append(open_store(self.url, clock))
        return self.opened[-1]

    def anew(self) -> "Database":
        """Return another empty one of the same kind."""
        return Database(self.another(), self.another, self.opened)


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, now: float = 1_729_771_200.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="session")
def postgres() -> Iterator[LocalPostgres]:
    """One real PostgreSQL for the whole run; make databases of your own in it."""
    reason = why_no_postgres()
    if reason:
        pytest.skip(f"needs PostgreSQL: {reason}")
    with LocalPostgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Both databases in turn."""
    names = count()

    def another() -> str:
        if request.param == "sqlite":
            return f"sqlite:///{tmp_path / f'state{next(names)}.sqlite3'}"
        address: str = request.getfixturevalue("postgres").new_database()
        return address

    made = Database(another(), another)
    yield made
    for store in made.opened:
        store.close()


@pytest.fixture
def store(database: Database) -> SqlStore:
    """Return the database, opened once."""
    return database.open()


def contents(transaction: SqlTransaction) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table but for times that a clock gave, in order."""
    columns = {
        "revision": 'article_id, topic, partition, "offset", revision, claim_ids, seen_at_ms, routes',
        "outbox": 'stage, topic, partition, "offset", digest, outgoing',
        "document": "kind, key, body",
        "link": "kind, link, key",
        "due": "kind, key, at_ms",
        "bucket": "name, body",
    }
    return {
        table: sorted(transaction.sql.rows(f"SELECT {names} FROM {table}"))
        for table, names in columns.items()
    }


def emptied(store: SqlStore) -> None:
    """Take everything out, for the next example of a property."""
    with store.transaction() as transaction:
        for table in ("revision", "outbox", "document", "link", "due", "waiting", "bucket"):
            transaction.sql.run(f"DELETE FROM {table}")
