"""How much is measured: sizes follow from the speed of this machine, so that a run takes minutes."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.articles import LoadArticle, total_words
from bench.model import BATCH


@dataclass(frozen=True, slots=True)
class Effort:
    """``pass_seconds`` is about what one pass of one process takes; loads are shares of saturation."""

    rounds: int
    pass_seconds: float
    loads: tuple[tuple[float, int], ...]
    worker_counts: tuple[int, ...]


QUICK = Effort(2, 15.0, ((0.5, 100), (0.8, 50), (0.1, 12)), (1, 2))
FULL = Effort(5, 40.0, ((0.1, 60), (0.5, 400), (0.8, 400)), (1, 2, 3, 4))
TRIAL = Effort(1, 4.0, ((0.5, 8),), (1, 2))
"""Only to see that everything runs."""


def chosen(articles: Sequence[LoadArticle], words_per_second: float, effort: Effort) -> list[LoadArticle]:
    """Return the first articles that one process reads in about ``pass_seconds``: four batches at least."""
    wanted = effort.pass_seconds * words_per_second
    least = 4 * BATCH if effort is not TRIAL else BATCH + 4
    for count in range(least, len(articles)):
        if total_words(articles[:count]) >= wanted:
            return list(articles[:count])
    return list(articles)
