"""``python -m bench``: measures everything and ends with one line of ratios."""

import argparse
import dataclasses
import itertools
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.articles import LoadArticle, load_articles, total_words
from bench.cluster import Cluster, running_cluster, wait_until
from bench.compare import Rounds, rounds, side_by_side
from bench.figures import percentile, spread
from bench.latency import Latencies, first_claim, offered
from bench.machine import load_average, machine, model
from bench.model import BATCH, Models, Task, usable
from bench.plan import FULL, HALF, QUICK, TRIAL, Effort, chosen

_RESULTS = Path(__file__).parent / "results"
_MOST_ARTICLES = 2000
_PERCENTS = (50, 95, 99)


def main(arguments: Sequence[str]) -> int:
    """Measure, write the results file, print the summary line."""
    parser = argparse.ArgumentParser("python -m bench", description=__doc__)
    parser.add_argument(
        "--data", type=Path, help="folder with articles.jsonl.gz, or a file; else the samples"
    )
    parser.add_argument("--effort", choices=("full", "quick", "trial"), default="full")
    parser.add_argument("--workers", type=int, nargs="+", help="language processes to try, 1 and 2 included")
    parser.add_argument("--results", type=Path, default=_RESULTS)
    options = parser.parse_args(arguments)
    effort = {"full": FULL, "quick": QUICK, "trial": TRIAL}[options.effort]
    if options.workers is not None:
        if not {1, 2} <= set(options.workers):
            parser.error("--workers: 1 and 2 have to be among them")
        effort = dataclasses.replace(effort, worker_counts=tuple(options.workers))
    if options.data is not None and not options.data.exists():
        parser.error(f"{options.data}: no such file or folder")
    began = time.monotonic()
    found = measured(options.data, effort)
    found["minutes"] = round((time.monotonic() - began) / 60, 1)
    options.results.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    path = options.results / f"{options.effort}-{stamp}.json"
    path.write_text(json.dumps(_plain(found), indent=1) + "\n", "utf-8")
    say(f"results: {path}")
    print(" ".join(f"{name}={value:.2f}" for name, value in found["summary"].items()))
    return 0


def say(line: str) -> None:
    """Tell how far it is, on standard error."""
    print(line, file=sys.stderr, flush=True)


def measured(data: Path | None, effort: Effort) -> dict[str, Any]:
    """Run every measurement of ``effort``."""
    found: dict[str, Any] = {
        "machine": machine(),
        "model": model(),
        "articles": "given" if data is not None else "samples, repeated with changes",
        "load_average_before": load_average(),
    }
    pool = [each for each in _loaded(data, effort) if usable(each)]
    with Models(1) as models:
        articles = _selection(models, pool, effort)
        found["selection"] = {"articles": len(articles), "words": total_words(articles)}
        say(f"{len(articles)} articles, {total_words(articles)} words")
        beside = articles[: effort.side_batches * BATCH]
        found["side_by_side"] = side = side_by_side(models, beside)
        own = statistics.median(models.one(Task.SINGLE, pool[len(articles) :][: 2 * BATCH] or articles).each)
        found["own_seconds_per_article"] = own
        say(f"words/s: { {task: round(rate.median) for task, rate in side['words_per_second'].items()} }")
    with (
        tempfile.TemporaryDirectory(prefix="claimwire-bench-") as name,
        running_cluster(Path(name)) as cluster,
    ):
        turns = rounds(cluster, articles, effort, say)
        found["through_kafka"] = _through_kafka(turns, effort)
        found["all_stages"] = {
            "efficiency": turns.whole_efficiency(),
            "cpu_efficiency": turns.whole_cpu_efficiency(),
            "runs": turns.whole,
        }
        cluster.forget_lag()
        fresh = _endless(pool[len(articles) :] or articles)
        found["latency"], start_s, half = _latency(cluster, fresh, turns, effort, own)
        found["cold_start_to_first_claim_seconds"] = start_s
    found["load_average_after"] = load_average()
    found["summary"] = {
        "efficiency": turns.efficiency(2).median,
        "scaling": turns.scaling(2).median,
        "cnn_ratio": side["cnn_ratio"].median,
        "p50_ratio": percentile(half.claim, 50) / own,
        "p99_ratio": percentile(half.claim, 99) / own,
    }
    return found


def _loaded(data: Path | None, effort: Effort) -> list[LoadArticle]:
    try:
        return load_articles(data, _MOST_ARTICLES, effort.least_batches * BATCH)
    except ValueError as error:
        raise SystemExit(f"bench: {error}") from None


def _selection(models: Models, pool: list[LoadArticle], effort: Effort) -> list[LoadArticle]:
    """Return as many articles as the effort has time for."""
    models.one(Task.PIPE, pool[:2])
    return chosen(pool, models.one(Task.PIPE, pool[2:10]).words_per_second, effort)


def _through_kafka(turns: Rounds, effort: Effort) -> dict[str, Any]:
    return {
        str(processes): {
            "words_per_second": spread([run.steady.words_per_second for run in runs]),
            "articles_per_second": spread([run.steady.articles_per_second for run in runs]),
            "alone_words_per_second": spread(turns.alone_rates(processes)),
            "efficiency": turns.efficiency(processes),
            "cpu_efficiency": turns.cpu_efficiency(processes),
            "scaling": turns.scaling(processes),
            "model_scaling": turns.model_scaling(processes),
            "backlog_start_to_first_claim_seconds": spread([run.first_claim_seconds for run in runs]),
            "cpu_seconds_in_steady_part": [run.cpu for run in runs],
            "articles_in_steady_part": [run.steady.articles for run in runs],
            "memory_mib": runs[-1].memory,
        }
        for processes, runs in ((count, turns.through_kafka[count]) for count in effort.worker_counts)
    }


def _endless(articles: Sequence[LoadArticle]) -> Iterator[LoadArticle]:
    """Give articles that no pass had before: what has been seen costs other than news does."""
    for turn in itertools.count():
        yield from (article.renamed(f"-fresh-{turn}") for article in articles)


def _latency(
    cluster: Cluster, fresh: Iterator[LoadArticle], turns: Rounds, effort: Effort, own: float
) -> tuple[list[dict[str, Any]], float, Latencies]:
    """Offer each load to one worker of all stages and two processes, started cold with one article.

    A load is a share of what such a worker gets done with a backlog, relations and alerts included.
    """
    saturation = spread([run.articles / run.seconds for run in turns.whole]).median
    told, runs = [], {}
    with cluster.worker(2) as worker:
        start_s = first_claim(cluster, next(fresh), worker.started_at)
        wait_until(worker.is_ready, 60, "a ready worker")
        offered(cluster, list(itertools.islice(fresh, 8)), saturation)
        for load in effort.loads:
            share, count = load.share, load.count(saturation)
            batch = list(itertools.islice(fresh, count))
            runs[share] = offered(cluster, batch, share * saturation)
            told.append(_told(share, runs[share], own))
            say(f"latency at {share:.0%} of saturation: {told[-1]}")
    return told, start_s, runs[HALF]


def _told(share: float, run: Latencies, own: float) -> dict[str, Any]:
    return {
        "share_of_saturation": share,
        "articles_per_second": round(run.rate, 3),
        "claim_seconds": {f"p{p}": round(percentile(run.claim, p), 3) for p in _PERCENTS},
        "claim_ratio_to_own": {f"p{p}": round(percentile(run.claim, p) / own, 2) for p in _PERCENTS},
        "articles_with_claims": len(run.claim),
        "alert_seconds": {f"p{p}": round(percentile(run.alert, p), 3) for p in _PERCENTS if run.alert},
        "alerts": len(run.alert),
    }


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _plain(dataclasses.asdict(value))
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return round(value, 4) if isinstance(value, float) else value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
