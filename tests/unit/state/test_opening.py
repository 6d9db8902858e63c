import sqlite3
from pathlib import Path

import pytest

from tests.support.databases import Database
from tests.support.postgres import LocalPostgres
from workers.state.migrations import LATEST
from workers.state.opening import open_store, without_password
from workers.state.store import StateError, StateUnavailableError


@pytest.mark.parametrize(
    "url", ["postgres://x", "sqlite:/x", "sqlite:///", "sqlite://x/y", "mysql://x/y", ""]
)
def test_an_address_that_is_none_is_refused_in_one_line(url: str) -> None:
    with pytest.raises(StateError, match="expected sqlite:///PATH or postgresql://HOST/NAME") as refused:
        open_store(url)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("url", ["postgresql://[::1/x", "postgresql://h/x?nonsense=1"])
def test_an_address_that_postgresql_does_not_understand_is_refused_in_one_line(url: str) -> None:
    with pytest.raises(StateError, match="CLAIMWIRE_STATE_URL: ") as refused:
        open_store(url)
    assert "\n" not in str(refused.value)


def test_a_server_that_is_not_there_may_come_later() -> None:
    with pytest.raises(StateUnavailableError, match="refused") as refused:
        open_store("postgresql://claimwire:hushed@127.0.0.1:1/state")
    assert "hushed" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_database_that_is_not_there_is_named(postgres: LocalPostgres) -> None:
    with pytest.raises(StateError, match='database "nowhere" does not exist'):
        open_store(postgres.url("nowhere"))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:s3cr:et@host/db", "postgresql://me:***@host/db"),
        ("postgresql://host/db?user=me&password=s3cret", "postgresql://host/db?user=me&password=***"),
        ("postgresql://me@host/db", "postgresql://me@host/db"),
        ("sqlite:////var/lib/state.sqlite3", "sqlite:////var/lib/state.sqlite3"),
    ],
)
def test_a_password_is_not_shown(url: str, shown: str) -> None:
    assert without_password(url) == shown


def test_a_file_that_is_no_database_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("this is no database " * 100)

    with pytest.raises(StateError, match="cannot open"):
        open_store(f"sqlite:///{path}")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StateError, match="cannot open the state database"):
        open_store(f"sqlite:///{tmp_path / 'file' / 'state.sqlite3'}")


def test_a_database_of_a_newer_program_is_refused(database: Database) -> None:
    with database.open().transaction() as transaction:
        transaction.sql.run("INSERT INTO migration VALUES (99, 0)")

    with pytest.raises(StateError, match=f"schema version 99, this program knows {LATEST}"):
        database.open()


def test_a_file_whose_header_says_newer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "newer.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    with pytest.raises(StateError, match="schema version 99"):
        open_store(f"sqlite:///{path}")
