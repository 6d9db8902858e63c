"""How much is measured: sizes follow from the speed of this machine, so that a run takes minutes."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.articles import LoadArticle, total_words
from bench.model import BATCH


@dataclass(frozen=True, slots=True)
class Load:
    """``share`` of saturation, offered for about ``seconds``, with ``least`` articles however slow it is."""

    share: float
    seconds: float
    least: int

    def count(self, saturation: float) -> int:
        """Return how many articles to offer, ``saturation`` being articles a second."""
        return max(self.least, round(self.share * saturation * self.seconds))


@dataclass(frozen=True, slots=True)
class Effort:
    """``pass_seconds`` is about what one pass of one process takes.

    No new round starts that would not end within ``rounds_seconds``, the first excepted.
    """

    rounds: int
    rounds_seconds: float
    pass_seconds: float
    least_batches: int
    side_batches: int
    loads: tuple[Load, ...]
    worker_counts: tuple[int, ...]


HALF = 0.5
QUICK = Effort(3, 240.0, 12.0, 4, 2, (Load(HALF, 50, 40), Load(0.8, 20, 20), Load(0.1, 30, 3)), (1, 2))
FULL = Effort(
    5, 3600.0, 40.0, 6, 8, (Load(HALF, 180, 300), Load(0.8, 180, 300), Load(0.1, 180, 50)), (1, 2, 3, 4)
)
TRIAL = Effort(1, 0.0, 4.0, 3, 1, (Load(HALF, 4, 8),), (1, 2))
"""Only to see that everything runs."""


def chosen(articles: Sequence[LoadArticle], words_per_second: float, effort: Effort) -> list[LoadArticle]:
    """Return the first articles that one process reads in about ``pass_seconds``: some batches at least."""
    wanted = effort.pass_seconds * words_per_second
    for count in range(effort.least_batches * BATCH, len(articles)):
        if total_words(articles[:count]) >= wanted:
            return list(articles[:count])
    return list(articles)
