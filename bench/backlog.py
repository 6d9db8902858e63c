"""``python -m bench.backlog``: is a backlog of a million worked off at the rate of one of a thousand?

Short articles (a sample's first words, under ids of their own). First a thousand alone; then a million are
published, and the rate is taken over the first thousand of them, in their midst, and over the last: the group
is moved there, as nobody waits for a million. One worker with two language processes, reading alone.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from kafka import OffsetAndMetadata

from bench.articles import load_articles
from bench.cluster import Cluster, consumer, places_of, publish_all, running_cluster, wait_until
from bench.usage import memory
from workers.topology import StageName, Topic

_RAW, _ENRICHED = str(Topic.ARTICLE_RAW), str(Topic.ARTICLE_ENRICHED)
_WORDS = 60
_WARM = 50
_LIMIT_S = 900.0


def main(arguments: Sequence[str]) -> int:
    """Print a line for each place in the backlog."""
    parser = argparse.ArgumentParser("python -m bench.backlog", description=__doc__)
    parser.add_argument("--small", type=int, default=1000)
    parser.add_argument("--large", type=int, default=1_000_000)
    options = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory(prefix="claimwire-backlog-") as name,
        running_cluster(Path(name)) as cluster,
    ):
        _publish(cluster, "small", options.small)
        rates = {"alone": _rate(cluster, options.small)}
        cluster.forget_lag()
        _publish(cluster, "large", options.large)
        for place, share in (("first", 0.0), ("midst", 0.5), ("last", 1.0)):
            _go_to(cluster, options.large, options.small, share)
            rates[place] = _rate(cluster, options.small)
    lowest = min(rates[place] for place in ("first", "midst", "last"))
    print(f"backlog {options.large} beside {options.small}: lowest rate {lowest / rates['alone']:.2f} of it")
    return 0


def _publish(cluster: Cluster, prefix: str, count: int) -> None:
    began = time.monotonic()
    publish_all(cluster.kafka.bootstrap, Topic.ARTICLE_RAW, _articles(prefix, count))
    print(f"published {count} in {time.monotonic() - began:.0f} s", flush=True)


def _articles(prefix: str, count: int) -> Iterator[tuple[bytes, bytes]]:
    texts = [json.loads(article.value) for article in load_articles(None, 20)]
    for number in range(count):
        fields = dict(texts[number % len(texts)], article_id=f"{prefix}-{number}")
        fields["body"] = " ".join(fields["body"].split()[:_WORDS])
        yield fields["article_id"].encode(), json.dumps(fields).encode()


def _go_to(cluster: Cluster, large: int, small: int, share: float) -> None:
    """Move the group: ``share`` of the backlog is behind it, and at least ``small`` before it."""
    client = consumer(cluster.kafka.bootstrap, f"bench-{cluster.folder.name}")
    try:
        places = places_of(client, [_RAW])
        client.assign(places)
        ends = client.end_offsets(places)
        left = max(small, round(large * (1 - share)))
        goal = {place: end - round(left / len(places)) for place, end in ends.items()}
        client.commit({place: OffsetAndMetadata(max(0, at), "", -1) for place, at in goal.items()})
    finally:
        client.close(autocommit=False)


def _rate(cluster: Cluster, count: int) -> float:
    """Return articles a second from the ``_WARM``-th to nearly the ``count``-th; print them with memory."""
    before = _done(cluster)
    with cluster.worker(2, {"CLAIMWIRE_STAGES": StageName.ENRICH.value}) as worker:
        wait_until(lambda: _done(cluster) - before >= _WARM, _LIMIT_S, "the first articles")
        began, first = time.monotonic(), _done(cluster)
        goal = before + round(count * 0.9)
        wait_until(lambda: _done(cluster) >= goal, _LIMIT_S, "nine tenths of them")
        rate = (_done(cluster) - first) / (time.monotonic() - began)
        lag = cluster.lag(_RAW)
        used = sum(memory(process).pss for process in worker.processes()["worker"])
        print(f"lag {lag}: {rate:.1f} articles/s, worker's own memory {used:.0f} MiB", flush=True)
    return rate


def _done(cluster: Cluster) -> int:
    return sum(cluster.sample([_ENRICHED, str(Topic.ARTICLE_RAW.dlq)]).ends.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
