"""A Faust sensor that knows whether partitions are moving, and since when."""

from collections.abc import Callable
from typing import Any

from faust.sensors.base import Sensor

from workers.telemetry.metrics import Metrics


class RebalanceSensor(Sensor):
    """``clock`` returns monotonic seconds."""

    def __init__(self, metrics: Metrics, clock: Callable[[], float]) -> None:
        self._metrics = metrics
        self._clock = clock
        self._since: float | None = None
        super().__init__()

    @property
    def rebalancing_for(self) -> float:
        """Seconds since the rebalance that is going on began; 0 without one."""
        return 0.0 if self._since is None else self._clock() - self._since

    @property
    def rebalancing(self) -> bool:
        """Whether partitions are moving."""
        return self._since is not None

    def on_rebalance_start(self, app: Any) -> dict[str, Any]:
        """Faust calls this when partitions are about to be revoked."""
        self._since = self._clock()
        self._metrics.rebalancing.set(1)
        return {}

    def on_rebalance_end(self, app: Any, state: dict[str, Any]) -> None:
        """Faust calls this when streams read again."""
        self._since = None
        self._metrics.rebalancing.set(0)
