"""The oracle of the fault tests: compares what was published with what readers see after quiet."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Identity = tuple[str, bytes | None]  # topic and key
Expected = dict[bytes, dict[Identity, bytes | None]]  # by ledger key: every record that must be there


@dataclass(frozen=True, slots=True)
class Seen:
    """One record that a reader saw."""

    topic: str
    key: bytes | None
    value: bytes | None
    timestamp_ms: int
    headers: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """``lost``: ledger keys without their outcome; ``differing``: keys whose repeats are not identical."""

    records: int
    lost: tuple[bytes, ...]
    differing: tuple[Identity, ...]
    unexpected: tuple[Identity, ...]
    alerts_doubled: tuple[bytes, ...]
    repeats: int

    @property
    def ok(self) -> bool:
        """Whether the promise was kept."""
        return not (self.lost or self.differing or self.unexpected or self.alerts_doubled)


def judge(expected: Expected, seen: Sequence[Seen], alert_topic: str) -> Verdict:
    """Compare.

    Alerts are judged among themselves: under one CloudEvents id (made from the alert's key and sequence)
    there may be one body only.
    """
    values: dict[Identity, set[tuple[object, ...]]] = defaultdict(set)
    counts: dict[Identity, int] = defaultdict(int)
    for record in seen:
        if record.topic != alert_topic:
            values[(record.topic, record.key)].add((record.value, record.timestamp_ms, record.headers))
            counts[(record.topic, record.key)] += 1
    wanted = {identity: value for outputs in expected.values() for identity, value in outputs.items()}
    lost = tuple(
        key for key, outputs in expected.items() if any(identity not in values for identity in outputs)
    )
    differing = tuple(
        identity
        for identity, variants in values.items()
        if len(variants) > 1 or (identity in wanted and next(iter(variants))[0] != wanted[identity])
    )
    unexpected = tuple(identity for identity in values if identity not in wanted)
    alerts = [record for record in seen if record.topic == alert_topic]
    repeats = sum(count - 1 for count in counts.values())
    return Verdict(len(expected), lost, differing, unexpected, _doubled(alerts), repeats)


def _doubled(alerts: Iterable[Seen]) -> tuple[bytes, ...]:
    bodies: dict[bytes, set[bytes | None]] = defaultdict(set)
    for alert in alerts:
        identity = dict(alert.headers)["ce_id"]
        bodies[identity].add(alert.value)
    doubled = {identity for identity, variants in bodies.items() if len(variants) > 1}
    return tuple(sorted(doubled))
