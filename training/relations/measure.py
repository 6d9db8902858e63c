"""Everything that is said of relations, measured: ``python -m training.relations.measure --data DATA``.

``DATA`` holds the folders ``relations`` and ``load``. The annotated articles are run through the pipeline
first, which takes minutes; ``--enriched FILE`` takes what ``claimwire enrich`` made of them before, and
``--sizes`` without a number leaves the growing window out.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from training.annotations.gold import Ratio
from training.annotations.gold_pairs import gold_pairs
from training.relations import annotated, cost, fit_reading, pairs
from training.relations.clusters import b_cubed, claim_of, grouped
from training.relations.pace import paced
from training.relations.pairs import Labelled, Pair, Sentence
from workers.agents.pair_reading import load_pair_model
from workers.domain.article import EnrichedArticle
from workers.domain.relation import RelationKind
from workers.nlp.pair_model import PairReader
from workers.relations.contrast import contrast
from workers.relations.known import Known, known_claim
from workers.relations.opinion import PairModel
from workers.resources import resource

RANDOM_PAIRS: Final = 5000
_MOST: Final = 1000
_SICK: Final = {
    None: "neutral",
    RelationKind.UPDATES: "neutral",
    RelationKind.CORROBORATES: "entailment",
    RelationKind.CONTRADICTS: "contradiction",
}


def corpora_lines(folder: Path, model: PairModel | None) -> Iterator[str]:
    """SICK and Emergent in three answers, MRPC and ECB+ as related or not; held-out parts."""
    captions = [(row.label, _kind_label(row, model)) for row in pairs.sick(folder, "test")]
    yield three_way("SICK, the whole decision", captions, ("neutral", "entailment", "contradiction"))
    headlines = [(row.label, _contrast_label(row)) for row in pairs.emergent(folder, "test")]
    yield three_way("Emergent, the reading of words alone", headlines, ("observing", "for", "against"))
    news = pairs.mrpc(folder, "test")
    happened = pairs.events(folder, "test")
    rng = random.Random(2)
    for name, found in (
        ("MRPC paraphrases", [(row.left, row.right) for row in news if row.label == "1"]),
        ("MRPC others", [(row.left, row.right) for row in news if row.label == "0"]),
        ("ECB+ sentences that share their events", happened.same),
        ("ECB+ sentences of one happening without a shared event", happened.other),
        ("ECB+ sentences of another happening of the kind", happened.elsewhere),
    ):
        sample = rng.sample(found, min(_MOST, len(found)))
        related = [kind_of(pair, model) is not None for pair in sample]
        yield f"{name}, related: {Ratio(sum(related), len(related))}"


def three_way(name: str, found: Sequence[tuple[str, str]], labels: tuple[str, ...]) -> str:
    """Macro-F1 over three labels of (wanted, got)."""
    scores = {}
    for label in labels:
        right = sum(wanted == got == label for wanted, got in found)
        either = sum((wanted == label) + (got == label) for wanted, got in found)
        scores[label] = 2 * right / either if either else 0.0
    told = ", ".join(f"{label} {score:.3f}" for label, score in scores.items())
    return f"{name}: macro-F1 {sum(scores.values()) / len(scores):.3f} ({len(found)} pairs; {told})"


def _kind_label(row: Labelled, model: PairModel | None) -> str:
    return _SICK[kind_of((row.left, row.right), model)]


def _contrast_label(row: Labelled) -> str:
    said = contrast(row.left, row.right)
    likely = (said.unrelated, said.same, said.opposite)
    return ("observing", "for", "against")[likely.index(max(likely))]


def network_lines(folder: Path, reader: PairReader) -> Iterator[str]:
    """The trained pair model itself on SICK and Emergent; what is fitted, is fitted on their tuning parts."""
    name = "sick"
    tuned = fit_reading.matrix(reader, fit_reading.labelled(folder, "tune")[name])
    yield fit_reading.own_reading(folder, reader, name, tuned)
    yield fit_reading.mixed_emergent(folder, reader)


def kind_of(pair: Pair, model: PairModel | None) -> RelationKind | None:
    """The whole decision on two bare texts, each of an outlet of its own."""
    left, right = (known_text(number, text) for number, text in enumerate(pair))
    return annotated.decided(left, right, model).kind


def known_text(number: int, text: str) -> Known:
    """A bare text as a claim that an outlet makes itself."""
    claim = claim_of(number, Sentence(0, "", f"a{number}", text, frozenset()))
    return known_claim(replace(claim, subjects=()), annotated.NO_DATE)  # no entity ties the two


def random_line(articles: Sequence[EnrichedArticle], model: PairModel | None) -> str:
    """Relations between claims of different articles drawn at random."""
    known = [
        known_claim(claim, article.published_at or annotated.NO_DATE)
        for article in articles
        for claim in article.claims
    ]
    rng, related, drawn = random.Random(1), 0, 0
    while drawn < RANDOM_PAIRS:
        left, right = sorted(rng.sample(known, 2), key=lambda each: each.order)
        if left.side.article_id != right.side.article_id:
            drawn += 1
            related += annotated.decided(left, right, model).kind is not None
    return f"random pairs of {len(known)} claims of different articles, related: {Ratio(related, drawn)}"


def report(options: argparse.Namespace, model: PairModel | None) -> Iterator[str]:
    """The lines of the report, as they are found."""
    articles = annotated.read_articles(options.data, options.enriched)
    yield f"annotated pairs ({len(articles)} articles of {annotated.ARTICLES})"
    yield from annotated.table(annotated.judged(gold_pairs(), articles, model))
    if model is not None:
        yield from network_lines(
            options.data / "relations", PairReader(options.model or resource("models", "en_claimwire"))
        )
    yield from corpora_lines(options.data / "relations", model)
    stories = grouped(options.data / "relations", "test", model)
    scored = b_cubed(stories.gold, stories.found)
    alone = b_cubed(stories.gold, {item: item for item in stories.gold})
    yield (
        f"ECB+ stories: {scored}; every sentence by itself: {alone} "
        f"({len(stories.gold)} sentences in {len(set(stories.gold.values()))} groups, "
        f"{stories.relations} relations)"
    )
    yield random_line(list(articles.values()), model)
    yield str(paced(list(articles.values()), model))
    for size in options.sizes:
        yield cost.line(size)


def main() -> None:
    """Print the whole table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--enriched", type=Path, help="the annotated articles, enriched before")
    parser.add_argument("--sizes", type=int, nargs="*", default=[100, 1000, 10_000, 100_000])
    parser.add_argument("--model", type=Path, help="folder of the pipeline; default: the shipped one")
    parser.add_argument("--no-model", action="store_true", help="leave the pair model out")
    options = parser.parse_args()
    model = None if options.no_model else load_pair_model(options.model)
    for line in report(options, model):
        print(line, flush=True)


if __name__ == "__main__":
    main()
