"""What the state database forgets and when, and what the metrics say of it."""

from datetime import timedelta

from workers.agents.alert_groups import FIRING, GROUP, MUTED
from workers.relations.records import Kind
from workers.state.store import Retention
from workers.telemetry.metrics import Metrics

_OF_THE_WINDOW = frozenset({Kind.WINDOW, Kind.CLAIM})


def retention(kept: timedelta, window: timedelta, outbox_offsets: int) -> Retention:
    """Return how long each kind is remembered: ``kept``, but candidates and what finds them for ``window``.

    ``window`` is how long after a claim another may come that relates to it. Kinds that are not named here
    are of a fixed size and stay.
    """
    documents = dict.fromkeys((GROUP, FIRING, MUTED), kept) | {
        kind: window if kind in _OF_THE_WINDOW else kept for kind in Kind
    }
    return Retention(kept, documents, outbox_offsets, buckets=window)


class StateWatch:
    """``patience.Watch`` that tells the metrics, and the health pages by ``is_waiting``."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self.is_waiting = False

    def waiting(self, now: bool) -> None:
        """See ``Watch``."""
        self.is_waiting = now
        self._metrics.state_waiting.set(int(now))

    def conflict(self) -> None:
        """See ``Watch``."""
        self._metrics.state_conflicts.inc()

    def pruned(self, rows: int) -> None:
        """See ``Watch``."""
        self._metrics.state_pruned.inc(rows)
