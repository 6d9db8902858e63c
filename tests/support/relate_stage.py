"""The relate stage without Kafka: records of claims by subject, and the stage over a database."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from prometheus_client import CollectorRegistry

from tests.builders import NOON, a_claim_told, a_record
from workers.agents.relate import RelateClaims
from workers.domain.claim import Claim
from workers.domain.outcome import Emit, Outcome, Outgoing, Record
from workers.domain.routed import RoutedClaim
from workers.relations.engine import Policy
from workers.relations.known import routes
from workers.state.sqlite import SqliteStore
from workers.state.store import StateStore
from workers.telemetry.metrics import Metrics
from workers.topology import STAGES, StageName, Topic
from workers.wire.messages import encode_routed, route_key, withdrawal_headers

FIRE = "the fire had destroyed 12 houses in the old town of Harn"
MORE = "19 houses in the old town of Harn had been destroyed by the fire"
MOST = "the fire in the old town of Harn had destroyed 31 houses"
(STAGE,) = (stage for stage in STAGES if stage.name is StageName.RELATE)
_LATER_MS = int((NOON + timedelta(days=30)).timestamp() * 1000)


def told(text: str, hour: float, article: str, **changes: Any) -> Claim:
    """Return what an outlet told that many hours after noon."""
    at = NOON + timedelta(hours=hour)
    return a_claim_told(text, article_id=article, at=at, source=f"Speaker of {article}", **changes)


@dataclass
class Log:
    """The records of claims by subject as they come to lie in one partition."""

    records: list[Record] = field(default_factory=list)

    def tell(self, claim: Claim, **changes: Any) -> list[Record]:
        """Add a claim, once for each of its routes."""
        return [
            self._add(route, encode_routed(RoutedClaim(route, claim, None)), **changes)
            for route in routes(claim)
        ]

    def withdraw(self, claim: Claim, **changes: Any) -> list[Record]:
        """Add a claim's withdrawal from each of its routes."""
        headers = withdrawal_headers(claim.claim_id) + tuple(changes.pop("headers", ()))
        return [self._add(route, None, headers=headers, **changes) for route in routes(claim)]

    def _add(self, route: str, value: bytes | None, **changes: Any) -> Record:
        values = {
            "topic": str(Topic.CLAIM_BY_SUBJECT),
            "key": route_key(route),
            "value": value,
            "offset": len(self.records),
            "timestamp_ms": _LATER_MS,
        }
        self.records.append(a_record(**(values | changes)))
        return self.records[-1]


class Relating:
    """The stage over a state database; ``registry`` holds its metrics."""

    def __init__(self, policy: Policy | None = None, store: StateStore | None = None) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self.store = store or SqliteStore(":memory:")
        self._thread = ThreadPoolExecutor(1)
        metrics = Metrics(self.registry, STAGES)
        self.stage = RelateClaims(STAGE, policy or Policy(), self.store, self._thread, metrics)

    def take(self, records: Sequence[Record]) -> list[Outcome]:
        """Compute and settle one batch."""

        async def both() -> list[Outcome]:
            return await self.stage.settle(records, await self.stage.compute(records))

        return asyncio.run(both())

    def publish(self, records: Sequence[Record]) -> list[Outgoing]:
        """Take the records one by one and return everything to publish."""
        outcomes = [outcome for record in records for outcome in self.take([record])]
        return [out for outcome in outcomes if isinstance(outcome, Emit) for out in outcome.records]

    def metric(self, name: str, **labels: str) -> float | None:
        """Return the value of a metric."""
        return self.registry.get_sample_value(name, labels)

    def close(self) -> None:
        """Let go of thread and database."""
        self._thread.shutdown()
        self.store.close()


def held(published: Sequence[Outgoing], topic: Topic = Topic.CLAIM_RELATION) -> dict[bytes | None, bytes]:
    """Return what a compacted topic holds in the end."""
    last = {out.key: out.value for out in published if out.topic == topic}
    return {key: value for key, value in last.items() if value is not None}
