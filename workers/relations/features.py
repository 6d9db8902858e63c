"""Two texts side by side as numbers: what they share, weighted by how telling it is.

Names and other words are told apart: all that is said in a story names the same people and places, so that
names alone make no two claims the same.
"""

import math
from collections.abc import Mapping
from functools import lru_cache

from workers.relations import caches
from workers.relations.terms import terms_of

NAMES = (
    "words_shorter_covered",
    "words_longer_covered",
    "words_shared",
    "names_fewer_covered",
    "names_more_covered",
    "names_clash",
    "neighbours_shared",
    "shorter_weight",
    "unnamed",
    "words_times_names",
)
Features = tuple[float, ...]
_LEAST_NAME = 0.5


@lru_cache(maxsize=caches.PAIRS)
def features(left: str, right: str) -> Features:
    """Return one number for each of ``NAMES``, all between 0 and about 3; the texts may be exchanged.

    Figures are left out: a figure that moved makes the contents no less the same.
    """
    ours, theirs = terms_of(left), terms_of(right)
    named = ours.names | theirs.names
    mine, yours = ours.weights, theirs.weights
    both = [term for term in mine if term in yours]
    words = sum([min(mine[term], yours[term]) for term in both if term not in named])
    names = sum([_as_name(min(mine[term], yours[term])) for term in both if term in named])
    shorter, longer, _ = _covered(words, _words(mine, named), _words(yours, named))
    fewer, more, least = _covered(names, _names(mine, named), _names(yours, named))
    our_pairs, their_pairs = ours.pairs, theirs.pairs
    pairs = len(our_pairs & their_pairs) / max(1, min(len(our_pairs), len(their_pairs)))
    return (
        shorter,
        longer,
        math.log1p(words),
        fewer,
        more,
        float(least > 0 and names == 0),
        pairs,
        math.log1p(min(ours.total, theirs.total)),
        float(least == 0),
        shorter * fewer,
    )


def _words(weights: Mapping[str, float], named: frozenset[str]) -> float:
    return sum([weight for term, weight in weights.items() if term not in named])


def _names(weights: Mapping[str, float], named: frozenset[str]) -> float:
    return sum([_as_name(weight) for term, weight in weights.items() if term in named])


def _as_name(weight: float) -> float:
    """A name counts at least as half a rare word, however often the news has it."""
    return weight if weight > _LEAST_NAME else _LEAST_NAME


def _covered(shared: float, ours: float, theirs: float) -> tuple[float, float, float]:
    """Return which part of the lighter and of the heavier side is shared, and the weight of the lighter."""
    lighter, heavier = (ours, theirs) if ours <= theirs else (theirs, ours)
    return shared / lighter if lighter else 0.0, shared / heavier if heavier else 0.0, lighter
