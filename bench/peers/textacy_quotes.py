"""Words a second of textacy's direct quotations, and of the spaCy pipeline that they need, one process.

Run with the peers' Python: ``PYTHONPATH=. var/peers/bin/python -m bench.peers.textacy_quotes --data D``.
The parser is untrained (bench/cnn.py), so this says nothing of what is found.
"""

import argparse
import sys
import time
from pathlib import Path

from textacy.extract import direct_quotations

from bench.articles import load_articles
from bench.cnn import cnn_pipeline
from bench.peers import enriching
from workers.domain.article import Article
from workers.wire.messages import decode_article


def main() -> int:
    """Print the rates, and claimwire's on the same articles, in processor time."""
    parser = argparse.ArgumentParser("python -m bench.peers.textacy_quotes", description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--articles", type=int, default=40)
    options = parser.parse_args()
    articles = load_articles(options.data, options.articles)
    words = sum(article.words for article in articles)
    decoded = [decode_article(article.value, article.key) for article in articles]
    bodies = [article.body for article in decoded if isinstance(article, Article)]
    nlp = cnn_pipeline()
    list(nlp.pipe(bodies[:2]))
    began = time.process_time()
    docs = list(nlp.pipe(bodies))
    parsed = time.process_time() - began
    found = sum(1 for doc in docs for _ in direct_quotations(doc))
    quoted = time.process_time() - began
    enriching.load()
    enriching.enriched(articles[0].key, articles[0].value)
    began = time.process_time()
    for article in articles:
        enriching.enriched(article.key, article.value)
    ours = time.process_time() - began
    rates = (words / parsed, words / quoted, words / ours)
    told = "{:.0f} words/s parsed, {:.0f} with textacy's quotations, {:.0f} claimwire".format(*rates)
    print(f"{words} words, {found} quotations: {told}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
