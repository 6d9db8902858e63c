"""What a pair model says of two texts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Opinion:
    """Probabilities that add up to one: the texts are unrelated, say the same, or say the opposite."""

    unrelated: float
    same: float
    opposite: float


PairModel = Callable[[Sequence[tuple[str, str]]], Sequence[Opinion]]
