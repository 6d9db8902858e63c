"""``python -m bench.peers``: the same articles, model, broker and cores; other frameworks around them.

For each: articles a second off a backlog, seconds from publish to the enriched article at half of
claimwire's rate, memory, and what is missing after one SIGKILL in mid work and a restart.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kafka import TopicPartition

from bench.articles import LoadArticle, load_articles
from bench.cluster import consumer, places_of, producer, running_cluster
from bench.figures import percentile, poisson_schedule
from bench.machine import load_average, machine, model
from bench.model import usable
from bench.peers import enriching
from bench.peers.contestants import Contestant, Name, Running, named
from bench.usage import memory
from workers.broker.errors import BrokerError

_QUIET_S = 20.0
_GIVEN_UP_S = 120.0
_WARM = 8
_SEED = 11


def main(arguments: Sequence[str]) -> int:
    """Run every contestant through the three phases; print a table and keep the results."""
    parser = argparse.ArgumentParser("python -m bench.peers", description=__doc__)
    parser.add_argument(
        "--data", type=Path, help="folder with articles.jsonl.gz, or a file; else the samples"
    )
    parser.add_argument("--python", default=sys.executable, help="a Python that has the peers installed")
    parser.add_argument("--articles", type=int, default=120, help="of the backlog")
    parser.add_argument("--killed", type=int, default=60, help="articles of the run that is killed")
    parser.add_argument("--only", nargs="*", default=[], choices=[name.name.lower() for name in Name])
    parser.add_argument("--results", type=Path, default=Path(__file__).parents[1] / "results")
    options = parser.parse_args(arguments)
    pool = [each for each in load_articles(options.data, 4 * options.articles, 1) if usable(each)]
    backlog = pool[: options.articles]
    killed = sorted(pool, key=lambda article: article.words)[: options.killed]
    enriching.load()
    with (
        tempfile.TemporaryDirectory(prefix="claimwire-peers-") as name,
        running_cluster(Path(name)) as cluster,
    ):
        found: dict[str, Any] = {}
        rate: float | None = None
        for contestant in named(options.only, cluster, Path(name) / "peers", options.python):
            try:
                found[contestant.name] = _measured(contestant, backlog, killed, rate)
            except (RuntimeError, TimeoutError, BrokerError) as error:
                found[contestant.name] = {"failed": str(error)[-600:]}
            else:
                rate = rate or found[contestant.name]["articles_per_second"] / 2
            print(contestant.name, json.dumps(found[contestant.name]), file=sys.stderr, flush=True)
    _keep(options.results, found, backlog)
    _table(found)
    return 0


def _measured(
    contestant: Contestant, backlog: Sequence[LoadArticle], killed: Sequence[LoadArticle], rate: float | None
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    _publish(contestant, [article.renamed("-peer") for article in backlog])
    with contestant.running() as running:
        done = _watched(contestant, running, len(backlog))
        steady = done[_WARM:-1]
        result["articles_per_second"] = round((len(steady) - 1) / (steady[-1] - steady[0]), 3)
        result["pss_mib"] = round(sum(memory(process).pss for process in running.all()), 1)
        offered = rate or result["articles_per_second"] / 2
        waits = _latencies(contestant, running, backlog, offered)
        result["offered_per_second"] = round(offered, 3)
        result["seconds"] = {f"p{p}": round(percentile(waits, p), 3) for p in (50, 95, 99)}
        result["seconds_mean"] = round(statistics.mean(waits), 3)
    result["killed"] = _killed(contestant, killed)
    return result


def _watched(contestant: Contestant, running: Running, count: int) -> list[float]:
    """Return when each of ``count`` enriched articles was seen (monotonic, in order)."""
    topics = [contestant.topics.articles]
    before = sum(contestant.cluster.sample(topics).ends.values())
    seen: list[float] = []
    deadline = time.monotonic() + 900
    while len(seen) < count:
        running.check()
        now = sum(contestant.cluster.sample(topics).ends.values()) - before
        seen += [time.monotonic()] * (now - len(seen))
        if time.monotonic() > deadline:
            raise TimeoutError(f"{count - len(seen)} of {count} articles did not come out")
        time.sleep(0.05)
    return seen


def _latencies(
    contestant: Contestant, running: Running, pool: Sequence[LoadArticle], rate: float
) -> list[float]:
    """Offer ``pool`` at ``rate`` with Poisson arrivals; seconds from due to the enriched article."""
    articles = [article.renamed("-offered") for article in pool]
    client = _from_the_end(contestant)
    due: dict[bytes, float] = {}
    came: dict[bytes, float] = {}
    schedule = poisson_schedule(rate, len(articles), _SEED)
    began = time.monotonic() + 0.2
    pending = list(zip(articles, schedule, strict=True))
    deadline = began + schedule[-1] + 300
    try:
        with producer(contestant.cluster.kafka.bootstrap) as sender:
            while len(came) < len(articles):
                running.check()
                while pending and began + pending[0][1] <= time.monotonic():
                    article, offset = pending.pop(0)
                    due[article.key] = began + offset
                    sender.send(contestant.topics.source, key=article.key, value=article.value)
                for batch in client.poll(timeout_ms=10).values():
                    came |= {record.key: time.monotonic() for record in batch if record.key in due}
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{len(articles) - len(came)} offered articles did not come out")
    finally:
        client.close(autocommit=False)
    return [came[key] - due[key] for key in due]


def _killed(contestant: Contestant, articles: Sequence[LoadArticle]) -> dict[str, int]:
    """Kill everything after a third has come out, start anew, wait until it is quiet; count."""
    named_anew = [article.renamed("-killed") for article in articles]
    begin = contestant.cluster.sample(list(contestant.topics.all[1:]))
    before = sum(end for place, end in begin.ends.items() if place[0] == contestant.topics.articles)
    with contestant.running() as running:
        _publish(contestant, named_anew)
        _watched(contestant, running, len(articles) // 3)
        running.kill()
        out = sum(contestant.cluster.sample([contestant.topics.articles]).ends.values()) - before
    with contestant.running():
        _until_quiet(contestant, len(articles) - out)
    expected = {article.key: enriching.enriched(article.key, article.value) for article in named_anew}
    wanted_claims = {claim for made in expected.values() if made is not None for claim, _ in made[1]}
    values = _values(contestant, begin.ends)
    claims_out = values[contestant.topics.claims]
    articles_out = {k: v for k, v in values[contestant.topics.articles].items() if k in expected}
    return {
        "articles": len(expected),
        "articles_lost": len(expected.keys() - articles_out.keys()),
        "claims_lost": len(wanted_claims - claims_out.keys()),
        "articles_repeated": sum(len(each) - 1 for each in articles_out.values()),
        "articles_differing": sum(
            len(set(each)) > 1 for key, each in articles_out.items() if key in expected
        ),
    }


def _until_quiet(contestant: Contestant, wanted: int) -> None:
    """Return when nothing new has come out for a while: long when ``wanted`` articles are not there yet."""
    articles, claims = contestant.topics.all[1:]
    first = contestant.cluster.sample([articles, claims]).ends
    last, changed = first, time.monotonic()
    while True:
        time.sleep(0.5)
        ends = contestant.cluster.sample([articles, claims]).ends
        if ends != last:
            last, changed = ends, time.monotonic()
        come = sum(end - first[place] for place, end in ends.items() if place[0] == articles)
        if time.monotonic() - changed > (_QUIET_S if come >= wanted else _GIVEN_UP_S):
            return


def _values(
    contestant: Contestant, begin: Mapping[tuple[str, int], int]
) -> dict[str, dict[bytes, list[bytes]]]:
    client = consumer(contestant.cluster.kafka.bootstrap)
    found: dict[str, dict[bytes, list[bytes]]] = {topic: {} for topic in contestant.topics.all}
    try:
        places = [TopicPartition(*place) for place in begin]
        client.assign(places)
        ends = client.end_offsets(places)
        for place in places:
            client.seek(place, begin[place.topic, place.partition])
        while any(client.position(place) < ends[place] for place in places):
            for batch in client.poll(timeout_ms=200).values():
                for record in batch:
                    found[record.topic].setdefault(record.key, []).append(record.value)
    finally:
        client.close(autocommit=False)
    return found


def _from_the_end(contestant: Contestant) -> Any:
    client = consumer(contestant.cluster.kafka.bootstrap)
    places = places_of(client, [contestant.topics.articles])
    client.assign(places)
    client.seek_to_end(*places)
    for place in places:
        client.position(place)
    return client


def _publish(contestant: Contestant, articles: Sequence[LoadArticle]) -> None:
    with producer(contestant.cluster.kafka.bootstrap) as sender:
        futures = [sender.send(contestant.topics.source, key=a.key, value=a.value) for a in articles]
        for future in futures:
            future.get(timeout=60)


def _keep(folder: Path, found: Mapping[str, Any], backlog: Sequence[LoadArticle]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    words = Counter({"articles": len(backlog), "words": sum(article.words for article in backlog)})
    report = {
        "machine": machine(),
        "model": model(),
        "load_average_after": load_average(),
        "backlog": words,
        "contestants": found,
    }
    (folder / f"peers-{stamp}.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")


def _table(found: Mapping[str, Any]) -> None:
    print("system | articles/s | p50 s | p99 s | memory MiB | lost articles, claims | repeated, differing")
    for name, each in found.items():
        if "failed" in each:
            print(f"{name} | failed: {each['failed']}")
            continue
        killed = each["killed"]
        print(
            f"{name} | {each['articles_per_second']:.2f} | {each['seconds']['p50']:.2f} |"
            f" {each['seconds']['p99']:.2f} | {each['pss_mib']:.0f} |"
            f" {killed['articles_lost']}, {killed['claims_lost']} of {killed['articles']} articles |"
            f" {killed['articles_repeated']}, {killed['articles_differing']}"
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
