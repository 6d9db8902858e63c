"""How far event time has come: a clock for each partition, and the watermark over them.

The usual construction (Akidau et al., "The Dataflow Model", 2015; Flink's per-partition watermarks with idle
sources): a partition's clock is the latest event time seen in it, the watermark the slowest clock of those
that still have something to say.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Clock:
    """One partition: the latest event time seen (ms since the epoch), and whether it has run dry."""

    reached_ms: int
    idle: bool = False

    def saw(self, at_ms: int) -> "Clock":
        """Return the clock after a record of that event time; a late one turns nothing back."""
        return Clock(max(self.reached_ms, at_ms))

    def waited(self, elapsed_ms: int) -> "Clock":
        """Return the clock of a partition that was watched for so long and had nothing to give."""
        return Clock(self.reached_ms + max(0, elapsed_ms), idle=True)

    def awake(self) -> "Clock":
        """Return the clock of a partition of which nobody knows yet whether it has something to give."""
        return replace(self, idle=False)


def watermark(clocks: Iterable[Clock], lateness_ms: int) -> int | None:
    """Return the event time behind which nothing is expected any more; ``None`` before the first record.

    Idle partitions hold nobody back; when all are idle, the furthest counts. ``lateness_ms`` is how much
    older than what came before it a record may be without being late.
    """
    known = tuple(clocks)
    if not known:
        return None
    busy = [each.reached_ms for each in known if not each.idle]
    return (min(busy) if busy else max(each.reached_ms for each in known)) - lateness_ms
