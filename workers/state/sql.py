"""The state database in SQL: one text for SQLite and PostgreSQL, ``?`` where a value goes."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from itertools import islice
from typing import Any, Protocol, TypeVar

from workers.domain.ids import content_id
from workers.domain.outcome import Outgoing, Record
from workers.state import outbox
from workers.state.store import ForeignStateError, Result, Retention, Revision, Summary, Waiting

Name = TypeVar("Name", str, int)

_HOUR_MS = 3_600_000
_LONGEST_NAME = 512  # PostgreSQL indexes no text of more than 2.7 kB
_AT_ONCE = 500

_REVISIONS_BEFORE = (
    'SELECT article_id, topic, partition, "offset" FROM revision WHERE seen_at_ms < ? '
    "ORDER BY seen_at_ms LIMIT ?"
)
_NEXT_PARTITION = (
    "SELECT stage, topic, partition FROM outbox WHERE (stage, topic, partition) > (?, ?, ?) "
    "ORDER BY stage, topic, partition LIMIT 1"
)
_OF_PARTITION = "WHERE stage = ? AND topic = ? AND partition = ?"
_DELETE_SETTLED = (
    f'DELETE FROM outbox {_OF_PARTITION} AND "offset" IN '  # noqa: S608  a constant
    f'(SELECT "offset" FROM outbox {_OF_PARTITION} AND "offset" < ? ORDER BY "offset" LIMIT ?)'
)


class Sql(Protocol):
    """An open transaction of a database."""

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return what the query finds."""

    def run(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Run a statement and return how many rows it changed."""

    def run_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """Run a statement once a row."""

    def among(self, names: Sequence[str] | Sequence[int]) -> tuple[str, Sequence[object]]:
        """Return the condition that a column is one of ``names``, and its parameters."""


class SqlTransaction:
    """``store.Transaction`` over one open transaction, ``sql``; ``now_ms`` is when it began."""

    def __init__(self, sql: Sql, now_ms: int) -> None:
        self.sql = sql
        self._now_ms = now_ms

    def earlier_revision(self, article_id: str, before: Record) -> Revision | None:
        """See ``Transaction``."""
        rows = self.sql.rows(
            'SELECT "offset", revision, claim_ids, seen_at_ms, routes FROM revision '
            'WHERE article_id = ? AND topic = ? AND partition = ? AND "offset" < ? '
            'ORDER BY "offset" DESC LIMIT 1',
            (_name(article_id), before.topic, before.partition, before.offset),
        )
        if not rows:
            return None
        offset, revision, claim_ids, seen_at_ms, routes = rows[0]
        place = (before.topic, before.partition, offset)
        each = tuple(tuple(of_one_claim) for of_one_claim in json.loads(routes))
        return Revision(article_id, *place, revision, tuple(json.loads(claim_ids)), seen_at_ms, each)

    def remember_revision(self, revision: Revision) -> None:
        """See ``Transaction``."""
        self.sql.run(
            "INSERT INTO revision "
            '(article_id, topic, partition, "offset", revision, claim_ids, seen_at_ms, routes) '
            'VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (article_id, topic, partition, "offset") DO UPDATE '
            "SET revision = excluded.revision, claim_ids = excluded.claim_ids, "
            "seen_at_ms = excluded.seen_at_ms, routes = excluded.routes",
            (
                _name(revision.article_id),
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
        rows = self.sql.rows(
            f'SELECT digest, outgoing FROM outbox {_OF_PARTITION} AND "offset" = ?',  # noqa: S608  a constant
            (stage, record.topic, record.partition, record.offset),
        )
        if not rows:
            return None
        digest, outgoing = rows[0]
        if digest != outbox.digest(record):
            raise ForeignStateError(
                f"the state database remembers another record at {record.topic}/{record.partition}/"
                f"{record.offset}: it belongs to another cluster or to a topic that was deleted; "
                "point CLAIMWIRE_STATE_URL at a new database"
            )
        return outbox.from_json(outgoing)

    def settle(self, stage: str, record: Record, outgoing: Sequence[Outgoing]) -> None:
        """See ``Transaction``."""
        self.sql.run(
            'INSERT INTO outbox (stage, topic, partition, "offset", digest, outgoing) '
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                stage,
                record.topic,
                record.partition,
                record.offset,
                outbox.digest(record),
                outbox.to_json(outgoing),
            ),
        )

    def documents(self, kind: str, keys: Iterable[str]) -> dict[str, str]:
        """See ``Transaction``."""
        names = {key: _name(key) for key in keys}
        found: dict[str, str] = {}
        for chunk in _chunks(names.values()):
            condition, among = self.sql.among(chunk)
            sql = f"SELECT key, body FROM document WHERE kind = ? AND key {condition}"  # noqa: S608  see among
            found.update(self.sql.rows(sql, (kind, *among)))
        return {key: found[name] for key, name in names.items() if name in found}

    def put_documents(
        self, kind: str, documents: Mapping[str, str], links: Mapping[str, Iterable[str]]
    ) -> None:
        """See ``Transaction``."""
        hour = self._now_ms // _HOUR_MS
        self.sql.run_many(
            "INSERT INTO document (kind, key, body, written_hour) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (kind, key) DO UPDATE "
            "SET body = excluded.body, written_hour = excluded.written_hour",
            [(kind, _name(key), body, hour) for key, body in sorted(documents.items())],
        )
        self._unlink(kind, links)
        self.sql.run_many(
            "INSERT INTO link (kind, link, key) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            sorted((kind, _name(link), _name(key)) for key, names in links.items() for link in set(names)),
        )

    def drop_documents(self, kind: str, keys: Iterable[str]) -> None:
        """See ``Transaction``."""
        gone = [(kind, _name(key)) for key in sorted(set(keys))]
        for table in ("document", "link", "due"):
            self.sql.run_many(f"DELETE FROM {table} WHERE kind = ? AND key = ?", gone)  # noqa: S608  a constant

    def linked(self, kind: str, link: str) -> dict[str, str]:
        """See ``Transaction``."""
        rows = self.sql.rows(
            "SELECT document.key, body FROM link JOIN document ON document.kind = link.kind "
            "AND document.key = link.key WHERE link.kind = ? AND link.link = ? ORDER BY document.key",
            (kind, _name(link)),
        )
        return dict(rows)

    def buckets(self, names: Iterable[int]) -> dict[int, bytes]:
        """See ``Transaction``."""
        found: dict[int, bytes] = {}
        for chunk in _chunks(names):
            condition, among = self.sql.among(chunk)
            found.update(self.sql.rows(f"SELECT name, body FROM bucket WHERE name {condition}", among))  # noqa: S608  see among
        return found

    def put_buckets(self, buckets: Mapping[int, bytes]) -> None:
        """See ``Transaction``."""
        hour = self._now_ms // _HOUR_MS
        self.sql.run_many(
            "INSERT INTO bucket (name, body, written_hour) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE "
            "SET body = excluded.body, written_hour = excluded.written_hour",
            [(name, body, hour) for name, body in sorted(buckets.items())],
        )

    def schedule(self, kind: str, due: Mapping[str, int | None]) -> None:
        """See ``Transaction``."""
        never = [(kind, _name(key)) for key, at_ms in sorted(due.items()) if at_ms is None]
        self.sql.run_many("DELETE FROM due WHERE kind = ? AND key = ?", never)
        self.sql.run_many(
            "INSERT INTO due (kind, key, at_ms) VALUES (?, ?, ?) "
            "ON CONFLICT (kind, key) DO UPDATE SET at_ms = excluded.at_ms",
            [(kind, _name(key), at_ms) for key, at_ms in sorted(due.items()) if at_ms is not None],
        )

    def due(self, kind: str, by_ms: int, limit: int) -> dict[str, str]:
        """See ``Transaction``."""
        rows = self.sql.rows(
            "SELECT document.key, body FROM due JOIN document ON document.kind = due.kind "
            "AND document.key = due.key WHERE due.kind = ? AND at_ms <= ? ORDER BY at_ms, due.key LIMIT ?",
            (kind, by_ms, limit),
        )
        return dict(rows)

    def enqueue(self, stage: str, timestamp_ms: int, outgoing: Sequence[Outgoing]) -> None:
        """See ``Transaction``."""
        self.sql.run(
            "INSERT INTO waiting (stage, timestamp_ms, outgoing) VALUES (?, ?, ?)",
            (stage, timestamp_ms, outbox.to_json(outgoing)),
        )

    def waiting(self, stage: str, limit: int) -> list[Waiting]:
        """See ``Transaction``."""
        rows = self.sql.rows(
            "SELECT number, timestamp_ms, outgoing FROM waiting WHERE stage = ? ORDER BY number LIMIT ?",
            (stage, limit),
        )
        return [Waiting(number, at_ms, outbox.from_json(body)) for number, at_ms, body in rows]

    def let_go(self, stage: str, numbers: Iterable[int]) -> None:
        """See ``Transaction``."""
        self.sql.run_many(
            "DELETE FROM waiting WHERE stage = ? AND number = ?", [(stage, number) for number in numbers]
        )

    def prune(self, retention: Retention, limit: int) -> int:
        """See ``Transaction``."""
        return (
            self._prune_revisions(retention, limit)
            + self._prune_outbox(retention, limit)
            + self._prune_documents(retention, limit)
            + self._prune_buckets(retention, limit)
        )

    def _prune_revisions(self, retention: Retention, limit: int) -> int:
        before = self._now_ms - int(retention.revisions.total_seconds() * 1000)
        return self.sql.run(
            f'DELETE FROM revision WHERE (article_id, topic, partition, "offset") IN ({_REVISIONS_BEFORE})',  # noqa: S608  a constant
            (before, limit),
        )

    def _prune_outbox(self, retention: Retention, limit: int) -> int:
        gone = 0
        place: tuple[str, str, int] = ("", "", -1)
        while found := self.sql.rows(_NEXT_PARTITION, place):
            place = found[0]
            ((newest,),) = self.sql.rows(f'SELECT max("offset") FROM outbox {_OF_PARTITION}', place)  # noqa: S608  a constant
            least = newest - retention.outbox_offsets
            gone += self.sql.run(_DELETE_SETTLED, (*place, *place, least, limit))
        return gone

    def _prune_documents(self, retention: Retention, limit: int) -> int:
        gone = 0
        for kind, kept in sorted(retention.documents.items()):
            before = self._hour_before(kept)
            rows = self.sql.rows(
                "SELECT key FROM document WHERE kind = ? AND written_hour < ? ORDER BY written_hour LIMIT ?",
                (kind, before, limit),
            )
            self.drop_documents(kind, (key for (key,) in rows))
            gone += len(rows)
        return gone

    def _prune_buckets(self, retention: Retention, limit: int) -> int:
        if retention.buckets is None:
            return 0
        return self.sql.run(
            "DELETE FROM bucket WHERE name IN "
            "(SELECT name FROM bucket WHERE written_hour < ? ORDER BY written_hour LIMIT ?)",
            (self._hour_before(retention.buckets), limit),
        )

    def _hour_before(self, kept: timedelta) -> int:
        return (self._now_ms - int(kept.total_seconds() * 1000)) // _HOUR_MS

    def _unlink(self, kind: str, keys: Iterable[str]) -> None:
        self.sql.run_many(
            "DELETE FROM link WHERE kind = ? AND key = ?", [(kind, _name(key)) for key in sorted(keys)]
        )


class SqlStore(ABC):
    """What the stores of both databases share."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[SqlTransaction]:
        """See ``StateStore``."""

    @abstractmethod
    def close(self) -> None:
        """See ``StateStore``."""

    @abstractmethod
    def summary(self) -> Summary:
        """See ``StateStore``."""

    def run(self, work: Callable[[SqlTransaction], Result]) -> Result:
        """See ``StateStore``; ``work`` is called once, and what goes wrong is raised."""
        with self.transaction() as transaction:
            return work(transaction)


def _name(text: str) -> str:
    """Return what stands for a key, link or article id in the database: the same text but for odd ones.

    PostgreSQL neither indexes very long text nor stores the character 0.
    """
    if len(text) <= _LONGEST_NAME and "\0" not in text:
        return text
    return f"{text[:64].replace(chr(0), '?')}#{content_id('name', text)}"


def _chunks(names: Iterable[Name]) -> Iterator[list[Name]]:
    iterator = iter(names)
    while chunk := list(islice(iterator, _AT_ONCE)):
        yield chunk
