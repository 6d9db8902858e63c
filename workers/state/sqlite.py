"""The state database as an SQLite file (WAL), shared by the workers of one machine."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from workers.domain.ids import content_id
from workers.domain.outcome import Outgoing, Record
from workers.state.store import ForeignStateError, Revision, StateError, Waiting

_BUSY_TIMEOUT_S = 30.0
_MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE revision (
        article_id TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL, "offset" INTEGER NOT NULL,
        revision INTEGER NOT NULL, claim_ids TEXT NOT NULL, seen_at_ms INTEGER NOT NULL,
        PRIMARY KEY (article_id, topic, partition, "offset")) WITHOUT ROWID;
    CREATE INDEX revision_seen ON revision (seen_at_ms);
    CREATE TABLE outbox (
        stage TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL, "offset" INTEGER NOT NULL,
        digest TEXT NOT NULL, outgoing TEXT NOT NULL,
        PRIMARY KEY (stage, topic, partition, "offset")) WITHOUT ROWID;
    CREATE TABLE document (
        kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
    CREATE TABLE link (
        kind TEXT NOT NULL, link TEXT NOT NULL, key TEXT NOT NULL,
        PRIMARY KEY (kind, link, key)) WITHOUT ROWID;
    """,
    "ALTER TABLE revision ADD COLUMN routes TEXT NOT NULL DEFAULT '[]'",
    """
    CREATE TABLE due (
        kind TEXT NOT NULL, key TEXT NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
    CREATE INDEX due_at ON due (kind, at_ms);
    CREATE INDEX link_key ON link (kind, key);
    CREATE TABLE waiting (
        number INTEGER PRIMARY KEY AUTOINCREMENT, stage TEXT NOT NULL, timestamp_ms INTEGER NOT NULL,
        outgoing TEXT NOT NULL);
    """,
)


class SqliteTransaction:
    """``store.Transaction`` over one open SQLite transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def earlier_revision(self, article_id: str, before: Record) -> Revision | None:
        """See ``Transaction``."""
        row = self._connection.execute(
            'SELECT article_id, topic, partition, "offset", revision, claim_ids, seen_at_ms, routes '
            'FROM revision WHERE article_id = ? AND topic = ? AND partition = ? AND "offset" < ? '
            'ORDER BY "offset" DESC LIMIT 1',
            (article_id, before.topic, before.partition, before.offset),
        ).fetchone()
        if row is None:
            return None
        article, topic, partition, offset, revision, claim_ids, seen_at_ms, routes = row
        return Revision(
            article,
            topic,
            partition,
            offset,
            revision,
            tuple(json.loads(claim_ids)),
            seen_at_ms,
            tuple(tuple(of_one_claim) for of_one_claim in json.loads(routes)),
        )

    def remember_revision(self, revision: Revision) -> None:
        """See ``Transaction``."""
        self._connection.execute(
            "INSERT OR REPLACE INTO revision VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                revision.article_id,
                revision.topic,
                revision.partition,
                revision.offset,
                revision.revision,
                json.dumps(revision.claim_ids),
                revision.seen_at_ms,
                json.dumps(revision.routes),
            ),
        )

    def repeated(self, stage: str, record: Record) -> tuple[Outgoing, ...] | None:
        """See ``Transaction``."""
        row = self._connection.execute(
            "SELECT digest, outgoing FROM outbox "
            'WHERE stage = ? AND topic = ? AND partition = ? AND "offset" = ?',
            (stage, record.topic, record.partition, record.offset),
        ).fetchone()
        if row is None:
            return None
        if row[0] != _digest(record):
            raise ForeignStateError(
                f"the state database remembers another record at {record.topic}/{record.partition}/"
                f"{record.offset}: it belongs to another cluster or to a topic that was deleted; "
                "point CLAIMWIRE_STATE_URL at a new file"
            )
        return _outgoing_from_json(row[1])

    def settle(self, stage: str, record: Record, outgoing: Sequence[Outgoing]) -> None:
        """See ``Transaction``."""
        self._connection.execute(
            "INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?)",
            (
                stage,
                record.topic,
                record.partition,
                record.offset,
                _digest(record),
                _outgoing_to_json(outgoing),
            ),
        )

    def documents(self, kind: str, keys: Iterable[str]) -> dict[str, str]:
        """See ``Transaction``."""
        found: dict[str, str] = {}
        for key in keys:
            row = self._connection.execute(
                "SELECT body FROM document WHERE kind = ? AND key = ?", (kind, key)
            ).fetchone()
            if row is not None:
                found[key] = row[0]
        return found

    def put_documents(
        self, kind: str, documents: Mapping[str, str], links: Mapping[str, Iterable[str]]
    ) -> None:
        """See ``Transaction``."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO document VALUES (?, ?, ?)",
            [(kind, key, body) for key, body in documents.items()],
        )
        self._connection.executemany(
            "INSERT OR IGNORE INTO link VALUES (?, ?, ?)",
            [(kind, link, key) for key, names in links.items() for link in names],
        )

    def linked(self, kind: str, link: str) -> dict[str, str]:
        """See ``Transaction``."""
        rows = self._connection.execute(
            "SELECT document.key, body FROM link JOIN document ON document.kind = link.kind "
            "AND document.key = link.key WHERE link.kind = ? AND link.link = ? ORDER BY document.key",
            (kind, link),
        )
        return dict(rows.fetchall())

    def drop_documents(self, kind: str, keys: Iterable[str]) -> None:
        """See ``Transaction``."""
        named = [(kind, key) for key in keys]
        self._connection.executemany("DELETE FROM document WHERE kind = ? AND key = ?", named)
        self._connection.executemany("DELETE FROM link WHERE kind = ? AND key = ?", named)
        self._connection.executemany("DELETE FROM due WHERE kind = ? AND key = ?", named)

    def schedule(self, kind: str, due: Mapping[str, int | None]) -> None:
        """See ``Transaction``."""
        never = [(kind, key) for key, at_ms in due.items() if at_ms is None]
        self._connection.executemany("DELETE FROM due WHERE kind = ? AND key = ?", never)
        self._connection.executemany(
            "INSERT OR REPLACE INTO due VALUES (?, ?, ?)",
            [(kind, key, at_ms) for key, at_ms in due.items() if at_ms is not None],
        )

    def due(self, kind: str, by_ms: int, limit: int) -> dict[str, str]:
        """See ``Transaction``."""
        rows = self._connection.execute(
            "SELECT document.key, body FROM due JOIN document ON document.kind = due.kind "
            "AND document.key = due.key WHERE due.kind = ? AND at_ms <= ? ORDER BY at_ms, due.key LIMIT ?",
            (kind, by_ms, limit),
        )
        return dict(rows.fetchall())

    def enqueue(self, stage: str, timestamp_ms: int, outgoing: Sequence[Outgoing]) -> None:
        """See ``Transaction``."""
        self._connection.execute(
            "INSERT INTO waiting (stage, timestamp_ms, outgoing) VALUES (?, ?, ?)",
            (stage, timestamp_ms, _outgoing_to_json(outgoing)),
        )

    def waiting(self, stage: str, limit: int) -> list[Waiting]:
        """See ``Transaction``."""
        rows = self._connection.execute(
            "SELECT number, timestamp_ms, outgoing FROM waiting WHERE stage = ? ORDER BY number LIMIT ?",
            (stage, limit),
        )
        return [Waiting(number, at_ms, _outgoing_from_json(body)) for number, at_ms, body in rows]

    def let_go(self, stage: str, numbers: Iterable[int]) -> None:
        """See ``Transaction``."""
        self._connection.executemany(
            "DELETE FROM waiting WHERE stage = ? AND number = ?", [(stage, number) for number in numbers]
        )

    def prune(self, before_ms: int, keep_offsets: int) -> int:
        """See ``Transaction``."""
        revisions = self._connection.execute("DELETE FROM revision WHERE seen_at_ms < ?", (before_ms,))
        outbox = self._connection.execute(
            'DELETE FROM outbox WHERE "offset" < ? + (SELECT max("offset") FROM outbox AS newest '
            "WHERE newest.stage = outbox.stage AND newest.topic = outbox.topic "
            "AND newest.partition = outbox.partition)",
            (-keep_offsets,),
        )
        return revisions.rowcount + outbox.rowcount


class SqliteStore:
    """Opens (and makes, and migrates) the file at ``path``; ``:memory:`` serves tests.

    Raises ``StateError`` when the file cannot be opened or is newer than this program.
    """

    def __init__(self, path: Path | str) -> None:
        try:
            if path != ":memory:":
                Path(path).parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                path, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._migrate()
        except (sqlite3.Error, OSError) as error:
            raise StateError(f"cannot open the state database {path}: {error}") from error

    @contextmanager
    def transaction(self) -> Iterator[SqliteTransaction]:
        """See ``StateStore``."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield SqliteTransaction(self._connection)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """See ``StateStore``."""
        self._connection.close()

    def _migrate(self) -> None:
        with self.transaction():
            (version,) = self._connection.execute("PRAGMA user_version").fetchone()
            if version > len(_MIGRATIONS):
                raise StateError(
                    f"the state database has schema version {version}, this program knows "
                    f"{len(_MIGRATIONS)}: use the newer program or another file"
                )
            for migration in _MIGRATIONS[version:]:
                for statement in filter(str.strip, migration.split(";")):
                    self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")


def open_store(url: str) -> SqliteStore:
    """Open the database that ``CLAIMWIRE_STATE_URL`` names: ``sqlite:///relative/path`` or ``sqlite:////abs``.

    Raises ``StateError`` for any other address.
    """
    scheme, separator, path = url.partition(":///")
    if scheme != "sqlite" or not separator or not path:
        raise StateError(f"CLAIMWIRE_STATE_URL {url!r}: expected sqlite:///PATH")
    return SqliteStore(path if path == ":memory:" else Path(path))


def _digest(record: Record) -> str:
    key = record.key.hex() if record.key is not None else "-"
    value = record.value.hex() if record.value is not None else "-"
    return content_id("record", record.timestamp_ms, key, value)


def _outgoing_to_json(outgoing: Sequence[Outgoing]) -> str:
    return json.dumps(
        [
            [
                out.topic,
                _text(out.key),
                _text(out.value),
                [[name, _text(value)] for name, value in out.headers],
            ]
            for out in outgoing
        ]
    )


def _outgoing_from_json(body: str) -> tuple[Outgoing, ...]:
    return tuple(
        Outgoing(
            topic,
            _bytes(key),
            _bytes(value),
            tuple((name, _bytes(header) or b"") for name, header in headers),
        )
        for topic, key, value, headers in json.loads(body)
    )


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def _bytes(value: str | None) -> bytes | None:
    return None if value is None else value.encode("latin-1")
