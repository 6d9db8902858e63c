"""Two texts side by side as numbers: what they share, weighted by how telling it is.

Names and other words are told apart: all that is said in a story names the same people and places, so that
names alone make no two claims the same.
"""

import math
from collections.abc import Mapping
from functools import lru_cache

from workers.relations.terms import Terms, terms_of

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
_CACHED_PAIRS = 16384
_Overlap = tuple[float, float, float, float]


@lru_cache(maxsize=_CACHED_PAIRS)
def features(left: str, right: str) -> Features:
    """Return one number for each of ``NAMES``, all between 0 and about 3; the texts may be exchanged.

    Figures are left out: a figure that moved makes the contents no less the same.
    """
    ours, theirs = terms_of(left), terms_of(right)
    named = ours.names | theirs.names
    words, shorter, longer, _ = _overlap(_words(ours, named), _words(theirs, named))
    names, fewer, more, least = _overlap(_names(ours, named), _names(theirs, named))
    pairs = len(ours.pairs & theirs.pairs) / max(1, min(len(ours.pairs), len(theirs.pairs)))
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


def _words(terms: Terms, named: frozenset[str]) -> dict[str, float]:
    return {term: weight for term, weight in terms.weights.items() if term not in named}


def _names(terms: Terms, named: frozenset[str]) -> dict[str, float]:
    """Return the names; a name counts at least as half a rare word, however often the news has it."""
    return {term: max(weight, _LEAST_NAME) for term, weight in terms.weights.items() if term in named}


def _overlap(ours: Mapping[str, float], theirs: Mapping[str, float]) -> _Overlap:
    """Return the weight both share, its part of the lighter and of the heavier side, and the lighter side."""
    shared = sum(min(weight, theirs[term]) for term, weight in ours.items() if term in theirs)
    lighter, heavier = sorted((sum(ours.values()), sum(theirs.values())))
    return (
        shared,
        shared / lighter if lighter else 0.0,
        shared / heavier if heavier else 0.0,
        lighter,
    )
