"""What a pair model's scores mean for two texts: a fitted reading, together with what the words say.

The network has a head for each corpus that it learnt from, and news is none of them. Softmax regression over
the heads' scores, ``contrast`` and the overlap of words was fitted on held-out parts of the corpora and on
annotated claims: training/relations/fit_reading.py.
"""

import math
from collections.abc import Callable, Sequence

from workers.relations.contrast import contrast
from workers.relations.features import features
from workers.relations.opinion import Opinion, PairModel
from workers.relations.reading_weights import WEIGHTS
from workers.relations.signs import signs

HEADS = (("neutral", "entailment", "contradiction"), ("observing", "for", "against"), ("other", "same"))
NAMES = (
    *(f"log_{label}" for labels in HEADS for label in labels),
    "log_contrast_unrelated",
    "log_contrast_same",
    "log_contrast_opposite",
    "words_shorter_covered",
    "words_longer_covered",
    "words_shared",
    "names_fewer_covered",
    "shared_clauses_opposed",
    "main_parts_opposed",
    "negated_alike",
    "constant",
)
_LEAST = 1e-4
_THE_SAME = Opinion(0.0, 1.0, 0.0)
_TAKEN = 4
PairScores = Callable[[Sequence[tuple[str, str]]], Sequence[Sequence[float]]]


def pair_model(scores: PairScores) -> PairModel:
    """Return the model that reads ``scores``, which gives those of all ``HEADS`` one after the other.

    What is the same word for word says the same: of reprints nobody has to be asked.
    """

    def asked(pairs: Sequence[tuple[str, str]]) -> list[Opinion]:
        unlike = [(left, right) for left, right in pairs if left != right]
        answers = dict(zip(unlike, scores(unlike), strict=True)) if unlike else {}
        return [
            read(left, right, answers[left, right]) if left != right else _THE_SAME for left, right in pairs
        ]

    return asked


def read(left: str, right: str, scores: Sequence[float]) -> Opinion:
    """Return how probably the texts are unrelated, say the same, or say the opposite."""
    found = inputs(left, right, scores)
    likely = softmax([sum(w * value for w, value in zip(row, found, strict=True)) for row in WEIGHTS])
    return Opinion(*likely)


def inputs(left: str, right: str, scores: Sequence[float]) -> tuple[float, ...]:
    """Return one number for each of ``NAMES``."""
    said, rest = contrast(left, right), list(scores)
    logs: list[float] = []
    for labels in HEADS:
        logs += map(_log, softmax(rest[: len(labels)]))
        rest = rest[len(labels) :]
    shared = features(left, right)[:_TAKEN]
    by_rules = signs(left, right)
    negations = (by_rules.shared < 0, by_rules.main < 0, by_rules.turned and by_rules.shared > 0)
    contrasted = map(_log, (said.unrelated, said.same, said.opposite))
    return (*logs, *contrasted, *shared, *map(float, negations), 1.0)


def softmax(scores: Sequence[float]) -> list[float]:
    """Return probabilities that add up to one."""
    highest = max(scores)
    parts = [math.exp(score - highest) for score in scores]
    total = sum(parts)
    return [part / total for part in parts]


def _log(likely: float) -> float:
    return math.log(max(likely, _LEAST))
