"""What a stage is to the loop: a pure computation, then a settling in log order."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from workers.domain.outcome import Outcome, Record
from workers.topology import Stage

Computed = TypeVar("Computed")


class StageLogic(Protocol[Computed]):
    """``compute`` may run for several batches at once and in any order; ``settle`` runs for one at a time."""

    stage: Stage

    async def compute(self, records: Sequence[Record]) -> list[Computed]:
        """Return one value a record, in order, without side effects."""

    async def settle(self, records: Sequence[Record], computed: Sequence[Computed]) -> list[Outcome]:
        """Apply the batch's effects in one transaction and return one outcome a record, in order.

        Repeating it for the same records after a crash must give the same outcomes.
        """
