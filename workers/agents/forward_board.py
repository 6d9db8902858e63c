"""What every alert stands at, so that an Alertmanager can be told again and again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from workers.domain.alert import Alert, AlertStatus

TELL_RESOLVED_FOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Standing:
    """An alert's latest record: ``recorded_at`` is its timestamp, ``seen_at`` when we read it."""

    alert: Alert
    partition: int
    recorded_at: datetime
    seen_at: datetime


class Board:
    """The alerts that fire, and those resolved in the last five minutes, by alert key.

    An alert of which there was no record for ``remember`` is let go, as it would be after a restart, which
    reads the topic only so far back.
    """

    def __init__(self, remember: timedelta) -> None:
        self._remember = remember
        self._standings: dict[str, Standing] = {}
        self._caught_up: set[int] = set()

    def see(self, standing: Standing, *, replayed: bool) -> bool:
        """Take a record in; ``False``: the board knows a later one.

        A repeat by the worker has its first timestamp, a replayed dead letter its own mark. A lower sequence
        with neither is that of a state that was begun anew, and counts.
        """
        alert = standing.alert
        known = self._standings.get(alert.alert_key)
        is_lower = known is not None and alert.sequence < known.alert.sequence
        if known is not None and is_lower and (replayed or standing.recorded_at <= known.recorded_at):
            return False
        self._standings[alert.alert_key] = standing
        return True

    def alert(self, key: str) -> Alert | None:
        """Return what that alert stands at."""
        standing = self._standings.get(key)
        return standing.alert if standing else None

    def due(self, now: datetime) -> list[Alert]:
        """Return what is to be told now, by alert key, of caught-up partitions; lets go of what is over."""
        self._standings = {key: each for key, each in self._standings.items() if self._is_wanted(each, now)}
        return [
            each.alert for _, each in sorted(self._standings.items()) if each.partition in self._caught_up
        ]

    def caught_up(self, partition: int) -> None:
        """Let the partition's alerts be told: nothing on it is unread that may have resolved them."""
        self._caught_up.add(partition)

    def drop(self, key: str) -> None:
        """Let go of an alert that is refused."""
        self._standings.pop(key, None)

    def forget(self, partition: int) -> None:
        """Let go of a partition."""
        self._caught_up.discard(partition)
        self._standings = {k: each for k, each in self._standings.items() if each.partition != partition}

    @property
    def firing(self) -> int:
        """How many alerts fire."""
        return sum(1 for each in self._standings.values() if each.alert.status is AlertStatus.FIRING)

    def _is_wanted(self, standing: Standing, now: datetime) -> bool:
        if standing.alert.status is AlertStatus.RESOLVED:
            return now - standing.seen_at <= TELL_RESOLVED_FOR
        return now - standing.recorded_at <= self._remember
