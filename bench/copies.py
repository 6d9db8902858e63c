"""``python -m bench.copies``: what copies cost beside their first telling, to read and to relate.

Each article is told four times, under other ids. Processor seconds of one process; relations in memory.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from spacy.language import Language

from bench.articles import load_articles
from workers.agents.pair_reading import load_pair_model
from workers.domain.article import Article, EnrichedArticle
from workers.nlp import load_pipeline
from workers.nlp.enrich import enrich_articles
from workers.relations.engine import Policy, keep, relate
from workers.relations.known import routes
from workers.relations.opinion import PairModel
from workers.relations.records import MemoryReader
from workers.relations.sketches import article_signature
from workers.settings import Settings
from workers.wire.messages import decode_article

_TELLINGS = 4
_UNDATED = datetime(2026, 1, 1, tzinfo=UTC)


def main(arguments: Sequence[str]) -> int:
    """Print a line for each telling."""
    parser = argparse.ArgumentParser("python -m bench.copies", description=__doc__)
    parser.add_argument(
        "--data", type=Path, help="folder with articles.jsonl.gz, or a file; else the samples"
    )
    parser.add_argument("--articles", type=int, default=48)
    options = parser.parse_args(arguments)
    decoded = [decode_article(each.value, each.key) for each in load_articles(options.data, options.articles)]
    articles = [each for each in decoded if isinstance(each, Article)]
    nlp = load_pipeline(remembered_windows=Settings.model_fields["remembered_windows"].default)
    model, state = load_pair_model(), MemoryReader()
    for telling in range(1, _TELLINGS + 1):
        began = time.process_time()
        found = _read(nlp, [replace(each, article_id=f"{each.article_id}-{telling}") for each in articles])
        read = time.process_time()
        _relate(state, model, found)
        related = time.process_time()
        claims = sum(len(article.claims) for article in found)
        print(
            f"telling {telling}: {len(found)} articles read in {read - began:.1f} s,"
            f" {claims} claims related in {related - read:.1f} s",
            flush=True,
        )
    return 0


def _read(nlp: Language, articles: Sequence[Article]) -> list[EnrichedArticle]:
    """Read one article at a time, as a language process does."""
    answers = [answer for article in articles for answer in enrich_articles(nlp, [article])]
    return [answer for answer in answers if isinstance(answer, EnrichedArticle)]


def _relate(state: MemoryReader, model: PairModel | None, articles: Sequence[EnrichedArticle]) -> None:
    for article in articles:
        signature, moment = article_signature(article.text), article.published_at or _UNDATED
        for claim in article.claims:
            for route in routes(claim):
                keep(state, relate(state, Policy(), route, claim, moment, signature, model))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
