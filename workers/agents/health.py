"""Is the worker alive (things move) and ready (it holds partitions)? Decisions as pure functions."""

from dataclasses import dataclass

STUCK_AFTER_S = 120.0


@dataclass(frozen=True, slots=True)
class Observed:
    """What the shell saw; ages are seconds, ``oldest_in_flight`` is by stage."""

    assigned: int
    rebalancing: bool
    rebalancing_for: float
    oldest_in_flight: dict[str, float]


@dataclass(frozen=True, slots=True)
class Health:
    """An answer and, when it is no, why."""

    ok: bool
    reasons: tuple[str, ...]


def liveness(seen: Observed) -> Health:
    """Alive while records in flight are acknowledged and rebalances end, each within two minutes."""
    reasons = [
        f"{stage}: a record has been in flight for {age:.0f} s"
        for stage, age in sorted(seen.oldest_in_flight.items())
        if age > STUCK_AFTER_S
    ]
    if seen.rebalancing and seen.rebalancing_for > STUCK_AFTER_S:
        reasons.append(f"rebalancing for {seen.rebalancing_for:.0f} s")
    return Health(not reasons, tuple(reasons))


def readiness(seen: Observed) -> Health:
    """Ready with partitions assigned and no rebalance going on."""
    reasons = []
    if seen.rebalancing:
        reasons.append("rebalancing")
    if not seen.assigned:
        reasons.append("no partitions assigned")
    return Health(not reasons, tuple(reasons))
