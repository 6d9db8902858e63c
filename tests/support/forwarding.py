"""Alerts as records, and targets with clocks that tests move."""

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from tests.builders import an_alert
from workers.agents.forward_alertmanager import Alertmanagers, Repeats
from workers.agents.forward_http import Cause, Client
from workers.agents.forward_retry import Backoff, Delivered, Failed
from workers.agents.forward_targets import Job, Target, Webhook
from workers.domain.alert import Alert
from workers.domain.outcome import Headers, Record
from workers.telemetry.forwarding import ForwardMetrics
from workers.topology import Topic
from workers.wire.messages import encode_alert
from workers.wire.webhook import Secret, read_secrets

SECRET_TEXT = "whsec_" + base64.b64encode(b"only for tests, 32 bytes long ..").decode()


def secrets() -> tuple[Secret, ...]:
    """Return the secret of the tests."""
    read = read_secrets(SECRET_TEXT)
    assert not isinstance(read, str)
    return read


def an_alert_record(alert: Alert, offset: int = 0, at: datetime | None = None, **changes: Any) -> Record:
    """Return the alert as the worker publishes it, with the timestamp ``at``, else its start."""
    value, headers = encode_alert(alert)
    moment = at or alert.starts_at
    more: Headers = changes.pop("headers", ())
    values: dict[str, Any] = {
        "partition": 0,
        "key": alert.alert_key.encode(),
        "value": value,
        "headers": headers + more,
    }
    values |= changes
    return Record(
        topic=str(Topic.ALERT), offset=offset, timestamp_ms=int(moment.timestamp() * 1000), **values
    )


@dataclass
class Time:
    """A clock that a test moves; sleeping moves it too, and is written down."""

    now: datetime = datetime(2024, 10, 24, 12, 0, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def time_of_day(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.now.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)
        await asyncio.sleep(0)


class RealTime(Time):
    """The machine's clocks."""

    def time_of_day(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@dataclass
class Ground:
    """One target under test: what was answered to each job, by the alert's id and sequence."""

    target: Target
    time: Time
    metrics: ForwardMetrics
    registry: CollectorRegistry
    answers: list[tuple[Job, Delivered | Failed]] = field(default_factory=list)

    def submit(self, alert: Alert, **changes: Any) -> None:
        job = Job(an_alert_record(alert, **changes), alert, self.time.monotonic())
        self.target.submit(job, lambda job, result: self.answers.append((job, result)))

    def learn(self, alert: Alert, **changes: Any) -> None:
        self.target.learn(Job(an_alert_record(alert, **changes), alert, self.time.monotonic()))

    async def until(self, holds: Callable[[], bool], seconds: float = 20.0) -> None:
        async with asyncio.timeout(seconds):
            while not holds():
                await asyncio.sleep(0.005)

    async def answered(self, count: int = 1) -> list[Delivered | Failed]:
        await self.until(lambda: len(self.answers) >= count)
        return [result for _, result in self.answers]

    def value(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, labels) or 0.0


Make = Callable[[Client, Backoff, ForwardMetrics], Target]


@asynccontextmanager
async def a_ground(
    make: Make, patience: float = 5.0, give_up: float = 3600.0, clock: Time | None = None
) -> AsyncIterator[Ground]:
    """Run a target whose pauses are 1, 2, 4, … up to 60 seconds of a clock that does not wait."""
    clock, registry = clock or Time(), CollectorRegistry(auto_describe=True)
    metrics = ForwardMetrics(registry, ("alertmanager", "webhook"), Cause)
    backoff = Backoff(1.0, 60.0, give_up, lambda: 1.0, clock.monotonic, clock.sleep)
    async with aiohttp.ClientSession() as session:
        client = Client(session, patience, clock.time_of_day)
        ground = Ground(make(client, backoff, metrics), clock, metrics, registry)
        task = asyncio.create_task(ground.target.run())
        try:
            yield ground
        finally:
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled(), task.exception()


def webhook_to(url: str) -> Make:
    """Return what makes a webhook target for ``url``."""
    return lambda client, backoff, metrics: Webhook(client, SecretStr(url), secrets(), backoff, metrics)


def alertmanagers_at(*urls: str, interval: float = 60.0) -> Make:
    """Return what makes an Alertmanager target for ``urls``."""
    repeats = Repeats(timedelta(seconds=interval), timedelta(days=14))
    given = [SecretStr(url) for url in urls]
    return lambda client, backoff, metrics: Alertmanagers(client, given, backoff, repeats, metrics)


def run(body: Callable[[], Awaitable[None]]) -> None:
    """Run an asynchronous test."""

    async def main() -> None:
        await body()

    asyncio.run(main())


__all__ = ["a_ground", "alertmanagers_at", "an_alert", "an_alert_record", "run", "secrets", "webhook_to"]
