"""Ten times more comes in than goes out: the worker's memory stays what it was, the rest waits in Kafka."""

import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.articles import raw_articles
from tests.support.stack import Stack, Worker, make_topics
from workers.broker.local import LocalKafka
from workers.topology import Topic

pytestmark = [pytest.mark.kafka, pytest.mark.model, pytest.mark.slow, pytest.mark.timeout(600)]

WARM_UP = 6
ARTICLES = 4_000
PARAGRAPHS = 150  # some 25 kB: 100 MB in all
WATCHED_S = 45.0
GROWTH_MB = 60.0


@pytest.fixture
def stack(kafka: LocalKafka, tmp_path: Path) -> Iterator[Stack]:
    if not kafka.is_running:
        kafka.start()
    make_topics(kafka.bootstrap)
    built = Stack(kafka.bootstrap, tmp_path)
    yield built
    built.close()


def megabytes(worker: Worker) -> tuple[float, float]:
    """Return the resident memory of the worker itself, and of its language processes."""
    own = psutil.Process(worker.pid)
    children = sum(child.memory_info().rss for child in own.children())
    return own.memory_info().rss / 2**20, children / 2**20


def emitted(worker: Worker) -> float:
    return worker.metric('claimwire_records_total{outcome="emitted",stage="enrich-articles"}')


def test_memory_stays_bounded_while_ten_times_more_comes_in_than_goes_out(stack: Stack) -> None:
    worker = stack.start_worker(batch_records="1")  # so that something is out soon, on a slow machine too
    worker.wait_until_ready(300)
    stack.publish(list(raw_articles(WARM_UP, seed=81, paragraphs=PARAGRAPHS)))
    stack.wait_for(WARM_UP, [str(Topic.ARTICLE_ENRICHED)], seconds=300)
    before = megabytes(worker)

    published_at = time.monotonic()
    for start in range(0, ARTICLES, 1_000):
        stack.publish(list(raw_articles(1_000, seed=100 + start, paragraphs=PARAGRAPHS)))
    came_in = ARTICLES / (time.monotonic() - published_at)
    done = emitted(worker)
    samples = [megabytes(worker)]
    watched_since = time.monotonic()
    while time.monotonic() - watched_since < WATCHED_S or emitted(worker) == done:
        time.sleep(1.0)  # the pace of the samples
        samples.append(megabytes(worker))
    went_out = (emitted(worker) - done) / (time.monotonic() - watched_since)

    print(f"in {came_in:.0f}/s out {went_out:.1f}/s before {before} peak {max(samples)} last {samples[-1]}")
    assert came_in > 10 * went_out > 0
    for part, name in enumerate(("worker", "language processes")):
        grown = max(sample[part] for sample in samples) - before[part]
        assert grown < GROWTH_MB, f"{name}: {grown:.0f} MB more than {before[part]:.0f} MB"
