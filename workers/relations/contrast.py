"""Do two texts on one thing say the same or the opposite? A fitted reading of negation, hoax words, hedges.

Softmax regression over ``features`` and counts of a few word classes, fitted on Emergent (headlines that are
for, against or merely observing a claim): training/relations/fit_contrast.py.
"""

import math
import re
from functools import lru_cache

from workers.relations import caches
from workers.relations.contrast_weights import WEIGHTS
from workers.relations.features import features
from workers.relations.opinion import Opinion
from workers.relations.polarity import text_sign
from workers.relations.terms import Terms, terms_of

NAMES = (
    "one_negated",
    "one_negated_short",
    "one_negated_long",
    "left_negated",
    "right_negated",
    "left_hedged",
    "right_hedged",
    "right_hedges",
    "right_asks",
    "left_alone",
    "right_alone",
    "signs_differ",
    "covered_both",
    "longer_covered_squared",
    "shorter_covered_squared",
    "left_within",
    "right_within",
    "constant",
)
_MOST_HEDGES = 3
_NEGATING = re.compile(
    r"\b(?:not|no|never|nobody|none|hoax|fake|false|debunk\w*|den(?:y|ies|ied)|wrong|untrue|inaccurate|erroneous"
    r"|dismiss\w*|refut\w*|disput\w*|reject\w*|myth|satire|bogus|lies?|disprove\w*|cannot|without)\b|n['’]t\b",
    re.IGNORECASE,
)
_HEDGING = re.compile(
    r"\b(?:report\w*|rumou?r\w*|claim\w*|alleg\w*|may|might|could|possib\w*|suspect\w*|says?|said|unconfirmed"
    r"|apparent\w*|purported\w*|suppos\w*|believe\w*|according|likely|source\w*|investigat\w*)\b|\?",
    re.IGNORECASE,
)


@lru_cache(maxsize=caches.PAIRS)
def contrast(left: str, right: str) -> Opinion:
    """Return how probably the texts are unrelated (or one only wonders), say the same, or the opposite."""
    found = contrast_features(left, right)
    scores = [sum(weight * value for weight, value in zip(row, found, strict=True)) for row in WEIGHTS]
    highest = max(scores)
    parts = [math.exp(score - highest) for score in scores]
    total = sum(parts)
    return Opinion(parts[0] / total, parts[1] / total, parts[2] / total)


def contrast_features(left: str, right: str) -> tuple[float, ...]:
    """Return ``features.NAMES`` and then one number for each of ``NAMES``; the sides may not be exchanged."""
    shared = features(left, right)
    shorter, longer = shared[0], shared[1]
    ours, theirs = len(_NEGATING.findall(left)), len(_NEGATING.findall(right))
    one_negated = float(ours % 2 != theirs % 2)
    hedges = len(_HEDGING.findall(right))
    alone, other_alone = _alone(terms_of(left), terms_of(right)), _alone(terms_of(right), terms_of(left))
    return (
        *shared,
        one_negated,
        one_negated * shorter,
        one_negated * longer,
        float(ours > 0),
        float(theirs > 0),
        float(_HEDGING.search(left) is not None),
        float(hedges > 0),
        float(min(hedges, _MOST_HEDGES)),
        float("?" in right),
        math.log1p(alone),
        math.log1p(other_alone),
        float(text_sign(left) * text_sign(right) < 0),
        shorter * longer,
        longer * longer,
        shorter * shorter,
        float(alone == 0),
        float(other_alone == 0),
        1.0,
    )


def _alone(ours: Terms, theirs: Terms) -> float:
    """Return the weight of the terms that only the first text has."""
    return sum(weight for term, weight in ours.weights.items() if term not in theirs.weights)
