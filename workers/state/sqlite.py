"""The state database as an SQLite file (WAL), shared by the workers of one machine."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from workers.state.holdings import held
from workers.state.migrations import LATEST, SQLITE, VERSIONS, statements, too_new
from workers.state.sql import SqlStore, SqlTransaction
from workers.state.store import StateError, StateUnavailableError, Summary

_BUSY_TIMEOUT_S = 5.0
_PAGE_BYTES = 8192  # of 4,096 a remembered claim often needs a page more: a fifth of the file
_PASSING = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
    }
)


class SqliteSql:
    """``sql.Sql`` over a connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """See ``Sql``."""
        return self._connection.execute(sql, parameters).fetchall()

    def run(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """See ``Sql``."""
        return self._connection.execute(sql, parameters).rowcount

    def run_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """See ``Sql``."""
        if rows:
            self._connection.executemany(sql, rows)

    def among(self, names: Sequence[str] | Sequence[int]) -> tuple[str, Sequence[object]]:
        """See ``Sql``."""
        return _one_of(len(names)), names


class SqliteStore(SqlStore):
    """Opens (and makes, and migrates) the file at ``path``; ``:memory:`` serves tests.

    ``clock`` gives the time in seconds since the epoch; ``busy_timeout`` is how long, in seconds, to wait
    for another writer before saying so. Raises ``StateUnavailableError`` when the file cannot be opened just
    now, ``StateError`` when it is no database or newer than this program.
    """

    def __init__(
        self,
        path: Path | str,
        clock: Callable[[], float] = time.time,
        busy_timeout: float = _BUSY_TIMEOUT_S,
    ) -> None:
        self._path = path
        self._clock = clock
        self._in_use = threading.RLock()  # a thread may close it in its own transaction
        with _telling(f"cannot open the state database {path}"):
            if path != ":memory:":
                Path(path).parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                path, timeout=busy_timeout, isolation_level=None, check_same_thread=False
            )
            try:
                self._connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")  # of a new file
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = FULL")
                self._migrate()
            except BaseException:
                self._connection.close()
                raise

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        """See ``StateStore``; one writer at a time."""
        with _telling(f"the state database {self._path}"), self._begun():
            yield SqlTransaction(SqliteSql(self._connection), int(self._clock() * 1000))

    def summary(self) -> Summary:
        """See ``StateStore``."""
        with _telling(f"the state database {self._path}"), self._begun():
            sql = SqliteSql(self._connection)
            ((pages,),), ((page_size,),) = sql.rows("PRAGMA page_count"), sql.rows("PRAGMA page_size")
            return Summary(self._version(), pages * page_size, held(sql))

    def close(self) -> None:
        """See ``StateStore``; waits for the transaction of another thread: SQLite crashes under it."""
        with self._in_use:
            self._connection.close()

    @contextmanager
    def _begun(self) -> Iterator[None]:
        with self._in_use:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk ends it before we do
                    self._connection.execute("ROLLBACK")
                raise

    def _version(self) -> int:
        """Return the version; the first program kept it in the header only, and looks there still."""
        ((header,),) = self._connection.execute("PRAGMA user_version").fetchall()
        ((table,),) = self._connection.execute("SELECT coalesce(max(version), 0) FROM migration").fetchall()
        return max(int(header), int(table))

    def _migrate(self) -> None:
        with self._begun():
            self._connection.execute(VERSIONS)
            version = self._version()
            refusal = too_new(version)
            if refusal:
                raise StateError(refusal)
            for statement in statements(SQLITE, version, int(self._clock() * 1000)):
                self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version = {LATEST}")


@contextmanager
def _telling(what: str) -> Iterator[None]:
    """Turn what SQLite and the file system say into one line, told apart by whether it may pass."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        kind = StateUnavailableError if code in _PASSING else StateError
        raise kind(f"{what}: {error}") from error
    except OSError as error:
        raise StateUnavailableError(f"{what}: {error.strerror}") from error


@lru_cache(maxsize=64)
def _one_of(count: int) -> str:
    return f"IN ({', '.join('?' * count)})"
