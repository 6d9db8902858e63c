"""A stage ``raise-alerts`` and its ticks over a real store, without a broker: for tests of both."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from workers.agents.alert import Desk, RaiseAlerts
from workers.agents.idle import Activity, Passed
from workers.agents.publish import Publisher
from workers.agents.rule_book import RuleBook
from workers.agents.ticks import Ticks
from workers.alerting.muting import Silence
from workers.alerting.rules import RuleSet
from workers.domain.alert import Alert
from workers.domain.outcome import Emit, Outcome, Outgoing, Record
from workers.state.sqlite import SqliteStore
from workers.state.store import StateStore
from workers.telemetry.metrics import Metrics
from workers.topology import STAGES, StageName
from workers.wire.messages import decode_alert

STAGE = next(stage for stage in STAGES if stage.name is StageName.ALERT)
TODAY = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class KnownSilences:
    """Silences as a reader of the topic knows them."""

    silences: tuple[Silence, ...] = ()

    async def known(self) -> tuple[Silence, ...]:
        return self.silences


@dataclass
class Wire:
    """A producer that keeps what it sent; the broker acknowledges nothing while ``refuses``."""

    sent: list[Outgoing] = field(default_factory=list)
    timestamps: list[float | None] = field(default_factory=list)
    refuses: bool = False

    async def send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        partition: int | None,
        timestamp: float | None,
        headers: Any,
    ) -> "asyncio.Future[None]":
        self.sent.append(Outgoing(topic, key, value, tuple(headers)))
        self.timestamps.append(timestamp)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.refuses:
            future.set_exception(ConnectionError("the broker is away"))
        else:
            future.set_result(None)
        return future


class Shop:
    """One worker's alerting; several shops may share a database, by default one in ``folder``."""

    def __init__(self, folder: Path, rules: str, store: StateStore | None = None) -> None:
        self.file = folder / "rules.yaml"
        if not self.file.exists():
            self.file.write_text(rules)
        self.now = TODAY
        self.silences = KnownSilences()
        self.wire = Wire()
        self.registry = CollectorRegistry()
        self.metrics = Metrics(self.registry, STAGES)
        self.book = RuleBook(self.file, self.metrics)
        self.store = store or SqliteStore(folder / "state.sqlite3")
        self.thread = ThreadPoolExecutor(1)
        desk = Desk(self.book, self.silences, timedelta(days=7), lambda: self.now, Activity(lambda: 0.0))
        self.stage = RaiseAlerts(STAGE, desk, self.store, self.thread, self.metrics)
        publisher = Publisher(lambda: self.wire)
        self.ticks = Ticks(
            desk, self.book, self.store, self.thread, publisher, self.metrics, timedelta(minutes=5)
        )

    def settle(self, *records: Record) -> list[Outcome]:
        """Compute and settle one batch."""

        async def run() -> list[Outcome]:
            return await self.stage.settle(records, await self.stage.compute(records))

        return asyncio.run(run())

    def hears(self, *records: Record) -> list[Alert]:
        """Settle one batch of good records and return the alerts that come of it."""
        outcomes = self.settle(*records)
        assert all(isinstance(each, Emit) for each in outcomes), outcomes
        return read_alerts([out for each in outcomes if isinstance(each, Emit) for out in each.records])

    def ticks_on(self) -> list[Alert]:
        """Tick until there is no more to do at once and return what was published by it."""
        before = len(self.wire.sent)

        async def run() -> None:
            while await self.ticks.once(Passed()):
                pass

        asyncio.run(run())
        return read_alerts(self.wire.sent[before:])

    def waits(self, partition: str, waited: timedelta) -> list[Alert]:
        """Tick as if ``partition`` had been idle for so long."""
        before = len(self.wire.sent)
        asyncio.run(self.ticks.once(Passed(waited={partition: waited})))
        return read_alerts(self.wire.sent[before:])

    def adopts(self, text: str) -> RuleSet | None:
        """Write a new rules file and have it read, as SIGHUP does."""
        self.file.write_text(text)

        async def run() -> RuleSet | None:
            rules = await self.book.changed(wanted=True)
            if rules is not None:
                await self.ticks.adopt(rules)
            return rules

        return asyncio.run(run())

    def metric(self, name: str, **labels: str) -> float:
        """Return a metric's value; one that is not there is an error."""
        value = self.registry.get_sample_value(name, labels)
        assert value is not None, name
        return value

    def close(self) -> None:
        self.thread.shutdown()
        self.store.close()


def read_alerts(outgoing: Sequence[Outgoing]) -> list[Alert]:
    """Return the alerts in these records; one that cannot be read is an error."""
    found = []
    for each in outgoing:
        alert = decode_alert(each.value or b"")
        assert isinstance(alert, Alert), alert
        found.append(alert)
    return found
