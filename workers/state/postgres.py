"""The state database in PostgreSQL, shared by the workers of several machines.

Transactions are serializable (serializable snapshot isolation): what two workers do at once is what they
would do one after the other, or one of them is told to do its transaction again (``StateConflictError``).
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import IsolationLevel
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from workers.state.holdings import held
from workers.state.migrations import POSTGRES, VERSIONS, statements, too_new
from workers.state.sql import SqlStore, SqlTransaction
from workers.state.store import StateConflictError, StateError, StateUnavailableError, Summary

_MIGRATION_LOCK = 0x636C61696D  # any number that the programs agree on
_TABLES = ("revision", "outbox", "document", "link", "due", "waiting", "bucket", "migration")
_DEFAULTS = {
    "connect_timeout": "10",
    "application_name": "claimwire",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
# A worker that froze in a transaction must not hold up the others. Predicate locks are as fine as the plan:
# a scan of a whole (small) table would conflict with every other writer.
_OPTIONS = (
    "-c idle_in_transaction_session_timeout=60s -c lock_timeout=20s -c statement_timeout=60s "
    "-c enable_seqscan=off -c client_encoding=UTF8"
)


class PostgresSql:
    """``sql.Sql`` over a connection."""

    def __init__(self, connection: "psycopg.Connection[tuple[Any, ...]]") -> None:
        self._connection = connection

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """See ``Sql``."""
        return self._connection.execute(_placed(sql), parameters).fetchall()

    def run(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """See ``Sql``."""
        return self._connection.execute(_placed(sql), parameters).rowcount

    def run_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """See ``Sql``; one round trip."""
        if rows:
            self._connection.cursor().executemany(_placed(sql), rows)

    def among(self, names: Sequence[str] | Sequence[int]) -> tuple[str, Sequence[object]]:
        """See ``Sql``."""
        return "= ANY(?)", [list(names)]


class PostgresStore(SqlStore):
    """Connects to ``url`` and makes and migrates the tables in the first schema of the search path.

    What the address leaves out, libpq takes from ``PG…`` variables and the password file. ``clock`` gives the
    time in seconds since the epoch. A connection that broke is made anew by the next transaction. Raises
    ``StateUnavailableError`` when there is no connection, ``StateError`` for an address that is none and for
    a database that is newer than this program.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.time) -> None:
        self._conninfo = _conninfo(url)
        self._clock = clock
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None
        try:
            with _telling():
                self._migrate(self._connected())
        except BaseException:
            self.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        """See ``StateStore``; raises ``StateConflictError`` when another worker was faster."""
        with _telling():
            connection = self._connected()
            with connection.transaction():
                yield SqlTransaction(PostgresSql(connection), int(self._clock() * 1000))

    def summary(self) -> Summary:
        """See ``StateStore``."""
        with _telling():
            connection = self._connected()
            with connection.transaction():
                sql = PostgresSql(connection)
                sizes = ", ".join(f"('{table}')" for table in _TABLES)
                ((size,),) = sql.rows(
                    f"SELECT sum(pg_total_relation_size(name::regclass)) FROM (VALUES {sizes}) AS t (name)"  # noqa: S608  constants
                )
                return Summary(_version(connection), int(size), held(sql))

    def close(self) -> None:
        """See ``StateStore``."""
        if self._connection is not None:
            self._connection.close()

    def _connected(self) -> "psycopg.Connection[tuple[Any, ...]]":
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self._conninfo, autocommit=True)
            self._connection.isolation_level = IsolationLevel.SERIALIZABLE
        return self._connection

    def _migrate(self, connection: "psycopg.Connection[tuple[Any, ...]]") -> None:
        connection.isolation_level = IsolationLevel.READ_COMMITTED  # to see what was done while it waited
        with connection.transaction():
            connection.execute("SET LOCAL statement_timeout = 0")
            connection.execute("SET LOCAL lock_timeout = 0")
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
            if not connection.execute("SELECT to_regclass('migration')").fetchall()[0][0]:
                connection.execute(VERSIONS)
            version = _version(connection)
            refusal = too_new(version)
            if refusal:
                raise StateError(refusal)
            for statement in statements(POSTGRES, version, int(self._clock() * 1000)):
                connection.execute(statement.encode())
        connection.isolation_level = IsolationLevel.SERIALIZABLE


def _version(connection: "psycopg.Connection[tuple[Any, ...]]") -> int:
    return int(connection.execute("SELECT coalesce(max(version), 0) FROM migration").fetchall()[0][0])


def _conninfo(url: str) -> str:
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise StateError(f"CLAIMWIRE_STATE_URL: {_line(error)}") from error
    options = f"{_OPTIONS} {given.get('options') or ''}".strip()
    left_out = {name: value for name, value in _DEFAULTS.items() if name not in given}
    return make_conninfo(url, **left_out, options=options)


@contextmanager
def _telling() -> Iterator[None]:
    """Turn what the server or the network says into one line, told apart by whether it may pass."""
    try:
        yield
    except (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected) as error:
        raise StateConflictError(f"another worker changed the same: {_line(error)}") from error
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise StateUnavailableError(f"the state database in PostgreSQL: {_line(error)}") from error
    except psycopg.Error as error:
        raise StateError(f"the state database in PostgreSQL: {_line(error)}") from error


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


@lru_cache(maxsize=256)
def _placed(sql: str) -> bytes:
    return sql.replace("?", "%s").encode()
