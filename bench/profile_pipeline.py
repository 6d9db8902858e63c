"""``python -m bench.profile_pipeline``: where the milliseconds beside the network go, as text.

Two views of the same articles: the time of every component as it runs (no profiler, so no distortion), and
cProfile's own times of functions (whose shares favour functions that make many calls).
"""

import argparse
import cProfile
import io
import pstats
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from spacy.language import Language

from bench.articles import LoadArticle, load_articles, total_words
from bench.model import BATCH
from workers.agents.jobs import JobSettings, enrich_job, prepare
from workers.domain.article import Article, EnrichedArticle
from workers.nlp.encoder import ClaimwireEncoder
from workers.nlp.enrich import enrich_articles
from workers.nlp.pipeline import load_pipeline
from workers.wire.messages import DEFAULT_MAX_BODY_BYTES, decode_article, encode_claim, encode_enriched

_LINES = 45


def main(arguments: Sequence[str]) -> int:
    """Print both views."""
    parser = argparse.ArgumentParser("python -m bench.profile_pipeline", description=__doc__)
    parser.add_argument(
        "--data", type=Path, help="folder with articles.jsonl.gz, or a file; else the samples"
    )
    parser.add_argument("--articles", type=int, default=32)
    options = parser.parse_args(arguments)
    articles = load_articles(options.data, options.articles)
    nlp = load_pipeline()
    enrich_articles(nlp, _decoded(articles[:2]))
    print(components(nlp, articles))
    print(functions(articles))
    return 0


def components(nlp: Language, articles: Sequence[LoadArticle]) -> str:
    """Return milliseconds an article and share of each step, the network among them."""
    clock = _Clock()
    decoded = clock.time("decode", lambda: _decoded(articles))
    enriched: list[Any] = []
    with _clocked(nlp, clock):
        for start in range(0, len(decoded), BATCH):
            group = decoded[start : start + BATCH]
            enriched += clock.time("enrich (all)", partial(enrich_articles, nlp, group))
    good = [each for each in enriched if isinstance(each, EnrichedArticle)]
    clock.time("encode", lambda: [(encode_enriched(e), [encode_claim(c) for c in e.claims]) for e in good])
    whole = sum(clock.seconds[name] for name in ("decode", "enrich (all)", "encode"))
    lines = [
        f"{len(articles)} articles, {total_words(articles)} words, {sum(len(e.claims) for e in good)} claims"
    ]
    for name, seconds in sorted(clock.seconds.items(), key=lambda item: -item[1]):
        lines.append(f"{name:28} {1000 * seconds / len(articles):8.2f} ms an article {seconds / whole:7.1%}")
    return "\n".join(lines)


def functions(articles: Sequence[LoadArticle]) -> str:
    """Return cProfile's table of the functions with the most time of their own."""
    prepare(JobSettings(None, DEFAULT_MAX_BODY_BYTES, 0.0))
    batch = [(article.key, article.value) for article in articles]
    enrich_job(batch[:2])
    profile = cProfile.Profile()
    for start in range(0, len(batch), BATCH):
        profile.runcall(enrich_job, batch[start : start + BATCH])
    text = io.StringIO()
    pstats.Stats(profile, stream=text).strip_dirs().sort_stats("tottime").print_stats(_LINES)
    return text.getvalue()


class _Clock:
    """Adds up seconds by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def time(self, name: str, run: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        try:
            return run()
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began


@contextmanager
def _clocked(nlp: Language, clock: _Clock) -> Iterator[None]:
    """Let every component and the network report to the clock; afterwards all is as before."""
    wrapped: list[tuple[Any, str]] = []

    def wrap(part: Any, method: str, name: str) -> None:
        original = getattr(part, method)

        def measured(*arguments: Any, **named: Any) -> Any:
            return clock.time(name, lambda: original(*arguments, **named))

        setattr(part, method, measured)
        wrapped.append((part, method))

    wrap(nlp, "make_doc", "spaCy tokenizer")
    for name, part in nlp.pipeline:
        wrap(part, "predict", name)
        if isinstance(part, ClaimwireEncoder):
            wrap(part, "run", "  network")
            wrap(part.loaded()[0], "windows", "  word pieces and windows")
    try:
        yield
    finally:
        for part, method in wrapped:
            delattr(part, method)


def _decoded(articles: Sequence[LoadArticle]) -> list[Article]:
    found = (decode_article(article.value, article.key) for article in articles)
    return [article for article in found if isinstance(article, Article)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
