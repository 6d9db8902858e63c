"""The worker's pages: ``/health/live``, ``/health/ready`` and ``/metrics``."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import faust
from aiohttp.web import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from workers.agents.health import Health, Observed, liveness, readiness
from workers.agents.sensor import RebalanceSensor


def add_pages(
    app: faust.App,
    sensor: RebalanceSensor,
    ages: Mapping[str, Callable[[], float]],
    state_away: Callable[[], bool],
    notes: Callable[[], Sequence[str]] = tuple,
) -> None:
    """Add the pages to ``app``; they answer 200 or 503 with the reasons as JSON.

    ``notes`` are what a person should know although the worker is well.
    """

    def observed() -> Observed:
        return Observed(
            assigned=len(app.consumer.assignment()),
            rebalancing=sensor.rebalancing,
            rebalancing_for=sensor.rebalancing_for,
            oldest_in_flight={name: age() for name, age in ages.items()},
            state_away=state_away(),
        )

    def answer(view: Any, health: Health) -> Any:
        answered = {"ok": health.ok, "reasons": health.reasons, "notes": list(notes())}
        return view.json(answered, status=200 if health.ok else 503)

    async def live(view: Any, request: Any) -> Any:
        return answer(view, liveness(observed()))

    async def ready(view: Any, request: Any) -> Any:
        return answer(view, readiness(observed()))

    app.page("/health/live", name="live")(live)
    app.page("/health/ready", name="ready")(ready)


def add_metrics_page(app: faust.App, registry: CollectorRegistry) -> None:
    """Add the page that Prometheus reads."""

    async def metrics(view: Any, request: Any) -> Any:
        return Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app.page("/metrics", name="metrics")(metrics)
