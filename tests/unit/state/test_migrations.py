import sqlite3
from pathlib import Path

import pytest

from tests.builders import a_record
from tests.support.databases import Clock, Database, contents
from tests.support.postgres import LocalPostgres
from workers.domain.outcome import Outgoing
from workers.state import outbox
from workers.state.migrations import LATEST, POSTGRES, SQLITE, VERSIONS, statements
from workers.state.opening import open_store
from workers.state.sql import SqlStore, SqlTransaction
from workers.state.store import Retention, Revision

ALERT = Outgoing("news.alert.v1", b"key", b"value", (("ce_id", b"1"),))
RECORD = a_record(offset=7)
# The whole database as the first released program made it.
VERSION_1 = """
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
PRAGMA user_version = 1;
"""
ROWS = (
    ("INSERT INTO revision VALUES ({}, {}, {}, {}, {}, {}, {})", ("a1", "raw", 0, 3, 1, '["c1"]', 1_000)),
    (
        "INSERT INTO outbox VALUES ({}, {}, {}, {}, {}, {})",
        (
            "raise-alerts",
            RECORD.topic,
            RECORD.partition,
            RECORD.offset,
            outbox.digest(RECORD),
            outbox.to_json([ALERT]),
        ),
    ),
    ("INSERT INTO document VALUES ({}, {}, {})", ("alert-group", "k1", "{}")),
    ("INSERT INTO link VALUES ({}, {}, {})", ("alert-group", "c1", "k1")),
)


def holds_what_version_1_held(store: SqlStore) -> None:
    with store.transaction() as transaction:
        before = a_record(topic="raw", partition=0, offset=9)
        assert transaction.earlier_revision("a1", before) == Revision("a1", "raw", 0, 3, 1, ("c1",), 1_000)
        assert transaction.repeated("raise-alerts", RECORD) == (ALERT,)
        assert transaction.linked("alert-group", "c1") == {"k1": "{}"}
    assert store.summary().version == LATEST


def tables(transaction: SqlTransaction, query: str) -> list[tuple[object, ...]]:
    return sorted(transaction.sql.rows(query))


def test_a_file_of_the_first_program_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite3"
    old = sqlite3.connect(path)
    old.executescript(VERSION_1)
    for sql, values in ROWS:
        old.execute(sql.format(*"?" * len(values)), values)
    old.commit()
    old.close()

    store = open_store(f"sqlite:///{path}")

    holds_what_version_1_held(store)
    store.close()


def test_a_postgresql_database_is_brought_up_to_date_from_every_version(postgres: LocalPostgres) -> None:
    import psycopg

    url = postgres.new_database()
    with psycopg.connect(url) as connection:
        connection.execute(VERSIONS)
        (first,) = [each for each in [statements(POSTGRES, 0, 5)] if each]
        upto = first.index("INSERT INTO migration VALUES (1, 5)") + 1
        for statement in first[:upto]:
            connection.execute(statement.encode())
        for sql, values in ROWS:
            connection.execute(sql.format(*["%s"] * len(values)).encode(), values)

    store = open_store(url)

    holds_what_version_1_held(store)
    store.close()


def test_an_upgraded_file_has_the_tables_of_a_new_one(tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / "old.sqlite3")
    old.executescript(VERSION_1)
    old.close()
    shape = "SELECT m.name, c.name, c.type FROM sqlite_master m, pragma_table_xinfo(m.name) c"
    found = []
    for name in ("old", "new"):
        store = open_store(f"sqlite:///{tmp_path / name}.sqlite3")
        with store.transaction() as transaction:
            found.append({(table, column) for table, column, _ in tables(transaction, shape)})
        store.close()

    assert len(found[0]) > 20
    assert found[0] == found[1]


def test_upgraded_documents_are_not_forgotten_at_once(database: Database) -> None:
    """Their time counts from the upgrade: what the older program wrote had none."""
    clock = Clock()
    store = database.open(clock)
    with store.transaction() as transaction:
        transaction.put_documents("kind", {"k": "{}"}, {})

        assert transaction.prune(Retention(), 10) == 0


def test_a_migration_that_fails_leaves_the_version_before(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workers.state import postgres as on_postgres
    from workers.state import sqlite as on_sqlite
    from workers.state.store import StateError

    def broken(dialect: object, since: int, now_ms: int) -> list[str]:
        assert dialect in (SQLITE, POSTGRES)
        return [*statements(SQLITE if dialect is SQLITE else POSTGRES, since, now_ms), "THIS IS NO SQL"]

    with monkeypatch.context() as patch:
        for module in (on_sqlite, on_postgres):
            patch.setattr(module, "statements", broken)
        with pytest.raises(StateError):
            database.open()

    store = database.open()
    with store.transaction() as transaction:
        assert not any(contents(transaction).values())


def test_opening_again_changes_nothing(database: Database) -> None:
    with database.open().transaction() as transaction:
        first = tables(transaction, "SELECT version, applied_at_ms FROM migration")

    with database.open().transaction() as transaction:
        assert tables(transaction, "SELECT version, applied_at_ms FROM migration") == first
    assert [version for version, _ in first] == list(range(1, LATEST + 1))
