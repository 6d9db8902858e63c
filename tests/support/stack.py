"""A stack under test: a broker with topics, worker processes, a producer with a ledger, a reader."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from tests.support.oracle import Seen
from tests.support.polling import poll_until as poll_until
from workers.broker.ports import free_ports
from workers.topology import Topic
from workers.wire.topics import load_topics

PARTITIONS = 4
OUTPUTS = (Topic.ARTICLE_ENRICHED, Topic.CLAIM, Topic.ARTICLE_RAW.dlq, Topic.CLAIM.dlq, Topic.ALERT)


class Worker:
    """``claimwire worker`` as a process of its own; its log is kept in ``folder``."""

    def __init__(self, bootstrap: str, folder: Path, name: str, variables: Mapping[str, str]) -> None:
        self.log = folder / f"{name}.log"
        self.port = free_ports(1)[0]
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("CLAIMWIRE_")},
            "CLAIMWIRE_BROKER": bootstrap,
            "CLAIMWIRE_STATE_URL": f"sqlite:///{folder / 'state.sqlite3'}",
            "CLAIMWIRE_APP_ID": f"test-{folder.name}",
            "CLAIMWIRE_PROCESSES": "1",
            "CLAIMWIRE_COMMIT_INTERVAL": "0.5",
            "CLAIMWIRE_SESSION_TIMEOUT": "6",
            "CLAIMWIRE_WEB_PORT": str(self.port),
            **variables,
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "workers.cli.main", "worker"],
                env=environment,
                stdout=log,
                stderr=log,
                cwd=folder,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def wait_until_ready(self, seconds: float = 90.0) -> None:
        """Return when the worker has partitions."""
        poll_until(self.is_ready, seconds, f"a ready worker:\n{self.tail()}")

    def is_ready(self) -> bool:
        assert self.process.poll() is None, f"the worker ended with {self.process.poll()}:\n{self.tail()}"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def metric(self, line: str) -> float:
        """Return the value of the metric whose line starts with ``line``."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as answer:
            text = answer.read().decode()
        (found,) = [row for row in text.splitlines() if row.startswith(line)]
        return float(found.rpartition(" ")[2])

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self, seconds: float = 60.0) -> int:
        return self.process.wait(seconds)

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(30)


class Stack:
    """``client_options`` belong into every kafka-python client (the mock cluster needs some).

    ``environment`` is what workers get beside their settings.
    """

    def __init__(
        self,
        bootstrap: str,
        folder: Path,
        client_options: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.bootstrap = bootstrap
        self.folder = folder
        self.workers: list[Worker] = []
        self._options = dict(client_options or {})
        self._environment = dict(environment or {})

    def start_worker(self, **settings: str) -> Worker:
        variables = {f"CLAIMWIRE_{name.upper()}": value for name, value in settings.items()}
        variables |= self._environment
        worker = Worker(self.bootstrap, self.folder, f"worker-{len(self.workers)}", variables)
        self.workers.append(worker)
        return worker

    def publish(self, records: Sequence[tuple[bytes | None, bytes | None]], pause: float = 0.0) -> None:
        """Publish to the raw topic; returns once the broker has acknowledged every record."""
        producer = KafkaProducer(
            bootstrap_servers=self.bootstrap, acks="all", max_request_size=8_388_608, **self._options
        )
        futures = []
        for key, value in records:
            futures.append(producer.send(str(Topic.ARTICLE_RAW), key=key, value=value))
            time.sleep(pause)
        for future in futures:
            future.get(timeout=60)
        producer.close()

    def read(self, topics: Sequence[str] = OUTPUTS) -> list[Seen]:
        """Return everything in ``topics`` now, partition by partition."""
        consumer = KafkaConsumer(
            bootstrap_servers=self.bootstrap,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=8_388_608,
            **self._options,
        )
        try:
            places = [
                TopicPartition(str(topic), number)
                for topic in topics
                for number in sorted(consumer.partitions_for_topic(str(topic)) or ())
            ]
            assert places, "the topics are not there"
            ends = consumer.end_offsets(places)
            consumer.assign(places)
            consumer.seek_to_beginning(*places)
            seen: list[Seen] = []
            deadline = time.monotonic() + 60
            while any(consumer.position(place) < ends[place] for place in places):
                assert time.monotonic() < deadline, "reading the topics took more than a minute"
                for batch in consumer.poll(timeout_ms=500).values():
                    seen += [_seen(record) for record in batch]
            return seen
        finally:
            consumer.close()

    def wait_for(self, count: int, topics: Sequence[str], seconds: float = 120.0) -> None:
        """Return once ``topics`` hold records under ``count`` different keys."""

        def enough() -> bool:
            self.check_workers()
            return len({(record.topic, record.key) for record in self.read(topics)}) >= count

        poll_until(enough, seconds, f"{count} records in {', '.join(topics)}")

    def check_workers(self) -> None:
        """Fail when a worker ended that nobody ended."""
        for worker in self.workers:
            code = worker.process.poll()
            assert code in (None, 0, -9, -15), f"a worker ended with {code}:\n{worker.tail()}"

    def wait_until_quiet(self, seconds: float = 120.0) -> list[Seen]:
        """Return all outputs once they have not grown for two seconds."""
        last: list[int] = []

        def quiet() -> bool:
            last.append(len(self.read()))
            time.sleep(1.0)
            return len(last) >= 3 and last[-1] > 0 and last[-1] == last[-2] == last[-3]

        poll_until(quiet, seconds, "quiet")
        return self.read()

    def close(self) -> None:
        for worker in self.workers:
            worker.close()


def make_topics(bootstrap: str, partitions: int = PARTITIONS, replicas: int = 1) -> None:
    """Make every topic of topics.yaml on a real Kafka, after deleting what is there."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        old = [name for name in admin.list_topics() if not name.startswith("__")]
        if old:
            admin.delete_topics(old)
            poll_until(
                lambda: not [name for name in admin.list_topics() if not name.startswith("__")],
                30,
                "topics deleted",
            )
        specs = load_topics().values()
        admin.create_topics(
            [NewTopic(spec.name, partitions, replicas, topic_configs=spec.config(replicas)) for spec in specs]
        )
    finally:
        admin.close()


def _seen(record: Any) -> Seen:
    headers = tuple((name, value) for name, value in record.headers)
    return Seen(record.topic, record.key, record.value, record.timestamp, headers)
