"""(b) The worker through Kafka, saturated: a backlog is there before it starts."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

from bench.articles import LoadArticle
from bench.cluster import Cluster, Worker
from bench.figures import Sample, Steady, steady
from bench.model import BATCH
from bench.usage import Memory, cpu_seconds, memory
from workers.topology import Topic

_LIMIT_S = 900.0
_PAUSE_S = 0.1


@dataclass(frozen=True, slots=True)
class Saturated:
    """One run; CPU seconds are those between the steady part's ends, by kind of process."""

    steady: Steady
    first_claim_seconds: float
    cpu: dict[str, float]
    memory: dict[str, list[Memory]]


def saturate(cluster: Cluster, articles: Sequence[LoadArticle], processes: int) -> Saturated:
    """Publish ``articles`` (all usable, ids not seen before), start a worker, and watch it work them off."""
    outputs = [str(Topic.ARTICLE_ENRICHED)]
    begin = cluster.sample(outputs)
    claims_before = _total(cluster.sample([str(Topic.CLAIM)]))
    cluster.publish(articles)
    with cluster.worker(processes) as worker:
        watch = _Watch(cluster, worker, begin, claims_before)
        watch.until(len(articles))
        used = {kind: [memory(process) for process in found] for kind, found in worker.processes().items()}
    words = {article.key: article.words for article in articles}
    end = watch.samples[-1]
    by_place = {place: words[key] for place, key in cluster.keys(begin.ends, end.ends).items()}
    part = steady(watch.samples, by_place, skip=BATCH // 2, busy_until=len(articles) - (processes > 1))
    return Saturated(part, watch.first_claim - worker.started_at, watch.cpu_between(part), used)


class _Watch:
    """Samples the end of the enriched topic, and the processor time spent up to there."""

    def __init__(self, cluster: Cluster, worker: Worker, begin: Sample, claims_before: int) -> None:
        self._cluster, self._worker = cluster, worker
        self._claims_before = claims_before
        self._cpu: dict[float, dict[str, float]] = {}
        self.samples = [begin]
        self.first_claim = 0.0

    def until(self, count: int) -> None:
        """Return when ``count`` articles have come out; ``TimeoutError`` if they do not."""
        deadline = time.monotonic() + _LIMIT_S
        broker = psutil.Process(self._cluster.kafka.pid)
        goal = _total(self.samples[0]) + count
        while _total(self.samples[-1]) < goal:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{goal - _total(self.samples[-1])} of {count} articles did not come out")
            time.sleep(_PAUSE_S)
            self._worker.check()
            self._see_claims()
            sample = self._cluster.sample([str(Topic.ARTICLE_ENRICHED)])
            if sample.ends != self.samples[-1].ends:
                kinds = {**self._worker.processes(), "broker": [broker]}
                self._cpu[sample.at] = {kind: cpu_seconds(found) for kind, found in kinds.items()}
                self.samples.append(sample)

    def cpu_between(self, part: Steady) -> dict[str, float]:
        """Return the processor seconds of each kind of process during the steady part."""
        first, last = self._cpu[part.first_at], self._cpu[part.last_at]
        return {kind: round(last[kind] - first[kind], 2) for kind in last}

    def _see_claims(self) -> None:
        if not self.first_claim and _total(self._cluster.sample([str(Topic.CLAIM)])) > self._claims_before:
            self.first_claim = time.monotonic()


def _total(sample: Sample) -> int:
    return sum(sample.ends.values())
