"""Is the worker alive (things move) and ready (it holds partitions)? Decisions as pure functions."""

from dataclasses import dataclass

STUCK_AFTER_S = 120.0


@dataclass(frozen=True, slots=True)
class Observed:
    """What the shell saw; ages are seconds, ``oldest_in_flight`` is by stage.

    While the state database is away nothing is acknowledged, and the worker itself knows when to give up.
    """

    assigned: int
    rebalancing: bool
    rebalancing_for: float
    oldest_in_flight: dict[str, float]
    state_away: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """An answer and, when it is no, why."""

    ok: bool
    reasons: tuple[str, ...]


def liveness(seen: Observed) -> Health:
    """Alive while rebalances end and records in flight are acknowledged, each within two minutes."""
    reasons = [
        f"{stage}: a record has been in flight for {age:.0f} s"
        for stage, age in sorted(seen.oldest_in_flight.items())
        if age > STUCK_AFTER_S and not seen.state_away
    ]
    if seen.rebalancing and seen.rebalancing_for > STUCK_AFTER_S:
        reasons.append(f"rebalancing for {seen.rebalancing_for:.0f} s")
    return Health(not reasons, tuple(reasons))


def readiness(seen: Observed) -> Health:
    """Ready with partitions assigned, the state database there and no rebalance going on."""
    reasons = []
    if seen.rebalancing:
        reasons.append("rebalancing")
    if seen.state_away:
        reasons.append("waiting for the state database")
    if not seen.assigned:
        reasons.append("no partitions assigned")
    return Health(not reasons, tuple(reasons))
