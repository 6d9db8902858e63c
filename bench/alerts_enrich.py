"""``python -m bench.alerts_enrich``: articles enriched in time order, to run rules over.

Goes on where it was cut off: a chunk of articles is a file, written whole or not at all. A folder belongs to
one pipeline; another digest is refused. Articles without a date come last.
"""

import argparse
import gzip
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bench.articles import LoadArticle, load_articles
from workers.agents.jobs import EnrichedBytes, JobSettings, enrich_job, prepare
from workers.nlp.pipeline import load_pipeline, pipeline_info
from workers.wire.messages import DEFAULT_MAX_BODY_BYTES

_CHUNK = 50
_MOST = 1_000_000
_LATEST = "9999"


def main(arguments: Sequence[str]) -> int:
    """Enrich what is missing; 1 when the folder belongs to another pipeline."""
    parser = argparse.ArgumentParser("python -m bench.alerts_enrich", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a file or folder that claimwire feed reads")
    parser.add_argument("--out", type=Path, required=True, help="where the chunks lie")
    parser.add_argument("--every", type=int, default=1, help="only every so manieth article, in time order")
    parser.add_argument("--processes", type=int, default=1, help="language processes side by side")
    parser.add_argument("--since", default="", help="only articles from this day on, like 2019-12-01")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    if not _belongs(options.out):
        print(f"{options.out} was made with another pipeline; name a new folder", file=sys.stderr)
        return 1
    articles = in_time_order(load_articles(options.data, _MOST, 1), options.since)[:: options.every]
    chunks = [articles[start : start + _CHUNK] for start in range(0, len(articles), _CHUNK)]
    missing = [number for number in range(len(chunks)) if not _chunk(options.out, number).exists()]
    settings = JobSettings(None, DEFAULT_MAX_BODY_BYTES, 0.0)
    with ProcessPoolExecutor(options.processes, initializer=prepare, initargs=(settings,)) as processes:
        paths = [_chunk(options.out, number) for number in missing]
        for done, line in enumerate(processes.map(_enrich, paths, [chunks[n] for n in missing]), 1):
            print(f"{len(chunks) - len(missing) + done}/{len(chunks)}: {line}", flush=True)
    return 0


def _chunk(folder: Path, number: int) -> Path:
    return folder / f"chunk-{number:05}.jsonl.gz"


def in_time_order(articles: Sequence[LoadArticle], since: str = "") -> list[LoadArticle]:
    """Return the articles from a day on by date, then id; those without a date last."""

    def place(article: LoadArticle) -> tuple[str, bytes]:
        return json.loads(article.value).get("published_at") or _LATEST, article.key

    return sorted((article for article in articles if place(article)[0] >= since), key=place)


def _enrich(path: Path, articles: Sequence[LoadArticle]) -> str:
    began = time.monotonic()
    made: list[bytes] = []
    refused: Counter[str] = Counter()
    for article in articles:
        try:
            result = enrich_job([(article.key, article.value)])[0]
        except Exception as error:  # noqa: BLE001 - a dead letter in the worker; here it is named
            refused[f"{article.key.decode()}: {error!r}"] += 1
            continue
        if isinstance(result, EnrichedBytes):
            made.append(result.value)
        else:
            refused[str(result.reason)] += 1
    partial = path.with_suffix(".part")
    partial.write_bytes(gzip.compress(b"".join(value + b"\n" for value in made), 6))
    partial.rename(path)
    rate = len(articles) / (time.monotonic() - began)
    return f"{len(made)} articles, {rate:.1f}/s {dict(refused) or ''}"


def _belongs(folder: Path) -> bool:
    """Tell whether the folder's chunks come from the pipeline that ships; a new folder becomes its own."""
    digest = pipeline_info(load_pipeline()).model_sha256
    mark = folder / "pipeline.txt"
    if not mark.exists():
        mark.write_text(digest)
    return mark.read_text() == digest


if __name__ == "__main__":
    os.nice(19)
    sys.exit(main(sys.argv[1:]))
