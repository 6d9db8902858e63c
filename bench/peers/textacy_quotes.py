"""Words a second of textacy's direct quotations, and of the spaCy pipeline that they need, one process.

Run with the peers' Python: ``PYTHONPATH=. var/peers/bin/python -m bench.peers.textacy_quotes --data D``.
The parser is untrained (bench/cnn.py), so this says nothing of what is found. An article whose quotation
marks do not pair up textacy refuses: a quotation of two paragraphs is opened twice and closed once.
"""

import argparse
import sys
import time
from pathlib import Path

from spacy.tokens import Doc
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
    found = [_quotations(doc) for doc in docs]
    quoted = time.process_time() - began
    enriching.load()
    enriching.enriched(articles[0].key, articles[0].value)
    began = time.process_time()
    for article in articles:
        enriching.enriched(article.key, article.value)
    ours = time.process_time() - began
    rates = (words / parsed, words / quoted, words / ours)
    told = "{:.0f} words/s parsed, {:.0f} with textacy's quotations, {:.0f} claimwire".format(*rates)
    refused = found.count(None)
    print(f"{len(articles)} articles ({refused} refused by textacy), {words} words: {told}")
    return 0


def _quotations(doc: Doc) -> int | None:
    """Return how many quotations textacy finds, ``None`` where it refuses the text."""
    try:
        return sum(1 for _ in direct_quotations(doc))
    except ValueError:
        return None


if __name__ == "__main__":
    sys.exit(main())
