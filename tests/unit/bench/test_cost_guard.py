"""The regression guard that counts: a fixed batch may not become dearer, on any machine.

When a change has to cost more, raise the limit here and say in the commit what is bought with it.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from spacy.language import Language

from bench.articles import load_articles
from bench.counting import Counts, Limits, count, encoder_of, problems
from workers.domain.article import Article
from workers.nlp import load_pipeline
from workers.nlp.encoded import Encoded
from workers.nlp.pieces import Window
from workers.wire.messages import decode_article

pytestmark = pytest.mark.model

LIMITS = Limits(calls_per_piece=132.0, windows_per_full_window=1.6)
ARTICLES = 6


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_pipeline()


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    decoded = [decode_article(article.value, article.key) for article in load_articles(None, ARTICLES)]
    return [article for article in decoded if isinstance(article, Article)]


@pytest.fixture(scope="module")
def counts(nlp: Language, articles: list[Article]) -> Counts:
    return count(nlp, articles)


def largest_window(nlp: Language) -> int:
    return encoder_of(nlp).loaded()[0].max_pieces


def test_a_fixed_batch_costs_no_more_than_it_did(nlp: Language, counts: Counts) -> None:
    assert counts.pieces > 1500
    assert problems(counts, LIMITS, largest_window(nlp)) == []


def test_the_counts_are_the_same_every_time(nlp: Language, articles: list[Article], counts: Counts) -> None:
    again = count(nlp, articles)

    assert replace(again, calls=0) == replace(counts, calls=0)
    assert again.calls == pytest.approx(counts.calls, rel=1e-3)  # caches fill, the collector's callbacks run


def test_the_guard_sees_a_network_that_runs_twice(nlp: Language, articles: list[Article]) -> None:
    encoder = encoder_of(nlp)
    once = encoder.encode

    def twice(windows: Sequence[Window], sentences: Any = None) -> list[Encoded]:
        once(windows, sentences)
        return once(windows, sentences)

    encoder.encode = twice  # type: ignore[method-assign]
    try:
        found = problems(count(nlp, articles), LIMITS, largest_window(nlp))
    finally:
        del encoder.encode

    assert any("runs of the network" in line for line in found)
    assert any("positions computed" in line for line in found)


def test_the_guard_sees_a_step_that_is_done_over_and_over(nlp: Language, articles: list[Article]) -> None:
    facets: Any = nlp.get_pipe("facets")
    once = facets.predict

    def over_and_over(doc: object) -> object:
        for _ in range(6):
            once(doc)
        return once(doc)

    facets.predict = over_and_over
    try:
        found = problems(count(nlp, articles), LIMITS, largest_window(nlp))
    finally:
        del facets.predict

    assert any("function calls a word piece" in line for line in found)


def test_the_guard_sees_windows_that_are_left_half_empty(nlp: Language, counts: Counts) -> None:
    wasteful = Counts(counts.runs * 3, counts.windows * 3, counts.positions, counts.pieces, counts.calls)

    assert any("full ones would do" in line for line in problems(wasteful, LIMITS, largest_window(nlp)))
