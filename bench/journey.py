"""``python -m bench.journey``: articles published with ``claimwire feed``, and what becomes of every one.

Prints: articles enriched, dropped or dead-lettered with the reason, and none missing; every offset sliced
back; claims an article; articles a second; seconds from publish to claim; memory of each process.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kafka import TopicPartition

from bench.articles import load_articles
from bench.cluster import Cluster, Worker, consumer, places_of, running_cluster, wait_until
from bench.figures import percentile
from bench.latency import Listener
from bench.usage import memory
from workers.domain.claim import Claim
from workers.domain.outcome import Reject
from workers.topology import Topic
from workers.wire.messages import decode_claim, decode_enriched

_LIMIT_S = 1800.0
_FEED = [sys.executable, "-m", "workers.cli.main", "feed"]


@dataclass(slots=True)
class Findings:
    """What came out; ``bad_offsets`` counts spans that are not the text they stand beside."""

    enriched: set[bytes] = field(default_factory=set)
    dead: Counter[str] = field(default_factory=Counter)
    dead_keys: set[bytes] = field(default_factory=set)
    claims: int = 0
    entities: int = 0
    alerts: int = 0
    spans: int = 0
    bad_offsets: int = 0


def main(arguments: Sequence[str]) -> int:
    """Run the journey; 1 when an article is missing or an offset is wrong."""
    parser = argparse.ArgumentParser("python -m bench.journey", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a file or folder that claimwire feed reads")
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rate", type=float, help="articles a second; else all at once")
    options = parser.parse_args(arguments)
    path = options.data / "articles.jsonl.gz" if options.data.is_dir() else options.data
    published = {article.key for article in load_articles(path, options.articles)}
    with (
        tempfile.TemporaryDirectory(prefix="claimwire-journey-") as name,
        running_cluster(Path(name)) as cluster,
    ):
        with cluster.worker(options.processes) as worker, Listener(cluster.kafka.bootstrap) as listener:
            wait_until(worker.is_ready, 120, "a ready worker")
            began = time.monotonic()
            _feed(cluster, path, options.articles, options.rate)
            wait_until(lambda: _done(cluster, worker), _LIMIT_S, "every record settled", pause=1.0)
            seconds = time.monotonic() - began
            used = _memory(worker)
            drops = _drops(worker)
        found = read_back(cluster)
    latencies = [now - moment / 1000 for moment, now in listener.arrivals.claims]
    return _report(published, found, drops, seconds, latencies, used)


def read_back(cluster: Cluster) -> Findings:
    """Read every output topic and hold every span against its text."""
    found = Findings()
    texts: dict[str, str] = {}
    claims: list[Claim] = []
    for record in _records(cluster):
        if record.topic == Topic.ARTICLE_ENRICHED:
            found.enriched.add(record.key)
            _take_article(found, texts, record.value)
        elif record.topic == Topic.CLAIM:
            claim = decode_claim(record.value)
            if isinstance(claim, Reject):
                raise RuntimeError(f"a published claim does not read back: {claim.detail}")
            claims.append(claim)
        elif record.topic == Topic.ALERT:
            found.alerts += 1
        else:
            found.dead[dict(record.headers)["dlq-reason"].decode()] += 1
            found.dead_keys.add(record.key)
    for claim in claims:
        _take_claim(found, texts[claim.article_id], claim)
    return found


def _take_article(found: Findings, texts: dict[str, str], value: bytes) -> None:
    article = decode_enriched(value)
    if isinstance(article, Reject):
        raise RuntimeError(f"a published article does not read back: {article.detail}")  # noqa: TRY004 - a broken promise, no wrong type
    texts[article.article_id] = article.text
    found.entities += len(article.entities)
    for entity in article.entities:
        for mention in entity.mentions:
            _check(found, article.text, mention.start, mention.end, mention.text)


def _take_claim(found: Findings, text: str, claim: Claim) -> None:
    found.claims += 1
    parts = [claim.source, claim.cue, claim.addressee, claim.condition, *claim.via]
    texts = [(part.text, part.start, part.end) for part in parts if part is not None]
    texts += [(quantity.text, quantity.start, quantity.end) for quantity in claim.quantities]
    texts += [(mention.text, mention.start, mention.end) for mention in claim.dates]
    for words, start, end in texts:
        _check(found, text, start, end, words)
    found.spans += 1
    if " ".join(text[span.start : span.end] for span in claim.content.spans) != claim.content.text:
        found.bad_offsets += 1


def _check(found: Findings, text: str, start: int, end: int, expected: str) -> None:
    found.spans += 1
    if not expected or text[start:end] != expected:
        found.bad_offsets += 1


def _records(cluster: Cluster) -> Iterator[Any]:
    topics = [str(t) for t in (Topic.ARTICLE_ENRICHED, Topic.CLAIM, Topic.ALERT)]
    client = consumer(cluster.kafka.bootstrap)
    try:
        places = places_of(client, [*topics, Topic.ARTICLE_RAW.dlq, Topic.CLAIM.dlq])
        client.assign(places)
        ends = client.end_offsets(places)
        client.seek_to_beginning(*places)
        while any(client.position(place) < ends[TopicPartition(*place)] for place in places):
            for batch in client.poll(timeout_ms=200).values():
                yield from (record for record in batch if record.value is not None)
    finally:
        client.close(autocommit=False)


def _feed(cluster: Cluster, path: Path, articles: int, rate: float | None) -> None:
    command = [*_FEED, str(path), "--limit", str(articles), "--bootstrap", cluster.kafka.bootstrap]
    if rate is not None:
        command += ["--rate", str(rate)]
    subprocess.run(command, check=True)  # noqa: S603 - our own program


def _done(cluster: Cluster, worker: Worker) -> bool:
    worker.check()
    return not cluster.has_lag()


def _drops(worker: Worker) -> Counter[str]:
    """Return the drops of the enrich stage that the worker has counted, by reason."""
    found: Counter[str] = Counter()
    for line in worker.metrics().splitlines():
        if line.startswith('claimwire_drops_total{reason="') and 'stage="enrich-articles"' in line:
            found[line.split('"')[1]] += int(float(line.rpartition(" ")[2]))
    return found


def _memory(worker: Worker) -> dict[str, list[dict[str, float]]]:
    return {
        kind: [{"rss": m.rss, "pss": m.pss} for m in map(memory, found)]
        for kind, found in worker.processes().items()
    }


def _report(
    published: set[bytes],
    found: Findings,
    drops: Counter[str],
    seconds: float,
    latencies: Sequence[float],
    used: dict[str, Any],
) -> int:
    missing = len(published - found.enriched - found.dead_keys) - drops.total()
    print(f"published {len(published)}, enriched {len(found.enriched)}, missing {missing}")
    print(f"dead letters {dict(found.dead)}, dropped {dict(+drops)}")
    print(f"spans checked {found.spans}, not slicing back {found.bad_offsets}")
    print(f"entities an article {found.entities / max(len(found.enriched), 1):.1f}")
    print(f"claims an article {found.claims / max(len(found.enriched), 1):.1f}, alerts {found.alerts}")
    print(f"seconds {seconds:.1f}, articles a second {len(published) / seconds:.2f}")
    if latencies:
        marks = ", ".join(f"p{p} {percentile(latencies, p):.1f}" for p in (50, 95))
        print(f"seconds from publish to claim: {marks}")
    print(f"memory MiB {json.dumps(used)}")
    return 1 if missing or found.bad_offsets else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
