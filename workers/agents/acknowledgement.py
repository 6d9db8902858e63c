"""Which records may be acknowledged: a pure state machine over what one stage has in flight.

Kafka knows one number a partition, the offset from which it delivers again. An acknowledgement moves it past
a record *and all records before it*, so the one rule is: a delivery may be acknowledged when it, and every
delivery of its partition taken before it, has been published. Nothing here knows Faust, a clock or a broker.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from types import MappingProxyType

Partition = tuple[str, int]  # topic and number


class Progress(Enum):
    """How far a delivery has come. ``FAILED`` is final: it holds back all behind it in its partition."""

    TAKEN = auto()
    COMPUTED = auto()
    PUBLISHED = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One record, delivered once. ``number`` counts deliveries: a record that comes again is another one."""

    number: int
    partition: Partition
    offset: int


@dataclass(frozen=True, slots=True)
class InFlight:
    """What was taken and may not yet be acknowledged, in the order taken; ``taken`` counts all there were."""

    taken: int = 0
    progress: Mapping[Delivery, Progress] = field(default_factory=lambda: MappingProxyType({}))


def take(flight: InFlight, places: Sequence[tuple[Partition, int]]) -> tuple[InFlight, tuple[Delivery, ...]]:
    """Add a delivery for each place (partition, offset), in the order in which Kafka gave them."""
    new = tuple(
        Delivery(flight.taken + index, partition, offset) for index, (partition, offset) in enumerate(places)
    )
    return InFlight(flight.taken + len(new), {**flight.progress, **dict.fromkeys(new, Progress.TAKEN)}), new


def computed(flight: InFlight, deliveries: Iterable[Delivery]) -> InFlight:
    """Note that their results are known; which says nothing yet about an acknowledgement."""
    return _moved(flight, deliveries, Progress.TAKEN, Progress.COMPUTED)


def published(flight: InFlight, deliveries: Iterable[Delivery]) -> tuple[InFlight, tuple[Delivery, ...]]:
    """Note that the broker has everything made of them.

    Returns the deliveries that may now be acknowledged, in the order taken; they are in flight no more.
    """
    moved = _moved(flight, deliveries, Progress.COMPUTED, Progress.PUBLISHED)
    held_back: set[Partition] = set()
    ready, left = [], {}
    for delivery, progress in moved.progress.items():
        if progress is Progress.PUBLISHED and delivery.partition not in held_back:
            ready.append(delivery)
        else:
            held_back.add(delivery.partition)
            left[delivery] = progress
    return replace(moved, progress=left), tuple(ready)


def failed(flight: InFlight, deliveries: Iterable[Delivery]) -> InFlight:
    """Note that nothing will come of them: they, and what is behind them, are for another process."""
    gone = [delivery for delivery in deliveries if delivery in flight.progress]
    return replace(flight, progress={**flight.progress, **dict.fromkeys(gone, Progress.FAILED)})


def revoked(flight: InFlight, partitions: Iterable[Partition]) -> InFlight:
    """Forget what belongs to ``partitions``: they are another worker's now, or begin again from the commit.

    Results that come late for them change nothing and are never acknowledged.
    """
    gone = frozenset(partitions)
    left = {
        delivery: progress for delivery, progress in flight.progress.items() if delivery.partition not in gone
    }
    return replace(flight, progress=left)


def _moved(flight: InFlight, deliveries: Iterable[Delivery], before: Progress, after: Progress) -> InFlight:
    """Move those still in flight from ``before`` to ``after``; a step left out is a bug of the caller's."""
    known = [delivery for delivery in deliveries if delivery in flight.progress]
    for delivery in known:
        if flight.progress[delivery] is not before:
            raise ValueError(f"{delivery} is {flight.progress[delivery].name}, not {before.name}")
    return replace(flight, progress={**flight.progress, **dict.fromkeys(known, after)})
