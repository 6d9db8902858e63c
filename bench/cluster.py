"""The real thing to measure: a local Kafka with all topics, and ``claimwire worker`` processes on it."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from kafka import KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition

from bench.articles import LoadArticle
from bench.figures import Place, Sample
from workers.broker.child import bound_to_this_process
from workers.broker.local import LocalKafka
from workers.broker.ports import LOOPBACK, free_ports
from workers.topology import STAGES, Topic

_CLAIMWIRE = [sys.executable, "-m", "workers.cli.main"]
_STOP_TIMEOUT_S = 60.0
_LARGEST_RECORD = 17 * 2**20
_OUTSTANDING = 5_000


class Worker:
    """``claimwire worker`` with ``processes`` language processes; its log is ``folder/NAME.log``."""

    def __init__(
        self, bootstrap: str, folder: Path, name: str, processes: int, settings: Mapping[str, str]
    ) -> None:
        self.port = free_ports(1)[0]
        self.log = folder / f"{name}.log"
        self.started_at = time.monotonic()
        environment = {
            **_without_settings(),
            "CLAIMWIRE_BROKER": bootstrap,
            "CLAIMWIRE_APP_ID": f"bench-{folder.name}",
            "CLAIMWIRE_STATE_URL": f"sqlite:///{folder / 'state.sqlite3'}",
            "CLAIMWIRE_PROCESSES": str(processes),
            "CLAIMWIRE_WEB_PORT": str(self.port),
            "CLAIMWIRE_REMEMBERED_WINDOWS": "0",  # passes repeat the same articles
            "CLAIMWIRE_DOCUMENT_TIMEOUT": "600",  # a starved machine is measured too, not its restarts
            **settings,
        }
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                bound_to_this_process([*_CLAIMWIRE, "worker"]), env=environment, stdout=log, stderr=log
            )

    def check(self) -> None:
        """Raise ``RuntimeError`` with the end of the log when the worker has ended."""
        if self._process.poll() is not None:
            raise RuntimeError(
                f"the worker ended with {self._process.returncode}: {self.log.read_text('utf-8')[-2000:]}"
            )

    def is_ready(self) -> bool:
        """Whether it has its partitions."""
        self.check()
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{self.port}/health/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def metrics(self) -> str:
        """Return the metrics page."""
        with urllib.request.urlopen(f"http://{LOOPBACK}:{self.port}/metrics", timeout=10) as answer:
            return str(answer.read().decode())

    def processes(self) -> dict[str, list[psutil.Process]]:
        """Return the worker's own process, and its language processes, which have loaded the model."""
        parent = psutil.Process(self._process.pid)
        children = [child for child in parent.children() if "spawn_main" in " ".join(child.cmdline())]
        return {"worker": [parent], "language": children}

    def stop(self) -> None:
        """End it in an orderly way: what was processed is committed."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(_STOP_TIMEOUT_S)

    def kill(self) -> None:
        """End it at once if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(_STOP_TIMEOUT_S)


class Cluster:
    """A broker with claimwire's topics; ``observer`` asks it where the topics end."""

    def __init__(self, kafka: LocalKafka, folder: Path) -> None:
        self.kafka = kafka
        self.folder = folder
        self.observer: Any = consumer(kafka.bootstrap)
        self._started = 0

    @contextmanager
    def worker(self, processes: int, settings: Mapping[str, str] | None = None) -> Iterator[Worker]:
        """Start a worker; end it in an orderly way, or by force after an error."""
        self._started += 1
        name = f"worker-{self._started}"
        worker = Worker(self.kafka.bootstrap, self.folder, name, processes, settings or {})
        try:
            yield worker
            worker.stop()
        finally:
            worker.kill()

    def publish(self, articles: Sequence[LoadArticle]) -> None:
        """Publish a backlog of news of this minute; returns when the broker has acknowledged all of it."""
        now = time.time()
        news = (article.published(now) for article in articles)
        publish_all(self.kafka.bootstrap, Topic.ARTICLE_RAW, ((each.key, each.value) for each in news))

    def sample(self, topics: Sequence[str]) -> Sample:
        """Return where every partition of ``topics`` ends now."""
        places = places_of(self.observer, topics)
        ends = self.observer.end_offsets(places)
        return Sample(time.monotonic(), {(place.topic, place.partition): ends[place] for place in places})

    def keys(self, begin: Mapping[Place, int], end: Mapping[Place, int]) -> dict[tuple[Place, int], bytes]:
        """Return the record keys in the half-open range of every partition."""
        client = consumer(self.kafka.bootstrap)
        found: dict[tuple[Place, int], bytes] = {}
        try:
            places = [TopicPartition(*place) for place in end]
            client.assign(places)
            for place in places:
                client.seek(place, begin[place.topic, place.partition])
            while any(client.position(place) < end[place.topic, place.partition] for place in places):
                for batch in client.poll(timeout_ms=200).values():
                    found |= {((r.topic, r.partition), r.offset): r.key for r in batch}
        finally:
            client.close()
        return found

    def has_lag(self) -> bool:
        """Whether a stage has records that the worker's group has not committed."""
        return self.lag() > 0

    def lag(self, topic: str | None = None) -> int:
        """Return how many records of all stages, or of one topic, the worker's group has not committed."""
        with self._group() as asker:
            places = [place for place in asker.assignment() if topic in (None, place.topic)]
            ends = asker.end_offsets(places)
            return sum(max(0, end - (asker.committed(place) or 0)) for place, end in ends.items())

    def forget_lag(self) -> None:
        """Commit all that is there, so that the next worker begins with what comes from now on."""
        with self._group() as asker:
            ends = asker.end_offsets(asker.assignment())
            asker.commit({place: OffsetAndMetadata(end, "", -1) for place, end in ends.items()})

    @contextmanager
    def _group(self) -> Iterator[Any]:
        """Give a consumer that speaks for the worker's group, with every partition that a stage reads."""
        asker = consumer(self.kafka.bootstrap, f"bench-{self.folder.name}")
        try:
            asker.assign(places_of(asker, [str(source) for stage in STAGES for source in stage.sources]))
            yield asker
        finally:
            asker.close(autocommit=False)


@contextmanager
def running_cluster(folder: Path) -> Iterator[Cluster]:
    """Start Kafka in ``folder`` with every topic of topics.yaml; stop it at the end."""
    with LocalKafka(folder / "kafka") as kafka:
        subprocess.run(  # noqa: S603 - our own program
            [*_CLAIMWIRE, "topics", "create", "--replication-factor", "1", "--bootstrap", kafka.bootstrap],
            check=True,
            env=_without_settings(),
            stdout=subprocess.DEVNULL,
        )
        cluster = Cluster(kafka, folder)
        try:
            yield cluster
        finally:
            cluster.observer.close(autocommit=False)


def consumer(bootstrap: str, group: str | None = None) -> Any:
    """Return a plain consumer without assignment, from the beginning, that commits nothing."""
    return KafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=_LARGEST_RECORD,
    )


@contextmanager
def producer(bootstrap: str) -> Iterator[Any]:
    """Give a producer that waits for all replicas."""
    client = KafkaProducer(bootstrap_servers=bootstrap, acks="all", max_request_size=_LARGEST_RECORD)
    try:
        yield client
    finally:
        client.close(timeout=30)


def publish_all(bootstrap: str, topic: Topic, records: Iterable[tuple[bytes, bytes]]) -> None:
    """Publish (key, value) pairs; returns when the broker has acknowledged every one.

    A bounded number is outstanding: kafka-python takes any number, and gives up what waits for two minutes.
    """
    waiting: deque[Any] = deque()
    with producer(bootstrap) as client:
        for key, value in records:
            waiting.append(client.send(str(topic), key=key, value=value))
            if len(waiting) > _OUTSTANDING:
                waiting.popleft().get(timeout=60)
        for future in waiting:
            future.get(timeout=60)


def places_of(client: Any, topics: Sequence[str]) -> list[TopicPartition]:
    """Return every partition of ``topics``."""
    return [
        TopicPartition(str(topic), number)
        for topic in topics
        for number in sorted(client.partitions_for_topic(str(topic)) or ())
    ]


def wait_until(holds: Callable[[], bool], seconds: float, what: str, pause: float = 0.1) -> None:
    """Return once ``holds``; raises ``TimeoutError`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(pause)


def _without_settings() -> dict[str, str]:
    keep = ("CLAIMWIRE_CACHE",)
    return {k: v for k, v in os.environ.items() if not k.startswith("CLAIMWIRE_") or k in keep}
