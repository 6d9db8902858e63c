"""``claimwire forward`` as a program: real Kafka, real Alertmanager, a web server that fails, killed."""

import asyncio
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from tests.builders import an_alert
from tests.support.alertmanager import an_alertmanager
from tests.support.forwarding import SECRET_TEXT, an_alert_record, run
from tests.support.reading import read_topic
from tests.support.receivers import a_receiver
from tests.support.stack import make_topics
from workers.broker.local import LocalKafka
from workers.broker.ports import LOOPBACK, free_ports
from workers.domain.alert import Alert, AlertStatus, AlertTense, AlertType
from workers.topology import Topic
from workers.wire.webhook import event_id

pytestmark = pytest.mark.slow
DLQ = Topic.ALERT.dlq
AGO = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)


class Forward:
    """``claimwire forward`` as a process of its own; its log is kept in ``folder``."""

    def __init__(self, bootstrap: str, folder: Path, **settings: str) -> None:
        self.log = folder / "forward.log"
        self.port = free_ports(1)[0]
        self._environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("CLAIMWIRE_")},
            "CLAIMWIRE_BROKER": bootstrap,
            "CLAIMWIRE_FORWARD_PORT": str(self.port),
            "CLAIMWIRE_FORWARD_REPEAT": "1",
            "CLAIMWIRE_FORWARD_FIRST_PAUSE": "0.2",
            "CLAIMWIRE_SESSION_TIMEOUT": "6",
            "CLAIMWIRE_COMMIT_INTERVAL": "0.3",
            **{f"CLAIMWIRE_FORWARD_{name.upper()}": value for name, value in settings.items()},
        }
        self._folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "workers.cli.main", "forward"]
            self.process = subprocess.Popen(
                command, env=self._environment, stdout=log, stderr=log, cwd=self._folder
            )

    def end(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)

    def is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{self.port}/health/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def metric(self, start: str) -> float:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{self.port}/metrics", timeout=5) as answer:
            rows = [row for row in answer.read().decode().splitlines() if row.startswith(start)]
        (row,) = rows
        return float(row.rpartition(" ")[2])

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(30)


async def until(holds: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Return once ``holds``, which may wait for the network, holds."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not await asyncio.to_thread(holds):
        assert asyncio.get_running_loop().time() < deadline, what
        await asyncio.sleep(0.1)


@pytest.fixture
def bootstrap(clean_kafka: LocalKafka) -> str:
    make_topics(clean_kafka.bootstrap, 2)
    return clean_kafka.bootstrap


@pytest.fixture
def started(bootstrap: str, tmp_path: Path) -> Iterator[Callable[..., Forward]]:
    made: list[Forward] = []

    def start(**settings: str) -> Forward:
        made.append(Forward(bootstrap, tmp_path, **settings))
        made[-1].start()
        return made[-1]

    yield start
    for forward in made:
        forward.close()


def publish(bootstrap: str, alerts: Sequence[Alert], *, raw: Sequence[bytes | None] = ()) -> None:
    """Publish alerts as the worker does, then ``raw`` values."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    records = [an_alert_record(alert, at=datetime.now(UTC)) for alert in alerts]
    sent = [
        producer.send(
            record.topic, record.value, record.key, list(record.headers), timestamp_ms=record.timestamp_ms
        )
        for record in records
    ]
    sent += [producer.send(str(Topic.ALERT), value, b"raw") for value in raw]
    for each in sent:
        each.get(timeout=30)
    producer.close()


def dead_letters(bootstrap: str) -> list[dict[str, str]]:
    """Return the headers of the dead letters."""
    return [{n: v.decode() for n, v in record.headers} for record in read_topic(bootstrap, DLQ)]


def uncommitted(bootstrap: str) -> int:
    """How many records lie behind the forwarder's committed offsets."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap, group_id="claimwire-forward", enable_auto_commit=False
    )
    places = [TopicPartition(str(Topic.ALERT), number) for number in range(2)]
    ends = consumer.end_offsets(places)
    behind = sum(ends[place] - (consumer.committed(place) or 0) for place in places)
    consumer.close()
    return int(behind)


def firing(number: int, **changes: Any) -> Alert:
    labels = (("alertname", f"Alert{number}"), ("rule", "test"))
    return an_alert(alert_key=f"key-{number}", labels=labels, starts_at=AGO, **changes)


def over(alert: Alert) -> Alert:
    ended = {"status": AlertStatus.RESOLVED, "ends_at": AGO + timedelta(minutes=1)}
    return replace(alert, sequence=alert.sequence + 1, alert_type=AlertType.UPDATE, **ended)  # type: ignore[arg-type]


def test_alerts_reach_both_receivers_and_what_fires_is_known_again_after_a_kill(
    bootstrap: str, started: Callable[..., Forward], tmp_path: Path
) -> None:
    async def body() -> None:
        with an_alertmanager(tmp_path / "am") as alertmanager:
            async with a_receiver() as receiver:
                settings = {"webhook": receiver.url, "secret": SECRET_TEXT}
                forward = started(alertmanagers=alertmanager.url, **settings)
                await until(forward.is_ready, "ready")
                await asyncio.to_thread(publish, bootstrap, [firing(1), firing(2)])
                await until(lambda: alertmanager.names() == {"Alert1", "Alert2"}, "both fire")
                await until(lambda: uncommitted(bootstrap) == 0, "committed")
                assert forward.end(signal.SIGKILL) == -9
                await asyncio.to_thread(publish, bootstrap, [over(firing(2)), firing(3)])
                await until(lambda: alertmanager.names() == set(), "nobody tells what fires")
                forward.start()
                await until(lambda: alertmanager.names() == {"Alert1", "Alert3"}, "what fires, fires again")
                await until(lambda: len(set(receiver.ids())) == 4, "each event posted")
                await until(lambda: uncommitted(bootstrap) == 0, "committed")
                assert forward.end(signal.SIGTERM) == 0

        expected = [event_id(each) for each in (firing(1), firing(2), over(firing(2)), firing(3))]
        assert set(receiver.ids()) == set(expected)
        assert receiver.ids().index(expected[1]) < receiver.ids().index(expected[2])
        assert dead_letters(bootstrap) == []

    run(body)


def test_nothing_is_committed_before_it_is_delivered_and_a_kill_loses_nothing(
    bootstrap: str, started: Callable[..., Forward]
) -> None:
    async def body() -> None:
        async with a_receiver() as receiver:
            receiver.rule = lambda _: 503
            forward = started(webhook=receiver.url, secret=SECRET_TEXT)
            await until(forward.is_ready, "ready")
            await asyncio.to_thread(publish, bootstrap, [firing(number) for number in range(20)])
            await until(lambda: len(set(receiver.ids())) >= 8, "tries")
            assert uncommitted(bootstrap) == 20
            forward.end(signal.SIGKILL)
            receiver.rule = lambda _: None
            receiver.posts.clear()
            forward.start()
            await until(lambda: uncommitted(bootstrap) == 0, "committed")

            assert set(receiver.ids()) == {event_id(firing(number)) for number in range(20)}

    run(body)


def test_what_is_refused_or_unreadable_is_a_dead_letter_that_tells_no_secret(
    bootstrap: str, started: Callable[..., Forward]
) -> None:
    async def body() -> None:
        async with a_receiver() as receiver:
            refused = event_id(firing(1))
            receiver.rule = lambda post: 410 if post.headers["webhook-id"] == refused else None
            forward = started(webhook=receiver.url, secret=SECRET_TEXT)
            await until(forward.is_ready, "ready")
            await asyncio.to_thread(publish, bootstrap, [firing(1), firing(2)], raw=[b"{not json", None])
            await until(lambda: uncommitted(bootstrap) == 0, "committed")
            await until(lambda: len(dead_letters(bootstrap)) == 2, "dead letters")
            counted = forward.metric('claimwire_drops_total{reason="tombstone",stage="forward-alerts"}')
            forward.end(signal.SIGTERM)

            letters = {letter["dlq-reason"]: letter for letter in dead_letters(bootstrap)}
            assert set(letters) == {"delivery-refused", "not-json"}
            assert "webhook: HTTP 410" in letters["delivery-refused"]["dlq-detail"]
            assert letters["delivery-refused"]["ce_id"] == refused
            assert {letter["dlq-stage"] for letter in letters.values()} == {"forward-alerts"}
            assert counted == 1
            told = forward.log.read_text() + str(letters)
            assert "T0KEN-IN-PATH" not in told
            assert SECRET_TEXT not in told

    run(body)


def test_replays_and_tries_page_nobody(
    bootstrap: str, started: Callable[..., Forward], tmp_path: Path
) -> None:
    async def body() -> None:
        with an_alertmanager(tmp_path / "am") as alertmanager:
            async with a_receiver() as receiver:
                forward = started(alertmanagers=alertmanager.url, webhook=receiver.url, secret=SECRET_TEXT)
                await until(forward.is_ready, "ready")
                quiet = [
                    firing(1, alert_tense=AlertTense.ARCHIVAL),
                    firing(2, alert_tense=AlertTense.TEST),
                ]
                await asyncio.to_thread(publish, bootstrap, [*quiet, firing(3)])
                await until(lambda: uncommitted(bootstrap) == 0, "committed")
                await until(lambda: alertmanager.names() == {"Alert3"}, "the current one fires")
                dropped = forward.metric('claimwire_drops_total{reason="not-current",stage="forward-alerts"}')

        assert receiver.ids() == [event_id(firing(3))]
        assert dropped == 2

    run(body)


def test_one_receiver_that_is_down_does_not_keep_the_other_waiting(
    bootstrap: str, started: Callable[..., Forward], tmp_path: Path
) -> None:
    async def body() -> None:
        with an_alertmanager(tmp_path / "am") as alertmanager:
            async with a_receiver() as receiver:
                receiver.rule = lambda _: 500
                forward = started(alertmanagers=alertmanager.url, webhook=receiver.url, secret=SECRET_TEXT)
                await until(forward.is_ready, "ready")
                await asyncio.to_thread(publish, bootstrap, [firing(1)])
                await until(lambda: alertmanager.names() == {"Alert1"}, "it fires")
                await asyncio.to_thread(publish, bootstrap, [firing(2)])
                await until(lambda: alertmanager.names() == {"Alert1", "Alert2"}, "both fire")
                assert uncommitted(bootstrap) == 2

    run(body)
