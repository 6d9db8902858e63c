"""The forwarder's own metrics; it has the worker's families for records and dead letters beside them."""

from collections.abc import Callable, Sequence
from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 14400.0)


class ForwardMetrics:
    """``targets`` and ``causes`` (of retries) are the only labels there will be; all are zero at first."""

    def __init__(
        self,
        registry: CollectorRegistry,
        targets: Sequence[str],
        causes: type[StrEnum],
    ) -> None:
        self.deliveries = Counter(
            "claimwire_forward_deliveries_total",
            "alerts that were delivered, refused, or given up after many attempts",
            ["target", "outcome"],
            registry=registry,
        )
        self.retries = Counter(
            "claimwire_forward_retries_total",
            "attempts that will be made again, by what went wrong",
            ["target", "cause"],
            registry=registry,
        )
        self.age = Histogram(
            "claimwire_forward_age_seconds",
            "from an alert record's timestamp to its delivery",
            ["target"],
            registry=registry,
            buckets=_SECONDS,
        )
        self.repeats = Counter(
            "claimwire_forward_repeats_total",
            "firing and just resolved alerts told to Alertmanager again",
            ["outcome"],
            registry=registry,
        )
        self.firing = Gauge(
            "claimwire_forward_firing", "alerts that fire, as far back as is remembered", registry=registry
        )
        self.in_flight = Gauge(
            "claimwire_forward_in_flight", "alerts read and not yet settled", registry=registry
        )
        for target in targets:
            self.age.labels(target)
            for outcome in ("delivered", "refused", "given-up"):
                self.deliveries.labels(target, outcome)
            for cause in causes:
                self.retries.labels(target, cause)
        for outcome in ("sent", "failed"):
            self.repeats.labels(outcome)

    def retry_of(self, target: str) -> Callable[[StrEnum], None]:
        """Return what counts a retry at ``target``."""
        return lambda cause: self.retries.labels(target, cause).inc()
