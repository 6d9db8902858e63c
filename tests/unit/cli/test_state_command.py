"""``claimwire state`` without a broker: what it shows, and what it refuses in one line."""

from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from kafka import TopicPartition
from typer.testing import CliRunner

from tests.builders import a_record
from tests.support.databases import Database
from workers.cli import state
from workers.cli.errors import CliError
from workers.cli.rebuilding import RecordClock, in_order
from workers.cli.worker import worker
from workers.domain.outcome import Record
from workers.state.migrations import LATEST


def run(*arguments: str) -> Any:
    return CliRunner().invoke(state.app, arguments)


def test_show_lists_every_kind_with_rows_and_bytes(database: Database) -> None:
    with database.open().transaction() as transaction:
        transaction.put_documents("alert-group", {"k1": "{}", "k2": "{}"}, {"k1": ["c1"]})
        transaction.settle("raise-alerts", a_record(), [])

    shown = run("show", "--state", database.url)

    assert shown.exit_code == 0
    head, *rows = shown.stdout.splitlines()
    assert f"version {LATEST}" in head
    assert any(row.startswith("alert-group ") and " 2 rows " in row for row in rows)
    assert any(row.startswith("outbox raise-alerts ") and " 1 rows " in row for row in rows)


def test_show_says_that_an_empty_database_is_empty(database: Database) -> None:
    database.open()

    assert "It holds nothing." in run("show", "--state", database.url).stdout


def test_show_makes_no_file_only_to_say_that_it_is_empty(tmp_path: Path) -> None:
    shown = run("show", "--state", f"sqlite:///{tmp_path / 'none.sqlite3'}")

    assert isinstance(shown.exception, CliError)
    assert "there is no state database" in str(shown.exception)
    assert not (tmp_path / "none.sqlite3").exists()


@pytest.mark.parametrize(
    ("url", "said"),
    [("mysql://x/y", "expected sqlite:///PATH"), ("postgresql://me:hushed@127.0.0.1:1/x", "refused")],
)
def test_an_address_that_cannot_be_used_is_told_in_one_line(url: str, said: str) -> None:
    shown = run("show", "--state", url)

    assert isinstance(shown.exception, CliError)
    assert said in str(shown.exception)
    assert "hushed" not in str(shown.exception)
    assert "\n" not in str(shown.exception)


def test_a_database_that_holds_something_is_not_rebuilt_over(database: Database) -> None:
    with database.open().transaction() as transaction:
        transaction.put_documents("alert-group", {"k1": "{}"}, {})

    refused = run("rebuild", "--state", database.url)

    assert isinstance(refused.exception, CliError)
    assert "is not empty; name a new database with --state" in str(refused.exception)


class FakeConsumer:
    """Partitions that give one record a poll, unless they are paused."""

    def __init__(self, held: dict[tuple[str, int], list[int]]) -> None:
        self._held = {TopicPartition(*place): times for place, times in held.items()}
        self._at: dict[TopicPartition, int] = defaultdict(int)
        self._paused: set[TopicPartition] = set()

    def partitions_for_topic(self, topic: str) -> set[int]:
        return {place.partition for place in self._held if place.topic == topic}

    def assign(self, places: list[TopicPartition]) -> None:
        assert set(places) == set(self._held)

    def end_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        return {place: len(self._held[place]) for place in places}

    def seek_to_beginning(self, *places: TopicPartition) -> None:
        self._at.clear()

    def position(self, place: TopicPartition) -> int:
        return self._at[place]

    def pause(self, *places: TopicPartition) -> None:
        self._paused |= set(places)

    def resume(self, *places: TopicPartition) -> None:
        self._paused -= set(places)

    def poll(self, **_: object) -> dict[TopicPartition, list[Any]]:
        given: dict[TopicPartition, list[Any]] = {}
        for place, times in self._held.items():
            at = self._at[place]
            if place not in self._paused and at < len(times):
                self._at[place] += 1
                given[place] = [_polled(place, at, times[at])]
        return given


def _polled(place: TopicPartition, offset: int, at: int) -> Any:
    return SimpleNamespace(
        topic=place.topic,
        partition=place.partition,
        offset=offset,
        timestamp=at,
        key=b"",
        value=b"",
        headers=(),
    )


def places(records: list[Record]) -> list[tuple[str, int, int]]:
    return [(record.topic, record.partition, record.timestamp_ms) for record in records]


def test_topics_are_read_by_time_and_partitions_in_their_order() -> None:
    client = FakeConsumer({("a", 0): [5, 2, 9], ("a", 1): [1, 1, 30], ("b", 0): [], ("b", 1): [4, 6]})

    read = list(in_order(client, ["a", "b"]))

    assert places(read) == [
        ("a", 1, 1),
        ("a", 1, 1),
        ("b", 1, 4),
        ("a", 0, 5),  # and what stands behind it in its partition, though its time is earlier
        ("a", 0, 2),
        ("b", 1, 6),
        ("a", 0, 9),
        ("a", 1, 30),
    ]


def test_the_clock_of_a_rebuild_stands_at_the_latest_record() -> None:
    clock = RecordClock()
    clock.reach([a_record(timestamp_ms=2_000), a_record(timestamp_ms=9_500), a_record(timestamp_ms=1)])
    clock.reach([a_record(timestamp_ms=3_000)])

    assert clock().timestamp() == 9.5


def test_the_worker_lists_its_settings_without_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIMWIRE_STATE_URL", "postgresql://me:hushed@db.example/claims")
    app = typer.Typer()
    app.command()(worker)

    shown = CliRunner().invoke(app, ["--settings"])

    assert "CLAIMWIRE_STATE_URL=postgresql://me:***@db.example/claims" in shown.stdout
    assert "hushed" not in shown.stdout
