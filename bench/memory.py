"""``python -m bench.memory``: the memory of one language process over many articles, batch by batch.

Each batch goes through the same job as in the worker, raw bytes in, encoded claims out. What articles leave
behind shows as a slope; the article's length does not matter for that, so bodies may be cut short.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import psutil

from bench.articles import LoadArticle, load_articles
from bench.figures import slope
from bench.usage import memory
from workers.agents.jobs import JobSettings, enrich_job, prepare
from workers.wire.messages import DEFAULT_MAX_BODY_BYTES

_BATCH = 16


def main(arguments: Sequence[str]) -> int:
    """Write a line every ``--every`` articles; print what a thousand articles add after the first tenth."""
    parser = argparse.ArgumentParser("python -m bench.memory", description=__doc__)
    parser.add_argument(
        "--data", type=Path, help="folder with articles.jsonl.gz, or a file; else the samples"
    )
    parser.add_argument("--pool", type=int, default=8000, help="different articles, repeated in turn")
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--characters", type=int, default=None, help="cut each body to so many")
    parser.add_argument("--every", type=int, default=500)
    parser.add_argument("--out", type=Path, default=Path("var/memory.jsonl"))
    options = parser.parse_args(arguments)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    pool = [_cut(article, options.characters) for article in load_articles(options.data, options.pool, 1)]
    points = _run(pool, options.articles, options.every, options.out)
    _report(points)
    return 0


def _cut(article: LoadArticle, characters: int | None) -> LoadArticle:
    fields = json.loads(article.value)
    fields["body"] = fields["body"][:characters]
    return LoadArticle(article.key, json.dumps(fields).encode(), len(fields["body"].split()))


def _run(pool: Sequence[LoadArticle], articles: int, every: int, out: Path) -> list[tuple[float, float]]:
    prepare(JobSettings(None, DEFAULT_MAX_BODY_BYTES, 0.0))
    process = psutil.Process()
    points = []
    numbers = iter(range(articles))
    done = 0
    with out.open("w", encoding="utf-8") as file:
        while batch := list(islice(numbers, _BATCH)):
            chosen = [pool[number % len(pool)].renamed(f"-{number}") for number in batch]
            enrich_job([(article.key, article.value) for article in chosen])
            done += len(batch)
            if done // every > (done - len(batch)) // every or done == articles:
                used = memory(process).rss
                points.append((done / 1000, used))
                file.write(json.dumps({"articles": done, "rss_mib": used}) + "\n")
                file.flush()
    return points


def _report(points: Sequence[tuple[float, float]]) -> None:
    settled = points[len(points) // 10 :]
    noise = statistics.pstdev(used for _, used in settled)
    print(
        f"{points[-1][0] * 1000:.0f} articles: {points[0][1]:.1f} MiB at first, {points[-1][1]:.1f} at last; "
        f"{slope(settled):+.3f} MiB a thousand articles, spread {noise:.1f} MiB"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
