"""Choose which pairs of claims to annotate: ``python -m training.annotations.choose_pairs FILE.jsonl``.

``FILE.jsonl`` holds enriched articles. Pairs are drawn in several ways, so that all four answers occur and no
single measure of likeness, the stage's own least of all, decides what is looked at.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Final

from workers.domain.article import EnrichedArticle
from workers.relations.bands import names_of
from workers.relations.figures import counted
from workers.relations.known import Known, known_claim
from workers.relations.pairs import judge
from workers.relations.polarity import stance_sign, text_sign
from workers.relations.terms import terms_of
from workers.wire.messages import decode_enriched

SEED: Final = 4
# stratum: how many pairs at most. "alike" and "apart" are by the cosine of word vectors.
STRATA: Final = {"related": 70, "opposed": 45, "figures": 45, "alike": 60, "buckets": 40, "apart": 20}
_MOST_APART: Final = timedelta(days=14)
_ALIKE: Final = 0.3
_SOMEWHAT: Final = 0.18
_PER_CLAIM: Final = 2
_PER_ARTICLES: Final = 6
_NO_DATE: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ChosenPair:
    """Two claims, the earlier first, and the draw that they come from."""

    left: Known
    right: Known
    stratum: str


def claims_of(articles: Iterable[EnrichedArticle]) -> list[Known]:
    """All their claims, in the order of time."""
    found = [
        known_claim(claim, article.published_at or _NO_DATE)
        for article in articles
        for claim in article.claims
    ]
    return sorted(found, key=lambda known: known.order)


def pools(claims: list[Known]) -> dict[str, list[tuple[Known, Known]]]:
    """Every stratum's pairs, of which some are drawn."""
    vectors = _vectors(claims)
    found: dict[str, list[tuple[Known, Known]]] = {name: [] for name in STRATA}
    for one, two in _sharing(claims, vectors):
        left, right = claims[one], claims[two]
        cosine = sum(weight * vectors[two].get(word, 0.0) for word, weight in vectors[one].items())
        if cosine >= _SOMEWHAT:
            pair = (left, right)
            if judge(left, right).kind is not None:
                found["related"].append(pair)
            elif _sign(left) * _sign(right) < 0:
                found["opposed"].append(pair)
            elif _counts(left) & _counts(right):
                found["figures"].append(pair)
            elif cosine >= _ALIKE:
                found["alike"].append(pair)
            elif _meet(left, right):
                found["buckets"].append(pair)
        elif _meet(left, right):
            found["buckets"].append((left, right))
        else:
            found["apart"].append((left, right))
    return found


def choose(claims: list[Known], rng: random.Random) -> list[ChosenPair]:
    """The draw: no claim more than twice in a stratum, no two articles more than six times in all."""
    chosen: list[ChosenPair] = []
    articles: Counter[tuple[str, str]] = Counter()
    for stratum, pool in pools(claims).items():
        rng.shuffle(pool)
        taken: Counter[str] = Counter()
        for left, right in pool:
            both = (left.side.article_id, right.side.article_id)
            fresh = max(taken[left.claim_id], taken[right.claim_id]) < _PER_CLAIM
            if sum(taken.values()) < 2 * STRATA[stratum] and fresh and articles[both] < _PER_ARTICLES:
                chosen.append(ChosenPair(left, right, stratum))
                articles[both] += 1
                taken.update((left.claim_id, right.claim_id))
    return chosen


def _sharing(claims: list[Known], vectors: list[Mapping[str, float]]) -> Iterable[tuple[int, int]]:
    """Places of claims of different articles, at most a fortnight apart, that share a rarer word."""
    by_word: dict[str, list[int]] = defaultdict(list)
    for place, vector in enumerate(vectors):
        for word in vector:
            by_word[word].append(place)
    rare = max(20, len(claims) // 50)
    pairs = {pair for places in by_word.values() if len(places) <= rare for pair in combinations(places, 2)}
    for one, two in sorted(pairs):
        left, right = claims[one], claims[two]
        if left.side.article_id != right.side.article_id and right.at - left.at <= _MOST_APART:
            yield one, two


def _vectors(claims: list[Known]) -> list[Mapping[str, float]]:
    """Words weighted by how few claims hold them, of length one."""
    words = [set(terms_of(known.side.text).weights) for known in claims]
    held = Counter(word for each in words for word in each)
    found: list[Mapping[str, float]] = []
    for each in words:
        weights = {word: math.log(len(claims) / held[word]) for word in each}
        length = math.sqrt(sum(weight**2 for weight in weights.values())) or 1.0
        found.append({word: weight / length for word, weight in weights.items()})
    return found


def _sign(known: Known) -> int:
    return (stance_sign(known.side.stance) or 1) * text_sign(known.side.text)


def _counts(known: Known) -> set[str | None]:
    return {each.what for each in counted(known.quantities, known.side.text)}


def _meet(left: Known, right: Known) -> bool:
    """Do they share a bucket on a route?"""
    return bool(_buckets(left) & _buckets(right))


@cache
def _buckets(known: Known) -> frozenset[int]:
    return frozenset(name for route in known.routes for name in names_of(route, known))


def main() -> None:
    """Print the choices as JSON Lines: ids and offsets only."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="enriched articles, one a line")
    options = parser.parse_args()
    articles = [decode_enriched(line) for line in options.file.read_bytes().splitlines()]
    known = claims_of([article for article in articles if isinstance(article, EnrichedArticle)])
    for pair in choose(known, random.Random(SEED)):
        sides = [
            [known.side.article_id, [[span.start, span.end] for span in known.side.spans]]
            for known in (pair.left, pair.right)
        ]
        print(json.dumps({"left": sides[0], "right": sides[1], "stratum": pair.stratum}))


if __name__ == "__main__":
    main()
