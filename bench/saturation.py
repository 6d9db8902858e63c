"""(b) The worker through Kafka, saturated: a backlog is there before it starts.

``saturate`` runs the stage that reads articles alone: what Kafka and Faust cost beside the model.
``work_off`` runs all stages until the last relation and alert is out: what the whole product costs.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

from bench.articles import LoadArticle
from bench.cluster import Cluster, Worker, wait_until
from bench.figures import Sample, Steady, steady
from bench.model import BATCH
from bench.usage import Memory, cpu_seconds, memory
from workers.topology import StageName, Topic

_LIMIT_S = 900.0
_PAUSE_S = 0.1


@dataclass(frozen=True, slots=True)
class Saturated:
    """One run; CPU seconds are those between the steady part's ends, by kind of process."""

    steady: Steady
    first_claim_seconds: float
    cpu: dict[str, float]
    memory: dict[str, list[Memory]]


@dataclass(frozen=True, slots=True)
class Whole:
    """All stages, from the first completed batch until nothing was left; CPU seconds by kind of process.

    ``words`` are those of the ``articles`` that were completed after that first batch.
    """

    articles: int
    words: int
    seconds: float
    cpu: dict[str, float]


def saturate(cluster: Cluster, articles: Sequence[LoadArticle], processes: int) -> Saturated:
    """Publish ``articles`` (all usable, ids not seen before), start a worker of one stage, and watch it."""
    outputs = [str(Topic.ARTICLE_ENRICHED)]
    begin = cluster.sample(outputs)
    claims_before = _total(cluster.sample([str(Topic.CLAIM)]))
    cluster.publish(articles)
    with cluster.worker(processes, {"CLAIMWIRE_STAGES": StageName.ENRICH.value}) as worker:
        watch = _Watch(cluster, worker, begin, claims_before)
        watch.until(len(articles))
        used = {kind: [memory(process) for process in found] for kind, found in worker.processes().items()}
    words = {article.key: article.words for article in articles}
    end = watch.samples[-1]
    by_place = {place: words[key] for place, key in cluster.keys(begin.ends, end.ends).items()}
    part = steady(watch.samples, by_place, skip=BATCH // 2, busy_until=len(articles) - (processes > 1))
    return Saturated(part, watch.first_claim - worker.started_at, watch.cpu_between(part), used)


def work_off(cluster: Cluster, articles: Sequence[LoadArticle], processes: int) -> Whole:
    """Publish ``articles`` and let a worker of all stages bring them to their last relation and alert."""
    cluster.forget_lag()
    begin = cluster.sample([str(Topic.ARTICLE_ENRICHED)])
    cluster.publish(articles)
    with cluster.worker(processes, {"CLAIMWIRE_COMMIT_INTERVAL": "0.5"}) as worker:
        watch = _Watch(cluster, worker, begin, 0)
        watch.until(len(articles))
        wait_until(lambda: not cluster.has_lag(), _LIMIT_S, "all stages done", _PAUSE_S)
        first = watch.samples[1]
        ended, spent = time.monotonic(), watch.cpu_now()
    words = {article.key: article.words for article in articles}
    done = [words[key] for key in cluster.keys(first.ends, watch.samples[-1].ends).values()]
    before = watch.cpu_at(first)
    cpu = {kind: round(spent[kind] - before[kind], 2) for kind in spent}
    return Whole(len(done), sum(done), ended - first.at, cpu)


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
        goal = _total(self.samples[0]) + count
        while _total(self.samples[-1]) < goal:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{goal - _total(self.samples[-1])} of {count} articles did not come out")
            time.sleep(_PAUSE_S)
            self._worker.check()
            self._see_claims()
            sample = self._cluster.sample([str(Topic.ARTICLE_ENRICHED)])
            if sample.ends != self.samples[-1].ends:
                self._cpu[sample.at] = self.cpu_now()
                self.samples.append(sample)

    def cpu_now(self) -> dict[str, float]:
        """Return the processor seconds of each kind of process since it started."""
        kinds = {**self._worker.processes(), "broker": [psutil.Process(self._cluster.kafka.pid)]}
        return {kind: cpu_seconds(found) for kind, found in kinds.items()}

    def cpu_at(self, sample: Sample) -> dict[str, float]:
        """Return the same as it was when ``sample`` was taken."""
        return self._cpu[sample.at]

    def cpu_between(self, part: Steady) -> dict[str, float]:
        """Return the processor seconds of each kind of process during the steady part."""
        first, last = self._cpu[part.first_at], self._cpu[part.last_at]
        return {kind: round(last[kind] - first[kind], 2) for kind in last}

    def _see_claims(self) -> None:
        if not self.first_claim and _total(self._cluster.sample([str(Topic.CLAIM)])) > self._claims_before:
            self.first_claim = time.monotonic()


def _total(sample: Sample) -> int:
    return sum(sample.ends.values())
