"""How many dead letters a worker may make before it stops: after a bad deploy they would drain the topic."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from workers.domain.outcome import Emit, Outcome, Reject, RejectReason

_SUSPECT = frozenset(
    {RejectReason.PROCESSING_FAILED, RejectReason.PROCESSING_TIMEOUT, RejectReason.PROCESS_CRASHED}
)


@dataclass(frozen=True, slots=True)
class BudgetLimits:
    """``in_a_row`` counts rejects that make the program suspect; ``ratio`` counts bad input too.

    ``ratio`` is the largest share (0..1) of dead letters among the last ``window`` records; it is judged
    once so many were seen. A ratio of 1 never stops a worker.
    """

    in_a_row: int
    window: int
    ratio: float


class DeadLetterBudget:
    """Told of every batch's outcomes in log order, before anything is made of them."""

    def __init__(self, limits: BudgetLimits) -> None:
        self._limits = limits
        self._in_a_row = 0
        self._recent: deque[bool] = deque(maxlen=limits.window)

    def spend(self, outcomes: Sequence[Outcome]) -> str | None:
        """Return in one line why the budget does not bear ``outcomes``, or ``None``.

        Whoever gets a line publishes and acknowledges none of them, and stops.
        """
        for outcome in outcomes:
            self._recent.append(isinstance(outcome, Reject))
            if isinstance(outcome, Reject) and outcome.reason in _SUSPECT:
                self._in_a_row += 1
            elif isinstance(outcome, Emit | Reject):
                self._in_a_row = 0
            if (over := self._over()) is not None:
                return f"{over} ({_reasons(outcomes)})"
        return None

    def _over(self) -> str | None:
        limits = self._limits
        if self._in_a_row >= limits.in_a_row:
            return f"{self._in_a_row} records in a row failed"
        dead = sum(self._recent)
        if len(self._recent) == limits.window and dead > limits.ratio * limits.window:
            return f"{dead} of the last {limits.window} records are dead letters"
        return None


def _reasons(outcomes: Sequence[Outcome]) -> str:
    """Name the reasons of the batch, the same ones once."""
    return ", ".join(sorted({outcome.reason for outcome in outcomes if isinstance(outcome, Reject)}))
