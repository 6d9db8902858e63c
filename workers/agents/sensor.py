"""Faust's sensors: its metrics, and whether partitions are moving, and since when."""

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from faust.sensors.base import Sensor
from faust.sensors.prometheus import FaustMetrics, PrometheusMonitor
from prometheus_client import CollectorRegistry

from workers.telemetry.metrics import Metrics


class StreamMonitor(PrometheusMonitor):
    """Faust's own metrics, as ``faust_…``; a stream's name is made once instead of for every record of it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._names: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
        super().__init__(metrics=FaustMetrics.create(registry, "faust"))

    def _stream_label(self, stream: Any) -> str:
        name = self._names.get(stream)
        if name is None:
            self._names[stream] = name = super()._stream_label(stream)
        return name


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
