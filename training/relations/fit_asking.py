"""Fit ``asking``: ``python -m training.relations.fit_asking --data D --enriched FILE [FILE ...] [--write]``.

On the pairs of enriched articles that come together, are near and that words leave unrelated, and on SICK's
training pairs (``D``/relations), so that plain sentences without a name are known too: does the pair model's
opinion make a relation? Each file is related by itself, its articles half a minute apart, as in a stream.
Prints how many pairs are asked of and how many relations are kept, each file judged by weights fitted on the
others, and for all of them by weights fitted on all.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from training.logistic import chances, fitted, write_weights
from training.relations import pairs
from training.relations.measure import known_text
from workers.agents.pair_reading import load_pair_model
from workers.domain.article import EnrichedArticle
from workers.relations import engine
from workers.relations.asking import INPUTS, inputs, may_be_asked
from workers.relations.engine import Policy
from workers.relations.known import Known, known_claim, routes
from workers.relations.opinion import Opinion, PairModel
from workers.relations.pairs import alike, judge, same_content
from workers.relations.records import MemoryReader
from workers.relations.sketches import article_signature
from workers.relations.thresholds import Thresholds
from workers.resources import resource
from workers.wire.enriched_articles import decode_enriched

Floats = npt.NDArray[np.float64]
WEIGHTS_FILE: Final = Path("workers/relations/asking_weights.py")
_FIRST: Final = datetime(2026, 11, 1, tzinfo=UTC)
_APART: Final = timedelta(seconds=30)
_PULL: Final = 1.0
_THRESHOLDS: Final = (0.003, 0.005, 0.007, 0.01, 0.02, 0.03, 0.05)


@dataclass(frozen=True, slots=True)
class Asked:
    """One pair that was put to the model: what is known before, and what the opinion led to."""

    values: tuple[float, ...]
    related_before: bool
    related: bool


def asked_of(articles: Sequence[EnrichedArticle], model: PairModel) -> Iterator[Asked]:
    """Relate all claims as the stage does, asking of every near pair."""
    reader, policy = MemoryReader(), Policy()
    for article in articles:
        signature, moment = article_signature(article.text), article.published_at or _FIRST
        for claim in article.claims:
            for route in routes(claim):
                known = known_claim(claim, moment, signature)
                state = engine.gather(reader, policy, route, known)
                near = [pair for pair in engine.met(policy, route, known, state) if may_be_asked(*pair)]
                for pair in sorted(near, key=lambda pair: -same_content(*pair))[: policy.asked]:
                    yield _asked(pair, model([alike(*pair)])[0])
                engine.keep(reader, engine.decide(policy, route, known, state))


def captions(folder: Path, model: PairModel) -> Iterator[Asked]:
    """SICK's training pairs, of which one is asked as of two outlets' claims."""
    for row in pairs.sick(folder, "train"):
        pair = known_text(0, row.left), known_text(1, row.right)
        if may_be_asked(*pair):
            yield _asked(pair, model([alike(*pair)])[0])


def _asked(pair: tuple[Known, Known], opinion: Opinion) -> Asked:
    return Asked(inputs(*pair), judge(*pair).kind is not None, judge(*pair, opinion).kind is not None)


def read(file: Path) -> list[EnrichedArticle]:
    """The articles of an enriched file, dated one after the other in its order."""
    found = [decode_enriched(line) for line in file.read_bytes().splitlines()]
    articles = [article for article in found if isinstance(article, EnrichedArticle)]
    return [_dated(article, _FIRST + number * _APART) for number, article in enumerate(articles)]


def _dated(article: EnrichedArticle, moment: datetime) -> EnrichedArticle:
    claims = tuple(replace(claim, published_at=moment) for claim in article.claims)
    return replace(article, published_at=moment, claims=claims)


def arrays(found: Sequence[Asked]) -> tuple[Floats, Floats]:
    """Inputs and outcomes of the pairs that words leave unrelated."""
    left_open = [each for each in found if not each.related_before]
    return np.array([each.values for each in left_open]), np.array([float(e.related) for e in left_open])


def report(name: str, found: Sequence[Asked], likely: Floats) -> Iterator[str]:
    """What every threshold asks of and keeps; ``likely`` is of the pairs that words leave unrelated."""
    _, made = arrays(found)
    decided = len(found) - len(made)
    related = sum(each.related for each in found)
    yield f"{name}: {len(found)} near pairs, {decided} related by words, {related} after all were asked of"
    for least in _THRESHOLDS:
        let = likely >= least
        asked, lost = decided + int(let.sum()), int(made[~let].sum())
        sign = "*" if least == Thresholds().asked else " "
        yield f" {sign}{least}: asks of {asked / len(found):.2f}, loses {lost} of {related} relations"


def main() -> None:
    """Fit, report, and write the weights when asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--enriched", type=Path, nargs="+", required=True, help="enriched articles, JSON Lines"
    )
    parser.add_argument("--data", type=Path, required=True, help="folder that holds relations")
    parser.add_argument("--model", type=Path, default=resource("models", "en_claimwire"))
    parser.add_argument("--write", action="store_true", help=f"write {WEIGHTS_FILE}")
    options = parser.parse_args()
    model = load_pair_model(options.model)
    if model is None:
        parser.error(f"{options.model}: there is no pair model")
    parts = {file.name: list(asked_of(read(file), model)) for file in options.enriched}
    parts["sick"] = list(captions(options.data / "relations", model))
    for name, found in parts.items():
        others = [each for other, rows in parts.items() if other != name for each in rows]
        if others:
            for line in report(name, found, chances(arrays(found)[0], *fitted(*arrays(others), _PULL))):
                print(line)
    everything = [each for rows in parts.values() for each in rows]
    values, labels = arrays(everything)
    weights, bias = fitted(values, labels, _PULL)
    for line in report("all, by their own weights", everything, chances(values, weights, bias)):
        print(line)
    if options.write:
        write_weights(WEIGHTS_FILE, INPUTS, weights, bias)


if __name__ == "__main__":
    main()
