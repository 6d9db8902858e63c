"""(c) From publish to claim and to alert, at a share of saturation, with arrivals as chance brings them.

A record's timestamp is when it was due, not when the producer came round to it: a producer held up by a busy
machine hides nothing. Claims and alerts carry the timestamp of the article they were made from.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from bench.articles import LoadArticle
from bench.cluster import Cluster, consumer, places_of, producer, wait_until
from bench.figures import poisson_schedule
from workers.topology import Topic

_WATCHED = (Topic.ARTICLE_ENRICHED, Topic.CLAIM, Topic.ALERT, Topic.ARTICLE_RAW.dlq)
_POLL_MS = 20
_LIMIT_S = 300.0
_SEED = 7


@dataclass(slots=True)
class Arrivals:
    """What came: keys of articles; record timestamp (ms) and wall-clock arrival (s) of claims and alerts."""

    done: set[bytes] = field(default_factory=set)
    claims: list[tuple[int, float]] = field(default_factory=list)
    alerts: list[tuple[int, float]] = field(default_factory=list)


class Listener:
    """A plain consumer in a thread of its own, from the topics' present ends on."""

    def __init__(self, bootstrap: str) -> None:
        self.arrivals = Arrivals()
        self._client: Any = consumer(bootstrap)
        places = places_of(self._client, [str(topic) for topic in _WATCHED])
        self._client.assign(places)
        self._client.seek_to_end(*places)
        for place in places:
            self._client.position(place)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="listener")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._client.close(autocommit=False)

    def _listen(self) -> None:
        while not self._stop.is_set():
            batches = self._client.poll(timeout_ms=_POLL_MS)
            now = time.time()
            for batch in batches.values():
                for record in batch:
                    self._take(record, now)

    def _take(self, record: Any, now: float) -> None:
        if record.topic == Topic.CLAIM:
            self.arrivals.claims.append((record.timestamp, now))
        elif record.topic == Topic.ALERT:
            self.arrivals.alerts.append((record.timestamp, now))
        else:
            self.arrivals.done.add(record.key)


@dataclass(frozen=True, slots=True)
class Latencies:
    """Seconds from publish to an article's last claim, and to each alert; ``rate`` is articles a second."""

    rate: float
    claim: tuple[float, ...]
    alert: tuple[float, ...]


def offered(cluster: Cluster, articles: Sequence[LoadArticle], rate: float) -> Latencies:
    """Publish ``articles`` at ``rate`` a second to a worker that is ready; wait for all that comes out."""
    with Listener(cluster.kafka.bootstrap) as listener:
        due = _publish(cluster.kafka.bootstrap, articles, rate)
        keys = {article.key for article in articles}
        wait_until(lambda: keys <= listener.arrivals.done, _LIMIT_S, "all articles")
        wait_until(lambda: not cluster.has_lag(), _LIMIT_S, "no lag", pause=0.5)
        time.sleep(4 * _POLL_MS / 1000)  # the last alert is on its way to the listener
        arrivals = listener.arrivals
    last = dict(sorted(arrivals.claims, key=lambda claim: claim[1]))
    return Latencies(
        rate,
        tuple(last[moment] - moment / 1000 for moment in due if moment in last),
        tuple(now - moment / 1000 for moment, now in arrivals.alerts),
    )


def first_claim(cluster: Cluster, article: LoadArticle, started_at: float) -> float:
    """Return seconds from ``started_at`` (monotonic) to the first claim of ``article``, published now."""
    with Listener(cluster.kafka.bootstrap) as listener:
        cluster.publish([article])
        wait_until(lambda: bool(listener.arrivals.claims), _LIMIT_S, "the first claim", pause=0.02)
        return time.monotonic() - started_at


def _publish(bootstrap: str, articles: Sequence[LoadArticle], rate: float) -> list[int]:
    """Publish when each is due; return the timestamps, all different, in milliseconds."""
    schedule = poisson_schedule(rate, len(articles), _SEED)
    began_wall, began = time.time() + 0.2, time.monotonic() + 0.2
    due: list[int] = []
    with producer(bootstrap) as client:
        for article, offset in zip(articles, schedule, strict=True):
            moment = int((began_wall + offset) * 1000)
            due.append(max(moment, due[-1] + 1) if due else moment)
            news = article.published(due[-1] / 1000)
            time.sleep(max(0.0, began + offset - time.monotonic()))
            client.send(str(Topic.ARTICLE_RAW), key=news.key, value=news.value, timestamp_ms=due[-1])
        client.flush()
    return due
