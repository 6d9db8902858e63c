"""Is a pair with opposite signs a contradiction? The last gate: a regression fitted on pairs that were read.

The rules before it (``ties``, ``opposition``) abstain for reasons that can be named; of what they let through
on stories they were not made from, a quarter was wrong. training/relations/fit_contradiction.py fits it.
"""

import math

from workers.relations.contradiction_weights import BIAS, WEIGHTS
from workers.relations.features import NAMES, features
from workers.relations.known import Known
from workers.relations.opinion import Opinion
from workers.relations.ties import names_in_common

INPUTS = (
    "words_longer_covered",
    "words_shared",
    "names_fewer_covered",
    "opposite",
    "denied",
    "answered",
    "names_in_common",
    "fortnights_apart",
)
_TEXTS = tuple(map(NAMES.index, INPUTS[:3]))
_MOST_NAMES = 3
_MOST_DAYS = 14.0
_DAY_S = 86_400.0


def inputs(
    left: Known, right: Known, said: tuple[str, str], opinion: Opinion | None, denied: bool, common: float
) -> tuple[float, ...]:
    """Return the values of ``INPUTS``; ``said`` are the sentences most alike, ``common`` is of ``answered``.

    Without an opinion its part is one half: unknown.
    """
    found = features(*said)
    return (
        *(found[place] for place in _TEXTS),
        opinion.opposite if opinion is not None else 0.5,
        float(denied),
        common,
        float(min(names_in_common(left, right, *said), _MOST_NAMES)),
        min(_days_apart(left, right), _MOST_DAYS) / _MOST_DAYS,
    )


def chance(found: tuple[float, ...]) -> float:
    """Return the probability that a pair with these inputs is a contradiction."""
    total = BIAS + sum(weight * value for weight, value in zip(WEIGHTS, found, strict=True))
    return 1.0 / (1.0 + math.exp(-total))


def _days_apart(left: Known, right: Known) -> float:
    one, other = left.side.published_at, right.side.published_at
    return 0.0 if one is None or other is None else abs((one - other).total_seconds()) / _DAY_S
