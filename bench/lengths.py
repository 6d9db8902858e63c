"""``python -m bench.lengths``: what an article costs that is twice as long: two of like length told as one.

Processor seconds of one process from raw bytes to encoded claims, nothing remembered. A ratio of 2 is what
length alone costs; more is what grows faster than the text.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.articles import LoadArticle, load_articles
from bench.figures import percentile, spread
from bench.model import usable
from workers.agents.jobs import JobSettings, enrich_job, prepare
from workers.wire.messages import DEFAULT_MAX_BODY_BYTES


def main(arguments: Sequence[str]) -> int:
    """Print the ratios by length, the short ones first, and one line for all."""
    parser = argparse.ArgumentParser("python -m bench.lengths", description=__doc__)
    parser.add_argument(
        "--data", type=Path, help="folder with articles.jsonl.gz, or a file; else the samples"
    )
    parser.add_argument("--pairs", type=int, default=48)
    options = parser.parse_args(arguments)
    prepare(JobSettings(None, DEFAULT_MAX_BODY_BYTES, 0.0))
    pool = [each for each in load_articles(options.data, 2 * options.pairs, 2) if usable(each)]
    pool.sort(key=lambda article: article.words)
    _seconds(pool[0])  # warm-up
    found = [(left.words, _ratio(left, right)) for left, right in zip(pool[::2], pool[1::2], strict=False)]
    third = max(1, len(found) // 3)
    for start in range(0, len(found), third):
        part = found[start : start + third]
        print(f"{part[0][0]} to {part[-1][0]} words: {spread([ratio for _, ratio in part])}", flush=True)
    ratios = [ratio for _, ratio in found]
    told = spread(ratios)
    print(f"pairs {told.runs} twice_as_long={told.median:.2f} p90={percentile(ratios, 90):.2f}")
    return 0


def _ratio(left: LoadArticle, right: LoadArticle) -> float:
    """Return the seconds of both as one text over the mean of their own; taken twice, in turn."""
    both = _joined(left, right)
    alone = joined = 0.0
    for _ in range(2):
        alone += _seconds(left) + _seconds(right)
        joined += _seconds(both)
    return 2 * joined / alone


def _joined(left: LoadArticle, right: LoadArticle) -> LoadArticle:
    fields = json.loads(left.value)
    fields["body"] += "\n\n" + json.loads(right.value)["body"]
    return LoadArticle(left.key, json.dumps(fields).encode(), left.words + right.words)


def _seconds(article: LoadArticle) -> float:
    began = time.process_time()
    enrich_job([(article.key, article.value)])
    return time.process_time() - began


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
