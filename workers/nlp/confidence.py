"""How probable it is that a claim is right: source, cue and content as a careful reader would mark them.

Logistic regression over the product of what its parts and links are worth and over what kind of claim it is
(Platt 1999, with more than one input): the product alone knows no difference between a direct quotation and
an indirect content without a source. Fitted by ``training.fit_confidence``; the weights are the pipeline's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from workers.domain.claim import Quotation
from workers.nlp.found import Draft

NAMES: Final = (
    "product",
    "uncued",
    "sourceless",
    "several",
    "words",
    "direct",
    "constant",
)
UNCALIBRATED: Final[Mapping[str, float]] = {"product": 1.0}
_LEAST: Final = 0.1  # beyond these a product of many parts says no more
_MOST: Final = 0.97


def evidence(text: str, draft: Draft) -> tuple[float, ...]:
    """Return one number for each of ``NAMES``; ``draft.score`` is the product of its parts and links."""
    words = sum(len(text[start:end].split()) for start, end in draft.contents)
    return (
        log_odds(draft.score),
        float(draft.cue is None),
        float(draft.source is None),
        float(len(draft.contents) > 1),
        math.log(max(1, words)),
        float(draft.quotation is Quotation.DIRECT),
        1.0,
    )


def probability(found: Sequence[float], weights: Mapping[str, float]) -> float:
    """Return the probability, 0 to 1, that a claim of this evidence is right; a missing weight counts 0."""
    odds = sum(weights.get(name, 0.0) * value for name, value in zip(NAMES, found, strict=True))
    return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, odds))))


def log_odds(score: float) -> float:
    """Return the logarithm of the odds of a probability, kept away from 0 and 1."""
    clipped = min(max(score, _LEAST), _MOST)
    return math.log(clipped / (1.0 - clipped))
